"""What a grid may not be, told by file, row and name: every fault of one data set in one report."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from model.data.validation import validate_folder
from model.data.validation.scenario import scenario_problems
from model.errors import InputError
from tests.closed_form.blanks import frame, settings_of
from tests.closed_form.world import World
from tests.helpers import change_cell, copy_tiny, find_row, tiny_case


def test_faults_of_a_grid_are_told_at_once(tmp_path):
    folder = copy_tiny(tmp_path)
    rows = {name: find_row(folder, "corridors.csv", corridor=name) for name in ("A-B 380", "B-C 380", "A-C cable")}
    change_cell(folder, "corridors.csv", rows["A-B 380"], "reactance", "0")
    change_cell(folder, "corridors.csv", rows["B-C 380"], "circuits", "1")
    change_cell(folder, "corridors.csv", rows["A-C cable"], "to_node", "A_transmission")
    lines = (folder / "contingencies.csv").read_text(encoding="utf-8")
    more = ["cable,A-C cable,1,x,assumption,", "double,B-C 380,2,x,assumption,", "ghost,Z-Z 380,1,x,assumption,"]
    (folder / "contingencies.csv").write_text(lines + "\n".join(more) + "\n", encoding="utf-8")
    found = {(problem.file, problem.column, problem.value): problem.expected for problem in validate_folder(folder)}
    assert found.pop(("corridors.csv", "reactance", "0")) == "a number in ohm above 0: the corridor is ac"
    assert found.pop(("corridors.csv", "to_node", "A_transmission")) == "another node than from_node"
    assert "kind ac" in found.pop(("contingencies.csv", "corridor", "A-C cable"))
    assert found.pop(("contingencies.csv", "circuits", "2")) == "at most 1, the circuits of B-C 380"
    assert "a name from corridors.corridor" in found.pop(("contingencies.csv", "corridor", "Z-Z 380"))
    assert not found


def test_a_corridor_to_nowhere_and_an_island_are_named(tmp_path):
    folder = copy_tiny(tmp_path)
    row = find_row(folder, "corridors.csv", corridor="A-C 380")
    change_cell(folder, "corridors.csv", row, "to_node", "Atlantis")
    (problem,) = validate_folder(folder)
    assert (problem.column, problem.value) == ("to_node", "Atlantis") and "nodes.node" in problem.expected
    for corridor in ("A-C 380", "B-C 380", "A-C cable"):
        at = find_row(folder, "corridors.csv", corridor=corridor)
        for end in ("from_node", "to_node"):
            change_cell(folder, "corridors.csv", at, end, {"from_node": "A", "to_node": "B"}[end] + "_transmission")
    cut_off = [problem for problem in validate_folder(folder) if problem.file == "demand.csv"]
    assert {problem.value for problem in cut_off} == {"C_regional", "S_C"}
    assert all("a corridor connects with the rest" in problem.expected for problem in cut_off)


def test_settings_that_need_one_another():
    with pytest.raises(ValidationError, match="how flows share themselves out"):
        settings_of({"grid__kirchhoff": False, "grid__n_minus_1": "all"})
    with pytest.raises(ValidationError, match="all or lazy"):
        settings_of({"grid__contingencies": ["a storm"]})


def test_tables_that_settings_need():
    with pytest.raises(InputError) as error:
        tiny_case(years=[2030], grid__n_minus_1="all", grid__contingencies=["strom"])
    assert "grid.contingencies" in str(error.value) and "storm" in str(error.value)
    endless = World().bus("B").technology("plant", existing=1e3).demand(1, at="B")
    endless.corridor("line", "N", "B", 10, reactance=1, resistance=1, expansion_cost=1.0)
    tables = {name: frame(name, rows) for name, rows in endless.rows.items()}
    (problem,) = [
        problem
        for problem in scenario_problems(settings_of({"grid__losses": "quadratic"}), tables, Path("nowhere"))
        if problem.file == "corridors.csv"
    ]
    assert problem.column == "expansion_max" and "tangents" in problem.expected
    tables["corridors"]["resistance"] = 0.0
    told = scenario_problems(
        settings_of({"grid__losses": "quadratic", "grid__n_minus_1": "all", "grid__reserve": "running"}),
        tables,
        Path("nowhere"),
    )
    wrong = {("grid.losses", "quadratic"), ("grid.n_minus_1", "all"), ("grid.reserve", "running")}
    assert wrong <= {(p.column, p.value) for p in told}
