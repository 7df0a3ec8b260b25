"""Names: keys that stand once, references that lead somewhere, parameters and units that the schema knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.data.schemas import SCHEMAS, Parameter, Table
from model.data.tables import nearest
from model.data.validation.places import at, rows_of
from model.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

Tables = dict[str, "pd.DataFrame"]


def name_problems(tables: Tables) -> list[Problem]:
    """List duplicate keys, unknown names, unknown parameters and wrong units of all tables."""
    problems: list[Problem] = []
    for table in SCHEMAS.values():
        rows = rows_of(tables[table.name])
        problems += _duplicates(table, rows)
        problems += _unknown_names(table, rows, tables)
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


def known_names(reference: str, tables: Tables) -> list[str]:
    """Values that a reference such as `nodes.node` allows; reactor designs count as technologies."""
    table, column = reference.split(".")
    names = list(tables[table][column])
    if reference == "technologies.technology":
        names += list(tables["reactors"]["design"])
    return sorted(set(names))


def _unknown_names(table: Table, rows: list[dict[str, Any]], tables: Tables) -> list[Problem]:
    problems = []
    for column in table.columns:
        if column.references is None:
            continue
        names = known_names(column.references, tables)
        allowed = set(names)
        for row in rows:
            value = row[column.name]
            if value != "" and value not in allowed:
                problems.append(at(row, column.name, value, column.expectation + nearest(value, names)))
    return problems


def _parameters(table: Table, rows: list[dict[str, Any]], tables: Tables) -> list[Problem]:
    """Parameter rows: known name, declared unit, value in range."""
    problems: list[Problem] = []
    if not table.parameters:
        return problems
    names = [parameter.name for parameter in table.parameters]
    capacity = dict(zip(tables["technologies"]["technology"], tables["technologies"]["capacity_unit"], strict=True))
    for row in rows:
        parameter = table.parameter(row["parameter"])
        if parameter is None:
            problems.append(
                at(row, "parameter", row["parameter"], "a known parameter" + nearest(row["parameter"], names))
            )
            continue
        units = parameter_units(parameter, capacity.get(row.get("technology", ""), "MW"))
        if row["unit"] not in units:
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
        words += f" above {parameter.above:g}"
    elif parameter.minimum is not None:
        words += f" of at least {parameter.minimum:g}"
    return words + (f" and at most {parameter.maximum:g}" if parameter.maximum is not None else "")


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
        if expected is not None and row["unit"] != expected:
            problems.append(at(row, "unit", row["unit"], f"{expected}, the capacity unit of {row['technology']}"))
    return problems
