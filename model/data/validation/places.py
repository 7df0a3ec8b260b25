"""Say where in the files a fault stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

Tables = dict[str, "pd.DataFrame"]


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


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as dictionaries, with `_file` and `_row`."""
    columns = [str(name) for name in frame.columns]
    return [dict(zip(columns, row, strict=True)) for row in frame.itertuples(index=False, name=None)]
