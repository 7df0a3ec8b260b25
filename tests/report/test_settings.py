"""What a run was asked: variant, how much of a year it saw, and what makes two runs hard to compare."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.report import settings
from model.report.compare import compare
from model.report.page import page_html
from model.report.page_data import page_data
from model.report.summary import summary_table
from model.scenario.settings import Finance, Time
from tests.cube.toy import make_toy, toy_cube

DOCS = Path(__file__).parents[2] / "docs" / "explanation" / "time.md"


def run_with(days: int = 3, checksums: dict[str, str] | None = None, **changed):
    """The toy run, asked something else."""
    toy = make_toy(days=days)
    toy.case.scenario = toy.case.scenario.model_copy(update=changed)
    cube = toy_cube(toy)
    if checksums is not None:
        cube["run"].attrs["checksums"] = json.dumps(checksums)
    return cube


def test_the_gap_is_that_of_the_documentation():
    text = " ".join(DOCS.read_text(encoding="utf-8").replace("`", "").split())
    assert settings.QUICK_GAP in text and settings.OPEN_GAP in text


def test_show_names_run_variant_and_how_few_days_it_saw():
    report = summary_table(run_with(variant=["high_demand", "time.periods=2"]))
    assert report.title == "toy + high_demand + time.periods=2: A toy world"
    assert report.facts["variant"] == "high_demand, time.periods=2"
    assert report.facts["time"].startswith("3 days stand for a year (3 periods: 2 typical, 1 spell), steps of 1 h")
    assert "Not a whole year: representative periods" in report.warnings[0] and settings.QUICK_GAP in report.warnings[1]
    text = str(report)
    assert text.index("! Not a whole year") < text.index("status:")
    assert summary_table(run_with()).facts["variant"].startswith("none")


def test_more_days_are_not_quick_and_a_full_year_needs_no_warning():
    (first, second) = summary_table(run_with(days=6)).warnings
    assert "6 days stand for a year" in first and settings.QUICK_GAP not in second and settings.OPEN_GAP in second
    assert "sampled weeks" in settings.time_warnings(run_with(time=Time(mode="sample", weeks=[3])))[0]
    full = run_with(time=Time(mode="full"))
    assert settings.time_warnings(full) == []
    assert settings.time_words(full).startswith("every hour of a year, steps of 1 h")


def test_page_warns_at_its_head():
    data = page_data(run_with(variant=["quick_time"]))
    assert data["scenario"] == "toy + quick_time" and "Not a whole year" in data["warnings"][0]
    assert data["run"]["facts"]["Variant"] == "quick_time"
    html = page_html(data)
    assert html.index('id="warnings"') < html.index('id="headline"') and 'byId("warnings")' in html


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"time": Time(periods=4)}, "time settings (time.periods)"),
        ({"weather_years": [2012]}, "time settings (weather_years)"),
        ({"last_year_span": 5}, "years (last_year_span)"),
        ({"finance": Finance(wacc=0.03)}, "discount rate or cost of capital (finance.wacc)"),
        ({"data": "other"}, "data (data)"),
        ({"checksums": {"demand.csv": "changed"}}, "data (tables)"),
    ],
)
def test_compare_warns_where_causes_mix(changed, cause):
    same = {} if "checksums" not in changed else {"checksums": {"demand.csv": "as it was"}}
    report = compare(run_with(**same), run_with(**changed))
    assert len(report.warnings) == 1 and cause in report.warnings[0]
    assert "comes from that, not from a decision" in report.warnings[0]
    table = report.sections[0].table
    assert report.sections[0].title == "Settings that differ" and len(table) == 1
    assert list(table.columns) == ["first", "second"]


def test_compare_says_what_else_differs_and_shows_it_side_by_side():
    report = compare(run_with(), run_with(finance=Finance(wacc=0.03), years=[2030, 2050], variant=["half"]))
    assert [text.split(" (")[0] for text in report.warnings] == [
        "The runs differ in years",
        "The runs differ in discount rate or cost of capital",
    ]
    assert "mixes that with 1 other setting." in report.warnings[0]
    assert report.title == "toy + half compared with toy"
    assert report.sections[0].table.loc["finance.wacc"].tolist() == ["0.06", "0.03"]
    assert compare(run_with(), run_with()).warnings == []


def test_compare_keeps_to_years_that_both_runs_have():
    one, both = run_with(), run_with()
    one["inputs"] = one["inputs"].to_dataset().sel(year=[2030])
    tables = [section.table for section in compare(one, both).sections[1:]]
    assert not any(2040 in table.index.get_level_values("year") for table in tables if len(table))


def test_a_run_with_whole_modules_says_how_far_from_the_least_cost_it_may_be():
    cube = toy_cube(make_toy())
    assert settings.gap_words(cube) == ""
    cube["run"].attrs["quality"] = json.dumps({"mip_gap": 3.2e-5, "mip_bound": 1.0})
    assert settings.gap_words(cube) == ", whole modules: at most 0.0032 % above the least possible cost"
    assert "0.0032 %" in str(summary_table(cube))
