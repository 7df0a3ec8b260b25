"""Weather files against the tables: readable, complete, and with every region and zone that the tables name."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model.data.cells import nearest
from model.data.given import read_series
from model.data.neighbour_prices import WEATHER_OF
from model.data.schemas import SCHEMAS
from model.data.validation.places import Tables, at, rows_of
from model.data.weather import load_weather
from model.errors import InputError, Problem


def _given(folder: Path, tables: Tables) -> list[Problem]:
    """Faults of the series by snapshot, and names of series that no file holds."""
    found, problems = read_series(folder, tables)
    used = [
        (row, column, row[column])
        for table in SCHEMAS.values()
        for column in (column.name for column in table.columns if column.name.endswith("_series"))
        for row in rows_of(tables[table.name])
        if row[column]
    ]
    problems += [
        at(row, column, label, f"FILE:COLUMN of a file series/FILE.csv{nearest(label, found)}")
        for row, column, label in used
        if label not in found
    ]
    problems += [
        at(row, column, label, "a number in every snapshot (blanks are for activity_series and level_series)")
        for row, column, label in used
        if column not in ("activity_series", "level_series") and np.isnan(found.get(label, np.zeros(1))).any()
    ]
    return problems


def series_problems(folder: Path, tables: Tables) -> list[Problem]:
    """List faults of every weather year of a folder, and places of the tables that the weather does not know."""
    given = _given(folder, tables)
    years = sorted(int(file.stem.removeprefix("weather_")) for file in (folder / "weather").glob("weather_[0-9]*.nc"))
    if not years and len(tables["snapshots"]):
        return given
    if not years:
        return [*given, Problem("weather", "", "", "", f"a file weather_YYYY.nc in {folder.name}/weather")]
    try:
        weather = load_weather(folder / "weather", years)
    except InputError as error:
        return [*given, *error.problems]
    problems = given
    for table, column, place in (("regions", "region", "region"), ("offshore_zones", "zone", "zone")):
        known = [str(name) for name in weather[place].to_numpy()]
        problems += [
            at(row, column, row[column], f"a {place} of the weather files{nearest(row[column], known)}")
            for row in rows_of(tables[table])
            if row[column] and row[column] not in known
        ]
    places = [str(name) for place in ("region", "zone") for name in weather[place].to_numpy()]
    problems += [
        at(
            row,
            "parameter",
            row["parameter"],
            f"{WEATHER_OF}PLACE with a place of the weather files{nearest(name, places)}",
        )
        for row in rows_of(tables["neighbour_prices"])
        if row["parameter"].startswith(WEATHER_OF) and (name := row["parameter"].removeprefix(WEATHER_OF)) not in places
    ]
    return problems
