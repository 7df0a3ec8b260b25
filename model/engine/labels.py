"""Labels as integers: sets, indexed sets and the positions of their members, all by numpy.

Every label of a program has one integer code.  A set of single labels finds positions through an array, a set of tuples
through a mixed-radix key; -1 means that there is no such member.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from model.engine.faults import ProgramError
from model.engine.program import IndexedSetDeclaration, Label, Member, Program, SetDeclaration


class Labels:
    """The codes of all labels, in the order in which they are first seen."""

    def __init__(self) -> None:
        """Start without labels."""
        self.code_of: dict[Label, int] = {}
        self.label_of: list[Label] = []

    def code(self, label: Label) -> int:
        """Return the code of a label, giving it one if it is new."""
        code = self.code_of.get(label)
        if code is None:
            code = self.code_of[label] = len(self.label_of)
            self.label_of.append(label)
        return code

    def codes(self, members: Sequence[Member], dimen: int, owner: str) -> np.ndarray:
        """Return the codes of members, shape (members, dimen); a member of another length is an error."""
        if dimen == 1:
            if any(isinstance(member, tuple) for member in members):
                raise ProgramError(f"{owner}: dimen is 1 but a member is a tuple")
            return np.fromiter((self.code(m) for m in members), np.int64, len(members))[:, None]  # type: ignore[arg-type]
        for member in members:
            if not isinstance(member, tuple) or len(member) != dimen:
                raise ProgramError(f"{owner}: dimen is {dimen} but a member is {member!r}")
        flat = (self.code(label) for member in members for label in member)  # type: ignore[union-attr]
        return np.fromiter(flat, np.int64, len(members) * dimen).reshape(-1, dimen)


class SetTable:
    """One set: its members in order, their codes, and the way from codes to positions."""

    def __init__(self, declaration: SetDeclaration, labels: Labels) -> None:
        """Take over the members; a double member is an error."""
        self.name = declaration.name
        self.members = declaration.members
        self.dimen = declaration.dimen
        self.labels = labels
        self.codes = labels.codes(self.members, self.dimen, self.name)
        self._finders: list[np.ndarray] | None = None
        self._keys: np.ndarray | None = None
        self._order: np.ndarray | None = None

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self.codes)

    def prepare(self) -> None:
        """Build the look-up tables, once all labels of the program are known."""
        self._finders, self._radix = [], []
        for component in self.codes.T:
            used = np.unique(component)
            finder = np.full(len(self.labels.label_of), -1, np.int64)
            finder[used] = np.arange(len(used))
            self._finders.append(finder)
            self._radix.append(max(len(used), 1))
        if prod(self._radix) >= 2**62:
            raise ProgramError(f"{self.name}: too many dimensions and labels to index")
        keys = self._key(list(self.codes.T))
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]
        double = np.flatnonzero(self._keys[1:] == self._keys[:-1])
        if len(double):
            raise ProgramError(f"{self.name}: member {self.members[self._order[double[0]]]!r} occurs twice")
        if self.dimen == 1:
            self._table = np.full(len(self.labels.label_of), -1, np.int64)
            self._table[self.codes[:, 0]] = np.arange(len(self))

    def _key(self, codes: Sequence[np.ndarray]) -> np.ndarray:
        """Return one integer per combination of codes; -1 where a component is not in the set at all."""
        assert self._finders is not None
        key: np.ndarray = np.zeros((), np.int64)
        missing: np.ndarray = np.zeros((), bool)
        for finder, radix, code in zip(self._finders, self._radix, codes, strict=True):
            local = finder[code]
            missing = missing | (local < 0)
            key = key * radix + local
        return np.where(missing, -1, key)

    def positions(self, codes: Sequence[np.ndarray]) -> np.ndarray:
        """Return the positions of members given by broadcastable arrays of codes; -1 = no such member."""
        if self.dimen == 1:
            return np.asarray(self._table[codes[0]])
        assert self._keys is not None and self._order is not None
        keys = self._key(codes)
        if not len(self._keys):
            return np.full(keys.shape, -1, np.int64)
        found = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[found] == keys, self._order[found], -1)


class IndexedSetTable:
    """A family of sets as pointer and members, like the rows of a sparse matrix."""

    def __init__(self, declaration: IndexedSetDeclaration, factors: list[SetTable], labels: Labels) -> None:
        """Take over the members in the order of the index; every index must be named and no other."""
        self.name = declaration.name
        self.factors = factors
        self.dimen = declaration.dimen
        keys = list(flat_members(factors))
        unknown = set(declaration.members) - set(keys)
        if unknown:
            raise ProgramError(f"{self.name}: index {sorted(map(repr, unknown))[0]} is not in {declaration.over}")
        members: list[Member] = []
        pointer = np.zeros(len(keys) + 1, np.int64)
        for number, key in enumerate(keys):
            if key not in declaration.members:
                raise ProgramError(f"{self.name}: index {key!r} is not named (give it an empty sequence)")
            here = declaration.members[key]
            if len(set(here)) < len(here):
                raise ProgramError(f"{self.name}: a member occurs twice at index {key!r}")
            members.extend(here)
            pointer[number + 1] = len(members)
        self.pointer = pointer
        self.codes = labels.codes(members, self.dimen, self.name)


def flat_members(factors: Sequence[SetTable]) -> list[Member]:
    """Return the flat labels of a product of sets in order: a label where it has one dimension, else a tuple."""
    tuples: list[tuple[Label, ...]] = [()]
    for factor in factors:
        tails = [member if isinstance(member, tuple) else (member,) for member in factor.members]
        tuples = [head + tail for head in tuples for tail in tails]
    if sum(factor.dimen for factor in factors) == 1:
        return [item[0] for item in tuples]
    return list(tuples)


def member_at(factors: Sequence[SetTable], flat: int) -> tuple[Label, ...]:
    """Return the flat labels at one position of a product of sets."""
    labels: list[Label] = []
    for position, factor in zip(np.unravel_index(flat, [len(f) for f in factors]), factors, strict=True):
        member = factor.members[int(position)]
        labels.extend(member if isinstance(member, tuple) else (member,))
    return tuple(labels)


class Tables:
    """All sets of a program by name, with their look-ups; also checks the shapes of parameters and maps."""

    def __init__(self, program: Program) -> None:
        """Give every label its code and check what the declarations say of one another."""
        self.labels = Labels()
        self.sets: dict[str, SetTable] = {}
        for declaration in program.sets:
            self._new_name(declaration.name)
            self.sets[declaration.name] = SetTable(declaration, self.labels)
        self.indexed_sets: dict[str, IndexedSetTable] = {}
        for indexed in program.indexed_sets:
            self._new_name(indexed.name)
            factors = self.factors(indexed.over, indexed.name)
            self.indexed_sets[indexed.name] = IndexedSetTable(indexed, factors, self.labels)
        for table in self.sets.values():
            table.prepare()
        for variable in program.variables:
            self.factors(variable.over, variable.name)
        for row in (*program.rows, *program.costs, *program.reported):
            self.factors(row.over, row.name)
        for parameter in program.parameters:
            values = np.asarray(parameter.values)
            self._check_shape(parameter.name, parameter.over, values.shape)
            if values.dtype.kind not in "fiub":
                raise ProgramError(f"{parameter.name}: the values are {values.dtype}, numbers are needed")
            missing = np.isnan(values)
            if missing.any():
                factors = self.factors(parameter.over, parameter.name)
                where = member_at(factors, int(np.flatnonzero(missing)[0])) if factors else ()
                raise ProgramError(f"{parameter.name}{list(where)}: the value is not a number")
        for item in program.maps:
            self._check_shape(item.name, item.over, np.asarray(item.positions).shape)
            target = self.factors((item.to,), item.name)[0]
            positions = np.asarray(item.positions)
            if target.dimen != 1:
                raise ProgramError(f"{item.name}: the set {item.to!r} has {target.dimen} dimensions, a map needs one")
            if positions.size and (positions.min() < 0 or positions.max() >= len(target)):
                raise ProgramError(f"{item.name}: a position lies outside the {len(target)} members of {item.to!r}")

    def factors(self, over: Sequence[str], owner: str) -> list[SetTable]:
        """Return the sets that `over` names; an unknown name is an error of `owner`."""
        unknown = [name for name in over if name not in self.sets]
        if unknown:
            raise ProgramError(f"{owner}: there is no set {unknown[0]!r}")
        return [self.sets[name] for name in over]

    def _new_name(self, name: str) -> None:
        if name in self.sets or name in getattr(self, "indexed_sets", {}):
            raise ProgramError(f"{name}: declared twice")

    def _check_shape(self, name: str, over: Sequence[str], shape: tuple[int, ...]) -> None:
        expected = tuple(len(factor) for factor in self.factors(over, name))
        if shape != expected:
            raise ProgramError(f"{name}: values have shape {shape}, but {tuple(over)} has {expected}")
