"""A dense array that is only made when it is read: large, mostly empty results keep the size of their sparse form."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from xarray.backends import BackendArray
from xarray.core import indexing


class ScatteredArray(BackendArray):
    """Rows of a sparse index set × time, seen as a dense array with NaN where there is no member.

    A full year of heat extracted from reactors is 5 % of its dense form of 0.5 GB; nothing is kept twice, a block is
    laid out when somebody asks for it, and writing goes block by block.
    """

    def __init__(self, shape: tuple[int, ...], positions: tuple[np.ndarray, ...], values: np.ndarray) -> None:
        """Keep the members' positions (one array per dimension but the last) and their values (member × step)."""
        self.shape = shape
        self.dtype = np.dtype(float)
        self._positions = positions
        self._values = values

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        """A block of the dense array."""
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.OUTER, self._block)

    def _block(self, key: tuple[Any, ...]) -> np.ndarray:
        wanted = [np.atleast_1d(np.arange(size)[part]) for size, part in zip(self.shape, key, strict=True)]
        targets = []
        for size, chosen, position in zip(self.shape[:-1], wanted[:-1], self._positions, strict=True):
            place = np.full(size, -1)
            place[chosen] = np.arange(len(chosen))
            targets.append(place[position])
        inside = np.flatnonzero(np.all([target >= 0 for target in targets], axis=0))
        block = np.full([len(chosen) for chosen in wanted], np.nan)
        block[tuple(target[inside] for target in targets)] = self._values[np.ix_(inside, wanted[-1])]
        single = tuple(axis for axis, part in enumerate(key) if isinstance(part, (int, np.integer)))
        return block.squeeze(axis=single) if single else block


def lazy_variable(dims: tuple[str, ...], array: ScatteredArray, attributes: dict[str, str]) -> xr.Variable:
    """A variable over a scattered array."""
    return xr.Variable(dims, indexing.LazilyIndexedArray(array), attributes)
