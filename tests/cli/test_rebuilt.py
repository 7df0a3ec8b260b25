"""The program of a run is built again from its scenario, or the reason is said why not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import model.job
from model.cli.rebuilt import rebuilt_program
from model.errors import InputError, Problem
from model.scenario import load_scenario


def run_of(text: str) -> dict[str, SimpleNamespace]:
    return {"run": SimpleNamespace(attrs={"scenario_yaml": text})}


def test_the_scenario_in_the_file_is_what_is_built(monkeypatch):
    scenario = load_scenario("quick", ["time.step_hours=6"])
    monkeypatch.setattr(model.job, "build", lambda given, capacities=None, lay=None: given)
    assert rebuilt_program(run_of(scenario.to_yaml())) == (scenario, "")


@pytest.mark.parametrize("text", ["name: x\nno_such_key: 1", "name: [", "- 1"])
def test_a_scenario_that_is_no_longer_read_is_a_reason_not_a_crash(text):
    program, reason = rebuilt_program(run_of(text))
    assert program is None and reason


def test_faults_in_the_tables_of_today_are_a_reason_not_a_crash(monkeypatch):
    def refuse(scenario, capacities=None, lay=None):
        raise InputError([Problem("demand.csv", "3", "value", "x", "a number")])

    monkeypatch.setattr(model.job, "build", refuse)
    program, reason = rebuilt_program(run_of(load_scenario("quick").to_yaml()))
    assert program is None and "problem" in reason
