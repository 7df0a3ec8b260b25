"""Choose the periods that the model computes: all hours, typical days with forced extremes, or named weeks (T1).

Mode `representative`, for every weather year apart: the calendar is cut into blocks of `period_hours`; the block with
the highest electricity load is kept, and the worst wind-and-sun-poor spell is kept as one period of consecutive
blocks in calendar order. The other blocks are clustered (tsam, hierarchical with medoids) and each cluster is stood
for by the real block in its middle, as many times as the cluster has blocks. The coldest block outside the spell is
kept too and takes over the blocks that are more like it than like the middle of their cluster: a cold spell of weeks
then stands at its place in the calendar, and stores cannot bridge it as if it were a day. Nothing is drawn at random.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model.data.time_axis import Calendar, ChosenPeriod, TimeAxis, build_time_axis, run_lengths

if TYPE_CHECKING:
    from model.scenario import Time

RENEWABLES = ("wind_onshore", "wind_offshore", "solar")


@dataclass(frozen=True)
class Signals:
    """National hourly series over the calendar that steer the choice of periods.

    Args:
        features: series by name that are clustered; a name ends in its group of regions (`solar:north`).
        load: electricity demand, any unit.
        heat: demand for heat, any unit; all zero where there is none.
        renewables: mean capacity factor of wind on land, wind at sea and sun, each counted once.
    """

    features: Mapping[str, np.ndarray]
    load: np.ndarray
    renewables: np.ndarray
    heat: np.ndarray

    @property
    def scarcity(self) -> np.ndarray:
        """Load less renewables, each over its own mean: high when there is little wind and sun for the load."""
        return _over_mean(self.load) - _over_mean(self.renewables)


def _over_mean(series: np.ndarray) -> np.ndarray:
    mean = float(np.mean(series))
    return series / mean if mean > 0 else np.zeros_like(series)


def choose_time_axis(calendar: Calendar, settings: Time, signals: Signals | None) -> TimeAxis:
    """Build the time axis of a scenario.

    Args:
        calendar: hours of the weather years.
        settings: section `time` of the scenario.
        signals: national series; needed in mode `representative` only.
    """
    chosen: list[ChosenPeriod] = []
    runs: list[tuple[int, float, int]] = []
    for position in range(len(calendar.years)):
        if settings.mode == "full":
            found = _full(calendar, position)
        elif settings.mode == "sample":
            found = _sample(calendar, position, settings.weeks)
        else:
            if signals is None:
                raise ValueError("mode representative needs the national series")
            found = _representative(calendar, position, settings, signals)
        periods, sequence = found
        offset = len(chosen)
        chosen += periods
        runs += [(offset + period, repeats, calendar.years[position]) for period, repeats in sequence]
    return build_time_axis(calendar, chosen, runs, settings.step_hours)


def _full(calendar: Calendar, position: int) -> tuple[list[ChosenPeriod], list[tuple[int, float]]]:
    hours = calendar.hours_of(position)
    length = hours.stop - hours.start
    return [ChosenPeriod(hours.start, length, "full", calendar.share[position], tuple(range(1, 13)))], [(0, 1.0)]


def _sample(calendar: Calendar, position: int, weeks: list[int]) -> tuple[list[ChosenPeriod], list[tuple[int, float]]]:
    """Named ISO weeks, each repeated for its equal part of the year, in the order of the calendar."""
    hours = calendar.hours_of(position)
    length = hours.stop - hours.start
    repeats = length / (168.0 * len(weeks))
    chosen = []
    for number, week in enumerate(weeks):
        part = np.arange(hours.start + number * length // len(weeks), hours.start + (number + 1) * length // len(weeks))
        start = hours.start + _week_start(calendar.years[position], week, length)
        months = sorted({int(month) for month in calendar.month(part)})
        chosen.append(ChosenPeriod(start, 168, "sample", repeats * calendar.share[position], tuple(months)))
    return chosen, [(number, repeats) for number in range(len(weeks))]


def _week_start(year: int, week: int, hours: int) -> int:
    """Hour of the year at which an ISO week starts; a week that crosses the turn of the year is moved inside it."""
    fourth = np.datetime64(f"{year}-01-04", "D")
    monday = fourth - (fourth.astype(int) + 3) % 7
    day = int((monday - np.datetime64(f"{year}-01-01", "D")).astype(int)) + 7 * (week - 1)
    return min(max(day, 0), hours // 24 - 7) * 24


def _representative(
    calendar: Calendar, position: int, settings: Time, signals: Signals
) -> tuple[list[ChosenPeriod], list[tuple[int, float]]]:
    hours = calendar.hours_of(position)
    size = settings.period_hours
    blocks = (hours.stop - hours.start) // size
    rest = (hours.stop - hours.start) % size
    owner, kinds, starts = _forced(signals, hours, blocks, settings)
    coldest = _keep_coldest(signals, hours, settings, owner, kinds, starts) if settings.cold_forced else None
    free = np.flatnonzero(owner < 0)
    if len(free):
        features = {
            name: series[hours][: blocks * size].reshape(blocks, size)[free]
            for name, series in signals.features.items()
        }
        centre, cluster = cluster_blocks(features, min(settings.periods, len(free)))
        for medoid in np.unique(centre):
            kinds.append("typical")
            starts.append((int(free[medoid]), 1))
            owner[free[centre[cluster] == medoid]] = len(kinds) - 1
        if coldest is not None:
            _take_over(signals, hours, size, owner, coldest, starts, free)
    order = sorted(range(len(kinds)), key=lambda number: starts[number])
    rank = {number: place for place, number in enumerate(order)}
    sequence = [rank[int(number)] for number in owner]
    lengths = [starts[number][1] for number in order]
    runs: list[tuple[int, float]] = [(period, repeats / lengths[period]) for period, repeats in run_lengths(sequence)]
    if rest:
        last = next((p for p in reversed(sequence) if lengths[p] == 1), sequence[-1])
        runs.append((last, rest / (size * lengths[last])))
    chosen = []
    for place, number in enumerate(order):
        first, length = starts[number]
        count = sum(repeats for period, repeats in runs if period == place)
        own = np.flatnonzero(np.asarray(sequence) == place)
        hour = hours.start + (own[:, None] * size + np.arange(0, size, 24)).ravel()
        months = {int(month) for month in calendar.month(hour)}
        if rest and runs[-1][0] == place:
            months.add(12)
        chosen.append(
            ChosenPeriod(
                hours.start + first * size,
                length * size,
                kinds[number],
                count * calendar.share[position],
                tuple(sorted(months)),
            )
        )
    return chosen, runs


def _forced(
    signals: Signals, hours: slice, blocks: int, settings: Time
) -> tuple[np.ndarray, list[str], list[tuple[int, int]]]:
    """Keep the spell and the peak block: owner of each block (-1: free), kinds, (first block, blocks) by period."""
    size = settings.period_hours
    owner = np.full(blocks, -1)
    kinds: list[str] = []
    starts: list[tuple[int, int]] = []
    if settings.spell_forced:
        length = min(blocks, math.ceil(settings.spell_days * 24 / size))
        scarcity = signals.scarcity[hours][: blocks * size].reshape(blocks, size).sum(axis=1)
        running = np.convolve(scarcity, np.ones(length), mode="valid")
        first = int(np.argmax(running))
        kinds.append("spell")
        starts.append((first, length))
        owner[first : first + length] = 0
    if settings.peak_forced:
        peak = int(np.argmax(signals.load[hours][: blocks * size])) // size
        if owner[peak] < 0:
            owner[peak] = len(kinds)
            kinds.append("peak")
            starts.append((peak, 1))
    return owner, kinds, starts


def _keep_coldest(
    signals: Signals,
    hours: slice,
    settings: Time,
    owner: np.ndarray,
    kinds: list[str],
    starts: list[tuple[int, int]],
) -> int | None:
    """Keep the block with the most demand for heat outside the spell; its period, or None where there is no heat."""
    size, blocks = settings.period_hours, len(owner)
    heat = signals.heat[hours][: blocks * size].reshape(blocks, size).sum(axis=1)
    outside = np.array([number < 0 or kinds[number] != "spell" for number in owner])
    if not outside.any() or heat.max() <= heat.min():
        return None
    block = int(np.flatnonzero(outside)[np.argmax(heat[outside])])
    if owner[block] < 0:
        owner[block] = len(kinds)
        kinds.append("cold")
        starts.append((block, 1))
    return int(owner[block])


def _take_over(
    signals: Signals,
    hours: slice,
    size: int,
    owner: np.ndarray,
    period: int,
    starts: list[tuple[int, int]],
    free: np.ndarray,
) -> None:
    """Give a period the free blocks that are nearer to it, over all features from least to most, than to their own."""
    shapes = []
    for series in signals.features.values():
        values = series[hours][: len(owner) * size].reshape(len(owner), size)
        if values.max() > values.min():
            shapes.append((values - values.min()) / (values.max() - values.min()))
    place = np.concatenate(shapes, axis=1)
    own = np.array([starts[number][0] for number in owner[free]])
    to_own = ((place[free] - place[own]) ** 2).sum(axis=1)
    to_period = ((place[free] - place[starts[period][0]]) ** 2).sum(axis=1)
    owner[free[to_period < to_own]] = period


def cluster_blocks(features: Mapping[str, np.ndarray], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Cluster blocks of hours with tsam and choose a real block in the middle of each cluster.

    Args:
        features: series by name, each shaped blocks x hours.
        count: number of clusters.

    Returns:
        Position of the middle block of each cluster, and the cluster of each block.
    """
    shape = next(iter(features.values())).shape
    if count >= shape[0]:
        return np.arange(shape[0]), np.arange(shape[0])
    import pandas as pd
    from tsam import ClusterConfig, aggregate

    # tsam wants a clock; the blocks that are left stand one after another on an invented one.
    clock = pd.date_range("2001-01-01", periods=shape[0] * shape[1], freq="h")
    frame = pd.DataFrame({name: series.ravel() for name, series in sorted(features.items())}, index=clock)
    frame = frame.loc[:, frame.max() > frame.min()]
    if frame.empty:
        return np.zeros(1, dtype=int), np.zeros(shape[0], dtype=int)
    result = aggregate(
        frame,
        count,
        period_duration=shape[1],
        temporal_resolution=1.0,
        cluster=ClusterConfig(method="hierarchical", representation="medoid"),
        preserve_column_means=False,
    )
    centres = result.clustering.cluster_centers
    if centres is None:
        raise RuntimeError("tsam gave no medoids")
    return np.asarray(centres, dtype=int), np.asarray(result.cluster_assignments, dtype=int)
