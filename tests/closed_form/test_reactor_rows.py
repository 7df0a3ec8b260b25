"""Rows that another row implies are left out: the feasible set must stay the same.

Per unit of heat into the turbine the region is {H >= 0, sum H <= chi}, a simplex: linear rows hold on all of it where
they hold at its corners, which is what the two conditions of the feature file ask.
"""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest

from model.technologies import reactors
from tests.closed_form.answer import Answer
from tests.closed_form.world import World

STEPS = 10


def random_world(seed: int) -> World:
    """A design with two heat grades before random demands, prices (also below zero) and boilers."""
    random = np.random.default_rng(seed)
    world = World(STEPS, reactors__modes=["flexible", "coproduction"])
    world.change("carriers", "electricity", spill="priced", spill_cost=20.0)
    world.neighbour("X", random.uniform(-40, 120, STEPS), imports=800, exports=800)
    world.demand(random.uniform(0, 300, STEPS))
    for grade in ("heat_100", "heat_250"):
        world.demand(random.uniform(0, 600, STEPS), carrier=grade)
        world.technology(f"boiler_{grade}", gives=grade, existing=1e3, variable_om=random.uniform(0, 80))
    efficiency = random.uniform(0.25, 0.45)
    losses = np.sort(random.uniform(0.05, efficiency, 2))
    return world.reactor(
        "cls_lwr",
        existing=1e3,
        loss={100: losses[0], 250: losses[1]},
        efficiency=efficiency,
        extraction_share_max=random.uniform(0.2, 1.0),
        back_pressure_min=random.uniform(0.0, 0.6),
        live_steam_efficiency=random.choice([0.0, 0.95]),
        minimum_load=random.uniform(0.0, 0.6),
        fuel_cost=8.0,
    )


def left_out(answer: Answer) -> tuple[bool, bool]:
    duals = answer.solution.duals
    return len(duals["reactor_energy_guard"]) == 0, len(duals["reactor_back_pressure_limit"]) == 0


@pytest.fixture(scope="module")
def pairs():
    """Each random world as it is built, and with all rows."""
    found = []
    for seed in range(10):
        world = random_world(seed)
        lean = world.solve()
        never = {"_guard_is_implied": lambda *_: False, "_back_pressure_is_implied": lambda *_: False}
        with patch.multiple(reactors, **never):
            found.append((lean, world.solve()))
    return found


def test_the_worlds_try_every_case(pairs):
    assert all(left_out(full) == (False, False) for _, full in pairs)
    assert {left_out(lean) for lean, _ in pairs} == {(a, b) for a in (True, False) for b in (True, False)}


def test_leaving_out_implied_rows_changes_no_optimum(pairs):
    for lean, full in pairs:
        assert lean.objective == pytest.approx(full.objective, rel=1e-9)


def test_the_smaller_program_keeps_inside_the_rows_it_left_out(pairs):
    for lean, _ in pairs:
        values = lean.solution.values
        heat = values["reactor_extraction"].sum(axis=0)
        power, turbine = values["reactor_power"][0], values["reactor_turbine_heat"][0]
        least = float(lean.case.reactors["back_pressure_min"].iloc[0])
        assert np.all(power + heat <= turbine + 1e-6)
        assert np.all(power >= least * heat - 1e-6)


def test_the_rows_that_stay_bite():
    """A design for which both rows are needed: without them it would give more heat than it has, or less power."""
    world = World(reactors__modes=["flexible", "coproduction"]).demand(1e4).demand(1e4, carrier="heat_100")
    world.change("carriers", "electricity", value_of_lost_load=10.0)
    hot = {"efficiency": 0.4, "extraction_share_max": 0.9, "back_pressure_min": 0.0}
    strict = world.reactor("cls_lwr", existing=1e3, loss={100: 0.1}, **hot).solve()
    with patch.object(reactors, "_guard_is_implied", lambda *_: True):
        assert world.solve().objective < strict.objective - 1e6
    for row in world.rows["reactors"]:
        row["value"] = 0.7 if row["parameter"] == "back_pressure_min" else row["value"]
    strict = world.solve()
    with patch.object(reactors, "_back_pressure_is_implied", lambda *_: True):
        assert world.solve().objective < strict.objective - 1e6
