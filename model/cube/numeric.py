"""Evaluates declared expressions on a solution's numbers: the same rule that made the rows, with arrays for variables.

Reported quantities thus say what the model says and nobody writes a formula twice.  (The independent check does not
use this: it knows the physics from the tables.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


class NumericModel:
    """Stands in for the Pyomo model in a rule: `m.activity[a, y, t]` gives numbers, an array for `t = m.all_time`.

    Components are taken from the program by name: variables (from `values`), parameters, maps, sets, indexed sets.
    """

    def __init__(self, program: Any, values: Mapping[str, np.ndarray]) -> None:
        """Index the program's components by name."""
        self._positions: dict[str, dict[Any, int]] = {}
        self._sets = {declared.name: declared for declared in program.sets}
        self._components: dict[str, Any] = {}
        for declared in program.sets:
            self._components[declared.name] = declared.members
        for declared in program.indexed_sets:
            self._components[declared.name] = Members(declared.members)
        for declared in program.parameters:
            self._components[declared.name] = Numbers(self, declared.over, declared.values)
        for declared in program.maps:
            self._components[declared.name] = Labels(self, declared.over, declared.to, declared.positions)
        for declared in program.variables:
            if declared.name in values:
                self._components[declared.name] = Numbers(self, declared.over, values[declared.name])
        self.all_time = np.arange(len(self._sets["time"].members))

    def __getattr__(self, name: str) -> Any:
        """A component of the model by name."""
        try:
            return self.__dict__["_components"][name]
        except KeyError:
            raise AttributeError(f"the program has no component {name!r}") from None

    def dimen(self, set_name: str) -> int:
        """Dimensions of a set's members."""
        return int(self._sets[set_name].dimen)

    def label(self, set_name: str, position: int) -> Any:
        """Member of a set by position."""
        return self._sets[set_name].members[position]

    def position(self, set_name: str, member: Any) -> Any:
        """Position of a member; an array of steps stays what it is."""
        if isinstance(member, np.ndarray):
            return member
        if set_name not in self._positions:
            self._positions[set_name] = {label: place for place, label in enumerate(self._sets[set_name].members)}
        return self._positions[set_name][member]

    def positions(self, over: tuple[str, ...], index: Any) -> tuple[Any, ...]:
        """Split a flat index into members of the factors, and those into positions."""
        flat = index if isinstance(index, tuple) else (index,)
        found, start = [], 0
        for name in over:
            dimen = self.dimen(name)
            member = flat[start] if dimen == 1 else tuple(flat[start : start + dimen])
            found.append(self.position(name, member))
            start += dimen
        return tuple(found)


class Numbers:
    """A variable's solution or a parameter."""

    def __init__(self, model: NumericModel, over: tuple[str, ...], values: np.ndarray) -> None:
        """Keep the values, one axis per index set."""
        self._model, self._over, self._values = model, tuple(over), np.asarray(values, dtype=float)

    def __getitem__(self, index: Any) -> Any:
        """Numbers at a flat index."""
        return self._values[self._model.positions(self._over, index)]


class Labels:
    """A label-valued map; over time it gives positions of steps."""

    def __init__(self, model: NumericModel, over: tuple[str, ...], to: str, positions: np.ndarray) -> None:
        """Keep the positions in the set that the map leads to."""
        self._model, self._over, self._to, self._positions = model, tuple(over), to, np.asarray(positions)

    def __getitem__(self, index: Any) -> Any:
        """Label at a flat index."""
        place = self._positions[self._model.positions(self._over, index)]
        return place if isinstance(place, np.ndarray) and place.ndim else self._model.label(self._to, int(place))


class Members:
    """An indexed set that can be narrowed to one member at a time, so that a sum is told apart into its terms."""

    def __init__(self, members: Mapping[Any, Any]) -> None:
        """Keep the members by key."""
        self._members = members
        self.only: Any = None

    def of(self, key: Any) -> Any:
        """All members under a key."""
        return self._members.get(key, ())

    def __getitem__(self, key: Any) -> Any:
        """Members under a key, or the one that it is narrowed to."""
        return self.of(key) if self.only is None else [self.only]
