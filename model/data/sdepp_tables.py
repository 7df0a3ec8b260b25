"""The tables of the SDE++ scheme that the program needs: law from `model.sdepp`, and what of the model it serves."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from model.data.cells import nearest
from model.errors import InputError, Problem
from model.sdepp.attrition import load_attrition
from model.sdepp.categories import PHASES, load_categories
from model.sdepp.equivalents import load_equivalents
from model.sdepp.prices import Prices, load_prices
from model.sdepp.reading import SOURCED, Column, read_table, records
from model.sdepp.rounds import Round, load_rounds
from model.sdepp.terms import load_boiler_hours

if TYPE_CHECKING:
    import pandas as pd

    from model.scenario.sdepp import Sdepp

SERVED, COMPANION = "served", "companion"
CAPTURED = "captured_co2"
MILLION = 1e6

SERVICE_COLUMNS = (
    Column("category", meaning="category of the scheme"),
    Column("technology", meaning="technology of the model"),
    Column("role", allowed=(SERVED, COMPANION), meaning="served: built with it; companion: must stand beside it"),
    Column("places", "words", blank=True, meaning="regions or nodes where it holds; blank: wherever it may be built"),
    Column("paid_output", blank=True, meaning=f"carrier whose output is paid, or {CAPTURED}; blank for companions"),
    Column("capacity_per_award", "number", above=0, meaning="capacity that a unit of award takes, beside its output"),
    Column("offered_share", "number", blank=True, minimum=0, meaning="part of what may still be built that is offered"),
    Column("offered_max", "number", blank=True, minimum=0, meaning="most that is offered per node and round"),
    Column("cop_min", "number", blank=True, above=0, meaning="least output per electricity over the year"),
    Column("cop_max", "number", blank=True, above=0, meaning="most output per electricity over the year"),
    Column("unit", allowed=("MW", "t/h", "MWh"), meaning="unit of offered_max and of the award; of the companion"),
    *SOURCED,
)
TERM_COLUMNS = (
    Column("category", meaning="category of the scheme"),
    Column("phase", "number", minimum=1, meaning="phase in which it asks"),
    Column("amount_asked", "number", blank=True, above=0, meaning="EUR per unit; blank: the phase amount"),
    Column("build_without_award", "flag", meaning="yes: what it serves may be built without an award too"),
    Column("production_hours_max", "number", blank=True, above=0, meaning="most production hours a year"),
    Column("installation_max", "number", blank=True, above=0, meaning="largest award of one installation"),
    Column("installations_per_node", "number", blank=True, minimum=0, meaning="eligible sites at a node"),
    Column("project_size", "number", blank=True, above=0, meaning="award of one project, where projects are whole"),
    Column("unit", allowed=("MW", "t/h"), meaning="unit of the award"),
    *SOURCED,
)


@dataclass(frozen=True)
class SdeppTables:
    """What the scheme says and whom it serves.

    Attributes:
        rounds: the scenario's rounds by id.
        categories: by round, its open categories.
        services: rows of category_technologies.csv.
        terms: award_terms.csv by category.
        boiler_hours: by category and year, hours that count.
        attrition: shares by (stage, technique).
        prices: what payments are reckoned from.
    """

    rounds: dict[str, Round]
    categories: dict[str, pd.DataFrame]
    services: pd.DataFrame
    terms: pd.DataFrame
    boiler_hours: dict[str, dict[int, float]]
    attrition: pd.DataFrame
    prices: Prices


def read_sdepp(folder: Path, settings: Sdepp) -> tuple[SdeppTables, dict[str, str]]:
    """Read the scheme for a scenario.

    Args:
        folder: folder of the scheme's tables, `inputs/<data>/sdepp`.
        settings: rounds, ceilings and hekjes of the scenario.

    Returns:
        The tables, and the SHA-256 of each file by `sdepp/<file>`.

    Raises:
        InputError: every fault of a table, or a round that no table can stand for.
    """
    from model.data.tables import checksum

    rounds = chosen_rounds(load_rounds(folder), settings, load_equivalents(folder))
    known = {name: load_categories(name, folder) for name in {made.categories for made in rounds.values()}}
    categories = {name: known[made.categories][known[made.categories]["open"]] for name, made in rounds.items()}
    problems: list[Problem] = []
    services = read_table(folder / "category_technologies.csv", SERVICE_COLUMNS, problems)
    terms = read_table(folder / "award_terms.csv", TERM_COLUMNS, problems)
    if not problems:
        problems += _meaning(services, terms, categories)
    if problems:
        raise InputError(problems)
    table = next(iter(categories.values()))
    found = SdeppTables(
        rounds=rounds,
        categories=categories,
        services=services,
        terms=terms.set_index("category"),
        boiler_hours=load_boiler_hours(folder, table),
        attrition=load_attrition(folder, table),
        prices=load_prices(folder),
    )
    return found, {f"sdepp/{path.name}": checksum(path) for path in sorted(folder.glob("*.csv"))}


def chosen_rounds(known: dict[str, Round], settings: Sdepp, older: Container[str] = ()) -> dict[str, Round]:
    """The rounds of a scenario: those of the tables, or like the last one before, with its ceilings and hekjes.

    Args:
        known: rounds of the tables.
        settings: of the scenario.
        older: tables of categories that other names hold in than in the tables of awards; their rounds are not known.

    Raises:
        InputError: a round before all that the tables know in full, or reserves above a ceiling.
    """
    full = {name: made for name, made in known.items() if made.categories and made.categories not in older}
    problems: list[Problem] = []
    rounds: dict[str, Round] = {}
    for year, ceiling in sorted(settings.rounds.items()):
        before = [name for name in sorted(full) if int(name) <= year]
        if not before:
            expected = f"a year from {min(full, default='?')} on: the first round whose awards the tables know"
            problems.append(Problem("scenario", "", f"sdepp.rounds.{year}", str(year), expected))
            continue
        like = full[before[-1]]
        if str(year) not in full and ceiling is None:
            expected = "a ceiling in million EUR: no table holds this round"
            problems.append(Problem("scenario", "", f"sdepp.rounds.{year}", "null", expected))
            continue
        hekjes = dict(like.hekjes)
        if settings.hekje is not None:
            hekjes = {name: settings.hekje * MILLION for name in hekjes} if settings.hekje else {}
        try:
            rounds[str(year)] = like.but(
                round=str(year), ceiling=like.ceiling if ceiling is None else ceiling * MILLION, hekjes=hekjes
            )
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return rounds


def _meaning(services: pd.DataFrame, terms: pd.DataFrame, categories: dict[str, pd.DataFrame]) -> Iterable[Problem]:
    """Names that are not known, rows that stand twice, and offers of which nobody knows how large they are."""
    known = sorted({str(name) for table in categories.values() for name in table.index})
    for frame, key in ((services, ["category", "technology"]), (terms, ["category"])):
        for row in records(frame[frame.duplicated(key)]):
            yield Problem(row._file, str(row._row), key[-1], str(getattr(row, key[-1])), "every key once")
        for row in records(frame[~frame["category"].isin(known)]):
            expected = f"an open category of the rounds{nearest(row.category, known)}"
            yield Problem(row._file, str(row._row), "category", row.category, expected)
    for row in records(services):
        if not (terms["category"] == row.category).any():
            yield Problem(
                row._file, str(row._row), "category", row.category, "a category with a row in award_terms.csv"
            )
        if (row.role == SERVED) != bool(row.paid_output):
            expected = "what is paid for of a served technology, and a blank for a companion"
            yield Problem(row._file, str(row._row), "paid_output", row.paid_output, expected)
        if row.offered_share > 1:
            yield Problem(row._file, str(row._row), "offered_share", str(row.offered_share), "a share of at most 1")
        if row.role == SERVED and row.offered_share != row.offered_share and row.offered_max != row.offered_max:
            yield Problem(row._file, str(row._row), "offered_max", "", "offered_share, offered_max or both")
    for row in records(terms):
        if row.phase not in PHASES:
            yield Problem(row._file, str(row._row), "phase", f"{row.phase:g}", "a phase, 1 to 5")
        if (row.installation_max == row.installation_max) != (row.installations_per_node == row.installations_per_node):
            expected = "both installation_max and installations_per_node, or neither"
            yield Problem(row._file, str(row._row), "installations_per_node", "", expected)
