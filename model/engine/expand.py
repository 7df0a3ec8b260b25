"""Walk a template with numpy: constants, coefficients and columns of a whole family at once.

The arithmetic is Pyomo's, operation by operation, so that the coefficients are equal to the last bit: a factor or
divisor works on the coefficient of a single term, but is gathered into a multiplier outside a sum of several terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.engine import grammar
from model.engine.faults import RuleError
from model.engine.labels import SetTable, Tables, member_at
from model.engine.program import Program
from model.engine.spaces import Aligned, Space, row_space

SCALAR_ZERO = np.zeros(())


@dataclass(frozen=True)
class Term:
    """One variable in a family: columns = offset + sum of parts; all arrays aligned to the axes of its space."""

    space: Space
    variable: str
    parts: tuple[Aligned, ...]
    offset: int
    coefficient: Aligned


class Catalogue:
    """What a walk needs to know of a program: sets, parameter arrays, maps, and where each variable starts."""

    def __init__(self, program: Program, tables: Tables) -> None:
        """Gather the arrays and give every variable its columns."""
        self.tables = tables
        self.factors: dict[str, list[SetTable]] = {}
        self.values: dict[str, np.ndarray] = {}
        self.map_codes: dict[str, np.ndarray] = {}
        self.offsets: dict[str, int] = {}
        for parameter in program.parameters:
            self.factors[parameter.name] = tables.factors(parameter.over, parameter.name)
            self.values[parameter.name] = np.asarray(parameter.values, dtype=float)
        for item in program.maps:
            self.factors[item.name] = tables.factors(item.over, item.name)
            self.map_codes[item.name] = tables.sets[item.to].codes[:, 0][np.asarray(item.positions)]
        columns = 0
        for variable in program.variables:
            self.factors[variable.name] = tables.factors(variable.over, variable.name)
            self.offsets[variable.name] = columns
            columns += int(np.prod([len(factor) for factor in self.factors[variable.name]], dtype=np.int64))
        self.columns = columns


class Walk:
    """One family: `terms()` and `constant()` of a node over the rows of the family."""

    def __init__(self, family: str, catalogue: Catalogue, over: Sequence[SetTable], template: grammar.Template) -> None:
        """Lay out the axes of the family."""
        self.family = family
        self.catalogue = catalogue
        self.over = list(over)
        codes = [factor.codes for factor in self.over]
        self.space = row_space([len(factor) for factor in self.over], codes, template.indices)

    # ---- terms -------------------------------------------------------------------------------------------------------

    def terms(self, node: grammar.Node) -> list[Term]:
        """Return the terms of an expression, in order."""
        found: list[Term] = []
        self._collect(node, self.space, found)
        return found

    def _collect(self, node: grammar.Node, space: Space, found: list[Term]) -> None:
        if grammar.is_numeric(node):
            return
        match node:
            case grammar.VariableItem(name, arguments):
                offset, parts = self._columns(name, arguments, space)
                found.append(Term(space, name, parts, offset, _coefficient(space)))
            case grammar.Sum(terms):
                space = self._barrier(node, space)
                for term in terms:
                    self._collect(term, space, found)
            case grammar.IndexedSum(iterators, term):
                space = self._barrier(node, space)
                inner = self._enter(iterators, space)
                if all(inner.shape):
                    self._collect(term, inner, found)
            case grammar.Negation(term):
                self._collect(term, space.push("-"), found)
            case grammar.Product(left, right):
                factor, term = (left, right) if grammar.is_numeric(left) else (right, left)
                self._collect(term, space.push("*", self.number(factor, space)), found)
            case grammar.Quotient(left, right):
                self._collect(left, space.push("/", self._divisor(right, space)), found)

    def _barrier(self, node: grammar.Node, space: Space) -> Space:
        """Note where a sum stands under products and quotients: above it they gather into a multiplier.

        With a single product the two ways give the same bits, so nothing is noted.
        """
        kinds = []
        for kind, _ in reversed(space.operations):
            if kind == "sum":
                break
            kinds.append(kind)
        if not [kind for kind in kinds if kind != "-"]:
            return space
        outside = [kind for kind, _ in space.operations[: -len(kinds)] if kind in "*/"]
        if kinds.count("*") == 1 and "/" not in kinds and not outside:
            return space.push("sum", np.ones((), bool))
        return space.push("sum", np.asarray(self._count(node, space) > 1))

    def _count(self, node: grammar.Node, space: Space) -> Aligned:
        """Return how many terms an expression has in each cell, the way Pyomo builds it (zeros added to it vanish)."""
        if grammar.is_numeric(node):
            return np.asarray(self.number(node, space) != 0, dtype=float)
        match node:
            case grammar.Sum(terms):
                counts = [self._count(term, space) for term in terms]
                return np.asarray(sum(counts[1:], counts[0]))
            case grammar.IndexedSum(iterators, term):
                inner = self._enter(iterators, space.marked())
                return inner.fold(space, self._count(term, inner), SCALAR_ZERO)
            case grammar.Negation(term) | grammar.Quotient(term, _):
                return np.asarray(self._count(term, space) > 0, dtype=float)
            case grammar.Product(left, right):
                factor, term = (left, right) if grammar.is_numeric(left) else (right, left)
                number, count = self.number(factor, space), self._count(term, space)
                return np.where(number == 1, count, (count > 0).astype(float))
        return np.ones(())

    # ---- numbers -----------------------------------------------------------------------------------------------------

    def number(self, node: grammar.Node, space: Space) -> Aligned:
        """Return the value of an expression without variables, aligned."""
        match node:
            case grammar.Number(value):
                return np.asarray(value)
            case grammar.ParameterItem(name, arguments):
                positions = self._positions(name, arguments, space)
                return _gather(self.catalogue.values[name], positions)
            case grammar.Sum(terms):
                total = self.number(terms[0], space)
                for term in terms[1:]:
                    total = total + self.number(term, space)
                return total
            case grammar.IndexedSum(iterators, term):
                inner = self._enter(iterators, space.marked())
                return inner.fold(space, self.number(term, inner), SCALAR_ZERO, plain=False)
            case grammar.Negation(term):
                return np.asarray(-self.number(term, space))
            case grammar.Product(left, right):
                return np.asarray(self.number(left, space) * self.number(right, space))
            case grammar.Quotient(left, right):
                return np.asarray(self.number(left, space) / self._divisor(right, space))
            case grammar.Function(apply, arguments):
                values = [self.number(argument, space) for argument in arguments]
                try:
                    return np.asarray(np.frompyfunc(apply, len(values), 1)(*values), dtype=float)
                except (ValueError, ArithmeticError, TypeError) as error:
                    raise RuleError(self.family, f"a function fails: {error}") from error
        raise RuleError(self.family, f"cannot evaluate {type(node).__name__}")

    def _divisor(self, node: grammar.Node, space: Space) -> Aligned:
        divisor = self.number(node, space)
        if not divisor.all():
            raise RuleError(self.family, f"division by zero {self._row(divisor == 0, space)}")
        return divisor

    def constant(self, node: grammar.Node, space: Space | None = None, total: Aligned = SCALAR_ZERO) -> Aligned:
        """Return `total` plus what an expression adds to it when all variables are zero, aligned."""
        space = space or self.space
        if not grammar.has_constant(node):
            return total
        if grammar.is_numeric(node):
            return np.asarray(total + self.number(node, space))
        match node:
            case grammar.Sum(terms):
                for term in terms:
                    total = self.constant(term, space, total)
                return total
            case grammar.IndexedSum(iterators, term):
                inner = self._enter(iterators, space.marked())
                return inner.fold(space, self.constant(term, inner), total)
        multiplier, term = self._multiplier(node, space)
        return np.asarray(total + multiplier * self.constant(term, space))

    def _multiplier(self, node: grammar.Node, space: Space) -> tuple[Aligned, grammar.Node]:
        match node:
            case grammar.Negation(term):
                multiplier, inner = self._multiplier(term, space)
                return -multiplier, inner
            case grammar.Product(left, right):
                factor, term = (left, right) if grammar.is_numeric(left) else (right, left)
                multiplier, inner = self._multiplier(term, space)
                return multiplier * self.number(factor, space), inner
            case grammar.Quotient(left, right):
                multiplier, inner = self._multiplier(left, space)
                return multiplier / self._divisor(right, space), inner
        return np.ones(()), node

    # ---- positions ---------------------------------------------------------------------------------------------------

    def _columns(self, name: str, arguments: Sequence[grammar.Place], space: Space) -> tuple[int, tuple[Aligned, ...]]:
        """Return the first column of a variable and the aligned parts that add up to the position in it."""
        parts: list[Aligned] = []
        stride = 1
        factors = self.catalogue.factors[name]
        for factor, position in zip(reversed(factors), reversed(self._positions(name, arguments, space)), strict=True):
            parts.append((position * stride).astype(np.int32))
            stride *= len(factor)
        return self.catalogue.offsets[name], tuple(parts)

    def _positions(self, name: str, arguments: Sequence[grammar.Place], space: Space) -> list[Aligned]:
        """Return the position in each set of a component, aligned; a missing member is an error."""
        factors = self.catalogue.factors[name]
        self._check_arguments(name, arguments, factors)
        positions, start = [], 0
        for factor in factors:
            codes = [self._codes(place, space) for place in arguments[start : start + factor.dimen]]
            start += factor.dimen
            position = factor.positions(codes)
            if position.size and position.min() < 0:
                missing = position < 0
                labels = [self.catalogue.tables.labels.label_of[_first(code, missing)] for code in codes]
                shown = labels[0] if len(labels) == 1 else tuple(labels)
                raise RuleError(
                    self.family, f"{name} has no member {shown!r} in {factor.name} {self._row(missing, space)}"
                )
            positions.append(position)
        return positions

    def _codes(self, place: grammar.Place, space: Space) -> Aligned:
        match place:
            case grammar.Index(number):
                return space.codes[number]
            case grammar.FixedLabel(label):
                code = self.catalogue.tables.labels.code_of.get(label)
                if code is None:
                    raise RuleError(self.family, f"the label {label!r} is in no set")
                return np.full((1,) * len(space.shape), code)
            case grammar.MappedIndex(name, arguments):
                return _gather(self.catalogue.map_codes[name], self._positions(name, arguments, space))

    def _check_arguments(self, name: str, arguments: Sequence[grammar.Place], factors: Sequence[SetTable]) -> None:
        needed = sum(factor.dimen for factor in factors)
        if len(arguments) != needed:
            raise RuleError(self.family, f"{name} takes {needed} indices, {len(arguments)} are given")

    def _enter(self, iterators: Sequence[grammar.Iterator], space: Space) -> Space:
        """Widen a space by the sets that a sum runs over."""
        for iterator in iterators:
            space = self._enter_one(iterator, space)
        return space

    def _enter_one(self, iterator: grammar.Iterator, space: Space) -> Space:
        tables = self.catalogue.tables
        if not iterator.indexed:
            if iterator.set_name not in tables.sets:
                raise RuleError(self.family, f"a sum runs over {iterator.set_name!r}, which is not a declared set")
            table = tables.sets[iterator.set_name]
            return space.with_axis(len(table)).with_codes(iterator.indices, table.codes, len(space.shape))
        family = tables.indexed_sets[iterator.set_name]
        self.catalogue.factors.setdefault(family.name, family.factors)
        positions = self._positions(family.name, iterator.arguments, space)
        key: Aligned = np.zeros((1,) * len(space.shape), np.int64)
        for factor, position in zip(family.factors, positions, strict=True):
            key = key * len(factor) + position
        axes = [axis for axis, length in enumerate(key.shape) if length != 1]
        if not axes:
            members = family.codes[family.pointer[key.item()] : family.pointer[key.item() + 1]]
            return space.with_axis(len(members)).with_codes(iterator.indices, members, len(space.shape))
        if len(axes) > 1:
            space = space.push("key", key).merged(axes)
            key = space.operations[-1][1]  # type: ignore[assignment]
            space = Space(space.shape, space.codes, space.rows, space.hosts, space.operations[:-1], space.marks)
        flat = key.ravel()
        counts = family.pointer[flat + 1] - family.pointer[flat]
        starts = np.repeat(family.pointer[flat] - np.cumsum(counts) + counts, counts)
        members = family.codes[starts + np.arange(len(starts))]
        return space.repeated(axes[0], counts).with_codes(iterator.indices, members, axes[0])

    def _row(self, fault: Aligned, space: Space) -> str:
        """Say which row the first fault is in."""
        if not self.over:
            return "in its only row"
        place = np.argwhere(np.broadcast_to(fault, np.broadcast_shapes(fault.shape, (1,) * len(space.shape))))[0]
        positions = [rows[tuple(np.minimum(place, np.array(rows.shape) - 1))] for rows in space.rows]
        flat = int(np.ravel_multi_index(positions, [len(factor) for factor in self.over]))
        return f"in row {list(member_at(self.over, flat))}"


def _first(codes: Aligned, fault: Aligned) -> int:
    return int(np.broadcast_to(codes, fault.shape)[fault].ravel()[0])


def _gather(values: np.ndarray, positions: Sequence[Aligned]) -> Aligned:
    """Return values at aligned positions; along axes that are read whole and in order it is a view."""
    if not positions:
        return values
    dimensions = positions[0].ndim
    hosts = [[axis for axis, length in enumerate(position.shape) if length != 1] for position in positions]
    single = [host[0] for host in hosts if host]
    if any(len(host) > 1 for host in hosts) or len(set(single)) < len(single):
        return np.asarray(values[tuple(positions)])
    result = values
    for axis, position in enumerate(positions):
        flat = position.ravel()
        if len(flat) != values.shape[axis] or not np.array_equal(flat, np.arange(len(flat))):
            result = np.take(result, flat, axis)
    # one axis of `result` per set, each of length 1 or hosted by one axis of the space
    carried = [axis for axis, host in enumerate(hosts) if host]
    order = sorted(carried, key=lambda axis: hosts[axis][0])
    shape = [1] * dimensions
    for axis in order:
        shape[hosts[axis][0]] = result.shape[axis]
    return result.transpose([*order, *(a for a in range(result.ndim) if a not in order)]).reshape(shape)


def _coefficient(space: Space) -> Aligned:
    """Return what the operations around a variable make of its coefficient 1.

    Below the innermost real sum an operation works on the coefficient itself; above it operations gather into a
    multiplier, until the next sum outside closes it.  Where a sum is a single term Pyomo keeps no sum: nothing closes.
    """
    value: Aligned = np.ones(())
    multiplier: Aligned = np.ones(())
    summed: Aligned = np.zeros((), bool)  # where a real sum has been passed
    negative = False
    for kind, operand in reversed(space.operations):
        if operand is None:
            negative = not negative
        elif kind == "sum":
            if operand.all():
                value, multiplier = _closed(value, multiplier), np.ones(())
            else:
                value = np.where(operand, _closed(value, multiplier), value)
                multiplier = np.where(operand, 1.0, multiplier)
            summed = np.logical_or(operand, summed)
        elif summed.all():
            multiplier = _applied(kind, multiplier, operand)
        elif not summed.any():
            value = _applied(kind, value, operand)
        else:
            value = np.where(summed, value, _applied(kind, value, operand))
            multiplier = np.where(summed, _applied(kind, multiplier, operand), 1.0)
    value = _closed(value, multiplier)
    return -value if negative else value


def _closed(value: Aligned, multiplier: Aligned) -> Aligned:
    return value if multiplier.ndim == 0 and multiplier == 1.0 else np.asarray(multiplier * value)


def _applied(kind: str, value: Aligned, operand: Aligned) -> Aligned:
    if kind == "*":
        return operand if value.ndim == 0 and value == 1.0 else np.asarray(value * operand)
    return np.asarray(value / operand)
