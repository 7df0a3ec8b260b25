"""Cells of a case's tables as plain numbers and texts.

A case never changes, so each column that is asked for is laid out once as a mapping: a look-up by label in a table
costs thirty times as much, and a grid of hundreds of nodes makes a hundred thousand of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from weakref import ReferenceType, ref

if TYPE_CHECKING:
    import pandas as pd

_known: dict[int, tuple[ReferenceType[Any], dict[str, dict[Any, Any]]]] = {}
"""Columns that were asked for, by identity of their table; gone with the table."""


def _column(table: pd.DataFrame, column: str) -> dict[Any, Any]:
    """A column of a table that does not change, by label of the row."""
    key = id(table)
    found = _known.get(key)
    if found is None or found[0]() is not table:
        found = _known[key] = (ref(table, lambda _: _known.pop(key, None) and None), {})
    if column not in found[1]:
        found[1][column] = dict(zip(table.index, table[column].tolist(), strict=True))
    return found[1][column]


def number(table: pd.DataFrame, row: Any, column: str) -> float:
    """One cell as a number; NaN where it is empty."""
    return float(_column(table, column)[row])


def text(table: pd.DataFrame, row: Any, column: str) -> str:
    """One cell as text."""
    return str(_column(table, column)[row])


def value_at(series: pd.Series, key: Any, default: float = 0.0) -> float:
    """One value of a series, or the default where the key is absent."""
    value: Any = series.get(key, default)
    return float(value)


def flag(table: pd.DataFrame, row: Any, column: str) -> bool:
    """One cell as true or false."""
    return bool(_column(table, column)[row])


def pairs(members: Iterable[Any]) -> list[tuple[str, int]]:
    """Members of an index over (label, year) as plain tuples."""
    return [(str(label), int(year)) for label, year in members]
