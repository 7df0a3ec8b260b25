"""What a MATPOWER case may hold: optima of made-up cases worked out in angle form, and the liberties of the format."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from model.errors import InputError, NotOptimal
from model.exchange.matpower_file import read_matpower
from model.exchange.matpower_import import import_matpower
from model.job import build, solve
from model.scenario import load_scenario
from tests.exchange.matpower_cases import Made, angle_form, made_case

FORMS = ["powermodels", "matpower"]


def written(folder: Path, text: str) -> Path:
    path = folder / "made.m"
    path.write_text(text, encoding="utf-8")
    return path


def optimum(folder: Path, text: str, form: str, **options) -> float:
    """Optimum of the model, inf where it has no solution."""
    scenario, _ = import_matpower(written(folder, text), folder / "data", form, **options)
    try:
        return float(solve(build(load_scenario(scenario))).objective)
    except NotOptimal:
        return math.inf


def refused(folder: Path, text: str, **options) -> str:
    with pytest.raises(InputError) as error:
        import_matpower(written(folder, text), folder / "data", "matpower", **options)
    return str(error.value)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow), 3]
)
def test_cycle_form_of_an_import_equals_the_angle_form_of_the_file(seed, form, tmp_path):
    made = made_case(seed)
    expected = angle_form(made, form)
    assert math.isfinite(expected)
    assert optimum(tmp_path, made.text(), form) == pytest.approx(expected, rel=1e-7)


def test_every_matrix_is_read_as_it_was_made(tmp_path):
    made = made_case(0)
    case = read_matpower(written(tmp_path, made.text("another_name")))
    assert case.name == "another_name" and case.numbers == {"version": 2.0, "baseMVA": 100.0}
    for key in ("bus", "gen", "gencost", "branch", "dcline", "dclinecost"):
        assert [row.cells for row in case.matrices[key]] == [
            [float(cell) for cell in row] for row in getattr(made, key)
        ]
    assert case.texts["bus_name"][0] == f"St. John's [{made.bus[0][0]}] % {{x}}"
    assert case.matrices["bus"][1].line == 12


def two_buses(**changes: object) -> str:
    """Bus 7 with a machine, bus 30 with 60 MW of load and a dear machine; one branch."""
    made = Made(
        bus=[[7, 3, 0, 0, 0, 0, 1, 1, 0, 110, 1, 1.1, 0.9], [30, 1, 60, 0, 0, 0, 1, 1, 0, 110, 1, 1.1, 0.9]],
        gen=[[7, 0, 0, 0, 0, 1, 100, 1, 200, 0], [30, 0, 0, 0, 0, 1, 100, 1, 200, 0]],
        gencost=[[2, 0, 0, 2, 10, 0], [2, 0, 0, 2, 30, 0]],
        branch=[[7, 30, 0.01, 0.1, 0, 40, 0, 0, 0, 0, 1, -360, 360]],
    )
    for key, value in changes.items():
        setattr(made, key, value)
    return made.text()


def test_a_curve_of_any_degree_that_bends_upwards_is_cut_up(tmp_path):
    """10 P + 0.001 P3 costs 30 at the margin at 81.65 MW, so all 40 MW that the branch carries come from it."""
    text = two_buses(gencost=[[2, 0, 0, 4, 0.001, 0, 10, 5], [2, 0, 0, 2, 30, 0]])
    found = refused(tmp_path, text, linearise=0)
    assert "of degree 3" in found and "0.001 P3" in found and "--linearise" in found
    exact = 0.001 * 40**3 + 400 + 5 + 20 * 30
    assert optimum(tmp_path, text, "matpower", linearise=100) == pytest.approx(exact, rel=1e-6)
    _, notes = import_matpower(written(tmp_path, text), tmp_path / "data", "matpower", 100)
    assert "1 cost curves" in notes[0] and "for all" in notes[0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([2, 0, 0, 3, -0.1, 40, 0], "bends downwards"),
        ([2, 0, 0, 4, 0.001, -0.1, 30, 0], "bends downwards"),  # its slope falls up to 33 MW
        ([1, 0, 0, 3, 0, 0, 50, 900, 40, 1200], "points in the order of their power"),
        ([1, 0, 0, 3, 0, 0, 50, 900, 50, 1200], "points in the order of their power"),
        ([2, 0, 0, 4, 10, 0], "4 coefficients"),
        ([3, 0, 0, 2, 10, 0], "1 (points) or 2 (polynomial)"),
    ],
)
def test_costs_that_cannot_be_carried_over_are_named(row, said, tmp_path):
    assert said in refused(tmp_path, two_buses(gencost=[row, [2, 0, 0, 2, 30, 0]]))


def test_a_curve_of_a_machine_that_cannot_move_is_a_constant(tmp_path):
    gen = [[7, 0, 0, 0, 0, 1, 100, 1, 20, 20], [30, 0, 0, 0, 0, 1, 100, 1, 200, 0]]
    text = two_buses(gen=gen, gencost=[[2, 0, 0, 3, 0.5, 10, 1], [2, 0, 0, 2, 30, 0]])
    assert optimum(tmp_path, text, "matpower") == pytest.approx(0.5 * 400 + 200 + 1 + 40 * 30)


def test_ratings_and_powers_without_end(tmp_path):
    gen = [[7, 0, 0, 0, 0, 1, 100, 1, math.inf, 0], [30, 0, 0, 0, 0, 1, 100, 1, 200, 0]]
    text = two_buses(gen=gen, branch=[[7, 30, 0.01, 0.1, 0, 1e10, 0, 0, 0, 0, 1]])
    for form in FORMS:
        assert optimum(tmp_path, text, form) == pytest.approx(600)


def test_a_dc_line_that_runs_backwards(tmp_path):
    """A limit below zero holds where power enters, at the to end: 20 MW go in there, 19 come out at the other."""
    dcline = [[30, 7, 1, 0, 0, 0, 0, 1, 1, -20, 50, 0, 0, 0, 0, 1, 0]]
    text = two_buses(branch=[], dcline=dcline)
    assert optimum(tmp_path, text, "matpower") == pytest.approx(20 * 10 + (60 - 19) * 30)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("mpc.branch(:, 3) = mpc.branch(:, 3) / 100;", "what this line calculates is not carried out"),
        ("mpc = scale_load(1.1, mpc);", "what this line calculates is not carried out"),
        ("mpc.bus = [mpc.bus; 9 1 0 0 0 0 1 1 0 110 1 1.1 0.9];", "a number"),
        ("mpc.if.map = [1 2];", "no interface limits"),
        ("mpc.reserves.zones = [1 1];", "no reserves"),
        ("mpc.gen = [ 1 2 3", "a closing ] of mpc.gen"),
        ("mpc.version = '1';", "version 2"),
    ],
)
def test_lines_that_are_not_carried_out_are_refused(change, said, tmp_path):
    found = refused(tmp_path, two_buses() + change + "\n")
    assert said in found


def test_no_figure_where_one_is_needed(tmp_path):
    assert "NaN" in refused(tmp_path, two_buses().replace("110.0", "NaN", 1))


THREE = """function mpc = three
mpc.version = '2'; mpc.baseMVA = 100;
mpc.bus = [1 3 110 40 0 0 1 1 0 240 1 1.1 0.9; 2 2 110 40 0 0 1 1 0 240 1 1.1 0.9; 3 2 95 50 0 0 1 1 0 240 1 1.1 0.9];
mpc.gen = [1 0 0 0 0 1 100 1 2000 0; 2 0 0 0 0 1 100 1 2000 0; 3 0 0 0 0 1 100 1 0 0];
mpc.gencost = [2 0 0 3 0.11 5 0; 2 0 0 3 0.085 1.2 0; 2 0 0 3 0 0 0];
mpc.branch = [1 3 0.065 0.62 0.45 9000 0 0 0 0 1 -30 30; 3 2 0.025 0.75 0.7 50 0 0 0 0 1 -30 30;
              1 2 0.042 0.9 0.3 9000 0 0 0 0 1 -30 30];
"""


def test_quadratic_costs_meet_a_published_optimum(tmp_path):
    """Figures of pglib-opf case3_lmbd, baseline 5.6959e+03; to more digits by a quadratic program in angles (HiGHS)."""
    assert optimum(tmp_path, THREE, "powermodels") == pytest.approx(5695.895901, rel=5e-7)
    assert optimum(tmp_path, THREE, "matpower") == pytest.approx(5693.803333, rel=5e-7)
    _, notes = import_matpower(written(tmp_path, THREE), tmp_path / "data", "matpower")
    assert "2 cost curves" in notes[0]


@pytest.mark.parametrize("load", [1.0, 1000.0])
def test_pieces_of_a_curve_are_as_fine_as_the_cost_of_the_case_asks(load, tmp_path):
    """Nothing but one machine: the cost is that of its load, whatever the machine could give."""
    text = two_buses(
        bus=[[7, 3, load, 0, 0, 0, 1, 1, 0, 110, 1, 1.1, 0.9]], branch=[],
        gen=[[7, 0, 0, 0, 0, 1, 100, 1, math.inf, 0], [7, 0, 0, 0, 0, 1, 100, 1, 0, -3]],
        gencost=[[2, 0, 0, 3, 0.7, 2, 3], [2, 0, 0, 3, 0.01, 1, 0]],
    )  # fmt: skip
    exact = min(0.7 * p**2 + 2 * p + 3 + 0.01 * q**2 - q for q in np.linspace(0, 3, 3001) for p in [load + q])
    assert optimum(tmp_path, text, "matpower") == pytest.approx(exact, rel=5e-7)
