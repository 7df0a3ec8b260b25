"""Stores: arbitrage by hand, standing loss, the cyclic level, and how long they last."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model.core.build import build_program
from model.engine import SolverSettings, compile_program, solve
from tests.closed_form.answer import near
from tests.closed_form.world import World

FREE = {"potential": math.inf, "investment": 0.0, "lifetime": 1}


def trader(prices: list[float], energy: float = 60.0, power: float = 50.0, **store: float) -> World:
    """A store between a flat demand of 100 MW and a neighbour that sells at hourly prices."""
    world = World(len(prices)).demand(100).neighbour("X", prices, imports=1000, exports=0)
    return world.store("cell", energy={"existing": energy}, power={"existing": power}, **store)


def test_arbitrage_by_hand():
    answer = trader([10, 90], charge_efficiency=0.8, discharge_efficiency=0.9).solve()
    # 50 MWh are bought at 10, 40 reach the store, 36 are not bought at 90
    assert answer["store_charge", "cell@N", 2030] == near([50, 0])
    assert answer["store_discharge", "cell@N", 2030] == near([0, 36])
    assert answer["store_level", "cell@N", 2030] == near([40, 0])
    without = 4380 * 100 * (10 + 90)
    assert answer.objective == near(without - 4380 * (36 * 90 - 50 * 10))


def test_a_small_vessel_limits_what_a_large_inverter_could_do():
    answer = trader([10, 90], energy=20, charge_efficiency=0.8, discharge_efficiency=0.9).solve()
    # 20 MWh in the store come from 25 MWh and give 18 MWh
    assert answer.objective == near(4380 * (100 * 100 - 18 * 90 + 25 * 10))
    assert answer.dual("store_level_limit", "cell@N", 2030, 0) == near(-4380 * (0.9 * 90 - 10 / 0.8))


@pytest.mark.parametrize(("high", "used"), [(13.8, False), (14.0, True)])
def test_it_trades_exactly_where_the_price_pays_for_the_losses(high, used):
    answer = trader([10, high], charge_efficiency=0.8, discharge_efficiency=0.9).solve()
    assert (answer.yearly("store_charge", "cell@N", 2030) > 0) is used  # 10 / (0.8 x 0.9) = 13.89


@pytest.mark.parametrize(("loss", "sold_at"), [(0.1, 2), (0.12, 1)])
def test_standing_loss_decides_how_long_to_wait(loss, sold_at):
    # bought at 10; an hour later worth (1 - l) x 80, two hours later (1 - l)^2 x 90: the same at l = 1/9
    answer = trader([10, 80, 90], energy=1000, standing_loss=loss, charge_efficiency=0.9).solve()
    waited = (1 - loss) ** sold_at * 45
    assert answer["store_discharge", "cell@N", 2030, sold_at] == near(waited)
    income = waited * (80, 90)[sold_at - 1]
    assert answer.objective == near(2920 * (100 * 180 - income + 50 * 10))


def test_the_last_step_comes_before_the_first():
    answer = trader([90, 10, 80], energy=1000, standing_loss=0.1, charge_efficiency=0.9).solve()
    # charged in the second step at 10; sold in the third at 80 (0.9 of it: 72) or round the end at 90 (0.81: 72.9)
    assert answer["store_discharge", "cell@N", 2030] == near([0.81 * 45, 0, 0])
    assert answer["store_level", "cell@N", 2030] == near([0, 45, 40.5])


def test_loss_in_a_longer_step_is_that_of_its_hours():
    world = World(2, step_hours=3.0).demand(100).neighbour("X", [10, 90], imports=1000, exports=0)
    answer = world.store("cell", energy={"existing": 1e4}, power={"existing": 50}, standing_loss=0.02).solve()
    # 3 h x 50 MW charged; of it 0.98^3 is left after the 3 h of the next step
    assert answer["store_level", "cell@N", 2030] == near([150, 0])
    assert answer["store_discharge", "cell@N", 2030] == near([0, 50 * 0.98**3])


def lasting(**limits: float) -> World:
    """60 MWh of sun in one hour for 20 MW in each of the three that follow; vessel 100, discharger 1000 EUR."""
    world = World(4).demand([0, 20, 20, 20]).technology("sun", existing=100, profile=[1, 0, 0, 0])
    parts = {"energy": {**FREE, "investment": 100.0}, "discharge": {**FREE, "investment": 1000.0}}
    return world.store("cell", power=FREE, **parts, **limits)


def test_vessel_charger_and_discharger_are_built_apart():
    answer = lasting().solve()
    sizes = [answer["capacity", f"cell_{part}@N", 2030] for part in ("energy", "power", "discharge")]
    assert sizes == near([60, 60, 20])
    assert answer.objective == near(60 * 100 + 20 * 1000)


def test_duration_bounds():
    # at most 2 h of full discharge: 30 MW to hold 60 MWh; at least 4 h: 80 MWh behind 20 MW
    assert lasting(duration_max=2.0).solve().objective == near(60 * 100 + 30 * 1000)
    assert lasting(duration_min=4.0).solve().objective == near(80 * 100 + 20 * 1000)


def test_one_inverter_serves_both_ways_and_is_paid_once():
    world = World(2).demand([0, 40]).technology("sun", existing=100, profile=[1, 0])
    answer = world.store("cell", energy=FREE, power={**FREE, "investment": 1000.0}).solve()
    assert answer.objective == near(40 * 1000)


def test_without_the_store_the_evening_is_dark():
    world = World(2).demand([0, 40]).technology("sun", existing=100, profile=[1, 0])
    assert world.solve().objective == near(4380 * 40 * 3000)
    shorted = world.store("cell", energy={**FREE, "potential": 10.0}, power=FREE).solve()
    assert shorted.objective == near(4380 * 30 * 3000)


def worn(high: float, **om: float):
    """The store of `trader` between 10 and `high` EUR/MWh, with variable O&M of its parts in EUR/MWh."""
    world = World(2).demand(100).neighbour("X", [10, high], imports=1000, exports=0)
    parts = {"energy": {"existing": 60, "variable_om": om.get("energy", 0.0)}}
    parts["power"] = {"existing": 50, "variable_om": om.get("power", 0.0)}
    if "discharge" in om:
        parts["discharge"] = {"existing": 50, "variable_om": om["discharge"]}
    return world.store("cell", **parts, charge_efficiency=0.8, discharge_efficiency=0.9).solve()


def test_each_part_is_paid_for_what_goes_through_it():
    # 50 MWh are taken, 40 reach the vessel, 36 are given
    answer = worn(90, power=3.0, energy=2.0, discharge=5.0)
    assert answer.cost("variable_om") == near(4380 * (50 * 3 + 40 * 2 + 36 * 5))
    assert answer.objective == near(4380 * (100 * 100 - 36 * 90 + 50 * 10 + 50 * 3 + 40 * 2 + 36 * 5))
    assert [str(finding) for finding in answer.findings() if not finding.passed] == []


def test_one_part_for_both_ways_is_paid_once_on_what_it_takes():
    answer = worn(90, power=3.0)
    assert answer.cost("variable_om") == near(4380 * 50 * 3)
    assert [str(finding) for finding in answer.findings() if not finding.passed] == []


@pytest.mark.parametrize(("high", "used"), [(18.0, False), (18.1, True)])
def test_wear_raises_the_price_at_which_trade_pays(high, used):
    # (10 + 3) / (0.8 x 0.9) = 18.06
    assert (worn(high, power=3.0).yearly("store_charge", "cell@N", 2030) > 0) is used


@pytest.mark.parametrize("paid", [0.0, 0.1])
def test_a_small_cost_ends_charging_and_discharging_at_once(paid):
    """Without loss and cost both ways at once cost nothing, so an interior point holds both."""
    random = np.random.default_rng(1)
    world = World(48).demand(30 + 20 * random.random(48))
    world.neighbour("X", np.round(20 + 60 * random.random(48)), imports=1000, exports=1000)
    power = {**FREE, "investment": 50.0, "variable_om": paid}
    case = world.store("cell", energy={**FREE, "investment": 200.0}, power=power).case()
    interior = SolverSettings(preset="ipx", threads=1, crossover=False, fall_back=False)
    values = solve(compile_program(build_program(case)), interior).values
    both = np.minimum(values["store_charge"], values["store_discharge"]).max()
    assert both < 0.01 if paid else both > 10.0
