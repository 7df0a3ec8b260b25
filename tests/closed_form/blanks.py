"""Tables and scenarios from a few words: everything that is not said is blank or plain."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from model.data.schemas import SCHEMAS
from model.data.validation.meaning import meaning_problems
from model.data.validation.names import name_problems
from model.data.validation.references import resolve_names
from model.scenario import Scenario

WEATHER_YEAR = 2019
PLAIN: dict[str, Any] = {
    "name": "closed_form",
    "years": [2030],
    "last_year_span": 1,
    "weather_years": [WEATHER_YEAR],
    "time": {"mode": "full"},
    "prices": {"fuel": "given", "carbon": "given"},
    "finance": {"discount_rate": 0.0, "wacc": 0.0},
    "carbon": {"cap": None, "price": False},
}


def settings_of(overrides: Mapping[str, Any]) -> Scenario:
    """Scenario of a closed form; keys have `__` for a dot."""
    settings: dict[str, Any] = {key: dict(value) if isinstance(value, dict) else value for key, value in PLAIN.items()}
    for key, value in overrides.items():
        *path, last = key.split("__")
        place = settings
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return Scenario.model_validate(settings)


def frame(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a table of the schema, blanks as the reader of the files leaves them."""
    return _empty(name) if not rows else _filled(name, rows)


@cache
def _empty(name: str) -> pd.DataFrame:
    return _filled(name, [])


def _filled(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    numeric = {column.name: column.kind in ("number", "integer") for column in SCHEMAS[name].all_columns}
    unknown = {cell for row in rows for cell in row} - set(numeric)
    assert not unknown, f"{name} has no columns {unknown}"
    columns = {
        column: np.array(
            [row.get(column, math.nan if number else "") for row in rows], dtype=float if number else object
        )
        for column, number in numeric.items()
    }
    return pd.DataFrame({**columns, "_file": f"{name}.csv", "_row": np.arange(2, len(rows) + 2)})


def faults(tables: Mapping[str, pd.DataFrame]) -> list[Any]:
    """What the data room finds wrong; units, prices abroad and profiles by name are not spelt out in a world."""
    given = dict(tables)
    found = resolve_names(given, set()).problems + name_problems(given, given) + meaning_problems(given)
    return [problem for problem in found if _matters(problem)]


def _matters(problem: Any) -> bool:
    files = ("neighbour_prices.csv", "neighbours.csv")
    return problem.column not in ("unit", "profile", "availability_profile") and problem.file not in files
