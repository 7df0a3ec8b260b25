"""Redispatch: a market that knows no grid inside the country, and its least-cost correction within the grid (G5).

The capacities are fixed.  Three programs are solved on them:

- *nodal optimum*: the scenario as it is, with all limits of the grid;
- *market*: one price for the country; corridors, hosting limits, Kirchhoff's law and transport rights are lifted;
  interconnectors and the connections of sites stay;
- *correction*: all limits again.  Every party may move up and down from its position in the market, at its marginal
  cost; an upward bid stands a small spread above a downward one, or volumes would be arbitrary.

In system cost `market <= nodal optimum <= market + redispatch`; the first gap is what the grid costs a planner who
knows it, the second what it costs to have asked the market first.  (Not to be mistaken for `redispatch.py`, which
operates the capacities of a run in other hours: the command `dispatch`.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.errors import CheckFailed, InputError, NotOptimal, Problem
from model.job import ADVICE, Progress
from model.report.settings import time_warnings
from model.studies.framework.points import Point
from model.studies.grid_redispatch_figures import Moves, losses_of, moves_of
from model.studies.grid_redispatch_program import (
    HOLDABLE,
    MARKET,
    Parties,
    correction_program,
    market_program,
    parties_of,
)
from model.studies.plan import Plan, Precise, plan_of, plan_without

if TYPE_CHECKING:
    from model.job import Built
    from model.scenario import Scenario

SPREAD = 1.0
"""EUR/MWh between an upward and a downward bid of the same party."""
TIES = 0.05
"""Share of the spread that a MWh away from the nodal optimum costs in the market, so that ties are settled there."""
BALANCE_TOLERANCE = 1e-6
"""How far upward and downward volumes may be apart in an hour, losses reckoned, relative to the load (or 1,000 MW)."""
ORDER_TOLERANCE = 1e-6
"""How far market <= nodal <= market + redispatch may be missed, relative to the nodal cost."""
Areas = Mapping[str, tuple[Sequence[str], str, float]]


@dataclass(frozen=True)
class Redispatch:
    """What the study found of one plan.

    Attributes:
        plan: what stands.
        built: the scenario with its capacities held.
        parties: who can move.
        costs: EUR, discounted over all years: market, nodal, corrected (at true marginal cost), spread (on top).
        price: EUR/MWh of the market over (year, step).
        moves: volumes, money and CO2.
        unserved: MWh/year by outcome and year: electricity demanded and not served.
        seconds: s, all solves.
    """

    plan: Plan
    built: Built
    parties: Parties
    costs: dict[str, float]
    price: np.ndarray = field(repr=False)
    moves: Moves
    unserved: pd.DataFrame
    seconds: float
    warnings: tuple[str, ...] = ()

    @property
    def redispatch_cost(self) -> float:
        """System cost of the correction, EUR discounted, without the spread."""
        return self.costs["corrected"] - self.costs["market"]


@dataclass(frozen=True)
class Study:
    """With small reactors, and without them where that was asked or could be solved."""

    outcomes: tuple[Redispatch, ...]
    spread: float
    held: tuple[str, ...]
    areas: Areas


def grid_redispatch(
    scenario: Scenario,
    capacities: str | Path | None = None,
    without: str | Path | None = None,
    spread: float = SPREAD,
    held: Sequence[str] = (),
    areas: Areas | None = None,
    folder: str | Path | None = None,
    log_folder: Path | None = None,
    progress: Progress | None = None,
) -> Study:
    """Run the study.

    Args:
        scenario: what is operated.
        capacities: result file of the run whose capacities stand; by default the scenario is solved for them first.
        without: result file of a run without small reactors, for the comparison; where capacities are chosen here, the
            scenario is solved without them too.
        spread: EUR/MWh between an upward and a downward bid of the same party, above zero.
        held: kinds of parties that keep their market position (`grid_redispatch_program.KINDS`).
        areas: by name (regions, direction, MW): limits of areas in the correction, beside those of the scenario.
        folder: the data set; by default that of the scenario.
        log_folder: where the logs of HiGHS go.
        progress: told what goes on.

    Raises:
        InputError: faults in scenario or tables, runs that do not fit, options that are none.
        NotOptimal, CheckFailed: no capacities, or no correction; the message says which.
    """
    areas = areas or {}
    refuse_options(spread, held)
    plan = plan_of(scenario, capacities, folder, _log(log_folder, "plan"), progress)
    refuse_areas(plan.built, areas)
    other = plan_without(plan, without, folder, _log(log_folder, "plan_without"), progress)
    plans = [plan] if other is None else [plan, other]
    outcomes = tuple(
        redispatch_of(one, spread, held, areas, _log(log_folder, f"solve_{number}"), progress)
        for number, one in enumerate(plans)
    )
    return Study(outcomes, spread, tuple(held), areas)


def redispatch_of(
    plan: Plan,
    spread: float = SPREAD,
    held: Sequence[str] = (),
    areas: Areas | None = None,
    log_file: Path | None = None,
    progress: Progress | None = None,
) -> Redispatch:
    """The three solves on the capacities of a plan."""
    built = plan.operated()
    parties = parties_of(built)
    points = Precise(built, 3, log_file, progress)
    try:
        nodal = sound(points.solve(built.compiled, f"nodal optimum {plan.name}", keep_cube=True), "nodal optimum")
        assert nodal.solution is not None and nodal.cube is not None
        single = market_program(built, parties, nodal.solution.columns, TIES * spread)
        market = sound(points.solve(single, f"market {plan.name}", keep_cube=True, physics=False), "market")
        assert market.solution is not None and market.cube is not None
        program = correction_program(built, parties, market.solution.columns, spread, held, areas)
        corrected = points.solve(program, f"correction {plan.name}", keep_cube=True)
        sound(corrected, "correction", f" with {', '.join(held)} held" if held else "")
    finally:
        points.close()
    assert corrected.solution is not None and corrected.cube is not None
    count = built.compiled.column_count
    before, columns = market.solution.columns[:count], corrected.solution.columns[:count]
    moves = moves_of(built, parties, before, columns, (losses_of(built, before), losses_of(built, columns)))
    costs = {
        "market": market.cost,
        "nodal": nodal.cost,
        "corrected": corrected.cost,
        "spread": float(program.cost[count:] @ corrected.solution.columns[count:]),
    }
    cubes = {"market": market.cube, "nodal": nodal.cube, "corrected": corrected.cube}
    found = [*market_faults(built, market.cube), *order_faults(costs), *balance_faults(built, moves)]
    if found:
        raise CheckFailed(found)
    return Redispatch(
        plan,
        built,
        parties,
        costs,
        _prices(built, market),
        moves,
        pd.DataFrame({name: _unserved(built, cube) for name, cube in cubes.items()}),
        nodal.seconds + market.seconds + corrected.seconds,
        tuple(time_warnings(nodal.cube)),
    )


def market_faults(built: Built, cube: Any) -> list[str]:
    """What is wrong in a market outcome: the country's supply against its demand, added up anew by every feature.

    The electricity of all nodes but sites balances as one; sites, and all other carriers, balance node by node.
    """
    from model.core.balances_check import add_up, demand_of_year
    from model.core.checking import RELATIVE_TOLERANCE, SMALLEST, all_supplies, electricity

    case, carriers = (
        built.case,
        [str(name) for name in built.case.carriers.index[built.case.carriers["balanced"] == "yes"]],
    )
    inside, power = (case.nodes["kind"] != "site").to_numpy(), electricity(case)
    found = []
    for year in case.years:
        net = {carrier: -demand_of_year(case, carrier, year) for carrier in carriers}
        gross = {carrier: -values for carrier, values in net.items()}
        for supply in all_supplies(case, cube, year):
            add_up(case, supply, net, gross)
        for carrier in carriers:
            off, size = net[carrier], gross[carrier] / 2.0
            if carrier == power:
                off = np.vstack([off[inside].sum(axis=0), off[~inside]])
                size = np.vstack([size[inside].sum(axis=0), size[~inside]])
            amount = float((np.abs(off) / np.maximum(size, SMALLEST)).max(initial=0.0))
            if not amount <= RELATIVE_TOLERANCE:
                found.append(f"market: the balance of {carrier} in {year} is off by {amount:.2g}, relative")
    return found


def order_faults(costs: Mapping[str, float]) -> list[str]:
    """What is wrong in the order market <= nodal optimum <= market + redispatch."""
    allowed = ORDER_TOLERANCE * max(abs(costs["nodal"]), 1e6)
    pairs = (("market", "nodal"), ("nodal", "corrected"))
    return [
        f"system cost: {low} {costs[low]:,.0f} EUR is above {high} {costs[high]:,.0f} EUR"
        for low, high in pairs
        if not costs[low] <= costs[high] + allowed
    ]


def balance_faults(built: Built, moves: Moves) -> list[str]:
    """What is wrong in the volumes: upward and downward differ in some hour by more than the grid loses."""
    load = np.asarray(built.case.demand_series, dtype=float).sum(axis=0).max(initial=0.0)
    allowed = BALANCE_TOLERANCE * max(float(load), 1e3)
    if moves.balance <= allowed:
        return []
    return [f"volumes: up and down differ by {moves.balance:.2g} MW beside losses, allowed {allowed:.2g}"]


def refuse_options(spread: float, held: Sequence[str]) -> None:
    """Refuse a spread that is none and kinds of parties that there are not.

    Raises:
        InputError: one problem for each.
    """
    problems = []
    if not (math.isfinite(spread) and 0.0 < spread <= 1e3):
        expected = "EUR/MWh above 0 and at most 1,000: without a spread volumes are arbitrary"
        problems.append(Problem("command line", "", "--spread", f"{spread:g}", expected))
    for kind in held:
        if kind not in HOLDABLE:
            problems.append(Problem("command line", "", "--hold", kind, f"one of {', '.join(HOLDABLE)}"))
    if problems:
        raise InputError(problems)


def refuse_areas(built: Built, areas: Areas) -> None:
    """Refuse limits of areas that cannot be held: unknown regions, regions without a regional grid, no such direction.

    Raises:
        InputError: one problem for each.
    """
    regional = set(built.case.nodes.loc[built.case.nodes["kind"] == "regional", "region"].map(str))
    problems = []
    for regions, direction, limit in areas.values():
        for region in regions:
            if region not in regional:
                expected = f"regions with a regional grid: {', '.join(sorted(regional)) or 'there are none'}"
                problems.append(Problem("command line", "", "--area-limit", region, expected))
        if direction not in ("feed_in", "offtake"):
            problems.append(Problem("command line", "", "--area-limit", direction, "feed_in or offtake"))
        if not (math.isfinite(limit) and limit >= 0.0):
            problems.append(Problem("command line", "", "--area-limit", f"{limit:g}", "MW of at least 0"))
    if problems:
        raise InputError(problems)


def area_limit(text: str) -> tuple[str, tuple[list[str], str, float]]:
    """A limit of an area from the command line: `NH+FL:feed_in=1500`.

    Raises:
        InputError: it cannot be read.
    """
    place, _, amount = text.partition("=")
    regions, _, direction = place.partition(":")
    try:
        return place, ([region.strip() for region in regions.split("+")], direction.strip(), float(amount))
    except ValueError:
        expected = "REGION[+REGION]:feed_in=MW or :offtake=MW, such as NH+FL:feed_in=1500"
        raise InputError([Problem("command line", "", "--area-limit", text, expected)]) from None


def sound(point: Point, what: str, more: str = "") -> Point:
    """A point that has an answer.

    Raises:
        CheckFailed, NotOptimal: it has none.
    """
    if point.status == "check_failed":
        raise CheckFailed(f"{what}: {finding}" for finding in point.findings)
    if point.status != "optimal":
        advice = ADVICE.get(
            point.status, "No outcome keeps all limits; hold fewer kinds of parties, or widen the area."
        )
        raise NotOptimal(point.status, f"{what}{more}: {advice}")
    return point


def _prices(built: Built, market: Point) -> np.ndarray:
    """Price of the market, EUR/MWh over (year, step)."""
    assert market.solution is not None
    weight = np.asarray(built.case.time.weight, dtype=float)
    discount = built.case.discount_weight.reindex(built.case.years).to_numpy(dtype=float)
    return np.asarray(market.solution.duals[MARKET].reshape(len(discount), -1) / weight / discount[:, None])


def _unserved(built: Built, cube: Any) -> pd.Series:
    """Electricity that stays unserved, MWh by year."""
    from model.core.checking import electricity

    years = built.case.years
    if "unserved" not in cube["results"]:
        return pd.Series(0.0, index=years)
    weight = np.asarray(built.case.time.weight, dtype=float)
    carrier = electricity(built.case)
    hourly = cube["results"]["unserved"].sel(carrier=carrier).reindex(year=years).fillna(0.0).sum("node")
    return pd.Series(hourly.transpose("year", "time").values @ weight, index=years)


def _log(folder: Path | None, name: str) -> Path | None:
    return None if folder is None else folder / f"redispatch_{name}.log"
