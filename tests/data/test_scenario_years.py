"""Milestone years outside what the tables know, and settings of the command line that the tables contradict."""

from __future__ import annotations

import pytest

from model.data import build_case
from model.data.validation import check_scenario, read_valid_tables
from model.errors import InputError, Problem
from tests.helpers import TINY, tiny_scenario


def faults(**overrides) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        build_case(tiny_scenario(**overrides), TINY)
    return caught.value.problems


@pytest.mark.parametrize(
    ("years", "wrong", "expected"),
    [
        ([2030, 2060], ["2060"], "a year from 2030 to 2050: the years of the demand reference"),
        ([2028, 2030], ["2028"], "a year from 2030 to 2050: the years of the demand reference"),
        ([2060, 2070], ["2060", "2070"], "a year from 2030 to 2050: the years of the demand reference"),
        ([2024, 2030], ["2024"], "a year from investment.stock_year, 2025, on; possible are 2030 to 2050"),
    ],
)
def test_milestone_years_that_the_tables_do_not_hold(years, wrong, expected):
    problems = faults(years=years)
    assert [(problem.column, problem.value) for problem in problems] == [("years", year) for year in wrong]
    assert {problem.expected for problem in problems} == {expected}


def test_a_storyline_that_ends_before_the_stock_begins():
    (problem,) = faults(demand__scenario="observed", years=[2030])
    assert (problem.column, problem.value) == ("investment.stock_year", "2025")
    assert problem.expected == "a year of at most 2023, the last of the demand observed"


def test_years_between_those_of_the_tables_are_good():
    tables, _ = read_valid_tables(TINY)
    check_scenario(tiny_scenario(years=[2030, 2035, 2041]), tables, TINY)


@pytest.mark.parametrize(
    ("setting", "changed", "column"),
    [
        ("years=[2030, 2060]", {"years": [2030, 2060]}, "years"),
        ("technologies.exclude=[solr]", {"technologies__exclude": ["solr"]}, "technologies.exclude"),
        ("demand.factor.steam=2", {"demand__factor": {"steam": 2.0}}, "demand.factor"),
        ("carbon={cap: zero}", {"carbon__cap": "zero"}, "carbon.cap"),
    ],
)
def test_a_setting_of_the_command_line_is_blamed(setting, changed, column):
    (problem,) = faults(variant=["some_overlay", setting], **changed)
    assert (problem.file, problem.column) == (f"--set {setting}", column)


def test_a_setting_of_another_key_is_not_blamed():
    (problem,) = faults(variant=["time.periods=4", "demand.scenario=low"], carbon__cap="zero")
    assert problem.file == "scenario tiny"
