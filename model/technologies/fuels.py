"""Carriers that are bought at a price, and how much of them there is (formulation C1, O1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.registry import constraint, cost, index_set, indexed_set, parameter

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


MWH_PER_GWH = 1000.0
"""Fuel limits are counted in GWh, which keeps the program's numbers within a few powers of ten."""


@index_set(dims=("carrier", "year"))
def limited_fuel_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Fuels of which the country has no more than so much a year, where any asset uses them."""
    used = sets.family("users_of_fuel")
    return [key for key in case.fuel_limit.index if key in used]


@index_set(dims=("carrier", "year"))
def fuel_year(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Fuels in the years in which some asset uses them."""
    return {(carrier, year) for _, carrier, year in sets["fuel_use"]}


@indexed_set(over="fuel_year", dims=("asset",))
def users_of_fuel(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """Assets that use a fuel."""
    found: dict[tuple[str, int], list[str]] = {}
    for asset, carrier, year in sets["fuel_use"]:
        found.setdefault((carrier, year), []).append(asset)
    return found


@parameter(over=("fuel_use",), unit="MWh/MWh", sign="positive: taken; negative: given")
def fuel_intake(case: Case, sets: SetValues) -> list[float]:
    """Fuel taken per unit of activity (lower heating value)."""
    values = case.flows["coefficient"]
    return [-float(values[key]) for key in sets["fuel_use"]]


@parameter(over=("fuel_use",), unit="EUR/MWh", sign="positive: the user pays; negative: the user is paid")
def fuel_price(case: Case, sets: SetValues) -> list[float]:
    """Price of a fuel in a year."""
    return [float(case.fuel_price[carrier, year]) for _, carrier, year in sets["fuel_use"]]


@parameter(over=("limited_fuel_year",), unit="GWh", minimum=0)
def fuel_limit(case: Case, sets: SetValues) -> list[float]:
    """Most of a fuel that the country can use in a year."""
    return [float(case.fuel_limit[key]) / MWH_PER_GWH for key in sets["limited_fuel_year"]]


@parameter(over=(), unit="MWh/GWh", minimum=0)
def fuel_unit(case: Case) -> float:
    """What turns MWh into the GWh of a fuel limit."""
    return MWH_PER_GWH


@constraint(over=("limited_fuel_year",), unit="GWh", source="formulation.md C3")
def fuel_supply_limit(m: Any, c: str, y: int) -> Any:
    """All assets together use no more of a fuel than there is in a year."""
    return (
        sum(
            m.weight[t] * m.fuel_intake[a, c, y] / m.fuel_unit * m.activity[a, y, t]
            for a in m.users_of_fuel[c, y]
            for t in m.time
        )
        <= m.fuel_limit[c, y]
    )


@cost("fuel", over=("fuel_use",), place="asset")
def fuel_cost(m: Any, a: str, c: str, y: int) -> Any:
    """Fuel at its price."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.fuel_price[a, c, y] * m.fuel_intake[a, c, y] * m.activity[a, y, t]
        for t in m.time
    )
