"""Solve a compiled program with HiGHS; only `optimal` is success."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from model.engine.compiled import Compiled
from model.engine.presets import SolverSettings, methods, options
from model.engine.scaling import Scaling, scaling_of

if TYPE_CHECKING:
    import highspy

# These are answers; after any other end the next method is tried.
FINAL = ("optimal", "infeasible", "unbounded", "unbounded_or_infeasible", "time_limit", "interrupted", "memory_limit")


@dataclass(frozen=True)
class Solution:
    """What came back.

    Attributes:
        status: `optimal`, or `infeasible`, `unbounded`, `unbounded_or_infeasible`, `time_limit`, `unknown` ...
        objective: cost at the solution, cost rows added up (NaN unless optimal).
        values, reduced_costs: by variable, one array axis for each of its sets.
        duals: by row family; d objective / d right-hand side, unscaled.
        cost_values, reported_values: the ledgers at the solution, by family.
        seconds: wall time of all attempts; `method`: the one that gave this answer.
        dual_kind: `vertex`, or `interior` (unique and repeatable, but not a vertex's); of a program with whole numbers
            followed by `whole numbers fixed`.
        options: HiGHS' options of the last attempt; `attempts`: (method, status, seconds) of all.
        log: HiGHS' log; `quality`: gap and residuals, see `quality_of`.
        columns, row_duals: the raw vectors behind `values` and `duals`.
        held: variables of which every column was fixed.
    """

    status: str
    objective: float
    values: dict[str, np.ndarray]
    reduced_costs: dict[str, np.ndarray]
    duals: dict[str, np.ndarray]
    cost_values: dict[str, np.ndarray]
    reported_values: dict[str, np.ndarray]
    seconds: float
    method: str
    dual_kind: str
    options: dict[str, Any]
    attempts: tuple[tuple[str, str, float], ...] = ()
    log: str = field(default="", repr=False)
    quality: dict[str, float] = field(default_factory=dict)
    columns: np.ndarray = field(default_factory=lambda: np.zeros(0), repr=False)
    row_duals: np.ndarray = field(default_factory=lambda: np.zeros(0), repr=False)
    held: frozenset[str] = frozenset()


def solve(
    compiled: Compiled,
    settings: SolverSettings | None = None,
    log_file: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Solution:
    """Solve a program, trying the methods of the preset in order until one gives an answer.

    Args:
        compiled: the program.
        settings: preset, crossover, threads, tolerance, time limit.
        log_file: where HiGHS' log goes; it is read back into `Solution.log` either way.
        progress: called with one line of text at a time.

    Raises:
        SolverFault: HiGHS refused the program or an option.
    """
    settings = settings or SolverSettings()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(log_file) if log_file is not None else Path(folder) / "highs.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_heading(compiled, progress), encoding="utf-8")
        if len(compiled.open_integers):
            from model.engine.whole import solve_mixed

            return solve_mixed(compiled, settings, path, progress, _solve)
        return _solve(compiled, settings, path, progress)


def _heading(compiled: Compiled, progress: Callable[[str], None] | None) -> str:
    statistics = compiled.statistics()
    ranges = ", ".join(
        f"{name.removesuffix('_range').replace('_', ' ')} {limits[0]:.0e} to {limits[1]:.0e}"
        for name, limits in statistics.items()
        if name.endswith("_range") and limits
    )
    sizes = f"{statistics['rows']} rows, {statistics['columns']} columns, {statistics['nonzeros']} nonzeros"
    sizes += f", {statistics['integers']} whole numbers" if statistics["integers"] else ""
    if progress is not None:
        progress(f"{sizes}; {ranges}")
    return f"{sizes}\nranges: {ranges}\n"


def _solve(
    compiled: Compiled, settings: SolverSettings, path: Path, progress: Callable[[str], None] | None
) -> Solution:
    from model.engine.handover import SolverFault, new_solver, pass_model, run

    start = perf_counter()
    scaling = scaling_of(compiled)
    attempts: list[tuple[str, str, float]] = []
    solver, chosen = None, {}
    for method in methods(settings, len(compiled.values), compiled.wide_columns):
        began = perf_counter()
        chosen = options(method, settings, settings.time_limit - (began - start))
        if progress is not None and attempts:
            progress(f"{attempts[-1][0]} ended {attempts[-1][1]}; trying {method}")
        try:
            solver = new_solver(chosen, path)
            pass_model(solver, compiled, scaling)
            status = run(solver, progress)
        except SolverFault:
            if method != "hipo":  # without highspy-extras HiGHS refuses HiPO; everything else is a fault
                raise
            status = "not_available"
        attempts.append((method, status, perf_counter() - began))
        if status in FINAL:
            break
    seconds = perf_counter() - start
    return finished(compiled, scaling, solver, tuple(attempts), chosen, seconds, path)


def finished(
    compiled: Compiled,
    scaling: Scaling,
    solver: highspy.Highs | None,
    attempts: tuple[tuple[str, str, float], ...],
    chosen: dict[str, Any],
    seconds: float,
    path: Path | None,
) -> Solution:
    """Read the answer of a solver that has run and give every family its shape."""
    from model.engine.handover import is_vertex, raw_solution

    method, status, _ = attempts[-1]
    log = path.read_text(encoding="utf-8", errors="replace") if path is not None and path.exists() else ""
    if status != "optimal" or solver is None:
        nothing: dict[str, np.ndarray] = {}
        return Solution(status, float("nan"), nothing, {}, {}, {}, {}, seconds, method, "none", chosen, attempts, log)
    columns, row_duals = raw_solution(solver, scaling)
    reduced = compiled.cost - transposed_times(compiled, row_duals)
    return Solution(
        status=status,
        objective=float(compiled.cost @ columns) + compiled.cost_offset,
        values={family.name: family.shaped(columns) for family in compiled.variables},
        reduced_costs={family.name: family.shaped(reduced) for family in compiled.variables},
        duals={family.name: family.shaped(row_duals) for family in compiled.rows},
        cost_values=compiled.costs.values(columns),
        reported_values=compiled.reported.values(columns),
        seconds=seconds,
        method=method,
        dual_kind="vertex" if is_vertex(solver) else "interior",
        options=chosen,
        attempts=attempts,
        log=log,
        quality=quality_of(compiled, columns, row_duals, reduced),
        columns=columns,
        row_duals=row_duals,
        held=frozenset(
            family.name
            for family in compiled.variables
            if family.size and np.array_equal(compiled.column_lower[family.slice], compiled.column_upper[family.slice])
        ),
    )


def transposed_times(compiled: Compiled, row_values: np.ndarray) -> np.ndarray:
    """Return the transposed matrix times a vector over the rows."""
    products = compiled.values * np.repeat(row_values, np.diff(compiled.pointer))
    return np.bincount(compiled.indices, weights=products, minlength=compiled.column_count)


def quality_of(compiled: Compiled, columns: np.ndarray, row_duals: np.ndarray, reduced: np.ndarray) -> dict[str, float]:
    """Measure a solution by the matrix alone.

    Returns:
        `row_violation`, `bound_violation`: largest violation, in the units of the rows and columns;
        `row_violation_relative`: the same over one plus the largest absolute term of the row;
        `dual_violation`: largest dual or reduced cost on the side of an infinite limit;
        `primal_objective`, `dual_objective`, `gap` = (primal - dual) / (1 + |primal|).
    """
    terms = compiled.values * columns[compiled.indices]
    activity = compiled.matrix.times(columns)
    size = np.zeros(compiled.row_count)
    filled = np.flatnonzero(np.diff(compiled.pointer))
    if len(filled):
        size[filled] = np.maximum.reduceat(np.abs(terms), compiled.pointer[filled])
    violation = np.maximum(compiled.row_lower - activity, activity - compiled.row_upper).clip(0)
    bounds = np.maximum(compiled.column_lower - columns, columns - compiled.column_upper).clip(0)
    primal = float(compiled.cost @ columns) + compiled.cost_offset
    row_part, row_wrong = _dual_part(row_duals, compiled.row_lower, compiled.row_upper)
    column_part, column_wrong = _dual_part(reduced, compiled.column_lower, compiled.column_upper)
    dual = row_part + column_part + compiled.cost_offset
    return {
        "row_violation": float(violation.max(initial=0)),
        "row_violation_relative": float((violation / (1 + size)).max(initial=0)),
        "bound_violation": float(bounds.max(initial=0)),
        "dual_violation": max(row_wrong, column_wrong),
        "primal_objective": primal,
        "dual_objective": dual,
        "gap": (primal - dual) / (1 + abs(primal)),
    }


def _dual_part(duals: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> tuple[float, float]:
    """Return what limits give to the dual objective, and the largest dual against an infinite limit."""
    limit = np.where(duals > 0, lower, upper)
    open_side = ~np.isfinite(limit)
    wrong = float(np.abs(duals[open_side]).max(initial=0))
    return float(np.sum(np.where(open_side, 0.0, duals * np.where(open_side, 0.0, limit)))), wrong
