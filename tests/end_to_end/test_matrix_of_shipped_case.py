"""The shipped Dutch case at small size: the expanded matrix is that of Pyomo's own compiler, bit for bit."""

from __future__ import annotations

from model.engine import build_model
from model.engine.normal_form import differences, normal_form, pyomo_normal_form
from model.job import build
from model.scenario import load_scenario

SMALL = {"years": [2050], "time.periods": 1, "time.step_hours": 6, "time.spell_days": 1, "time.peak_forced": False}


def test_matrix_of_the_shipped_case_is_pyomos():
    built = build(load_scenario("quick", SMALL))
    assert built.size["nonzeros"] > 20_000
    dense = build_model(built.program, dense=True)
    ours, theirs = normal_form(built.compiled), pyomo_normal_form(dense, built.compiled)
    assert differences(ours, theirs, built.compiled) == []
