"""Explicit N-1 on random meshed grids: no named outage overloads a line in a load flow with the circuits gone."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.engine import solve
from model.grid_rounds import first_case, overloads, settle
from model.job import Built, rebuild
from tests.closed_form.world import EXACT, World
from tests.grid.random_grids import (
    built,
    flows,
    hardened,
    injections_of,
    load_flow,
    members,
    random_grid,
    with_outages,
)

SEEDS = [0, 3]
MORE = [pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 4, 5, 6, 7)]


def solved(made: Built) -> Any:
    solution = solve(made.compiled, EXACT)
    assert solution.status == "optimal"
    return solution


@cache
def grid(seed: int) -> World:
    return with_outages(random_grid(seed, islands=1 + seed % 2, shifters=seed % 3 == 0))


@cache
def answer(seed: int, form: str) -> tuple[Built, Any]:
    made = built(grid(seed), grid__n_minus_1=form)
    return made, solved(made)


@pytest.mark.parametrize("seed", [*SEEDS, *MORE])
def test_no_outage_overloads_a_line(seed):
    made, solution = answer(seed, "all")
    _, before = answer(seed, "none")
    assert solution.objective >= before.objective * (1 - 1e-9)
    table = made.case.corridors
    flow = flows(made, solution.values["flow"])
    given = injections_of(table, flow)
    assert np.allclose(load_flow(table, given), flow, atol=1e-6)
    capacity = table["capacity"].astype(float).copy()
    for (line, _), more in zip(
        members(made, "expandable_corridor_year"), solution.values["corridor_expansion"], strict=True
    ):
        capacity[line] += more
    room = []
    for row in grid(seed).rows["contingencies"]:
        kept = 1.0 - 1.0 / table.at[row["corridor"], "circuits"]
        after = load_flow(table, given, {row["corridor"]: kept})
        limit = capacity.copy()
        limit[row["corridor"]] *= kept
        room.append(float((limit - after.abs().max(axis=1)).min()))
    assert min(room) > -1e-5
    if solution.objective > before.objective * (1 + 1e-6):
        assert min(room) < 1e-5, "where N-1 costs something, some line is at its limit after an outage"


@pytest.mark.parametrize("seed", [3, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (0, 1, 2, 4, 5))])
def test_two_lines_at_once_beside_dc_lines_and_shifters_that_are_set(seed):
    world = hardened(with_outages(random_grid(seed, islands=1 + seed % 2, shifters=True)), seed + 100)
    made = built(world, grid__n_minus_1="all")
    solution = solved(made)
    assert solution.objective > solved(built(world)).objective * (1 + 1e-3)
    table = made.case.corridors[made.case.corridors["kind"] == "ac"].copy()
    lost: dict[str, list[str]] = {}
    for row in world.rows["contingencies"]:
        lost.setdefault(row["contingency"], []).append(row["corridor"])
    assert sum(len(lines) == 2 for lines in lost.values()) >= 4
    capacity = table["capacity"].astype(float)
    for (line, _), more in zip(
        members(made, "expandable_corridor_year"), solution.values["corridor_expansion"], strict=True
    ):
        capacity[line] += more
    flow, turned = flows(made, solution.values["flow"]).loc[table.index], solution.values["phase_shift"]
    room = []
    for step in range(2):
        for (line, _), values in zip(members(made, "shifter_year"), turned, strict=True):
            table.loc[line, "phase_shift"] = np.rad2deg(values[step] / 1000.0)
        given = injections_of(table, flow[[step]].set_axis([0], axis=1))
        assert np.allclose(load_flow(table, given)[0], flow[step], atol=1e-5)
        for lines in lost.values():
            kept = {line: 1.0 - 1.0 / table.at[line, "circuits"] for line in lines}
            limit = capacity * pd.Series(kept).reindex(capacity.index).fillna(1.0)
            room.append(float((limit - load_flow(table, given, kept)[0].abs()).min()))
    assert -1e-5 < min(room) < 1e-5, "no outage overloads a line, and some line is at its limit after one"
    lazy = built(world, grid__n_minus_1="lazy")
    _, last, _ = settle(rebuild(lazy, first_case(lazy.case)), solved, rebuild, lambda text: None)
    assert last.objective == pytest.approx(solution.objective, rel=1e-7)


@pytest.mark.parametrize("seed", [*SEEDS, *MORE])
def test_lazy_rows_give_the_same_cost_as_all_rows(seed):
    whole, optimum = answer(seed, "all")
    made = built(grid(seed), grid__n_minus_1="lazy")
    assert made.size == whole.size  # whoever solves it once, as studies do, has every row
    first = rebuild(made, first_case(made.case))
    last, solution, rounds = settle(first, solved, rebuild, lambda text: None)
    assert solution.objective == pytest.approx(optimum.objective, rel=1e-7)
    assert not overloads(last, solution)
    assert last.size["rows"] <= whole.size["rows"]
    assert [done.overloads > 0 for done in rounds] == [True] * (len(rounds) - 1) + [False]


def test_these_grids_bite():
    costs = [answer(seed, "all")[1].objective / answer(seed, "none")[1].objective - 1 for seed in SEEDS]
    assert min(costs) > 1e-3, costs
