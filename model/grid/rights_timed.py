"""Rights that hold in some hours: time-block (TBTR) and 85 % of the hours (TDTR85, "ATR85") in both published forms.

Budget form: the operator restricts MW by the hour, at most 15 % of the energy of a right in a year.  Data form: nothing
in the hours of highest area load, as many as stand for 15 % of the year.  Every point of the data form is a point of
the budget form, so with the same row on rights (`rights_adequacy`) the budget form is never dearer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number
from model.core.registry import constraint, index_set, indexed_set, parameter, variable
from model.core.rights import (
    Right,
    by_holder,
    forecast,
    highest_hours,
    hours_of_block,
    load_of,
    nodes_of_areas,
    of_kind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.core.sets import SetValues
    from model.data.case import Case

Way = tuple[str, str, int]


@index_set(dims=("connection", "direction", "contract_class", "year"))
def budgeted_right(case: Case, sets: SetValues) -> list[Right]:
    """Rights in a share of the hours that are restricted by hour and part (budget form)."""
    return of_kind(case, sets["right_way"], "duration") if case.scenario.grid.atr85_form == "budget" else []


@index_set(dims=("connection", "direction", "contract_class", "year"))
def timed_right(case: Case, sets: SetValues) -> list[Right]:
    """Rights whose hours are known before the solve: blocks, and shares of the hours in the data form."""
    kinds = ("block",) if case.scenario.grid.atr85_form == "budget" else ("block", "duration")
    return of_kind(case, sets["right_way"], *kinds)


@indexed_set(over="holder_way", dims=("connection", "contract_class"))
def holder_timed(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Rights of a holder whose hours are known before the solve."""
    return by_holder(case, sets["timed_right"])


@indexed_set(over="holder_way", dims=("connection", "contract_class"))
def holder_budgeted(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Rights of a holder that are restricted by hour and part."""
    return by_holder(case, sets["budgeted_right"])


@parameter(over=("timed_right", "time"), unit="1", minimum=0, maximum=1, source="congestion_products.md")
def right_hours(case: Case, sets: SetValues) -> np.ndarray:
    """One in the hours in which a right holds, zero in the others."""
    values = np.ones((len(sets["timed_right"]), case.time.count))
    nodes = nodes_of_areas(case) if len(values) else {}
    for row, key in enumerate(sets["timed_right"]):
        if case.rights.offers.at[key[:3], "kind"] == "block":
            offer = case.rights.offers
            limits = number(offer, key[:3], "block_start"), number(offer, key[:3], "block_end")
            values[row] = hours_of_block(case, *limits)
        else:
            values[row] = 1.0 - _restricted(case, key, nodes)
    return values


def _restricted(case: Case, key: Right, below: Mapping[str, set[str]]) -> np.ndarray:
    """One in the restricted hours of a right: as given, or those in which its area has most to carry."""
    if key in case.rights.hours:
        return np.asarray(case.rights.hours[key], dtype=float)
    name, direction, _, year = key
    node = str(case.rights.connections.at[name, "node"])
    areas: list[str] = case.rights.connections["areas"][name]
    nodes = below[areas[-1]] if areas else {node}
    load = load_of(case, nodes, year)
    signed = load if direction == "offtake" else -load
    share = number(case.rights.offers, key[:3], "restricted_share")
    return highest_hours(forecast(case, nodes, direction, year), np.asarray(case.time.weight), share, signed)


@parameter(over=("budgeted_right",), unit="h", minimum=0, source="congestion_products.md")
def restricted_hours_max(case: Case, sets: SetValues) -> list[float]:
    """Hours of full restriction a year that a right allows: 15 % of all."""
    hours = float(np.asarray(case.time.weight, dtype=float).sum())
    return [number(case.rights.offers, key[:3], "restricted_share") * hours for key in sets["budgeted_right"]]


variable(
    "right_restricted",
    over=("budgeted_right", "time"),
    unit="MW",
    doc="Part of a right in a share of the hours that the operator restricts.",
)


@constraint(over=("budgeted_right", "time"), unit="MW", source="formulation.md G3")
def right_restricted_limit(m: Any, i: str, d: str, k: str, y: int, t: int) -> Any:
    """No more is restricted than there is of the right."""
    return m.right_restricted[i, d, k, y, t] <= m.connection_right[i, d, k, y]


@constraint(over=("budgeted_right",), unit="MWh", source="formulation.md G3")
def right_restricted_budget(m: Any, i: str, d: str, k: str, y: int) -> Any:
    """Of the energy of a right at most a share is restricted in a year: the guarantee of 85 %."""
    return (
        sum(m.weight[t] * m.right_restricted[i, d, k, y, t] for t in m.time)
        <= m.restricted_hours_max[i, d, k, y] * m.connection_right[i, d, k, y]
    )
