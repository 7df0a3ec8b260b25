"""Weather years of a data set: read and checked.

A file `weather_YYYY.nc` holds `wind_onshore`, `solar` and `temperature` over (region, time) and `wind_offshore` over
(zone, time): capacity factors from 0 to 1, degC; `time` is the start of the hour in UTC.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model.errors import InputError, Problem

if TYPE_CHECKING:
    import xarray as xr

# variable: (dimension of the place, lowest, highest, unit in words)
VARIABLES = {
    "wind_onshore": ("region", 0.0, 1.0, "a capacity factor"),
    "solar": ("region", 0.0, 1.0, "a capacity factor"),
    "wind_offshore": ("zone", 0.0, 1.0, "a capacity factor"),
    "temperature": ("region", -35.0, 45.0, "degC"),
}
# Values are stored in whole steps; reading them back may overshoot a limit by rounding.
ROUNDING = 1e-9


def weather_file(folder: Path, year: int) -> Path:
    """File of a weather year in the folder of a data set's weather."""
    return folder / f"weather_{year}.nc"


def load_weather(folder: Path, years: Sequence[int]) -> xr.Dataset:
    """Read weather years and put them one after another along `time`, in the order given.

    Args:
        folder: folder of the files `weather_YYYY.nc`.
        years: weather years.

    Returns:
        Dataset over region, zone and time in float64; `time` is UTC start of hour.

    Raises:
        InputError: a file is absent or unreadable; a variable, place or hour is missing; a value is NaN or out of
            range; the years do not hold the same places.
    """
    import xarray as xr

    problems: list[Problem] = []
    datasets = []
    for year in years:
        dataset = _read(folder, year, problems)
        if dataset is not None:
            problems += check_year(dataset, year, weather_file(folder, year).name)
            datasets.append(dataset)
    for dataset in datasets[1:]:
        for place in ("region", "zone"):
            first, here = list(datasets[0].get(place, ())), list(dataset.get(place, ()))
            if [str(name.values) for name in first] != [str(name.values) for name in here]:
                problems.append(
                    Problem(str(dataset.attrs["file"]), "", place, "other names or order", "the same in every year")
                )
    if problems:
        raise InputError(problems)
    whole = xr.concat(
        datasets, "time", data_vars="minimal", coords="minimal", compat="override", join="exact", combine_attrs="drop"
    )
    whole.attrs = {"credit": datasets[0].attrs.get("credit", ""), "years": list(years)}
    return whole


def check_year(dataset: xr.Dataset, year: int, file: str) -> list[Problem]:
    """Check that a year's dataset is complete and believable; gives all faults."""
    problems = _time_problems(dataset, year, file)
    for name, (place, low, high, unit) in VARIABLES.items():
        if name not in dataset:
            problems.append(Problem(file, "", name, "", "this variable"))
            continue
        if set(dataset[name].dims) != {place, "time"}:
            found = ", ".join(str(dimension) for dimension in dataset[name].dims)
            problems.append(Problem(file, "", name, found, f"the dimensions {place}, time"))
            continue
        values = dataset[name].transpose(place, "time").values
        expected = f"{unit} from {low:g} to {high:g} in every hour"
        for position, label in enumerate(dataset[place].values):
            bad = ~((values[position] >= low - ROUNDING) & (values[position] <= high + ROUNDING))
            if bad.any():
                hour = int(bad.argmax())
                found = f"{values[position, hour]:g} at hour {hour} and {int(bad.sum()) - 1} more"
                problems.append(Problem(file, str(label), name, found, expected))
    return problems


def _read(folder: Path, year: int, problems: list[Problem]) -> xr.Dataset | None:
    import xarray as xr

    path = weather_file(folder, year)
    if not path.is_file():
        known = ", ".join(sorted(file.stem.removeprefix("weather_") for file in folder.glob("weather_*.nc"))) or "none"
        problems.append(Problem(path.name, "", "", "no such file", f"a weather year that is there ({known})"))
        return None
    try:
        with xr.open_dataset(path, engine="netcdf4") as opened:
            dataset = opened.load()
    except (OSError, ValueError) as error:
        problems.append(Problem(path.name, "", "", str(error).splitlines()[0], "a readable NetCDF-4 file"))
        return None
    dataset.attrs["file"] = path.name
    names = [name for name in VARIABLES if name in dataset]
    values = dataset[names].astype("float64")
    return values.assign_attrs(dataset.attrs)


def _time_problems(dataset: xr.Dataset, year: int, file: str) -> list[Problem]:
    hours = 24 * (366 if calendar.isleap(year) else 365)
    if "time" not in dataset.coords:
        return [Problem(file, "", "time", "", f"{hours} hours of {year}")]
    time = dataset["time"].values
    if len(time) != hours:
        return [Problem(file, "", "time", f"{len(time)} hours", f"{hours} hours of {year}")]
    if not np.issubdtype(time.dtype, np.datetime64):
        return [Problem(file, "", "time", str(time.dtype), "times in UTC")]
    every = np.datetime64(f"{year}-01-01T00:00:00", "ns") + np.arange(hours) * np.timedelta64(3600, "s")
    wrong = time.astype("datetime64[ns]") != every
    if wrong.any():
        at = int(wrong.argmax())
        return [Problem(file, str(at), "time", str(time[at])[:19], f"{str(every[at])[:19]}, every hour once")]
    return []
