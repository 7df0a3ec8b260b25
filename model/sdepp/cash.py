"""Cash outflow by year in the layout of the letter's table 1, for chosen rounds and a price scenario.

Method of the letter (Kamerstuk 31 239 nr. 387): corrections by year follow from price paths; payments are reckoned
for all grants, with assumptions on realisation, production, delay and withdrawal.  An award that may begin in several
years counts in parts: expected cash, not a draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import InputError
from model.sdepp.attrition import load_attrition, usual_techniques
from model.sdepp.categories import OWN_YEAR, load_categories
from model.sdepp.grants import MONTHS, Grants, grants_of
from model.sdepp.letter import (
    BALANCE,
    BUDGET,
    ITEMS,
    OTHERS,
    PAYMENTS,
    SCHEMES,
    TITLES,
    TOTAL,
    load_letter_table,
    printed_differences,
)
from model.sdepp.payments import Corrections, PaymentRules, Payments, pay
from model.sdepp.prices import PARTS, NegativeRule, Prices, corrections_of, load_prices
from model.sdepp.realisation import OTHER, WITHDRAWN, Practice, begin, known_techniques, load_practice
from model.sdepp.terms import load_boiler_hours, payment_terms, under_long_runs
from model.sdepp.volumes import counted_production

MILLION = 1e6
DEFAULT_SCENARIO = "long_term"


@dataclass(frozen=True)
class Scheme:
    """What the cash table rests on, beside the awards; made by `load_scheme`.

    Attributes:
        categories: open categories.
        terms: their terms of payment.
        prices: price scenarios and what follows them.
        practice: assumptions on realisation and use.
        letter: table 1 of the letter, million EUR.
        built_share: part of the awards that is built or tried, by technique; `other` holds for those not named, and
            all is built where there is none.
    """

    categories: pd.DataFrame
    terms: pd.DataFrame
    prices: Prices
    practice: Practice
    letter: pd.DataFrame
    built_share: Mapping[str, float] = field(default_factory=dict)

    @property
    def base(self) -> pd.Series:
        """Base amount by category, EUR per unit."""
        return self.categories["base_amount"].astype(float)


def load_scheme(folder: Path | None = None, attrition: bool = True, table: str = OWN_YEAR) -> Scheme:
    """Read the tables of the scheme.

    Args:
        folder: folder of the tables; by default those that ship.
        attrition: whether the part of the awards that attrition.csv says is never built is left out.
        table: name of the table of categories, see `load_categories`.

    Raises:
        InputError: faults in a table.
    """
    categories = load_categories(table, folder)
    opened = categories[categories["open"].astype(bool)]
    hours = load_boiler_hours(folder, categories)
    terms, prices = payment_terms(categories, hours), load_prices(folder)
    practice = load_practice(folder)
    problems = known_techniques(practice, [*categories["technique"], *usual_techniques(folder)])
    if problems:
        raise InputError(problems)
    lost = load_attrition(folder, categories).loc["after_award"]["share"]
    built = {str(name): 1.0 - float(share) for name, share in lost.items()} if attrition else {}
    return Scheme(opened, terms, prices, practice, load_letter_table(folder), built)


@dataclass(frozen=True)
class CashOutflow:
    """Expected payments of chosen rounds.  Tables are in million EUR.

    Attributes:
        scenario: name of the price scenario.
        table: rows and years of the letter's table, and `total`; SDE schemes are the chosen rounds and, where given,
            payments on earlier grants; budget and other spending are the letter's.
        letter: the table as printed.
        by_round: round over all years of payment.
        by_technique: technique over all years of payment.
        rounds: by round, million EUR: claims, withdrawn (part of them that never begins), paid (over all years, net
            of excess profit); and ratio, paid over claims.
        notes: what to know when reading it.
    """

    scenario: str
    table: pd.DataFrame
    letter: pd.DataFrame
    by_round: pd.DataFrame
    by_technique: pd.DataFrame
    rounds: pd.DataFrame
    notes: tuple[str, ...]

    def titled(self) -> pd.DataFrame:
        """The table with the letter's words, and below it the letter's row of SDE schemes and balance."""
        own = self.table.rename(index=TITLES)
        printed = self.letter.loc[[SCHEMES, PAYMENTS, BALANCE], self.table.columns]
        named = printed.rename(index={item: f"Letter: {TITLES[item].lstrip('- ')}" for item in printed.index})
        return pd.concat([own, named]).rename_axis("million EUR")


@dataclass(frozen=True)
class Expected:
    """Awards split by the year in which they may begin.

    Attributes:
        cohorts: one row per award and delay: columns of the award, technique, weight (part of the award).
        grants: the cohorts that begin.
        lost: claims that never begin, EUR by award.
        claim: EUR by award.
    """

    cohorts: pd.DataFrame
    grants: Grants
    lost: pd.Series
    claim: pd.Series


def expected_grants(awards: pd.DataFrame, scheme: Scheme, rule: NegativeRule = "all") -> Expected:
    """Split awards over delays; leave out what is withdrawn, and awards at or below their floor: they are never paid.

    Args:
        awards: columns of `portfolios.AWARD_COLUMNS`.
        scheme: the tables.
        rule: rule on negative prices.

    Raises:
        InputError: an award makes no grant.
    """
    told = scheme.terms.loc[awards["category"]].reset_index(drop=True)
    rows = awards.reset_index(drop=True).drop(columns="full_load_hours").join(told)
    given = awards["full_load_hours"].reset_index(drop=True)
    rows["full_load_hours"] = told["full_load_hours"].fillna(given)
    rows["capacity"] = rows["capacity"] * rows["units_per_capacity"]
    rows["award"] = rows.index
    factor, own = scheme.practice.production(list(rows["technique"]))
    rows["production_factor"] = rows["production_factor"].astype(float).fillna(pd.Series(factor))
    rows["own_use_share"] = rows["own_use_share"].astype(float).fillna(pd.Series(own))
    if rule == "long_runs":
        rows["stops_when_negative"] = under_long_runs(rows, rows["capacity"])
    usual = scheme.built_share.get(OTHER, 1.0)
    assumed = rows["technique"].map(lambda name: scheme.built_share.get(name, usual)).astype(float)
    built = rows["built_share"].astype(float).fillna(assumed)
    parts = []
    delays = scheme.practice.delays
    for technique in sorted(set(rows["technique"])):
        of = (rows["technique"] == technique) & rows["delay_years"].isna()
        for delay, share in delays.get(technique, delays[OTHER]).items():
            parts.append(rows[of].assign(delay_years=delay, weight=share * built[of]))
    known = rows["delay_years"].notna()
    parts.append(rows[known].assign(weight=built[known]))
    cohorts = pd.concat(parts, ignore_index=True)
    start = begin(cohorts["decided"], cohorts["realisation_years"], cohorts["delay_years"], cohorts["extension_years"])
    cohorts["status"] = start.status
    cohorts["start_year"], cohorts["start_month"] = start.first_month // MONTHS, start.first_month % MONTHS + 1
    per_unit = np.maximum(rows["amount"] - rows["floor"], 0.0)
    claim = per_unit * rows["capacity"] * rows["full_load_hours"] * rows["term"]
    begins = (cohorts["status"] != WITHDRAWN) & (cohorts["weight"] > 0) & (cohorts["amount"] > cohorts["floor"])
    held = cohorts[begins].reset_index(drop=True)
    begun = held.groupby("award")["weight"].sum().reindex(rows.index).fillna(0.0)
    return Expected(held, grants_of(held, "awards"), claim * (1.0 - begun), claim)


def cohort_payments(
    expected: Expected,
    scheme: Scheme,
    scenario: str = DEFAULT_SCENARIO,
    rules: PaymentRules | None = None,
    rule: NegativeRule = "all",
    inflation: float = 0.0,
) -> Payments:
    """Pay cohorts in a price scenario; EUR of a whole award, before its weight.

    Args:
        expected: from `expected_grants`.
        scheme: the tables.
        scenario: price scenario.
        rules: switches of payment.
        rule: rule on negative prices.
        inflation: yearly rise of prices from 2025 on, share.

    Raises:
        InputError: no such scenario.
    """
    cohorts, grants = expected.cohorts, expected.grants
    years = grants.span()
    names = list(dict.fromkeys(cohorts["category"]))
    found = corrections_of(scheme.prices, scheme.categories.loc[names], scenario, years, inflation)
    place = cohorts["category"].map({name: position for position, name in enumerate(names)}).to_numpy()
    final, provisional = (
        Corrections(*(values[part][place] for part in PARTS)) for values in (found.final, found.provisional)
    )
    full = (grants.yearly_volume * cohorts["production_factor"].to_numpy(float))[:, None] * grants.share_of_year(years)
    own = cohorts["own_use_share"].to_numpy(float)[:, None]
    negative = scheme.practice.negative_share(list(cohorts["technique"]), years, rule)
    counted = counted_production(grants, years, full, own, negative)
    return pay(grants, years, counted, final, provisional, counted, rules)


def cash_outflow(
    awards: pd.DataFrame,
    scheme: Scheme,
    scenario: str = DEFAULT_SCENARIO,
    rules: PaymentRules | None = None,
    rule: NegativeRule = "all",
    inflation: float = 0.0,
    earlier: pd.Series | None = None,
) -> CashOutflow:
    """Reckon the table for awards of chosen rounds.

    Args:
        awards: columns of `portfolios.AWARD_COLUMNS`.
        scheme: the tables.
        scenario: price scenario.
        rules: switches of payment.
        rule: rule on negative prices.
        inflation: yearly rise of prices from 2025 on, share.
        earlier: payments on grants of other rounds, million EUR by year; none by default.

    Raises:
        InputError: no such scenario, or an award makes no grant.
    """
    expected = expected_grants(awards, scheme, rule)
    if expected.cohorts.empty:
        years, flows = np.arange(0), np.zeros((0, 0))
    else:
        paid = cohort_payments(expected, scheme, scenario, rules, rule, inflation)
        flows = paid.cash * expected.cohorts["weight"].to_numpy(float)[:, None] / MILLION
        years = np.append(paid.years, paid.years[-1] + 1)
    by_round = _summed(flows, years, expected.cohorts["round"], list(dict.fromkeys(awards["round"])))
    by_technique = _summed(flows, years, expected.cohorts["technique"], sorted(set(expected.cohorts["technique"])))
    of = awards["round"].reset_index(drop=True)
    rounds = pd.DataFrame(
        {
            "claims": expected.claim.groupby(of).sum() / MILLION,
            "withdrawn": expected.lost.groupby(of).sum() / MILLION,
            "paid": by_round.sum(axis=1),
        }
    ).reindex(by_round.index)
    rounds["ratio"] = rounds["paid"] / rounds["claims"]
    table = letter_layout(by_round, scheme.letter, earlier)
    notes = _notes(scheme.letter, rounds, by_round, earlier)
    return CashOutflow(scenario, table, scheme.letter, by_round, by_technique, rounds, notes)


def together(outflows: Sequence[CashOutflow], earlier: pd.Series | None = None) -> CashOutflow:
    """Lay outflows of different rounds together, such as rounds with categories of different years.

    Args:
        outflows: of one price scenario, each from `cash_outflow` without earlier grants; no round twice.
        earlier: payments on grants of other rounds, million EUR by year; none by default.
    """
    first = outflows[0]
    by_round = pd.concat([one.by_round for one in outflows]).fillna(0.0).sort_index(axis=1)
    by_technique = pd.concat([one.by_technique for one in outflows]).groupby(level=0).sum().sort_index(axis=1)
    rounds = pd.concat([one.rounds for one in outflows])
    table = letter_layout(by_round, first.letter, earlier)
    notes = _notes(first.letter, rounds, by_round, earlier)
    return CashOutflow(first.scenario, table, first.letter, by_round, by_technique, rounds, notes)


def _summed(flows: NDArray[np.float64], years: NDArray[np.int64], key: pd.Series, names: Sequence[str]) -> pd.DataFrame:
    """Sums of cohorts by a key, over years."""
    table = pd.DataFrame(flows, columns=years.tolist()).groupby(key.to_numpy()).sum()
    return table.reindex(list(names)).fillna(0.0).rename_axis(None)


def letter_layout(by_round: pd.DataFrame, letter: pd.DataFrame, earlier: pd.Series | None = None) -> pd.DataFrame:
    """Lay payments out as the letter does: its rows, its years and the total of these years, million EUR.

    Args:
        by_round: payments, round over year.
        letter: table 1; its budget and other spending are kept.
        earlier: payments on grants of other rounds, by year.
    """
    years = [name for name in letter.columns if name != TOTAL]
    table = letter[years].copy()
    table.loc[SCHEMES] = by_round.sum().reindex(years).fillna(0.0)
    if earlier is not None:
        table.loc[SCHEMES] += earlier.reindex(years).fillna(0.0)
    table.loc[PAYMENTS] = table.loc[[SCHEMES, *OTHERS]].sum()
    table.loc[BALANCE] = table.loc[BUDGET] - table.loc[PAYMENTS]
    table[TOTAL] = table.sum(axis=1)
    return table.loc[list(ITEMS)]


def _notes(
    letter: pd.DataFrame, rounds: pd.DataFrame, by_round: pd.DataFrame, earlier: pd.Series | None
) -> tuple[str, ...]:
    """What to know when reading the table."""
    last = max(name for name in letter.columns if name != TOTAL)
    later = float(by_round.loc[:, [year for year in by_round.columns if year > last]].to_numpy().sum())
    notes = [
        f"SDE schemes are the rounds {', '.join(map(str, rounds.index))} only; the letter's row also holds standing "
        "grants of earlier rounds, which are not in the public figures used here."
        if earlier is None
        else f"SDE schemes are the rounds {', '.join(map(str, rounds.index))} and the given payments on other grants.",
        f"After {last}, {later:,.0f} million EUR are still to be paid on these rounds.",
        *(
            f"Round {name}: of {row['claims']:,.0f} million EUR in claims {row['paid']:,.0f} are paid "
            f"({row['ratio']:.3f}); {row['withdrawn']:,.0f} are never built or withdrawn."
            for name, row in rounds.iterrows()
        ),
        "Budget and other spending are the letter's. Its printed sums differ in places, mostly by rounding:",
        *(f"  {note}" for note in printed_differences(letter)),
    ]
    return tuple(notes)
