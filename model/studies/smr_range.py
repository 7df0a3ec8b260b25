"""How much small nuclear the system can take: the near-optimal range, and what a target costs (F13, R36).

Three questions to one built program, in the electric capacity of small reactors (GW_e) of one milestone year:

- least and most of it within some percent of least cost, in the whole country (1, 3, 5 %);
- the same in each region, within 3 %;
- what a forced amount costs, from 0 to 10 GW, and what one more GW would.

Formulated as modelling to generate alternatives (MGA): a row holds cost within the budget, and the capacity is
minimised or maximised instead of cost.  The forced amount is an equation, so that the curve also shows what it costs to
have *less* than the optimum; at or below the optimum a target of "at least so much" costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.errors import InputError, NotOptimal, Problem
from model.job import ADVICE, BUILD, Progress, build
from model.report.settings import time_warnings
from model.studies.framework.asked import refuse_unable
from model.studies.framework.page import region_names
from model.studies.framework.points import Point, Points
from model.studies.framework.variants import (
    Row,
    column_positions,
    cost_row,
    with_limits,
    with_objective,
    with_reward,
    with_rows,
)

if TYPE_CHECKING:
    from model.engine import Compiled
    from model.job import Built
    from model.scenario import Scenario

BUDGET, AMOUNT = "cost_budget", "small_reactor_amount"
SLACKS = (0.01, 0.03, 0.05)
"""Shares of least cost that the country may spend on top."""
REGION_SLACK = 0.03
TARGETS = tuple(float(target) for target in range(11))
"""Forced amounts, GW_e."""
DUST = 1e-3
"""GW_e; an interior method leaves as much of nothing."""
FREE = (-np.inf, np.inf)


@dataclass(frozen=True)
class SmrRange:
    """What the study found.

    Attributes:
        built: the scenario, built.
        year: milestone year of the capacities.
        least_cost: EUR, discounted.
        optimum: GW_e of small reactors at least cost.
        highest: most GW_e that can stand, whatever it costs.
        points: one row per point: question, region, slack (share), target (GW_e), status, capacity (GW_e), cost (EUR,
            discounted), extra_cost (share of least cost), marginal (EUR per kW_e and year of the milestone year),
            seconds.
        by_region: GW_e over (point, region), NaN where a point has no solution.
        findings: by point, what the check found where it failed.
    """

    built: Built
    year: int
    least_cost: float
    optimum: float
    highest: float
    points: pd.DataFrame
    by_region: pd.DataFrame
    findings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    """What to know before quoting a figure: how few days stand for the year."""


def small_reactor_columns(built: Built, year: int) -> pd.DataFrame:
    """Columns of the thermal capacity of small reactors in a year.

    Returns:
        One row per reactor that may stand: column (position), asset, technology, node, region, gigawatt (GW_e per unit
        of the column).

    Raises:
        InputError: none may stand in that year, or it is no milestone year of the scenario.
    """
    case = built.case
    small = case.reactors.loc[case.reactors["kind"] == "smr", "efficiency"].astype(float).to_dict()
    places = case.assets[["technology", "node", "region"]]
    rows = []
    for (asset, of_year), position in column_positions(built.compiled, "capacity").items():
        place: dict[Any, Any] = places.loc[str(asset)].to_dict()
        if of_year == year and place["technology"] in small:
            size = small[place["technology"]] / 1e3
            rows.append({"column": position, "asset": asset, **place, "gigawatt": size})
    if not rows:
        raise InputError([_why_none(case, year)])
    return pd.DataFrame(rows)


def _why_none(case: Any, year: int) -> Problem:
    """What was expected where no small reactor may stand in a year, with the reason."""
    name, asked = case.scenario.name, case.scenario.reactors
    if year not in case.years:
        expected = f"a milestone year of the scenario: {', '.join(map(str, case.years))}"
        return Problem(name, "", "years", str(year), expected)
    if not asked.enabled:
        expected = "true: the study asks about small reactors, and here they are off"
        return Problem(name, "", "reactors.enabled", "false", expected)
    small = set(case.reactors.index[case.reactors["kind"] == "smr"])
    if asked.designs and not small & set(asked.designs):
        expected = "some small design: the study asks about small reactors, and here none may be built"
        return Problem(name, "", "reactors.designs", ", ".join(asked.designs), expected)
    expected = (
        f"a year in which small reactors may stand: by {year} no design has a place in the table reactor_potentials "
        f"for the modes {', '.join(asked.modes)} and is to be had"
    )
    return Problem(name, "", "years", str(year), expected)


def smr_range(
    scenario: Scenario,
    year: int | None = None,
    targets: Sequence[float] = TARGETS,
    slacks: Sequence[float] = SLACKS,
    region_slack: float = REGION_SLACK,
    folder: str | Path | None = None,
    log_file: Path | None = None,
    progress: Progress | None = None,
) -> SmrRange:
    """Run the study.

    Args:
        scenario: any scenario with small reactors.
        year: milestone year of the capacities; by default the last.
        targets: forced amounts, GW_e.
        slacks: national budgets, shares on top of least cost.
        region_slack: the same for the ranges by region.
        folder: the data set; by default that of the scenario.
        log_file: where the log of HiGHS goes.
        progress: told what goes on.

    Raises:
        InputError: faults in scenario or tables; a setting that the study cannot honour; no small reactor may stand in
            the year.
        NotOptimal: the scenario itself has no optimum.
    """
    refuse_unable(scenario)
    built = build(scenario, folder, progress)
    if progress is not None:
        progress(BUILD, "least cost first")
    year = built.case.years[-1] if year is None else year
    return range_of(built, year, targets, slacks, region_slack, log_file, progress)


def range_of(
    built: Built,
    year: int,
    targets: Sequence[float] = TARGETS,
    slacks: Sequence[float] = SLACKS,
    region_slack: float = REGION_SLACK,
    log_file: Path | None = None,
    progress: Progress | None = None,
) -> SmrRange:
    """The same for a scenario that is built already."""
    columns = small_reactor_columns(built, year)
    regions = sorted(columns["region"].unique())
    count = 2 + 2 * len(slacks) + 2 * len(regions) + len(targets)
    points = Points(built, count, log_file, progress)
    study = _Study(built, year, columns, points)
    try:
        least = study.least()
        study.highest()
        for slack in sorted(slacks):
            study.extreme("least", slack)
            study.extreme("most", slack)
        for region in regions:
            study.extreme("least", region_slack, str(region))
            study.extreme("most", region_slack, str(region))
        for target in targets:
            study.target(float(target))
    finally:
        points.close()
    table = pd.DataFrame([row for row, _ in study.rows])
    shares = pd.DataFrame([by_region for _, by_region in study.rows], columns=regions)
    return SmrRange(
        built,
        year,
        least.cost,
        study.optimum,
        study.most_ever,
        table,
        shares.rename_axis("point"),
        study.findings,
        tuple(time_warnings(least.cube)) if least.cube is not None else (),
    )


class _Study:
    """Asks one question after the other and keeps the answers."""

    def __init__(self, built: Built, year: int, columns: pd.DataFrame, points: Points) -> None:
        self.built, self.year, self.columns, self.points = built, year, columns, points
        self.names = region_names(built.case)
        self.place = columns["column"].to_numpy()
        self.size = columns["gigawatt"].to_numpy(dtype=float)
        self.rows: list[tuple[dict[str, Any], dict[str, float]]] = []
        self.findings: dict[str, tuple[str, ...]] = {}
        self.least_cost = self.optimum = self.most_ever = np.nan
        self.wide: Compiled = built.compiled

    def least(self) -> Point:
        """Least cost without any force; then the budget and the amount become rows of the program."""
        point = self.points.solve(self.built.compiled, "least cost", keep_cube=True)
        if point.status != "optimal":
            raise NotOptimal(point.status, "\n".join(point.findings) or ADVICE.get(point.status, ADVICE["other"]))
        self.least_cost = point.cost
        self.optimum = self._keep(point, "least cost")
        budget = cost_row(self.built.compiled, BUDGET, 2.0 * point.cost, point.cost)
        self.wide = with_rows(self.built.compiled, [budget, Row(AMOUNT, self.place, self.size)])
        return point

    def highest(self) -> None:
        """Most that can stand, whatever it costs: a GW is paid ten times what the whole system costs.

        Maximised alone, everything else would be left to chance; so it is the cheapest of the plans with the most.
        """
        wide = with_limits(self.wide, {BUDGET: FREE})
        paid = with_reward(wide, self.place, 10.0 * self.least_cost * self.size)
        point = self.points.solve(paid, "most that can stand")
        self.most_ever = self._keep(point, "most that can stand")

    def extreme(self, question: str, slack: float, region: str = "") -> None:
        """Least or most within a budget, in the country or in a region."""
        part = (self.columns["region"] == region).to_numpy() if region else np.ones(len(self.place), dtype=bool)
        name = f"{question} within {slack:.0%}{f' in {self.names[region]}' if region else ''}"
        if question == "least" and self._none_within(slack, region):
            self._keep(self.points.skip(name, "known"), question, region, slack, none=True)
            return
        sign = 1.0 if question == "least" else -1.0
        upper = (1.0 + slack) * self.least_cost - self.built.compiled.cost_offset
        within = with_limits(self.wide, {BUDGET: (-np.inf, upper / self.least_cost)})
        variant = with_objective(within, self.place[part], sign * self.size[part])
        self._keep(self.points.solve(variant, name), question, region, slack)

    def target(self, target: float) -> None:
        """Least cost with exactly so much."""
        name = f"exactly {target:g} GW"
        if target > self.most_ever * (1 + 1e-6) + DUST:
            self._keep(self.points.skip(name, "infeasible"), "target", target=target)
            return
        forced = with_limits(self.wide, {BUDGET: FREE, AMOUNT: (target, target)})
        self._keep(self.points.solve(forced, name), "target", target=target)

    def _none_within(self, slack: float, region: str) -> bool:
        """Whether a point within the budget has none already: less than none there cannot be."""
        return any(
            row["extra_cost"] <= slack + 1e-9 and sum(shares.values() if not region else [shares[region]]) <= DUST
            for row, shares in self.rows
            if row["status"] == "optimal"
        )

    def _keep(
        self,
        point: Point,
        question: str,
        region: str = "",
        slack: float = np.nan,
        target: float = np.nan,
        none: bool = False,
    ) -> float:
        """Write a point down; gives the capacity that it asked for, GW_e."""
        regions = self.columns["region"]
        shares = dict.fromkeys(sorted(regions.unique()), np.nan)
        capacity = 0.0 if none else np.nan
        marginal = np.nan
        if point.solution is not None:
            power = pd.Series(self.size * point.solution.columns[self.place]).groupby(regions.to_numpy()).sum()
            shares = {str(name): float(value) for name, value in power.items()}
            capacity = shares[region] if region else float(power.sum())
            if question == "target":
                discount = float(self.built.case.discount_weight[self.year])
                marginal = point.dual(AMOUNT) / discount / 1e6  # EUR per GW, discounted -> EUR per kW and year
        if point.findings:
            self.findings[point.name] = point.findings
        row = {
            "point": point.name,
            "question": question,
            "region": region,
            "slack": slack,
            "target": target,
            "status": point.status,
            "capacity": capacity,
            "cost": point.cost,
            "extra_cost": point.cost / self.least_cost - 1.0,
            "marginal": marginal,
            "seconds": point.seconds,
        }
        self.rows.append((row, shares))
        return capacity
