"""The sets and numbers of a program by name, for a statement of the same program in another language."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from model.engine.program import Program, VariableDeclaration


class Numbers:
    """Evaluated sets, parameters and maps of a program.

    A peer starts from these, so that every builder works on the same numbers, and their preparation is charged to the
    model alone.
    """

    def __init__(self, program: Program) -> None:
        """Index the declarations of a program by name."""
        self.sets: dict[str, Sequence[Any]] = {item.name: item.members for item in program.sets}
        self.families = {declaration.name: declaration for declaration in program.indexed_sets}
        self.maps = {declaration.name: np.asarray(declaration.positions) for declaration in program.maps}
        self.variables: dict[str, VariableDeclaration] = {item.name: item for item in program.variables}
        self.row_sets = {declaration.name: declaration.over for declaration in program.rows}
        self._parameters = {declaration.name: declaration.values for declaration in program.parameters}
        self._positions: dict[str, dict[Hashable, int]] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        """Values of a parameter, one axis for each set that it is over."""
        return np.asarray(self._parameters[name], dtype=float)

    def size(self, name: str) -> int:
        """Number of members of a set."""
        return len(self.sets[name])

    def positions(self, name: str) -> dict[Hashable, int]:
        """Position of every member of a set."""
        if name not in self._positions:
            self._positions[name] = {member: number for number, member in enumerate(self.sets[name])}
        return self._positions[name]

    def within(self, inner: str, outer: str) -> np.ndarray:
        """Position in the set `outer` of every member of the set `inner`."""
        positions = self.positions(outer)
        return np.array([positions[member] for member in self.sets[inner]], dtype=np.int64)

    def members(self, family: str, label: Callable[[Any, Any], Hashable], target: str) -> tuple[np.ndarray, np.ndarray]:
        """Flatten an indexed set into pairs of positions.

        Args:
            family: name of the indexed set.
            label: makes the member of `target` from a key of the family and one of its members.
            target: set in which the second position counts.

        Returns:
            Position of the key in the set that the family is over, and position of the labelled member in `target`.
        """
        declaration = self.families[family]
        keys, targets = self.positions(declaration.over[0]), self.positions(target)
        pairs = [
            (keys[key], targets[label(key, member)]) for key, found in declaration.members.items() for member in found
        ]
        return tuple(np.array(pairs, dtype=np.int64).reshape(-1, 2).T)  # type: ignore[return-value]

    def empty_rows(self) -> set[str]:
        """Row families without a row."""
        return {name for name, over in self.row_sets.items() if over and not all(self.size(item) for item in over)}
