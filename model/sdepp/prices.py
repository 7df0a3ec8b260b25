"""Yearly corrections by category, from price scenarios and from what was published; and hours with negative prices.

A correction follows a driver (gas, electricity by profile, CO2 …) as `correction_drivers.csv` says; a price scenario
gives the drivers by year.  The regulation prints for each category a floor and a provisional 2024 price, and for each
driver both of these too: a line through the two points gives the category's price at any level of its driver.

Provisional corrections of a year are those of September two years before to August of the year before: 4 of 12 months
of the one year and 8 of the other (Besluit SDE art. 14(5)).  Published corrections (`corrections.csv`) go before those
of the scenario.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from model.errors import InputError, Problem
from model.sdepp.categories import OWN_YEAR
from model.sdepp.reading import SOURCED, Column, nearest, read_table, sdepp_folder

Array = NDArray[np.float64]
PARTS = ("price", "gvo", "ets", "other")
RULES = ("through_floor", "proportional", "level", "fixed")
STATUSES = ("provisional", "final")
EARLIER = 4 / 12
"""Weight of the year two before in a provisional correction; the year before has the rest."""
PRICE_YEAR = 2025
"""Year of the money of the scenarios' prices, from which inflation runs."""

DRIVER_COLUMNS = (
    Column("driver", meaning="name of the driver"),
    Column("unit", allowed=("EUR/kWh", "EUR/t"), meaning="unit of the three levels"),
    Column("at_floor", "number", minimum=0, meaning="level at which prices of categories are at their floors"),
    Column("provisional_2024", "number", above=0, meaning="level behind the provisional corrections of 2024"),
    Column("long_term", "number", above=0, meaning="level behind the long-term prices of the ranking"),
    Column("at_floor_2023", "number", optional=True, minimum=0, meaning="at_floor of the categories of 2023"),
    Column("provisional_2023", "number", optional=True, above=0, meaning="level behind the provisional ones of 2023"),
    *SOURCED,
)
RULE_COLUMNS = (
    Column("applies_to", "words", meaning="techniques; categories go before, those of one table (2023/81_1_f_1) first"),
    Column("component", allowed=PARTS, meaning="part of the correction"),
    Column("driver", blank=True, meaning="what it follows; blank where fixed"),
    Column("rule", allowed=RULES, meaning="how it follows"),
    Column("unit", allowed=("EUR per unit",), meaning="EUR per kWh or t of the category"),
    *SOURCED,
)
SCENARIO_COLUMNS = (
    Column("scenario", meaning="name of the price scenario"),
    Column("driver", meaning="driver"),
    Column("year", "number", minimum=2000, meaning="year; between years on a line, outside them level"),
    Column("value", "number", meaning="level of the driver"),
    Column("unit", allowed=("EUR/kWh", "EUR/t"), meaning="unit of the driver"),
    *SOURCED,
)
PUBLISHED_COLUMNS = (
    Column("category", meaning="category"),
    Column("table", optional=True, meaning="table of the category; blank: 2024"),
    Column("year", "number", minimum=2000, meaning="calendar year"),
    Column("status", allowed=STATUSES, meaning="provisional, or final"),
    *(Column(part, "number", meaning=f"{part}, EUR per unit") for part in PARTS),
    Column("unit", allowed=("EUR/kWh", "EUR/t"), meaning="unit of the figures"),
    *SOURCED,
)


@dataclass(frozen=True)
class Prices:
    """Drivers, what follows them, scenarios and published corrections; made by `load_prices`.

    Attributes:
        drivers: levels by driver.
        rules: by (category or technique, component): driver and rule.
        scenarios: by scenario: level over year, one column per driver.
        published: by (category, year, status): price, gvo, ets, other.
    """

    drivers: pd.DataFrame
    rules: dict[tuple[str, str], tuple[str, str]]
    scenarios: dict[str, pd.DataFrame]
    published: pd.DataFrame


@dataclass(frozen=True)
class CategoryCorrections:
    """Corrections in EUR per unit over (category, year), by part.

    Attributes:
        categories: rows.
        years: columns.
        final, provisional: by part: price, gvo, ets, other.
    """

    categories: tuple[str, ...]
    years: NDArray[np.int64]
    final: dict[str, Array]
    provisional: dict[str, Array]


def load_prices(folder: Path | None = None) -> Prices:
    """Read the four tables of prices from a folder; by default from those that ship.

    Raises:
        InputError: every fault in the tables, at once.
    """
    place = folder or sdepp_folder()
    problems: list[Problem] = []
    drivers = read_table(place / "price_drivers.csv", DRIVER_COLUMNS, problems)
    rules = read_table(place / "correction_drivers.csv", RULE_COLUMNS, problems)
    scenarios = read_table(place / "price_scenarios.csv", SCENARIO_COLUMNS, problems)
    published = read_table(place / "corrections.csv", PUBLISHED_COLUMNS, problems)
    if not problems:
        problems += _meaning(drivers, rules, scenarios, published)
    if problems:
        raise InputError(problems)
    columns = (rules[name] for name in ("applies_to", "component", "driver", "rule"))
    followed = {
        (str(name), str(part)): (str(driver), str(rule))
        for names, part, driver, rule in zip(*columns, strict=True)
        for name in names
    }
    paths = {
        str(name): part.pivot(index="year", columns="driver", values="value").sort_index()
        for name, part in scenarios.groupby("scenario")
    }
    return Prices(drivers.set_index("driver"), followed, paths, published)


def _meaning(
    drivers: pd.DataFrame, rules: pd.DataFrame, scenarios: pd.DataFrame, published: pd.DataFrame
) -> list[Problem]:
    """Find names that are not known, and rows that say the same thing twice."""
    known = list(drivers["driver"])
    units = dict(zip(drivers["driver"], drivers["unit"], strict=True))
    found = []

    def fault(row: pd.Series, column: str, expected: str) -> None:
        found.append(Problem(str(row["_file"]), str(row["_row"]), column, str(row[column]), expected))

    for _, row in rules.iterrows():
        if (row["rule"] == "fixed") != (row["driver"] == ""):
            fault(row, "driver", "a driver, and none where the rule is fixed")
        elif row["driver"] and row["driver"] not in known:
            fault(row, "driver", "a driver of price_drivers.csv" + nearest(row["driver"], known))
    for _, row in scenarios.iterrows():
        if row["driver"] not in known:
            fault(row, "driver", "a driver of price_drivers.csv" + nearest(row["driver"], known))
        elif row["unit"] != units[row["driver"]]:
            fault(row, "unit", f"{units[row['driver']]}, as in price_drivers.csv")
    for name, part in scenarios.groupby("scenario"):
        for driver in sorted(set(known) - set(part["driver"])):
            found.append(Problem("price_scenarios.csv", "", "driver", "", f"the driver {driver} in scenario {name}"))
    of = ["table", "category", "year", "status"]
    for frame, key in ((scenarios, ["scenario", "driver", "year"]), (published, of)):
        for _, row in frame[frame.duplicated(key)].iterrows():
            fault(row, key[-3], f"one row per {', '.join(key[-3:])}")
    for _, row in published.iterrows():
        for part_name in PARTS[1:]:
            if row[part_name] < 0:
                fault(row, part_name, "a number of at least 0")
    return found


def with_scenario(prices: Prices, name: str, levels: pd.DataFrame) -> Prices:
    """Add a price scenario made elsewhere, such as from prices of the energy model.

    Args:
        prices: the tables.
        name: of the scenario; one of the same name is replaced.
        levels: one row per year (the index), one column per driver; between years on a line, outside them level.

    Raises:
        InputError: a driver is missing, not known or not finite.
    """
    known, given = set(prices.drivers.index), set(levels.columns)
    problems = [Problem(name, "", str(driver), "", "levels of this driver") for driver in sorted(known - given)]
    problems += [
        Problem(
            name, "", str(driver), str(driver), "a driver of price_drivers.csv" + nearest(str(driver), sorted(known))
        )
        for driver in sorted(given - known, key=str)
    ]
    problems += [
        Problem(name, str(year), str(driver), str(value), "a finite number")
        for driver in sorted(known & given)
        for year, value in levels[driver].items()
        if not np.isfinite(value)
    ]
    if problems or levels.empty:
        raise InputError(problems or [Problem(name, "", "", "", "levels in at least one year")])
    return replace(prices, scenarios={**prices.scenarios, name: levels.astype(float).sort_index()})


def capture_price(prices: ArrayLike, production: ArrayLike, imbalance: float = 0.0) -> Array:
    """Average market value of production less imbalance cost (Besluit SDE art. 14(2)), in the unit of the prices.

    Args:
        prices: by hour; their mean over the hours of production holds the cost of the profile.
        production: by hour, or over (profile, hour); fed into the grid.
        imbalance: cost per unit.

    Returns:
        One price per profile; not-a-number where nothing is produced.
    """
    made = np.atleast_2d(np.asarray(production, dtype=float))
    total = made.sum(axis=1)
    value = made @ np.asarray(prices, dtype=float)
    return np.divide(value, total, out=np.full_like(total, np.nan), where=total > 0) - imbalance


def driver_paths(prices: Prices, scenario: str, years: ArrayLike, inflation: float = 0.0) -> pd.DataFrame:
    """Levels of all drivers in a scenario, one row per year.

    Args:
        prices: the tables.
        scenario: name of the price scenario.
        years: calendar years.
        inflation: yearly rise laid over the scenario from 2025 on, share; amounts and floors are not indexed.

    Raises:
        InputError: no such scenario.
    """
    if scenario not in prices.scenarios:
        expected = "a scenario of price_scenarios.csv: " + ", ".join(prices.scenarios)
        raise InputError(
            [Problem("prices", "", "scenario", scenario, expected + nearest(scenario, list(prices.scenarios)))]
        )
    axis = np.asarray(years, dtype=float)
    table = prices.scenarios[scenario]
    raised = (1.0 + inflation) ** np.maximum(0.0, axis - PRICE_YEAR)
    columns = {}
    for driver in prices.drivers.index:
        points = table[driver].dropna()
        columns[driver] = np.interp(axis, points.index.to_numpy(float), points.to_numpy(float)) * raised
    return pd.DataFrame(columns, index=axis.astype(int))


def corrections_of(
    prices: Prices,
    categories: pd.DataFrame,
    scenario: str,
    years: Sequence[int] | NDArray[np.int64],
    inflation: float = 0.0,
) -> CategoryCorrections:
    """Corrections of categories in a price scenario.

    Args:
        prices: the tables.
        categories: open categories, from `categories.load_categories`.
        scenario: name of the price scenario.
        years: calendar years.
        inflation: yearly rise of prices from 2025 on, share.

    Raises:
        InputError: no such scenario, or no rule says what a category follows.
    """
    axis = np.asarray(years, dtype=np.int64)
    paths = driver_paths(prices, scenario, np.arange(axis[0] - 2, axis[-1] + 1), inflation)
    now = paths.loc[axis]
    earlier = EARLIER * paths.loc[axis - 2].to_numpy() + (1 - EARLIER) * paths.loc[axis - 1].to_numpy()
    before = pd.DataFrame(earlier, index=axis, columns=paths.columns)
    problems: list[Problem] = []
    points: dict[Any, Any] = prices.drivers.to_dict("index")
    final, provisional = ({part: np.zeros((len(categories), axis.size)) for part in PARTS} for _ in STATUSES)
    for place, (name, row) in enumerate(categories.iterrows()):
        for part in PARTS:
            names = (f"{row['table']}/{name}", str(name), str(row["technique"]))
            followed = next((prices.rules[key, part] for key in names if (key, part) in prices.rules), None)
            if followed is None:
                expected = f"a row for {row['technique']} with component {part}"
                problems.append(Problem("correction_drivers.csv", "", "applies_to", str(name), expected))
                continue
            for target, levels in ((final, now), (provisional, before)):
                target[part][place] = _part(points, row, part, *followed, levels)
    if problems:
        raise InputError(problems)
    _lay_published(prices.published, categories, axis, {"final": final, "provisional": provisional})
    return CategoryCorrections(tuple(map(str, categories.index)), axis, final, provisional)


def _part(points: dict[Any, Any], row: pd.Series, part: str, driver: str, rule: str, levels: pd.DataFrame) -> Array:
    """One part of the correction of a category by year, EUR per unit; parts other than the price at least 0."""
    printed = float(np.nan_to_num(row[f"correction_{part}"]))
    if rule == "fixed":
        return np.full(len(levels), printed)
    level = levels[driver].to_numpy()
    at_floor, provisional = _points(points[driver], str(row["table"]))
    if rule == "level":
        value = level
    elif rule == "proportional":
        value = printed * level / provisional
    else:
        rise = (printed - row["floor"]) / (provisional - at_floor)
        value = row["floor"] + rise * (level - at_floor)
    return np.asarray(value if part == "price" else np.maximum(0.0, value), dtype=float)


def _points(driver: dict[str, Any], table: str) -> tuple[float, float]:
    """Levels of a driver behind the floors and the provisional corrections that a table of categories prints."""
    own = (float(driver.get(f"at_floor_{table}", np.nan)), float(driver.get(f"provisional_{table}", np.nan)))
    return (float(driver["at_floor"]), float(driver["provisional_2024"])) if np.isnan(own).any() else own


def _lay_published(
    published: pd.DataFrame, categories: pd.DataFrame, years: NDArray[np.int64], target: dict[str, dict[str, Array]]
) -> None:
    """Put published corrections over those of the scenario."""
    keys = zip(categories["table"], categories.index, strict=True)
    rows = {(str(table), str(name)): place for place, (table, name) in enumerate(keys)}
    columns = {int(year): place for place, year in enumerate(years)}
    for row in published.itertuples():
        key = (str(row.table) or OWN_YEAR, str(row.category))
        place, year = rows.get(key), columns.get(int(float(str(row.year))))
        if place is not None and year is not None:
            for part in PARTS:
                target[str(row.status)][part][place, year] = getattr(row, part)


NegativeRule = Literal["all", "long_runs", "none"]
LONG_RUN = 6
"""Hours in a row; the older rule counts runs that are longer."""


def negative_hours(prices: ArrayLike, rule: NegativeRule = "all", run: int = LONG_RUN) -> NDArray[np.bool_]:
    """Hours in which nothing is subsidised (Besluit SDE art. 15(2)).

    Args:
        prices: day-ahead prices by hour, in order.
        rule: `all` negative hours (default; assumed for grants of 2024), `long_runs` of more than `run` hours (the
            rule for grants after 1 December 2015), or `none`.
        run: hours in a row.

    Raises:
        ValueError: the rule is not known.
    """
    negative = np.asarray(prices, dtype=float) < 0
    if rule == "none":
        return np.zeros_like(negative)
    if rule == "all":
        return negative
    if rule != "long_runs":
        raise ValueError(f"rule must be all, long_runs or none, not {rule!r}")
    edges = np.flatnonzero(np.diff(np.concatenate([[0], negative.astype(int), [0]])))
    held = np.zeros_like(negative)
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        held[begin:end] = end - begin > run
    return held


def negative_share(prices: ArrayLike, production: ArrayLike, rule: NegativeRule = "all", run: int = LONG_RUN) -> Array:
    """Part of production in hours that are not subsidised.

    Args:
        prices: day-ahead prices by hour.
        production: by hour, or over (project, hour); fed into the grid.
        rule: see `negative_hours`.
        run: hours in a row.

    Returns:
        A share per project; 0 where nothing is produced.
    """
    made = np.atleast_2d(np.asarray(production, dtype=float))
    total = made.sum(axis=1)
    without = made[:, negative_hours(prices, rule, run)].sum(axis=1)
    return np.divide(without, total, out=np.zeros_like(total), where=total > 0)
