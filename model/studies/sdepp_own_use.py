"""Own use against feed-in: roofs that use part of their power themselves, and what the scheme then pays.

Nothing is paid for what PV does not feed in, while a kWh of own use saves the retail price.  So a roof that uses the
share `o` itself covers its cost `c` with an amount `a` where `o x retail + (1 - o) x a = c`: it asks less, ranks
better, and is paid for less.  Its claim on the ceiling still counts all full-load hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.errors import InputError, Problem
from model.studies.sdepp_candidates import candidates
from model.studies.sdepp_names import BRACKET, SHARES
from model.studies.sdepp_paid import paid
from model.studies.sdepp_projects import load_assumptions
from model.studies.sdepp_questions import MILLION, Answer, told

if TYPE_CHECKING:
    from pathlib import Path

    from model.sdepp.cash import Scheme
    from model.studies.sdepp_world import Ground

ROOFS = "23_1_a_"
"""Categories of PV on buildings."""


def amount_needed(cost: Any, share: float, retail: float) -> Any:
    """Give the amount that covers a cost with some own use: `(c - o retail) / (1 - o)`, EUR/kWh.

    Args:
        cost: c, EUR per kWh produced.
        share: o, part of the production that is used on site, below 1.
        retail: what a kWh of own use saves, EUR.
    """
    return (np.asarray(cost, dtype=float) - share * retail) / (1.0 - share)


def own_use(
    ground: Ground,
    scheme: Scheme,
    shares: Sequence[float] = SHARES,
    retail: float | None = None,
    seed: int = 1,
    scale: float = 1.0,
    prices: Sequence[str] = BRACKET,
    folder: Path | None = None,
) -> Answer:
    """Hold the round with roofs that use each share of their power on site.

    Args:
        ground: case, round and tables.
        scheme: tables of payment.
        shares: parts of the production used on site.
        retail: what a kWh of own use saves, EUR; by default the table's.
        seed: of the candidates and the lottery.
        scale: factor on offers.
        prices: price scenarios of the payments.
        folder: folder of the scheme's tables; by default those that ship.

    Raises:
        InputError: shares outside what is possible, or a case without roofs.
    """
    assumed = load_assumptions(folder)
    price = assumed["retail_price"] if retail is None else retail
    problems = [
        Problem("--shares", "", "", f"{value:g}", f"a share from 0 to {assumed['own_use_max']:g}")
        for value in shares
        if not 0 <= value <= assumed["own_use_max"]
    ]
    problems += [] if shares else [Problem("--shares", "", "", "", "at least one share")]
    if not (np.isfinite(price) and price >= 0):
        problems.append(Problem("--retail-price", "", "", f"{price:g}", "EUR/kWh, at least 0"))
    if problems:
        raise InputError(problems)
    rows = {}
    for share in sorted(set(shares)):
        rows[share] = _one(ground, scheme, share, price, seed, scale, prices)
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("own_use_share")
    return Answer(
        "own-use",
        "What does own use of PV change against feeding in?",
        tuple(_said(table, prices)),
        (
            f"A kWh of own use saves {price:.4f} EUR (question_assumptions.csv, or --retail-price), the same in all "
            "years, and applicants pass it on: they ask what they still need.",
            "All roofs of a row use the same share; what they feed in is spread over the year as their production.",
            f"Payments at prices {', '.join(prices)}, with the realisation and attrition that `sdepp cash` assumes.",
        ),
        {"roofs": table},
    )


def _one(
    ground: Ground, scheme: Scheme, share: float, retail: float, seed: int, scale: float, prices: Sequence[str]
) -> dict[str, float]:
    """Figures of the roofs at one share of own use."""

    def ask(projects: pd.DataFrame) -> np.ndarray:
        cost = projects["cost"].to_numpy(float)
        roof = projects["category"].str.startswith(ROOFS).to_numpy(bool)
        return np.where(roof, amount_needed(cost, share, retail), cost)

    found = candidates(ground.case, ground.round, ground.categories, ground.tables, seed, scale=scale, ask=ask)
    outcome = ground.tender(found, seed).held()
    projects = found.projects[found.projects["category"].str.startswith(ROOFS)]
    rows = outcome.applications
    asking = rows[rows["category"].str.startswith(ROOFS)]
    won = asking[asking["awarded"]]
    own = pd.Series(share, index=asking["application"].to_numpy())
    capacity, claim = float(won["capacity"].sum()), float(won["claim"].sum())
    figures = {
        "applying": float(len(asking)),
        "cheap_without": float((projects["reason"].str.contains("no subsidy")).sum()),
        "too_dear": float((projects["reason"].str.contains("any phase")).sum()),
        "median_amount": float(asking["amount"].median()),
        "median_eur_per_t": float(asking["intensity"].median()),
        "awarded_mw": capacity,
        "claim_million": claim / MILLION,
        "claim_per_kw": claim / capacity / 1e3 if capacity else np.nan,
    }
    alone = _only_roofs(outcome)
    for name in prices:
        million = float(paid(alone, scheme, name, own_use=own).rounds["paid"].sum()) if capacity else 0.0
        figures[f"paid_{name}_million"] = million
    figures["round_eur_per_t"] = told(outcome)["eur_per_t"]
    return figures


def _only_roofs(outcome: Any) -> Any:
    from dataclasses import replace

    rows = outcome.applications
    return replace(outcome, applications=rows[rows["category"].str.startswith(ROOFS)])


def _said(table: Any, prices: Sequence[str]) -> list[str]:
    """A sentence per share."""
    sentences = []
    for share, row in table.iterrows():
        if row["applying"] == 0:
            sentences.append(f"At {share:.0%} own use no roof applies: {row['cheap_without']:,.0f} need no subsidy.")
            continue
        money = ", ".join(f"{row[f'paid_{name}_million']:,.1f} ({name})" for name in prices)
        sentences.append(
            f"At {share:.0%} own use {row['applying']:,.0f} roofs apply, asking {row['median_amount']:.4f} EUR/kWh "
            f"(median, {row['median_eur_per_t']:,.0f} EUR/t); {row['cheap_without']:,.0f} need no subsidy, "
            f"{row['too_dear']:,.0f} are too dear; {row['awarded_mw']:,.0f} MW win, for {row['claim_million']:,.0f} "
            f"million EUR of claim; paid, million EUR: {money}."
        )
    return sentences
