"""The data dictionary as a page and the tables as JSON Schema, both from the declared schemas."""

from __future__ import annotations

from typing import Any

from model.data.schemas import PROVENANCE_WORDS, SCHEMAS, Column, Table
from model.data.schemas.columns import figure, range_words

TYPES = {"text": "string", "flag": "string", "number": "number", "integer": "integer"}


def data_dictionary() -> str:
    """Write every table, column, unit and range as a Markdown page."""
    words = ", ".join(PROVENANCE_WORDS)
    lines = [
        "# Tables of a data set",
        "",
        "A data set is a folder of CSV files (UTF-8, comma, one header line). Every table ends with the columns "
        f"`source`, `provenance` (first word one of {words}) and `note`. Where a table has a column `year`, figures "
        "are interpolated between the years given and constant outside them; a blank year holds for all.",
        "",
        "A value outside the range of `value` is a fault: nothing is solved. A value outside `plausible` is doubted in "
        "a warning, and the model goes on: these ranges are wide, and outside them it is mostly a unit or a digit that "
        "is wrong.",
        "",
    ]
    for table in SCHEMAS.values():
        lines += _table_page(table)
    return "\n".join(lines).rstrip() + "\n"


def _table_page(table: Table) -> list[str]:
    files = ", ".join(f"`{name}`" for name in table.file_names)
    together = " (put under one another)" if len(table.file_names) > 1 else ""
    lines = [f"## {table.name}", "", table.description, ""]
    lines += [f"File: {files}{together}{'' if table.required else '; may be absent'}. Key: {', '.join(table.key)}.", ""]
    lines += ["| column | unit | value | plausible | blank | meaning |", "| --- | --- | --- | --- | --- | --- |"]
    for column in table.columns:
        unit = table.unit if column.name == "value" and table.unit else column.unit
        blank = column.blank or ("" if column.blank is None else "allowed")
        blank += "; the column may be absent" if column.optional else ""
        cells = (column.name, unit, column.expectation, column.plausibility, blank, column.description)
        lines.append(f"| {' | '.join(cells)} |")
    if table.parameters:
        lines += ["", "| parameter | unit | range | plausible | meaning |", "| --- | --- | --- | --- | --- |"]
        for parameter in table.parameters:
            unit = parameter.unit.replace("{capacity}", "capacity unit")
            low = f"above {figure(parameter.above)}" if parameter.above is not None else _from(parameter.minimum)
            high = "" if parameter.maximum is None else f"to {figure(parameter.maximum)}"
            row = (
                parameter.name,
                unit,
                f"{low} {high}".strip(),
                range_words(parameter.plausible),
                parameter.description,
            )
            lines.append(f"| {' | '.join(row)} |")
    return [*lines, ""]


def _from(minimum: float | None) -> str:
    return "" if minimum is None else f"from {figure(minimum)}"


def json_schema() -> dict[str, Any]:
    """Describe every table as an array of row objects (JSON Schema 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tables of a data set",
        "type": "object",
        "required": [table.name for table in SCHEMAS.values() if table.required],
        "properties": {table.name: _table_schema(table) for table in SCHEMAS.values()},
        "additionalProperties": False,
    }


def _table_schema(table: Table) -> dict[str, Any]:
    row = {
        "type": "object",
        "required": [column.name for column in table.all_columns if column.blank is None and not column.optional],
        "properties": {column.name: _column_schema(column, table) for column in table.all_columns},
        "additionalProperties": False,
    }
    return {"description": table.description, "type": "array", "items": row, "x-key": list(table.key)}


def _column_schema(column: Column, table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {"description": column.description, "type": TYPES[column.kind]}
    if column.blank is not None:
        schema["type"] = [TYPES[column.kind], "null"]
    bounds = {"minimum": column.minimum, "maximum": column.maximum, "exclusiveMinimum": column.above}
    schema |= {name: bound for name, bound in bounds.items() if bound is not None}
    if column.choices or column.kind == "flag":
        schema["enum"] = list(column.choices or ("yes", "no"))
    if column.name == "parameter" and table.parameters:
        schema["anyOf"] = [
            {"pattern": f"^{parameter.name}"} if parameter.name.endswith(":") else {"const": parameter.name}
            for parameter in table.parameters
        ]
    if column.pattern:
        schema["pattern"] = f"^{column.pattern[0]}$"
    if column.plausibility:
        schema["x-plausible"] = column.plausibility
    if column.unit:
        schema["x-unit"] = column.unit
    if column.references:
        schema["x-references"] = column.references
    return schema
