"""The command line: exit codes, words and JSON, with the work behind it replaced where it would take long."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import model.job
from model.cli import main
from model.cli.parser import make_parser
from model.errors import CheckFailed, NotOptimal
from model.job import STAGES, RunResult

ROOT = Path(__file__).parents[2]
RUN_KEYS = {"status", "objective", "run_file", "seconds", "seconds_solver", "rows", "columns", "nonzeros", "peak_mb"}


@pytest.fixture
def ran(monkeypatch):
    """Replace the run by one that succeeds at once; gives the scenario that it was called with."""
    called = {}

    def instead(scenario, output=None, progress=None, folder=None):
        called.update(scenario=scenario, output=output, progress=progress)
        for stage in STAGES if progress else ():
            progress(stage, "")
        return RunResult("optimal", 1.5e9, Path("a.nc"), Path("a.log"), 3.0, 2.0, 10, 20, 30, 400.0, {"solve": 2.0})

    monkeypatch.setattr(model.job, "run", instead)
    return called


def failing(error):
    def instead(*arguments, **options):
        raise error

    return instead


def test_run_says_status_cost_size_and_file(ran, capsys):
    assert main(["run", "quick", "-o", "here", "--set", "time.periods=3", "--with", "high_demand"]) == 0
    text = capsys.readouterr().out
    assert "optimal: 1.500 billion EUR" in text and "10 rows, 20 columns, 30 nonzeros" in text and "a.nc" in text
    assert ran["output"] == "here"
    assert ran["scenario"].time.periods == 3 and ran["scenario"].demand.scenario == "high"


def test_run_json_is_one_object(ran, capsys):
    assert main(["run", "quick", "--json"]) == 0
    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    assert answer.keys() >= RUN_KEYS
    assert answer["status"] == "optimal" and answer["run_file"] == "a.nc"
    assert captured.err == ""


def test_quiet_prints_nothing(ran, capsys):
    assert main(["run", "quick", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_progress_only_where_somebody_looks(ran, capsys, monkeypatch):
    main(["run", "quick"])
    assert ran["progress"] is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    main(["run", "quick"])
    assert ran["progress"] is not None
    assert STAGES[-1] in capsys.readouterr().err
    main(["run", "quick", "--quiet"])
    assert ran["progress"] is None


def test_bad_scenario_is_exit_two_with_all_problems(capsys):
    arguments = ["run", "quick", "--set", "time.perods=3", "--set", "solver.threads=0"]
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "2 problems" in captured.err and "did you mean 'time.periods'" in captured.err
    assert main([*arguments, "--json"]) == 2
    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    assert answer["status"] == "invalid" and captured.err == ""
    assert {problem["column"] for problem in answer["problems"]} == {"time.perods", "solver.threads"}
    assert all(problem.keys() == {"file", "row", "column", "value", "expected"} for problem in answer["problems"])


@pytest.mark.parametrize(
    ("error", "exit_code", "status"),
    [
        (NotOptimal("infeasible", "carbon_cap in 2050 misses 3 Mt"), 3, "no_optimum"),
        (CheckFailed(["carrier_balance at RM_ZH is off by 5 MW"]), 4, "check_failed"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (ZeroDivisionError("oh"), 1, "unexpected"),
    ],
)
def test_each_failure_has_its_exit_code(monkeypatch, capsys, error, exit_code, status):
    monkeypatch.setattr(model.job, "run", failing(error))
    assert main(["run", "quick"]) == exit_code
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err
    assert main(["run", "quick", "--json"]) == exit_code
    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    assert answer["status"] == status and answer["error"] and answer["problems"] == []
    assert captured.err == ""


@pytest.mark.parametrize("arguments", [[], ["walk"], ["run"], ["run", "quick", "--fast"], ["explain", "a.nc"]])
def test_wrong_command_line_is_exit_two(arguments, capsys):
    assert main(arguments) == 2
    assert "usage:" in capsys.readouterr().err
    assert main([*arguments, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["status"] == "usage"


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "no.nc"],
        ["report", "no.nc"],
        ["dispatch", "no.nc"],
        ["compare", "no.nc", "no.nc"],
        ["explain", "no.nc", "--node", "a", "--time", "1"],
    ],
)
def test_missing_result_file_is_exit_two(arguments, capsys):
    assert main(arguments) == 2
    assert "no.nc: expected a result file" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "validate", "show", "explain", "compare", "report", "dispatch", "schema"])
def test_help_has_examples_and_exit_codes(command, capsys):
    assert main([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"smr-grid-nl {command}" in text.split("examples:")[1] and "130  interrupted" in text


def all_parsers(parser):
    yield parser
    for action in parser._actions:
        for child in (action.choices or {}).values() if isinstance(action.choices, dict) else ():
            yield from all_parsers(child)


def test_every_command_prints_its_help():
    helps = [parser.format_help() for parser in all_parsers(make_parser())]
    assert len(helps) > 30
    assert not [text for text in helps if "-h, --help" not in text or "%%" in text]


def test_schema_goes_to_screen_or_file(capsys, tmp_path):
    assert main(["schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert main(["schema", "-o", str(tmp_path / "schema.json")]) == 0
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8")) == printed
    assert "periods" in printed["$defs"]["Time"]["properties"]


def test_it_runs_as_a_module_of_its_own():
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "model", "run", "no_such", "--json"]
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert answer.returncode == 2
    assert json.loads(answer.stdout)["status"] == "invalid"


def test_reader_that_stops_reading_is_no_error():
    command = f"{sys.executable} -m model schema | head -n 1"
    answer = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert answer.stdout == "{\n" and answer.stderr == "" and answer.returncode == 0
