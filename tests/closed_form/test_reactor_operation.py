"""Outages, starts, ramps, minimum load, down time and cycles never make a reactor infeasible, nor an outage longer.

Before any prices above zero a reactor that costs nothing to run gives most when everything that is not in refuelling
runs flat out.  So whatever limits its operation has, it must earn as much as one without any: if an outage could not be
entered or left at once, or lasted longer, it would earn less.  Where prices fall below zero there must be an optimum.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from model.core.build import build_program
from model.data.schemas import SCHEMAS
from model.engine import compile_program, solve
from tests.closed_form.world import EXACT, World

TRIES = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],  # a failing plant is small enough to read as it is
)
FREE = {"minimum_load": 0.0, "ramp": 1e3, "min_down_time": 0.0, "cycles_per_year": 8784.0, "cycle_depth": 1.0}
"""Limits of operation that limit nothing."""
MOVES = ("reactor_outage_entered", "reactor_outage_left")


def figure(name: str, most: float | None = None) -> st.SearchStrategy[float]:
    """A number of four decimals within the bounds of the schema, its ends included."""
    held = SCHEMAS["reactors"].parameter(name)
    low = held.minimum if held.above is None else max(held.minimum or 0.0, held.above + 1e-3)
    high = held.maximum if most is None else most
    return st.one_of(st.sampled_from([low, high]), st.floats(low, high).map(lambda value: round(value, 4)))


LIMITS = st.fixed_dictionaries(
    {
        "minimum_load": figure("minimum_load"),
        "ramp": st.one_of(st.sampled_from([1e-6, 1.0]), st.floats(1e-6, 1.0).map(lambda value: round(value, 6))),
        "min_down_time": figure("min_down_time"),
        "cycles_per_year": figure("cycles_per_year"),
        "cycle_depth": figure("cycle_depth"),
        "start_cost": figure("start_cost", most=1e3),
    }
)
LOADS = st.fixed_dictionaries(
    {
        "part_load_loss": figure("part_load_loss"),
        "house_load": figure("house_load"),
        "house_load_idle": figure("house_load_idle"),
    }
)
"""What part load and the plant itself take of its power."""
OUTAGES = st.fixed_dictionaries(
    {
        "outage_length": figure("outage_length"),
        "outage_interval": figure("outage_interval"),
        "outage_units": figure("outage_units"),
        "forced_outage_rate": figure("forced_outage_rate"),
        "availability": figure("availability"),
    }
)
SAMPLE = {"time__mode": "sample", "time__weeks": [1]}
"""Periods that stand for many days; the hours are given by hand."""
YEARS = st.sampled_from(
    [
        {"steps": 365, "step_hours": 24.0},
        {"steps": 60, "step_hours": 24.0},
        {"steps": 84, "step_hours": 4.0},
        {"steps": 30, "step_hours": 24.0, **SAMPLE},
        {"periods": [(8, 200), (12, 110)], "step_hours": 3.0, **SAMPLE},
    ]
)
CAPACITY = st.one_of(st.sampled_from([1e-5, 0.1, 999.0, 1e4]), st.floats(0.1, 1e4))
MODES = st.sampled_from([["base_load"], ["base_load", "coproduction"], ["flexible"], ["base_load", "flexible"]])
"""Where `flexible` is left out a plant at the grid runs flat out: the base-load bound."""
COMMITMENT = st.sampled_from(["none", "ramp", "linear"])
REFUELLING = st.sampled_from(["availability", "decided", "decided"])
SEED = st.integers(0, 999)


def plant(year: dict[str, Any], capacity: float, seed: int, lowest: float, figures: dict[str, float]) -> World:
    """A reactor of so many MW_th alone before prices between `lowest` and 100."""
    world = World(**year)
    if not year.get("time__weeks") and "outage_length" in figures:
        # A year of some weeks: no more of it is refuelling than the bounds of the schema allow in a whole one.
        weeks = int(world.count * world.step_hours // 168)
        most = 7.0 * int(weeks * min(figures["outage_interval"], 1.0))
        figures = {**figures, "outage_length": min(figures["outage_length"], most)}
    prices = np.random.default_rng(seed).uniform(lowest, 100.0, world.count)
    world.neighbour("X", prices, imports=1e5, exports=1e5)  # both: a plant that stands still draws its house load
    world.reactor("cls_lwr", existing=capacity, efficiency=0.35, unit_size_th=250.0, unit_size_e=87.5, **figures)
    return world


def earned(
    world: World,
    commitment: str,
    refuelling: str,
    without: tuple[str, ...] = (),
    modes: tuple[str, ...] = ("flexible",),
) -> float | None:
    """What the reactor earns in a year, EUR; None where there is no optimum; variables in `without` are zero."""
    ways = {"reactors__modes": list(modes), "reactors__commitment": commitment, "reactors__refuelling": refuelling}
    case = world.case(**ways)
    assert case.assets["must_run"].any() == ("flexible" not in modes)
    program = build_program(case)
    held = [replace(item, upper=0.0) if item.name in without else item for item in program.variables]
    solution = solve(compile_program(replace(program, variables=held)), EXACT)
    return -float(solution.objective) if solution.status == "optimal" else None


@TRIES
@given(YEARS, CAPACITY, LIMITS, LOADS, OUTAGES, COMMITMENT, REFUELLING, MODES, SEED)
def test_no_limit_of_operation_takes_anything_from_a_plant_that_runs_flat_out(
    year, capacity, limits, loads, outages, commitment, refuelling, modes, seed
):
    free = earned(plant(year, capacity, seed, 1.0, {**FREE, **loads, **outages}), "none", refuelling)
    bound = earned(
        plant(year, capacity, seed, 1.0, {**limits, **loads, **outages}), commitment, refuelling, modes=tuple(modes)
    )
    assert free is not None and bound is not None
    assert bound == pytest.approx(free, rel=1e-6, abs=1e-3)


@TRIES
@given(YEARS, CAPACITY, LIMITS, LOADS, OUTAGES, COMMITMENT, REFUELLING, MODES, SEED)
def test_a_plant_is_never_infeasible(year, capacity, limits, loads, outages, commitment, refuelling, modes, seed):
    world = plant(year, capacity, seed, -100.0, {**limits, **loads, **outages})
    assert earned(world, commitment, refuelling, modes=tuple(modes)) is not None


OUTAGE = {"outage_length": 10.0, "outage_interval": 1.0, "outage_units": 4.0, "forced_outage_rate": 0.05}
YEAR = {"steps": 84, "step_hours": 24.0}
FLAT_OUT = {"minimum_load": 1.0, "ramp": 0.001, "min_down_time": 48.0}
NEARLY = {"minimum_load": 0.97, "ramp": 0.001}
FOLLOWS = {"minimum_load": 0.4, "ramp": 0.001, "min_down_time": 120.0}


@pytest.mark.parametrize(
    ("commitment", "limits", "share"),
    [("ramp", NEARLY, None), ("ramp", FOLLOWS, 0.999), ("linear", FLAT_OUT, 0.98), ("linear", FOLLOWS, 0.98)],
)
def test_without_ways_into_and_out_of_outages_it_would_be_so(commitment, limits, share):
    """A plant that hardly moves and cannot stop has no optimum then; any other has its outages lengthened."""
    world = plant(YEAR, 1000.0, 1, 1.0, {**limits, **OUTAGE})
    whole = earned(world, commitment, "decided")
    assert whole == pytest.approx(earned(plant(YEAR, 1000.0, 1, 1.0, {**FREE, **OUTAGE}), "none", "decided"), rel=1e-6)
    without = earned(world, commitment, "decided", MOVES)
    assert without is None if share is None else without < share * whole
