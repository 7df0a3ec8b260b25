"""Bring hourly series to the time steps so that the year keeps its energy, and say what got lost on the way.

Forced periods (peak and spell) keep the values of their weather. What the typical periods give too much or too little
over the year is put right by one factor on all of them: for demand exactly, for capacity factors as far as the cap of
one lets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from model.data.time_axis import TimeAxis


def annual_mean(time: TimeAxis, hourly: np.ndarray) -> float:
    """Mean of a series over the whole calendar, weather years weighted."""
    weight = time.calendar.hour_weight
    return float(weight @ hourly / weight.sum())


def aggregate_capacity_factor(time: TimeAxis, hourly: np.ndarray) -> np.ndarray:
    """Take a capacity factor (0..1) to the steps; its yearly mean is kept as far as the cap of one allows."""
    steps = time.take(hourly)
    target = annual_mean(time, hourly) * time.weight.sum()
    free = _scalable(time, steps, target)
    fixed = float(time.weight[~free] @ steps[~free])
    for _ in range(50):
        have = float(time.weight[free] @ steps[free])
        if have <= 0 or abs(have + fixed - target) <= 1e-12 * max(target, 1e-12):
            break
        steps[free] = np.clip(steps[free] * ((target - fixed) / have), 0.0, 1.0)
    return steps


def aggregate_demand_shape(time: TimeAxis, hourly: np.ndarray) -> np.ndarray:
    """Take the shape of a demand to the steps; its weighted mean over the year stays exactly what it was.

    A demand that no step sees (a few cold days outside all periods) is spread evenly, so that its energy stays.
    """
    steps = time.take(hourly)
    mean = annual_mean(time, hourly)
    total = mean * float(time.weight.sum())
    free = _scalable(time, steps, total)
    have = float(time.weight[free] @ steps[free])
    if have <= 0:
        return np.full(time.count, mean)
    steps[free] *= (total - float(time.weight[~free] @ steps[~free])) / have
    return steps


def aggregate_price(time: TimeAxis, hourly: np.ndarray) -> np.ndarray:
    """Take a price to the steps; typical periods are shifted so that its yearly mean stays (it may be negative)."""
    steps = time.take(hourly)
    free = ~time.forced if not time.forced.all() else np.ones(time.count, dtype=bool)
    missing = annual_mean(time, hourly) * time.weight.sum() - float(time.weight @ steps)
    steps[free] += missing / float(time.weight[free].sum())
    return steps


def _scalable(time: TimeAxis, steps: np.ndarray, target: float) -> np.ndarray:
    """Steps that may be scaled: those of typical periods, or all where the forced ones alone exceed the year."""
    free = ~time.forced
    alone = float(time.weight[~free] @ steps[~free])
    if not free.any() or float(time.weight[free] @ steps[free]) <= 0 or alone >= target:
        return np.ones(time.count, dtype=bool)
    return free


def aggregation_report(time: TimeAxis, series: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> pd.DataFrame:
    """Compare series before and after.

    Args:
        time: time axis.
        series: by name, the series over the calendar and over the steps.

    Returns:
        One row per series: mean_full, mean_steps, energy_error (relative), peak_full, peak_steps, duration_curve_rmse
        (root mean square difference of the two duration curves, over the mean).
    """
    import pandas as pd

    rows = {name: _compare(time, full, steps) for name, (full, steps) in series.items()}
    columns = ["mean_full", "mean_steps", "energy_error", "peak_full", "peak_steps", "duration_curve_rmse"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    frame.index.name = "series"
    return frame


def _compare(time: TimeAxis, full: np.ndarray, steps: np.ndarray) -> list[float]:
    weight = time.calendar.hour_weight
    mean = annual_mean(time, full)
    mean_steps = float(time.weight @ steps / time.weight.sum())
    scale = abs(mean) if mean else 1.0
    order, order_steps = np.argsort(-full, kind="stable"), np.argsort(-steps, kind="stable")
    place = np.cumsum(weight[order]) - 0.5 * weight[order]
    ends = np.cumsum(time.weight[order_steps])
    match = np.minimum(np.searchsorted(ends, place), time.count - 1)
    difference = full[order] - steps[order_steps][match]
    rmse = float(np.sqrt(weight[order] @ difference**2 / weight.sum()))
    return [mean, mean_steps, (mean_steps - mean) / scale, float(full.max()), float(steps.max()), rmse / scale]
