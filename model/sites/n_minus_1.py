"""N-1 at a site: its critical power and heat with the largest module out, in every hour (formulation B3, F9).

For every kind of module that may fail there is one emergency state of the site per hour, power and heat at once: what
the guaranteed contract, the remaining modules, the other own plants and the backup can do together.  Fuel and hydrogen
keep coming; stores, other sites and the shared part of a group contract are not counted on.

What is left of the lost kind is no more than its capacity less one module, `R <= K - u z`, and no more than what is
available of it, `R <= a K` (or what is not in refuelling, `R <= K - KD`, where the model places it): a module that is
out already is not lost again.  `z` says whether the kind is there.  Where
the scenario fixes the designs (`sites.modules`), or a plant stands, z is one and the rows are exact; where designs
compete, z is relaxed between `K / K_max` and one: a lower bound on cost, since a part of a module may be built.
`K_max` is a limit that holds anyway, the design's own potential at the site or what a shared one leaves it; where the
tables have neither, the scenario must fix the design, and is refused otherwise.

Heat cascades downhill: at every grade, what is given at it or above is at least what is needed at it or above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text, value_at
from model.core.registry import constraint, index_set, parameter, variable
from model.data.shared_potentials import group_factors, shared_limits
from model.errors import InputError, Problem

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, str, int]


def _lost(sets: SetValues, key: Key) -> str:
    """The asset of which a module is lost."""
    return str(sets.family("lost_from")[key][0])


@parameter(over=("contingency",), unit="MW", minimum=0)
def guaranteed_import(case: Case, sets: SetValues) -> list[float]:
    """Contract and its growth where the scenario does not price it; nothing where it is a decision of its own."""
    decided = sets.positions("tariffed_site_year")
    most = case.sites["contract_import"].fillna(np.inf) + case.sites["contract_growth_max"].fillna(np.inf)
    return [0.0 if (site, year) in decided else float(most[site]) for _, site, year in sets["contingency"]]


def _load(case: Case, sets: SetValues, node: str, carriers: list[str], year: int) -> np.ndarray:
    rows = [
        row for row, key in enumerate(case.demand.index) if key[0] == node and key[1] in carriers and key[2] == year
    ]
    return np.asarray(case.demand_series, dtype=float)[rows].sum(axis=0)


def _share(case: Case, site: str, column: str) -> float:
    value = number(case.sites, site, column)
    return 1.0 if np.isnan(value) else value


@parameter(over=("contingency", "time"), unit="MW_e", minimum=0, source="smr/README.md F9")
def critical_power(case: Case, sets: SetValues) -> np.ndarray:
    """Power that a site needs with its largest module out."""
    electricity = [str(name) for name in case.carriers.index[case.carriers["kind"] == "electricity"]]
    rows = [
        _share(case, site, "critical_power") * _load(case, sets, site, electricity, year)
        for _, site, year in sets["contingency"]
    ]
    return np.array(rows).reshape(len(rows), case.time.count)


@parameter(over=("contingency_heat", "time"), unit="MW_th", minimum=0, source="smr/README.md F9")
def critical_heat(case: Case, sets: SetValues) -> np.ndarray:
    """Heat at a grade or above it that a site needs with its largest module out."""
    rows = [
        _share(case, site, "critical_heat") * _load(case, sets, site, hotter(case, grade), year)
        for _, site, grade, year in sets["contingency_heat"]
    ]
    return np.array(rows).reshape(len(rows), case.time.count)


def hotter(case: Case, grade: str) -> list[str]:
    """A heat grade and those of its cascade that are hotter."""
    group = case.carriers.at[grade, "cascade_group"]
    same = (case.carriers["cascade_group"] == group) if group else (case.carriers.index == grade)
    above = case.carriers["delivery_temperature"] >= number(case.carriers, grade, "delivery_temperature")
    return [str(name) for name in case.carriers.index[same & above]]


@parameter(over=("emergency_reactor",), unit="MW_th/MW_th", minimum=0, maximum=1, source="smr/README.md F3, F9")
def emergency_extraction_max(case: Case, sets: SetValues) -> list[float]:
    """Most heat per unit of turbine heat: the extraction limit, tightened so that guard and back-pressure hold too."""
    return [_extraction_max(case, sets, key) for key in sets["emergency_reactor"]]


def _extraction_max(case: Case, sets: SetValues, key: Key) -> float:
    design = text(case.assets, key[1], "technology")
    losses = [float(case.reactor_power_loss[design, grade]) for grade in sets.family("emergency_grades").get(key, [])]
    if not losses:
        return 0.0
    efficiency, ratio, least_power, share = (
        number(case.reactors, design, column)
        for column in ("efficiency", "back_pressure_ratio", "back_pressure_min", "extraction_share_max")
    )
    guard = (1.0 - efficiency) / max(1.0 - min(losses), 1e-9)
    least = efficiency / max(least_power + max(losses), 1e-9)
    limit = efficiency / (ratio + max(losses)) if ratio > 0 else share
    return float(min(limit, guard, least, 1.0))


@parameter(over=("emergency_back_pressure",), unit="MW_e/MW_th", minimum=0, source="smr/README.md F3")
def emergency_power_ratio(case: Case, sets: SetValues) -> list[float]:
    """Power per unit of heat of a back-pressure turbine."""
    keys = sets["emergency_back_pressure"]
    return [
        number(case.reactors, text(case.assets, asset, "technology"), "back_pressure_ratio") for _, asset, _ in keys
    ]


@parameter(over=("lost_reactor",), unit="MW_th", minimum=0, source="smr/designs.csv")
def lost_module_size(case: Case, sets: SetValues) -> list[float]:
    """Thermal power of a module of the lost design."""
    return [number(case.reactors, key[0], "unit_size_th") for key in sets["lost_reactor"]]


@index_set(dims=("lost_technology", "node", "year"))
def relaxed_contingency(case: Case, sets: SetValues) -> list[Key]:
    """Contingencies of which the presence is not fixed: designs that compete, none of which stands yet."""
    return [key for key in sets["lost_reactor"] if not _fixed(case, sets, key)]


def _fixed(case: Case, sets: SetValues, key: Key) -> bool:
    """Whether the scenario fixes that a design stands, or it stands already."""
    design, site, year = key
    named = design in case.scenario.sites.modules.get(site, [])
    return named or value_at(case.existing, (_lost(sets, key), year)) > 0


@parameter(over=("relaxed_contingency",), unit="MW_th", minimum=0)
def lost_capacity_max(case: Case, sets: SetValues) -> list[float]:
    """Most of a design that can stand at a site: its own potential or what the limits that it shares leave it.

    Never less than a module, so that presence may be whole.

    Raises:
        InputError: a design without either: a share of no known size says nothing of its presence.
    """
    limits, factors = shared_limits(case), group_factors(case)
    most = {key: _most(case, sets, key, limits, factors) for key in sets["relaxed_contingency"]}
    endless = sorted({(site, design) for (design, site, _), limit in most.items() if not np.isfinite(limit)})
    if endless:
        expected = "a potential or a shared limit of {0} at {1}, or {0} in sites.modules.{1}: N-1 reckons the presence"
        expected += " of a design from its share of the most that may stand"
        raise InputError(
            [Problem("scenario", "", "sites.n_minus_1", "true", expected.format(*pair[::-1])) for pair in endless]
        )
    return [max(limit, number(case.reactors, key[0], "unit_size_th")) for key, limit in most.items()]


def _most(
    case: Case,
    sets: SetValues,
    key: Key,
    limits: dict[tuple[str, int], float],
    factors: dict[tuple[str, str, str], float],
) -> float:
    """The smallest of the limits that hold for a design at a site, MW_th; infinite where there is none."""
    design, site, year = key
    found = [number(case.assets, _lost(sets, key), "potential")]
    for (group, node, technology), factor in factors.items():
        if (node, technology) == (site, design) and factor > 0 and (group, year) in limits:
            members = sets.family("assets_of_shared_potential")[group, year]
            stock = sum(
                value_at(case.existing, (other, year))
                * factors[group, text(case.assets, other, "node"), text(case.assets, other, "technology")]
                for other in members
            )
            found.append(max(limits[group, year], stock) / factor)
    return min(found)


@parameter(over=("lost_reactor",), unit="1", minimum=0, maximum=1)
def module_present_min(case: Case, sets: SetValues) -> list[float]:
    """One where the scenario fixes that a design stands, or it stands already."""
    return [1.0 if _fixed(case, sets, key) else 0.0 for key in sets["lost_reactor"]]


@parameter(over=("lost_plant",), unit="1", minimum=0, maximum=1)
def lost_plant_share(case: Case, sets: SetValues) -> list[float]:
    """The largest plant of a kind that still stands, as a share of all that stands of it at the site."""
    table = case.tables["existing_capacity"]
    shares = []
    for technology, site, year in sets["lost_plant"]:
        rows = table[(table["node"] == site) & (table["technology"] == technology)]
        here = rows[~(rows["commissioned"] > year) & ~(rows["retirement_year"] <= year)]["capacity"]
        shares.append(float(here.max() / here.sum()))
    return shares


@index_set(dims=("lost_technology", "node", "year"))
def whole_contingency(case: Case, sets: SetValues) -> list[Key]:
    """Contingencies of which the presence is a whole number, where the scenario builds whole modules."""
    return list(sets["lost_reactor"]) if case.scenario.reactors.integer_modules else []


variable(
    "module_present",
    over=("lost_reactor",),
    unit="1",
    lower="module_present_min",
    upper=1.0,
    doc="Whether a design stands at a site: one, or relaxed between its share of the largest capacity and one.",
)
variable(
    "module_present_whole",
    over=("whole_contingency",),
    unit="1",
    upper=1.0,
    doc="Whether a design stands at a site, as a whole number.",
    integer=True,
)
variable(
    "emergency_heat",
    over=("emergency_reactor", "time"),
    unit="MW_th",
    doc="Heat of a reactor with the module out: to the turbine and past it.",
)
variable(
    "emergency_extraction",
    over=("emergency_reactor_heat", "time"),
    unit="MW_th",
    doc="Heat extracted at a grade with the module out.",
)
variable(
    "emergency_live_steam",
    over=("emergency_reactor_heat", "time"),
    unit="MW_th",
    doc="Reactor heat that serves a grade past the turbine with the module out.",
)
variable(
    "emergency_activity",
    over=("emergency_plant", "time"),
    unit="capacity unit",
    doc="What another plant of the site does with the module out.",
)


@constraint(over=("lost_reactor",), unit="MW_th", source="smr/README.md F9")
def module_is_present(m: Any, r: str, s: str, y: int) -> Any:
    """Where a design stands there is at least one module of it."""
    return (
        sum(m.capacity[a, y] for a in m.lost_from[r, s, y]) >= m.lost_module_size[r, s, y] * m.module_present[r, s, y]
    )


@constraint(over=("relaxed_contingency",), unit="MW_th", source="smr/README.md F9")
def capacity_needs_presence(m: Any, r: str, s: str, y: int) -> Any:
    """Only a design that is there has capacity; no limit of its own, as no more than `K_max` can stand anyway."""
    return (
        sum(m.capacity[a, y] for a in m.lost_from[r, s, y]) <= m.lost_capacity_max[r, s, y] * m.module_present[r, s, y]
    )


@constraint(over=("whole_contingency",), unit="1", source="smr/README.md F9")
def presence_is_whole(m: Any, r: str, s: str, y: int) -> Any:
    """Presence is yes or no."""
    return m.module_present[r, s, y] == m.module_present_whole[r, s, y]


@constraint(over=("emergency_average", "time"), unit="MW_th", source="smr/README.md F9")
def emergency_reactor_limit(m: Any, r: str, a: str, y: int, t: int) -> Any:
    """A reactor gives no more than what is available of it on average."""
    return m.emergency_heat[r, a, y, t] <= m.availability[a, y] * m.capacity[a, y]


@constraint(over=("emergency_refuelled", "time"), unit="MW_th", source="smr/README.md F9")
def emergency_refuelling_limit(m: Any, r: str, a: str, y: int, t: int) -> Any:
    """A reactor gives no more than what is not in refuelling; its forced outage is the module that is lost."""
    return m.emergency_heat[r, a, y, t] <= m.capacity[a, y] - m.reactor_outage[a, y, m.outage_step_of[t]]


@constraint(over=("lost_reactor", "time"), unit="MW_th", source="smr/README.md F9")
def lost_reactor_limit(m: Any, r: str, s: str, y: int, t: int) -> Any:
    """The lost kind gives no more than its capacity less one module."""
    return (
        sum(m.emergency_heat[r, a, y, t] - m.capacity[a, y] for a in m.lost_from[r, s, y])
        <= -m.lost_module_size[r, s, y] * m.module_present[r, s, y]
    )


@constraint(over=("emergency_plant", "time"), unit="capacity unit", source="smr/README.md F9")
def emergency_plant_limit(m: Any, r: str, a: str, y: int, t: int) -> Any:
    """Another plant does no more than what is available of it in the hour."""
    return (
        m.emergency_activity[r, a, y, t]
        <= m.availability[a, y] * m.profile_value[m.availability_profile[a, y], t] * m.capacity[a, y]
    )


@constraint(over=("lost_plant", "time"), unit="capacity unit", source="smr/README.md F9")
def lost_plant_limit(m: Any, r: str, s: str, y: int, t: int) -> Any:
    """Of plants that stand today the largest is lost; what is built beside them stays."""
    return (
        sum(
            m.emergency_activity[r, a, y, t] - m.capacity[a, y] + m.lost_plant_share[r, s, y] * m.existing_kept[a, y]
            for a in m.lost_from[r, s, y]
        )
        <= 0.0
    )


@constraint(over=("emergency_reactor", "time"), unit="MW_th", source="smr/README.md F3, F9")
def emergency_extraction_limit(m: Any, r: str, a: str, y: int, t: int) -> Any:
    """Extracted heat is at most a share of what enters the turbine."""
    return sum(
        m.emergency_extraction[r, a, h, y, t] for h in m.emergency_grades[r, a, y]
    ) <= m.emergency_extraction_max[r, a, y] * (
        m.emergency_heat[r, a, y, t] - sum(m.emergency_live_steam[r, a, h, y, t] for h in m.emergency_grades[r, a, y])
    )


@constraint(over=("emergency_back_pressure", "time"), unit="MW_e", source="smr/README.md F3, F9")
def emergency_back_pressure_limit(m: Any, r: str, a: str, y: int, t: int) -> Any:
    """A back-pressure turbine gives no more power than its heat allows."""
    return m.reactor_efficiency[m.design_of[a, y]] * (
        m.emergency_heat[r, a, y, t] - sum(m.emergency_live_steam[r, a, h, y, t] for h in m.emergency_grades[r, a, y])
    ) <= sum(
        (m.emergency_power_ratio[r, a, y] + m.reactor_power_loss[a, h, y]) * m.emergency_extraction[r, a, h, y, t]
        for h in m.emergency_grades[r, a, y]
    )


@constraint(over=("contingency", "time"), unit="MW_e", source="formulation.md B3, F9")
def site_power_n_minus_1(m: Any, r: str, s: str, y: int, t: int) -> Any:
    """With the module out, contract, remaining modules, other plants and backup cover the critical power."""
    return (
        m.guaranteed_import[r, s, y]
        + sum(m.site_contract[i, y] for i in m.emergency_firm[r, s, y])
        + sum(m.site_class_contract[s, k, y] for k in m.emergency_reserve_classes[r, s, y])
        + sum(m.right_granted[s, k, y, t] * m.site_class_contract[s, k, y] for k in m.emergency_timed_classes[r, s, y])
        + sum(
            m.reactor_efficiency[m.design_of[a, y]] * m.emergency_heat[r, a, y, t]
            for a in m.emergency_reactors[r, s, y]
        )
        - sum(
            m.reactor_efficiency[m.design_of[a, y]] * m.emergency_live_steam[r, a, h, y, t]
            + m.reactor_power_loss[a, h, y] * m.emergency_extraction[r, a, h, y, t]
            for a, h in m.emergency_site_grades[r, s, y]
        )
        + sum(
            m.flow_coefficient[a, c, y] * m.profile_value[m.flow_profile[a, c, y], t] * m.emergency_activity[r, a, y, t]
            for a, c in m.emergency_power_flows[r, s, y]
        )
        >= m.critical_power[r, s, y, t]
    )


@constraint(over=("contingency_heat", "time"), unit="MW_th", source="formulation.md B3, F9")
def site_heat_n_minus_1(m: Any, r: str, s: str, h: str, y: int, t: int) -> Any:
    """With the module out, heat at a grade or above it covers what is critical at the grade or above it."""
    return (
        sum(
            m.flow_coefficient[a, c, y] * m.profile_value[m.flow_profile[a, c, y], t] * m.emergency_activity[r, a, y, t]
            for a, c in m.emergency_heat_flows[r, s, h, y]
        )
        + sum(
            m.emergency_extraction[r, a, g, y, t]
            + m.live_steam_efficiency[m.design_of[a, y]] * m.emergency_live_steam[r, a, g, y, t]
            for a, g in m.emergency_reactor_grades[r, s, h, y]
        )
        >= m.critical_heat[r, s, h, y, t]
    )
