"""Grants as arrays: what a decision fixes for the whole term."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from model.errors import InputError, Problem

Array = NDArray[np.float64]
MONTHS = 12


@dataclass(frozen=True)
class Grants:
    """Decisions, one entry each; made by `grants_of`.

    Attributes:
        identity: name of the grant.
        amount: amount asked, or base amount, EUR per unit.
        floor: floor price, EUR per unit.
        floor_on_sum: whether the floor bounds the sum of price, ets and other (CO2-reduction categories, art. 59-85).
        capacity: units per hour: kW, or t/h.
        hours: full-load hours a year (P50 for wind).
        term: years.
        first_month: month in which the term begins: 12 * year + month - 1.
        claim: most subsidy over the term, EUR.
        banks_over: whether overproduction moves on (not for wind, PV and electric boilers).
        own_use_counts: whether what is used on site is subsidised (not for PV and wind).
        stops_when_negative: whether what is fed in at negative prices is not subsidised.
        hours_cap: hours a year that count at most, by calendar year; empty where none.
        threshold: revenue above which profit is excess, EUR per unit; infinite where none is set.
    """

    identity: NDArray[np.object_]
    amount: Array
    floor: Array
    floor_on_sum: NDArray[np.bool_]
    capacity: Array
    hours: Array
    term: NDArray[np.int64]
    first_month: NDArray[np.int64]
    claim: Array
    banks_over: NDArray[np.bool_]
    own_use_counts: NDArray[np.bool_]
    stops_when_negative: NDArray[np.bool_]
    hours_cap: tuple[dict[int, float], ...]
    threshold: Array

    @property
    def yearly_volume(self) -> Array:
        """Units that are eligible in a full year, by grant."""
        return self.capacity * self.hours

    def months(self, years: ArrayLike) -> Array:
        """1 where a month lies in the term, over (grant, year, month)."""
        month = np.asarray(years, dtype=np.int64)[:, None] * MONTHS + np.arange(MONTHS)
        begin = self.first_month[:, None, None]
        inside = (month >= begin) & (month < begin + self.term[:, None, None] * MONTHS)
        return inside.astype(float)

    def share_of_year(self, years: ArrayLike) -> Array:
        """Part of each calendar year that lies in the term, over (grant, year)."""
        start = np.asarray(years, dtype=np.int64)[None, :] * MONTHS
        begin = self.first_month[:, None]
        end = begin + self.term[:, None] * MONTHS
        return np.clip(np.minimum(end, start + MONTHS) - np.maximum(begin, start), 0, MONTHS) / MONTHS

    def ends_by(self, years: ArrayLike) -> NDArray[np.bool_]:
        """Whether the term has ended by the end of a calendar year, over (grant, year)."""
        closing = (np.asarray(years, dtype=np.int64)[None, :] + 1) * MONTHS
        ended: NDArray[np.bool_] = (self.first_month + self.term * MONTHS)[:, None] <= closing
        return ended

    def span(self) -> NDArray[np.int64]:
        """Calendar years from the first month of any term to the last."""
        last = int((self.first_month + self.term * MONTHS - 1).max()) // MONTHS
        return np.arange(int(self.first_month.min()) // MONTHS, last + 1)

    def take(self, where: ArrayLike) -> Grants:
        """Some of the grants, by position or mask; positions may repeat."""
        place = np.arange(len(self.identity))[np.asarray(where)]
        parts = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "hours_cap"}
        caps = tuple(self.hours_cap[position] for position in place)
        return Grants(**{name: part[place] for name, part in parts.items()}, hours_cap=caps)


COLUMNS = ("amount", "floor", "capacity", "full_load_hours", "term", "start_year", "start_month")


def grants_of(table: pd.DataFrame, file: str = "grants") -> Grants:
    """Make grants of a table with one row each, indexed by the grant's name.

    Args:
        table: columns amount and floor (EUR per unit), capacity (units per hour), full_load_hours, term (years),
            start_year, start_month (1-12); and, where they are not the default: floor_on_sum (False), claim (EUR;
            (amount - floor) * capacity * hours * term), banks_over (True), own_use_counts (True), stops_when_negative
            (False), hours_cap (mapping of calendar year to hours; none), threshold (EUR per unit; none).
        file: name of the table in faults.

    Raises:
        InputError: a figure is missing or makes no grant; all faults are listed.
    """
    missing = [column for column in COLUMNS if column not in table]
    if missing:
        raise InputError(Problem(file, "", column, "", f"the column {column}") for column in missing)
    number = {column: pd.to_numeric(table[column], errors="coerce").to_numpy(float) for column in COLUMNS}
    problems = list(_faults(table, number, file))
    if problems:
        raise InputError(problems)
    term = number["term"].astype(np.int64)
    most = (number["amount"] - number["floor"]) * number["capacity"] * number["full_load_hours"] * term
    count = len(table)

    def flag(column: str, default: bool) -> NDArray[np.bool_]:
        return table[column].to_numpy(bool) if column in table else np.full(count, default)

    def figure(column: str, default: Array) -> Array:
        if column not in table:
            return default
        given = pd.to_numeric(table[column]).to_numpy(float)
        return np.where(np.isnan(given), default, given)

    caps = table["hours_cap"] if "hours_cap" in table else [None] * count
    return Grants(
        identity=table.index.to_numpy(dtype=object),
        amount=number["amount"],
        floor=number["floor"],
        floor_on_sum=flag("floor_on_sum", False),
        capacity=number["capacity"],
        hours=number["full_load_hours"],
        term=term,
        first_month=(number["start_year"] * MONTHS + number["start_month"] - 1).astype(np.int64),
        claim=np.minimum(figure("claim", most), most),
        banks_over=flag("banks_over", True),
        own_use_counts=flag("own_use_counts", True),
        stops_when_negative=flag("stops_when_negative", False),
        hours_cap=tuple(cap if isinstance(cap, dict) else {} for cap in caps),
        threshold=figure("threshold", np.full(count, np.inf)),
    )


def _faults(table: pd.DataFrame, number: dict[str, Array], file: str) -> Iterable[Problem]:
    """What makes no grant."""
    whole = {"term", "start_year", "start_month"}
    least = {"floor": 0.0, "term": 1.0, "start_year": 1900.0, "start_month": 1.0}
    most = {"full_load_hours": 8784.0, "term": 100.0, "start_year": 2200.0, "start_month": 12.0}
    for column in COLUMNS:
        value = number[column]
        good = np.isfinite(value) & (value <= most.get(column, np.inf))
        good &= value >= least[column] if column in least else value > 0
        good &= (value == np.floor(value)) | (column not in whole)
        kind = "a whole number" if column in whole else "a number"
        bound = f"of at least {least[column]:g}" if column in least else "above 0"
        ceiling = f" and at most {most[column]:g}" if column in most else ""
        for place in np.flatnonzero(~good).tolist():
            found = str(table[column].iloc[place])
            yield Problem(file, str(table.index[place]), column, found, f"{kind} {bound}{ceiling}")
    for place in np.flatnonzero(number["amount"] <= number["floor"]).tolist():
        found, floor = str(table["amount"].iloc[place]), number["floor"][place]
        expected = f"more than the floor price {floor:g}: there is nothing to claim below it"
        yield Problem(file, str(table.index[place]), "amount", found, expected)
