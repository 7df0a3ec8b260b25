"""`sdepp candidates` and the questions to a round on the command line."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from model.cli import main
from model.sdepp.reading import sdepp_folder

EXAMPLE = str(sdepp_folder() / "example_applications.csv")


@pytest.mark.parametrize("question", [["ceilings", "--ceilings", "4e9", "9e9"], ["hekjes"], ["losers"]])
def test_questions_to_a_table_of_applications(question, tmp_path, capsys):
    options = [*question, "--applications", EXAMPLE]
    assert main(["sdepp", *options, "-o", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "?" in text and "Assumed: Applications are those of example_applications.csv." in text
    assert main(["sdepp", *options, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(answer["tables"])
    assert answer["findings"] and all(sentence in text for sentence in answer["findings"])


def test_candidates_are_drawn_and_go_through_the_tender(tmp_path, capsys):
    path = tmp_path / "candidates.csv"
    options = ["--set", "years=[2030]", "--set", "time.periods=2", "--scale", "0.2", "--seed", "3"]
    assert main(["sdepp", "candidates", "-o", str(path), *options, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "candidates.csv",
        "candidates_headroom.csv",
        "candidates_projects.csv",
    ]
    written = pd.read_csv(path)
    assert len(written) == sum(row["applying"] for row in answer["by_category"]) > 300
    assert len(answer["headroom"]) == 24 and len(answer["by_category"]) > 30
    assert main(["sdepp", "tender", str(path), "-o", str(tmp_path / "tender"), "--json"]) == 0
    totals = json.loads(capsys.readouterr().out)["totals"]
    assert totals["applications"] == len(written) and totals["awards"] > 0.9 * len(written)


def test_faults_write_nothing(tmp_path, capsys):
    assert main(["sdepp", "candidates", "-o", str(tmp_path / "candidates.txt")]) == 2
    assert "ends in .csv" in capsys.readouterr().err
    assert main(["sdepp", "candidates", "-o", str(tmp_path / "a.csv"), "--scenario", "qiuck"]) == 2
    assert main(["sdepp", "ceilings", "--applications", EXAMPLE, "--ceilings", "-5"]) == 2
    assert main(["sdepp", "losers", "--applications", str(tmp_path / "none.csv")]) == 2
    assert main(["sdepp", "smr", str(tmp_path / "with.nc"), str(tmp_path / "without.nc")]) == 2
    assert "an existing result file (.nc)" in capsys.readouterr().err
    assert main(["sdepp", "report", "--prices", "flor", "-o", str(tmp_path / "page")]) == 2
    assert not list(tmp_path.iterdir())


SMALL = ["--set", "years=[2030]", "--set", "time.periods=2", "--scale", "0.1"]


def test_own_use_draws_its_candidates(tmp_path, capsys):
    assert main(["sdepp", "own-use", "--shares", "0.2", "--prices", "floor", *SMALL, "-o", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "At 20% own use" in text and "Assumed: A kWh of own use saves 0.1400 EUR" in text
    assert [path.name for path in tmp_path.iterdir()] == ["roofs.csv"]


def test_non_firm_draws_its_candidates(capsys):
    assert main(["sdepp", "non-firm", "--feed-in", "0.4", *SMALL, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [row["connection"] for row in answer["tables"]["total"]] == ["as in 2024", "firm for all", "non-firm"]


def test_prices_that_nobody_knows_are_refused_before_anything_is_drawn(capsys):
    assert main(["sdepp", "own-use", "--prices", "flor", "hgh"]) == 2
    told = capsys.readouterr().err
    assert "'flor'" in told and "did you mean floor?" in told and "'hgh'" in told


def test_outcomes_stand_beside_those_that_were_held(tmp_path, capsys):
    assert main(["sdepp", "outcomes", "--rounds", "2022", "2024", *SMALL, "-o", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "Round 2024: 10,500 million EUR were asked" in text and "round 2023" not in text
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["held_but_not_simulated", "round_2024"]
    assert main(["sdepp", "outcomes", "--rounds", "2019", *SMALL]) == 2
    assert "2020, 2021, 2022, 2023, 2024" in capsys.readouterr().err
