"""Answers as plain data and text."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from model.cli.plain import plain, table_text


@dataclass
class Point:
    where: Path
    value: float


def test_everything_becomes_json():
    value = {"a": [np.float64(1.5), np.int64(2), math.nan], 3: (Point(Path("x"), math.inf), None, True)}
    assert plain(value) == {"a": [1.5, 2, None], "3": [{"where": "x", "value": None}, None, True]}
    json.dumps(plain(value), allow_nan=False)


def test_table_becomes_rows_with_its_index():
    table = pd.DataFrame({"MW": [1.0, math.nan]}, index=pd.Index(["GR", "ZE"], name="region"))
    assert plain(table) == [{"region": "GR", "MW": 1.0}, {"region": "ZE", "MW": None}]
    assert "GR" in table_text(table) and "-" in table_text(table)


def test_text_stays_text():
    assert table_text("words") == "words"
