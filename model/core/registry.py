"""The registry: one list of what every feature file declares.

A feature file declares index sets, parameters, maps, variables, rows, costs and contributions, each with dimension,
unit, bounds, a sentence and a source.  From this one list come the program for the engine, the labels and units of
the cube, the meaning of duals, and the mathematics page.  Declaring computes nothing: functions run when a case is
built.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from model.core.grammar import ParsedRule, parse_rule

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Meta:
    """What is known of one declared name; which fields are filled depends on `kind`.

    `kind` is one of set, indexed_set, parameter, map, variable, row, cost, reported, contribution, check.
    """

    name: str
    kind: str
    doc: str
    file: str
    over: tuple[str, ...] = ()
    unit: str = ""
    source: str = ""
    function: Callable[..., Any] | None = None
    parsed: ParsedRule | None = None
    dims: tuple[str, ...] = ()
    to: str = ""
    lower: float | str = 0.0
    upper: float | str = float("inf")
    minimum: float = float("-inf")
    maximum: float = float("inf")
    default: float | None = None
    item: str = ""
    place: str = ""
    technology: str = ""
    balance: str = ""
    dual_unit: str = ""
    per_time_weight: bool = False
    sign: str = ""
    investment: bool = False
    integer: bool = False


@dataclass
class Registry:
    """All declarations, by name, in the order in which they were made."""

    meta: dict[str, Meta] = field(default_factory=dict)

    def add(self, record: Meta) -> None:
        """Take a declaration.

        Raises:
            ValueError: the name is taken by another file, or the sentence is missing, or that on the sign of a variable
                with a negative bound.
        """
        known = self.meta.get(record.name)
        if known is not None and (known.file, known.kind) != (record.file, record.kind):
            raise ValueError(f"{record.name} is declared twice: in {known.file} and in {record.file}")
        if not record.doc:
            raise ValueError(f"{record.name} in {record.file} has no sentence that says what it is")
        lowest = 0.0 if isinstance(record.lower, str) else record.lower
        if record.kind == "variable" and lowest < 0.0 and not record.sign:
            raise ValueError(f"{record.name} in {record.file} may be negative and does not say what its sign means")
        self.meta[record.name] = record

    def of_kind(self, kind: str) -> list[Meta]:
        """Declarations of one kind, sorted by file and then in the order in which the file makes them."""
        return sorted((record for record in self.meta.values() if record.kind == kind), key=lambda record: record.file)

    @property
    def sets(self) -> dict[str, Meta]:
        """The plain index sets by name; `.dims` names the dimensions of their members."""
        return {name: record for name, record in self.meta.items() if record.kind == "set"}

    def variable(self, name: str) -> Meta:
        """The declaration of a variable."""
        return self._named(name, "variable")

    def row(self, name: str) -> Meta:
        """The declaration of a row family."""
        return self._named(name, "row")

    def _named(self, name: str, kind: str) -> Meta:
        record = self.meta[name]
        if record.kind != kind:
            raise KeyError(f"{name} is a {record.kind}, not a {kind}")
        return record


REGISTRY = Registry()


def _file_of(module: str) -> str:
    return module.replace(".", "/") + ".py"


def _sentence(function: Callable[..., Any]) -> str:
    return inspect.cleandoc(function.__doc__ or "")


def _declare(kind: str, function: Function, **fields: Any) -> Function:
    REGISTRY.add(
        Meta(
            name=function.__name__,
            kind=kind,
            doc=_sentence(function),
            file=_file_of(function.__module__),
            function=function,
            **fields,
        )
    )
    return function


def index_set(dims: Iterable[str]) -> Callable[[Function], Function]:
    """Declare a sparse index set; the function `(case)` or `(case, sets)` returns its members (labels or tuples).

    Members are sorted unless the function returns them as a `range`.  Conditions live here, on tables, never in a rule.
    """
    return lambda function: _declare("set", function, dims=tuple(dims))


def indexed_set(over: str, dims: Iterable[str]) -> Callable[[Function], Function]:
    """Declare a family of sets over another set; the function returns `{key: members}` for the keys that have any."""
    return lambda function: _declare("indexed_set", function, over=(over,), dims=tuple(dims))


def parameter(
    over: Iterable[str],
    unit: str,
    minimum: float = float("-inf"),
    maximum: float = float("inf"),
    default: float | None = None,
    source: str = "",
    sign: str = "",
) -> Callable[[Function], Function]:
    """Declare numbers over index sets; the function `(case)` or `(case, sets)` returns them.

    It may return an array shaped like `over`, a number, or a pandas Series (DataFrame where `over` ends in `time`)
    whose index holds the members; members without a value take `default`, and without a default are an error.
    `sign` says what positive and negative mean, where both occur.
    """
    return lambda function: _declare(
        "parameter",
        function,
        over=tuple(over),
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        default=default,
        source=source,
        sign=sign,
    )


def index_map(over: Iterable[str], to: str) -> Callable[[Function], Function]:
    """Declare a label-valued map; the function returns a label of the set `to` for every member of `over`, in order."""
    return lambda function: _declare("map", function, over=tuple(over), to=to)


def variable(
    name: str,
    over: Iterable[str],
    unit: str,
    doc: str,
    lower: float | str = 0.0,
    upper: float | str = float("inf"),
    source: str = "",
    sign: str = "",
    investment: bool = False,
    integer: bool = False,
) -> None:
    """Declare a family of variables; a bound is a number or the name of a parameter over the same sets.

    `sign` says what positive and negative mean; a variable that may be negative must have it.  An `investment` is taken
    over from another run where a scenario dispatches held capacities.  An `integer` family takes whole numbers: give it
    members only where a scenario asks for a mixed-integer program.
    """
    module = sys._getframe(1).f_globals["__name__"]
    REGISTRY.add(
        Meta(
            name=name,
            kind="variable",
            doc=doc,
            file=_file_of(module),
            over=tuple(over),
            unit=unit,
            lower=lower,
            upper=upper,
            source=source,
            sign=sign,
            investment=investment,
            integer=integer,
        )
    )


def constraint(over: Iterable[str], unit: str, source: str = "", dual_unit: str = "") -> Callable[[Function], Function]:
    """Declare a row family.  `unit` is that of both sides; the dual is in `dual_unit`, by default EUR per `unit`.

    A family over `time` has duals per hour: they are divided by the hour's weight and the year's discount weight.
    """
    names = tuple(over)
    return lambda function: _declare(
        "row",
        function,
        over=names,
        unit=unit,
        source=source,
        parsed=parse_rule(function, relation=True),
        dual_unit=dual_unit or f"EUR/({unit})",
        per_time_weight=bool(names) and names[-1] == "time",
    )


def cost(
    item: str, over: Iterable[str], place: str, technology: str = "", source: str = ""
) -> Callable[[Function], Function]:
    """Declare a cost family in EUR (discounted); its rows summed are the objective, times the solution the ledger.

    Args:
        item: name of the cost item.
        over: index sets; one of their dimensions is `year`.
        place: which label says where: asset, device, reservoir, node, corridor, region, interconnector or country.
        technology: fixed label in the ledger where `place` is not an asset.
        source: formula or figure.
    """
    return lambda function: _declare(
        "cost",
        function,
        over=tuple(over),
        unit="EUR",
        item=item,
        place=place,
        technology=technology,
        source=source,
        parsed=parse_rule(function, relation=False),
    )


def reported(
    over: Iterable[str], unit: str, item: str = "", place: str = "", source: str = ""
) -> Callable[[Function], Function]:
    """Declare a ledger that is computed like a cost but not handed to the solver."""
    return lambda function: _declare(
        "reported",
        function,
        over=tuple(over),
        unit=unit,
        item=item,
        place=place,
        source=source,
        parsed=parse_rule(function, relation=False),
    )


def contributes(balance: str, source: str = "") -> Callable[[Function], Function]:
    """Declare what a feature adds to a shared balance: `(m, *labels)` returns a sum, positive to give."""
    return lambda function: _declare(
        "contribution", function, balance=balance, source=source, parsed=parse_rule(function, relation=False)
    )


def check(function: Function) -> Function:
    """Declare an independent check `(case, cube) -> findings`, numpy on inputs and results only."""
    return _declare("check", function)


def balance(over: Iterable[str], unit: str, dual_unit: str, source: str = "") -> Callable[[Function], Function]:
    """Declare a shared balance: contributions of all features on the left, the function's expression on the right."""
    names = tuple(over)
    return lambda function: _declare(
        "balance",
        function,
        over=names,
        unit=unit,
        source=source,
        parsed=parse_rule(function, relation=False),
        dual_unit=dual_unit,
        per_time_weight=bool(names) and names[-1] == "time",
    )
