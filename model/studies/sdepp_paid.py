"""What the awards of a round cost in cash: by year and over all years, in a price scenario."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.cash import CashOutflow, Scheme, cash_outflow
from model.sdepp.grants import MONTHS
from model.sdepp.outcome import Outcome
from model.sdepp.portfolios import awards_of_tender, load_cash_rounds

PRICES = "long_term"


def paid(
    outcome: Outcome,
    scheme: Scheme,
    prices: str = PRICES,
    made: pd.Series | None = None,
    own_use: pd.Series | None = None,
    folder: Path | None = None,
    begins: int | None = None,
) -> CashOutflow:
    """Expected payments on the awards of a round.

    Args:
        outcome: the round as it was held.
        scheme: tables of payment, from `load_scheme`.
        prices: price scenario.
        made: by application, part of its usual production that it makes (grid limits); 1 where it is not named.
        own_use: by application, part of its production used on site; the table's where it is not named.
        folder: folder of the scheme's tables; by default those that ship.
        begins: calendar year in which all begin, at their deadline; by default as practice assumes.

    Raises:
        InputError: the round is not in cash_rounds.csv, nothing is awarded, or no such price scenario.
    """
    awards = outcome.awards
    name = outcome.round.round
    if awards.empty:
        raise InputError([Problem(f"round {name}", "", "awards", "none", "at least one award to pay")])
    usual, _ = scheme.practice.production(list(awards["technique"]))
    ids = awards["application"]
    part = 1.0 if made is None else ids.map(made).fillna(1.0).to_numpy(float)
    table = awards_of_tender(
        awards[["category", "capacity", "hours", "amount"]].assign(
            production_factor=usual * part,
            own_use_share=float("nan") if own_use is None else ids.map(own_use).to_numpy(float),
        ),
        name,
        load_cash_rounds(folder),
    )
    if begins is not None:
        waiting = scheme.terms.loc[table["category"], "realisation_years"].to_numpy(float)
        table = table.assign(decided=(begins - waiting) * MONTHS, delay_years=0.0, built_share=1.0)
    return cash_outflow(table, scheme, prices)


def paid_million(outflow: CashOutflow) -> float:
    """Payments over all years, million EUR."""
    return float(outflow.rounds["paid"].sum())
