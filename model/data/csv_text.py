"""The text of a CSV file, split into cells; what an editor or a spreadsheet did to the file as a whole is named."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from model.errors import Problem

SAVE_AS = "in a spreadsheet: save as 'CSV UTF-8 (comma delimited)'"
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass
class CsvText:
    """Header and rows of a file, as texts.

    Args:
        names: header.
        rows: first line of each row in the file, and its cells.
        problems: faults of the file as a whole.
        readable: False where the header makes no sense or the rest of the file could not be split.
    """

    names: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    readable: bool = True


def read_csv_text(path: Path, known: Iterable[str]) -> CsvText:
    """Read a file; `known` are the column names, of which a header holds at least one."""
    result = CsvText()
    text = _decoded(path, result)
    if result.readable:
        _split(text, path.name, set(known), result)
    return result


def _refuse(result: CsvText, file: str, line: int, value: str, expected: str) -> None:
    result.problems.append(Problem(file, str(line), "", value, expected))
    result.readable = False


def _decoded(path: Path, result: CsvText) -> str:
    """Decode UTF-8, with or without the mark that spreadsheets put first; of another encoding, name the place."""
    data = path.read_bytes()
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        _refuse(result, path.name, 1, "an empty file", "a header with the columns of the table")
    elif data.startswith(b"PK\x03\x04"):
        _refuse(result, path.name, 1, "a spreadsheet workbook", f"a CSV file ({SAVE_AS})")
    elif data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data:
        _refuse(result, path.name, 1, "UTF-16 or binary data", f"text in UTF-8 ({SAVE_AS})")
    else:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # Going on in Latin-1, which never fails, lets the faults of the figures into the same report.
            line = data[: error.start].count(b"\n") + 1
            begin = data.rfind(b"\n", 0, error.start) + 1
            around = data[max(begin, error.start - 15) : error.start + 10].split(b"\n")[0].decode("latin-1")
            expected = f"text in UTF-8; this looks like Latin-1 or Windows-1252 ({SAVE_AS})"
            result.problems.append(Problem(path.name, str(line), "", around.strip(), expected))
            return data.decode("latin-1")
    return ""


def _split(text: str, file: str, known: set[str], result: CsvText) -> None:
    first = text.split("\n", 1)[0].strip()
    for separator, name in SEPARATORS.items():
        if separator in first and "," not in first:
            expected = f"commas between the cells, and decimal points ({SAVE_AS})"
            return _refuse(result, file, 1, f"{name} between the cells", expected)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 0
    try:
        for cells in reader:
            start, line = line + 1, reader.line_num
            if start == 1:
                result.names = [name.strip() for name in cells]
                if not known & set(result.names):
                    expected = "a header with the columns of the table: " + ",".join(sorted(known))
                    return _refuse(result, file, 1, first[:40], expected)
            elif any(cell.strip() for cell in cells):
                _row(start, line, cells, file, result)
    except csv.Error:
        expected = 'a closing quote (") for every quote that opens a cell, and "" for a quote inside one'
        _refuse(result, file, line + 1, "a quote that does not close", expected)


def _row(start: int, end: int, cells: list[str], file: str, result: CsvText) -> None:
    if len(cells) == len(result.names):
        result.rows.append((start, cells))
        return
    found = f"{len(cells)} cells" + (f" over the lines {start} to {end}" if end > start else "")
    expected = f"{len(result.names)} cells as in the header"
    if len(cells) > len(result.names):
        expected += " (a comma inside a cell needs quotes around the cell; decimals have a point)"
    result.problems.append(Problem(file, str(start), "", found, expected))
