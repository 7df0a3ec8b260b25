"""Checks phase shifts and angle differences: within what the table allows, in degrees (G1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.ac_lines import angle_of_power, lines_of, shift_of
from model.core.checking import Finding, Tally, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

SMALLEST_ANGLE = 100.0
"""Size below which no angle counts when a difference is set against it, degrees: 0.0001 degree may be off."""


@check
def angle_differences(case: Case, cube: Any) -> Iterator[Finding]:
    """Reactance times flow plus shift stays within the angle limits of each line; shifts stay within theirs."""
    differences, shifts = Tally("angle difference"), Tally("phase shift")
    for year in case.years if case.scenario.grid.kirchhoff else []:
        lines = lines_of(case, year)
        if not len(lines):
            continue
        labels = lines.index.tolist()
        shift = np.rad2deg(shift_of(case, cube, lines, year))
        flow = taken(cube, "flow", corridor=lines.index, year=year)
        angle = np.rad2deg(angle_of_power(case, lines, year)[:, None] * flow) + shift
        low = lines["angle_min"].fillna(-np.inf).to_numpy(dtype=float)[:, None]
        high = lines["angle_max"].fillna(np.inf).to_numpy(dtype=float)[:, None]
        differences.look(np.maximum(np.maximum(low - angle, angle - high), 0.0) / SMALLEST_ANGLE, labels, where=year)
        fixed = lines["phase_shift"].fillna(0.0)
        least, most = (
            lines[name].fillna(fixed).to_numpy(dtype=float)[:, None] for name in ("phase_shift_min", "phase_shift_max")
        )
        if case.scenario.grid.convention == "matpower":
            shifts.look(np.maximum(np.maximum(least - shift, shift - most), 0.0) / SMALLEST_ANGLE, labels, where=year)
    yield differences.finding
    yield shifts.finding
