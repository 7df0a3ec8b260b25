"""Stores that carry energy across the year between representative periods (formulation T2, after Kotzur et al. 2018).

The level of such a store is the state at the start of a calendar period plus the deviation inside its representative.
Consecutive calendar periods with the same representative form a *run*.  In a run the state moves monotonically (each
repetition keeps the same share and adds the same amount), so limits at the first and at the last repetition are exact
for all between: rows grow with the number of runs, not of days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number
from model.core.registry import constraint, index_map, index_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


@index_set(dims=("store", "year"))
def linked_store_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Stores that carry energy from one calendar period to the next."""
    cyclic = sets.positions("cyclic_store_year")
    return [key for key in sets["store_year"] if key not in cyclic]


@index_set(dims=("run",))
def run(case: Case) -> range:
    """Runs of calendar periods with the same representative, in calendar order."""
    return range(len(case.time.runs))


@index_set(dims=("run",))
def repeated_run(case: Case) -> list[int]:
    """Runs of more than one calendar period."""
    return [number for number, repeats in enumerate(case.time.runs["repeats"]) if repeats > 1]


@index_set(dims=("time",))
def time_first(case: Case) -> list[int]:
    """First step of each period."""
    return [int(step) for step in np.flatnonzero(case.time.first_of_period)]


@index_set(dims=("time",))
def time_rest(case: Case) -> list[int]:
    """All other steps."""
    return [int(step) for step in np.flatnonzero(~np.asarray(case.time.first_of_period))]


@index_map(over=("run",), to="run")
def next_run(case: Case) -> np.ndarray:
    """The run after; the last of a weather year leads back to its first."""
    years = case.time.runs["weather_year"].to_numpy()
    following = np.arange(1, len(years) + 1)
    for year in np.unique(years):
        own = np.flatnonzero(years == year)
        following[own[-1]] = own[0]
    return following.astype(np.int64)


@index_map(over=("run",), to="period")
def period_of_run(case: Case) -> np.ndarray:
    """The representative period that a run repeats."""
    return case.time.runs["period"].to_numpy().astype(np.int64)


@index_map(over=("period",), to="time")
def last_time_of(case: Case) -> np.ndarray:
    """Last step of a period."""
    starts = np.flatnonzero(case.time.first_of_period)
    return np.append(starts[1:], case.time.count).astype(np.int64) - 1


def _kept_per_repetition(case: Case, sets: SetValues) -> np.ndarray:
    """Share of the energy left after one repetition, over linked stores and runs."""
    losses = np.array([number(case.stores, store, "standing_loss") for store, _ in sets["linked_store_year"]])
    hours = case.time.periods["hours"].to_numpy()[period_of_run(case)]
    return (1.0 - losses)[:, None] ** hours[None, :]


def _geometric(ratio: np.ndarray, count: np.ndarray) -> np.ndarray:
    """1 + ratio + … + ratio^(count − 1)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        closed = (1.0 - ratio**count) / (1.0 - ratio)
    return np.where(ratio == 1.0, count * np.ones_like(ratio), closed)


@parameter(over=("linked_store_year", "run"), unit="1", minimum=0, maximum=1)
def kept_in_period(case: Case, sets: SetValues) -> np.ndarray:
    """Share of the energy that is left after one repetition of a run's period."""
    return _kept_per_repetition(case, sets)


@parameter(over=("linked_store_year", "run"), unit="1", minimum=0, maximum=1)
def kept_in_run(case: Case, sets: SetValues) -> np.ndarray:
    """Share of the energy that is left after a whole run."""
    return _kept_per_repetition(case, sets) ** case.time.runs["repeats"].to_numpy()[None, :]


@parameter(over=("linked_store_year", "run"), unit="1", minimum=0)
def gained_in_run(case: Case, sets: SetValues) -> np.ndarray:
    """How often the net deviation of the period counts over a whole run."""
    repeats = case.time.runs["repeats"].to_numpy()[None, :]
    return _geometric(_kept_per_repetition(case, sets), repeats)


@parameter(over=("linked_store_year", "run"), unit="1", minimum=0, maximum=1)
def kept_before_last(case: Case, sets: SetValues) -> np.ndarray:
    """Share of the energy left at the start of the run's last repetition."""
    return _kept_per_repetition(case, sets) ** (case.time.runs["repeats"].to_numpy()[None, :] - 1)


@parameter(over=("linked_store_year", "run"), unit="1", minimum=0)
def gained_before_last(case: Case, sets: SetValues) -> np.ndarray:
    """How often the net deviation counts up to the start of the run's last repetition."""
    repeats = case.time.runs["repeats"].to_numpy()[None, :] - 1
    return _geometric(_kept_per_repetition(case, sets), repeats)


variable(
    "store_deviation",
    over=("linked_store_year", "time"),
    unit="MWh",
    lower=float("-inf"),
    doc="Energy in a linked store at the end of a step, less what is left of its state at the start of the period.",
    sign="positive: filled since the start of the period; negative: drawn from",
)
variable(
    "store_lowest",
    over=("linked_store_year", "period"),
    unit="MWh",
    lower=float("-inf"),
    upper=0.0,
    doc="Lowest deviation in a period (zero at its start).",
    sign="negative: so much has been drawn since the start of the period; never positive",
)
variable(
    "store_highest",
    over=("linked_store_year", "period"),
    unit="MWh",
    doc="Highest deviation in a period (zero at its start).",
)
variable(
    "store_state", over=("linked_store_year", "run"), unit="MWh", doc="Energy in a linked store at the start of a run."
)


@constraint(over=("linked_store_year", "time_first"), unit="MWh", source="formulation.md T2")
def store_deviation_first(m: Any, s: str, y: int, t: int) -> Any:
    """A period starts from deviation zero."""
    return m.store_deviation[s, y, t] == m.step_length[t] * (
        m.charge_efficiency[s, y] * m.store_charge[s, y, t] - m.store_discharge[s, y, t] / m.discharge_efficiency[s, y]
    )


@constraint(over=("linked_store_year", "time_rest"), unit="MWh", source="formulation.md T2")
def store_deviation_rest(m: Any, s: str, y: int, t: int) -> Any:
    """Deviation is what is left of the step before, plus what is charged, less what is discharged."""
    return m.store_deviation[s, y, t] == m.kept_share[s, y, t] * m.store_deviation[
        s, y, m.previous_time[t]
    ] + m.step_length[t] * (
        m.charge_efficiency[s, y] * m.store_charge[s, y, t] - m.store_discharge[s, y, t] / m.discharge_efficiency[s, y]
    )


@constraint(over=("linked_store_year", "time"), unit="MWh", source="formulation.md T2")
def store_lowest_limit(m: Any, s: str, y: int, t: int) -> Any:
    """No step lies below the lowest deviation of its period."""
    return m.store_lowest[s, y, m.period_of[t]] <= m.store_deviation[s, y, t]


@constraint(over=("linked_store_year", "time"), unit="MWh", source="formulation.md T2")
def store_highest_limit(m: Any, s: str, y: int, t: int) -> Any:
    """No step lies above the highest deviation of its period."""
    return m.store_highest[s, y, m.period_of[t]] >= m.store_deviation[s, y, t]


@constraint(over=("linked_store_year", "run"), unit="MWh", source="formulation.md T2")
def store_state_balance(m: Any, s: str, y: int, r: int) -> Any:
    """The next run starts with what is left of this run's start and what its periods gained; cyclic over the year."""
    return (
        m.store_state[s, y, m.next_run[r]]
        == m.kept_in_run[s, y, r] * m.store_state[s, y, r]
        + m.gained_in_run[s, y, r] * m.store_deviation[s, y, m.last_time_of[m.period_of_run[r]]]
    )


@constraint(over=("linked_store_year", "run"), unit="MWh", source="formulation.md T2")
def store_not_empty_first(m: Any, s: str, y: int, r: int) -> Any:
    """In the first repetition the store never falls below zero."""
    return m.kept_in_period[s, y, r] * m.store_state[s, y, r] + m.store_lowest[s, y, m.period_of_run[r]] >= 0


@constraint(over=("linked_store_year", "run"), unit="MWh", source="formulation.md T2")
def store_not_over_full_first(m: Any, s: str, y: int, r: int) -> Any:
    """In the first repetition the store never holds more than its capacity."""
    return m.store_state[s, y, r] + m.store_highest[s, y, m.period_of_run[r]] <= m.capacity[m.energy_part[s, y], y]


@constraint(over=("linked_store_year", "repeated_run"), unit="MWh", source="formulation.md T2")
def store_not_empty_last(m: Any, s: str, y: int, r: int) -> Any:
    """In the last repetition the store never falls below zero."""
    return (
        m.kept_in_period[s, y, r]
        * (
            m.kept_before_last[s, y, r] * m.store_state[s, y, r]
            + m.gained_before_last[s, y, r] * m.store_deviation[s, y, m.last_time_of[m.period_of_run[r]]]
        )
        + m.store_lowest[s, y, m.period_of_run[r]]
        >= 0
    )


@constraint(over=("linked_store_year", "repeated_run"), unit="MWh", source="formulation.md T2")
def store_not_over_full_last(m: Any, s: str, y: int, r: int) -> Any:
    """In the last repetition the store never holds more than its capacity."""
    return (
        m.kept_before_last[s, y, r] * m.store_state[s, y, r]
        + m.gained_before_last[s, y, r] * m.store_deviation[s, y, m.last_time_of[m.period_of_run[r]]]
        + m.store_highest[s, y, m.period_of_run[r]]
        <= m.capacity[m.energy_part[s, y], y]
    )
