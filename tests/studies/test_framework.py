"""Variants of a program, pictures, and what a study leaves on disk."""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.engine import Resolver, SolverSettings
from model.studies.framework.page import Answer, Chapter, money_held, write_answer
from model.studies.framework.pictures import Line, Range, bars, colours_of, figure, lines, ranges
from model.studies.framework.variants import (
    Row,
    column_positions,
    cost_row,
    with_bounds,
    with_limits,
    with_objective,
    with_rows,
)
from tests.helpers import tiny_scenario
from tests.studies.worlds import built_world, two_technologies

EXACT = SolverSettings(preset="simplex", tolerance=1e-9, threads=1)


@pytest.fixture(scope="module")
def compiled():
    return built_world(two_technologies()).compiled


def test_an_added_row_binds_and_has_its_dual(compiled):
    column = column_positions(compiled, "capacity")["small@N", 2030]
    more = with_rows(compiled, [Row("forced", np.array([column]), np.array([0.5]), lower=700.0)])
    assert more.row_count == compiled.row_count + 1 and len(more.row_upper) == more.row_count
    resolver = Resolver(EXACT)
    plain = resolver.solve(with_limits(more, {"forced": (-np.inf, np.inf)}))
    assert plain.objective == pytest.approx(519e6)
    forced = resolver.solve(more)
    assert resolver.sent == ("rows",)  # only what changed goes to the solver
    assert forced.objective == pytest.approx(519e6 + 200 * 162e3)
    assert float(forced.duals["forced"]) == pytest.approx(162e3)


def test_a_changed_objective_leaves_the_costs_to_be_read(compiled):
    column = column_positions(compiled, "capacity")["small@N", 2030]
    most = with_objective(
        with_rows(compiled, [cost_row(compiled, "budget", 600e6, 519e6)]), np.array([column]), np.array([-0.5])
    )
    solution = Resolver(EXACT).solve(most)
    # 81 million buy 500 MW at 162,000
    assert solution.columns[column] * 0.5 == pytest.approx(1000)
    assert sum(float(values.sum()) for values in solution.cost_values.values()) == pytest.approx(600e6)


def test_bounds_are_changed_by_position_and_the_old_program_stays(compiled):
    columns = np.array([column_positions(compiled, "capacity")["small@N", 2030]])
    shut = with_bounds(compiled, columns, 0.0, 0.0)
    assert shut.column_upper[columns].item() == 0.0
    assert compiled.column_upper[columns].item() > 0.0


def test_a_row_cannot_take_a_name_or_a_column_twice(compiled):
    with pytest.raises(ValueError, match="already"):
        with_rows(compiled, [Row("carrier_balance", np.array([0]), np.array([1.0]))])
    with pytest.raises(ValueError, match="twice"):
        with_rows(compiled, [Row("new", np.array([0, 0]), np.array([1.0, 1.0]))])


@pytest.mark.parametrize(
    "picture",
    [
        ranges([Range("1 %", 0.5, 2.5), Range("<none>", math.nan, math.nan, "infeasible")], "GW", 1.0, "least"),
        lines([Line("a", [(0, 1), (1, math.nan), (2, -3)]), Line("b", [(0, 2)])], "GW", "%", 1.5, "least"),
        bars([("one", 3.0), ("two", -1.0), ("none", math.nan)], "TWh"),
        bars([("nothing", 0.0)], "TWh"),
    ],
)
def test_pictures_are_sound_svg_inside_their_frame(picture):
    root = ET.fromstring(picture)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    assert "nan" not in picture and "inf" not in re.sub("infeasible", "", picture)
    for part in root.iter():
        for axis, limit in (("x", width), ("x1", width), ("cx", width), ("y", height), ("y1", height), ("cy", height)):
            assert -1 <= float(part.attrib.get(axis, 0)) <= limit + 1


@pytest.mark.parametrize(
    ("value", "text"), [(1234.5, "1,234"), (12.34, "12.3"), (0.5, "0.5"), (2.0, "2"), (100.0, "100")]
)
def test_figures_are_short(value, text):
    assert figure(value) == text


def test_the_unit_of_bars_stands_below_the_figures_and_labels_keep_their_colours():
    picture = ET.fromstring(bars([("one", 3000.0), ("two", -12000.0)], "million EUR", {"one": "#111111"}))
    texts = {part.text: part.attrib for part in picture.iter() if part.text and part.tag.endswith("text")}
    assert float(texts["million EUR"]["y"]) >= float(texts["-12,000"]["y"]) + 14
    fills = [part.attrib["fill"] for part in picture.iter() if part.tag.endswith("rect")]
    assert fills == ["#111111", "#5b6672"]  # a label without a colour is grey
    assert len(set(colours_of(list("abcdef")).values())) == 6


def test_tariffs_in_the_objective_are_said():
    assert money_held(tiny_scenario()) == []
    assert "tariffs of sites" in money_held(tiny_scenario(sites__tariffs="cost"))[0]
    assert "private account" in money_held(tiny_scenario(sites__objective="private"))[0]


def test_wide_tables_say_so_and_long_facts_are_folded(tmp_path):
    def page(columns: int) -> str:
        table = pd.DataFrame([range(columns)], columns=[f"c{number}" for number in range(columns)])
        facts = {"short": "few words", "sums": json.dumps({f"file{number}": "0" * 64 for number in range(9)})}
        answer = Answer("toy", "t", "s", [], [Chapter("C", table=table)], table, xr.Dataset(), facts, ["Mind <this>."])
        return write_answer(answer, tmp_path)["page"].read_text(encoding="utf-8")

    assert '<p class="hint wide">' in page(9) and '<p class="hint">' in page(8)
    assert "<summary>9 entries</summary>" in page(3) and "<td>few words</td>" in page(3)
    assert "<p><b>Mind &lt;this&gt;.</b></p>" in page(3)


def test_a_study_leaves_page_csv_json_and_netcdf(tmp_path):
    table = pd.DataFrame({"point": ["a", "b"], "GW": [1.0, math.nan]})
    answer = Answer(
        name="toy",
        title="A <toy> study",
        subtitle="what if",
        held_equal=["all but one thing"],
        chapters=[Chapter("Figures & facts", ["words"], [("caption", bars([("a", 1.0)], "GW"))], table)],
        table=table,
        dataset=xr.Dataset({"GW": ("point", table["GW"])}, coords={"point": table["point"].astype(object)}),
        facts={"scenario": "toy"},
    )
    files = write_answer(answer, tmp_path / "new")
    page = files["page"].read_text(encoding="utf-8")
    assert "A &lt;toy&gt; study" in page and "Figures &amp; facts" in page and "all but one thing" in page
    assert "http" not in page and "<script" not in page and "<svg" in page
    assert pd.read_csv(files["csv"])["GW"].isna().tolist() == [False, True]
    assert json.loads(files["json"].read_text())["points"][1] == {"point": "b", "GW": None}
    with xr.open_dataset(files["nc"]) as opened:
        assert opened["GW"].values[0] == 1.0
    assert not list((tmp_path / "new").glob(".*"))
