"""Presets, fall-backs, ledgers, duals and the quality of a solution."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.engine import presets
from model.engine.compiled import compile_program
from model.engine.handover import SolverFault
from model.engine.presets import SolverSettings, methods
from model.engine.program import ParameterDeclaration, Program, RowDeclaration, SetDeclaration, VariableDeclaration
from model.engine.scaling import scaling_of
from model.engine.solver import solve, transposed_times

from .conftest import with_row, with_values


@pytest.fixture(scope="module")
def optimum() -> float:
    from .conftest import small_program

    return solve(compile_program(small_program()), SolverSettings(preset="simplex")).objective


@pytest.mark.parametrize("crossover", [False, True])
@pytest.mark.parametrize("preset", ["auto", "hipo", "ipx", "simplex", "pdlp", "hipdlp"])
def test_presets_agree(preset: Any, crossover: bool, program: Program, optimum: float) -> None:
    settings = SolverSettings(preset=preset, crossover=crossover, fall_back=False)
    solution = solve(compile_program(program), settings)
    first_order = "pdlp" in preset
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(optimum, rel=1e-5 if first_order else 1e-7)
    if not first_order:
        assert solution.dual_kind == ("vertex" if crossover or preset in ("simplex", "auto") else "interior")
        assert solution.quality["row_violation_relative"] < 1e-7
        assert abs(solution.quality["gap"]) < 1e-6


def test_costs_add_up_and_families_have_their_shape(program: Program) -> None:
    solution = solve(compile_program(program))
    assert sum(values.sum() for values in solution.cost_values.values()) == pytest.approx(solution.objective, rel=1e-12)
    assert solution.values["activity"].shape == (3, 24)
    assert solution.duals["balance"].shape == (2, 24)
    assert solution.reported_values["energy"] == pytest.approx(solution.values["activity"].sum(axis=1))
    assert solution.reduced_costs["flow"].shape == (24,)


def test_a_dual_is_the_change_of_the_objective(program: Program) -> None:
    """Raise one hour's demand by a little: the objective grows by its dual, though rows and costs were scaled."""
    compiled = compile_program(program)
    solution = solve(compiled, SolverSettings(preset="simplex"))
    scaling = scaling_of(compiled)
    assert scaling.cost != 1.0
    demand = program.parameters[1].values.copy()
    demand[0, 5] += 1e-4
    raised = solve(compile_program(with_values(program, demand=demand)), SolverSettings(preset="simplex"))
    slope = (raised.objective - solution.objective) / 1e-4
    assert slope == pytest.approx(solution.duals["balance"][0, 5], rel=1e-5)
    reduced = compiled.cost - transposed_times(compiled, solution.row_duals)
    assert np.array_equal(np.concatenate([v.ravel() for v in solution.reduced_costs.values()]), reduced)


def test_scaling_is_by_powers_of_two(program: Program) -> None:
    scaling = scaling_of(compile_program(program))
    factors = np.append(scaling.rows, scaling.cost)
    assert np.array_equal(np.frexp(factors)[0], np.full(len(factors), 0.5))


def test_a_large_right_hand_side_is_brought_down(program: Program) -> None:
    wide = with_row(program, "wide", (), lambda m: sum(m.capacity[a] for a in m.asset) <= 3e6)
    compiled = compile_program(wide)
    scaling = scaling_of(compiled)
    assert 2.0**11 < scaling.rows[-1] * 3e6 < 2.0**13
    assert solve(compiled).objective == pytest.approx(solve(compile_program(program)).objective, rel=1e-9)


def test_fall_backs_are_stated_and_tried_in_order(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    import model.engine.handover as handover

    original = handover.run

    def unlucky(solver: Any, progress: Any) -> str:
        status = original(solver, progress)
        return "unknown" if solver.getOptionValue("solver")[1] in ("hipo", "ipx") else status

    monkeypatch.setattr(handover, "run", unlucky)
    lines: list[str] = []
    solution = solve(compile_program(program), SolverSettings(preset="hipo"), progress=lines.append)
    assert [attempt[:2] for attempt in solution.attempts] == [
        ("hipo", "unknown"),
        ("ipx", "unknown"),
        ("simplex", "optimal"),
    ]
    assert solution.method == "simplex"
    assert "hipo ended unknown; trying ipx" in lines
    alone = solve(compile_program(program), SolverSettings(preset="hipo", fall_back=False))
    assert alone.status == "unknown"
    assert np.isnan(alone.objective)
    assert alone.values == {}


def test_without_highspy_extras_the_next_method_is_tried(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    import model.engine.handover as handover

    original = handover.set_options

    def refused(solver: Any, options: dict[str, Any]) -> None:
        if options.get("solver") == "hipo":
            raise SolverFault("hipo is not available")
        original(solver, options)

    monkeypatch.setattr(handover, "set_options", refused)
    solution = solve(compile_program(program), SolverSettings(preset="hipo"))
    assert [attempt[:2] for attempt in solution.attempts] == [("hipo", "not_available"), ("ipx", "optimal")]


@pytest.mark.parametrize("preset", ["hipo", "ipx", "simplex"])
def test_infeasible_and_unbounded_are_said(preset: Any, program: Program) -> None:
    settings = SolverSettings(preset=preset)
    short = with_row(program, "short", (), lambda m: sum(m.capacity[a] for a in m.asset) <= 10)
    assert solve(compile_program(short), settings).status == "infeasible"
    paid = replace(
        program,
        parameters=[
            p if p.name != "capacity_max" else replace(p, values=np.full(3, np.inf)) for p in program.parameters
        ],
        costs=[*program.costs, RowDeclaration("paid", ("asset",), lambda m, a: -1000 * m.capacity[a])],
    )
    assert solve(compile_program(paid), settings).status in ("unbounded", "unbounded_or_infeasible")


def test_a_time_limit_is_no_success(program: Program) -> None:
    solution = solve(compile_program(program), SolverSettings(preset="simplex", time_limit=0.0))
    assert solution.status == "time_limit"


def test_the_log_goes_to_a_file_and_ranges_stand_at_its_head(program: Program, tmp_path: Path, capfd: Any) -> None:
    path = tmp_path / "deep" / "highs.log"
    solution = solve(compile_program(program), SolverSettings(preset="hipo"), log_file=path)
    text = path.read_text()
    assert text == solution.log
    assert "ranges: coefficient" in text.splitlines()[1]
    assert "Optimal" in text
    solve(compile_program(program), SolverSettings(preset="pdlp"))
    assert capfd.readouterr().out == ""


def test_the_same_program_gives_the_same_bits(program: Program) -> None:
    settings = SolverSettings(preset="hipo")
    one, two = (solve(compile_program(program), settings) for _ in range(2))
    assert np.array_equal(one.columns, two.columns)
    assert np.array_equal(one.row_duals, two.row_duals)


def test_quality_sees_a_spoiled_solution(program: Program) -> None:
    from model.engine.solver import quality_of

    compiled = compile_program(program)
    solution = solve(compiled)
    reduced = compiled.cost - transposed_times(compiled, solution.row_duals)
    spoiled = solution.columns.copy()
    spoiled[10] += 5.0
    assert quality_of(compiled, spoiled, solution.row_duals, reduced)["row_violation"] == pytest.approx(5.0, rel=0.5)
    assert quality_of(compiled, solution.columns, solution.row_duals * 0.5, reduced)["gap"] > 0.01


def test_a_tiny_coefficient_is_not_dropped_in_silence() -> None:
    def tiny(value: float) -> Program:
        return Program(
            sets=[SetDeclaration("a", ["x"])],
            parameters=[ParameterDeclaration("p", ("a",), np.array([value]))],
            variables=[VariableDeclaration("v", ("a",)), VariableDeclaration("w", ("a",))],
            rows=[RowDeclaration("row", ("a",), lambda m, a: m.p[a] * m.v[a] + 1e3 * m.w[a] >= 1)],
            costs=[RowDeclaration("cost", ("a",), lambda m, a: m.v[a] + 1e20 * m.w[a])],
        )

    assert solve(compile_program(tiny(1e-11))).objective == pytest.approx(1e11)
    with pytest.raises(SolverFault, match="smaller than 1e-12"):
        solve(compile_program(tiny(1e-25)))


def test_settings() -> None:
    assert methods(SolverSettings(), 100, 0)[0] == "simplex"
    assert methods(SolverSettings(), presets.SIMPLEX_NONZEROS, 1000)[0] == "hipo"
    assert methods(SolverSettings(), presets.IPX_NONZEROS, presets.WIDE_COLUMNS)[0] == "ipx"
    assert methods(SolverSettings(), presets.IPX_NONZEROS, presets.WIDE_COLUMNS - 1)[0] == "hipo"
    with pytest.raises(ValueError, match="no solver preset 'cplex'"):
        methods(SolverSettings(preset="cplex"), 1, 0)  # type: ignore[arg-type]
    assert SolverSettings(threads=1).as_dict()["threads"] == 1


def test_other_numbers_of_threads_in_one_process(program: Program) -> None:
    compiled = compile_program(program)
    objectives = [solve(compiled, SolverSettings(preset="hipo", threads=n)).objective for n in (1, 2, 1)]
    assert objectives[0] == objectives[2]
    assert objectives[0] == pytest.approx(objectives[1], rel=1e-7)


def test_a_column_in_many_rows_is_wide_until_it_is_fixed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from model.engine import compiled as room

    monkeypatch.setattr(room, "WIDE", 20)  # a capacity stands in the limits of its 24 hours
    free = compile_program(program)
    capacities = next(family for family in free.variables if family.name == "capacity")
    assert free.wide_columns == capacities.size
    upper = free.column_upper.copy()
    upper[capacities.slice] = free.column_lower[capacities.slice]
    assert replace(free, column_upper=upper).wide_columns == 0
