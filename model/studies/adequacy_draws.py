"""Outages of units drawn at random, and what is short in every hour when stores do their best.

A unit is up or down from one hour to the next by two fixed chances, so that outages last `repair` hours on average and
take a share `rate` of the time; at any hour a unit is down with just that chance, so without stores every hour is the
two-state convolution of the units (the capacity outage table).  Everything follows from a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SHORT = 0.01
"""MW below which nothing is short: rounding."""


@dataclass(frozen=True)
class Store:
    """Electricity stores of one technology, all in one.

    Args:
        charge: most that it takes, MW.
        discharge: most that it gives, MW.
        energy: most that it holds, MWh.
        charge_efficiency: share of what is taken that is kept.
        discharge_efficiency: share of what is kept that is given.
    """

    charge: float
    discharge: float
    energy: float
    charge_efficiency: float = 1.0
    discharge_efficiency: float = 1.0


@dataclass(frozen=True)
class Shortage:
    """What is short, by draw and by hour.

    Args:
        hours: hours in which power is short, by draw.
        energy: energy that is not served, MWh, by draw.
        by_hour: energy that is not served in an hour, mean of the draws, MWh.
    """

    hours: np.ndarray
    energy: np.ndarray
    by_hour: np.ndarray


def units_down(
    count: int, rate: float, repair: float, hours: int, draws: int, random: np.random.Generator
) -> np.ndarray:
    """Number of units that are out, over (draw, hour).

    Args:
        count: units.
        rate: share of the time in which a unit is out.
        repair: mean length of an outage, h; at least one hour, and long enough for the rate.
        hours: hours that are looked at.
        draws: number of draws.
        random: source of chance.
    """
    down = np.zeros(draws * (hours + 1), dtype=np.int64)
    if count == 0 or rate <= 0.0:
        return down.reshape(draws, hours + 1)[:, :-1]
    leaves, fails = min(1.0, 1.0 / repair), rate / (1.0 - rate) / repair
    if fails > 1.0:
        raise ValueError("outages as short as that cannot take so much of the time")
    draw = np.repeat(np.arange(draws), count)
    place = np.zeros(len(draw), dtype=np.int64)
    out = random.random(len(draw)) < rate
    while len(draw):
        length = random.geometric(np.where(out, leaves, fails))
        end = np.minimum(place + length, hours)
        offset = draw[out] * (hours + 1)
        down += np.bincount(offset + place[out], minlength=len(down))
        down -= np.bincount(offset + end[out], minlength=len(down))
        going = end < hours
        draw, place, out = draw[going], end[going], ~out[going]
    return np.cumsum(down.reshape(draws, hours + 1), axis=1)[:, :-1]


def whole_units(capacity: float, size: float) -> int:
    """Whole units in a capacity; a thousandth of a unit that is missing is the dust of a solver."""
    return int(np.floor(capacity / size + 1e-3))


def power_of_units(
    capacity: float, size: float, rate: float, repair: float, hours: int, draws: int, random: np.random.Generator
) -> np.ndarray:
    """Power of units that are up, MW over (draw, hour): whole units, and one smaller unit for what is left."""
    count = whole_units(capacity, size)
    size = min(size, capacity / max(1, count))
    rest = max(0.0, capacity - count * size)
    up = capacity - size * units_down(count, rate, repair, hours, draws, random)
    if rest > 1e-6 * size:
        up = up - rest * units_down(1, rate, repair, hours, draws, random)
    return np.asarray(up, dtype=float)


def shortage(margin: np.ndarray, stores: Sequence[Store]) -> Shortage:
    """What is short when stores give as soon as power is short, and fill from every surplus.

    Who could give longest gives first: of all ways to run stores this leaves the least energy unserved (Evans,
    Tindemans and Angeli 2019), within an hour up to the order in which they are asked.

    Args:
        margin: power that is there less load, MW over (draw, hour).
        stores: stores, full at the beginning.
    """
    useful = [store for store in stores if store.discharge > 0 and store.energy > 0]
    missing = np.maximum(-margin, 0.0)
    if useful and (missing > SHORT).any():
        missing = _with_stores(margin, useful)
    missing = np.where(missing > SHORT, missing, 0.0)
    return Shortage((missing > 0.0).sum(axis=1).astype(float), missing.sum(axis=1), missing.mean(axis=0))


def _with_stores(margin: np.ndarray, stores: Sequence[Store]) -> np.ndarray:
    draws, hours = margin.shape
    charge = np.array([store.charge for store in stores])
    discharge = np.array([store.discharge for store in stores])
    energy = np.array([store.energy for store in stores])
    kept = np.array([store.charge_efficiency for store in stores])
    given = np.array([store.discharge_efficiency for store in stores])
    level = np.tile(energy, (draws, 1))
    missing = np.zeros((draws, hours))
    rows = np.arange(draws)
    for hour in range(hours):
        spare = margin[:, hour]
        short = np.maximum(-spare, 0.0)
        surplus = np.maximum(spare, 0.0)
        if not short.any() and (level >= energy).all():
            continue
        order = np.argsort(-level * given / discharge, axis=1, kind="stable")
        if short.any():
            for place in range(len(stores)):
                which = order[:, place]
                give = np.minimum(np.minimum(short, discharge[which]), level[rows, which] * given[which])
                level[rows, which] -= give / given[which]
                short = short - give
            missing[:, hour] = short
        if surplus.any() and (level < energy).any():
            for place in reversed(range(len(stores))):
                which = order[:, place]
                room = (energy[which] - level[rows, which]) / kept[which]
                take = np.minimum(np.minimum(surplus, charge[which]), room)
                level[rows, which] = np.minimum(level[rows, which] + take * kept[which], energy[which])
                surplus = surplus - take
    return missing
