"""Losses of AC lines that grow with the square of the flow, by straight pieces (formulation G1).

A line of resistance r at voltage V loses `r f² / V²`.  The loss lies above tangents to this curve, evenly spread up to
the limit of the line, and below its secant, the loss at the limit: where power has no price or a negative one, a line
is no place to dump it.  Reactance, resistance and the reach of the tangents are held within a solve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import constraint, contributes, index_set, indexed_set, parameter, variable
from model.data.grid import secure_share

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]
Tangent = tuple[str, int, int]


@index_set(dims=("corridor", "year"))
def resistive_line_year(case: Case, sets: SetValues) -> list[Key]:
    """AC lines with a resistance, where losses are quadratic."""
    if case.scenario.grid.losses != "quadratic":
        return []
    table = case.corridors
    return [
        key
        for key in sets["corridor_year"]
        if text(table, key[0], "kind") == "ac" and number(table, key[0], "loss_per_power") > 0
    ]


@index_set(dims=("corridor", "tangent", "year"))
def loss_tangent(case: Case, sets: SetValues) -> list[Tangent]:
    """Tangents of each line, numbered from 1."""
    count = case.scenario.grid.loss_tangents
    return [(line, tangent, year) for line, year in sets["resistive_line_year"] for tangent in range(1, count + 1)]


@index_set(dims=("corridor", "year"))
def resistive_expandable_year(case: Case, sets: SetValues) -> list[Key]:
    """Those of the lines that can be expanded: what they lose is capped by a row, what the others lose by a bound."""
    expandable = sets.positions("expandable_corridor_year")
    return [key for key in sets["resistive_line_year"] if key in expandable]


@indexed_set(over="node_carrier_year", dims=("corridor",))
def resistive_lines_at(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """Lines with such losses that touch a node."""
    found: dict[tuple[str, str, int], list[str]] = {}
    for line, year in sets["resistive_line_year"]:
        for end in ("from_node", "to_node"):
            key = (text(case.corridors, line, end), text(case.corridors, line, "carrier"), year)
            found.setdefault(key, []).append(line)
    return found


def _resistance(case: Case, keys: Any) -> np.ndarray:
    """Loss over flow squared, 1/MW, with the circuits that count."""
    table, years = case.corridors, case.corridor_years
    return np.array([number(table, key[0], "loss_per_power") / number(years, key, "strength") for key in keys])


def _limit(case: Case, keys: Any, added: Any) -> np.ndarray:
    """Secure limit of lines with what is added at most to those of a set, MW."""
    return np.array(
        [
            secure_share(case, key)
            * (
                number(case.corridor_years, key, "capacity")
                + (number(case.corridors, key[0], "expansion_max") if key in added else 0.0)
            )
            for key in keys
        ]
    )


def _rating(case: Case, keys: Any) -> np.ndarray:
    """What the limit of a line is multiplied by, over keys and time."""
    named = [text(case.corridors, line, "limit_series") for line, _ in keys]
    steady = np.ones(case.time.count)
    return np.array([case.given.one(name) if name else steady for name in named]).reshape(len(named), case.time.count)


def _touching(case: Case, sets: SetValues) -> tuple[np.ndarray, np.ndarray]:
    """Flow at which each tangent touches the curve, the middle of its part of the line's reach, and its resistance."""
    keys = [(line, year) for line, _, year in sets["loss_tangent"]]
    middle = np.array([2.0 * tangent - 1.0 for _, tangent, _ in sets["loss_tangent"]]) / (
        2.0 * case.scenario.grid.loss_tangents
    )
    reach = _limit(case, keys, sets.positions("expandable_corridor_year"))
    return middle * reach * _rating(case, keys).max(axis=1, initial=0.0), _resistance(case, keys)


@parameter(over=("loss_tangent",), unit="MW/MW", minimum=0, source="formulation.md G1")
def loss_slope(case: Case, sets: SetValues) -> np.ndarray:
    """Loss of one more MW of flow along a tangent."""
    flow, resistance = _touching(case, sets)
    return 2.0 * resistance * flow


@parameter(over=("loss_tangent",), unit="MW", minimum=0, source="formulation.md G1")
def loss_offset(case: Case, sets: SetValues) -> np.ndarray:
    """What a tangent lies below zero where nothing flows."""
    flow, resistance = _touching(case, sets)
    return resistance * flow**2


@parameter(over=("resistive_line_year", "time"), unit="MW", minimum=0, source="formulation.md G1")
def line_loss_max(case: Case, sets: SetValues) -> np.ndarray:
    """Loss at the limit of a line that cannot be expanded: the secant of the curve."""
    keys, expandable = sets["resistive_line_year"], sets.positions("expandable_corridor_year")
    most = _resistance(case, keys) * _limit(case, keys, ()) ** 2
    endless = np.array([np.inf if key in expandable else 1.0 for key in keys])
    return (endless * most)[:, None] * _rating(case, keys) ** 2 if keys else np.zeros((0, 1))


@parameter(over=("resistive_expandable_year", "time"), unit="MW", minimum=0, source="formulation.md G1")
def standing_line_loss_max(case: Case, sets: SetValues) -> np.ndarray:
    """Loss at the limit of what stands of a line that can be expanded."""
    keys = sets["resistive_expandable_year"]
    return (_resistance(case, keys) * _limit(case, keys, ()) ** 2)[:, None] * _rating(case, keys) ** 2


@parameter(over=("resistive_expandable_year", "time"), unit="MW/MW", minimum=0, source="formulation.md G1")
def added_line_loss_max(case: Case, sets: SetValues) -> np.ndarray:
    """What every added MW adds to it, on the way to the loss at the limit with all that may be added."""
    keys = sets["resistive_expandable_year"]
    both = _limit(case, keys, ()) + _limit(case, keys, set(keys))
    shares = np.array([secure_share(case, key) for key in keys])
    return (_resistance(case, keys) * shares * both)[:, None] * _rating(case, keys) ** 2


variable(
    "line_loss",
    over=("resistive_line_year", "time"),
    unit="MW",
    upper="line_loss_max",
    doc="What a line loses in an hour by its resistance.",
)


@contributes("carrier_balance", source="formulation.md G1")
def line_loss_taken(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Losses of lines, half at each end."""
    return -sum(0.5 * m.line_loss[l, y, t] for l in m.resistive_lines_at[n, c, y])


@constraint(over=("loss_tangent", "time"), unit="MW", source="formulation.md G1")
def line_loss_forward(m: Any, l: str, i: int, y: int, t: int) -> Any:
    """The loss of a flow along the line lies above every tangent."""
    return m.line_loss[l, y, t] >= m.loss_slope[l, i, y] * m.flow[l, y, t] - m.loss_offset[l, i, y]


@constraint(over=("loss_tangent", "time"), unit="MW", source="formulation.md G1")
def line_loss_backward(m: Any, l: str, i: int, y: int, t: int) -> Any:
    """The loss of a flow against the line lies above every tangent."""
    return m.line_loss[l, y, t] >= -m.loss_slope[l, i, y] * m.flow[l, y, t] - m.loss_offset[l, i, y]


@constraint(over=("resistive_expandable_year", "time"), unit="MW", source="formulation.md G1")
def line_loss_limit(m: Any, l: str, y: int, t: int) -> Any:
    """A line that can be expanded loses no more than the secant says between what stands and what may be added."""
    return (
        m.line_loss[l, y, t]
        <= m.standing_line_loss_max[l, y, t] + m.added_line_loss_max[l, y, t] * m.corridor_expansion[l, y]
    )
