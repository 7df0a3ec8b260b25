"""Nonsense in a reactor design is refused with file, row and column, and so is a design that no plant can be."""

from __future__ import annotations

import pytest

from model.data.validation import validate_folder
from tests.data.reports import lines_of, only, report
from tests.helpers import change_cell, find_row, write_lines


@pytest.mark.parametrize(
    ("design", "parameter", "value", "expected"),
    [
        ("cls_lwr", "usable_temperature", "0", "usable_temperature in degC of at least 20 and at most 1200"),
        ("cls_lwr", "minimum_load", "1.3", "minimum_load in share of at least 0 and at most 1"),
        ("cls_lwr", "efficiency", "4", "efficiency in MW_e/MW_th of at least 0 and at most 0.6"),
        ("cls_htgr", "extraction_share_max", "1.2", "extraction_share_max in share of at least 0 and at most 1"),
        ("cls_htgr", "live_steam_efficiency", "-0.1", "live_steam_efficiency in share of at least 0 and at most 1"),
        ("cls_large", "availability", "9", "availability in share of at least 0 and at most 1"),
        ("cls_large", "ramp", "0", "ramp in share/hour above 0"),
        ("hot", "unit_size_th", "-200", "unit_size_th in MW_th above 0"),
        ("old_pwr", "efficiency", "0", "above 0: an existing plant gives no heat, and this one no power"),
    ],
)
def test_a_nonsense_figure_is_refused_where_it_stands(folder, design, parameter, value, expected):
    row = find_row(folder, "reactors.csv", design=design, parameter=parameter)
    change_cell(folder, "reactors.csv", row, "value", value)
    only(report(folder), "reactors.csv", row, "value", value, expected)


UNITS = {
    "back_pressure_ratio": "MW_e/MW_th",
    "efficiency": "MW_e/MW_th",
    "store_investment": "EUR/MWh_th",
    "store_cost_exponent": "1",
    "store_charge_efficiency": "share",
    "turbine_ratio": "MW_e/MW_e",
    "house_load": "share",
    "house_load_idle": "share",
    "part_load_loss": "share",
    "learning_rate": "share",
    "live_steam_efficiency": "share",
}


def add_rows(folder, design, design_class, kind="smr", **figures):
    """Add rows of a design to the table of reactors; the line of the last."""
    lines = lines_of(folder, "reactors.csv")
    name = next((line[1] for line in lines if line[0] == design), design)
    for parameter, value in figures.items():
        cells = {
            "design": design,
            "name": name,
            "design_class": design_class,
            "kind": kind,
            "parameter": parameter,
            "value": str(value),
            "unit": UNITS[parameter],
            "source": "made up for tests",
            "provenance": "assumption",
            "note": "made up for tests",
        }
        lines.append([cells.get(column, "") for column in lines[0]])
    write_lines(folder / "reactors.csv", lines)
    return len(lines)


def test_back_pressure_without_a_feasible_point_is_refused(folder):
    """0.345 at 20 degC less... (0.345 - 0.317)/0.655 at 250 degC is the least ratio of all grades in reach."""
    row = add_rows(folder, "small_bwr", "cls_lwr", back_pressure_ratio=0.03)
    only(report(folder), "reactors.csv", row, "value", "0.03", "(efficiency - power_loss)/(1 - efficiency) = 0.0")


def test_back_pressure_with_a_feasible_point_is_taken(folder):
    from model.data import validate_folder

    add_rows(folder, "small_bwr", "cls_lwr", back_pressure_ratio=0.25)
    assert validate_folder(folder) == []


def test_back_pressure_that_reaches_no_heat_is_refused(folder):
    row = add_rows(folder, "small_bwr", "cls_lwr", back_pressure_ratio=0.25)
    change_cell(folder, "reactors.csv", find_row(folder, "reactors.csv", design="cls_lwr",
                                                 parameter="usable_temperature"), "value", "30")  # fmt: skip
    only(report(folder), "reactors.csv", row, "value", "0.25", "a heat carrier of at most 30 degC")


def test_an_existing_back_pressure_plant_is_refused(folder):
    row = add_rows(folder, "old_pwr", "cls_large", "existing", back_pressure_ratio=0.5)
    only(report(folder), "reactors.csv", row, "value", "0.5", "an existing plant gives no heat")


def test_a_heat_only_design_is_taken_and_needs_what_heat_needs(folder):
    from model.data import validate_folder

    last = find_row(folder, "reactors.csv", design="small_bwr", parameter="efficiency")
    change_cell(folder, "reactors.csv", last, "value", "0")
    assert validate_folder(folder) == []
    row = add_rows(folder, "small_bwr", "cls_lwr", store_investment=2000)
    only(report(folder), "reactors.csv", row, "value", "2000", "small_bwr has no turbine (efficiency 0)")


def test_a_heat_only_design_whose_heat_all_is_lost_is_refused(folder):
    row = find_row(folder, "reactors.csv", design="small_bwr", parameter="efficiency")
    change_cell(folder, "reactors.csv", row, "value", "0")
    add_rows(folder, "small_bwr", "cls_lwr", live_steam_efficiency=0)
    only(report(folder), "reactors.csv", row, "value", "0", "nothing comes out")


def test_a_class_without_power_needs_cost_per_heat(folder):
    row = find_row(folder, "reactors.csv", design="cls_large", parameter="efficiency")
    change_cell(folder, "reactors.csv", row, "value", "0")
    assert any(problem.row == str(row) and "investment_thermal" in problem.expected for problem in report(folder))


@pytest.mark.parametrize(
    ("figures", "value", "expected"),
    [
        ({"store_investment": 2000, "store_cost_exponent": 0.8}, "0.8", "store_cost_size and store_expected_size"),
        ({"store_investment": 2000, "store_charge_efficiency": 0}, "0", "nothing would reach the store"),
        ({"store_investment": 2000, "turbine_ratio": 0.5}, "0.5", "turbine_ratio in MW_e/MW_e of at least 1"),
        ({"house_load": 0.9}, "0.9", "house_load in share of at least 0 and at most 0.5"),
    ],
)
def test_a_plant_that_cannot_be_is_refused(folder, figures, value, expected):
    row = add_rows(folder, "small_bwr", "cls_lwr", **figures)
    only(report(folder), "reactors.csv", row, "value", value, expected)


def test_a_series_without_numbers_is_refused(folder):
    row = add_rows(folder, "small_bwr", "cls_lwr", learning_rate=0.1)
    only(report(folder), "reactors.csv", row, "parameter", "learning_rate", "rows series_number too")


def test_more_power_than_heat_is_refused(folder):
    """Half of the gross power for the plant at any load is as much as the net power, and part load takes half of it:
    2.5 x 0.333 = 0.833 MWh of power; at an efficiency of 0.42 it is 1.05."""
    row = add_rows(folder, "cls_lwr", "cls_lwr", house_load=0.5)
    add_rows(folder, "cls_lwr", "cls_lwr", house_load_idle=1, part_load_loss=0.5)
    assert validate_folder(folder) == []
    change_cell(folder, "reactors.csv", find_row(folder, "reactors.csv", design="cls_lwr", parameter="efficiency"),
                "value", "0.42")  # fmt: skip
    found = report(folder)
    blamed = [problem for problem in found if "one MWh of heat would make 1.050 MWh of power" in problem.expected]
    assert [(problem.file, problem.column) for problem in blamed] == [("reactors.csv", "value")]
    assert (blamed[0].row, blamed[0].value) == (str(row), "0.5")


def test_a_house_load_beyond_all_heat_is_refused_at_its_row(folder):
    change_cell(folder, "reactors.csv", find_row(folder, "reactors.csv", design="cls_lwr", parameter="efficiency"),
                "value", "0.6")  # fmt: skip
    add_rows(folder, "cls_lwr", "cls_lwr", house_load_idle=1)
    row = add_rows(folder, "cls_lwr", "cls_lwr", house_load=0.5)
    only(report(folder), "reactors.csv", row, "value", "0.5", "one MWh of heat would make 1.200 MWh of power")


def test_names_of_designs_after_the_table_was_emptied(folder):
    """A potential names what no table has: a technology, or a design of reactors."""
    path = folder / "reactors.csv"
    path.write_text(path.read_text().splitlines()[0] + "\n")
    assert any("a name from technologies.technology or a design of reactors.csv" in p.expected for p in report(folder))
