"""What all tests share: a tiny complete data set, its scenario and its case.

`tests/data_sets/tiny` holds three regions in a triangle of AC corridors (A-B, B-C, A-C; a DC cable and a hydrogen
pipe may be built), a site with three grades of heat, reactor designs, a battery, a hydrogen cavern, one neighbour,
hosting limits and one weather year. All its figures are made up; they are of the size of the real ones.
"""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from model.data import Case, build_case
from model.scenario import Scenario

TINY = Path(__file__).parent / "data_sets" / "tiny"
TINY_WEATHER_YEAR = 2019
BASE: dict[str, Any] = {
    "name": "tiny",
    "data": "tiny",
    "weather_years": [TINY_WEATHER_YEAR],
    "time": {"periods": 3, "spell_days": 2, "step_hours": 2},
    "prices": {"fuel": "reference", "carbon": "reference"},
}


def tiny_scenario(**overrides: Any) -> Scenario:
    """Scenario on the tiny data set; overrides are keys of the scenario, with `__` for a dot.

    `tiny_scenario(years=[2030], time__mode="full", carbon__cap=None)`.
    """
    settings: dict[str, Any] = {key: dict(value) if isinstance(value, dict) else value for key, value in BASE.items()}
    for key, value in overrides.items():
        *path, last = key.split("__")
        place = settings
        for part in path:
            place = place.setdefault(part, {})
        if isinstance(value, dict) and isinstance(place.get(last), dict):
            place[last] = {**place[last], **value}
        else:
            place[last] = value
    if settings["time"].get("mode") == "full":
        settings["time"] = {key: value for key, value in settings["time"].items() if key != "periods"}
    return Scenario.model_validate(settings)


def tiny_case(folder: Path = TINY, **overrides: Any) -> Case:
    """Case of `tiny_scenario(**overrides)`; the same overrides give the same case, built once."""
    return _case(tiny_scenario(**overrides).to_yaml(), folder)


@lru_cache(maxsize=32)
def _case(scenario: str, folder: Path) -> Case:
    import yaml

    return build_case(Scenario.model_validate(yaml.safe_load(scenario)), folder)


def copy_tiny(folder: Path) -> Path:
    """Copy the tiny data set into a folder, to be changed there."""
    return Path(shutil.copytree(TINY, folder / "tiny"))


def change_cell(folder: Path, file: str, row: int, column: str, value: str) -> None:
    """Overwrite one cell of a table; `row` is the line of the file, the header being line 1."""
    import csv

    path = folder / file
    with path.open(newline="", encoding="utf-8") as stream:
        lines = list(csv.reader(stream))
    lines[row - 1][lines[0].index(column)] = value
    write_lines(path, lines)


def write_lines(path: Path, lines: list[list[str]]) -> None:
    """Write a table from its cells."""
    import csv

    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(lines)


def find_row(folder: Path, file: str, **cells: str) -> int:
    """Line of the first row with these cells."""
    import csv

    with (folder / file).open(newline="", encoding="utf-8") as stream:
        for line, row in enumerate(csv.DictReader(stream), start=2):
            if all(row[column] == value for column, value in cells.items()):
                return line
    raise LookupError(f"{file}: no row with {cells}")


def make_tiny_weather(year: int = TINY_WEATHER_YEAR) -> Any:
    """The weather of the tiny data set: sines, a slow wind with fixed phases, and five dark calm days in January.

    Days 19 to 23 of January are the spell; 23 January is the coldest day.
    """
    import pandas as pd
    import xarray as xr

    time = pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", inclusive="left")
    hour = np.arange(len(time))
    day = hour / 24.0
    season = np.cos(2 * np.pi * (day - 15) / 365.0)
    sun = np.clip(np.sin(np.pi * ((hour % 24) - 6) / 12.0), 0, None) * (0.55 - 0.4 * season)

    def wind(phase: float, level: float) -> np.ndarray:
        slow = np.sin(2 * np.pi * day / 7.3 + phase) + 0.6 * np.sin(2 * np.pi * day / 2.9 + 2 * phase)
        return np.clip(level * (1 + 0.25 * season) * (1 + 0.55 * slow), 0.0, 0.97)

    def cloud(phase: float) -> np.ndarray:
        return 0.75 + 0.25 * np.sin(2 * np.pi * day / 4.1 + phase)

    spell = (day >= 18) & (day < 23)
    calm = np.where(spell, 0.12, 1.0)
    dull = np.where(spell, 0.35, 1.0)
    mild = 10.0 - 8.0 * season + 2.5 * np.sin(2 * np.pi * ((hour % 24) - 9) / 24.0)
    cold = np.where(spell, -4.0 - (day - 18), 0.0)
    phases = {"A": 0.0, "B": 0.7, "C": 1.9}
    regions, zones = list(phases), ["north", "south"]
    rounded = {
        "wind_onshore": [np.round(wind(phase, 0.27) * calm, 2) for phase in phases.values()],
        "solar": [np.round(sun * cloud(phase) * dull, 2) for phase in phases.values()],
        "temperature": [np.round(mild + cold + 0.4 * number, 1) for number in range(3)],
        "wind_offshore": [np.round(wind(phase, 0.45) * calm, 2) for phase in (0.2, 1.6)],
    }
    places = {name: "zone" if name == "wind_offshore" else "region" for name in rounded}
    return xr.Dataset(
        {name: ((places[name], "time"), np.array(values)) for name, values in rounded.items()},
        coords={"region": regions, "zone": zones, "time": time},
        attrs={"credit": "made up for tests", "year": year},
    )


def write_tiny_weather(folder: Path = TINY, year: int = TINY_WEATHER_YEAR) -> None:
    """Store the tiny weather in whole steps of 0.01 and 0.1 degC."""
    path = folder / "weather" / f"weather_{year}.nc"
    path.parent.mkdir(exist_ok=True)
    encoding = {
        name: {
            "dtype": "int16",
            "scale_factor": 0.1 if name == "temperature" else 0.01,
            "_FillValue": -9999,
            "zlib": True,
        }
        for name in ("wind_onshore", "solar", "temperature", "wind_offshore")
    }
    make_tiny_weather(year).to_netcdf(path, engine="netcdf4", encoding=encoding)
