"""A stretch of hours of a full-hour case as a case of its own, where a whole year is too large."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from model.errors import InputError, Problem

if TYPE_CHECKING:
    from model.data.case import Case
    from model.data.time_axis import TimeAxis


def cut_case(case: Case, hours: int, start: int = 0) -> Case:
    """Keep a stretch of consecutive steps of a full-hour case, and let it stand for the whole year.

    The stretch becomes one cyclic period; its weights are scaled so that they add up to the hours of the year.

    Args:
        case: a case of one weather year in time mode `full`.
        hours: steps to keep, h.
        start: position of the first step kept.

    Raises:
        InputError: the case has several periods, or fewer steps than asked for.
    """
    where = f"scenario {case.scenario.name}"
    if len(case.time.periods) != 1:
        raise InputError([Problem(where, "", "time.mode", case.scenario.time.mode, "full, with one weather year")])
    if not 0 <= start < start + hours <= case.time.count:
        expected = f"{start} + {hours} steps within the {case.time.count} of the case"
        raise InputError([Problem(where, "", "hours", str(hours), expected)])
    kept = slice(start, start + hours)
    time = _cut_axis(case.time, kept)
    series = case.demand_series[:, kept]
    return replace(
        case,
        time=time,
        demand=case.demand.assign(annual=series @ time.weight),
        demand_series=series,
        hourly={name: array.isel(time=kept) for name, array in case.hourly.items()},
    )


def _cut_axis(axis: TimeAxis, kept: slice) -> TimeAxis:
    count = kept.stop - kept.start
    weight = axis.weight[kept] * (axis.weight.sum() / axis.weight[kept].sum())
    length = axis.length[kept]
    previous = np.arange(count) - 1
    previous[0] = count - 1
    months = [(step - kept.start, month) for step, month in axis.step_months if kept.start <= step < kept.stop]
    first = np.zeros(count, dtype=bool)
    first[0] = True
    return replace(
        axis,
        count=count,
        weight=weight,
        length=length,
        period=np.zeros(count, dtype=int),
        previous=previous,
        first_of_period=first,
        utc=axis.utc[kept],
        weather_year=axis.weather_year[kept],
        hour=axis.hour[kept],
        periods=axis.periods.assign(
            start=axis.utc[kept.start], steps=count, hours=float(length.sum()), count=weight[0] / length[0]
        ),
        runs=axis.runs.assign(repeats=1.0),
        period_months=sorted({(0, month) for _, month in months}),
        step_months=months,
    )
