"""Neighbouring countries: price-taking zones behind interconnectors (formulation G4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.registry import contributes, cost, index_map, index_set, indexed_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]


@index_set(dims=("interconnector", "year"))
def interconnector_year(case: Case) -> list[Key]:
    """Interconnectors in the years in which they are in service."""
    return list(case.interconnectors.index) if case.scenario.grid.interconnectors else []


@index_set(dims=("zone", "year"))
def zone_year(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Neighbouring price zones by year."""
    zones = case.interconnectors["zone"]
    return {(str(zones[key]), key[1]) for key in sets["interconnector_year"]}


@index_set(dims=("zone",))
def zone(case: Case, sets: SetValues) -> set[str]:
    """Neighbouring price zones."""
    return {name for name, _ in sets["zone_year"]}


@indexed_set(over="node_carrier_year", dims=("interconnector",))
def interconnectors_at(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """Interconnectors that land at a node."""
    electricity = str(case.carriers.index[case.carriers["kind"] == "electricity"][0])
    nodes = case.interconnectors["node"]
    found: dict[tuple[str, str, int], list[str]] = {}
    for key in sets["interconnector_year"]:
        found.setdefault((str(nodes[key]), electricity, key[1]), []).append(key[0])
    return found


@index_map(over=("interconnector_year",), to="zone")
def zone_of(case: Case, sets: SetValues) -> list[str]:
    """Zone behind an interconnector."""
    zones = case.interconnectors["zone"]
    return [str(zones[key]) for key in sets["interconnector_year"]]


def _column(case: Case, sets: SetValues, name: str) -> np.ndarray:
    values = case.interconnectors[name]
    return np.array([float(values[key]) for key in sets["interconnector_year"]])


@parameter(over=("interconnector_year", "time"), unit="MW", minimum=0)
def import_capacity(case: Case, sets: SetValues) -> np.ndarray:
    """Most that can be imported over an interconnector."""
    return _column(case, sets, "import_capacity")[:, None]


@parameter(over=("interconnector_year", "time"), unit="MW", minimum=0)
def export_capacity(case: Case, sets: SetValues) -> np.ndarray:
    """Most that can be exported over an interconnector."""
    return _column(case, sets, "export_capacity")[:, None]


@parameter(over=("interconnector_year",), unit="MW/MW", minimum=0, maximum=1)
def delivered_share(case: Case, sets: SetValues) -> np.ndarray:
    """Share of what is sent over an interconnector that arrives."""
    return 1.0 - _column(case, sets, "loss")


@parameter(
    over=("zone_year", "time"),
    unit="EUR/MWh",
    source="inputs/nl/neighbour_prices.csv",
    sign="positive: the buyer pays; negative: the buyer is paid",
)
def neighbour_price(case: Case, sets: SetValues) -> np.ndarray:
    """Hourly price in a neighbouring zone."""
    prices = case.hourly["neighbour_price"]
    keys = sets["zone_year"]
    values = [prices.sel(zone=name, year=year).to_numpy() for name, year in keys]
    return np.array(values).reshape(len(keys), case.time.count)


variable(
    "neighbour_import",
    over=("interconnector_year", "time"),
    unit="MW",
    upper="import_capacity",
    doc="Bought from a neighbour, measured where it is sent.",
)
variable(
    "neighbour_export",
    over=("interconnector_year", "time"),
    unit="MW",
    upper="export_capacity",
    doc="Sold to a neighbour, measured where it is sent.",
)


@contributes("carrier_balance", source="formulation.md G4")
def neighbour_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """What arrives of imports, less exports."""
    return sum(
        m.delivered_share[i, y] * m.neighbour_import[i, y, t] - m.neighbour_export[i, y, t]
        for i in m.interconnectors_at[n, c, y]
    )


@cost("import", over=("interconnector_year",), place="interconnector", technology="interconnector")
def import_cost(m: Any, i: str, y: int) -> Any:
    """Imports at the neighbour's price."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.neighbour_price[m.zone_of[i, y], y, t] * m.neighbour_import[i, y, t]
        for t in m.time
    )


@cost("export", over=("interconnector_year",), place="interconnector", technology="interconnector")
def export_income(m: Any, i: str, y: int) -> Any:
    """What arrives of exports, at the neighbour's price: an income, so negative."""
    return -sum(
        m.discount_weight[y]
        * m.weight[t]
        * m.neighbour_price[m.zone_of[i, y], y, t]
        * m.delivered_share[i, y]
        * m.neighbour_export[i, y, t]
        for t in m.time
    )
