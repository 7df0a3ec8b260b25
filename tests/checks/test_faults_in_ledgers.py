"""Faults planted in what reactors take of a place, and in the ledgers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.core.features import load_features
from model.cube.adequacy_ledgers import OF_TECHNOLOGY, OF_WEEK
from model.cube.ledger_check import ledgers_found_anew
from model.cube.reactor_ledgers import BY_DESIGN, BY_PLACE, OF_PLACE
from tests.checks.planting import Faults, scaled
from tests.checks.worlds import SOCIAL, solved

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


RECKONED = sorted({*BY_PLACE, *BY_DESIGN, *OF_PLACE, *OF_WEEK, *OF_TECHNOLOGY} - {
    "place_cooling_water_limit", "place_land_limit"})  # fmt: skip


def wrong_ledgers(case, cube):
    """The ledgers that do not follow from inputs and results."""
    return sorted(found.check for found in ledgers_found_anew(case, cube, load_features()) if not found.passed)


@pytest.mark.parametrize("name", RECKONED)
def test_a_ledger_that_is_off_is_found_and_no_other(name):
    case, cube = solved(**SOCIAL)
    spoilt = cube.copy(deep=True)
    array = spoilt["ledgers"][name]
    largest = np.unravel_index(int(np.nanargmax(np.abs(array.values))), array.shape)
    assert abs(array.values[largest]) > 0.0
    array.values[largest] *= 1.01
    assert wrong_ledgers(case, cube) == []
    assert wrong_ledgers(case, spoilt) == [f"ledger {name.replace('_', ' ')}"]


@pytest.mark.parametrize(("name", "table"), [("place_cooling_water_limit", "cooling_water_max"),
                                             ("place_land_limit", "land_max")])  # fmt: skip
def test_limits_of_places_are_those_of_the_table(name, table):
    case, cube = solved(**SOCIAL)
    sites = case.tables["reactor_sites"].set_index("node")[table].dropna()
    assert len(sites)
    for node, limit in sites.items():
        assert (cube["ledgers"][name].sel(node=node).dropna("year") == limit).all()


def test_another_week_than_the_worst_is_found():
    case, cube = solved(**SOCIAL)
    spoilt = cube.copy(deep=True)
    spoilt["ledgers"]["worst_week_start"].loc[{"year": 2050}] = "2019-07-01"
    assert "ledger worst week margin" in wrong_ledgers(case, spoilt)
