"""Sound cubes pass every check, also when they are read back, and a finding says where it is."""

from __future__ import annotations

import pytest

from model.cube import open_run, write_cube
from tests.checks.planting import change
from tests.checks.worlds import PRICED, PRIVATE, SOCIAL, failed, findings, solved


def supply_that_vanishes(cube):
    """Free heat spill of 1 MW more than there is."""
    change(cube, "spill", 1.0, node="S_C", carrier="heat_150_250", year=2050, time=3)


def test_finding_names_the_place():
    case, cube = solved(**SOCIAL)
    spoilt = cube.copy(deep=True)
    supply_that_vanishes(spoilt)
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
    supply_that_vanishes(spoilt)
    assert set(failed(case, open_run(write_cube(spoilt, tmp_path / "spoilt.nc")))) == {"carrier balance"}
