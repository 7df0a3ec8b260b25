"""Faults planted in capacities, potentials, fuels and stores."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.checks.planting import Faults, change, scaled, where
from tests.checks.worlds import SOCIAL

FAULTS = Faults()


@FAULTS.fault(SOCIAL, "capacity")
def capacity_that_nobody_built(case, cube):
    change(cube, "capacity", 1.0, asset="e_boiler@S_C", year=2050)


@FAULTS.fault(SOCIAL, "capacity", "activity within capacity")
def capacity_that_is_missing(case, cube):
    change(cube, "capacity", -10.0, asset="wind_onshore@C_regional", year=2050)


@FAULTS.fault(SOCIAL, "capacity", "existing capacity", "cost item fixed_om")
def plant_that_has_closed(case, cube):
    cell = where(cube, "existing_kept", lambda values: values > 100.0)
    change(cube, "existing_kept", 50.0, **cell)


@FAULTS.fault(SOCIAL, "capacity", "no early closing", "cost item fixed_om")
def plant_that_closes_early(case, cube):
    cell = where(cube, "existing_kept", lambda values: values > 100.0)
    change(cube, "existing_kept", -50.0, **cell)


@FAULTS.fault(SOCIAL, "capacity", "build rate of the country", "cost item investment", "cost item fixed_om")
def more_built_than_the_country_can(case, cube):
    change(cube, "built", 1e5, asset="wind_offshore@C_transmission", build_year=2050)


@FAULTS.fault(SOCIAL, "potential")
def potential_that_is_smaller(case, cube):
    assets = case.assets.copy()
    assets.loc["wind_onshore@C_regional", "potential"] /= 2
    return replace(case, assets=assets)


@FAULTS.fault(SOCIAL, "shared potentials")
def shared_potential_that_is_smaller(case, cube):
    limits = case.tables["shared_potential_limits"]
    return replace(case, tables={**case.tables, "shared_potential_limits": scaled(limits, "capacity_max", 0.01)})


@FAULTS.fault(SOCIAL, "ramps")
def ramps_that_are_slower(case, cube):
    return replace(case, asset_years=case.asset_years.assign(ramp=1e-4))


@FAULTS.fault(SOCIAL, "fuel limits")
def fuel_that_is_scarcer(case, cube):
    return replace(case, fuel_limit=case.fuel_limit * 0.01)


@FAULTS.fault(SOCIAL, "store level")
def level_out_of_nothing(case, cube):
    cell = where(cube, "store_level", lambda values: values > 10.0)
    change(cube, "store_level", -1.0, **cell)


@FAULTS.fault(SOCIAL, "linked store state")
def state_of_a_run(case, cube):
    change(cube, "store_state", -5.0, store="cavern@A_transmission", year=2050, run=50)


@FAULTS.fault(SOCIAL, "linked store deviation")
def deviation_in_a_period(case, cube):
    change(cube, "store_deviation", -5.0, store="cavern@A_transmission", year=2050, time=30)


@FAULTS.fault(SOCIAL, "capacity", "linked store level")
def vessel_that_is_too_small(case, cube):
    """Only somewhere in the year is it full: the walk over the days finds where."""
    change(cube, "capacity", -20.0, asset="cavern_energy@A_transmission", year=2050)


@FAULTS.fault(
    SOCIAL, "linked store state", "linked store over the year", "linked store level", "linked store deviation"
)
def standing_loss_that_was_forgotten(case, cube):
    stores = case.stores.copy()
    stores.loc["cavern@A_transmission", "standing_loss"] = 1e-3
    return replace(case, stores=stores)


@FAULTS.fault(SOCIAL, "hours of storage")
def vessel_for_too_few_hours(case, cube):
    return replace(case, stores=case.stores.assign(duration_min=1e4))


@pytest.mark.parametrize("name", FAULTS.names)
def test_planted_fault_is_found_by_the_intended_checks(name):
    FAULTS.hold(name)
