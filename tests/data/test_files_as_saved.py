"""What editors and spreadsheets do to a CSV file as a whole: each is named as what it is, once, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.data import validate_folder
from model.data.cells import read_cell
from model.data.schemas import Column
from tests.data.reports import lines_of, only, report
from tests.helpers import change_cell, find_row, write_lines

FILE = "hosting.csv"


def text_of(folder: Path) -> str:
    return (folder / FILE).read_text(encoding="utf-8")


def test_semicolons_between_the_cells(folder):
    (folder / FILE).write_text(text_of(folder).replace(",", ";"), encoding="utf-8")
    (problem,) = report(folder)
    assert (problem.file, problem.row, problem.value) == (FILE, "1", "semicolons between the cells")
    assert "commas between the cells" in problem.expected and "CSV UTF-8 (comma delimited)" in problem.expected


def test_tabs_between_the_cells(folder):
    (folder / FILE).write_text(text_of(folder).replace(",", "\t"), encoding="utf-8")
    (problem,) = report(folder)
    assert (problem.row, problem.value) == ("1", "tabs between the cells")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file(folder, content):
    (folder / FILE).write_bytes(content)
    (problem,) = report(folder)
    assert (problem.file, problem.row) == (FILE, "1")
    assert "a header with the columns of the table" in problem.expected


def test_a_missing_header(folder):
    write_lines(folder / FILE, lines_of(folder, FILE)[1:])
    (problem,) = report(folder)
    assert (problem.file, problem.row) == (FILE, "1")
    assert problem.expected.startswith("a header with the columns of the table: ")
    assert "direction" in problem.expected


def test_a_column_that_stands_twice(folder):
    lines = lines_of(folder, FILE)
    write_lines(folder / FILE, [[*line, line[0]] for line in lines])
    (problem,) = report(folder)
    assert (problem.row, problem.column, problem.expected) == ("1", "region", "every column once")


def test_columns_without_a_name(folder):
    write_lines(folder / FILE, [[*line, "", ""] for line in lines_of(folder, FILE)])
    (problem,) = report(folder)
    assert (problem.row, problem.value, problem.expected) == ("1", "no name for column 8", "a name for every column")


@pytest.mark.parametrize("line", [3, 13])
def test_a_quote_that_does_not_close(folder, line):
    """In the middle it swallows the lines up to the next quote, in the last line the end of the file."""
    lines = text_of(folder).splitlines()
    lines[line - 1] = '"' + lines[line - 1]
    lines.append('A,"x, y",2040,1,made up,assumption,')
    (folder / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (problem,) = report(folder)
    assert (problem.file, problem.row, problem.value) == (FILE, str(line), "a quote that does not close")


def test_a_mark_at_the_begin_is_what_spreadsheets_write(folder):
    """The byte order mark of UTF-8 says nothing wrong: the file is read as without it."""
    (folder / FILE).write_bytes(b"\xef\xbb\xbf" + text_of(folder).encode())
    assert validate_folder(folder) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_text_in_utf_16(folder, encoding):
    (folder / FILE).write_bytes(text_of(folder).encode(encoding))
    (problem,) = report(folder)
    assert (problem.row, problem.value) == ("1", "UTF-16 or binary data")


def test_a_workbook_renamed(folder):
    (folder / FILE).write_bytes(b"PK\x03\x04rest of a workbook")
    (problem,) = report(folder)
    assert problem.value == "a spreadsheet workbook"


def test_latin_1_names_the_line_and_the_word_and_reads_on(folder):
    row = find_row(folder, "regions.csv", region="B")
    change_cell(folder, "regions.csv", row, "name", "Fryslân")
    change_cell(folder, "regions.csv", row + 1, "latitude", "north")
    path = folder / "regions.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    problems = report(folder)
    only(problems, "regions.csv", row + 1, "latitude", "north", "a number")
    (encoding,) = [problem for problem in problems if problem.row == str(row)]
    assert "Fryslân" in encoding.value and "Latin-1" in encoding.expected
    assert len(problems) == 2


def test_an_unquoted_decimal_comma_makes_a_cell_too_many(folder):
    lines = text_of(folder).splitlines()
    lines[4] = lines[4].replace(",20", ",20,5", 1)
    (folder / FILE).write_text("\n".join(lines), encoding="utf-8")
    (problem,) = report(folder)
    assert (problem.row, problem.value) == ("5", "8 cells")
    assert "7 cells as in the header" in problem.expected and "decimals have a point" in problem.expected


def test_a_line_that_is_cut_counts_lines_of_the_file(folder):
    lines = text_of(folder).splitlines()
    lines[2:2] = ["", "A,feed_in"]
    (folder / FILE).write_text("\n".join(lines), encoding="utf-8")
    only(report(folder), FILE, 4, "", "2 cells", "7 cells as in the header")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1,5", "decimals have a point, not a comma"),
        ("1.234,5", "decimals have a point, not a comma"),
        ("1,23E+05", "decimals have a point, not a comma"),
        ("12,345", "no comma: thousands are not separated, decimals have a point"),
        ("1,234,567", "thousands are not separated"),
        ("1 234", "thousands are not separated"),
        ("1.234.567", "thousands are not separated"),
        ("2030-01-05", "this looks like a date"),
        ("5-1-2030", "this looks like a date"),
        ("1.5.2030", "this looks like a date"),
        ("5-Jan", "this looks like a date"),
        ("mrt-25", "this looks like a date"),
        ("5%", "a share is written without %"),
        ("#VALUE!", "this is an error of a spreadsheet"),
        ("n/a", "what is not known stays blank"),
        ("many", ""),
    ],
)
def test_what_spreadsheets_make_of_a_number(text, hint):
    value, expected = read_cell(text, Column("x", "", "number", "MW"))
    assert value != value
    assert expected.startswith("a number in MW") and hint in expected
    assert (";" in expected) == bool(hint)
