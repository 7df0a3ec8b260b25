"""Potentials, shared potentials, build rates and fuel limits: each number by hand, each limit shown to bite."""

from __future__ import annotations

import math

import pytest

from tests.closed_form.answer import near
from tests.closed_form.world import World

FREE = {"investment": 0.0, "lifetime": 10}


def with_backup(**scenario) -> World:
    return World(**scenario).technology("backup", existing=1e4, variable_om=100)


def test_potential_holds_and_has_a_price():
    world = with_backup().demand(100).technology("wind", potential=40, variable_om=10, **FREE)
    assert world.solve().objective == near(8760 * (40 * 10 + 60 * 100))
    free = with_backup().demand(100).technology("wind", potential=math.inf, variable_om=10, **FREE)
    assert free.solve().objective == near(8760 * 100 * 10)
    # the factor of a scenario moves it
    assert world.solve(technologies__potential_factor={"wind": 2.0}).objective == near(8760 * (80 * 10 + 20 * 100))


def test_what_stands_may_exceed_the_potential_but_nothing_is_added():
    answer = with_backup().demand(100).technology("wind", existing=60, potential=40, variable_om=10, **FREE).solve()
    assert answer.objective == near(8760 * (60 * 10 + 40 * 100))


def test_nothing_is_built_without_a_row_or_when_excluded():
    world = with_backup().demand(100).technology("wind", potential=40, variable_om=10, **FREE)
    assert world.solve(technologies__exclude=["wind"]).objective == near(8760 * 100 * 100)


def test_shared_potential_goes_where_a_unit_of_it_saves_most():
    world = with_backup().demand(120).technology("near", potential=math.inf, variable_om=80, **FREE)
    world.technology("far", potential=math.inf, variable_om=85, **FREE)
    world.add("shared_potential_limits", group="coast", capacity_max=50)
    world.add("shared_potentials", group="coast", node="N", technology="near", factor=1.0)
    world.add("shared_potentials", group="coast", node="N", technology="far", factor=0.5)
    answer = world.solve()
    # a unit of the limit saves 20 with `near` and 2 x 15 with `far`: 100 MW of `far`, 20 MW stay with the backup
    assert [answer["capacity", f"{name}@N", 2030] for name in ("far", "near")] == near([100, 0])
    assert answer.objective == near(8760 * (100 * 85 + 20 * 100))
    assert answer.dual("shared_potential_limit", "coast", 2030) == near(-8760 * 30)
    # without the limit all is `near`
    world.rows["shared_potentials"].clear()
    world.rows["shared_potential_limits"].clear()
    assert world.solve().objective == near(8760 * 120 * 80)


def test_shared_potential_grows_from_year_to_year():
    """Between the years of the table a limit is interpolated: 10 MW in 2030 and 90 MW in 2050 are 50 MW in 2040."""
    world = with_backup(years=[2030, 2040, 2050]).demand(100).technology("sea", potential=math.inf, **FREE)
    world.add("shared_potentials", group="sea", node="N", technology="sea", factor=1.0)
    for year, limit in ((2030, 10), (2050, 90)):
        world.add("shared_potential_limits", group="sea", year=year, capacity_max=limit)
    answer = world.solve()
    assert [answer["capacity", "sea@N", year] for year in (2030, 2040, 2050)] == near([10, 50, 90])


def test_country_builds_no_faster_than_its_rate():
    world = with_backup(years=[2030, 2040]).bus("M").demand(500)
    world.corridor("N-M", "N", "M", 1e4, "dc")
    world.technology("wind", ["N", "M"], potential=math.inf, build_rate_max=5, investment=0.0, lifetime=40)
    answer = world.solve()
    # 5 MW a year, both nodes together: five years from the stock of 2025 to 2030, ten more to 2040
    capacity = [sum(answer["capacity", f"wind@{node}", year] for node in "NM") for year in (2030, 2040)]
    assert capacity == near([25, 75])
    assert answer.objective == near(8760 * 100 * (10 * 475 + 425))
    assert world.solve(investment__build_rates=False).objective == near(0)


def test_place_builds_no_faster_than_its_rate():
    world = with_backup(years=[2030, 2040]).bus("M").demand(500).corridor("N-M", "N", "M", 1e4, "dc")
    world.technology("wind", ["N", "M"], potential=math.inf, build_rate_site_max=2, investment=0.0, lifetime=40)
    answer = world.solve()
    assert [answer["capacity", "wind@M", year] for year in (2030, 2040)] == near([10, 30])
    assert answer.objective == near(8760 * 100 * (10 * 480 + 440))


def test_the_rate_counts_from_the_first_year_in_which_it_can_be_built():
    world = with_backup(years=[2030, 2040]).demand(500)
    world.technology("new", potential=math.inf, build_rate_max=5, earliest_year=2036, investment=0.0, lifetime=40)
    answer = world.solve()
    # nothing in 2030; from 2036 to 2040 four years of 5 MW
    assert ("new@N", 2030) not in answer.case.asset_years.index
    assert answer["capacity", "new@N", 2040] == near(20)


@pytest.mark.parametrize("limit", [0.4, 10.0])
def test_fuel_limit_and_its_price(limit):
    world = with_backup().demand(100).fuel("biomass", 20)
    world.technology("burner", takes={"biomass": 2.0}, existing=100)
    answer = world.add("fuel_limits", carrier="biomass", value=limit).solve()
    power = min(limit * 1e6 / 2.0, 8760 * 100)  # 0.4 TWh of fuel are 200 GWh of power
    assert answer.objective == near(power * 40 + (876_000 - power) * 100)
    # a MWh of fuel saves half a MWh of the backup at 100 and costs 20: 30 EUR/MWh while it is scarce
    price = 30_000 if limit < 1 else 0
    assert answer.dual("fuel_supply_limit", "biomass", 2030) == near(-price)  # per GWh
