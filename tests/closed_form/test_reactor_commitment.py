"""Reactors that start, stop and ramp: days by hand, start cost, minimum down time, budget of cycles, outages apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.core.build import build_program
from model.engine import build_model, compile_program
from model.engine.normal_form import differences, normal_form, pyomo_normal_form
from tests.closed_form.answer import Answer, near
from tests.closed_form.world import World

K = 1000.0
"""MW_th; half of the heat becomes power."""
DAY = np.where((np.arange(24) >= 8) & (np.arange(24) < 16), -100.0, 100.0)
"""Eight hours in which power costs as much as it earns in the others, EUR/MWh."""


def plant(price: Any, commitment: str = "linear", settings: dict[str, Any] | None = None, **figures: float) -> World:
    """A reactor alone before a price, on a day that occurs 365 times unless `settings` say otherwise."""
    world = World(**(settings or {"steps": 24}), reactors__commitment=commitment)
    world.neighbour("X", price, imports=0.0, exports=1e4)
    return world.reactor("cls_lwr", existing=K, efficiency=0.5, **figures)


def earned(answer: Answer) -> float:
    """Hours of full load at 100 EUR/MWh that a day is worth, start cost taken off."""
    return -answer.objective / (365 * K * 0.5 * 100)


def sound(answer: Answer) -> bool:
    """Whether the independent checks find nothing."""
    return all(finding.passed for finding in answer.findings())


@pytest.mark.parametrize(("commitment", "worth"), [("none", 16 - 8 * 0.5), ("ramp", 11.0), ("linear", 11.0)])
def test_a_day_of_ramps(commitment, worth):
    """From full to half load and back by an eighth an hour: the slopes lie half before and half after the turn.

    0.875 and 0.75 in the last two good hours, 0.625 in the first bad one, six at 0.5, and the same way back.
    """
    answer = plant(DAY, commitment, minimum_load=0.5, ramp=0.125, start_cost=1e5).solve()
    assert earned(answer) == near(worth)
    assert worth in (12.0, 12 + 2 * (0.875 + 0.75) - 2 * 0.625 - 6 * 0.5)
    assert sound(answer)


@pytest.mark.parametrize(("cost", "stops"), [(100.0, True), (200.0, False)])
def test_a_day_of_stop_and_start(cost, stops):
    """Half load in one step, nothing in the next, and so back: 15 hours, less a start; half load all through: 12.

    The step of a start or stop is half the load, so that three hours at 100 EUR/MWh_e, 150 EUR/MW_th, pay a start.
    """
    answer = plant(DAY, minimum_load=0.5, ramp=0.5, start_cost=cost).solve()
    assert earned(answer) == near(15 - cost / 50 if stops else 12)
    assert answer["reactor_started", "cls_lwr@N", 2030].sum() == near(K if stops else 0)
    assert answer.cost("start") == near(365 * K * cost * stops)
    assert sound(answer)


def test_start_and_stop_take_the_larger_of_minimum_load_and_ramp():
    """A ramp of three quarters: a quarter is left for the other step, in both directions: 15.5 hours."""
    assert earned(plant(DAY, minimum_load=0.5, ramp=0.75).solve()) == near(15.5)
    assert earned(plant(DAY, minimum_load=0.75, ramp=0.25, start_cost=1e5).solve()) == near(16 - 8 * 0.75)
    # a start at three quarters although the ramp is a quarter
    assert earned(plant(DAY, minimum_load=0.75, ramp=0.25).solve()) == near(15.5)


@pytest.mark.parametrize(
    ("hours", "price", "worth"),
    [
        (8.0, -100.0, 16.0),  # off in just the bad hours
        (12.0, -100.0, 12.0),  # four good hours are lost
        (12.0, -40.0, 16 - 8 * 0.4),  # four good hours are worth more: no stop
        # longer than the period and cut at its length: what stops in a day needs as much that rests all day
        (100.0, -90.0, 16 - 8 * 0.9),
        (100.0, -190.0, 16 * 0.5),
    ],
)
def test_minimum_down_time(hours, price, worth):
    """A plant that knows only full load and off."""
    day = np.where(DAY < 0, price, DAY)
    answer = plant(day, minimum_load=1.0, ramp=0.01, min_down_time=hours).solve()
    assert earned(answer) == near(worth)
    assert sound(answer)


def test_minimum_down_time_reaches_over_the_end_of_a_period():
    """The bad hours are the first eight: the rest of a stop lies before them, at the end of the same period."""
    answer = plant(np.roll(DAY, -8), minimum_load=1.0, min_down_time=12.0).solve()
    assert earned(answer) == near(12)
    off = K - answer["reactor_online", "cls_lwr@N", 2030]
    assert off[:8] == near(np.full(8, K))
    assert off.sum() == near(12 * K)


@pytest.mark.parametrize(("hours", "steps"), [(7.0, 3), (6.0, 2)])
def test_a_step_begun_counts_as_down_time(hours, steps):
    """Steps of three hours, one of them bad: seven hours are three steps."""
    price = np.where(np.arange(8) == 4, -1000.0, 100.0)
    answer = plant(price, settings={"steps": 8, "step_hours": 3.0}, minimum_load=1.0, min_down_time=hours).solve()
    assert earned(answer) == near(3 * (8 - steps))


@pytest.mark.parametrize(("cycles", "depth"), [(0.0, 0.5), (100.0, 0.5), (200.0, 0.25), (365.0, 0.5), (1000.0, 0.5)])
def test_budget_of_cycles(cycles, depth):
    """Every day wants to fall by half; the year has cycles x depth of falls, spread over 365 days."""
    figures = {"minimum_load": 0.5, "cycles_per_year": cycles, "cycle_depth": depth, "start_cost": 1e5}
    answer = plant(DAY, **figures).solve()
    fall = min(0.5, cycles * depth / 365)
    assert earned(answer) == near(16 - 8 * (1 - fall))
    assert sound(answer)
    # starts and stops use it up too
    free = plant(DAY, **{**figures, "start_cost": 0.0}).solve()
    assert earned(free) == near(16 - 8 * (1 - min(1.0, cycles * depth / 365)))


def test_average_outages_where_refuelling_is_not_decided():
    """Nine tenths are online at most; minimum load and ramp go by what is online."""
    answer = plant(DAY, availability=0.9, minimum_load=0.5, ramp=0.5, start_cost=200.0).solve()
    assert earned(answer) == near(0.9 * 12)
    assert answer["reactor_outage", "cls_lwr@N", 2030] == near([100.0])
    assert sound(answer)


def test_refuelling_is_no_stop_no_start_and_no_cycle():
    """A year of days: a unit that may not cycle, with a dear start and long rest, loses just its twenty days."""
    settings = {"steps": 365, "step_hours": 24.0, "reactors__refuelling": "decided"}
    price = np.where((np.arange(365) >= 140) & (np.arange(365) < 160), 10.0, 50.0)
    figures = {"cycles_per_year": 0.0, "cycle_depth": 1.0, "start_cost": 1e5, "min_down_time": 1000.0, "ramp": 0.001}
    outage = {"outage_length": 20.0, "outage_interval": 1.0, "forced_outage_rate": 0.1}
    answer = plant(price, settings=settings, minimum_load=0.9, **figures, **outage).solve()
    assert answer.objective == near(-0.9 * 0.5 * K * 24 * (345 * 50))
    assert answer.cost("start") == near(0)
    assert answer["reactor_outage_entered", "cls_lwr@N", 2030, 140] == near(K)
    assert answer["reactor_outage_left", "cls_lwr@N", 2030, 140] == near(K)
    assert sound(answer)


def test_what_comes_back_may_also_stay_off():
    """Ten bad days after the outage: who comes back later pays a start instead."""
    settings = {"steps": 365, "step_hours": 24.0, "reactors__refuelling": "decided"}
    days = np.arange(365)
    price = np.where((days >= 140) & (days < 160), -1.0, np.where((days >= 160) & (days < 170), -100.0, 50.0))
    figures = {"minimum_load": 1.0, "start_cost": 1000.0, "min_down_time": 24.0}
    outage = {"outage_length": 20.0, "outage_interval": 1.0, "forced_outage_rate": 0.0}
    answer = plant(price, settings=settings, **figures, **outage).solve()
    assert answer["reactor_outage_left", "cls_lwr@N", 2030, 140] == near(0)
    assert answer.cost("start") == near(1000 * K)
    assert answer.objective == near(1000 * K - 0.5 * K * 24 * 335 * 50)
    assert sound(answer)


@pytest.mark.parametrize("commitment", ["ramp", "linear"])
@pytest.mark.parametrize("refuelling", ["availability", "decided"])
@pytest.mark.parametrize("settings", [{"steps": 42, "step_hours": 24.0},
                                      {"periods": [(8, 200), (4, 330)], "step_hours": 3.0, "time__mode": "sample",
                                       "time__weeks": [1]}], ids=["full", "periods"])  # fmt: skip
def test_the_expanded_matrix_is_pyomos(commitment, refuelling, settings):
    """Two designs with different outages and rests: families that hang on design and step, bit for bit."""
    world = plant(50.0, commitment, {**settings, "reactors__refuelling": refuelling}, minimum_load=0.4, ramp=0.01,
                  min_down_time=30.0, cycles_per_year=20.0, cycle_depth=0.5, outage_length=10.0, outage_interval=1.5,
                  forced_outage_rate=0.05)  # fmt: skip
    world.reactor("other", potential=500.0, efficiency=0.4, design_class="cls_htgr", ramp=0.02, min_down_time=60.0,
                  outage_length=17.0, outage_interval=1.0, forced_outage_rate=0.02, outage_units=4.0)  # fmt: skip
    program = build_program(world.case())
    compiled = compile_program(program)
    theirs = pyomo_normal_form(build_model(program, dense=True), compiled)
    assert differences(normal_form(compiled), theirs, compiled) == []
