"""The independent check: the physics, read from the input tables and the result cube, never from the matrix.

Every feature file brings its own check; here they are collected and run, with the checks that belong to the cube as a
whole: numbers are finite, costs add up to the objective, and the dual objective meets the primal one.  A cube that
fails is not written.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from model.core.checking import Finding
from model.cube.ledger_check import ledgers_found_anew
from model.errors import CheckFailed

COST_TOLERANCE = 1e-9
GAP_TOLERANCE = 1e-5

Check = Callable[[Any, xr.DataTree], Iterable[Finding]]


def run_checks(case: Any, cube: xr.DataTree, registry: Any = None) -> list[Finding]:
    """Run the cube's own checks, then those of every feature file, and write the table of findings into the run group.

    Args:
        case: the case that was solved.
        cube: its cube, before writing.
        registry: its records of kind `check` carry functions `(case, cube) -> findings`; by default all feature files.

    Returns:
        The findings beyond their tolerance, the worst first; empty where all is well.  (`check_cube` raises instead.)
    """
    if registry is None:
        from model.core.features import load_features

        registry = load_features()
    declared: list[Check] = [record.function for record in registry.of_kind("check")]
    findings: list[Finding] = []
    for check in (finite_values, costs_add_up, primal_meets_dual, *declared):
        findings.extend(check(case, cube))
    findings.extend(ledgers_found_anew(case, cube, registry))
    record_findings(cube, findings)
    return sorted((finding for finding in findings if not finding.passed), key=excess, reverse=True)


def check_cube(case: Any, cube: xr.DataTree, registry: Any = None) -> None:
    """Run all checks.

    Raises:
        CheckFailed: one or more findings are beyond their tolerance; all of them are listed.
    """
    failed = run_checks(case, cube, registry)
    if failed:
        raise CheckFailed(str(finding) for finding in failed)


def excess(finding: Finding) -> float:
    """How many times its tolerance a finding is off; endless for what is no number."""
    ratio = finding.amount / finding.tolerance if finding.tolerance > 0 else math.inf
    return math.inf if math.isnan(ratio) else ratio


def record_findings(cube: xr.DataTree, findings: Sequence[Finding]) -> None:
    """Keep the table of findings in the run group: name, place, amount, tolerance."""
    columns: dict[str, tuple[list[Any], str, str]] = {
        "check_name": ([finding.check for finding in findings], "text", "Check"),
        "check_place": ([finding.place for finding in findings], "text", "Place where it is off the most"),
        "check_amount": ([finding.amount for finding in findings], "as the check says", "How far it is off"),
        "check_tolerance": ([finding.tolerance for finding in findings], "as the check says", "How far it may be off"),
    }
    cube["run"] = cube["run"].to_dataset().drop_vars(columns, errors="ignore")
    for name, (values, units, long_name) in columns.items():
        array = np.array(values, dtype=float if name in ("check_amount", "check_tolerance") else object)
        attributes = {"units": units, "long_name": long_name, "declared_in": "model/cube/check.py"}
        cube["run"][name] = xr.DataArray(array, dims=["finding"], attrs=attributes)
    cube["run"].attrs["checks_passed"] = sum(finding.passed for finding in findings)
    cube["run"].attrs["checks_failed"] = sum(not finding.passed for finding in findings)


def finite_values(case: Any, cube: xr.DataTree) -> Iterable[Finding]:
    """No result and no dual is infinite (absent cells are NaN by design)."""
    for group in ("results", "duals", "costs"):
        infinite = {name: int(np.isinf(array).sum()) for name, array in numbers(cube[group]).items()}
        worst = max(infinite, key=lambda name: infinite[name], default="")
        yield Finding("finite values", f"{group}/{worst}", float(infinite.get(worst, 0)), 0.0)


def costs_add_up(case: Any, cube: xr.DataTree) -> Iterable[Finding]:
    """Costs by year, node, technology and item add up to the objective, relative."""
    objective = float(cube["run"].attrs["objective"])
    cost = numbers(cube["costs"])["cost"]
    total = math.fsum(cost[~np.isnan(cost)])
    yield Finding("costs add up to the objective", "", relative(total - objective, objective), COST_TOLERANCE)


def primal_meets_dual(case: Any, cube: xr.DataTree) -> Iterable[Finding]:
    """The dual objective that the solver's duals give equals the primal one, relative, where the run states it."""
    quality = json.loads(cube["run"].attrs["quality"])
    if "dual_objective" in quality:
        objective = float(cube["run"].attrs["objective"])
        gap = relative(float(quality["dual_objective"]) - objective, objective)
        yield Finding("primal objective meets dual objective", "", gap, GAP_TOLERANCE)


def numbers(group: Any) -> dict[str, np.ndarray]:
    """The variables of a group that hold floating numbers."""
    return {str(name): array.values for name, array in group.data_vars.items() if array.dtype.kind == "f"}


def relative(difference: float, size: float) -> float:
    """Size of a difference relative to a figure, absolute where the figure is below one."""
    return abs(difference) / max(1.0, abs(size))


def worst(name: str, excess_of: xr.DataArray, tolerance: float) -> Finding:
    """The finding of the place where an array of excesses is largest; absent cells do not count.

    Args:
        name: the check.
        excess_of: how far each place is off, in its own unit; at most zero where all is well.
        tolerance: how far it may be off, in the same unit.
    """
    values = excess_of.values
    if values.size == 0 or bool(np.isnan(values).all()):
        return Finding(name, "", 0.0, tolerance)
    position = np.unravel_index(int(np.nanargmax(values)), values.shape)
    place = ", ".join(
        f"{dim} {excess_of[dim].values[index] if dim in excess_of.coords else index}"
        for dim, index in zip(excess_of.dims, position, strict=True)
    )
    return Finding(name, place, max(0.0, float(values[position])), tolerance)


def relative_excess(value: xr.DataArray, limit: xr.DataArray | float, floor: float = 1.0) -> xr.DataArray:
    """How far a value is above its limit, relative to the limit (to `floor`, in their unit, where that is larger)."""
    size = abs(xr.zeros_like(value) + limit).clip(min=floor)
    return (value - limit) / size


def relative_difference(left: xr.DataArray, right: xr.DataArray, floor: float = 1.0) -> xr.DataArray:
    """How far two sides of an equation are apart, relative to the larger (to `floor`, in their unit, where larger)."""
    size = xr.where(abs(left) > abs(right), abs(left), abs(right)).clip(min=floor)
    return abs(left - right) / size
