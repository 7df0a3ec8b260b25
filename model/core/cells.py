"""Cells of a case's tables as plain numbers and texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def number(table: pd.DataFrame, row: Any, column: str) -> float:
    """One cell as a number; NaN where it is empty."""
    value: Any = table.at[row, column]
    return float(value)


def text(table: pd.DataFrame, row: Any, column: str) -> str:
    """One cell as text."""
    value: Any = table.at[row, column]
    return str(value)


def value_at(series: pd.Series, key: Any, default: float = 0.0) -> float:
    """One value of a series, or the default where the key is absent."""
    value: Any = series.get(key, default)
    return float(value)


def flag(table: pd.DataFrame, row: Any, column: str) -> bool:
    """One cell as true or false."""
    value: Any = table.at[row, column]
    return bool(value)


def pairs(members: Iterable[Any]) -> list[tuple[str, int]]:
    """Members of an index over (label, year) as plain tuples."""
    return [(str(label), int(year)) for label, year in members]
