"""`sdepp equilibrium` on the shipped data with few hours: a real path, and every fault of the command in one report."""

from __future__ import annotations

import json

import pandas as pd
import pytest
import xarray as xr

from model.cli import main

FEW_HOURS = ["--set", "years=[2030]", "--set", "time.periods=1", "--set", "time.step_hours=6"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Two iterations from nothing on quick, with a price on CO2."""
    import contextlib
    import io

    folder, out = tmp_path_factory.mktemp("equilibrium"), io.StringIO()
    words = ["sdepp", "equilibrium", "quick", "--with", "carbon_price", *FEW_HOURS, "--unsubsidised", "system"]
    with contextlib.redirect_stdout(out):
        code = main([*words, "--start", "nothing", "--damping", "0", "--iterations", "2", "-o", str(folder), "--json"])
    assert code == 0
    return json.loads(out.getvalue()), folder


def test_path_is_told_and_written(run):
    told, folder = run
    assert told["status"] == "ok" and told["outcome"] in ("converged", "stopped")
    assert [row["iteration"] for row in told["iterations"]] == [1, 2]
    assert told["iterations"][0]["held"] == 0.0
    assert told["iterations"][1]["held"] == pytest.approx(told["iterations"][0]["realised"])
    assert set(told["files"]) == {"cube", "iterations", "awards", "applications", "corrections"}
    assert not list(folder.glob(".*"))
    with xr.open_dataset(folder / "equilibrium.nc") as cube:
        assert cube.sizes["iteration"] == 2
        assert float(cube["awarded_claim"].sel(iteration=2).sum()) == pytest.approx(
            sum(row["claim"] for row in told["awards"])
        )


def test_round_keeps_its_ceiling_and_awards_build_what_attrition_leaves(run):
    _, folder = run
    rows = pd.read_csv(folder / "applications.csv")
    won = rows[rows["awarded"]]
    assert 0 < won["claim"].sum() <= 11.5e9
    assert set(won["share_built"].round(2)) <= {0.85, 0.75, 0.7, 0.65, 0.6, 0.59, 0.5}
    assert (rows.loc[~rows["awarded"], "share_built"] == 0).all()
    awards = pd.read_csv(folder / "awards.csv")
    assert awards["realised"].sum() == pytest.approx((won["capacity"] * won["share_built"]).sum())
    assert {"withdrawn"} <= set(rows["reason"].dropna())


def test_cash_takes_the_awards_of_the_end(run, tmp_path, capsys):
    _, folder = run
    file = folder / "applications.csv"
    assert main(["sdepp", "cash", "--rounds", "2024", "--tender", f"2024={file}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "ok"


def test_every_fault_of_the_command_comes_in_one_report(capsys):
    words = ["sdepp", "equilibrium", "quick", "--set", "years=[2031.5]", "--damping", "1", "--ceiling", "-5", "--json"]
    assert main(words) == 2
    columns = {problem["column"] for problem in json.loads(capsys.readouterr().out)["problems"]}
    assert {"damping", "ceiling"} <= columns and len(columns) >= 3


def test_unknown_round_and_scenario(capsys):
    assert main(["sdepp", "equilibrium", "quik", "--round", "2042", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)["error"]
    assert "2042" in told and "quick" in told


def test_help_has_examples(capsys):
    assert main(["sdepp", "equilibrium", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "examples:" in shown and "--unsubsidised" in shown and "exit codes" in shown
