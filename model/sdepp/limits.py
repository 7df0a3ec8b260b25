"""Technical limits of categories: sizes, COP, temperatures, feed-in, stores, connections, and what applications tell.

An application is held against a limit where its table tells the quantity; where a cell is blank, its `feasible` stands
for it.  Sizes are always told.  Table: category_limits.csv, with the article of each limit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.reading import SOURCED, Column, nearest, read_table, records, sdepp_folder

FILE = "category_limits.csv"
QUANTITIES = {
    "capacity": ("capacity", "MW"),
    "cop": ("cop", "1"),
    "supply_temperature": ("supply_temperature", "degC"),
    "feed_in_share": ("feed_in_capacity", "MW/MW"),
    "electric_share": ("electric_capacity", "MW/MW"),
    "storage_share": ("storage_capacity", "MWh/MW"),
    "connection_share": ("grid_connection", "MW/MW"),
    "grid_connection": ("grid_connection", "MW"),
    "production_hours": ("production_hours", "h"),
}
"""Quantity: the column of an application that tells it, and its unit; shares are over the capacity applied for, that of
the connection over `boilers_at_site`."""
DIVIDED_BY = {
    "feed_in_share": "capacity",
    "electric_share": "capacity",
    "storage_share": "capacity",
    "connection_share": "boilers_at_site",
}
BOUNDS = {"least": "at least", "above": "more than", "most": "at most", "below": "less than"}
SLACK = 1e-9

COLUMNS = (
    Column("table", blank=True, meaning="table of categories; blank: all"),
    Column("applies_to", "words", meaning="techniques or categories"),
    Column("quantity", allowed=tuple(QUANTITIES), meaning="what is limited"),
    Column("least", "number", blank=True, minimum=0, meaning="at least this"),
    Column("above", "number", blank=True, minimum=0, meaning="more than this"),
    Column("most", "number", blank=True, minimum=0, meaning="at most this"),
    Column("below", "number", blank=True, minimum=0, meaning="less than this"),
    Column("unit", allowed=tuple(dict.fromkeys(unit for _, unit in QUANTITIES.values())), meaning="unit of the bounds"),
    *SOURCED,
)


def load_limits(categories: pd.DataFrame, folder: Path | None = None) -> pd.DataFrame:
    """Read the limits that hold for a table of categories.

    Args:
        categories: of the round, as `load_categories` gives them.
        folder: folder of the scheme's tables; by default those that ship.  Without the file nothing is limited.

    Returns:
        The rows of category_limits.csv that hold.

    Raises:
        InputError: every fault in the table, at once.
    """
    path = (folder or sdepp_folder()) / FILE
    if not path.is_file():
        return pd.DataFrame(columns=[column.name for column in COLUMNS])
    problems: list[Problem] = []
    limits = read_table(path, COLUMNS, problems)
    table = str(categories["table"].iloc[0])
    here = limits[limits["table"].isin(["", table])]
    known = [*categories["technique"].unique(), *categories.index]
    for row in records(limits):
        place = (row._file, str(row._row))
        if row.unit != QUANTITIES[row.quantity][1]:
            expected = f"{QUANTITIES[row.quantity][1]} of {row.quantity}"
            problems.append(Problem(*place, "unit", row.unit, expected))
        if all(np.isnan(getattr(row, name)) for name in BOUNDS):
            problems.append(Problem(*place, "least", "", "a bound: " + ", ".join(BOUNDS)))
    for row in records(here[here["table"] == table]):
        for name in row.applies_to:
            if name not in known:
                expected = f"a technique or category of table {table}{nearest(name, known)}"
                problems.append(Problem(row._file, str(row._row), "applies_to", name, expected))
    if problems:
        raise InputError(problems)
    return here


def outside(applications: pd.DataFrame, categories: pd.DataFrame, limits: pd.DataFrame) -> pd.Series:
    """Say which limit each application is outside of, in a sentence; "" for those within all that they tell.

    Args:
        applications: table with `category`, `capacity`, and any of the columns of `QUANTITIES`.
        categories: their categories.
        limits: as `load_limits` gives them.

    Returns:
        Sentences by the index of `applications`.
    """
    said = pd.Series("", index=applications.index, dtype=object)
    technique = applications["category"].map(categories["technique"])
    for row in records(limits):
        among = applications["category"].isin(row.applies_to) | technique.isin(row.applies_to)
        if not among.any():
            continue
        value = _told(applications, row.quantity)
        wrong = among & ~np.isnan(value) & ~_within(value, row)
        for place in applications.index[wrong & (said == "")]:
            number = float(value[place])
            said[place] = f"{_named(row.quantity)} is {number:g}{_unit(row.unit)}, {_expected(row)} ({row.source})"
    return said


def _told(applications: pd.DataFrame, quantity: str) -> pd.Series:
    """A quantity of every application; not-a-number where it is not told."""
    column, over = QUANTITIES[quantity][0], DIVIDED_BY.get(quantity, "")
    blank = pd.Series(np.nan, index=applications.index)
    value = applications[column].astype(float) if column in applications else blank
    if not over:
        return value
    return value / (applications[over].astype(float) if over in applications else blank)


def _within(value: pd.Series, row: Any) -> pd.Series:
    slack = SLACK * np.maximum(1.0, value.abs())
    kept = (value >= row.least - slack) | bool(np.isnan(row.least))
    kept &= (value > row.above + slack) | bool(np.isnan(row.above))
    kept &= (value <= row.most + slack) | bool(np.isnan(row.most))
    return kept & ((value < row.below - slack) | bool(np.isnan(row.below)))


def _named(quantity: str) -> str:
    return quantity.replace("_", " ").replace("cop", "COP")


def _unit(unit: str) -> str:
    return "" if unit == "1" else f" {unit}"


def _expected(row: Any) -> str:
    bounds = {name: getattr(row, name) for name in BOUNDS}
    told = [f"{words} {bounds[name]:g}" for name, words in BOUNDS.items() if not np.isnan(bounds[name])]
    return f"and must be {' and '.join(told)}{_unit(row.unit)}"
