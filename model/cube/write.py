"""Writes the cube to one NetCDF-4 file, whole or not at all.

Measured on a full-year cube of 250 assets and 45 nodes: see `COMPRESSION`.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

COMPRESSION = {"zlib": True, "complevel": 1, "shuffle": True}
CHUNK_CELLS = 1 << 18


def write_cube(cube: xr.DataTree, path: str | Path) -> Path:
    """Write a cube under a temporary name in the same folder, then rename it: a reader never sees half a file.

    Equal cubes give equal bytes but for the time stamp in `run`.

    Args:
        cube: tree of the groups inputs, results, duals, ledgers, costs, run.
        path: file to write; its folder is made if need be, an older file is replaced.

    Returns:
        The path written.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        for position, (group, node) in enumerate(cube.children.items()):
            dataset = node.to_dataset(inherit=False)
            dataset.to_netcdf(
                str(temporary),
                mode="a" if position else "w",
                group=str(group),
                engine="netcdf4",
                format="NETCDF4",
                encoding=encodings(dataset),
            )
        os.chmod(temporary, 0o666 & ~current_umask())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return target


def encodings(dataset: xr.Dataset) -> dict[str, dict[str, Any]]:
    """Compression and chunks of each variable with numbers; a chunk holds whole time series."""
    chosen: dict[str, dict[str, Any]] = {}
    for name, variable in dataset.variables.items():
        if variable.dtype.kind not in "fiu" or variable.ndim == 0 or variable.size == 0:
            chosen[str(name)] = {}
            continue
        chosen[str(name)] = {**COMPRESSION, "chunksizes": chunk_sizes(variable)}
        if variable.dtype.kind == "f":
            chosen[str(name)]["_FillValue"] = np.nan
    return chosen


def chunk_sizes(variable: xr.Variable) -> tuple[int, ...]:
    """Whole time (the last dimensions first), then as many rows as fit in `CHUNK_CELLS`."""
    left = CHUNK_CELLS
    sizes: list[int] = []
    for size in reversed(variable.shape):
        take = max(1, min(size, left))
        sizes.append(take)
        left = max(1, left // take)
    return tuple(reversed(sizes))


def current_umask() -> int:
    """The process's umask, which a temporary file ignores."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
