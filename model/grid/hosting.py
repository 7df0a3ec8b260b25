"""Hosting limits between the transmission and the regional bus of a region, and reinforcement (formulation G2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, value_at
from model.core.registry import constraint, contributes, cost, index_set, indexed_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]
Reinforcement = tuple[str, str, int]


@index_set(dims=("region", "year"))
def region_year(case: Case) -> list[Key]:
    """Regions with a transmission and a regional bus, by year."""
    return [(region, year) for region in _buses(case) for year in case.years]


def _buses(case: Case) -> dict[str, tuple[str, str]]:
    """Transmission and regional bus of each region that has both."""
    regional = case.nodes[case.nodes["kind"] == "regional"]
    return {str(row["region"]): (str(row["parent"]), str(node)) for node, row in regional.iterrows()}


def _directions(case: Case, region: str) -> dict[str, str]:
    """For each direction the reinforcement that relieves it: `both` where one serves feed-in and off-take."""
    row = case.hosting_reinforcement.loc[region]
    shared = row["both_directions"] == "yes"
    return {direction: "both" if shared else direction for direction in ("feed_in", "offtake")}


def _reinforced(case: Case, key: Key) -> bool:
    grid = case.scenario.grid
    if not (grid.hosting and grid.hosting_expansion) or key[0] not in case.hosting_reinforcement.index:
        return False
    if not np.isfinite(_limit(case, key, "feed_in")):
        return False
    return key[1] >= number(case.hosting_reinforcement, key[0], "first_year")


@index_set(dims=("region", "direction", "year"))
def reinforcement_year(case: Case, sets: SetValues) -> set[Reinforcement]:
    """Reinforcements by region and direction (`both` where one serves both), from their first year."""
    return {
        (region, served, year)
        for region, year in sets["region_year"]
        if _reinforced(case, (region, year))
        for served in _directions(case, region).values()
    }


@index_set(dims=("region", "direction", "year"))
def later_reinforcement_year(case: Case, sets: SetValues) -> list[Reinforcement]:
    """Reinforcements in years after the first in which they can stand."""
    present = sets.positions("reinforcement_year")
    before = dict(zip(case.years[1:], case.years[:-1], strict=True))
    return [key for key in present if (key[0], key[1], before.get(key[2], 0)) in present]


@index_set(dims=("region", "year"))
def limited_region_year(case: Case, sets: SetValues) -> list[Key]:
    """Regions of which the hosting limit can be reinforced: their limits are rows, the others' are bounds."""
    return [key for key in sets["region_year"] if _reinforced(case, key)]


@indexed_set(over="limited_region_year", dims=("direction",))
def feed_in_reinforcement(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The reinforcement that relieves feed-in."""
    return {key: [_directions(case, key[0])["feed_in"]] for key in sets["limited_region_year"]}


@indexed_set(over="limited_region_year", dims=("direction",))
def offtake_reinforcement(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The reinforcement that relieves off-take."""
    return {key: [_directions(case, key[0])["offtake"]] for key in sets["limited_region_year"]}


@indexed_set(over="node_carrier_year", dims=("region",))
def regions_above(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """The region whose regional bus hangs under a transmission bus."""
    return _regions_at(case, sets, 0)


@indexed_set(over="node_carrier_year", dims=("region",))
def regions_below(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """The region of a regional bus."""
    return _regions_at(case, sets, 1)


def _regions_at(case: Case, sets: SetValues, level: int) -> dict[tuple[str, str, int], list[str]]:
    electricity = str(case.carriers.index[case.carriers["kind"] == "electricity"][0])
    buses = _buses(case)
    found: dict[tuple[str, str, int], list[str]] = {}
    for region, year in sets["region_year"]:
        found.setdefault((buses[region][level], electricity, year), []).append(region)
    return found


def _limit(case: Case, key: Key, direction: str) -> float:
    """Hosting limit of a region; none where the scenario holds none or the data set gives none."""
    if not case.scenario.grid.hosting:
        return np.inf
    return value_at(case.hosting, (key[0], direction, key[1]), np.inf) * float(case.scenario.grid.hosting_factor)


def _bound(case: Case, sets: SetValues, direction: str) -> np.ndarray:
    limited = sets.positions("limited_region_year")
    limits = [np.inf if key in limited else _limit(case, key, direction) for key in sets["region_year"]]
    return np.array(limits)[:, None]


@parameter(over=("region_year", "time"), unit="MW", minimum=0)
def feed_in_bound(case: Case, sets: SetValues) -> np.ndarray:
    """Hosting limit for feed-in where it cannot be reinforced; no bound where a row limits it."""
    return _bound(case, sets, "feed_in")


@parameter(
    over=("region_year", "time"),
    unit="MW",
    maximum=0,
    sign="positive: feed-in, up to the transmission bus; negative: off-take",
)
def offtake_bound(case: Case, sets: SetValues) -> np.ndarray:
    """Hosting limit for off-take where it cannot be reinforced, below zero; no bound where a row limits it."""
    return -_bound(case, sets, "offtake")


@parameter(over=("limited_region_year",), unit="MW", minimum=0)
def feed_in_hosting(case: Case, sets: SetValues) -> list[float]:
    """Hosting limit for feed-in before reinforcement."""
    return [_limit(case, key, "feed_in") for key in sets["limited_region_year"]]


@parameter(over=("limited_region_year",), unit="MW", minimum=0)
def offtake_hosting(case: Case, sets: SetValues) -> list[float]:
    """Hosting limit for off-take before reinforcement."""
    return [_limit(case, key, "offtake") for key in sets["limited_region_year"]]


@parameter(over=("reinforcement_year",), unit="MW", minimum=0)
def reinforcement_max(case: Case, sets: SetValues) -> list[float]:
    """Most that can have been reinforced by a year: build rate × years since the first year, at least one."""
    table = case.hosting_reinforcement
    return [
        number(table, region, "build_rate_max") * max(1.0, year - number(table, region, "first_year"))
        for region, _, year in sets["reinforcement_year"]
    ]


@parameter(over=("reinforcement_year",), unit="EUR/MW/year", minimum=0)
def reinforcement_annual_cost(case: Case, sets: SetValues) -> list[float]:
    """Yearly cost of a reinforced MW: annuity and fixed operation and maintenance."""
    table = case.hosting_reinforcement
    return [
        number(table, region, "annuity") + number(table, region, "fixed_om")
        for region, _, _ in sets["reinforcement_year"]
    ]


variable(
    "hosting_exchange",
    over=("region_year", "time"),
    unit="MW",
    lower="offtake_bound",
    upper="feed_in_bound",
    doc="Power from the regional bus of a region up to its transmission bus: feed-in, negative for off-take.",
    sign="positive: feed-in, up to the transmission bus; negative: off-take",
)
variable(
    "hosting_built",
    over=("reinforcement_year",),
    unit="MW",
    upper="reinforcement_max",
    doc="Reinforcement of a hosting limit that stands in a year.",
    investment=True,
)


@contributes("carrier_balance", source="formulation.md G2")
def hosting_at_transmission(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """At the transmission bus: feed-in arrives, off-take leaves."""
    return sum(m.hosting_exchange[r, y, t] for r in m.regions_above[n, c, y])


@contributes("carrier_balance", source="formulation.md G2")
def hosting_at_region(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """At the regional bus: off-take arrives, feed-in leaves."""
    return -sum(m.hosting_exchange[r, y, t] for r in m.regions_below[n, c, y])


@constraint(over=("limited_region_year", "time"), unit="MW", source="formulation.md G2")
def hosting_feed_in_limit(m: Any, r: str, y: int, t: int) -> Any:
    """Feed-in stays within the hosting limit and its reinforcement."""
    return m.hosting_exchange[r, y, t] <= m.feed_in_hosting[r, y] + sum(
        m.hosting_built[r, d, y] for d in m.feed_in_reinforcement[r, y]
    )


@constraint(over=("limited_region_year", "time"), unit="MW", source="formulation.md G2")
def hosting_offtake_limit(m: Any, r: str, y: int, t: int) -> Any:
    """Off-take stays within the hosting limit and its reinforcement."""
    return -m.hosting_exchange[r, y, t] <= m.offtake_hosting[r, y] + sum(
        m.hosting_built[r, d, y] for d in m.offtake_reinforcement[r, y]
    )


@constraint(over=("later_reinforcement_year",), unit="MW")
def hosting_built_stays(m: Any, r: str, d: str, y: int) -> Any:
    """What has been reinforced stays."""
    return m.hosting_built[r, d, y] >= m.hosting_built[r, d, m.previous_year[y]]


@cost("hosting_reinforcement", over=("reinforcement_year",), place="region", technology="hosting")
def hosting_reinforcement_cost(m: Any, r: str, d: str, y: int) -> Any:
    """A reinforced MW pays its yearly cost in every year in which it stands."""
    return m.discount_weight[y] * m.reinforcement_annual_cost[r, d, y] * m.hosting_built[r, d, y]
