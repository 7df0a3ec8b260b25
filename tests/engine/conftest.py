"""A small dispatch and investment program that the engine's tests share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model.engine.program import (
    IndexedSetDeclaration,
    MapDeclaration,
    ParameterDeclaration,
    Program,
    RowDeclaration,
    SetDeclaration,
    VariableDeclaration,
)

HOURS = 24


def small_program() -> Program:
    """Two nodes, three assets, a line and a store over a day; costs in EUR."""
    rng = np.random.default_rng(7)
    assets, nodes = ["gas", "sun", "wind"], ["east", "west"]
    return Program(
        sets=[
            SetDeclaration("asset", assets),
            SetDeclaration("node", nodes),
            SetDeclaration("time", range(HOURS)),
            SetDeclaration("single", ["all"]),
        ],
        indexed_sets=[IndexedSetDeclaration("assets_at", ("node",), {"east": ["gas", "sun"], "west": ["wind"]})],
        parameters=[
            ParameterDeclaration(
                "availability", ("asset", "time"), np.vstack([np.ones(HOURS), rng.random((2, HOURS))])
            ),
            ParameterDeclaration("demand", ("node", "time"), 20 + 10 * rng.random((2, HOURS))),
            ParameterDeclaration("fixed_cost", ("asset",), np.array([300.0, 150.0, 250.0])),
            ParameterDeclaration("variable_cost", ("asset",), np.array([80.0, 0.0, 0.0])),
            ParameterDeclaration("direction", ("node",), np.array([-1.0, 1.0])),
            ParameterDeclaration("line_max", ("time",), np.full(HOURS, 25.0)),
            ParameterDeclaration("line_min", ("time",), np.full(HOURS, -25.0)),
            ParameterDeclaration("capacity_max", ("asset",), np.full(3, 200.0)),
        ],
        maps=[MapDeclaration("previous", ("time",), "time", (np.arange(HOURS) - 1) % HOURS)],
        variables=[
            VariableDeclaration("capacity", ("asset",), 0.0, "capacity_max"),
            VariableDeclaration("activity", ("asset", "time")),
            VariableDeclaration("flow", ("time",), "line_min", "line_max"),
            VariableDeclaration("level", ("time",), 0.0, 40.0),
            VariableDeclaration("charge", ("time",), 0.0, 10.0),
            VariableDeclaration("discharge", ("time",), 0.0, 10.0),
        ],
        rows=[
            RowDeclaration("activity_limit", ("asset", "time"), activity_limit),
            RowDeclaration("balance", ("node", "time"), balance),
            RowDeclaration("store_level", ("time",), store_level),
        ],
        costs=[
            RowDeclaration("investment", ("asset",), lambda m, a: m.fixed_cost[a] * m.capacity[a]),
            RowDeclaration(
                "fuel", ("asset",), lambda m, a: m.variable_cost[a] * sum(m.activity[a, t] for t in m.time) + 1.5
            ),
        ],
        reported=[RowDeclaration("energy", ("asset",), lambda m, a: sum(m.activity[a, t] for t in m.time))],
    )


def activity_limit(m: Any, a: Any, t: Any) -> Any:
    return m.activity[a, t] <= m.availability[a, t] * m.capacity[a]


def balance(m: Any, n: Any, t: Any) -> Any:
    made = sum(m.activity[a, t] for a in m.assets_at[n])
    return made + m.direction[n] * (m.flow[t] + m.discharge[t] - m.charge[t]) == m.demand[n, t]


def store_level(m: Any, t: Any) -> Any:
    return m.level[t] == 0.999 * m.level[m.previous[t]] + 0.9 * m.charge[t] - m.discharge[t] / 0.9


def with_values(program: Program, **values: Any) -> Program:
    """Return the program with other parameter values."""
    parameters = [replace(p, values=np.asarray(values.get(p.name, p.values), dtype=float)) for p in program.parameters]
    return replace(program, parameters=parameters)


def with_row(program: Program, name: str, over: tuple[str, ...], rule: Any) -> Program:
    """Return the program with one more family of rows."""
    return replace(program, rows=[*program.rows, RowDeclaration(name, over, rule)])


@pytest.fixture
def program() -> Program:
    return small_program()
