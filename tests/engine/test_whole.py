"""Whole numbers in the engine: equal to enumeration, duals of what is left, other ends, re-solves, held values."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from model.engine import Resolver, SolverSettings, build_model, compile_program, diagnose, hold, solve
from model.engine.program import ParameterDeclaration, Program, RowDeclaration, SetDeclaration, VariableDeclaration
from model.engine.whole import without_whole_numbers

SIZE = np.array([70.0, 110.0])
COST = np.array([900.0, 1300.0])


def program(need: float = 250.0, most: float = 10.0, whole: bool = True) -> Program:
    """Meet a need from modules of two sizes and something dear beside them."""
    return Program(
        sets=[SetDeclaration("unit", ["small", "big"])],
        parameters=[
            ParameterDeclaration("size", ("unit",), SIZE),
            ParameterDeclaration("price", ("unit",), COST),
            ParameterDeclaration("need", (), np.array(need)),
        ],
        variables=[
            VariableDeclaration("modules", ("unit",), 0.0, most, whole),
            VariableDeclaration("given", ("unit",)),
            VariableDeclaration("dear", (), 0.0, 60.0),
        ],
        rows=[RowDeclaration("limit", ("unit",), limit), RowDeclaration("balance", (), balance)],
        costs=[RowDeclaration("building", ("unit",), building), RowDeclaration("rest", (), rest)],
    )


def limit(m, u):
    return m.given[u] <= m.size[u] * m.modules[u]


def balance(m):
    return sum(m.given[u] for u in m.unit) + m.dear == m.need


def building(m, u):
    return m.price[u] * m.modules[u]


def rest(m):
    return 20.0 * m.dear


def by_enumeration(need: float) -> float:
    costs = []
    for numbers in product(range(11), repeat=2):
        missing = max(0.0, need - float(SIZE @ numbers))
        if missing <= 60.0:
            costs.append(float(COST @ numbers) + 20.0 * missing)
    return min(costs)


@pytest.mark.parametrize("need", [10.0, 75.0, 250.0, 333.0, 1000.0])
def test_best_of_all_numbers_of_modules(need):
    solution = solve(compile_program(program(need)), SolverSettings(preset="simplex", mip_gap=0.0))
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(by_enumeration(need))
    modules = solution.values["modules"]
    assert modules == pytest.approx(np.round(modules), abs=1e-9)


def test_duals_are_those_of_the_program_with_the_numbers_fixed():
    compiled = compile_program(program(333.0))
    assert list(compiled.open_integers) == [0, 1]
    assert compiled.statistics()["integers"] == 2
    solution = solve(compiled, SolverSettings(preset="simplex", mip_gap=0.0))
    fixed = hold(compiled, {"modules": solution.values["modules"]})
    assert not len(fixed.open_integers)
    left = solve(fixed, SolverSettings(preset="simplex"))
    assert left.objective == pytest.approx(solution.objective)
    assert left.duals["balance"] == pytest.approx(solution.duals["balance"])
    assert left.method == "simplex" and left.dual_kind == "vertex"
    assert solution.dual_kind == "vertex, whole numbers fixed"
    assert solution.held == {"modules"}
    assert abs(solution.quality["gap"]) < 1e-9
    assert solution.quality["mip_gap"] < 1e-9
    assert solution.quality["mip_bound"] == pytest.approx(solution.objective)


def test_a_program_without_members_is_linear():
    compiled = compile_program(program(whole=False))
    assert not len(compiled.integer) and not len(compiled.open_integers)
    relaxed = without_whole_numbers(compile_program(program(333.0)))
    assert solve(relaxed).objective < by_enumeration(333.0)


def test_gap_that_is_allowed_is_told():
    solution = solve(compile_program(program(1000.0)), SolverSettings(preset="simplex", mip_gap=0.3))
    assert solution.quality["mip_gap"] <= 0.3
    assert solution.quality["mip_bound"] <= by_enumeration(1000.0) * (1 + 1e-9)
    assert solution.objective >= solution.quality["mip_bound"] - 1e-6


def test_ends_that_are_no_optimum():
    impossible = compile_program(program(need=131.0, most=1.0))
    # 70 + 60 is too little and 110 + 20 enough: with one of each at the most all is well; without the big one it is not
    bounded = replace(impossible, column_upper=np.where([False, True, *[False] * 3], 0.0, impossible.column_upper))
    assert solve(bounded).status == "infeasible"
    late = solve(compile_program(program(1000.0)), SolverSettings(time_limit=0.0))
    assert late.status in ("time_limit", "optimal")
    assert late.values == {} or late.status == "optimal"


def test_an_end_with_a_plan_in_hand_says_how_good_it_is(monkeypatch):
    """HiGHS at its time limit, played by one that finds the best plan and says that its time is up."""
    from model.engine import handover
    from model.job import advice

    run = handover.run
    monkeypatch.setattr(handover, "run", lambda solver, progress: run(solver, progress) and "time_limit")
    late = solve(compile_program(program(333.0)), SolverSettings(mip_gap=0.0))
    assert late.status == "time_limit" and late.values == {}
    assert late.quality["mip_objective"] == pytest.approx(by_enumeration(333.0))
    assert late.quality["mip_bound"] <= late.quality["mip_objective"] * (1 + 1e-9)
    nearly = replace(late, quality={"mip_objective": 2.005e11, "mip_bound": 2e11, "mip_gap": 0.00249376})
    assert "200.500 billion EUR, at most 0.25% above the least possible (200.000)" in advice(nearly)
    assert advice(nearly).endswith("solver.mip_gap=0.0025.")
    assert "No plan with whole modules was found yet" in advice(replace(late, quality={}))
    linear = replace(late, attempts=(("hipo", "time_limit", 1.0),), quality={})
    assert "whole modules" not in advice(linear)


def test_diagnosis_tells_limits_from_whole_numbers():
    compiled = compile_program(program(100.0, most=1.0))
    # half of each module would do, and the rest may not be bought
    lower, upper = compiled.column_lower.copy(), compiled.column_upper.copy()
    lower[:2], upper[:2], upper[4] = 0.5, 0.7, 0.0
    fractions = replace(compiled, column_lower=lower, column_upper=upper)
    assert solve(fractions).status == "infeasible"
    assert "not with whole ones" in str(diagnose(fractions, status="infeasible"))
    # a need that no number meets is told as a limit, as without whole numbers
    assert diagnose(compile_program(program(1e5)), status="infeasible").families() == ["limit"]


def test_resolver_starts_afresh_with_whole_numbers():
    resolver = Resolver(SolverSettings(preset="simplex", mip_gap=0.0))
    for need in (250.0, 333.0):
        assert resolver.solve(compile_program(program(need))).objective == pytest.approx(by_enumeration(need))
        assert resolver.sent == ("model",)


def test_the_dense_model_of_pyomo_has_whole_numbers_too():
    plain = program()
    model = build_model(replace(plain, rows=plain.rows[:1], costs=()), dense=True)
    assert all(column.is_integer() for column in model.modules.values())
    assert all(column.is_continuous() for column in model.given.values())
