"""Direct lines and steam contracts by hand."""

from __future__ import annotations

import pytest

from model.errors import InputError
from tests.closed_form.answer import near
from tests.closed_form.world import World

LINE = {"length": 10.0, "investment": 100.0, "fixed_om": 0.0, "lifetime": 10.0, "loss": 0.0, "first_year": 2030.0}


def windy(**line: float) -> World:
    """A wind farm that gives 0, 50 and 100 MW at the grid, a site that takes 60 MW behind a contract of 20 MW."""
    world = World(3).regional().site(contract_import=20.0, contract_growth_max=0.0)
    world.technology("wind", "N", existing=100, profile=[0.0, 0.5, 1.0])
    world.technology("grid", "N", existing=1e4, variable_om=50).technology("own", "S", existing=100, variable_om=200)
    world.add("direct_lines", line="wire", from_node="N", technology="wind", to_node="S", **{**LINE, **line})
    return world.demand(60, at="S").demand(1000)


def test_a_line_carries_what_its_generator_gives_and_no_power_of_others():
    """Wind through the wire replaces own power at 200; the grid gets that much less wind, at 50.

    The 20 MW of contract are there in every hour, so 40 MW of wire are worth it: 2 × 2920 h × 150 = 876,000 EUR a year
    for a MW that costs 100 × 10 / 10 = 100 EUR.
    """
    world = windy()
    before, answer = world.solve(), world.solve(sites__direct_lines=["wire"])
    assert answer["direct_line_built", "wire", "S", 2030] == near(40)
    assert answer["direct_supply", "wire", "S", 2030] == near([0, 40, 40])
    assert answer.cost("direct_line") == near(100 * 40)
    assert before.objective - answer.objective == near(2 * 2920 * 40 * 150 - 4000)
    assert answer.findings() == []


def test_output_and_loss_bite():
    """With a contract of nothing the site wants 60 MW in every hour: 50 of the second step are all there is."""
    world = windy(loss=0.1).change("sites", "S", contract_import=0.0)
    answer = world.solve(sites__direct_lines=["wire"])
    assert answer["direct_supply", "wire", "S", 2030] == near([0, 50, 60 / 0.9])
    assert answer["activity", "own@S", 2030] == near([60, 15, 0])
    assert answer.findings() == []


def test_a_line_is_no_longer_built_where_it_costs_more_than_it_saves():
    dear = windy(investment=876_000.0 + 1e3).solve(sites__direct_lines=["wire"])
    assert dear["direct_line_built", "wire", "S", 2030] == near(0)
    late = windy(first_year=2040.0).solve(sites__direct_lines=["wire"])
    assert late.objective == near(windy().solve().objective)


def test_a_reactor_may_serve_a_site_directly():
    world = World().regional().site(contract_import=0.0).technology("own", "S", existing=100, variable_om=200)
    world.reactor("cls_lwr", "N", existing=100, efficiency=0.4, fuel_cost=10.0, minimum_load=0.0)
    world.add("direct_lines", line="wire", from_node="N", technology="cls_lwr", to_node="S", **LINE)
    answer = world.demand(30, at="S").solve(sites__direct_lines=["wire"], reactors__modes=["flexible"])
    assert answer["direct_supply", "wire", "S", 2030] == near([30])
    assert answer.objective == near(8760 * 30 * 10 + 100 * 30)
    assert answer.findings() == []


def steamy(**contract: float) -> World:
    """A plant that gives steam at 60 and power worth 50, beside a boiler at 5 that would do it alone."""
    world = World().regional().site().technology("grid", existing=1e4, variable_om=50).demand(100, at="S")
    world.technology("chp", "S", gives={"electricity": 1.0, "heat_250": 2.0}, existing=50, variable_om=160)
    world.technology("boiler", "S", gives="heat_250", existing=500, variable_om=5)
    row = {"steam": 0.4, "take_share": 0.7, "last_year": 2034.0, **contract}
    world.add("steam_contracts", node="S", technology="chp", carrier="heat_250", **row)
    return world.demand(100, at="S", carrier="heat_250")


def test_a_steam_contract_is_taken_until_it_ends():
    """0.28 TWh of steam are 0.14 TWh of the plant: its power saves 50, its steam 2 × 5, it costs 160."""
    world = steamy()
    free, held = world.solve(), world.solve(sites__steam_contracts=True)
    assert free.yearly("activity", "chp@S", 2030) == near(0)
    assert held.yearly("activity", "chp@S", 2030) == near(140_000)
    assert held.objective - free.objective == near(140_000 * (160 - 50 - 10))
    assert held.findings() == []
    over = steamy(last_year=2029.0).solve(sites__steam_contracts=True)
    assert over.objective == near(free.objective)


def test_a_contract_on_a_plant_that_is_gone_is_refused():
    world = steamy(last_year=2040.0)
    world.rows["existing_capacity"][1]["retirement_year"] = 2030.0
    assert world.rows["existing_capacity"][1]["technology"] == "chp"
    with pytest.raises(InputError, match="a plant that stands in 2030"):
        world.solve(sites__steam_contracts=True)
