"""`validate` and `run` on the command line: one report, exit code 2, nothing written; doubts as warnings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.cli.main import main
from tests.helpers import TINY, change_cell, find_row


def spoil(folder: Path, value: str) -> None:
    row = find_row(folder, "fuel_prices.csv", carrier="natural_gas", year="2030")
    change_cell(folder, "fuel_prices.csv", row, "value", value)


def test_a_folder_without_scenarios_is_checked_for_its_tables(capsys):
    assert main(["validate", str(TINY)]) == 0
    out, err = capsys.readouterr()
    assert " tables ok; no scenario in" in out and "the tables were checked alone" in out
    assert err == ""


def test_faults_of_tables_alone(folder, capsys):
    spoil(folder, "cheap")
    assert main(["validate", str(folder)]) == 2
    assert "1 problem in the inputs:\n  fuel_prices.csv, row " in capsys.readouterr().err


def test_faults_of_scenarios_and_tables_stand_in_one_report(folder, capsys):
    spoil(folder, "cheap")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "mine.yaml").write_text("perods: 3\n", encoding="utf-8")
    assert main(["validate", str(folder), "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert sorted(Path(problem["file"]).name for problem in answer["problems"]) == ["fuel_prices.csv", "mine.yaml"]


def test_a_doubt_is_a_warning_on_the_screen(folder, capsys):
    spoil(folder, "3000")
    assert main(["validate", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert "tables ok" in out
    assert err.startswith("warning: fuel_prices.csv, row ") and "a plausible figure, -100 to 500 EUR/MWh" in err


def test_quiet_tells_no_doubt(folder, capsys):
    spoil(folder, "3000")
    assert main(["validate", str(folder), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_doubts_stand_in_json(folder, capsys):
    spoil(folder, "3000")
    assert main(["validate", str(folder), "--json"]) == 0
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert answer["status"] == "ok" and err == ""
    assert {(warning["file"], warning["value"]) for warning in answer["warnings"]} == {("fuel_prices.csv", "3000")}


@pytest.fixture
def inputs(folder, monkeypatch):
    """The tiny data set as a folder of inputs, with one scenario."""
    monkeypatch.setenv("SMR_GRID_NL_INPUTS", str(folder.parent))
    monkeypatch.chdir(folder.parent)
    (folder / "scenarios").mkdir()
    text = (
        "data: tiny\nweather_years: [2019]\nyears: [2040]\nprices: {fuel: reference, carbon: reference}\n"
        "time: {periods: 1, spell_forced: false, peak_forced: false, step_hours: 6}\n"
    )
    (folder / "scenarios" / "mine.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_run_warns_and_goes_on(inputs, capsys):
    row = find_row(inputs, "carbon_prices.csv", year="2030")
    change_cell(inputs, "carbon_prices.csv", row, "value", "5000")
    assert main(["run", "mine", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {warning["file"] for warning in answer["warnings"]} == {"carbon_prices.csv"}


def test_a_run_with_faults_writes_nothing(inputs, capsys):
    spoil(inputs, "cheap")
    assert main(["run", "mine"]) == 2
    assert "fuel_prices.csv" in capsys.readouterr().err
    assert not (inputs.parent / "results").exists()


def test_a_run_that_finds_no_optimum_keeps_its_warnings(inputs, capsys):
    spoil(inputs, "3000")
    assert main(["run", "mine", "--json", "--set", "solver.time_limit=1e-9"]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert [warning["file"] for warning in answer["warnings"]][:1] == ["fuel_prices.csv"]
