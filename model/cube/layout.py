"""From sparse index sets × time to dense labelled dimensions, by numpy scatter.

The linear program runs over sparse sets of label tuples, such as (asset, year), times `time`.  The cube holds the same
numbers on one axis per dimension, `NaN` where the program has no member.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.cube.scattered import ScatteredArray, lazy_variable

NUMERIC_DIMENSIONS = (
    "year", "build_year", "time", "run", "period", "month", "outage_start", "outage_step", "outage_weather_year",
    "online_day",
)  # fmt: skip
LARGE_CELLS = 8_000_000
"""Cells (8 bytes each) above which an array is kept sparse in memory if it is mostly empty."""
MOSTLY_EMPTY = 0.3


@dataclass(frozen=True)
class Factor:
    """One factor of an index: for each of its members, the position on each of its dimensions."""

    dims: tuple[str, ...]
    positions: tuple[np.ndarray, ...]
    size: int


class Layout:
    """Where the members of every index set stand on the dense dimensions of the cube.

    A dimension holds the labels that the case knows, in the case's order, then the labels that only the program knows,
    in order of appearance.  Two factors of one index that share a dimension name (from-grade, to-grade) are told apart:
    the second gets the suffix `_to`.
    """

    def __init__(self, case: Any, program: Any, registry: Any) -> None:
        """Collect the labels of every dimension from the case, then from the sets of the program."""
        self._dims_of_set: dict[str, tuple[str, ...]] = {}
        self._columns_of_set: dict[str, list[np.ndarray]] = {}
        self._factors: dict[str, Factor] = {}
        labels: dict[str, dict[Hashable, None]] = {
            dim: dict.fromkeys(values) for dim, values in known_labels(case).items()
        }
        for declared in program.sets:
            dims = set_dims(declared, registry)
            columns = member_columns(declared.members, len(dims))
            self._dims_of_set[declared.name] = dims
            self._columns_of_set[declared.name] = columns
            for dim, column in zip(dims, columns, strict=True):
                labels.setdefault(dim, {}).update(dict.fromkeys(column.tolist()))
        self._labels = {dim: pd.Index(list(values), dtype=label_type(dim, values)) for dim, values in labels.items()}

    def dims(self, over: Sequence[str]) -> tuple[str, ...]:
        """Dimensions of an array over these index sets, each name once."""
        taken: list[str] = []
        for name in over:
            for dim in self._dims_of_set[name]:
                taken.append(free_name(dim, taken))
        return tuple(taken)

    def labels(self, dim: str) -> pd.Index:
        """Labels along a dimension (`grade_to` has the labels of `grade`)."""
        return self._labels[dim] if dim in self._labels else self._labels[dim.removesuffix("_to")]

    def has(self, dim: str) -> bool:
        """Whether the layout knows the labels of a dimension."""
        return dim in self._labels or dim.removesuffix("_to") in self._labels

    def factor(self, name: str) -> Factor:
        """Positions of a set's members on its dimensions."""
        if name not in self._factors:
            self._factors[name] = self._positions(name)
        return self._factors[name]

    def _positions(self, name: str) -> Factor:
        dims = self._dims_of_set[name]
        columns = self._columns_of_set[name]
        positions = tuple(
            self._labels[dim].get_indexer(pd.Index(column)) for dim, column in zip(dims, columns, strict=True)
        )
        return Factor(dims, positions, len(columns[0]))

    def member_labels(self, name: str) -> dict[str, np.ndarray]:
        """Labels of a set's members, one array per dimension."""
        return dict(zip(self._dims_of_set[name], self._columns_of_set[name], strict=True))

    def scatter(self, over: Sequence[str], values: Any) -> tuple[tuple[str, ...], np.ndarray]:
        """Spread values, one axis per index set, on dense dimensions; absent cells are NaN.

        Raises:
            ValueError: the values have not the shape of their index.
        """
        factors, array = self._fitted(over, values)
        dims = self.dims(over)
        dense = np.full([len(self.labels(dim)) for dim in dims], np.nan)
        dense[self._selector(factors)] = array
        return dims, dense

    def variable(self, over: Sequence[str], values: Any, attributes: dict[str, str]) -> xr.Variable:
        """Values on dense dimensions as a variable; a large and mostly empty one is laid out only when it is read.

        Raises:
            ValueError: the values have not the shape of their index.
        """
        factors, array = self._fitted(over, values)
        dims = self.dims(over)
        shape = tuple(len(self.labels(dim)) for dim in dims)
        rows_by_time = len(factors) == 2 and factors[1].dims == ("time",)
        if rows_by_time and math.prod(shape) > LARGE_CELLS and array.size < MOSTLY_EMPTY * math.prod(shape):
            return lazy_variable(dims, ScatteredArray(shape, factors[0].positions, array), attributes)
        return xr.Variable(dims, self.scatter(over, array)[1], attributes)

    def _fitted(self, over: Sequence[str], values: Any) -> tuple[list[Factor], np.ndarray]:
        factors = [self.factor(name) for name in over]
        array = np.asarray(values, dtype=float)
        if array.shape != tuple(factor.size for factor in factors):
            sizes = " × ".join(f"{name} ({factor.size})" for name, factor in zip(over, factors, strict=True))
            raise ValueError(f"values of shape {array.shape} do not fit the index {sizes}")
        return factors, array

    def _selector(self, factors: list[Factor]) -> tuple[Any, ...]:
        """Broadcastable index arrays; a plain set in its own order at the end becomes a slice, which is far faster."""
        if not factors:
            return ()
        whole = factors[-1]
        plain = len(whole.dims) == 1 and np.array_equal(whole.positions[0], np.arange(len(self.labels(whole.dims[0]))))
        indexed = factors[:-1] if plain else factors
        selector: list[Any] = []
        for axis, factor in enumerate(indexed):
            shape = [1] * len(indexed)
            shape[axis] = -1
            selector.extend(position.reshape(shape) for position in factor.positions)
        return (*selector, slice(None)) if plain else tuple(selector)


def known_labels(case: Any) -> dict[str, list[Hashable]]:
    """Labels that the case itself knows, in its order, by dimension."""
    return {
        "year": list(case.years),
        "node": list(case.nodes.index),
        "carrier": list(case.carriers.index),
        "technology": list(case.technologies.index),
        "asset": list(case.assets.index),
        "corridor": list(case.corridors.index),
        "store": list(case.stores.index),
        "period": list(case.time.periods.index),
    }


def set_dims(declared: Any, registry: Any) -> tuple[str, ...]:
    """Dimension names of a set: what the registry declares, else the set's own name when its labels are single."""
    record = registry.sets.get(declared.name)
    if record is not None:
        return tuple(record.dims)
    if declared.dimen == 1:
        return (declared.name,)
    raise LookupError(
        f"index set {declared.name!r} has {declared.dimen} dimensions and the registry names none of them"
    )


def member_columns(members: Sequence[Any], dimen: int) -> list[np.ndarray]:
    """Split members into one array of labels per dimension."""
    if dimen == 1:
        single = [member[0] if isinstance(member, tuple) else member for member in members]
        return [as_labels(single)]
    return [as_labels([member[axis] for member in members]) for axis in range(dimen)]


def as_labels(values: list[Any]) -> np.ndarray:
    """An array of labels: integers stay integers, all else is kept as objects."""
    array = np.asarray(values) if values else np.empty(0, dtype=object)
    return array if array.dtype.kind in "iu" else np.array(values, dtype=object)


def label_type(dim: str, values: Any) -> Any:
    """Integer labels for years and steps, text for all else."""
    integers = all(isinstance(value, (int, np.integer)) and not isinstance(value, bool) for value in values)
    return np.int64 if integers and (values or dim in NUMERIC_DIMENSIONS) else object


def free_name(dim: str, taken: Sequence[str]) -> str:
    """The dimension's name, with `_to` if an earlier factor has it already."""
    while dim in taken:
        dim += "_to"
    return dim
