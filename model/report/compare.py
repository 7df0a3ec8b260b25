"""What differs between two runs."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from model.report import reading
from model.report.settings import cause_warnings, run_label, settings_difference, time_words, variant_words
from model.report.tables import Report, Section

LONGEST_HEADING = 24
SMALLEST_SHARE = 1e-4
"""Differences below this share of the larger figure are left out."""


def compare(first: xr.DataTree, second: xr.DataTree) -> Report:
    """Compare two runs: what they were asked, cost by item, capacities, mean prices of electricity, CO2, reactors.

    Args:
        first: an opened run.
        second: another; differences are second minus first.

    Returns:
        A report that prints itself; only what differs is listed, and only years that both have.  It warns where the
        runs differ in time, years, rates, data or version, since differences then have more causes than one.
    """
    labels = (run_label(first), run_label(second))
    short = labels[0] != labels[1] and max(map(len, labels)) <= LONGEST_HEADING
    names = labels if short else ("first", "second")
    before, after = reading.objective(first), reading.objective(second)
    unit = "billion EUR of " + str(first["run"].attrs["price_year"]) + ", discounted"
    tables: dict[str, list[pd.Series]] = {
        "Cost of one represented year, million EUR": [costs(cube) for cube in (first, second)],
        "Small reactors by node, MW_e": [long(reading.reactor_table(cube, "smr")) for cube in (first, second)],
        "Capacities": [long(reading.capacity_table(cube).drop(columns="unit")) for cube in (first, second)],
        "Mean price of electricity, EUR/MWh": [long(reading.price_table(cube)) for cube in (first, second)],
        "CO2": [long(reading.carbon_table(cube)) for cube in (first, second)],
    }
    years = set(reading.years_of(first)) & set(reading.years_of(second))
    settings = settings_difference(first, second, names)
    return Report(
        title=f"{labels[1]} compared with {labels[0]}",
        facts={
            names[0]: f"{before / 1e9:,.3f} {unit}",
            names[1]: f"{after / 1e9:,.3f} {unit}",
            **{f"variant of {name}": variant_words(cube) for name, cube in zip(names, (first, second), strict=True)},
            **{f"time of {name}": time_words(cube) for name, cube in zip(names, (first, second), strict=True)},
            "difference": f"{(after - before) / 1e9:+,.3f} billion EUR ({(after - before) / before:+.2%})",
        },
        sections=[
            Section("Settings that differ", settings),
            *(
                Section(title, difference(of_years(one, years), of_years(other, years), names))
                for title, (one, other) in tables.items()
            ),
        ],
        warnings=cause_warnings(settings),
    )


def of_years(series: pd.Series, years: set[int]) -> pd.Series:
    """The part of a series over (what, year) in some years."""
    return series[series.index.get_level_values("year").isin(years)]


def costs(cube: xr.DataTree) -> pd.Series:
    """Cost items of a run, penalties included and marked, over (item, year)."""
    headline = reading.cost_table(cube, penalties=False)
    apart = reading.cost_table(cube, penalties=True).drop(index="total")
    return long(pd.concat([headline, apart.rename(lambda item: f"{item} (reported apart)")]))


def long(table: pd.DataFrame) -> pd.Series:
    """A table with years as columns as a series over (what, year)."""
    if not len(table):
        return pd.Series(dtype=float, index=pd.MultiIndex.from_arrays([[], []], names=["", "year"]))
    series = table.astype(float).rename_axis(index="", columns="year").stack()
    return series if isinstance(series, pd.Series) else series.iloc[:, 0]


def difference(first: pd.Series, second: pd.Series, names: tuple[str, str]) -> pd.DataFrame:
    """Both figures and their difference side by side, where they differ; what one lacks counts as zero."""
    table = pd.DataFrame({names[0]: first, names[1]: second}).fillna(0.0)
    table["difference"] = table[names[1]] - table[names[0]]
    size = table[list(names)].abs().max(axis=1)
    return table[table["difference"].abs() > SMALLEST_SHARE * size.clip(lower=1.0)]
