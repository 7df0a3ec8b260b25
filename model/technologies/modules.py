"""Units: capacity counted in modules, as many as a scenario gives, whole ones where it asks (formulation R8, R10, F1).

Without the switch capacity is continuous, and `reactor_units` says how far from whole modules a plan is.  With it every
build of a reactor is a whole number of modules: a mixed-integer program, whose duals are those of the linear program
that is left when the numbers of modules are fixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import (
    constraint,
    index_map,
    index_set,
    indexed_set,
    parameter,
    reported,
    variable,
)
from model.errors import InputError, Problem

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


@index_set(dims=("asset", "build_year"))
def module_build(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Builds of reactors, where the scenario asks for whole modules."""
    if not case.scenario.reactors.integer_modules:
        return []
    reactors = set(case.assets.index[case.assets["kind"] == "reactor"])
    return [key for key in sets["asset_build"] if key[0] in reactors]


@index_map(over=("module_build",), to="reactor_design")
def design_built(case: Case, sets: SetValues) -> list[str]:
    """Design of a build."""
    return [text(case.assets, asset, "technology") for asset, _ in sets["module_build"]]


@parameter(over=("reactor_design",), unit="MW_th", minimum=0, source="smr/designs.csv")
def unit_size(case: Case, sets: SetValues) -> np.ndarray:
    """Thermal power of one unit (module)."""
    return np.array([number(case.reactors, design, "unit_size_th") for design in sets["reactor_design"]])


@index_set(dims=("technology", "year"))
def units_given_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Designs and years in which the scenario says how many units stand; of those that cannot stand, none is given.

    Raises:
        InputError: units of a design that can stand nowhere in that year.
    """
    wanted = {
        (design, year): units
        for design, numbers in case.scenario.reactors.units.items()
        for year, units in numbers.items()
        if year in case.years
    }
    possible = _standing(case, sets)
    missing = [
        Problem(
            "scenario",
            "",
            f"reactors.units.{design}.{year}",
            f"{units:g}",
            f"no units: {design} can stand nowhere in {year}",
        )
        for (design, year), units in wanted.items()
        if units > 0 and (design, year) not in possible
    ]
    if missing:
        raise InputError(missing)
    return [key for key in wanted if key in possible]


def _standing(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for asset, year in sets["reactor_year"]:
        found.setdefault((text(case.assets, asset, "technology"), year), []).append(asset)
    return found


@indexed_set(over="units_given_year", dims=("asset",))
def reactors_of_design(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """Reactors of a design of which the number of units is given."""
    standing = _standing(case, sets)
    return {key: standing[key] for key in sets["units_given_year"]}


@parameter(over=("units_given_year",), unit="1", minimum=0)
def units_given(case: Case, sets: SetValues) -> list[float]:
    """Units that stand."""
    return [float(case.scenario.reactors.units[design][year]) for design, year in sets["units_given_year"]]


variable(
    "modules_built",
    over=("module_build",),
    unit="1",
    doc="Modules built in a milestone year, a whole number.",
    integer=True,
)


@constraint(over=("module_build",), unit="MW_th", source="formulation.md R8, F1")
def whole_modules(m: Any, a: str, v: int) -> Any:
    """What is built of a reactor is a whole number of modules."""
    return m.built[a, v] == m.unit_size[m.design_built[a, v]] * m.modules_built[a, v]


@constraint(over=("units_given_year",), unit="1", source="formulation.md R10, F13")
def units_as_given(m: Any, g: str, y: int) -> Any:
    """As many units of a design stand as the scenario says.  Dual: discounted cost of one more unit."""
    return (
        sum(m.capacity[a, y] / m.unit_size[m.design_of[a, y]] for a in m.reactors_of_design[g, y])
        == m.units_given[g, y]
    )


@reported(over=("reactor_year",), unit="1", place="asset", source="formulation.md R8")
def reactor_units(m: Any, a: str, y: int) -> Any:
    """Capacity in units of the design: how far from whole modules a plan is."""
    return m.capacity[a, y] / m.unit_size[m.design_of[a, y]]
