"""Faults planted in the balances and in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.checks.planting import Faults, change, where
from tests.checks.worlds import SOCIAL

FAULTS = Faults()


@FAULTS.fault(SOCIAL, "carrier balance")
def supply_that_vanishes(case, cube):
    """Free heat spill of 1 MW more than there is."""
    change(cube, "spill", 1.0, node="S_C", carrier="heat_150_250", year=2050, time=3)


@FAULTS.fault(SOCIAL, "carrier balance")
def supply_where_no_balance_stands(case, cube):
    """The program has no row for heat on a transmission bus."""
    assert np.isnan(cube["duals"]["carrier_balance"].loc["A_transmission", "heat_150_250", 2050].values).all()
    change(cube, "spill", 1.0, node="A_transmission", carrier="heat_150_250", year=2050, time=3)


@FAULTS.fault(SOCIAL, "carrier balance", "unserved demand", "cost item unserved")
def more_unserved_than_demanded(case, cube):
    cell = where(cube, "unserved", lambda values: values == 0.0, carrier="electricity")
    change(cube, "unserved", 1e5, **cell)


@FAULTS.fault(SOCIAL, "price where demand stays unserved")
def price_in_the_wrong_unit(case, cube):
    cell = where(cube, "unserved", lambda values: values > 50.0)
    change(cube, "carrier_balance", 500.0, group="duals", **cell)


@FAULTS.fault(SOCIAL, "nothing below zero", "reactor heat split")
def negative_dump(case, cube):
    change(cube, "reactor_dump", -5.0, **where(cube, "reactor_dump", lambda values: values < 1.0))


@FAULTS.fault(SOCIAL, "carrier balance", "cost item spill")
def power_that_is_thrown_away_for_nothing(case, cube):
    change(cube, "spill", 100.0, node="A_transmission", carrier="electricity", year=2050, time=3)


@FAULTS.fault(SOCIAL, "carrier balance", "spill only where allowed")
def hydrogen_that_is_thrown_away(case, cube):
    spill = cube["results"]["spill"]
    assert "hydrogen" in spill["carrier"].values
    change(cube, "spill", 1.0, node="S_C", carrier="hydrogen", year=2050, time=3)


@FAULTS.fault(SOCIAL, "times that a period stands for", "hours that a step stands for")
def period_that_counts_twice(case, cube):
    periods = case.time.periods.copy()
    periods.loc[2, "count"] *= 2
    return replace(case, time=replace(case.time, periods=periods))


@pytest.mark.parametrize("name", FAULTS.names)
def test_planted_fault_is_found_by_the_intended_checks(name):
    FAULTS.hold(name)
