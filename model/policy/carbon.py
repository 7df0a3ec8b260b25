"""CO2: what is emitted where, a yearly cap with a priced backstop, and a price (formulation H4).

Fossil carbon enters with the fuel (`emission_factor` of a carrier: biomass has none, waste its fossil part) less what
is captured of it; all other CO2 of a technology is its `own_emission` per unit of activity: process carbon, or below
zero where carbon of plants or of the air is stored for good.  Capture on a fuel without fossil carbon therefore counts
nothing by itself: what it stores is stated as own emission.
The backstop stands for whatever else a country would do at that price; it is opt-in, priced and reported apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import constraint, cost, index_set, indexed_set, parameter, variable
from model.errors import InputError, Problem

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


TONNES_PER_KILOTONNE = 1000.0
"""Emissions are counted in kt, which keeps the program's numbers within a few powers of ten."""


@index_set(dims=("asset", "year"))
def emitting_asset_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Assets that release CO2, or store it for good."""
    rates = emission_rates(case, sets)
    return [key for key, rate in rates.items() if rate != 0.0]


@index_set(dims=("node", "year"))
def emitting_node_year(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Nodes with any emitting asset."""
    return {(text(case.assets, asset, "node"), year) for asset, year in sets["emitting_asset_year"]}


@index_set(dims=("year",))
def capped_year(case: Case) -> list[int]:
    """Years with a cap on CO2."""
    return [] if case.carbon_cap is None else [year for year in case.years if np.isfinite(case.carbon_cap[year])]


@index_set(dims=("node", "year"))
def priced_emission_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Emissions that pay a price."""
    return list(sets["emitting_node_year"]) if case.scenario.carbon.price else []


@indexed_set(over="emitting_node_year", dims=("asset",))
def emitters_at(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """Emitting assets at a node."""
    found: dict[tuple[str, int], list[str]] = {}
    for asset, year in sets["emitting_asset_year"]:
        found.setdefault((text(case.assets, asset, "node"), year), []).append(asset)
    return found


@indexed_set(over="year", dims=("node",))
def emitting_nodes(case: Case, sets: SetValues) -> dict[int, list[str]]:
    """Nodes with any emitting asset, by year."""
    found: dict[int, list[str]] = {}
    for node, year in sets["emitting_node_year"]:
        found.setdefault(year, []).append(node)
    return found


def emission_rates(case: Case, sets: SetValues) -> dict[tuple[str, int], float]:
    """CO2 per unit of activity, t/MWh: own emission + fuel taken × fossil emission factor × (1 − capture).

    Raises:
        InputError: a part of a store has an own emission; it has no activity to count it by.
    """
    factors = case.carriers["emission_factor"].fillna(0.0)
    intake = case.flows["coefficient"]
    rates = {key: number(case.asset_years, key, "own_emission") for key in sets["running_asset_year"]}
    own = case.asset_years["own_emission"]
    idle = sorted({text(case.assets, key[0], "technology") for key in own.index[own != 0.0] if key not in rates})
    if idle:
        expected = "no own_emission of a part of a store: it has no activity"
        raise InputError([Problem("technology_parameters.csv", "", "technology", name, expected) for name in idle])
    for asset, carrier, year in sets["fuel_use"]:
        captured = number(case.asset_years, (asset, year), "capture_rate")
        rates[asset, year] += -float(intake[asset, carrier, year]) * float(factors[carrier]) * (1.0 - captured)
    return rates


@parameter(
    over=("emitting_asset_year",),
    unit="kt/MWh",
    source="formulation.md H4",
    sign="positive: released; negative: taken out of the air for good",
)
def emission_rate(case: Case, sets: SetValues) -> list[float]:
    """CO2 released per unit of activity: of the fuels, less what is captured of it, and the technology's own."""
    rates = emission_rates(case, sets)
    return [rates[key] / TONNES_PER_KILOTONNE for key in sets["emitting_asset_year"]]


@parameter(over=("capped_year",), unit="kt", minimum=0)
def carbon_cap_value(case: Case, sets: SetValues) -> list[float]:
    """Most CO2 that may be released in a year."""
    cap = case.carbon_cap
    return [] if cap is None else [float(cap[year]) / TONNES_PER_KILOTONNE for year in sets["capped_year"]]


@parameter(over=("year",), unit="EUR/kt", minimum=0)
def carbon_price(case: Case) -> Any:
    """Price of CO2 in a year."""
    return case.carbon_price * TONNES_PER_KILOTONNE


@parameter(over=(), unit="EUR/kt", minimum=0)
def backstop_cost(case: Case) -> float:
    """Price of meeting the cap by something outside the model."""
    return float(case.scenario.carbon.backstop_cost) * TONNES_PER_KILOTONNE


variable(
    "emission",
    over=("emitting_node_year",),
    unit="kt",
    lower=float("-inf"),
    doc="CO2 released at a node in a year: fossil and process carbon less what is captured and stored for good.",
    sign="positive: released; negative: taken out of the air for good",
)
variable(
    "carbon_backstop",
    over=("capped_year",),
    unit="kt",
    doc="CO2 above the cap that is met by something outside the model, at the backstop price.",
)


@constraint(over=("emitting_node_year",), unit="kt", source="formulation.md H4", dual_unit="EUR/kt")
def emission_definition(m: Any, n: str, y: int) -> Any:
    """CO2 of a node is the sum over its assets of rate × activity."""
    return m.emission[n, y] == sum(
        m.weight[t] * m.emission_rate[a, y] * m.activity[a, y, t] for a in m.emitters_at[n, y] for t in m.time
    )


@constraint(over=("capped_year",), unit="kt", source="formulation.md H4", dual_unit="EUR/kt")
def carbon_cap(m: Any, y: int) -> Any:
    """All CO2 less the backstop stays within the cap.  Dual: the CO2 price that the cap alone would need."""
    return sum(m.emission[n, y] for n in m.emitting_nodes[y]) - m.carbon_backstop[y] <= m.carbon_cap_value[y]


@cost("carbon", over=("priced_emission_year",), place="node", technology="carbon")
def carbon_cost(m: Any, n: str, y: int) -> Any:
    """CO2 at its price."""
    return m.discount_weight[y] * m.carbon_price[y] * m.emission[n, y]


@cost("carbon_backstop", over=("capped_year",), place="country", technology="carbon_backstop")
def carbon_backstop_cost(m: Any, y: int) -> Any:
    """The backstop at its price; reported apart from the headline cost."""
    return m.discount_weight[y] * m.backstop_cost * m.carbon_backstop[y]
