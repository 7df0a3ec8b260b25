"""Scenario files: what is refused, with which words; what wins over what."""

from __future__ import annotations

import pytest

from model.errors import InputError, Problem
from model.scenario import load_scenario


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write scenario files into an empty working folder and data folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMR_GRID_NL_INPUTS", str(tmp_path / "inputs"))

    def write_files(**texts):
        for name, text in texts.items():
            path = tmp_path / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return write_files


def problems(*arguments, **options) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        load_scenario(*arguments, **options)
    return caught.value.problems


def test_misspelt_key_gives_line_and_nearest_name(write):
    write(a="title: x\ntime:\n  mode: full\n  perods: 4\n")
    expected = "a known key; did you mean 'time.periods'?"
    assert problems("a.yaml") == [Problem("a.yaml", "4", "time.perods", "4", expected)]


def test_misspelt_section_gives_nearest_name(write):
    write(a="raectors:\n  enabled: false\n")
    (problem,) = problems("a.yaml")
    assert problem.row == "1"
    assert "did you mean 'reactors'" in problem.expected


def test_key_in_the_wrong_section_is_found_in_the_right_one(write):
    write(a="grid:\n  periods: 4\n")
    (problem,) = problems("a.yaml")
    assert "did you mean 'time.periods'" in problem.expected


def test_key_unlike_any_lists_the_known_ones(write):
    write(a="carbon:\n  zzzzz: 4\n")
    (problem,) = problems("a.yaml")
    assert problem.expected == "a known key, one of cap, price, backstop_cost"


@pytest.mark.parametrize(
    ("text", "row", "column", "value", "expected"),
    [
        (
            "time: {mode: ful}",
            "1",
            "time.mode",
            "ful",
            "one of full, representative, sample, snapshots; did you mean 'full'?",
        ),
        ("time:\n  periods: 0", "2", "time.periods", "0", "a number of at least 1"),
        ("time:\n  periods: many", "2", "time.periods", "many", "a whole number"),
        ("time:\n  periods: 2.5", "2", "time.periods", "2.5", "a whole number"),
        ("time:\n  step_hours: 5", "2", "time.step_hours", "5", "one of 1, 2, 3, 4, 6"),
        ("time:\n  period_hours: 25\n  step_hours: 2", "3", "time.step_hours", "2", "a divisor of period_hours (25)"),
        (
            "time:\n  weeks: [3]",
            "2",
            "time.weeks",
            "[3]",
            "no weeks in mode representative (they belong to mode sample)",
        ),
        ("time:\n  mode: sample", "1", "time.weeks", "[]", "at least one ISO week (1 to 53) in mode sample"),
        ("years: [2050, 2030]", "1", "years", "[2050, 2030]", "numbers in increasing order, each once: [2030, 2050]"),
        ("years: []", "1", "years", "[]", "at least 1 entries"),
        ("years:\n- 2030\n- soon", "3", "years.1", "soon", "a whole number"),
        (
            "weather_years: [2017, 2017]",
            "1",
            "weather_years",
            "[2017, 2017]",
            "numbers in increasing order, each once: [2017]",
        ),
        ("weather_weights: [1, 2]", "1", "weather_weights", "[1, 2]", "one weight per weather year (1)"),
        ("finance:\n  discount_rate: 2.25", "2", "finance.discount_rate", "2.25", "a number of at most 0.2"),
        ("reactors:\n  enabled: no", "2", "reactors.enabled", "no", "true or false"),
        (
            "reactors:\n  target:\n    2035: 900",
            "3",
            "reactors.target.2035",
            "900",
            "a milestone year ([2030, 2040, 2050])",
        ),
        (
            "reactors:\n  modes: [flexible, flexible]",
            "2",
            "reactors.modes",
            "['flexible', 'flexible']",
            "each name once",
        ),
        ("demand:\n  factor:\n    electricity: -1", "3", "demand.factor.electricity", "-1", "a number of at least 0"),
        ("demand:\n  factor:\n    electricity: .inf", "3", "demand.factor.electricity", ".inf", "a number"),
        ("time: full", "1", "time", "full", "a section: keys below it, indented"),
        ("title: a\ntitle: b", "2", "title", "title", "each key once (it stands in line 1 already)"),
        ("title: [", "2", "column 1", "", None),
        ("- base", "1", "", "- base", "a mapping of keys to values"),
        ("name: a/b", "1", "name", "a/b", "a name of letters, digits, '_', '-' and '.'"),
        ("base: nowhere", "1", "base", "nowhere", None),
        ("with: quick_time", "1", "with", "quick_time", None),
        ("with: 3", "1", "with", "3", "a list of overlays, like [quick_time]"),
    ],
)
def test_each_fault_is_told_with_its_place(write, text, row, column, value, expected):
    write(a=text + "\n")
    (problem,) = problems("a.yaml")
    assert (problem.file, problem.row, problem.column, problem.value) == ("a.yaml", row, column, value)
    if expected is not None:
        assert problem.expected == expected


def test_all_faults_come_in_one_report(write):
    write(a="tiem: {}\nyears: [2040, 2030]\nsolver:\n  threads: 0\n  preset: hippo\n")
    found = problems("a.yaml", ["grid.kirchhof=false", "time.periods", "output.hourly=maybe"])
    assert {problem.column or problem.value for problem in found} == {
        "tiem",
        "years",
        "solver.threads",
        "solver.preset",
        "grid.kirchhof",
        "time.periods",
        "output.hourly",
    }


def test_unknown_scenario_names_the_nearest(write):
    write(inputs__nl__scenarios__quick="title: x\n")
    (problem,) = problems("qick")
    assert problem.expected == "a path of a file (scenario), or one of: quick; did you mean 'quick'?"


def test_later_wins_key_by_key(write):
    write(
        inputs__nl__scenarios__below=(
            "title: below\nsolver: {threads: 1, preset: ipx}\ntime: {periods: 1, step_hours: 2}\n"
        ),
        inputs__nl__scenarios__overlays__first="time: {periods: 2, step_hours: 4}\ngrid: {kirchhoff: false}\n",
        inputs__nl__scenarios__overlays__second="time: {periods: 3}\ngrid: {expansion: false}\n",
        inputs__nl__scenarios__overlays__third="time: {periods: 5}\n",
        a="base: below\nwith: [first, second]\ngrid: {expansion: true}\n",
    )
    scenario = load_scenario("a.yaml")
    assert scenario.solver.threads == 1 and scenario.solver.preset == "ipx"
    assert scenario.time.periods == 3 and scenario.time.step_hours == 4
    assert scenario.grid.kirchhoff is False and scenario.grid.expansion is True
    assert load_scenario("a.yaml", overlays=["third"]).time.periods == 5
    assert load_scenario("a.yaml", ["time.periods=7"], ["third"]).time.periods == 7


def test_order_of_overlays_matters(write):
    write(
        overlays__first="time: {periods: 2}\n",
        overlays__second="time: {periods: 3}\n",
        a="with: [second, first]\n",
    )
    assert load_scenario("a.yaml").time.periods == 2


def test_name_and_title_are_not_inherited(write):
    write(a="name: first\ntitle: First\n", b="base: a\n")
    scenario = load_scenario("b.yaml")
    assert (scenario.name, scenario.title) == ("b", "")


def test_fault_in_a_base_is_told_with_the_file_of_the_base(write):
    write(a="time: {perods: 3}\n", b="base: a\ntime: {mode: full}\n")
    (problem,) = problems("b.yaml")
    assert (problem.file, problem.row) == ("a.yaml", "1")


def test_bases_in_a_circle_are_refused(write):
    write(a="base: b\n", b="base: a\n")
    (problem,) = problems("a.yaml")
    assert (problem.file, problem.expected) == ("b.yaml", "a base that does not lead back to this file")


def test_overlay_may_not_have_a_base_or_name(write):
    write(overlays__extra="base: a\nname: extra\ngrid: {kirchhoff: false}\n", a="with: [extra]\n")
    assert [problem.column for problem in problems("a.yaml")] == ["base", "name"]


@pytest.mark.parametrize(
    ("setting", "read"),
    [
        ("time.periods=4", lambda scenario: scenario.time.periods == 4),
        ("grid.kirchhoff=false", lambda scenario: scenario.grid.kirchhoff is False),
        ("years=[2040, 2050]", lambda scenario: scenario.years == [2040, 2050]),
        ("carbon.cap=null", lambda scenario: scenario.carbon.cap is None),
        ("solver.tolerance=1e-6", lambda scenario: scenario.solver.tolerance == 1e-6),
        ("reactors.target.2040=300", lambda scenario: scenario.reactors.target == {2040: 300}),
        ("reactors.target={2040: 300, 2050: 600}", lambda scenario: scenario.reactors.target == {2040: 300, 2050: 600}),
        ("demand.factor.electricity=1.1", lambda scenario: scenario.demand.factor == {"electricity": 1.1}),
        ("title=a = b", lambda scenario: scenario.title == "a = b"),
    ],
)
def test_settings_take_their_type_from_what_is_written(write, setting, read):
    write(a="title: x\n")
    assert read(load_scenario("a.yaml", [setting]))


def test_settings_can_be_a_mapping(write):
    write(a="title: x\n")
    scenario = load_scenario("a.yaml", {"time.periods": 4, "reactors.enabled": False})
    assert scenario.time.periods == 4 and not scenario.reactors.enabled


def test_run_name_tells_what_was_laid_over(write):
    write(a="title: x\n", overlays__extra="grid: {kirchhoff: false}\n")
    assert load_scenario("a.yaml").run_name == "a"
    scenario = load_scenario("a.yaml", ["reactors.target={2040: 300}"], ["overlays/extra.yaml"])
    assert scenario.name == "a"
    assert scenario.run_name == "a+extra+reactors.target=2040-300"
    assert load_scenario("a.yaml", ["years=[2040, 2050]"]).run_name == "a+years=2040,2050"


def test_long_run_names_are_cut_and_stay_apart(write):
    write(a="title: x\n")
    names = {load_scenario("a.yaml", [f"description={'x' * 200}{end}"]).run_name for end in "ab"}
    assert len(names) == 2 and max(map(len, names)) < 130


def test_writing_and_reading_gives_the_same(write):
    write(a="reactors: {target: {2040: 300}}\nweather_years: [2012, 2017]\nweather_weights: [1, 3.5]\n")
    scenario = load_scenario("a.yaml", ["time.periods=4"])
    write(b=scenario.to_yaml())
    assert load_scenario("b.yaml") == scenario


def test_unknown_section_in_a_setting_is_blamed_on_the_setting():
    with pytest.raises(InputError, match=r"--set tim\.periods=1, tim: .*did you mean 'time'"):
        load_scenario("quick", ["tim.periods=1"])
