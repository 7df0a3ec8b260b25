"""Captured CO2 between capture and store: a yearly balance at every node, pipes one way, sinks, use (formulation H4).

CO2 is buffered over days at little cost, so a year is the step: what is captured at a node in a year leaves by pipe,
goes into a sink or a product, or is vented.  Only what a sink stores leaves the account of emissions (policy/carbon).
Pipes have a decided capacity and an expansion that stays, as corridors do; sinks have a limit and a cost by year.
Nothing here exists where the scenario leaves `detail.carbon_network` off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, pairs, text
from model.core.registry import constraint, cost, index_set, indexed_set, parameter, variable
from model.data.finance import annuity
from model.data.parameters import at_year, points_by

if TYPE_CHECKING:
    import pandas as pd

    from model.core.sets import SetValues
    from model.data.case import Case

TONNES_PER_KILOTONNE = 1000.0
KILOTONNES_PER_MEGATONNE = 1000.0

Place = tuple[str, int]


def _pipes(case: Case) -> pd.DataFrame:
    table = case.tables["carbon_pipes"].set_index("pipe")
    return table if case.scenario.detail.carbon_network else table.iloc[:0]


def _sinks(case: Case) -> dict[str, str]:
    """Node of every sink, by label."""
    table = case.tables["carbon_sinks"]
    return dict(zip(table["sink"], table["node"], strict=True)) if case.scenario.detail.carbon_network else {}


def _expandable(case: Case, pipe: str) -> bool:
    return case.scenario.grid.expansion and np.isfinite(number(_pipes(case), pipe, "investment"))


@index_set(dims=("asset", "year"))
def carbon_asset_year(case: Case) -> list[Place]:
    """Assets that capture CO2 for the network, or take it from there."""
    if not case.scenario.detail.carbon_network:
        return []
    table = case.asset_years
    return pairs(table.index[(table["captured"] > 0.0) | (table["carbon_use"] > 0.0)].tolist())


@index_set(dims=("pipe", "year"))
def carbon_pipe_year(case: Case) -> list[Place]:
    """Pipes in the years in which they may move CO2."""
    table = _pipes(case)
    return [
        (str(pipe), year) for pipe in table.index for year in case.years if not year < number(table, pipe, "first_year")
    ]


@index_set(dims=("pipe", "year"))
def expandable_carbon_pipe_year(case: Case, sets: SetValues) -> list[Place]:
    """Pipes that may be made larger."""
    return [key for key in sets["carbon_pipe_year"] if _expandable(case, key[0])]


@index_set(dims=("pipe", "year"))
def later_carbon_pipe_year(case: Case, sets: SetValues) -> list[Place]:
    """The same in all but their first year."""
    members = sets.positions("expandable_carbon_pipe_year")
    before = dict(zip(case.years[1:], case.years[:-1], strict=True))
    return [(pipe, year) for pipe, year in members if (pipe, before.get(year, -1)) in members]


@index_set(dims=("sink", "year"))
def carbon_sink_year(case: Case) -> list[Place]:
    """Sinks in every year."""
    return [(sink, year) for sink in _sinks(case) for year in case.years]


@index_set(dims=("node", "year"))
def carbon_node_year(case: Case, sets: SetValues) -> set[Place]:
    """Nodes with captured CO2: it is caught or used there, or comes and goes by pipe, or into a sink."""
    names = ("carbon_assets_at", "carbon_pipes_from", "carbon_pipes_to", "carbon_sinks_of")
    return {key for name in names for key in sets.family(name)}


@indexed_set(over="carbon_node_year", dims=("asset",))
def carbon_assets_at(case: Case, sets: SetValues) -> dict[Place, list[str]]:
    """Assets that capture or use CO2 at a node."""
    return _by_place((text(case.assets, asset, "node"), year, asset) for asset, year in sets["carbon_asset_year"])


@indexed_set(over="carbon_node_year", dims=("pipe",))
def carbon_pipes_from(case: Case, sets: SetValues) -> dict[Place, list[str]]:
    """Pipes that take CO2 away from a node."""
    table = _pipes(case)
    return _by_place((text(table, pipe, "from_node"), year, pipe) for pipe, year in sets["carbon_pipe_year"])


@indexed_set(over="carbon_node_year", dims=("pipe",))
def carbon_pipes_to(case: Case, sets: SetValues) -> dict[Place, list[str]]:
    """Pipes that bring CO2 to a node."""
    table = _pipes(case)
    return _by_place((text(table, pipe, "to_node"), year, pipe) for pipe, year in sets["carbon_pipe_year"])


@indexed_set(over="carbon_node_year", dims=("sink",))
def carbon_sinks_of(case: Case, sets: SetValues) -> dict[Place, list[str]]:
    """Sinks at a node."""
    nodes = _sinks(case)
    return _by_place((nodes[sink], year, sink) for sink, year in sets["carbon_sink_year"])


@indexed_set(over="emitting_node_year", dims=("sink",))
def sinks_at(case: Case, sets: SetValues) -> dict[Place, list[str]]:
    """Sinks at a node, for the account of emissions."""
    return dict(sets.family("carbon_sinks_of"))


@indexed_set(over="carbon_pipe_year", dims=("pipe",))
def carbon_expansion_of(case: Case, sets: SetValues) -> dict[Place, list[str]]:
    """The pipe itself where it can be made larger."""
    return {key: [key[0]] for key in sets["expandable_carbon_pipe_year"]}


def _by_place(found: Any) -> dict[Place, list[str]]:
    places: dict[Place, list[str]] = {}
    for node, year, label in found:
        places.setdefault((node, year), []).append(label)
    return places


def _pipe_values(case: Case, sets: SetValues, over: str, column: str, blank: float = 0.0) -> list[float]:
    table = _pipes(case)
    found = (number(table, pipe, column) for pipe, _ in sets[over])
    return [value if np.isfinite(value) else blank for value in found]


def _sink_values(case: Case, sets: SetValues, column: str) -> list[float]:
    points = points_by(case.tables["carbon_sinks"], ["sink"], column)
    return [at_year(points[sink], year) for sink, year in sets["carbon_sink_year"]]


@parameter(over=("carbon_asset_year",), unit="kt/MWh", sign="positive: captured; negative: used")
def carbon_caught(case: Case, sets: SetValues) -> list[float]:
    """Captured CO2 that an asset gives to the network per unit of activity, less what it takes from there."""
    net = case.asset_years["captured"] - case.asset_years["carbon_use"]
    return [float(net[key]) / TONNES_PER_KILOTONNE for key in sets["carbon_asset_year"]]


def _full_year(case: Case) -> float:
    """What a pipe of 1 t/h moves in a year, kt."""
    return float(np.sum(case.time.weight)) / TONNES_PER_KILOTONNE


@parameter(over=("carbon_pipe_year",), unit="kt", minimum=0)
def carbon_pipe_capacity(case: Case, sets: SetValues) -> list[float]:
    """What a pipe that is built or decided moves in all hours of a year."""
    return [value * _full_year(case) for value in _pipe_values(case, sets, "carbon_pipe_year", "capacity")]


@parameter(over=("carbon_pipe_year",), unit="EUR/kt", minimum=0)
def carbon_pipe_tariff(case: Case, sets: SetValues) -> list[float]:
    """Cost of moving CO2."""
    return [value * TONNES_PER_KILOTONNE for value in _pipe_values(case, sets, "carbon_pipe_year", "tariff")]


@parameter(over=("expandable_carbon_pipe_year",), unit="kt", minimum=0)
def carbon_pipe_expansion_max(case: Case, sets: SetValues) -> list[float]:
    """Most that can be added to a pipe, by what it moves in all hours of a year."""
    values = _pipe_values(case, sets, "expandable_carbon_pipe_year", "expansion_max", np.inf)
    return [value * _full_year(case) for value in values]


@parameter(over=("expandable_carbon_pipe_year",), unit="EUR/kt", minimum=0, source="formulation.md O1")
def carbon_pipe_annuity(case: Case, sets: SetValues) -> list[float]:
    """Yearly cost of pipe for one more kt a year: annuity and fixed operation and maintenance."""
    over = "expandable_carbon_pipe_year"
    columns = (_pipe_values(case, sets, over, name) for name in ("investment", "lifetime", "fixed_om"))
    rate = case.scenario.finance.wacc
    return [(annuity(price, rate, life) + om) / _full_year(case) for price, life, om in zip(*columns, strict=True)]


@parameter(over=("carbon_sink_year",), unit="kt", minimum=0)
def carbon_sink_limit(case: Case, sets: SetValues) -> list[float]:
    """Most that a sink can store in a year."""
    return [value * KILOTONNES_PER_MEGATONNE for value in _sink_values(case, sets, "limit")]


@parameter(over=("carbon_sink_year",), unit="EUR/kt", minimum=0)
def carbon_sink_cost(case: Case, sets: SetValues) -> list[float]:
    """Cost of storing CO2."""
    return [value * TONNES_PER_KILOTONNE for value in _sink_values(case, sets, "cost")]


variable("carbon_flow", over=("carbon_pipe_year",), unit="kt", doc="CO2 that a pipe moves in a year.")
variable(
    "carbon_pipe_expansion",
    over=("expandable_carbon_pipe_year",),
    unit="kt",
    upper="carbon_pipe_expansion_max",
    doc="What has been added to a pipe and stands in a year, by what it moves in all hours of the year.",
    investment=True,
)
variable(
    "carbon_stored",
    over=("carbon_sink_year",),
    unit="kt",
    upper="carbon_sink_limit",
    doc="CO2 that a sink stores for good in a year, whatever the origin of the carbon.",
)
variable(
    "carbon_vented",
    over=("carbon_node_year",),
    unit="kt",
    doc="CO2 that was captured and is let go after all; it stays in the account of emissions.",
)


@constraint(over=("carbon_node_year",), unit="kt", source="formulation.md H4", dual_unit="EUR/kt")
def carbon_node_balance(m: Any, n: str, y: int) -> Any:
    """Captured CO2 that comes to a node goes on, into a sink, into a product, or is vented.  Dual: its worth there."""
    return (
        sum(m.weight[t] * m.carbon_caught[a, y] * m.activity[a, y, t] for a in m.carbon_assets_at[n, y] for t in m.time)
        + sum(m.carbon_flow[p, y] for p in m.carbon_pipes_to[n, y])
        == sum(m.carbon_flow[p, y] for p in m.carbon_pipes_from[n, y])
        + sum(m.carbon_stored[s, y] for s in m.carbon_sinks_of[n, y])
        + m.carbon_vented[n, y]
    )


@constraint(over=("carbon_pipe_year",), unit="kt", source="formulation.md H4", dual_unit="EUR/kt")
def carbon_pipe_limit(m: Any, p: str, y: int) -> Any:
    """A pipe moves no more in a year than its capacity does in all hours."""
    return m.carbon_flow[p, y] <= m.carbon_pipe_capacity[p, y] + sum(
        m.carbon_pipe_expansion[i, y] for i in m.carbon_expansion_of[p, y]
    )


@constraint(over=("later_carbon_pipe_year",), unit="kt", dual_unit="EUR/kt")
def carbon_pipe_expansion_stays(m: Any, p: str, y: int) -> Any:
    """What has been added to a pipe stays."""
    return m.carbon_pipe_expansion[p, y] >= m.carbon_pipe_expansion[p, m.previous_year[y]]


@cost("carbon_transport", over=("carbon_pipe_year",), place="country", technology="carbon_pipe")
def carbon_tariff_cost(m: Any, p: str, y: int) -> Any:
    """Moving CO2."""
    return m.discount_weight[y] * m.carbon_pipe_tariff[p, y] * m.carbon_flow[p, y]


@cost("carbon_transport", over=("expandable_carbon_pipe_year",), place="country", technology="carbon_pipe")
def carbon_pipe_cost(m: Any, p: str, y: int) -> Any:
    """What is added to a pipe pays its yearly cost in every year in which it stands."""
    return m.discount_weight[y] * m.carbon_pipe_annuity[p, y] * m.carbon_pipe_expansion[p, y]


@cost("carbon_storage", over=("carbon_sink_year",), place="country", technology="carbon_sink")
def carbon_storage_cost(m: Any, s: str, y: int) -> Any:
    """Storing CO2."""
    return m.discount_weight[y] * m.carbon_sink_cost[s, y] * m.carbon_stored[s, y]
