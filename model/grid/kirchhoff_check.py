"""Checks Kirchhoff's voltage law in its other form: there are voltage angles that explain every AC flow (G1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import SMALLEST, Finding, Tally, of_year, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@check
def voltage_angles(case: Case, cube: Any) -> Iterator[Finding]:
    """Angles fitted to `flow × reactance / voltage²` by least squares give back the flows of all AC corridors."""
    tally = Tally("Kirchhoff's voltage law")
    for year in case.years if case.scenario.grid.kirchhoff else []:
        stands = of_year(case.corridor_years, year)["capacity"].reindex(case.corridors.index).fillna(0.0) > 0
        lines = case.corridors[(case.corridors["kind"] == "ac") & stands]
        if not len(lines):
            continue
        flow = taken(cube, "flow", corridor=lines.index, year=year)
        per_power = (lines["reactance"] / lines["voltage"] ** 2).to_numpy(dtype=float)[:, None]
        nodes = sorted({*lines["from_node"], *lines["to_node"]})
        incidence = np.zeros((len(lines), len(nodes)))
        rows = np.arange(len(lines))
        incidence[rows, [nodes.index(node) for node in lines["from_node"]]] = 1.0
        incidence[rows, [nodes.index(node) for node in lines["to_node"]]] = -1.0
        angles = np.linalg.lstsq(incidence, per_power * flow, rcond=None)[0]
        explained = incidence @ angles / per_power
        largest = np.abs(flow).max(axis=0, initial=0.0)
        off = np.abs(flow - explained) / np.maximum(largest, SMALLEST)
        tally.look(off, lines.index.tolist(), where=year)
    yield tally.finding
