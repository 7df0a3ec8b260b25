"""Scenario switches on technologies and reactors: each moves the answer by the amount that it says."""

from __future__ import annotations

import math

import pytest

from tests.closed_form.answer import near
from tests.closed_form.world import World

PLANT = {"investment": 1e5, "lifetime": 1, "potential": math.inf}
DARK = 8760 * 3000


def test_cost_factor_of_a_technology():
    world = World().demand(10).technology("plant", **PLANT)
    assert world.solve(technologies__cost_factor={"plant": 2.5}).objective == near(10 * 2.5e5)


def reactor_world(**figures: float) -> World:
    """100 MW wanted in 2030 and 2040; a reactor of 2,000 EUR/kW_e over forty years at 25 %."""
    world = World(years=[2030, 2040], reactors__modes=["flexible"]).demand(100)
    figures = {"efficiency": 0.25, "investment": 2000.0, "lifetime": 40.0, **figures}
    return world.reactor("cls_lwr", potential=math.inf, **figures)


def test_cost_factor_of_reactors():
    # 50,000 EUR/MW_e a year for eleven years
    assert reactor_world().solve().objective == near(100 * 5e4 * 11)
    assert reactor_world().solve(reactors__cost_factor=0.5).objective == near(100 * 2.5e4 * 11)


@pytest.mark.parametrize(("delay", "dark_years"), [(0, 0), (2, 10), (10, 10), (15, 11)])
def test_reactors_come_later(delay, dark_years):
    """Possible from 2030 on: two years of delay shut 2030 out, fifteen 2040 as well."""
    answer = reactor_world(earliest_year=2030.0).solve(reactors__earliest_year_delay=delay)
    assert answer.objective == near(100 * (dark_years * DARK + (11 - dark_years) * 5e4))


def test_reactors_off_leaves_what_stands():
    world = reactor_world().reactor("old", existing=160.0, kind="existing", design_class="cls_large", efficiency=0.25)
    assert world.solve().objective == near(60 * 5e4 * 11)
    assert world.solve(reactors__enabled=False).objective == near(60 * DARK * 11)


def test_only_the_named_designs_may_be_built():
    dear = {"design_class": "cls_htgr", "efficiency": 0.4, "investment": 6000.0, "lifetime": 40.0}
    world = reactor_world().reactor("cls_htgr", potential=math.inf, **dear)
    assert world.solve().objective == near(100 * 5e4 * 11)
    answer = world.solve(reactors__designs=["cls_htgr"])
    assert answer["capacity", "cls_htgr@N", 2030] == near(250)  # MW_th
    assert answer.objective == near(100 * 1.5e5 * 11)


def test_build_rate_of_a_design_is_electric():
    """4 MW_e a year from the stock of 2025 to 2030, at 25 %: 80 MW_th, then ten years more."""
    answer = reactor_world(build_rate_max=4.0).solve()
    assert [answer["capacity", "cls_lwr@N", year] for year in (2030, 2040)] == near([80, 240])
    assert answer.objective == near(20 * 5e4 * 11 + 40 * 5e4 + DARK * (80 * 10 + 40))


def test_what_is_commissioned_later_stands_later():
    world = World(years=[2030, 2040]).technology("plant", variable_om=20.0).demand(100)
    world.add("existing_capacity", node="N", technology="plant", plant="old", capacity=60.0, retirement_year=2040)
    world.add("existing_capacity", node="N", technology="plant", plant="new", capacity=90.0, commissioned=2035)
    expected = 8760 * (10 * (60 * 20 + 40 * 3000) + 90 * 20 + 10 * 3000)
    assert world.solve().objective == near(expected)
    # stock that grows by data is not what early retirement is about
    assert world.solve(investment__early_retirement=True).objective == near(expected)


def test_interconnectors_grow_between_the_years_of_the_table():
    world = World(years=[2025, 2030, 2040]).demand(100).technology("gas", existing=100, variable_om=50)
    world.neighbour("X", 10, imports=20, exports=0)
    world.rows["interconnectors"][0]["year"] = 2030
    world.add("interconnectors", interconnector="X", node="N", zone="X", year=2050, import_capacity=60,
              export_capacity=0, loss=0.0)  # fmt: skip
    answer = world.solve()
    # none before its first year; 20 MW in 2030, halfway to 60 MW in 2040
    assert ("X", 2025) not in answer.case.interconnectors.index
    assert [answer["neighbour_import", "X", year, 0] for year in (2030, 2040)] == near([20, 40])
    assert answer.objective == near(8760 * (5 * 5000 + 10 * (200 + 4000) + 400 + 3000))


def test_fuel_price_by_year():
    world = World(years=[2030, 2040]).demand(10).fuel("gas", 0).technology("plant", takes={"gas": 2.0}, existing=10)
    world.rows["fuel_prices"].clear()
    for year, price in ((2030, 30), (2050, 50)):
        world.add("fuel_prices", carrier="gas", price_scenario="given", year=year, value=price)
    answer = world.solve()
    assert [answer.price(year=year)[0] for year in (2030, 2040)] == near([60, 80])
    assert answer.objective == near(8760 * 10 * (10 * 60 + 80))
