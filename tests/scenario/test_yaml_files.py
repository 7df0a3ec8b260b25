"""Files that are no scenario, and settings that contradict a file: told with file, line and column."""

from __future__ import annotations

import pytest

from model.errors import InputError, Problem
from model.scenario import load_scenario
from model.scenario.page import scenario_page


def faults(path, settings=(), overlays=()) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        load_scenario(path, settings, overlays)
    return caught.value.problems


@pytest.mark.parametrize(
    ("content", "row", "column", "value", "expected"),
    [
        (b"", "1", "", "an empty file", "at least one key, such as base: base"),
        (b"# only a remark\n", "1", "", "an empty file", "at least one key"),
        (b"- base\n- quick\n", "1", "", "- base\n- quick", "a mapping of keys to values"),
        (b"time:\n\tmode: full\n", "2", "column 1", "a tab", "spaces: YAML allows no tabs here"),
        (b"title: a: b\n", "1", "column 9", "", "mapping values are not allowed here"),
        (b'title: "abc\nname: b\n', "3", "column 1", "", "while scanning a quoted scalar from line 1"),
        (b"title: a\ntime: {}\ntitle: b\n", "3", "title", "title", "each key once (it stands in line 1 already)"),
        (b"a: 1\n---\nb: 2\n", "2", "column 1", "", "another document"),
        (b"title: x\ndescription: Frysl\xe2n\n", "2", "", "byte E2 (hexadecimal)", "text in UTF-8"),
        (b"title: x\n\x00\n", "2", "", "character 0000 (hexadecimal)", "without control characters"),
        (b"years: &again [*again]\n", "", "", "", "YAML that can be read"),
        (b"years: [1990, 2040]\n", "1", "years.0", "1990", "a year from 2020 to 2100"),
        (b"years: [2030, 2040, 2040]\n", "1", "years", "[2030, 2040, 2040]", "each once: [2030, 2040]"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_where_it_breaks(tmp_path, content, row, column, value, expected):
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    (problem,) = faults(path)
    assert (problem.file, problem.row, problem.column, problem.value) == (str(path), row, column, value)
    assert expected in problem.expected


def test_a_mark_at_the_begin_does_no_harm(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"\xef\xbb\xbftitle: x\n")
    assert load_scenario(path).title == "x"


@pytest.mark.parametrize(
    ("below", "setting", "column"),
    [
        ("time: {step_hours: 2}", "time.period_hours=25", "time.step_hours"),
        ("time: {periods: 300}", "time.period_hours=48", "time.periods"),
        ("time: {weeks: [3], mode: sample}", "time.mode=full", "time.weeks"),
        ("reactors: {modes: []}\ntime: {mode: full}", "reactors={enabled: true}", "reactors.modes"),
        ("reactors: {target: {2040: 900}}", "reactors.enabled=false", "reactors.target"),
        ("reactors: {target: {2040: 900}}", "years=[2030, 2050]", "reactors.target.2040"),
        ("weather_weights: [1]", "weather_years=[2012, 2017]", "weather_weights"),
        ("years: [2030, 2040]", "years=[2030, soon]", "years.1"),
        ("time: {mode: full}", "time={mode: ful}", "time.mode"),
    ],
)
def test_a_setting_that_breaks_a_file_is_blamed_itself(tmp_path, below, setting, column):
    base, overlay = tmp_path / "mine.yaml", tmp_path / "extra.yaml"
    base.write_text("title: x\n", encoding="utf-8")
    overlay.write_text(below + "\n", encoding="utf-8")
    (problem,) = faults(base, [setting], [overlay])
    assert (problem.file, problem.row, problem.column) == (f"--set {setting}", "", column)


def test_a_fault_of_a_file_alone_is_not_blamed_on_a_setting(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("time: {period_hours: 25, step_hours: 2}\n", encoding="utf-8")
    (problem,) = faults(path, ["time.spell_days=2"])
    assert (problem.file, problem.row) == (str(path), "1")


def test_the_page_tells_the_types_of_keys_as_they_are():
    lines = reversed(scenario_page().splitlines())  # of keys that several sections have, the first counts
    values = {line.split("|")[1].strip(" `"): line.split("|")[2].strip() for line in lines if line.startswith("| `")}
    assert values["title"] == "text"
    assert values["data"].startswith("name (letters")
    assert values["years"] == "list of whole number ≥ 2020, ≤ 2100"
    assert values["mode"] == "one of full, representative, sample, snapshots"
    assert values["kirchhoff"] == "true or false"
    assert values["time_limit"] == "number > 0 or null"
    assert values["target"] == "mapping of whole number ≥ 2020, ≤ 2100 to number ≥ 0"
