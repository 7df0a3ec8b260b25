"""Meaning: what a single table cannot see, and what one row cannot know of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from model.data.cells import nearest
from model.data.profiles import FLAT, INVERSE_COP, SOLAR_THERMAL
from model.data.schemas import SCHEMAS
from model.data.validation.devices import device_problems
from model.data.validation.places import Tables, at, rows_of
from model.data.validation.plants import plant_problems
from model.data.validation.rights import member_problems, right_problems
from model.data.validation.sites import site_problems, supply_problems
from model.errors import Problem

CAPACITY_FACTORS = ("wind_onshore", "wind_offshore", "solar", SOLAR_THERMAL)
PARENT_KINDS = {
    "regional": ("transmission",),
    "substation": ("regional",),
    "site": ("regional", "substation"),
}


def meaning_problems(tables: Tables, complete: bool = True) -> list[Problem]:
    """Run every check of this file.

    Args:
        tables: tables in which every name leads somewhere.
        complete: whether all rows are there; without them, checks for what is missing are left out.
    """
    checks = (*CHECKS, *COMPLETENESS) if complete else CHECKS
    return [problem for check in checks for problem in check(tables)]


def _nodes(tables: Tables) -> list[Problem]:
    """A regional bus hangs on a transmission bus, a site on a regional one, each in its own region."""
    nodes = rows_of(tables["nodes"])
    kinds = {row["node"]: row["kind"] for row in nodes}
    regions = {row["node"]: row["region"] for row in nodes}
    problems = []
    for row in nodes:
        wanted = PARENT_KINDS.get(row["kind"])
        if wanted is None and row["parent"]:
            problems.append(at(row, "parent", row["parent"], "a blank: a transmission bus has no bus above it"))
        if wanted is None or row["parent"] not in kinds and row["parent"]:
            continue
        if not row["parent"] or kinds[row["parent"]] not in ("", *wanted):
            problems.append(at(row, "parent", row["parent"], f"a {' or '.join(wanted)} bus above a {row['kind']} bus"))
        elif regions[row["parent"]] != row["region"]:
            problems.append(at(row, "region", row["region"], f"the region of its parent, {regions[row['parent']]}"))
    return problems


def _sites(tables: Tables) -> list[Problem]:
    kinds = dict(zip(tables["nodes"]["node"], tables["nodes"]["kind"], strict=True))
    return [
        at(row, "node", row["node"], "a node of kind site")
        for row in rows_of(tables["sites"])
        if kinds.get(row["node"]) not in (None, "", "site")
    ]


def _sites_listed(tables: Tables) -> list[Problem]:
    listed = set(tables["sites"]["node"])
    return [
        at(row, "node", row["node"], "a row in sites.csv for this site")
        for row in rows_of(tables["nodes"])
        if row["kind"] == "site" and row["node"] not in listed
    ]


def _carriers(tables: Tables) -> list[Problem]:
    """Heat has a temperature, a balance has a price for what is not served, a priced spill has a price."""
    problems, demanded = [], set(tables["demand"]["carrier"])
    for row in rows_of(tables["carriers"]):
        priced = row["carrier"] in demanded or not len(tables["devices"])  # loads of their own are always served
        if row["kind"] == "heat" and row["delivery_temperature"] != row["delivery_temperature"]:
            problems.append(at(row, "delivery_temperature", "", "a number in degC: this carrier is heat"))
        if row["kind"] != "heat" and row["cascade_group"]:
            problems.append(at(row, "cascade_group", row["cascade_group"], "a blank: only heat cascades"))
        if priced and row["balanced"] == "yes" and row["value_of_lost_load"] != row["value_of_lost_load"]:
            problems.append(at(row, "value_of_lost_load", "", "a number in EUR/MWh: this carrier is balanced"))
        if row["spill"] == "priced" and row["spill_cost"] != row["spill_cost"]:
            problems.append(at(row, "spill_cost", "", "a number in EUR/MWh: spill is priced"))
    return problems


def _technologies(tables: Tables) -> list[Problem]:
    """Every profile must exist; parts of stores share their vintages."""
    problems = []
    for row in rows_of(tables["technologies"]):
        profile = row["availability_profile"]
        if profile and profile not in CAPACITY_FACTORS:
            expected = "one of " + ", ".join(CAPACITY_FACTORS) + nearest(profile, CAPACITY_FACTORS)
            problems.append(at(row, "availability_profile", profile, expected))
        if row["vintage_distinct"] == "yes" and row["kind"].startswith("store_"):
            problems.append(at(row, "vintage_distinct", "yes", "no: parts of stores share their vintages"))
    return problems


def _technologies_complete(tables: Tables) -> list[Problem]:
    """What may be built needs a cost and a life; what runs needs flows."""
    given = set(zip(tables["technology_parameters"]["technology"], tables["technology_parameters"]["parameter"],
                    strict=True))  # fmt: skip
    flows = set(tables["technology_flows"]["technology"])
    buildable = set(tables["potentials"]["technology"])
    used = buildable | set(tables["existing_capacity"]["technology"])
    problems = []
    for row in rows_of(tables["technologies"]):
        name = row["technology"]
        if name in buildable:
            problems += [
                at(row, "technology", name, f"a row {parameter} in technology_parameters.csv: it may be built")
                for parameter in ("investment", "lifetime")
                if (name, parameter) not in given
            ]
        if row["kind"] == "conversion" and name in used and name not in flows:
            problems.append(at(row, "technology", name, "rows in technology_flows.csv"))
    return problems


def _flows(tables: Tables) -> list[Problem]:
    names = [FLAT] + [f"{INVERSE_COP}{curve}" for curve in tables["heat_pump_curves"]["curve"]] + list(CAPACITY_FACTORS)
    kinds = dict(zip(tables["technologies"]["technology"], tables["technologies"]["kind"], strict=True))
    balanced = dict(zip(tables["carriers"]["carrier"], tables["carriers"]["balanced"], strict=True))
    problems = []
    for row in rows_of(tables["technology_flows"]):
        if row["profile"] and row["profile"] not in names[1:]:
            problems.append(at(row, "profile", row["profile"], "a known profile" + nearest(row["profile"], names[1:])))
        if kinds.get(row["technology"]) not in (None, "", "conversion"):
            problems.append(at(row, "technology", row["technology"], "a technology of kind conversion"))
        if row["direction"] == "out" and balanced.get(row["carrier"]) == "no":
            problems.append(at(row, "carrier", row["carrier"], "a balanced carrier: a bought one cannot be given"))
    return problems


def _stores(tables: Tables) -> list[Problem]:
    kinds = dict(zip(tables["technologies"]["technology"], tables["technologies"]["kind"], strict=True))
    owner: dict[str, str] = {}
    problems = []
    for row in rows_of(tables["stores"]):
        charge, discharge = row["charge_technology"], row["discharge_technology"]
        wanted = {"energy_technology": "store_energy", "charge_technology": "store_charge"}
        if discharge != charge:
            wanted["discharge_technology"] = "store_discharge"
        for column, kind in wanted.items():
            name = row[column]
            if kinds.get(name) not in (None, "", kind):
                problems.append(at(row, column, name, f"a technology of kind {kind}"))
            elif owner.setdefault(name, row["store"]) != row["store"]:
                problems.append(at(row, column, name, f"a technology of this store only, not of {owner[name]}"))
        if row["duration_max"] < row["duration_min"]:
            expected = f"at least duration_min, {row['duration_min']:g} h"
            problems.append(at(row, "duration_max", row["duration_max"], expected))
    return problems


def _stock(tables: Tables) -> list[Problem]:
    """Nothing retires before it stands."""
    return [
        at(row, "retirement_year", row["retirement_year"], f"a year after commissioned, {row['commissioned']:g}")
        for row in rows_of(tables["existing_capacity"])
        if row["retirement_year"] <= row["commissioned"]
    ]


TOGETHER = (
    ("outage_length", "outage_interval", "forced_outage_rate"),
    ("cycles_per_year", "cycle_depth"),
    ("late_cycle_share", "late_cycle_load"),
)
"""Figures of a reactor design of which one means nothing without the others."""


def _reactors(tables: Tables) -> list[Problem]:
    """Every design has, by itself or by its class, what the model needs."""
    from model.data.reactors import DEFAULTS, DESIGN_FIGURES, PER_ELECTRIC, design_points

    table = tables["reactors"]
    points = design_points(table)
    first = {row["design"]: row for row in reversed(rows_of(table))}
    buildable = set(tables["potentials"]["technology"])
    needed = [name for name in (*DESIGN_FIGURES, *PER_ELECTRIC) if name not in DEFAULTS]
    optional = {"ramp", "construction_time", "earliest_year", "decommissioning"}
    problems = []
    for design, row in sorted(first.items()):
        for name in needed:
            if (design, name) in points or name in optional or (name == "investment" and design not in buildable):
                continue
            problems.append(at(row, "design", design, f"a row {name}, of the design or of {row['design_class']}"))
        for together in TOGETHER:
            missing = [name for name in together if (design, name) not in points]
            if missing and len(missing) < len(together):
                given = next(name for name in together if name not in missing)
                expected = f"a row {missing[0]} beside {given}, of the design or of {row['design_class']}"
                problems.append(at(row, "design", design, expected))
    return problems


def _extraction(tables: Tables) -> list[Problem]:
    """Heat cannot cost more power than the steam would have made."""
    from model.data.reactors import design_points

    points = design_points(tables["reactors"])
    problems = []
    for row in rows_of(tables["reactor_extraction"]):
        efficiency = points.get((row["design_class"], "efficiency"))
        if efficiency and row["power_loss"] > efficiency[0][1] + 1e-9:
            expected = f"at most the efficiency of the class, {efficiency[0][1]:g} MW_e/MW_th"
            problems.append(at(row, "power_loss", row["power_loss"], expected))
    return problems


def _years(tables: Tables) -> list[Problem]:
    """A figure holds either for every year (blank) or year by year, not both."""
    problems = []
    for table in SCHEMAS.values():
        if "year" not in table.key:
            continue
        rows = rows_of(tables[table.name])
        others = [name for name in table.key if name != "year"]
        dated = {tuple(row[name] for name in others) for row in rows if row["year"] == row["year"]}
        problems += [
            at(row, "year", "", "a year, since other rows of the same figure give one")
            for row in rows
            if row["year"] != row["year"] and tuple(row[name] for name in others) in dated
        ]
    return problems


STEADY = (
    ("demand", ("node", "carrier", "sector", "demand_scenario"), "profile"),
    ("technology_flows", ("technology", "carrier", "direction"), "profile"),
    ("interconnectors", ("interconnector",), "node"),
    ("interconnectors", ("interconnector",), "zone"),
    ("reactors", ("design",), "design_class"),
    ("reactors", ("design",), "kind"),
    ("shared_potential_limits", ("group",), "unit"),
)
"""Columns that must not change from one row to the next of the same thing: only figures depend on the year."""


def steady_problems(tables: Tables) -> list[Problem]:
    """List rows that differ in such a column from most of their kind (from the first, where there are as many)."""
    problems = []
    for name, key, column in STEADY:
        # A blank that may not be there is a fault of its own, and no reason to doubt the other rows.
        blanks = SCHEMAS[name].column(column).blank is not None
        rows = [row for row in rows_of(tables[name]) if row[column] or blanks]
        counts: dict[tuple[str, ...], Counter[str]] = {}
        for row in rows:
            counts.setdefault(tuple(row[part] for part in key), Counter())[row[column]] += 1
        for row in rows:
            given = counts[tuple(row[part] for part in key)].most_common(1)[0][0]
            if row[column] != given:
                expected = f"the same in every row of {', '.join(row[part] for part in key)}: {given or 'blank'}"
                problems.append(at(row, column, row[column], expected))
    return problems


def _demand(tables: Tables) -> list[Problem]:
    balanced = dict(zip(tables["carriers"]["carrier"], tables["carriers"]["balanced"], strict=True))
    return [
        at(row, "carrier", row["carrier"], "a balanced carrier")
        for row in rows_of(tables["demand"])
        if balanced.get(row["carrier"]) == "no"
    ]


def _storylines(tables: Tables) -> list[Problem]:
    """Every storyline of the future wants the same things; one that a storyline lacks would vanish without a word."""
    futures: dict[str, set[tuple[str, str, str]]] = {}
    rows = [row for row in rows_of(tables["demand"]) if row["demand_scenario"] not in ("", "observed")]
    for row in rows:
        futures.setdefault(row["demand_scenario"], set()).add((row["node"], row["carrier"], row["sector"]))
    problems = []
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        key = (row["node"], row["carrier"], row["sector"])
        missing = [name for name in sorted(futures) if key not in futures[name]]
        if missing and key not in seen:
            expected = "rows of this node, carrier and sector for " + ", ".join(missing)
            problems.append(at(row, "demand_scenario", row["demand_scenario"], expected))
        seen.add(key)
    return problems


def _zones(tables: Tables) -> list[Problem]:
    """Wind at sea lands only in regions with a zone."""
    zones = set(tables["offshore_zones"]["region"])
    regions = dict(zip(tables["nodes"]["node"], tables["nodes"]["region"], strict=True))
    technologies = tables["technologies"]
    at_sea = set(technologies.loc[technologies["availability_profile"] == "wind_offshore", "technology"])
    return [
        at(row, "node", row["node"], f"a node in a region of offshore_zones.csv ({', '.join(sorted(zones))})")
        for name in ("potentials", "existing_capacity")
        for row in rows_of(tables[name])
        if row["technology"] in at_sea and regions.get(row["node"]) not in zones
    ]


def _prices(tables: Tables) -> list[Problem]:
    """Every carrier that is bought has a price in every storyline."""
    bought = [row for row in rows_of(tables["carriers"]) if row["balanced"] == "no"]
    priced: dict[str, set[str]] = {}
    first: dict[str, dict[str, Any]] = {}
    for row in rows_of(tables["fuel_prices"]):
        priced.setdefault(row["price_scenario"], set()).add(row["carrier"])
        first.setdefault(row["price_scenario"], row)
    whole = [story for story in sorted(priced) if all(row["carrier"] in priced[story] for row in bought)]
    # A storyline that hardly has a price and is called nearly as another is that other, mistyped.
    mistyped = [
        story
        for story in sorted(priced)
        if 2 * sum(row["carrier"] in priced[story] for row in bought) < len(bought) and nearest(story, whole)
    ]
    expected = "a storyline with prices of all carriers that are bought"
    problems = [at(first[story], "price_scenario", story, expected + nearest(story, whole)) for story in mistyped]
    for row in bought:
        missing = [story for story in sorted(priced) if row["carrier"] not in priced[story] and story not in mistyped]
        if missing:
            problems.append(at(row, "carrier", row["carrier"], f"rows in fuel_prices.csv for {', '.join(missing)}"))
    return problems


CHECKS: tuple[Callable[[Tables], list[Problem]], ...] = (
    _nodes, _sites, _carriers, _technologies, _flows, _stores, _stock, _extraction, plant_problems, _years, _demand,
    site_problems, right_problems, device_problems,
)  # fmt: skip
COMPLETENESS: tuple[Callable[[Tables], list[Problem]], ...] = (
    _sites_listed, _technologies_complete, _reactors, _storylines, _prices, _zones, supply_problems, member_problems,
)  # fmt: skip
"""Checks that ask whether something is there."""
