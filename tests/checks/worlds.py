"""Solved cubes of the tiny data set, once per test run, and the table of what the feature files' checks find."""

from __future__ import annotations

from typing import Any

from model.core.build import build_program
from model.core.checking import Finding
from model.core.features import load_features
from model.cube import assemble
from model.engine import SolverSettings, compile_program, solve
from tests.helpers import tiny_case

SOCIAL: dict[str, Any] = {"years": [2030, 2050]}
PRIVATE: dict[str, Any] = {"years": [2030, 2050], "sites__tariffs": "cost", "grid__net_import_max": 2.0}

PRICED: dict[str, Any] = {"years": [2040], "carbon__cap": None, "carbon__price": True, "grid__interconnectors": False}


def solved(**overrides: Any) -> tuple[Any, Any]:
    """Case and cube of a tiny scenario, solved once per test run.  Nobody may change them: copy first."""
    key = repr(sorted(overrides.items()))
    if key not in _known:
        _known[key] = _solved(overrides)
    return _known[key]


_known: dict[str, tuple[Any, Any]] = {}


def _solved(overrides: dict[str, Any]) -> tuple[Any, Any]:
    case = tiny_case(**overrides)
    program = build_program(case)
    compiled = compile_program(program)
    solution = solve(compiled, SolverSettings(preset="simplex", threads=1))
    assert solution.status == "optimal"
    return case, assemble(case, program, load_features(), solution, compiled.statistics())


def findings(case: Any, cube: Any) -> list[Finding]:
    """What all checks of feature files find."""
    return [
        finding
        for record in load_features().of_kind("check")
        if record.function is not None
        for finding in record.function(case, cube)
    ]


def failed(case: Any, cube: Any) -> dict[str, Finding]:
    """The checks beyond their tolerance, by name."""
    return {finding.check: finding for finding in findings(case, cube) if not finding.passed}
