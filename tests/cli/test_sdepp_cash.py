"""`sdepp cash` on the command line."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from model.cli import main
from model.sdepp.reading import sdepp_folder

EXAMPLE = str(sdepp_folder() / "example_applications.csv")


def test_the_table_stands_beside_the_letter_s(capsys):
    assert main(["sdepp", "cash"]) == 0
    text = capsys.readouterr().out
    for words in ("Available budget", "- TenneT offshore grid", "Surplus/shortage", "Letter: SDE schemes", "29,586"):
        assert words in text
    assert "the years add to 170, printed 171" in text and "Round 2027" in text


def test_scenarios_as_json_and_files(tmp_path, capsys):
    options = ["--rounds", "2024", "2025", "--prices", "long_term", "floor", "-o", str(tmp_path), "--json"]
    assert main(["sdepp", "cash", *options]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer["scenarios"]) == ["long_term", "floor"]
    rows = {row["item"]: row for row in answer["scenarios"]["floor"]["table"]}
    assert rows["available_budget"]["2032"] == 3235 and set(rows["sde_schemes"]) >= {"2023", "2032", "total"}
    least = {row["item"]: row for row in answer["scenarios"]["long_term"]["table"]}
    assert rows["sde_schemes"]["total"] > least["sde_schemes"]["total"]
    written = pd.read_csv(tmp_path / "floor_table.csv", index_col="item")
    assert written.at["sde_schemes", "total"] == pytest.approx(rows["sde_schemes"]["total"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{name}.csv" for name in answer["files"])


def test_all_scenarios_and_switches_are_heard(capsys):
    def paid(*options):
        assert main(["sdepp", "cash", "--rounds", "2024", "--json", *options]) == 0
        answer = json.loads(capsys.readouterr().out)["scenarios"]
        return {name: one["rounds"][0]["paid"] for name, one in answer.items()}

    every = paid("--prices", "all")
    assert len(every) == 6 and every["floor"] > every["long_term"] > every["provisional_2024"]
    bare = every["long_term"]
    assert paid("--attrition", "none")["long_term"] > bare
    assert paid("--negative-hours", "none")["long_term"] > paid("--negative-hours", "long_runs")["long_term"] > bare
    assert paid("--inflation", "0.02")["long_term"] < bare
    assert paid("--advance-share", "0")["long_term"] == pytest.approx(bare)
    rising = ("--prices", "tyndp_nt", "--inflation", "0.06")  # subsidy first, excess profit later
    settled = paid(*rising)["tyndp_nt"]
    assert paid(*rising, "--excess-profit", "off")["tyndp_nt"] > settled
    assert paid(*rising, "--excess-profit", "end_of_term")["tyndp_nt"] == pytest.approx(settled)


def test_awards_of_a_tender_and_grants_of_a_user(tmp_path, capsys):
    assert main(["sdepp", "tender", EXAMPLE, "-o", str(tmp_path / "round"), "--json"]) == 0
    awarded = json.loads(capsys.readouterr().out)["totals"]["awarded_eur"] / 1e6
    file = tmp_path / "round" / "applications.csv"
    grants = tmp_path / "grants.csv"
    grants.write_text(
        "grant,round,category,amount,capacity,decision,delay_years\nmine,2025,25_b,0.1001,5,2026-01-01T00:00,0\n",
        encoding="utf-8",
    )
    earlier = tmp_path / "earlier.csv"
    earlier.write_text("year,value\n2024,218\n", encoding="utf-8")
    options = ["--tender", f"2024={file}", "--grants", str(grants), "--earlier", str(earlier), "--attrition", "none"]
    assert main(["sdepp", "cash", "--rounds", "2024", "2025", "--prices", "floor", "--json", *options]) == 0
    answer = json.loads(capsys.readouterr().out)["scenarios"]["floor"]
    claims = {row["round"]: row["claims"] for row in answer["rounds"]}
    # (0.1001 - 0.0308) x 5,000 x 8,000 x 12 = 33.264 million EUR.
    assert claims == pytest.approx({"2024": awarded, "2025": 33.264})
    rows = {row["item"]: row for row in answer["table"]}
    assert rows["sde_schemes"]["2024"] == 218
    # Begins in January 2030: 95 % of 40 GWh at 0.0693: 2.63340; 80 % of it in 2030.
    by_round = {row["round"]: row for row in answer["by_round"]}
    assert by_round["2025"]["2030"] == pytest.approx(0.8 * 2.63340)


def test_bad_options_and_files_write_nothing(tmp_path, capsys):
    options = ["--rounds", "2040", "--prices", "long", "--inflation", "9", "--advance-share", "2", "--tender", "2024"]
    assert main(["sdepp", "cash", *options, "-o", str(tmp_path / "out"), "--json"]) == 2
    problems = json.loads(capsys.readouterr().out)["problems"]
    found = {problem["file"] for problem in problems}
    assert found == {"rounds", "--prices", "--inflation", "--advance-share", "--tender"}
    bad = tmp_path / "bad.csv"
    bad.write_text("grant,round,category,amount,capacity\na,2024,25_x,0.1,1\nb,2024,25_b,0.1,-1\n", encoding="utf-8")
    files = ["--grants", str(bad), "--tender", f"2024={tmp_path / 'none.csv'}", "--earlier", str(bad)]
    assert main(["sdepp", "cash", *files, "-o", str(tmp_path / "out"), "--json"]) == 2
    places = {(p["file"], p["row"]) for p in json.loads(capsys.readouterr().out)["problems"]}
    assert {("bad.csv", "2"), ("bad.csv", "3"), ("none.csv", "")} <= places
    assert not (tmp_path / "out").exists()
