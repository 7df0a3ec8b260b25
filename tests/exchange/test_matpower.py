"""MATPOWER cases: published optima in both forms of the power flow, and what is refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from model.errors import InputError, NotOptimal
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


@pytest.mark.parametrize(("name", "form"), INFEASIBLE)
def test_infeasible_cases_say_which_limits(name, form, folder):
    with pytest.raises(NotOptimal) as error:
        solve(built(name, form, True, folder))
    text = str(error.value)
    assert "infeasible" in text and "cannot be served" in text and "degrees in voltage angle" in text
    assert solve(built(name, form, False, folder)).status == "optimal"


SMALL = """function mpc = small
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
 1 3 0 0 0 0 1 1 0 110 1 1.1 0.9;
 2 1 50 0 5 0 1 1 0 110 1 1.1 0.9; % 5 MW at 1 p.u.
 3 4 70 0 0 0 1 1 0 110 1 1.1 0.9; % isolated
];
mpc.gen = [
 1 0 0 0 0 1 100 1 80 10;
 2 0 0 0 0 1 100 1 0 -20;   % may take 20 MW and pays 12
 1 0 0 0 0 1 100 0 500 0;   % out of service
];
mpc.gencost = [
 2 0 0 2 10 3;
 2 0 0 2 12 0;
 2 0 0 2 0 0;
];
mpc.branch = [
 1 2 0.01 0.1 0 0 0 0 0 0 1 0 0;
 1 3 0.01 0.1 0 0 0 0 0 0 1 0 0;
];
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "small.m"
    path.write_text(text, encoding="utf-8")
    return path


def optimum(tmp_path: Path, text: str, form: str = "matpower", **options) -> float:
    scenario, _ = import_matpower(written(tmp_path, text), tmp_path / "data", form, **options)
    return float(solve(build(load_scenario(scenario))).objective)


def refused(tmp_path: Path, text: str, **options) -> str:
    with pytest.raises(InputError) as error:
        import_matpower(written(tmp_path, text), tmp_path / "data", "matpower", **options)
    assert not (tmp_path / "data").exists()
    return str(error.value)


@pytest.mark.parametrize("form", ["matpower", "powermodels"])
def test_shunts_constants_sheddable_loads_and_what_is_out_of_service(form, tmp_path):
    """50 + 5 MW are served and 20 MW more are worth 12 each: 75 MW at 10, and 3 an hour."""
    assert optimum(tmp_path, SMALL, form) == pytest.approx(75 * 10 + 3 - 20 * 12)


def test_points_of_a_cost_that_bends_upwards(tmp_path):
    """To 60 MW at 10, then at 20: the load that may be shed is worth 12, so it takes 5 MW only."""
    bent = SMALL.replace("2 0 0 2 10 3;", "1 0 0 3 0 3 60 603 80 1003;")
    assert optimum(tmp_path, bent) == pytest.approx(3 + 600 - 5 * 12)


def test_a_cost_that_bends_downwards_is_refused(tmp_path):
    text = refused(tmp_path, SMALL.replace("2 0 0 2 10 3;", "1 0 0 3 0 3 60 1203 80 1403;"))
    assert "gen 1 at bus 1" in text and "bends downwards" in text


def test_quadratic_costs_are_refused_by_name_or_cut_up(tmp_path):
    curve = SMALL.replace("2 0 0 2 10 3;", "2 0 0 3 0.1 2 3;")
    text = refused(tmp_path, curve, linearise=0)
    assert "gen 1 at bus 1" in text and "quadratic" in text and "--linearise" in text
    # marginal cost 2 + 0.2 P = 12 at 50 MW: none of the sheddable load; 55 MW cost 0.1 * 55^2 + 110 + 3
    assert optimum(tmp_path, curve, linearise=700) == pytest.approx(0.1 * 55**2 + 110 + 3, rel=1e-6)
    assert optimum(tmp_path, curve) == pytest.approx(0.1 * 55**2 + 110 + 3, rel=3e-7)  # as many pieces as it takes


def test_a_dc_line_loses_a_share_and_a_constant(tmp_path):
    """Without the branch: 20 MW may go in; 55 needed is too much, so the load is 15: (15 + 1) / 0.9 MW go in."""
    text = SMALL.replace(" 1 2 0.01 0.1 0 0 0 0 0 0 1 0 0;\n", "").replace("2 1 50 0 5 0", "2 1 15 0 0 0")
    text = text.replace(" 2 0 0 0 0 1 100 1 0 -20;", " 2 0 0 0 0 1 100 1 0 0;").replace("1 80 10;", "1 80 0;")
    text += "mpc.dcline = [\n 1 2 1 0 0 0 0 1 1 0 20 0 0 0 0 1 0.1;\n];\n"
    assert optimum(tmp_path, text) == pytest.approx(3 + 10 * 16 / 0.9)


def test_everything_wrong_is_told_at_once(tmp_path):
    text = SMALL.replace(" 1 2 0.01 0.1", " 1 9 0.01 0").replace("80 10;", "80 90;") + "mpc.if = [ 1 2; ];\n"
    found = refused(tmp_path, text)
    for part in ("a bus of mpc.bus (it leads nowhere)", "other than zero", "at most Pmax, 80", "interface limits"):
        assert part in found


def test_an_island_without_supply_is_named(tmp_path):
    text = SMALL.replace(" 1 2 0.01 0.1 0 0 0 0 0 0 1 0 0;\n", "")
    assert "something that can give electricity on its island (bus 2)" in refused(tmp_path, text)
