"""Years and time steps: one set of steps; period, weight and length are maps and numbers on it (formulation T1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.registry import index_map, index_set, parameter

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


@index_set(dims=("year",))
def year(case: Case) -> list[int]:
    """Investment (milestone) years."""
    return list(case.years)


@index_set(dims=("time",))
def time(case: Case) -> range:
    """Time steps of all periods, in order."""
    return range(case.time.count)


@index_set(dims=("period",))
def period(case: Case) -> range:
    """Periods: one for a full year, otherwise representative days, spells or weeks."""
    return range(len(case.time.periods))


@parameter(over=("time",), unit="h", minimum=0, source="formulation.md section 0")
def weight(case: Case) -> np.ndarray:
    """Hours of the year for which a step stands; they add up to the hours of the year."""
    return np.asarray(case.time.weight, dtype=float)


@parameter(over=("time",), unit="h", minimum=0, source="formulation.md section 0")
def step_length(case: Case) -> np.ndarray:
    """Length of a step itself: what storage, ramps and down times take."""
    return np.asarray(case.time.length, dtype=float)


@parameter(over=("year",), unit="1", minimum=0, source="formulation.md O1")
def discount_weight(case: Case) -> Any:
    """Discounted number of years for which a milestone year stands."""
    return case.discount_weight


@index_map(over=("year",), to="year")
def previous_year(case: Case) -> list[int]:
    """Milestone year before (the first is its own)."""
    return [case.years[0], *case.years[:-1]]


@index_map(over=("time",), to="time")
def previous_time(case: Case) -> np.ndarray:
    """Step before, cyclic inside the period."""
    return np.asarray(case.time.previous, dtype=np.int64)


@index_map(over=("time",), to="period")
def period_of(case: Case) -> np.ndarray:
    """Period to which a step belongs."""
    return np.asarray(case.time.period, dtype=np.int64)


def label_positions(sets: SetValues, name: str, labels: list[Any]) -> np.ndarray:
    """Positions of labels in a set, for maps and arrays."""
    positions = sets.positions(name)
    return np.array([positions[label] for label in labels], dtype=np.int64)
