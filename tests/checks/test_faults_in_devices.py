"""Faults planted in devices, reservoirs, loads and limits of an imported network."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from model.core.build import build_program
from model.core.features import load_features
from model.cube import assemble
from model.data import build_case
from model.engine import compile_program, solve
from model.exchange.pypsa_import import import_pypsa
from model.job import solver_settings
from model.scenario import load_scenario
from tests.checks.planting import change
from tests.checks.worlds import failed
from tests.exchange.networks import rich_network

pytestmark = pytest.mark.filterwarnings("ignore")
FAULTS = {}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Case and cube of a network with everything in it, and with a cost curve and hours that cost something."""

    @cache
    def solved():
        scenario, _ = import_pypsa(rich_network(), tmp_path_factory.mktemp("devices") / "rich")
        folder = scenario.parent.parent
        header = "device,piece,slope,intercept,source,provenance,note\n"
        rows = "gas E,1,5,0,by hand,assumption,\ngas E,2,9,-200,by hand,assumption,\n"
        (folder / "device_costs.csv").write_text(header + rows, encoding="utf-8")
        case = build_case(load_scenario(scenario))
        program = build_program(case)
        compiled = compile_program(program)
        solution = solve(compiled, solver_settings(case.scenario))
        return case, assemble(case, program, load_features(), solution, compiled.statistics())

    return solved


def fault(*expected):
    """Declare a fault: a function `(case, cube)` that spoils the cube, or returns a case with other tables."""

    def declare(function):
        FAULTS[function.__name__] = (function, set(expected))
        return function

    return declare


def given(case, table, label, **cells):
    """The case with other cells of a thing that is given."""
    frame = getattr(case.given, table).copy()
    for column, value in cells.items():
        frame.loc[label, column] = value
    return replace(case, given=replace(case.given, **{table: frame}))


@fault("carrier balance", "cost item variable_om", "limit over devices")
def device_that_does_more(case, cube):
    change(cube, "device_activity", 5.0, device="gas F", year=2025, time=3)


@fault("device limit")
def device_that_is_smaller(case, cube):
    return given(case, "devices", "gas D", share_max=0.001)


@fault("device capacity")
def device_beyond_what_may_stand(case, cube):
    return given(case, "devices", "coal", capacity_max=1.0)


@fault("device held by its series")
def device_that_is_held_elsewhere(case, cube):
    series = {**case.given.series, "elsewhere": np.full(case.time.count, 40.0)}
    other = given(case, "devices", "held", activity_series="elsewhere")
    return replace(other, given=replace(other.given, series=series))


@fault("costs that are not booked")
def hours_that_cost_nothing(case, cube):
    return given(case, "devices", "gas F", running_cost=1000.0)


@fault("cost item investment")
def capacity_that_is_dearer(case, cube):
    return given(case, "devices", "coal", capacity_cost=500.0)


@fault("device ramp")
def device_that_is_slower(case, cube):
    return given(case, "devices", "coal", ramp_up=0.0, ramp_down=0.0)


@fault("device cost curve")
def cost_curve_that_is_steeper(case, cube):
    return given(case, "device_costs", ("gas E", "1"), slope=500.0)


@fault("carrier balance")
def load_that_is_larger(case, cube):
    return given(case, "loads", "load A", power_series="", power=500.0)


@fault("reservoir balance")
def reservoir_that_leaks(case, cube):
    return given(case, "reservoirs", "tank", standing_loss=0.5)


@fault("reservoir limit")
def reservoir_that_is_smaller(case, cube):
    return given(case, "reservoirs", "reservoir", hours=1.0, level_series="")


@fault("reservoir held by its series")
def reservoir_that_is_held_elsewhere(case, cube):
    series = {**case.given.series, "elsewhere": np.full(case.time.count, 1.0)}
    other = given(case, "reservoirs", "reservoir", level_series="elsewhere")
    return replace(other, given=replace(other.given, series=series))


@fault("reservoir capacity", "reservoir limit", "cost item investment")
def reservoir_beyond_what_may_stand(case, cube):
    change(cube, "reservoir_capacity", -200.0, reservoir="cavern", year=2025)
    return given(case, "reservoirs", "cavern", capacity_min=300.0, capacity_cost=0.0)


@fault("reservoir spill", "reservoir balance", "cost item spill")
def spill_beyond_the_inflow(case, cube):
    change(cube, "reservoir_spill", 500.0, reservoir="reservoir", year=2025, time=2)


@fault("limit over devices")
def limit_that_is_tighter(case, cube):
    return given(case, "device_limits", "co2", value=1.0)


@fault("limit over devices")
def capacities_that_are_too_many(case, cube):
    return given(case, "device_limits", "wind sites", value=0.0)


def test_the_cube_is_sound(world):
    assert failed(*world()) == {}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_planted_fault_is_found_by_the_intended_checks(name, world):
    plant, expected = FAULTS[name]
    case, cube = world()
    spoilt = cube.copy(deep=True)
    other = plant(case, spoilt)
    found = failed(case if other is None else other, spoilt)
    assert set(found) == expected, [str(finding) for finding in found.values()]
