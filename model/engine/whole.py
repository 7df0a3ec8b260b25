"""Programs with whole numbers: a mixed-integer solve, then the linear program that is left when these are fixed.

HiGHS gives a mixed-integer program no duals.  What is reported is the linear program with the whole numbers fixed at
the best solution found: it costs no more than that solution, and its duals say what one more unit is worth while
nobody builds one module more or less.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np

from model.engine.compiled import Compiled
from model.engine.presets import SolverSettings, mixed_options
from model.engine.scaling import scaling_of
from model.engine.solver import Solution, finished

METHOD = "branch and cut"
FIXED = "whole numbers fixed"
"""What `dual_kind` says after the kind of the linear program: `vertex, whole numbers fixed`."""


def without_whole_numbers(compiled: Compiled) -> Compiled:
    """The linear relaxation: every whole number may be a fraction."""
    return replace(compiled, integer=np.zeros(0, bool))


def solve_mixed(
    compiled: Compiled,
    settings: SolverSettings,
    path: Path,
    progress: Callable[[str], None] | None,
    solve_linear: Callable[[Compiled, SolverSettings, Path, Callable[[str], None] | None], Solution],
) -> Solution:
    """Solve a program with open whole numbers.

    Args:
        compiled: the program.
        settings: `mip_gap` is the gap at which a solution counts as optimal; the time limit holds for both solves.
        path: log file of HiGHS.
        progress: called with one line of text at a time.
        solve_linear: solves the program that is left.

    Returns:
        The solution, with `mip_bound` (the least that any solution can cost, EUR) and `mip_gap` (relative, reached) in
        its quality.  Ends other than `optimal` come back without values; where a solution was in hand (at a time limit,
        say), `mip_objective` (EUR), `mip_bound` and `mip_gap` say how good it was.
    """
    from model.engine.handover import new_solver, pass_model, run

    start = perf_counter()
    scaling = scaling_of(compiled)
    chosen = mixed_options(settings)
    solver = new_solver(chosen, path)
    pass_model(solver, compiled, scaling)
    status = run(solver, progress)
    seconds = perf_counter() - start
    attempt = (METHOD, status, seconds)
    info = solver.getInfo()
    bound = float(info.mip_dual_bound) / scaling.cost
    in_hand = {"mip_gap": float(info.mip_gap), "mip_bound": bound}
    in_hand["mip_objective"] = float(info.objective_function_value) / scaling.cost
    if status != "optimal":
        ended = finished(compiled, scaling, None, (attempt,), chosen, seconds, path)
        return replace(ended, quality=in_hand if np.isfinite(info.mip_gap) else {})
    whole = compiled.open_integers
    counts = np.round(np.array(solver.getSolution().col_value)[whole])
    lower, upper = compiled.column_lower.copy(), compiled.column_upper.copy()
    lower[whole] = upper[whole] = counts
    if progress is not None:
        progress(f"whole numbers found, gap {info.mip_gap:.2g}; solving with them fixed for the duals")
    left = replace(settings, time_limit=settings.time_limit - seconds)
    solution = solve_linear(replace(compiled, column_lower=lower, column_upper=upper), left, path, progress)
    quality = dict(solution.quality)
    if solution.status == "optimal":
        quality |= {
            "mip_bound": bound,
            "mip_gap": max(0.0, solution.objective - bound) / max(1.0, abs(solution.objective)),
        }
    else:
        quality = in_hand
    return replace(
        solution,
        seconds=perf_counter() - start,
        method=f"{METHOD}, then {solution.method}",
        dual_kind=f"{solution.dual_kind}, {FIXED}" if solution.dual_kind != "none" else "none",
        attempts=(attempt, *solution.attempts),
        quality=quality,
    )
