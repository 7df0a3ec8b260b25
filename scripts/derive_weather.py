"""Derive weather years from KNMI hourly observations and write them where the model reads them.

    python scripts/derive_weather.py OBSERVATIONS --years 2017 2021 -o inputs/nl/weather

OBSERVATIONS is a folder (or one file) as downloaded from KNMI: `uurgeg_*.zip`, `uurgeg_*.txt`, or yearly tables
`knmi_hourly_YYYY.csv.gz`.  `--calibrate` first fits the wind speed factors in `station_use.csv` to `wind_levels.csv`
over all the years found: do so only with ten years or more.  `--summary` describes every year found in
`weather_years.csv`.  `--compare FOLDER` prints correlation and level against tables `nl_province_profiles_YYYY.csv.gz`
(columns won_GR, pv_GR, woff_north, t_GR ...).  Needs the optional extra `weather` (pvlib, windpowerlib).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.errors import ModelError
from model.exchange.knmi import StationHours, read_knmi
from model.exchange.weather_years import calibrate, derive_year, read_tables, write_year

if TYPE_CHECKING:
    import xarray as xr

PREFIX = {"wind_onshore": "won_", "solar": "pv_", "wind_offshore": "woff_", "temperature": "t_"}
# GW on land, at sea, solar: an illustrative future fleet that says how dark and still a week is.
MIX = {"wind_onshore": 12.0, "wind_offshore": 50.0, "solar": 100.0}
WEEK = 168


def summarise(dataset: xr.Dataset, year: int) -> dict[str, object]:
    """One row on a weather year: plain means over the places, degree days below 15.5 degC, the hardest weeks."""
    series = {kind: dataset[kind].mean(str(dataset[kind].dims[0])).to_series() for kind in PREFIX}
    mix = pd.concat([MIX[kind] * series[kind] for kind in MIX], axis=1).sum(axis=1) / sum(MIX.values())
    daily = series["temperature"].resample("D").mean()
    dark, cold = mix.rolling(WEEK).mean(), series["temperature"].rolling(WEEK).mean()
    last = int(np.nanargmin(cold.to_numpy()))
    return {
        "year": year,
        "hours": dataset.sizes["time"],
        **{kind: round(float(series[kind].mean()), 4) for kind in ("wind_onshore", "wind_offshore", "solar")},
        "temperature": round(float(series["temperature"].mean()), 2),
        "heating_degree_days": round(float((15.5 - daily).clip(lower=0.0).sum())),
        "darkest_week_capacity_factor": round(float(dark.min()), 4),
        "darkest_week_end": f"{dark.idxmin():%Y-%m-%d}",
        "coldest_week_temperature": round(float(cold.min()), 2),
        "coldest_week_end": f"{cold.idxmin():%Y-%m-%d}",
        "coldest_week_capacity_factor": round(float(mix.iloc[last - WEEK + 1 : last + 1].mean()), 4),
    }


def compare(dataset: xr.Dataset, year: int, folder: Path) -> list[str]:
    """Lowest hourly correlation and the range of mean ratios against another derivation, a line per kind."""
    other = pd.read_csv(folder / f"nl_province_profiles_{year}.csv.gz")
    lines = []
    for kind, prefix in PREFIX.items():
        places = dataset[dataset[kind].dims[0]].values
        pairs = [(dataset[kind].values[i], other[prefix + place].to_numpy()) for i, place in enumerate(places)]
        correlation = min(float(np.corrcoef(ours, theirs)[0, 1]) for ours, theirs in pairs)
        ratio = [float(ours.mean() / theirs.mean()) for ours, theirs in pairs]
        lines.append(
            f"{year} {kind}: correlation >= {correlation:.4f}, mean ratio {min(ratio):.3f} to {max(ratio):.3f}"
        )
    return lines


def years_observed(hours: StationHours) -> list[int]:
    """Calendar years in which at least one station read the wind."""
    return sorted(set(pd.DatetimeIndex(hours.wind_speed.dropna(how="all").index).year))


def fit_factors(hours: StationHours, folder: Path) -> None:
    """Fit the wind speed factors to the levels in the folder and write them back."""
    stations, use = read_tables(folder)
    fitted = calibrate(hours, stations, use, pd.read_csv(folder / "wind_levels.csv"))
    fitted["speed_factor"] = fitted["speed_factor"].round(5)
    fitted.to_csv(folder / "station_use.csv", index=False, lineterminator="\n")


def write_summary(rows: list[dict[str, object]], folder: Path) -> None:
    """Write the rows to `weather_years.csv`; what a person wrote there about a year is kept."""
    file = folder / "weather_years.csv"
    said = pd.DataFrame({"year": [], "chosen_because": []})
    if file.exists():
        said = pd.read_csv(file, keep_default_na=False)[["year", "chosen_because"]]
    table = pd.DataFrame(rows).merge(said.astype({"year": int}), on="year", how="left").fillna({"chosen_because": ""})
    table["shipped"] = ["yes" if (folder / f"weather_{year}.nc").exists() else "no" for year in table["year"]]
    table["source"] = "scripts/derive_weather.py on KNMI hourly observations (CC BY 4.0)"
    table["provenance"] = "estimated"
    table["note"] = (
        "plain means over provinces or zones; weeks are 168 h means; mix 12 GW land, 50 GW sea, 100 GW solar"
    )
    table.to_csv(file, index=False, lineterminator="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, derive, write; returns the exit code (0 done, 2 faulty observations)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("observations", type=Path, help="folder or file from KNMI")
    parser.add_argument("--years", type=int, nargs="+", help="years to write; all found by default")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("inputs/nl/weather"), help="folder with the station tables"
    )
    parser.add_argument("--calibrate", action="store_true", help="fit the wind speed factors over all years found")
    parser.add_argument("--summary", action="store_true", help="describe all years found in weather_years.csv")
    parser.add_argument("--compare", type=Path, help="folder of nl_province_profiles_YYYY.csv.gz to compare with")
    options = parser.parse_args(arguments)
    whole = options.calibrate or options.summary or options.years is None
    try:
        hours = read_knmi(options.observations, None if whole else options.years)
        if options.calibrate:
            fit_factors(hours, options.output)
        stations, use = read_tables(options.output)
        found = years_observed(hours) if whole else options.years
        written = found if options.years is None else options.years
        rows = []
        for year in found:
            if year in written or options.summary or options.compare:
                dataset = derive_year(hours, year, stations, use)
                rows.append(summarise(dataset, year))
                if options.compare:
                    print("\n".join(compare(dataset, year, options.compare)))
                if year in written:
                    write_year(dataset, options.output / f"weather_{year}.nc")
    except ModelError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    if options.summary:
        write_summary(rows, options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
