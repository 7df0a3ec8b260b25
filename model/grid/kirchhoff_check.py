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
        nodes = sorted({*lines["from_node"], *lines["to_node"]})
        incidence = np.zeros((len(lines), len(nodes)))
        rows = np.arange(len(lines))
        incidence[rows, [nodes.index(node) for node in lines["from_node"]]] = 1.0
        incidence[rows, [nodes.index(node) for node in lines["to_node"]]] = -1.0
        angles = np.linalg.lstsq(incidence, per_power * flow + shift, rcond=None)[0]
        explained = (incidence @ angles - shift) / per_power
        largest = np.abs(flow).max(axis=0, initial=0.0)
        off = np.abs(flow - explained) / np.maximum(largest, SMALLEST)
        tally.look(off, lines.index.tolist(), where=year)
    yield tally.finding
