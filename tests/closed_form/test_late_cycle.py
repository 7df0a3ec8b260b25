"""Reactors late in their fuel cycle, by hand: a higher minimum load before refuelling, on the mean or at its date."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from model.core.build import build_program
from model.engine import build_model, compile_program
from model.engine.normal_form import differences, normal_form, pyomo_normal_form
from tests.closed_form.answer import Answer, near
from tests.closed_form.test_reactor_operation import CAPACITY, LIMITS, OUTAGES, TRIES, earned, plant
from tests.closed_form.world import World

K = 1000.0
"""MW_th; half of the heat becomes power."""
LATE = {"reactors__commitment": "linear", "reactors__late_cycle": True}
DATED = {"steps": 365, "step_hours": 24.0, "reactors__refuelling": "decided"}
STAYS = {"start_cost": 1e6, "minimum_load": 0.4, "ramp": 1.0}
"""A plant for which a stop never pays."""
OUTAGE = {"outage_length": 21.0, "outage_interval": 1.0, "forced_outage_rate": 0.0}
DAYS = np.arange(365)
OUT = (DAYS >= 140) & (DAYS < 161)
BAD = DAYS % 7 == 3
PRICE = np.where(OUT, -100.0, np.where(BAD, -20.0, 50.0))
"""Three weeks in which the plant refuels, and one bad day in each of the other 49."""


def solved(price: Any, settings: dict[str, Any], **figures: float) -> Answer:
    """A reactor alone before a price; all checks find nothing."""
    world = World(**{**LATE, **settings}).neighbour("X", price, imports=0.0, exports=1e4)
    answer = world.reactor("cls_lwr", existing=K, efficiency=0.5, **figures).solve()
    assert [str(finding) for finding in answer.findings() if not finding.passed] == []
    return answer


def worth(answer: Answer) -> float:
    """What a year earns per MW_th of capacity and day, EUR/MWh_e."""
    return -answer.objective / (0.5 * K * 24)


@pytest.mark.parametrize(("share", "late", "least"), [(0.2, 1.0, 0.6), (0.5, 0.8, 0.65), (0.2, 0.5, 0.5)])
def test_without_dates_the_minimum_load_is_the_mean_over_the_cycle(share, late, least):
    """Half load, and more over a share of the cycle: 0.8 x 0.5 + 0.2 x 1 = 0.6 in the bad eight hours of a day."""
    price = np.where((np.arange(24) >= 8) & (np.arange(24) < 16), -100.0, 100.0)
    figures = {**STAYS, "minimum_load": 0.5, "late_cycle_share": share, "late_cycle_load": late}
    answer = solved(price, {"steps": 24}, **figures)
    assert answer["activity", "cls_lwr@N", 2030].min() == near(least * K)
    assert -answer.objective / (365 * K * 0.5 * 100) == near(16 - 8 * least)


def test_the_weeks_before_an_outage_are_less_flexible():
    """One unit, 49 weeks in operation, a quarter of them late: twelve of 49 bad days at 0.9, the others at 0.4."""
    figures = {**STAYS, **OUTAGE, "late_cycle_share": 0.25, "late_cycle_load": 0.9}
    answer = solved(PRICE, DATED, **figures)
    good = 365 - 21 - 49
    assert worth(answer) == near(50 * good - 20 * (12 * 0.9 + 37 * 0.4))
    load = answer["activity", "cls_lwr@N", 2030]
    assert load[(DAYS >= 56) & (DAYS < 140) & BAD] == near(np.full(12, 0.9 * K))
    assert load[52] == near(0.4 * K) and load[164] == near(0.4 * K)
    late = answer["reactor_late", "cls_lwr@N", 2030]
    assert late.sum() == near(12 * K) and late.max() == near(K)


def test_without_the_switch_figures_change_nothing():
    figures = {**STAYS, **OUTAGE, "late_cycle_share": 0.25, "late_cycle_load": 0.9}
    answer = solved(PRICE, {**DATED, "reactors__late_cycle": False}, **figures)
    assert worth(answer) == near(50 * (365 - 21 - 49) - 20 * 49 * 0.4)


def test_a_window_of_some_years_counts_every_batch_that_will_refuel_in_it():
    """Every five years, half of 257 weeks: 128 are two years and 24 weeks.  A fifth refuels each year.

    Two fifths are always late and three fifths in the 24 weeks before the outage: 0.4 + 0.5 x 0.4 = 0.6, and 0.7.  In
    the outage four fifths run, two of them late: 0.4 x 0.8 + 0.5 x 0.4 = 0.52.
    """
    figures = {**STAYS, **OUTAGE, "outage_interval": 5.0, "late_cycle_share": 0.5, "late_cycle_load": 0.9}
    # after the outage all days are good: only where it lies in the week decides
    price = np.where(OUT, -100.0, np.where(BAD & (DAYS < 140), -20.0, 50.0))
    answer = solved(price, DATED, **figures)
    load = answer["activity", "cls_lwr@N", 2030]
    assert load[OUT] == near(np.full(21, 520.0))
    assert load[BAD & (DAYS < 140)] == near(np.full(20, 700.0))
    assert answer["reactor_late", "cls_lwr@N", 2030] == near(np.where(np.arange(52) < 20, 600.0,
                                                             np.where(np.arange(52) < 48, 400.0, 600.0)))  # fmt: skip


def test_what_is_off_counts_as_late_first():
    """Where stops cost nothing the plant rests on bad days, late or not."""
    figures = {**OUTAGE, "minimum_load": 0.4, "late_cycle_share": 0.25, "late_cycle_load": 0.9}
    answer = solved(PRICE, DATED, **figures)
    assert worth(answer) == near(50 * (365 - 21 - 49))


def test_it_needs_units_that_are_online():
    with pytest.raises(ValidationError, match="commitment: linear"):
        World(reactors__late_cycle=True).case()


@TRIES
@given(CAPACITY, LIMITS, OUTAGES, st.floats(0.01, 0.5), st.floats(0.0, 1.0),
       st.sampled_from(["availability", "decided", "decided"]), st.integers(0, 999))  # fmt: skip
def test_a_plant_is_never_infeasible(capacity, limits, outages, share, late, refuelling, seed):
    """Any figures within the bounds of the schema, before prices of both signs."""
    late = max(round(late, 4), limits["minimum_load"])
    figures = {**limits, **outages, "late_cycle_share": round(share, 4), "late_cycle_load": late}
    year = {"steps": 60, "step_hours": 24.0, "reactors__late_cycle": True, "reactors__commitment": "linear"}
    assert earned(plant(year, capacity, seed, -100.0, figures), "linear", refuelling) is not None


def test_the_expanded_matrix_is_pyomos():
    """Two designs with different windows, one longer than the year."""
    world = World(42, step_hours=24.0, **LATE, reactors__refuelling="decided")
    world.neighbour("X", 50.0, imports=0.0, exports=1e4)
    figures = {**STAYS, **OUTAGE, "outage_length": 7.0, "late_cycle_load": 0.9}
    world.reactor("cls_lwr", existing=K, efficiency=0.5, late_cycle_share=0.3, **figures)
    other = {**figures, "outage_interval": 4.0, "late_cycle_share": 0.5}
    world.reactor("other", existing=K, efficiency=0.5, design_class="cls_htgr", **other)
    program = build_program(world.case())
    compiled = compile_program(program)
    theirs = pyomo_normal_form(build_model(program, dense=True), compiled)
    assert differences(normal_form(compiled), theirs, compiled) == []
