"""Faults planted in reactors and heat."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.checks.planting import Faults, change, where
from tests.checks.worlds import SOCIAL

FAULTS = Faults()


@FAULTS.fault(SOCIAL, "reactor heat split")
def heat_that_a_reactor_does_not_make(case, cube):
    change(cube, "reactor_dump", 1.0, **where(cube, "reactor_turbine_heat", lambda values: values > 100.0))


@FAULTS.fault(SOCIAL, "reactor power output", "carrier balance")
def power_for_nothing(case, cube):
    change(cube, "reactor_power", 1.0, **where(cube, "reactor_power", lambda values: values > 10.0))


@FAULTS.fault(SOCIAL, "reactor heat split", "reactor dump")
def reactor_that_heats_the_river(case, cube):
    change(cube, "reactor_dump", 2000.0, **where(cube, "reactor_dump", lambda values: values < 1.0))


@FAULTS.fault(SOCIAL, "reactor back-pressure")
def turbine_that_must_give_more_power(case, cube):
    return replace(case, reactors=case.reactors.assign(back_pressure_min=100.0))


@FAULTS.fault(SOCIAL, "minimum load")
def plants_that_cannot_turn_down(case, cube):
    return replace(case, asset_years=case.asset_years.assign(minimum_load=1.0))


@FAULTS.fault(SOCIAL, "built where allowed")
def technology_that_is_excluded(case, cube):
    technologies = case.scenario.technologies.model_copy(update={"exclude": ["wind_onshore"]})
    return replace(case, scenario=case.scenario.model_copy(update={"technologies": technologies}))


@FAULTS.fault(SOCIAL, "reactor temperature")
def reactor_that_is_too_cold(case, cube):
    return replace(case, reactors=case.reactors.assign(usable_temperature=90.0))


@FAULTS.fault(SOCIAL, "reactor extraction share")
def turbine_that_gives_less_heat(case, cube):
    return replace(case, reactors=case.reactors.assign(extraction_share_max=1e-3))


@FAULTS.fault(SOCIAL, "heat runs downhill", "carrier balance")
def heat_that_runs_uphill(case, cube):
    place = {"node": "S_C", "carrier": "heat_below_100", "carrier_to": "heat_150_250"}
    change(cube, "heat_downgrade", 1.0, **place, year=2050, time=4)


@pytest.mark.parametrize("name", FAULTS.names)
def test_planted_fault_is_found_by_the_intended_checks(name):
    FAULTS.hold(name)
