"""Stores linked over runs of periods against the same store hour by hour through the whole calendar.

In the calendar every occurrence of a period runs as its representative does: that is what a representative period
means.  Without standing loss both programs have the same optimum, whatever the data.  With it, the limits inside a
period take the loss of the whole period (formulation T2): never too favourable, and exact where a period's lowest point
is its end and its highest point its start or the vessel is large enough.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import linprog

from tests.closed_form.answer import near
from tests.closed_form.world import World

FREE = {"potential": math.inf, "investment": 0.0, "lifetime": 1}
RUNS = [(0, 3), (1, 2), (0, 1), (2, 4), (1, 1)]
COUNTS = [4, 3, 4]
STEPS = 4
CHARGE, DISCHARGE = 0.9, 0.8


@dataclass(frozen=True)
class Data:
    """Prices and demands of three periods of four steps."""

    price: np.ndarray
    demand: np.ndarray
    loss: float
    vessel_cost: float


def random_data(seed: int, loss: float) -> Data:
    random = np.random.default_rng(seed)
    return Data(random.uniform(0, 100, 12), random.uniform(0, 30, 12), loss, float(random.uniform(1, 40)))


def linked(data: Data) -> float:
    """Cost with the store linked over runs."""
    world = World(periods=[(STEPS, count) for count in COUNTS], runs=RUNS).demand(data.demand)
    world.neighbour("X", data.price, imports=50, exports=0)
    store = {"charge_efficiency": CHARGE, "discharge_efficiency": DISCHARGE, "standing_loss": data.loss}
    vessel = {**FREE, "investment": data.vessel_cost}
    return world.store("cell", energy=vessel, power={"existing": 10.0}, linking="long", **store).solve().objective


def hour_by_hour(data: Data) -> float:
    """Cost of the calendar of 44 hours, written down anew.

    Columns: what is bought, charged, discharged and unserved in each of the 12 steps; the level of each hour of the
    calendar; the vessel.
    """
    calendar = [period for period, repeats in RUNS for _ in range(repeats)]
    steps = np.array([STEPS * period + step for period in calendar for step in range(STEPS)])
    hours, size = len(steps), 12
    weight = np.repeat(COUNTS, STEPS).astype(float)
    level, vessel = 4 * size, 4 * size + hours
    cost = np.concatenate([weight * data.price, np.zeros(2 * size), weight * 3000, np.zeros(hours), [data.vessel_cost]])
    equal, right = np.zeros((size + hours, len(cost))), np.zeros(size + hours)
    for step in range(size):
        equal[step, [step, 2 * size + step, 3 * size + step]] = 1.0
        equal[step, size + step] = -1.0
        right[step] = data.demand[step]
    for hour, step in enumerate(steps):
        equal[size + hour, level + hour] += 1.0
        equal[size + hour, level + (hour - 1) % hours] -= 1.0 - data.loss
        equal[size + hour, size + step] = -CHARGE
        equal[size + hour, 2 * size + step] = 1.0 / DISCHARGE
    full = np.zeros((hours, len(cost)))
    full[np.arange(hours), level + np.arange(hours)] = 1.0
    full[:, vessel] = -1.0
    bounds = [(0, 50)] * size + [(0, 10)] * 2 * size + [(0, d) for d in data.demand] + [(0, None)] * (hours + 1)
    found = linprog(cost, full, np.zeros(hours), equal, right, bounds, method="highs")
    assert found.success
    return float(found.fun)


@pytest.mark.parametrize("seed", range(8))
def test_without_standing_loss_runs_equal_the_calendar(seed):
    data = random_data(seed, loss=0.0)
    assert linked(data) == pytest.approx(hour_by_hour(data), rel=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_with_standing_loss_runs_equal_the_calendar_where_periods_fill_or_empty(seed):
    """Cheap periods fill the store to their end, dear ones empty it to theirs; the vessel is free, so never full."""
    data = random_data(seed, loss=0.01)
    price = np.repeat([5.0, 150.0, 150.0], STEPS) + data.price / 100  # too close to trade inside a period
    data = Data(price, data.demand, data.loss, 0.0)
    exact = hour_by_hour(data)
    assert linked(data) == pytest.approx(exact, rel=1e-7)
    # and the loss matters: without it the year is cheaper
    assert hour_by_hour(Data(price, data.demand, 0.0, 0.0)) < exact * (1 - 1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_with_standing_loss_runs_are_never_too_favourable(seed):
    data = random_data(seed, loss=0.02)
    exact, approximate = hour_by_hour(data), linked(data)
    assert exact * (1 - 1e-9) <= approximate <= exact * 1.01


def season(**store: str) -> World:
    """Two steps of sun three times, then two dark steps twice: 50 MW x 4 h are wanted in the dark."""
    world = World(periods=[(2, 3), (2, 2)], runs=[(0, 3), (1, 2)]).demand(50)
    world.technology("sun", existing=100, profile=[1, 1, 0, 0])
    return world.store("cell", energy={**FREE, "investment": 10.0}, power=FREE, **store)


def test_summer_is_carried_into_winter_by_hand():
    answer = season(linking="long").solve()
    assert answer.objective == near(200 * 10)  # a vessel of 4 h x 50 MW
    assert answer["store_state", "cell@N", 2030] == near([0, 200])  # at the start of each run
    # a store that ends each period as it began it leaves the four dark hours dark
    assert season(linking="short").solve().objective == near(50 * 4 * 3000)


def test_order_of_the_runs_matters():
    world = season(linking="long")
    # sun, sun, dark, sun, dark: every sunny day stores alike, 200/3; it peaks after two of them
    world.runs = [(0, 2), (1, 1), (0, 1), (1, 1)]
    assert world.solve().objective == near(10 * 2 * 200 / 3)
    # dark, sun, sun, sun, dark: the year is a ring, so this is the first case again
    world.runs = [(1, 1), (0, 3), (1, 1)]
    assert world.solve().objective == near(2000)


def test_repetitions_that_lose_by_hand():
    """Charge 3 x 2 h, then 2 x 2 h of 50 MW, 1 % lost in an hour: what must stand in the vessel when it turns dark.

    Each dark hour takes 50 out at its end, level = 0.99 level - 50, so the start of the dark run needs
    50/0.99 + 50/0.99^2 + 50/0.99^3 + 50/0.99^4 MWh.
    """
    answer = season(linking="long", standing_loss=0.01).solve()
    needed = sum(50 / 0.99**hour for hour in (1, 2, 3, 4))
    assert answer["store_state", "cell@N", 2030, 1] == near(needed)
    # Three sunny periods give d each and keep q = 0.99^2: needed = d (1 + q + q^2).  The vessel is sized for d (1 + q)
    # at the start of the last one and d on top, the loss of that period left out: 1.3 % more than the calendar needs.
    kept = 0.99**2
    assert answer.objective == near(10 * needed * (2 + kept) / (1 + kept + kept**2))


def test_two_weather_years_are_two_rings():
    world = World(periods=[(2, 2), (2, 2)], runs=[(0, 2), (1, 2)]).demand(50)
    world.technology("sun", existing=100, profile=[1, 1, 0, 0])
    world.store("cell", energy=FREE, power=FREE, linking="long")
    assert world.solve().objective == near(0)
    world.weather_years = [2019, 2020]
    # the dark year has no sunny one before it
    assert world.solve().objective == near(50 * 4 * 3000)
