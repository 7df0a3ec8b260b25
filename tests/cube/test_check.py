"""The runner of the independent check: own checks, those of feature files, what a fault looks like."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from model.core.registry import Meta
from model.cube.check import Finding, check_cube, relative_difference, relative_excess, run_checks, worst
from model.errors import CheckFailed
from tests.cube.toy import make_toy, toy_cube


@pytest.fixture
def toy():
    return make_toy()


def test_sound_cube_passes_and_keeps_the_table(toy):
    cube = toy_cube(toy)
    assert run_checks(toy.case, cube, toy.registry) == []
    assert "costs add up to the objective" in list(cube["run"]["check_name"].values)
    assert cube["run"].attrs["checks_failed"] == 0


def test_planted_cost_is_found(toy):
    cube = toy_cube(toy)
    cube["costs"]["cost"].values[0, 0, 0, 0] *= 1.00001
    with pytest.raises(CheckFailed, match="costs add up"):
        check_cube(toy.case, cube, toy.registry)


def test_infinite_value_is_found(toy):
    cube = toy_cube(toy)
    cube["results"]["flow"].values[0, 0, 0] = np.inf
    failed = run_checks(toy.case, cube, toy.registry)
    assert [finding.place for finding in failed] == ["results/flow"]


def test_gap_between_primal_and_dual_is_found(toy):
    toy.solution.quality = {"dual_objective": toy.solution.objective * 1.01}
    cube = toy_cube(toy)
    assert [finding.check for finding in run_checks(toy.case, cube, toy.registry)] == [
        "primal objective meets dual objective"
    ]


def test_checks_of_feature_files_run_and_the_worst_comes_first(toy):
    def mine(case, cube):
        yield Finding("mild", "GR", 2.0, 1.0)
        yield Finding("bad", "FR", float("nan"), 1.0)
        yield Finding("fine", "DR", 0.5, 1.0)

    toy.registry.add(Meta("mine", "check", "A check.", "tests", function=mine))
    failed = run_checks(toy.case, toy_cube(toy), toy.registry)
    assert [finding.check for finding in failed] == ["bad", "mild"]
    assert "FAILED" in str(failed[0])


def test_helpers_name_the_worst_place():
    value = xr.DataArray([[1.0, 12.0], [np.nan, 3.0]], coords={"node": ["a", "b"], "year": [2030, 2040]})
    finding = worst("limit", relative_excess(value, xr.DataArray([10.0, 10.0], coords={"node": ["a", "b"]})), 0.1)
    assert (finding.place, finding.passed) == ("node a, year 2040", False)
    assert finding.amount == pytest.approx(0.2)
    assert worst("equal", relative_difference(value, value), 0.0).passed
    assert worst("empty", xr.DataArray(np.full((2, 2), np.nan), dims=["x", "y"]), 0.0).passed
