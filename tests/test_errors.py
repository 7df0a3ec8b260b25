"""A report of faults: sorted by row as a number, with those that are alike folded."""

from __future__ import annotations

from model.errors import InputError, Problem


def test_rows_are_sorted_as_numbers():
    faults = [Problem("demand.csv", row, "value", "x", f"a number, not {row}") for row in ("10", "2", "1")]
    assert [problem.row for problem in InputError(faults).problems] == ["1", "2", "10"]


def test_faults_that_are_alike_are_folded_in_the_message_and_kept_in_full():
    faults = [Problem("demand.csv", str(row), "year", "", "a year") for row in range(1, 41)]
    error = InputError([*faults, Problem("sites.csv", "3", "node", "X", "a node")])
    assert len(error.problems) == 41
    lines = str(error).splitlines()
    assert lines[0] == "41 problems in the inputs:"
    assert len(lines) == 1 + 5 + 1 + 1
    assert "and 35 more rows like these" in lines[6]
    assert "sites.csv, row 3, node" in lines[7]
