"""Operating reserve for the loss of one unit: what it asks for, who gives it and what it costs, by hand."""

from __future__ import annotations

import pytest

from model.core.features import load_features
from model.cube import assemble
from model.report.reserve import reserve_sections
from tests.closed_form.answer import near
from tests.closed_form.world import HOURS, World

RUNNING = {"grid__reserve": "running"}
LARGEST = {"grid__reserve": "largest"}
NAMES = {"reserve_need", "reserve_missing", "plant_reserve", "reserve_balance", "plant_headroom", "reserve_for_plant"}


def unit(world: World, technology: str, **cells: float) -> World:
    """Say how large a unit is, and what of it can be called on."""
    return world.add("units", technology=technology, **cells)


def power(size: float, reserve_cost: float = 5.0) -> World:
    """1,600 MW of one technology at 10, in units of a size; gas at 60, which can be called on; 1,600 MW of load."""
    world = World().demand(1600).technology("large", existing=1600, variable_om=10)
    world.technology("gas", existing=3000, variable_om=60)
    unit(world, "large", unit_size=size)
    return unit(world, "gas", reserve_share=1.0, reserve_cost=reserve_cost)


ALONE = 1600 * 10 * HOURS


def test_without_the_switch_there_is_no_reserve_and_no_row():
    answer = power(1600).solve()
    assert answer.objective == near(ALONE)
    families = {**answer.solution.values, **answer.solution.duals}
    assert not [name for name, values in families.items() if name in NAMES and values.size]


@pytest.mark.parametrize("size", [1600.0, 80.0])
def test_one_large_unit_asks_for_twenty_times_the_reserve_of_twenty_small_ones(size):
    answer = power(size).solve(**RUNNING)
    assert answer["plant_reserve", "gas@N", "electricity", 2030, 0] == near(size)
    assert answer.objective == near(ALONE + size * 5 * HOURS)
    assert answer.cost("reserve") == near(size * 5 * HOURS)
    assert answer.findings() == []


def test_reserve_dearer_than_the_difference_of_power_makes_the_large_unit_run_less():
    """Reserve at 70 for each MW that one unit of 1,600 gives is dearer than gas (60 - 10): the unit rests."""
    answer = power(1600, 70.0).solve(**RUNNING)
    assert answer.objective == near(1600 * 60 * HOURS)
    assert power(80, 70.0).solve(**RUNNING).objective == near(ALONE + 80 * 70 * HOURS)
    # kept for the largest unit whether it runs or not, it changes nothing in who runs
    assert power(1600, 70.0).solve(**LARGEST).objective == near(ALONE + 1600 * 70 * HOURS)


def test_where_less_is_built_than_can_stand_a_unit_counts_for_its_share():
    """Up to 6,400 MW may stand in units of 1,600: each gives a quarter of what runs, 400 of 1,600."""
    world = World().demand(1600).technology("large", potential=6400, investment=0, lifetime=20, variable_om=10)
    world.technology("gas", existing=3000, variable_om=60)
    unit(unit(world, "large", unit_size=1600), "gas", reserve_share=1.0, reserve_cost=5.0)
    answer = world.solve(**RUNNING)
    assert answer["reserve_need", 2030, 0] == near(400)
    assert answer.objective == near(ALONE + 400 * 5 * HOURS)
    assert world.solve(**LARGEST)["reserve_need", 2030, 0] == near(1600)


def test_what_a_plant_can_bring_in_time_and_what_is_missing():
    """A tenth of 3,000 MW of gas is to be had; the rest of 1,600 is missing at 1,000."""
    world = power(1600)
    world.change("units", "gas", reserve_share=0.1)
    answer = world.solve(**LARGEST)
    assert answer["reserve_missing", 2030, 0] == near(1300)
    assert answer.objective == near(ALONE + (300 * 5 + 1300 * 1000) * HOURS)
    assert answer.cost("reserve_missing") == near(1300 * 1000 * HOURS)


def test_a_plant_that_runs_has_less_left():
    """Gas of 2,000 MW must give 500 of 2,100 MW: 1,500 are left for 1,600 MW; 100 are missing, at 20."""
    world = World(grid__reserve_missing_price=20.0).demand(2100).technology("large", existing=1600, variable_om=10)
    world.technology("gas", existing=2000, variable_om=60)
    unit(unit(world, "large", unit_size=1600), "gas", reserve_share=1.0)
    answer = world.solve(**LARGEST)
    assert answer["reserve_missing", 2030, 0] == near(100)
    assert answer.objective == near((1600 * 10 + 500 * 60 + 100 * 20) * HOURS)


def test_users_of_power_may_stop():
    """An electrolyser that takes 100 MW for 60 MW of hydrogen spares 100 MW of reserve at 5."""
    world = power(1600).demand(60, carrier="hydrogen")
    world.technology("cells", gives={"hydrogen": 0.6}, takes={"electricity": 1.0}, existing=100)
    world.technology("more", existing=100, variable_om=10)
    unit(world, "cells", reserve_share=1.0)
    answer = world.solve(**RUNNING)
    assert answer["load_reserve", "cells@N", "electricity", 2030, 0] == near(100)
    assert answer.objective == near((1700 * 10 + 1500 * 5) * HOURS)
    assert answer.findings() == []


@pytest.mark.parametrize(("hours", "given"), [(1.0, 10.0), (4.0, 5.0)])
def test_a_store_gives_what_its_power_and_its_content_allow(hours, given):
    """10 MW and 20 MWh: 10 MW for an hour, 5 MW for four; the rest of 12 MW is missing."""
    world = World().demand(100).technology("plant", existing=100, variable_om=10)
    parts = {"existing": 20.0}, {"existing": 10.0}
    world.store("battery", energy=parts[0], power=parts[1])
    unit(unit(world, "plant", unit_size=12), "battery_power", reserve_share=1.0, reserve_cost=2.0)
    answer = world.solve(**LARGEST, grid__reserve_hours=hours)
    assert answer["store_reserve", "battery_power@N", "battery@N", 2030, 0] == near(given)
    assert answer.objective == near((1000 + given * 2 + (12 - given) * 1000) * HOURS)
    assert answer.findings() == []


def test_reactors_and_cables_are_units_too():
    """300 MW of a reactor and 700 MW over a cable: reserve for 700, at 5, where the cable runs; else for 300."""
    world = World().demand(1000).reactor("smr", existing=300 / 0.3, efficiency=0.3, unit_size_e=300.0)
    world.neighbour("far", 20.0, imports=700.0, exports=0.0)
    world.technology("gas", existing=3000, variable_om=24)
    unit(unit(world, "far", unit_size=700), "gas", reserve_share=1.0, reserve_cost=5.0)
    # a MW of import saves 4 and asks for a MW of reserve at 5 beyond the 300 of the reactor
    answer = world.solve(**RUNNING)
    assert answer.yearly("neighbour_import", "far", 2030) == near(300 * HOURS)
    assert answer.objective == near((300 * 20 + 400 * 24 + 300 * 5) * HOURS)
    assert answer.findings() == []


def test_the_summary_tells_what_is_asked_who_asks_who_holds_and_what_it_costs():
    """1,600 MW in one unit, all held by gas at 5 EUR/MW/h; 1 MWh less of the large unit would save 5 of it."""
    answer = power(1600).solve(**RUNNING)
    cube = assemble(answer.case, answer.program, load_features(), answer.solution, answer.compiled.statistics())
    (section,) = reserve_sections(cube)
    shown = section.table.iloc[:, 0]
    asked = ["asked for, mean", "asked for, most", "held by plants, mean"]
    assert shown[asked].tolist() == near([1600, 1600, 1600])
    assert shown[["missing, mean", "missing, h a year", "price, mean EUR/MW/h"]].tolist() == near([0, 0, 5])
    assert "Set by large@N." in section.note
    plain = power(1600).solve()
    cube = assemble(plain.case, plain.program, load_features(), plain.solution, plain.compiled.statistics())
    assert reserve_sections(cube) == []
