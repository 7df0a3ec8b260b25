"""Reactors: thermal power is the decision, power is given up for heat (formulation R1–R3, R10; smr/README.md F2, F3).

A reactor's activity and capacity are thermal (MW_th).  Base load, behind the meter, flexible operation and
co-production are the same rows with other bounds: the data room sets minimum load, place and the grades
that a design may serve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import flag, number, text
from model.core.places import carriers_in_use
from model.core.registry import constraint, contributes, cost, index_map, index_set, indexed_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]


@index_set(dims=("asset", "year"))
def reactor_year(case: Case) -> list[Key]:
    """Reactors in the years in which they may stand."""
    reactors = set(case.assets.index[case.assets["kind"] == "reactor"])
    return [key for key in case.asset_years.index if key[0] in reactors]


@index_set(dims=("technology",))
def reactor_design(case: Case, sets: SetValues) -> set[str]:
    """Designs that stand or may stand anywhere."""
    return {text(case.assets, asset, "technology") for asset, _ in sets["reactor_year"]}


@index_set(dims=("asset", "carrier", "year"))
def reactor_heat(case: Case, sets: SetValues) -> list[tuple[str, str, int]]:
    """Heat grades that a reactor may serve: hot enough, used at its node, and allowed by the scenario's modes."""
    used = carriers_in_use(case, sets)
    assets = case.assets[["technology", "node", "heat_allowed"]]
    grades: dict[str, list[str]] = {}
    for design, carrier in case.reactor_power_loss.index:
        grades.setdefault(design, []).append(carrier)
    return [
        (asset, carrier, year)
        for asset, year in sets["reactor_year"]
        for carrier in grades.get(text(assets, asset, "technology"), [])
        if flag(assets, asset, "heat_allowed") and (text(assets, asset, "node"), carrier, year) in used
    ]


@index_set(dims=("asset", "year"))
def heat_reactor_year(case: Case, sets: SetValues) -> set[Key]:
    """Reactors that may serve heat."""
    return {(asset, year) for asset, _, year in sets["reactor_heat"]}


@index_set(dims=("asset", "year"))
def guarded_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors of which the energy guard is not implied by the extraction limit."""
    return [key for key in sets["heat_reactor_year"] if not _guard_is_implied(case, sets, key)]


@index_set(dims=("asset", "year"))
def back_pressure_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors of which the back-pressure limit is not implied by the extraction limit."""
    return [key for key in sets["heat_reactor_year"] if not _back_pressure_is_implied(case, sets, key)]


def _guard_is_implied(case: Case, sets: SetValues, key: Key) -> bool:
    """P + ΣH ≤ Q_in follows from ΣH ≤ χ Q_in where χ (1 − β) ≤ 1 − η for every grade."""
    design = case.reactors.loc[text(case.assets, key[0], "technology")]
    lowest = min(_losses(case, sets, key))
    return bool(design["extraction_share_max"] * (1.0 - lowest) <= 1.0 - design["efficiency"])


def _back_pressure_is_implied(case: Case, sets: SetValues, key: Key) -> bool:
    """P ≥ c ΣH follows from ΣH ≤ χ Q_in where χ (c + β) ≤ η for every grade."""
    design = case.reactors.loc[text(case.assets, key[0], "technology")]
    highest = max(_losses(case, sets, key))
    return bool(design["extraction_share_max"] * (design["back_pressure_min"] + highest) <= design["efficiency"])


def _losses(case: Case, sets: SetValues, key: Key) -> list[float]:
    design = text(case.assets, key[0], "technology")
    return [float(case.reactor_power_loss[design, carrier]) for carrier in sets.family("grades_of_reactor")[key]]


@indexed_set(over="reactor_year", dims=("carrier",))
def grades_of_reactor(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Heat grades that a reactor may serve."""
    found: dict[Key, list[str]] = {}
    for asset, carrier, year in sets["reactor_heat"]:
        found.setdefault((asset, year), []).append(carrier)
    return found


@indexed_set(over="node_carrier_year", dims=("asset",))
def reactors_giving_power(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """Reactors at a node (where the carrier is electricity)."""
    nodes = case.assets["node"]
    electricity = case.carriers.index[case.carriers["kind"] == "electricity"][0]
    found: dict[tuple[str, str, int], list[str]] = {}
    for asset, year in sets["reactor_year"]:
        found.setdefault((str(nodes[asset]), str(electricity), year), []).append(asset)
    return found


@indexed_set(over="node_carrier_year", dims=("asset",))
def reactors_giving_heat(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """Reactors at a node that may serve a grade."""
    nodes = case.assets["node"]
    found: dict[tuple[str, str, int], list[str]] = {}
    for asset, carrier, year in sets["reactor_heat"]:
        found.setdefault((str(nodes[asset]), carrier, year), []).append(asset)
    return found


@index_map(over=("reactor_year",), to="reactor_design")
def design_of(case: Case, sets: SetValues) -> list[str]:
    """Design of a reactor."""
    return [text(case.assets, asset, "technology") for asset, _ in sets["reactor_year"]]


def _of_design(case: Case, sets: SetValues, column: str) -> np.ndarray:
    return np.array([number(case.reactors, design, column) for design in sets["reactor_design"]])


@parameter(over=("reactor_design",), unit="MW_e/MW_th", minimum=0, maximum=1, source="smr/designs.csv")
def reactor_efficiency(case: Case, sets: SetValues) -> np.ndarray:
    """Power per unit of heat that enters the turbine, with no heat extracted."""
    return _of_design(case, sets, "efficiency")


@parameter(over=("reactor_design",), unit="MW_th/MW_th", minimum=0, maximum=1, source="smr/coproduction.csv")
def extraction_share_max(case: Case, sets: SetValues) -> np.ndarray:
    """Most heat that can be extracted from the turbine per unit of heat that enters it."""
    return _of_design(case, sets, "extraction_share_max")


@parameter(over=("reactor_design",), unit="MW_th/MW_th", minimum=0, maximum=1, source="smr/README.md F3")
def live_steam_efficiency(case: Case, sets: SetValues) -> np.ndarray:
    """Heat delivered per unit of reactor heat that goes past the turbine."""
    return _of_design(case, sets, "live_steam_efficiency")


@parameter(over=("reactor_design",), unit="MW_e/MW_th", minimum=0, source="smr/README.md F3")
def back_pressure_min(case: Case, sets: SetValues) -> np.ndarray:
    """Least power per unit of extracted heat."""
    return _of_design(case, sets, "back_pressure_min")


@parameter(over=("reactor_heat",), unit="MW_e/MW_th", minimum=0, maximum=1, source="smr/README.md F3")
def reactor_power_loss(case: Case, sets: SetValues) -> list[float]:
    """Power given up per unit of heat extracted at a grade."""
    designs = case.assets["technology"]
    return [float(case.reactor_power_loss[designs[asset], carrier]) for asset, carrier, _ in sets["reactor_heat"]]


@parameter(over=("reactor_design",), unit="MW_th/MW_th", minimum=0, maximum=1, source="smr/README.md F2")
def dump_share_max(case: Case, sets: SetValues) -> np.ndarray:
    """Most reactor heat that can be dumped, as a share of capacity."""
    return _of_design(case, sets, "dump_share_max")


@parameter(over=("reactor_year",), unit="EUR/MWh_th", minimum=0, source="smr/designs.csv")
def reactor_fuel_cost_per_heat(case: Case, sets: SetValues) -> list[float]:
    """Fuel cost per unit of reactor heat."""
    return [number(case.asset_years, key, "fuel_cost") for key in sets["reactor_year"]]


variable(
    "reactor_turbine_heat",
    over=("reactor_year", "time"),
    unit="MW_th",
    doc="Reactor heat that enters the turbine.",
)
variable("reactor_dump", over=("reactor_year", "time"), unit="MW_th", doc="Reactor heat that is dumped.")
variable("reactor_power", over=("reactor_year", "time"), unit="MW_e", doc="Net electric power of a reactor.")
variable(
    "reactor_extraction",
    over=("reactor_heat", "time"),
    unit="MW_th",
    doc="Heat extracted from the turbine at a grade.",
)
variable(
    "reactor_live_steam",
    over=("reactor_heat", "time"),
    unit="MW_th",
    doc="Reactor heat that serves a grade past the turbine.",
)


@contributes("carrier_balance", source="formulation.md R2")
def reactor_power_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Power of the reactors at a node."""
    return sum(m.reactor_power[a, y, t] for a in m.reactors_giving_power[n, c, y])


@contributes("carrier_balance", source="formulation.md R2")
def reactor_heat_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Heat of the reactors at a node, extracted or as live steam."""
    return sum(
        m.reactor_extraction[a, c, y, t] + m.live_steam_efficiency[m.design_of[a, y]] * m.reactor_live_steam[a, c, y, t]
        for a in m.reactors_giving_heat[n, c, y]
    )


@constraint(over=("reactor_year", "time"), unit="MW_th", source="formulation.md R1, F2")
def reactor_heat_split(m: Any, a: str, y: int, t: int) -> Any:
    """Reactor heat goes to the turbine, to heat users past the turbine, or is dumped."""
    return m.activity[a, y, t] == m.reactor_turbine_heat[a, y, t] + m.reactor_dump[a, y, t] + sum(
        m.reactor_live_steam[a, c, y, t] for c in m.grades_of_reactor[a, y]
    )


@constraint(over=("reactor_year", "time"), unit="MW_e", source="formulation.md R2, F3")
def reactor_power_output(m: Any, a: str, y: int, t: int) -> Any:
    """Power is what the turbine would make, less what the extracted heat costs.  Dual: EUR per MW_e in that hour."""
    return m.reactor_power[a, y, t] == m.reactor_efficiency[m.design_of[a, y]] * m.reactor_turbine_heat[a, y, t] - sum(
        m.reactor_power_loss[a, c, y] * m.reactor_extraction[a, c, y, t] for c in m.grades_of_reactor[a, y]
    )


@constraint(over=("reactor_year", "time"), unit="MW_th", source="smr/README.md F2")
def reactor_dump_limit(m: Any, a: str, y: int, t: int) -> Any:
    """Only a small share of the reactor's heat can be dumped."""
    return m.reactor_dump[a, y, t] <= m.dump_share_max[m.design_of[a, y]] * m.capacity[a, y]


@constraint(over=("heat_reactor_year", "time"), unit="MW_th", source="formulation.md R2, F3")
def reactor_extraction_limit(m: Any, a: str, y: int, t: int) -> Any:
    """No more heat can be extracted than a share of what enters the turbine."""
    return (
        sum(m.reactor_extraction[a, c, y, t] for c in m.grades_of_reactor[a, y])
        <= m.extraction_share_max[m.design_of[a, y]] * m.reactor_turbine_heat[a, y, t]
    )


@constraint(over=("guarded_reactor_year", "time"), unit="MW_th", source="formulation.md R2, F3")
def reactor_energy_guard(m: Any, a: str, y: int, t: int) -> Any:
    """Power and extracted heat together are no more than the heat that enters the turbine."""
    return (
        m.reactor_power[a, y, t] + sum(m.reactor_extraction[a, c, y, t] for c in m.grades_of_reactor[a, y])
        <= m.reactor_turbine_heat[a, y, t]
    )


@constraint(over=("back_pressure_reactor_year", "time"), unit="MW_e", source="formulation.md R2, F3")
def reactor_back_pressure_limit(m: Any, a: str, y: int, t: int) -> Any:
    """The turbine makes at least so much power per unit of extracted heat."""
    return m.reactor_power[a, y, t] >= m.back_pressure_min[m.design_of[a, y]] * sum(
        m.reactor_extraction[a, c, y, t] for c in m.grades_of_reactor[a, y]
    )


@cost("fuel", over=("reactor_year",), place="asset")
def reactor_fuel_cost(m: Any, a: str, y: int) -> Any:
    """Nuclear fuel, per unit of reactor heat."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.reactor_fuel_cost_per_heat[a, y] * m.activity[a, y, t] for t in m.time
    )
