"""The time steps of a case: what each stands for, what came before it, and how the year is put together (T1, T2).

A *calendar* holds all hours of the weather years one after another. A *period* is a stretch of consecutive hours of one
weather year that the model computes; the calendar is a sequence of *runs*, each some repetitions of one period. In mode
`full` a weather year is one period. Hours weigh what their period counts, so that the weights of all steps add up to
the hours of a year (averaged over the weather years).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Calendar:
    """All hours of all weather years, one after another.

    Args:
        years: weather years.
        share: weight of each weather year; adds up to one.
        first: position of the first hour of each weather year, and the end after the last.
        utc: start of each hour.
    """

    years: tuple[int, ...]
    share: tuple[float, ...]
    first: tuple[int, ...]
    utc: np.ndarray

    @classmethod
    def of_years(cls, years: Sequence[int], weights: Sequence[float] | None = None) -> Calendar:
        """Make the calendar of whole years; without weights all count the same."""
        shares = [1.0] * len(years) if weights is None else [float(weight) for weight in weights]
        total = sum(shares)
        stretches = [
            np.arange(np.datetime64(f"{year}-01-01T00", "h"), np.datetime64(f"{year + 1}-01-01T00", "h"))
            for year in years
        ]
        first = np.concatenate([[0], np.cumsum([len(stretch) for stretch in stretches])])
        return cls(
            tuple(years),
            tuple(share / total for share in shares),
            tuple(int(position) for position in first),
            np.concatenate(stretches),
        )

    @property
    def hour_weight(self) -> np.ndarray:
        """Weight of every hour; adds up to the hours of an average year."""
        lengths = np.diff(self.first)
        return np.repeat(np.asarray(self.share), lengths)

    def hours_of(self, position: int) -> slice:
        """Hours of the weather year at this position."""
        return slice(self.first[position], self.first[position + 1])

    def month(self, hour: np.ndarray | int) -> np.ndarray:
        """Month (1..12, UTC) of hours given by position."""
        return self.utc[hour].astype("datetime64[M]").astype(int) % 12 + 1


@dataclass(frozen=True)
class ChosenPeriod:
    """A stretch of the calendar that the model computes.

    Args:
        start: position of its first hour in the calendar.
        hours: its length.
        kind: `typical`, `peak`, `spell`, `sample` or `full`.
        count: times that it stands for in an average year.
        months: months with a day that it stands for.
    """

    start: int
    hours: int
    kind: str
    count: float
    months: tuple[int, ...]


@dataclass(frozen=True)
class TimeAxis:
    """The steps of a case; arrays run over the steps.

    Args:
        count: number of steps.
        weight: hours of an average year for which a step stands, h.
        length: length of a step, h.
        period: period of a step.
        previous: position of the step before, cyclic inside the period.
        first_of_period: whether a step is the first of its period.
        utc: start of the step in the weather year from which it was taken.
        weather_year: weather year from which it was taken.
        hour: position in the calendar of its first hour.
        periods: one row per period: start, steps, hours, count, label, kind, weather_year, first_step.
        runs: one row per run, in calendar order: period, repeats, weather_year.
        period_months: pairs of a period and a month (1..12) with a day that the period stands for.
        step_months: pairs of a step and a month for which the step stands; in a year-long period its own month only.
        calendar: hours from which the steps were taken.
        report: what the aggregation costs in accuracy, one row per series.
    """

    count: int
    weight: np.ndarray
    length: np.ndarray
    period: np.ndarray
    previous: np.ndarray
    first_of_period: np.ndarray
    utc: np.ndarray
    weather_year: np.ndarray
    hour: np.ndarray
    periods: pd.DataFrame
    runs: pd.DataFrame
    period_months: list[tuple[int, int]]
    step_months: list[tuple[int, int]]
    calendar: Calendar
    report: pd.DataFrame = field(repr=False)

    @property
    def hours_per_year(self) -> float:
        """Hours of an average year, h."""
        return float(self.weight.sum())

    @property
    def forced(self) -> np.ndarray:
        """Whether a step belongs to a forced period (peak, cold or spell), whose values are never rescaled."""
        kinds = self.periods["kind"].isin(["peak", "cold", "spell"]).to_numpy()
        return kinds[self.period]

    def take(self, hourly: np.ndarray) -> np.ndarray:
        """Average a series over the calendar's hours (last axis) to the steps."""
        length = int(self.length[0])
        hours = self.hour[:, None] + np.arange(length)
        return np.asarray(hourly)[..., hours].mean(axis=-1)


def build_time_axis(
    calendar: Calendar, chosen: Sequence[ChosenPeriod], runs: Sequence[tuple[int, float, int]], step_hours: int
) -> TimeAxis:
    """Lay chosen periods out as steps.

    Args:
        calendar: hours from which the periods are taken.
        chosen: periods, in the order in which they shall stand.
        runs: calendar order as (period, repeats, weather year).
        step_hours: hours per step; must divide the length of every period.
    """
    import pandas as pd

    counts = [period.hours // step_hours for period in chosen]
    first_step = np.concatenate([[0], np.cumsum(counts)]).astype(int)
    total = int(first_step[-1])
    period = np.repeat(np.arange(len(chosen)), counts)
    within = np.arange(total) - first_step[period]
    hour = np.asarray([item.start for item in chosen], dtype=int)[period] + within * step_hours
    previous = np.arange(total) - 1
    is_first = within == 0
    previous[is_first] = first_step[1:][period[is_first]] - 1
    year_of = np.searchsorted(np.asarray(calendar.first), hour, side="right") - 1
    weather_year = np.asarray(calendar.years)[year_of]
    table = pd.DataFrame(
        {
            "start": calendar.utc[[item.start for item in chosen]].astype("datetime64[s]"),
            "steps": counts,
            "hours": [item.hours for item in chosen],
            "count": [item.count for item in chosen],
            "label": [_label(calendar, item) for item in chosen],
            "kind": [item.kind for item in chosen],
            "weather_year": weather_year[first_step[:-1]],
            "first_step": first_step[:-1],
        },
        index=pd.RangeIndex(len(chosen), name="period"),
    )
    run_table = pd.DataFrame(list(runs), columns=["period", "repeats", "weather_year"]).astype(
        {"period": int, "repeats": float, "weather_year": int}
    )
    run_table.index.name = "run"
    return TimeAxis(
        count=total,
        weight=np.asarray([item.count for item in chosen], dtype=float)[period] * step_hours,
        length=np.full(total, float(step_hours)),
        period=period,
        previous=previous,
        first_of_period=is_first,
        utc=calendar.utc[hour].astype("datetime64[s]"),
        weather_year=weather_year,
        hour=hour,
        periods=table,
        runs=run_table,
        period_months=[(p, m) for p, item in enumerate(chosen) for m in item.months],
        step_months=_step_months(calendar, chosen, period, hour),
        calendar=calendar,
        report=pd.DataFrame(),
    )


def _label(calendar: Calendar, period: ChosenPeriod) -> str:
    day = np.datetime_as_string(calendar.utc[period.start], unit="D")
    return f"{period.kind} {day}" if period.hours <= 24 else f"{period.kind} {day} ({period.hours / 24:g} days)"


def _step_months(
    calendar: Calendar, chosen: Sequence[ChosenPeriod], period: np.ndarray, hour: np.ndarray
) -> list[tuple[int, int]]:
    """A step of a year-long period stands in its own month; any other one in all months of its period."""
    own = calendar.month(hour)
    return [
        (step, int(month))
        for step in range(len(period))
        for month in ((own[step],) if chosen[period[step]].kind == "full" else chosen[period[step]].months)
    ]


def run_lengths(sequence: Sequence[Any]) -> list[tuple[Any, int]]:
    """Write a sequence as (item, how often in a row)."""
    runs: list[tuple[Any, int]] = []
    for item in sequence:
        if runs and runs[-1][0] == item:
            runs[-1] = (item, runs[-1][1] + 1)
        else:
            runs.append((item, 1))
    return runs
