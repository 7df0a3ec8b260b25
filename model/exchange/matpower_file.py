"""Reads a MATPOWER case file (version 2): the matrices of `mpc`, with the line on which each row stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from model.errors import InputError, Problem

ASSIGNMENT = re.compile(r"^\s*(?:mpc|\w+)\.([A-Za-z_][\w.]*)\s*=\s*(.*)$")
CLOSING = {"[": "]", "{": "}"}
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|Inf|inf|NaN|nan)")


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
        InputError: no such file; a cell that is no number; a matrix without end; no version 2 case.
    """
    if not path.is_file():
        raise InputError([Problem(str(path), "", "", "", "a MATPOWER case file (.m)")])
    result, problems = MatpowerFile(path.stem), list[Problem]()
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    position = 0
    while position < len(lines):
        text = _without_comment(lines[position])
        named = re.match(r"^\s*function\s+\w+\s*=\s*(\w+)", text)
        if named:
            result.name = named.group(1)
        found = ASSIGNMENT.match(text)
        position += 1
        if not found:
            continue
        key, rest = found.group(1), found.group(2).strip()
        if rest[:1] not in CLOSING:
            value = rest.rstrip("; ").strip("'\"")
            if NUMBER.fullmatch(value):
                result.numbers[key] = float(value)
            continue
        begin, closing, content = position, CLOSING[rest[0]], [(position, rest[1:])]
        while closing not in content[-1][1] and position < len(lines):
            content.append((position + 1, _without_comment(lines[position])))
            position += 1
        if closing not in content[-1][1]:
            problems.append(Problem(path.name, str(begin), key, "", f"a closing {closing} of mpc.{key}"))
            continue
        content[-1] = (content[-1][0], content[-1][1].split(closing)[0])
        if rest[0] == "{":
            result.texts[key] = re.findall(r"'([^']*)'", " ".join(text for _, text in content))
        else:
            result.matrices[key] = _rows(content, key, path.name, problems)
    if not {"bus", "gen", "branch"} <= set(result.matrices) or "baseMVA" not in result.numbers:
        expected = "mpc.baseMVA, mpc.bus, mpc.gen and mpc.branch of a version 2 case"
        problems.append(Problem(path.name, "", "", ", ".join(sorted(result.matrices)) or "no matrix", expected))
    if problems:
        raise InputError(problems)
    return result


def _without_comment(line: str) -> str:
    """A line up to its comment; a % inside quotes is none."""
    quoted = False
    for position, letter in enumerate(line):
        if letter == "'":
            quoted = not quoted
        elif letter == "%" and not quoted:
            return line[:position]
    return line


def _rows(content: list[tuple[int, str]], key: str, file: str, problems: list[Problem]) -> list[Row]:
    rows: list[Row] = []
    for line, text in content:
        for part in text.split(";"):
            words = part.replace(",", " ").split()
            if not words:
                continue
            wrong = next((word for word in words if not NUMBER.fullmatch(word)), None)
            if wrong is not None:
                problems.append(Problem(file, str(line), f"mpc.{key}", wrong, "a number"))
                continue
            rows.append(Row(line, len(rows) + 1, [float(word) for word in words]))
    return rows
