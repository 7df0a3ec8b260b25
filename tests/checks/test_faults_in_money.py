"""Faults planted in CO2, targets and costs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.checks.planting import Faults, change, where
from tests.checks.worlds import PRICED, SOCIAL

FAULTS = Faults()


@FAULTS.fault(SOCIAL, "CO2 cap")
def cap_that_is_lower(case, cube):
    return replace(case, carbon_cap=case.carbon_cap - 1e4)


@FAULTS.fault(SOCIAL, "CO2 cap", "cost item carbon_backstop")
def backstop_that_was_not_bought(case, cube):
    cell = where(cube, "carbon_backstop", lambda values: values > 0.1)
    change(cube, "carbon_backstop", -0.1, **cell)


@FAULTS.fault(SOCIAL, "emissions of a node")
def emission_that_is_hidden(case, cube):
    cell = where(cube, "emission", lambda values: values > 1.0)
    change(cube, "emission", -0.5, **cell)


@FAULTS.fault(SOCIAL, "emissions of a node")
def process_carbon_that_is_forgotten(case, cube):
    assert (case.asset_years["own_emission"] > 0).any()
    return replace(case, asset_years=case.asset_years.assign(own_emission=0.0))


@FAULTS.fault(SOCIAL, "target for small reactors")
def target_that_is_higher(case, cube):
    reactors = case.scenario.reactors.model_copy(update={"target": {2050: 5000.0}})
    return replace(case, scenario=case.scenario.model_copy(update={"reactors": reactors}))


@FAULTS.fault(SOCIAL, "cost item investment", "cost of one year")
def investment_that_is_too_cheap(case, cube):
    place = {"year": 2050, "node": "C_regional", "technology": "wind_onshore", "cost_item": "investment"}
    cost = cube["costs"]["cost"]
    cost.loc[place] = 0.9999 * float(cost.loc[place])


@FAULTS.fault(SOCIAL, "cost item fuel")
def fuel_at_another_price(case, cube):
    return replace(case, fuel_price=case.fuel_price * 1.001)


@FAULTS.fault(SOCIAL, "cost item variable_om")
def wear_of_stores_at_another_price(case, cube):
    parts = case.stores.loc["cavern@A_transmission", ["charge_asset", "energy_asset", "discharge_asset"]]
    paid = case.asset_years["variable_om"].copy()
    assert (paid.loc[parts.tolist()] > 0).all()
    paid.loc[paid.index.get_level_values("asset").isin(parts)] *= 1.001
    return replace(case, asset_years=case.asset_years.assign(variable_om=paid))


@FAULTS.fault(PRICED, "cost item carbon")
def carbon_at_another_price(case, cube):
    return replace(case, carbon_price=case.carbon_price * 1.001)


@FAULTS.fault(SOCIAL, "cost item import", "cost item export")
def neighbour_at_another_price(case, cube):
    return replace(case, hourly={**case.hourly, "neighbour_price": case.hourly["neighbour_price"] + 0.1})


@pytest.mark.parametrize("name", FAULTS.names)
def test_planted_fault_is_found_by_the_intended_checks(name):
    FAULTS.hold(name)
