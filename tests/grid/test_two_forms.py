"""The cycle form of the power flow against its angle form, written anew with one angle per bus, on random grids."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from model.engine import solve
from tests.closed_form.world import EXACT
from tests.grid.random_grids import built, flows, injections_of, load_flow, random_grid

SHED = 3000.0
"""Value of lost load in a world, EUR/MWh."""


def angle_form(world: Any, table: Any) -> tuple[float, np.ndarray]:
    """Least cost and flows (lines × steps) of a world, with voltage angles as variables and nothing of the model.

    Columns of one step: output of plants, unserved load, flows, angles; expansion stands before all steps.
    """
    nodes = [row["node"] for row in world.rows["nodes"]]
    plants = [(row["node"], row["capacity"]) for row in world.rows["existing_capacity"]]
    cost = [next(p["value"] for p in world.rows["technology_parameters"] if p["technology"] == row["technology"])
            for row in world.rows["existing_capacity"]]  # fmt: skip
    lines, steps = list(table.index), world.count
    grows = [line for line in lines if table.at[line, "expansion_cost"] == table.at[line, "expansion_cost"]]
    width = len(plants) + 2 * len(nodes) + len(lines)
    total = len(grows) + steps * width
    objective, low, high = np.zeros(total), np.full(total, -np.inf), np.full(total, np.inf)
    equal, limit = lil_matrix((steps * (len(nodes) + len(lines)), total)), lil_matrix((2 * steps * len(lines), total))
    right, most = np.zeros(equal.shape[0]), np.zeros(limit.shape[0])
    for column, line in enumerate(grows):
        objective[column] = table.at[line, "expansion_cost"] / 40.0  # no interest over 40 years
        low[column], high[column] = 0.0, table.at[line, "expansion_max"]
    for step in range(steps):
        given = len(grows) + step * width
        shed, flow, angle = given + len(plants), given + len(plants) + len(nodes), given + width - len(nodes)
        for number, (node, capacity) in enumerate(plants):
            objective[given + number], low[given + number], high[given + number] = cost[number], 0.0, capacity
            equal[step * len(nodes) + nodes.index(node), given + number] = 1.0
        for number, node in enumerate(nodes):
            row = step * len(nodes) + number
            right[row] = low[shed + number] = 0.0
            right[row] = high[shed + number] = world.series[node, "electricity", None][step]
            objective[shed + number] = SHED
            equal[row, shed + number] = 1.0
        for number, line in enumerate(lines):
            of = table.loc[line]
            start, end = nodes.index(of["from_node"]), nodes.index(of["to_node"])
            equal[step * len(nodes) + start, flow + number] -= 1.0
            equal[step * len(nodes) + end, flow + number] += 1.0
            row = steps * len(nodes) + step * len(lines) + number
            turn = of["reactance"] * (of["tap_ratio"] if of["tap_ratio"] > 0 else 1.0) / 100.0**2
            equal[row, flow + number] = turn
            equal[row, angle + start] -= 1.0
            equal[row, angle + end] += 1.0
            right[row] = -np.nan_to_num(np.deg2rad(of["phase_shift"]))
            for side, sign in enumerate((1.0, -1.0)):
                row = 2 * (step * len(lines) + number) + side
                limit[row, flow + number] = sign
                most[row] = of["capacity"]
                if line in grows:
                    limit[row, grows.index(line)] = -1.0
    hours = 8760.0 / steps
    scale = np.where(np.arange(total) < len(grows), 1.0, hours)
    found = linprog(
        objective * scale, limit.tocsr(), most, equal.tocsr(), right, np.column_stack([low, high]), "highs-ds"
    )
    assert found.status == 0
    columns = [len(grows) + step * width + len(plants) + len(nodes) + np.arange(len(lines)) for step in range(steps)]
    return float(found.fun), np.array([found.x[at] for at in columns]).T


@pytest.mark.parametrize("seed", [1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 9))])
def test_both_forms_have_one_optimum_and_each_flow_is_that_of_the_other(seed):
    world = random_grid(seed + 50, islands=1 + seed % 3, shifters=seed % 2 == 0)
    made = built(world)
    solution = solve(made.compiled, EXACT)
    table = made.case.corridors
    cost, by_angles = angle_form(world, table)
    assert solution.objective == pytest.approx(cost, rel=1e-9)
    # flows of the cycle form, from their injections by angles
    flow = flows(made, solution.values["flow"]).loc[table.index]
    assert np.allclose(load_flow(table, injections_of(table, flow)).loc[table.index], flow, atol=1e-6)
    # flows of the angle form, in the cycles of the model
    by = dict(zip(table.index, by_angles, strict=True))
    program = {declared.name: declared for declared in made.program.parameters}
    members = {declared.name: declared.members for declared in made.program.sets}
    round_trip: dict[Any, np.ndarray] = {}
    for (cycle, line, _), signed, way in zip(
        members["corridor_in_cycle"],
        program["cycle_reactance"].values,
        program["cycle_direction"].values,
        strict=True,
    ):
        shift = 1000.0 * np.nan_to_num(np.deg2rad(table.at[line, "phase_shift"]))
        round_trip[cycle] = round_trip.get(cycle, 0.0) + signed * by[line] + way * shift
    assert round_trip and max(np.abs(turn).max() for turn in round_trip.values()) < 1e-6


def test_these_grids_bite():
    """Without Kirchhoff's law the same grids are cheaper."""
    world = random_grid(52, islands=3, shifters=True)
    with_law, without = (solve(built(world, grid__kirchhoff=law).compiled, EXACT).objective for law in (True, False))
    assert without < with_law * (1 - 1e-4)
