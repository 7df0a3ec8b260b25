"""One mistake is one line: what follows from it is not told again, and what has nothing to do with it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from model.data.schemas import SCHEMAS
from model.data.tables import read_tables
from model.data.validation import table_problems
from tests.data.reports import lines_of, only, report
from tests.helpers import TINY, change_cell, find_row, write_lines

FILES = [(table, file) for table in SCHEMAS.values() for file in table.file_names if (TINY / file).is_file()]


@pytest.mark.parametrize(("table", "file"), FILES, ids=[file for _, file in FILES])
def test_one_mistyped_word_is_one_fault(tmp_path, table, file):
    """Whatever word of a table is mistyped, near to what is meant or far from it: one line, where it stands."""
    folder = Path(shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns("weather")))
    original = (folder / file).read_bytes()
    lines = lines_of(folder, file)
    for column in table.columns:
        if not (column.references or column.choices or column.name == "parameter"):
            continue
        at = lines[0].index(column.name)
        row = next((number for number, line in enumerate(lines) if number and line[at]), None)
        for word in (lines[row][at] + "q", "zzzz") if row is not None else ():
            change_cell(folder, file, row + 1, column.name, word)
            problems = table_problems(read_tables(folder))
            found = [(problem.file, problem.row, problem.column, problem.value) for problem in problems]
            assert found == [(file, str(row + 1), column.name, word)]
            (folder / file).write_bytes(original)


def rename(folder, file: str, column: str, old: str, new: str) -> None:
    lines = lines_of(folder, file)
    at = lines[0].index(column)
    write_lines(folder / file, [[*line[:at], new if line[at] == old else line[at], *line[at + 1 :]] for line in lines])


def test_an_unknown_carrier_in_many_rows_is_told_once_with_their_number(folder):
    rename(folder, "demand.csv", "carrier", "electricity", "electrcity")
    (problem,) = report(folder)
    count = sum(line[1] == "electrcity" for line in lines_of(folder, "demand.csv"))
    assert problem.row == "2" and problem.value == "electrcity"
    assert problem.expected.endswith(f"(did you mean 'electricity'?); {count} rows hold this name")


def test_a_name_mistyped_where_it_is_defined_is_told_once_for_all_files(folder):
    rename(folder, "carriers.csv", "carrier", "electricity", "electrcity")
    (problem,) = report(folder)
    assert problem.value == "electricity"
    assert "did you mean 'electrcity'?" in problem.expected
    assert " of demand.csv" in problem.expected and " of technology_flows.csv" in problem.expected


def test_a_name_in_use_that_is_as_near_is_not_taken_for_the_mistyped_one(folder):
    """A_transmission is as near to C_transmission as to what the table calls it by mistake."""
    rename(folder, "nodes.csv", "node", "A_transmission", "A_transmissioq")
    (problem,) = report(folder)
    assert problem.value == "A_transmission" and "did you mean 'A_transmissioq'?" in problem.expected


def test_an_unknown_name_hides_no_other_fault(folder):
    change_cell(folder, "demand.csv", 2, "carrier", "zzzz")
    change_cell(folder, "corridors.csv", 2, "to_node", "A_transmission")
    change_cell(folder, "stores.csv", 2, "duration_max", "0.5")
    assert {problem.file for problem in report(folder)} == {"demand.csv", "corridors.csv", "stores.csv"}


def test_a_file_that_cannot_be_read_hides_no_fault_of_another(folder):
    (folder / "carriers.csv").write_text("", encoding="utf-8")
    change_cell(folder, "nodes.csv", 2, "region", "Q")
    change_cell(folder, "demand.csv", 3, "value", "-1")
    assert {problem.file for problem in report(folder)} == {"carriers.csv", "nodes.csv", "demand.csv"}


def test_a_wrong_unit_in_every_row_is_told_once(folder):
    rename(folder, "demand.csv", "unit", "TWh/year", "GWh/year")
    (problem,) = report(folder)
    count = len(lines_of(folder, "demand.csv")) - 2
    assert (problem.row, problem.value) == ("2", "GWh/year")
    assert problem.expected == f"TWh/year; the same in {count} more rows"


def test_a_carrier_that_is_bought_by_mistake_is_told_once(folder):
    row = find_row(folder, "carriers.csv", carrier="heat_150_250")
    change_cell(folder, "carriers.csv", row, "balanced", "no")
    problems = [problem for problem in report(folder) if problem.file == "demand.csv"]
    assert len(problems) == 1 and "more rows" in problems[0].expected


def test_a_mistyped_storyline_of_prices_is_told_where_it_stands(folder):
    carriers, prices = lines_of(folder, "carriers.csv"), lines_of(folder, "fuel_prices.csv")
    (gas,) = (line for line in carriers if line[0] == "natural_gas")
    for name in ("hard_coal", "biomass"):
        carriers.append([name, *gas[1:]])
        prices += [[name, story, "", "10", "EUR/MWh", "made up", "assumption", ""] for story in ("reference", "high")]
    write_lines(folder / "carriers.csv", carriers)
    write_lines(folder / "fuel_prices.csv", prices)
    row = find_row(folder, "fuel_prices.csv", price_scenario="reference", year="2030")
    change_cell(folder, "fuel_prices.csv", row, "price_scenario", "referense")
    problems = report(folder)
    assert len(problems) == 1
    only(problems, "fuel_prices.csv", row, "price_scenario", "referense", "did you mean 'reference'?")


def test_the_odd_row_out_is_the_faulty_one(folder):
    row = find_row(folder, "reactors.csv", design="cls_lwr")
    change_cell(folder, "reactors.csv", row, "kind", "large")
    problems = report(folder)
    assert len(problems) == 1
    only(problems, "reactors.csv", row, "kind", "large", "the same in every row of cls_lwr: smr")
