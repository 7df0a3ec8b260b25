"""Heat stores inside reactor plants: reactor heat waits for the turbine, which may be larger (formulation R6, F6).

A store belongs to a reactor and carries its label.  It is charged with reactor heat and discharged into the turbine, so
its heat counts in every row of the turbine like that of the reactor, also while the reactor rests.  The turbine takes
what the reactor's share of it and the part built beyond that can take.  Stores are cyclic in each period: they hold
hours of heat, not weeks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import constraint, cost, index_map, index_set, indexed_set, parameter, variable
from model.data.reactor_plants import PARTS, fixed_ratio, has_store, part_label

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]


@index_set(dims=("asset", "year"))
def reactor_store_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors with a heat store, in the years in which all its parts may have capacity."""
    present = set(case.asset_years.index)
    return [
        (asset, year)
        for asset, year in sets["reactor_year"]
        if has_store(_design(case, asset))
        and all((part_label(asset, _name(case, asset), part), year) in present for part in PARTS)
    ]


@index_set(dims=("asset",))
def reactor_part(case: Case, sets: SetValues) -> set[str]:
    """Assets that are a part of a plant with a store, and the reactors to which they belong."""
    found: set[str] = set()
    for asset, _ in sets["reactor_store_year"]:
        found |= {asset, *(part_label(asset, _name(case, asset), part) for part in PARTS)}
    return found


@index_set(dims=("asset", "year"))
def fixed_part_year(case: Case, sets: SetValues) -> list[Key]:
    """Parts of plants whose size is given as a ratio to the reactor."""
    return [
        (part_label(asset, _name(case, asset), part), year)
        for asset, year in sets["reactor_store_year"]
        for part in PARTS
        if np.isfinite(fixed_ratio(_design(case, asset), part))
    ]


@indexed_set(over="reactor_year", dims=("asset",))
def store_of_reactor(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The reactor itself, where it has a store."""
    return {key: [key[0]] for key in sets["reactor_store_year"]}


def _name(case: Case, asset: str) -> str:
    return text(case.assets, asset, "technology")


def _design(case: Case, asset: str) -> Any:
    return case.reactors.loc[_name(case, asset)]


def _owners(case: Case, sets: SetValues) -> dict[str, tuple[str, str]]:
    """Reactor and kind of each part."""
    return {
        part_label(asset, _name(case, asset), part): (asset, part)
        for asset, _ in sets["reactor_store_year"]
        for part in PARTS
    }


@index_map(over=("fixed_part_year",), to="reactor_part")
def reactor_of_part(case: Case, sets: SetValues) -> list[str]:
    """The reactor to which a part belongs."""
    owners = _owners(case, sets)
    return [owners[part][0] for part, _ in sets["fixed_part_year"]]


def _labels(case: Case, sets: SetValues, part: str) -> list[str]:
    return [part_label(asset, _name(case, asset), part) for asset, _ in sets["reactor_store_year"]]


@index_map(over=("reactor_store_year",), to="reactor_part")
def store_part_of(case: Case, sets: SetValues) -> list[str]:
    """The asset that holds the heat."""
    return _labels(case, sets, "store")


@index_map(over=("reactor_store_year",), to="reactor_part")
def charger_part_of(case: Case, sets: SetValues) -> list[str]:
    """The asset that charges."""
    return _labels(case, sets, "charger")


@index_map(over=("reactor_store_year",), to="reactor_part")
def turbine_part_of(case: Case, sets: SetValues) -> list[str]:
    """The asset that is the turbine beyond the power of the reactor."""
    return _labels(case, sets, "turbine")


def _values(case: Case, sets: SetValues, column: str) -> np.ndarray:
    return np.array([number(case.reactors, _name(case, asset), column) for asset, _ in sets["reactor_store_year"]])


@parameter(over=("fixed_part_year",), unit="capacity unit/MW_th", minimum=0, source="smr/designs.csv")
def part_ratio(case: Case, sets: SetValues) -> list[float]:
    """Size of a part per unit of thermal capacity of its reactor."""
    owners = _owners(case, sets)
    return [fixed_ratio(_design(case, owners[part][0]), owners[part][1]) for part, _ in sets["fixed_part_year"]]


@parameter(over=("reactor_store_year",), unit="1", minimum=0, maximum=1, source="smr/coproduction.csv")
def reactor_store_charge_efficiency(case: Case, sets: SetValues) -> np.ndarray:
    """Share of the charge that reaches the store."""
    return _values(case, sets, "store_charge_efficiency")


@parameter(over=("reactor_store_year",), unit="1", minimum=1e-3, maximum=1, source="smr/coproduction.csv")
def reactor_store_discharge_efficiency(case: Case, sets: SetValues) -> np.ndarray:
    """Share of what leaves the store that reaches the turbine."""
    return _values(case, sets, "store_discharge_efficiency")


@parameter(over=("reactor_store_year", "time"), unit="1", minimum=0, maximum=1)
def reactor_store_kept(case: Case, sets: SetValues) -> np.ndarray:
    """Share of the heat that is left after a step: (1 − standing loss) to the power of its length."""
    left = 1.0 - _values(case, sets, "store_standing_loss")
    return left[:, None] ** np.asarray(case.time.length, dtype=float)[None, :]


@parameter(over=("reactor_store_year",), unit="EUR/MWh_th", minimum=0, source="smr/coproduction.csv")
def reactor_store_om(case: Case, sets: SetValues) -> np.ndarray:
    """Operation and maintenance of a store per unit of heat that it gives to the turbine."""
    return _values(case, sets, "store_variable_om")


variable(
    "reactor_store_charge",
    over=("reactor_store_year", "time"),
    unit="MW_th",
    doc="Reactor heat that goes into the store.",
)
variable(
    "reactor_store_discharge",
    over=("reactor_store_year", "time"),
    unit="MW_th",
    doc="Heat of the store that enters the turbine.",
)
variable("reactor_store_level", over=("reactor_store_year", "time"), unit="MWh_th", doc="Heat in a store after a step.")


@constraint(over=("reactor_store_year", "time"), unit="MWh_th", source="formulation.md R6, F6")
def reactor_store_balance(m: Any, a: str, y: int, t: int) -> Any:
    """The level is what is left of the step before, plus charge, less discharge; cyclic in the period."""
    return m.reactor_store_level[a, y, t] == m.reactor_store_kept[a, y, t] * m.reactor_store_level[
        a, y, m.previous_time[t]
    ] + m.step_length[t] * (
        m.reactor_store_charge_efficiency[a, y] * m.reactor_store_charge[a, y, t]
        - m.reactor_store_discharge[a, y, t] / m.reactor_store_discharge_efficiency[a, y]
    )


@constraint(over=("reactor_store_year", "time"), unit="MWh_th", source="formulation.md R6, F6")
def reactor_store_level_limit(m: Any, a: str, y: int, t: int) -> Any:
    """The level stays within the store."""
    return m.reactor_store_level[a, y, t] <= m.capacity[m.store_part_of[a, y], y]


@constraint(over=("reactor_store_year", "time"), unit="MW_th", source="formulation.md R6, F6")
def reactor_store_charge_limit(m: Any, a: str, y: int, t: int) -> Any:
    """The charge stays within the charger."""
    return m.reactor_store_charge[a, y, t] <= m.capacity[m.charger_part_of[a, y], y]


@constraint(over=("reactor_store_year", "time"), unit="MW_e", source="formulation.md R2, R6, F6")
def reactor_turbine_limit(m: Any, a: str, y: int, t: int) -> Any:
    """The turbine takes no more heat than at its full power: that of the reactor and what is built beyond."""
    return (
        m.reactor_efficiency[m.design_of[a, y]] * (m.reactor_turbine_heat[a, y, t] + m.reactor_store_discharge[a, y, t])
        <= m.reactor_efficiency[m.design_of[a, y]] * m.capacity[a, y] + m.capacity[m.turbine_part_of[a, y], y]
    )


@constraint(over=("fixed_part_year",), unit="capacity unit", source="formulation.md R6, F6")
def reactor_part_size(m: Any, a: str, y: int) -> Any:
    """A part of given size stands in its ratio to the reactor."""
    return m.capacity[a, y] == m.part_ratio[a, y] * m.capacity[m.reactor_of_part[a, y], y]


@cost("variable_om", over=("reactor_store_year",), place="asset", source="smr/coproduction.csv")
def reactor_store_om_cost(m: Any, a: str, y: int) -> Any:
    """Operation and maintenance of stores in plants, on what they give."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.reactor_store_om[a, y] * m.reactor_store_discharge[a, y, t]
        for t in m.time
    )
