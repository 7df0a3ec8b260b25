"""Contract classes beside the firm one, side by side and split by capacity (formulation B2, G3; smr/README.md F8).

A class is a row of the table contract_classes; its kind says how it limits import:

- `reserve`: at most so many hours of full use a year, half the contract tariff, peaks charged by the week.  The rule is
  one of a whole connection.  Split by capacity, the cheapest part of the load goes through it, so the cost is a lower
  bound; `sites.whole_connection` fixes it for all of a site, and then it is exact.
- `duration` (85 % of the hours): nothing in the hours of highest load of the region, as many as the class allows
  (data form a of congestion_products.md: conservative, as a restriction is whole and known beforehand).
- `block`: only in its hours of the day, by the clock of the country.
- `group`: sites under one bus pool their rights: what one does not use, its firm right included, or what it exports,
  another may take; each stays within its own connection.

All peaks but those of `reserve` are charged by the month, on what the site takes in all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.blocks import block_numbers, step_weeks
from model.core.cells import number, text
from model.core.registry import constraint, cost, index_map, index_set, indexed_set, parameter, variable
from model.core.rights import hours_of_block, restricted_hours

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, str, int]
TIMED = ("duration", "block")


def _classes(case: Case) -> pd.DataFrame:
    return case.tables["contract_classes"].set_index("contract_class")


def _offers(case: Case) -> pd.DataFrame:
    return case.tables["site_contracts"].set_index(["node", "contract_class"])


def _of_kind(case: Case, sets: SetValues, *kinds: str) -> list[Key]:
    found = _classes(case)
    return [key for key in sets["site_class_year"] if text(found, key[1], "kind") in kinds]


@index_set(dims=("node", "contract_class", "year"))
def site_class_year(case: Case, sets: SetValues) -> list[Key]:
    """Classes beside the firm one that are open to a site: named by the scenario and offered by the table."""
    settings = case.scenario.sites
    offered = set(_offers(case).index)
    whole = settings.whole_connection
    return [
        (site, name, year)
        for site, year in sets["tariffed_site_year"]
        for name in ([whole[site]] if site in whole else settings.contract_classes)
        if (site, name) in offered
    ]


@index_set(dims=("node", "year"))
def classed_site_year(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Sites to which a class beside the firm one is open."""
    return {(site, year) for site, _, year in sets["site_class_year"]}


@index_set(dims=("node", "contract_class", "year"))
def reserve_class_year(case: Case, sets: SetValues) -> list[Key]:
    """Classes of few hours of use."""
    return _of_kind(case, sets, "reserve")


@index_set(dims=("node", "contract_class", "year"))
def timed_class_year(case: Case, sets: SetValues) -> list[Key]:
    """Classes that hold in some hours only."""
    return _of_kind(case, sets, *TIMED)


@index_set(dims=("node", "contract_class", "year"))
def group_class_year(case: Case, sets: SetValues) -> list[Key]:
    """Parts of sites in a shared contract."""
    return _of_kind(case, sets, "group")


@index_set(dims=("contract_group", "year"))
def contract_group_year(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Groups of sites that share a contract."""
    groups = _offers(case)
    return {(text(groups, (site, name), "contract_group"), year) for site, name, year in sets["group_class_year"]}


def _by_site(case: Case, sets: SetValues, family: str) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for site, name, year in sets[family]:
        found.setdefault((site, year), []).append(name)
    return found


@indexed_set(over="tariffed_site_year", dims=("contract_class",))
def classes_of(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """Classes that are open to a site."""
    return _by_site(case, sets, "site_class_year")


@indexed_set(over="tariffed_site_year", dims=("contract_class",))
def reserve_classes_of(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """Classes of few hours of use that are open to a site."""
    return _by_site(case, sets, "reserve_class_year")


@indexed_set(over="tariffed_site_year", dims=("contract_class",))
def timed_classes_of(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """Classes that hold in some hours only and are open to a site."""
    return _by_site(case, sets, "timed_class_year")


@indexed_set(over="tariffed_site_year", dims=("contract_class",))
def group_classes_of(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """Shared contracts that are open to a site."""
    return _by_site(case, sets, "group_class_year")


@indexed_set(over="contract_group_year", dims=("node", "contract_class"))
def group_members(case: Case, sets: SetValues) -> dict[tuple[str, int], list[tuple[str, str]]]:
    """Sites of a group, with the class under which each is in it."""
    groups = _offers(case)
    found: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for site, name, year in sets["group_class_year"]:
        found.setdefault((text(groups, (site, name), "contract_group"), year), []).append((site, name))
    return found


@index_set(dims=("week",))
def week(case: Case, sets: SetValues) -> list[int]:
    """Weeks of the year that any step stands for, where a class is charged by the week."""
    return sorted({label for _, label in step_weeks(case.time)}) if sets["reserve_class_year"] else []


@index_set(dims=("week_block",))
def week_block(case: Case, sets: SetValues) -> range:
    """Steps of one period that stand for the same weeks, where a class is charged by the week."""
    return range(int(_week_blocks(case).max()) + 1) if sets["reserve_class_year"] else range(1)


@index_set(dims=("week_block", "week"))
def week_block_week(case: Case, sets: SetValues) -> set[tuple[int, int]]:
    """Weeks for which a block stands."""
    if not sets["reserve_class_year"]:
        return set()
    blocks = _week_blocks(case)
    return {(int(blocks[step]), label) for step, label in step_weeks(case.time)}


@index_map(over=("time",), to="week_block")
def week_block_of(case: Case, sets: SetValues) -> np.ndarray:
    """Block of weeks to which a step belongs."""
    return _week_blocks(case) if sets["reserve_class_year"] else np.zeros(case.time.count, dtype=np.int64)


def _week_blocks(case: Case) -> np.ndarray:
    return block_numbers(case.time.period.tolist(), step_weeks(case.time))


@parameter(over=("site_class_year",), unit="MW", minimum=0)
def site_class_contract_max(case: Case, sets: SetValues) -> list[float]:
    """Most that a site can contract under a class: what is offered, and never more than its connection."""
    offers, connection = _offers(case)["capacity_max"].fillna(np.inf), _connection(case)
    return [min(float(offers[site, name]), connection[site]) for site, name, _ in sets["site_class_year"]]


@parameter(over=("classed_site_year",), unit="MW", minimum=0)
def site_connection_max(case: Case, sets: SetValues) -> list[float]:
    """Most that a site can contract in all: today's contract and its growth."""
    connection = _connection(case)
    return [connection[site] for site, _ in sets["classed_site_year"]]


def _connection(case: Case) -> dict[str, float]:
    most = case.sites["contract_import"].fillna(np.inf) + case.sites["contract_growth_max"].fillna(np.inf)
    return {str(site): float(value) for site, value in most.items()}


@parameter(over=("reserve_class_year",), unit="h", minimum=0, source="smr/README.md F8")
def reserve_hours_max(case: Case, sets: SetValues) -> list[float]:
    """Hours of full use a year that a class allows."""
    return [number(_classes(case), name, "hours_max") for _, name, _ in sets["reserve_class_year"]]


@parameter(over=("timed_class_year", "time"), unit="1", minimum=0, maximum=1, source="congestion_products.md")
def right_granted(case: Case, sets: SetValues) -> np.ndarray:
    """One in the hours in which a class gives its right, zero in the others."""
    values = np.ones((len(sets["timed_class_year"]), case.time.count))
    classes = _classes(case)
    for row, (site, name, year) in enumerate(sets["timed_class_year"]):
        if text(classes, name, "kind") == "block":
            limits = number(classes, name, "block_start"), number(classes, name, "block_end")
            values[row] = hours_of_block(case, *limits)
        else:
            values[row] = 1.0 - restricted_hours(case, site, year, number(classes, name, "restricted_share"))
    return values


@parameter(
    over=("group_class_year", "time"), unit="MW", maximum=0, sign="positive: taken from the group; negative: lent"
)
def group_use_bound(case: Case, sets: SetValues) -> np.ndarray:
    """The most room that one member can make for the others, below zero: its connection and its export."""
    export, connection = case.sites["contract_export"], _connection(case)
    return -np.array([float(export[site]) + connection[site] for site, _, _ in sets["group_class_year"]])[:, None]


@parameter(over=("site_class_year",), unit="EUR/MW/year", minimum=0, source="smr/README.md F8")
def class_tariff_contract(case: Case, sets: SetValues) -> list[float]:
    """Tariff per MW contracted under a class: its factor of the site's firm tariff."""
    factors, tariffs = _classes(case)["contract_factor"], case.sites["tariff_contract"]
    return [1000.0 * float(factors[name]) * float(tariffs[site]) for site, name, _ in sets["site_class_year"]]


@parameter(over=("reserve_class_year",), unit="EUR/MW/week", minimum=0, source="smr/README.md F8")
def class_tariff_week(case: Case, sets: SetValues) -> list[float]:
    """Tariff per MW of the peak of a week: 18/52 of the monthly one for the 600 h class."""
    factors, tariffs = _classes(case)["weekly_peak_factor"], case.sites["tariff_peak"]
    return [1000.0 * float(factors[name]) * float(tariffs[site]) for site, name, _ in sets["reserve_class_year"]]


variable(
    "site_class_contract",
    over=("site_class_year",),
    unit="MW",
    upper="site_class_contract_max",
    doc="Import that a site has contracted under a class beside the firm one.",
)
variable(
    "site_reserve_import", over=("reserve_class_year", "time"), unit="MW", doc="Import under a class of few hours."
)
variable(
    "site_reserve_block_peak",
    over=("reserve_class_year", "week_block"),
    unit="MW",
    doc="Highest import under a class of few hours in a block of steps.",
)
variable(
    "site_week_peak",
    over=("reserve_class_year", "week"),
    unit="MW",
    doc="Highest import under a class of few hours in a week.",
)
variable(
    "site_group_use",
    over=("group_class_year", "time"),
    unit="MW",
    lower="group_use_bound",
    doc="What a site takes of the limit that its group shares.",
    sign="positive: taken from the group; negative: lent to the others",
)


@constraint(over=("classed_site_year", "time"), unit="MW", source="formulation.md B2")
def site_rights_limit(m: Any, s: str, y: int, t: int) -> Any:
    """Import stays within what all classes together allow in the hour."""
    return m.site_exchange[s, y, t] <= m.site_contract[s, y] + sum(
        m.right_granted[s, k, y, t] * m.site_class_contract[s, k, y] for k in m.timed_classes_of[s, y]
    ) + sum(m.site_reserve_import[s, k, y, t] for k in m.reserve_classes_of[s, y]) + sum(
        m.site_group_use[s, k, y, t] for k in m.group_classes_of[s, y]
    )


@constraint(over=("classed_site_year",), unit="MW", source="formulation.md B2")
def site_connection_limit(m: Any, s: str, y: int) -> Any:
    """The parts of all classes together are no more than the connection."""
    return (
        m.site_contract[s, y] + sum(m.site_class_contract[s, k, y] for k in m.classes_of[s, y])
        <= m.site_connection_max[s, y]
    )


@constraint(over=("reserve_class_year", "time"), unit="MW", source="formulation.md B2")
def site_reserve_limit(m: Any, s: str, k: str, y: int, t: int) -> Any:
    """No more than what is contracted under the class."""
    return m.site_reserve_import[s, k, y, t] <= m.site_class_contract[s, k, y]


@constraint(over=("reserve_class_year",), unit="MWh", source="smr/README.md F8")
def site_reserve_hours(m: Any, s: str, k: str, y: int) -> Any:
    """Energy of a year is at most so many hours of full use of the contract."""
    return (
        sum(m.weight[t] * m.site_reserve_import[s, k, y, t] for t in m.time)
        <= m.reserve_hours_max[s, k, y] * m.site_class_contract[s, k, y]
    )


@constraint(over=("reserve_class_year", "time"), unit="MW", source="smr/README.md F8")
def site_reserve_block_peak_limit(m: Any, s: str, k: str, y: int, t: int) -> Any:
    """No hour's import under the class is above the peak of its block."""
    return m.site_reserve_import[s, k, y, t] <= m.site_reserve_block_peak[s, k, y, m.week_block_of[t]]


@constraint(over=("reserve_class_year", "week_block_week"), unit="MW", source="smr/README.md F8")
def site_week_peak_limit(m: Any, s: str, k: str, y: int, b: int, w: int) -> Any:
    """A week's peak is no lower than that of any block which stands for a day of it."""
    return m.site_reserve_block_peak[s, k, y, b] <= m.site_week_peak[s, k, y, w]


@constraint(over=("contract_group_year", "time"), unit="MW", source="formulation.md B2, G3")
def site_group_limit(m: Any, g: str, y: int, t: int) -> Any:
    """Members take together, net of what they give, no more than all of them have contracted for the group."""
    return sum(m.site_group_use[s, k, y, t] for s, k in m.group_members[g, y]) <= sum(
        m.site_class_contract[s, k, y] for s, k in m.group_members[g, y]
    )


@cost("site_tariff", over=("site_class_year",), place="node", technology="grid_tariff", source="smr/README.md F8")
def site_class_contract_cost(m: Any, s: str, k: str, y: int) -> Any:
    """Power contracted under a class at its tariff."""
    return m.discount_weight[y] * m.class_tariff_contract[s, k, y] * m.site_class_contract[s, k, y]


@cost("site_tariff", over=("reserve_class_year",), place="node", technology="grid_tariff", source="smr/README.md F8")
def site_week_peak_cost(m: Any, s: str, k: str, y: int) -> Any:
    """Weekly peaks at their tariff."""
    return sum(m.discount_weight[y] * m.class_tariff_week[s, k, y] * m.site_week_peak[s, k, y, w] for w in m.week)
