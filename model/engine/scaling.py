"""Scaling by powers of two: it changes no digit of any number, so it is undone exactly on the way back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.engine.compiled import Compiled


@dataclass(frozen=True)
class Scaling:
    """Factors of the rows and of the whole objective."""

    rows: np.ndarray
    cost: float


def scaling_of(compiled: Compiled) -> Scaling:
    """Return factors that bring the middle of each row's coefficients, and of the costs, near one.

    The middle is the geometric mean of the smallest and the largest absolute value.
    """
    sizes = np.abs(compiled.values)
    rows = np.ones(compiled.row_count)
    filled = np.flatnonzero(np.diff(compiled.pointer))
    if len(filled):
        starts = compiled.pointer[filled]
        low, high = np.minimum.reduceat(sizes, starts), np.maximum.reduceat(sizes, starts)
        rows[filled] = _power_of_two(np.sqrt(low) * np.sqrt(high))
    costs = np.abs(compiled.cost[compiled.cost != 0])
    cost = float(_power_of_two(np.exp(np.log(costs).mean(keepdims=True)))[0]) if len(costs) else 1.0
    return Scaling(rows, cost)


def _power_of_two(middle: np.ndarray) -> np.ndarray:
    return np.asarray(np.ldexp(1.0, -np.rint(np.log2(middle)).astype(int)))
