"""What a grant is paid over its term: yearly rates, volumes with banking, excess profit, advances and settlement.

One call reckons many grants at once: arrays run over (grant, calendar year).  The unit of a grant is that of its
category: kWh, or tonne of CO2; its capacity is in units per hour (kW, or t/h).

Source, as collected in the project's fact base on the scheme, section 5: Besluit SDE(K) art. 14-16 and 68; Regeling
aanwijzing categorieën 2024 (BWBR0049998) art. 9, 11 and 89-92; letter of 1 March 2024 (Kamerstuk 31 239, nr. 387).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field

from model.sdepp.grants import Grants
from model.sdepp.volumes import Volumes, hours_limit, paid_volumes

Array = NDArray[np.float64]


class PaymentRules(BaseModel):
    """Switches for what the text leaves open, and the shares that it fixes.

    Attributes:
        advance_share: most of the expected subsidy that is advanced (Besluit art. 68).
        over_production_share: most overproduction that moves on, share of a year's volume (Regeling art. 9).
        over_production_limit: whether that share bounds the `balance` that is carried at any time (default), or what
            each year may add (`yearly`).
        excess_profit: settle `yearly` with subsidy paid and to be paid (default: the letter says "during the subsidy
            period"), once at the `end_of_term`, or not at all (`off`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    advance_share: float = Field(default=0.80, ge=0.0, le=1.0)
    over_production_share: float = Field(default=0.25, ge=0.0)
    over_production_limit: Literal["balance", "yearly"] = "balance"
    excess_profit: Literal["yearly", "end_of_term", "off"] = "yearly"


@dataclass(frozen=True)
class Corrections:
    """What the market pays, in EUR per unit over (grant, year); see `model.sdepp.prices`.

    Attributes:
        price: energy or product price, after profile and imbalance cost.
        gvo: guarantees of origin, at least 0.
        ets: benefit from emissions trading, at least 0.
        other: other corrections, at least 0.
    """

    price: Array
    gvo: Array
    ets: Array
    other: Array

    @classmethod
    def of(
        cls, shape: tuple[int, int], price: ArrayLike, gvo: ArrayLike = 0, ets: ArrayLike = 0, other: ArrayLike = 0
    ) -> Corrections:
        """Spread figures over (grant, year); a single figure holds for all.

        Raises:
            ValueError: a figure is not finite, or gvo, ets or other is below zero.
        """
        parts = [np.broadcast_to(np.asarray(part, dtype=float), shape) for part in (price, gvo, ets, other)]
        if not all(np.isfinite(part).all() for part in parts):
            raise ValueError("corrections must be finite")
        if any((part < 0).any() for part in parts[1:]):
            raise ValueError("corrections for guarantees of origin, emissions trading and other must be at least 0")
        return cls(*parts)


@dataclass(frozen=True)
class Payments:
    """What grants are paid.  Arrays are EUR over (grant, year) unless said otherwise.

    Attributes:
        years: calendar years of the columns; `settlement` and `cash` have one more, the year after the last.
        volumes: units that count, that are paid and that are banked.
        rate: EUR per unit, with final corrections.
        gross: subsidy on the production of the year, before excess profit; at least 0, together at most the claim.
        excess: excess profit of the year.
        net: change of the subsidy that stands after excess profit; below zero where paid subsidy is recovered.
        advance: paid in the year itself, in equal parts per month of the term.
        settlement: paid (or recovered) in a year for the year before: net less advance.
        cash: advance and settlement by the year in which money moves.
    """

    years: NDArray[np.int64]
    volumes: Volumes
    rate: Array
    gross: Array
    excess: Array
    net: Array
    advance: Array
    settlement: Array
    cash: Array

    def monthly_advance(self, months: Array) -> Array:
        """Spread the advances over the months of the term, EUR over (grant, year, month 1..12).

        Args:
            months: 1 where a month is in the term, over (grant, year, month); see `Grants.months`.
        """
        count = months.sum(axis=2, keepdims=True)
        return np.divide(self.advance[:, :, None] * months, count, out=np.zeros_like(months), where=count > 0)


def subsidy_rate(amount: Array, floor: Array, floor_on_sum: NDArray[np.bool_], corrections: Corrections) -> Array:
    """Subsidy in EUR per unit over (grant, year).

    Production of energy: `max(0, amount - max(price, floor) - gvo - ets - other)`.  Categories of CO2 reduction
    (art. 59-85): `max(0, amount - max(price + ets + other, floor) - gvo)`.

    Args:
        amount: amount asked or base amount, EUR per unit, by grant.
        floor: floor price, EUR per unit, by grant.
        floor_on_sum: by grant, whether the floor bounds the sum of price, ets and other.
        corrections: what the market pays.
    """
    bound = floor[:, None]
    on_price = np.maximum(corrections.price, bound) + corrections.ets + corrections.other
    on_sum = np.maximum(corrections.price + corrections.ets + corrections.other, bound)
    taken = np.where(floor_on_sum[:, None], on_sum, on_price) + corrections.gvo
    return np.maximum(0.0, amount[:, None] - taken)


def pay(
    grants: Grants,
    years: ArrayLike,
    counted: Array,
    final: Corrections,
    provisional: Corrections | None = None,
    expected: Array | None = None,
    rules: PaymentRules | None = None,
) -> Payments:
    """Pay grants over calendar years.

    Args:
        grants: the grants.
        years: calendar years in order, without gaps; they should span every term.
        counted: production that counts in each year, units over (grant, year), from `volumes.counted_production`;
            what is produced outside the term is left out here.
        final: corrections as set after the year.
        provisional: corrections as set before the year, for the advances; by default the final ones.
        expected: production expected when the advance is set, units over (grant, year); by default the volume of the
            year, which is what a decision names.  Never more than that, or than the hours of a boiler allow.
        rules: switches and shares.

    Raises:
        ValueError: years have gaps, or an array has another shape than (grant, year).
    """
    rules = rules or PaymentRules()
    axis = np.asarray(years, dtype=np.int64)
    if axis.size == 0 or (np.diff(axis) != 1).any():
        raise ValueError("years must run without gaps")
    provisional = provisional or final
    shape = (len(grants.identity), axis.size)
    for array in (counted, final.price, provisional.price, *([] if expected is None else [expected])):
        if np.shape(array) != shape:
            raise ValueError(f"arrays must have the shape (grant, year) = {shape}, not {np.shape(array)}")
    volumes = paid_volumes(grants, axis, counted, rules.over_production_share, rules.over_production_limit)
    rate = subsidy_rate(grants.amount, grants.floor, grants.floor_on_sum, final)
    gross = _within_claim(rate * volumes.paid, grants.claim)
    revenue = final.price + final.gvo
    excess = np.maximum(0.0, np.where(np.isfinite(grants.threshold)[:, None], revenue - grants.threshold[:, None], 0.0))
    excess = excess * volumes.paid * (rules.excess_profit != "off")
    standing = _standing(gross, excess, grants.ends_by(axis), rules.excess_profit)
    net = np.diff(standing, axis=1, prepend=0.0)
    planned = volumes.yearly if expected is None else np.minimum(expected, volumes.yearly)
    planned = np.minimum(planned, hours_limit(grants, axis))
    asked = subsidy_rate(grants.amount, grants.floor, grants.floor_on_sum, provisional) * planned
    advance = _advances(asked, gross, excess, standing, grants.claim, rules)
    zero = np.zeros((shape[0], 1))
    settlement = np.hstack([zero, net - advance])
    cash = np.hstack([advance, zero]) + settlement
    return Payments(axis, volumes, rate, gross, excess, net, advance, settlement, cash)


def _within_claim(due: Array, claim: Array) -> Array:
    """Stop paying where the claim is used up (Besluit art. 16)."""
    total = np.minimum(np.cumsum(due, axis=1), claim[:, None])
    return np.maximum(0.0, np.diff(total, axis=1, prepend=0.0))


def _standing(gross: Array, excess: Array, ended: NDArray[np.bool_], when: str) -> Array:
    """Subsidy that stands at the end of each year, EUR: what was due less excess profit, never below zero.

    Excess profit that no subsidy stands against yet waits for subsidy to come.
    """
    due, over = np.cumsum(gross, axis=1), np.cumsum(excess, axis=1)
    if when == "end_of_term":
        return np.where(ended, np.maximum(0.0, due - over), due)
    return np.maximum(0.0, due - over)


def _advances(asked: Array, gross: Array, excess: Array, standing: Array, claim: Array, rules: PaymentRules) -> Array:
    """Advance of each year, EUR: a share of what is expected, less excess profit that waits, within the claim."""
    before = np.hstack([np.zeros((len(claim), 1)), standing[:, :-1]])
    waiting = np.zeros_like(before)
    if rules.excess_profit == "yearly":
        waiting[:, 1:] = np.maximum(0.0, np.cumsum(excess - gross, axis=1))[:, :-1]
    return np.minimum(rules.advance_share * np.maximum(0.0, asked - waiting), claim[:, None] - before)
