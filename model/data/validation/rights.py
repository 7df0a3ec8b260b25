"""Meaning of connections and their rights: who stands on them, what they may hold, which substations have limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.data.cells import nearest
from model.data.rights import DIRECTIONS, SITE_COLUMNS
from model.data.validation.places import Tables, at, rows_of
from model.errors import Problem

if TYPE_CHECKING:
    from model.scenario import Scenario

OF_CONNECTIONS = ("duration", "block", "nonfirm", "window", "call")
LIMITING = ("window", "call")
ELECTRICITY = "electricity"


def _number(table: Any, row: str, column: str) -> float:
    return float(table.at[row, column])


def right_problems(tables: Tables) -> list[Problem]:
    """Run the checks that look at connections, their rights and substations."""
    checks = (_connections, _pools, _groups, _offers, _substations)
    return [problem for check in checks for problem in check(tables)]


def member_problems(tables: Tables) -> list[Problem]:
    """Run the checks that ask what stands on a connection: they need all rows of technologies and places."""
    return [*_members(tables), *_profiles(tables)] if len(tables["connections"]) else []


def _kinds(tables: Tables) -> dict[str, str]:
    return dict(zip(tables["nodes"]["node"], tables["nodes"]["kind"], strict=True))


def _connections(tables: Tables) -> list[Problem]:
    """Contracts are within the connection, highest uses within the contract, and a site has one connection."""
    kinds, first, problems = _kinds(tables), dict[str, str](), list[Problem]()
    sites = tables["sites"].drop_duplicates("node").set_index("node")
    for row in rows_of(tables["connections"]):
        if kinds.get(row["node"]) == "site" and first.setdefault(row["node"], row["connection"]) != row["connection"]:
            problems.append(at(row, "node", row["node"], f"a site without a connection; it has {first[row['node']]}"))
        for direction in DIRECTIONS:
            contract, peak = row[f"{direction}_contract"], row[f"{direction}_peak"]
            if contract != contract and row["node"] in sites.index:
                contract = _number(sites, row["node"], SITE_COLUMNS[direction])
            if contract > row["capacity"]:
                expected = f"a right of at most the connection, {row['capacity']:g} MW"
                problems.append(at(row, f"{direction}_contract", contract, expected))
            unknown = contract != contract and kinds.get(row["node"], "site") == "site"
            if not unknown and peak > (contract if contract == contract else 0.0):
                problems.append(at(row, f"{direction}_peak", peak, "a use of at most today's contract"))
    return problems


def _pools(tables: Tables) -> list[Problem]:
    """Members move to a connection at their own node that keeps its cable."""
    rows = {row["connection"]: row for row in rows_of(tables["connections"])}
    problems = []
    for row in rows.values():
        other = rows.get(row["pooled_with"])
        if other is None:
            continue
        if other["node"] != row["node"] or other is row:
            problems.append(at(row, "pooled_with", row["pooled_with"], f"another connection at {row['node']}"))
        elif other["pooled_with"]:
            expected = f"a connection that keeps its own cable; {row['pooled_with']} is pooled too"
            problems.append(at(row, "pooled_with", row["pooled_with"], expected))
        elif _first_year(other) > _first_year(row):
            expected = f"a year no later than that of {row['connection']}, whose members move to this connection"
            problems.append(at(other, "first_year", other["first_year"], expected))
    return problems


def _first_year(row: Any) -> float:
    """First year of a connection; a blank stands already."""
    year = float(row["first_year"])
    return year if year == year else float("-inf")


def _groups(tables: Tables) -> list[Problem]:
    """Connections of a group hang on one bus."""
    parents = {row["node"]: row["parent"] if row["kind"] == "site" else row["node"] for row in rows_of(tables["nodes"])}
    first, problems = dict[str, str](), list[Problem]()
    names = set(tables["connections"]["connection"])
    for row in rows_of(tables["connections"]):
        if row["contract_group"] in names:
            problems.append(at(row, "contract_group", row["contract_group"], "another label than that of a connection"))
        if row["contract_group"] and row["node"] in parents:
            bus = first.setdefault(row["contract_group"], parents[row["node"]])
            if parents[row["node"]] != bus:
                problems.append(at(row, "node", row["node"], f"a place at {bus}, as others of {row['contract_group']}"))
    return problems


def _offers(tables: Tables) -> list[Problem]:
    """Classes of connections are of their kinds, and no right is above its connection."""
    kinds = dict(zip(tables["contract_classes"]["contract_class"], tables["contract_classes"]["kind"], strict=True))
    size = dict(zip(tables["connections"]["connection"], tables["connections"]["capacity"], strict=True))
    problems = []
    for row in rows_of(tables["connection_rights"]):
        if kinds.get(row["contract_class"], "") not in ("", *OF_CONNECTIONS):
            expected = f"a class of one of the kinds {', '.join(OF_CONNECTIONS)}"
            problems.append(at(row, "contract_class", row["contract_class"], expected))
        if row["capacity_max"] > size.get(row["connection"], float("inf")):
            expected = f"a right of at most its connection, {size[row['connection']]:g} MW"
            problems.append(at(row, "capacity_max", row["capacity_max"], expected))
    return problems


def _substations(tables: Tables) -> list[Problem]:
    """Limits are those of substations, in both directions once in one, and their labels are not those of regions."""
    kinds, regions, problems = _kinds(tables), set(tables["regions"]["region"]), list[Problem]()
    for name in ("substation_hosting", "substation_reinforcement"):
        for row in rows_of(tables[name]):
            if kinds.get(row["node"], "substation") not in ("", "substation"):
                problems.append(at(row, "node", row["node"], "a node of kind substation"))
    given: dict[str, dict[str, Any]] = {}
    for row in rows_of(tables["substation_hosting"]):
        given.setdefault(row["node"], {})[row["direction"]] = row
    for node, rows in given.items():
        for direction in DIRECTIONS:
            if len(rows) == 1 and direction not in rows:
                problems.append(at(next(iter(rows.values())), "node", node, f"a row {direction} for this node too"))
    for row in rows_of(tables["nodes"]):
        if row["kind"] == "substation" and row["node"] in regions:
            problems.append(at(row, "node", row["node"], "another label than that of a region"))
    return problems


def _members(tables: Tables) -> list[Problem]:
    """A member moves electricity, stands or may be built at the node, and is on one connection; sites have none."""
    kinds, moving = _kinds(tables), _moving(tables)
    places = {row["connection"]: row["node"] for row in rows_of(tables["connections"])}
    stands = _standing(tables)
    stores = {row["store"]: row for row in rows_of(tables["stores"])}
    taken, problems = dict[tuple[str, str], str](), list[Problem]()
    for row in rows_of(tables["connection_members"]):
        node, column = places.get(row["connection"], ""), "store" if row["store"] else "technology"
        name = row[column]
        if not node or not name or (row["technology"] and row["store"]):
            if node:
                problems.append(at(row, column, name, "a technology or a store, one of the two"))
            continue
        if kinds.get(node) == "site":
            expected = "no members: all of a site stands behind its connection"
            problems.append(at(row, "connection", row["connection"], expected))
        elif row["store"] and name in stores and stores[name]["carrier"] != ELECTRICITY:
            problems.append(at(row, column, name, "a store of electricity"))
        elif row["technology"] and name not in moving:
            problems.append(at(row, column, name, "a technology that gives or takes electricity"))
        elif (node, stores[name]["energy_technology"] if row["store"] and name in stores else name) not in stands:
            problems.append(at(row, column, name, f"something that stands or may be built at {node}"))
        other = taken.setdefault((node, name), row["connection"])
        if other != row["connection"]:
            problems.append(at(row, column, name, f"something on one connection only; it stands on {other}"))
    having = set(tables["connection_members"]["connection"])
    return problems + [
        at(row, "connection", row["connection"], "rows in connection_members.csv that say what stands on it")
        for row in rows_of(tables["connections"])
        if kinds.get(row["node"], "site") != "site" and row["connection"] not in having
    ]


def _profiles(tables: Tables) -> list[Problem]:
    """What shapes use has an hourly availability at the node."""
    shaped = tables["technologies"].loc[tables["technologies"]["availability_profile"] != "", "technology"]
    stands = _standing(tables)
    return [
        at(row, "profile_technology", name, f"a technology with an hourly availability at {row['node']}")
        for row in rows_of(tables["connections"])
        if (name := row["profile_technology"]) and (name not in set(shaped) or (row["node"], name) not in stands)
    ]


def _standing(tables: Tables) -> set[tuple[str, str]]:
    return {
        (row["node"], row["technology"])
        for table in ("existing_capacity", "potentials")
        for row in rows_of(tables[table])
    }


def _moving(tables: Tables) -> set[str]:
    """Technologies with a flow of electricity, and designs of reactors."""
    flows = tables["technology_flows"]
    return set(flows.loc[flows["carrier"] == ELECTRICITY, "technology"]) | set(tables["reactors"]["design"])


def right_scenario_problems(scenario: Scenario, tables: Tables) -> list[tuple[str, str, str]]:
    """What a scenario asks of rights that the tables do not know: key, value and expectation of each fault."""
    settings = scenario.grid.rights
    if not settings.enabled:
        return []
    found: list[tuple[str, str, str]] = []
    connections = {row["connection"]: row for row in rows_of(tables["connections"])}
    if not connections:
        return [("grid.rights.enabled", "true", "a data set with rows in connections.csv")]
    classes = dict(zip(tables["contract_classes"]["contract_class"], tables["contract_classes"]["kind"], strict=True))
    allowed = ["firm", *(name for name, kind in classes.items() if kind in OF_CONNECTIONS)]
    for name in settings.classes:
        if name not in allowed:
            expected = f"firm or a class of connections ({', '.join(allowed)}){nearest(name, allowed)}"
            found.append(("grid.rights.classes", name, expected))
    offers = {
        (row["connection"], row["direction"], row["contract_class"]) for row in rows_of(tables["connection_rights"])
    }
    found += _fixed(settings, connections, offers, tables)
    kinds = _kinds(tables)
    for name, row in connections.items():
        if scenario.sites.pays_tariffs and kinds.get(row["node"]) == "site":
            expected = f"transfer: the site {row['node']} has rights of its own (connection {name}), with their tariffs"
            found.append(("sites.tariffs", scenario.sites.tariffs, expected))
    found += _shares(settings, tables, {key for key in offers if key[2] in settings.classes}, classes)
    return found


def _fixed(
    settings: Any, connections: dict[str, Any], offers: set[tuple[str, str, str]], tables: Tables
) -> list[tuple[str, str, str]]:
    """Rights that a scenario gives are those of a connection, are offered to it and fit into it."""
    found = []
    sites = tables["sites"].drop_duplicates("node").set_index("node")
    for name, ways in settings.fixed.items():
        if name not in connections:
            found.append(("grid.rights.fixed", name, f"a connection of connections.csv{nearest(name, connections)}"))
            continue
        row = connections[name]
        for direction, amounts in ways.items():
            key = f"grid.rights.fixed.{name}.{direction}"
            found += [
                (key, label, f"firm or a right that connection_rights.csv offers {name} for {direction}")
                for label in amounts
                if label != "firm" and (name, direction, label) not in offers
            ]
            contract = row[f"{direction}_contract"]
            if contract != contract:
                known = row["node"] in sites.index
                contract = _number(sites, row["node"], SITE_COLUMNS[direction]) if known else 0.0
            kinds = tables["contract_classes"].set_index("contract_class")["kind"]
            held = sum(mw for label, mw in amounts.items() if kinds.get(label, "firm") not in LIMITING)
            if held + contract > row["capacity"]:
                expected = f"rights of at most the connection, {row['capacity']:g} MW, {contract:g} of them contracted"
                found.append((key, f"{held:g}", expected))
    return found


def _shares(
    settings: Any, tables: Tables, offers: set[tuple[str, str, str]], classes: dict[str, str]
) -> list[tuple[str, str, str]]:
    """Shares that a scenario asks of a technology: it stands on connections, and they are offered what is asked."""
    members: dict[str, set[str]] = {}
    for row in rows_of(tables["connection_members"]):
        members.setdefault(row["technology"], set()).add(row["connection"])
    found = []
    for key, kinds in (("limited_share", LIMITING), ("nonfirm_share", ("nonfirm",)), ("feed_in_share", ())):
        for name in getattr(settings, key):
            if name not in members:
                known = sorted(set(members) - {""})
                expected = f"a technology of connection_members.csv{nearest(name, known)}"
                found.append((f"grid.rights.{key}", name, expected))
            elif kinds and not any(
                connection in members[name] and classes.get(label) in kinds for connection, _, label in offers
            ):
                expected = f"a technology whose connections may choose a class of kind {' or '.join(kinds)}"
                found.append((f"grid.rights.{key}", name, expected))
    return found
