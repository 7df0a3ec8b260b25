"""Writes the cube to one NetCDF-4 file, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from model.cube.layout import LARGE_CELLS

COMPRESSION = {"zlib": True, "complevel": 1, "shuffle": True}
"""Measured on a full-year cube (8760 steps, 465 assets, 2.3 GB as dense arrays), 2 busy cores: none 2,380 MB in 12 s,
level 1 191 MB in 10 s, level 4 182 MB in 23 s; zstd 187 MB in 5 s, but not every reader of NetCDF has it."""
CHUNK_CELLS = 1 << 18
"""Numbers in a chunk, 2 MB, whole time series first: reading one series of the same file takes 0.3 s; a quarter of the
size reads no faster and writes slower, four times the size changes nothing."""


def write_cube(cube: xr.DataTree, path: str | Path) -> Path:
    """Write a cube under a temporary name in the same folder, then rename it: a reader never sees half a file.

    Equal cubes give equal bytes but for the time stamp in `run`.  Where the scenario says `output.hourly: false`,
    nothing over time is written: capacities, yearly sums, mean prices, limits and costs stay.

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
    hourly = bool(cube.children["run"].attrs["hourly"])
    try:
        for position, (group, node) in enumerate(cube.children.items()):
            dataset = node.to_dataset(inherit=False)
            dataset = in_blocks(dataset if hourly or "time" not in dataset.dims else dataset.drop_dims("time"))
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


def in_blocks(dataset: xr.Dataset) -> xr.Dataset:
    """The dataset with its large arrays cut into blocks: those laid out on reading are never whole in memory."""
    large = {
        name: variable.chunk(dict(zip(variable.dims, chunk_sizes(variable.variable), strict=True)))
        for name, variable in dataset.data_vars.items()
        if variable.size > LARGE_CELLS and variable.dtype.kind == "f"
    }
    return dataset.assign(large)


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
