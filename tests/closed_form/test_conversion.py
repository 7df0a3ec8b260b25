"""Conversion: efficiencies of the hour, minimum load, ramps, and what longer steps may not change."""

from __future__ import annotations

import math

import pytest

from tests.closed_form.answer import near
from tests.closed_form.world import World

STEP = 4380.0


def test_heat_pump_follows_its_hourly_efficiency():
    world = World(2).technology("plant", existing=100, variable_om=60).demand(30, carrier="heat_100")
    pump = {"gives": "heat_100", "takes": {"electricity": 1.0}, "existing": 100.0}
    answer = world.technology("pump", takes_profile=[0.25, 0.5], **pump).solve()
    # a COP of 4 and one of 2
    assert answer.price("N", "heat_100") == near([15, 30])
    assert answer.objective == near(STEP * 30 * (15 + 30))


def must_run_world(**plant: float) -> World:
    world = World(2).technology("cheap", existing=100, variable_om=10).demand([80, 130])
    return world.technology("plant", variable_om=50, **plant)


def test_minimum_load_of_what_exists_is_a_bound():
    # 0.5 x 0.8 x 100 MW run at 50 although 10 would do: 40 and 40 MW of the cheap, then 90 MW of it
    answer = must_run_world(existing=100, minimum_load=0.5, availability=0.8).solve()
    assert answer["activity", "plant@N", 2030] == near([40, 40])
    assert answer.objective == near(STEP * (2 * 40 * 50 + (40 + 90) * 10))
    assert must_run_world(existing=100, availability=0.8).solve().objective == near(STEP * (180 * 10 + 30 * 50))


def test_minimum_load_of_what_is_built_is_a_row_on_what_is_built():
    figures = {"potential": math.inf, "investment": 0.0, "lifetime": 1, "minimum_load": 0.5}
    answer = must_run_world(**figures).solve()
    # 30 MW are needed in the second step, so 15 MW run in the first
    assert answer["activity", "plant@N", 2030] == near([15, 30])
    assert answer.objective == near(STEP * ((65 + 100) * 10 + 45 * 50))


def test_minimum_load_of_what_may_close_is_a_row_on_what_is_kept():
    world = must_run_world(existing=100, minimum_load=0.5)
    answer = world.solve(investment__early_retirement=True)
    # 70 of the 100 MW close and the minimum load goes with them
    assert answer["capacity", "plant@N", 2030] == near(30)
    assert answer.objective == near(STEP * ((65 + 100) * 10 + 45 * 50))


@pytest.mark.parametrize(("hours", "swing"), [(1.0, 20.0), (2.0, 40.0)])
def test_ramp_is_a_share_of_capacity_per_hour(hours, swing):
    world = World(2, step_hours=hours).demand([50, 100]).technology("peak", existing=100, variable_om=90)
    answer = world.technology("plant", existing=100, variable_om=50, ramp=0.2).solve()
    # from 50 MW it reaches 50 + 0.2/h x 100 MW x 1 h (or 2 h); the peak plant gives the rest
    assert answer["activity", "plant@N", 2030] == near([50, 50 + swing])
    assert answer.objective == near(STEP * ((100 + swing) * 50 + (50 - swing) * 90))
    free = World(2, step_hours=hours).demand([50, 100]).technology("plant", existing=100, variable_om=50).solve()
    assert free.objective == near(STEP * 150 * 50)


def test_a_ramp_that_no_step_can_reach_needs_no_rows():
    world = World(2, step_hours=3.0).demand([50, 100])
    answer = world.technology("plant", existing=100, variable_om=50, ramp=0.25, minimum_load=0.3).solve()
    assert len(answer.solution.duals["ramp_up_limit"]) == 0  # 0.25/h x 3 h spans from 30 % to full load
    assert answer.objective == near(STEP * 150 * 50)


def test_weights_count_money_and_steps_count_hours():
    """Two periods that occur 100 and 300 times: costs take the weight, prices do not depend on it."""
    world = World(periods=[(2, 100.0), (1, 300.0)]).technology("plant", existing=100, variable_om=50)
    answer = world.demand([10, 20, 30]).solve()
    assert answer.objective == near(50 * (100 * 10 + 100 * 20 + 300 * 30))
    assert answer.price() == near([50, 50, 50])


def test_three_hour_steps_equal_hourly_ones_where_nothing_changes_inside_them():
    """A day with plants to build, a store with losses on the way, a ramp: 24 steps of 1 h and 8 of 3 h cost the same.

    A store without standing loss may spread its charge inside three alike hours, and a ramp is idle there; so only
    the ramp between blocks could differ, and it is given as what a step can do.
    """
    load = [40, 30, 50, 90, 80, 70, 120, 60]
    sun = [0, 0, 0.3, 0.8, 1.0, 0.6, 0.1, 0]

    def world(repeat: int) -> World:
        hourly = World(8 * repeat, step_hours=3.0 / repeat)
        hourly.demand([value for value in load for _ in range(repeat)])
        hourly.technology("gas", potential=math.inf, investment=4e4, lifetime=1, variable_om=70)
        profile = [value for value in sun for _ in range(repeat)]
        hourly.technology("sun", potential=math.inf, investment=5e4, lifetime=1, profile=profile)
        cheap = {"potential": math.inf, "lifetime": 1}
        efficiencies = {"charge_efficiency": 0.9, "discharge_efficiency": 0.95}
        return hourly.store(
            "cell", energy={**cheap, "investment": 6e3}, power={**cheap, "investment": 9e3}, **efficiencies
        )

    blocks, hours = world(1).solve(), world(3).solve()
    assert blocks["capacity", "cell_energy@N", 2030] > 1
    assert blocks.objective == pytest.approx(hours.objective, rel=1e-7)
    # Were a 3 h step taken for 1 h by the store, the same vessel would hold three times as much.
    wrong = world(1)
    wrong.step_hours, wrong.periods = 1.0, [(8, 8760 / 8)]
    assert wrong.solve().objective < blocks.objective * (1 - 1e-3)
