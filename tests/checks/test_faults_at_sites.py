"""Faults planted in contract classes, N-1, direct lines and ledgers of sites."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.checks.planting import Faults, change, where
from tests.checks.worlds import findings, solved

FAULTS = Faults()
CLASSES: dict[str, Any] = {
    "years": [2030],
    "sites__tariffs": "cost",
    "sites__contract_classes": ["firm", "reserve_600h", "atr85", "night", "shared"],
}
WHOLE = {**CLASSES, "sites__whole_connection": {"S_C": "reserve_600h"}}
OUTAGE: dict[str, Any] = {
    "years": [2050],
    "sites__n_minus_1": True,
    "sites__tariffs": "cost",
    "sites__backup": ["gas_ccgt"],
    "sites__modules": {"S_C": ["cls_lwr"]},
}
OPEN_OUTAGE = {**OUTAGE, "sites__modules": {}, "reactors__cost_factor": 0.3}
DEAR: dict[str, Any] = {"years": [2050], "reactors__cost_factor": 50.0}
WHOLE_OUTAGE = {**OPEN_OUTAGE, "reactors__integer_modules": True, "reactors__designs": ["small_bwr"]}
LINES: dict[str, Any] = {
    "years": [2030, 2050],
    "sites__direct_lines": ["sea_to_works"],
    "sites__steam_contracts": True,
    "technologies__cost_factor": {"wind_offshore": 0.3},
    "demand__factor": {"electricity": 5.0},
}
OWN: dict[str, Any] = {
    "years": [2030, 2050],
    "sites__objective": "private",
    "sites__agreements": ["sea_for_works"],
    "sites__steam_contracts": True,
    "sites__subsidy": {"heat_pump": 5.0},
}
RESERVE = {"node": "S_C", "contract_class": "reserve_600h", "year": 2030}
SHARED = {"node": "S_C", "contract_class": "shared", "year": 2030}


@FAULTS.fault(CLASSES, "rights of contract classes", "cost item site_tariff")
def firm_contract_that_is_too_small(case, cube):
    change(cube, "site_contract", -10.0, node="S_C", year=2030)


@FAULTS.fault(CLASSES, "rights of contract classes", "offered class", "cost item site_tariff")
def class_beyond_its_offer(case, cube):
    """More of the free class, as much less of the firm one: the hours that are not granted show it."""
    change(cube, "site_class_contract", 50.0, node="S_C", contract_class="atr85", year=2030)
    change(cube, "site_contract", -50.0, node="S_C", year=2030)


@FAULTS.fault(CLASSES, "parts of a connection", "cost item site_tariff")
def parts_beyond_the_connection(case, cube):
    change(cube, "site_class_contract", 5000.0, node="S_C", contract_class="night", year=2030)


@FAULTS.fault(CLASSES, "hours of use of a class", "power of a class", "weekly peak", "monthly peak no higher")
def reserve_used_all_year(case, cube):
    cube["results"]["site_reserve_import"].loc[RESERVE] = 5000.0


@FAULTS.fault(CLASSES, "group contract")
def group_above_its_limit(case, cube):
    change(cube, "site_group_use", 500.0, **SHARED, time=3)


@FAULTS.fault(WHOLE, "weekly peak", "cost item site_tariff")
def week_without_its_peak(case, cube):
    cell = where(cube, "site_week_peak", lambda values: values > 5.0, **RESERVE)
    change(cube, "site_week_peak", -3.0, **cell)


@FAULTS.fault(CLASSES, "weekly peak no higher", "cost item site_tariff")
def week_with_too_high_a_peak(case, cube):
    cell = where(cube, "site_week_peak", lambda values: values >= 0.0, **RESERVE)
    change(cube, "site_week_peak", 30.0, **cell)


@FAULTS.fault(OUTAGE, "N-1 limits of plants")
def lost_module_that_still_runs(case, cube):
    cell = {"lost_technology": "cls_lwr", "asset": "cls_lwr@S_C", "year": 2050}
    cube["results"]["emergency_heat"].loc[cell] = float(cube["results"]["capacity"].sel(asset="cls_lwr@S_C", year=2050))


@FAULTS.fault(OUTAGE, "N-1 presence of modules")
def design_that_the_scenario_names_is_away(case, cube):
    """Without presence nothing is lost, and all of N-1 with it."""
    cube["results"]["module_present"].loc[{"lost_technology": "cls_lwr", "node": "S_C", "year": 2050}] = 0.0


@FAULTS.fault(DEAR, "modules named for a site")
def named_module_that_nobody_built(case, cube):
    """The scenario names a design that no plan would build at its cost."""
    sites = case.scenario.sites.model_copy(update={"modules": {"S_C": ["cls_lwr"]}})
    return replace(case, scenario=case.scenario.model_copy(update={"sites": sites}))


@FAULTS.fault(OPEN_OUTAGE, "N-1 presence of modules")
def module_that_stands_and_is_not_there(case, cube):
    """Presence below the share of the most that may stand."""
    cell = where(cube, "module_present", lambda value: value > 0.1, year=2050)
    cube["results"]["module_present"].loc[cell] = 0.0


@FAULTS.fault(WHOLE_OUTAGE, "N-1 presence of modules")
def half_a_presence(case, cube):
    """A number of modules that is whole and a presence that is none."""
    cell = where(cube, "module_present", lambda value: value > 0.5, year=2050)
    assert float(cube["results"]["module_present"].loc[cell]) == 1.0
    cube["results"]["module_present"].loc[cell] = 0.97


@FAULTS.fault(OUTAGE, "N-1 power", "cost item site_tariff")
def contract_that_does_not_carry_the_outage(case, cube):
    """Enough for every hour of normal operation, and too little with the module out."""
    change(cube, "site_contract", -10.0, node="S_C", year=2050)


@FAULTS.fault(OUTAGE, "N-1 heat")
def outage_without_heat(case, cube):
    state = {"lost_technology": "cls_lwr", "year": 2050, "time": 4}
    for name in ("emergency_extraction", "emergency_live_steam"):
        cube["results"][name].loc[state] = 0.0
    activity = cube["results"]["emergency_activity"].loc[state]
    heating = [
        str(a) for a in activity["asset"].values if "boiler" in str(a) or "furnace" in str(a) or "pump" in str(a)
    ]
    cube["results"]["emergency_activity"].loc[{**state, "asset": heating}] = 0.0


@FAULTS.fault(LINES, "direct line", "carrier balance", "site ledger")
def more_than_the_line_carries(case, cube):
    """From a generator that gives as much, through a line that does not."""
    cell = {"direct_line": "sea_to_works", "node": "S_C", "year": 2050}
    carried = float(cube["results"]["direct_line_built"].loc[cell])
    assert carried < 100.0
    output = cube["results"]["activity"].sel(asset="wind_offshore@C_transmission", year=2050)
    cube["results"]["direct_supply"].loc[{**cell, "time": int(output.values.argmax())}] = carried + 20.0


@FAULTS.fault(LINES, "generator of direct lines", "carrier balance", "cost item direct_line", "site ledger")
def power_of_others(case, cube):
    """Through a line that carries it, in an hour in which the generator gives less."""
    cell = {"direct_line": "sea_to_works", "node": "S_C", "year": 2050}
    output = cube["results"]["activity"].sel(asset="wind_offshore@C_transmission", year=2050)
    assert float(output.min()) < 190.0
    cube["results"]["direct_line_built"].loc[cell] = 200.0
    cube["results"]["direct_supply"].loc[{**cell, "time": int(output.values.argmin())}] = 200.0


@FAULTS.fault(LINES, "direct line stays", "cost item direct_line")
def line_that_goes(case, cube):
    """Built before its time, and less later."""
    cell = {"direct_line": "sea_to_works", "node": "S_C", "year": 2050}
    table = case.tables["direct_lines"].assign(first_year=2030)
    change(cube, "direct_line_built", 300.0, **{**cell, "year": 2030})
    return replace(case, tables={**case.tables, "direct_lines": table.assign(capacity_max=1e4)})


@FAULTS.fault(LINES, "steam contract")
def steam_that_is_not_taken(case, cube):
    """The contract was for more."""
    table = case.tables["steam_contracts"]
    return replace(case, tables={**case.tables, "steam_contracts": table.assign(steam=9.0)})


@FAULTS.fault(OWN, "site ledger", "payments cancel", "ledgers add up to the system's cost")
def ledger_with_one_item_too_high(case, cube):
    change(cube, "site_private_cost", 1e6, "ledgers", year=2030, party="S_C", ledger_item="grid_tariff")


@FAULTS.fault(OWN, "site ledger")
def agreement_that_is_booked_at_another_price(case, cube):
    """Payments still cancel, and add up."""
    cell = {"year": 2030, "ledger_item": "agreements"}
    change(cube, "site_private_cost", 1e5, "ledgers", party="S_C", **cell)
    change(cube, "site_private_cost", -1e5, "ledgers", party="rest of the system", **cell)


@FAULTS.fault(OWN, "taxed import", "cost item site_energy_tax")
def import_that_is_not_taxed(case, cube):
    cell = where(cube, "site_taxed_import", lambda values: values > 20.0, node="S_C", year=2030)
    change(cube, "site_taxed_import", -10.0, **cell)


@FAULTS.fault(OWN, "cost item site_energy_tax", "site ledger")
def tax_at_another_rate(case, cube):
    return replace(case, sites=case.sites.assign(energy_tax=9.0))


@FAULTS.fault(OWN, "cost item site_capital", "site ledger")
def site_that_borrows_at_another_rate(case, cube):
    return replace(case, sites=case.sites.assign(wacc=0.12))


@pytest.mark.parametrize("name", FAULTS.names)
def test_planted_fault_is_found_by_the_intended_checks(name):
    FAULTS.hold(name)


SOUND = {"classes": CLASSES, "whole": WHOLE, "outage": OUTAGE, "lines": LINES, "own": OWN}


@pytest.mark.parametrize("scenario", SOUND.values(), ids=list(SOUND))
def test_sound_cube_passes(scenario):
    assert [str(finding) for finding in findings(*solved(**scenario)) if not finding.passed] == []
