"""What falls away between application and production, by technique: a stated assumption, drawn or as expected value.

Two stages: `before_decision` (withdrawn, or refused on its merits: it counts in no order) and `after_award` (never
built).  The shares stand in inputs/nl/sdepp/attrition.csv, each with what it rests on; `other` holds for techniques
that are not named.  Delays are apart (realisation_delays.csv).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.categories import OWN_YEAR, load_categories
from model.sdepp.reading import SOURCED, Column, nearest, read_table, records, sdepp_folder
from model.sdepp.switches import uniform_lot

STAGES = ("before_decision", "after_award")
OTHER = "other"
EXTENSIVE = ("capacity", "claim", "production", "co2")
"""Columns that shrink with a share that falls away."""

COLUMNS = (
    Column("technique", meaning="technique of the categories, or other"),
    Column("stage", allowed=STAGES, meaning="when it falls away"),
    Column("share", "number", minimum=0, meaning="share of claims or capacity that falls away, 0 to 1"),
    Column("unit", allowed=("share",), meaning="share"),
    *SOURCED,
)


def load_attrition(folder: Path | None = None, categories: pd.DataFrame | None = None) -> pd.DataFrame:
    """Read the shares that fall away.

    Args:
        folder: folder of the scheme's tables; by default those that ship.
        categories: whose techniques there are; by default those of 2024.

    Returns:
        `share` by (`stage`, `technique`); every stage has `other`.

    Raises:
        InputError: every fault in the table, at once.
    """
    problems: list[Problem] = []
    frame = read_table((folder or sdepp_folder()) / "attrition.csv", COLUMNS, problems)
    table = load_categories() if categories is None else categories
    known = [OTHER, *dict.fromkeys([*table["technique"], *usual_techniques(folder)])]
    for row in records(frame):
        place = (row._file, str(row._row))
        if row.technique not in known:
            expected = f"a technique of the categories, or other{nearest(row.technique, known)}"
            problems.append(Problem(*place, "technique", row.technique, expected))
        if row.share > 1:
            problems.append(Problem(*place, "share", str(row.share), "a share of at most 1"))
    for row in records(frame[frame.duplicated(["stage", "technique"])]):
        problems.append(Problem(row._file, str(row._row), "technique", row.technique, "every technique once a stage"))
    for stage in STAGES:
        if not ((frame["stage"] == stage) & (frame["technique"] == OTHER)).any():
            problems.append(Problem("attrition.csv", "", "technique", "", f"a row for other, stage {stage}"))
    if problems:
        raise InputError(problems)
    return frame.set_index(["stage", "technique"])[["share", "source", "provenance", "note"]]


def usual_techniques(folder: Path | None = None) -> list[str]:
    """Techniques of the table of 2024, where a folder has it: assumptions hold for a technique in all years."""
    place = folder or sdepp_folder()
    return list(load_categories(folder=place)["technique"]) if (place / f"categories_{OWN_YEAR}.csv").is_file() else []


def share_lost(techniques: pd.Series, attrition: pd.DataFrame, stage: str) -> pd.Series:
    """Give the share that falls away at a stage for each technique, by the index of `techniques`."""
    shares = attrition.loc[stage]["share"]
    return techniques.map(shares).fillna(shares[OTHER]).astype(float)


def drawn(
    identities: Sequence[str] | pd.Series, techniques: pd.Series, attrition: pd.DataFrame, stage: str, seed: int
) -> pd.Series:
    """Draw what falls away at a stage: True for those lost, by the index of `techniques`.

    Each application has a lot of its own from its id and the seed, so that no order matters and an application that
    is lost at some share is lost at any higher one.
    """
    lots = uniform_lot(identities, seed, stage)
    return pd.Series(lots, index=techniques.index) < share_lost(techniques, attrition, stage)


def withdrawals(
    applications: pd.DataFrame, categories: pd.DataFrame, attrition: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Give the applications with those marked `withdrawn` that fall away before the decision, drawn by seed.

    Args:
        applications: as `read_applications` gives them.
        categories: their categories; an unknown category counts as `other`.
        attrition: as `load_attrition` gives it.
        seed: of the draw.
    """
    techniques = applications["category"].map(categories["technique"]).fillna(OTHER)
    lost = drawn(applications["application"], techniques, attrition, "before_decision", seed)
    return applications.assign(withdrawn=applications["withdrawn"] | lost)


def expected(rows: pd.DataFrame, attrition: pd.DataFrame, stage: str) -> pd.DataFrame:
    """Give rows as they are expected to remain: extensive columns times the share that does not fall away.

    Args:
        rows: with `technique` and any of capacity, claim, production and co2, such as awards.
        attrition: as `load_attrition` gives it.
        stage: `before_decision` or `after_award`.
    """
    stays = 1 - share_lost(rows["technique"], attrition, stage)
    return rows.assign(**{name: rows[name] * stays for name in EXTENSIVE if name in rows})
