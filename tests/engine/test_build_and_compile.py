"""The lazy and the dense model, hand-made matrices, and what the engine refuses."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy.sparse import csr_array

from model.engine.build import build_model
from model.engine.compiled import Compiled, compile_program
from model.engine.faults import ProgramError, RuleError
from model.engine.normal_form import differences, normal_form, pyomo_normal_form
from model.engine.parameters import latex
from model.engine.program import (
    IndexedSetDeclaration,
    MapDeclaration,
    ParameterDeclaration,
    Program,
    RowDeclaration,
    SetDeclaration,
    VariableDeclaration,
)


def matrix_of(compiled: Compiled) -> np.ndarray:
    shape = (compiled.row_count, compiled.column_count)
    return csr_array((compiled.values, compiled.indices, compiled.pointer), shape=shape).toarray()


def tiny(rule: Any, over: tuple[str, ...] = ("a", "t"), costs: Any = ()) -> Program:
    """Two assets, three steps; `pair` is sparse, `near[a]` and `late[a, t]` are sets."""
    return Program(
        sets=[
            SetDeclaration("a", ["x", "y"]),
            SetDeclaration("t", range(3)),
            SetDeclaration("pair", [("x", 2030), ("y", 2030), ("y", 2040)], 2),
            SetDeclaration("empty", []),
        ],
        indexed_sets=[
            IndexedSetDeclaration("near", ("a",), {"x": ["y"], "y": ["x", "y"]}),
            IndexedSetDeclaration("years", ("a",), {"x": [("x", 2030)], "y": [("y", 2040)]}, 2),
            IndexedSetDeclaration("late", ("a", "t"), {(a, t): list(range(t)) for a in "xy" for t in range(3)}),
        ],
        parameters=[
            ParameterDeclaration("p", ("a",), np.array([2.0, 3.0])),
            ParameterDeclaration("q", ("a", "t"), np.arange(6.0).reshape(2, 3)),
            ParameterDeclaration("zero", ("a",), np.zeros(2)),
            ParameterDeclaration("one", (), np.array(1.5)),
        ],
        maps=[
            MapDeclaration("previous", ("t",), "t", np.array([2, 0, 1])),
            MapDeclaration("other", ("a",), "a", np.array([1, 0])),
        ],
        variables=[
            VariableDeclaration("v", ("a", "t")),
            VariableDeclaration("w", ("pair", "t")),
            VariableDeclaration("s", ()),
        ],
        rows=[RowDeclaration("family", over, rule)] if rule else [],
        costs=costs,
    )


def test_a_storage_row_by_hand() -> None:
    compiled = compile_program(tiny(lambda m, a, t: m.v[a, t] - 0.5 * m.v[a, m.previous[t]] <= m.p[a]))
    by_hand = np.array([[1, 0, -0.5], [-0.5, 1, 0], [0, -0.5, 1]])
    assert np.array_equal(matrix_of(compiled)[:3, :3], by_hand)
    assert np.array_equal(matrix_of(compiled)[3:, 3:6], by_hand)
    assert compiled.row_upper.tolist() == [2, 2, 2, 3, 3, 3]
    assert np.isneginf(compiled.row_lower).all()


def test_sums_over_sets_of_one_and_two_indices_by_hand() -> None:
    compiled = compile_program(tiny(lambda m, a, t: sum(m.q[a, k] * m.v[a, k] for k in m.late[a, t]) + m.s == 0))
    matrix = matrix_of(compiled)
    assert matrix[5, 3:6].tolist() == [3, 4, 0]
    assert matrix[2, :3].tolist() == [0, 1, 0]
    assert np.array_equal(matrix[:, -1], np.ones(6))


def test_tuple_members_equal_columns_and_both_sides() -> None:
    rule = lambda m, a, t: sum(m.w[k, y, t] for k, y in m.years[a]) + m.v[a, t] + m.v[a, t] >= 4 - m.v[m.other[a], t]  # noqa: E731
    matrix = matrix_of(compile_program(tiny(rule)))
    assert matrix[0].tolist()[:7] == [-2, 0, 0, -1, 0, 0, -1]


def test_ranged_row_scalar_row_and_sum_over_a_plain_set() -> None:
    compiled = compile_program(tiny(lambda m: (-1, sum(m.v[a, t] for a in m.a for t in m.t) + 2, m.one), ()))
    assert (compiled.row_lower[0], compiled.row_upper[0]) == (-3, -0.5)
    assert matrix_of(compiled)[0].sum() == 6


def test_duplicate_columns_are_summed_and_zeros_are_left_out() -> None:
    compiled = compile_program(
        tiny(lambda m, a, t: m.v[a, t] * 2 + m.v[a, t] + m.zero[a] * m.s - m.w["x", 2030, t] <= 1)
    )
    assert np.diff(compiled.pointer).tolist() == [2] * 6
    assert matrix_of(compiled).max() == 3


def test_costs_ledgers_and_offset() -> None:
    costs = [
        RowDeclaration("fuel", ("a",), lambda m, a: m.p[a] * sum(m.v[a, t] for t in m.t) + 1),
        RowDeclaration("nothing", ("empty",), lambda m, e: m.s),
    ]
    compiled = compile_program(tiny(None, costs=costs))
    assert compiled.cost.tolist()[:6] == [2, 2, 2, 3, 3, 3]
    assert compiled.cost_offset == 2
    values = compiled.costs.values(np.ones(compiled.column_count))
    assert values["fuel"].tolist() == [7, 10]
    assert values["nothing"].shape == (0,)


def test_a_family_over_an_empty_set_is_skipped_before_its_rule_is_called() -> None:
    def rule(m: Any, e: Any) -> Any:
        raise AssertionError("called")

    assert compile_program(tiny(rule, ("empty",))).row_count == 0


def test_names_lead_back_to_labels() -> None:
    compiled = compile_program(tiny(lambda m, a, t: m.v[a, t] <= 1))
    assert compiled.row_name(4) == ("family", ("y", 1))
    assert compiled.column_name(6 + 8) == ("w", ("y", 2040, 2))
    assert compiled.column_name(15) == ("s", ())
    assert compiled.statistics()["rows_by_family"] == {"family": 6}


REFUSED = {
    "no term": (lambda m, a, t: sum(m.v[a, k] for k in m.late[a, t]) <= 1, r"family: row \['x', 0\] has no term"),
    "not a member": (lambda m, a, t: m.w[a, 2040, t] <= 1, r"w has no member \('x', 2040\) in pair in row \['x', 0\]"),
    "unknown label": (lambda m, a, t: m.v[a, m.previous[t]] <= m.q["z", t], "label 'z'"),
    "wrong count": (lambda m, a, t: m.v[a, t, t] <= 1, "v takes 2 indices, 3 are given|not valid"),
    "returns True": (lambda m, a, t: True, "returned True"),
    "returns None": (lambda m, a, t: None, "returned None"),
    "returns Skip": (lambda m, a, t: pyo.Constraint.Skip, "a relation"),
    "expression": (lambda m, a, t: m.v[a, t] + 1, "a relation"),
    "two numbers": (lambda m, a, t: m.p[a] <= m.q[a, t], "has no variable"),
    "product": (lambda m, a, t: m.v[a, t] * m.s <= 1, "variable times variable"),
    "divided by variable": (lambda m, a, t: 1 / m.v[a, t] <= 1, "division by a variable"),
    "power": (lambda m, a, t: m.v[a, t] ** 2 <= 1, "function of a variable"),
    "index as number": (lambda m, a, t: m.v[a, t] * t <= 1, "used as a number"),
    "index moved": (lambda m, a, t: m.v[a, t - 1] <= 1, "not a label|not valid|raised"),
    "strict": (lambda m, a, t: m.v[a, t] < 1, "strict"),
    "map as number": (lambda m, a, t: m.v[a, t] * m.previous[t] <= 1, "leads to labels"),
    "map as set": (lambda m, a, t: m.v[m.p[a], t] <= 1, "not a label, an index or a map"),
    "division by zero": (lambda m, a, t: m.v[a, t] / m.zero[a] <= 1, r"division by zero in row \['x', 0\]"),
    "unknown component": (lambda m, a, t: m.nothing[a] <= 1, "has no attribute 'nothing'"),
    "unknown in a sum": (lambda m, a, t: sum(m.nothing[k] for k in m.near[a]) <= 1, "has no attribute 'nothing'"),
    "a loop": (lambda m, a, t: [m.v[k, t] for k in m.near[a]][0] <= 1, "loops|raised|returned"),
    "trivially false": (lambda m, a, t: m.zero[a] * m.s >= 1, "does not hold"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    rule, message = REFUSED[name]
    with pytest.raises(RuleError, match=message) as caught:
        compile_program(tiny(rule))
    assert caught.value.family == "family"


def test_a_relation_is_no_cost() -> None:
    with pytest.raises(RuleError, match="a linear expression is needed"):
        compile_program(tiny(None, costs=[RowDeclaration("fuel", ("a",), lambda m, a: m.s <= 1)]))


def test_sum_and_set_iteration_are_whole_again_after_a_fault() -> None:
    with pytest.raises(RuleError):
        compile_program(tiny(REFUSED["unknown in a sum"][0]))
    model = build_model(tiny(None))
    assert list(model.t) == [0, 1, 2]
    assert sum([1, 2]) == 3


DECLARED_WRONG = {
    "double member": (lambda p: replace(p, sets=[*p.sets, SetDeclaration("b", ["k", "k"])]), "'k' occurs twice"),
    "dimen": (lambda p: replace(p, sets=[*p.sets, SetDeclaration("b", [("k", 1)], 3)]), "dimen is 3"),
    "unnamed index": (
        lambda p: replace(p, indexed_sets=[IndexedSetDeclaration("b", ("a",), {"x": []})]),
        "index 'y' is not named",
    ),
    "unknown index": (
        lambda p: replace(p, indexed_sets=[IndexedSetDeclaration("b", ("a",), {"x": [], "y": [], "z": []})]),
        "'z'",
    ),
    "shape": (lambda p: replace(p, parameters=[ParameterDeclaration("p", ("a",), np.ones(3))]), r"shape \(3,\)"),
    "not a number": (
        lambda p: replace(p, parameters=[ParameterDeclaration("p", ("a",), np.array([1, np.nan]))]),
        r"p\['y'\]: the value is not a number",
    ),
    "map outside": (lambda p: replace(p, maps=[MapDeclaration("m1", ("a",), "t", np.array([0, 3]))]), "outside"),
    "no such set": (lambda p: replace(p, variables=[VariableDeclaration("v", ("b",))]), "no set 'b'"),
    "bound name": (lambda p: replace(p, variables=[VariableDeclaration("v", ("a",), 0, "q")]), "bound 'q'"),
    "crossed": (lambda p: replace(p, variables=[VariableDeclaration("v", ("a",), 3, "p")]), r"v\['x'\]: lower bound"),
    "twice": (lambda p: replace(p, variables=[*p.variables, VariableDeclaration("p", ("a",))]), "declared twice"),
}


@pytest.mark.parametrize("name", DECLARED_WRONG)
def test_wrong_declarations(name: str) -> None:
    change, message = DECLARED_WRONG[name]
    with pytest.raises(ProgramError, match=message):
        compile_program(change(tiny(None)))


def test_the_dense_model_prints_clones_and_equals_the_fast_path(program: Program) -> None:
    dense = build_model(program, dense=True)
    text = StringIO()
    dense.pprint(ostream=text)
    assert "availability" in text.getvalue()
    assert dense.clone().availability["gas", 3] == 1.0
    assert dense.previous[0] == 23
    assert dense.flow[3].bounds == (-25, 25)
    compiled = compile_program(program)
    assert differences(normal_form(compiled), pyomo_normal_form(dense, compiled), compiled) == []


def test_a_planted_difference_is_found_and_named(program: Program) -> None:
    dense = build_model(program, dense=True)
    compiled = compile_program(program)
    compiled.values[5] *= 1 + 1e-15
    found = differences(normal_form(compiled), pyomo_normal_form(dense, compiled), compiled)
    assert len(found) == 1
    assert "activity_limit" in found[0]


def test_latex_prints_array_parameters(program: Program) -> None:
    assert "availability" in latex(build_model(program, dense=True).activity_limit)


def test_importing_the_engine_loads_neither_pyomo_nor_highspy() -> None:
    code = "import sys, model.engine, model.engine.program; assert not {'pyomo', 'highspy', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
