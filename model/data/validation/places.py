"""Say where in the files a fault stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from model.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

Tables = dict[str, "pd.DataFrame"]

_kept: ContextVar[dict[int, tuple[Any, list[dict[str, Any]]]] | None] = ContextVar("rows of tables", default=None)


def at(row: Any, column: str, value: object, expected: str) -> Problem:
    """Make a problem of a row (named tuple or series of a table), a column, what stands there and what was expected."""
    return Problem(str(_place(row, "_file")), str(_place(row, "_row")), column, shown(value), expected)


def shown(value: object) -> str:
    """Write a value as a user would: whole numbers without a point, a blank as nothing."""
    if isinstance(value, float):
        return "" if value != value else f"{value:.12g}"
    return str(value)


def _place(row: Any, name: str) -> Any:
    return row[name]


@contextmanager
def rows_kept() -> Iterator[None]:
    """Within this block the rows of a table are made once, however many checks read them; no check changes one."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as dictionaries, with `_file` and `_row`."""
    kept = _kept.get()
    if kept is None:
        return _rows(frame)
    if id(frame) not in kept:
        kept[id(frame)] = frame, _rows(frame)  # with the frame, so that no other one gets its number
    return kept[id(frame)][1]


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {str(name): frame[name].tolist() for name in frame.columns} if len(frame) else {}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def told_once(problems: Iterable[Problem]) -> list[Problem]:
    """Put faults that say the same of the same value in many rows of a file together, at the first of the rows."""
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        row = "a number" if problem.row.isdigit() else problem.row
        alike.setdefault((problem.file, row, problem.column, problem.value, problem.expected), []).append(problem)
    told = []
    for group in alike.values():
        first = min(group, key=lambda problem: int(problem.row) if problem.row.isdigit() else 0)
        others = len(set(group)) - 1
        more = f"; the same in {others} more row{'s' if others > 1 else ''}" if others else ""
        told.append(replace(first, expected=first.expected + more))
    return told
