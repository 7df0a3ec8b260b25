"""Faults planted in contract classes, N-1, direct lines and ledgers of sites."""

from __future__ import annotations

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


@pytest.mark.parametrize("name", FAULTS.names)
def test_planted_fault_is_found_by_the_intended_checks(name):
    FAULTS.hold(name)


@pytest.mark.parametrize("scenario", [CLASSES, WHOLE], ids=["classes", "whole"])
def test_sound_cube_passes(scenario):
    assert [str(finding) for finding in findings(*solved(**scenario)) if not finding.passed] == []
