"""Evaluates index sets of a case, each once, in whatever order they need one another."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from model.core.registry import Registry

if TYPE_CHECKING:
    from model.data.case import Case


def call_with_sets(function: Callable[..., Any], case: Case, sets: SetValues) -> Any:
    """Call a declared function as `(case)` or `(case, sets)`, whichever it takes."""
    count = len(inspect.signature(function).parameters)
    return function(case, sets) if count == 2 else function(case)


class SetValues:
    """The sets of one case by name: `sets["asset_year"]` lists members, `sets.family("assets_at")` maps keys."""

    def __init__(self, registry: Registry, case: Case) -> None:
        """Remember where to ask; nothing is computed yet."""
        self._registry = registry
        self._case = case
        self._members: dict[str, Sequence[Any]] = {}
        self._positions: dict[str, dict[Any, int]] = {}
        self._families: dict[str, dict[Any, list[Any]]] = {}
        self._open: list[str] = []

    def __getitem__(self, name: str) -> Sequence[Any]:
        """Members of a plain set, sorted (a `range` stays as it is)."""
        if name not in self._members:
            found = self._evaluate(name)
            self._members[name] = found if isinstance(found, range) else sorted(set(found))
        return self._members[name]

    def positions(self, name: str) -> dict[Any, int]:
        """Position of each member in the set."""
        if name not in self._positions:
            self._positions[name] = {member: position for position, member in enumerate(self[name])}
        return self._positions[name]

    def family(self, name: str) -> dict[Any, list[Any]]:
        """Members of an indexed set by key, sorted; only the keys that have members.

        Raises:
            KeyError: a key is not a member of the set that the family is declared over.
        """
        if name not in self._families:
            found: Mapping[Any, Any] = self._evaluate(name)
            self._families[name] = {key: sorted(set(members)) for key, members in sorted(found.items()) if members}
        return self._families[name]

    def check_keys(self, name: str) -> None:
        """Refuse an indexed set that has members under a key which its base set lacks."""
        base = self._registry.meta[name].over[0]
        unknown = [key for key in self.family(name) if key not in self.positions(base)]
        if unknown:
            raise KeyError(f"{name} has members under {unknown[0]!r}, which is not in {base}")

    def _evaluate(self, name: str) -> Any:
        if name in self._open:
            raise RecursionError(f"sets need one another in a circle: {' -> '.join([*self._open, name])}")
        record = self._registry.meta[name]
        if record.function is None:
            raise KeyError(f"{name} is not a set")
        self._open.append(name)
        try:
            return call_with_sets(record.function, self._case, self)
        finally:
            self._open.pop()
