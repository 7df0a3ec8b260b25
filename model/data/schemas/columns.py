"""What a table may hold, as data: the one list behind validation, the data dictionary and the JSON Schema.

Hard bounds (`minimum`, `maximum`, `above`, `pattern`) say what is possible: beyond them a table is refused.
`plausible` and `alike` say what is believable: beyond them a figure is doubted in a warning, and the model goes on.

Nothing here reads a file and nothing here loads pandas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

ColumnKind = Literal["text", "number", "integer", "flag"]

Range = tuple[float | None, float | None]
"""Lowest and highest value, None for no bound."""

PROVENANCE_WORDS = ("verified", "recalled", "estimated", "mixed", "assumption")


def figure(number: float) -> str:
    """A bound as a user would write it: 200000, 1e9."""
    return re.sub(r"e\+0*", "e", f"{number:g}")


def range_words(limits: Range) -> str:
    """A range in words, empty for one without bounds."""
    low, high = limits
    if low is not None and high is not None:
        return f"{figure(low)} to {figure(high)}"
    if low is not None:
        return f"at least {figure(low)}"
    return "" if high is None else f"at most {figure(high)}"


@dataclass(frozen=True)
class Column:
    """One column: what it means, its kind, its unit and the values that it takes.

    Args:
        name: header in the file.
        description: one sentence for the data dictionary.
        kind: `text`, `number`, `integer` or `flag` (`yes`/`no`, kept as these words).
        unit: unit of the numbers, empty for labels and plain shares of one.
        minimum: smallest value allowed, None for no bound.
        maximum: largest value allowed, None for no bound.
        above: value that must be exceeded, None for no bound.
        choices: the only texts allowed; empty for any.
        references: `table.column` whose values are the only ones allowed.
        also: names allowed beside those of `references`.
        blank: what a blank means; None when a blank is a fault.
        pattern: regular expression that a whole text must match, and in words what that is.
        plausible: range outside which a number is doubted.
        alike: columns whose values name the rows of one kind of thing, among which figures are compared.
        alike_factor: how often the median of its kind (zeros left out) a number may be before it is doubted.
        optional: whether a file may do without the column, which is then blank in every row.
    """

    name: str
    description: str
    kind: ColumnKind = "text"
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    choices: tuple[str, ...] = ()
    references: str | None = None
    also: tuple[str, ...] = ()
    blank: str | None = None
    pattern: tuple[str, str] | None = None
    plausible: Range = (None, None)
    alike: tuple[str, ...] = ()
    alike_factor: float = 1e4
    optional: bool = False

    @property
    def plausibility(self) -> str:
        """What a value is doubted for not being, in words; empty where nothing is."""
        words = [range_words(self.plausible)] if range_words(self.plausible) else []
        if self.alike:
            words.append(f"at most {self.alike_factor:,.0f} times the median of its {', '.join(self.alike)}")
        return "; ".join(words)

    @property
    def expectation(self) -> str:
        """What a value must be, in words; used in reports and in the data dictionary."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind == "flag":
            return "yes or no"
        if self.references:
            return " or ".join([*self.also, f"a name from {self.references}"])
        if self.pattern:
            return self.pattern[1]
        if self.kind == "text":
            return "a text"
        words = "a whole number" if self.kind == "integer" else "a number"
        if self.unit:
            words += f" in {self.unit}"
        if self.minimum is not None and self.maximum is not None:
            words += f" from {figure(self.minimum)} to {figure(self.maximum)}"
        elif self.minimum is not None:
            words += f" of at least {figure(self.minimum)}"
        elif self.maximum is not None:
            words += f" of at most {figure(self.maximum)}"
        if self.above is not None:
            words += f" above {figure(self.above)}"
        return words


@dataclass(frozen=True)
class Parameter:
    """One allowed value of a `parameter` column, with the unit and range of its `value`.

    Args:
        name: word in the `parameter` column.
        unit: unit that the row must state; `{capacity}` stands for the technology's capacity unit.
        description: one sentence for the data dictionary.
        minimum: smallest value allowed.
        maximum: largest value allowed, None for no bound.
        above: value that must be exceeded, None for no bound.
        plausible: range outside which the value is doubted.
    """

    name: str
    unit: str
    description: str
    minimum: float | None = 0.0
    maximum: float | None = None
    above: float | None = None
    plausible: Range = (None, None)


@dataclass(frozen=True)
class Table:
    """One table of the data set.

    Args:
        name: name of the table and, with `.csv`, of its file.
        description: what a row says.
        columns: columns before `source, provenance, note`, in file order.
        key: columns that together name a row once.
        files: file names without `.csv` that are put under one another; default the table's own.
        required: whether the data set must hold the (first) file.
        parameters: allowed values of a `parameter` column, if the table has one.
        unit: unit that the `unit` column of every row must state, if the table has one unit.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    files: tuple[str, ...] = ()
    required: bool = True
    parameters: tuple[Parameter, ...] = ()
    unit: str = ""
    _by_name: dict[str, Column] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Index the columns, the three common ones included."""
        self._by_name.update({column.name: column for column in (*self.columns, *COMMON_COLUMNS)})
        missing = [name for name in self.key if name not in self._by_name]
        if missing:
            raise ValueError(f"table {self.name}: key names unknown columns {missing}")

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Columns in file order, with source, provenance and note."""
        return tuple(self._by_name.values())

    @property
    def file_names(self) -> tuple[str, ...]:
        """Files that are put under one another to make the table."""
        return tuple(f"{name}.csv" for name in (self.files or (self.name,)))

    def column(self, name: str) -> Column:
        """Give the column of that name."""
        return self._by_name[name]

    def parameter(self, name: str) -> Parameter | None:
        """Give the parameter of that name, or None; a name that ends in `:` stands for all that start with it."""
        for parameter in self.parameters:
            if name == parameter.name or (parameter.name.endswith(":") and name.startswith(parameter.name)):
                return parameter
        return None


COMMON_COLUMNS = (
    Column("source", "Where the figure was read or how it was formed."),
    Column("provenance", "How sure it is; the first word is one of " + ", ".join(PROVENANCE_WORDS) + "."),
    Column("note", "Remark, formula or correction.", blank="no remark"),
)

YEAR = Column("year", "Year for which the value holds; between two years it is interpolated.", "integer", "year",
              1990, 2100, blank="holds for every year")  # fmt: skip
COLOUR = Column("colour", "Colour in pictures.", pattern=(r"#[0-9a-fA-F]{6}", "a colour as #rrggbb"))
FAR = "; a place more than 2000 km from the median of all places is doubted"
LATITUDE = Column("latitude", "North of the equator" + FAR + ".", "number", "degree", -90, 90)
LONGITUDE = Column("longitude", "East of Greenwich" + FAR + ".", "number", "degree", -180, 180)
LIFE: Range = (5.0, 120.0)
"""Lives that are believable, years: from electronics to dams."""
UNIT = Column("unit", "Unit of the value; must be the unit that the table declares.")
