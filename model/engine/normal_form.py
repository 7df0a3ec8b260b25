"""Compare a compiled program with what Pyomo's own compiler makes of the dense model, bit for bit.

Both are brought to one normal form first, since Pyomo drops and splits what the arrays keep:

1. order: rows and columns stand in the order of the program, entries of a row by column;
2. a ranged row, which Pyomo splits in two, is one row with two limits;
3. zero and cancelled coefficients, rows without coefficients or without limits, and columns that occur nowhere are left
   out;
4. sign: the first coefficient of a row is positive (Pyomo turns a row whose left side is empty).

Two things are outside the promise and may differ in the last bit: a column that occurs twice inside a sum which is then
multiplied, divided or subtracted (Pyomo adds up before it multiplies), and constants under products nested in sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from model.engine.compiled import Compiled


@dataclass(frozen=True)
class NormalForm:
    """A program in normal form; `rows` and `columns` are the numbers that were kept."""

    rows: np.ndarray
    columns: np.ndarray
    pointer: np.ndarray
    indices: np.ndarray
    values: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    cost: np.ndarray
    offset: float


def normal_form(compiled: Compiled) -> NormalForm:
    """Return the normal form of a compiled program."""
    shape = (compiled.row_count, compiled.column_count)
    matrix = csr_array((compiled.values, compiled.indices, compiled.pointer), shape=shape)
    return _normalised(matrix, compiled.row_lower, compiled.row_upper, compiled.cost, compiled.cost_offset)


def pyomo_normal_form(dense: Any, compiled: Compiled) -> NormalForm:
    """Return the normal form of a dense Pyomo model, by `LinearStandardFormCompiler`.

    Args:
        dense: `build_model(program, dense=True)`.
        compiled: the compiled program, for the numbers of its rows and columns only.
    """
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    form = LinearStandardFormCompiler().write(dense, mixed_form=True)
    column_of = {}
    for family in compiled.variables:
        component = getattr(dense, family.name)
        for number, data in zip(range(family.start, family.stop), component.values(), strict=True):
            column_of[id(data)] = number
    row_of = {}
    for family in compiled.rows:
        component = getattr(dense, family.name)
        place = {key: family.start + i for i, key in enumerate(component.index_set())}
        row_of.update({id(data): place[key] for key, data in component.items()})
    shape = (compiled.row_count, compiled.column_count)
    columns = np.array([column_of[id(data)] for data in form.columns], dtype=int)
    lower, upper = np.full(shape[0], -np.inf), np.full(shape[0], np.inf)
    source = csr_array(form.A)
    first: dict[int, int] = {}
    for entry, (row, right) in enumerate(zip(form.rows, form.rhs, strict=True)):
        number = row_of[id(row.constraint)]
        first.setdefault(number, entry)
        if row.bound_type >= 0:
            upper[number] = right
        if row.bound_type <= 0:
            lower[number] = right
    numbers = sorted(first)
    picked = source[[first[number] for number in numbers]].tocoo() if numbers else source.tocoo()
    kept_rows = np.array(numbers, dtype=int)
    matrix = csr_array((picked.data, (kept_rows[picked.row], columns[picked.col])), shape=shape)
    cost = np.zeros(shape[1])
    cost[columns] = form.c.toarray()[0]
    return _normalised(matrix, lower, upper, cost, float(form.c_offset[0]))


def _normalised(matrix: Any, lower: np.ndarray, upper: np.ndarray, cost: np.ndarray, offset: float) -> NormalForm:
    matrix = matrix.copy()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    counts = np.diff(matrix.indptr)
    kept = np.flatnonzero((counts > 0) & (np.isfinite(lower) | np.isfinite(upper)))
    matrix, lower, upper = matrix[kept], lower[kept], upper[kept]
    matrix.sort_indices()
    negative = matrix.data[matrix.indptr[:-1]] < 0 if len(kept) else np.zeros(0, bool)
    sign = np.where(negative, -1.0, 1.0)
    lower, upper = np.where(negative, -upper, lower), np.where(negative, -lower, upper)
    used = np.union1d(matrix.indices, np.flatnonzero(cost))
    values = matrix.data * np.repeat(sign, np.diff(matrix.indptr))
    return NormalForm(
        kept, used, matrix.indptr, matrix.indices, values, lower + 0.0, upper + 0.0, cost[used], offset + 0.0
    )


def differences(one: NormalForm, other: NormalForm, compiled: Compiled) -> list[str]:
    """Return what differs between two normal forms, in words; an empty list means equal to the last bit."""
    found = []
    for name in ("rows", "columns"):
        ours, theirs = getattr(one, name), getattr(other, name)
        tell = compiled.row_name if name == "rows" else compiled.column_name
        found += [f"{name} only in the first: {tell(int(number))}" for number in np.setdiff1d(ours, theirs)[:5]]
        found += [f"{name} only in the second: {tell(int(number))}" for number in np.setdiff1d(theirs, ours)[:5]]
    if found:
        return found
    if not np.array_equal(one.pointer, other.pointer) or not np.array_equal(one.indices, other.indices):
        return ["the pattern of coefficients differs"]
    wrong = np.flatnonzero(one.values != other.values)
    for entry in wrong[:5]:
        row = one.rows[np.searchsorted(one.pointer, entry, side="right") - 1]
        place = f"{compiled.row_name(int(row))} {compiled.column_name(int(one.indices[entry]))}"
        found.append(f"coefficient {place}: {one.values[entry]!r} and {other.values[entry]!r}")
    for name in ("lower", "upper"):
        ours, theirs = getattr(one, name), getattr(other, name)
        for row in np.flatnonzero(ours != theirs)[:5]:
            found.append(f"{name} limit {compiled.row_name(int(one.rows[row]))}: {ours[row]!r} and {theirs[row]!r}")
    for column in np.flatnonzero(one.cost != other.cost)[:5]:
        where = compiled.column_name(int(one.columns[column]))
        found.append(f"cost of {where}: {one.cost[column]!r} and {other.cost[column]!r}")
    if one.offset != other.offset:
        found.append(f"objective offset: {one.offset!r} and {other.offset!r}")
    return found
