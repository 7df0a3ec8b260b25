"""Planted faults must be named in the first three lines of the report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model.engine.compiled import compile_program
from model.engine.diagnosis import diagnose, elastic
from model.engine.presets import SolverSettings
from model.engine.program import Program, RowDeclaration
from model.engine.solver import solve

from .conftest import with_row, with_values


def too_much_demand(program: Program) -> Program:
    demand = program.parameters[1].values.copy()
    demand[1, 7] = 5000.0
    return with_values(program, demand=demand)


FAULTS = {
    "a demand nobody can meet": (too_much_demand, "balance", ("west", 7)),
    "a cap on all capacity": (
        lambda p: with_row(p, "capacity_cap", (), lambda m: sum(m.capacity[a] for a in m.asset) <= 10),
        "capacity_cap",
        (),
    ),
    "two limits that cross": (
        lambda p: with_row(
            with_row(p, "at_least", ("single",), lambda m, s: m.capacity["sun"] >= 150),
            "at_most",
            ("single",),
            lambda m, s: m.capacity["sun"] <= 100,
        ),
        ("at_least", "at_most"),
        ("all",),
    ),
    "a budget too small": (
        lambda p: with_row(
            p,
            "energy_cap",
            ("single",),
            lambda m, s: sum(m.activity["gas", t] + m.activity["sun", t] for t in m.time) <= 1,
        ),
        "energy_cap",
        ("all",),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_infeasible_fault_is_named(fault: str, program: Program) -> None:
    change, family, labels = FAULTS[fault]
    compiled = compile_program(change(program))
    status = solve(compiled).status
    assert status == "infeasible"
    diagnosis = diagnose(compiled, SolverSettings(), status)
    names = (family,) if isinstance(family, str) else family
    head = str(diagnosis).splitlines()[:3]
    assert any(name in "\n".join(head) for name in names)
    assert diagnosis.violations[0].family in names
    assert diagnosis.violations[0].labels == labels


def test_amounts_are_in_the_unit_of_the_row(program: Program) -> None:
    """5000 MW at a node where wind (at most 200 MW), the line (25 MW) and the store (10 MW) can help."""
    diagnosis = diagnose(compile_program(too_much_demand(program)), status="infeasible")
    wind = program.parameters[0].values[2, 7] * 200
    assert -diagnosis.violations[0].amount == pytest.approx(5000 - wind - 25 - 10)


def test_the_contradiction_is_small_and_holds_the_fault(program: Program) -> None:
    diagnosis = diagnose(compile_program(too_much_demand(program)), status="infeasible", contradiction=True)
    members = {(member.kind, member.family, member.labels) for member in diagnosis.contradiction}
    assert ("row", "balance", ("west", 7)) in members
    assert ("upper bound", "flow", (7,)) in members
    assert ("upper bound", "capacity", ("wind",)) in members
    assert len(members) < 10
    text = str(diagnosis)
    assert "balance[west, 7] = 5000" in text
    assert "flow[7] (upper bound) <= 25" in text


def unlimited(program: Program, costs: Any) -> Program:
    free = with_values(program, capacity_max=np.full(3, np.inf))
    return replace(free, costs=[*free.costs, *costs])


def test_an_unbounded_fault_is_named(program: Program) -> None:
    rule = lambda m: -4000 * m.capacity["wind"]  # noqa: E731
    compiled = compile_program(unlimited(program, [RowDeclaration("wrong_sign", (), rule)]))
    for status in ("unbounded", "unbounded_or_infeasible", ""):
        diagnosis = diagnose(compiled, status=status)
        assert diagnosis.status == "unbounded"
        assert diagnosis.families() == ["capacity"]
        head = "\n".join(str(diagnosis).splitlines()[:3])
        assert "capacity[wind]" in head


def test_a_sound_program_is_not_blamed(program: Program) -> None:
    diagnosis = diagnose(compile_program(program))
    assert diagnosis.violations == ()
    assert "gave up" in str(diagnosis)
    numerical = diagnose(compile_program(program), status="infeasible")
    assert "coefficient ranges" in str(numerical)


def test_the_elastic_program_is_the_program_where_nothing_gives_way(program: Program) -> None:
    compiled = compile_program(program)
    wide = elastic(compiled)
    assert wide.column_count == compiled.column_count + 2 * compiled.row_count
    assert solve(wide).objective == pytest.approx(0, abs=1e-7)
