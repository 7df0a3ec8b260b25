"""Checks starts and stops of reactors: online, load, ramps, down time, cycles, and what starts cost (R4, F4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import (
    Charge,
    Finding,
    Tally,
    above,
    apart,
    below,
    charges,
    chunks,
    of_year,
    step_before,
    taken,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

SMALL_PART = 24
"""Reactors looked at together."""


@dataclass(frozen=True)
class Operation:
    """How some reactors run in a year; powers in MW_th, one row per reactor, one column per step.

    Args:
        labels: assets.
        capacity: one column.
        heat: what they give.
        entered: online capacity that goes into an outage.
        left: capacity that comes back from one.
        share: share of what is online that forced outages leave, one column.
        ramp: share by which load may change in a step, at most one, one column.
        least: minimum load of what is online, one column.
        most_least: the highest minimum load that a part of it has, one column.
    """

    labels: list[str]
    capacity: np.ndarray
    heat: np.ndarray
    entered: np.ndarray
    left: np.ndarray
    share: np.ndarray
    ramp: np.ndarray
    least: np.ndarray
    most_least: np.ndarray


def operations(case: Case, cube: Any, year: int) -> Iterator[Operation]:
    """Reactors of a year in small groups."""
    figures = of_year(case.asset_years, year)
    reactors = [asset for asset in case.assets.index[case.assets["kind"] == "reactor"] if asset in figures.index]
    known = ["outage_length", "outage_interval", "forced_outage_rate"]
    for rows in chunks(len(reactors), SMALL_PART):
        labels = [str(asset) for asset in reactors[rows]]
        own = figures.loc[labels]
        designs = case.reactors.reindex(case.assets.loc[labels, "technology"])
        decided = designs[known].notna().all(axis=1).to_numpy() & (case.scenario.reactors.refuelling == "decided")
        share = np.where(decided, 1.0 - designs["forced_outage_rate"].to_numpy(), 1.0)
        hours = float(case.time.length[0])
        least, most = _least_loads(case, own["minimum_load"].to_numpy(), designs, decided)
        entered, left = _moves(case, cube, year, labels, designs["outage_length"].to_numpy(), decided)
        yield Operation(
            labels,
            taken(cube, "capacity", asset=labels, year=year)[:, None],
            taken(cube, "activity", asset=labels, year=year),
            entered,
            left,
            share[:, None],
            np.minimum(own["ramp"].fillna(np.inf).to_numpy() * hours, 1.0)[:, None],
            least[:, None],
            most[:, None],
        )


def _least_loads(case: Case, own: np.ndarray, designs: Any, decided: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Minimum loads, and the highest of a part: late in the cycle, on the mean of all units where none is dated."""
    if not case.scenario.reactors.late_cycle:
        return own, own
    share, late = designs["late_cycle_share"].to_numpy(), designs["late_cycle_load"].to_numpy()
    highest = np.where(share > 0.0, np.fmax(own, late), own)
    dated = decided & (case.scenario.time.mode == "full")
    mean = (1.0 - share) * own + share * highest
    return np.where(dated, own, mean), np.where(dated, highest, mean)


def _moves(
    case: Case, cube: Any, year: int, labels: list[str], days: np.ndarray, decided: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Lay what goes into outages and comes back on the steps at which that happens, cyclic in the year."""
    entered, left = np.zeros((len(labels), case.time.count)), np.zeros((len(labels), case.time.count))
    if case.scenario.time.mode != "full" or not decided.any():
        return entered, left
    into = taken(cube, "reactor_outage_entered", asset=labels, year=year)
    back = taken(cube, "reactor_outage_left", asset=labels, year=year)
    period = np.asarray(case.time.period)
    for column, start in enumerate(np.asarray(cube["results"]["outage_start"].values, dtype=int)):
        own = np.flatnonzero(period == period[start])
        for row in np.flatnonzero(decided):
            steps = min(int(np.ceil(days[row] * 24.0 / float(case.time.length[0]) - 1e-9)), len(own))
            entered[row, start] += into[row, column]
            left[row, own[0] + (start - own[0] + steps) % len(own)] += back[row, column]
    return entered, left


@check
def outage_moves(case: Case, cube: Any) -> Iterator[Finding]:
    """No more goes into an outage or comes back from one than starts refuelling."""
    tally = Tally("going into outages and coming back")
    settings = case.scenario.reactors
    moving = settings.commitment != "none" and settings.refuelling == "decided" and case.scenario.time.mode == "full"
    reactors = case.assets.index[case.assets["kind"] == "reactor"].tolist()
    for year in case.years if moving else []:
        starts = taken(cube, "reactor_outage_start", asset=reactors, year=year)
        for name in ("reactor_outage_entered", "reactor_outage_left"):
            tally.look(above(taken(cube, name, asset=reactors, year=year), starts), reactors, where=year)
    yield tally.finding


@check
def ramps_beside_outages(case: Case, cube: Any) -> Iterator[Finding]:
    """Without commitment load moves by the ramp, and by what goes into an outage or comes back from one."""
    tally = Tally("ramps beside refuelling")
    settings = case.scenario.reactors
    before = step_before(case)
    for year in case.years if settings.commitment == "ramp" and settings.refuelling == "decided" else []:
        for some in operations(case, cube, year):
            change = some.heat - some.heat[:, before]
            free = np.where(some.ramp >= 1.0 - some.least, np.inf, 0.0)
            tally.look(
                above(change, some.ramp * some.capacity + some.share * some.left + free), some.labels, where=year
            )
            down = some.ramp * some.capacity + some.share * some.entered + free
            tally.look(above(-change, down), some.labels, where=year)
    yield tally.finding


@check
def commitment(case: Case, cube: Any) -> Iterator[Finding]:
    """Online follows from starts, stops and outages; load and its change keep within what is online; stops rest."""
    balance, load, ramps = Tally("reactors online"), Tally("load of what is online"), Tally("ramps of what is online")
    rest, cycles = Tally("minimum down time"), Tally("cycles of a year")
    before = step_before(case)
    often = np.asarray(case.time.weight) / np.asarray(case.time.length)
    for year in case.years if case.scenario.reactors.commitment == "linear" else []:
        for some in operations(case, cube, year):
            labels = some.labels
            online, starts, stops, out = (
                taken(cube, name, asset=labels, year=year)
                for name in ("reactor_online", "reactor_started", "reactor_stopped", "reactor_capacity_out")
            )
            change = starts - stops - some.entered + some.left
            balance.look(apart(online - online[:, before], change, some.capacity), labels, where=year)
            load.look(above(some.heat, some.share * online), labels, where=year)
            load.look(below(some.heat, some.least * some.share * online), labels, where=year)
            stays, step = some.ramp * (online - starts - some.left), np.maximum(some.ramp, some.most_least)
            up = stays + step * starts + some.left - some.least * (stops + some.entered)
            down = stays + step * stops + some.entered - some.least * (starts + some.left)
            moved, free = some.heat - some.heat[:, before], np.where(some.ramp >= 1.0, np.inf, 0.0)
            ramps.look(above(moved, some.share * up + free), labels, where=year)
            ramps.look(above(-moved, some.share * down + free), labels, where=year)
            designs = case.reactors.reindex(case.assets.loc[labels, "technology"])
            resting = np.array(
                [_window(case, row, hours) for row, hours in zip(stops, designs["min_down_time"], strict=True)]
            )
            rest.look(below(some.capacity - out - online, resting), labels, where=year)
            falls = np.maximum(-moved - some.share * some.entered, 0.0) @ often
            budget = (designs["cycles_per_year"] * designs["cycle_depth"]).to_numpy()
            finite = np.where(np.isfinite(budget), budget, 0.0) * some.capacity[:, 0]
            cycles.look(above(falls, np.where(np.isfinite(budget), finite, np.inf)), labels, where=year)
    yield from (tally.finding for tally in (balance, load, ramps, rest, cycles))


def _window(case: Case, stops: np.ndarray, hours: float) -> np.ndarray:
    """Stops within the last hours of each step, cyclic in its period and no longer than it."""
    period, found = np.asarray(case.time.period), np.zeros(case.time.count)
    for number in np.unique(period):
        own = np.flatnonzero(period == number)
        steps = min(int(np.ceil(hours / float(case.time.length[0]) - 1e-9)), len(own))
        for back in range(steps):
            found[own] += np.roll(stops[own], back)
    return found


@charges
def starts_of_reactors(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Starts, per unit of thermal capacity and as often as their step occurs."""
    if case.scenario.reactors.commitment != "linear":
        return
    reactors = case.assets[case.assets["kind"] == "reactor"]
    started = taken(cube, "reactor_started", asset=reactors.index, year=year)
    often = started @ (np.asarray(case.time.weight) / np.asarray(case.time.length))
    price = case.reactors["start_cost"].reindex(reactors["technology"]).fillna(0.0).to_numpy()
    yield Charge("start", reactors["node"].tolist(), reactors["technology"].tolist(), often * price)
