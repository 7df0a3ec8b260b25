"""Named tables that print themselves, for the terminal and for JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Section:
    """One table with a heading that says what to see, and a remark."""

    title: str
    table: pd.DataFrame
    note: str = ""

    def __str__(self) -> str:
        """Heading, table, remark."""
        lines = [self.title, "-" * len(self.title)]
        lines.append(table_lines(self.table) if len(self.table) else "(none)")
        if self.note:
            lines.append(self.note)
        return "\n".join(lines)


@dataclass(frozen=True)
class Report:
    """Sections under one title."""

    title: str
    facts: dict[str, str] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """What must be known before any figure is quoted."""

    def __str__(self) -> str:
        """The whole report as text."""
        facts = "\n".join(f"{name + ':':<22} {value}" for name, value in self.facts.items())
        warnings = "".join(f"! {text}\n" for text in self.warnings)
        head = f"{self.title}\n{'=' * len(self.title)}\n{warnings}{facts}".rstrip()
        return "\n\n".join([head, *(str(section) for section in self.sections)])


DUST_SHARE = 1e-8
"""Share of the largest number of a column below which a number is what an interior method leaves of zero."""


def table_lines(table: pd.DataFrame) -> str:
    """A table as aligned text; numbers short, absent ones a dash, the solver's dust beside large ones a zero."""
    shown = table.copy()
    for place in range(shown.shape[1]):
        values = list(table.iloc[:, place])
        dust = DUST_SHARE * max(
            (abs(value) for value in values if isinstance(value, float) and value == value), default=0
        )
        texts = [cell_text(0.0 if isinstance(value, float) and abs(value) < dust else value) for value in values]
        shown.isetitem(place, texts)
    return str(shown.to_string(index=not isinstance(shown.index, pd.RangeIndex), justify="right"))


def cell_text(value: object) -> str:
    """A number with as many digits as it deserves; text as it is; nothing as a dash."""
    if isinstance(value, float):
        if value != value:
            return "-"
        size = abs(value)
        digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 3
        if 1e-6 <= size < 0.01:
            digits = 1 - math.floor(math.log10(size))
        text = f"{value:,.{digits}f}"
        return text[1:] if text.startswith("-") and float(text.replace(",", "")) == 0.0 else text
    return str(value)
