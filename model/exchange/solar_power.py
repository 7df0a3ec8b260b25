"""From global radiation and temperature at a station to the capacity factor of the Dutch mix of PV roofs and fields.

Diffuse share after Erbs, transposition after Hay and Davies on six orientations, a linear loss with cell temperature,
an inverter that clips.  Sun position, Erbs and Hay-Davies are those of the package pvlib (optional extra `weather`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

# tilt (degrees), azimuth (degrees from north), share of the installed DC power: our choice for the Dutch fleet.
ORIENTATIONS = (
    (35.0, 180.0, 0.35),
    (15.0, 180.0, 0.15),
    (12.0, 90.0, 0.15),
    (12.0, 270.0, 0.15),
    (35.0, 135.0, 0.10),
    (35.0, 225.0, 0.10),
)
CELL_HEATING = 25.0 / 800.0  # K per W/m2
TEMPERATURE_LOSS = 0.0038  # per K above 25 degC
# Wiring, soiling and mismatch take about 10 %, reflection and shading about as much again; the product is chosen so
# that the long-term mean comes to some 890 full-load hours per DC peak power, near the Dutch statistical norm.
SYSTEM_LOSS = 1.0 - 0.9 * 0.9
INVERTER_EFFICIENCY = 0.96
DIRECT_TO_ALTERNATING = 1.2  # DC power over inverter power


def sun_position(time: pd.DatetimeIndex, latitude: float, longitude: float) -> pd.DataFrame:
    """Sun at the middle of each hour: columns zenith, azimuth, elevation (degrees), without refraction.

    Args:
        time: UTC start of hour.
        latitude: degrees north.
        longitude: degrees east.
    """
    from pvlib import solarposition

    middle = time.tz_localize("UTC") + pd.Timedelta(minutes=30)
    return solarposition.get_solarposition(middle, latitude, longitude)[["zenith", "azimuth", "elevation"]]


def photovoltaic_capacity_factor(radiation: Array, temperature: Array, sun: pd.DataFrame) -> Array:
    """Capacity factor (AC power per DC peak power, 0..1) over time.

    Args:
        radiation: global horizontal radiation, W/m2, mean of the hour.
        temperature: air temperature, degC.
        sun: `sun_position` of the same hours.
    """
    from pvlib import irradiance

    zenith = sun["zenith"].to_numpy()
    split = irradiance.erbs(radiation, zenith, sun.index)
    extra = irradiance.get_extra_radiation(sun.index).to_numpy()
    power = np.zeros(len(radiation))
    for tilt, azimuth, share in ORIENTATIONS:
        plane = irradiance.get_total_irradiance(
            tilt,
            azimuth,
            zenith,
            sun["azimuth"].to_numpy(),
            np.asarray(split["dni"]),
            radiation,
            np.asarray(split["dhi"]),
            dni_extra=extra,
            model="haydavies",
        )["poa_global"]
        light = np.nan_to_num(np.asarray(plane, dtype=float)).clip(0.0)
        cell = temperature + CELL_HEATING * light
        direct = light / 1000.0 * (1.0 - TEMPERATURE_LOSS * (cell - 25.0)) * (1.0 - SYSTEM_LOSS)
        power += share * np.minimum(direct * INVERTER_EFFICIENCY, 1.0 / DIRECT_TO_ALTERNATING)
    return np.where(radiation > 0.0, power, 0.0)
