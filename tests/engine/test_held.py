"""Holding columns: what is fixed, what follows, which rows are let go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model.engine import SolverSettings, compile_program, hold, solve
from model.engine.program import Program, VariableDeclaration

from .conftest import with_row

EXACT = SolverSettings(preset="simplex", threads=1, tolerance=1e-9)


def bounds(compiled: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    family = next(one for one in compiled.variables if one.name == name)
    return family.shaped(compiled.column_lower), family.shaped(compiled.column_upper)


def row_bounds(compiled: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    family = next(one for one in compiled.rows if one.name == name)
    return family.shaped(compiled.row_lower), family.shaped(compiled.row_upper)


def with_total(program: Program, upper: float = np.inf) -> Program:
    """The program with one more variable that an equation sets: all capacity; and a limit on it."""
    grown = replace(program, variables=[*program.variables, VariableDeclaration("total", ("single",), 0.0, upper)])
    grown = with_row(grown, "total_definition", ("single",), lambda m, s: m.total[s] == sum_of(m))
    return with_row(grown, "capacity_cap", ("single",), lambda m, s: sum_of(m) <= 300)


def sum_of(m: Any) -> Any:
    return sum(m.capacity[a] for a in m.asset)


def test_what_an_optimum_built_is_held_at_the_same_cost(program: Program) -> None:
    compiled = compile_program(program)
    free = solve(compiled, EXACT)
    held = solve(hold(compiled, {"capacity": free.values["capacity"]}), EXACT)
    assert held.objective == pytest.approx(free.objective, rel=1e-9)
    assert held.held == {"capacity"} and free.held == frozenset()
    np.testing.assert_allclose(held.values["capacity"], free.values["capacity"])


def test_another_capacity_costs_more_and_its_dual_says_how_much(program: Program) -> None:
    """Finite difference: the reduced cost of a held column is what one more unit changes."""
    compiled = compile_program(program)
    capacity = solve(compiled, EXACT).values["capacity"] + np.array([5.0, 7.0, 3.0])
    here = solve(hold(compiled, {"capacity": capacity}), EXACT)
    for number in range(3):
        more = solve(hold(compiled, {"capacity": capacity + 1e-3 * np.eye(3)[number]}), EXACT)
        slope = (more.objective - here.objective) / 1e-3
        assert slope == pytest.approx(here.reduced_costs["capacity"][number], rel=1e-5, abs=1e-5)


def test_an_equation_fixes_what_follows_and_rows_of_held_columns_alone_are_let_go(program: Program) -> None:
    compiled = compile_program(with_total(program))
    held = hold(compiled, {"capacity": np.array([10.0, 20.0, 30.0])})
    assert [float(bound[0]) for bound in bounds(held, "total")] == [60.0, 60.0]
    for name in ("total_definition", "capacity_cap"):
        lower, upper = row_bounds(held, name)
        assert np.isneginf(lower).all() and np.isposinf(upper).all()
    # a row with anything free in it stays as it was
    for name in ("balance", "store_level", "activity_limit"):
        assert all(
            np.array_equal(*pair) for pair in zip(row_bounds(held, name), row_bounds(compiled, name), strict=True)
        )


def test_dust_beyond_a_limit_is_no_contradiction(program: Program) -> None:
    """What a solver leaves beyond a limit of held columns alone must not make the dispatch infeasible."""
    grown = with_row(program, "capacity_cap", ("single",), lambda m, s: sum_of(m) <= 100)
    compiled = compile_program(grown)
    free = solve(compiled, EXACT)
    dusty = free.values["capacity"] + 1e-5
    assert dusty.sum() > 100
    assert solve(hold(compiled, {"capacity": dusty}), EXACT).objective == pytest.approx(free.objective, rel=1e-3)


def test_what_follows_stays_free_where_it_breaks_its_own_bounds(program: Program) -> None:
    compiled = compile_program(with_total(program, upper=50.0))
    held = hold(compiled, {"capacity": np.array([10.0, 20.0, 30.0])})
    assert [float(bound[0]) for bound in bounds(held, "total")] == [0.0, 50.0]
    assert solve(held, EXACT).status == "infeasible"


def test_nan_leaves_a_column_free(program: Program) -> None:
    compiled = compile_program(with_total(program))
    held = hold(compiled, {"capacity": np.array([10.0, np.nan, 30.0])})
    lower, upper = bounds(held, "capacity")
    np.testing.assert_array_equal(lower, [10.0, 0.0, 30.0])
    np.testing.assert_array_equal(upper, [10.0, 200.0, 30.0])
    assert float(bounds(held, "total")[1][0]) == np.inf
    assert solve(held, EXACT).held == frozenset()


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({"capacity": np.zeros(2)}, ValueError, r"capacity has shape \(3,\), the values to hold have \(2,\)"),
        ({"capacity": np.array([1.0, np.inf, 0.0])}, ValueError, "capacity cannot be held at infinity"),
        ({"capacities": np.zeros(3)}, KeyError, "capacities"),
    ],
)
def test_what_cannot_be_held_is_refused(program: Program, values: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        hold(compile_program(program), values)


def test_the_program_itself_is_left_as_it_was(program: Program) -> None:
    compiled = compile_program(program)
    before = compiled.column_upper.copy()
    hold(compiled, {"capacity": np.ones(3)})
    np.testing.assert_array_equal(compiled.column_upper, before)
