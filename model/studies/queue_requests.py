"""Requests for transport rights: read from a small table, every bad row refused by its row (queue view)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.data.cells import nearest, read_cell
from model.data.csv_text import read_csv_text
from model.data.rights import areas_above
from model.data.schemas.columns import Column
from model.data.schemas.rights import DIRECTIONS
from model.errors import InputError, Problem

if TYPE_CHECKING:
    from model.data import Case

PRIORITIES = ("congestion_softener", "safety", "basic_needs", "none")
"""Classes of the priority framework, in its order (recalled); users without one come last."""
KINDS = ("firm", "nonfirm", "duration", "block", "window", "call")

COLUMNS = (
    Column("request", "Label."),
    Column("place", "Region, substation or site at which it connects."),
    Column("direction", "offtake: down from the grid; feed_in: up to it.", choices=DIRECTIONS),
    Column("right", "firm, or a class of the table contract_classes."),
    Column("power", "Power asked for.", "number", "MW", None, 1e6, above=0.0),
    Column("technology", "What connects; with an hourly availability at the place it shapes use.", blank="not given"),
    Column("date", "Day on which the request came, such as 2025-03-14.", blank="by the order of the rows"),
    Column("priority", "Class of the priority framework.", choices=PRIORITIES, blank="none"),
    Column(
        "first_year", "First year in which it is wanted.", "integer", "year", 1990, 2100, blank="as soon as possible"
    ),
    Column("note", "Remark.", blank="no remark"),
)
OPTIONAL = ("technology", "date", "priority", "first_year", "note")


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        label: its name.
        row: line of the file.
        place: as written; `area` the smallest area with a hosting limit, `above` all areas that it loads.
        direction: offtake or feed_in.
        right: class asked for; `kind` how it works (firm, nonfirm, duration, block, window, call).
        power: MW.
        technology: what connects, or empty.
        day: when it came; the first day where the table does not say.
        priority: class of the priority framework.
        first_year: first year in which it is wanted; 0: any.
    """

    label: str
    row: int
    place: str
    area: str
    above: tuple[str, ...]
    direction: str
    right: str
    kind: str
    power: float
    technology: str
    day: date
    priority: str
    first_year: int


def read_requests(path: Path, case: Case) -> list[Request]:
    """Read the requests of a file, in its order.

    Raises:
        InputError: no such file, or every bad row of it, with row, column, value and what was expected.
    """
    if not path.is_file():
        raise InputError([Problem(str(path), "", "", "", "a CSV file with requests")])
    names = [column.name for column in COLUMNS]
    read = read_csv_text(path, names)
    problems = list(read.problems)
    problems += [
        Problem(path.name, "1", n, n, f"a column of requests{nearest(n, names)}") for n in read.names if n not in names
    ]
    problems += [
        Problem(path.name, "1", name, "", f"the column {name}")
        for name in names
        if name not in read.names and name not in OPTIONAL
    ]
    if problems or not read.readable:
        raise InputError(problems)
    found: list[Request] = []
    seen: dict[str, int] = {}
    for line, cells in read.rows:
        texts = {name: cell.strip() for name, cell in zip(read.names, cells, strict=True)}
        made, faults = _request(texts, path.name, line, case)
        if made is not None and made.label in seen:
            expected = f"another label than that of row {seen[made.label]}"
            faults.append(Problem(path.name, str(line), "request", made.label, expected))
        problems += faults
        if made is not None:
            seen.setdefault(made.label, line)
            found.append(made)
    if problems:
        raise InputError(problems)
    if not found:
        raise InputError([Problem(path.name, "", "", "", "at least one row with a request")])
    return found


def _request(texts: Mapping[str, str], file: str, line: int, case: Case) -> tuple[Request | None, list[Problem]]:
    """One row as a request, or what is wrong with it."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for column in COLUMNS:
        text = texts.get(column.name, "")
        values[column.name], expected = read_cell(text, column)
        if expected:
            problems.append(Problem(file, str(line), column.name, text, expected))
    bad = {problem.column for problem in problems}
    areas = places_of(case)
    place = texts.get("place", "")
    if "place" not in bad and place not in areas:
        expected = f"a region, substation or site below a hosting limit{nearest(place, areas)}"
        problems.append(Problem(file, str(line), "place", place, expected))
    kinds = rights_of_queue(case)
    right = texts.get("right", "")
    if "right" not in bad and right not in kinds:
        expected = f"one of {', '.join(kinds)}{nearest(right, kinds)}"
        problems.append(Problem(file, str(line), "right", right, expected))
    technologies = list(case.technologies.index)
    name = texts.get("technology", "")
    if name and name not in technologies:
        expected = f"a technology of the data set, or a blank{nearest(name, technologies)}"
        problems.append(Problem(file, str(line), "technology", name, expected))
    day = date.min
    if texts.get("date"):
        try:
            day = date.fromisoformat(texts["date"])
        except ValueError:
            problems.append(Problem(file, str(line), "date", texts["date"], "a day such as 2025-03-14"))
    wanted = values["first_year"]
    if wanted is not None and wanted == wanted and wanted > case.years[-1]:
        expected = f"a year up to the last of the scenario, {case.years[-1]}"
        problems.append(Problem(file, str(line), "first_year", f"{wanted:g}", expected))
    if problems:
        return None, problems
    above = areas[place]
    year = int(wanted) if wanted is not None and wanted == wanted else 0
    made = Request(
        texts["request"], line, place, above[0], tuple(above), texts["direction"], right, kinds[right],
        float(values["power"]), name, day, texts.get("priority") or "none", year,
    )  # fmt: skip
    return made, []


def places_of(case: Case) -> dict[str, list[str]]:
    """Areas that a place loads: of a region itself, of a substation or site all above it."""
    found = {}
    for node in case.nodes.index:
        above = areas_above(case.nodes, str(node))
        if above:
            found[str(node)] = above
            found.setdefault(above[-1], above[-1:])
    return found


def rights_of_queue(case: Case) -> dict[str, str]:
    """Rights that can be asked for, with their kind."""
    table = case.tables["contract_classes"]
    kinds = dict(zip(table["contract_class"].map(str), table["kind"].map(str), strict=True))
    return {"firm": "firm", **{name: kind for name, kind in kinds.items() if kind in KINDS}}
