"""Substations below the regional bus: own nodes with own hosting limits and reinforcement (formulation G2).

A data set may split a regional bus into named substations (nodes of kind `substation`): what stands at one reaches the
regional bus within its limits by direction and year, which can be reinforced from a first year at a price.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import constraint, contributes, cost, index_set, indexed_set, parameter, variable
from model.core.rights import area_limits
from model.data.finance import annuity

if TYPE_CHECKING:
    import pandas as pd

    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]
Reinforcement = tuple[str, str, int]


def _table(case: Case) -> pd.DataFrame:
    return case.tables["substation_reinforcement"].set_index("node")


def _served(table: pd.DataFrame, node: str) -> tuple[str, ...]:
    return ("both",) if text(table, node, "both_directions") == "yes" else ("feed_in", "offtake")


@index_set(dims=("node", "year"))
def substation_year(case: Case) -> list[Key]:
    """Substations by year."""
    return [(str(node), year) for node in case.nodes.index[case.nodes["kind"] == "substation"] for year in case.years]


@index_set(dims=("node", "year"))
def limited_substation_year(case: Case, sets: SetValues) -> list[Key]:
    """Substations of which the hosting limit can be reinforced: their limits are rows, the others' are bounds."""
    if not (case.scenario.grid.hosting and case.scenario.grid.hosting_expansion):
        return []
    table, limits = _table(case), area_limits(case)
    return [
        (node, year)
        for node, year in sets["substation_year"]
        if node in table.index and (node, "feed_in", year) in limits and year >= number(table, node, "first_year")
    ]


@index_set(dims=("node", "direction", "year"))
def substation_reinforcement_year(case: Case, sets: SetValues) -> list[Reinforcement]:
    """Reinforcements of substations by direction (`both` where one serves both), from their first year."""
    table = _table(case)
    return [(node, way, year) for node, year in sets["limited_substation_year"] for way in _served(table, node)]


@index_set(dims=("node", "direction", "year"))
def later_substation_reinforcement(case: Case, sets: SetValues) -> list[Reinforcement]:
    """Reinforcements of substations in years after the first in which they can stand."""
    present = sets.positions("substation_reinforcement_year")
    before = dict(zip(case.years[1:], case.years[:-1], strict=True))
    return [key for key in present if (key[0], key[1], before.get(key[2], 0)) in present]


@indexed_set(over="limited_substation_year", dims=("direction",))
def substation_feed_in_reinforcement(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The reinforcement that relieves feed-in."""
    return _serving(case, sets, "feed_in")


@indexed_set(over="limited_substation_year", dims=("direction",))
def substation_offtake_reinforcement(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The reinforcement that relieves off-take."""
    return _serving(case, sets, "offtake")


def _serving(case: Case, sets: SetValues, direction: str) -> dict[Key, list[str]]:
    table = _table(case)
    return {
        (node, year): [way for way in _served(table, node) if way in ("both", direction)]
        for node, year in sets["limited_substation_year"]
    }


@indexed_set(over="node_carrier_year", dims=("node",))
def substations_below(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """Substations under a regional bus."""
    electricity = str(case.carriers.index[case.carriers["kind"] == "electricity"][0])
    found: dict[tuple[str, str, int], list[str]] = {}
    for node, year in sets["substation_year"]:
        found.setdefault((text(case.nodes, node, "parent"), electricity, year), []).append(node)
    return found


@indexed_set(over="node_carrier_year", dims=("node",))
def substation_itself(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """The substation, at its own node."""
    electricity = str(case.carriers.index[case.carriers["kind"] == "electricity"][0])
    return {(node, electricity, year): [node] for node, year in sets["substation_year"]}


def _bound(case: Case, sets: SetValues, direction: str) -> np.ndarray:
    limits, rows = area_limits(case), sets.positions("limited_substation_year")
    found = [
        np.inf if key in rows else limits.get((key[0], direction, key[1]), np.inf) for key in sets["substation_year"]
    ]
    return np.array(found)[:, None]


@parameter(over=("substation_year", "time"), unit="MW", minimum=0)
def substation_feed_in_bound(case: Case, sets: SetValues) -> np.ndarray:
    """Limit for feed-in where it cannot be reinforced; no bound where a row limits it."""
    return _bound(case, sets, "feed_in")


@parameter(over=("substation_year", "time"), unit="MW", maximum=0, sign="positive: feed-in; negative: off-take")
def substation_offtake_bound(case: Case, sets: SetValues) -> np.ndarray:
    """Limit for off-take where it cannot be reinforced, below zero; no bound where a row limits it."""
    return -_bound(case, sets, "offtake")


def _limit(case: Case, sets: SetValues, direction: str) -> list[float]:
    limits = area_limits(case)
    return [limits[node, direction, year] for node, year in sets["limited_substation_year"]]


@parameter(over=("limited_substation_year",), unit="MW", minimum=0)
def substation_feed_in_hosting(case: Case, sets: SetValues) -> list[float]:
    """Limit for feed-in before reinforcement."""
    return _limit(case, sets, "feed_in")


@parameter(over=("limited_substation_year",), unit="MW", minimum=0)
def substation_offtake_hosting(case: Case, sets: SetValues) -> list[float]:
    """Limit for off-take before reinforcement."""
    return _limit(case, sets, "offtake")


@parameter(over=("substation_reinforcement_year",), unit="MW", minimum=0)
def substation_reinforcement_max(case: Case, sets: SetValues) -> list[float]:
    """Most that can have been reinforced by a year: build rate × years since the first year, at least one."""
    table = _table(case).fillna({"build_rate_max": np.inf})
    return [
        number(table, node, "build_rate_max") * max(1.0, year - number(table, node, "first_year"))
        for node, _, year in sets["substation_reinforcement_year"]
    ]


@parameter(over=("substation_reinforcement_year",), unit="EUR/MW/year", minimum=0)
def substation_annual_cost(case: Case, sets: SetValues) -> list[float]:
    """Yearly cost of a reinforced MW: annuity and fixed operation and maintenance."""
    table, rate = _table(case), case.scenario.finance.wacc
    return [
        annuity(number(table, node, "investment"), rate, number(table, node, "lifetime"))
        + number(table, node, "fixed_om")
        for node, _, _ in sets["substation_reinforcement_year"]
    ]


variable(
    "substation_exchange",
    over=("substation_year", "time"),
    unit="MW",
    lower="substation_offtake_bound",
    upper="substation_feed_in_bound",
    doc="Power from a substation up to its regional bus: feed-in, negative for off-take.",
    sign="positive: feed-in, up to the regional bus; negative: off-take",
)
variable(
    "substation_built",
    over=("substation_reinforcement_year",),
    unit="MW",
    upper="substation_reinforcement_max",
    doc="Reinforcement of a substation that stands in a year.",
    investment=True,
)


@contributes("carrier_balance", source="formulation.md G2")
def substation_at_region(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """At the regional bus: feed-in arrives, off-take leaves."""
    return sum(m.substation_exchange[s, y, t] for s in m.substations_below[n, c, y])


@contributes("carrier_balance", source="formulation.md G2")
def substation_inside(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """At the substation: off-take arrives, feed-in leaves."""
    return -sum(m.substation_exchange[s, y, t] for s in m.substation_itself[n, c, y])


@constraint(over=("limited_substation_year", "time"), unit="MW", source="formulation.md G2")
def substation_feed_in_limit(m: Any, n: str, y: int, t: int) -> Any:
    """Feed-in stays within the limit and its reinforcement."""
    return m.substation_exchange[n, y, t] <= m.substation_feed_in_hosting[n, y] + sum(
        m.substation_built[n, d, y] for d in m.substation_feed_in_reinforcement[n, y]
    )


@constraint(over=("limited_substation_year", "time"), unit="MW", source="formulation.md G2")
def substation_offtake_limit(m: Any, n: str, y: int, t: int) -> Any:
    """Off-take stays within the limit and its reinforcement."""
    return -m.substation_exchange[n, y, t] <= m.substation_offtake_hosting[n, y] + sum(
        m.substation_built[n, d, y] for d in m.substation_offtake_reinforcement[n, y]
    )


@constraint(over=("later_substation_reinforcement",), unit="MW")
def substation_built_stays(m: Any, n: str, d: str, y: int) -> Any:
    """What has been reinforced stays."""
    return m.substation_built[n, d, y] >= m.substation_built[n, d, m.previous_year[y]]


@cost("hosting_reinforcement", over=("substation_reinforcement_year",), place="node", technology="hosting")
def substation_reinforcement_cost(m: Any, n: str, d: str, y: int) -> Any:
    """A reinforced MW of a substation pays its yearly cost in every year in which it stands."""
    return m.discount_weight[y] * m.substation_annual_cost[n, d, y] * m.substation_built[n, d, y]
