"""Names that lead somewhere: each unknown one is told once, and then mended or left out, so that it has no echo.

An unknown name that is near a name in use is read as that one by all later checks; rows with any other unknown name
are left out of them. Nothing of this reaches a model: one unknown name and the tables are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from model.data.cells import nearest, nearest_name
from model.data.schemas import SCHEMAS, Column, Table
from model.data.validation.places import Tables, at, rows_of
from model.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

PARAMETER = "parameter"


@dataclass
class Resolved:
    """Tables in which every name leads somewhere.

    Args:
        tables: the tables, mended.
        problems: one fault for each unknown name.
        complete: False where rows had to be left out.
    """

    tables: Tables
    problems: list[Problem] = field(default_factory=list)
    complete: bool = True


@dataclass
class _Unknown:
    """An unknown name, the first row that holds it, and how many rows of which files do."""

    column: Column
    row: dict[str, Any]
    known: list[str]
    rows: dict[str, int] = field(default_factory=dict)


def resolve_names(tables: Tables, unreadable: set[str]) -> Resolved:
    """Look every name up.

    Args:
        tables: all tables as they were read.
        unreadable: tables that could not be read: what refers to them cannot be judged.
    """
    unknown: dict[tuple[str, str], _Unknown] = {}
    uses: dict[tuple[str, str], int] = {}
    places = list(_places(tables, unreadable))
    for table, column, target, known in places:
        allowed = set(known)
        for row in rows_of(tables[table.name]):
            name = row[column.name]
            uses[target, name] = uses.get((target, name), 0) + 1
            if not (name == "" or name in allowed or _begins(name, column, table)):
                found = unknown.setdefault((target, name), _Unknown(column, row, known))
                found.rows[row["_file"]] = found.rows.get(row["_file"], 0) + 1
    result = Resolved(dict(tables))
    mended: dict[str, dict[str, str]] = {}
    for (target, name), found in unknown.items():
        if _follows(target, name, tables, unknown):
            continue
        idle = [known for known in found.known if found.column.references and not uses.get((target, known))]
        # Where several rows agree on a name, a near one that nobody uses is the mistyped one, where it is defined.
        if sum(found.rows.values()) > 1 and nearest_name(name, idle):
            result.problems.append(_problem(found, name, idle))
            continue
        result.problems.append(_problem(found, name, found.known))
        near = nearest_name(name, found.known)
        if near and near not in idle:
            mended.setdefault(target, {})[name] = near
    for table, column, target, _ in places:
        if target in mended:
            frame = result.tables[table.name]
            result.tables[table.name] = frame.assign(**{column.name: frame[column.name].replace(mended[target])})
    _leave_out(result, unreadable)
    return result


def _follows(target: str, name: str, tables: Tables, unknown: dict[tuple[str, str], _Unknown]) -> bool:
    """Whether a name is only unknown because the cell that would define it holds an unknown name itself.

    `site_contracts.node` refers to `sites.node`, which refers to `nodes.node`: one word mistyped in sites is one fault.
    """
    table, column = target.split(".")
    if column == PARAMETER:
        return False
    beyond = SCHEMAS[table].column(column).references
    if not beyond or name not in known_names(beyond, tables):
        return False
    return any((beyond, value) in unknown for value in tables[table][column])


def _places(tables: Tables, unreadable: set[str]) -> Iterator[tuple[Table, Column, str, list[str]]]:
    """Columns that hold names, with what they refer to and the names that there are."""
    for table in SCHEMAS.values():
        for column in table.columns:
            if column.references and not _owners(column.references) & unreadable:
                yield table, column, column.references, [*column.also, *known_names(column.references, tables)]
            elif column.name == PARAMETER and table.parameters:
                yield table, column, f"{table.name}.{PARAMETER}", [parameter.name for parameter in table.parameters]


def _owners(reference: str) -> set[str]:
    table = reference.split(".")[0]
    return {table, "reactors"} if table == "technologies" else {table}


def known_names(reference: str, tables: Tables) -> list[str]:
    """Values that a reference such as `nodes.node` allows; reactor designs count as technologies."""
    table, column = reference.split(".")
    names = list(tables[table][column])
    if reference == "technologies.technology":
        names += list(tables["reactors"]["design"])
    return sorted(set(names) - {""})


def _begins(name: str, column: Column, table: Table) -> bool:
    """Parameters such as `weather:GR` have a first half only."""
    return column.name == PARAMETER and table.parameter(name) is not None


def _problem(found: _Unknown, name: str, meant: list[str]) -> Problem:
    expected = "a known parameter" if found.column.name == PARAMETER else found.column.expectation
    if found.column.references == "technologies.technology":
        expected += " or a design of reactors.csv"
    expected += nearest(name, meant)
    count = sum(found.rows.values())
    if count > 1:
        expected += f"; {count} rows hold this name"
        if len(found.rows) > 1:
            expected += ": " + ", ".join(f"{rows} of {file}" for file, rows in found.rows.items())
    return at(found.row, found.column.name, name, expected)


def _leave_out(result: Resolved, unreadable: set[str]) -> None:
    """Leave out rows whose names lead nowhere, and then rows that refer to those."""
    left = True
    while left:
        left = False
        for table, column, _, known in _places(result.tables, unreadable):
            frame: pd.DataFrame = result.tables[table.name]
            if frame.empty:
                continue
            names = frame[column.name]
            good = names.isin([*known, ""])
            if column.name == PARAMETER:
                good |= names.map(lambda name, c=column, t=table: _begins(name, c, t))
            if not good.all():
                result.tables[table.name] = frame[good]
                result.complete, left = False, True
