"""Variants of a compiled program: other objectives, bounds and limits, and rows added below.

Every function returns a new program and leaves the old one alone; arrays that do not change are shared, so a variant
costs next to nothing.  Add all rows of a study at once and move their limits from point to point: the structure then
stays the same, and a `Resolver` sends HiGHS only the numbers that changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from model.engine.compiled import Family

if TYPE_CHECKING:
    from model.engine import Compiled
    from model.engine.program import Label


@dataclass(frozen=True)
class Row:
    """One row to be added: `lower <= coefficients @ x[columns] <= upper`.

    Attributes:
        name: name of the row; it becomes a family of its own, without sets.
        columns: positions of the columns, each once.
        coefficients: one per column, all finite and none zero.
        lower, upper: limits, in the unit of the sum.
    """

    name: str
    columns: np.ndarray = field(repr=False)
    coefficients: np.ndarray = field(repr=False)
    lower: float = -np.inf
    upper: float = np.inf


@dataclass(frozen=True)
class Block:
    """Many rows of one name to be added, as sparse rows: row i holds `values[pointer[i]:pointer[i + 1]]`.

    Attributes:
        name: name of the family; its rows are numbered.
        pointer, indices, values: the rows; a column stands in a row once.
        lower, upper: limits, one for each row.
    """

    name: str
    pointer: np.ndarray = field(repr=False)
    indices: np.ndarray = field(repr=False)
    values: np.ndarray = field(repr=False)
    lower: np.ndarray = field(repr=False)
    upper: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Columns:
    """Columns of one name to be added: bounds and cost (EUR per unit, discounted), one for each.

    They stand in rows that are added after them, at `positions_of(compiled, name)`.
    """

    name: str
    lower: np.ndarray = field(repr=False)
    upper: np.ndarray = field(repr=False)
    cost: np.ndarray = field(repr=False)


def with_columns(compiled: Compiled, blocks: Sequence[Columns]) -> Compiled:
    """Add columns behind those of a program; its cost rows do not know them, so a solution tells its cost without them.

    Raises:
        ValueError: a name that a variable has already.
    """
    families, start = list(compiled.variables), compiled.column_count
    for block in blocks:
        if any(family.name == block.name for family in families):
            raise ValueError(f"there is a variable {block.name!r} already")
        families.append(Family(block.name, (), (len(block.cost),), start))
        start += len(block.cost)
    integer = compiled.integer
    if len(integer):
        integer = np.append(integer, np.zeros(start - compiled.column_count, bool))
    return replace(
        compiled,
        column_lower=np.concatenate([compiled.column_lower, *(block.lower for block in blocks)]),
        column_upper=np.concatenate([compiled.column_upper, *(block.upper for block in blocks)]),
        cost=np.concatenate([compiled.cost, *(block.cost for block in blocks)]),
        variables=tuple(families),
        integer=integer,
    )


def positions_of(compiled: Compiled, variable: str) -> np.ndarray:
    """Positions of all columns of a variable.

    Raises:
        KeyError: a variable that the program does not have.
    """
    family = {family.name: family for family in compiled.variables}[variable]
    return np.arange(family.start, family.stop)


def with_block(compiled: Compiled, block: Block) -> Compiled:
    """Add many rows of one name below a program.

    Raises:
        ValueError: a name that a family of rows has already.
    """
    if any(family.name == block.name for family in compiled.rows):
        raise ValueError(f"there is a row family {block.name!r} already")
    kind = compiled.pointer.dtype
    return replace(
        compiled,
        pointer=np.concatenate([compiled.pointer, (compiled.pointer[-1] + block.pointer[1:]).astype(kind)]),
        indices=np.concatenate([compiled.indices, block.indices.astype(compiled.indices.dtype)]),
        values=np.concatenate([compiled.values, np.asarray(block.values, dtype=float)]),
        row_lower=np.concatenate([compiled.row_lower, block.lower]),
        row_upper=np.concatenate([compiled.row_upper, block.upper]),
        rows=(*compiled.rows, Family(block.name, (), (len(block.lower),), compiled.row_count)),
    )


def with_rows(compiled: Compiled, rows: Sequence[Row]) -> Compiled:
    """Add rows below a program.

    Raises:
        ValueError: a name that a family of rows has already, or a column named twice.
    """
    families, pointer = list(compiled.rows), [compiled.pointer]
    for row in rows:
        if any(family.name == row.name for family in families):
            raise ValueError(f"there is a row family {row.name!r} already")
        if len(np.unique(row.columns)) != len(row.columns):
            raise ValueError(f"row {row.name!r} names a column twice")
        families.append(Family(row.name, (), (), compiled.row_count + len(families) - len(compiled.rows)))
        pointer.append(np.array([pointer[-1][-1] + len(row.columns)], dtype=compiled.pointer.dtype))
    return replace(
        compiled,
        pointer=np.concatenate(pointer),
        indices=np.concatenate([compiled.indices, *(row.columns.astype(compiled.indices.dtype) for row in rows)]),
        values=np.concatenate([compiled.values, *(np.asarray(row.coefficients, dtype=float) for row in rows)]),
        row_lower=np.append(compiled.row_lower, [row.lower for row in rows]),
        row_upper=np.append(compiled.row_upper, [row.upper for row in rows]),
        rows=tuple(families),
    )


def with_limits(compiled: Compiled, limits: Mapping[str, tuple[float, float]]) -> Compiled:
    """Change the limits of whole families of rows, each to one pair (lower, upper).

    Raises:
        KeyError: a family that the program does not have.
    """
    families = {family.name: family for family in compiled.rows}
    lower, upper = compiled.row_lower.copy(), compiled.row_upper.copy()
    for name, (low, high) in limits.items():
        lower[families[name].slice], upper[families[name].slice] = low, high
    return replace(compiled, row_lower=lower, row_upper=upper)


def with_bounds(
    compiled: Compiled, columns: np.ndarray, lower: np.ndarray | float, upper: np.ndarray | float
) -> Compiled:
    """Change the bounds of columns, given by position."""
    lows, highs = compiled.column_lower.copy(), compiled.column_upper.copy()
    lows[columns], highs[columns] = lower, upper
    return replace(compiled, column_lower=lows, column_upper=highs)


def with_objective(compiled: Compiled, columns: np.ndarray, coefficients: np.ndarray) -> Compiled:
    """Minimise another sum; the cost rows stay, so that a solution still tells what it costs.

    The sum is taken times a factor that brings its coefficients to the size of the costs, since a live solver keeps the
    scaling of the first program it was given; so read the sum from the solution (`Ledger`, `total`), not its objective.
    """
    costs = np.abs(compiled.cost[compiled.cost != 0])
    size = float(np.exp(np.log(costs).mean())) if len(costs) else 1.0
    own = np.abs(coefficients[coefficients != 0])
    factor = size / float(np.exp(np.log(own).mean())) if len(own) else 1.0
    cost = np.zeros(compiled.column_count)
    cost[columns] = np.asarray(coefficients, dtype=float) * factor
    return replace(compiled, cost=cost, cost_offset=0.0)


def with_reward(compiled: Compiled, columns: np.ndarray, rewards: np.ndarray) -> Compiled:
    """Pay for some columns, EUR per unit, beside all costs; the cost rows stay as they are."""
    cost = compiled.cost.copy()
    cost[columns] -= np.asarray(rewards, dtype=float)
    return replace(compiled, cost=cost)


def cost_row(compiled: Compiled, name: str, upper: float, unit: float) -> Row:
    """The cost of a program as a row, in so many EUR per unit: cost @ x <= upper, constants brought to the right.

    Args:
        compiled: the program.
        name: name of the row.
        upper: most that it may cost, EUR.
        unit: EUR per unit of the row; the least cost itself keeps the numbers near one.
    """
    columns = np.flatnonzero(compiled.cost)
    return Row(name, columns, compiled.cost[columns] / unit, upper=(upper - compiled.cost_offset) / unit)


def column_positions(compiled: Compiled, variable: str) -> dict[tuple[Label, ...], int]:
    """Position of every column of a variable by its labels.

    Raises:
        KeyError: a variable that the program does not have.
    """
    families = {family.name: family for family in compiled.variables}
    family = families[variable]
    return {family.labels(number): number for number in range(family.start, family.stop)}


def block_starts(compiled: Compiled, variable: str) -> dict[tuple[Label, ...], int]:
    """First column of every block of a variable whose last set is time, by its labels without the step.

    Raises:
        KeyError: a variable that the program does not have.
    """
    family = {family.name: family for family in compiled.variables}[variable]
    return {family.labels(start)[:-1]: start for start in range(family.start, family.stop, max(family.shape[-1], 1))}
