"""A simulated round beside what became of the real one: which assumptions on candidates hold, and which do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.attrition import withdrawals
from model.sdepp.outcome import Outcome
from model.sdepp.reading import nearest, records
from model.sdepp.realised import MILLION, beside
from model.studies.sdepp_questions import Answer

if TYPE_CHECKING:
    from model.studies.sdepp_questions import Tender

LEAST_CLAIM = 0.5
"""Million EUR below which the simulation has none of a group."""


def outcomes(
    realised: pd.DataFrame, held: Sequence[Tender], attrition: pd.DataFrame | None, seed: int, rounds: Sequence[str]
) -> Answer:
    """Lay simulated rounds beside the realised ones.

    Args:
        realised: as `model.sdepp.realised.load_realised` gives them.
        held: the rounds that can be simulated, each with its applications.
        attrition: what falls away before the decision, drawn by seed; None: nothing.
        seed: of that draw.
        rounds: the rounds that are asked for; those that nobody can simulate are listed as they were.

    Raises:
        InputError: a round of which nothing is public.
    """
    known = list(dict.fromkeys(realised["round"]))
    wrong = [name for name in rounds if name not in known]
    if wrong:
        expected = f"one of {', '.join(known)}"
        raise InputError([Problem("--rounds", "", "", name, expected + nearest(name, known)) for name in wrong])
    tables: dict[str, pd.DataFrame] = {}
    findings: list[str] = []
    for tender in held:
        name = tender.round.round
        outcome = _held(tender, attrition, seed)
        tables[f"round_{name}"] = table = beside(realised[realised["round"] == name], outcome, tender.categories)
        findings += _said(name, table, outcome)
    simulated = [tender.round.round for tender in held]
    others = realised[realised["round"].isin([name for name in rounds if name not in simulated])]
    if len(others):
        columns = ["round", "group", "stage", "measure", "value", "reading", "unit"]
        tables["held_but_not_simulated"] = others[columns].set_index(columns[:4])
        findings.append("Rounds before 2023 had other categories and no hekjes: they are listed, and not simulated.")
    sentences = [sentence for tender in held[:1] for sentence in tender.assumptions]
    return Answer(
        "outcomes",
        f"How do simulated rounds compare with those that were held ({', '.join(rounds)})?",
        tuple(findings),
        (
            *sentences,
            "What falls away before the decision is drawn by seed, the same share of all techniques (attrition.csv)."
            if attrition is not None
            else "Nothing falls away before the decision.",
            "Realised figures are those of realised_rounds.csv; awards by domain of 2023 and 2024 were not found.",
        ),
        tables,
    )


def _held(tender: Tender, attrition: pd.DataFrame | None, seed: int) -> Outcome:
    if attrition is None:
        return tender.held()
    lost = withdrawals(tender.applications, tender.categories, attrition, seed)
    return replace(tender, applications=lost).held()


def _said(name: str, table: pd.DataFrame, outcome: Outcome) -> list[str]:
    """What agrees and what does not, a sentence each."""
    rows = table.reset_index()
    claims = rows[(rows["measure"] == "claim") & (rows["stage"] == "asked")]
    sentences = []
    for row in records(claims[claims["group"] == "all"]):
        sentences.append(
            f"Round {name}: {row.realised:,.0f} million EUR were asked, {row.simulated:,.0f} in the simulation "
            f"({row.ratio:.2f} times); the ceiling is {outcome.round.ceiling / MILLION:,.0f}."
        )
    parts = claims[(claims["group"] != "all") & claims["reading"].isin(["exact", "about", "most"])]
    gaps = [(abs(row.share_simulated - row.share_realised), row) for row in records(parts)]
    for _, far in sorted((pair for pair in gaps if pair[0] >= 0), key=lambda pair: -pair[0])[:1]:
        sentences.append(
            f"Round {name}, shares of what is asked: furthest apart is {far.group}, {far.share_realised:.1f} % really "
            f"and {far.share_simulated:.1f} % in the simulation."
        )
    none = parts[(parts["simulated"] < LEAST_CLAIM) & (parts["realised"] > LEAST_CLAIM)]
    if len(none):
        sentences.append(f"Round {name}: the simulation draws no project of {', '.join(none['group'])}.")
    return sentences
