"""The main job from scenario to file, on a program small enough for a test; what happens where there is no optimum."""

from __future__ import annotations

import json

import pytest
import yaml

from model import build, open_results, solve
from model import run as run_scenario
from model.cli import main
from model.errors import CheckFailed, NotOptimal
from model.job import ADVICE, STAGES
from model.scenario import Scenario, load_scenario
from model.studies.expectation import duration, expectation

TINY = {"years": [2050], "time.periods": 1, "time.step_hours": 6, "time.spell_days": 1, "time.peak_forced": False}


def tiny(**settings) -> Scenario:
    return load_scenario("quick", {**TINY, **settings})


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """One real run: its result, the stages told, and its cube."""
    stages = []

    def tell(stage, text):
        if not text:
            stages.append(stage)

    result = run_scenario(tiny(), tmp_path_factory.mktemp("results"), tell)
    return result, stages, open_results(result.run_file)


def test_run_writes_an_optimum_and_says_what_it_took(finished):
    result, stages, _ = finished
    assert result.status == "optimal"
    assert result.objective > 0
    assert result.run_file.is_file() and result.log_file.is_file()
    assert 0 < result.seconds_solver < result.seconds
    assert result.rows > 1000 and result.columns > 1000 and result.nonzeros > result.rows
    assert result.peak_mb > 100
    assert stages == list(STAGES)
    assert set(result.seconds_by_stage) == set(STAGES)


def test_result_file_knows_its_scenario(finished):
    result, _, _ = finished
    from model.cube import open_run

    record = open_run(result.run_file)["run"].attrs
    assert Scenario.model_validate(yaml.safe_load(record["scenario_yaml"])) == tiny()
    assert record["objective"] == pytest.approx(result.objective)
    assert record["rows"] == result.rows
    assert json.loads(record["seconds_by_stage"])["solve"] > 0
    assert record["peak_mb"] <= result.peak_mb


def test_build_and_solve_stop_on_the_way(finished):
    result, _, _ = finished
    built = build(tiny())
    assert built.size == {"rows": result.rows, "columns": result.columns, "nonzeros": result.nonzeros}
    assert solve(built).objective == pytest.approx(result.objective, rel=1e-6)


def test_more_reactors_asked_for_cost_more(finished):
    """The settings reach the program: a target that the optimum misses raises the cost."""
    result, _, _ = finished
    asked = tiny(**{"reactors.target": {2050: 3000}})
    barred = tiny(**{"reactors.enabled": False})
    assert solve(build(asked)).objective >= result.objective * (1 - 1e-6)
    assert solve(build(barred)).objective >= result.objective * (1 - 1e-6)


def test_time_limit_gives_advice_and_no_file(tmp_path):
    with pytest.raises(NotOptimal) as caught:
        run_scenario(tiny(**{"solver.time_limit": 1e-3}), tmp_path)
    assert caught.value.diagnosis == ADVICE["time_limit"]
    assert list(tmp_path.glob("*.nc")) == []


def test_impossible_target_is_exit_three_with_its_name_and_no_file(tmp_path, capsys):
    settings = [f"{key}={value}" for key, value in TINY.items()] + ["reactors.target={2050: 1000000}"]
    flags = [word for setting in settings for word in ("--set", setting.replace("False", "false"))]
    assert main(["run", "quick", "-o", str(tmp_path), "--json", *flags]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "no_optimum"
    assert "smr_target" in answer["error"]
    # and what stands against it: the room for reactors in a province
    assert "shared_potential_limit[smr_" in answer["error"].split("stand against")[1]
    assert list(tmp_path.glob("*.nc")) == []


def test_failed_check_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr("model.cube.check.run_checks", lambda case, cube: ["carrier_balance at RM_ZH: off by 5"])
    with pytest.raises(CheckFailed, match="carrier_balance at RM_ZH"):
        run_scenario(tiny(), tmp_path)
    assert list(tmp_path.glob("*.nc")) == []


def test_validate_says_size_and_what_to_expect(capsys):
    flags = [word for key, value in TINY.items() for word in ("--set", f"{key}={value}".replace("False", "false"))]
    assert main(["validate", "quick", *flags, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    (expected,) = answer["scenarios"].values()
    assert answer["status"] == "ok"
    assert expected["rows"] > 1000 and expected["seconds"] > 0 and expected["memory_mb"] > 100


def test_validate_of_a_folder_names_the_faulty_scenario(tmp_path, capsys):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "regions.csv").write_text("region\n", encoding="utf-8")
    (tmp_path / "scenarios" / "wrong.yaml").write_text("time: {perods: 1}\n", encoding="utf-8")
    assert main(["validate", str(tmp_path)]) == 2
    assert "wrong.yaml, row 1, time.perods" in capsys.readouterr().err


def test_expectation_grows_with_the_program():
    small = expectation({"rows": 1, "columns": 1, "nonzeros": 400_000})
    large = expectation({"rows": 1, "columns": 1, "nonzeros": 12_000_000})
    assert small.seconds < large.seconds and small.memory_mb < large.memory_mb
    assert "400,000 nonzeros" in str(small)


@pytest.mark.parametrize(("seconds", "words"), [(12.3, "12 s"), (600.0, "10 min"), (7200.0, "2.0 h")])
def test_times_are_said_as_a_person_would(seconds, words):
    assert duration(seconds) == words
