"""Check a data set once, completely, at the door: form, names, meaning, network; all faults in one report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.data.tables import read_tables
from model.data.validation.meaning import meaning_problems
from model.data.validation.names import name_problems
from model.data.validation.network import network_problems
from model.data.validation.plausibility import plausibility_problems
from model.data.validation.scenario import scenario_problems
from model.data.validation.series import series_problems
from model.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from model.scenario import Scenario

Tables = dict[str, "pd.DataFrame"]


def validate_folder(path: str | Path) -> list[Problem]:
    """List every fault of the tables in a folder, sorted by file and row; none means that they load."""
    return _read_and_check(Path(path))[2]


def read_valid_tables(folder: Path) -> tuple[Tables, dict[str, str]]:
    """Read the tables of a folder and their checksums.

    Raises:
        InputError: with every fault of every table.
    """
    tables, checksums, problems = _read_and_check(folder)
    if problems:
        raise InputError(problems)
    return tables, checksums


def check_scenario(scenario: Scenario, tables: Tables, folder: Path) -> None:
    """Check the names and years of a scenario against the tables.

    Raises:
        InputError: with every name that the tables do not know and every year for which they hold nothing.
    """
    problems = scenario_problems(scenario, tables, folder)
    if problems:
        raise InputError(problems)


def _read_and_check(folder: Path) -> tuple[Tables, dict[str, str], list[Problem]]:
    if not folder.is_dir():
        return {}, {}, [Problem(str(folder), "", "", "", "a folder with the tables of a data set")]
    tables, problems, checksums = read_tables(folder)
    if not any(problem.row in ("", "1") for problem in problems):
        # A missing file or column would only echo through every later check.
        found = name_problems(tables)
        problems += _new(found, problems)
        problems += _new(meaning_problems(tables) + network_problems(tables), problems)
        problems += _new(plausibility_problems(tables), problems)
    problems += series_problems(folder, tables)
    return tables, checksums, sorted(set(problems))


def _new(found: list[Problem], known: list[Problem]) -> list[Problem]:
    """Leave out faults in cells that are known to be faulty: one fault, one line."""
    rows = {(problem.file, problem.row) for problem in known if problem.row}
    return [problem for problem in found if (problem.file, problem.row) not in rows]
