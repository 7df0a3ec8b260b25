"""Annuities, interest during construction, decommissioning funds and discount weights (facts/smr F11, O1)."""

from __future__ import annotations

import math
from collections.abc import Sequence


def capital_recovery_factor(rate: float, life: float) -> float:
    """Yearly payment per unit of a loan of `life` years at `rate` (share per year), in 1/year."""
    if rate == 0.0:
        return 1.0 / life
    return rate / (1.0 - (1.0 + rate) ** -life)


def sinking_fund_factor(rate: float, life: float) -> float:
    """Yearly payment that grows to one unit after `life` years at `rate` (share per year), in 1/year."""
    if rate == 0.0:
        return 1.0 / life
    return rate / ((1.0 + rate) ** life - 1.0)


def interest_during_construction(rate: float, construction_time: float) -> float:
    """Interest until commissioning as a share of the overnight cost, spent evenly over the construction time (years).

    Rothwell 2016: `rate*T/2 + rate^2*T^2/6`.
    """
    return rate * construction_time / 2.0 + rate**2 * construction_time**2 / 6.0


def annuity(
    overnight: float, rate: float, life: float, construction_time: float = 0.0, decommissioning: float = 0.0
) -> float:
    """Yearly cost of a unit, in the money of `overnight` per year.

    Args:
        overnight: overnight cost, EUR per unit.
        rate: real cost of capital, share per year.
        life: economic life, years.
        construction_time: years over which the overnight cost is spent.
        decommissioning: share of the overnight cost that is paid at the end of life, from a sinking fund.
    """
    loan = overnight * (1.0 + interest_during_construction(rate, construction_time))
    fund = overnight * decommissioning * sinking_fund_factor(rate, life)
    return loan * capital_recovery_factor(rate, life) + fund


def learning_factor(number: float, rate: float) -> float:
    """Overnight cost of the unit of this number over that of the first, where each doubling saves the share `rate`.

    `number^log2(1 - rate)`, facts/smr F11; a rate below zero is a series that grows dearer.
    """
    return float(number ** math.log2(1.0 - rate))


def year_spans(years: Sequence[int], last_year_span: int) -> dict[int, int]:
    """Years for which each milestone stands: up to the next one, the last for `last_year_span`."""
    ends = [*years[1:], years[-1] + last_year_span]
    return {year: end - year for year, end in zip(years, ends, strict=True)}


def discount_weights(years: Sequence[int], last_year_span: int, rate: float) -> dict[int, float]:
    """Sum of the discount factors, to the first milestone, of the years for which each milestone stands."""
    spans = year_spans(years, last_year_span)
    return {year: sum((1.0 + rate) ** -(year + k - years[0]) for k in range(spans[year])) for year in years}
