"""Stores: charge, discharge and energy built separately, standing loss, cyclic inside a period (formulation H2, T2).

Variable O&M of a part is paid on the flow that goes through it: of the charging part per MWh taken from the balance, of
the energy part per MWh that reaches it, of a discharging part of its own per MWh given to the balance.  One part for
both ways pays once, on what it takes.  Where the tables give a store neither a loss nor such a cost on a round trip,
charging and discharging in one hour costs nothing, and an interior solution may hold both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import constraint, contributes, cost, index_map, index_set, indexed_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


@index_set(dims=("store", "year"))
def store_year(case: Case) -> list[tuple[str, int]]:
    """Stores in the years in which all their parts may have capacity."""
    present = set(case.asset_years.index)
    parts = case.stores[["energy_asset", "charge_asset", "discharge_asset"]]
    return [
        (str(store), year)
        for store, assets in zip(parts.index, parts.itertuples(index=False), strict=True)
        for year in case.years
        if all((asset, year) in present for asset in assets)
    ]


@index_set(dims=("store", "year"))
def cyclic_store_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Stores that end each period as they began it; all of them where there is only one period."""
    return [key for key in sets["store_year"] if not is_linked(case, key[0])]


@index_set(dims=("store", "year"))
def bounded_from_below_store_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Stores of which the hours of discharge have a lower limit."""
    return [key for key in sets["store_year"] if number(case.stores, key[0], "duration_min") > 0]


@index_set(dims=("store", "year"))
def bounded_from_above_store_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Stores of which the hours of discharge have an upper limit."""
    return [key for key in sets["store_year"] if np.isfinite(number(case.stores, key[0], "duration_max"))]


def is_linked(case: Case, store: str) -> bool:
    """Whether a store carries energy from one calendar period to the next."""
    return text(case.stores, store, "linking") == "long" and len(case.time.periods) > 1


@indexed_set(over="node_carrier_year", dims=("store",))
def stores_at(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """Stores of a carrier at a node."""
    places = case.stores[["node", "carrier"]]
    found: dict[tuple[str, str, int], list[str]] = {}
    for store, year in sets["store_year"]:
        found.setdefault((text(places, store, "node"), text(places, store, "carrier"), year), []).append(store)
    return found


def _part(case: Case, sets: SetValues, column: str) -> list[str]:
    assets = case.stores[column]
    return [str(assets[store]) for store, _ in sets["store_year"]]


@index_set(dims=("asset",))
def store_part(case: Case) -> set[str]:
    """Assets that are a part of a store."""
    parts = case.stores[["energy_asset", "charge_asset", "discharge_asset"]].to_numpy()
    return {str(asset) for asset in parts.ravel()}


@index_map(over=("store_year",), to="store_part")
def energy_part(case: Case, sets: SetValues) -> list[str]:
    """The asset that holds the energy."""
    return _part(case, sets, "energy_asset")


@index_map(over=("store_year",), to="store_part")
def charge_part(case: Case, sets: SetValues) -> list[str]:
    """The asset that charges."""
    return _part(case, sets, "charge_asset")


@index_map(over=("store_year",), to="store_part")
def discharge_part(case: Case, sets: SetValues) -> list[str]:
    """The asset that discharges."""
    return _part(case, sets, "discharge_asset")


def store_values(case: Case, sets: SetValues, column: str) -> np.ndarray:
    """A number of each store over `store_year`."""
    values = case.stores[column]
    return np.array([float(values[store]) for store, _ in sets["store_year"]])


@index_set(dims=("asset", "store", "year"))
def part_paid_on_charge(case: Case, sets: SetValues) -> list[tuple[str, str, int]]:
    """Charging and energy parts with variable cost: both work while the store charges."""
    parts = [
        (text(case.stores, store, f"{part}_asset"), store, year)
        for store, year in sets["store_year"]
        for part in ("charge", "energy")
    ]
    return [key for key in parts if _part_om(case, key) != 0.0]


@index_set(dims=("asset", "store", "year"))
def part_paid_on_discharge(case: Case, sets: SetValues) -> list[tuple[str, str, int]]:
    """Discharging parts with variable cost that do not charge too."""
    parts = [(text(case.stores, store, "discharge_asset"), store, year) for store, year in sets["store_year"]]
    apart = [key for key in parts if key[0] != text(case.stores, key[1], "charge_asset")]
    return [key for key in apart if _part_om(case, key) != 0.0]


def _part_om(case: Case, key: tuple[str, str, int]) -> float:
    asset, _, year = key
    return number(case.asset_years, (asset, year), "variable_om")


@parameter(over=("part_paid_on_charge",), unit="EUR/MWh", minimum=0)
def charge_om(case: Case, sets: SetValues) -> list[float]:
    """Variable operation and maintenance per MWh charged; of the energy part on the share that reaches it."""
    return [
        _part_om(case, key)
        * (
            number(case.stores, key[1], "charge_efficiency")
            if key[0] == text(case.stores, key[1], "energy_asset")
            else 1.0
        )
        for key in sets["part_paid_on_charge"]
    ]


@parameter(over=("part_paid_on_discharge",), unit="EUR/MWh", minimum=0)
def discharge_om(case: Case, sets: SetValues) -> list[float]:
    """Variable operation and maintenance per MWh discharged."""
    return [_part_om(case, key) for key in sets["part_paid_on_discharge"]]


@parameter(over=("store_year",), unit="1", minimum=0, maximum=1)
def charge_efficiency(case: Case, sets: SetValues) -> np.ndarray:
    """Share of what is charged that reaches the store."""
    return store_values(case, sets, "charge_efficiency")


@parameter(over=("store_year",), unit="1", minimum=1e-3, maximum=1)
def discharge_efficiency(case: Case, sets: SetValues) -> np.ndarray:
    """Share of what leaves the store that reaches the balance."""
    return store_values(case, sets, "discharge_efficiency")


@parameter(over=("store_year", "time"), unit="1", minimum=0, maximum=1)
def kept_share(case: Case, sets: SetValues) -> np.ndarray:
    """Share of the energy that is left after a step: (1 − standing loss) to the power of its length."""
    left = 1.0 - store_values(case, sets, "standing_loss")
    return left[:, None] ** np.asarray(case.time.length, dtype=float)[None, :]


@parameter(over=("store_year",), unit="h", minimum=0)
def duration_min(case: Case, sets: SetValues) -> np.ndarray:
    """Least hours of full discharge that the energy part holds."""
    return np.nan_to_num(store_values(case, sets, "duration_min"))


@parameter(over=("store_year",), unit="h", minimum=0)
def duration_max(case: Case, sets: SetValues) -> np.ndarray:
    """Most hours of full discharge that the energy part holds."""
    return np.nan_to_num(store_values(case, sets, "duration_max"), nan=np.inf)


variable("store_charge", over=("store_year", "time"), unit="MW", doc="Taken from the balance into a store.")
variable("store_discharge", over=("store_year", "time"), unit="MW", doc="Given by a store to the balance.")
variable(
    "store_level",
    over=("cyclic_store_year", "time"),
    unit="MWh",
    doc="Energy in a store at the end of a step, for stores that are cyclic in each period.",
)


@contributes("carrier_balance", source="formulation.md H2")
def store_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Discharge less charge."""
    return sum(m.store_discharge[s, y, t] - m.store_charge[s, y, t] for s in m.stores_at[n, c, y])


@constraint(over=("store_year", "time"), unit="MW", source="formulation.md H2")
def store_charge_limit(m: Any, s: str, y: int, t: int) -> Any:
    """Charging stays within the charging capacity."""
    return m.store_charge[s, y, t] <= m.capacity[m.charge_part[s, y], y]


@constraint(over=("store_year", "time"), unit="MW", source="formulation.md H2")
def store_discharge_limit(m: Any, s: str, y: int, t: int) -> Any:
    """Discharging stays within the discharging capacity."""
    return m.store_discharge[s, y, t] <= m.capacity[m.discharge_part[s, y], y]


@constraint(over=("cyclic_store_year", "time"), unit="MWh", source="formulation.md T2")
def store_level_limit(m: Any, s: str, y: int, t: int) -> Any:
    """The level stays within the energy capacity."""
    return m.store_level[s, y, t] <= m.capacity[m.energy_part[s, y], y]


@constraint(over=("cyclic_store_year", "time"), unit="MWh", source="formulation.md T2, H2")
def store_level_balance(m: Any, s: str, y: int, t: int) -> Any:
    """The level is what is left of the step before, plus charge, less discharge; cyclic in the period."""
    return m.store_level[s, y, t] == m.kept_share[s, y, t] * m.store_level[s, y, m.previous_time[t]] + m.step_length[
        t
    ] * (
        m.charge_efficiency[s, y] * m.store_charge[s, y, t] - m.store_discharge[s, y, t] / m.discharge_efficiency[s, y]
    )


@constraint(over=("bounded_from_below_store_year",), unit="MWh", source="formulation.md H2")
def store_duration_min_limit(m: Any, s: str, y: int) -> Any:
    """The energy part holds at least so many hours of discharge."""
    return m.capacity[m.energy_part[s, y], y] >= m.duration_min[s, y] * m.capacity[m.discharge_part[s, y], y]


@constraint(over=("bounded_from_above_store_year",), unit="MWh", source="formulation.md H2")
def store_duration_max_limit(m: Any, s: str, y: int) -> Any:
    """The energy part holds no more than so many hours of discharge."""
    return m.capacity[m.energy_part[s, y], y] <= m.duration_max[s, y] * m.capacity[m.discharge_part[s, y], y]


@cost("variable_om", over=("part_paid_on_charge",), place="asset")
def charge_om_cost(m: Any, a: str, s: str, y: int) -> Any:
    """Variable operation and maintenance of stores, on what they charge."""
    return sum(m.discount_weight[y] * m.weight[t] * m.charge_om[a, s, y] * m.store_charge[s, y, t] for t in m.time)


@cost("variable_om", over=("part_paid_on_discharge",), place="asset")
def discharge_om_cost(m: Any, a: str, s: str, y: int) -> Any:
    """Variable operation and maintenance of stores with a discharging part of their own, on what they discharge."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.discharge_om[a, s, y] * m.store_discharge[s, y, t] for t in m.time
    )
