"""Steps that stand for the same months or weeks of the year, put together: what peaks are charged by (B1, F8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from model.data.time_axis import TimeAxis

HOURS_OF_WEEK = 168
WEEKS = 52


def step_weeks(time: TimeAxis) -> list[tuple[int, int]]:
    """Pairs of a step and a week (1 to 52; the last one has the rest of the year) with an hour that it stands for.

    The calendar is walked run by run: a step of a typical day stands for every week with a day of its kind, a step of a
    period longer than a week for the weeks in which it lies itself.
    """
    lengths = time.periods["hours"].to_numpy(dtype=float)
    first = time.periods["first_step"].to_numpy(dtype=int)
    count = time.periods["steps"].to_numpy(dtype=int)
    found: set[tuple[int, int]] = set()
    start, year = 0.0, None
    for period, repeats, weather_year in zip(
        *(time.runs[c] for c in ("period", "repeats", "weather_year")), strict=True
    ):
        start, year = (start if weather_year == year else 0.0), weather_year
        steps = np.arange(first[period], first[period] + count[period])
        offset = np.concatenate([[0.0], np.cumsum(np.asarray(time.length, dtype=float)[steps])[:-1]])
        times = np.arange(max(1, int(np.ceil(repeats))))
        hours = start + lengths[period] * times[:, None] + offset
        weeks = np.minimum(hours // HOURS_OF_WEEK, WEEKS - 1).astype(int) + 1
        found |= {(int(step), int(week)) for step, of in zip(steps, weeks.T, strict=True) for week in np.unique(of)}
        start += lengths[period] * repeats
    return sorted(found)


def block_numbers(period: Sequence[int], stands_for: Iterable[tuple[int, int]]) -> np.ndarray:
    """Number of the block of every step, in order of appearance: one period, one set of months (or weeks).

    Args:
        period: period of every step.
        stands_for: pairs of a step and a month (or week) for which it stands; every step has one.
    """
    own: dict[int, list[int]] = {}
    for step, label in stands_for:
        own.setdefault(int(step), []).append(int(label))
    numbers: dict[tuple[int, tuple[int, ...]], int] = {}
    keys = [(int(of), tuple(sorted(own[step]))) for step, of in enumerate(period)]
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
