"""From station observations to a weather year: capacity factors and temperatures per province and sea zone.

Which station stands for which place, and the factor on its wind speed, come from `station_use.csv`; positions from
`stations.csv`.  The factors are calibrated once on many years (`calibrate`), so that a user can derive a
single new year.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import InputError, Problem
from model.exchange import solar_power, wind_power
from model.exchange.knmi import StationHours

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]
Curve = Callable[[Array], Array]

CREDIT = "based on KNMI data (CC BY 4.0)"
METHOD = (
    "Hourly observations of KNMI stations. Wind on land: 10 m speed raised to 95 m by a shear that depends on the sun, "
    "smoothed power curve, one speed factor per station to a long-term level. Wind at sea: coastal and sea stations, "
    "yearly and daily correction, smoothed power curve, 3.5 % losses. Solar: Erbs, Hay-Davies, six orientations, per "
    "DC peak power. "
    "Temperature: mean of the hour, mean of the stations of a province."
)
# The file keeps whole steps of these sizes: far below the uncertainty of the method, and it compresses well.
STEP = {"wind_onshore": 5e-4, "wind_offshore": 5e-4, "solar": 5e-4, "temperature": 0.05}
LONG_NAME = {
    "wind_onshore": "capacity factor of wind farms on land",
    "wind_offshore": "capacity factor of wind farms at sea",
    "solar": "capacity factor of photovoltaics, AC output per DC peak power",
    "temperature": "air temperature at 1.5 m, mean of the hour",
}


def read_tables(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read `stations.csv` (index station) and `station_use.csv` from a folder; blank region or factor stays blank."""
    stations = pd.read_csv(folder / "stations.csv", keep_default_na=False).set_index("station")
    use = pd.read_csv(folder / "station_use.csv", keep_default_na=False)
    use["speed_factor"] = pd.to_numeric(use["speed_factor"], errors="coerce")
    return stations, use


def derive_year(hours: StationHours, year: int, stations: pd.DataFrame, use: pd.DataFrame) -> xr.Dataset:
    """Derive one weather year.

    Args:
        hours: observations that cover the year.
        year: calendar year in UTC.
        stations: latitude, longitude by station.
        use: rows place, kind (wind_onshore, wind_offshore, solar, temperature), station, speed_factor.

    Returns:
        Dataset with `wind_onshore`, `solar`, `temperature` over (region, time) and `wind_offshore` over (zone, time).

    Raises:
        InputError: hours of the year are missing altogether, or no station of a place has data.
    """
    import xarray as xr

    time = pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", inclusive="left")
    missing = time.difference(pd.DatetimeIndex(hours.wind_speed.index))
    if len(missing):
        raise InputError(
            [Problem(f"KNMI {year}", str(missing[0]), "time", f"{len(missing)} hours absent", "every hour")]
        )
    converter = Converter(hours, time, stations)
    variables = {}
    for kind in STEP:
        rows = use[use["kind"] == kind]
        places = list(dict.fromkeys(rows["place"]))
        values = [converter.series(kind, rows[rows["place"] == place]) for place in places]
        dimension = "zone" if kind == "wind_offshore" else "region"
        variables[kind] = xr.DataArray(
            np.array(values), dims=(dimension, "time"), coords={dimension: places, "time": time}
        )
    return xr.Dataset(variables)


class Converter:
    """Turns the observations of some hours into series per place; keeps sun positions and power curves."""

    def __init__(self, hours: StationHours, time: pd.DatetimeIndex, stations: pd.DataFrame) -> None:
        """Cut the observations to `time`."""
        self.time = time
        self.stations = stations
        self.wind = hours.wind_speed.reindex(time)
        self.temperature = hours.temperature.reindex(time)
        self.radiation = hours.radiation.reindex(time)
        self._sun: dict[int, pd.DataFrame] = {}
        self._curves: dict[str, Curve] = {}

    def curve(self, kind: str) -> Curve:
        """Smoothed power curve on land or at sea."""
        if kind not in self._curves:
            if kind == "wind_onshore":
                curve = wind_power.power_curve(wind_power.ONSHORE_TURBINE, wind_power.ONSHORE_SPREAD)
            else:
                curve = wind_power.power_curve(
                    wind_power.OFFSHORE_TURBINE,
                    wind_power.OFFSHORE_SPREAD,
                    wind_power.OFFSHORE_CUT_OUT,
                    wind_power.OFFSHORE_LOSSES,
                )
            self._curves[kind] = curve
        return self._curves[kind]

    def sun(self, station: int) -> pd.DataFrame:
        """Sun position at a station."""
        if station not in self._sun:
            latitude, longitude = self.stations.loc[[station], ["latitude", "longitude"]].to_numpy(float)[0]
            self._sun[station] = solar_power.sun_position(self.time, latitude, longitude)
        return self._sun[station]

    def hub_speed(self, kind: str, station: int) -> Array:
        """Wind speed at hub height (m/s) before the station's factor; NaN where the station has no reading."""
        speed = self.wind[station].to_numpy()
        elevation = self.sun(station)["elevation"].to_numpy()
        if kind == "wind_onshore":
            return wind_power.hub_speed_onshore(speed, elevation)
        day = self.time.dayofyear.to_numpy(float)
        return wind_power.hub_speed_offshore(speed, elevation, day)

    def series(self, kind: str, rows: pd.DataFrame) -> Array:
        """Series of one place from its stations; hours without any reading are filled in time (short) or refused."""
        if kind == "temperature":
            values = np.array([self.temperature[station].to_numpy() for station in rows["station"]])
        elif kind == "solar":
            values = np.array([self._solar(station) for station in rows["station"]])
        else:
            factors = zip(rows["station"], rows["speed_factor"].to_numpy(float), strict=True)
            values = np.array([self.hub_speed(kind, station) * factor for station, factor in factors])
            if kind == "wind_onshore":
                values = self.curve(kind)(values)
        present = np.isfinite(values)
        mean = np.where(present, values, 0.0).sum(axis=0) / np.where(present.any(axis=0), present.sum(axis=0), np.nan)
        filled = pd.Series(mean).interpolate(limit=24, limit_direction="both").to_numpy()
        if np.isnan(filled).any():
            place, count = str(rows["place"].iloc[0]), int(np.isnan(filled).sum())
            raise InputError([Problem("KNMI", place, kind, f"{count} hours without any station", "no gap above 24 h")])
        return self.curve(kind)(filled) if kind == "wind_offshore" else filled

    def _solar(self, station: int) -> Array:
        radiation, temperature = self.radiation[station].to_numpy(), self.temperature[station].to_numpy()
        known = np.isfinite(radiation) & np.isfinite(temperature)
        factor = solar_power.photovoltaic_capacity_factor(
            np.where(known, radiation, 0.0), np.where(known, temperature, 0.0), self.sun(station)
        )
        return np.where(known, factor, np.nan)


def calibrate(hours: StationHours, stations: pd.DataFrame, use: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """Speed factors that bring each place to its long-term capacity factor over all the hours given.

    On land every station alone meets the level of its place, so that a gap in one does not shift the level.  At sea the
    stations of a zone are first brought to one mean speed, then the zone's mean speed to the level.

    Args:
        hours: observations of many years.
        stations: latitude, longitude by station.
        use: as for `derive_year`; its factors are not read.
        levels: columns place, kind, capacity_factor (long-term mean).

    Returns:
        `use` with its column speed_factor filled for both kinds of wind.
    """
    result = use.copy()
    converter = Converter(hours, pd.DatetimeIndex(hours.wind_speed.index), stations)
    targets = zip(levels["place"], levels["kind"], levels["capacity_factor"].to_numpy(float), strict=True)
    for place, kind, target in targets:
        rows = result[(result["place"] == place) & (result["kind"] == kind)]
        curve = converter.curve(kind)
        speeds = {row: converter.hub_speed(kind, station) for row, station in rows["station"].items()}
        if kind == "wind_onshore":
            for row, speed in speeds.items():
                result.loc[row, "speed_factor"] = wind_power.speed_factor(speed, curve, target)
            continue
        equal = {row: 10.0 / float(np.nanmean(speed)) for row, speed in speeds.items()}
        stack = pd.DataFrame({row: speed * equal[row] for row, speed in speeds.items()}).mean(axis=1).to_numpy()
        factor = wind_power.speed_factor(stack, curve, target)
        for row in speeds:
            result.loc[row, "speed_factor"] = equal[row] * factor
    return result


def write_year(dataset: xr.Dataset, file: Path) -> None:
    """Write a weather year compactly (int16 steps, zlib, byte shuffle) with CF conventions and the credit."""
    out = dataset.copy()
    for name, step in STEP.items():
        out[name].attrs = {"long_name": LONG_NAME[name], "units": "degC" if name == "temperature" else "1"}
        limits = (-np.inf, np.inf) if name == "temperature" else (0.0, 1.0)
        out[name] = out[name].clip(*limits, keep_attrs=True)
        out[name].encoding = {
            "dtype": "int16",
            "scale_factor": step,
            "add_offset": 0.0,
            "_FillValue": -32768,
            "zlib": True,
            "complevel": 9,
            "shuffle": True,
            "chunksizes": (1, out.sizes["time"]),
        }
    out["time"].attrs = {"long_name": "start of the hour, UTC"}
    start = pd.Timestamp(out["time"].values[0])
    out["time"].encoding = {"units": f"hours since {start:%Y-%m-%d} 00:00:00", "dtype": "int32", "calendar": "standard"}
    out.attrs = {"credit": CREDIT, "method": METHOD, "year": start.year, "Conventions": "CF-1.11"}
    out.to_netcdf(file, format="NETCDF4", engine="netcdf4")
