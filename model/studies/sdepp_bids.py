"""What a project must ask so that market and subsidy together cover its cost over the term (formulation.md S4).

A year pays `max(0, amount - m)` per unit that is subsidised, `m` being what the correction takes off (the price, at
least the floor, and the benefits).  A project that earns exactly the correction asks its cost.  It must ask more where
it earns less than the correction: below the floor, in a region or with a profile that the market pays less, and for
what it makes at negative prices.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def required_amount(cost: Array, earned: Array, taken_off: Array, weight: Array, settled: Array | float = 0.0) -> Array:
    """Give the amount at which the mean income over the term equals the cost.

    Args:
        cost: EUR per unit, by project.
        earned: mean market income over the term, by project, EUR per unit.
        taken_off: what the subsidy of a year takes off the amount, by (project, year), EUR per unit.
        weight: part of the (discounted) production of the term that is subsidised in a year, by (project, year); a row
            adds up to 1 where all of it is.
        settled: excess profit over the term that is settled with the subsidy, by project, EUR per unit: never more than
            the subsidy, so it counts for those who need one only.

    Returns:
        EUR per unit, by project; minus infinity where the market alone covers the cost, infinity where nothing is
        subsidised.
    """
    need = np.asarray(cost, dtype=float) - np.asarray(earned, dtype=float)
    order = np.argsort(taken_off, axis=1, kind="stable")
    bound = np.take_along_axis(np.asarray(taken_off, dtype=float), order, axis=1)
    share = np.take_along_axis(np.broadcast_to(weight, bound.shape), order, axis=1)
    paid = np.cumsum(share, axis=1)
    # The sum of max(0, a - m) is the largest over the first k years, so the amount is the smallest over k.
    total = (need + settled)[:, None] + np.cumsum(share * bound, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        amount = np.where(paid > 0.0, total / paid, np.inf).min(axis=1)
    return np.where(need > 0.0, amount, -np.inf)
