"""Categories of a round: amounts, hours, terms and factors of the regulation, and the three formulas that rest on them.

Source: Regeling aanwijzing categorieën duurzame energieproductie en klimaattransitie 2024 (BWBR0049998), art. 1-85 for
categories and domains, art. 87-92 for the amounts. Money per unit is EUR per kWh, or EUR per t CO2 where `unit` is
`t_CO2` (CCS and CCU); capacity is MW, or t CO2 per hour there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.reading import SOURCED, Column, read_table, sdepp_folder

HEKJES = ("high_temperature_heat", "low_temperature_heat", "molecules")
"""Domains with a reserved part of the budget (hekje), art. 1 and 3."""
DOMAINS = ("renewable_electricity", "combined_heat_and_power", "carbon_capture", *HEKJES)
UNITS = ("kWh", "t_CO2")
PHASES = (1, 2, 3, 4, 5)
PHASE_AMOUNTS = tuple(f"phase_{phase}_amount" for phase in PHASES)
AMOUNT_DECIMALS = 4
"""Decimals of amounts in the regulation, EUR per unit (art. 87)."""
INTENSITY_DECIMALS = 3
"""Decimals of the ranking amount, EUR/t (art. 88)."""

CORRECTIONS = ("price", "gvo", "ets", "other")
"""Parts of a correction (art. 89-92)."""
OWN_YEAR = "2024"
"""Year of the corrections in a table that is not named by its year."""

_ONCE_OPEN = (
    "unit",
    "base_amount",
    "floor",
    "long_term_price",
    "co2_factor",
    "hours_basis",
    "term_years",
    "realisation_years",
    *PHASE_AMOUNTS,
)
"""Columns that an open category fills."""

COLUMNS = (
    Column("category", meaning="id: article, paragraph and part of the regulation"),
    Column("name", meaning="English name"),
    Column("name_nl", meaning="Dutch name in the regulation"),
    Column("technique", meaning="group of categories with the same technique"),
    Column("domain", blank=True, allowed=DOMAINS, meaning="domain of the scheme"),
    Column("hekjes", "words", blank=True, allowed=HEKJES, meaning="hekjes that it belongs to; of two, the first holds"),
    Column("open", "flag", meaning="yes: open in this round"),
    Column("new", "flag", blank=True, meaning="yes: not open the round before; blank: not known"),
    Column("unit", blank=True, allowed=UNITS, meaning="unit of production: kWh or t_CO2 (captured)"),
    Column("base_amount", "number", blank=True, above=0, meaning="basisbedrag, EUR/unit"),
    Column("floor", "number", blank=True, minimum=0, meaning="price below which subsidy does not rise, EUR/unit"),
    Column("long_term_price", "number", blank=True, minimum=0, meaning="langetermijnprijs of the ranking, EUR/unit"),
    Column("co2_factor", "number", blank=True, above=0, meaning="omrekenfactor, t CO2 avoided per unit"),
    Column("full_load_hours", "number", blank=True, above=0, meaning="vollasturen, h/year; blank where net P50 holds"),
    Column("hours_basis", blank=True, allowed=("regulation", "net_p50"), meaning="whose hours: table or the project's"),
    Column("term_years", "number", blank=True, above=0, meaning="years of subsidy"),
    Column("feed_in_share", "number", blank=True, above=0, meaning="most feed-in per MW; blank: not PV or wind"),
    *(
        Column(f"phase_{p}_amount", "number", blank=True, above=0, meaning=f"printed amount of phase {p}")
        for p in PHASES
    ),
    Column("correction_2024_price", "number", blank=True, meaning="provisional of the year: energy price, EUR/unit"),
    Column("correction_2024_gvo", "number", blank=True, meaning="provisional: guarantees of origin, EUR/unit"),
    Column("correction_2024_ets", "number", blank=True, meaning="provisional: emission trading, EUR/unit"),
    Column("correction_2024_other", "number", blank=True, meaning="provisional: other, EUR/unit"),
    Column("correction_2024", "number", blank=True, meaning="provisional: sum of the parts, EUR/unit"),
    Column("excess_profit_threshold", "number", blank=True, above=0, meaning="opbrengstgrens, EUR/unit; blank: none"),
    Column("realisation_years", "number", blank=True, above=0, meaning="years from decision to first production"),
    Column("banks_over", "flag", optional=True, meaning="overproduction moves on; blank: not of wind, PV and boilers"),
    Column("own_use_paid", "flag", optional=True, meaning="own use is paid; blank: not of wind and PV"),
    *SOURCED,
)
"""Columns of the table of 2024; in that of another year the corrections bear its year."""


def load_categories(name: str = "2024", folder: Path | None = None) -> pd.DataFrame:
    """Read the categories of a year, open or not, as in `inputs/nl/sdepp/categories_<name>.csv`.

    Args:
        name: year of the table.
        folder: folder of the scheme's tables; by default those that ship.

    Returns:
        One row per category, indexed by `category`, with the columns of `COLUMNS`; 189 rows in 2024, 178 of them
        open, and 163 in 2023.  Added are `units_per_capacity` (units per hour at one unit of capacity: 1000 kWh per MW;
        1 t per t/h), `correction_price`, `_gvo`, `_ets` and `_other` (the provisional corrections of the table's year)
        and `table` (its name).

    Raises:
        InputError: every fault in the table, at once.
    """
    problems: list[Problem] = []
    year = name if name.isdigit() else OWN_YEAR
    columns = [replace(column, name=column.name.replace(OWN_YEAR, year)) for column in COLUMNS]
    frame = read_table((folder or sdepp_folder()) / f"categories_{name}.csv", columns, problems)
    for _, row in frame.iterrows():
        problems += _faults_in(row)
    if problems:
        raise InputError(problems)
    frame["units_per_capacity"] = np.where(frame["unit"] == "kWh", 1000.0, 1.0)
    for part in CORRECTIONS:
        frame[f"correction_{part}"] = frame[f"correction_{year}_{part}"]
    frame["table"] = name
    return frame.set_index("category", drop=False).rename_axis(None)


def _faults_in(row: pd.Series) -> list[Problem]:
    def problem(column: str, expected: str) -> Problem:
        return Problem(str(row["_file"]), str(row["_row"]), column, str(row[column]), expected)

    if not row["open"]:
        return []
    found = [problem(name, "a value, since the category is open") for name in _ONCE_OPEN if row[name] in ("", None)]
    numbers = [name for name in _ONCE_OPEN if isinstance(row[name], float) and np.isnan(row[name])]
    found += [problem(name, "a value, since the category is open") for name in numbers]
    if (row["hours_basis"] == "regulation") == bool(np.isnan(row["full_load_hours"])):
        found.append(problem("full_load_hours", "hours where hours_basis is regulation, blank where it is net_p50"))
    return found


def phase_amount(base_amount: Any, long_term_price: Any, co2_factor: Any, limit: Any) -> Any:
    """Give the largest amount that may be asked in a phase (fasebedrag, art. 87): `min(b, L + c e)`, 4 decimals.

    Args:
        base_amount: b, EUR/unit.
        long_term_price: L, EUR/unit.
        co2_factor: e, t CO2 per unit.
        limit: c, the phase's limit in EUR/t.

    Returns:
        EUR/unit, shape of the arguments together.
    """
    raw = np.minimum(base_amount, np.asarray(long_term_price) + np.asarray(limit) * np.asarray(co2_factor))
    return _rounded(raw, AMOUNT_DECIMALS)


def subsidy_intensity(amount: Any, long_term_price: Any, co2_factor: Any) -> Any:
    """Give the amount by which applications rank (rangschikkingsbedrag, art. 88): `(a - L) / e`, 3 decimals.

    Expected income from guarantees of origin and emission trading stands inside the long-term price.

    Args:
        amount: a, asked, EUR/unit.
        long_term_price: L, EUR/unit.
        co2_factor: e, t CO2 per unit.

    Returns:
        EUR per t CO2, shape of the arguments together; may be negative.
    """
    return _rounded((np.asarray(amount) - np.asarray(long_term_price)) / np.asarray(co2_factor), INTENSITY_DECIMALS)


def claim(
    amount: Any, floor: Any, capacity: Any, full_load_hours: Any, term_years: Any, units_per_capacity: Any
) -> Any:
    """Give what an application takes of the ceiling (Besluit SDE art. 16): `(a - f) capacity hours term`, in cents.

    Args:
        amount: a, EUR/unit.
        floor: f, EUR/unit.
        capacity: MW, or t CO2 per hour.
        full_load_hours: h/year.
        term_years: years.
        units_per_capacity: units per hour at one unit of capacity, see `load_categories`.

    Returns:
        EUR, rounded to cents, shape of the arguments together; zero where the amount is below the floor.
    """
    per_unit = np.maximum(np.asarray(amount) - np.asarray(floor), 0.0)
    return _rounded(per_unit * lifetime_production(capacity, full_load_hours, term_years, units_per_capacity), 2)


def lifetime_production(capacity: Any, full_load_hours: Any, term_years: Any, units_per_capacity: Any) -> Any:
    """Give the most production that is ever paid for, in units (kWh or t CO2 captured)."""
    return np.asarray(capacity) * full_load_hours * term_years * units_per_capacity


def _rounded(value: Any, decimals: int) -> Any:
    """Round half up; what floats hold of a half must not decide."""
    scale = 10.0**decimals
    return np.floor(np.asarray(value, dtype=float) * scale + 0.5 + 1e-7) / scale
