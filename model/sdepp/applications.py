"""Applications of a round: what a row holds, what is refused in it, and what follows from it for the ranking.

A fault here is a fault of the file (an unknown category, an amount above the phase amount, a date outside the window):
all faults are listed and nothing is awarded.  What the law refuses in a sound file stands in `eligibility`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.categories import (
    AMOUNT_DECIMALS,
    UNITS,
    claim,
    lifetime_production,
    phase_amount,
    subsidy_intensity,
)
from model.sdepp.reading import Column, frame_of, nearest, read_table, records
from model.sdepp.rounds import Round
from model.sdepp.switches import DEFAULT, Switches

HOURS_OF_A_YEAR = 8784
TABLE = "applications"
"""What stands for the file name in faults of a frame that was made in Python."""

COLUMNS = (
    Column("application", meaning="id of the application"),
    Column("category", meaning="id of the category, see `sdepp categories`"),
    Column("address", meaning="where it is to stand; one application per category and address"),
    Column("capacity", "number", above=0, meaning="MW of output, or t CO2 per hour (CCS, CCU)"),
    Column("amount", "number", above=0, meaning="amount asked, EUR/kWh or EUR/t CO2, 4 decimals"),
    Column("received", "moment", meaning="moment of receipt, local Dutch time, such as 2024-09-10T09:00"),
    Column("completed", "moment", optional=True, meaning="moment when an incomplete application was complete"),
    Column("full_load_hours", "number", optional=True, above=0, meaning="net P50 hours of a wind project, h/year"),
    Column("region", optional=True, meaning="region of the grid"),
    Column("transport_indication", "flag", optional=True, meaning="yes: the grid has room (blank: none shown)"),
    Column("owner_consent", "flag", optional=True, meaning="the owner of the place consents (blank: yes)"),
    Column("investment_allowance", "flag", optional=True, meaning="energy investment allowance stated (blank: no)"),
    Column("other_subsidy", "flag", optional=True, meaning="SCE or hydrogen scale-up subsidy given (blank: no)"),
    Column("existing", "flag", optional=True, meaning="stands already (blank: no)"),
    Column("committed", "flag", optional=True, meaning="irreversible commitments were made (blank: no)"),
    Column("existing_allowed", "flag", optional=True, meaning="an exception of art. 8 holds (blank: no)"),
    Column("permits", "flag", optional=True, meaning="has the permits it needs (blank: yes)"),
    Column("feasible", "flag", optional=True, meaning="technically, financially and in time (blank: yes)"),
    Column("withdrawn", "flag", optional=True, meaning="withdrawn before the decision (blank: no)"),
    Column("cop", "number", optional=True, above=0, meaning="heat per electricity (process-integrated: saved heat)"),
    Column("supply_temperature", "number", optional=True, meaning="temperature of the heat at the user, degC"),
    Column("feed_in_capacity", "number", optional=True, minimum=0, meaning="extra contracted feed-in of panels, MW"),
    Column("electric_capacity", "number", optional=True, above=0, meaning="electric capacity of a boiler, MW"),
    Column("storage_capacity", "number", optional=True, minimum=0, meaning="thermal store of a boiler, MWh"),
    Column("grid_connection", "number", optional=True, minimum=0, meaning="connection of the site to the grid, MW"),
    Column("boilers_at_site", "number", optional=True, above=0, meaning="electric boilers on the site together, MW"),
    Column("production_hours", "number", optional=True, above=0, meaning="production hours a year, h"),
)
"""Columns of a table of applications; those that are optional may be left out."""

DEFAULTS = {
    "transport_indication": False,
    "owner_consent": True,
    "investment_allowance": False,
    "other_subsidy": False,
    "existing": False,
    "committed": False,
    "existing_allowed": False,
    "permits": True,
    "feasible": True,
    "withdrawn": False,
}
"""What a blank flag means."""


def read_applications(path: Path, held: Round | None = None, categories: pd.DataFrame | None = None) -> pd.DataFrame:
    """Read a user's table of applications.

    Args:
        path: CSV file with the columns of `COLUMNS`.
        held: a round to check against in the same report, with its `categories`; otherwise `prepare` does that.
        categories: as `load_categories` gives them.

    Returns:
        The applications, blank flags with their meaning.

    Raises:
        InputError: every fault of form, and with a round every fault of meaning besides.
    """
    problems: list[Problem] = []
    applications = with_defaults(read_table(path, COLUMNS, problems, keep_faulty=True))
    if held is not None and categories is not None:
        told = {(problem.row, problem.column) for problem in problems}
        try:
            prepare(applications, held, categories)
        except InputError as error:
            # A cell that could not be read is blank here, and its fault is told already.
            problems += [problem for problem in error.problems if (problem.row, problem.column) not in told]
    if not problems and applications.empty:
        problems.append(Problem(path.name, "2", "", "no rows", "at least one application"))
    if problems:
        raise InputError(problems)
    return applications


def applications_from(rows: pd.DataFrame | Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Make a table of applications from a frame or rows of Python values, such as generated candidates.

    Args:
        rows: with the columns of `COLUMNS` that are not optional, and any of the others; other columns are kept.

    Raises:
        InputError: missing columns, blanks and numbers that are none.
    """
    given = pd.DataFrame(rows).reset_index(drop=True)
    problems = [
        Problem(TABLE, "", column.name, "", f"the column {column.name}: {column.meaning}")
        for column in COLUMNS
        if column.name not in given and not column.optional
    ]
    if problems:
        raise InputError(problems)
    empty = frame_of([], COLUMNS)
    for column in COLUMNS:
        if column.name not in given:
            blank = pd.NaT if column.kind == "moment" else np.nan if column.kind == "number" else None
            given[column.name] = pd.Series(blank, index=given.index).astype(empty[column.name].dtype)
        elif column.kind in ("number", "moment"):
            given[column.name] = given[column.name].astype(empty[column.name].dtype)
    if "_row" not in given:
        given["_file"], given["_row"] = TABLE, np.arange(1, len(given) + 1)
    for column in COLUMNS:
        values = given[column.name]
        wrong = values.isna() & (not column.optional)
        if column.kind == "number":
            wrong |= ~np.isfinite(values) & ~values.isna()
            wrong |= values <= column.above if column.above is not None else False
        if column.kind == "flag":
            wrong |= values.notna() & ~values.isin([True, False])
        for row in records(given[wrong]):
            form = {"number": ": a finite number above 0", "flag": ", as True or False"}.get(column.kind, "")
            expected = column.meaning + form
            problems.append(
                Problem(str(row._file), str(row._row), column.name, str(getattr(row, column.name)), expected)
            )
    if problems:
        raise InputError(problems)
    return with_defaults(given)


def with_defaults(applications: pd.DataFrame) -> pd.DataFrame:
    """Give blank flags their meaning and blank texts an empty text."""
    filled = applications.copy()
    for name, value in DEFAULTS.items():
        column = filled[name].astype(object)
        filled[name] = column.where(column.notna(), value).astype(bool)
    for name in ("application", "category", "address", "region"):
        column = filled[name].astype(object)
        filled[name] = column.where(column.notna(), "").map(str)
    return filled


def prepare(
    applications: pd.DataFrame, held: Round, categories: pd.DataFrame, switches: Switches = DEFAULT
) -> pd.DataFrame:
    """Check applications against a round and its categories, and add what the ranking needs.

    Args:
        applications: as `read_applications` or `applications_from` give them.
        held: the round.
        categories: its categories, as `load_categories` gives them.
        switches: which hekje holds for a category that stands in two.

    Returns:
        The applications with `technique`, `domain`, `hekje` ("" outside the hekjes), `unit`, `phase`, `day` (of
        receipt), `phase_amount` (the most that may be asked, EUR/unit), `hours` (h/year), `intensity` (EUR/t), `claim`
        (EUR), `production` (units over the term), `co2` (t over the term), `term_years`, `realisation_years`.

    Raises:
        InputError: every fault in every row.
    """
    problems = _unknown(applications, categories)
    known = applications[applications["category"].isin(categories.index)]
    told = categories.loc[known["category"]].reset_index(drop=True)
    opened = told["open"].to_numpy(bool)
    for row in records(known[~opened]):
        problems.append(_fault(row, "category", row.category, f"a category that is open in round {held.round}"))
    known, told = known[opened], told[opened].reset_index(drop=True)
    made = _worked_out(known, told, held, switches)
    problems += _faults(made, told, held)
    if problems:
        raise InputError(problems)
    return made


def _fault(row: Any, column: str, value: object, expected: str) -> Problem:
    return Problem(str(row._file), str(row._row), column, str(value), expected)


def _unknown(applications: pd.DataFrame, categories: pd.DataFrame) -> list[Problem]:
    names = list(categories.index)
    problems = [
        _fault(row, "category", row.category, f"a category of the scheme{nearest(row.category, names)}")
        for row in records(applications[~applications["category"].isin(names)])
    ]
    first = applications.drop_duplicates("application").set_index("application")["_row"]
    for row in records(applications[applications.duplicated("application")]):
        expected = f"every application once (it stands in row {first[row.application]} too)"
        problems.append(_fault(row, "application", row.application, expected))
    return problems


def _worked_out(known: pd.DataFrame, told: pd.DataFrame, held: Round, switches: Switches) -> pd.DataFrame:
    made = known.reset_index(drop=True)
    for name in ("technique", "domain", "unit", "term_years", "realisation_years"):
        made[name] = told[name].to_numpy()
    which = 0 if switches.double_hekje == "first" else -1
    made["hekje"] = [words[which] if words else "" for words in told["hekjes"]]
    made["phase"] = held.phase_of(made["received"])
    counts_from = made["completed"].fillna(made["received"])
    made["day"] = held.receipt_day(counts_from)
    limit = held.limit_of(made["phase"].to_numpy(), told["hekjes"].map(bool).to_numpy(bool))
    made["phase_amount"] = phase_amount(told["base_amount"], told["long_term_price"], told["co2_factor"], limit)
    made["hours"] = told["full_load_hours"].fillna(made["full_load_hours"]).to_numpy()
    made["intensity"] = subsidy_intensity(made["amount"], told["long_term_price"], told["co2_factor"])
    size = (made["capacity"], made["hours"], told["term_years"], told["units_per_capacity"])
    made["claim"] = claim(made["amount"], told["floor"], *size)
    made["production"] = lifetime_production(*size)
    made["co2"] = made["production"] * told["co2_factor"]
    return made


def _faults(made: pd.DataFrame, told: pd.DataFrame, held: Round) -> list[Problem]:
    problems = []
    outside = made["phase"] == 0
    opens, closes = held.phases[0].opens, held.phases[-1].closes
    for row in records(made[outside]):
        problems.append(_fault(row, "received", row.received, f"a moment from {opens} to before {closes}"))
    early = made["completed"] < made["received"]
    for row in records(made[early]):
        problems.append(_fault(row, "completed", row.completed, f"a moment after receipt at {row.received}"))
    unknown = ~outside & made["phase_amount"].isna()
    for row in records(made[unknown]):
        expected = f"a phase whose limit is known: that of phase {row.phase} of round {held.round} is not"
        problems.append(_fault(row, "received", row.received, expected))
    above = made["amount"] > made["phase_amount"] + 0.5 * 10**-AMOUNT_DECIMALS * 1e-3
    for row in records(made[above]):
        expected = f"at most the amount of phase {row.phase}: {row.phase_amount:.4f} EUR/{row.unit}"
        problems.append(_fault(row, "amount", row.amount, expected))
    below = made["amount"] <= told["floor"]
    for row, floor in zip(records(made[below]), told["floor"][below], strict=True):
        expected = f"more than the floor of {floor:.4f} EUR/{row.unit}, at or below which nothing is paid"
        problems.append(_fault(row, "amount", row.amount, expected))
    own = told["hours_basis"] == "net_p50"
    given = made["full_load_hours"]
    for row in records(made[own & ~(given <= HOURS_OF_A_YEAR)]):
        found = "" if np.isnan(row.full_load_hours) else row.full_load_hours
        expected = f"net P50 full-load hours of the project, at most {HOURS_OF_A_YEAR}"
        problems.append(_fault(row, "full_load_hours", found, expected))
    for row in records(made[~own & given.notna() & (given != told["full_load_hours"])]):
        expected = f"blank, or the {row.hours:g} hours that the regulation sets"
        problems.append(_fault(row, "full_load_hours", row.full_load_hours, expected))
    return problems


CAPACITY_UNITS = dict(zip(UNITS, ("MW", "t CO2/h"), strict=True))
"""Unit of capacity by unit of production."""
