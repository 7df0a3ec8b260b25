"""A run's optimality conditions: the matrix of its scenario beside the values and shadow prices that its file holds.

At the optimum every column pays for itself: its cost equals what its rows are worth (their duals times its
coefficients), but for what its own bound is worth.  That equation is where a price is taken apart.  The matrix is not
in the file; whoever calls builds it again from the scenario that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd
import xarray as xr

from model.cube.assembly import per_unit
from model.cube.layout import Layout
from model.report.reading import group

Entries = tuple[np.ndarray, np.ndarray]
"""Numbers of rows or columns, and the coefficients in them."""


class Rebuilt(Protocol):
    """The program of a run, built again: what `model.build` returns."""

    @property
    def case(self) -> Any:
        """The labelled case."""

    @property
    def registry(self) -> Any:
        """The declarations."""

    @property
    def program(self) -> Any:
        """The program of declarations."""

    @property
    def compiled(self) -> Any:
        """Its matrix."""


class OtherProgram(Exception):
    """The program that was built again is not the one that the run solved."""


@dataclass(frozen=True)
class Labelled:
    """A row or column by name: family, and the label on each of its dimensions."""

    family: str
    labels: dict[str, Any]

    @property
    def step(self) -> int | None:
        """The step of time that it belongs to, if it belongs to one."""
        return int(self.labels["time"]) if "time" in self.labels else None

    @property
    def of(self) -> str:
        """Its labels without time and year, as text."""
        return ", ".join(str(value) for dim, value in self.labels.items() if dim not in ("time", "year"))


class Conditions:
    """The optimality conditions of a run, row by row and column by column, in the money of the objective."""

    def __init__(self, cube: xr.DataTree, rebuilt: Rebuilt) -> None:
        """Lay the run's values and duals on the columns and rows of the program.

        Raises:
            OtherProgram: the run has other labels than the program, or not the values that belong to it.
        """
        self._hourly_of: dict[int, np.ndarray] = {}
        self.cube, self.case, self.registry = cube, rebuilt.case, rebuilt.registry
        self.compiled = rebuilt.compiled
        self._layout = Layout(rebuilt.case, rebuilt.program, rebuilt.registry)
        weight = group(cube, "inputs")["weight"].values
        if not np.array_equal(weight, np.asarray(self.case.time.weight, dtype=float)):
            raise OtherProgram("its steps of time stand for other hours")
        self.value = np.concatenate([self._gathered("results", family) for family in self.compiled.variables])
        self.scale = np.concatenate([self._scale(family) for family in self.compiled.rows])
        stored = np.concatenate([self._gathered("duals", family) for family in self.compiled.rows])
        self.dual = stored * self.scale * self._signs()
        products = self.compiled.values * np.repeat(self.dual, np.diff(self.compiled.pointer))
        worth = np.bincount(self.compiled.indices, weights=products, minlength=self.compiled.column_count)
        self.reduced_cost = self.compiled.cost - worth

    @property
    def is_same(self) -> bool:
        """Whether the program gives the cost that the run states: tables and code are those of the run."""
        stated = float(self.cube["run"].attrs["objective"])
        cost = float(self.compiled.cost @ self.value) + self.compiled.cost_offset
        return abs(cost - stated) <= 1e-6 * max(1.0, abs(stated))

    @cached_property
    def equation(self) -> np.ndarray:
        """Whether a row is an equation; all others are limits."""
        return np.asarray(self.compiled.row_lower == self.compiled.row_upper)

    def _signs(self) -> np.ndarray:
        """Sign of the dual of each row: the file tells limits by size, a limit from above lowers the cost if raised."""
        from_above = ~self.equation & ~np.isfinite(self.compiled.row_lower)
        return np.where(from_above, -1.0, 1.0)

    def _gathered(self, name: str, family: Any) -> np.ndarray:
        """A family's numbers out of the dense arrays of the file."""
        array = group(self.cube, name).get(family.name)
        if not family.size:
            return np.empty(0)
        if array is None:
            raise OtherProgram(f"it has no {family.name}")
        selector: list[np.ndarray] = []
        dims = iter(array.dims)
        for axis, set_name in enumerate(family.over):
            shape = [-1 if place == axis else 1 for place in range(len(family.over))]
            for labels in self._layout.member_labels(set_name).values():
                found = pd.Index(array[next(dims)].values).get_indexer(pd.Index(labels))
                if (found < 0).any():
                    raise OtherProgram(f"it has no {family.name} of {labels[int(np.argmin(found))]}")
                selector.append(found.reshape(shape))
        values = np.asarray(array.values[tuple(selector)] if selector else array.values, dtype=float).ravel()
        if np.isnan(values).any():
            raise OtherProgram(f"it has not every {family.name}")
        return values

    def _scale(self, family: Any) -> np.ndarray:
        """Money of the objective per unit of the shadow price that the file states."""
        unit = self.registry.meta[family.name].unit
        ones = per_unit(self.case, self._layout, family.over, np.ones(family.shape), unit)
        return np.ravel(1.0 / np.asarray(ones))

    @cached_property
    def _by_column(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        order = np.argsort(self.compiled.indices, kind="stable")
        rows = np.repeat(np.arange(self.compiled.row_count), np.diff(self.compiled.pointer))
        counts = np.bincount(self.compiled.indices, minlength=self.compiled.column_count)
        return np.concatenate([[0], np.cumsum(counts)]), rows[order], self.compiled.values[order]

    def rows_of(self, column: int) -> Entries:
        """The rows that a column stands in, and its coefficients."""
        pointer, rows, values = self._by_column
        span = slice(pointer[column], pointer[column + 1])
        return rows[span], values[span]

    def columns_of(self, row: int) -> Entries:
        """The columns of a row, and their coefficients."""
        span = slice(self.compiled.pointer[row], self.compiled.pointer[row + 1])
        return self.compiled.indices[span], self.compiled.values[span]

    def costs_of(self, column: int) -> dict[str, float]:
        """What a unit of a column costs by cost item."""
        ledger = self.compiled.costs
        found: dict[str, float] = {}
        for entry in np.flatnonzero(ledger.rows.indices == column):
            row = int(np.searchsorted(ledger.rows.pointer, entry, side="right")) - 1
            family = next(one for one in ledger.families if one.start <= row < one.stop)
            item = str(self.registry.meta[family.name].item or family.name)
            found[item] = found.get(item, 0.0) + float(ledger.rows.values[entry])
        return found

    def row(self, number: int) -> Labelled:
        """A row by name."""
        return self._labelled(self.compiled.rows, number)

    def column(self, number: int) -> Labelled:
        """A column by name."""
        return self._labelled(self.compiled.variables, number)

    def _labelled(self, families: Any, number: int) -> Labelled:
        family = next(one for one in families if one.start <= number < one.stop)
        dims = self._layout.dims(family.over)
        return Labelled(family.name, dict(zip(dims, family.labels(number), strict=True)))

    def is_hourly_row(self, number: int) -> bool:
        """Whether a row holds in one step, not for the year."""
        return bool(self._hourly(self.compiled.rows)[number])

    def is_hourly_column(self, number: int) -> bool:
        """Whether a column is decided for every step, not once."""
        return bool(self._hourly(self.compiled.variables)[number])

    def _hourly(self, families: Any) -> np.ndarray:
        known = self._hourly_of.get(id(families))
        if known is None:
            parts = [np.full(family.size, "time" in self._layout.dims(family.over)) for family in families]
            known = self._hourly_of[id(families)] = np.concatenate(parts)
        return known

    def sizes_of(self, row: int) -> list[int]:
        """The columns of an hourly row that are decided once: the capacities behind a limit."""
        return [column for column in self.columns_of(row)[0].tolist() if not self.is_hourly_column(column)]

    def hands_on(self, column: int) -> bool:
        """Whether a column ties together equations of one family that is no balance: a level between two steps."""
        rows = self.rows_of(column)[0]
        rows = rows[self.equation[rows]]
        if len(rows) < 2:
            return False
        return any(
            family.name != "carrier_balance" and family.start <= rows.min() and rows.max() < family.stop
            for family in self.compiled.rows
        )

    def family_of_rows(self, name: str) -> Any:
        """A family of rows by name."""
        return next(family for family in self.compiled.rows if family.name == name)

    def columns_labelled(self, labels: dict[str, Any]) -> np.ndarray:
        """Hourly columns with these labels and no others but the step."""
        found = [np.empty(0, dtype=int)]
        for family in self.compiled.variables:
            if sorted(self._layout.dims(family.over)) != sorted([*labels, "time"]) or not family.size:
                continue
            members, steps = (self._layout.member_labels(name) for name in family.over)
            if set(members) != set(labels):
                continue
            here = np.all([members[dim] == label for dim, label in labels.items()], axis=0)
            count = len(steps["time"])
            found += [family.start + place * count + np.arange(count) for place in np.flatnonzero(here)]
        return np.concatenate(found)

    def balance_row(self, node: str, carrier: str, year: int, step: int) -> int | None:
        """Number of a carrier's balance."""
        family = self.family_of_rows("carrier_balance")
        pairs, steps = (self._layout.member_labels(name) for name in family.over)
        here = (pairs["node"] == node) & (pairs["carrier"] == carrier) & (pairs["year"] == year)
        place = np.flatnonzero(here)
        return int(family.start + place[0] * len(steps["time"]) + step) if len(place) else None
