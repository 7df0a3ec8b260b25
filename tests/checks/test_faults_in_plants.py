"""Faults planted in plants with a heat store, in their turbines, and in whole modules, in small worlds of their own."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pytest

from model.core.features import load_features
from model.cube import assemble
from tests.checks.planting import change
from tests.checks.worlds import failed
from tests.closed_form.world import World


@cache
def plant() -> tuple[Any, Any]:
    """A plant with store, part load and house load, in whole modules, whose size and hours are chosen."""
    settings = {"reactors__modes": ["flexible", "coproduction"], "reactors__integer_modules": True}
    world = World(4, **settings, reactors__units={"cls_lwr": {2030: 4.0}}).demand([100, 100, 100, 440])
    world.demand(20, carrier="heat_100").technology("gas", existing=1e3, variable_om=600)
    figures = {"efficiency": 0.4, "unit_size_e": 80.0, "unit_size_th": 200.0, "investment": 1000.0}
    figures |= {"part_load_loss": 0.05, "house_load": 0.1, "house_load_idle": 0.5, "extraction_share_max": 0.5}
    store = {"store_investment": 10.0, "charger_investment": 5.0, "turbine_ratio": 1.5, "store_charge_efficiency": 0.9}
    world.reactor("cls_lwr", potential=math.inf, loss={100: 0.2}, store_variable_om=1.0, **figures, **store)
    return cube_of(world)


@cache
def narrow() -> tuple[Any, Any]:
    """A back-pressure plant and one without turbine, for heat."""
    world = World(reactors__modes=["flexible", "coproduction"]).demand(300, carrier="heat_100").demand(100)
    world.technology("gas", existing=1e3, variable_om=60)
    world.reactor("cls_lwr", existing=300.0, efficiency=0.35, back_pressure_ratio=0.25, loss={100: 0.2}, fuel_cost=1.0)
    world.reactor("cls_htgr", design_class="cls_htgr", efficiency=0.4)
    figures = {"efficiency": 0.0, "live_steam_efficiency": 0.95, "fuel_cost": 2.0}
    return cube_of(world.reactor("pool", existing=300.0, design_class="cls_htgr", **figures))


def cube_of(world: World) -> tuple[Any, Any]:
    answer = world.solve()
    return answer.case, assemble(answer.case, answer.program, load_features(), answer.solution,
                                 answer.compiled.statistics())  # fmt: skip


AT = {"asset": "cls_lwr@N", "year": 2030}


@pytest.mark.parametrize(
    ("variable", "amount", "place", "expected"),
    [
        ("reactor_store_level", 5.0, {**AT, "time": 1}, {"reactor store level"}),
        ("reactor_store_charge", 5.0, {**AT, "time": 3}, {"reactor store level", "reactor heat split"}),
        ("reactor_store_discharge", -5.0, {**AT, "time": 3},
         {"reactor store level", "reactor power output"}),
        ("capacity", -50.0, {"asset": "cls_lwr_store@N", "year": 2030}, {"reactor store within capacity", "capacity"}),
        ("capacity", -50.0, {"asset": "cls_lwr_charger@N", "year": 2030}, {"reactor store charge", "capacity"}),
        ("capacity", -50.0, {"asset": "cls_lwr_turbine@N", "year": 2030},
         {"reactor turbine", "capacity", "size of a part of a reactor plant", "reactor power output"}),
        ("reactor_power", 5.0, {**AT, "time": 0}, {"reactor power output", "carrier balance"}),
        ("reactor_units", 0.1, AT, {"reactor units"}),
        ("built", 100.0, {"asset": "cls_lwr@N", "build_year": 2030}, {"whole modules", "capacity"}),
    ],
)  # fmt: skip
def test_planted_fault_in_a_plant_with_a_store(variable, amount, place, expected):
    case, cube = plant()
    assert failed(case, cube) == {}
    spoilt = cube.copy(deep=True)
    change(spoilt, variable, amount, **place)
    assert expected <= set(failed(case, spoilt)), set(failed(case, spoilt))


def test_house_load_that_nobody_pays_is_found():
    case, cube = plant()
    from dataclasses import replace

    idle = replace(case, reactors=case.reactors.assign(house_load_idle=0.0))
    assert "carrier balance" in failed(idle, cube)
    fuller = replace(case, reactors=case.reactors.assign(part_load_loss=0.1))
    assert "reactor power output" in failed(fuller, cube)
    given = replace(case, scenario=case.scenario.model_copy(
        update={"reactors": case.scenario.reactors.model_copy(update={"units": {"cls_lwr": {2030: 3.0}}})}
    ))  # fmt: skip
    assert set(failed(given, cube)) == {"units that the scenario gives"}


@pytest.mark.parametrize(
    ("variable", "amount", "place", "expected"),
    [
        ("reactor_power", 5.0, {**AT, "time": 0}, "reactor fixed ratio of power and heat"),
        ("reactor_turbine_heat", 5.0, {"asset": "pool@N", "year": 2030, "time": 0},
         "heat in a turbine that is not there"),
        ("reactor_live_steam", 5.0, {"asset": "pool@N", "carrier": "heat_250", "year": 2030, "time": 0},
         "carrier balance"),
    ],
)  # fmt: skip
def test_planted_fault_in_a_plant_that_lives_by_heat(variable, amount, place, expected):
    case, cube = narrow()
    assert failed(case, cube) == {}
    spoilt = cube.copy(deep=True)
    change(spoilt, variable, amount, **place)
    assert expected in failed(case, spoilt)
