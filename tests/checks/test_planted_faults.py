"""Faults planted in a sound cube, or in the tables that it must agree with: the intended checks fail, and no others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model.cube import open_run, write_cube
from tests.checks.worlds import PRICED, PRIVATE, SOCIAL, failed, findings, solved

FAULTS: dict[str, tuple[dict[str, Any], Any, set[str]]] = {}


def fault(scenario: dict[str, Any], *expected: str):
    """Declare a fault: a function `(case, cube)` that spoils the cube, or returns a case with other tables."""

    def declare(function):
        FAULTS[function.__name__] = (scenario, function, set(expected))
        return function

    return declare


def change(cube, name, by, group="results", **labels):
    """Add a number to one cell (an absent cell counts as zero)."""
    array = cube[group][name]
    array.loc[labels] = np.nan_to_num(float(array.loc[labels])) + by


def where(cube, name, condition, **labels):
    """Labels of the first cell of a result that meets a condition."""
    array = cube["results"][name].sel(labels)
    with np.errstate(invalid="ignore"):
        positions = np.argwhere(condition(array.values))
    assert len(positions), f"no cell of {name} meets the condition"
    found = {str(dim): array[dim].values[place] for dim, place in zip(array.dims, positions[0], strict=True)}
    return {**found, **labels}


def scaled(table, column, by):
    """A copy of a table with one column multiplied."""
    return table.assign(**{column: table[column] * by})


# --- balances ----------------------------------------------------------------------------------------------------


@fault(SOCIAL, "carrier balance")
def supply_that_vanishes(case, cube):
    """Free heat spill of 1 MW more than there is."""
    change(cube, "spill", 1.0, node="S_C", carrier="heat_150_250", year=2050, time=3)


@fault(SOCIAL, "carrier balance")
def supply_where_no_balance_stands(case, cube):
    """The program has no row for heat on a transmission bus."""
    assert np.isnan(cube["duals"]["carrier_balance"].loc["A_transmission", "heat_150_250", 2050].values).all()
    change(cube, "spill", 1.0, node="A_transmission", carrier="heat_150_250", year=2050, time=3)


@fault(SOCIAL, "carrier balance", "unserved demand", "cost item unserved")
def more_unserved_than_demanded(case, cube):
    cell = where(cube, "unserved", lambda values: values == 0.0, carrier="electricity")
    change(cube, "unserved", 1e5, **cell)


@fault(SOCIAL, "price where demand stays unserved")
def price_in_the_wrong_unit(case, cube):
    cell = where(cube, "unserved", lambda values: values > 50.0)
    change(cube, "carrier_balance", 500.0, group="duals", **cell)


@fault(SOCIAL, "nothing below zero", "reactor heat split")
def negative_dump(case, cube):
    change(cube, "reactor_dump", -5.0, **where(cube, "reactor_dump", lambda values: values < 1.0))


@fault(SOCIAL, "carrier balance", "cost item spill")
def power_that_is_thrown_away_for_nothing(case, cube):
    change(cube, "spill", 100.0, node="A_transmission", carrier="electricity", year=2050, time=3)


@fault(SOCIAL, "carrier balance", "spill only where allowed")
def hydrogen_that_is_thrown_away(case, cube):
    spill = cube["results"]["spill"]
    assert "hydrogen" in spill["carrier"].values
    change(cube, "spill", 1.0, node="S_C", carrier="hydrogen", year=2050, time=3)


# --- capacity ----------------------------------------------------------------------------------------------------


@fault(SOCIAL, "capacity")
def capacity_that_nobody_built(case, cube):
    change(cube, "capacity", 1.0, asset="e_boiler@S_C", year=2050)


@fault(SOCIAL, "capacity", "activity within capacity")
def capacity_that_is_missing(case, cube):
    change(cube, "capacity", -10.0, asset="wind_onshore@C_regional", year=2050)


@fault(SOCIAL, "capacity", "existing capacity", "cost item fixed_om")
def plant_that_has_closed(case, cube):
    cell = where(cube, "existing_kept", lambda values: values > 100.0)
    change(cube, "existing_kept", 50.0, **cell)


@fault(SOCIAL, "capacity", "no early closing", "cost item fixed_om")
def plant_that_closes_early(case, cube):
    cell = where(cube, "existing_kept", lambda values: values > 100.0)
    change(cube, "existing_kept", -50.0, **cell)


@fault(SOCIAL, "capacity", "build rate of the country", "cost item investment", "cost item fixed_om")
def more_built_than_the_country_can(case, cube):
    change(cube, "built", 1e5, asset="wind_offshore@C_transmission", build_year=2050)


@fault(SOCIAL, "potential")
def potential_that_is_smaller(case, cube):
    assets = case.assets.copy()
    assets.loc["wind_onshore@C_regional", "potential"] /= 2
    return replace(case, assets=assets)


@fault(SOCIAL, "shared potentials")
def shared_potential_that_is_smaller(case, cube):
    limits = case.tables["shared_potential_limits"]
    return replace(case, tables={**case.tables, "shared_potential_limits": scaled(limits, "capacity_max", 0.01)})


@fault(SOCIAL, "ramps")
def ramps_that_are_slower(case, cube):
    return replace(case, asset_years=case.asset_years.assign(ramp=1e-4))


@fault(SOCIAL, "fuel limits")
def fuel_that_is_scarcer(case, cube):
    return replace(case, fuel_limit=case.fuel_limit * 0.01)


# --- stores ------------------------------------------------------------------------------------------------------


@fault(SOCIAL, "store level")
def level_out_of_nothing(case, cube):
    cell = where(cube, "store_level", lambda values: values > 10.0)
    change(cube, "store_level", -1.0, **cell)


@fault(SOCIAL, "linked store state")
def state_of_a_run(case, cube):
    change(cube, "store_state", -5.0, store="cavern@A_transmission", year=2050, run=50)


@fault(SOCIAL, "linked store deviation")
def deviation_in_a_period(case, cube):
    change(cube, "store_deviation", -5.0, store="cavern@A_transmission", year=2050, time=30)


@fault(SOCIAL, "capacity", "linked store level")
def vessel_that_is_too_small(case, cube):
    """Only somewhere in the year is it full: the walk over the days finds where."""
    change(cube, "capacity", -20.0, asset="cavern_energy@A_transmission", year=2050)


@fault(SOCIAL, "linked store state", "linked store over the year", "linked store level", "linked store deviation")
def standing_loss_that_was_forgotten(case, cube):
    stores = case.stores.copy()
    stores.loc["cavern@A_transmission", "standing_loss"] = 1e-3
    return replace(case, stores=stores)


@fault(SOCIAL, "hours of storage")
def vessel_for_too_few_hours(case, cube):
    return replace(case, stores=case.stores.assign(duration_min=1e4))


# --- reactors and heat -------------------------------------------------------------------------------------------


@fault(SOCIAL, "reactor heat split")
def heat_that_a_reactor_does_not_make(case, cube):
    change(cube, "reactor_dump", 1.0, **where(cube, "reactor_turbine_heat", lambda values: values > 100.0))


@fault(SOCIAL, "reactor power output", "carrier balance")
def power_for_nothing(case, cube):
    change(cube, "reactor_power", 1.0, **where(cube, "reactor_power", lambda values: values > 10.0))


@fault(SOCIAL, "reactor heat split", "reactor dump")
def reactor_that_heats_the_river(case, cube):
    change(cube, "reactor_dump", 2000.0, **where(cube, "reactor_dump", lambda values: values < 1.0))


@fault(SOCIAL, "reactor back-pressure")
def turbine_that_must_give_more_power(case, cube):
    return replace(case, reactors=case.reactors.assign(back_pressure_min=100.0))


@fault(SOCIAL, "minimum load")
def plants_that_cannot_turn_down(case, cube):
    return replace(case, asset_years=case.asset_years.assign(minimum_load=1.0))


@fault(SOCIAL, "built where allowed")
def technology_that_is_excluded(case, cube):
    technologies = case.scenario.technologies.model_copy(update={"exclude": ["wind_onshore"]})
    return replace(case, scenario=case.scenario.model_copy(update={"technologies": technologies}))


@fault(SOCIAL, "reactor temperature")
def reactor_that_is_too_cold(case, cube):
    return replace(case, reactors=case.reactors.assign(usable_temperature=90.0))


@fault(SOCIAL, "reactor extraction share")
def turbine_that_gives_less_heat(case, cube):
    return replace(case, reactors=case.reactors.assign(extraction_share_max=1e-3))


@fault(SOCIAL, "heat runs downhill", "carrier balance")
def heat_that_runs_uphill(case, cube):
    place = {"node": "S_C", "carrier": "heat_below_100", "carrier_to": "heat_150_250"}
    change(cube, "heat_downgrade", 1.0, **place, year=2050, time=4)


# --- grid --------------------------------------------------------------------------------------------------------


def circulate(cube, power):
    """Send power round the triangle: every balance still closes."""
    for corridor, sign in (("A-B 380", 1.0), ("B-C 380", 1.0), ("A-C 380", -1.0)):
        change(cube, "flow", sign * power, corridor=corridor, year=2050, time=7)


@fault(SOCIAL, "Kirchhoff's voltage law")
def flow_round_a_cycle(case, cube):
    circulate(cube, 5.0)


@fault(SOCIAL, "Kirchhoff's voltage law", "corridor limit")
def flow_beyond_the_limit(case, cube):
    circulate(cube, 5000.0)


@fault(SOCIAL, "corridor losses", "carrier balance")
def corridor_without_losses(case, cube):
    cell = where(cube, "corridor_loss", lambda values: values > 0.1)
    change(cube, "corridor_loss", -0.1, **cell)


@fault(SOCIAL, "corridor losses above those of its limit", "carrier balance")
def corridor_that_burns_power(case, cube):
    cell = where(cube, "corridor_loss", lambda values: values > 0.1)
    change(cube, "corridor_loss", 100.0, **cell)


@fault(SOCIAL, "hosting limit feed_in", "carrier balance")
def exchange_beyond_hosting(case, cube):
    change(cube, "hosting_exchange", 5000.0, region="B", year=2030, time=5)


@fault(SOCIAL, "hosting reinforcement", "hosting reinforcement stays", "cost item hosting_reinforcement")
def reinforcement_before_its_year(case, cube):
    """There too early, and gone again twenty years later."""
    assert case.hosting_reinforcement.at["C", "first_year"] > 2030
    change(cube, "hosting_built", 10.0, region="C", direction="feed_in", year=2030)


@fault(SOCIAL, "interconnector import")
def interconnector_that_is_smaller(case, cube):
    return replace(case, interconnectors=scaled(case.interconnectors, "import_capacity", 0.5))


@fault(PRIVATE, "net imports")
def country_that_lives_on_others(case, cube):
    grid = case.scenario.grid.model_copy(update={"net_import_max": 0.0})
    return replace(case, scenario=case.scenario.model_copy(update={"grid": grid}))


# --- sites -------------------------------------------------------------------------------------------------------


@fault(SOCIAL, "contracted import", "carrier balance")
def exchange_beyond_the_contract(case, cube):
    change(cube, "site_exchange", 2000.0, node="S_C", year=2050, time=5)


@fault(PRIVATE, "monthly peak", "cost item site_tariff")
def month_without_its_peak(case, cube):
    change(cube, "site_month_peak", -10.0, node="S_C", year=2030, month=3)


@fault(PRIVATE, "contract", "cost item site_tariff")
def contract_that_is_too_small(case, cube):
    change(cube, "site_contract", -10.0, node="S_C", year=2030)


# --- policy and money --------------------------------------------------------------------------------------------


@fault(SOCIAL, "CO2 cap")
def cap_that_is_lower(case, cube):
    return replace(case, carbon_cap=case.carbon_cap - 1e4)


@fault(SOCIAL, "CO2 cap", "cost item carbon_backstop")
def backstop_that_was_not_bought(case, cube):
    cell = where(cube, "carbon_backstop", lambda values: values > 0.1)
    change(cube, "carbon_backstop", -0.1, **cell)


@fault(SOCIAL, "emissions of a node")
def emission_that_is_hidden(case, cube):
    cell = where(cube, "emission", lambda values: values > 1.0)
    change(cube, "emission", -0.5, **cell)


@fault(SOCIAL, "target for small reactors")
def target_that_is_higher(case, cube):
    reactors = case.scenario.reactors.model_copy(update={"target": {2050: 5000.0}})
    return replace(case, scenario=case.scenario.model_copy(update={"reactors": reactors}))


@fault(SOCIAL, "cost item investment", "cost of one year")
def investment_that_is_too_cheap(case, cube):
    place = {"year": 2050, "node": "C_regional", "technology": "wind_onshore", "cost_item": "investment"}
    cost = cube["costs"]["cost"]
    cost.loc[place] = 0.9999 * float(cost.loc[place])


@fault(SOCIAL, "cost item fuel")
def fuel_at_another_price(case, cube):
    return replace(case, fuel_price=case.fuel_price * 1.001)


@fault(PRICED, "cost item carbon")
def carbon_at_another_price(case, cube):
    return replace(case, carbon_price=case.carbon_price * 1.001)


@fault(SOCIAL, "cost item import", "cost item export")
def neighbour_at_another_price(case, cube):
    return replace(case, hourly={**case.hourly, "neighbour_price": case.hourly["neighbour_price"] + 0.1})


# --- time --------------------------------------------------------------------------------------------------------


@fault(SOCIAL, "times that a period stands for", "hours that a step stands for")
def period_that_counts_twice(case, cube):
    periods = case.time.periods.copy()
    periods.loc[2, "count"] *= 2
    return replace(case, time=replace(case.time, periods=periods))


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_planted_fault_is_found_by_the_intended_checks(name):
    scenario, plant, expected = FAULTS[name]
    case, cube = solved(**scenario)
    spoilt = cube.copy(deep=True)
    other = plant(case, spoilt)
    found = failed(case if other is None else other, spoilt)
    assert set(found) == expected, [str(finding) for finding in found.values()]


def test_finding_names_the_place():
    case, cube = solved(**SOCIAL)
    spoilt = cube.copy(deep=True)
    supply_that_vanishes(case, spoilt)
    found = failed(case, spoilt)["carrier balance"]
    assert found.place == "S_C, heat_150_250, 2050, step 3"
    assert found.amount == pytest.approx(1e-3, rel=0.5)


@pytest.mark.parametrize(
    "scenario",
    [
        SOCIAL,
        PRIVATE,
        {"years": [2030, 2050], "reactors__target": {2050: 300.0}, "reactors__modes": ["base_load"]},
        {"years": [2030, 2050], "investment__early_retirement": True, "grid__kirchhoff": False},
        PRICED,
        {"years": [2050], "time__mode": "sample", "time__weeks": [3, 20, 40], "time__step_hours": 3},
    ],
    ids=["social", "private", "target", "retirement", "price", "weeks"],
)
def test_sound_cube_passes(scenario):
    case, cube = solved(**scenario)
    everything = findings(case, cube)
    assert [str(finding) for finding in everything if not finding.passed] == []
    assert len(everything) > 50


def test_cube_read_back_from_its_file_is_checked_alike(tmp_path):
    case, cube = solved(**SOCIAL)
    again = open_run(write_cube(cube, tmp_path / "tiny.nc"))
    assert failed(case, again) == {}
    spoilt = cube.copy(deep=True)
    supply_that_vanishes(case, spoilt)
    assert set(failed(case, open_run(write_cube(spoilt, tmp_path / "spoilt.nc")))) == {"carrier balance"}
