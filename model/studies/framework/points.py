"""The points of a study: one solve after the other on one live solver, every optimum checked independently."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from model.core.checking import RELATIVE_TOLERANCE, SMALLEST
from model.errors import CheckFailed
from model.job import SOLVE, Progress, solver_settings

if TYPE_CHECKING:
    from model.engine import Compiled, Solution
    from model.job import Built

ROW_TOLERANCE = 1e-5
"""How far a row that a study added may be missed, over its limit; the check knows the others by their physics."""
SIMPLEX_NONZEROS = 50_000
"""Below this many nonzeros points are solved by simplex, each from the basis of the one before: at 33,000 nonzeros of
the shipped data five points took 2.7 s of processor time, with IPX as much, with HiPO 5.3 s; at 370,000 HiPO needs 40 s
a point and simplex minutes."""
PRICE_CHECKS = ("price where demand stays unserved",)
"""Checks that take duals for prices, which they are only where cost is minimised."""
GAP_TOLERANCE = 1e-4
"""Largest relative gap between primal and dual objective of a variant."""


@dataclass(frozen=True)
class Point:
    """What came of one solve.

    Attributes:
        name: what was asked, in words.
        status: `optimal`, `infeasible` or another end of the solver, or `check_failed`.
        cost: discounted system cost at the solution, EUR; NaN unless optimal.
        seconds: time of the solve and of the check, s.
        solution: the solution of the variant; None unless optimal.
        cube: the labelled results, where they were asked for.
        findings: what the check found, one line each; such a point has no figures.
    """

    name: str
    status: str
    cost: float = math.nan
    seconds: float = 0.0
    solution: Solution | None = field(default=None, repr=False)
    cube: xr.DataTree | None = field(default=None, repr=False)
    findings: tuple[str, ...] = ()

    def total(self, compiled: Compiled, row: str) -> float:
        """Value of a row's sum at the solution, NaN where there is none."""
        if self.solution is None:
            return math.nan
        family = next(family for family in compiled.rows if family.name == row)
        part = slice(compiled.pointer[family.start], compiled.pointer[family.stop])
        return float(compiled.values[part] @ self.solution.columns[compiled.indices[part]])

    def dual(self, row: str) -> float:
        """Dual of an added row, in units of the objective per unit of the row; NaN where there is no solution."""
        return float(self.solution.duals[row]) if self.solution is not None else math.nan


class Points:
    """Solves variants of one built scenario and counts them."""

    def __init__(
        self, built: Built, count: int, log_file: Path | None = None, progress: Progress | None = None
    ) -> None:
        """Start no solver yet.

        Args:
            built: the scenario, built.
            count: number of points to come, for the progress shown.
            log_file: where the log of HiGHS goes; its folder is made.
            progress: told what goes on.
        """
        from model.engine import Resolver

        if log_file is not None:
            log_file.parent.mkdir(parents=True, exist_ok=True)
        self.built, self.count, self.done = built, count, 0
        self._tell = progress or (lambda stage, text: None)
        settings = solver_settings(built.scenario)
        if settings.preset == "auto" and len(built.compiled.values) < SIMPLEX_NONZEROS:
            settings = replace(settings, preset="simplex")
        self._resolver = Resolver(settings, log_file)

    def solve(
        self,
        variant: Compiled,
        name: str,
        keep_cube: bool = False,
        physics: bool = True,
        excused: Collection[str] = (),
    ) -> Point:
        """Solve a variant and check what came of it; an end without optimum, or a failed check, is a point too.

        Args:
            variant: a variant of the built program (`model.studies.framework.variants`).
            name: what is asked, in words.
            keep_cube: keep the labelled results in the point.
            physics: check the physics of the scenario; without it the matrix alone, for a variant that lifts limits.
            excused: names of checks whose limits the variant sets aside.
        """
        self.done += 1
        begin = perf_counter()
        self._tell(SOLVE, self._label(name))
        solution = self._resolver.solve(variant, self._line(name))
        if solution.status != "optimal":
            return Point(name, solution.status, seconds=perf_counter() - begin)
        cost = math.fsum(float(values.sum()) for values in solution.cost_values.values())
        try:
            cube = checked_cube(self.built, variant, solution, cost, physics, excused)
        except CheckFailed as error:
            return Point(name, "check_failed", seconds=perf_counter() - begin, findings=tuple(error.findings))
        return Point(name, "optimal", cost, perf_counter() - begin, solution, cube if keep_cube else None)

    def skip(self, name: str, status: str) -> Point:
        """A point whose answer is known without a solve."""
        self.done += 1
        return Point(name, status)

    def close(self) -> None:
        """Let go of the solver and its memory."""
        self._resolver.close()

    def _label(self, name: str) -> str:
        return f"{self.done}/{self.count} {name}"

    def _line(self, name: str) -> Callable[[str], None]:
        return lambda text: self._tell(SOLVE, f"{self._label(name)}: {text}")


def checked_cube(
    built: Built,
    variant: Compiled,
    solution: Solution,
    cost: float,
    physics: bool = True,
    excused: Collection[str] = (),
) -> xr.DataTree:
    """The cube of a variant's solution, after all checks of the physics and of the money.

    The physics is that of the built scenario: rows that a study added are checked by the matrix alone.  Where the
    variant minimises something else than cost, its duals are no prices and are not held to be any.  A variant that
    lifts limits of the physics (`physics=False`) is held to its own matrix only; one that sets single limits aside is
    held to all checks but those `excused` by name.

    Raises:
        CheckFailed: one line for each finding.
    """
    from model.cube import assemble, run_checks

    quality = solution.quality
    # The objective may be next to nothing (a least capacity): a gap then counts against a thousand of its units.
    size = max(abs(quality["primal_objective"]), 1e3 * float(np.abs(variant.cost).max(initial=0.0)), 1.0)
    found = [
        f"{what} {amount:.2g}, allowed {allowed:.0e}"
        for what, amount, allowed in (
            ("a row of the study is missed by", _missed(built.compiled, variant, solution.columns), ROW_TOLERANCE),
            (
                "the gap to the optimum is",
                abs(quality["primal_objective"] - quality["dual_objective"]) / size,
                GAP_TOLERANCE,
            ),
            ("a row is missed by", 0.0 if physics else _missed_anywhere(quality), ROW_TOLERANCE),
        )
        if not amount <= allowed
    ]
    priced = variant.cost is built.compiled.cost
    own = replace(
        solution,
        objective=cost,
        duals={family.name: solution.duals[family.name] for family in built.compiled.rows},
        quality=quality if priced else {key: value for key, value in quality.items() if key != "dual_objective"},
    )
    cube = assemble(built.case, built.program, built.registry, own, built.compiled.statistics())
    checked = run_checks(built.case, cube, built.registry) if physics else []
    apart = {*excused, *(() if priced else PRICE_CHECKS)}
    found += [str(finding) for finding in checked if finding.check not in apart]
    if found:
        raise CheckFailed(found)
    return cube


def _missed_anywhere(quality: Mapping[str, float]) -> float:
    """How far any row is missed, relative; less than the checks of the physics let pass (1 kW) is nothing."""
    return quality["row_violation_relative"] if quality["row_violation"] > SMALLEST * RELATIVE_TOLERANCE else 0.0


def _missed(compiled: Compiled, variant: Compiled, columns: np.ndarray) -> float:
    """How far the rows that a study added are missed at most, over their limits (one at least)."""
    added = slice(compiled.row_count, variant.row_count)
    lower, upper = variant.row_lower[added], variant.row_upper[added]
    if not len(lower):
        return 0.0
    activity = variant.matrix.times(columns)[added]
    excess = np.maximum(lower - activity, activity - upper).clip(0)
    limits = np.maximum(*(np.where(np.isfinite(limit), np.abs(limit), 0.0) for limit in (lower, upper)))
    return float((excess / np.maximum(limits, 1.0)).max())
