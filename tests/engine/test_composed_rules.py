"""Rules as `core` writes them: a balance that adds up contributions, over features of which some are empty."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.engine.build import build_model
from model.engine.compiled import compile_program
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
from model.engine.spaces import compensated_add


def given(m: Any, n: Any, t: Any) -> Any:
    return sum(m.share[a, n] * m.activity[a, t] for a in m.assets_at[n])


def stored(m: Any, n: Any, t: Any) -> Any:
    return sum(m.discharge[s, t] / m.efficiency[s] for s in m.stores_at[n])


def brought(m: Any, n: Any, t: Any) -> Any:
    return sum(m.flow[a, b, t] for a, b in m.lines_to[n]) - sum(m.flow[a, b, t] for a, b in m.lines_from[n])


def nothing(m: Any, n: Any, t: Any) -> Any:
    return 0


def asked(m: Any, n: Any, t: Any) -> Any:
    return -m.demand[n, t]


CONTRIBUTIONS = [given, stored, brought, nothing, asked]


def by_loop(m: Any, n: Any, t: Any) -> Any:
    total = 0
    for contribution in CONTRIBUTIONS:
        total = total + contribution(m, n, t)
    return total == 0


def by_generator(m: Any, n: Any, t: Any) -> Any:
    return sum(contribution(m, n, t) for contribution in CONTRIBUTIONS) >= 0


def by_list(m: Any, n: Any, t: Any) -> Any:
    return sum([contribution(m, n, t) for contribution in CONTRIBUTIONS]) <= m.demand[n, t]


def composed(stores: list[str], steps: int) -> Program:
    assets, nodes = ["a", "b", "c"], ["east", "west"]
    shares = [("a", "east"), ("b", "east"), ("b", "west"), ("c", "west")]
    lines = [("east", "west")]
    rules = [by_loop, by_generator, by_list]
    return Program(
        sets=[
            SetDeclaration("asset", assets),
            SetDeclaration("node", nodes),
            SetDeclaration("asset_node", shares, 2),
            SetDeclaration("store", stores),
            SetDeclaration("line", lines, 2),
            SetDeclaration("time", range(steps)),
        ],
        indexed_sets=[
            IndexedSetDeclaration("assets_at", ("node",), {n: [a for a, k in shares if k == n] for n in nodes}),
            IndexedSetDeclaration("stores_at", ("node",), {"east": stores, "west": []}),
            IndexedSetDeclaration("lines_to", ("node",), {n: [k for k in lines if k[1] == n] for n in nodes}, 2),
            IndexedSetDeclaration("lines_from", ("node",), {n: [k for k in lines if k[0] == n] for n in nodes}, 2),
        ],
        parameters=[
            ParameterDeclaration("share", ("asset_node",), np.array([1.0, 0.4, 0.6, 1.1])),
            ParameterDeclaration("efficiency", ("store",), np.full(len(stores), 0.9)),
            ParameterDeclaration("demand", ("node", "time"), np.arange(2.0 * steps).reshape(2, steps)),
        ],
        maps=[MapDeclaration("previous", ("time",), "time", (np.arange(steps) - 1) % steps)],
        variables=[
            VariableDeclaration("activity", ("asset", "time")),
            VariableDeclaration("discharge", ("store", "time")),
            VariableDeclaration("flow", ("line", "time"), -10.0, 10.0),
        ],
        rows=[RowDeclaration(rule.__name__, ("node", "time"), rule) for rule in rules],
        costs=[RowDeclaration("cost", ("store",), lambda m, s: sum(m.discharge[s, t] for t in m.time))],
    )


@pytest.mark.parametrize("steps", [1, 3, 300])
@pytest.mark.parametrize("stores", [[], ["s", "r"]])
def test_composed_balances_equal_pyomo(stores: list[str], steps: int) -> None:
    program = composed(stores, steps)
    compiled = compile_program(program)
    dense = build_model(program, dense=True)
    assert differences(normal_form(compiled), pyomo_normal_form(dense, compiled), compiled) == []


def test_compensated_sums_are_those_of_python_from_3_12_on() -> None:
    """Neumaier's algorithm as CPython writes it, number by number."""
    rng = np.random.default_rng(3)
    places = rng.integers(0, 5, 200)
    addends = rng.normal(size=200) * 10.0 ** rng.integers(-8, 8, 200)
    total = np.zeros(5)
    compensated_add(total, places, addends)
    for place in range(5):
        result, lost = 0.0, 0.0
        for number in addends[places == place]:
            both = result + number
            lost += (result - both) + number if abs(result) >= abs(number) else (number - both) + result
            result = both
        assert total[place] == result + lost
