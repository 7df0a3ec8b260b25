"""Figures that are possible and hardly meant are told as warnings, and the case is built all the same."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from model.data import build_case
from model.data.schemas import SCHEMAS
from model.data.schemas.columns import Column, Parameter
from model.data.validation import check_folder
from model.errors import ImplausibleInput, Problem
from model.scenario import inputs_folder
from tests.data.reports import lines_of
from tests.helpers import TINY, change_cell, find_row, tiny_scenario, write_lines

DOUBTFUL_CELLS = [
    ("fuel_prices.csv", {"carrier": "natural_gas", "year": "2030"}, "value", "3000", "-100 to 500 EUR/MWh"),
    ("fuel_prices.csv", {"carrier": "natural_gas", "year": "2030"}, "value", "-30", "a price of at least 0 EUR/MWh"),
    ("carbon_prices.csv", {"year": "2040"}, "value", "9000", "at most 2000 EUR/t"),
    ("carbon_caps.csv", {"year": "2050"}, "value", "3", "a cap of at most that of 2030, 2 Mt/year"),
    ("neighbour_prices.csv", {"parameter": "mean", "year": "2030"}, "value", "5500", "-50 to 500 EUR/MWh for mean"),
    ("technology_parameters.csv", {"technology": "solar", "parameter": "investment"}, "value", "7e8", "10 to 5e7"),
    ("technology_parameters.csv", {"technology": "solar", "parameter": "lifetime"}, "value", "150", "5 to 120 year"),
    ("reactors.csv", {"design": "cls_lwr", "parameter": "investment"}, "value", "700000", "500 to 50000 EUR/kW_e"),
    ("existing_capacity.csv", {"technology": "solar"}, "capacity", "200000", "at most 100000 MW of a technology"),
    ("carriers.csv", {"carrier": "electricity"}, "value_of_lost_load", "1", "more than the dearest fuel, 60 EUR/MWh"),
    ("stores.csv", {"store": "battery"}, "standing_loss", "0.4", "at most 0.1 share/hour"),
    ("regions.csv", {"region": "A"}, "longitude", "-75", "a place at most 2000 km from the median of all places"),
    ("demand.csv", {"node": "A_regional", "year": "2030"}, "value", "100000", "at most 10,000 times the median of"),
    ("hosting.csv", {"region": "A"}, "capacity", "700000", "at most 100000 MW"),
    ("sites.csv", {"node": "S_C"}, "tariff_contract", "65000", "at most 1000 EUR/kW/year"),
]


def doubts_of(folder: Path) -> list[Problem]:
    """Doubts of a folder without faults, and the same as warnings when a case is built."""
    checked = check_folder(folder)
    assert checked.problems == []
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        build_case(tiny_scenario(), folder)
    assert [one.message.problem for one in told if isinstance(one.message, ImplausibleInput)] == checked.doubts
    return checked.doubts


@pytest.mark.parametrize("folder", [TINY, inputs_folder() / "nl"], ids=["tiny", "nl"])
def test_the_data_sets_that_ship_raise_no_doubt(folder):
    checked = check_folder(folder)
    assert (checked.problems, checked.doubts) == ([], [])


@pytest.mark.parametrize(("file", "where", "column", "value", "expected"), DOUBTFUL_CELLS)
def test_an_implausible_figure_is_told_where_it_stands(folder, file, where, column, value, expected):
    row = find_row(folder, file, **where)
    change_cell(folder, file, row, column, value)
    here = [doubt for doubt in doubts_of(folder) if (doubt.file, doubt.row) == (file, str(row))]
    assert any(expected in doubt.expected for doubt in here), [str(doubt) for doubt in here]
    assert all(column in doubt.column for doubt in here)


def test_places_whose_coordinates_are_swapped(folder):
    row = find_row(folder, "nodes.csv", node="A_transmission")
    lines = lines_of(folder, "nodes.csv")
    lines[row - 1][5:7] = lines[row - 1][6:4:-1]
    write_lines(folder / "nodes.csv", lines)
    (doubt,) = doubts_of(folder)
    assert doubt.row == str(row) and "latitude and longitude look swapped" in doubt.expected


def test_more_stands_than_the_place_can_hold(folder):
    row = find_row(folder, "existing_capacity.csv", technology="solar")
    node = lines_of(folder, "existing_capacity.csv")[row - 1][0]
    potential = find_row(folder, "potentials.csv", node=node, technology="solar")
    change_cell(folder, "potentials.csv", potential, "capacity_max", "10")
    (doubt,) = doubts_of(folder)
    assert (doubt.file, doubt.row) == ("existing_capacity.csv", str(row))
    assert doubt.expected.startswith("at most the potential there, 10 MW_e")


def test_what_stands_one_after_the_other_is_not_added_up(folder):
    """A plant that goes in the year in which the next one comes shares its place with it."""
    lines = lines_of(folder, "existing_capacity.csv")
    row = find_row(folder, "existing_capacity.csv", technology="solar")
    first, second = list(lines[row - 1]), list(lines[row - 1])
    node, capacity = first[0], float(first[3])
    first[2], first[5], first[6] = "first", "2010", "2030"
    second[2], second[5], second[6] = "second", "2030", "2050"
    write_lines(folder / "existing_capacity.csv", [*lines[: row - 1], first, second, *lines[row:]])
    potential = find_row(folder, "potentials.csv", node=node, technology="solar")
    change_cell(folder, "potentials.csv", potential, "capacity_max", f"{1.5 * capacity}")
    assert doubts_of(folder) == []


def test_a_load_shape_that_is_not_relative_to_its_mean(folder):
    lines = lines_of(folder, "load_shapes.csv")
    at = lines[0].index("value")
    scaled = [[*line[:at], f"{float(line[at]) * 60:g}", *line[at + 1 :]] for line in lines[1:]]
    write_lines(folder / "load_shapes.csv", [lines[0], *scaled])
    found = [doubt for doubt in doubts_of(folder) if doubt.file == "load_shapes.csv"]
    assert [doubt.value[:9] for doubt in found] == ["a mean of"] * 2
    assert "of about 1 (0.2 to 5)" in found[0].expected


def test_own_use_that_should_be_taken_off(folder):
    lines = lines_of(folder, "technology_flows.csv")
    (taken,) = (line for line in lines if line[:3] == ["gas_ccgt", "natural_gas", "in"])
    own = ["gas_ccgt", "electricity", "in", "", "0.05", *taken[5:]]
    write_lines(folder / "technology_flows.csv", [*lines, own])
    (doubt,) = doubts_of(folder)
    assert doubt.row == str(len(lines) + 1) and "its own use taken off" in doubt.expected


def test_a_heat_pump_that_lifts_without_power(folder):
    lines = lines_of(folder, "technology_flows.csv")
    at = lines[0].index("profile")
    write_lines(folder / "technology_flows.csv", [lines[0], *([*line[:at], "", *line[at + 1 :]] for line in lines[1:])])
    row = find_row(folder, "technology_flows.csv", technology="heat_pump", direction="in")
    change_cell(folder, "technology_flows.csv", row, "value", "0.01")
    assert any("at most 50 MWh of heat per MWh of electricity" in doubt.expected for doubt in doubts_of(folder))


def test_a_reactor_figure_outside_its_own_range(folder):
    row = find_row(folder, "reactors.csv", design="cls_lwr", parameter="investment")
    change_cell(folder, "reactors.csv", row, "low", "9000")
    change_cell(folder, "reactors.csv", row, "high", "9500")
    change_cell(folder, "reactors.csv", row, "value", "7000")
    (doubt,) = doubts_of(folder)
    assert doubt.expected == "a figure from low (9000) to high (9500)"


def test_a_price_below_zero_needs_a_limit(folder):
    for row in (2, 3, 4):
        change_cell(folder, "fuel_prices.csv", row, "value", "-20")
    assert doubts_of(folder) == []
    write_lines(folder / "fuel_limits.csv", lines_of(folder, "fuel_limits.csv")[:1])
    problems = check_folder(folder).problems
    assert {problem.column for problem in problems} == {"value"}
    assert "a limit of natural_gas in fuel_limits.csv" in problems[0].expected


def test_plausible_ranges_lie_inside_the_possible_ones():
    def bounds(item: Column | Parameter) -> tuple[float, float]:
        lowest = max((bound for bound in (item.minimum, item.above) if bound is not None), default=-float("inf"))
        return lowest, float("inf") if item.maximum is None else item.maximum

    for table in SCHEMAS.values():
        for item in (*table.columns, *table.parameters):
            low, high = item.plausible
            lowest, highest = bounds(item)
            assert low is None or lowest < low, f"{table.name}.{item.name}"
            assert high is None or high < highest, f"{table.name}.{item.name}"


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        ("efficiency", "0.45", "unit_size_e / unit_size_th = 300/900 = 0.333 MW_e/MW_th"),
        ("usable_temperature", "1100", "at most 300 degC of light water"),
        ("back_pressure_min", "5", "at most 1 MW_e/MW_th for back_pressure_min"),
    ],
)
def test_figures_of_a_design_that_do_not_go_together(folder, parameter, value, expected):
    row = find_row(folder, "reactors.csv", design="cls_lwr", parameter=parameter)
    change_cell(folder, "reactors.csv", row, "value", value)
    assert any(doubt.row == str(row) and expected in doubt.expected for doubt in doubts_of(folder))


def test_a_class_that_is_hot_and_has_no_curve(folder):
    lines = lines_of(folder, "reactor_extraction.csv")
    write_lines(folder / "reactor_extraction.csv", [line for line in lines if line[0] != "cls_htgr"])
    row = find_row(folder, "reactors.csv", design="cls_htgr", parameter="usable_temperature")
    (doubt,) = doubts_of(folder)
    assert (doubt.file, doubt.row) == ("reactors.csv", str(row))
    assert (
        doubt.expected == "rows of cls_htgr in reactor_extraction.csv too: without them cls_htgr gives no heat at all"
    )


@pytest.mark.parametrize(
    ("detail", "table"),
    [
        ("heat_networks", "heat_networks"),
        ("gas_network", "gas_injection"),
        ("carbon_network", "carbon_sinks"),
        ("process_emissions", "process_emissions"),
    ],
)
def test_a_detail_without_rows(folder, detail, table):
    lines = lines_of(folder, f"{table}.csv")
    wanted = tiny_scenario(years=[2030], **{f"detail__{detail}": True})
    with warnings.catch_warnings():
        warnings.simplefilter("error", ImplausibleInput)
        build_case(wanted, folder)
    write_lines(folder / f"{table}.csv", lines[:1])
    with pytest.warns(ImplausibleInput, match=f"detail.{detail}.*rows in {table}.csv"):
        build_case(wanted, folder)
