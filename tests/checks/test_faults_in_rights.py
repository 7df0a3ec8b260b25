"""Faults planted in transport rights: connections, timed and limiting contracts, the row on rights, payments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.checks.planting import Faults, change, where
from tests.checks.worlds import findings, solved

FAULTS = Faults()
RIGHTS: dict[str, Any] = {
    "years": [2030],
    "time__periods": 1,
    "time__spell_days": 1,
    "time__step_hours": 4,
    "grid__rights": {
        "enabled": True,
        "classes": ["firm", "nfa", "on_call", "less_by_day", "atr85", "night"],
        "cable_pooling": True,
        "tariffs": "cost",
        "compensation": "cost",
        "fixed": {
            "works": {"offtake": {"atr85": 150.0, "nfa": 20.0}},
            "wind_A": {"feed_in": {"on_call": 100.0, "firm": 200.0}},
            "sun_C": {"feed_in": {"less_by_day": 40.0, "firm": 120.0}},
        },
        "nonfirm_share": {"solar": 0.0},
        "feed_in_share": {"solar": 0.5},
    },
}
WIND = {"connection": "wind_A", "direction": "feed_in", "year": 2030}


@FAULTS.fault(RIGHTS, "exchange of a connection")
def exchange_that_nobody_makes(case, cube):
    """A little less feed-in than there is, in the windiest hour."""
    exchange = cube["results"]["connection_exchange"].sel(connection="wind_A", year=2030)
    windy = int(exchange.values.argmin())
    change(cube, "connection_exchange", 1.0, connection="wind_A", year=2030, time=windy)


@FAULTS.fault(RIGHTS, "size of a connection", "rights of a connection")
def connection_that_is_smaller(case, cube):
    table = case.rights.connections.assign(capacity=30.0)
    return replace(case, rights=replace(case.rights, connections=table))


@FAULTS.fault(RIGHTS, "transport rights")
def firm_power_that_was_never_agreed(case, cube):
    """All of it gone: what passes is more than the contract of today and the other rights."""
    change(cube, "connection_firm", -60.0, connection="wind_C", direction="feed_in", year=2030)


@FAULTS.fault(RIGHTS, "rights as given")
def right_of_another_size_than_given(case, cube):
    """As much of the park beside it, with which it shares its rights."""
    change(cube, "connection_firm", -5.0, connection="sun_C", direction="feed_in", year=2030)
    change(cube, "connection_firm", 5.0, connection="wind_C", direction="feed_in", year=2030)


@FAULTS.fault(RIGHTS, "offered right")
def right_beyond_its_offer(case, cube):
    offers = case.rights.offers.copy()
    offers.loc[("wind_A", "feed_in", "atr85"), "capacity_max"] = 100.0
    return replace(case, rights=replace(case.rights, offers=offers))


@FAULTS.fault(RIGHTS, "hours of restriction")
def right_restricted_all_year(case, cube):
    """All of a right that nobody needs."""
    cube["results"]["right_restricted"].loc[{**WIND, "contract_class": "atr85"}] = 390.0


@FAULTS.fault(RIGHTS, "restricted right", "transport rights")
def more_restricted_than_there_is(case, cube):
    change(cube, "right_restricted", 900.0, **WIND, contract_class="atr85", time=3)


@FAULTS.fault(RIGHTS, "called power", "cost item capacity_limiting", "payment for limiting contracts")
def more_called_than_contracted(case, cube):
    change(cube, "right_called", 150.0, **WIND, contract_class="on_call", time=2)


@FAULTS.fault(RIGHTS, "hours of calls", "cost item capacity_limiting", "payment for limiting contracts")
def called_all_year(case, cube):
    cube["results"]["right_called"].loc[{**WIND, "contract_class": "on_call"}] = 10.0


@FAULTS.fault(RIGHTS, "limited firm power", "cost item capacity_limiting", "payment for limiting contracts")
def limits_on_power_that_is_not_firm(case, cube):
    """Without the contract of today only 200 MW are firm, and 300 under contract."""
    ways = case.rights.ways.copy()
    ways.loc[("wind_A", "feed_in"), "contract"] = 0.0
    fixed = {"wind_A": {"feed_in": {"firm": 200.0, "on_call": 300.0}}}
    change(cube, "connection_right", 200.0, **WIND, contract_class="on_call")
    rights = case.scenario.grid.rights.model_copy(update={"fixed": fixed})
    return with_rights(replace(case, rights=replace(case.rights, ways=ways)), rights)


@FAULTS.fault(RIGHTS, "adequacy of rights")
def rights_that_are_all_used_at_once(case, cube):
    table = case.rights.connections.assign(coincidence=4.0)
    return replace(case, rights=replace(case.rights, connections=table))


@FAULTS.fault(RIGHTS, "room for firm rights")
def firm_rights_in_a_full_region(case, cube):
    table = case.tables["firm_headroom"].assign(capacity=10.0)
    return replace(case, tables={**case.tables, "firm_headroom": table})


@FAULTS.fault(RIGHTS, "share of capacity fed in")
def more_fed_in_than_its_share(case, cube):
    rights = case.scenario.grid.rights.model_copy(update={"feed_in_share": {"wind_onshore": 0.01}})
    return with_rights(case, rights)


@FAULTS.fault(RIGHTS, "share of non-firm rights")
def obligation_that_is_not_met(case, cube):
    return with_rights(case, case.scenario.grid.rights.model_copy(update={"nonfirm_share": {"wind_onshore": 0.5}}))


@FAULTS.fault(RIGHTS, "share under limiting contracts")
def limits_that_nobody_took(case, cube):
    return with_rights(case, case.scenario.grid.rights.model_copy(update={"limited_share": {"wind_onshore": 0.9}}))


@FAULTS.fault(RIGHTS, "peak of a connection", "cost item connection_tariff")
def month_without_its_peak(case, cube):
    cell = where(cube, "connection_month_peak", lambda values: values > 20.0, connection="works", year=2030)
    change(cube, "connection_month_peak", -15.0, **cell)


@FAULTS.fault(RIGHTS, "bill of a connection")
def bill_that_is_told_too_high(case, cube):
    change(cube, "connection_contract_bill", 1e5, connection="works", year=2030)


@FAULTS.fault(RIGHTS, "payment for limiting contracts")
def payment_that_is_told_too_high(case, cube):
    change(cube, "compensation_received", 1e5, **WIND, contract_class="on_call")


def with_rights(case, rights):
    """The case with other settings of rights."""
    grid = case.scenario.grid.model_copy(update={"rights": rights})
    return replace(case, scenario=case.scenario.model_copy(update={"grid": grid}))


QUICK = {
    "exchange_that_nobody_makes",
    "firm_power_that_was_never_agreed",
    "right_restricted_all_year",
    "called_all_year",
    "rights_that_are_all_used_at_once",
}
"""Faults that are planted in every test run; the others in the slow set."""


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in FAULTS.names]
)
def test_planted_fault_is_found_by_the_intended_checks(name):
    FAULTS.hold(name)


def test_sound_cube_passes():
    assert [str(finding) for finding in findings(*solved(**RIGHTS)) if not finding.passed] == []
