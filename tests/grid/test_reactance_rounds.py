"""Reactance that follows what is built, in rounds: a fixed point by hand, and a run that reports its rounds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model import run
from model.cli.rebuilt import rebuilt_program
from model.cube import open_run
from model.engine import solve
from model.exchange.matpower_import import import_matpower
from model.grid_rounds import first_case, settle
from model.job import rebuild
from model.report.summary import summary_table
from model.scenario import load_scenario
from tests.closed_form.answer import near
from tests.closed_form.world import EXACT, World
from tests.grid.random_grids import built


def two_lines(**settings) -> World:
    """Beside a line of 20 ohm and 50 MW one of 10 ohm and 50 MW that can grow; 200 MW are asked for."""
    world = World(grid__loop_flow_factor=1.0, **settings).bus("B").technology("cheap", existing=1e4, variable_om=10)
    world.technology("dear", "B", existing=1e4, variable_om=50).demand(200, at="B")
    world.corridor("stays", "N", "B", 50, reactance=20)
    return world.corridor("grows", "N", "B", 50, reactance=10, expansion_cost=40.0, expansion_max=1e4)


def settled(world: World, **settings):
    made = built(world, **settings)
    return settle(rebuild(made, first_case(made.case)), lambda one: solve(one.compiled, EXACT), rebuild, lambda _: None)


def test_rounds_end_where_reactance_agrees_with_what_is_built():
    """With s times 50 MW the second line has 10/s ohm and carries 2 s / (2 s + 1) of 200 MW, which is its 50 s MW.

    So s = 3.5.  With the reactance of the table the first line fills up at 150 MW; at s = 2 and less all 200 MW pass.
    """
    held, before, _ = settled(two_lines())
    (expansion,) = before.values["corridor_expansion"]
    assert expansion == near(50)
    assert before.objective == near(8760 * (150 * 10 + 50 * 50) + 50)
    last, solution, rounds = settled(two_lines(), grid__reactance_rounds=30, grid__reactance_tolerance=1e-5)
    assert float(solution.values["corridor_expansion"][0]) == pytest.approx(125, rel=1e-4)
    assert solution.objective == pytest.approx(8760 * 2000 + 125, rel=1e-8)
    changes = [done.change for done in rounds]
    # strengths 2, 3.2 (110 MW at 5 ohm), 3.459 …
    assert changes[:3] == pytest.approx([1.0, 0.6, 3.45945946 / 3.2 - 1], rel=1e-6)
    assert rounds[0].corridor == "grows, 2030" and changes[-1] <= 1e-5
    assert last.size == held.size


def test_a_corridor_enters_the_cycles_when_it_is_built():
    """A new line of 10 ohm at 200 MW is free of Kirchhoff's law at first; then it shares the flow."""
    world = two_lines()
    world.change("corridors", "grows", capacity=0.0, expansion_max=200.0)
    _, before, _ = settled(world)
    assert float(before.values["corridor_expansion"][0]) == near(150)  # beside the 50 MW of the other
    _, solution, rounds = settled(world, grid__reactance_rounds=1)
    # 150 of the 200 MW for which the table gives 10 ohm: 13.3 ohm beside 20 ohm, so 75 MW beside the 50 of the other
    assert float(solution.values["corridor_expansion"][0]) == near(75)
    assert (rounds[0].change, rounds[1].change) == (1.0, pytest.approx(0.5))


CASE = Path(__file__).parents[1] / "data_sets" / "reference" / "pglib_opf" / "pglib_opf_case5_pjm.m"


@pytest.fixture(scope="module")
def cube(tmp_path_factory):
    """The five-bus case with the loss of one line named, run in rounds; nothing of it can be expanded."""
    folder = tmp_path_factory.mktemp("five")
    scenario, _ = import_matpower(CASE, folder / "five", "matpower")
    rows = "contingency,corridor,source,provenance,note\nfirst,branch 1: 1 to 2,test,assumption,\n"
    (folder / "five" / "contingencies.csv").write_text(rows, encoding="utf-8")
    settings = ["grid.n_minus_1=lazy", "grid.reactance_rounds=2"]
    with open_run(run(load_scenario(scenario, settings), folder / "out").run_file) as opened:
        yield opened


def test_a_run_reports_its_rounds(cube):
    rounds = json.loads(cube["run"].attrs["grid_rounds"])
    assert [done["number"] for done in rounds] == list(range(len(rounds)))
    assert [done["overloads"] > 0 for done in rounds] == [True] * (len(rounds) - 1) + [False]
    assert rounds[-1]["objective"] == pytest.approx(cube["run"].attrs["objective"])
    assert rounds[-1]["rows"] == cube["run"].attrs["rows"]
    # without outages the case costs 17,479.896925 (tests/exchange): security has a price here
    assert len(rounds) > 1 and rounds[-1]["objective"] > rounds[0]["objective"] >= 17479.8969
    assert f"{len(rounds)} solves; {rounds[0]['overloads']} overloads" in str(summary_table(cube))


def test_the_program_of_a_run_in_rounds_is_built_again_as_it_was(cube):
    program, reason = rebuilt_program(cube)
    assert program is not None, reason
    assert program.size["rows"] == int(cube["run"].attrs["rows"])
