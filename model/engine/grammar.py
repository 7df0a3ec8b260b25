"""The few kinds of node that a rule may be made of, free of Pyomo: what `templates` writes and `expand` reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Index:
    """A free index of the row or of a sum, by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class FixedLabel:
    """A label written out in the rule."""

    label: Any


@dataclass(frozen=True, slots=True)
class MappedIndex:
    """A label looked up in a map."""

    name: str
    arguments: tuple[Place, ...]


Place = Index | FixedLabel | MappedIndex


@dataclass(frozen=True, slots=True)
class Number:
    """A number written out in the rule."""

    value: float


@dataclass(frozen=True, slots=True)
class ParameterItem:
    """A parameter at an index."""

    name: str
    arguments: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class VariableItem:
    """A variable at an index."""

    name: str
    arguments: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms added from left to right."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """The negative of a term."""

    term: Node


@dataclass(frozen=True, slots=True)
class Product:
    """Two factors, of which one is free of variables."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Quotient:
    """A term over a divisor free of variables."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Function:
    """A function of numbers (power, absolute value, logarithm ...)."""

    apply: Callable[..., float]
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Iterator:
    """`for indices in set[arguments]`; no arguments: a plain set."""

    indices: tuple[int, ...]
    set_name: str
    arguments: tuple[Place, ...]
    indexed: bool


@dataclass(frozen=True, slots=True)
class IndexedSum:
    """`sum(term for ... in ... for ... in ...)`."""

    iterators: tuple[Iterator, ...]
    term: Node


Node = Number | ParameterItem | VariableItem | Sum | Negation | Product | Quotient | Function | IndexedSum


@dataclass(frozen=True, slots=True)
class Template:
    """A rule called once: lower <= body <= upper for every row; equal limits are the same object."""

    indices: tuple[int, ...]
    body: Node
    lower: Node | None = None
    upper: Node | None = None


def is_numeric(node: Node) -> bool:
    """Return whether a node holds no variable."""
    match node:
        case VariableItem():
            return False
        case Sum(terms):
            return all(is_numeric(term) for term in terms)
        case Negation(term) | IndexedSum(_, term):
            return is_numeric(term)
        case Product(left, right) | Quotient(left, right):
            return is_numeric(left) and is_numeric(right)
    return True


def has_constant(node: Node) -> bool:
    """Return whether a node may add to the constant of its row."""
    match node:
        case VariableItem():
            return False
        case Sum(terms):
            return any(has_constant(term) for term in terms)
        case Negation(term) | IndexedSum(_, term):
            return has_constant(term)
        case Product(left, right) | Quotient(left, right):
            return has_constant(left) and has_constant(right)
    return True
