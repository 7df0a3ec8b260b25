"""Meaning of what sites agree on: contract classes by kind, groups, lines, agreements and steam contracts."""

from __future__ import annotations

from model.data.validation.places import Tables, at, rows_of
from model.errors import Problem

NEEDED = {
    "reserve": ("weekly_peak_factor", "hours_max"),
    "duration": ("restricted_share",),
    "block": ("block_start", "block_end"),
    "group": (),
    "nonfirm": (),
    "window": ("block_start", "block_end"),
    "call": ("hours_max",),
}
PAID = {"availability_payment": ("window", "call"), "call_payment": ("call",)}
"""Payments of the grid operator, and the kinds that have them."""
OF_SITES = ("reserve", "duration", "block", "group")
"""Columns that a kind of contract class needs; it may not fill those of another kind."""
OWN = sorted({column for columns in NEEDED.values() for column in columns})


def site_problems(tables: Tables) -> list[Problem]:
    """Run the checks that look at the rows of sites alone."""
    return [problem for check in (_classes, _offers, _agreements) for problem in check(tables)]


def supply_problems(tables: Tables) -> list[Problem]:
    """Run the checks that ask what a technology gives: they need all its rows, and the kinds of their carriers."""
    if (tables["carriers"]["kind"] == "").any():
        return []
    return [*_lines(tables), *_steam(tables)]


def _classes(tables: Tables) -> list[Problem]:
    """A class fills the columns of its kind and no others; `firm` is the name of today's contract."""
    problems = []
    for row in rows_of(tables["contract_classes"]):
        if row["contract_class"] == "firm":
            problems.append(at(row, "contract_class", "firm", "another name: firm is the contract of sites.csv"))
        for column in OWN if row["kind"] in NEEDED else []:
            given, needed = row[column] == row[column], column in NEEDED[row["kind"]]
            if needed and not given:
                problems.append(at(row, column, "", f"a number: a class of kind {row['kind']} needs it"))
            if given and not needed:
                problems.append(at(row, column, row[column], f"a blank: it says nothing of kind {row['kind']}"))
        for column, paid in PAID.items():
            if row[column] == row[column] and row["kind"] in NEEDED and row["kind"] not in paid:
                problems.append(at(row, column, row[column], f"a blank: only {' and '.join(paid)} are paid for"))
    return problems


def _offers(tables: Tables) -> list[Problem]:
    """Members of a group name it and hang on one bus."""
    kinds = dict(zip(tables["contract_classes"]["contract_class"], tables["contract_classes"]["kind"], strict=True))
    parents = dict(zip(tables["nodes"]["node"], tables["nodes"]["parent"], strict=True))
    first: dict[str, str] = {}
    problems = []
    for row in rows_of(tables["site_contracts"]):
        group, shared = row["contract_group"], kinds.get(row["contract_class"]) == "group"
        if kinds.get(row["contract_class"], OF_SITES[0]) not in ("", *OF_SITES):
            expected = f"a class of one of the kinds {', '.join(OF_SITES)}; others are for connections.csv"
            problems.append(at(row, "contract_class", row["contract_class"], expected))
        if shared and not group:
            problems.append(at(row, "contract_group", "", "the label of its group: the class is of kind group"))
        if group and not shared:
            problems.append(at(row, "contract_group", group, "a blank: the class is not of kind group"))
        if group and shared and row["node"] in parents:
            bus = first.setdefault(group, str(parents[row["node"]]))
            if parents[row["node"]] != bus:
                problems.append(at(row, "node", row["node"], f"a site under {bus}, as the others of group {group}"))
    return problems


def _lines(tables: Tables) -> list[Problem]:
    problems = []
    for name in ("direct_lines", "power_purchase_agreements"):
        begin, end = ("from_node", "to_node") if name == "direct_lines" else ("seller_node", "node")
        stands = {
            (row["node"], row["technology"])
            for table in ("existing_capacity", "potentials")
            for row in rows_of(tables[table])
        }
        gives = _givers(tables, {"electricity"}) | set(tables["reactors"]["design"])
        for row in rows_of(tables[name]):
            if row["technology"] and row["technology"] not in gives:
                problems.append(at(row, "technology", row["technology"], "a technology that gives electricity"))
            elif row[begin] and (row[begin], row["technology"]) not in stands:
                expected = f"a node where {row['technology']} stands or may be built"
                problems.append(at(row, begin, row[begin], expected))
            elif row[begin] == row[end] and row[begin]:
                problems.append(at(row, end, row[end], "another node than that of the generator"))
    return problems


def _agreements(tables: Tables) -> list[Problem]:
    """An agreement ends after it begins, and no output is sold twice."""
    rows = rows_of(tables["power_purchase_agreements"])
    problems = [
        at(row, "last_year", row["last_year"], f"a year from first_year, {row['first_year']:.0f}, on")
        for row in rows
        if row["last_year"] < row["first_year"]
    ]
    sold: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in rows:
        others = sold.setdefault((row["seller_node"], row["technology"]), [])
        overlap = [o for o in others if o["first_year"] <= row["last_year"] and row["first_year"] <= o["last_year"]]
        if row["output_share"] + sum(float(str(o["output_share"])) for o in overlap) > 1.0 + 1e-9:
            expected = "a share that leaves no more than all of the output sold in any year"
            problems.append(at(row, "output_share", row["output_share"], expected))
        others.append(row)
    return problems


def _steam(tables: Tables) -> list[Problem]:
    gives = {(row["technology"], row["carrier"]) for row in _outputs(tables)}
    heat = set(tables["carriers"].loc[tables["carriers"]["kind"] == "heat", "carrier"])
    problems = []
    for row in rows_of(tables["steam_contracts"]):
        if row["carrier"] and row["carrier"] not in heat:
            problems.append(at(row, "carrier", row["carrier"], "a carrier of kind heat"))
        elif row["technology"] and (row["technology"], row["carrier"]) not in gives:
            problems.append(at(row, "technology", row["technology"], f"a technology that gives {row['carrier']}"))
    return problems


def _givers(tables: Tables, kinds: set[str]) -> set[str]:
    of_kind = set(tables["carriers"].loc[tables["carriers"]["kind"].isin(kinds), "carrier"])
    return {str(row["technology"]) for row in _outputs(tables) if row["carrier"] in of_kind}


def _outputs(tables: Tables) -> list[dict[str, object]]:
    return [row for row in rows_of(tables["technology_flows"]) if row["direction"] == "out"]
