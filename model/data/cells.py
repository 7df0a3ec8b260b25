"""One cell: from text to a value of its column, or what was expected instead."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable
from typing import Any

from model.data.schemas import Column

FLAGS = ("yes", "no")
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
NOT_FINITE = re.compile(r"[-+]?(inf|infinity)", re.IGNORECASE)
MANGLED = (
    (re.compile(r"#.*"), "this is an error of a spreadsheet"),
    (re.compile(r".*%"), "a share is written without %, 0.05 for 5%"),
    (re.compile(r"\d{1,4}[-/]\d{1,2}([-/]\d{1,4})?|\d{1,2}\.\d{1,2}\.(\d{2}|\d{4})"), "this looks like a date"),
    (re.compile(r"\d{1,4}[-/ ]?[A-Za-z]{3,9}\.?([-/ ]?\d{2,4})?|[A-Za-z]{3,9}\.?[-/ ]\d{1,4}"),
     "this looks like a date, which spreadsheets make of numbers, or has a unit in it"),
    (re.compile(r"[-+]?\d+,\d{3}"), "no comma: thousands are not separated, decimals have a point"),
    (re.compile(r"[-+]?(\d+|\d{1,3}([. ]\d{3})+),\d+([eE][-+]?\d+)?"), "decimals have a point, not a comma"),
    (re.compile(r"[-+]?\d{1,3}([,._ '\u00a0\u202f]\d{3})+(\.\d+)?"), "thousands are not separated"),
    (re.compile(r"na|n/a|nan|none|null|[-\u2013\u2014?]+", re.IGNORECASE), "what is not known stays blank"),
)  # fmt: skip
"""What spreadsheets and habits make of numbers, and what to say about it."""


def nearest_name(word: str, names: Iterable[str]) -> str:
    """Give the known name nearest to a word, or an empty text when none is near."""
    found = difflib.get_close_matches(str(word), [str(name) for name in names], n=1, cutoff=0.6)
    return found[0] if found else ""


def nearest(word: str, names: Iterable[str]) -> str:
    """Say which known name is meant, as ` (did you mean …?)`, or nothing when none is near."""
    name = nearest_name(word, names)
    return f" (did you mean {name!r}?)" if name else ""


def blank_of(column: Column) -> Any:
    """What a blank cell is read as: NaN for numbers, else an empty text."""
    return math.nan if column.kind in ("number", "integer") else ""


def read_cell(text: str, column: Column) -> tuple[Any, str]:
    """Read one cell.

    Returns:
        The value and what was expected, empty when the cell is good. A faulty number is read as blank, a faulty word
        as the nearest allowed one: so that one mistyped word is one fault, and not one more wherever it is missed.
    """
    if text == "":
        return blank_of(column), "" if column.blank is not None else f"{column.expectation}, not a blank"
    if column.kind in ("number", "integer"):
        return _read_number(text, column)
    allowed = FLAGS if column.kind == "flag" else column.choices
    if allowed:
        good = text in allowed
        return (text, "") if good else (nearest_name(text, allowed), column.expectation + nearest(text, allowed))
    if column.pattern and not re.fullmatch(column.pattern[0], text):
        return text, column.expectation
    return text, ""


def _read_number(text: str, column: Column) -> tuple[float, str]:
    if NOT_FINITE.fullmatch(text):
        return math.nan, f"{column.expectation}, and finite"
    # Python itself would also take 1_000 and the digits of other scripts.
    if not text.isascii() or not NUMBER.fullmatch(text):
        hint = next((hint for pattern, hint in MANGLED if pattern.fullmatch(text)), "")
        return math.nan, column.expectation + (f"; {hint}" if hint else "")
    number = float(text)
    if not math.isfinite(number):
        return math.nan, f"{column.expectation}, and finite"
    outside = (
        (column.kind == "integer" and not number.is_integer())
        or (column.minimum is not None and number < column.minimum)
        or (column.maximum is not None and number > column.maximum)
        or (column.above is not None and number <= column.above)
    )
    return (math.nan, column.expectation) if outside else (number, "")
