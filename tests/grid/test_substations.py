"""Substations from tables alone: a folder with some of them loads, solves and passes; hundreds build in seconds."""

from __future__ import annotations

import csv
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest

from model.core.build import build_program
from model.core.features import load_features
from model.cube import assemble, run_checks
from model.data import build_case
from model.data.validation import validate_folder
from model.engine import SolverSettings, compile_program, solve
from tests.helpers import change_cell, copy_tiny, find_row, tiny_scenario

SOURCE = ["made up for tests", "assumption", ""]
SHORT: dict[str, Any] = {"years": [2030], "time__periods": 1, "time__step_hours": 6, "time__spell_days": 1}


def append(folder: Path, file: str, rows: list[list[Any]], header: str = "") -> None:
    """Add rows to a table, or make it."""
    path = folder / file
    if header:
        path.write_text(f"{header},source,provenance,note\n")
    with path.open("a", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([*row, *SOURCE] for row in rows)


def with_substations(folder: Path, count: int) -> Path:
    """The tiny data set with so many substations in each region: load, wind and a hosting limit at each."""
    copied = copy_tiny(folder)
    places = [(region, f"{region}_s{number:03d}") for region in "ABC" for number in range(count)]
    append(copied, "nodes.csv", [[name, name, "substation", f"{r}_regional", r, 52.0, 5.0] for r, name in places])
    share = 1.0 / count
    for story in ("reference", "low", "high"):
        for year, energy in (("2030", 0.4), ("2050", 0.6)):
            cells = ["TWh/year", "electricity_load"]
            rows = [[name, "electricity", "all", story, year, energy * share, *cells] for _, name in places]
            append(copied, "demand.csv", rows)
    append(copied, "potentials.csv", [[name, "wind_onshore", 300 * share, "MW_e"] for _, name in places])
    limits = [[name, way, "", 40 * share] for _, name in places for way in ("feed_in", "offtake")]
    append(copied, "substation_hosting.csv", limits, "node,direction,year,capacity")
    priced = [[name, 300000, 6000, 40, 2028, 40 * share, "yes"] for _, name in places]
    header = "node,investment,fixed_om,lifetime,first_year,build_rate_max,both_directions"
    append(copied, "substation_reinforcement.csv", priced, header)
    return copied


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return with_substations(tmp_path_factory.mktemp("substations"), 3)


def test_a_folder_with_substations_has_no_fault(folder):
    assert validate_folder(folder) == []


@pytest.mark.slow
def test_a_folder_with_substations_solves_and_passes(folder):
    case = build_case(tiny_scenario(**SHORT), folder)
    program = build_program(case)
    compiled = compile_program(program)
    solution = solve(compiled, SolverSettings(preset="simplex", threads=1))
    cube = assemble(case, program, load_features(), solution, compiled.statistics())
    assert [str(finding) for finding in run_checks(case, cube)] == []
    exchange = cube["results"]["substation_exchange"].sel(year=2030)
    assert exchange.sizes["node"] >= 9
    built = cube["results"]["substation_built"].sel(year=2030)
    # limits of 13.3 MW are too little for loads of up to 20 MW, and 13.3 MW a year can be added
    assert float(-np.nanmin(exchange.values)) > 40 / 3 + 1.0
    assert float(-np.nanmin(exchange.values)) <= 40 / 3 + float(np.nanmax(built.values)) + 1e-6


FAULTS = [
    ("nodes", {"node": "A_s000"}, "parent", "A_transmission", "a regional bus above a substation bus"),
    ("nodes", {"node": "A_s000"}, "parent", "", "a regional bus above a substation bus"),
    ("substation_hosting", {"node": "A_s001"}, "node", "A_regional", "a node of kind substation"),
    ("substation_hosting", {"node": "A_s001"}, "node", "A_s0001", "(did you mean 'A_s001'?)"),
    ("substation_hosting", {"node": "A_s001"}, "capacity", "-1", "a number in MW from 0"),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "words"), FAULTS)
def test_nonsense_at_substations_is_refused(tmp_path, table, row, column, value, words):
    folder = with_substations(tmp_path, 2)
    change_cell(folder, f"{table}.csv", find_row(folder, f"{table}.csv", **row), column, value)
    found = validate_folder(folder)
    assert any(words in str(problem) for problem in found), [str(problem) for problem in found]


@pytest.mark.slow
def test_three_hundred_substations_build_in_seconds(tmp_path):
    """A week by the hour: 300 substations below three regional buses."""
    folder = with_substations(tmp_path, 100)
    scenario = tiny_scenario(years=[2030], time={"mode": "sample", "weeks": [3], "step_hours": 1})
    case = build_case(scenario, folder)
    begin = process_time()
    compiled = compile_program(build_program(case))
    seconds = process_time() - begin
    assert case.time.count == 168
    assert compiled.row_count > 300 * 168
    assert seconds < 5.0
