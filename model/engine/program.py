"""A linear program as pure data: what `core` hands to the engine.

Nothing here knows Pyomo, HiGHS or energy.  A label is a string or an integer; a member of a set is a label, or a tuple
of labels where the set's `dimen` is above one.  `over` always names sets, in order; the index of a component is the
concatenation of their members.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Label = str | int
Member = Label | tuple[Label, ...]


@dataclass(frozen=True)
class SetDeclaration:
    """A set of labels (dimen 1) or of label tuples (dimen 2 and more), in the order in which it is to be used."""

    name: str
    members: Sequence[Member]
    dimen: int = 1


@dataclass(frozen=True)
class IndexedSetDeclaration:
    """A family of sets: for every index of `over` the members that belong to it (empty where there are none).

    A key is a label where `over` has one dimension, a flat tuple of labels otherwise.
    """

    name: str
    over: tuple[str, ...]
    members: Mapping[Any, Sequence[Member]]
    dimen: int = 1


@dataclass(frozen=True)
class ParameterDeclaration:
    """Numbers, one array axis for each set in `over`; `over=()` is a scalar (an array of shape `()`)."""

    name: str
    over: tuple[str, ...]
    values: np.ndarray


@dataclass(frozen=True)
class MapDeclaration:
    """A map to labels: for every index of `over` the position of a member of the set `to` (one-dimensional)."""

    name: str
    over: tuple[str, ...]
    to: str
    positions: np.ndarray


@dataclass(frozen=True)
class VariableDeclaration:
    """A family of variables; a bound is a number or the name of a parameter with the same `over`.

    `integer`: whole numbers only, which makes the program a mixed-integer one where the family has members.
    """

    name: str
    over: tuple[str, ...]
    lower: float | str = 0.0
    upper: float | str = float("inf")
    integer: bool = False


@dataclass(frozen=True)
class RowDeclaration:
    """A family of rows: `rule(m, *labels)` returns a relation, or for costs and reported rows a linear expression."""

    name: str
    over: tuple[str, ...]
    rule: Callable[..., Any]


@dataclass(frozen=True)
class Program:
    """A linear program: minimise the sum of all cost rows subject to the rows; reported rows are only evaluated."""

    sets: Sequence[SetDeclaration]
    indexed_sets: Sequence[IndexedSetDeclaration] = field(default_factory=tuple)
    parameters: Sequence[ParameterDeclaration] = field(default_factory=tuple)
    maps: Sequence[MapDeclaration] = field(default_factory=tuple)
    variables: Sequence[VariableDeclaration] = field(default_factory=tuple)
    rows: Sequence[RowDeclaration] = field(default_factory=tuple)
    costs: Sequence[RowDeclaration] = field(default_factory=tuple)
    reported: Sequence[RowDeclaration] = field(default_factory=tuple)
