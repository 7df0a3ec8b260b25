"""What is public of rounds that were held: asked and awarded, in all and by group, to hold a simulation against.

Table: realised_rounds.csv, each figure with its source and how it is to be read (`about`, `least`, `most`, `exact`).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.outcome import Outcome
from model.sdepp.reading import SOURCED, Column, nearest, read_table, records, sdepp_folder

STAGES = ("asked", "awarded")
UNITS = {"applications": "number", "claim": "million EUR", "capacity": "MW", "co2": "Mt/year"}
READINGS = ("exact", "about", "least", "most")
MILLION = 1e6

COLUMNS = (
    Column("round", meaning="year of the round"),
    Column("group", meaning="name of the group, for people"),
    Column("members", "words", blank=True, meaning="domains, techniques or categories in it; blank: all"),
    Column("stage", allowed=STAGES, meaning="asked, or awarded"),
    Column("measure", allowed=tuple(UNITS), meaning="what is counted"),
    Column("value", "number", minimum=0, meaning="the figure"),
    Column("reading", allowed=READINGS, meaning="exact; about; at least (more than, by a date); at most (almost)"),
    Column("unit", allowed=tuple(UNITS.values()), meaning="its unit"),
    *SOURCED,
)


def load_realised(folder: Path | None = None) -> pd.DataFrame:
    """Read what is public of rounds.

    Args:
        folder: folder of the scheme's tables; by default those that ship.

    Returns:
        The rows of realised_rounds.csv, in its order.

    Raises:
        InputError: every fault in the table, at once.
    """
    problems: list[Problem] = []
    table = read_table((folder or sdepp_folder()) / "realised_rounds.csv", COLUMNS, problems)
    for row in records(table):
        if row.unit != UNITS[row.measure]:
            problems.append(
                Problem(row._file, str(row._row), "unit", row.unit, f"{UNITS[row.measure]} of {row.measure}")
            )
    for row in records(table[table.duplicated(["round", "group", "stage", "measure"])]):
        problems.append(Problem(row._file, str(row._row), "group", row.group, "every figure once"))
    if problems:
        raise InputError(problems)
    return table


def beside(realised: pd.DataFrame, outcome: Outcome, categories: pd.DataFrame) -> pd.DataFrame:
    """Lay a simulated round beside the realised one.

    Args:
        realised: rows of `load_realised` of that round.
        outcome: the round as it was simulated.
        categories: its categories.

    Returns:
        One row per figure: group, stage, measure, unit, reading, realised, simulated, ratio (simulated over realised),
        and of claims the shares in percent of all that was asked or awarded: share_realised, share_simulated.

    Raises:
        InputError: a member that no domain, technique or category is called.
    """
    known = {*categories["domain"], *categories["technique"], *categories.index}
    problems = [
        Problem(
            row._file, str(row._row), "members", name, f"a domain, technique or category{nearest(name, sorted(known))}"
        )
        for row in records(realised)
        for name in row.members
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    whole = {stage: _claim(realised, stage) for stage in STAGES}
    rows = []
    for row in records(realised):
        found = _counted(outcome, row.members, row.stage, row.measure)
        of_all = [whole[row.stage], _counted(outcome, (), row.stage, row.measure)]
        claims = row.measure == "claim"
        rows.append(
            {
                **{name: getattr(row, name) for name in ("group", "stage", "measure", "unit", "reading")},
                "realised": row.value,
                "simulated": found,
                "ratio": found / row.value if row.value else float("nan"),
                "share_realised": 100 * row.value / of_all[0] if claims and of_all[0] else float("nan"),
                "share_simulated": 100 * found / of_all[1] if claims and of_all[1] else float("nan"),
            }
        )
    return pd.DataFrame(rows).set_index(["group", "stage", "measure"])


def _claim(realised: pd.DataFrame, stage: str) -> float:
    """All that was asked or awarded, million EUR; 0 where it is not public."""
    rows = realised[(realised["group"] == "all") & (realised["stage"] == stage) & (realised["measure"] == "claim")]
    return float(rows["value"].sum())


def _counted(outcome: Outcome, members: tuple[str, ...], stage: str, measure: str) -> float:
    """One figure of a simulated round, in the unit of the table."""
    rows = outcome.applications if stage == "asked" else outcome.awards
    if members:
        inside = rows["domain"].isin(members) | rows["technique"].isin(members) | rows["category"].isin(members)
        rows = rows[inside]
    if measure == "applications":
        return float(len(rows))
    if measure == "capacity":
        return float(rows["capacity"].sum())
    if measure == "co2":
        return float((rows["co2"] / rows["term_years"]).sum()) / MILLION
    return float(rows["claim"].sum()) / MILLION
