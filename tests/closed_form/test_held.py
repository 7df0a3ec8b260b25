"""Held capacities in worlds solved by hand: what is missing, what it costs, what one more unit would save."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.core.build import build_program
from model.engine import compile_program, hold, solve
from tests.closed_form.answer import Answer, near
from tests.closed_form.world import EXACT, HOURS, World

ANNUITY = 1e6 / 20
FUEL, LOST = 40.0, 3000.0


def world(demand: list[float]) -> World:
    """A demand served by one plant: 1 MEUR per MW over 20 years without interest, 40 EUR/MWh."""
    plant: dict[str, Any] = {"potential": float("inf"), "investment": 1e6, "lifetime": 20, "variable_om": FUEL}
    return World(steps=len(demand)).demand(demand).technology("plant", **plant)


def held(given: World, megawatt: float) -> Answer:
    """Solve a world with so much of the plant held."""
    case = given.case()
    program = build_program(case)
    members = next(one.members for one in program.sets if one.name == "asset_build")
    built = np.array([megawatt if asset == "plant@N" else 0.0 for asset, _ in members])
    kept = np.zeros(len(next(one.members for one in program.sets if one.name == "asset_year")))
    compiled = hold(compile_program(program), {"built": built, "existing_kept": kept})
    return Answer(case, program, compiled, solve(compiled, EXACT))


def test_a_peak_that_the_design_did_not_see_stays_unserved():
    designed = world([80, 80, 80, 80]).solve()  # an average day: 80 MW in every hour
    assert designed["built", "plant@N", 2030] == near(80)
    answer = held(world([60, 60, 80, 120]), 80)  # the year: the fourth quarter asks for 40 MW more
    quarter = HOURS / 4
    assert answer["unserved", "N", "electricity", 2030] == near([0, 0, 0, 40])
    assert answer.yearly("unserved", "N", "electricity", 2030) == near(40 * quarter)
    energy = quarter * (60 + 60 + 80 + 80)
    assert answer.objective == near(80 * ANNUITY + FUEL * energy + LOST * 40 * quarter)
    assert answer.findings() == []
    # choosing with the whole year in sight costs less: 40 MW more are worth their annuity
    free = world([60, 60, 80, 120]).solve()
    assert free["built", "plant@N", 2030] == near(120)
    assert free.objective == near(120 * ANNUITY + FUEL * (energy + 40 * quarter))


def test_one_more_unit_is_worth_the_unserved_energy_that_it_serves():
    answer = held(world([60, 60, 80, 120]), 80)
    saved = (LOST - FUEL) * HOURS / 4
    members = next(one.members for one in answer.program.sets if one.name == "asset_year")
    worth = -answer.solution.reduced_costs["capacity"][members.index(("plant@N", 2030))]
    assert worth == near(saved)
    # and the unit itself costs its annuity, wherever it is worth anything
    assert answer.solution.reduced_costs["built"] == near([ANNUITY])
    more = held(world([60, 60, 80, 120]), 81)
    assert answer.objective - more.objective == near(saved - ANNUITY)


@pytest.mark.parametrize("megawatt", [0.0, 30.0, 200.0])
def test_any_capacity_can_be_held(megawatt):
    answer = held(world([60, 60, 80, 120]), megawatt)
    demand = np.array([60.0, 60.0, 80.0, 120.0])
    served = np.minimum(demand, megawatt)
    assert answer.yearly("unserved", "N", "electricity", 2030) == near(float((demand - served).sum()) * HOURS / 4)
    assert answer.findings() == []
