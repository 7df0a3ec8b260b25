"""Faults planted in refuelling, starts and stops: each is found by the check that is meant for it, and by no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from model.core.features import load_features
from model.cube import assemble
from tests.checks.planting import change, where
from tests.checks.worlds import failed
from tests.closed_form.world import World

SAMPLE = {"periods": [(8, 180), (8, 185)], "step_hours": 3.0, "time__mode": "sample", "time__weeks": [1]}
YEAR = {"steps": 365, "step_hours": 24.0}
DECIDED = {"reactors__refuelling": "decided"}
LINEAR = {"reactors__commitment": "linear"}
WORLDS: dict[str, dict[str, Any]] = {
    "seasons": {**SAMPLE, **DECIDED, **LINEAR},
    "average": {**SAMPLE, **LINEAR},
    "dated": {**YEAR, **DECIDED, **LINEAR},
    "ramping": {**YEAR, **DECIDED},
    "late": {**YEAR, **DECIDED, **LINEAR, "reactors__late_cycle": True},
    "late on the mean": {**SAMPLE, **LINEAR, "reactors__late_cycle": True},
}
FIGURES = {
    **{"minimum_load": 0.5, "ramp": 0.02, "availability": 0.9, "forced_outage_rate": 0.05},
    **{"outage_length": 20.0, "outage_interval": 1.0, "outage_units": 4.0, "unit_size_th": 62.5},
    **{"min_down_time": 6.0, "start_cost": 3.0, "cycles_per_year": 300.0, "cycle_depth": 0.5},
}
LATE = {
    "start_cost": 1e5,
    "ramp": 1.0,
    "cycles_per_year": 8784.0,
    "late_cycle_share": 0.2,
    "late_cycle_load": 0.8,
}
"""Further figures of the plants that are late in their cycle: they stay online and go down as far as they may."""
ASSET = {"asset": "cls_lwr@N", "year": 2030}
PLANTED: dict[str, tuple[str, Callable[..., Any], set[str]]] = {}


@cache
def solved(name: str) -> tuple[Any, Any]:
    """Case and cube of a plant before a price that is below zero in three steps of eight."""
    world = World(**WORLDS[name])
    steps = np.arange(world.count)
    price = np.where(steps % 8 < 5, 60.0, -100.0) + 5.0 * np.sin(steps)
    figures = {**FIGURES, **LATE} if name.startswith("late") else FIGURES
    world.neighbour("X", price, imports=0.0, exports=1e4).reactor("cls_lwr", existing=1e3, efficiency=0.5, **figures)
    answer = world.solve()
    statistics = answer.compiled.statistics()
    return answer.case, assemble(answer.case, answer.program, load_features(), answer.solution, statistics)


def fault(world: str, *expected: str) -> Callable[..., Any]:
    """Declare a fault in a world, and the checks that must find it."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        PLANTED[function.__name__] = (world, function, set(expected))
        return function

    return declare


def cell(cube: Any, name: str, least: float) -> dict[str, Any]:
    """The first cell of a result above a number."""
    return where(cube, name, lambda values: values > least)


def other_design(case: Any, **figures: float) -> Any:
    """The same case with other figures of the design."""
    return replace(case, reactors=case.reactors.assign(**figures))


@fault("seasons", "refuelling that is due")
def refuelling_that_was_put_off(case, cube):
    return other_design(case, outage_length=21.0)


@fault("dated", "refuelling that is due")
def refuelling_that_comes_too_seldom(case, cube):
    return other_design(case, outage_interval=0.9)


@fault("dated", "length of outages", "reactors online", "ramps of what is online")
def outage_that_was_too_short(case, cube):
    """It ends a week late by another table: what came back at its end was not back."""
    return other_design(case, outage_length=27.0)


@fault("ramping", "length of outages", "heat of what is not in an outage")
def outage_in_which_the_plant_runs(case, cube):
    change(cube, "reactor_capacity_out", 10.0, **cell(cube, "activity", 949.9))


@fault("dated", "units refuel in turn")
def units_that_refuel_together(case, cube):
    return other_design(case, outage_units=16.0)


@fault("seasons", "outages counted once")
def outages_that_count_twice(case, cube):
    return replace(case, asset_years=case.asset_years.assign(availability=0.96))


@fault("ramping", "minimum load beside refuelling", "ramps beside refuelling", "reactor heat split")
def heat_below_the_minimum(case, cube):
    change(cube, "activity", -600.0, **cell(cube, "activity", 900.0))


@fault("ramping", "going into outages and coming back")
def more_comes_back_than_was_out(case, cube):
    change(cube, "reactor_outage_left", 10.0, **cell(cube, "reactor_outage_start", 1.0))


@fault("average", "reactors online", "cost item start")
def capacity_that_starts_by_itself(case, cube):
    change(cube, "reactor_started", 1.0, **{**ASSET, "time": 3})


@fault("average", "load of what is online", "ramps of what is online")
def load_below_the_minimum(case, cube):
    return replace(case, asset_years=case.asset_years.assign(minimum_load=0.55))


@fault("average", "ramps of what is online")
def ramp_that_is_slower(case, cube):
    return replace(case, asset_years=case.asset_years.assign(ramp=0.001))


@fault("late", "minimum load late in the fuel cycle")
def load_too_low_before_refuelling(case, cube):
    return other_design(case, late_cycle_load=0.85)


@fault("late", "minimum load late in the fuel cycle")
def window_that_is_longer(case, cube):
    return other_design(case, late_cycle_share=0.3)


@fault("late on the mean", "load of what is online")
def units_that_are_late_for_longer(case, cube):
    return other_design(case, late_cycle_share=0.3)


@fault("average", "minimum down time")
def rest_that_is_longer(case, cube):
    return other_design(case, min_down_time=12.0)


@fault("average", "cycles of a year")
def budget_that_is_smaller(case, cube):
    return other_design(case, cycles_per_year=10.0)


@fault("average", "cost item start")
def start_at_another_price(case, cube):
    return other_design(case, start_cost=4.0)


@pytest.mark.parametrize("name", WORLDS)
def test_sound_cube_passes(name):
    case, cube = solved(name)
    assert {check: str(finding) for check, finding in failed(case, cube).items()} == {}


def test_the_plant_starts_stops_and_uses_up_its_budget():
    """Otherwise the faults would find nothing to be wrong."""
    _, cube = solved("average")
    results = cube["results"]
    assert float(results["reactor_started"].max()) > 10.0 and float(results["reactor_stopped"].max()) > 10.0
    assert float(results["reactor_load_fall"].max()) > 10.0


@pytest.mark.parametrize("name", PLANTED)
def test_planted_fault_is_found_by_the_intended_checks(name):
    world, plant, expected = PLANTED[name]
    case, cube = solved(world)
    spoilt = cube.copy(deep=True)
    other = plant(case, spoilt)
    found = failed(case if other is None else other, spoilt)
    assert set(found) == expected, [str(finding) for finding in found.values()]
