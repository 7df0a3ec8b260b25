"""Read the tables of a data set, cell by cell, and list every fault in form.

A table becomes a data frame with the columns of its schema in the schema's kinds, plus `_file` and `_row`
(line of the file), so that a later check can still say where a figure stands. A faulty cell is listed and read
as blank; the faults in meaning are found by `validation`.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.data.schemas import COMMON_COLUMNS, PROVENANCE_WORDS, SCHEMAS, Column, Table
from model.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

FLAGS = ("yes", "no")
PLACE = ["_file", "_row"]


def nearest(word: str, names: Iterable[str]) -> str:
    """Say which known name is meant, as ` (did you mean …?)`, or nothing when none is near."""
    found = difflib.get_close_matches(str(word), [str(name) for name in names], n=1, cutoff=0.6)
    return f" (did you mean {found[0]!r}?)" if found else ""


def checksum(path: Path) -> str:
    """Give the SHA-256 of a file as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_tables(folder: Path) -> tuple[dict[str, pd.DataFrame], list[Problem], dict[str, str]]:
    """Read every table of the schema list from a folder.

    Args:
        folder: folder with one CSV file per table.

    Returns:
        Data frames by table name (an absent optional table is an empty frame), faults in form, checksums by file.
    """
    problems: list[Problem] = []
    checksums: dict[str, str] = {}
    frames: dict[str, pd.DataFrame] = {}
    for table in SCHEMAS.values():
        rows: list[dict[str, Any]] = []
        for position, file in enumerate(table.file_names):
            path = folder / file
            if path.is_file():
                checksums[file] = checksum(path)
                rows += _read_file(path, file, table, problems)
            elif table.required and position == 0:
                problems.append(Problem(file, "", "", "", f"this file in {folder.name}"))
        frames[table.name] = _frame(rows, table)
    problems += _stray_files(folder)
    return frames, problems, checksums


def _stray_files(folder: Path) -> list[Problem]:
    """A file that no schema knows is a misspelt table: the figures in it would be ignored."""
    known = {file for table in SCHEMAS.values() for file in table.file_names}
    return [
        Problem(path.name, "", "", path.name, f"the name of a table{nearest(path.name, known)}")
        for path in sorted(folder.glob("*.csv"))
        if path.name not in known
    ]


def _read_file(path: Path, file: str, table: Table, problems: list[Problem]) -> list[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(file, "", "", f"byte {error.start}", "text in UTF-8"))
        return []
    reader = csv.reader(text.splitlines(keepends=True))
    header = next(reader, None)
    if header is None:
        problems.append(Problem(file, "1", "", "", "a header with the columns of the table"))
        return []
    names = [name.strip() for name in header]
    problems += _header_problems(names, file, table)
    rows = []
    line = reader.line_num
    for cells in reader:
        first, line = line + 1, reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            found = f"{len(cells)} cells"
            problems.append(Problem(file, str(first), "", found, f"{len(names)} cells as in the header"))
            continue
        texts = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
        rows.append(_read_row(texts, file, first, table, problems))
    return rows


def _header_problems(names: list[str], file: str, table: Table) -> list[Problem]:
    known = [column.name for column in table.all_columns]
    problems = [
        Problem(file, "1", name, name, f"a column of the table {table.name}{nearest(name, set(known) - set(names))}")
        for name in names
        if name not in known
    ]
    problems += [
        Problem(file, "1", name, "", f"the column {name}: {table.column(name).expectation}")
        for name in known
        if name not in names
    ]
    problems += [
        Problem(file, "1", name, name, "every column once") for name in sorted({n for n in names if names.count(n) > 1})
    ]
    return problems


def _read_row(texts: dict[str, str], file: str, line: int, table: Table, problems: list[Problem]) -> dict[str, Any]:
    row: dict[str, Any] = {"_file": file, "_row": line}
    for column in table.all_columns:
        if column.name not in texts:
            row[column.name] = _blank(column)
            continue
        value, expected = read_cell(texts[column.name], column)
        if expected:
            problems.append(Problem(file, str(line), column.name, texts[column.name], expected))
        row[column.name] = value
    word = str(row["provenance"]).replace(":", " ").replace(",", " ").split()[:1]
    if word and word[0] not in PROVENANCE_WORDS:
        expected = "a first word of " + ", ".join(PROVENANCE_WORDS) + nearest(word[0], PROVENANCE_WORDS)
        problems.append(Problem(file, str(line), "provenance", word[0], expected))
    return row


def _blank(column: Column) -> Any:
    return math.nan if column.kind in ("number", "integer") else ""


def read_cell(text: str, column: Column) -> tuple[Any, str]:
    """Read one cell.

    Returns:
        The value (blank when faulty) and what was expected, empty when the cell is good.
    """
    if text == "":
        return _blank(column), "" if column.blank is not None else f"{column.expectation}, not a blank"
    if column.kind == "flag":
        return (text, "") if text in FLAGS else ("", column.expectation)
    if column.kind == "text":
        good = not column.choices or text in column.choices
        return text, "" if good else column.expectation + nearest(text, column.choices)
    try:
        number = float(text)
    except ValueError:
        return math.nan, column.expectation
    if not math.isfinite(number):
        return math.nan, f"{column.expectation}, and finite"
    outside = (
        (column.kind == "integer" and not number.is_integer())
        or (column.minimum is not None and number < column.minimum)
        or (column.maximum is not None and number > column.maximum)
        or (column.above is not None and number <= column.above)
    )
    return (math.nan, column.expectation) if outside else (number, "")


def _frame(rows: list[dict[str, Any]], table: Table) -> pd.DataFrame:
    import pandas as pd

    columns = [column.name for column in table.all_columns]
    frame = pd.DataFrame(rows, columns=[*columns, *PLACE])
    for column in table.all_columns:
        if column.kind in ("number", "integer"):
            frame[column.name] = frame[column.name].astype(float)
        else:
            frame[column.name] = frame[column.name].astype(object)
    frame["_row"] = frame["_row"].astype("int64")
    return frame


def records(frame: pd.DataFrame) -> list[Any]:
    """Give the rows of a frame as named tuples, whose fields are as the schema says (pandas cannot know)."""
    return list(frame.itertuples())


def bare(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the frame without place, source, provenance and note."""
    return frame.drop(columns=[*PLACE, *(column.name for column in COMMON_COLUMNS)], errors="ignore")
