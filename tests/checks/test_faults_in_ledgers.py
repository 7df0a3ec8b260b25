"""Faults planted in what reactors take of a place, and in the ledgers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.checks.planting import Faults, scaled
from tests.checks.worlds import SOCIAL

FAULTS = Faults()
LIMITED = {**SOCIAL, "reactors__site_limits": True}


def smaller(case, column):
    """The case with a hundredth of a limit of every place."""
    sites = scaled(case.tables["reactor_sites"], column, 0.01)
    return replace(case, tables={**case.tables, "reactor_sites": sites})


@FAULTS.fault(LIMITED, "cooling water of a place")
def river_that_runs_dry(case, cube):
    return smaller(case, "cooling_water_max")


@FAULTS.fault(LIMITED, "land of a place")
def plot_that_is_too_small(case, cube):
    return smaller(case, "land_max")


@pytest.mark.parametrize("name", FAULTS.names)
def test_planted_fault_is_found_by_the_intended_checks(name):
    FAULTS.hold(name)
