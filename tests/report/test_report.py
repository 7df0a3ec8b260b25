"""Summary, comparison and explanation of runs, and the page, on a toy world whose figures are known."""

from __future__ import annotations

import json
import re

import pytest
import xarray as xr

from model.cube import open_run, write_cube
from model.errors import InputError
from model.report.compare import compare
from model.report.explain import explain
from model.report.page import page_html, write_page
from model.report.page_data import page_data
from model.report.summary import summary_table
from model.scenario.settings import Output
from tests.cube.toy import make_toy, toy_cube

SECTIONS = ("headline", "grid", "capacities", "dispatch", "dunkelflaute", "prices", "costs", "carbon", "themes",
            "provenance")  # fmt: skip


@pytest.fixture(scope="module")
def cube() -> xr.DataTree:
    return toy_cube(make_toy(provinces=12, days=4))


@pytest.fixture(scope="module")
def small() -> xr.DataTree:
    return toy_cube(make_toy())


def test_summary_names_reactors_cost_and_congestion(small):
    report = summary_table(small)
    text = str(report)
    assert "A toy world" in text
    reactors = next(one for one in report.sections if one.title.startswith("Small reactors")).table
    assert reactors.loc["FR_transmission", 2030] == pytest.approx(600 * 0.33)
    costs = next(one for one in report.sections if one.title.startswith("Cost")).table
    assert "unserved" not in costs.index
    assert costs.loc["total", 2030] == pytest.approx(costs.drop(index="total")[2030].sum())
    apart = next(one for one in report.sections if one.title.startswith("Reported apart")).table
    assert "unserved" in apart.index
    assert "GR-FR" in text


def test_compare_lists_only_what_differs(small):
    same = compare(small, small)
    assert all(len(section.table) == 0 for section in same.sections)
    dearer = make_toy()
    dearer.solution.values["capacity"] = dearer.solution.values["capacity"] * 2
    dearer.solution.cost_values["investment_cost"] = dearer.solution.cost_values["investment_cost"] * 2
    dearer.solution.objective = sum(part.sum() for part in dearer.solution.cost_values.values())
    report = compare(small, toy_cube(dearer))
    costs = next(one for one in report.sections if one.title.startswith("Cost")).table
    row = costs.loc[("investment", 2030)]
    assert row["difference"] == pytest.approx(row.iloc[0])
    assert ("fuel", 2030) not in costs.index
    assert "+" in report.facts["difference"]


def test_explain_names_suppliers_users_and_who_sets_the_price(small):
    price = small["duals"]["carrier_balance"].sel(node="GR_transmission", carrier="electricity", year=2040)
    step = int((price == 60.0).values.nonzero()[0][0])
    report = explain(small, "GR_transmission", step, 2040)
    assert report.facts["price of electricity"] == "60.00 EUR/MWh"
    suppliers, users, binding, setters = (section.table for section in report.sections)
    assert "gas@GR_transmission" in set(suppliers["who"])
    assert "demand" in set(users["who"])
    assert suppliers["MW"].sum() == pytest.approx(users["MW"].sum(), abs=0.1)
    assert "gas@GR_transmission" in set(setters["who"])
    assert setters.set_index("who").loc["gas@GR_transmission", "cost, EUR/MWh"] == pytest.approx(60.0)
    assert "wind@GR_transmission" not in set(setters["who"])


def test_explain_lists_the_limits_that_bind(small):
    flow = small["results"]["flow"].sel(corridor="GR-FR", year=2030)
    step = int((abs(flow) >= 500).values.nonzero()[0][0])
    binding = explain(small, "FR_transmission", step, 2030).sections[2].table.set_index("of")
    assert binding.loc["GR-FR", "worth"] == pytest.approx(12.0)
    assert binding.loc["GR-FR", "unit"] == "EUR/MWh"


@pytest.mark.parametrize("moment", ["2012-01-15T01:00", "2012-01-15T01:30", 0, "0"])
def test_explain_takes_steps_and_clock_times(small, moment):
    assert "2012-01-15 01:00 local time" in explain(small, "GR", moment).title


@pytest.mark.parametrize(
    ("node", "moment", "year", "expected"),
    [
        ("GR_transmision", 0, 2030, "GR_transmission"),
        ("GR_transmission", 99, 2030, "a step from 0 to 23"),
        ("GR_transmission", "noon", 2030, "clock time"),
        ("GR_transmission", "2013-01-01", 2030, "inside a period"),
        ("GR_transmission", 0, 2035, "2030, 2040"),
    ],
)
def test_explain_refuses_with_a_hint(small, node, moment, year, expected):
    with pytest.raises(InputError, match=expected):
        explain(small, node, moment, year)


def test_page_asks_nobody_for_anything(cube):
    html = page_html(page_data(cube))
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", html)
    assert not re.search(r"\b(fetch|XMLHttpRequest|importScripts)\b|@import|url\(", html)
    addresses = set(re.findall(r"https?://[^\s\"'<]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert len(html) < 8e6


def test_page_has_every_section_and_its_data(cube, tmp_path):
    html = write_page(cube, tmp_path / "page.html").read_text(encoding="utf-8")
    assert [entry.name for entry in tmp_path.iterdir()] == ["page.html"]
    for section in SECTIONS:
        assert f'<section id="{section}">' in html
    assert "{{" not in re.sub(r"const DATA = .*;\n", "", html, count=1)
    data = json.loads(re.search(r"const DATA = (.*);\n", html).group(1))
    assert len(data["regions"]) == 12
    assert all(region["rings"] for region in data["regions"])
    assert [window["kind"] for window in data["hours"]["windows"]] == ["typical"] * 3 + ["spell"]
    assert {row["what"] for row in data["capacity"]["rows"]} == {"Small reactors", "Wind", "Gas turbine"}


def test_a_full_year_is_shown_in_weeks(cube, monkeypatch):
    monkeypatch.setattr("model.report.page_hours.MOST_STEPS", 10)
    monkeypatch.setattr("model.report.page_hours.WEEK", 12.0)
    shown = page_data(cube)["hours"]
    assert [window["kind"] for window in shown["windows"]] == ["peak", "spell", "typical"]
    assert [window["to"] - window["from"] for window in shown["windows"]] == [12, 12, 12]
    assert all(len(one["mw"]) == 36 for one in shown["series"])


def test_page_text_cannot_end_the_script(small):
    small = small.copy()
    small["run"].attrs["title"] = "</script><b>&"
    html = page_html(page_data(small))
    assert html.count("</script>") == 1
    assert "&lt;/script&gt;&lt;b&gt;&amp;" in html


def test_run_without_hours_is_small_and_still_reports(tmp_path):
    toy = make_toy()
    toy.case.scenario = toy.case.scenario.model_copy(update={"output": Output(hourly=False)})
    cube = open_run(write_cube(toy_cube(toy), tmp_path / "toy.nc"))
    assert all("time" not in group.dims for group in cube.children.values())
    assert "Capacities" in str(summary_table(cube))
    assert page_data(cube)["hours"] == {"windows": [], "series": []}
    with pytest.raises(InputError, match="hourly"):
        explain(cube, "GR", 0)


def test_hours_of_the_country_balance(cube):
    hours = page_data(cube)["hours"]
    series = [one for one in hours["series"] if one["scope"] == "NL" and one["year"] == 2040]
    for step in range(0, len(hours["clock"]), 7):
        assert sum(one["mw"][step] for one in series) == pytest.approx(0, abs=len(series))
