"""Direct lines: power from a generator to a site past the public grid, built by length (formulation R7, B1).

The generator stands where it stood, at a bus of the grid.  A line takes no more than the generator gives in the hour,
so no power of others goes through it, and what goes through it meets no contract, no hosting limit and no tariff.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.cells import number, text
from model.core.registry import constraint, contributes, cost, index_map, index_set, indexed_set, parameter, variable
from model.data.finance import annuity

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, str, int]


def _table(case: Case) -> pd.DataFrame:
    return case.tables["direct_lines"].set_index("line")


@index_set(dims=("direct_line", "node", "year"))
def direct_line_year(case: Case, sets: SetValues) -> list[Key]:
    """Lines that the scenario allows, with their site, from their first year on and while the generator stands."""
    table, sources = _table(case), sets.positions("generator_year")
    return [
        (line, text(table, line, "to_node"), year)
        for line in case.scenario.sites.direct_lines
        for year in case.years
        if year >= number(table, line, "first_year")
        and (text(table, line, "from_node"), text(table, line, "technology"), year) in sources
    ]


@index_set(dims=("direct_line", "node", "year"))
def later_direct_line_year(case: Case, sets: SetValues) -> list[Key]:
    """Lines in years after the first in which they can stand."""
    present = sets.positions("direct_line_year")
    before = dict(zip(case.years[1:], case.years[:-1], strict=True))
    return [key for key in present if (key[0], key[1], before.get(key[2], 0)) in present]


@index_set(dims=("node", "technology", "year"))
def generator_year(case: Case, sets: SetValues) -> set[Key]:
    """Generators from which a line that the scenario allows starts."""
    return set(_generators(case, sets))


def _generators(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    table = _table(case)
    wanted = {
        (text(table, line, "from_node"), text(table, line, "technology")) for line in case.scenario.sites.direct_lines
    }
    found: dict[Key, list[str]] = {}
    for asset, year in sets["running_asset_year"] if wanted else []:
        place = text(case.assets, asset, "node"), text(case.assets, asset, "technology")
        if place in wanted:
            found.setdefault((*place, year), []).append(asset)
    return found


@indexed_set(over="generator_year", dims=("direct_line", "node"))
def lines_of_generator(case: Case, sets: SetValues) -> dict[Key, list[tuple[str, str]]]:
    """Lines that start from a generator, with their sites."""
    table = _table(case)
    found: dict[Key, list[tuple[str, str]]] = {}
    for line, site, year in sets["direct_line_year"]:
        source = text(table, line, "from_node"), text(table, line, "technology")
        found.setdefault((*source, year), []).append((line, site))
    return found


@indexed_set(over="generator_year", dims=("asset", "carrier"))
def generating_flows(case: Case, sets: SetValues) -> dict[Key, list[tuple[str, str]]]:
    """Assets of a generator that give power by their activity."""
    electricity = str(case.carriers.index[case.carriers["kind"] == "electricity"][0])
    present = set(sets["asset_flow"])
    return {
        key: [(asset, electricity) for asset in assets if (asset, electricity, key[2]) in present]
        for key, assets in _generators(case, sets).items()
    }


@indexed_set(over="generator_year", dims=("asset",))
def generating_reactors(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Reactors of a generator."""
    reactors = sets.positions("reactor_year")
    return {
        key: [asset for asset in assets if (asset, key[2]) in reactors]
        for key, assets in _generators(case, sets).items()
    }


def _lines_at(case: Case, sets: SetValues, column: str) -> dict[tuple[str, str, int], list[tuple[str, str]]]:
    electricity = str(case.carriers.index[case.carriers["kind"] == "electricity"][0])
    table = _table(case)
    found: dict[tuple[str, str, int], list[tuple[str, str]]] = {}
    for line, site, year in sets["direct_line_year"]:
        found.setdefault((text(table, line, column), electricity, year), []).append((line, site))
    return found


@indexed_set(over="node_carrier_year", dims=("direct_line", "node"))
def direct_lines_from(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[tuple[str, str]]]:
    """Direct lines that start at a bus."""
    return _lines_at(case, sets, "from_node")


@indexed_set(over="node_carrier_year", dims=("direct_line", "node"))
def direct_lines_to(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[tuple[str, str]]]:
    """Direct lines that end at a site."""
    return _lines_at(case, sets, "to_node")


@index_map(over=("later_direct_line_year",), to="year")
def year_before_of_line(case: Case, sets: SetValues) -> list[int]:
    """Milestone year before."""
    before = dict(zip(case.years[1:], case.years[:-1], strict=True))
    return [before[year] for _, _, year in sets["later_direct_line_year"]]


def _of_line(case: Case, sets: SetValues, column: str) -> np.ndarray:
    values = _table(case)[column]
    return np.array([float(values[line]) for line, _, _ in sets["direct_line_year"]])


@parameter(over=("direct_line_year",), unit="MW", minimum=0)
def direct_line_max(case: Case, sets: SetValues) -> np.ndarray:
    """Most power of a line."""
    return np.nan_to_num(_of_line(case, sets, "capacity_max"), nan=np.inf)


@parameter(over=("direct_line_year",), unit="1", minimum=0, maximum=1)
def direct_line_arrives(case: Case, sets: SetValues) -> np.ndarray:
    """Share of what is sent that arrives."""
    return 1.0 - _of_line(case, sets, "loss")


@parameter(over=("direct_line_year",), unit="EUR/MW/year", minimum=0, source="nl/grid_costs.csv")
def direct_line_annual_cost(case: Case, sets: SetValues) -> np.ndarray:
    """Yearly cost of a MW: annuity of investment per MW and km × length, and fixed operation and maintenance."""
    investment = _of_line(case, sets, "investment") * _of_line(case, sets, "length")
    rate = case.scenario.finance.wacc
    lives = _of_line(case, sets, "lifetime")
    payments = [annuity(cost, rate, float(life)) for cost, life in zip(investment, lives, strict=True)]
    return np.array(payments) + investment * _of_line(case, sets, "fixed_om")


variable(
    "direct_line_built",
    over=("direct_line_year",),
    unit="MW",
    upper="direct_line_max",
    doc="Capacity of a direct line that stands in a year.",
    investment=True,
)
variable("direct_supply", over=("direct_line_year", "time"), unit="MW", doc="Power sent through a direct line.")


@contributes("carrier_balance", source="formulation.md R7")
def direct_supply_sent(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """At the generator's bus: what goes into direct lines leaves."""
    return -sum(m.direct_supply[d, s, y, t] for d, s in m.direct_lines_from[n, c, y])


@contributes("carrier_balance", source="formulation.md R7")
def direct_supply_arrived(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """At the site: what comes out of direct lines arrives."""
    return sum(m.direct_line_arrives[d, s, y] * m.direct_supply[d, s, y, t] for d, s in m.direct_lines_to[n, c, y])


@constraint(over=("direct_line_year", "time"), unit="MW", source="formulation.md R7")
def direct_supply_limit(m: Any, d: str, s: str, y: int, t: int) -> Any:
    """No more than the line carries."""
    return m.direct_supply[d, s, y, t] <= m.direct_line_built[d, s, y]


@constraint(over=("generator_year", "time"), unit="MW", source="formulation.md R7")
def direct_supply_of_generator(m: Any, n: str, g: str, y: int, t: int) -> Any:
    """All lines of a generator together carry no more than it gives in the hour: no power of others."""
    return sum(m.direct_supply[d, s, y, t] for d, s in m.lines_of_generator[n, g, y]) <= sum(
        m.flow_coefficient[a, c, y] * m.profile_value[m.flow_profile[a, c, y], t] * m.activity[a, y, t]
        for a, c in m.generating_flows[n, g, y]
    ) + sum(m.reactor_power[a, y, t] for a in m.generating_reactors[n, g, y])


@constraint(over=("later_direct_line_year",), unit="MW")
def direct_line_stays(m: Any, d: str, s: str, y: int) -> Any:
    """What has been built stays."""
    return m.direct_line_built[d, s, y] >= m.direct_line_built[d, s, m.year_before_of_line[d, s, y]]


@cost("direct_line", over=("direct_line_year",), place="node", technology="direct_line", source="nl/grid_costs.csv")
def direct_line_cost(m: Any, d: str, s: str, y: int) -> Any:
    """A MW of direct line pays its yearly cost in every year in which it stands, at the site that it serves."""
    return m.discount_weight[y] * m.direct_line_annual_cost[d, s, y] * m.direct_line_built[d, s, y]
