"""Every table of a data set, declared once.

Validation, the data dictionary (`data_dictionary`) and the JSON Schema (`json_schema`) all read this list.
"""

from __future__ import annotations

from model.data.schemas import (
    demand_and_prices,
    devices,
    grid,
    heat_and_gases,
    places,
    profiles,
    reactors,
    rights,
    sites,
    technologies,
)
from model.data.schemas.columns import COMMON_COLUMNS, PROVENANCE_WORDS, Column, Parameter, Table

ROOMS = (
    places,
    technologies,
    demand_and_prices,
    profiles,
    grid,
    heat_and_gases,
    reactors,
    sites,
    rights,
    devices,
)
SCHEMAS: dict[str, Table] = {table.name: table for room in ROOMS for table in room.TABLES}

__all__ = ["COMMON_COLUMNS", "PROVENANCE_WORDS", "SCHEMAS", "Column", "Parameter", "Table"]
