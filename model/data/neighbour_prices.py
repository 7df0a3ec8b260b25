"""Hourly electricity prices of the neighbours: published means, spread over the hours of the same weather year.

The price of a zone falls with what its own sun and wind leave over.  The hours of a weather year are ranked by a proxy
of the zone's residual load,

    r(t) = shape(t) - sum over k of share_k * cf_k(t) / mean(cf_k),   k = land wind, sea wind, sun,

with shares of the zone's demand.  The scarcest `gas_share` of the hours cost the gas step, sloping by +- `gas_spread`
with the rank; the others slope by +- `low_spread` about the level that makes the mean of all hours the published one
exactly.  Shares, spreads and lags are labelled assumptions in neighbour_prices.csv.  The series are synthetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from model.data.profiles import demand_shape
from model.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Tables = Mapping[str, pd.DataFrame]

FILE = "neighbour_prices.csv"
LOAD_PROFILE = "electricity_load"
NEEDED = ("mean", "gas_step", "gas_share", "gas_spread", "low_spread")
SHARES = {"wind_onshore": "share_wind_onshore", "wind_offshore": "share_wind_offshore", "solar": "share_solar"}
WEATHER_OF = "weather:"


def neighbour_price_series(tables: Tables, weather: xr.Dataset, zone: str, year: int) -> Array:
    """Price of a zone in every hour, EUR/MWh.

    Args:
        tables: neighbour_prices, and the tables of the profile `electricity_load`.
        weather: as from `load_weather`; hours are ranked over all of it, so pass one weather year at a time where each
            must keep the published mean, several together where a dark year may be dearer.
        zone: label in neighbour_prices.
        year: model year; between the years of the table figures are interpolated, outside them held.

    Returns:
        Array over the hours of `weather`, with the published mean.

    Raises:
        InputError: a figure is missing, or its share of hours is outside 0..1.
    """
    figures = zone_figures(tables["neighbour_prices"], zone, year)
    residual = residual_proxy(tables, weather, figures)
    count = len(residual)
    scarce = round(figures["gas_share"] * count)
    # Stable sort: equal hours keep the order of time, so that the same inputs give the same bytes.
    order = np.argsort(-residual, kind="stable")
    price = np.empty(count)
    price[order[:scarce]] = figures["gas_step"] + _slope(scarce, figures["gas_spread"])
    rest = count - scarce
    if rest:
        level = (figures["mean"] * count - figures["gas_step"] * scarce) / rest
        price[order[scarce:]] = level + _slope(rest, figures["low_spread"])
    return price


def zone_figures(table: pd.DataFrame, zone: str, year: int) -> dict[str, float]:
    """Figures of a zone in a year by parameter; a row without a year holds for all.

    Raises:
        InputError: a needed figure is missing or the share of gas-set hours is outside 0..1.
    """
    rows = table[table["zone"] == zone]
    figures = {}
    for parameter, given in rows.groupby("parameter", sort=True):
        given = given.sort_values("year")
        years, values = given["year"].to_numpy(float), given["value"].to_numpy(float)
        dated = np.isfinite(years)
        figures[str(parameter)] = float(np.interp(year, years[dated], values[dated]) if dated.any() else values[0])
    problems = [
        Problem(FILE, zone, "parameter", "", f"a row {name} for this zone") for name in NEEDED if name not in figures
    ]
    share = figures.get("gas_share", 0.0)
    if not 0.0 <= share <= 1.0:
        problems.append(Problem(FILE, f"{zone} gas_share", "value", f"{share:g}", "a share from 0 to 1"))
    if problems:
        raise InputError(problems)
    return figures


def residual_proxy(tables: Tables, weather: xr.Dataset, figures: Mapping[str, float]) -> Array:
    """Load over its mean less the zone's renewables as shares of its demand, per hour.

    The rows `weather:<region or sea zone>` weigh the Dutch places whose weather stands for the zone's (all alike if
    none is given); `wind_lag` hours shift the wind, as fronts mostly come from the west: negative where they pass
    earlier.
    """
    temperature = _blend(weather, "temperature", figures)
    residual = demand_shape(LOAD_PROFILE, temperature, weather["time"].values, tables)
    lag = round(figures.get("wind_lag", 0.0))
    for kind, name in SHARES.items():
        factor = _blend(weather, kind, figures)
        if kind != "solar":
            factor = np.roll(factor, lag)
        residual = residual - figures.get(name, 0.0) * factor / factor.mean()
    return residual


def _blend(weather: xr.Dataset, kind: str, figures: Mapping[str, float]) -> Array:
    """Weighted mean over the places of a kind of weather."""
    place = "zone" if kind == "wind_offshore" else "region"
    labels = [str(label) for label in weather[place].values]
    weight = np.array([figures.get(WEATHER_OF + label, 0.0) for label in labels])
    if weight.sum() <= 0.0:
        weight = np.ones(len(labels))
    values = weather[kind].transpose(place, "time").values
    return np.asarray(weight @ values / weight.sum(), dtype=float)


def _slope(count: int, spread: float) -> Array:
    """From +spread at the scarcest to -spread at the last, with mean zero."""
    return np.linspace(spread, -spread, count) if count > 1 else np.zeros(count)
