"""Read KNMI hourly station observations: the institute's own `uurgeg` files, or a folder of wide CSV files.

KNMI publishes hourly observations per station as text (`uurgeg_*.txt`, often zipped) under CC BY 4.0.  Their columns
`FH` (mean wind speed at 10 m, 0.1 m/s), `T` (air temperature at 1.5 m at the end of the hour, 0.1 degC) and `Q` (global
radiation, J/cm2) are read; hour `HH` runs from HH-1 to HH universal time.  The wide form holds one file a year,
`knmi_hourly_YYYY.csv[.gz]`, with the columns `time_utc` (start of hour), `FH_<station>`, `T_<station>`, `Q_<station>`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from model.errors import InputError, Problem

JOULE_PER_CM2_HOUR_TO_WATT_PER_M2 = 1e4 / 3600.0
WIDE_FILE = re.compile(r"knmi_hourly_(\d{4})\.csv(\.gz)?$")
NEEDED = ("STN", "YYYYMMDD", "HH", "FH", "T", "Q")
# Limits of belief, in KNMI's own units: beyond these a cell is a fault of the file, not weather.
BELIEVABLE = {"FH": (0.0, 600.0), "T": (-400.0, 450.0), "Q": (0.0, 500.0)}
LABELS = {"STN": (1.0, 99999.0), "YYYYMMDD": (19000101.0, 21001231.0), "HH": (1.0, 24.0)}


@dataclass(frozen=True)
class StationHours:
    """Hourly observations; three tables with one row per hour and one column per station number.

    `wind_speed` (m/s at 10 m, mean of the hour), `temperature` (degC, mean of the values at both ends of the hour),
    `radiation` (W/m2 on the horizontal, mean of the hour).  Index: UTC start of hour without time zone.  NaN = missing.
    """

    wind_speed: pd.DataFrame
    temperature: pd.DataFrame
    radiation: pd.DataFrame


def read_knmi(path: Path, years: Iterable[int] | None = None) -> StationHours:
    """Read a KNMI file or a folder of them.

    Args:
        path: an `uurgeg` text or zip file, or a folder that holds such files or wide yearly CSV files.
        years: calendar years (UTC) to keep; all by default.

    Raises:
        InputError: nothing readable there, a column is missing, a cell is no number or beyond belief.
    """
    wanted = None if years is None else set(years)
    files = sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]
    wide = [file for file in files if (match := WIDE_FILE.search(file.name)) and _near(int(match[1]), wanted)]
    text = [file for file in files if file.suffix.lower() in (".txt", ".zip")]
    if not wide and not text:
        raise InputError([Problem(str(path), "", "", "", "uurgeg_*.txt, uurgeg_*.zip or knmi_hourly_YYYY.csv[.gz]")])
    long = pd.concat([_read_wide(file) for file in wide] + [part for file in text for part in _read_archive(file)])
    return _station_hours(long, wanted)


def read_uurgeg(text: str, name: str = "uurgeg") -> pd.DataFrame:
    """Read the text of one `uurgeg` file into long form: time, station, FH, T, Q in KNMI's units.

    Raises:
        InputError: the header or a column is missing, or cells are no numbers or beyond belief.
    """
    lines = text.splitlines()
    header = next((i for i, line in enumerate(lines) if line.lstrip("# ").upper().startswith("STN,")), None)
    if header is None:
        raise InputError([Problem(name, "", "STN", "", "a header line that starts with STN,YYYYMMDD,HH")])
    columns = [column.strip().upper() for column in lines[header].lstrip("# ").split(",")]
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        raise InputError(Problem(name, str(header + 1), column, "", "this column in the header") for column in missing)
    body = [i for i, line in enumerate(lines) if i > header and line.strip() and not line.startswith("#")]
    text_rows = io.StringIO("\n".join(lines[i] for i in body))
    raw = pd.read_csv(text_rows, names=columns, usecols=list(NEEDED), dtype=str)
    numbers = _numbers(raw, name, lambda row: str(body[row] + 1))
    day = pd.to_datetime(numbers["YYYYMMDD"].astype(int).astype(str), format="%Y%m%d", errors="coerce")
    if day.isna().any():
        bad = [int(row) for row in np.flatnonzero(day.isna())[:20]]
        raise InputError(
            Problem(name, str(body[row] + 1), "YYYYMMDD", str(raw["YYYYMMDD"][row]), "a date of the calendar")
            for row in bad
        )
    time = day + pd.to_timedelta(numbers["HH"] - 1, unit="h")
    return pd.DataFrame({"time": time, "station": numbers["STN"].astype(int), **{k: numbers[k] for k in BELIEVABLE}})


def _near(year: int, wanted: set[int] | None) -> bool:
    # The hour before a year starts is needed for its first mean temperature, so the year before is read as well.
    return wanted is None or year in wanted or year + 1 in wanted


def _read_archive(file: Path) -> list[pd.DataFrame]:
    if file.suffix.lower() == ".txt":
        return [read_uurgeg(file.read_text(encoding="latin-1"), file.name)]
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".txt")]
        return [read_uurgeg(archive.read(name).decode("latin-1"), f"{file.name}/{name}") for name in names]


def _read_wide(file: Path) -> pd.DataFrame:
    table = pd.read_csv(file, dtype=str)
    if "time_utc" not in table:
        raise InputError([Problem(file.name, "", "time_utc", "", "this column")])
    time = pd.to_datetime(table["time_utc"], utc=True).dt.tz_localize(None)
    names = pd.Index([column for column in table.columns if re.fullmatch(r"(FH|T|Q)_\d+", column)])
    long = table[names].set_axis(pd.MultiIndex.from_tuples([tuple(c.split("_")) for c in names]), axis=1)
    long = long.set_axis(pd.Index(time, name="time"), axis=0).stack(level=1, future_stack=True).reset_index()
    long = long.rename(columns={"level_1": "station"})
    long = long.reindex(columns=["time", "station", *BELIEVABLE])
    return _numbers(long, file.name, lambda row: f"{long['time'].iloc[row]:%Y-%m-%dT%H}")


def _numbers(table: pd.DataFrame, name: str, place: Callable[[int], str]) -> pd.DataFrame:
    """Turn text columns into numbers and report every cell that cannot be one or is beyond belief."""
    result = table.copy()
    problems = []
    for column in result.columns.drop("time", errors="ignore"):
        text = result[column].astype("string").str.strip()
        value = pd.to_numeric(text, errors="coerce").astype(float)
        low, high = {**BELIEVABLE, **LABELS}.get(column, (1.0, 99999.0))
        filled = text.fillna("") != ""
        bad = filled & ~value.between(low, high)
        if column not in BELIEVABLE:
            bad |= ~filled
        if column == "Q":
            bad &= value != -1.0  # KNMI writes -1 for "less than half a unit" in some columns
            value = value.clip(lower=0.0)
        problems += [
            Problem(name, place(int(row)), column, str(text[row]), f"a number from {low:.0f} to {high:.0f}")
            for row in np.flatnonzero(bad.fillna(True).to_numpy(bool))[:20]
        ]
        result[column] = value
    if problems:
        raise InputError(problems)
    return result


def _station_hours(long: pd.DataFrame, wanted: set[int] | None) -> StationHours:
    long = long.assign(station=long["station"].astype(int)).drop_duplicates(["time", "station"])
    tables = long.set_index(["time", "station"])[list(BELIEVABLE)].unstack("station")
    every_hour = pd.date_range(tables.index.min(), tables.index.max(), freq="h", name="time")
    tables = tables.reindex(every_hour)
    # T is read at the end of the hour: its mean over the hour is that of the readings at both ends.
    reading = tables["T"] / 10.0
    temperature = ((reading + reading.shift(1)) / 2.0).fillna(reading)
    keep = every_hour if wanted is None else every_hour[every_hour.year.isin(sorted(wanted))]
    return StationHours(
        wind_speed=pd.DataFrame(tables["FH"] / 10.0).loc[keep],
        temperature=pd.DataFrame(temperature).loc[keep],
        radiation=pd.DataFrame(tables["Q"] * JOULE_PER_CM2_HOUR_TO_WATT_PER_M2).loc[keep],
    )
