"""Checks refuelling: capacity in an outage, what falls due in a year, units in turn, what is left to run (R5, F5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import Finding, Tally, above, apart, below, chunks, of_year, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

WEEK_HOURS, DAY_HOURS = 168, 24
SMALL_PART = 24
"""Reactors looked at together."""
FIGURES = ["outage_length", "outage_interval", "forced_outage_rate", "outage_units", "unit_size_th"]


@check
def refuelling(case: Case, cube: Any) -> Iterator[Finding]:
    """Outages last their length and come as often as they must; units take turns; the rest runs, less forced ones."""
    decided = case.scenario.reactors.refuelling == "decided"
    told_apart = decided or case.scenario.reactors.commitment == "linear"
    length, due = Tally("length of outages"), Tally("refuelling that is due")
    turns, runs = Tally("units refuel in turn"), Tally("heat of what is not in an outage")
    least, once = Tally("minimum load beside refuelling"), Tally("outages counted once")
    for year in case.years if told_apart else []:
        for owners, figures, known in _parts(case, year, decided):
            labels = owners.index.tolist()
            out = taken(cube, "reactor_capacity_out", asset=labels, year=year)
            capacity = taken(cube, "capacity", asset=labels, year=year)[:, None]
            heat = taken(cube, "activity", asset=labels, year=year)
            own = of_year(case.asset_years, year).reindex(labels)
            forced = np.where(known, figures["forced_outage_rate"].to_numpy(), 0.0)[:, None]
            limit = (1.0 - forced) * (capacity - out)
            runs.look(np.maximum(above(heat, limit), below(out, 0.0)), labels, where=year)
            if case.scenario.reactors.commitment != "linear":
                floor = own["minimum_load"].to_numpy()[:, None] * limit
                least.look(np.where(known[:, None], below(heat, floor), 0.0), labels, where=year)
            average = 1.0 - own["availability"].to_numpy()[:, None]
            once.look(np.where(known[:, None], np.abs(average - forced), apart(out, average * capacity)), labels)
            rows = np.flatnonzero(known)
            names = [labels[row] for row in rows]
            if len(rows) and case.scenario.time.mode == "full":
                starts = taken(cube, "reactor_outage_start", asset=names, year=year)
                steps = np.asarray(cube["results"]["outage_start"].values, dtype=int)
                again, often = _dated(case, figures.iloc[rows], steps, starts)
                length.look(apart(out[rows], again, capacity[rows]), names, where=year)
                due.look(below(often, capacity[rows] / figures["outage_interval"].to_numpy()[rows, None]), names)
            elif len(rows):
                share = figures["outage_length"].to_numpy() / figures["outage_interval"].to_numpy()
                days = out[rows] @ _days(case).T
                due.look(apart(days, (share[rows] * capacity[rows, 0])[:, None]), names, where=year)
            most = _most(case, owners, figures, year)[:, None] * capacity
            turns.look(above(out[rows], most[rows]), names, where=year)
    yield from (tally.finding for tally in (length, due, turns, runs, least, once))


def _parts(case: Case, year: int, decided: bool) -> Iterator[tuple[pd.DataFrame, pd.DataFrame, np.ndarray]]:
    """Reactors of a year in small groups: their assets, the figures of their designs, whether they decide to refuel."""
    reactors = case.assets[case.assets["kind"] == "reactor"]
    reactors = reactors[reactors.index.isin(of_year(case.asset_years, year).index)]
    for rows in chunks(len(reactors), SMALL_PART):
        part = reactors.iloc[rows]
        figures = case.reactors.reindex(part["technology"])[FIGURES]
        known = figures[["outage_length", "outage_interval", "forced_outage_rate"]].notna().all(axis=1).to_numpy()
        yield part, figures, known & decided


def _weeks(case: Case) -> list[tuple[int, int, np.ndarray]]:
    """First step, number of steps and possible starts (whole weeks) of every period."""
    period, hours = np.asarray(case.time.period), float(case.time.length[0])
    found = []
    for number in np.unique(period):
        own = np.flatnonzero(period == number)
        week = max(1, round(WEEK_HOURS / hours))
        found.append((int(own[0]), len(own), own[0] + week * np.arange(max(1, len(own) // week))))
    return found


def _lengths(case: Case, figures: pd.DataFrame) -> np.ndarray:
    hours = float(case.time.length[0])
    return np.ceil(figures["outage_length"].to_numpy() * DAY_HOURS / hours - 1e-9).astype(int)


def _dated(case: Case, figures: pd.DataFrame, steps: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Capacity in an outage in every step, and what starts in every period, from the starts one by one."""
    out = np.zeros((len(figures), case.time.count))
    often = np.zeros((len(figures), len(case.time.periods)))
    for number, (first, count, possible) in enumerate(_weeks(case)):
        for column, step in enumerate(steps):
            if step not in possible:
                continue
            often[:, number] += starts[:, column]
            for row, length in enumerate(np.minimum(_lengths(case, figures), count)):
                out[row, first + (step - first + np.arange(length)) % count] += starts[row, column]
    return out, often


def _days(case: Case) -> np.ndarray:
    """Days of each weather year for which each step stands, so that a sum over steps is one over days."""
    steps = np.bincount(np.asarray(case.time.period))
    runs = case.time.runs
    years = np.unique(runs["weather_year"])
    days = np.zeros((len(years), case.time.count))
    for row, year in enumerate(years):
        repeats = runs[runs["weather_year"] == year].groupby("period")["repeats"].sum()
        by_period = repeats.reindex(range(len(steps)), fill_value=0.0).to_numpy(dtype=float)
        days[row] = by_period[case.time.period] * np.asarray(case.time.length) / DAY_HOURS
    return days


def _most(case: Case, owners: pd.DataFrame, figures: pd.DataFrame, year: int) -> np.ndarray:
    """Most of a plant that may be out: one of its units, or the least that gets all of them through a year."""
    stands = case.existing.reindex(pd.MultiIndex.from_product([owners.index, [year]])).fillna(0.0).to_numpy()
    buildable = of_year(case.asset_years, year)["buildable"].reindex(owners.index).to_numpy(dtype=bool)
    place = np.maximum(np.where(buildable, owners["potential"], 0.0), stands)
    units = np.clip(place / figures["unit_size_th"].to_numpy(), 1.0, figures["outage_units"].to_numpy())
    interval = figures["outage_interval"].fillna(np.inf).to_numpy()
    if case.scenario.time.mode != "full":
        needed = figures["outage_length"].fillna(0.0).to_numpy() / interval / 365.0
        return np.asarray(np.maximum(1.0 / units, needed))
    needed = np.zeros(len(figures))
    for row, length in enumerate(_lengths(case, figures.fillna(0.0))):
        for first, count, possible in _weeks(case):
            under_way = np.zeros(count)
            for start in possible:
                under_way[(start - first + np.arange(min(length, count))) % count] += 1.0 / len(possible)
            needed[row] = max(needed[row], under_way.max() / interval[row])
    return np.asarray(np.maximum(1.0 / units, np.minimum(needed, 1.0)))
