"""When an award begins to produce, or is withdrawn: deadlines, extension, delay; and how installations are used.

Deadlines are those of the regulation, years from the decision.  From 2024 they may be extended by two years instead of
one, under conditions (letter of 1 March 2024).  How late projects are, how much they make and how much of it is used on
site are assumptions in tables.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from model.errors import InputError, Problem
from model.sdepp.grants import MONTHS
from model.sdepp.reading import SOURCED, Column, nearest, read_table, sdepp_folder

OTHER = "other"
"""Stands for every technique without rows of its own."""
IN_TIME, EXTENDED, WITHDRAWN = "in_time", "extended", "withdrawn"

_TECHNIQUES = Column("techniques", "words", meaning="techniques, or other")
OPERATION_COLUMNS = (
    _TECHNIQUES,
    Column("production_factor", "number", minimum=0, meaning="production over capacity x full-load hours"),
    Column("own_use_share", "number", minimum=0, meaning="part of production used on site"),
    Column("unit", meaning="share"),
    *SOURCED,
)
NEGATIVE_COLUMNS = (
    _TECHNIQUES,
    Column("year", "number", minimum=2000, meaning="year; between years on a line, outside them level"),
    Column("all", "number", minimum=0, meaning="share in all hours with negative prices"),
    Column("long_runs", "number", minimum=0, meaning="share in runs of more than 6 negative hours"),
    Column("unit", meaning="share"),
    *SOURCED,
)
DELAY_COLUMNS = (
    _TECHNIQUES,
    Column("delay_years", "number", meaning="years from the deadline to first production; negative: before it"),
    Column("share", "number", minimum=0, meaning="share of the awards that are built or tried"),
    Column("unit", meaning="years, share"),
    *SOURCED,
)


@dataclass(frozen=True)
class Practice:
    """Assumptions on how awards are built and used; made by `load_practice`.

    Attributes:
        operation: by technique: production_factor, own_use_share.
        negative: by technique: over year: all, long_runs (shares of what is fed in).
        delays: by technique: share over delay in years; shares add up to 1.
    """

    operation: dict[str, tuple[float, float]]
    negative: dict[str, pd.DataFrame]
    delays: dict[str, pd.Series]

    def production(self, techniques: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Production factor and share of own use, by project."""
        pairs = [self.operation.get(name, self.operation[OTHER]) for name in techniques]
        both = np.array(pairs, dtype=float).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def negative_share(self, techniques: Sequence[str], years: ArrayLike, rule: str) -> NDArray[np.float64]:
        """Share of what is fed in that is produced in hours without subsidy, over (project, year)."""
        axis = np.asarray(years, dtype=float)
        shares = {"": np.zeros(axis.size)}
        for name, table in self.negative.items() if rule != "none" else ():
            shares[name] = np.interp(axis, table.index.to_numpy(float), table[rule].to_numpy(float))
        return np.array([shares.get(name, shares[""]) for name in techniques]).reshape(-1, axis.size)


def load_practice(folder: Path | None = None) -> Practice:
    """Read operation.csv, negative_hours.csv and realisation_delays.csv; by default those that ship.

    Raises:
        InputError: every fault in the tables, at once.
    """
    place = folder or sdepp_folder()
    problems: list[Problem] = []
    operation = read_table(place / "operation.csv", OPERATION_COLUMNS, problems)
    negative = read_table(place / "negative_hours.csv", NEGATIVE_COLUMNS, problems)
    delays = read_table(place / "realisation_delays.csv", DELAY_COLUMNS, problems)
    for frame, columns in ((operation, ["own_use_share"]), (negative, ["all", "long_runs"]), (delays, ["share"])):
        for column in columns:
            for _, row in frame[frame[column] > 1].iterrows():
                place_of = (str(row["_file"]), str(row["_row"]), column, str(row[column]))
                problems.append(Problem(*place_of, "a share of at most 1"))
    used = {name: (row[0], row[1]) for name, row in _each(operation, "production_factor", "own_use_share", problems)}
    late: dict[str, pd.Series] = {}
    for name, part in _groups(delays):
        late[name] = part.set_index("delay_years")["share"].astype(float)
        if abs(late[name].sum() - 1.0) > 1e-9:
            found = f"{late[name].sum():g}"
            problems.append(Problem("realisation_delays.csv", "", "share", found, f"shares of {name} that add up to 1"))
    for file, known in (("operation.csv", used), ("realisation_delays.csv", late)):
        if OTHER not in known and not problems:
            problems.append(Problem(file, "", "techniques", "", "a row for other"))
    if problems:
        raise InputError(problems)
    shares = {name: part.set_index("year")[["all", "long_runs"]].sort_index() for name, part in _groups(negative)}
    return Practice(used, shares, late)


def _groups(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Rows by each of the techniques that they name."""
    long = frame.explode("techniques")
    return [(str(name), part) for name, part in long.groupby("techniques", sort=False)]


def _each(
    frame: pd.DataFrame, first: str, second: str, problems: list[Problem]
) -> list[tuple[str, tuple[float, float]]]:
    """The one row of each technique."""
    found = []
    for name, part in _groups(frame):
        row = part.iloc[-1]
        if len(part) > 1:
            problems.append(Problem(str(row["_file"]), str(row["_row"]), "techniques", name, "one row per technique"))
        found.append((name, (float(row[first]), float(row[second]))))
    return found


@dataclass(frozen=True)
class Start:
    """When production begins, by award.

    Attributes:
        first_month: 12 * year + month - 1.
        status: in_time, extended (later than the deadline, with an extension) or withdrawn.
    """

    first_month: NDArray[np.int64]
    status: NDArray[np.object_]


def begin(
    decided: ArrayLike, deadline_years: ArrayLike, delay_years: ArrayLike = 0.0, extension_years: ArrayLike = 2.0
) -> Start:
    """Say when awards begin, or that they are withdrawn.

    Args:
        decided: month of the decision, 12 * year + month - 1.
        deadline_years: years from decision to first production, from the category.
        delay_years: first production after the deadline, years; negative: before it, but not before the month after
            the decision.
        extension_years: longest extension that is granted: 2 from 2024, 1 before, 0 for none.

    Returns:
        The first month of the term, and the status, each in the shape of the arguments together.
    """
    month, years, delay, extension = np.broadcast_arrays(decided, deadline_years, delay_years, extension_years)
    first = month + np.rint((years + delay) * MONTHS).astype(np.int64)
    late = np.where(delay > extension, WITHDRAWN, np.where(delay > 0, EXTENDED, IN_TIME))
    return Start(np.maximum(first, month + 1).astype(np.int64), late.astype(object))


def known_techniques(practice: Practice, techniques: Sequence[str]) -> list[Problem]:
    """Find names in the tables of practice that no category has."""
    tables: dict[str, Collection[str]] = {
        "operation.csv": practice.operation,
        "negative_hours.csv": practice.negative,
        "realisation_delays.csv": practice.delays,
    }
    known = sorted({*techniques, OTHER})
    return [
        Problem(file, "", "techniques", name, "a technique of the categories" + nearest(name, known))
        for file, names in tables.items()
        for name in names
        if name not in known
    ]
