"""What the system has room for of what awards would build: potentials of places, shared potentials, build rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model.core.cells import number, value_at

if TYPE_CHECKING:
    import pandas as pd

    from model.job import Built

SHARED = ("shared_potential_limit", "build_rate_limit")
"""Families of rows that several keys fill together."""


@dataclass(frozen=True)
class Shared:
    """A limit that several keys fill together.

    Attributes:
        name: family and labels of the row.
        positions: of the keys that count.
        factors: how much one capacity unit of each counts.
        left: what is free beside what stands.
    """

    name: str
    positions: np.ndarray
    factors: np.ndarray
    left: float


@dataclass(frozen=True)
class Room:
    """Most that may be built of each key, alone and together with others.

    Attributes:
        most: by key, capacity units.
        shared: limits that several keys fill together.
    """

    most: np.ndarray
    shared: tuple[Shared, ...] = ()

    def fit(self, wanted: np.ndarray) -> np.ndarray:
        """Take off what finds no room; those that fill a limit together give way by the same share."""
        made = np.clip(wanted, 0.0, self.most)
        for limit in self.shared:
            asked = float(limit.factors @ made[limit.positions])
            if asked > limit.left:
                made[limit.positions] *= limit.left / asked
        return made


def room_of(built: Built, keys: pd.MultiIndex, columns: np.ndarray) -> Room:
    """Read the room from a built scenario.

    Args:
        built: the scenario.
        keys: (asset, build_year) of what awards may build.
        columns: position of each key's column.
    """
    case, compiled = built.case, built.compiled
    most = []
    for position, (asset, year) in zip(columns, keys, strict=True):
        left = number(case.assets, asset, "potential") - value_at(case.existing, (asset, year))
        most.append(min(float(compiled.column_upper[position]), max(0.0, left)))
    places = {asset: place for place, (asset, _) in enumerate(keys)}
    years = {asset: year for asset, year in keys}
    shared = []
    for family in compiled.rows:
        for row in range(family.start, family.stop) if family.name in SHARED else ():
            limit = _limit(built, row, places, years)
            if len(limit.positions):
                shared.append(limit)
    return Room(np.array(most), tuple(shared))


def _limit(built: Built, row: int, places: dict[str, int], years: dict[str, int]) -> Shared:
    """A row as a limit on keys: what stands of its members takes its part before."""
    compiled, existing = built.compiled, built.case.existing
    family, labels = compiled.row_name(row)
    entries = slice(int(compiled.pointer[row]), int(compiled.pointer[row + 1]))
    left = float(compiled.row_upper[row])
    found: list[int] = []
    factors: list[float] = []
    for column, factor in zip(compiled.indices[entries], compiled.values[entries], strict=True):
        variable, (name, when) = compiled.column_name(int(column))
        asset, year = str(name), int(when)
        if variable == "capacity":
            left -= float(factor) * value_at(existing, (asset, year))
        if asset in places and years[asset] <= year and (variable == "capacity" or years[asset] == year):
            found.append(places[asset])
            factors.append(float(factor))
    name = f"{family}[{', '.join(map(str, labels))}]"
    return Shared(name, np.array(found, dtype=np.int64), np.array(factors), max(0.0, left))
