"""The order of a round and who is awarded in it: days, intensity, lottery, hekjes with release, ceiling, caps.

Sources: art. 3 and 4 (hekjes), 5 (cap on advanced fuels) of the yearly Regeling aanwijzing categorieën; Besluit SDE
art. 58 (order of receipt).  Applications that are refused or withdrawn count in no order and in no demand.  There are
no partial awards.  Money is counted in whole cents, so that every euro asked is awarded or refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import InputError, Problem
from model.sdepp.applications import prepare
from model.sdepp.categories import load_categories
from model.sdepp.eligibility import REASONS as INELIGIBLE
from model.sdepp.eligibility import check_transport_list, ineligible
from model.sdepp.limits import outside
from model.sdepp.outcome import Outcome
from model.sdepp.rounds import Cap, Round
from model.sdepp.switches import DEFAULT, Switches, lot

BUDGET = "budget"
STOPPED = "budget_stopped"
CAP = "cap_"
CENTS = 100


def hold(
    applications: pd.DataFrame,
    held: Round,
    categories: pd.DataFrame | None = None,
    switches: Switches = DEFAULT,
    transport_indication: Sequence[str] | None = None,
    limits: pd.DataFrame | None = None,
) -> Outcome:
    """Hold a round: check, rank, refuse what may not be awarded, and award.

    Args:
        applications: as `read_applications` or `applications_from` give them, in any order.
        held: the round.
        categories: its categories; by default the table that the round names.
        switches: open points of the text.
        transport_indication: techniques or categories that need one, instead of the round's list.
        limits: technical limits of the categories, as `load_limits` gives them; by default none is looked at.

    Returns:
        What became of every application, in order of ranking, and the sums.

    Raises:
        InputError: every fault in every row; nothing is awarded then.
    """
    table = categories_of(held) if categories is None else categories
    named = held.transport_indication if transport_indication is None else transport_indication
    needs = check_transport_list(named, table)
    prepared = prepare(applications, held, table, switches)
    if limits is not None:
        prepared["limit"] = outside(prepared, table, limits)
    ranked = rank(prepared, switches.seed)
    ranked["reason"] = ineligible(ranked, needs)
    valid = ranked.index[ranked["reason"] == ""]
    told = ranked.loc[valid]
    awarded = award(told, held.ceiling, held.hekjes, held.caps, switches)
    for name in ("free", "from_reserve", "from_general"):
        ranked[name] = awarded[name].reindex(ranked.index).fillna(np.nan if name == "free" else 0.0)
    ranked.loc[valid, "reason"] = awarded["reason"]
    ranked["awarded"] = ranked["reason"] == ""
    told_by = zip(ranked["reason"], ranked["free"], ranked["claim"], strict=True)
    ranked["explanation"] = [_explained(*row) for row in told_by]
    if limits is not None:
        ranked["explanation"] = ranked["explanation"].mask(ranked["reason"] == "outside_limits", ranked["limit"])
    return Outcome(ranked, held, switches)


def categories_of(held: Round) -> pd.DataFrame:
    """Read the categories of a round; `InputError` where they are not known."""
    if not held.categories:
        expected = "a table of categories: those of this round are not known, so name another year's (--categories)"
        raise InputError([Problem("rounds.csv", "", "categories", f"round {held.round}", expected)])
    return load_categories(held.categories)


def rank(prepared: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Order applications by day of receipt, then subsidy intensity, then lot; `rank` counts from 1.

    Within a day on which all fit, the order changes nothing, so the intensity may always decide (art. 3(3)).
    """
    drawn = lot(prepared["application"], seed)
    # Equal lots are as good as impossible; the id decides then, never the place in the file.
    order = np.lexsort((prepared["application"].to_numpy(str), drawn, prepared["intensity"], prepared["day"]))
    ranked = prepared.iloc[order].reset_index(drop=True)
    ranked["rank"] = np.arange(1, len(ranked) + 1)
    return ranked


def award(
    ranked: pd.DataFrame,
    ceiling: float,
    hekjes: Mapping[str, float],
    caps: Sequence[Cap] = (),
    switches: Switches = DEFAULT,
) -> pd.DataFrame:
    """Go through valid applications in their order and award what fits.

    An application of a hekje's domain may use what is left of its own reserve and the general pot; any other, the
    general pot.  A reserve counts for at most what its domain still asks: the rest is released.

    Args:
        ranked: valid applications in order, with `claim` (EUR) and `hekje` ("" for none); with `technique` and
            `production` where there are caps.
        ceiling: EUR.
        hekjes: reserve in EUR by domain; a domain that is not named has none.
        caps: limits by technique.
        switches: `straddle` and `not_fitting`.

    Returns:
        By the index of `ranked`: `reason` ("" where awarded), `free` (EUR that were open to it when tested),
        `from_reserve` and `from_general` (EUR).
    """
    pots = _Pots(ranked, ceiling, hekjes, switches)
    within = _Within(ranked, caps, stop=switches.not_fitting == "stop")
    claims = _cents(ranked["claim"]).tolist()
    domains = ranked["hekje"].tolist()
    rows = []
    for place, (claim, domain) in enumerate(zip(claims, domains, strict=True)):
        capped = within.refuses(place)
        free, from_reserve, reason = pots.test(claim, domain)
        reason = CAP + capped if capped else reason
        if not reason:
            within.take(place)
        pots.settle(claim, domain, from_reserve, reason)
        drawn = (0, 0) if reason else (from_reserve, claim - from_reserve)
        rows.append((reason, free / CENTS, drawn[0] / CENTS, drawn[1] / CENTS))
    return pd.DataFrame(rows, index=ranked.index, columns=["reason", "free", "from_reserve", "from_general"])


class _Pots:
    """The ceiling and the reserves while a round is held, in cents."""

    def __init__(self, ranked: pd.DataFrame, ceiling: float, hekjes: Mapping[str, float], switches: Switches) -> None:
        self.left = round(ceiling * CENTS)
        self.unfilled = {domain: round(reserve * CENTS) for domain, reserve in hekjes.items()}
        claims = _cents(ranked["claim"])
        domains = ranked["hekje"].to_numpy()
        self.to_come = {domain: int(claims[domains == domain].sum()) for domain in self.unfilled}
        self.straddle_draws = switches.straddle == "draw_general"
        self.stops = switches.not_fitting == "stop"
        self.general_open = True

    def test(self, claim: int, domain: str) -> tuple[int, int, str]:
        """Give what is open to a claim, what of it the reserve would pay, and why it is refused ("" if it fits)."""
        kept = sum(min(unfilled, self.to_come[d]) for d, unfilled in self.unfilled.items() if d != domain)
        own = self.unfilled.get(domain, 0)
        if domain in self.unfilled and claim > own and not self.straddle_draws:
            kept += min(own, self.to_come[domain] - claim)
            own = 0
        free = self.left - kept
        from_reserve = min(claim, own)
        if claim > from_reserve and not self.general_open:
            return max(own, 0), from_reserve, STOPPED
        return free, from_reserve, "" if claim <= free else BUDGET

    def settle(self, claim: int, domain: str, from_reserve: int, reason: str) -> None:
        """Go on to the next application: pay this one, or close the general pot where the first did not fit."""
        if domain in self.unfilled:
            self.to_come[domain] -= claim
        if not reason:
            self.left -= claim
            if domain in self.unfilled:
                self.unfilled[domain] -= from_reserve
        elif reason == BUDGET and self.stops:
            self.general_open = False


class _Within:
    """What the caps still take."""

    def __init__(self, ranked: pd.DataFrame, caps: Sequence[Cap], *, stop: bool) -> None:
        self.caps = []
        for cap in caps:
            sizes = ranked["production"] if cap.measure == "lifetime_production" else ranked["claim"]
            self.caps.append((cap.name, ranked["technique"].isin(cap.techniques).tolist(), sizes.tolist()))
        self.left = {cap.name: cap.limit for cap in caps}
        self.stop = stop

    def refuses(self, place: int) -> str:
        """Give the name of the cap that an application would exceed, or ""; under strict stop that closes the cap."""
        for name, under, sizes in self.caps:
            if under[place] and sizes[place] > self.left[name] * (1 + 1e-12):
                if self.stop:
                    self.left[name] = 0.0
                return name
        return ""

    def take(self, place: int) -> None:
        """Count an awarded application."""
        for name, under, sizes in self.caps:
            if under[place]:
                self.left[name] -= sizes[place]


def _cents(claims: pd.Series) -> NDArray[np.int64]:
    return np.rint(claims.to_numpy(float) * CENTS).astype(np.int64)


def _explained(reason: str, free: float, claim: float) -> str:
    """Say in a sentence why an application was refused; "" where it was awarded."""
    if reason == BUDGET:
        return f"asks {claim:,.0f} EUR where {max(free, 0.0):,.0f} EUR were open to it"
    if reason == STOPPED:
        return f"asks {claim:,.0f} EUR after the general pot closed; its reserve held {max(free, 0.0):,.0f} EUR"
    if reason.startswith(CAP):
        return f"does not fit under the cap on {reason.removeprefix(CAP).replace('_', ' ')}"
    return INELIGIBLE.get(reason, "")
