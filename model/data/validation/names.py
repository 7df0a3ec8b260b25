"""Keys that stand once, parameters and units that the schema knows."""

from __future__ import annotations

from typing import Any

from model.data.schemas import SCHEMAS, Parameter, Table
from model.data.schemas.columns import figure
from model.data.validation.places import Tables, at, rows_of
from model.errors import Problem


def name_problems(tables: Tables, as_read: Tables) -> list[Problem]:
    """List duplicate keys, parameters out of range and wrong units of all tables.

    Args:
        tables: tables in which every name leads somewhere.
        as_read: the same as they stand in the files: a mended name may make a key that stands there only once.
    """
    problems: list[Problem] = []
    for table in SCHEMAS.values():
        rows = rows_of(tables[table.name])
        problems += _duplicates(table, rows_of(as_read[table.name]))
        problems += _parameters(table, rows, tables)
        problems += _units(table, rows, tables)
    return problems


def _duplicates(table: Table, rows: list[dict[str, Any]]) -> list[Problem]:
    first: dict[tuple[str, ...], int] = {}
    problems = []
    for row in rows:
        key = tuple(str(row[name]) for name in table.key)
        if key in first:
            words = "; ".join("" if part == "nan" else part for part in key)
            expected = f"a key that stands once (already in row {first[key]})"
            problems.append(at(row, ", ".join(table.key), words, expected))
        first.setdefault(key, row["_row"])
    return problems


def _parameters(table: Table, rows: list[dict[str, Any]], tables: Tables) -> list[Problem]:
    """Parameter rows: declared unit, value in range."""
    problems: list[Problem] = []
    if not table.parameters:
        return problems
    capacity = dict(zip(tables["technologies"]["technology"], tables["technologies"]["capacity_unit"], strict=True))
    for row in rows:
        parameter = table.parameter(row["parameter"])
        if parameter is None:
            continue
        capacity_unit = capacity.get(row.get("technology", ""), "MW")
        units = parameter_units(parameter, capacity_unit)
        # Without a capacity unit, which is a fault of its own, the unit of the figure cannot be judged.
        if row["unit"] not in units and capacity_unit:
            problems.append(at(row, "unit", row["unit"], units[0]))
        elif not _inside(parameter, row["value"]):
            problems.append(at(row, "value", row["value"], _range(parameter)))
    return problems


def parameter_units(parameter: Parameter, capacity_unit: str) -> list[str]:
    """Units in which a parameter may be stated, the preferred one first: per MW, or per MW_th as the capacity is."""
    if "{capacity}" not in parameter.unit:
        return [parameter.unit]
    plain = "MWh" if capacity_unit.startswith("MWh") else "MW"
    return list(dict.fromkeys(parameter.unit.format(capacity=unit) for unit in (plain, capacity_unit)))


def _inside(parameter: Parameter, value: float) -> bool:
    return not (
        value != value
        or (parameter.minimum is not None and value < parameter.minimum)
        or (parameter.maximum is not None and value > parameter.maximum)
        or (parameter.above is not None and value <= parameter.above)
    )


def _range(parameter: Parameter) -> str:
    words = f"{parameter.name} in {parameter.unit}".replace("{capacity}", "MW")
    if parameter.above is not None:
        words += f" above {figure(parameter.above)}"
    elif parameter.minimum is not None:
        words += f" of at least {figure(parameter.minimum)}"
    return words + (f" and at most {figure(parameter.maximum)}" if parameter.maximum is not None else "")


def _units(table: Table, rows: list[dict[str, Any]], tables: Tables) -> list[Problem]:
    """Unit columns of tables with one unit, and of tables whose unit is the technology's capacity unit."""
    if table.unit:
        return [at(row, "unit", row["unit"], table.unit) for row in rows if row["unit"] != table.unit]
    if table.name not in ("existing_capacity", "potentials"):
        return []
    capacity = dict(zip(tables["technologies"]["technology"], tables["technologies"]["capacity_unit"], strict=True))
    capacity |= dict.fromkeys(tables["reactors"]["design"], "MW_th")
    problems = []
    for row in rows:
        expected = capacity.get(row["technology"])
        if expected and row["unit"] != expected:
            problems.append(at(row, "unit", row["unit"], f"{expected}, the capacity unit of {row['technology']}"))
    return problems
