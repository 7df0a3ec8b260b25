"""Awards for the cash table: rounds to come with an assumed mix of categories, a user's table, or the tender's own.

Every way ends in the same frame, one row per award, with the columns of `AWARD_COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.categories import OWN_YEAR
from model.sdepp.grants import MONTHS
from model.sdepp.reading import PLACE, SOURCED, Column, nearest, read_table, sdepp_folder

ROUND_COLUMNS = (
    Column("round", meaning="id of the round"),
    Column("ceiling", "number", above=0, meaning="EUR"),
    Column("awarded_share", "number", minimum=0, meaning="part of the ceiling that is awarded"),
    Column("decision", "moment", meaning="when awards are decided, such as 2025-03-01T00:00"),
    Column("portfolio", meaning="mix of categories, see award_portfolios.csv"),
    Column("extension_years", "number", minimum=0, meaning="longest extension of the deadline, years"),
    Column("unit", meaning="EUR, share, years"),
    Column("categories", optional=True, meaning="table of its categories; blank: 2024"),
    Column("by_default", "flag", optional=True, meaning="whether it stands in the table unasked; blank: yes"),
    *SOURCED,
)
PORTFOLIO_COLUMNS = (
    Column("portfolio", meaning="name of the mix"),
    Column("category", meaning="category"),
    Column("share_of_claims", "number", minimum=0, meaning="part of the awarded claims"),
    Column("full_load_hours", "number", blank=True, above=0, meaning="h/year where the net P50 of the project holds"),
    Column("unit", meaning="share, h"),
    *SOURCED,
)
GRANT_COLUMNS = (
    Column("grant", meaning="name of the grant"),
    Column("round", meaning="id of a round of cash_rounds.csv"),
    Column("category", meaning="category"),
    Column("amount", "number", above=0, meaning="amount in the decision, EUR per unit"),
    Column("capacity", "number", above=0, meaning="MW, or t CO2 per hour"),
    Column("full_load_hours", "number", optional=True, above=0, meaning="h/year; blank: of the category"),
    Column("decision", "moment", optional=True, meaning="when it was decided; blank: of the round"),
    Column("delay_years", "number", optional=True, meaning="first production after the deadline; blank: as assumed"),
    Column("production_factor", "number", optional=True, minimum=0, meaning="blank: as assumed"),
    Column("own_use_share", "number", optional=True, minimum=0, meaning="blank: as assumed"),
)
TENDER_COLUMNS = (
    Column("application", meaning="id of the application"),
    Column("category", meaning="category"),
    Column("capacity", "number", above=0, meaning="MW, or t CO2 per hour"),
    Column("hours", "number", above=0, meaning="h/year"),
    Column("amount", "number", above=0, meaning="amount asked, EUR per unit"),
    Column("awarded", allowed=("True", "False"), meaning="whether it was awarded"),
    Column("share_built", "number", optional=True, minimum=0, meaning="part that is built; blank: as assumed"),
)
EARLIER_COLUMNS = (
    Column("year", "number", minimum=2000, meaning="calendar year"),
    Column("value", "number", minimum=0, meaning="payments on grants of rounds that are not chosen, million EUR"),
    Column("source", optional=True, meaning="where the figure stands"),
    Column("note", optional=True, meaning="remarks"),
)
AWARD_COLUMNS = (
    "round",
    "category",
    "amount",
    "capacity",
    "full_load_hours",
    "decided",
    "extension_years",
    "delay_years",
    "production_factor",
    "own_use_share",
    "built_share",
)
"""`decided` is a month, 12 * year + month - 1; blanks are not-a-number; capacity is in MW or t/h."""


def load_cash_rounds(folder: Path | None = None) -> pd.DataFrame:
    """Read cash_rounds.csv, indexed by round; `decided` is the month of the decision, `categories` never blank.

    Raises:
        InputError: every fault in the table.
    """
    problems: list[Problem] = []
    table = read_table((folder or sdepp_folder()) / "cash_rounds.csv", ROUND_COLUMNS, problems)
    for _, row in table[table["awarded_share"] > 1].iterrows():
        place = (str(row["_file"]), str(row["_row"]), "awarded_share", str(row["awarded_share"]))
        problems.append(Problem(*place, "a share of at most 1"))
    for _, row in table[table.duplicated("round")].iterrows():
        problems.append(Problem(str(row["_file"]), str(row["_row"]), "round", str(row["round"]), "every round once"))
    if problems:
        raise InputError(problems)
    told = {
        "decided": month_of(table["decision"]),
        "categories": table["categories"].replace("", OWN_YEAR),
        "by_default": table["by_default"].map(lambda value: value is not False),
    }
    return table.assign(**told).set_index("round", drop=False).rename_axis(None)


def month_of(moments: pd.Series) -> pd.Series:
    """Give months as 12 * year + month - 1; not-a-number where blank."""
    return moments.dt.year * MONTHS + moments.dt.month - 1.0


def chosen_rounds(rounds: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Pick rounds by id; where none is named, those that stand in the table unasked.

    Raises:
        InputError: a round is not known, or named twice.
    """
    known = [str(name) for name in rounds.index]
    problems = [
        Problem("rounds", "", "round", name, "a round of cash_rounds.csv: " + ", ".join(known) + nearest(name, known))
        for name in names
        if name not in known
    ]
    problems += [
        Problem("rounds", "", "round", name, "every round once") for name in sorted(set(names)) if names.count(name) > 1
    ]
    if problems:
        raise InputError(problems)
    return rounds.loc[list(names)] if names else rounds[rounds["by_default"].astype(bool)]


def portfolio_awards(
    rounds: pd.DataFrame, terms: pd.DataFrame, base: pd.Series, folder: Path | None = None
) -> pd.DataFrame:
    """Awards of rounds with an assumed mix: one award per category, at its base amount.

    Args:
        rounds: rounds of `load_cash_rounds`.
        terms: by category, from `terms.payment_terms`.
        base: base amount by category, EUR per unit.
        folder: folder of the scheme's tables; by default those that ship.

    Returns:
        A frame with `AWARD_COLUMNS`; claims of a round add up to its ceiling times its awarded share.

    Raises:
        InputError: faults in award_portfolios.csv.
    """
    problems: list[Problem] = []
    mix = read_table((folder or sdepp_folder()) / "award_portfolios.csv", PORTFOLIO_COLUMNS, problems)
    for _, row in mix[mix["portfolio"].isin(list(rounds["portfolio"]))].iterrows():
        problems += _faults_of(row, terms, base)
    sums = mix.groupby("portfolio")["share_of_claims"].sum()
    for name in sorted(set(rounds["portfolio"])):
        if abs(sums.get(name, 0.0) - 1.0) > 1e-9 and not problems:
            found = f"{sums.get(name, 0.0):g}"
            expected = f"shares of portfolio {name} that add up to 1"
            problems.append(Problem("award_portfolios.csv", "", "share_of_claims", found, expected))
    if problems:
        raise InputError(problems)
    both = rounds.reset_index(drop=True).merge(
        mix.drop(columns=["unit", "source", "provenance", "note", *PLACE]), on="portfolio"
    )
    told = terms.loc[both["category"]].reset_index(drop=True)
    amount = base.loc[both["category"]].to_numpy(float)
    hours = both["full_load_hours"].where(told["full_load_hours"].isna(), told["full_load_hours"]).to_numpy(float)
    claim = (both["ceiling"] * both["awarded_share"] * both["share_of_claims"]).to_numpy(float)
    per_capacity = (amount - told["floor"].to_numpy()) * hours * told["term"].to_numpy()
    capacity = claim / per_capacity / told["units_per_capacity"].to_numpy()
    made = both.assign(amount=amount, capacity=capacity, full_load_hours=hours)
    kept = made[made["capacity"] > 0].reset_index(drop=True)
    return kept.reindex(columns=list(AWARD_COLUMNS))


def _faults_of(row: pd.Series, terms: pd.DataFrame, base: pd.Series) -> list[Problem]:
    name = str(row["category"])
    place = (str(row["_file"]), str(row["_row"]))
    if name not in terms.index:
        expected = "an open category" + nearest(name, [str(key) for key in terms.index])
        return [Problem(*place, "category", name, expected)]
    found = []
    own: dict[Any, Any] = terms.loc[name].to_dict()
    if np.isnan(own["full_load_hours"]) and np.isnan(row["full_load_hours"]):
        expected = "hours a year: the category has the net P50 of the project"
        found.append(Problem(*place, "full_load_hours", "", expected))
    amount = float(row["amount"]) if "amount" in row else float(base[name])
    if amount <= own["floor"]:
        expected = f"more than the floor price {own['floor']:g}: there is nothing to claim below it"
        found.append(Problem(*place, "amount", f"{amount:g}", expected))
    return found


def read_grants(
    path: Path,
    rounds: pd.DataFrame,
    terms: pd.DataFrame | Mapping[str, pd.DataFrame],
    base: pd.Series | Mapping[str, pd.Series],
) -> pd.DataFrame:
    """Read a user's table of grants (columns: `GRANT_COLUMNS`).

    Args:
        path: CSV file.
        rounds: rounds of `load_cash_rounds` that are chosen.
        terms: by category, from `terms.payment_terms`; or that by table of categories.
        base: base amount by category, EUR per unit; or that by table of categories.

    Returns:
        A frame with `AWARD_COLUMNS`.

    Raises:
        InputError: every fault in every row; nothing is reckoned then.
    """
    problems: list[Problem] = []
    table = read_table(path, GRANT_COLUMNS, problems)
    known = [str(name) for name in rounds.index]
    if table.empty and not problems:
        problems.append(Problem(path.name, "", "grant", "", "at least one grant"))
    for _, row in table.iterrows():
        place = (str(row["_file"]), str(row["_row"]))
        named = str(rounds.at[row["round"], "categories"]) if row["round"] in known else OWN_YEAR
        own_terms = terms if isinstance(terms, pd.DataFrame) else terms[named]
        own_base = base if isinstance(base, pd.Series) else base[named]
        problems += _faults_of(row, own_terms, own_base)
        if row["round"] not in known:
            expected = "a round of cash_rounds.csv that is chosen" + nearest(row["round"], known)
            problems.append(Problem(*place, "round", row["round"], expected))
        if row["category"] in own_base.index and row["amount"] > own_base[row["category"]] + 1e-9:
            expected = f"at most the base amount {own_base[row['category']]:g}"
            problems.append(Problem(*place, "amount", f"{row['amount']:g}", expected))
        if row["own_use_share"] > 1:
            problems.append(Problem(*place, "own_use_share", f"{row['own_use_share']:g}", "a share of at most 1"))
    for _, row in table[table.duplicated("grant")].iterrows():
        problems.append(Problem(str(row["_file"]), str(row["_row"]), "grant", row["grant"], "every grant once"))
    if problems:
        raise InputError(problems)
    told = rounds.loc[table["round"]].reset_index(drop=True)
    table["decided"] = month_of(table["decision"]).fillna(told["decided"])
    table["extension_years"] = told["extension_years"]
    return table.reindex(columns=list(AWARD_COLUMNS))


def awards_of_tender(awards: pd.DataFrame, name: str, rounds: pd.DataFrame) -> pd.DataFrame:
    """Awards of a tender that was held (`Outcome.awards`) as awards of a round.

    Args:
        awards: columns category, amount, capacity, hours; and, where it is known, share_built.
        name: id of the round in `rounds`.
        rounds: from `load_cash_rounds`.

    Returns:
        A frame with `AWARD_COLUMNS`.

    Raises:
        InputError: no such round.
    """
    of = chosen_rounds(rounds, [name]).iloc[0]
    told = {"round": name, "decided": of["decided"], "extension_years": of["extension_years"]}
    made = awards.rename(columns={"hours": "full_load_hours", "share_built": "built_share"}).assign(**told)
    return made.reset_index(drop=True).reindex(columns=list(AWARD_COLUMNS))


def read_tender(path: Path, name: str, rounds: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """Read the awards in the file `applications.csv` that `sdepp tender` writes; other columns are left aside.

    Returns:
        A frame with `AWARD_COLUMNS`.

    Raises:
        InputError: every fault in every row, or no such round.
    """
    known = {column.name for column in TENDER_COLUMNS}
    first = path.read_text(encoding="utf-8-sig").split("\n", 1)[0] if path.is_file() else ""
    others = [Column(word.strip(), blank=True) for word in first.split(",") if word.strip() not in known]
    problems: list[Problem] = []
    table = read_table(path, [*TENDER_COLUMNS, *others], problems)
    won = table[table["awarded"] == "True"]
    for _, row in won[~won["category"].isin(terms.index)].iterrows():
        expected = "an open category" + nearest(row["category"], [str(key) for key in terms.index])
        problems.append(Problem(str(row["_file"]), str(row["_row"]), "category", row["category"], expected))
    if problems:
        raise InputError(problems)
    return awards_of_tender(won, name, rounds)


def read_earlier(path: Path) -> pd.Series:
    """Read payments on grants of rounds that are not chosen, million EUR by year (columns: `EARLIER_COLUMNS`).

    Raises:
        InputError: every fault in the table.
    """
    problems: list[Problem] = []
    table = read_table(path, EARLIER_COLUMNS, problems)
    for _, row in table[table.duplicated("year")].iterrows():
        problems.append(Problem(str(row["_file"]), str(row["_row"]), "year", f"{row['year']:g}", "every year once"))
    if problems:
        raise InputError(problems)
    return table.set_index(table["year"].astype(int))["value"].astype(float)
