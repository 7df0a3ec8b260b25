"""A fixed point between what a system prices and what a market builds: damping, stopping rule, cycles (S4).

The capacity that is held in the system is the state `x`; what the market would realise at the prices of `x` is `F(x)`.
A step goes to `damping * x + (1 - damping) * F(x)`.  Where the awards stand still, the next step goes all the way, so
that an end is a fixed point that was tried and not a damped step that became small.

Ends: `converged` (awards and held capacity stand still), `cycle` (a state that was there before comes again), `stopped`
(the most iterations).  `F` must depend on `x` alone, so that a state that repeats is a cycle.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from time import perf_counter
from typing import Any, Literal

import numpy as np
import pandas as pd

from model.errors import InputError, Problem

Outcome = Literal["converged", "cycle", "stopped"]
AWARD_COLUMNS = ("capacity", "claim")
SAME = 1e-3
"""Distance of a repeated state from the first one, over how far the path went in between."""


@dataclass(frozen=True)
class Rules:
    """How far a step goes, and when it is enough.

    Args:
        damping: share of the held capacity that a step keeps: 0 goes all the way, 0.9 a tenth of it.
        capacity_tolerance: MW (t CO2 per hour for capture) by which awards may still move, all categories and regions
            added up, and by which held capacity may differ from what is realised.
        claim_tolerance: EUR of awarded claims that may still move, added up in the same way.
        iterations: most iterations.
    """

    damping: float = 0.5
    capacity_tolerance: float = 10.0
    claim_tolerance: float = 10e6
    iterations: int = 40

    def __post_init__(self) -> None:
        """Refuse rules under which nothing moves or nothing ends; all faults at once."""
        allowed = {
            "damping": (0.0 <= self.damping < 1.0, "a share of at least 0 and below 1"),
            "capacity_tolerance": (self.capacity_tolerance >= 0.0, "a number of at least 0"),
            "claim_tolerance": (self.claim_tolerance >= 0.0, "a number of at least 0"),
            "iterations": (self.iterations >= 2, "a number of at least 2"),
        }
        problems = [
            Problem("equilibrium", "", name.name, str(getattr(self, name.name)), allowed[name.name][1])
            for name in fields(self)
            if not allowed[name.name][0]
        ]
        if problems:
            raise InputError(problems)


@dataclass(frozen=True)
class Response:
    """What the market does at the prices of a held capacity.

    Attributes:
        awards: over (category, region): capacity (MW or t/h) and claim (EUR) awarded, and whatever is to be kept.
        realised: what is built, by the same index as the held capacity.
        prices: whatever is to be kept of the prices.
        applications: every application with what became of it; kept of the last iterate only.
        facts: single figures to be kept, such as the cost of the system.
    """

    awards: pd.DataFrame
    realised: pd.Series
    prices: Any = None
    applications: pd.DataFrame | None = None
    facts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Iterate:
    """One round trip from held capacity to what would be realised.

    Attributes:
        number: from 1.
        held: capacity that the system held, by key.
        response: what the market did.
        change_capacity: MW or t/h of awards that moved since the iterate before, added up; infinite at first.
        change_claim: the same in EUR.
        gap: difference of realised and held capacity, added up.
        step: share of the way to the realised capacity that is gone next; 0 at the end.
        seconds: time taken.
    """

    number: int
    held: pd.Series
    response: Response
    change_capacity: float
    change_claim: float
    gap: float
    step: float
    seconds: float


@dataclass(frozen=True)
class FixedPoint:
    """How it ended.

    Attributes:
        outcome: `converged`, `cycle` or `stopped`.
        iterates: all, in order.
        cycle: numbers of the iterates that repeat, in order; empty unless it is a cycle.
        rules: as asked.
    """

    outcome: Outcome
    iterates: tuple[Iterate, ...]
    cycle: tuple[int, ...]
    rules: Rules

    @property
    def last(self) -> Iterate:
        """The last iterate: the fixed point where there is one."""
        return self.iterates[-1]

    def _most(self, change: str) -> float:
        """Largest change in a step of the cycle."""
        first = self.cycle[0]
        return max(float(getattr(made, change)) for made in self.iterates[first:])

    @property
    def words(self) -> str:
        """The outcome in a sentence."""
        count = len(self.iterates)
        if self.outcome == "converged":
            return f"the awards stand still after {count} iterations"
        if self.outcome == "cycle":
            members = ", ".join(map(str, self.cycle))
            capacity, claim = self._most("change_capacity"), self._most("change_claim") / 1e6
            return (
                f"NO fixed point was found: in iteration {count} the state of iteration {self.cycle[0]} came again; "
                f"iterations {members} are a cycle of {len(self.cycle)}, in which awards move by up to "
                f"{capacity:,.1f} MW or t/h and {claim:,.1f} million EUR a step (more damping may end it)"
            )
        return (
            f"NO fixed point was found in {count} iterations: awards still move by {self.last.change_capacity:,.1f} MW "
            f"or t/h and {self.last.change_claim / 1e6:,.1f} million EUR"
        )


def fixed_point(
    respond: Callable[[pd.Series], Response],
    start: pd.Series,
    rules: Rules,
    keep: Callable[[Sequence[Iterate]], None] | None = None,
) -> FixedPoint:
    """Go from held capacity to what is realised and back, until it stands still.

    Args:
        respond: what the market does at the prices of a held capacity; the same for the same capacity.
        start: capacity held first, by key.
        rules: damping and stopping rule.
        keep: called after every iterate with all so far, such as to write them.

    Returns:
        All iterates and how it ended.
    """
    held = start.astype(float)
    done: list[Iterate] = []
    while True:
        begin = perf_counter()
        response = respond(held)
        realised = response.realised.reindex(held.index).fillna(0.0).astype(float)
        capacity, claim = changes(done[-1].response.awards, response.awards) if done else (np.inf, np.inf)
        gap = float((realised - held).abs().sum())
        still = capacity <= rules.capacity_tolerance and claim <= rules.claim_tolerance
        outcome: Outcome | None = "converged" if still and gap <= rules.capacity_tolerance else None
        step = 1.0 if still else 1.0 - rules.damping
        number = len(done) + 1
        made = Iterate(number, held, response, capacity, claim, gap, step, perf_counter() - begin)
        members = () if outcome else _repeated(done, made, rules)
        if members:
            outcome = "cycle"
        elif outcome is None and number == rules.iterations:
            outcome = "stopped"
        done.append(made if outcome is None else replace(made, step=0.0))
        if keep is not None:
            keep(done)
        if outcome is not None:
            return FixedPoint(outcome, tuple(done), members, rules)
        held = held + step * (realised - held)


def changes(before: pd.DataFrame, after: pd.DataFrame) -> tuple[float, float]:
    """Capacity (MW or t/h) and claims (EUR) that moved between two tables of awards, added up over their rows."""
    every = before.index.union(after.index)
    columns = list(AWARD_COLUMNS)
    moved = after[columns].reindex(every).fillna(0.0) - before[columns].reindex(every).fillna(0.0)
    capacity, claim = moved.abs().sum()
    return float(capacity), float(claim)


def _repeated(done: Sequence[Iterate], made: Iterate, rules: Rules) -> tuple[int, ...]:
    """Numbers of the iterates since this state was last there, or nothing.

    A state is the held capacity, the awards and the step that follows.  It was there before where it differs by next to
    nothing against how far the path went in between; that it went further than the tolerance tells a cycle from a path
    that creeps.
    """
    here = made.held.to_numpy()
    furthest = 0.0
    for earlier in reversed(done):
        away = float(np.abs(earlier.held.to_numpy() - here).sum())
        if furthest > rules.capacity_tolerance and away <= SAME * furthest and earlier.step == made.step:
            capacity, claim = changes(earlier.response.awards, made.response.awards)
            if capacity <= rules.capacity_tolerance and claim <= rules.claim_tolerance:
                return tuple(range(earlier.number, made.number))
        furthest = max(furthest, away)
    return ()
