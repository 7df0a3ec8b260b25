"""Builds the benchmark's program with one builder and measures it; each builder runs in a process of its own."""

from __future__ import annotations

import gc
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from model.memory import peak_memory

if TYPE_CHECKING:
    import highspy

    from model.data.case import Case
    from model.engine.program import Program

SCENARIO = "full_year_2050"
EXCLUDED = (
    "biomass_power", "e_boiler_district", "furnace_residual_gas_ccs", "gas_boiler_greenhouse", "gas_boiler_steam_ccs",
    "gas_ocgt", "geothermal_greenhouse", "heat_pump_industrial_100", "ptes_energy", "soec", "solar_rooftop",
    "steam_methane_reformer", "ttes_energy",
)  # fmt: skip
OVERRIDES = (
    "years=[2050]",
    "dispatch={}",
    "reactors.enabled=false",
    f"technologies.exclude=[{', '.join(EXCLUDED)}]",
)
"""The year 2050 hour by hour, capacities free.  New reactors are left out, since PyPSA cannot state heat extraction; so
are technologies of which a cousin stays, so that two weeks solve in minutes."""

WHOLE_YEAR = 8760
PYOMO_HOURS = 2190
"""Above this size plain Pyomo is measured at this size and extrapolated: it takes some 10 GB for a year."""


@dataclass
class Measurement:
    """What one builder took; times in s, memory in MB.

    Args:
        rows, columns, nonzeros: of the matrix in normal form (columns without a coefficient and zeros not counted).
        prepare_s: from the case to the sets and numbers that model, linopy and pyomo share; for pypsa the export.
        build_s: from there to the peer's own model.
        handover_s: from there into a HiGHS object that could be solved.
        peak_mb: highest resident memory of the whole process up to then.
        solve_s, objective: of HiGHS, None where not asked for.
        measured_hours: size that was measured, where it is not the size asked for.
    """

    rows: int
    columns: int
    nonzeros: int
    prepare_s: float
    build_s: float
    handover_s: float
    peak_mb: float
    solve_s: float | None = None
    objective: float | None = None
    measured_hours: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Fields by name."""
        return asdict(self)


def benchmark_case(hours: int) -> Case:
    """Case of the benchmark: the first hours of the year, or all."""
    from model import load_scenario
    from model.data import build_case
    from model.exchange.pypsa_cut import cut_case

    case = build_case(load_scenario(SCENARIO, OVERRIDES))
    return case if hours == case.time.count else cut_case(case, hours)


class _Watch:
    """Measures build, hand-over and solve one after the other."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        gc.collect()
        start = perf_counter()
        yield
        self.seconds[name] = perf_counter() - start

    def result(self, counts: tuple[int, int, int], peak: float, objective: float | None) -> Measurement:
        return Measurement(
            *counts,
            self.seconds["prepare"],
            self.seconds["build"],
            self.seconds["handover"],
            peak,
            self.seconds.get("solve"),
            objective,
        )


def measure(builder: str, hours: int, solve: bool) -> Measurement:
    """Build the benchmark of a size with one builder.

    Raises:
        KeyError: no such builder.
        AssertionError: plain Pyomo's matrix is not as large as the model's at the size at which it was measured.
    """
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return BUILDERS[builder](hours, solve)
    finally:
        logging.disable(before)


def _program(case: Case) -> Program:
    from model.core.build import build_program

    return build_program(case)


def _load_all() -> None:
    """Import what the timed parts need, so that no import is timed."""
    import pyomo.environ  # noqa: F401

    import model.engine.handover  # noqa: F401
    from model.core.features import load_features

    load_features()


def _model(hours: int, solve: bool) -> Measurement:
    from model.engine.compiled import compile_program
    from model.engine.handover import new_solver, pass_model
    from model.engine.scaling import scaling_of

    case = benchmark_case(hours)
    _load_all()
    watch = _Watch()
    with watch("prepare"):
        program = _program(case)
    with watch("build"):
        compiled = compile_program(program)
    with watch("handover"):
        solver = new_solver(_options(), None)
        scaling = scaling_of(compiled)
        pass_model(solver, compiled, scaling)
    peak = peak_memory()
    objective = _solve(watch, solver) / scaling.cost if solve else None
    counts = normal_counts(compiled.row_count, compiled.indices, compiled.values)
    return watch.result(counts, peak, objective)


def _linopy(hours: int, solve: bool, sparse: bool = False) -> Measurement:
    from linopy.io import to_highspy

    from benchmark_builders.linopy_statement import build_linopy

    case = benchmark_case(hours)
    _load_all()
    watch = _Watch()
    with watch("prepare"):
        program = _program(case)
    with watch("build"):
        model = build_linopy(program, sparse)
    with watch("handover"), silence():
        solver = to_highspy(model)
    peak = peak_memory()
    objective = _solve(watch, solver) if solve else None
    return watch.result(linopy_counts(model), peak, objective)


def _linopy_sparse(hours: int, solve: bool) -> Measurement:
    return _linopy(hours, solve, sparse=True)


def _pypsa(hours: int, solve: bool) -> Measurement:
    from linopy.io import to_highspy

    from model.exchange.pypsa_export import comparable_objective, export_pypsa, extra_rows

    case = benchmark_case(hours)
    _load_all()
    watch = _Watch()
    with watch("prepare"):
        network = export_pypsa(case, rows_between_capacities=True)
    with watch("build"):
        model = network.optimize.create_model(include_objective_constant=False)
        extra_rows(network, network.snapshots)
    with watch("handover"), silence():
        solver = to_highspy(model)
    peak = peak_memory()
    objective = comparable_objective(network, _solve(watch, solver)) if solve else None
    return watch.result(linopy_counts(model), peak, objective)


def _pyomo(hours: int, solve: bool) -> Measurement:
    if hours <= PYOMO_HOURS:
        return _measured_pyomo(hours, solve)
    from model.engine.compiled import compile_program

    at_start = peak_memory()
    part = _measured_pyomo(PYOMO_HOURS, False)
    compiled = compile_program(_program(benchmark_case(hours)))
    times = hours / PYOMO_HOURS
    return Measurement(
        *normal_counts(compiled.row_count, compiled.indices, compiled.values),
        prepare_s=part.prepare_s,
        build_s=part.build_s * times,
        handover_s=part.handover_s * times,
        peak_mb=at_start + (part.peak_mb - at_start) * times,
        measured_hours=PYOMO_HOURS,
    )


def _measured_pyomo(hours: int, solve: bool) -> Measurement:
    """Plain Pyomo's dense model, written as a matrix by Pyomo itself; its size is compared with the model's."""
    from model.engine.build import build_model
    from model.engine.compiled import compile_program
    from model.engine.handover import new_solver

    case = benchmark_case(hours)
    _load_all()
    watch = _Watch()
    with watch("prepare"):
        program = _program(case)
    with watch("build"):
        model = build_model(program, dense=True)
    with watch("handover"):
        written = _standard_form(model)
        solver = new_solver(_options(), None)
        _pass_written(solver, written)
    peak = peak_memory()
    objective = _solve(watch, solver) if solve else None
    matrix = written.A.tocsr()
    counts = normal_counts(matrix.shape[0], matrix.indices, matrix.data)
    compiled = compile_program(program)
    expected = normal_counts(compiled.row_count, compiled.indices, compiled.values)
    if counts != expected:
        raise AssertionError(f"plain Pyomo has (rows, columns, nonzeros) {counts} at {hours} h, the model {expected}")
    return watch.result(counts, peak, objective)


def _standard_form(model: Any) -> Any:
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    return LinearStandardFormCompiler().write(model, mixed_form=True)


def _pass_written(solver: highspy.Highs, written: Any) -> None:
    """Hand Pyomo's standard form to HiGHS: rows carry the kind of bound, columns their own."""
    from model.engine.handover import MINIMISE, ROW_WISE, checked

    matrix = written.A.tocsr()
    kinds = np.array([row.bound_type for row in written.rows])
    right = np.asarray(written.rhs, dtype=float)
    bounds = [variable.bounds for variable in written.columns]
    lower = np.array([-np.inf if bound[0] is None else bound[0] for bound in bounds], dtype=float)
    upper = np.array([np.inf if bound[1] is None else bound[1] for bound in bounds], dtype=float)
    status = solver.passModel(
        matrix.shape[1], matrix.shape[0], matrix.nnz, ROW_WISE, MINIMISE, float(written.c_offset[0]),
        np.asarray(written.c.todense(), dtype=float).ravel(), lower, upper,
        np.where(kinds > 0, -np.inf, right), np.where(kinds < 0, np.inf, right),
        matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data.astype(float),
        np.zeros(matrix.shape[1], np.int32),
    )  # fmt: skip
    checked(status, "passModel")


def normal_counts(rows: int, indices: np.ndarray, values: np.ndarray) -> tuple[int, int, int]:
    """Rows, columns that stand in a row, and coefficients other than zero."""
    present = np.asarray(values) != 0
    return int(rows), len(np.unique(np.asarray(indices)[present])), int(present.sum())


def linopy_counts(model: Any) -> tuple[int, int, int]:
    """The same of a linopy model."""
    matrix = model.matrices.A
    return normal_counts(matrix.shape[0], matrix.indices, matrix.data)


def _options() -> dict[str, Any]:
    """One way to solve for all builders: IPX without crossover, which takes one core."""
    from model.engine.presets import SolverSettings, options

    return options("ipx", SolverSettings(), float("inf"))


def _solve(watch: _Watch, solver: highspy.Highs) -> float:
    """Solve and return the objective; anything but an optimum is an error."""
    from model.engine.handover import run, set_options

    with watch("solve"), silence():
        set_options(solver, _options() | {"output_flag": False})
        status = run(solver, None)
    if status != "optimal":
        raise AssertionError(f"HiGHS ended {status}")
    return float(solver.getInfo().objective_function_value)


@contextmanager
def silence() -> Iterator[None]:
    """Send what a C library prints to the error stream, since the result is read from standard output."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


BUILDERS: dict[str, Callable[[int, bool], Measurement]] = {
    "model": _model,
    "linopy": _linopy,
    "pypsa": _pypsa,
    "pyomo": _pyomo,
    "linopy_sparse": _linopy_sparse,
}
"""`linopy_sparse` is linopy's newer path (`Model(sparse=True)`), measured only when named."""
