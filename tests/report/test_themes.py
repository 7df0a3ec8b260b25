"""The five themes of the programme letter: figures of the ledgers with their units, as text, JSON and on the page."""

from __future__ import annotations

import json

import pytest

from model.cli import main
from model.cube import write_cube
from model.report.page_themes import themes_data
from model.report.themes import themes, themes_report
from tests.checks.worlds import SOCIAL, solved
from tests.cube.toy import make_toy, toy_cube

THEMES = {
    "Spatial fit": "ruimtelijke inpassing",
    "Energy system": "energetische inpassing",
    "Licensing and time": "vergunningverlening",
    "Roles and finance": "taak- en rolverdeling",
    "Construction, operation and value chain": "bouw, exploitatie en waardeketen",
}
LIMITED = {**SOCIAL, "reactors__site_limits": True}


@pytest.fixture(scope="module")
def cube():
    return solved(**LIMITED)[1]


def section(cube, title):
    """Table of the section with a title, over its labels."""
    found = [one for theme in themes(cube) for one in theme.sections if one.title == title]
    assert len(found) == 1, title
    table = found[0].table
    return table.set_index([column for column in table.columns if not column.isdigit() and column != "unit"])


def test_the_letter_s_five_themes_in_its_order(cube):
    assert {theme.name: theme.dutch for theme in themes(cube)} == THEMES
    titles = [one.title for one in themes_report(cube).sections]
    assert [title[0] for title in titles] == sorted(title[0] for title in titles)
    assert {title[0] for title in titles} == set("12345")


def test_every_figure_has_a_unit(cube):
    for theme in themes(cube):
        for one in theme.sections:
            assert len(one.table), one.title
            assert "unit" in one.table.columns or one.title == "years"
            if "unit" in one.table.columns:
                assert (one.table["unit"].str.len() > 0).all(), one.title


def test_figures_are_those_of_the_ledgers(cube):
    ledgers = cube["ledgers"]
    water = section(cube, "cooling water and land by place")
    assert water.loc[("S_C", "cooling water at full load"), "2050"] == float(
        ledgers["place_cooling_water"].sel(node="S_C", year=2050)
    )
    assert water.loc[("S_C", "cooling water, limit"), "2050"] == 0.5
    fuel = section(cube, "spent fuel (heavy metal)")
    total = float(ledgers["spent_fuel"].sel(year=2050).sum())
    assert fuel.loc["all, in the years that the milestone stands for", "2050"] == pytest.approx(10 * total)
    gives = section(cube, "what reactors give")
    capacity = ledgers["reactor_electric_capacity"].sel(year=2050).sum()
    assert gives.loc["electric capacity", "2050"] == pytest.approx(float(capacity))
    week = section(cube, "firm capacity in the worst week")
    assert week.loc["margin, mean of the week", "2050"] == pytest.approx(
        week.loc["firm capacity", "2050"] - week.loc["residual load", "2050"]
    )
    money = section(cube, "domestic share of spending")
    assert money.loc["domestic share", "2050"] == pytest.approx(40.0)
    years = section(cube, "years").reset_index().set_index("design")
    light_water = years.loc["cls_lwr"]
    assert light_water["construction starts by"] == "2045"
    assert light_water["decision to operation, years"] == "8"
    assert light_water["decision by"] == "2042"  # stands from 2050, eight years before
    assert light_water["reference plant from"] == "2033"
    assert light_water["status"] == "made up"


def test_years_that_are_not_known_are_left_open():
    """No lead time: no year of decision.  A building time beyond the lead time governs."""
    case, found = solved(**LIMITED)
    spoilt = found.copy(deep=True)
    design = {"design": "cls_lwr"}
    spoilt["inputs"]["design_lead_time"].loc[design] = float("nan")
    spoilt["inputs"]["design_reference_year"].loc[design] = float("nan")
    spoilt["inputs"]["design_status"].loc[design] = ""
    row = section(spoilt, "years").reset_index().set_index("design").loc["cls_lwr"]
    open_ones = ["status", "reference plant from", "decision to operation, years", "decision by"]
    assert row[open_ones].tolist() == ["-"] * 4
    spoilt["inputs"]["design_lead_time"].loc[design] = 2.0
    row = section(spoilt, "years").reset_index().set_index("design").loc["cls_lwr"]
    assert row["decision by"] == row["construction starts by"] == "2045"


def test_a_run_says_whether_its_limits_are_held(cube):
    note = themes(cube)[0].sections[0].note
    assert "Limits are held in this run" in note
    assert "Limits are not held in this run" in themes(solved(**SOCIAL)[1])[0].sections[0].note


def test_show_themes_as_text_and_json(cube, tmp_path, capsys):
    path = write_cube(cube, tmp_path / "tiny.nc")
    assert main(["show", str(path), "--themes"]) == 0
    text = capsys.readouterr().out
    assert all(f"{name} ({dutch})" in text for name, dutch in THEMES.items())
    assert main(["show", str(path), "--themes", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    rows = next(one["table"] for one in data["sections"] if "spent fuel" in one["title"])
    assert rows[0]["unit"] == "t/year"


def test_the_page_draws_what_the_ledgers_hold(cube):
    data = themes_data(cube)
    assert [theme["dutch"] for theme in data["themes"]] == list(THEMES.values())
    firm = {one["name"]: one["values"] for one in data["firm"]["series"]}
    held = cube["ledgers"]["worst_week_firm"].sel(technology="gas_ccgt", year=2030)
    assert firm["Gas, combined cycle"][0] == pytest.approx(float(held) / 1e3, abs=1e-4)
    spent = [one["values"][1] for one in data["spending"]]
    assert sum(spent) == pytest.approx(float(cube["ledgers"]["reactor_spending"].sel(year=2050).sum()) / 1e9, abs=1e-3)
    land = {one["id"]: one["values"][1] for one in data["limits"] if one["what"] == "land"}
    assert land["S_C"] == pytest.approx(
        100 * float(cube["ledgers"]["place_land"].sel(node="S_C", year=2050)) / 20, abs=1e-3
    )


def test_a_world_without_built_reactors_has_empty_tables():
    toy = make_toy()
    toy.solution.values["capacity"] = toy.solution.values["capacity"] * 0.0
    report = themes_report(toy_cube(toy))
    assert "(none)" in str(report)
