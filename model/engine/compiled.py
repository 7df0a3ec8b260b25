"""The compiled program: sparse rows, bounds and costs as arrays, and the way back from a number to its labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from model.engine import grammar
from model.engine.assemble import SparseRows, assemble
from model.engine.expand import Catalogue, Walk
from model.engine.faults import ProgramError, RuleError
from model.engine.labels import SetTable, Tables, member_at
from model.engine.program import Label, Program, RowDeclaration, VariableDeclaration

WIDE = 50
"""Rows above which a column ties many steps together."""


@dataclass(frozen=True)
class Family:
    """A block of columns or rows: `start` to `start + size`, laid out in the order of its sets."""

    name: str
    over: tuple[str, ...]
    shape: tuple[int, ...]
    start: int
    factors: Sequence[SetTable] = field(repr=False, default=())

    @property
    def size(self) -> int:
        """Number of columns or rows."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def stop(self) -> int:
        """One past the last."""
        return self.start + self.size

    @property
    def slice(self) -> slice:
        """Where the block stands."""
        return slice(self.start, self.stop)

    def labels(self, number: int) -> tuple[Label, ...]:
        """Return the flat labels of one column or row, counted from the start of the program."""
        return member_at(self.factors, number - self.start) if self.factors else ()

    def shaped(self, values: np.ndarray) -> np.ndarray:
        """Return this family's part of a vector over all columns or rows, one axis for each set."""
        return values[self.slice].reshape(self.shape)


@dataclass(frozen=True)
class Ledger:
    """Linear expressions that are evaluated, not constrained: cost rows and reported rows."""

    rows: SparseRows
    constant: np.ndarray
    families: tuple[Family, ...]

    def values(self, solution: np.ndarray) -> dict[str, np.ndarray]:
        """Return the value of every expression at a solution, by family."""
        values = self.rows.times(solution) + self.constant
        return {family.name: family.shaped(values) for family in self.families}


@dataclass(frozen=True)
class Compiled:
    """A linear program as arrays: minimise `cost @ x + cost_offset`, `row_lower <= A x <= row_upper`, bounds on x.

    Attributes:
        pointer, indices, values: A in CSR form, int32 indices.
        cost: sum of all cost rows; `cost_offset` the sum of their constants.
        costs, reported: ledgers.
        variables, rows: the families of columns and rows, in order.
        integer: by column, whether it takes whole numbers only; empty in a program without such columns.
    """

    pointer: np.ndarray
    indices: np.ndarray
    values: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray
    column_lower: np.ndarray
    column_upper: np.ndarray
    cost: np.ndarray
    cost_offset: float
    costs: Ledger
    reported: Ledger
    variables: tuple[Family, ...]
    rows: tuple[Family, ...]
    integer: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))

    @property
    def open_integers(self) -> np.ndarray:
        """Columns that take whole numbers only and are not fixed already."""
        if not len(self.integer):
            return np.zeros(0, np.int64)
        return np.flatnonzero(self.integer & (self.column_lower < self.column_upper))

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    @property
    def column_count(self) -> int:
        """Number of columns."""
        return len(self.cost)

    @cached_property
    def matrix(self) -> SparseRows:
        """The matrix as rows that can be multiplied with a solution."""
        return SparseRows(self.pointer, self.indices, self.values)

    @cached_property
    def wide_columns(self) -> int:
        """Number of columns that are not fixed and stand in more than `WIDE` rows, as a capacity does."""
        entries = np.bincount(self.indices, minlength=self.column_count)
        return int(np.count_nonzero((entries > WIDE) & (self.column_lower < self.column_upper)))

    def row_name(self, number: int) -> tuple[str, tuple[Label, ...]]:
        """Return family and labels of a row."""
        return _name(self.rows, number)

    def column_name(self, number: int) -> tuple[str, tuple[Label, ...]]:
        """Return variable and labels of a column."""
        return _name(self.variables, number)

    def statistics(self) -> dict[str, Any]:
        """Return sizes and the ranges (smallest and largest absolute value but zero) of all numbers."""
        rights = np.concatenate([self.row_lower, self.row_upper])
        bounds = np.concatenate([self.column_lower, self.column_upper])
        return {
            "rows": self.row_count,
            "columns": self.column_count,
            "nonzeros": len(self.values),
            "integers": len(self.open_integers),
            "coefficient_range": _range(self.values),
            "cost_range": _range(self.cost),
            "bound_range": _range(bounds),
            "right_hand_side_range": _range(rights),
            "rows_by_family": {family.name: family.size for family in self.rows},
            "columns_by_variable": {family.name: family.size for family in self.variables},
        }


def _name(families: Sequence[Family], number: int) -> tuple[str, tuple[Label, ...]]:
    for family in families:
        if family.start <= number < family.stop:
            return family.name, family.labels(number)
    raise IndexError(number)


def _range(values: np.ndarray) -> tuple[float, float] | None:
    sizes = np.abs(values)
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    return (float(sizes.min()), float(sizes.max())) if len(sizes) else None


def compile_program(program: Program, model: Any = None) -> Compiled:
    """Turn a program into arrays: each rule is called once, and its families are expanded by numpy.

    Args:
        program: the declarations.
        model: the lazy Pyomo model of the same program, if it exists already.

    Raises:
        ProgramError: declarations that contradict one another, or a program too large for 32-bit indices.
        RuleError: a rule that cannot be turned into rows; it names family, component and labels.
    """
    from model.engine.build import build_model, paused_garbage_collector

    tables = Tables(program)
    with paused_garbage_collector():
        model = model if model is not None else build_model(program, tables=tables)
        catalogue = Catalogue(program, tables)
        if catalogue.columns >= 2**31:
            raise ProgramError(f"{catalogue.columns} columns do not fit 32-bit indices")
        variables, start = [], 0
        for variable in program.variables:
            variables.append(_family(variable, tables, start))
            start = variables[-1].stop
        column_lower, column_upper = _bounds(program, variables, tables)
        expander = _Expander(model, catalogue, tables)
        rows, matrix, limits = expander.families(program.rows, relation=True)
        cost_families, cost_rows, (cost_constant, _) = expander.families(program.costs, relation=False)
        reported_families, reported_rows, (reported_constant, _) = expander.families(program.reported, relation=False)
    cost = np.bincount(cost_rows.indices, weights=cost_rows.values, minlength=catalogue.columns)
    return Compiled(
        pointer=matrix.pointer.astype(np.int32),
        indices=matrix.indices,
        values=matrix.values,
        row_lower=limits[0],
        row_upper=limits[1],
        column_lower=column_lower,
        column_upper=column_upper,
        cost=cost.astype(float),
        cost_offset=float(np.add.accumulate(cost_constant)[-1]) if len(cost_constant) else 0.0,
        costs=Ledger(cost_rows, cost_constant, cost_families),
        reported=Ledger(reported_rows, reported_constant, reported_families),
        variables=tuple(variables),
        rows=rows,
        integer=_integer(program, variables),
    )


def _integer(program: Program, families: Sequence[Family]) -> np.ndarray:
    """Which columns are whole numbers; empty where none are, so that a linear program carries nothing."""
    whole = np.zeros(families[-1].stop if families else 0, bool)
    for variable, family in zip(program.variables, families, strict=True):
        whole[family.slice] = variable.integer
    return whole if whole.any() else np.zeros(0, bool)


def _family(declaration: RowDeclaration | VariableDeclaration, tables: Tables, start: int) -> Family:
    factors = tables.factors(declaration.over, declaration.name)
    return Family(declaration.name, declaration.over, tuple(len(factor) for factor in factors), start, factors)


def _bounds(program: Program, families: Sequence[Family], tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    parameters = {parameter.name: parameter for parameter in program.parameters}
    count = families[-1].stop if families else 0
    lower, upper = np.empty(count), np.empty(count)
    for variable, family in zip(program.variables, families, strict=True):
        for limit, target in ((variable.lower, lower), (variable.upper, upper)):
            if isinstance(limit, str):
                parameter = parameters.get(limit)
                if parameter is None or parameter.over != variable.over:
                    raise ProgramError(f"{variable.name}: the bound {limit!r} is no parameter over {variable.over}")
                target[family.slice] = np.ravel(parameter.values)
            else:
                target[family.slice] = limit
        crossed = np.flatnonzero(~(lower[family.slice] <= upper[family.slice]))
        if len(crossed):
            number = family.start + int(crossed[0])
            raise ProgramError(
                f"{variable.name}{list(family.labels(number))}: lower bound {lower[number]} is above "
                f"upper bound {upper[number]}"
            )
    return lower, upper


class _Expander:
    """Expands families of rows one after the other and joins them."""

    def __init__(self, model: Any, catalogue: Catalogue, tables: Tables) -> None:
        self.model = model
        self.catalogue = catalogue
        self.tables = tables

    def families(
        self, declarations: Sequence[RowDeclaration], relation: bool
    ) -> tuple[tuple[Family, ...], SparseRows, tuple[np.ndarray, np.ndarray]]:
        """Return the families, their rows, and lower and upper limits (for expressions: the constant, twice)."""
        families: list[Family] = []
        blocks: list[SparseRows] = []
        limits: list[tuple[np.ndarray, np.ndarray]] = []
        start = 0
        for declaration in declarations:
            if any(declaration.name == family.name for family in families):
                raise ProgramError(f"{declaration.name}: declared twice")
            family = _family(declaration, self.tables, start)
            start = family.stop
            families.append(family)
            if family.size:
                block, limit = self.family(declaration, family, relation)
                blocks.append(block)
                limits.append(limit)
        return tuple(families), _joined(blocks), _joined_limits(limits)

    def family(
        self, declaration: RowDeclaration, family: Family, relation: bool
    ) -> tuple[SparseRows, tuple[np.ndarray, np.ndarray]]:
        """Expand one family."""
        from model.engine.templates import read_rule

        template = read_rule(self.model, declaration, relation)
        walk = Walk(family.name, self.catalogue, family.factors, template)
        block, bare = assemble(walk.terms(template.body), family.shape, self.catalogue.columns)
        self._check_values(family, block)
        constant = walk.constant(template.body)
        if not relation:
            full = _full(constant, family)
            return block, (full, full)
        if len(bare):
            labels = list(family.labels(family.start + int(bare[0])))
            raise RuleError(family.name, f"row {labels} has no term ({len(bare)} of {family.size} rows have none)")
        lower = _limit(walk, template.lower, constant, family, -np.inf)
        upper = lower if template.upper is template.lower else _limit(walk, template.upper, constant, family, np.inf)
        self._check_trivial(family, block, lower, upper)
        return block, (lower, upper)

    def _check_values(self, family: Family, block: SparseRows) -> None:
        if not np.isfinite(block.values).all():
            entry = int(np.flatnonzero(~np.isfinite(block.values))[0])
            row = int(np.searchsorted(block.pointer, entry, side="right")) - 1
            labels = list(family.labels(family.start + row))
            raise RuleError(family.name, f"a coefficient in row {labels} is not finite")

    def _check_trivial(self, family: Family, block: SparseRows, lower: np.ndarray, upper: np.ndarray) -> None:
        """Refuse a row whose coefficients are all zero, or cancel, unless it holds as it stands (then it is kept)."""
        empty = np.diff(block.pointer) == 0
        wrong = np.flatnonzero(empty & ((lower > 0) | (upper < 0)))
        if len(wrong):
            number = int(wrong[0])
            labels = list(family.labels(family.start + number))
            limits = f"{lower[number]} <= 0 <= {upper[number]}"
            raise RuleError(family.name, f"all coefficients of row {labels} are zero and {limits} does not hold")


def _limit(walk: Walk, node: grammar.Node | None, constant: np.ndarray, family: Family, absent: float) -> np.ndarray:
    """Return a limit less the constant of the body, for every row."""
    if node is None:
        return np.full(family.size, absent)
    limit = _full(walk.number(node, walk.space) - constant, family)
    if np.isnan(limit).any() or (limit == -absent).any():
        number = int(np.flatnonzero(np.isnan(limit) | (limit == -absent))[0])
        labels = list(family.labels(family.start + number))
        raise RuleError(family.name, f"the right-hand side of row {labels} is {limit[number]}")
    return limit


def _full(values: np.ndarray, family: Family) -> np.ndarray:
    return np.array(np.broadcast_to(values, family.shape or (1,)), dtype=float).ravel()


def _joined(blocks: list[SparseRows]) -> SparseRows:
    if not blocks:
        return SparseRows(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0))
    ends = np.cumsum([len(block.indices) for block in blocks])
    if ends[-1] >= 2**31:
        raise ProgramError(f"{ends[-1]} nonzeros do not fit 32-bit indices")
    pieces = [np.zeros(1, np.int64)]
    pieces += [block.pointer[1:] + (end - len(block.indices)) for block, end in zip(blocks, ends, strict=True)]
    return SparseRows(
        np.concatenate(pieces),
        np.concatenate([block.indices for block in blocks]),
        np.concatenate([block.values for block in blocks]),
    )


def _joined_limits(limits: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    if not limits:
        return np.zeros(0), np.zeros(0)
    lower = np.concatenate([limit[0] for limit in limits])
    return lower, np.concatenate([limit[1] for limit in limits])
