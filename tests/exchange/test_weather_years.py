"""Conversion of observations, by hand; power curves and sun positions of third parties are not needed for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.data.weather import load_weather
from model.errors import InputError
from model.exchange import wind_power
from model.exchange.knmi import StationHours
from model.exchange.weather_years import STEP, Converter, read_tables, write_year

SHIPPED = Path(__file__).resolve().parents[2] / "inputs" / "nl" / "weather"
TIME = pd.date_range("2021-01-01", "2022-01-01", freq="h", inclusive="left")


def converter(temperature: dict[int, np.ndarray]) -> Converter:
    table = pd.DataFrame(temperature, index=TIME)
    stations = pd.DataFrame({"latitude": 52.0, "longitude": 5.0}, index=list(temperature))
    return Converter(StationHours(table, table, table), TIME, stations)


def test_shear_on_a_stormy_night():
    """At 40 m/s the stable term has died out: 0.832 x 40 x 9.5^0.150 by night."""
    speed = wind_power.hub_speed_onshore(np.full(48, 40.0), np.full(48, -90.0))
    np.testing.assert_allclose(speed, 0.832 * 40.0 * 9.5**0.150, rtol=1e-6)


def test_calm_nights_have_more_shear_than_days():
    night = wind_power.hub_speed_onshore(np.full(48, 3.0), np.full(48, -30.0))
    day = wind_power.hub_speed_onshore(np.full(48, 3.0), np.full(48, 60.0))
    assert (night > 1.4 * day).all()


def test_the_sea_in_late_july_and_in_late_january():
    """By night: 1 - 0.081 on day 207, 1 + 0.081 half a year later."""
    dark = np.full(48, -90.0)
    july = wind_power.hub_speed_offshore(np.full(48, 10.0), dark, np.full(48, 207.0))
    january = wind_power.hub_speed_offshore(np.full(48, 10.0), dark, np.full(48, 207.0 - 365.25 / 2))
    np.testing.assert_allclose(july, 9.19, rtol=1e-12)
    np.testing.assert_allclose(january, 10.81, rtol=1e-12)


def test_speed_factor_meets_the_level():
    """With CF = v / 20 and a mean speed of 5 m/s, a level of 0.5 needs twice the speed; gaps do not count."""
    speed = np.array([4.0, np.nan, 6.0])
    assert wind_power.speed_factor(speed, lambda v: v / 20.0, 0.5) == pytest.approx(2.0, abs=1e-6)


def test_a_place_is_the_mean_of_the_stations_that_have_a_reading():
    first, second = np.full(len(TIME), 10.0), np.full(len(TIME), 14.0)
    second[5] = np.nan
    values = converter({1: first, 2: second}).series("temperature", pd.DataFrame({"place": "GR", "station": [1, 2]}))
    assert (values[4], values[5]) == (12.0, 10.0)


def test_short_gaps_are_bridged_and_long_ones_refused():
    gap = np.linspace(0.0, 1.0, len(TIME))
    gap[100:110] = np.nan
    rows = pd.DataFrame({"place": "GR", "station": [1]})
    np.testing.assert_allclose(converter({1: gap}).series("temperature", rows), np.linspace(0.0, 1.0, len(TIME)))
    gap[1000:1100] = np.nan
    with pytest.raises(InputError, match="row GR, temperature: found '52 hours without any station'"):
        converter({1: gap}).series("temperature", rows)


def test_a_written_year_reads_back_within_half_a_step(tmp_path):
    draw = np.random.default_rng(1)
    count = len(TIME)
    dataset = xr.Dataset(
        {
            "wind_onshore": (("region", "time"), draw.uniform(0, 1, (2, count))),
            "solar": (("region", "time"), draw.uniform(0, 1, (2, count))),
            "temperature": (("region", "time"), draw.uniform(-20, 35, (2, count))),
            "wind_offshore": (("zone", "time"), draw.uniform(0, 1, (1, count))),
        },
        coords={"region": ["GR", "ZE"], "zone": ["north"], "time": TIME},
    )
    dataset["wind_onshore"][0, 0] = 1.0 + 1e-6  # rounding of a conversion never leaves the file
    write_year(dataset, tmp_path / "weather_2021.nc")
    back = load_weather(tmp_path, [2021])
    for name, step in STEP.items():
        assert float(np.abs(back[name] - dataset[name]).max()) <= step / 2 + 2e-6
    assert back.attrs["credit"] == "based on KNMI data (CC BY 4.0)"


def test_shipped_station_tables_cover_every_place():
    stations, use = read_tables(SHIPPED)
    assert set(use["station"]) <= set(stations.index)
    for kind in ("wind_onshore", "solar", "temperature"):
        assert use.loc[use["kind"] == kind, "place"].nunique() == 12
    wind = use["kind"].str.startswith("wind")
    assert use.loc[wind, "speed_factor"].between(0.5, 1.6).all()
    levels = pd.read_csv(SHIPPED / "wind_levels.csv")
    assert set(levels["place"]) == set(use.loc[wind, "place"])
