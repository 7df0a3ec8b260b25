"""What the tests of faults share: the report of a folder, and what stands in it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from model.data import build_case
from model.errors import InputError, Problem
from tests.helpers import tiny_scenario


def report(folder: Path) -> list[Problem]:
    """The one report of a faulty folder, for which the case is refused."""
    with pytest.raises(InputError) as caught:
        build_case(tiny_scenario(), folder)
    assert caught.value.exit_code == 2
    return caught.value.problems


def only(problems: list[Problem], file: str, row: object, column: str, value: str, expected: str) -> None:
    """Assert that exactly one problem points at this cell and says what was expected."""
    here = [problem for problem in problems if (problem.file, problem.row) == (file, str(row))]
    assert len(here) == 1, [str(problem) for problem in problems]
    assert (here[0].column, here[0].value) == (column, value)
    assert expected in here[0].expected


def lines_of(folder: Path, file: str) -> list[list[str]]:
    """Cells of a table, the header first."""
    with (folder / file).open(newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))
