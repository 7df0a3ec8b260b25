"""MATPOWER cases: published optima in both forms of the power flow, and what is refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from model.exchange.matpower_import import import_matpower
from model.job import build, solve
from model.scenario import load_scenario

PGLIB = Path(__file__).parents[1] / "data_sets" / "reference" / "pglib_opf"
# file, form, optimum in money per hour, the same without network physics (../shared/reference/README.md)
KNOWN = [
    ("pglib_opf_case5_pjm", "powermodels", 17479.896925, 14810.0),
    ("pglib_opf_case5_pjm", "matpower", 17479.896925, 14810.0),
    ("pglib_opf_case30_ieee", "powermodels", 7472.814670, 5639.2940),
    ("pglib_opf_case30_ieee", "matpower", 7504.440462, 5639.2940),
    ("pglib_opf_case118_ieee__api", "powermodels", 231291.909486, 173352.8235),
    ("pglib_opf_case118_ieee__api", "matpower", 234168.634401, 173352.8235),
    ("pglib_opf_case39_epri__sad", "powermodels", 150669.900088, 150669.900088 * (1 - 0.098)),
]
INFEASIBLE = [
    ("pglib_opf_case39_epri__sad", "matpower"),
    ("pglib_opf_case5_pjm__sad", "powermodels"),
    ("pglib_opf_case5_pjm__sad", "matpower"),
]


@cache
def built(name: str, form: str, kirchhoff: bool, folder: Path):
    scenario, _ = import_matpower(PGLIB / f"{name}.m", folder / f"{name}-{form}", form)
    return build(load_scenario(scenario, [f"grid.kirchhoff={'true' if kirchhoff else 'false'}"]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("matpower")


@pytest.mark.parametrize(("name", "form", "optimum", "copper_plate"), KNOWN)
def test_published_optimum(name, form, optimum, copper_plate, folder):
    assert solve(built(name, form, True, folder)).objective == pytest.approx(optimum, rel=1e-6 / 2)
    without = solve(built(name, form, False, folder)).objective
    assert without == pytest.approx(copper_plate, rel=1e-3 if "39" in name else 1e-6)
    assert without < optimum * (1 - 1e-3), "the case does not bite"
