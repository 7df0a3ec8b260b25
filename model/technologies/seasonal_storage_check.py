"""Checks stores that carry energy across the year, by walking the real calendar day by day, step by step (T2).

The program knows runs, highest and lowest deviations.  Here the calendar is laid out again: every period, as often as
it repeats, one after another, with standing loss in every step; the store never holds less than nothing, nor too much.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import SMALLEST_SEASONAL, Finding, Tally, apart, taken
from model.core.registry import check

if TYPE_CHECKING:
    import pandas as pd

    from model.data.case import Case

ROUNDING = 1e-9


@dataclass(frozen=True)
class InsidePeriods:
    """What happens to stores inside periods.

    Args:
        steps: steps of each period.
        left: share that is left at the end of a step of what was there when its period began, (store, step).
        gained: energy at the end of a step if the period began empty, MWh, (store, step).
        through: energy that goes through the store in a year, MWh, (store,).
    """

    steps: list[np.ndarray]
    left: np.ndarray
    gained: np.ndarray
    through: np.ndarray


def inside_periods(case: Case, cube: Any, stores: pd.DataFrame, year: int) -> InsidePeriods:
    """Step through every period once, all stores at a time."""
    length, weight = np.asarray(case.time.length, dtype=float), np.asarray(case.time.weight, dtype=float)
    period = np.asarray(case.time.period)
    charge = taken(cube, "store_charge", store=stores.index, year=year)
    discharge = taken(cube, "store_discharge", store=stores.index, year=year)
    into, out = stores["charge_efficiency"].to_numpy()[:, None], stores["discharge_efficiency"].to_numpy()[:, None]
    change = length * (into * charge - discharge / out)
    kept = (1.0 - stores["standing_loss"].to_numpy()[:, None]) ** length
    left, gained = np.empty_like(change), np.empty_like(change)
    for step in range(len(period)):
        fresh = step == 0 or period[step] != period[step - 1]
        left[:, step] = kept[:, step] * (1.0 if fresh else left[:, step - 1])
        gained[:, step] = change[:, step] + (0.0 if fresh else kept[:, step] * gained[:, step - 1])
    steps = [np.flatnonzero(period == number) for number in range(len(case.time.periods))]
    return InsidePeriods(steps, left, gained, (charge + discharge) @ weight)


@check
def linked_store_levels(case: Case, cube: Any) -> Iterator[Finding]:
    """Through all days of the year, linked stores hold no less than nothing and no more than their vessel."""
    names = ("linked store deviation", "linked store state", "linked store over the year", "linked store level")
    deviation, state_of_run, cyclic, level = (Tally(name) for name in names)
    several = len(case.time.periods) > 1
    stores = case.stores[(case.stores["linking"] == "long") & several]
    labels = stores.index.tolist()
    for year in case.years if labels else []:
        inside = inside_periods(case, cube, stores, year)
        capacity = taken(cube, "capacity", asset=stores["energy_asset"], year=year)
        size = np.maximum(np.maximum(capacity, inside.through), SMALLEST_SEASONAL)
        held = taken(cube, "store_deviation", store=labels, year=year)
        deviation.look(apart(held, inside.gained, size[:, None]), labels, where=year)
        states = taken(cube, "store_state", store=labels, year=year)
        for weather_year, runs in case.time.runs.groupby("weather_year", sort=False):
            energy = first = states[:, np.asarray(runs.index)[0]]
            for run, period, repeats in zip(runs.index, runs["period"], runs["repeats"], strict=True):
                place = f"{year}, run {run}"
                state_of_run.look(apart(states[:, np.asarray(run)], energy, size), labels, where=place)
                energy, lowest, highest = walk(inside, period, repeats, energy)
                off = np.maximum(np.maximum(-lowest, highest - capacity), 0.0)
                level.look(off / size, labels, where=place)
            cyclic.look(apart(energy, first, size), labels, where=f"{year}, weather {weather_year}")
    for tally in (deviation, state_of_run, cyclic, level):
        yield tally.finding


def walk(
    inside: InsidePeriods, period: int, repeats: float, energy: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Go through a run day by day.

    Returns:
        Energy after it, and the lowest and highest energy on the way.  Where a period repeats a part of itself (days do
        not fill the year), that part keeps and gains in proportion, and only its end counts.
    """
    steps = inside.steps[period]
    left, gained = inside.left[:, steps], inside.gained[:, steps]
    lowest, highest = energy.copy(), energy.copy()
    whole = int(repeats + ROUNDING)
    for _ in range(whole):
        levels = left * energy[:, None] + gained
        energy = levels[:, -1]
        lowest, highest = np.minimum(lowest, levels.min(axis=1)), np.maximum(highest, levels.max(axis=1))
    part = repeats - whole
    if part > ROUNDING:
        keeps = left[:, -1]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(keeps < 1.0, (1.0 - keeps**part) / (1.0 - keeps), part)
        energy = keeps**part * energy + share * gained[:, -1]
        lowest, highest = np.minimum(lowest, energy), np.maximum(highest, energy)
    return energy, lowest, highest
