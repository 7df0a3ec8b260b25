"""Hourly shapes from tables and temperature: demand, heat pumps, solar collectors.

All series are synthetic: they follow published month x hour x day-type means and temperature responses, not a meter.
Every function takes one weather year (whole days in UTC) and gives one value per hour.  Formulas:

- kind `table`: s = shape[month, day type, hour] (1 + slope (d - normal[month])), d = max(0, threshold - T_day);
- kind `heat`: s = base_share + (1 - base_share) q / mean(q), q = d shape[hour];
- kind `heat_pump`: the heat above over the coefficient of performance of the profile's curve;
- kind `flat`, and the name `flat`: s = 1.

Each is divided by its mean.  T_day is the mean over the day in UTC; months, day types and hours are Dutch local time.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from model.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Tables = Mapping[str, pd.DataFrame]

TIME_ZONE = "Europe/Amsterdam"
FLAT = "flat"
INVERSE_COP = "inverse_cop_"
SOLAR_THERMAL = "solar_thermal"
DAY_TYPES = ("workday", "saturday", "sunday")
# Share of the light in the plane that the solar capacity factor shows: losses of system and inverter.
SOLAR_PERFORMANCE = 0.78


def demand_shape(profile: str, temperature: Array, utc_times: Any, tables: Tables) -> Array:
    """Hourly demand over its mean.

    Args:
        profile: name in the table demand_profiles, or `flat`.
        temperature: air temperature of the hours, degC.
        utc_times: start of the hours in UTC (anything pandas reads as times, without time zone), whole days.
        tables: demand_profiles, load_shapes, temperature_normals, heat_pump_curves.

    Returns:
        Array over the hours with mean 1, none negative.

    Raises:
        InputError: the profile is unknown, its shapes leave an hour out, or it never asks for heat.
    """
    import pandas as pd

    if profile == FLAT:
        return np.ones(len(utc_times))
    settings = _settings(profile, tables)
    if settings["kind"] == "flat":
        return np.ones(len(utc_times))
    times = pd.DatetimeIndex(utc_times)
    shape = _hourly_shape(profile, times, tables)
    if settings["kind"] == "table":
        series = shape * _temperature_response(profile, settings, temperature, times, tables)
    else:
        series = _heat(profile, settings, temperature, times, shape)
        if settings["kind"] == "heat_pump":
            series = series / coefficient_of_performance(str(settings["cop_curve"]), temperature, tables)
    return np.asarray(series / series.mean(), dtype=float)


def annual_factor(profile: str, temperature: Array, utc_times: Any, tables: Tables) -> float:
    """Energy of this weather year over that of a normal year (1 for profiles without normal degree days).

    `demand_shape` has mean 1 in every weather year; times this factor a cold year needs more heat than a mild one.
    """
    import pandas as pd

    if profile == FLAT:
        return 1.0
    settings = _settings(profile, tables)
    normal = _number(settings["normal_degree_days"])
    if normal == 0.0:
        return 1.0
    times = pd.DatetimeIndex(utc_times)
    degree_days = degrees_below(temperature, times, _number(settings["temperature_threshold"])).mean() * 365.0
    base = _number(settings["base_share"])
    return float(base + (1.0 - base) * degree_days / normal)


def degrees_below(temperature: Array, times: pd.DatetimeIndex, threshold: float) -> Array:
    """Kelvin by which the mean of each hour's day in UTC lies below the threshold (never negative)."""
    import pandas as pd

    daily = pd.Series(np.asarray(temperature, dtype=float)).groupby(times.normalize()).transform("mean")
    return np.clip(threshold - daily.to_numpy(), 0.0, None)


def local_calendar(times: pd.DatetimeIndex) -> tuple[Array, Array, Array]:
    """Month (1..12), position in `DAY_TYPES` and hour (0..23) of the Dutch local clock; holidays count as sundays."""
    return _local_calendar(times.to_numpy("datetime64[ns]").tobytes())


@lru_cache(maxsize=16)
def _local_calendar(nanoseconds: bytes) -> tuple[Array, Array, Array]:
    """The same, worked out once for the hours of a year: dozens of profiles ask for it."""
    import holidays
    import pandas as pd

    times = pd.DatetimeIndex(np.frombuffer(nanoseconds, "datetime64[ns]"))
    local = times.tz_localize("UTC").tz_convert(TIME_ZONE)
    public = holidays.country_holidays("NL", years=sorted(set(local.year)))
    days = local.normalize().tz_localize(None)
    off = days.isin(pd.DatetimeIndex(sorted(public)))
    weekday = local.weekday.to_numpy()
    day_type = np.where(off | (weekday == 6), 2, np.where(weekday == 5, 1, 0))
    found = np.array(local.month), day_type, np.array(local.hour)
    for array in found:
        array.flags.writeable = False  # shared by all who ask
    return found


def coefficient_of_performance(kind: str, temperature: Array, tables: Tables) -> Array:
    """Heat out per electricity in of a heat pump, over the hours.

    COP = field_factor (constant + linear L + quadratic L^2), lift L = max(lift_minimum, sink - source),
    sink = sink_base + sink_slope T, source = max(source_minimum, source_offset + T averaged over source_mean days).
    The average is exponential and runs around the year, so that the first hours have a past.

    Args:
        kind: curve in the table heat_pump_curves (`air`, `air_floor`, `aqua`).
        temperature: air temperature of the hours of a year, degC.
        tables: heat_pump_curves.

    Raises:
        InputError: the curve is unknown or falls below 1, which no heat pump does.
    """
    import pandas as pd

    table = tables["heat_pump_curves"]
    rows = table[table["curve"] == kind]
    if rows.empty:
        raise InputError([Problem("heat_pump_curves.csv", kind, "curve", "", "a row for this curve")])
    row = rows.iloc[0]
    air = np.asarray(temperature, dtype=float)
    source = air
    if row["source_mean"] > 0:
        twice = pd.Series(np.concatenate([air, air]))
        source = twice.ewm(span=24.0 * float(row["source_mean"])).mean().to_numpy()[len(air) :]
    source = source + float(row["source_offset"])
    if pd.notna(row["source_minimum"]):
        source = np.maximum(source, float(row["source_minimum"]))
    sink = float(row["sink_base"]) + float(row["sink_slope"]) * air
    lift = np.maximum(float(row["lift_minimum"]), sink - source)
    curve = float(row["constant"]) + float(row["linear"]) * lift + float(row["quadratic"]) * lift**2
    result = float(row["field_factor"]) * curve
    if result.min() < 1.0:
        found = f"{result.min():.2f} at a lift of {lift[result.argmin()]:.0f} K"
        raise InputError([Problem("heat_pump_curves.csv", kind, "constant", found, "a COP of at least 1")])
    return np.asarray(result, dtype=float)


def technology_profile(profile: str, temperature: Array, solar: Array, tables: Tables) -> Array | None:
    """Hourly multiplier that a technology names, made from the region's weather; None if the name is not one of these.

    `inverse_cop_<curve>` is the full 1/COP (MWh of electricity per MWh of heat), so that technology_flows.value is 1,
    or a plain factor for pumps better than the curve.  `solar_thermal` is the output of the collector in the table
    solar_collectors over its rated output.  Industrial heat pumps have a constant COP and no profile.
    """
    if profile.startswith(INVERSE_COP):
        return 1.0 / coefficient_of_performance(profile.removeprefix(INVERSE_COP), temperature, tables)
    if profile == SOLAR_THERMAL:
        return solar_thermal(temperature, solar, tables)
    return None


def solar_thermal(temperature: Array, solar: Array, tables: Tables) -> Array:
    """Output of solar collectors over rated output, 0..1: max(0, optical_efficiency G - heat_loss (T_mean - T)).

    The light in the plane, G in W/m2, is read back from the capacity factor of solar power (performance 0.78), so both
    have the same clouds.  Inertia and the angle of incidence are left out.
    """
    row = tables["solar_collectors"].iloc[0]
    reference = float(row["reference_light"])
    optical, loss, mean = (float(row[name]) for name in ("optical_efficiency", "heat_loss", "mean_temperature"))
    light = np.asarray(solar, dtype=float) / SOLAR_PERFORMANCE * 1000.0
    output = optical * light - loss * (mean - np.asarray(temperature, dtype=float))
    rated = optical * reference - loss * (mean - float(row["reference_temperature"]))
    return np.clip(output / rated, 0.0, 1.0)


def _settings(profile: str, tables: Tables) -> pd.Series:
    table = tables["demand_profiles"]
    rows = table[table["profile"] == profile]
    if rows.empty:
        raise InputError([Problem("demand_profiles.csv", profile, "profile", "", "a row for this profile")])
    return rows.iloc[0]


def _number(value: Any) -> float:
    """A blank cell means zero here."""
    number = float(value) if value != "" else 0.0
    return 0.0 if np.isnan(number) else number


def _hourly_shape(profile: str, times: pd.DatetimeIndex, tables: Tables) -> Array:
    """Look the shape up for every hour; a blank month or the day type `any` stands for all."""
    import pandas as pd

    rows = tables["load_shapes"]
    rows = rows[rows["profile"] == profile]
    grid = np.full((13, len(DAY_TYPES), 24), np.nan)
    for month, day_type, hour, value in zip(rows["month"], rows["day_type"], rows["hour"], rows["value"], strict=True):
        months = slice(1, 13) if pd.isna(month) else int(month)
        types = slice(None) if day_type == "any" else DAY_TYPES.index(day_type)
        grid[months, types, int(hour)] = value
    month, day_type, hour = local_calendar(times)
    shape = grid[month, day_type, hour]
    if np.isnan(shape).any():
        first = int(np.isnan(shape).argmax())
        place = f"{profile}, month {month[first]}, {DAY_TYPES[day_type[first]]}, hour {hour[first]}"
        raise InputError([Problem("load_shapes.csv", place, "value", "", "a value for every hour of the calendar")])
    return shape


def _temperature_response(
    profile: str, settings: pd.Series, temperature: Array, times: pd.DatetimeIndex, tables: Tables
) -> Array:
    slope = _number(settings["temperature_slope"])
    if slope == 0.0:
        return np.ones(len(times))
    rows = tables["temperature_normals"]
    rows = rows[rows["profile"] == profile]
    normal = np.zeros(13)
    normal[rows["month"].to_numpy(int)] = rows["value"].to_numpy(float)
    month, _, _ = local_calendar(times)
    degrees = degrees_below(temperature, times, _number(settings["temperature_threshold"]))
    # A very mild day in a cold month must not turn demand negative however large the slope a user gives.
    return np.clip(1.0 + slope * (degrees - normal[month]), 0.0, None)


def _heat(profile: str, settings: pd.Series, temperature: Array, times: pd.DatetimeIndex, shape: Array) -> Array:
    base = _number(settings["base_share"])
    threshold = _number(settings["temperature_threshold"])
    heating = degrees_below(temperature, times, threshold) * shape
    if heating.mean() == 0.0:
        found = f"{threshold:g}"
        raise InputError([Problem("demand_profiles.csv", profile, "temperature_threshold", found, "some day below it")])
    return base + (1.0 - base) * heating / heating.mean()
