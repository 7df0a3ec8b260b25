"""Solve a program again and again with changed numbers: HiGHS stays alive and gets only what changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from model.engine.compiled import Compiled
from model.engine.presets import SolverSettings, methods, options
from model.engine.scaling import Scaling, scaling_of
from model.engine.solver import FINAL, Solution, finished, solve

if TYPE_CHECKING:
    import highspy

# `changeCoeff` takes 2 microseconds each; above this many the whole program is handed over again.
COEFFICIENT_LIMIT = 200_000


class Resolver:
    """Keeps a HiGHS instance and solves compiled programs of one structure, one after the other.

    A solve leaves a basis only with simplex or with crossover; then the next solve starts from it with dual simplex
    (an interior method starts from nothing each time).  A program of another structure is handed over afresh.

    Attributes:
        sent: what the last `solve` sent: `model`, or the kinds of change (`costs`, `bounds`, `rows`, `coefficients`).
    """

    def __init__(self, settings: SolverSettings | None = None, log_file: str | Path | None = None) -> None:
        """Keep the settings; nothing is started before the first `solve`."""
        self.settings = settings or SolverSettings(preset="simplex")
        self.log_file = Path(log_file) if log_file is not None else None
        self.sent: tuple[str, ...] = ()
        self._solver: highspy.Highs | None = None
        self._compiled: Compiled | None = None
        self._scaling: Scaling | None = None

    def solve(self, compiled: Compiled, progress: Callable[[str], None] | None = None) -> Solution:
        """Solve a program, re-using what the last solve left; the fall-backs start from nothing.

        Raises:
            SolverFault: HiGHS refused a call.
        """
        from model.engine.handover import is_vertex, run, set_options

        if len(compiled.open_integers):  # branch and cut starts afresh each time
            self.close()
            self.sent = ("model",)
            return solve(compiled, self.settings, self.log_file, progress)
        start = perf_counter()
        solver = self._send(compiled)
        method = (
            "simplex" if is_vertex(solver) else methods(self.settings, len(compiled.values), compiled.wide_columns)[0]
        )
        # HiGHS counts the time of all runs of an instance
        chosen = options(method, self.settings, self.settings.time_limit + solver.getRunTime())
        set_options(solver, chosen)
        status = run(solver, progress)
        seconds = perf_counter() - start
        if status in FINAL or not self.settings.fall_back:
            assert self._scaling is not None
            attempts = ((method, status, seconds),)
            return finished(compiled, self._scaling, solver, attempts, chosen, seconds, self.log_file)
        self.close()
        return solve(compiled, self.settings, self.log_file, progress)

    def close(self) -> None:
        """Let go of HiGHS and its memory."""
        self._solver = self._compiled = self._scaling = None

    def _send(self, compiled: Compiled) -> highspy.Highs:
        """Bring HiGHS up to date with a program and return it."""
        from model.engine.handover import new_solver, pass_model

        if self._solver is None or self._compiled is None or self._scaling is None:
            self._scaling = scaling_of(compiled)
            self._solver = new_solver({"threads": self.settings.threads}, self.log_file)
            pass_model(self._solver, compiled, self._scaling)
            self.sent = ("model",)
        else:
            changed = np.flatnonzero(compiled.values != self._compiled.values) if self._same_pattern(compiled) else None
            if changed is None or len(changed) > COEFFICIENT_LIMIT:
                self._pass_again(compiled)
            else:
                self._send_changes(compiled, changed)
        self._compiled = compiled
        return self._solver

    def _same_pattern(self, compiled: Compiled) -> bool:
        old = self._compiled
        return (
            old is not None
            and old.column_count == compiled.column_count
            and np.array_equal(old.pointer, compiled.pointer)
            and np.array_equal(old.indices, compiled.indices)
        )

    def _pass_again(self, compiled: Compiled) -> None:
        """Hand the whole program over, with the old basis where it still has the right size."""
        from model.engine.handover import checked, pass_model

        assert self._solver is not None and self._compiled is not None
        old = self._compiled
        basis = self._solver.getBasis()
        self._scaling = scaling_of(compiled)
        pass_model(self._solver, compiled, self._scaling)
        same_size = (old.row_count, old.column_count) == (compiled.row_count, compiled.column_count)
        if basis.valid and same_size:
            checked(self._solver.setBasis(basis), "setBasis")
        self.sent = ("model",)

    def _send_changes(self, compiled: Compiled, changed: np.ndarray) -> None:
        """Send the costs, bounds, limits and coefficients that differ."""
        from model.engine.handover import checked

        old, scaling, solver = self._compiled, self._scaling, self._solver
        assert old is not None and scaling is not None and solver is not None
        sent = []
        costs = np.flatnonzero(old.cost != compiled.cost).astype(np.int32)
        if len(costs):
            checked(solver.changeColsCost(len(costs), costs, compiled.cost[costs] * scaling.cost), "changeColsCost")
            sent.append("costs")
        if old.cost_offset != compiled.cost_offset:
            checked(solver.changeObjectiveOffset(compiled.cost_offset * scaling.cost), "changeObjectiveOffset")
        bounds = _changed(old.column_lower, compiled.column_lower, old.column_upper, compiled.column_upper)
        if len(bounds):
            lower, upper = compiled.column_lower[bounds], compiled.column_upper[bounds]
            checked(solver.changeColsBounds(len(bounds), bounds, lower, upper), "changeColsBounds")
            sent.append("bounds")
        rows = _changed(old.row_lower, compiled.row_lower, old.row_upper, compiled.row_upper)
        if len(rows):
            factor = scaling.rows[rows]
            lower, upper = compiled.row_lower[rows] * factor, compiled.row_upper[rows] * factor
            checked(solver.changeRowsBounds(len(rows), rows, lower, upper), "changeRowsBounds")
            sent.append("rows")
        row_of = np.searchsorted(compiled.pointer, changed, side="right") - 1
        for entry, row in zip(changed.tolist(), row_of.tolist(), strict=True):
            value = float(compiled.values[entry] * scaling.rows[row])
            checked(solver.changeCoeff(row, int(compiled.indices[entry]), value), "changeCoeff")
        self.sent = (*sent, "coefficients") if len(changed) else tuple(sent)


def _changed(old_lower: np.ndarray, lower: np.ndarray, old_upper: np.ndarray, upper: np.ndarray) -> np.ndarray:
    return np.flatnonzero((old_lower != lower) | (old_upper != upper)).astype(np.int32)
