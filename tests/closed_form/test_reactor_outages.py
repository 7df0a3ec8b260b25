"""Refuelling as a decision: hours, energy, the weekly grid, units in turn, seasons, and outages counted once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.closed_form.answer import Answer, near
from tests.closed_form.world import World

DAYS = 365
CAPACITY = 1000.0
PLANT = {"efficiency": 0.5, "unit_size_th": 250.0, "unit_size_e": 125.0, "availability": 0.6, "forced_outage_rate": 0.1}
"""Half of the heat becomes power; of what is not in refuelling a tenth is in a forced outage."""
SAMPLE = {"time__mode": "sample", "time__weeks": [1]}
"""Periods that stand for many days; their hours are given by hand."""


def seller(price: Any, settings: dict[str, Any] | None = None, **figures: float) -> World:
    """A thousand MW_th that sell all power at a price by day of a full year, or by period where `settings` say so."""
    given = settings or {"steps": DAYS, "step_hours": 24.0}
    world = World(**given, reactors__refuelling="decided").neighbour("X", price, imports=0.0, exports=1e4)
    return world.reactor("cls_lwr", existing=CAPACITY, **{**PLANT, **figures})


def out(answer: Answer) -> np.ndarray:
    """Thermal capacity in refuelling by step."""
    steps = [step for step in answer.program.sets if step.name == "outage_step"][0].members
    of_step = np.searchsorted(np.array(steps), np.arange(answer.case.time.count), side="right") - 1
    return np.asarray(answer["reactor_outage", "cls_lwr@N", 2030])[of_step]


def sound(answer: Answer) -> bool:
    """Whether the independent checks find nothing."""
    return all(finding.passed for finding in answer.findings())


def test_hours_and_energy_of_a_full_year():
    """480 h every two years: half of the plant refuels in a year; a tenth of the rest is out by force."""
    answer = seller(40.0, outage_length=20, outage_interval=2, outage_units=4).solve()
    assert answer["reactor_outage_start", "cls_lwr@N", 2030].sum() == near(CAPACITY / 2)
    assert out(answer).sum() * 24 == near(500 * 480)
    heat = 0.9 * (CAPACITY * 8760 - 500 * 480)
    assert answer.yearly("activity", "cls_lwr@N", 2030) == near(heat)
    assert answer.objective == near(-40 * 0.5 * heat)
    assert sound(answer)


def test_outages_are_not_counted_twice():
    """Availability, which holds both kinds, is read where refuelling is not decided, and only there."""
    world = seller(40.0, outage_length=20, outage_interval=2, outage_units=4)
    assert world.solve(reactors__refuelling="availability").objective == near(-40 * 0.5 * 0.6 * CAPACITY * 8760)
    # a design that does not say how its outages are has only its availability
    figures = ("forced_outage_rate", "outage_length", "outage_interval")
    world.rows["reactors"] = [row for row in world.rows["reactors"] if row["parameter"] not in figures]
    assert world.solve().objective == near(-40 * 0.5 * 0.6 * CAPACITY * 8760)


@pytest.mark.parametrize(("first", "start", "cheap"), [(140, 140, 20), (143, 140, 17), (144, 147, 17)])
def test_outages_start_on_a_weekly_grid(first, start, cheap):
    """One unit is out for twenty days a year; twenty days from `first` are cheap, whole weeks are the grid."""
    price = np.where((np.arange(DAYS) >= first) & (np.arange(DAYS) < first + 20), 10.0, 50.0)
    answer = seller(price, outage_length=20, outage_interval=1, outage_units=1).solve()
    days = np.arange(DAYS)
    assert out(answer) == near(np.where((days >= start) & (days < start + 20), CAPACITY, 0.0))
    lost = 24 * CAPACITY * (10 * cheap + 50 * (20 - cheap))
    assert answer.objective == near(-0.9 * 0.5 * (24 * CAPACITY * price.sum() - lost))


@pytest.mark.parametrize(("units", "most", "cheap_weeks"), [(1, 1.0, 4.0), (4, 0.25, 2.0), (1000, 4 / 52, 8 * 4 / 52)])
def test_units_refuel_in_turn(units, most, cheap_weeks):
    """Four weeks a year, eight cheap weeks: 1/N of the plant at once, and never less than gets it through the year."""
    week = np.arange(DAYS) // 7
    price = np.where((week >= 20) & (week < 28), 10.0, 50.0)
    figures = {"outage_length": 28, "outage_interval": 1, "unit_size_th": CAPACITY / units}
    answer = seller(price, outage_units=min(units, 100), **figures).solve()
    assert out(answer).max() <= CAPACITY * max(most, 0.01) + 1e-6
    lost = 168 * CAPACITY * (10 * cheap_weeks + 50 * (4 - cheap_weeks))
    assert answer.objective == near(-0.9 * 0.5 * (24 * CAPACITY * price.sum() - lost))
    assert sound(answer)


@pytest.mark.parametrize(("limit", "turns"), [(CAPACITY, 4), (300.0, 1.2)])
def test_no_more_units_take_turns_than_fit_into_the_place(limit, turns):
    """A place for 300 MW_th holds 1.2 units of 250, whatever the design says."""
    world = World(DAYS, step_hours=24.0, reactors__refuelling="decided").neighbour("X", 40.0, imports=0, exports=1e4)
    world.reactor("cls_lwr", potential=limit, **PLANT, outage_length=28, outage_interval=1, outage_units=4)
    answer = world.solve()
    shares = next(item for item in answer.program.parameters if item.name == "outage_share_max").values
    assert shares == near([1 / turns])


SEASONS = {"periods": [(1, 165), (1, 200)], "step_hours": 24.0, **SAMPLE}


@pytest.mark.parametrize(("units", "cheap_days"), [(1, 36.5), (4, 36.5), (8, 165 / 8), (100, 16.5)])
def test_seasonal_outages_of_representative_periods(units, cheap_days):
    """36.5 days a year: in the cheap season of 165 days what 1/N at once allows, or a tenth, which always is."""
    figures = {"outage_length": 73, "outage_interval": 2, "outage_units": units, "unit_size_th": CAPACITY / units}
    answer = seller([10.0, 50.0], SEASONS, **figures).solve()
    assert out(answer) == near(CAPACITY * np.array([cheap_days / 165, (36.5 - cheap_days) / 200]))
    sold = 10 * (165 - cheap_days) + 50 * (200 - (36.5 - cheap_days))
    assert answer.objective == near(-0.9 * 0.5 * 24 * CAPACITY * sold)
    assert sound(answer)


def test_every_weather_year_has_its_own_outages():
    """Two halves of a year, the first cheap: outages lie there.  Two whole years of half the weight: each its own."""
    settings = {"periods": [(1, 182.5), (1, 182.5)], "step_hours": 24.0, **SAMPLE}
    world = seller([10.0, 50.0], settings, outage_length=36.5, outage_interval=1)
    assert out(world.solve()) == near([200.0, 0.0])
    world.runs, world.weather_years = [(0, 365.0), (1, 365.0)], [2018, 2019]
    assert out(world.solve()) == near([100.0, 100.0])


def test_base_load_and_minimum_load_go_by_what_is_not_in_refuelling():
    """Before negative prices the plant runs at minimum load, less what is out: the outages lower the loss."""
    figures = {"outage_length": 73, "outage_interval": 1, "outage_units": 1, "minimum_load": 0.4}
    answer = seller([-10.0, -50.0], SEASONS, **figures).solve()
    loss = 0.4 * 0.9 * 0.5 * 24 * CAPACITY
    assert answer.objective == near(loss * (10 * 165 + 50 * (200 - 73)))
    flat_out = seller([-10.0, -50.0], SEASONS, **{**figures, "minimum_load": 1.0}).solve()
    assert flat_out.objective == near(answer.objective / 0.4)
