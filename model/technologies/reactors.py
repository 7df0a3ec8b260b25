"""Reactors: thermal power is the decision, power is given up for heat (formulation R1–R3, R10; smr/README.md F2, F3).

A reactor's activity and capacity are thermal (MW_th).  Base load, behind the meter, flexible operation and
co-production are the same rows with other bounds: the data room sets minimum load, place and the grades
that a design may serve.  All heat that enters the turbine counts alike, from the reactor or from the plant's store.

What part load and the plant's own use take is in `turbine.py`.  The variable `reactor_power` is before house load that
does not fall with the load, which the balance pays at all times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import flag, number, text
from model.core.places import carriers_in_use
from model.core.registry import constraint, contributes, cost, index_map, index_set, indexed_set, parameter, variable
from model.data.reactor_plants import marginal_efficiency, no_load_power

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
def extraction_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors with a condenser, which extract as much heat as they like up to a limit."""
    return [key for key in sets["heat_reactor_year"] if _figure(case, key, "back_pressure_ratio") == 0]


@index_set(dims=("asset", "year"))
def fixed_ratio_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors with a back-pressure turbine: without heat they make no power."""
    return [key for key in sets["reactor_year"] if _figure(case, key, "back_pressure_ratio") > 0]


@index_set(dims=("asset", "year"))
def heat_only_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Plants without turbine: all their heat is delivered as it leaves the reactor."""
    return [key for key in sets["reactor_year"] if _figure(case, key, "efficiency") == 0]


@index_set(dims=("asset", "year"))
def guarded_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors of which the energy guard is not implied by the extraction limit, or by the fixed ratio."""
    return [key for key in sets["heat_reactor_year"] if not _guard_is_implied(case, sets, key)]


@index_set(dims=("asset", "year"))
def back_pressure_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors of which the back-pressure limit is not implied by the extraction limit."""
    return [key for key in sets["extraction_reactor_year"] if not _back_pressure_is_implied(case, sets, key)]


def _guard_is_implied(case: Case, sets: SetValues, key: Key) -> bool:
    """P + ΣH ≤ Q_in follows from ΣH ≤ χ Q_in where χ (1 − β) ≤ 1 − η for every grade (η before no-load power).

    With P = c ΣH it follows where (1 + c) η ≤ β + c for every grade.
    """
    design = _design(case, key)
    most, losses = marginal_efficiency(design), _losses(case, sets, key)
    if design["back_pressure_ratio"] > 0:
        ratio = design["back_pressure_ratio"]
        return bool((1.0 + ratio) * most <= min(losses) + ratio)
    return bool(design["extraction_share_max"] * (1.0 - min(losses)) <= 1.0 - most)


def _back_pressure_is_implied(case: Case, sets: SetValues, key: Key) -> bool:
    """P ≥ c ΣH follows from ΣH ≤ χ Q_in where χ (c + β) ≤ η for every grade, and no-load power is none."""
    design = _design(case, key)
    highest = max(_losses(case, sets, key))
    least = design["extraction_share_max"] * (design["back_pressure_min"] + highest)
    return bool(least <= marginal_efficiency(design) and no_load_power(design) == 0)


def _design(case: Case, key: Key) -> Any:
    return case.reactors.loc[text(case.assets, key[0], "technology")]


def _figure(case: Case, key: Key, column: str) -> float:
    return number(case.reactors, text(case.assets, key[0], "technology"), column)


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
    """Reactors with a turbine at a node (where the carrier is electricity)."""
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


@parameter(over=("reactor_design",), unit="MW_e/MW_th", minimum=0, source="smr/README.md F3")
def back_pressure_ratio(case: Case, sets: SetValues) -> np.ndarray:
    """Power per unit of extracted heat of a turbine without condenser; zero for all others."""
    return _of_design(case, sets, "back_pressure_ratio")


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
variable(
    "reactor_power",
    over=("reactor_year", "time"),
    unit="MW_e",
    doc="Electric power of a reactor, before house load that does not fall with the load.",
)
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
def reactor_house_load(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """What the plants at a node take at any load, also where they rest."""
    return sum(-m.house_load[m.design_of[a, y]] * m.capacity[a, y] for a in m.reactors_taking_power[n, c, y])


@contributes("carrier_balance", source="formulation.md R2")
def reactor_heat_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Heat of the reactors at a node, extracted or as live steam."""
    return sum(
        m.reactor_extraction[a, c, y, t] + m.live_steam_efficiency[m.design_of[a, y]] * m.reactor_live_steam[a, c, y, t]
        for a in m.reactors_giving_heat[n, c, y]
    )


@constraint(over=("reactor_year", "time"), unit="MW_th", source="formulation.md R1, F2")
def reactor_heat_split(m: Any, a: str, y: int, t: int) -> Any:
    """Reactor heat goes to the turbine, to heat users past the turbine, into the plant's store, or is dumped."""
    return m.activity[a, y, t] == (
        m.reactor_turbine_heat[a, y, t]
        + m.reactor_dump[a, y, t]
        + sum(m.reactor_live_steam[a, c, y, t] for c in m.grades_of_reactor[a, y])
        + sum(m.reactor_store_charge[s, y, t] for s in m.store_of_reactor[a, y])
    )


@constraint(over=("reactor_year", "time"), unit="MW_e", source="formulation.md R2, F3")
def reactor_power_output(m: Any, a: str, y: int, t: int) -> Any:
    """Power is what the turbine makes of all heat that enters it, less what the extracted heat and part load cost.

    Dual: EUR per MW_e in that hour.
    """
    return m.reactor_power[a, y, t] == (
        m.turbine_efficiency[m.design_of[a, y]] * m.reactor_turbine_heat[a, y, t]
        + sum(
            m.turbine_efficiency[m.design_of[s, y]] * m.reactor_store_discharge[s, y, t]
            for s in m.store_of_reactor[a, y]
        )
        - sum(m.reactor_power_loss[a, c, y] * m.reactor_extraction[a, c, y, t] for c in m.grades_of_reactor[a, y])
        - sum(
            m.part_load_power[m.design_of[p, y]]
            * m.availability[p, y]
            * m.profile_value[m.availability_profile[p, y], t]
            * m.capacity[p, y]
            for p in m.part_load_of_available[a, y]
        )
        - sum(
            m.part_load_power[m.design_of[p, y]]
            * m.availability[p, y]
            * (m.capacity[p, y] - m.reactor_outage[p, y, m.outage_step_of[t]])
            for p in m.part_load_outside_outage[a, y]
        )
        - sum(
            m.part_load_power[m.design_of[p, y]] * m.running_share[p, y] * m.reactor_online[p, y, t]
            for p in m.part_load_of_online[a, y]
        )
        - sum(
            m.part_load_power[m.design_of[s, y]]
            / m.reactor_efficiency[m.design_of[s, y]]
            * m.capacity[m.turbine_part_of[s, y], y]
            for s in m.store_of_reactor[a, y]
        )
    )


@constraint(over=("reactor_year", "time"), unit="MW_th", source="smr/README.md F2")
def reactor_dump_limit(m: Any, a: str, y: int, t: int) -> Any:
    """Only a small share of the reactor's heat can be dumped."""
    return m.reactor_dump[a, y, t] <= m.dump_share_max[m.design_of[a, y]] * m.capacity[a, y]


@constraint(over=("extraction_reactor_year", "time"), unit="MW_th", source="formulation.md R2, F3")
def reactor_extraction_limit(m: Any, a: str, y: int, t: int) -> Any:
    """No more heat can be extracted than a share of what enters the turbine."""
    return sum(m.reactor_extraction[a, c, y, t] for c in m.grades_of_reactor[a, y]) <= (
        m.extraction_share_max[m.design_of[a, y]] * m.reactor_turbine_heat[a, y, t]
        + sum(
            m.extraction_share_max[m.design_of[s, y]] * m.reactor_store_discharge[s, y, t]
            for s in m.store_of_reactor[a, y]
        )
    )


@constraint(over=("guarded_reactor_year", "time"), unit="MW_th", source="formulation.md R2, F3")
def reactor_energy_guard(m: Any, a: str, y: int, t: int) -> Any:
    """Power and extracted heat together are no more than the heat that enters the turbine."""
    return m.reactor_power[a, y, t] + sum(
        m.reactor_extraction[a, c, y, t] for c in m.grades_of_reactor[a, y]
    ) <= m.reactor_turbine_heat[a, y, t] + sum(m.reactor_store_discharge[s, y, t] for s in m.store_of_reactor[a, y])


@constraint(over=("back_pressure_reactor_year", "time"), unit="MW_e", source="formulation.md R2, F3")
def reactor_back_pressure_limit(m: Any, a: str, y: int, t: int) -> Any:
    """The turbine makes at least so much power per unit of extracted heat."""
    return m.reactor_power[a, y, t] >= m.back_pressure_min[m.design_of[a, y]] * sum(
        m.reactor_extraction[a, c, y, t] for c in m.grades_of_reactor[a, y]
    )


@constraint(over=("fixed_ratio_reactor_year", "time"), unit="MW_e", source="formulation.md R2, F3")
def reactor_fixed_ratio(m: Any, a: str, y: int, t: int) -> Any:
    """A turbine without condenser makes power and heat in a fixed ratio."""
    return m.reactor_power[a, y, t] == m.back_pressure_ratio[m.design_of[a, y]] * sum(
        m.reactor_extraction[a, c, y, t] for c in m.grades_of_reactor[a, y]
    )


@constraint(over=("heat_only_reactor_year", "time"), unit="MW_th", source="smr/README.md F3")
def reactor_without_turbine(m: Any, a: str, y: int, t: int) -> Any:
    """No heat enters a turbine where there is none."""
    return m.reactor_turbine_heat[a, y, t] <= 0


@cost("fuel", over=("reactor_year",), place="asset")
def reactor_fuel_cost(m: Any, a: str, y: int) -> Any:
    """Nuclear fuel, per unit of reactor heat."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.reactor_fuel_cost_per_heat[a, y] * m.activity[a, y, t] for t in m.time
    )
