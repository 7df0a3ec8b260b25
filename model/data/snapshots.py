"""Time mode `snapshots`: the steps of a data set are those of its table, with weights of their own and no weather."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from model.data.demand import SHAPE_KEY
from model.data.hourly import Stepped
from model.data.parameters import empty_index
from model.data.profiles import FLAT
from model.data.time_axis import Calendar, TimeAxis

if TYPE_CHECKING:
    import pandas as pd

MODE = "snapshots"
DATE = re.compile(r"\s*(19|20|21)\d\d-\d\d-\d\d")


def snapshot_axis(table: pd.DataFrame, year: int) -> TimeAxis:
    """Lay the snapshots out as the steps of one period.

    Args:
        table: table snapshots, in order.
        year: year in which steps without a date of their own are shown.
    """
    import pandas as pd

    length = table["length"].to_numpy(dtype=float)
    weight = table["weight"].to_numpy(dtype=float)
    count = len(table)
    utc = _starts(table["snapshot"].tolist(), length, year)
    months = utc.astype("datetime64[M]").astype(int) % 12 + 1
    periods = pd.DataFrame(
        {
            "start": utc[:1],
            "steps": [count],
            "hours": [length.sum()],
            "count": [weight.sum() / length.sum()],
            "label": [f"{count} snapshots"],
            "kind": ["full"],
            "weather_year": [year],
            "first_step": [0],
        },
        index=pd.RangeIndex(1, name="period"),
    )
    runs = pd.DataFrame({"period": [0], "repeats": [1.0], "weather_year": [year]}).rename_axis("run")
    previous = np.arange(count) - 1
    previous[0] = count - 1
    return TimeAxis(
        count=count,
        weight=weight,
        length=length,
        period=np.zeros(count, dtype=int),
        previous=previous,
        first_of_period=np.arange(count) == 0,
        utc=utc,
        weather_year=np.full(count, year),
        hour=np.zeros(count, dtype=int),
        periods=periods,
        runs=runs,
        period_months=[(0, int(month)) for month in sorted(set(months))],
        step_months=[(step, int(month)) for step, month in enumerate(months)],
        calendar=Calendar.of_years([year]),
        report=pd.DataFrame(),
    )


def _starts(labels: list[str], length: np.ndarray, year: int) -> np.ndarray:
    """Start of each step: its label where all are dates, else hours after the beginning of the year."""
    try:
        if not all(DATE.match(label) for label in labels):
            raise ValueError(labels)
        return np.array([np.datetime64(label.strip().replace(" ", "T"), "s") for label in labels])
    except ValueError:
        hours = np.concatenate([[0.0], np.cumsum(length)[:-1]])
        return np.datetime64(f"{year}-01-01T00", "s") + (3600.0 * hours).astype("timedelta64[s]")


def steps_without_weather(time: TimeAxis, annual: pd.DataFrame, years: list[int]) -> Stepped:
    """Demand of the table spread evenly over the snapshots; no profiles and no prices abroad, which come from weather.

    Args:
        time: the snapshots.
        annual: yearly demand by node, carrier, profile and year; the profile is flat.
        years: milestone years.
    """
    import pandas as pd
    import xarray as xr

    assert set(annual["profile"]) <= {FLAT}, "profiles need weather (checked at the door)"
    totals = annual.groupby([*SHAPE_KEY[:2], "year"])["annual"].sum()
    index = totals.index if len(totals) else empty_index(["node", "carrier", "year"])
    power = totals.to_numpy(dtype=float)[:, None] / time.hours_per_year * np.ones(time.count)
    steps = np.arange(time.count)
    nothing = np.asarray([], dtype=object)
    profile = xr.DataArray(
        np.empty((0, time.count)), coords={"profile": nothing, "time": steps}, dims=("profile", "time"), name="profile"
    )
    price = xr.DataArray(
        np.empty((0, len(years), time.count)),
        coords={"zone": nothing, "year": years, "time": steps},
        dims=("zone", "year", "time"),
        name="neighbour_price",
        attrs={"units": "EUR/MWh"},
    )
    demand = pd.DataFrame({"annual": totals.to_numpy(dtype=float)}, index=index, dtype=float)
    return Stepped(demand, power, {"profile": profile, "neighbour_price": price}, pd.DataFrame())
