"""The expander's matrix against Pyomo's own compiler, bit for bit, on random programs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from model.engine import assemble
from model.engine.build import build_model
from model.engine.compiled import compile_program
from model.engine.faults import RuleError
from model.engine.normal_form import differences, normal_form, pyomo_normal_form
from model.engine.program import (
    IndexedSetDeclaration,
    MapDeclaration,
    ParameterDeclaration,
    Program,
    RowDeclaration,
    SetDeclaration,
    VariableDeclaration,
)

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

# Numbers that add and multiply without rounding: any program must be equal to the last bit, whatever the order.
DYADIC = st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 0.25, 6.0, -0.75])
DIVISORS = st.sampled_from([1.0, 2.0, -4.0, 0.5, 8.0])
FLOATS = st.floats(-3, 3).map(lambda value: round(value, 3))
FLOAT_DIVISORS = st.floats(0.1, 5).map(lambda value: round(value, 3) or 1.0)


def rule_of(index: str, body: str) -> Any:
    """Write a rule as a user would and compile it (sums must be generators in the source to become templates)."""
    rule = eval(f"lambda m, {index}: {body}", {})
    rule.__name__ = body
    return rule


@st.composite
def programs(draw: Any, values: Any, divisors: Any, sides: Any) -> Program:
    """Draw sets (sparse pairs, indexed sets over one and two indices), parameters, maps and rows."""
    assets = [f"a{i}" for i in range(draw(st.integers(1, 4)))]
    nodes = [f"n{i}" for i in range(draw(st.integers(1, 3)))]
    times = list(range(draw(st.integers(1, 5))))
    product = [(a, n) for a in assets for n in nodes]
    pairs = [pair for pair in product if draw(st.booleans())]

    def subset(members: list[Any]) -> list[Any]:
        return [member for member in members if draw(st.booleans())]

    def array(*lengths: int, of: Any = values) -> np.ndarray:
        count = int(np.prod(lengths, dtype=int))
        return np.array(draw(st.lists(of, min_size=count, max_size=count)), dtype=float).reshape(lengths)

    def place(count: int, below: int) -> np.ndarray:
        return np.array(draw(st.lists(st.integers(0, below - 1), min_size=count, max_size=count)), dtype=int)

    nonzero = {key: subset(assets) for key in pairs}
    rows = []
    for number in range(draw(st.integers(1, 3))):
        over, index = draw(
            st.sampled_from([(("asset", "time"), "a, t"), (("pair", "time"), "a, n, t"), (("asset",), "a")])
        )
        left, right = draw(sides(index))
        sign = draw(st.sampled_from(["==", "<=", ">="]))
        form = draw(
            st.sampled_from(["{l} {s} {r}", "{l} {s} m.p[a]", "m.p[a] + 2 {s} {l}", "(m.low[a], {l}, m.high[a])"])
        )
        rows.append(RowDeclaration(f"row_{number}", over, rule_of(index, form.format(l=left, r=right, s=sign))))
    low = array(len(assets))
    return Program(
        sets=[
            SetDeclaration("asset", assets),
            SetDeclaration("node", nodes),
            SetDeclaration("pair", pairs, 2),
            SetDeclaration("time", times),
        ],
        indexed_sets=[
            IndexedSetDeclaration("others", ("asset",), {a: subset(assets) for a in assets}),
            IndexedSetDeclaration("at_pair", ("pair",), nonzero),
            IndexedSetDeclaration(
                "at_time", ("asset", "time"), {(a, t): subset(assets) for a in assets for t in times}
            ),
            IndexedSetDeclaration("pairs_of", ("asset",), {a: subset(pairs) for a in assets}, 2),
        ],
        parameters=[
            ParameterDeclaration("p", ("asset",), array(len(assets))),
            ParameterDeclaration("q", ("asset", "time"), array(len(assets), len(times))),
            ParameterDeclaration("e", ("asset",), array(len(assets), of=divisors)),
            ParameterDeclaration("f", ("time",), array(len(times), of=divisors)),
            ParameterDeclaration("g", ("pair", "time"), array(len(pairs), len(times))),
            ParameterDeclaration("scale", (), array(of=divisors)),
            ParameterDeclaration("low", ("asset",), low),
            ParameterDeclaration("high", ("asset",), low + np.abs(array(len(assets)))),
        ],
        maps=[
            MapDeclaration("previous", ("time",), "time", place(len(times), len(times))),
            MapDeclaration("first", ("asset",), "asset", place(len(assets), len(assets))),
            MapDeclaration("node_of", ("asset",), "node", place(len(assets), len(nodes))),
        ],
        variables=[
            VariableDeclaration("x", ("asset", "time")),
            VariableDeclaration("z", ("pair", "time")),
            VariableDeclaration("w", ("node",)),
            VariableDeclaration("v", ("asset",), "low", "high"),
            VariableDeclaration("single", ()),
            *(VariableDeclaration(f"v{i}", ("asset",)) for i in range(8)),
            VariableDeclaration("w1", ("asset",)),
            *(VariableDeclaration(f"x{i}", ("asset", "time")) for i in range(4)),
        ],
        rows=rows,
        costs=[
            RowDeclaration(
                "cost", ("asset",), rule_of("a", "m.p[a] * sum(m.x[a, t] / m.f[t] for t in m.time) + m.e[a]")
            ),
            RowDeclaration("pair_cost", ("pair",), rule_of("a, n", "sum(m.g[a, n, t] * m.z[a, n, t] for t in m.time)")),
        ],
    )


def leaves(index: str) -> list[str]:
    """Single terms that are valid for a row index."""
    found = [
        "m.p[a] * m.v[a]",
        "m.v[a] / m.e[a]",
        "m.p[a] * m.v[a] / m.e[a]",
        "m.w[m.node_of[a]]",
        "m.single",
        "m.p[a]",
        "3",
    ]
    if "t" in index:
        found += [
            "m.x[a, t]",
            "m.q[a, t] * m.x[a, m.previous[t]]",
            "m.q[a, m.previous[t]] * m.x[a, t] / m.f[t]",
            "m.q[a, t]",
        ]
    if "n" in index:
        found += ["m.g[a, n, t] * m.z[a, n, t]", "m.z[a, n, m.previous[m.previous[t]]] / m.scale", "m.w[n] * m.scale"]
    return found


def sums(index: str, inner: str) -> list[str]:
    """Sums of every kind; `inner` is an expression in `a` alone or in the row's own index."""
    found = [
        "sum(m.p[k] * m.v[k] / m.e[k] for k in m.others[a])",
        "sum(m.w[j] for j in m.node)",
        "sum(m.q[k, h] * m.x[k, h] / m.f[h] for k in m.others[a] for h in m.time)",
        "sum(m.v[k] - sum(m.x[k, h] * m.p[a] for h in m.time) / m.e[a] for k in m.others[a])",
        "sum(m.z[k, j, h] * m.g[k, j, h] for k, j in m.pairs_of[a] for h in m.time)",
        "sum(m.p[k] for k in m.others[a])",
        f"sum(m.v[k] + {inner} for k in m.others[a])",
    ]
    if "t" in index:
        found += [
            "sum(m.q[k, t] * m.x[k, m.previous[t]] + m.p[k] for k in m.at_time[a, t])",
            "sum(m.w[m.node_of[k]] * m.p[k] for k in m.at_time[a, t])",
            "sum(m.q[k, t] for k in m.at_time[a, t])",
        ]
    if "n" in index:
        found += ["sum(m.x[k, t] * m.g[a, n, t] for k in m.at_pair[a, n])"]
    return found


def any_expression(index: str) -> Any:
    """Any nesting of terms, sums, products, quotients, negations."""
    base = st.sampled_from(leaves(index) + sums(index, "m.p[a] * m.single"))

    def grow(inner: Any) -> Any:
        return st.one_of(
            st.tuples(inner, st.sampled_from([" + ", " - "]), inner).map(lambda part: f"({part[0]}{part[1]}{part[2]})"),
            st.tuples(st.sampled_from(["m.e[a]", "m.scale", "2", "(m.p[a] + 1)", "abs(m.p[a])"]), inner).map(
                lambda part: f"{part[0]} * {part[1]}"
            ),
            st.tuples(inner, st.sampled_from(["m.e[a]", "m.scale", "m.e[a] ** 2"])).map(
                lambda part: f"{part[0]} / {part[1]}"
            ),
            inner.map(lambda part: f"(-{part})"),
            inner.flatmap(lambda part: st.sampled_from(sums(index, part)[-4:])),
        )

    return st.recursive(base, grow, max_leaves=5).map(lambda text: f"m.v[a] * 1 + ({text})")


def any_sides(index: str) -> Any:
    """Two sides of a relation."""
    return st.tuples(any_expression(index), any_expression(index))


def float_parts(index: str) -> list[str]:
    """Every kind of nesting under products and quotients; each has a variable of its own, so none occurs twice."""
    parts = [
        "m.p[a] * m.v0[a] / m.e[a]",
        "sum(m.p[k] * m.v1[k] / m.e[k] for k in m.others[a]) / m.e[a]",
        "m.e[a] * (sum(m.v2[k] / m.scale for k in m.asset) / m.scale)",
        "m.p[a] * (m.scale * sum(m.x0[k, h] * m.q[k, h] / m.f[h] for k in m.others[a] for h in m.time)) / m.e[a]",
        "(m.p[a] * (m.v3[a] / m.e[a] + m.p[a])) / m.scale",
        "(sum(m.v4[k] * m.p[k] for k in m.others[a]) / m.e[a] - m.p[a] * sum(m.w[j] for j in m.node)) / m.scale",
        "-(sum(m.p[k] * (m.v5[k] / m.e[k] + m.w1[k]) for k in m.others[a])) * m.e[a] * m.p[a]",
        "abs(m.p[a]) ** 2 / m.e[a] * m.single",
        "(m.p[a] * m.v6[a] + m.p[m.first[a]] * m.v7[a]) / m.scale * m.e[a]",
    ]
    if "t" in index:
        parts += [
            "m.q[a, t] * m.x1[a, m.previous[t]] * m.p[a] / m.f[t]",
            "sum(m.x2[k, t] * m.q[k, t] for k in m.at_time[a, t]) / m.f[t]",
        ]
    if "n" in index:
        parts += ["sum(m.x3[k, t] / m.e[k] for k in m.at_pair[a, n]) * m.g[a, n, t] / m.e[a]"]
    return parts


@st.composite
def float_sides(draw: Any, index: str) -> tuple[str, str]:
    """Two sides of a relation without a common variable."""
    parts = draw(st.lists(st.sampled_from(float_parts(index)), min_size=1, max_size=4, unique=True))
    cut = draw(st.integers(0, len(parts)))
    return " + ".join(["m.v[a]", *parts[:cut]]), " + ".join([*parts[cut:], "m.p[a]"])


def check_equal(program: Program) -> None:
    """Compile both ways and compare; a program that both refuse is skipped."""
    try:
        compiled = compile_program(program)
    except RuleError as error:
        assume("does not hold" not in str(error))
        raise
    for row in program.rows:
        note(row.rule.__name__)
    dense = build_model(program, dense=True)
    assert differences(normal_form(compiled), pyomo_normal_form(dense, compiled), compiled) == []


@FEW
@given(programs(DYADIC, DIVISORS, any_sides))
def test_any_program_is_equal_bit_for_bit(program: Program) -> None:
    """Structure: sets, sums, maps, ranged rows, cancelled and zero coefficients."""
    check_equal(program)


@FEW
@given(programs(FLOATS, FLOAT_DIVISORS, float_sides))
def test_rounding_is_equal_bit_for_bit(program: Program) -> None:
    """Arithmetic: quotients and products round as Pyomo's do."""
    check_equal(program)


@FEW
@given(program=programs(DYADIC, DIVISORS, any_sides))
def test_the_stretched_writer_is_equal_bit_for_bit(program: Program) -> None:
    """The copy in stretches, for long time axes, fills the same places as the scatter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assemble, "STRETCH", 1)
        check_equal(program)
