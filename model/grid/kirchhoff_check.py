"""Checks Kirchhoff's voltage law in its other form: there are voltage angles that explain every AC flow (G1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.ac_lines import angle_of_power, lines_of, shift_of
from model.core.checking import SMALLEST, Finding, Tally, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@check
def voltage_angles(case: Case, cube: Any) -> Iterator[Finding]:
    """Angles fitted by least squares to what flows and phase shifts ask for give back the flows of all AC corridors."""
    tally = Tally("Kirchhoff's voltage law")
    for year in case.years if case.scenario.grid.kirchhoff else []:
        lines = lines_of(case, year)
        if not len(lines):
            continue
        flow = taken(cube, "flow", corridor=lines.index, year=year)
        per_power, shift = angle_of_power(case, lines, year)[:, None], shift_of(case, cube, lines, year)
        differences = fitted_differences(lines, np.asarray(per_power * flow + shift))
        explained = (differences - shift) / per_power
        largest = np.abs(flow).max(axis=0, initial=0.0)
        off = np.abs(flow - explained) / np.maximum(largest, SMALLEST)
        tally.look(off, lines.index.tolist(), where=year)
    yield tally.finding


def fitted_differences(lines: Any, wanted: np.ndarray) -> np.ndarray:
    """Angle differences of lines by the voltage angles that come nearest to those that are asked for.

    Least squares over all nodes; one node of every island keeps its angle, since only differences count.

    Args:
        lines: from_node and to_node of every line.
        wanted: angle differences asked for, over (line, step).
    """
    from scipy.sparse import csc_array
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import splu

    names, ends = np.unique(np.concatenate([lines["from_node"], lines["to_node"]]).astype(str), return_inverse=True)
    start, end = ends.reshape(2, -1)
    rows, one = np.arange(len(start)), np.ones(len(start))
    shape = (len(start), len(names))
    incidence = csc_array((np.append(one, -one), (np.append(rows, rows), np.append(start, end))), shape=shape)
    _, island = connected_components(csc_array((one, (start, end)), shape=(len(names), len(names))), directed=False)
    first = np.unique(island, return_index=True)[1]
    free = incidence[:, np.setdiff1d(np.arange(len(names)), first)]
    if not free.shape[1]:
        return np.zeros_like(wanted)
    angles = splu((free.T @ free).tocsc()).solve(np.asarray(free.T @ wanted))
    return np.asarray(free @ angles)
