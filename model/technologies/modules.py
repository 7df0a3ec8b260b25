"""Units: capacity counted in modules of the design, and whole modules where the scenario asks (formulation R8, F1).

Without the switch capacity is continuous, and `reactor_units` says how far from whole modules a plan is.  With it every
build of a reactor is a whole number of modules: a mixed-integer program, whose duals are those of the linear program
that is left when the numbers of modules are fixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import constraint, index_map, index_set, parameter, reported, variable

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


@reported(over=("reactor_year",), unit="1", place="asset", source="formulation.md R8")
def reactor_units(m: Any, a: str, y: int) -> Any:
    """Capacity in units of the design: how far from whole modules a plan is."""
    return m.capacity[a, y] / m.unit_size[m.design_of[a, y]]
