"""Check a data set once, completely, at the door: form, names, meaning, network; all faults in one report.

What is impossible is a fault and refuses the data set; what is only hard to believe is a doubt, told as a warning.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from model.data.tables import Reading, read_tables
from model.data.validation.doubts import doubts
from model.data.validation.meaning import meaning_problems, steady_problems
from model.data.validation.names import name_problems
from model.data.validation.network import network_problems
from model.data.validation.places import Tables, rows_kept, told_once
from model.data.validation.plausibility import plausibility_problems
from model.data.validation.references import resolve_names
from model.data.validation.scenario import scenario_problems
from model.data.validation.scenario_doubts import scenario_doubts
from model.data.validation.series import series_problems
from model.errors import ImplausibleInput, InputError, Problem

if TYPE_CHECKING:
    from model.scenario import Scenario


@dataclass(frozen=True)
class Checked:
    """The tables of a folder and what was found in them.

    Args:
        tables: data frames by table name.
        checksums: SHA-256 by file.
        problems: every fault, sorted by file and row; none means that the tables load.
        doubts: what is possible and hardly meant; looked for only where there is no fault.
    """

    tables: Tables = field(default_factory=dict)
    checksums: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)


def validate_folder(path: str | Path) -> list[Problem]:
    """List every fault of the tables in a folder, sorted by file and row; none means that they load."""
    return check_folder(path).problems


def check_folder(path: str | Path) -> Checked:
    """Read and check the tables and the weather of a folder."""
    folder = Path(path)
    if not folder.is_dir():
        return Checked(problems=[Problem(str(folder), "", "", "", "a folder with the tables of a data set")])
    reading = read_tables(folder)
    with rows_kept():
        problems = [*table_problems(reading), *series_problems(folder, reading.tables)]
        found = doubts(reading.tables) if not problems else []
    return Checked(reading.tables, reading.checksums, sorted(set(problems)), found)


def read_valid_tables(folder: Path) -> tuple[Tables, dict[str, str]]:
    """Read the tables of a folder and their checksums; warn of what is implausible in them.

    Raises:
        InputError: with every fault of every table.
    """
    checked = check_folder(folder)
    if checked.problems:
        raise InputError(checked.problems)
    warn_of(checked.doubts)
    return checked.tables, checked.checksums


def warn_of(found: Iterable[Problem]) -> None:
    """Tell doubts as warnings of Python, which the command line prints and a program may catch or silence."""
    for doubt in found:
        warnings.warn(ImplausibleInput(doubt), stacklevel=2)


def check_scenario(scenario: Scenario, tables: Tables, folder: Path) -> None:
    """Check the names and years of a scenario against the tables; warn of details that have no rows.

    Raises:
        InputError: with every name that the tables do not know and every year for which they hold nothing.
    """
    problems = scenario_problems(scenario, tables, folder)
    if problems:
        raise InputError(problems)
    warn_of(scenario_doubts(scenario, tables))


def table_problems(reading: Reading) -> list[Problem]:
    """List every fault of tables, each root cause once."""
    resolved = resolve_names(reading.tables, reading.unreadable)
    tables, complete = resolved.tables, reading.complete and resolved.complete
    problems = reading.problems + resolved.problems
    problems += _new(name_problems(tables, reading.tables), problems)
    if not reading.unreadable:
        # A table that could not be read would only echo through every later check.
        problems += _new(meaning_problems(tables, complete) + network_problems(tables, complete), problems)
        problems += _new(steady_problems(tables) + plausibility_problems(tables, complete), problems)
    return told_once(problems)


def _new(found: list[Problem], known: list[Problem]) -> list[Problem]:
    """Leave out faults in rows that are known to be faulty: one fault, one line."""
    rows = {(problem.file, problem.row) for problem in known if problem.row}
    return [problem for problem in found if (problem.file, problem.row) not in rows]
