"""Rights in 85 % of the hours: rounding, the order of the forms, and what the row on rights is for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.core.build import build_program
from model.core.features import load_features
from model.core.rights import highest_hours
from model.engine import compile_program
from model.errors import InputError
from model.job import Built
from model.studies.atr85 import BUDGET, DATA, IDLE, OPEN, ROUNDED, atr85, coarse_steps, forms_of
from model.studies.atr85_answer import answer_of, cost_words
from model.studies.framework.page import page_html
from tests.closed_form.test_transport_rights import connected, offered, rights
from tests.closed_form.world import World
from tests.helpers import TINY, tiny_scenario

SIZES = {"offtake_contract": 0.0, "feed_in_contract": 0.0, "capacity": 100.0, "voltage": 150.0}


def world(steps: int) -> World:
    """A site of 20 MW beside a load that comes and goes, under a limit of 50 MW; its own power costs 10 more."""
    made = World(steps, **rights("firm", "atr")).regional().site().technology("grid", existing=1e4, variable_om=50)
    made.technology("own", "S", existing=20, variable_om=60).demand(20, at="S").hosting(1e4, 50)
    load = 30 + 14 * np.sin(2.4 * np.arange(steps)) * np.cos(0.7 * np.arange(steps))
    made.demand(load, at="R").add("connections", connection="c", node="S", **SIZES)
    return offered(made, "atr", kind="duration", restricted_share=0.15)


def built_of(made: World) -> Built:
    case, registry = made.case(solver__preset="simplex"), load_features()
    program = build_program(case)
    return Built(case.scenario, case, registry, program, compile_program(program))


def test_rounding_takes_1314_hours_of_a_year_whatever_was_restricted():
    weight = np.ones(8760)
    shares = np.where(np.arange(8760) % 5 == 0, 0.6, 0.0)  # 1,752 hours, all alike
    load = np.sin(np.arange(8760.0))
    chosen = highest_hours(shares, weight, 0.15, load)
    assert chosen.sum() == 1314
    assert not chosen[shares == 0].any()
    # ties go by load
    assert load[(chosen == 1)].min() >= load[(shares > 0) & (chosen == 0)].max()
    few = highest_hours(np.where(np.arange(8760) < 100, 1.0, 0.0), weight, 0.15, load)
    assert few.sum() == 1314
    assert few[:100].all()


@pytest.fixture(scope="module")
def found():
    """Twenty steps of 438 hours: three of them are 1,314 hours."""
    return forms_of(built_of(world(20)), without_row=True)


def test_with_the_row_the_data_form_is_never_cheaper(found):
    assert found.costs.at[ROUNDED, "gap"] > 1e3
    assert found.costs.at[DATA, "gap"] > 1e3


def test_without_the_row_restrictions_are_idle(found):
    assert found.costs.at[OPEN, "cost"] <= found.costs.at[BUDGET, "cost"] * (1 + 1e-9)
    assert found.costs.at[IDLE, "cost"] == pytest.approx(found.costs.at[OPEN, "cost"], rel=1e-9)


def test_hours_are_counted(found):
    right = found.rights.iloc[0]
    assert right["hours"] == pytest.approx(1314.0)
    assert right["allowed"] == pytest.approx(1314.0)
    assert right["full"] <= 1314.0 + 1e-6
    # parts of hours reach over more hours than whole ones
    assert right["touched"] > 1314.0
    assert right["budget"] > 1.0


def test_the_page_says_what_was_found(found):
    answer = answer_of(found)
    page = page_html(answer)
    assert "hours after rounding" in page
    assert "forbidding every restriction" in page
    assert "Rights of 1 MW" in page


def test_steps_too_coarse_for_the_hours_are_told(found):
    assert coarse_steps(found.rights, found.case) == []
    # a step of 2,190 h is more than 1,314 h: none is restricted
    weight = np.full(4, 2190.0)
    hours = weight @ highest_hours(np.array([0.1, 0.2, 0.9, 0.3]), weight, 0.15)
    (words,) = coarse_steps(found.rights.assign(hours=hours), found.case)
    assert "use 0 h of the 1,314 h" in words
    assert "up to 438 h" in words


def test_a_gap_within_the_accuracy_of_the_solver_is_told_as_none(found):
    assert not any("accuracy" in text for text in cost_words(found))
    same = found.costs.assign(gap=found.costs["gap"].where(found.costs.index != ROUNDED, -1e-9 * found.costs["cost"]))
    assert "no difference" in cost_words(replace(found, costs=same))[1]


def test_a_scenario_without_rights_is_refused():
    with pytest.raises(InputError, match="with transport_rights"):
        atr85(tiny_scenario(years=[2030]), folder=TINY)
    with pytest.raises(InputError, match="kind duration"):
        forms_of(built_of(connected(World(1).regional().site().demand(1), offtake_contract=0.0)))


@pytest.mark.slow
def test_a_full_year_rounds_to_1314_hours_and_keeps_the_order():
    full = forms_of(built_of(world(8760)), without_row=True)
    assert (full.rights["hours"] == 1314).all()
    assert full.costs.at[ROUNDED, "gap"] > 1e3
    assert full.costs.at[IDLE, "cost"] == pytest.approx(full.costs.at[OPEN, "cost"], rel=1e-9)
