"""Hourly series of a case: fetched over the calendar, brought to the steps, and what the steps lose.

Labels: a capacity factor is `solar:GR`, a multiplier `inverse_cop_air:GR`, a demand shape the pair (profile, region).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.data.aggregation import RENEWABLES, Signals
from model.data.neighbour_prices import neighbour_price_series
from model.data.parameters import empty_index
from model.data.profiles import FLAT, annual_factor, demand_shape, technology_profile
from model.data.rescaling import aggregate_capacity_factor, aggregate_demand_shape, aggregate_price, aggregation_report
from model.data.tables import checksum, records
from model.data.weather import load_weather, weather_file

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from model.data.time_axis import Calendar, TimeAxis

WEATHER_FOLDER = "weather"
CAPACITY_FACTORS = (*RENEWABLES, "solar_thermal")


@dataclass
class HourlySeries:
    """Series over the calendar of a scenario, made when first asked for.

    Args:
        folder: folder of the data set.
        tables: validated tables.
        calendar: hours of the weather years.
    """

    folder: Path
    tables: dict[str, pd.DataFrame]
    calendar: Calendar
    _shapes: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)

    @cached_property
    def weather(self) -> xr.Dataset:
        """Weather of all years, one after another."""
        return load_weather(self.folder / WEATHER_FOLDER, self.calendar.years)

    @property
    def checksums(self) -> dict[str, str]:
        """SHA-256 of the weather files."""
        files = [weather_file(self.folder / WEATHER_FOLDER, year) for year in self.calendar.years]
        return {f"{WEATHER_FOLDER}/{file.name}": checksum(file) for file in files}

    @cached_property
    def zone_of(self) -> dict[str, str]:
        """Zone at sea of a region."""
        return dict(zip(self.tables["offshore_zones"]["region"], self.tables["offshore_zones"]["zone"], strict=True))

    def of_weather(self, name: str, region: str) -> np.ndarray:
        """A variable of the weather files at a region; wind at sea is that of the region's zone."""
        if name == "wind_offshore":
            return np.asarray(self.weather[name].sel(zone=self.zone_of[region]).to_numpy(), dtype=float)
        return np.asarray(self.weather[name].sel(region=region).to_numpy(), dtype=float)

    def profile(self, label: str) -> np.ndarray:
        """A capacity factor or multiplier by its label `name:region`."""
        name, region = label.rsplit(":", 1)
        if name in RENEWABLES:
            return np.clip(self.of_weather(name, region), 0.0, 1.0)
        temperature, solar = self.of_weather("temperature", region), self.of_weather("solar", region)
        parts = [
            technology_profile(name, temperature[hours], solar[hours], self.tables) for hours in self._year_hours()
        ]
        made = [part for part in parts if part is not None]
        if len(made) != len(parts):
            raise KeyError(f"no profile {name!r}")
        return np.concatenate(made)

    def shape(self, profile: str, region: str) -> np.ndarray:
        """Demand over its mean in a normal year; a cold weather year asks for more where the profile says so."""
        key = (profile, "" if profile == FLAT else region)
        if key not in self._shapes:
            parts = []
            for hours in self._year_hours():
                temperature = self.of_weather("temperature", region)[hours] if profile != FLAT else np.empty(0)
                times = self.calendar.utc[hours].astype("datetime64[ns]")
                shape = demand_shape(profile, temperature, times, self.tables)
                parts.append(shape * annual_factor(profile, temperature, times, self.tables))
            self._shapes[key] = np.concatenate(parts)
        return self._shapes[key]

    def price(self, zone: str, year: int) -> np.ndarray:
        """Price of a neighbouring zone in a milestone year, EUR/MWh."""
        return np.asarray(neighbour_price_series(self.tables, self.weather, zone, year), dtype=float)

    def _year_hours(self) -> Iterable[slice]:
        return [self.calendar.hours_of(position) for position in range(len(self.calendar.years))]


@dataclass(frozen=True)
class Stepped:
    """Series at the steps of a case.

    Args:
        demand: over (node, carrier, year): annual, MWh.
        demand_series: MW, one row per row of `demand`.
        hourly: `profile(profile, time)`, `neighbour_price(zone, year, time)`.
        report: what the steps lose, one row per series.
    """

    demand: pd.DataFrame
    demand_series: np.ndarray
    hourly: dict[str, xr.DataArray]
    report: pd.DataFrame


def national_signals(
    series: HourlySeries, annual: pd.DataFrame, nodes: pd.DataFrame, carriers: pd.DataFrame
) -> Signals:
    """Make the national series that steer the choice of periods, for the last milestone year.

    Features: demand by kind of carrier (relative to its mean), capacity factors and temperature, each as the mean of
        the northern and of the southern half of the regions, wind at sea by zone.
    """
    last = annual[annual["year"] == annual["year"].max()] if len(annual) else annual
    kinds = carriers["kind"]
    sums: dict[str, np.ndarray] = {}
    for row in records(last):
        shape = series.shape(row.profile, str(nodes.at[row.node, "region"]))
        sums[kinds[row.carrier]] = sums.get(kinds[row.carrier], 0.0) + row.annual * shape
    features = {f"demand:{kind}": values / values.mean() for kind, values in sums.items()}
    weather = series.weather
    latitude = series.tables["regions"].set_index("region")["latitude"]
    regions = [str(region) for region in weather["region"].to_numpy() if str(region) in latitude.index]
    middle = float(latitude.loc[regions].median())
    halves = {
        "north": [r for r in regions if latitude[r] >= middle],
        "south": [r for r in regions if latitude[r] < middle],
    }
    for name in ("wind_onshore", "solar", "temperature"):
        for half, members in halves.items():
            if members:
                features[f"{name}:{half}"] = weather[name].sel(region=members).mean("region").to_numpy()
    for zone in weather["zone"].to_numpy():
        features[f"wind_offshore:{zone}"] = weather["wind_offshore"].sel(zone=zone).to_numpy()
    means = [weather[name].mean(place).to_numpy() for name, place in _PLACES.items() if weather[name].sizes[place]]
    load = sums.get("electricity", sum(sums.values(), np.zeros(len(series.calendar.utc))))
    heat = sums.get("heat", np.zeros(len(series.calendar.utc)))
    return Signals(features, load, np.mean(means, axis=0), heat)


_PLACES = {"wind_onshore": "region", "wind_offshore": "zone", "solar": "region"}


def take_to_steps(
    time: TimeAxis,
    series: HourlySeries,
    annual: pd.DataFrame,
    nodes: pd.DataFrame,
    assets: pd.DataFrame,
    flows: pd.DataFrame,
    interconnectors: pd.DataFrame,
    years: list[int],
) -> Stepped:
    """Bring every series that the case needs to its steps and report what that loses."""
    compared: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    demand, demand_series = _demand(time, series, annual, nodes, compared)
    factors = sorted(set(assets["availability_profile"]) - {""})
    multipliers = sorted(set(flows["profile"]) - {""} - set(factors))
    hourly = {
        "profile": _profiles(time, series, factors, multipliers, compared),
        "neighbour_price": _prices(time, series, sorted(set(interconnectors["zone"])), years, compared),
    }
    return Stepped(demand, demand_series, hourly, aggregation_report(time, compared))


def _demand(
    time: TimeAxis, series: HourlySeries, annual: pd.DataFrame, nodes: pd.DataFrame, compared: dict[str, Any]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Demand by (node, carrier, year): annual energy and power at the steps, profiles added up."""
    import pandas as pd

    hours = time.hours_per_year
    shapes: dict[tuple[str, str], np.ndarray] = {}
    rows: dict[tuple[str, str, int], tuple[float, np.ndarray]] = {}
    for row in records(annual):
        region = str(nodes.at[row.node, "region"])
        label = (row.profile, "" if row.profile == FLAT else region)
        if label not in shapes:
            full = series.shape(row.profile, region)
            shapes[label] = aggregate_demand_shape(time, full)
            compared[f"demand:{row.profile}" + (f":{region}" if label[1] else "")] = (full, shapes[label])
        energy, power = rows.get((row.node, row.carrier, row.year), (0.0, np.zeros(time.count)))
        added = row.annual / hours * shapes[label]
        rows[row.node, row.carrier, row.year] = (energy + float(time.weight @ added), power + added)
    keys = sorted(rows)
    names = ["node", "carrier", "year"]
    index = pd.MultiIndex.from_tuples(keys, names=names) if keys else empty_index(names)
    demand = pd.DataFrame({"annual": [rows[key][0] for key in keys]}, index=index, dtype=float)
    return demand, np.array([rows[key][1] for key in keys]).reshape(len(keys), time.count)


def _profiles(
    time: TimeAxis, series: HourlySeries, factors: list[str], multipliers: list[str], compared: dict[str, Any]
) -> xr.DataArray:
    """Capacity factors (yearly mean kept) and multipliers such as one over the COP (as they are at the steps)."""
    import xarray as xr

    values = np.empty((len(factors) + len(multipliers), time.count))
    for position, label in enumerate(factors):
        full = series.profile(label)
        values[position] = aggregate_capacity_factor(time, full)
        compared[label] = (full, values[position])
    for position, label in enumerate(multipliers, start=len(factors)):
        full = series.profile(label)
        values[position] = time.take(full)
        compared[label] = (full, values[position])
    coordinates = {"profile": np.asarray([*factors, *multipliers], dtype=object), "time": np.arange(time.count)}
    return xr.DataArray(values, coords=coordinates, dims=("profile", "time"), name="profile", attrs={"units": "1"})


def _prices(
    time: TimeAxis, series: HourlySeries, zones: list[str], years: list[int], compared: dict[str, Any]
) -> xr.DataArray:
    import xarray as xr

    values = np.empty((len(zones), len(years), time.count))
    for i, zone in enumerate(zones):
        for j, year in enumerate(years):
            full = series.price(zone, year)
            values[i, j] = aggregate_price(time, full)
            compared[f"price:{zone}:{year}"] = (full, values[i, j])
    coordinates = {"zone": np.asarray(zones, dtype=object), "year": years, "time": np.arange(time.count)}
    return xr.DataArray(
        values, coords=coordinates, dims=("zone", "year", "time"), name="neighbour_price", attrs={"units": "EUR/MWh"}
    )
