"""What the regulation fixes for the payments of a category: floor, banking, own use, negative hours, boiler hours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.categories import OWN_YEAR
from model.sdepp.reading import SOURCED, Column, nearest, read_table, sdepp_folder

CO2_REDUCTION = range(59, 86)
"""Articles whose floor bounds the sum of price, emissions trading and other."""
WIND = (17, 19, 21)
SOLAR = (23,)
BOILERS = (71,)
ELECTRICITY = "renewable_electricity"
LONG_RUNS_FROM = {"wind": 3000.0, "other": 500.0}
"""kW from which the older rule on negative prices (long runs) holds."""

HOUR_COLUMNS = (
    Column("table", optional=True, meaning="table of categories; blank: 2024"),
    Column("categories", "words", meaning="categories of electric boilers"),
    Column("year", "number", minimum=2000, meaning="calendar year; no limit in years without a row"),
    Column("hours", "number", minimum=0, meaning="production hours that count at most, h"),
    Column("unit", allowed=("h",), meaning="h"),
    *SOURCED,
)


def article_of(category: str) -> int:
    """Article of the regulation under which a category stands, the first part of its id."""
    return int(category.split("_")[0])


def load_boiler_hours(
    folder: Path | None = None, categories: pd.DataFrame | None = None
) -> dict[str, dict[int, float]]:
    """Read the hours that count of electric boilers (and, in 2023, electrolysis), by category and year (art. 92(2)).

    Args:
        folder: folder of the scheme's tables; by default those that ship.
        categories: whose hours; every name must stand in it.  By default those of 2024, unchecked.

    Raises:
        InputError: faults in the table.
    """
    problems: list[Problem] = []
    table = read_table((folder or sdepp_folder()) / "e_boiler_hours.csv", HOUR_COLUMNS, problems)
    hours: dict[str, dict[int, float]] = {}
    of = OWN_YEAR if categories is None or categories.empty else str(categories["table"].iloc[0])
    own = table["table"].replace("", OWN_YEAR)
    for _, row in table[own == (of if of in set(own) else OWN_YEAR)].iterrows():
        for name in row["categories"]:
            place = (str(row["_file"]), str(row["_row"]), "categories", str(name))
            if categories is not None and name not in categories.index:
                problems.append(Problem(*place, "a category" + nearest(name, [str(key) for key in categories.index])))
            if int(row["year"]) in hours.setdefault(name, {}):
                problems.append(Problem(*place, f"one row for the year {int(row['year'])}"))
            hours[name][int(row["year"])] = float(row["hours"])
    if problems:
        raise InputError(problems)
    return hours


def payment_terms(categories: pd.DataFrame, boiler_hours: dict[str, dict[int, float]]) -> pd.DataFrame:
    """Give the terms of payment of open categories.

    Args:
        categories: from `categories.load_categories`; those that are not open are left out.
        boiler_hours: from `load_boiler_hours`.

    Returns:
        By category: the columns that `grants.grants_of` takes beside amount, capacity and start, and technique,
        units_per_capacity, realisation_years.
    """
    opened = categories[categories["open"].astype(bool)]
    article = pd.Series({name: article_of(str(name)) for name in opened.index}, dtype=int)
    weather = article.isin([*WIND, *SOLAR])
    limits: list[Any] = [boiler_hours.get(str(name)) for name in opened.index]
    return pd.DataFrame(
        {
            "technique": opened["technique"],
            "domain": opened["domain"],
            "floor": opened["floor"].astype(float),
            "floor_on_sum": article.isin(CO2_REDUCTION),
            "full_load_hours": opened["full_load_hours"].astype(float),
            "term": opened["term_years"].astype(int),
            "units_per_capacity": opened["units_per_capacity"].astype(float),
            "realisation_years": opened["realisation_years"].astype(float),
            "banks_over": _said(opened, "banks_over", ~(weather | article.isin(BOILERS))),
            "own_use_counts": _said(opened, "own_use_paid", ~weather),
            "stops_when_negative": opened["domain"] == ELECTRICITY,
            "wind": article.isin(WIND),
            "hours_cap": pd.Series(limits, index=opened.index, dtype=object),
            "threshold": opened["excess_profit_threshold"].astype(float),
        }
    )


def _said(opened: pd.DataFrame, name: str, usual: pd.Series) -> pd.Series:
    """What a table of categories says itself, and what is usual where it is blank."""
    told = opened[name] if name in opened else pd.Series(None, index=opened.index, dtype=object)
    return told.where(told.notna(), usual).astype(bool)


def under_long_runs(terms: pd.DataFrame, capacity: pd.Series) -> pd.Series:
    """Whether the older rule on long runs of negative prices holds: wind from 3 MW, other electricity from 0.5 MW.

    Args:
        terms: terms by grant, with stops_when_negative and wind.
        capacity: kW by grant.
    """
    least = terms["wind"].map({True: LONG_RUNS_FROM["wind"], False: LONG_RUNS_FROM["other"]})
    return terms["stops_when_negative"] & (capacity >= least)
