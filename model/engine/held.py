"""Hold some columns of a compiled program at given values: dispatch with the capacities of another run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from model.engine.compiled import Compiled

CLOSE = 1e-4
"""How far beyond its bounds (relative, absolute below one) a value may lie that a solver's tolerance has left there."""


def hold(compiled: Compiled, values: Mapping[str, np.ndarray]) -> Compiled:
    """Fix the columns of some variables and what follows from them, and free the rows that hold nothing else.

    An equation with one column that is not held fixes that column too (capacity, from what was built).  A row of held
    columns alone says something about the run that the values come from, where it was met to the solver's tolerance;
    asked again of fixed numbers it would only turn that dust into an infeasibility.

    Args:
        compiled: the program.
        values: by variable, its values, one array axis for each of its sets; NaN leaves a column free.

    Raises:
        KeyError: a variable that the program does not have.
        ValueError: values of another shape than the variable, or infinite ones.
    """
    families = {family.name: family for family in compiled.variables}
    held = np.full(compiled.column_count, np.nan)
    for name, given in values.items():
        family = families[name]
        if given.shape != family.shape:
            raise ValueError(f"{name} has shape {family.shape}, the values to hold have {given.shape}")
        if np.isinf(given).any():
            raise ValueError(f"{name} cannot be held at infinity")
        held[family.slice] = given.ravel()
    _follow(compiled, held)
    fixed = ~np.isnan(held)
    spent = (np.diff(compiled.pointer) > 0) & (_count(compiled, ~fixed) == 0)
    return replace(
        compiled,
        column_lower=np.where(fixed, held, compiled.column_lower),
        column_upper=np.where(fixed, held, compiled.column_upper),
        row_lower=np.where(spent, -np.inf, compiled.row_lower),
        row_upper=np.where(spent, np.inf, compiled.row_upper),
    )


def _follow(compiled: Compiled, held: np.ndarray) -> None:
    """Fill in the columns that an equation fixes once its other columns are held.

    A value well outside the column's own bounds is left to the solver, which finds the contradiction and names it.
    """
    loose = np.isnan(held)
    equation = compiled.row_lower == compiled.row_upper
    equations = np.flatnonzero((_count(compiled, loose) == 1) & (_count(compiled, ~loose) > 0) & equation)
    for row in equations.tolist():
        part = slice(compiled.pointer[row], compiled.pointer[row + 1])
        columns, coefficients = compiled.indices[part], compiled.values[part]
        open_end = loose[columns]
        known = float(coefficients[~open_end] @ held[columns[~open_end]])
        (column,), (coefficient,) = columns[open_end], coefficients[open_end]
        if coefficient == 0.0:
            continue
        value = (compiled.row_lower[row] - known) / coefficient
        inside = np.clip(value, compiled.column_lower[column], compiled.column_upper[column])
        if abs(value - inside) <= CLOSE * max(1.0, abs(value)):
            held[column] = inside


def _count(compiled: Compiled, columns: np.ndarray) -> np.ndarray:
    """Number of entries of each row in the given columns."""
    running = np.concatenate([[0], np.cumsum(columns[compiled.indices])])
    counts: np.ndarray = np.diff(running[compiled.pointer])
    return counts
