"""Balances: price is marginal cost, unserved energy its value of lost load, heat runs downhill only."""

from __future__ import annotations

import pytest

from tests.closed_form.answer import near
from tests.closed_form.world import World

STEP = 4380.0  # hours of the year for which each of two steps stands


def test_price_is_the_cost_of_the_marginal_plant():
    world = World(2).technology("cheap", existing=100, variable_om=20).technology("dear", existing=100, variable_om=50)
    answer = world.demand([80, 150]).solve()
    # 80 MW at 20; then 100 MW at 20 and 50 MW at 50
    assert answer.objective == near(STEP * (80 * 20 + 100 * 20 + 50 * 50))
    assert answer.price() == near([20, 50])


def test_fuel_is_part_of_the_marginal_cost():
    world = World().fuel("gas", 30).technology("plant", takes={"gas": 2.0}, existing=100, variable_om=5)
    answer = world.demand(60).solve()
    assert answer.price() == near([65])  # 2 MWh of gas at 30, and 5
    assert (answer.cost("fuel"), answer.cost("variable_om")) == near((8760 * 60 * 60, 8760 * 60 * 5))


def test_unserved_energy_costs_the_value_of_lost_load():
    world = World(2).technology("plant", existing=100, variable_om=20).demand([100 - 1, 120])
    answer = world.solve()
    assert answer["unserved", "N", "electricity", 2030] == near([0, 20])
    assert answer.price() == near([20, 3000])
    assert answer.objective == near(STEP * (199 * 20 + 20 * 3000))
    # with 20 MW more nothing stays unserved
    served = World(2).technology("plant", existing=120, variable_om=20).demand([99, 120]).solve()
    assert served.objective == near(STEP * 219 * 20)


def test_surplus_that_must_run_is_spilled_at_a_price_or_impossible():
    world = World().technology("must_run", existing=100, minimum_load=1.0).demand(80)
    assert world.attempt().solution.status == "infeasible"
    answer = world.change("carriers", "electricity", spill="priced", spill_cost=15.0).solve()
    assert answer.objective == near(8760 * 20 * 15)
    assert answer.price() == near([-15])  # one more MW of demand saves the spill


def test_negative_prices_abroad_are_not_bought_to_be_thrown_away():
    world = World().technology("plant", existing=100, variable_om=20).demand(80)
    world.neighbour("X", price=-10, imports=500, exports=0).change("carriers", "electricity", spill="priced")
    # bought for the 80 MW of demand and no more: throwing away costs 15, and buying earns only 10
    answer = world.change("carriers", "electricity", spill_cost=15.0).solve()
    assert answer.objective == near(8760 * 80 * -10)
    # were it free, all 500 MW would be bought
    assert world.change("carriers", "electricity", spill_cost=0.0).solve().objective == near(8760 * 500 * -10)


def heat_world() -> World:
    """A hot source, a cool source, and demand in the grade between and at the ends."""
    world = World().technology("hot", gives="heat_500", existing=100, variable_om=40)
    return world.technology("cool", gives="heat_100", existing=100, variable_om=10)


def test_hot_heat_serves_cooler_demand():
    world = heat_world().demand(30, carrier="heat_250").demand(120, carrier="heat_100")
    answer = world.solve()
    # 100 MW of the cool source; the hot one gives the other 20 MW and the 30 MW of the middle grade
    assert answer.objective == near(8760 * (100 * 10 + 50 * 40))
    assert [answer.price("N", grade)[0] for grade in ("heat_500", "heat_250", "heat_100")] == near([40, 40, 40])
    assert answer["heat_downgrade", "N", "heat_500", "heat_250", 2030, 0] == near(50)
    assert answer["heat_downgrade", "N", "heat_250", "heat_100", 2030, 0] == near(20)


def test_cool_heat_never_serves_hotter_demand():
    answer = heat_world().demand(120, carrier="heat_500").demand(30, carrier="heat_100").solve()
    # the cool source has 70 MW to spare, and still 20 MW of hot heat stay unserved
    assert answer["unserved", "N", "heat_500", 2030, 0] == near(20)
    assert answer.objective == near(8760 * (100 * 40 + 30 * 10 + 20 * 3000))


def test_without_the_cascade_each_grade_stands_alone():
    world = heat_world().demand(30, carrier="heat_250").demand(120, carrier="heat_100")
    for grade in ("heat_100", "heat_250", "heat_500"):
        world.change("carriers", grade, cascade_group="")
    assert world.solve().objective == near(8760 * (100 * 10 + 50 * 3000))


def test_a_grade_that_nobody_uses_is_skipped():
    """Neighbours in the cascade are the grades in use, so 500 degC serves 100 degC without 250 degC between."""
    answer = heat_world().demand(120, carrier="heat_100").solve()
    assert answer["heat_downgrade", "N", "heat_500", "heat_100", 2030, 0] == near(20)


def test_surplus_heat_is_let_go_for_nothing():
    world = World().technology("chp", gives={"electricity": 1.0, "heat_100": 1.5}, existing=100, variable_om=30)
    answer = world.demand(100).demand(40, carrier="heat_100").solve()
    assert answer["spill", "N", "heat_100", 2030, 0] == near(110)
    assert answer.price("N", "heat_100") == near([0])
    assert answer.objective == near(8760 * 100 * 30)


@pytest.mark.parametrize("lost_load", [500.0, 8000.0])
def test_each_carrier_has_its_own_value_of_lost_load(lost_load):
    world = World().technology("cell", gives="hydrogen", existing=6, variable_om=90).demand(10, carrier="hydrogen")
    answer = world.change("carriers", "hydrogen", value_of_lost_load=lost_load).solve()
    assert answer.objective == near(8760 * (6 * 90 + 4 * lost_load))


def test_where_nothing_stands_all_demand_is_unserved():
    assert World().demand(10).solve().objective == near(8760 * 10 * 3000)
