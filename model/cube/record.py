"""The run group: what was solved, with what, from which inputs, and what came of it."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import platform
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from model import __version__
from model.cube.metadata import SIGN_OF_MONEY

PACKAGES = ("pyomo", "highspy", "numpy", "pandas", "xarray", "netCDF4", "tsam")
LOG_TAIL_LINES = 60


def run_group(case: Any, solution: Any, statistics: Mapping[str, Any], costs: xr.Dataset) -> xr.Dataset:
    """Scenario, checksums, versions, options, statistics, log tail as attributes; the objective by cost item."""
    parts = costs["cost"].sum(["year", "node", "technology"])
    parts.attrs = {
        "units": "EUR",
        "long_name": "Objective by cost item, discounted",
        "sign": SIGN_OF_MONEY,
        "declared_in": "model/cube/record.py",
    }
    group = xr.Dataset({"objective_by_item": parts})
    group.attrs = {
        "title": str(case.scenario.title),
        "scenario_name": str(case.scenario.name),
        "scenario_yaml": case.scenario.to_yaml(),
        "created": datetime.datetime.now(datetime.UTC).replace(microsecond=0).isoformat(),
        "status": solution.status,
        "objective": float(solution.objective),
        "objective_unit": "EUR, discounted",
        "method": str(solution.method),
        "dual_kind": str(solution.dual_kind),
        "seconds_solver": float(solution.seconds),
        "options": as_json(solution.options),
        "attempts": as_json([list(attempt) for attempt in solution.attempts]),
        "quality": as_json(solution.quality),
        "log_tail": "\n".join(str(solution.log).splitlines()[-LOG_TAIL_LINES:]),
        "checksums": as_json(case.checksums),
        "versions": as_json(versions()),
        "hourly": int(case.scenario.output.hourly),
        "years": as_json(list(case.years)),
        "discount_weight": as_json({str(year): float(value) for year, value in case.discount_weight.items()}),
        "price_year": int(case.scenario.finance.price_year),
    }
    for key, value in statistics.items():
        group.attrs[key] = value if isinstance(value, (int, float, str)) else as_json(value)
    return group


def versions() -> dict[str, str]:
    """Versions of Python, this package and what it stands on."""
    found = {"smr-grid-nl": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def as_json(value: Any) -> str:
    """Text of a nested value, keys sorted, so that equal runs give equal bytes."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=plain)


def plain(value: Any) -> Any:
    """A NumPy value as a Python one; anything else as text."""
    return value.item() if isinstance(value, np.generic) else str(value)
