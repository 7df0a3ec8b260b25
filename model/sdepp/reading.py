"""Read a table of the scheme, or a user's, cell by cell; every fault is listed with file, row and column.

Kinds of column: `text`, `number`, `flag` (yes or no), `moment` (2024-09-10T09:00, local Dutch time), `words` (names
with spaces between). A blank cell that may be blank becomes "", not-a-number, None, not-a-time or an empty tuple.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from model.errors import Problem

SAVE_AS = "in a spreadsheet: save as 'CSV UTF-8 (comma delimited)'"
PLACE = ("_file", "_row")
"""Columns that say where a row stands: name of the file, and line in it (the header is line 1)."""
PROVENANCE_WORDS = ("verified", "recalled", "estimated", "assumption", "inferred", "unknown")


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Args:
        name: header.
        kind: text, number, flag, moment or words.
        blank: whether a cell may be blank; an optional column may also be missing.
        optional: whether the whole column may be missing.
        minimum: least value of a number.
        above: a number must be more than this.
        allowed: the only texts or words there may be.
        meaning: what stands here, with its unit, for messages and the reference page.
    """

    name: str
    kind: str = "text"
    blank: bool = False
    optional: bool = False
    minimum: float | None = None
    above: float | None = None
    allowed: tuple[str, ...] = ()
    meaning: str = ""


SOURCED = (
    Column("source", meaning="where the figure stands"),
    Column("provenance", meaning="first word: " + ", ".join(PROVENANCE_WORDS)),
    Column("note", blank=True, meaning="remarks"),
)
"""The last columns of every table that ships."""


def sdepp_folder() -> Path:
    """Give the folder of the scheme's tables: `nl/sdepp` in $SMR_GRID_NL_INPUTS, else in the package's `inputs`."""
    named = os.environ.get("SMR_GRID_NL_INPUTS")
    beside = Path(__file__).resolve().parents[2] / "inputs"
    inputs = Path(named) if named else beside if beside.is_dir() else Path("inputs")
    return inputs / "nl" / "sdepp"


def nearest(name: str, known: Sequence[str]) -> str:
    """Give ` (did you mean …?)`, or nothing."""
    close = get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def read_table(
    path: Path, columns: Sequence[Column], problems: list[Problem], *, keep_faulty: bool = False
) -> pd.DataFrame:
    """Read a CSV file; faults are added to `problems`.

    Args:
        path: the file.
        columns: what it may hold; other columns are faults.
        problems: the list that grows.
        keep_faulty: whether rows with a fault in form stay in, the faulty cells blank.

    Returns:
        One row per row, with the columns in their kinds and `_file`, `_row`.
    """
    names, rows = _cells(path, columns, problems)
    read: list[dict[str, Any]] = []
    for line, cells in rows:
        texts = dict(zip(names, (cell.strip() for cell in cells), strict=True))
        found = len(problems)
        values = {c.name: _value(texts.get(c.name, ""), c, path.name, line, problems) for c in columns}
        if keep_faulty or len(problems) == found:
            read.append({**values, "_file": path.name, "_row": line})
    return frame_of(read, columns)


def frame_of(rows: Sequence[dict[str, Any]], columns: Sequence[Column]) -> pd.DataFrame:
    """Make a frame whose columns have the type of their kind, also where there is no row."""
    frame = pd.DataFrame(list(rows), columns=[*(column.name for column in columns), *PLACE])
    for column in columns:
        kind: Any = {"number": "float64", "moment": "datetime64[s]"}.get(column.kind, "object")
        frame[column.name] = frame[column.name].astype(kind)
    return frame


def records(frame: pd.DataFrame) -> list[Any]:
    """Give the rows of a frame as objects with its columns as fields, `_file` and `_row` among them."""
    return [SimpleNamespace(**{str(name): value for name, value in row.items()}) for row in frame.to_dict("records")]


def _cells(
    path: Path, columns: Sequence[Column], problems: list[Problem]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    text = _text(path, problems)
    if not text:
        return [], []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    line = 0
    try:
        for cells in reader:
            start, line = line + 1, reader.line_num
            if not names:
                names = [cell.strip() for cell in cells]
                if not _header(names, path.name, columns, problems):
                    return [], []
            elif any(cell.strip() for cell in cells):
                if len(cells) == len(names):
                    rows.append((start, cells))
                else:
                    expected = f"{len(names)} cells as in the header (a comma inside a cell needs quotes around it)"
                    problems.append(Problem(path.name, str(start), "", f"{len(cells)} cells", expected))
    except csv.Error:
        problems.append(Problem(path.name, str(line + 1), "", "a quote that does not close", "quotes in pairs"))
    return names, rows


def _text(path: Path, problems: list[Problem]) -> str:
    if not path.is_file():
        problems.append(Problem(path.name, "", "", "", f"this file in {path.parent}"))
        return ""
    data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    if not data.strip():
        problems.append(Problem(path.name, "1", "", "an empty file", "a header with the columns of the table"))
        return ""
    try:
        if data.startswith(b"PK\x03\x04") or b"\x00" in data:
            raise UnicodeError
        return data.decode("utf-8")
    except UnicodeError:
        problems.append(Problem(path.name, "1", "", "not text in UTF-8", f"a CSV file ({SAVE_AS})"))
        return ""


def _header(names: list[str], file: str, columns: Sequence[Column], problems: list[Problem]) -> bool:
    known = [column.name for column in columns]
    found = len(problems)
    if len(names) == 1 and any(separator in names[0] for separator in ";\t|"):
        problems.append(Problem(file, "1", "", names[0][:40], f"commas between the cells ({SAVE_AS})"))
        return False
    for name in names:
        if name not in known:
            missing = [other for other in known if other not in names]
            problems.append(Problem(file, "1", name, name, f"a column of this table{nearest(name, missing)}"))
        elif names.count(name) > 1:
            problems.append(Problem(file, "1", name, name, "every column once"))
    for column in columns:
        if column.name not in names and not column.optional:
            problems.append(Problem(file, "1", column.name, "", f"the column {column.name}: {column.meaning}"))
    return len(problems) == found


def _value(text: str, column: Column, file: str, line: int, problems: list[Problem]) -> Any:
    blank = {"text": "", "number": math.nan, "flag": None, "moment": pd.NaT, "words": ()}[column.kind]
    if text == "":
        if not (column.blank or column.optional):
            problems.append(Problem(file, str(line), column.name, "", f"{column.meaning or column.name}, not blank"))
        return blank
    expected = ""
    value: Any = text
    if column.kind == "number":
        value, expected = _number(text, column)
    elif column.kind == "flag":
        value = {"yes": True, "no": False}.get(text)
        expected = "yes or no" if value is None else ""
    elif column.kind == "moment":
        value, expected = _moment(text)
    elif column.kind == "words":
        value = tuple(text.split())
    if column.allowed:
        for word in value if column.kind == "words" else (value,):
            if word not in column.allowed:
                expected = "one of " + ", ".join(column.allowed) + nearest(word, column.allowed)
    if column.name == "provenance" and text.replace(":", " ").split()[0] not in (*PROVENANCE_WORDS, "mixed"):
        expected = column.meaning
    if expected:
        problems.append(Problem(file, str(line), column.name, text, expected))
        return blank
    return value


def _number(text: str, column: Column) -> tuple[float, str]:
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        return math.nan, "a finite number with a decimal point"
    if column.above is not None and value <= column.above:
        return value, f"a number above {column.above:g}"
    if column.minimum is not None and value < column.minimum:
        return value, f"a number of at least {column.minimum:g}"
    return value, ""


def _moment(text: str) -> tuple[Any, str]:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return pd.NaT, "a moment in local Dutch time, such as 2024-09-10T09:00"
    if moment.tzinfo is not None:
        return pd.NaT, "local Dutch time without an offset, such as 2024-09-10T09:00"
    return pd.Timestamp(moment), ""
