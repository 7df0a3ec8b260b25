"""Pyomo parameters that read an array: nothing is stored twice; `pprint`, `clone` and dense rules work unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from pyomo.core.base.param import IndexedParam, Param
from pyomo.core.base.set import Any as AnyDomain

from model.engine.labels import SetTable, flat_members


class _ArrayData(Mapping[Any, Any]):
    """The `_data` of an `ArrayParam`: a read-only mapping from flat index to value, computed from the array."""

    def __init__(self, array: np.ndarray, factors: Sequence[SetTable], labels: Sequence[Any] | None) -> None:
        self.array = array
        self.factors = factors
        self.labels = labels
        self._places: list[dict[Any, int]] | None = None

    def __getitem__(self, index: Any) -> Any:
        # A template index is not hashable.  It must fail here with TypeError, before any set is iterated, since
        # iterating a set inside a template yields templates.
        hash(index)
        if self._places is None:
            self._places = [{member: i for i, member in enumerate(factor.members)} for factor in self.factors]
        flat = index if isinstance(index, tuple) else (index,)
        position, start = [], 0
        for factor, places in zip(self.factors, self._places, strict=True):
            part = flat[start : start + factor.dimen]
            start += factor.dimen
            position.append(places[part[0] if factor.dimen == 1 and part else part])
        if start != len(flat):
            raise KeyError(index)
        value = self.array[tuple(position)].item()
        return value if self.labels is None else self.labels[value]

    def __iter__(self) -> Iterator[Any]:
        return iter(flat_members(self.factors))

    def __len__(self) -> int:
        return int(np.prod([len(factor) for factor in self.factors]))

    def __deepcopy__(self, memo: dict[int, Any]) -> _ArrayData:
        return self  # read-only: a cloned model may share it


class ArrayParam(IndexedParam):
    """An immutable indexed parameter whose values (or labels, for a map) live in one numpy array."""

    def __init__(
        self,
        index_set: Any,
        array: np.ndarray,
        factors: Sequence[SetTable],
        labels: Sequence[Any] | None = None,
        doc: str | None = None,
    ) -> None:
        """Attach the array.

        Args:
            index_set: the Pyomo set of the flat index.
            array: one axis per factor; numbers, or positions in `labels`.
            factors: the sets behind the axes.
            labels: the labels a map leads to; None for numbers.
            doc: a sentence for `pprint`.
        """
        Param.__init__(self, index_set, doc=doc, within=AnyDomain, ctype=Param)
        self._array = array
        self._source = _ArrayData(array, factors, labels)

    @property
    def is_map(self) -> bool:
        """Whether the values are labels."""
        return self._source.labels is not None

    def construct(self, data: Any = None) -> None:
        """Make the values readable; the array is already complete."""
        if self._constructed:  # type: ignore[has-type]
            return
        if self._anonymous_sets is not None:
            for index_set in self._anonymous_sets:
                index_set.construct()
        self._constructed = True
        self._data = self._source

    def is_reference(self) -> bool:
        """Return False: Pyomo takes any component whose data is not a dict for a reference."""
        return False


def latex(component: Any) -> str:
    """Return Pyomo's LaTeX for a component of a dense model.

    The printer goes by exact class, so an `ArrayParam` takes the place of `IndexedParam` while it runs.
    """
    from importlib import import_module

    printer: Any = import_module("pyomo.contrib.latex_printer.latex_printer")
    printer.IndexedParam = ArrayParam
    try:
        return str(printer.latex_printer(component))
    finally:
        printer.IndexedParam = IndexedParam
