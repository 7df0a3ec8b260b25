"""Operating reserve set by the largest infeed: what can step in when the unit that gives most fails.

In every hour so much can be called on as one unit gives at that moment: a reactor, a power plant, the connection of
wind at sea, a cable from abroad.  Plants give what they have left, stores what they hold, and what uses power may stop.
How many units a capacity is cut into is not a linear thing: a unit's share of the power of its place is its size over
the most that can stand there, which is exact where that stands, and too little where less is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text, value_at
from model.core.registry import constraint, cost, index_set, indexed_set, parameter, variable
from model.data.units import figure_of, highest_load, unit_figures

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Flow = tuple[str, str, int]
Key = tuple[str, int]


@index_set(dims=("year",))
def reserve_year(case: Case) -> list[int]:
    """Years in which reserve is held."""
    return [] if case.scenario.grid.reserve == "none" else list(case.years)


def _technology(case: Case, asset: str) -> str:
    return text(case.assets, asset, "technology")


def _runs(case: Case) -> bool:
    """Whether the need follows what runs."""
    return bool(case.scenario.grid.reserve == "running")


def _electricity(case: Case) -> str:
    return str(case.carriers.index[case.carriers["kind"] == "electricity"][0])


def _steady_flows(case: Case, sets: SetValues, sign: float) -> list[Flow]:
    """Flows of electricity of conversion assets that give (1) or take (-1) it; what gives does so at a steady rate."""
    if not sets["reserve_year"]:
        return []
    coefficients, profiles = case.flows["coefficient"], case.flows["profile"]
    power = _electricity(case)
    return [
        key
        for key in sets["asset_flow"]
        if key[1] == power
        and text(case.assets, key[0], "kind") == "conversion"
        and sign * float(coefficients[key]) > 0
        and (sign < 0 or not str(profiles[key]))
    ]


# ---- what may fail ---------------------------------------------------------------------------------------------------


@index_set(dims=("asset", "carrier", "year"))
def infeed_plant(case: Case, sets: SetValues) -> list[Flow]:
    """Plants and wind farms of single units, where the need follows what runs."""
    flows, units = (_steady_flows(case, sets, 1.0), unit_figures(case)) if _runs(case) else ([], {})
    return [key for key in flows if np.isfinite(figure_of(units, _technology(case, key[0]), "unit_size"))]


@index_set(dims=("asset", "year"))
def infeed_reactor(case: Case, sets: SetValues) -> list[Key]:
    """Reactors that give power, where the need follows what runs."""
    if not _runs(case):
        return []
    return [key for key in sets["reactor_year"] if _reactor_power(case, key[0]) > 0]


@index_set(dims=("interconnector", "year"))
def infeed_link(case: Case, sets: SetValues) -> list[Key]:
    """Interconnectors of single units, where the need follows what runs."""
    if not _runs(case):
        return []
    units = unit_figures(case)
    return [key for key in sets["interconnector_year"] if np.isfinite(figure_of(units, key[0], "unit_size"))]


def _reactor_power(case: Case, asset: str) -> float:
    """MW_e per unit of capacity."""
    return number(case.reactors, _technology(case, asset), "efficiency")


def _most(case: Case, key: Key, power: float) -> float:
    """Most power that an asset can have in a year, MW_e; where nothing limits it, the highest load."""
    stock = value_at(case.existing, key)
    most = stock
    if bool(case.asset_years.at[key, "buildable"]):
        most = max(stock, number(case.assets, key[0], "potential"))
    if np.isfinite(most):
        return power * most
    return highest_load(case, key[1])


def _share(size: float, most: float) -> float:
    return min(1.0, size / most) if most > 0 else 1.0


@parameter(over=("infeed_plant",), unit="1", minimum=0, maximum=1)
def plant_unit_share(case: Case, sets: SetValues) -> list[float]:
    """Share of the power of a plant that one unit gives."""
    coefficients, units = case.flows["coefficient"], unit_figures(case)
    return [
        _share(
            figure_of(units, _technology(case, asset), "unit_size"),
            _most(case, (asset, year), float(coefficients[asset, carrier, year])),
        )
        for asset, carrier, year in sets["infeed_plant"]
    ]


@parameter(over=("infeed_reactor",), unit="1", minimum=0, maximum=1)
def reactor_unit_share(case: Case, sets: SetValues) -> list[float]:
    """Share of the power of a design at a place that one reactor gives."""
    units = unit_figures(case)
    return [
        _share(
            figure_of(units, _technology(case, key[0]), "unit_size"),
            _most(case, key, _reactor_power(case, key[0])),
        )
        for key in sets["infeed_reactor"]
    ]


@parameter(over=("infeed_link",), unit="1", minimum=0, maximum=1)
def link_unit_share(case: Case, sets: SetValues) -> list[float]:
    """Share of what comes over an interconnector that is lost at once."""
    table, units = case.interconnectors, unit_figures(case)
    return [
        _share(figure_of(units, key[0], "unit_size"), number(table, key, "import_capacity"))
        for key in sets["infeed_link"]
    ]


@parameter(over=("reserve_year", "time"), unit="MW_e", minimum=0)
def reserve_need_min(case: Case, sets: SetValues) -> np.ndarray:
    """Least reserve: the largest unit that stands or can be built, where the scenario asks for that; else none."""
    if _runs(case):
        return np.zeros((len(sets["reserve_year"]), 1))
    return np.array([_largest(case, sets, year) for year in sets["reserve_year"]], dtype=float).reshape(-1, 1)


def _largest(case: Case, sets: SetValues, year: int) -> float:
    """Size of the largest unit that stands or can be built in a year, MW_e."""
    names = [key[0] for key in sets["interconnector_year"] if key[1] == year]
    for asset, of in case.asset_years.index:
        here = bool(case.asset_years.at[(asset, of), "buildable"]) or value_at(case.existing, (asset, of)) > 0
        if of == year and here:
            names.append(_technology(case, asset))
    units = unit_figures(case)
    sizes = [figure_of(units, name, "unit_size") for name in set(names)]
    return max((size for size in sizes if np.isfinite(size)), default=0.0)


variable(
    "reserve_need",
    over=("reserve_year", "time"),
    unit="MW_e",
    lower="reserve_need_min",
    doc="Reserve that the largest unit asks for in an hour.",
)


@constraint(over=("infeed_plant", "time"), unit="MW_e", source="docs/explanation/adequacy.md")
def reserve_for_plant(m: Any, a: str, c: str, y: int, t: int) -> Any:
    """There is reserve for one unit of every plant."""
    return m.reserve_need[y, t] >= m.plant_unit_share[a, c, y] * m.flow_coefficient[a, c, y] * m.activity[a, y, t]


@constraint(over=("infeed_reactor", "time"), unit="MW_e", source="docs/explanation/adequacy.md")
def reserve_for_reactor(m: Any, a: str, y: int, t: int) -> Any:
    """There is reserve for one reactor of every place."""
    return m.reserve_need[y, t] >= m.reactor_unit_share[a, y] * m.reactor_power[a, y, t]


@constraint(over=("infeed_link", "time"), unit="MW_e", source="docs/explanation/adequacy.md")
def reserve_for_link(m: Any, i: str, y: int, t: int) -> Any:
    """There is reserve for one cable of every interconnector."""
    return m.reserve_need[y, t] >= m.link_unit_share[i, y] * m.delivered_share[i, y] * m.neighbour_import[i, y, t]


# ---- what can step in ------------------------------------------------------------------------------------------------


def _callable(case: Case, keys: list[Flow]) -> list[Flow]:
    """Keys of assets of which something can be called on."""
    units = unit_figures(case) if keys else {}
    return [key for key in keys if figure_of(units, _technology(case, key[0]), "reserve_share") > 0]


@index_set(dims=("asset", "carrier", "year"))
def reserve_plant(case: Case, sets: SetValues) -> list[Flow]:
    """Plants that need no wind or sun and can be called on."""
    free = case.assets["availability_profile"]
    return [key for key in _callable(case, _steady_flows(case, sets, 1.0)) if not str(free[key[0]])]


@index_set(dims=("asset", "carrier", "year"))
def reserve_load(case: Case, sets: SetValues) -> list[Flow]:
    """Users of power that can stop."""
    return _callable(case, _steady_flows(case, sets, -1.0))


@index_set(dims=("asset", "store", "year"))
def reserve_store(case: Case, sets: SetValues) -> list[Flow]:
    """Stores of electricity that can be called on, with the part that gives power."""
    table = case.stores[["carrier", "discharge_asset"]]
    held = sets["cyclic_store_year"] if sets["reserve_year"] else []
    found = [(text(table, store, "discharge_asset"), store, year) for store, year in held
             if text(table, store, "carrier") == _electricity(case)]  # fmt: skip
    return _callable(case, found)


def _in_year(keys: Any) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for first, second, year in keys:
        found.setdefault(year, []).append((first, second))
    return found


@indexed_set(over="year", dims=("asset", "carrier"))
def reserve_plants_in(case: Case, sets: SetValues) -> dict[int, list[tuple[str, str]]]:
    """Plants that can be called on in a year."""
    return _in_year(sets["reserve_plant"])


@indexed_set(over="year", dims=("asset", "carrier"))
def reserve_loads_in(case: Case, sets: SetValues) -> dict[int, list[tuple[str, str]]]:
    """Users of power that can stop in a year."""
    return _in_year(sets["reserve_load"])


@indexed_set(over="year", dims=("asset", "store"))
def reserve_stores_in(case: Case, sets: SetValues) -> dict[int, list[tuple[str, str]]]:
    """Stores that can be called on in a year."""
    return _in_year(sets["reserve_store"])


def _figures(case: Case, keys: Any, figure: str) -> list[float]:
    units = unit_figures(case) if len(keys) else {}
    return [figure_of(units, _technology(case, key[0]), figure) for key in keys]


@parameter(over=("reserve_plant",), unit="1", minimum=0, maximum=1)
def plant_reserve_share(case: Case, sets: SetValues) -> list[float]:
    """Share of a plant's capacity that can be called on."""
    return _figures(case, sets["reserve_plant"], "reserve_share")


@parameter(over=("reserve_load",), unit="1", minimum=0, maximum=1)
def load_reserve_share(case: Case, sets: SetValues) -> list[float]:
    """Share of the power that a user takes which can stop."""
    return _figures(case, sets["reserve_load"], "reserve_share")


@parameter(over=("reserve_store",), unit="1", minimum=0, maximum=1)
def store_reserve_share(case: Case, sets: SetValues) -> list[float]:
    """Share of what a store can change that can be called on."""
    return _figures(case, sets["reserve_store"], "reserve_share")


@parameter(over=("reserve_plant",), unit="EUR/MW/h", minimum=0)
def plant_reserve_cost(case: Case, sets: SetValues) -> list[float]:
    """Cost of holding reserve in a plant."""
    return _figures(case, sets["reserve_plant"], "reserve_cost")


@parameter(over=("reserve_load",), unit="EUR/MW/h", minimum=0)
def load_reserve_cost(case: Case, sets: SetValues) -> list[float]:
    """Cost of a user's readiness to stop."""
    return _figures(case, sets["reserve_load"], "reserve_cost")


@parameter(over=("reserve_store",), unit="EUR/MW/h", minimum=0)
def store_reserve_cost(case: Case, sets: SetValues) -> list[float]:
    """Cost of holding reserve in a store."""
    return _figures(case, sets["reserve_store"], "reserve_cost")


@parameter(over=(), unit="h", minimum=0)
def reserve_hours(case: Case) -> float:
    """Hours for which a store must be able to give its reserve."""
    return float(case.scenario.grid.reserve_hours)


@parameter(over=(), unit="EUR/MW/h", minimum=0)
def reserve_missing_price(case: Case) -> float:
    """What a MW of reserve that is missing costs in an hour."""
    return float(case.scenario.grid.reserve_missing_price)


variable("plant_reserve", over=("reserve_plant", "time"), unit="MW_e", doc="Reserve that a plant holds.")
variable("load_reserve", over=("reserve_load", "time"), unit="MW_e", doc="Power that a user is ready to do without.")
variable("store_reserve", over=("reserve_store", "time"), unit="MW_e", doc="Reserve that a store holds.")
variable("reserve_missing", over=("reserve_year", "time"), unit="MW_e", doc="Reserve that nobody holds, at its price.")


@constraint(over=("reserve_year", "time"), unit="MW_e", source="docs/explanation/adequacy.md")
def reserve_balance(m: Any, y: int, t: int) -> Any:
    """What can step in is as much as the largest unit gives.  Dual: the price of a MW of reserve in the hour."""
    return (
        sum(m.plant_reserve[a, c, y, t] for a, c in m.reserve_plants_in[y])
        + sum(m.load_reserve[a, c, y, t] for a, c in m.reserve_loads_in[y])
        + sum(m.store_reserve[a, s, y, t] for a, s in m.reserve_stores_in[y])
        + m.reserve_missing[y, t]
        >= m.reserve_need[y, t]
    )


@constraint(over=("reserve_plant", "time"), unit="MW_e", source="docs/explanation/adequacy.md")
def plant_headroom(m: Any, a: str, c: str, y: int, t: int) -> Any:
    """Power and reserve of a plant stay within what is available of it."""
    return (
        m.flow_coefficient[a, c, y] * m.activity[a, y, t] + m.plant_reserve[a, c, y, t]
        <= m.flow_coefficient[a, c, y] * m.availability[a, y] * m.capacity[a, y]
    )


@constraint(over=("reserve_plant", "time"), unit="MW_e", source="docs/explanation/adequacy.md")
def plant_reserve_limit(m: Any, a: str, c: str, y: int, t: int) -> Any:
    """No more of a plant can be called on than it can bring in time."""
    return (
        m.plant_reserve[a, c, y, t] <= m.plant_reserve_share[a, c, y] * m.flow_coefficient[a, c, y] * m.capacity[a, y]
    )


@constraint(over=("reserve_load", "time"), unit="MW_e", source="docs/explanation/adequacy.md")
def load_reserve_limit(m: Any, a: str, c: str, y: int, t: int) -> Any:
    """A user can do without no more than it takes."""
    return (
        m.load_reserve[a, c, y, t]
        <= -m.load_reserve_share[a, c, y]
        * m.flow_coefficient[a, c, y]
        * m.profile_value[m.flow_profile[a, c, y], t]
        * m.activity[a, y, t]
    )


@constraint(over=("reserve_store", "time"), unit="MW_e", source="docs/explanation/adequacy.md")
def store_reserve_limit(m: Any, a: str, s: str, y: int, t: int) -> Any:
    """A store can stop charging and give what its power part has left."""
    return m.store_reserve[a, s, y, t] <= m.store_reserve_share[a, s, y] * m.capacity[a, y] + (
        m.store_reserve_share[a, s, y] * m.store_charge[s, y, t]
        - m.store_reserve_share[a, s, y] * m.store_discharge[s, y, t]
    )


@constraint(over=("reserve_store", "time"), unit="MWh", source="docs/explanation/adequacy.md")
def store_reserve_energy(m: Any, a: str, s: str, y: int, t: int) -> Any:
    """A store holds enough to give its reserve for as long as it must."""
    return m.reserve_hours * m.store_reserve[a, s, y, t] <= m.discharge_efficiency[s, y] * m.store_level[s, y, t]


@cost("reserve", over=("reserve_plant",), place="asset")
def plant_reserve_payment(m: Any, a: str, c: str, y: int) -> Any:
    """Reserve in plants at its cost."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.plant_reserve_cost[a, c, y] * m.plant_reserve[a, c, y, t] for t in m.time
    )


@cost("reserve", over=("reserve_load",), place="asset")
def load_reserve_payment(m: Any, a: str, c: str, y: int) -> Any:
    """Readiness to stop at its cost."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.load_reserve_cost[a, c, y] * m.load_reserve[a, c, y, t] for t in m.time
    )


@cost("reserve", over=("reserve_store",), place="asset")
def store_reserve_payment(m: Any, a: str, s: str, y: int) -> Any:
    """Reserve in stores at its cost."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.store_reserve_cost[a, s, y] * m.store_reserve[a, s, y, t] for t in m.time
    )


@cost("reserve_missing", over=("reserve_year",), place="country", technology="reserve_missing")
def reserve_missing_payment(m: Any, y: int) -> Any:
    """Reserve that nobody holds, at its price."""
    return sum(m.discount_weight[y] * m.weight[t] * m.reserve_missing_price * m.reserve_missing[y, t] for t in m.time)
