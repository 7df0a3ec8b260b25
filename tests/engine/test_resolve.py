"""Re-solving with what changed gives the same objective as solving afresh."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.engine import resolve
from model.engine.compiled import compile_program
from model.engine.presets import SolverSettings
from model.engine.program import Program
from model.engine.resolve import Resolver
from model.engine.solver import solve

from .conftest import with_row, with_values

CHANGES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "costs": ({"variable_cost": [95.0, 1.0, 0.0]}, ("costs",)),
    "bounds": ({"line_max": np.full(24, 20.0)}, ("bounds",)),
    "rows": ({"demand": np.full((2, 24), 24.0)}, ("rows",)),
    "coefficients": ({"availability": np.full((3, 24), 0.6)}, ("coefficients",)),
    "all": (
        {"variable_cost": [50.0, 2.0, 1.0], "line_max": np.full(24, 30.0), "availability": np.full((3, 24), 0.5)},
        ("costs", "bounds", "coefficients"),
    ),
    "nothing": ({}, ()),
}


@pytest.mark.parametrize("settings", [SolverSettings(preset="simplex"), SolverSettings(preset="hipo", crossover=True)])
def test_equal_objectives_with_and_without_reuse(settings: SolverSettings, program: Program) -> None:
    resolver = Resolver(settings)
    resolver.solve(compile_program(program))
    assert resolver.sent == ("model",)
    for values, sent in CHANGES.values():
        resolver.solve(compile_program(program))
        compiled = compile_program(with_values(program, **values))
        again, afresh = resolver.solve(compiled), solve(compiled, settings)
        assert resolver.sent == sent
        assert again.status == afresh.status == "optimal"
        assert again.objective == pytest.approx(afresh.objective, rel=1e-8)
        assert again.dual_kind == "vertex"
        assert again.duals.keys() == afresh.duals.keys()


def test_an_interior_resolve_without_crossover_works_too(program: Program) -> None:
    resolver = Resolver(SolverSettings(preset="hipo"))
    resolver.solve(compile_program(program))
    changed = compile_program(with_values(program, demand=np.full((2, 24), 22.0)))
    assert resolver.solve(changed).objective == pytest.approx(solve(changed).objective, rel=1e-7)


def test_another_structure_and_many_coefficients_are_handed_over_again(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver = Resolver()
    resolver.solve(compile_program(program))
    wider = compile_program(with_row(program, "cap", ("asset",), lambda m, a: m.capacity[a] <= 120))
    assert resolver.solve(wider).objective == pytest.approx(solve(wider).objective, rel=1e-9)
    assert resolver.sent == ("model",)
    resolver.solve(compile_program(program))
    monkeypatch.setattr(resolve, "COEFFICIENT_LIMIT", 3)
    changed = compile_program(with_values(program, availability=np.full((3, 24), 0.7)))
    assert resolver.solve(changed).objective == pytest.approx(solve(changed).objective, rel=1e-9)
    assert resolver.sent == ("model",)


def test_infeasible_in_between_does_no_harm(program: Program) -> None:
    resolver = Resolver()
    first = resolver.solve(compile_program(program))
    short = compile_program(with_values(program, demand=np.full((2, 24), 5000.0)))
    assert resolver.solve(short).status == "infeasible"
    assert resolver.solve(compile_program(program)).objective == pytest.approx(first.objective, rel=1e-9)
    resolver.close()
    assert resolver.solve(compile_program(program)).objective == pytest.approx(first.objective, rel=1e-9)
