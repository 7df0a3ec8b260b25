"""Which category of another year's table stands for which of 2024: ids are articles, and articles move.

Tables of assumptions (which technology serves a category, how its projects vary) name categories of 2024.  For a round
of another year they are read with the names of its own table.  Table: category_equivalents.csv.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.reading import SOURCED, Column, read_table, records, sdepp_folder

FILE = "category_equivalents.csv"
COLUMNS = (
    Column("table", meaning="table of categories"),
    Column("stands_for", meaning="category of 2024 in tables of assumptions"),
    Column("category", blank=True, meaning="its category in the table; blank: none"),
    *SOURCED,
)


def load_equivalents(folder: Path | None = None) -> dict[str, dict[str, str]]:
    """Read which names change: by table, the category that stands for one of 2024 ("": none).

    Args:
        folder: folder of the scheme's tables; by default those that ship.  Without the file no name changes.

    Raises:
        InputError: every fault in the table, at once.
    """
    path = (folder or sdepp_folder()) / FILE
    if not path.is_file():
        return {}
    problems: list[Problem] = []
    table = read_table(path, COLUMNS, problems)
    for row in records(table[table.duplicated(["table", "stands_for"])]):
        problems.append(Problem(row._file, str(row._row), "stands_for", row.stands_for, "every category once a table"))
    if problems:
        raise InputError(problems)
    found: dict[str, dict[str, str]] = {}
    for row in records(table):
        found.setdefault(row.table, {})[row.stands_for] = row.category
    return found


def named_as_in(frame: pd.DataFrame, categories: pd.DataFrame, folder: Path | None = None) -> pd.DataFrame:
    """Give rows of a table of assumptions with the names of a round's own categories.

    Args:
        frame: with a column `category`.
        categories: of the round, as `load_categories` gives them.
        folder: folder of the scheme's tables.

    Returns:
        The rows whose category the round knows, renamed.
    """
    table = str(categories["table"].iloc[0]) if len(categories) else ""
    changed = load_equivalents(folder).get(table, {})
    if not changed:
        return frame
    names = frame["category"].map(lambda name: changed.get(str(name), str(name)))
    return frame.assign(category=names)[names != ""]
