"""Figures by year: linear between the years that a table gives, constant before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

Points = list[tuple[float, float]]
"""Years and values in order; a single point with year NaN holds for every year."""


def at_year(points: Points, year: float) -> float:
    """Value in a year: linear between points, constant outside them."""
    if len(points) == 1:
        return points[0][1]
    return float(np.interp(year, [point[0] for point in points], [point[1] for point in points]))


def points_by(frame: pd.DataFrame, keys: Sequence[str], value: str = "value") -> dict[Any, Points]:
    """Group a table's `year` and `value` columns by key columns; one key gives plain labels, several give tuples."""
    grouped: dict[Any, Points] = {}
    columns = [frame[key] for key in keys]
    labels = columns[0] if len(keys) == 1 else zip(*columns, strict=True)
    for label, year, number in zip(labels, frame["year"], frame[value], strict=True):
        grouped.setdefault(label, []).append((float(year), float(number)))
    return {label: sorted(points) for label, points in grouped.items()}


def series_at_years(grouped: Mapping[Any, Points], years: Iterable[int], names: Sequence[str]) -> pd.Series:
    """Interpolate grouped points at every year into a series over the key and `year`.

    Args:
        grouped: points by label (text or tuple).
        years: years wanted.
        names: names of the key levels.
    """
    import pandas as pd

    wanted = list(years)
    rows, values = [], []
    for label in sorted(grouped):
        key = label if isinstance(label, tuple) else (label,)
        for year in wanted:
            rows.append((*key, year))
            values.append(at_year(grouped[label], year))
    index = pd.MultiIndex.from_tuples(rows, names=[*names, "year"]) if rows else empty_index([*names, "year"])
    return pd.Series(np.asarray(values, dtype=float), index=index)


def empty_index(names: Sequence[str]) -> pd.MultiIndex:
    """Give an index of several levels without rows."""
    import pandas as pd

    return pd.MultiIndex.from_arrays([[] for _ in names], names=list(names))


class TechnologyFigures:
    """All figures of all technologies and reactor designs, by name and year, in the units of the case.

    Reactor figures are already per MW_th here (`reactors.figures_per_thermal`), so that nobody else has to know.
    """

    def __init__(self, points: Mapping[tuple[str, str], Points]) -> None:
        """Keep points by (technology, parameter)."""
        self._points = dict(points)

    def has(self, technology: str, parameter: str) -> bool:
        """Tell whether the figure is given."""
        return (technology, parameter) in self._points

    def get(self, technology: str, parameter: str, year: float, default: float = 0.0) -> float:
        """Give the figure in a year, or the default where it is not given."""
        points = self._points.get((technology, parameter))
        return default if points is None else at_year(points, year)
