"""Faults planted in corridors, hosting, trade and the contracts of sites."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.data.given import Given
from tests.checks.planting import Faults, change, scaled, where
from tests.checks.worlds import PRIVATE, SOCIAL

FAULTS = Faults()


def circulate(cube, power):
    """Send power round the triangle: every balance still closes."""
    for corridor, sign in (("A-B 380", 1.0), ("B-C 380", 1.0), ("A-C 380", -1.0)):
        change(cube, "flow", sign * power, corridor=corridor, year=2050, time=7)


@FAULTS.fault(SOCIAL, "Kirchhoff's voltage law")
def flow_round_a_cycle(case, cube):
    circulate(cube, 5.0)


@FAULTS.fault(SOCIAL, "Kirchhoff's voltage law", "corridor limit")
def flow_beyond_the_limit(case, cube):
    circulate(cube, 5000.0)


def corridor_with(case, corridor="A-B 380", **cells):
    """The case with other figures for one corridor."""
    table = case.corridors.copy()
    for column, value in cells.items():
        table.loc[corridor, column] = value
    return replace(case, corridors=table)


@FAULTS.fault(SOCIAL, "angle difference")
def angle_beyond_its_limit(case, cube):
    return corridor_with(case, angle_max=0.01, angle_min=-0.01)


@FAULTS.fault(SOCIAL, "phase shift")
def shift_outside_its_limits(case, cube):
    return corridor_with(case, phase_shift_min=1.0, phase_shift_max=2.0)


@FAULTS.fault(SOCIAL, "Kirchhoff's voltage law")
def shift_that_nobody_counted(case, cube):
    return corridor_with(case, phase_shift=0.5)


@FAULTS.fault(SOCIAL, "Kirchhoff's voltage law")
def tap_that_nobody_counted(case, cube):
    return corridor_with(case, tap_ratio=1.5)


@FAULTS.fault(SOCIAL, "corridor limit")
def line_that_is_too_hot(case, cube):
    other = corridor_with(case, limit_series="rating")
    return replace(other, given=Given(series={"rating": np.zeros(case.time.count)}))


@FAULTS.fault(SOCIAL, "costs that are not booked")
def standing_line_that_pays_nothing(case, cube):
    return corridor_with(case, standing_cost=100.0)


@FAULTS.fault(SOCIAL, "corridor losses", "carrier balance")
def corridor_without_losses(case, cube):
    cell = where(cube, "corridor_loss", lambda values: values > 0.1)
    change(cube, "corridor_loss", -0.1, **cell)


@FAULTS.fault(SOCIAL, "corridor losses above those of its limit", "carrier balance", "site ledger")
def corridor_that_burns_power(case, cube):
    cell = where(cube, "corridor_loss", lambda values: values > 0.1)
    change(cube, "corridor_loss", 100.0, **cell)


@FAULTS.fault(SOCIAL, "hosting limit feed_in", "carrier balance")
def exchange_beyond_hosting(case, cube):
    change(cube, "hosting_exchange", 5000.0, region="B", year=2030, time=5)


@FAULTS.fault(SOCIAL, "hosting reinforcement", "hosting reinforcement stays", "cost item hosting_reinforcement")
def reinforcement_before_its_year(case, cube):
    """There too early, and gone again twenty years later."""
    assert case.hosting_reinforcement.at["C", "first_year"] > 2030
    change(cube, "hosting_built", 10.0, region="C", direction="feed_in", year=2030)


@FAULTS.fault(SOCIAL, "interconnector import")
def interconnector_that_is_smaller(case, cube):
    return replace(case, interconnectors=scaled(case.interconnectors, "import_capacity", 0.5))


@FAULTS.fault(PRIVATE, "net imports")
def country_that_lives_on_others(case, cube):
    grid = case.scenario.grid.model_copy(update={"net_import_max": 0.0})
    return replace(case, scenario=case.scenario.model_copy(update={"grid": grid}))


@FAULTS.fault(SOCIAL, "contracted import", "carrier balance", "site ledger")
def exchange_beyond_the_contract(case, cube):
    change(cube, "site_exchange", 2000.0, node="S_C", year=2050, time=5)


@FAULTS.fault(PRIVATE, "monthly peak", "cost item site_tariff")
def month_without_its_peak(case, cube):
    change(cube, "site_month_peak", -10.0, node="S_C", year=2030, month=3)


@FAULTS.fault(PRIVATE, "contract", "cost item site_tariff")
def contract_that_is_too_small(case, cube):
    change(cube, "site_contract", -10.0, node="S_C", year=2030)


PHYSICS = {
    "years": [2050],
    "grid__n_minus_1": "all",
    "grid__losses": "quadratic",
    "grid__loss_tangents": 20,
    "grid__loop_flow_factor": 0.3,
}


@FAULTS.fault(PHYSICS, "outage limit")
def line_with_fewer_circuits(case, cube):
    return corridor_with(case, circuits=1.0)


@FAULTS.fault(PHYSICS, "outage limit")
def outage_that_nobody_held(case, cube):
    rows = case.tables["contingencies"].assign(circuits=2.0)
    return replace(case, tables={**case.tables, "contingencies": rows.iloc[[0]]})


@FAULTS.fault(PHYSICS, "line losses")
def line_of_a_thinner_wire(case, cube):
    return corridor_with(case, resistance=60.0)


@FAULTS.fault(PHYSICS, "line losses above those of the limit", "carrier balance")
def line_that_burns_power(case, cube):
    cell = where(cube, "line_loss", lambda values: values > 0.1)
    change(cube, "line_loss", 500.0, **cell)


@FAULTS.fault(PHYSICS, "line losses", "carrier balance")
def line_without_losses(case, cube):
    cell = where(cube, "line_loss", lambda values: values > 1.0)
    change(cube, "line_loss", -1.0, **cell)


@FAULTS.fault(PHYSICS, "Kirchhoff's voltage law")
def reactance_of_more_circuits(case, cube):
    years = case.corridor_years.copy()
    years.loc[("A-B 380", 2050), "held_expansion"] = 1000.0
    return replace(case, corridor_years=years)


@pytest.mark.parametrize("name", FAULTS.names)
def test_planted_fault_is_found_by_the_intended_checks(name):
    FAULTS.hold(name)
