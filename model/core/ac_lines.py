"""What the checks of the AC grid share: lines, angles per flow and phase shifts, read anew from the table (G1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import of_year, taken

if TYPE_CHECKING:
    import pandas as pd

    from model.data.case import Case


def lines_of(case: Case, year: int) -> pd.DataFrame:
    """AC corridors that Kirchhoff's law ties together in a year."""
    stands = of_year(case.corridor_years, year)["capacity"].reindex(case.corridors.index).fillna(0.0) > 0
    meshed = stands | (case.corridors["always_meshed"] == "yes")
    lines: pd.DataFrame = case.corridors[(case.corridors["kind"] == "ac") & meshed]
    return lines


def angle_of_power(case: Case, lines: pd.DataFrame) -> np.ndarray:
    """Angle difference over a line per unit of its flow, rad/MW, from the table's figures and the form of the flow."""
    x = lines["reactance"].to_numpy(dtype=float)
    base = lines["reactance_base"].to_numpy(dtype=float)
    voltage = lines["voltage"].to_numpy(dtype=float)
    base = np.where(np.isnan(base), voltage**2, base)
    if case.scenario.grid.convention == "powermodels":
        impedance = np.nan_to_num(lines["resistance"].to_numpy(dtype=float)) + 1j * x
        return np.asarray(-1.0 / np.imag(1.0 / impedance) / base)
    tap = lines["tap_ratio"].to_numpy(dtype=float)
    return np.asarray(x * np.where(np.isnan(tap), 1.0, tap) / base)


def shift_of(case: Case, cube: Any, lines: pd.DataFrame, year: int) -> np.ndarray:
    """Phase shift of each line and step, rad: what the table fixes, or what the operator has set."""
    if case.scenario.grid.convention == "powermodels":
        return np.zeros((len(lines), case.time.count))
    fixed = np.nan_to_num(np.deg2rad(lines["phase_shift"].to_numpy(dtype=float)))[:, None]
    free = lines["phase_shift_min"].notna().to_numpy()[:, None] | lines["phase_shift_max"].notna().to_numpy()[:, None]
    return np.where(free, taken(cube, "phase_shift", corridor=lines.index, year=year) / 1000.0, fixed)
