"""Where a term lives: the axes of a family of rows, widened by the sums around the term.

There is one numpy axis per set of the family.  Arrays stay small, with length 1 along every axis they do not depend on
("aligned"); a sum over an indexed set repeats one axis, a sum over a plain set adds one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

# From 3.12 on Python's `sum` adds floats with Neumaier's compensation.
SUM_COMPENSATES = sys.version_info >= (3, 12)

Aligned = np.ndarray
Operation = tuple[str, Aligned | None]


@dataclass(frozen=True)
class Space:
    """The axes of a term.

    Attributes:
        shape: length of each axis.
        codes: label codes of every free index, aligned.
        rows: position in each set of the family, aligned.
        hosts: the axis that carries each set of the family.
        operations: what is done to the term by the products, quotients and sums around it, outermost first.
        marks: for every space that a sum started from, the position along each of its axes, aligned.
    """

    shape: tuple[int, ...]
    codes: dict[int, Aligned]
    rows: tuple[Aligned, ...]
    hosts: tuple[int, ...]
    operations: tuple[Operation, ...] = ()
    marks: tuple[tuple[Aligned, ...], ...] = ()

    def push(self, kind: str, value: Aligned | None = None) -> Space:
        """Return the space with one more operation around its terms."""
        if value is not None and not value.ndim:
            value = value.reshape((1,) * len(self.shape))
        return replace(self, operations=(*self.operations, (kind, value)))

    def marked(self) -> Space:
        """Return the space that remembers the position along each of its axes, to be folded back to."""
        axes = tuple(along(np.arange(length), axis, len(self.shape)) for axis, length in enumerate(self.shape))
        return replace(self, marks=(*self.marks, axes))

    def with_codes(self, numbers: tuple[int, ...], codes: np.ndarray, axis: int) -> Space:
        """Return the space with new indices, whose codes (members, dimen) run along an axis."""
        new = {number: along(codes[:, i], axis, len(self.shape)) for i, number in enumerate(numbers)}
        return replace(self, codes={**self.codes, **new})

    def with_axis(self, length: int) -> Space:
        """Add an axis at the end."""
        return self._mapped(lambda array: array[..., None], (*self.shape, length), self.hosts)

    def repeated(self, axis: int, counts: np.ndarray) -> Space:
        """Repeat an axis: its position i `counts[i]` times."""
        origin = np.repeat(np.arange(len(counts)), counts)
        shape = (*self.shape[:axis], len(origin), *self.shape[axis + 1 :])
        single = self.shape[axis] == 1

        def change(array: Aligned) -> Aligned:
            return array if array.shape[axis] == 1 and not single else np.take(array, origin, axis)

        return self._mapped(change, shape, self.hosts)

    def merged(self, axes: list[int]) -> Space:
        """Turn several axes into one: the first of them, the others get length 1."""
        first, others = axes[0], axes[1:]
        kept = [axis for axis in range(len(self.shape)) if axis not in axes]
        length = int(np.prod([self.shape[axis] for axis in axes]))
        order = np.argsort([first, *kept])

        def change(array: Aligned) -> Aligned:
            if all(array.shape[axis] == 1 for axis in axes):
                return array
            wide = [self.shape[axis] if axis in axes else size for axis, size in enumerate(array.shape)]
            moved = np.broadcast_to(array, wide).transpose([*axes, *kept])
            flat = moved.reshape(length, *moved.shape[len(axes) :]).transpose(order)
            final = [length if axis == first else 1 if axis in others else wide[axis] for axis in range(len(wide))]
            return flat.reshape(final)

        shape = [length if axis == first else 1 if axis in others else size for axis, size in enumerate(self.shape)]
        return self._mapped(change, tuple(shape), tuple(first if host in axes else host for host in self.hosts))

    def fold(self, parent: Space, values: Aligned, start: Aligned, plain: bool = True) -> Aligned:
        """Add up values, cell by cell of the space that a sum started from, one after the other on top of `start`.

        Not `plain`: the way Python's own `sum` adds floats, which from Python 3.12 on makes up for rounding.
        """
        marks = self.marks[-1]
        narrow = [self._untouched(parent, axis, values, start) for axis in range(len(parent.shape))]
        target = [1 if thin else size for thin, size in zip(narrow, parent.shape, strict=True)]
        source = [1 if axis < len(narrow) and narrow[axis] else size for axis, size in enumerate(self.shape)]
        flat: np.ndarray = np.zeros((), np.int64)
        for axis, mark in enumerate(marks):
            flat = flat * target[axis] + (0 if narrow[axis] else mark)
        total = np.array(np.broadcast_to(start, target), dtype=float).ravel()
        places, addends = np.broadcast_to(flat, source).ravel(), np.broadcast_to(values, source).ravel()
        if plain or not SUM_COMPENSATES:
            np.add.at(total, places, addends)
        else:
            compensated_add(total, places, addends)
        return total.reshape(target)

    def _untouched(self, parent: Space, axis: int, values: Aligned, start: Aligned) -> bool:
        """Whether neither the sum nor the values depend on an axis of the parent."""
        marks = self.marks[-1]
        if self.shape[axis] != parent.shape[axis] or any(
            mark.shape[axis] != 1 for other, mark in enumerate(marks) if other != axis
        ):
            return False
        own = marks[axis]
        alone = own.size == parent.shape[axis] and np.array_equal(own.ravel(), np.arange(own.size))
        return bool(alone and aligned_length(values, axis) == 1 and aligned_length(start, axis) == 1)

    def _mapped(self, change: Callable[[Aligned], Aligned], shape: tuple[int, ...], hosts: tuple[int, ...]) -> Space:
        return Space(
            shape=shape,
            codes={number: change(codes) for number, codes in self.codes.items()},
            rows=tuple(change(rows) for rows in self.rows),
            hosts=hosts,
            operations=tuple((kind, None if value is None else change(value)) for kind, value in self.operations),
            marks=tuple(tuple(change(mark) for mark in marks) for marks in self.marks),
        )


def along(values: np.ndarray, axis: int, dimensions: int) -> Aligned:
    """Return a vector laid along one axis of an aligned array."""
    shape = [1] * dimensions
    shape[axis] = len(values)
    return values.reshape(shape)


def compensated_add(total: np.ndarray, places: np.ndarray, addends: np.ndarray) -> None:
    """Add to the places of a vector in order, as Python's `sum` does from 3.12 on, all places at once."""
    order = np.argsort(places, kind="stable")
    counts = np.bincount(places, minlength=len(total))
    first = np.cumsum(counts) - counts
    lost = np.zeros(len(total))
    for rank in range(int(counts.max(initial=0))):
        here = np.flatnonzero(counts > rank)
        old, new = total[here], addends[order[first[here] + rank]]
        both = old + new
        lost[here] += np.where(np.abs(old) >= np.abs(new), (old - both) + new, (new - both) + old)
        total[here] = both
    total += np.where(np.isfinite(lost), lost, 0.0)


def aligned_length(array: Aligned, axis: int) -> int:
    """Return the length along an axis of an array that may have no axes at all."""
    return array.shape[axis] if array.ndim else 1


def row_space(lengths: list[int], codes: list[np.ndarray], numbers: tuple[int, ...]) -> Space:
    """Return the space of a family: one axis for each of its sets, or one of length 1 for a single row."""
    shape = tuple(lengths) or (1,)
    rows = tuple(along(np.arange(length), axis, len(shape)) for axis, length in enumerate(lengths))
    space = Space(shape, {}, rows, tuple(range(len(lengths))))
    start = 0
    for axis, table in enumerate(codes):
        space = space.with_codes(numbers[start : start + table.shape[1]], table, axis)
        start += table.shape[1]
    return space
