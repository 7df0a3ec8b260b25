"""Neighbour prices: the published mean to the last digit, and the order of hours by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.data.neighbour_prices import neighbour_price_series
from model.data.weather import load_weather
from model.errors import InputError

SHIPPED = Path(__file__).resolve().parents[2] / "inputs" / "nl"
NAMES = ("demand_profiles", "load_shapes", "temperature_normals", "neighbours", "neighbour_prices")
TABLES = {name: pd.read_csv(SHIPPED / f"{name}.csv") for name in NAMES}
ZONES = ("DE", "BE", "GB", "DK1", "NO2")
YEARS = sorted(int(file.stem.removeprefix("weather_")) for file in (SHIPPED / "weather").glob("weather_*.nc"))


def published(zone: str, year: int, parameter: str) -> float:
    rows = TABLES["neighbour_prices"].query("zone == @zone and parameter == @parameter")
    return float(rows.loc[rows["year"].isna() | (rows["year"] == year), "value"].iloc[0])


def toy_tables(**figures: float) -> dict[str, pd.DataFrame]:
    blank = {"temperature_threshold": np.nan, "temperature_slope": np.nan, "base_share": np.nan, "cop_curve": ""}
    given = {"mean": 40.0, "gas_step": 100.0, "gas_share": 0.25, "gas_spread": 0.0, "low_spread": 0.0, **figures}
    return {
        "demand_profiles": pd.DataFrame([{"profile": "electricity_load", "kind": "flat", **blank}]),
        "neighbour_prices": pd.DataFrame(
            [{"zone": "XX", "year": np.nan, "parameter": name, "value": value} for name, value in given.items()]
        ),
    }


def toy_weather() -> xr.Dataset:
    """A day on which the wind dies down at A, from 0.24 to 0.01, and is steady at B."""
    wind = np.arange(24, 0, -1) / 100.0
    return xr.Dataset(
        {
            "wind_onshore": (("region", "time"), np.array([wind, np.full(24, 0.1)])),
            "solar": (("region", "time"), np.full((2, 24), 0.1)),
            "temperature": (("region", "time"), np.full((2, 24), 10.0)),
            "wind_offshore": (("zone", "time"), np.full((1, 24), 0.5)),
        },
        coords={"region": ["A", "B"], "zone": ["north"], "time": pd.date_range("2021-01-05", periods=24, freq="h")},
    )


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", [2030, 2040, 2050])
def test_the_mean_is_the_published_one(zone, year):
    for weather_year in YEARS:
        weather = load_weather(SHIPPED / "weather", [weather_year])
        price = neighbour_price_series(TABLES, weather, zone, year)
        assert len(price) == weather.sizes["time"]
        assert price.mean() == pytest.approx(published(zone, year, "mean"), abs=1e-9)
        lowest_gas = published(zone, year, "gas_step") - published(zone, year, "gas_spread")
        scarce = (price >= lowest_gas - 1e-9).sum()
        assert scarce == round(published(zone, year, "gas_share") * len(price))
        assert price.min() > -1.0


def test_every_zone_of_the_table_is_a_neighbour():
    assert set(TABLES["neighbour_prices"]["zone"]) == set(TABLES["neighbours"]["zone"]) == set(ZONES)


def test_the_stillest_hours_cost_the_gas_step():
    """6 of 24 hours at 100; the others carry (40 x 24 - 600) / 18 = 20."""
    price = neighbour_price_series(toy_tables(share_wind_onshore=0.5), toy_weather(), "XX", 2030)
    np.testing.assert_allclose(price, [20.0] * 18 + [100.0] * 6, rtol=1e-12)


def test_prices_slope_with_the_rank_and_keep_the_mean():
    tables = toy_tables(share_wind_onshore=0.5, gas_spread=10.0, low_spread=20.0)
    price = neighbour_price_series(tables, toy_weather(), "XX", 2030)
    np.testing.assert_allclose(price[18:], [90.0, 94.0, 98.0, 102.0, 106.0, 110.0], rtol=1e-12)
    assert (price[0], price[17]) == pytest.approx((0.0, 40.0), abs=1e-12)
    assert price.mean() == pytest.approx(40.0, abs=1e-12)


def test_wind_arrives_later_in_the_east():
    tables = toy_tables(share_wind_onshore=0.5, wind_lag=3.0)
    price = neighbour_price_series(tables, toy_weather(), "XX", 2030)
    assert np.flatnonzero(price == 100.0).tolist() == [0, 1, 2, 21, 22, 23]


def test_only_the_weather_of_the_named_places_counts():
    """At B the wind is steady: all hours are alike, and the first ones come first."""
    tables = toy_tables(share_wind_onshore=0.5, **{"weather:B": 1.0})
    price = neighbour_price_series(tables, toy_weather(), "XX", 2030)
    assert np.flatnonzero(price == 100.0).tolist() == [0, 1, 2, 3, 4, 5]


def test_between_two_years_the_figures_are_interpolated():
    weather = load_weather(SHIPPED / "weather", YEARS[:1])
    between = (published("DE", 2030, "mean") + published("DE", 2040, "mean")) / 2
    assert neighbour_price_series(TABLES, weather, "DE", 2035).mean() == pytest.approx(between, abs=1e-9)


def test_dearer_when_dark_and_still():
    weather = load_weather(SHIPPED / "weather", [2017])
    price = pd.Series(neighbour_price_series(TABLES, weather, "DE", 2050), index=weather["time"].to_numpy())
    assert price.loc["2017-01-17":"2017-01-23"].mean() > 2.0 * price.mean()  # the dark and still week of January


def test_faults_name_the_zone():
    with pytest.raises(InputError, match="neighbour_prices.csv, row YY, parameter: expected a row mean"):
        neighbour_price_series(toy_tables(), toy_weather(), "YY", 2030)
    with pytest.raises(InputError, match="row XX gas_share, value: found '1.2'"):
        neighbour_price_series(toy_tables(gas_share=1.2), toy_weather(), "XX", 2030)
