"""Myopic foresight: milestone years solved one after another, each holding what the years before have built (T3).

The program is built once, for all years.  A step solves the part of it that belongs to one year: rows and costs of that
year, columns of earlier years fixed at what was found, columns of later years at nothing.  The planner of a year
therefore sees that year alone, as if the world stayed so: a plant pays if it earns its annuity in the year in which it
is built.  What later years make of it is not foreseen, but paid: the cost of all years is added up as in perfect
foresight, in a cube of the same layout.

Every row and column belongs to the year among its labels (what is built, to the year of building).  A column without a
year is decided in the first step.  A dual is that of the step to which its row belongs; what is built is *held* for all
later years, so its reduced cost says what one more unit would have saved over the whole path: the regret of the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.errors import NotOptimal

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.core.registry import Registry
    from model.engine import Compiled, Solution, SolverSettings
    from model.engine.compiled import Family

NO_YEAR = -1
GIVE = 1e-6
"""How far fixed columns may overstep a limit, relative (to a thousand units at least): an earlier year met its limits
to the solver's tolerance, and asked again of fixed numbers that dust would be an infeasibility."""


def solve_myopic(
    compiled: Compiled,
    registry: Registry,
    years: Sequence[int],
    settings: SolverSettings,
    log_file: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Solution:
    """Solve a program year by year.

    Args:
        compiled: the program of all years.
        registry: the declarations, which name the dimensions of sets.
        years: milestone years, in order.
        settings: solver settings, for every step; the time limit is that of one step.
        log_file: where the log of HiGHS goes: the file itself for the last year, `<name>.<year>` for those before.
        progress: told one line at a time.

    Returns:
        One solution over all years: values, the duals of each year's own step, and the objective of the whole path.

    Raises:
        NotOptimal: a year has no optimum; the message names the year and what conflicts.
    """
    column_years = _years(compiled.variables, registry, compiled.column_count)
    row_years = _years(compiled.rows, registry, compiled.row_count)
    columns, duals = np.zeros(compiled.column_count), np.zeros(compiled.row_count)
    done = np.zeros(compiled.column_count, dtype=bool)
    steps: list[Solution] = []
    for year in years:
        step, own_rows = _step(compiled, registry, year, column_years, row_years, columns, done)
        tell = _named(progress, year)
        solution = _solve(step, settings, _log_of(log_file, year, last=year == years[-1]), tell, year)
        own = ~done & ((column_years == year) | (column_years == NO_YEAR))
        columns[own] = np.clip(solution.columns, compiled.column_lower, compiled.column_upper)[own]
        duals[own_rows] = solution.row_duals[own_rows]
        done |= own
        steps.append(solution)
    return _joined(compiled, registry, columns, duals, _linking(compiled, column_years, row_years), steps)


def _years(families: Sequence[Family], registry: Registry, count: int) -> np.ndarray:
    """Year of every row or column, `NO_YEAR` where it has none, shape (count,)."""
    years = np.full(count, NO_YEAR, dtype=np.int64)
    for family in families:
        found = _years_of(family, registry)
        if found is not None:
            years[family.slice] = found
    return years


def _years_of(family: Family, registry: Registry) -> np.ndarray | None:
    """Year of every member of a family, flat: its label `year`, else `build_year`."""
    for wanted in ("year", "build_year"):
        for axis, factor in enumerate(family.factors):
            dims = registry.sets[factor.name].dims if factor.name in registry.sets else (factor.name,)
            if wanted in dims:
                place = dims.index(wanted)
                labels: list[Any] = [m[place] if isinstance(m, tuple) else m for m in factor.members]
                shape = [1] * len(family.shape)
                shape[axis] = -1
                return np.broadcast_to(np.array(labels, dtype=np.int64).reshape(shape), family.shape).ravel()
    return None


def _step(
    compiled: Compiled,
    registry: Registry,
    year: int,
    column_years: np.ndarray,
    row_years: np.ndarray,
    columns: np.ndarray,
    done: np.ndarray,
) -> tuple[Compiled, np.ndarray]:
    """The program of one year, and which rows belong to it."""
    from model.engine import hold

    later = ~done & (column_years != year) & (column_years != NO_YEAR)
    values = np.where(
        done, columns, np.where(later, np.clip(0.0, compiled.column_lower, compiled.column_upper), np.nan)
    )
    rows_of_year = (row_years == year) | (row_years == NO_YEAR)
    held = replace(
        compiled,
        cost=_cost_of(compiled, registry, year),
        cost_offset=0.0,
        row_lower=np.where(rows_of_year, compiled.row_lower, -np.inf),
        row_upper=np.where(rows_of_year, compiled.row_upper, np.inf),
    )
    step = hold(held, {family.name: family.shaped(values) for family in compiled.variables})
    open_rows = rows_of_year & (np.isfinite(step.row_lower) | np.isfinite(step.row_upper))
    return _with_room(step, done), open_rows


def _with_room(step: Compiled, fixed: np.ndarray) -> Compiled:
    """Widen limits that fixed columns of earlier years overstep, whatever the free ones do, as far as that is dust."""
    low = np.where(step.values > 0, step.column_lower[step.indices], step.column_upper[step.indices]) * step.values
    high = np.where(step.values > 0, step.column_upper[step.indices], step.column_lower[step.indices]) * step.values
    touched = _sums(step, fixed[step.indices].astype(float)) > 0
    least, most = _sums(step, low), _sums(step, high)
    over = touched & (least > step.row_upper) & (least - step.row_upper <= _room(step.row_upper))
    under = touched & (most < step.row_lower) & (step.row_lower - most <= _room(step.row_lower))
    return replace(
        step,
        row_lower=np.where(under, most, step.row_lower),
        row_upper=np.where(over, least, step.row_upper),
    )


def _sums(step: Compiled, entries: np.ndarray) -> np.ndarray:
    """Sum of entries over each row."""
    rows = np.repeat(np.arange(step.row_count), np.diff(step.pointer))
    return np.bincount(rows, weights=entries, minlength=step.row_count)


def _room(limits: np.ndarray) -> np.ndarray:
    return GIVE * np.maximum(np.where(np.isfinite(limits), np.abs(limits), 0.0), 1e3)


def _cost_of(compiled: Compiled, registry: Registry, year: int) -> np.ndarray:
    """What one year costs, EUR (discounted) per unit of each column: the cost rows of that year."""
    ledger = compiled.costs
    years = _years(ledger.families, registry, len(ledger.constant))
    entries = np.repeat(years == year, np.diff(ledger.rows.pointer))
    return np.bincount(
        ledger.rows.indices[entries], weights=ledger.rows.values[entries], minlength=compiled.column_count
    ).astype(float)


def _linking(compiled: Compiled, column_years: np.ndarray, row_years: np.ndarray) -> np.ndarray:
    """Columns that stand in a row of another year than their own: what one year leaves to the next."""
    row_of = np.repeat(row_years, np.diff(compiled.pointer))
    linking = np.zeros(compiled.column_count, dtype=bool)
    linking[compiled.indices[row_of != column_years[compiled.indices]]] = True
    return linking


def _solve(
    step: Compiled, settings: SolverSettings, log_file: Path | None, tell: Callable[[str], None] | None, year: int
) -> Solution:
    from model.engine import diagnose, solve

    solution = solve(step, settings, log_file, tell)
    if solution.status == "optimal":
        return solution
    if solution.status in ("infeasible", "unbounded", "unbounded_or_infeasible"):
        reason = str(diagnose(step, settings, solution.status))
    else:
        from model.job import advice

        reason = advice(solution)
    raise NotOptimal(solution.status, f"In the myopic step of {year}, with what earlier years built:\n{reason}")


def _joined(
    compiled: Compiled,
    registry: Registry,
    columns: np.ndarray,
    duals: np.ndarray,
    linking: np.ndarray,
    steps: Sequence[Solution],
) -> Solution:
    """The steps as one solution of the whole program."""
    from model.engine.solver import Solution, quality_of, transposed_times

    reduced = compiled.cost - transposed_times(compiled, duals)
    held = linking.copy()
    names = {family.name for family in compiled.variables if registry.variable(family.name).investment and family.size}
    for family in compiled.variables:
        if family.name in names:
            held[family.slice] = True
    fixed = replace(
        compiled,
        column_lower=np.where(held, columns, compiled.column_lower),
        column_upper=np.where(held, columns, compiled.column_upper),
    )
    last = steps[-1]
    return Solution(
        status="optimal",
        objective=float(compiled.cost @ columns) + compiled.cost_offset,
        values={family.name: family.shaped(columns) for family in compiled.variables},
        reduced_costs={family.name: family.shaped(reduced) for family in compiled.variables},
        duals={family.name: family.shaped(duals) for family in compiled.rows},
        cost_values=compiled.costs.values(columns),
        reported_values=compiled.reported.values(columns),
        seconds=sum(step.seconds for step in steps),
        method=last.method,
        dual_kind=last.dual_kind if len({step.dual_kind for step in steps}) == 1 else "interior",
        options=last.options,
        attempts=tuple(attempt for step in steps for attempt in step.attempts),
        log="\n".join(step.log for step in steps),
        quality=quality_of(fixed, columns, duals, reduced),
        columns=columns,
        row_duals=duals,
        held=frozenset(names),
    )


def _named(progress: Callable[[str], None] | None, year: int) -> Callable[[str], None] | None:
    if progress is None:
        return None
    return lambda text: progress(f"{year}: {text}")


def _log_of(log_file: str | Path | None, year: int, last: bool) -> Path | None:
    if log_file is None:
        return None
    path = Path(log_file)
    return path if last else path.with_name(f"{path.stem}.{year}{path.suffix}")
