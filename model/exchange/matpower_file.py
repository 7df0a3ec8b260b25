"""Reads a MATPOWER case file (version 2): the matrices of `mpc`, with the line on which each row stands.

A case file is a MATLAB function.  What it assigns as it stands is read: numbers, texts, matrices, cells; over several
lines, with comments, commas and continued lines.  A line that calculates (as cases of distribution grids do with their
units) is not carried out, so it is refused where it touches the case: read over, it would leave other figures behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from model.errors import InputError, Problem

Piece = tuple[int, str]
"""A line of the file, its number from 1 and what of it belongs to a statement."""
ASSIGNMENT = re.compile(r"^(\w+)\.([A-Za-z_]\w*(?:\.\w+)*)\s*=(?!=)\s*(.*)$", re.DOTALL)
FUNCTION = re.compile(r"^function\s+(?:\[?\s*(\w+)[^=]*=\s*)?(\w+)")
NUMBER = re.compile(r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?|[Ii]nf|[Nn]a[Nn])")
TEXT = re.compile(r"'((?:[^']|'')*)'|\"((?:[^\"]|\"\")*)\"")
MARKS = re.compile(r"['\"\[\]{}();,%]|\.\.\.")
MATRICES = ("bus", "gen", "branch")
WHOLE = ("bus", "gen", "branch", "gencost", "dcline", "dclinecost")
"""Matrices of which every cell must be a number."""


@dataclass
class Row:
    """A row of a matrix: its line in the file, its number in the matrix (from 1) and its cells."""

    line: int
    number: int
    cells: list[float]

    def __getitem__(self, column: int) -> float:
        """A cell; columns that the file leaves out are zero, as MATPOWER takes them."""
        return self.cells[column] if column < len(self.cells) else 0.0


@dataclass
class MatpowerFile:
    """What a case file holds.

    Args:
        name: name of the case.
        numbers: scalars such as baseMVA.
        matrices: rows by field.
        texts: cell arrays of texts, such as bus_name.
    """

    name: str
    numbers: dict[str, float] = field(default_factory=dict)
    matrices: dict[str, list[Row]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)


def read_matpower(path: Path) -> MatpowerFile:
    """Read a case file.

    Raises:
        InputError: no such file; a cell that is no number; a matrix without end; a line that calculates; no version 2
            case.
    """
    if not path.is_file():
        raise InputError([Problem(str(path), "", "", "", "a MATPOWER case file (.m)")])
    result, problems = MatpowerFile(path.stem), list[Problem]()
    struct = "mpc"
    for statement in _statements(path.read_text(encoding="utf-8", errors="replace"), path.name, problems):
        line, words = statement[0][0], "\n".join(text for _, text in statement).strip()
        named, assigned = FUNCTION.match(words), ASSIGNMENT.match(words)
        if named:
            struct, result.name = named.group(1) or struct, named.group(2)
        elif assigned and assigned.group(1) == struct:
            _keep(result, assigned.group(2), statement, assigned.group(3).strip(), path.name, problems)
        elif re.match(rf"^(\[[^\]]*)?\b{struct}\b[^=]*=(?!=)", words):
            expected = "a case that is written out: what this line calculates is not carried out"
            problems.append(Problem(path.name, str(line), struct, " ".join(words.split())[:60], expected))
    missing = not set(MATRICES) <= set(result.matrices) or "baseMVA" not in result.numbers
    if result.numbers.get("version", 2.0) != 2.0 or (missing and not problems):
        found = ", ".join(sorted(result.matrices)) or "no matrix"
        expected = "mpc.baseMVA, mpc.bus, mpc.gen and mpc.branch of a version 2 case"
        problems.append(Problem(path.name, "", "", found, expected))
    if problems:
        raise InputError(problems)
    return result


def _statements(text: str, file: str, problems: list[Problem]) -> Iterator[list[Piece]]:
    """Statements of a file without comments, each as pieces of its lines; a bracket may hold several lines."""
    statement, depth, skipped, goes_on = list[Piece](), list[str](), 0, False
    for number, whole in enumerate(text.splitlines(), start=1):
        bare = whole.strip()
        if bare in ("%{", "%}"):
            skipped = max(0, skipped + (1 if bare == "%{" else -1))
            continue
        if skipped or not bare:
            continue
        line, begin, continued = whole, 0, False
        for mark, position in _marks(whole):
            if mark in ("%", "..."):
                line, continued = whole[:position], mark == "..."
                break
            if mark in "[{(":
                depth.append(mark)
            elif mark in "]})":
                depth = depth[:-1]
            elif not depth:
                _join(statement, number, line[begin:position], goes_on)
                begin, goes_on = position + 1, False
                if statement:
                    yield statement
                statement = []
        _join(statement, number, line[begin:], goes_on)
        goes_on = continued
        if not depth and not continued and statement:
            yield statement
            statement = []
    if depth and statement:
        opened = {"[": "]", "{": "}", "(": ")"}[depth[-1]]
        first = " ".join(statement[0][1].split("=")[0].split())
        problems.append(Problem(file, str(statement[0][0]), first, "", f"a closing {opened} of {first}"))


def _join(statement: list[Piece], number: int, text: str, goes_on: bool) -> None:
    """Put one more piece to a statement: a line of its own, or the rest of one that goes on."""
    if not text.strip():
        return
    if goes_on and statement:
        statement[-1] = (statement[-1][0], f"{statement[-1][1]} {text}")
    else:
        statement.append((number, text.strip()))


def _marks(line: str) -> Iterator[tuple[str, int]]:
    """Signs of a line that part it, outside texts; a ' after a name, a bracket or a number transposes."""
    quote, last = "", -1
    for found in MARKS.finditer(line):
        mark, position = found.group(), found.start()
        if quote:
            quote = "" if mark == quote else quote
            last = position
        elif mark == '"' or (mark == "'" and not _transposes(line[:position], position - 1 == last)):
            quote = mark
        elif mark not in ("'", '"'):
            yield mark, position


def _transposes(before: str, after_text: bool) -> bool:
    return bool(before) and not after_text and (before[-1].isalnum() or before[-1] in "_)]}.'")


def _keep(
    result: MatpowerFile, key: str, statement: list[Piece], value: str, file: str, problems: list[Problem]
) -> None:
    """Keep what a statement assigns to a field of the case."""
    line = str(statement[0][0])
    if value.startswith("{") and value.endswith("}"):
        result.texts[key] = [(one or other).replace("''", "'") for one, other in TEXT.findall(value[1:-1])]
    elif value.startswith("[") and value.endswith("]"):
        first, last = statement[0], statement[-1]
        pieces = list(statement)
        pieces[0] = (first[0], first[1].split("=", 1)[1]) if "=" in first[1] else first
        while "[" not in pieces[0][1]:
            pieces = pieces[1:]
        pieces[0] = (pieces[0][0], pieces[0][1].split("[", 1)[1])
        pieces[-1] = (last[0], pieces[-1][1].rstrip()[:-1])
        result.matrices[key] = _rows(pieces, key, file, problems)
    elif NUMBER.fullmatch(value):
        result.numbers[key] = _number(value)
    elif TEXT.fullmatch(value):
        if NUMBER.fullmatch(value[1:-1]):
            result.numbers[key] = _number(value[1:-1])
    else:
        expected = "a figure, a text or a matrix that is written out: what this line calculates is not carried out"
        problems.append(Problem(file, line, f"mpc.{key}", " ".join(value.split())[:60], expected))


def _number(word: str) -> float:
    return float(word.lower().replace("d", "e"))


def _rows(content: list[Piece], key: str, file: str, problems: list[Problem]) -> list[Row]:
    rows: list[Row] = []
    for line, text in content:
        for part in text.split(";"):
            words = part.replace(",", " ").split()
            if not words:
                continue
            wrong = next((word for word in words if not NUMBER.fullmatch(word)), None)
            if wrong is None and key in WHOLE:
                wrong = next((word for word in words if word.lower().endswith("nan")), None)
            if wrong is not None:
                problems.append(Problem(file, str(line), f"mpc.{key}", wrong, "a number"))
                continue
            rows.append(Row(line, len(rows) + 1, [_number(word) for word in words]))
    return rows
