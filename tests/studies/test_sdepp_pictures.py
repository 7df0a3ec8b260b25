"""Pictures of a round: sound SVG, areas that follow the figures, and a page that needs no network."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest
import xarray as xr

from model.sdepp.cash import load_scheme
from model.sdepp.categories import load_categories
from model.sdepp.rounds import load_round
from model.studies.framework.page import write_answer
from model.studies.sdepp_map import OVER, award_map
from model.studies.sdepp_pictures import COLOURS, LEFT, RIGHT, cash_by_year, merit_order, waterfall
from model.studies.sdepp_report import grid_use, round_page
from model.studies.sdepp_world import Ground
from tests.studies.sdepp_tiny import drawn, tables_in, world
from tests.studies.test_sdepp_questions import asking


def rectangles(svg, colour=None):
    found = [one.attrib for one in ET.fromstring(svg).iter("rect")]
    return [one for one in found if colour is None or one.get("fill") == colour]


def test_merit_order_is_as_wide_as_its_claims():
    outcome = asking().held()
    svg = merit_order(outcome)
    assert re.search(r"ceiling 0\.1 bn", svg) and "phase 5, domains with a hekje: 400" in svg
    bars = [one for one in ET.fromstring(svg).iter("rect") if one.find("title") is not None]
    assert len(bars) == 6
    # 130 million EUR of claims under a ceiling of 100: the axis ends at 0.15 bn.
    width = (RIGHT - LEFT) * 0.13 / 0.15
    assert sum(float(one.attrib["width"]) for one in bars) == pytest.approx(width, rel=0.01)
    titles = [one.find("title").text for one in bars]
    assert titles[0].startswith("solar_pv, renewable electricity: -163 EUR/t, awarded")
    assert titles[1].startswith("ccs_ets") and titles[1].endswith("refused")
    pale = [one for one in bars if float(one.attrib["fill-opacity"]) < 1]
    assert len(pale) == 1
    assert "hekje low temperature heat: 15 of 15 M used" in svg


def test_waterfall_falls_by_what_is_awarded():
    svg = waterfall(asking().held())
    tall = {name: sum(float(one["height"]) for one in rectangles(svg, colour)) for name, colour in COLOURS.items()}
    ceiling = float(rectangles(svg, "#0b6e99")[0]["height"])
    # sun 20, pump and well 30, boiler 15, gas 15 of 100 million EUR
    assert tall["renewable_electricity"] / ceiling == pytest.approx(0.20, abs=0.01)
    assert tall["low_temperature_heat"] / ceiling == pytest.approx(0.30, abs=0.01)
    assert tall["carbon_capture"] / ceiling < 0.01  # nothing: a line
    assert "asked 50" in svg


def test_cash_stacks_to_the_sum_of_the_year():
    table = pd.DataFrame({2028: [10.0, 30.0], 2029: [20.0, -10.0]}, index=["solar_pv", "e_boiler"])
    domains = {"solar_pv": "renewable_electricity", "e_boiler": "high_temperature_heat"}
    svg = cash_by_year(table, domains, {"long_term": table.sum()})
    heights = {name: [float(one["height"]) for one in rectangles(svg, COLOURS[name])] for name in domains.values()}
    sun, heat = (heights[name] for name in ("renewable_electricity", "high_temperature_heat"))
    # The last of each is the box of the legend.
    assert sun[1] == pytest.approx(2 * sun[0], abs=0.2) and heat[0] == pytest.approx(3 * sun[0], abs=0.2)
    assert heat[1] == pytest.approx(sun[0], abs=0.2) and "prices long_term" in svg


def test_map_marks_awards_above_the_room():
    case = world()
    index = pd.MultiIndex.from_product([["A", "B", "C"], ["feed_in", "offtake"]], names=["region", "direction"])
    room = pd.DataFrame({"room": [100.0, 0.0, 50.0, 30.0, 10.0, float("inf")]}, index=index)
    used = pd.Series({("A", "feed_in"): 60.0, ("B", "feed_in"): 70.0, ("C", "offtake"): 5.0})
    root = ET.fromstring(award_map(case, room, used))
    discs = {one.find("title").text: one.attrib for one in root.iter("circle") if one.find("title") is not None}
    assert discs["B: awards use 70 MW of the grid; room 50 MW"]["fill"] == OVER
    small = float(discs["A: awards use 60 MW of the grid; room 100 MW"]["r"])
    large = float(discs["B: awards use 70 MW of the grid; room 50 MW"]["r"])
    assert (small / large) ** 2 == pytest.approx(60 / 70, rel=0.02)
    assert discs["C: awards use 5 MW of the grid; room - MW"]["fill"] != OVER


def test_page_holds_all_pictures_and_needs_nothing_else(tmp_path):
    categories = load_categories()
    here = Ground(world(), load_round(), categories, tables_in(tmp_path))
    found = drawn(tmp_path)
    page = round_page(here, found, load_scheme(), ["floor", "long_term"])
    files = write_answer(page, tmp_path / "page")
    text = files["page"].read_text(encoding="utf-8")
    assert (
        text.count("<svg") == 4 and "src=" not in text and "http" not in re.sub(r"xmlns[^ ]*|http[^ ]*yaml", "", text)
    )
    for svg in re.findall(r"<svg.*?</svg>", text, re.S):
        ET.fromstring(svg)
    table = pd.read_csv(files["csv"])
    assert len(table) == len(found.applications)
    with xr.open_dataset(files["nc"]) as cube:
        sun = float(cube["awarded"].sel(direction="feed_in").sum())
        assert set(cube["prices"].values) == {"floor", "long_term"} and float(cube["payments"].sum()) > 0
    won = set(table.loc[table["awarded"], "application"])
    feeding = found.projects[found.projects["application"].isin(won) & (found.projects["direction"] == "feed_in")]
    assert sun == pytest.approx(feeding["electricity"].sum())
    outcome = here.tender(found).held()
    assert grid_use(outcome, found).sum() == pytest.approx(
        found.projects.loc[found.projects["application"].isin(won), "electricity"].sum()
    )
