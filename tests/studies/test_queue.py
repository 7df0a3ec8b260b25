"""The queue view by hand: what fits, when, under which right, in which order; bad rows are refused by row."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

import pytest

from model.cli.main import main
from model.errors import InputError
from model.studies.queue import queue_view
from model.studies.queue_answer import answer_of, decision_table
from model.studies.queue_requests import Request, read_requests
from tests.closed_form.world import World
from tests.helpers import TINY, tiny_scenario

HEADER = "request,place,direction,right,power,technology,date,priority,first_year,note\n"


@cache
def case_of(**scenario: Any) -> Any:
    """Off-take below a limit of 50 MW, of which others take 10 to 40 (the site itself none); four steps of 2,190 h."""
    world = (
        World(4, **{key: list(v) if isinstance(v, tuple) else v for key, v in scenario.items()})
        .regional()
        .site()
        .technology("grid", existing=1e4, variable_om=50)
    )
    world.demand([10, 20, 38, 40], at="R").hosting(feed_in=30, offtake=50)
    for label, cells in (
        ("atr", {"kind": "duration", "restricted_share": 0.25}),
        ("nfa", {"kind": "nonfirm"}),
        ("night", {"kind": "block", "block_start": 23, "block_end": 3}),
    ):
        world.add("contract_classes", contract_class=label, contract_factor=0.0, **cells)
    return world.case()


def request(label: str, power: float, right: str = "firm", **cells: Any) -> Request:
    kinds = {"firm": "firm", "atr": "duration", "nfa": "nonfirm", "night": "block"}
    plain: dict[str, Any] = {
        "row": int(label[1:]) + 1, "place": "N", "area": "N", "above": ("N",), "direction": "offtake",
        "technology": "", "day": date(2025, 1, 1), "priority": "none", "first_year": 0,
    }  # fmt: skip
    return Request(label=label, right=right, kind=kinds[right], power=power, **{**plain, **cells})


def years(found: Any) -> dict[str, int | None]:
    return {decision.request.label: decision.year for decision in found.decisions}


def test_firm_power_fits_into_the_fullest_hour():
    assert years(queue_view(case_of(), [request("r1", 10.0)])) == {"r1": 2030}
    found = queue_view(case_of(), [request("r1", 10.5)])
    assert years(found) == {"r1": None}
    assert "short of" in found.decisions[0].reason
    assert [text.split()[0] for text in found.decisions[0].alternatives] == ["atr", "nfa", "night"]
    assert found.decisions[0].usable == pytest.approx((10.5 * 3 + 10) / (4 * 10.5))


def test_a_right_that_is_given_fills_the_grid():
    found = queue_view(case_of(), [request("r1", 6.0), request("r2", 4.0), request("r3", 1.0)])
    assert years(found) == {"r1": 2030, "r2": 2030, "r3": None}
    assert found.headroom.loc[("N", "offtake", 2030), ["limit", "before", "after"]].tolist() == [50.0, 10.0, 0.0]


def test_85_percent_leaves_out_the_fullest_hours_and_blocks_the_others():
    # one step of four may be left out: 12 MW fit the other three
    assert years(queue_view(case_of(), [request("r1", 12.0, "atr")])) == {"r1": 2030}
    assert years(queue_view(case_of(), [request("r1", 12.5, "atr")])) == {"r1": None}
    # the block holds from 1 to 3 o'clock, in the first two steps
    assert years(queue_view(case_of(), [request("r1", 30.0, "night")])) == {"r1": 2030}
    assert years(queue_view(case_of(), [request("r1", 31.0, "night")])) == {"r1": None}


def test_nobody_who_waits_is_overtaken_unless_that_is_asked_for():
    asked = [request("r1", 30.0), request("r2", 5.0), request("r3", 40.0, "nfa")]
    found = queue_view(case_of(), asked)
    assert years(found) == {"r1": None, "r2": None, "r3": 2030}
    assert found.decisions[1].reason == "waits for r1, which came before and does not fit"
    assert years(queue_view(case_of(), asked, overtaking=True)) == {"r1": None, "r2": 2030, "r3": 2030}


def test_the_priority_framework_goes_before_the_day():
    asked = [
        request("r1", 8.0, day=date(2024, 1, 1)),
        request("r2", 8.0, priority="basic_needs"),
        request("r3", 2.0, priority="congestion_softener", day=date(2025, 6, 1)),
    ]
    assert years(queue_view(case_of(), asked)) == {"r1": 2030, "r2": None, "r3": None}
    ranked = queue_view(case_of(), asked, order="priority")
    assert [decision.request.label for decision in ranked.decisions] == ["r3", "r2", "r1"]
    assert years(ranked) == {"r3": 2030, "r2": 2030, "r1": None}


def test_what_came_first_by_day_goes_first_and_later_years_open_room():
    case = case_of(years=(2030, 2040), last_year_span=5)
    asked = [request("r1", 10.0, first_year=2040), request("r2", 10.0)]
    assert years(queue_view(case, asked)) == {"r1": None, "r2": 2030}


def test_bad_rows_are_refused_row_by_row(tmp_path):
    case = case_of()
    path = tmp_path / "requests.csv"
    rows = [
        "a,N,offtake,firm,5,,2025-01-31,,,",
        "b,M,offtake,firm,5,,,,,",
        "c,S,sideways,firm,5,,,,,",
        "d,N,feed_in,frim,-5,,,,,",
        "e,N,offtake,firm,5,windmill,31-1-2025,urgent,2060,",
        "a,N,offtake,nfa,5,,,,,",
    ]
    path.write_text(HEADER + "\n".join(rows) + "\n")
    with pytest.raises(InputError) as refused:
        read_requests(path, case)
    found = {(problem.row, problem.column) for problem in refused.value.problems}
    assert found == {
        ("3", "place"), ("4", "direction"), ("5", "right"), ("5", "power"), ("6", "technology"), ("6", "date"),
        ("6", "priority"), ("6", "first_year"), ("7", "request"),
    }  # fmt: skip
    path.write_text(HEADER + rows[0] + "\n")
    assert read_requests(path, case)[0].above == ("N",)
    with pytest.raises(InputError, match="a CSV file with requests"):
        read_requests(tmp_path / "nothing.csv", case)


def test_the_page_names_every_request():
    found = queue_view(case_of(), [request("r1", 6.0), request("r2", 40.0)])
    table = decision_table(found)
    assert table["year"].tolist() == ["2030", "waits"]
    assert "from 2030: 1 (6 MW)" in answer_of(found).chapters[0].words[0]


@pytest.mark.slow
def test_the_command_writes_its_files_and_tells_bad_rows(tmp_path, capsys):
    scenario = tmp_path / "tiny.yaml"
    text = tiny_scenario(years=[2030], time__periods=1, time__step_hours=6, time__spell_days=1).to_yaml()
    scenario.write_text(text.replace("data: tiny", f"data: {TINY.resolve()}").replace("variant: []\n", ""))
    requests = tmp_path / "requests.csv"
    requests.write_text(HEADER + "mill,C,offtake,firm,5,,,,,\nworks,S_C,offtake,nfa,900,,,,,\n")
    words = ["queue", str(requests), "--scenario", str(scenario), "-o", str(tmp_path / "out"), "--quiet"]
    assert main([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [row["request"] for row in answer["requests"]] == ["mill", "works"]
    assert (tmp_path / "out" / "queue.html").read_text().count("mill") >= 1
    requests.write_text(HEADER + "mill,X,offtake,firm,5,,,,,\n")
    assert main(words) == 2
    assert "requests.csv, row 2, place" in capsys.readouterr().err
