"""Answers as plain data for JSON, and as text for a terminal."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def plain(value: Any) -> Any:
    """Return a value made of what JSON knows: a table as a list of rows, nan and infinity as null."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        named = value.reset_index() if any(value.index.names) else value
        return [plain(row) for row in named.to_dict("records")]
    if hasattr(value, "item"):
        return plain(value.item())
    return str(value)


def table_text(value: Any) -> str:
    """Return a table, or anything else that can write itself, as text."""
    if hasattr(value, "to_string"):
        named = any(value.index.names)
        return str(value.to_string(index=named, float_format=lambda number: f"{number:,.6g}", na_rep="-"))
    return str(value)
