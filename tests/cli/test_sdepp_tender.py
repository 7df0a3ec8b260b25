"""`sdepp categories` and `sdepp tender` on the command line."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from model.cli import main
from model.sdepp.reading import sdepp_folder

EXAMPLE = str(sdepp_folder() / "example_applications.csv")


def test_categories_as_text_and_json(capsys):
    assert main(["sdepp", "categories"]) == 0
    assert "178 categories" in capsys.readouterr().out
    assert main(["sdepp", "categories", "--technique", "e_boiler", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["categories"]
    assert [row["category"] for row in found] == ["71_1_a", "71_1_b"] and found[1]["phase_1_amount"] == 0.0631
    assert main(["sdepp", "categories", "--technique", "boiler"]) == 2
    assert "e_boiler" in capsys.readouterr().err


def test_tender_writes_what_became_of_everyone(tmp_path, capsys):
    assert main(["sdepp", "tender", EXAMPLE, "-o", str(tmp_path), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    table = pd.read_csv(tmp_path / "applications.csv", keep_default_na=False)
    assert len(table) == answer["totals"]["applications"] == 13 and answer["totals"]["awards"] == 11
    assert table.loc[table["awarded"].astype(str) == "True", "reason"].eq("").all()
    totals = answer["totals"]
    assert totals["awarded_eur"] + totals["refused_eur"] == pytest.approx(totals["asked_eur"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{name}.csv" for name in answer["files"])


def test_tender_says_what_hekjes_cost(tmp_path, capsys):
    options = ["--ceiling", "500e6", "--hekjes", "160e6", "--hekje", "molecules=170e6", "-o", str(tmp_path)]
    assert main(["sdepp", "tender", EXAMPLE, *options, "--attrition", "expected"]) == 0
    text = capsys.readouterr().out
    assert "ABOVE the 15% allowed" in text and "budget" in text and "170.000" in text
    assert "of which built, as assumed (expected)" in text
    table = pd.read_csv(tmp_path / "applications.csv", keep_default_na=False)
    assert table.loc[table["reason"] == "budget", "explanation"].str.contains("were open to it").all()


def test_switches_headroom_and_drawn_attrition_are_heard(tmp_path, capsys):
    room = tmp_path / "headroom.csv"
    room.write_text("region,feed_in\nOV,5\nNB,1\nFL,100\n", encoding="utf-8")
    options = ["--headroom", str(room), "--reserving", "--attrition", "drawn", "--seed", "5", "--hekjes", "0", "--json"]
    assert main(["sdepp", "tender", EXAMPLE, *options, "-o", str(tmp_path / "out")]) == 0
    rows = json.loads(capsys.readouterr().out)["tables"]["applications"]
    reasons = {row["application"]: row["reason"] for row in rows}
    # 4.2 MWp on a roof feed in 2.1 MW where 1 is free.
    assert reasons["solar_roof_2"] in ("no_transport_indication", "withdrawn")
    assert reasons["solar_field"] in ("", "withdrawn")
    assert {row["share_built"] for row in rows} <= {0.0, 1.0}


def test_bad_files_and_options_write_nothing(tmp_path, capsys):
    bad = tmp_path / "bad.csv"
    text = (sdepp_folder() / "example_applications.csv").read_text(encoding="utf-8")
    bad.write_text(text.replace(",0.6,", ",-0.6,").replace("71_1_c", "71_1_z"), encoding="utf-8")
    out = tmp_path / "out"
    assert main(["sdepp", "tender", str(bad), "-o", str(out)]) == 2
    told = capsys.readouterr().err
    assert "row 2, capacity" in told and "row 12, category" in told
    for options in (["--round", "2025"], ["--hekjes", "9e9"], ["--hekje", "gas=1"], ["--hekje", "molecules"]):
        assert main(["sdepp", "tender", EXAMPLE, *options, "-o", str(out)]) == 2
    for options in (["--round", "2023"], ["--transport-indication", "nuclear"], ["--straddle", "half"]):
        assert main(["sdepp", "tender", EXAMPLE, *options, "-o", str(out)]) == 2
    capsys.readouterr()
    assert not out.exists()
