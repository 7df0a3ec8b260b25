"""Faults planted in operating reserve: what nobody holds, what cannot be given, what nobody paid."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tests.checks.planting import change, where
from tests.checks.worlds import failed
from tests.closed_form.test_reserve import LARGEST, RUNNING, power, unit
from tests.closed_form.world import World


def assembled(answer):
    from model.core.features import load_features
    from model.cube import assemble

    registry = load_features()
    return answer.case, assemble(answer.case, answer.program, registry, answer.solution, answer.compiled.statistics())


@pytest.fixture(scope="module")
def plants():
    return assembled(power(1600).solve(**RUNNING))


@pytest.fixture(scope="module")
def store():
    world = World().demand(100).technology("plant", existing=100, variable_om=10)
    world.store("battery", energy={"existing": 20.0}, power={"existing": 10.0})
    unit(unit(world, "plant", unit_size=12), "battery_power", reserve_share=1.0, reserve_cost=2.0)
    return assembled(world.solve(**LARGEST, grid__reserve_hours=4.0))


def names(world, plant) -> set[str]:
    case, cube = world
    spoilt = cube.copy(deep=True)
    other = plant(case, spoilt)
    return set(failed(other or case, spoilt))


def test_sound_cubes_pass(plants, store):
    assert not failed(*plants) and not failed(*store)


def test_reserve_that_nobody_holds(plants):
    def plant(case, cube):
        change(cube, "plant_reserve", -500.0, **where(cube, "plant_reserve", lambda values: values > 600.0))

    assert names(plants, plant) == {"operating reserve", "cost item reserve"}


def test_a_plant_that_cannot_bring_so_much_in_time(plants):
    def plant(case, cube):
        units = case.tables["units"].copy()
        units["reserve_share"] = pd.to_numeric(units["reserve_share"]) * 0.5
        return replace(case, tables={**case.tables, "units": units})

    assert names(plants, plant) == {"reserve within limits"}


def test_a_store_that_must_give_for_longer(store):
    def plant(case, cube):
        grid = case.scenario.grid.model_copy(update={"reserve_hours": 8.0})
        return replace(case, scenario=case.scenario.model_copy(update={"grid": grid}))

    assert names(store, plant) == {"reserve within limits"}


def test_a_larger_unit_in_the_table(store):
    def plant(case, cube):
        units = case.tables["units"].copy()
        units["unit_size"] = pd.to_numeric(units["unit_size"]) * 2.0
        return replace(case, tables={**case.tables, "units": units})

    assert names(store, plant) == {"operating reserve"}
