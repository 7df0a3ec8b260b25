"""Which production counts, and what of it is paid: own use, negative prices, hours of boilers, banking.

Units are those of the category: kWh, or tonne of CO2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.sdepp.grants import Grants

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Volumes:
    """Units over (grant, year).

    Attributes:
        yearly: eligible volume of the year: capacity * full-load hours * part of the year in the term.
        counted: production that counts.
        paid: what is paid in the year, of this year's production or of earlier overproduction.
        under: unused eligible volume carried into the next year.
        over: overproduction carried into the next year.
        lost: overproduction that may not be carried on, and what is left of it after the term.
    """

    yearly: Array
    counted: Array
    paid: Array
    under: Array
    over: Array
    lost: Array


def counted_production(
    grants: Grants,
    years: ArrayLike,
    production: ArrayLike,
    own_use_share: ArrayLike = 0.0,
    negative_share: ArrayLike = 0.0,
) -> Array:
    """Production that counts for subsidy, units over (grant, year).

    PV and wind get no subsidy for what is used on site (letter of 1 March 2024; Regeling art. 11 lists others only);
    what is produced at negative day-ahead prices does not count where the grant says so (Besluit art. 15(2));
    production of electric boilers counts up to the hours of the year (Regeling art. 92(2)).

    Args:
        grants: the grants.
        years: calendar years.
        production: production in the term, units over (grant, year).
        own_use_share: part of production that is used on site.
        negative_share: part of what else would count that is produced at negative prices.

    Raises:
        ValueError: production is below zero, or a share is outside 0 to 1.
    """
    shape = (len(grants.identity), np.size(years))
    produced = np.broadcast_to(np.asarray(production, dtype=float), shape)
    own, negative = (np.broadcast_to(np.asarray(s, dtype=float), shape) for s in (own_use_share, negative_share))
    if not (np.isfinite(produced) & (produced >= 0)).all():
        raise ValueError("production must be finite and at least 0")
    if not all(((part >= 0) & (part <= 1)).all() for part in (own, negative)):
        raise ValueError("shares must lie between 0 and 1")
    counted = produced * (1 - own * ~grants.own_use_counts[:, None])
    counted = counted * (1 - negative * grants.stops_when_negative[:, None])
    return np.minimum(counted, hours_limit(grants, years))


def hours_limit(grants: Grants, years: ArrayLike) -> Array:
    """Most production that counts by the hours of the year, units over (grant, year); infinite where none is set."""
    axis = np.asarray(years, dtype=np.int64)
    limit = np.full((len(grants.identity), axis.size), np.inf)
    known: dict[int, Array] = {}
    for place, caps in enumerate(grants.hours_cap):
        if caps:
            if id(caps) not in known:
                known[id(caps)] = np.array([caps.get(int(year), np.inf) for year in axis])
            limit[place] = grants.capacity[place] * known[id(caps)]
    finite = np.where(np.isfinite(limit), limit, 0.0)
    return np.where(np.isfinite(limit), finite * grants.share_of_year(axis), np.inf)


def paid_volumes(grants: Grants, years: ArrayLike, counted: Array, over_share: float, over_limit: str) -> Volumes:
    """Pay volumes year by year, with banking in both directions (Regeling art. 9).

    Args:
        grants: the grants.
        years: calendar years in order.
        counted: production that counts, units over (grant, year).
        over_share: most overproduction that is carried on, share of the volume of a full year.
        over_limit: `balance`: the share bounds what is carried at any time; `yearly`: it bounds what each year adds.
    """
    share = grants.share_of_year(years)
    yearly = grants.yearly_volume[:, None] * share
    counted = np.where(share > 0, counted, 0.0)
    paid, under, over, lost = (np.zeros_like(yearly) for _ in range(4))
    room = stock = np.zeros(len(grants.identity))
    bound = np.where(grants.banks_over, over_share * grants.yearly_volume, 0.0)
    last = grants.ends_by(years)
    for year in range(yearly.shape[1]):
        limit = yearly[:, year] + room
        offered = np.minimum(counted[:, year], limit)
        used = np.minimum(stock, limit - offered)
        surplus = counted[:, year] - offered
        kept = np.minimum(surplus, bound if over_limit == "yearly" else np.maximum(0.0, bound - (stock - used)))
        after = np.where(last[:, year], 0.0, stock - used + kept)
        lost[:, year] = stock + counted[:, year] - offered - used - after
        paid[:, year] = offered + used
        room = np.where(last[:, year], 0.0, limit - paid[:, year])
        stock = after
        under[:, year], over[:, year] = room, stock
    return Volumes(yearly, counted, paid, under, over, lost)
