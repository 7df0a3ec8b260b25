"""Nonsense in the tables of connections, and in what a scenario asks of rights, is refused by name."""

from __future__ import annotations

import math

import pytest

from model.data import build_case
from model.data.tables import read_tables
from model.data.validation import validate_folder
from model.data.validation.references import resolve_names
from model.data.validation.rights import member_problems, right_problems
from model.data.validation.sites import site_problems
from model.errors import InputError
from tests.helpers import TINY, change_cell, copy_tiny, find_row, tiny_scenario

FAULTS = [
    ("connections", {"connection": "wind_A"}, "feed_in_contract", 950.0, "at most the connection, 900 MW"),
    ("connections", {"connection": "wind_A"}, "feed_in_peak", 310.0, "at most today's contract"),
    (
        "connections",
        {"connection": "wind_A"},
        "node",
        "A_regionaal",
        "(did you mean 'A_regional'?)",
    ),
    ("connections", {"connection": "sun_A"}, "pooled_with", "wind_C", "another connection at A_regional"),
    ("connections", {"connection": "sun_A"}, "pooled_with", "wind_X", "a name from connections.connection"),
    ("connections", {"connection": "wind_A"}, "pooled_with", "wind_A", "another connection at A_regional"),
    ("connections", {"connection": "wind_A"}, "first_year", 2040.0, "no later than that of sun_A"),
    ("connections", {"connection": "wind_A"}, "contract_group", "south", "a place at"),
    ("connections", {"connection": "wind_A"}, "contract_group", "sun_C", "another label"),
    ("connections", {"connection": "sun_A"}, "profile_technology", "gas_ccgt", "hourly availability at A_regional"),
    (
        "connection_members",
        {"connection": "sun_A"},
        "technology",
        "wind_offshore",
        "stands or may be built at A_regional",
    ),
    ("connection_members", {"connection": "sun_A"}, "technology", "gas_boiler", "gives or takes electricity"),
    ("connection_members", {"connection": "sun_A"}, "technology", "wind_onshore", "on one connection only"),
    ("connection_members", {"connection": "cell_A"}, "store", "cavern", "a store of electricity"),
    ("connection_members", {"connection": "sun_A"}, "store", "battery", "one of the two"),
    ("connection_members", {"connection": "sun_A"}, "connection", "works", "no members"),
    ("connection_rights", {"connection": "sun_C"}, "capacity_max", 900.0, "at most its connection, 800 MW"),
    ("connection_rights", {"connection": "sun_C"}, "contract_class", "reserve_600h", "one of the kinds"),
    ("connection_rights", {"connection": "sun_C"}, "connection", "sun_D", "a name from connections.connection"),
    ("site_contracts", {"contract_class": "night"}, "contract_class", "nfa", "others are for connections.csv"),
    ("contract_classes", {"contract_class": "on_call"}, "hours_max", math.nan, "needs it"),
    ("contract_classes", {"contract_class": "night"}, "call_payment", 5.0, "a blank: only call"),
    ("firm_headroom", {"region": "C"}, "region", "X", "a name from regions.region"),
]


@pytest.fixture(scope="module")
def reading():
    return read_tables(TINY)


@pytest.mark.parametrize(("table", "row", "column", "value", "words"), FAULTS)
def test_a_nonsense_cell_is_refused_with_row_and_column(reading, table, row, column, value, words):
    frame = reading.tables[table].copy()
    (label, name), *_ = row.items()
    place = frame.index[frame[label] == name][0]
    frame.loc[place, column] = value
    tables = {**reading.tables, table: frame}
    found = [*resolve_names(tables, set()).problems, *right_problems(tables), *member_problems(tables)]
    found += site_problems(tables)
    here = [problem for problem in found if problem.column in (column, "technology", "node")]
    assert any(words in problem.expected for problem in here), [str(problem) for problem in found]


FORM = [
    ("connections", {"connection": "cell_A"}, "capacity", "", "a number"),
    ("connections", {"connection": "sun_A"}, "coincidence", "1.2", "from 0 to 1"),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "words"), FORM)
def test_a_cell_that_cannot_be_read_is_refused(tmp_path, table, row, column, value, words):
    folder = copy_tiny(tmp_path)
    line = find_row(folder, f"{table}.csv", **row)
    change_cell(folder, f"{table}.csv", line, column, value)
    (problem,) = validate_folder(folder)
    assert (problem.file, problem.row, problem.column) == (f"{table}.csv", str(line), column)
    assert words in problem.expected


ASKED = [
    ({"classes": ["firm", "atr58"]}, "grid.rights.classes", "(did you mean 'atr85'?)"),
    ({"classes": ["firm", "reserve_600h"]}, "grid.rights.classes", "a class of connections"),
    ({"fixed": {"wind_Z": {"feed_in": {"firm": 3.0}}}}, "grid.rights.fixed", "a connection of connections.csv"),
    ({"fixed": {"wind_A": {"feed_in": {"firm": 700.0}}}}, "grid.rights.fixed.wind_A.feed_in", "at most the connection"),
    (
        {"classes": ["firm", "night"], "fixed": {"wind_A": {"feed_in": {"night": 7.0}}}},
        "grid.rights.fixed.wind_A.feed_in",
        "that connection_rights.csv offers wind_A for feed_in",
    ),
    ({"limited_share": {"solaar": 0.5}}, "grid.rights.limited_share", "a technology of connection_members.csv"),
    ({"limited_share": {"solar": 0.5}}, "grid.rights.limited_share", "may choose a class of kind window or call"),
    ({"nonfirm_share": {"solar": 0.5}}, "grid.rights.nonfirm_share", "may choose a class of kind nonfirm"),
]


@pytest.mark.parametrize(("settings", "key", "words"), ASKED)
def test_what_a_scenario_asks_of_rights_is_refused_by_name(settings, key, words):
    with pytest.raises(InputError) as refused:
        build_case(tiny_scenario(grid__rights={"enabled": True, **settings}), TINY)
    assert [problem.column for problem in refused.value.problems] == [key]
    assert words in refused.value.problems[0].expected


def test_a_site_has_one_kind_of_contracts():
    with pytest.raises(InputError, match="connection works"):
        build_case(tiny_scenario(grid__rights={"enabled": True}, sites__tariffs="cost"), TINY)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"cable_pooling": True}, "nothing where grid.rights.enabled is false"),
        ({"enabled": True, "fixed": {"wind_A": {"feed_in": {"nfa": 5.0}}}}, "a class that may be chosen"),
        ({"enabled": True, "limited_share": {"solar": 1.5}}, "less than or equal to 1"),
    ],
)
def test_settings_that_contradict_one_another_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        tiny_scenario(grid__rights=settings)
