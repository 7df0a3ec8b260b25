"""Phase shift of transformers and limits on voltage angle differences (formulation G1).

The flow of an AC corridor follows from the angles at its ends: `x f = angle difference - shift`, with MATPOWER's sign:
a positive shift delays the second node.  A shift between two limits is set by the operator in every hour.  A limit on
the angle difference is a limit on the flow, and a bound of it where the shift is fixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import constraint, index_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]


@index_set(dims=("corridor", "year"))
def shifter_year(case: Case, sets: SetValues) -> list[Key]:
    """Transformers that shift the angle, in the years in which Kirchhoff's law holds."""
    table = case.corridors
    if not case.scenario.grid.kirchhoff:
        return []
    return [
        key
        for key in sets["corridor_year"]
        if text(table, key[0], "kind") == "ac"
        and (number(table, key[0], "shift_min") != 0.0 or number(table, key[0], "shift_max") != 0.0)
    ]


@index_set(dims=("corridor", "year"))
def angle_limited_shifter_year(case: Case, sets: SetValues) -> list[Key]:
    """Those whose shift is set by the operator and whose angle difference has a limit: that limit is a row."""
    return [key for key in sets["shifter_year"] if _is_free(case, key[0]) and _is_limited(case, key[0])]


def _is_free(case: Case, corridor: str) -> bool:
    return number(case.corridors, corridor, "shift_min") < number(case.corridors, corridor, "shift_max")


def _is_limited(case: Case, corridor: str) -> bool:
    return any(np.isfinite(number(case.corridors, corridor, f"difference_{end}")) for end in ("min", "max"))


def _column(case: Case, keys: Any, name: str) -> np.ndarray:
    return np.array([number(case.corridors, corridor, name) for corridor, _ in keys])


SIGN = "positive: the voltage of the second node is delayed; negative: it is advanced"


@parameter(over=("shifter_year", "time"), unit="mrad", sign=SIGN)
def phase_shift_min(case: Case, sets: SetValues) -> np.ndarray:
    """Least phase shift."""
    return _column(case, sets["shifter_year"], "shift_min")[:, None]


@parameter(over=("shifter_year", "time"), unit="mrad", sign=SIGN)
def phase_shift_max(case: Case, sets: SetValues) -> np.ndarray:
    """Largest phase shift."""
    return _column(case, sets["shifter_year"], "shift_max")[:, None]


@parameter(over=("angle_limited_shifter_year",), unit="mrad/MW", sign="negative: a series capacitor")
def shifter_reactance(case: Case, sets: SetValues) -> np.ndarray:
    """Angle difference per power of a transformer with a limit on it."""
    keys = sets["angle_limited_shifter_year"]
    return np.array([number(case.corridor_years, key, "angle_per_power") for key in keys])


@parameter(over=("angle_limited_shifter_year",), unit="mrad", sign="positive: the first node is ahead of the second")
def angle_difference_min(case: Case, sets: SetValues) -> np.ndarray:
    """Least angle difference."""
    return _column(case, sets["angle_limited_shifter_year"], "difference_min")


@parameter(over=("angle_limited_shifter_year",), unit="mrad", sign="positive: the first node is ahead of the second")
def angle_difference_max(case: Case, sets: SetValues) -> np.ndarray:
    """Largest angle difference."""
    return _column(case, sets["angle_limited_shifter_year"], "difference_max")


variable(
    "phase_shift",
    over=("shifter_year", "time"),
    unit="mrad",
    lower="phase_shift_min",
    upper="phase_shift_max",
    doc="Angle by which a transformer delays the voltage of its second node.",
    sign=SIGN,
)


@constraint(over=("angle_limited_shifter_year", "time"), unit="mrad", source="formulation.md G1")
def angle_difference_limit(m: Any, l: str, y: int, t: int) -> Any:
    """The angle difference over a transformer with a free shift stays within its limits."""
    return (
        m.angle_difference_min[l, y],
        m.shifter_reactance[l, y] * m.flow[l, y, t] + m.phase_shift[l, y, t],
        m.angle_difference_max[l, y],
    )
