"""The declared schemas: coherent in themselves, and the data dictionary and JSON Schema made from them."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from model.data.cells import nearest, read_cell
from model.data.schemas import COMMON_COLUMNS, SCHEMAS, Column, devices
from model.data.schemas.dictionary import data_dictionary, json_schema
from model.data.tables import read_tables
from tests.helpers import TINY

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "tables.md"


def test_every_reference_leads_to_a_column():
    for table in SCHEMAS.values():
        for column in table.columns:
            if column.references:
                other, name = column.references.split(".")
                assert name in [c.name for c in SCHEMAS[other].columns], f"{table.name}.{column.name}"


def test_every_number_has_a_bound_or_a_parameter_list():
    for table in SCHEMAS.values():
        for column in table.columns:
            bounded = (column.minimum, column.maximum, column.above) != (None, None, None)
            assert column.kind not in ("number", "integer") or bounded or table.parameters, (
                f"{table.name}.{column.name}"
            )


def test_the_tiny_data_set_uses_every_table():
    read = read_tables(TINY)
    assert read.problems == []
    # What is given one by one has data sets of its own (tests/exchange).
    alone = {table.name for table in devices.TABLES}
    alone |= {"substation_hosting", "substation_reinforcement"}  # tests/closed_form, tests/grid
    assert {name for name, frame in read.tables.items() if frame.empty} == {"solar_collectors", *alone}


def test_a_frame_keeps_the_place_of_its_rows():
    read = read_tables(TINY)
    frame = read.tables["potentials"]
    assert set(frame["_file"]) == {"potentials.csv", "reactor_potentials.csv"}
    assert frame.loc[frame["_file"] == "reactor_potentials.csv", "_row"].tolist() == [2, 3, 4, 5]
    assert len(read.checksums["potentials.csv"]) == 64


@pytest.mark.parametrize(
    ("text", "column", "value", "expected"),
    [
        ("3.5", Column("x", "", "number", "MW", 0), 3.5, ""),
        ("-1", Column("x", "", "number", "MW", 0), None, "a number in MW of at least 0"),
        ("1.2", Column("x", "", "number", "share", None, 1, above=0), None, "a number in share of at most 1 above 0"),
        ("0", Column("x", "", "number", "share", None, 1, above=0), None, "a number in share of at most 1 above 0"),
        ("2030.5", Column("x", "", "integer", "year"), None, "a whole number in year"),
        ("", Column("x", "", "number"), None, "a number, not a blank"),
        ("", Column("x", "", "number", blank="no limit"), None, ""),
        ("yes", Column("x", "", "flag"), "yes", ""),
        ("Yes", Column("x", "", "flag"), "yes", "yes or no (did you mean 'yes'?)"),
        ("dd", Column("x", "", choices=("direct", "two")), "", "one of direct, two"),
        ("dirct", Column("x", "", choices=("direct", "two")), "direct", "one of direct, two (did you mean 'direct'?)"),
        ("#12345", Column("x", "", pattern=("#[0-9]{6}", "a colour")), "#12345", "a colour"),
        ("1_000", Column("x", "", "number", "MW"), None, "a number in MW; thousands are not separated"),
    ],
)
def test_reading_a_cell(text, column, value, expected):
    read, fault = read_cell(text, column)
    assert fault == expected
    assert (read != read) if value is None else (read == value)


def test_the_nearest_name():
    assert nearest("investmnt", ["investment", "lifetime"]) == " (did you mean 'investment'?)"
    assert nearest("zzz", ["investment"]) == ""


def test_the_page_of_tables_is_up_to_date():
    """Made by `data_dictionary()`; every table and column stands in it."""
    page = data_dictionary()
    assert PAGE.read_text(encoding="utf-8") == page
    for table in SCHEMAS.values():
        assert f"\n## {table.name}\n" in page


def test_json_schema_accepts_a_good_row_and_refuses_a_bad_one():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    rows = schema["properties"]["corridors"]
    good = dict.fromkeys((column.name for column in SCHEMAS["corridors"].columns if column.blank is None), "x")
    good |= {"kind": "ac", "capacity": 100.0, "security_factor": 0.7, "efficiency": 1.0}
    good |= {column.name: "assumption" for column in COMMON_COLUMNS}
    jsonschema.validate([good], rows)
    for change in ({"kind": "sea"}, {"security_factor": 1.2}, {"efficiency": 0}, {"capacitiy": 3}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate([good | change], rows)
