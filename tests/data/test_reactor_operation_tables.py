"""Figures of starts, stops and refuelling: nonsense is refused with row and column, halves of a figure too."""

from __future__ import annotations

import pytest

from model.data.validation import read_valid_tables
from model.errors import InputError
from tests.helpers import copy_tiny, tiny_case

UNITS = {
    **{"min_down_time": "h", "start_cost": "EUR/MW_th", "cycles_per_year": "1/year", "cycle_depth": "share"},
    **{"outage_length": "day", "outage_interval": "year", "outage_units": "unit", "forced_outage_rate": "share"},
    **{"late_cycle_share": "share", "late_cycle_load": "share"},
}


def with_rows(folder, **figures):
    """The tiny data set with more figures of its light-water class; the lines of the new rows."""
    tiny = copy_tiny(folder)
    path = tiny / "reactors.csv"
    count = len(path.read_text(encoding="utf-8").splitlines())
    with path.open("a", encoding="utf-8") as stream:
        for parameter, value in figures.items():
            cells = [
                "cls_lwr",
                "Class: light water",
                "cls_lwr",
                "smr",
                parameter,
                "",
                str(value),
                "",
                "",
                UNITS[parameter],
            ]
            stream.write(",".join([*cells, "made up for tests", "assumption", ""]) + "\n")
    return tiny, dict(zip(figures, range(count + 1, count + 1 + len(figures)), strict=True))


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("min_down_time", -1),
        ("start_cost", -5),
        ("cycles_per_year", 1e5),
        ("cycle_depth", 1.3),
        ("outage_length", 0),
        ("outage_length", 181),
        ("outage_interval", 0.4),
        ("outage_units", 0.5),
        ("forced_outage_rate", 1.0),
        ("late_cycle_share", 0.6),
        ("late_cycle_load", 1.1),
    ],
)
def test_nonsense_is_refused_with_row_and_column(tmp_path, parameter, value):
    tiny, lines = with_rows(tmp_path, **{parameter: value})
    with pytest.raises(InputError) as caught:
        read_valid_tables(tiny)
    found = [problem for problem in caught.value.problems if problem.row == str(lines[parameter])]
    assert [(problem.file, problem.column) for problem in found] == [("reactors.csv", "value")]


@pytest.mark.parametrize(
    ("given", "missing"), [("outage_length", "outage_interval"), ("forced_outage_rate", "outage_length"),
                           ("cycles_per_year", "cycle_depth"), ("late_cycle_share", "late_cycle_load")]
)  # fmt: skip
def test_half_of_a_figure_is_refused(tmp_path, given, missing):
    tiny, _ = with_rows(tmp_path, **{given: 0.9})
    with pytest.raises(InputError) as caught:
        read_valid_tables(tiny)
    assert any(f"a row {missing} beside {given}" in problem.expected for problem in caught.value.problems)


def test_a_design_takes_what_it_lacks_from_its_class(tmp_path):
    figures = {"outage_length": 27, "outage_interval": 1.5, "forced_outage_rate": 0.05, "min_down_time": 48}
    tiny, _ = with_rows(tmp_path, **figures)
    case = tiny_case(tiny, years=[2050], reactors__refuelling="decided")
    assert {name: case.reactors.at["small_bwr", name] for name in figures} == figures
    # where refuelling is decided availability holds forced outages only, for designs that say how long theirs last
    reactors = case.assets[case.assets["kind"] == "reactor"]
    of_design = case.asset_years.xs(2050, level="year")["availability"].reindex(reactors.index)
    light = reactors["technology"].isin(["cls_lwr", "small_bwr"])
    assert light.any() and not light.all()
    assert set(of_design[light].round(9)) == {0.95}
    assert set(of_design[~light].round(9)) == {0.9}


def test_a_minimum_load_that_falls_late_in_the_cycle_is_refused(tmp_path):
    tiny, lines = with_rows(tmp_path, late_cycle_share=0.15, late_cycle_load=0.1)
    with pytest.raises(InputError) as caught:
        read_valid_tables(tiny)
    found = [problem for problem in caught.value.problems if problem.row == str(lines["late_cycle_load"])]
    assert [(problem.file, problem.column) for problem in found] == [("reactors.csv", "value")]
    assert "at least the minimum_load" in found[0].expected
