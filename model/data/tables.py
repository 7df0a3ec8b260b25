"""Read the tables of a data set, cell by cell, and list every fault in form.

A table becomes a data frame with the columns of its schema in the schema's kinds, plus `_file` and `_row`
(line of the file), so that a later check can still say where a figure stands. The faults in meaning are found by
`validation`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.data.cells import blank_of, nearest, nearest_name, read_cell
from model.data.csv_text import read_csv_text
from model.data.schemas import COMMON_COLUMNS, PROVENANCE_WORDS, SCHEMAS, Table
from model.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

PLACE = ["_file", "_row"]
ALONE = "devices"
NEEDED_BY_DEVICES = ("regions", "nodes", "carriers")


@dataclass
class Reading:
    """What was read from a folder.

    Args:
        tables: data frames by table name; an absent optional table is an empty frame.
        problems: faults in form.
        checksums: SHA-256 by file.
        unreadable: tables of which a file, its header or the rest of its rows could not be read.
        complete: False where rows or labels are missing because they could not be read: what asks whether something
            is there would then only repeat the fault.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    checksums: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    complete: bool = True


def checksum(path: Path) -> str:
    """Give the SHA-256 of a file as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_tables(folder: Path) -> Reading:
    """Read every table of the schema list from a folder with one CSV file per table."""
    result = Reading()
    # A data set of single devices (an imported network) needs no technologies, prices or reactors.
    alone = (folder / f"{ALONE}.csv").is_file()
    for table in SCHEMAS.values():
        rows: list[dict[str, Any]] = []
        for position, file in enumerate(table.file_names):
            path = folder / file
            if path.is_file():
                result.checksums[file] = checksum(path)
                rows += _read_file(path, table, result)
            elif table.required and position == 0 and not (alone and table.name not in NEEDED_BY_DEVICES):
                result.problems.append(Problem(file, "", "", "", f"this file in {folder.name}"))
                result.unreadable.add(table.name)
        result.tables[table.name] = _frame(rows, table) if rows else _empty(table.name).copy()
    _stray_files(folder, result)
    return result


def _stray_files(folder: Path, result: Reading) -> None:
    """A file that no schema knows is a misspelt table: the figures in it would be ignored."""
    owner = {file: table.name for table in SCHEMAS.values() for file in table.file_names}
    for path in sorted(folder.glob("*.csv")):
        if path.name in owner:
            continue
        expected = f"the name of a table{nearest(path.name, owner)}"
        result.problems.append(Problem(path.name, "", "", path.name, expected))
        meant = owner.get(nearest_name(path.name, owner))
        if meant:
            result.unreadable.add(meant)


def _read_file(path: Path, table: Table, result: Reading) -> list[dict[str, Any]]:
    read = read_csv_text(path, (column.name for column in table.all_columns))
    header = _header_problems(read.names, path.name, table) if read.names and read.readable else []
    # Short rows are listed by the reader and left out, so that something may be missed further on.
    result.complete &= not read.problems
    result.problems += read.problems + header
    if header or not read.readable:
        result.unreadable.add(table.name)
    rows = []
    for line, cells in read.rows:
        texts = {name: cell.strip() for name, cell in zip(read.names, cells, strict=True)}
        rows.append(_read_row(texts, path.name, line, table, result))
    return rows


def _header_problems(names: list[str], file: str, table: Table) -> list[Problem]:
    known = [column.name for column in table.all_columns]
    problems = [
        Problem(file, "1", name, name, f"a column of the table {table.name}{nearest(name, set(known) - set(names))}")
        for name in names
        if name and name not in known
    ]
    missed = {nearest_name(name, set(known) - set(names)) for name in names if name not in known}
    problems += [
        Problem(file, "1", name, "", f"the column {name}: {table.column(name).expectation}")
        for name in known
        if name not in names and name not in missed and not table.column(name).optional
    ]
    problems += [
        Problem(file, "1", name, name, "every column once")
        for name in sorted({name for name in names if name and names.count(name) > 1})
    ]
    if "" in names:
        problems.append(Problem(file, "1", "", f"no name for column {names.index('') + 1}", "a name for every column"))
    return problems


def _read_row(texts: dict[str, str], file: str, line: int, table: Table, result: Reading) -> dict[str, Any]:
    row: dict[str, Any] = {"_file": file, "_row": line}
    for column in table.all_columns:
        if column.name not in texts:
            row[column.name] = blank_of(column)
            continue
        value, expected = read_cell(texts[column.name], column)
        if expected:
            result.problems.append(Problem(file, str(line), column.name, texts[column.name], expected))
            result.complete &= value != ""
        row[column.name] = value
    word = str(row["provenance"]).replace(":", " ").replace(",", " ").split()[:1]
    if word and word[0] not in PROVENANCE_WORDS:
        expected = "a first word of " + ", ".join(PROVENANCE_WORDS) + nearest(word[0], PROVENANCE_WORDS)
        result.problems.append(Problem(file, str(line), "provenance", word[0], expected))
    return row


def _frame(rows: list[dict[str, Any]], table: Table) -> pd.DataFrame:
    import pandas as pd

    values: dict[str, Any] = {
        column.name: np.array([row[column.name] for row in rows], float)
        if column.kind in ("number", "integer")
        else pd.Series([row[column.name] for row in rows], dtype=object)
        for column in table.all_columns
    }
    values["_file"] = pd.Series([row["_file"] for row in rows], dtype="str")
    values["_row"] = np.array([row["_row"] for row in rows], np.int64)
    return pd.DataFrame(values)


@cache
def _empty(name: str) -> pd.DataFrame:
    """A table without rows: most optional ones are."""
    return _frame([], SCHEMAS[name])


def records(frame: pd.DataFrame) -> list[Any]:
    """Give the rows of a frame as named tuples, whose fields are as the schema says (pandas cannot know)."""
    return list(frame.itertuples())


def bare(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the frame without place, source, provenance and note."""
    return frame.drop(columns=[*PLACE, *(column.name for column in COMMON_COLUMNS)], errors="ignore")
