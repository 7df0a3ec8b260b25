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
    figures = of_year(case.corridor_years, year)[["capacity", "held_expansion"]].reindex(case.corridors.index)
    meshed = (figures.fillna(0.0).sum(axis=1) > 0) | (case.corridors["always_meshed"] == "yes")
    lines: pd.DataFrame = case.corridors[(case.corridors["kind"] == "ac") & meshed]
    return lines


def strength_of(case: Case, lines: pd.DataFrame, year: int) -> np.ndarray:
    """How many times the circuits of the table a line counts, with the expansion that its reactance was held at."""
    figures = of_year(case.corridor_years, year).reindex(lines.index)
    stands, held = (figures[name].fillna(0.0).to_numpy(dtype=float) for name in ("capacity", "held_expansion"))
    whole = np.where(stands > 0, stands, lines["expansion_max"].to_numpy(dtype=float))
    times = np.ones(len(lines))
    counts = (held > 0) & np.isfinite(whole)
    times[counts] = (stands[counts] + held[counts]) / whole[counts]
    return times


def angle_of_power(case: Case, lines: pd.DataFrame, year: int) -> np.ndarray:
    """Angle difference over a line per unit of its flow, rad/MW, from the table's figures and the form of the flow."""
    return np.asarray(_angle_in_table(case, lines) / strength_of(case, lines, year))


def _angle_in_table(case: Case, lines: pd.DataFrame) -> np.ndarray:
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
