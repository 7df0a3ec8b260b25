"""Between the arrays and HiGHS: every call's status is checked, since HiGHS only returns its errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import highspy
import numpy as np

from model.engine.compiled import Compiled
from model.engine.interrupt import interruptible
from model.engine.scaling import Scaling
from model.errors import ModelError

ROW_WISE, MINIMISE = 2, 1

_threads_in_use: list[int] = []

STATUS_NAMES = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "unbounded_or_infeasible",
    highspy.HighsModelStatus.kTimeLimit: "time_limit",
    highspy.HighsModelStatus.kIterationLimit: "iteration_limit",
    highspy.HighsModelStatus.kInterrupt: "interrupted",
    highspy.HighsModelStatus.kMemoryLimit: "memory_limit",
    highspy.HighsModelStatus.kUnknown: "unknown",
}


class SolverFault(ModelError):
    """HiGHS refused a call."""


def checked(status: Any, call: str) -> None:
    """Raise SolverFault if a call to HiGHS returned an error."""
    if status == highspy.HighsStatus.kError:
        raise SolverFault(f"HiGHS returned an error from {call}; its log says more")


def new_solver(options: dict[str, Any], log_file: Path | None) -> highspy.Highs:
    """Return a HiGHS instance that writes to a file (or nowhere) and has the options set."""
    threads = int(options.get("threads", 0))
    if _threads_in_use and _threads_in_use[-1] != threads:
        # HiGHS keeps one pool of threads per process and refuses another number of them
        highspy.Highs.resetGlobalScheduler(True)
    _threads_in_use[:] = [threads]
    solver = highspy.Highs()
    checked(solver.setOptionValue("log_to_console", False), "log_to_console")
    if log_file is None:
        checked(solver.setOptionValue("output_flag", False), "output_flag")
    else:
        checked(solver.setOptionValue("log_file", str(log_file)), "log_file")
    set_options(solver, options)
    return solver


def set_options(solver: highspy.Highs, options: dict[str, Any]) -> None:
    """Set options; an unknown name or value is a fault."""
    for name, value in options.items():
        checked(solver.setOptionValue(name, value), f"option {name}={value}")


def pass_model(solver: highspy.Highs, compiled: Compiled, scaling: Scaling) -> None:
    """Hand the scaled program over as arrays.

    The integrality array must be there and zero: an empty one gives HiGHS an empty model.  Whole numbers that are fixed
    already are handed over as ordinary columns: what is left is a linear program, with duals.
    """
    whole = np.zeros(compiled.column_count, np.int32)
    whole[compiled.open_integers] = 1
    values = compiled.values * np.repeat(scaling.rows, np.diff(compiled.pointer))
    status = solver.passModel(
        compiled.column_count,
        compiled.row_count,
        len(values),
        ROW_WISE,
        MINIMISE,
        compiled.cost_offset * scaling.cost,
        compiled.cost * scaling.cost,
        compiled.column_lower,
        compiled.column_upper,
        compiled.row_lower * scaling.rows,
        compiled.row_upper * scaling.rows,
        compiled.pointer,
        compiled.indices,
        values,
        whole,
    )
    checked(status, "passModel")
    if solver.getNumNz() != len(values):
        raise SolverFault(
            f"HiGHS took {solver.getNumNz()} of {len(values)} nonzeros: "
            "a coefficient is smaller than 1e-12 after scaling, see statistics()"
        )


def run(solver: highspy.Highs, progress: Callable[[str], None] | None) -> str:
    """Run HiGHS and return the status as a word; `solve_error` if the run itself failed.

    Raises:
        KeyboardInterrupt: Ctrl-C came during the run.
    """
    if progress is not None:

        def tell(event: Any) -> None:
            line = event.message.strip()
            if line:
                progress(line.splitlines()[-1])

        solver.cbLogging.subscribe(tell)
    with interruptible(solver):
        outcome = _quiet_run(solver)
    if outcome == highspy.HighsStatus.kError:
        return "solve_error"
    return STATUS_NAMES.get(solver.getModelStatus(), "unknown")


def _quiet_run(solver: highspy.Highs) -> Any:
    """Run HiGHS; PDLP prints to the process's own output, whatever the options say, so that is closed meanwhile."""
    if solver.getOptionValue("solver")[1] != "pdlp":
        return solver.run()
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        return solver.run()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def raw_solution(solver: highspy.Highs, scaling: Scaling) -> tuple[np.ndarray, np.ndarray]:
    """Return column values and row duals (d objective / d right-hand side), scaling undone."""
    solution = solver.getSolution()
    return np.array(solution.col_value), np.array(solution.row_dual) * scaling.rows / scaling.cost


def is_vertex(solver: highspy.Highs) -> bool:
    """Whether HiGHS holds a basis, so that values and duals belong to a vertex."""
    return bool(solver.getBasis().valid)
