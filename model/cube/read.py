"""Reads cubes: one run, or many as one lazy cube with a `scenario` dimension."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import netCDF4
import pandas as pd
import xarray as xr
from xarray.backends import CachingFileManager, NetCDF4DataStore
from xarray.backends.netCDF4_ import NETCDF4_PYTHON_LOCK

from model.errors import InputError, Problem

GROUPS = ("inputs", "results", "duals", "ledgers", "costs", "run")


def open_run(path: str | Path) -> xr.DataTree:
    """Open the cube of one run; arrays are read when they are used.

    Raises:
        InputError: the file is missing or is not a cube of this package.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError([Problem(str(path), "", "", "", "an existing result file (.nc)")])
    manager = shared(file)
    try:
        with manager.acquire_context() as opened:
            groups = list(opened.groups)
    except OSError as error:
        raise InputError([Problem(str(path), "", "", "", f"a NetCDF result file ({error})")]) from error
    missing = [group for group in GROUPS if group not in groups]
    if missing:
        raise InputError([Problem(str(path), "", "", ", ".join(groups), f"groups {', '.join(missing)}")])
    stores = {group: NetCDF4DataStore(manager, group=group, mode="r") for group in groups}
    tree = xr.DataTree.from_dict({group: xr.open_dataset(store) for group, store in stores.items()})
    tree.set_close(manager.close)
    return tree


def shared(file: Path) -> CachingFileManager[Any]:
    """The handle of a file, one for all who read it in this process, opened again by itself after it was closed.

    The NetCDF library crashes where a file is open twice, one of the two is closed and it is opened once more.  A file
    that was written anew under the same name is another file.
    """
    state = file.stat()
    opener: Callable[..., Any] = netCDF4.Dataset
    return CachingFileManager(
        opener,
        str(file.resolve()),
        mode="r",
        lock=NETCDF4_PYTHON_LOCK,
        manager_id=(state.st_ino, state.st_mtime_ns),
    )


def open_results(pattern: str | Path | Iterable[str | Path]) -> xr.DataTree:
    """Open many runs as one lazy cube: every group gets a `scenario` dimension, labels are the union over all runs.

    Args:
        pattern: a glob such as `results/*/*.nc`, one path, or paths; one of them must exist.

    Returns:
        A tree of the cube's groups; labels that a run lacks are NaN in it, and the runs' attributes are variables of
        the group `run`.

    Raises:
        InputError: nothing matches.
    """
    files = matching(pattern)
    if not files:
        raise InputError([Problem(str(pattern), "", "", "", "at least one result file (.nc)")])
    runs = [open_run(file) for file in files]
    index = pd.Index(scenario_names(runs, files), name="scenario")
    groups = {}
    for group in GROUPS:
        parts = [run.children[group].to_dataset(inherit=False).chunk() for run in runs]
        if group == "run":
            parts = [attributes_as_variables(part) for part in parts]
        groups[group] = xr.concat(
            [numbered(part) for part in parts],
            dim=index,
            data_vars="all",
            coords="minimal",
            compat="override",
            join="outer",
            combine_attrs="override",
        )
    return xr.DataTree.from_dict(groups)


def numbered(dataset: xr.Dataset) -> xr.Dataset:
    """A dataset whose dimensions all have labels (a running number where they had none)."""
    unlabelled = [dim for dim in dataset.dims if dim not in dataset.indexes]
    return dataset.reset_coords().assign_coords({dim: range(dataset.sizes[dim]) for dim in unlabelled})


def matching(pattern: str | Path | Iterable[str | Path]) -> list[Path]:
    """Files that a glob, a path or several of them name, sorted, each once."""
    patterns = [pattern] if isinstance(pattern, (str, Path)) else list(pattern)
    found = {Path(name) for one in patterns for name in glob.glob(str(one), recursive=True)}
    return sorted(found)


def scenario_names(runs: list[xr.DataTree], files: list[Path]) -> list[str]:
    """Name of each run's scenario; where two runs share one, folder and file name tell them apart."""
    names = [str(run["run"].attrs.get("scenario_name", file.stem)) for run, file in zip(runs, files, strict=True)]
    return [
        name if names.count(name) == 1 else f"{name} ({file.parent.name}/{file.stem})"
        for name, file in zip(names, files, strict=True)
    ]


def attributes_as_variables(dataset: xr.Dataset) -> xr.Dataset:
    """The run's attributes as variables, so that they stand beside one another by scenario."""
    described = {
        name: xr.Variable((), value, {"long_name": name.replace("_", " ").capitalize(), "units": "text"})
        for name, value in dataset.attrs.items()
        if name not in dataset.variables
    }
    return dataset.drop_attrs(deep=False).assign(described)
