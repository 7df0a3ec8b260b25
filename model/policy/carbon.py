"""CO2: what is emitted where, a yearly cap with a priced backstop, and a price (formulation H4).

Net emission = fossil and process carbon, released or captured, less carbon of any origin that is stored for good.
Fossil carbon enters with the fuel (`emission_factor` of a carrier: biomass has none, waste its fossil part), process
carbon with the stream of a node (table process_emissions) or as a technology's `own_emission`.  What is captured
(`captured`: of fuels, processes and air) is taken off where it is stored: at the sinks, or at the asset that captures
it where the scenario has no network for CO2.  So stored carbon of plants or of the air counts below zero, and captured
carbon that goes into a product neither adds nor removes.
The backstop stands for whatever else a country would do at that price; it is opt-in, priced and reported apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, pairs, text
from model.core.registry import constraint, cost, index_set, indexed_set, parameter, variable
from model.data.parameters import at_year, points_by
from model.errors import InputError, Problem

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


TONNES_PER_MEGATONNE = 1e6
TONNES_PER_KILOTONNE = 1000.0
"""Emissions are counted in kt, which keeps the program's numbers within a few powers of ten."""


@index_set(dims=("asset", "year"))
def emitting_asset_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Assets that bring CO2 into the account, or store it for good."""
    rates = emission_rates(case, sets)
    return [key for key, rate in rates.items() if rate != 0.0]


@index_set(dims=("node", "year"))
def emitting_node_year(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Nodes with any emitting asset, process or sink."""
    assets = {(text(case.assets, asset, "node"), year) for asset, year in sets["emitting_asset_year"]}
    sinks = {node for node, _ in sets.family("sinks_at")}
    return assets | set(process_streams(case)) | {(node, year) for node in sinks for year in case.years}


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
    """Nodes in the account of a year."""
    found: dict[int, list[str]] = {}
    for node, year in sets["emitting_node_year"]:
        found.setdefault(year, []).append(node)
    return found


def emission_rates(case: Case, sets: SetValues) -> dict[tuple[str, int], float]:
    """CO2 per unit of activity, t/MWh: own emission + fuel taken × fossil emission factor − what is stored at once.

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
        rates[asset, year] += -float(intake[asset, carrier, year]) * float(factors[carrier])
    if not case.scenario.detail.carbon_network:
        for key in rates:
            rates[key] -= number(case.asset_years, key, "captured")
    return rates


def process_streams(case: Case) -> dict[tuple[str, int], float]:
    """CO2 of industrial processes by (node, year), t/year; none where the scenario does not count them."""
    if not case.scenario.detail.process_emissions:
        return {}
    table = case.tables["process_emissions"]
    points = points_by(table, ["node", "sector"])
    streams: dict[tuple[str, int], float] = {}
    for (node, _), given in points.items():
        for year in case.years:
            key = (node, year)
            streams[key] = streams.get(key, 0.0) + at_year(given, year) * TONNES_PER_MEGATONNE
    return streams


@parameter(
    over=("emitting_asset_year",),
    unit="kt/MWh",
    source="formulation.md H4",
    sign="positive: released; negative: taken out of the air for good",
)
def emission_rate(case: Case, sets: SetValues) -> list[float]:
    """CO2 per unit of activity: fossil carbon of the fuels and the technology's own, less what is stored at once."""
    rates = emission_rates(case, sets)
    return [rates[key] / TONNES_PER_KILOTONNE for key in sets["emitting_asset_year"]]


@parameter(over=("emitting_node_year",), unit="kt", minimum=0, source="formulation.md H4")
def process_emission(case: Case, sets: SetValues) -> list[float]:
    """CO2 of the industrial processes at a node, whether it is released or captured."""
    streams = process_streams(case)
    return [streams.get(key, 0.0) / TONNES_PER_KILOTONNE for key in sets["emitting_node_year"]]


@index_set(dims=("node", "year"))
def process_capture_node(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Nodes where something may capture CO2 of processes."""
    return set(sets.family("process_captors_at"))


@indexed_set(over="process_place", dims=("asset",))
def process_captors_at(case: Case) -> dict[tuple[str, int], list[str]]:
    """Assets that capture CO2 of the processes at a node."""
    found: dict[tuple[str, int], list[str]] = {}
    for asset, year in pairs(case.asset_years.index.tolist()):
        if number(case.asset_years, (asset, year), "process_capture") > 0.0:
            found.setdefault((text(case.assets, asset, "node"), year), []).append(asset)
    return found


@index_set(dims=("node", "year"))
def process_place(case: Case) -> list[tuple[str, int]]:
    """Every node in every year."""
    return [(str(node), year) for node in case.nodes.index for year in case.years]


@index_set(dims=("asset", "year"))
def process_captor(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Assets that capture CO2 of processes."""
    captors = sets.family("process_captors_at")
    return [(asset, year) for (_, year), assets in captors.items() for asset in assets]


@parameter(over=("process_captor",), unit="t/MWh", minimum=0)
def process_capture_rate(case: Case, sets: SetValues) -> list[float]:
    """CO2 of processes that an asset captures per unit of activity."""
    return [number(case.asset_years, key, "process_capture") for key in sets["process_captor"]]


@parameter(over=("process_capture_node",), unit="t/h", minimum=0)
def process_stream(case: Case, sets: SetValues) -> list[float]:
    """CO2 that the processes of a node give in an hour, evenly over the year."""
    streams = process_streams(case)
    hours = float(case.time.weight.sum())
    return [streams.get(key, 0.0) / hours for key in sets["process_capture_node"]]


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
    doc="CO2 of a node in a year: fossil and process carbon less carbon of any origin that is stored for good there.",
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
    """CO2 of a node is the sum over its assets of rate × activity, and its processes, less what its sinks store."""
    return m.emission[n, y] == m.process_emission[n, y] + sum(
        m.weight[t] * m.emission_rate[a, y] * m.activity[a, y, t] for a in m.emitters_at[n, y] for t in m.time
    ) - sum(m.carbon_stored[s, y] for s in m.sinks_at[n, y])


@constraint(over=("process_capture_node", "time"), unit="t/h", source="formulation.md H4", dual_unit="EUR/t")
def process_capture_limit(m: Any, n: str, y: int, t: int) -> Any:
    """No more CO2 of processes is captured than they give.  Dual: the worth of one more tonne of it."""
    return (
        sum(m.process_capture_rate[a, y] * m.activity[a, y, t] for a in m.process_captors_at[n, y])
        <= (m.process_stream[n, y])
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
