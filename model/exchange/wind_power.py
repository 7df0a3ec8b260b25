"""From wind speed at 10 m to capacity factors of wind farms on land and at sea.

The conversion follows the shape parameters published with the project's fact base (fitted to metered Dutch shapes of
2015, 2016 and 2018): a shear that depends on the sun (stable nights, mixed days), a turbine's power curve smoothed for
a spread of sites, and one speed factor per station that sets the long-term level.  A plain logarithmic profile would
give a day-night cycle that meters do not show.  Power curves come from windpowerlib (optional extra `weather`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

HUB_HEIGHT = 95.0
ONSHORE_TURBINE = "E-101/3050"
OFFSHORE_TURBINE = "SWT130/3600"
OFFSHORE_CUT_OUT = 28.0
OFFSHORE_LOSSES = 0.035
ONSHORE_SPREAD = (0.9, 0.12)
OFFSHORE_SPREAD = (1.48, 0.03)
SPEED_STEP = 0.02


def sun_terms(elevation: Array) -> tuple[Array, Array]:
    """Night and sun indicators of the shear formula, smoothed over about three hours.

    Args:
        elevation: solar elevation, degrees, over time.

    Returns:
        Night share (0 by day, 1 by night) and sine of the elevation (0 by night), each over time.
    """
    night = 1.0 / (1.0 + np.exp((elevation - 3.0) / 3.0))
    sun = np.clip(np.sin(np.radians(elevation)), 0.0, None)
    smooth = pd.DataFrame({"night": night, "sun": sun}).ewm(span=3).mean()
    return smooth["night"].to_numpy(), smooth["sun"].to_numpy()


def hub_speed_onshore(speed: Array, elevation: Array) -> Array:
    """Wind speed at 95 m on land (m/s) from that at 10 m and the solar elevation (degrees), over time."""
    night, sun = sun_terms(elevation)
    exponent = 0.150 + 0.235 * night * np.exp(-((speed / 4.031) ** 1.343)) - 0.099 * sun
    return 0.832 * speed * (HUB_HEIGHT / 10.0) ** np.clip(exponent, 0.02, 0.75)


def hub_speed_offshore(speed: Array, elevation: Array, day_of_year: Array) -> Array:
    """Wind speed at hub height at sea (m/s), before the zone's speed factor.

    The sea is warm against the air in autumn and cold in spring, which shows as a yearly cycle of the shear; coastal
    masts see a sea breeze by day that the open sea does not.  A share of a three-hour mean stands for a farm's size.
    """
    _, sun = sun_terms(elevation)
    raw = speed * (1.0 - 0.186 * sun - 0.081 * np.cos(2.0 * np.pi * (day_of_year - 207.0) / 365.25))
    mean = pd.Series(raw).rolling(3, center=True, min_periods=1).mean().to_numpy()
    return 0.4 * mean + 0.6 * raw


def power_curve(
    turbine: str, spread: tuple[float, float], cut_out: float | None = None, losses: float = 0.0
) -> Callable[[Array], Array]:
    """Smoothed power curve of a turbine as a function of speed (m/s) that gives a capacity factor.

    Args:
        turbine: name in windpowerlib's turbine library.
        spread: `(a, b)`; the curve is averaged over a normal distribution of width a + b v (m/s).
        cut_out: speed (m/s) above which the turbine stands still; the curve's own end if None.
        losses: share lost to wakes, cables and repair.
    """
    from windpowerlib import WindTurbine

    table = WindTurbine(turbine_type=turbine, hub_height=HUB_HEIGHT).power_curve
    grid = np.arange(0.0, 45.0 + SPEED_STEP, SPEED_STEP)
    speeds, power = table["wind_speed"].to_numpy(float), table["value"].to_numpy(float)
    end = speeds[power > 0.0].max() if cut_out is None else cut_out
    base = np.where(grid <= end, np.interp(grid, speeds[power > 0.0], power[power > 0.0], left=0.0), 0.0)
    base[grid < speeds[power > 0.0].min()] = 0.0
    base /= power.max()
    smooth = (1.0 - losses) * _smoothed(grid, base, grid, spread)
    return lambda speed: np.interp(speed, grid, smooth, right=0.0)


def _smoothed(grid: Array, base: Array, at: Array, spread: tuple[float, float]) -> Array:
    result = np.empty(len(at))
    for i, speed in enumerate(at):
        weight = np.exp(-0.5 * ((grid - speed) / (spread[0] + spread[1] * speed)) ** 2)
        result[i] = (weight @ base) / weight.sum()
    return result


def speed_factor(speed: Array, curve: Callable[[Array], Array], target: float) -> float:
    """Factor on the wind speed that brings the mean capacity factor to `target` (bisection to 1e-7)."""
    low, high = 0.3, 3.0
    known = speed[np.isfinite(speed)]
    while high - low > 1e-7:
        middle = (low + high) / 2.0
        low, high = (middle, high) if curve(middle * known).mean() < target else (low, middle)
    return (low + high) / 2.0
