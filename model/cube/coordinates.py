"""Coordinates shared by all groups of the cube: what each step of time stands for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

LOCAL_ZONE = "Europe/Amsterdam"
TEXT = {"units": "text", "declared_in": "model/cube/coordinates.py"}
COORDINATES = ("utc_time", "local_time", "period_of_time", "weight", "length", "weather_year")


def time_coordinates(case: Any, labels: pd.Index) -> dict[str, xr.Variable]:
    """Coordinates along `time`: UTC and local wall clock, period, hours stood for, own length, weather year.

    `time` itself is the step's label in the program: representative periods need not be in calendar order and may hold
    an hour twice, so an instant cannot name a step.
    """
    axis = case.time
    utc = pd.DatetimeIndex(np.asarray(axis.utc))
    local = utc.tz_localize("UTC").tz_convert(LOCAL_ZONE).tz_localize(None)
    return {
        "time": xr.Variable("time", labels.to_numpy(), {"long_name": "Step of time", "units": "1"}),
        "utc_time": xr.Variable(
            "time", utc.to_numpy(), {"long_name": "Start of the step, UTC, in the weather year it was taken from"}
        ),
        "local_time": xr.Variable(
            "time", local.to_numpy(), {"long_name": f"Start of the step on a clock in {LOCAL_ZONE}", "zone": LOCAL_ZONE}
        ),
        "period_of_time": xr.Variable(
            "time", np.asarray(axis.period), {"long_name": "Period that the step belongs to", "units": "1"}
        ),
        "weight": xr.Variable(
            "time",
            np.asarray(axis.weight, dtype=float),
            {"long_name": "Hours of the year that the step stands for", "units": "h/year"},
        ),
        "length": xr.Variable(
            "time", np.asarray(axis.length, dtype=float), {"long_name": "Length of the step", "units": "h"}
        ),
        "weather_year": xr.Variable(
            "time", np.asarray(axis.weather_year), {"long_name": "Weather year of the step", "units": "1"}
        ),
    }


def unit_coordinates(case: Any, labels: dict[str, pd.Index]) -> dict[str, xr.Variable]:
    """Coordinates that hold the units which differ by technology and by group, where their dimension is in use.

    `capacity_unit(technology)` is what the attribute `units` names; `asset_capacity_unit(asset)` is the same for each
    asset, so that an array over assets carries it along.
    """
    coordinates = {}
    if "technology" in labels:
        units = case.technologies["capacity_unit"].reindex(labels["technology"])
        coordinates["capacity_unit"] = texts("technology", units, "Unit of a technology's capacity and activity")
    if "asset" in labels:
        owners = case.assets["technology"].reindex(labels["asset"])
        units = case.technologies["capacity_unit"].reindex(owners)
        coordinates["asset_capacity_unit"] = texts("asset", units, "Unit of an asset's capacity and activity")
    if "group" in labels:
        limits = case.tables["shared_potential_limits"]
        units = limits.groupby("group")["unit"].first().reindex(labels["group"])
        coordinates["group_unit"] = texts("group", units, "Unit of the potential that a group shares")
    if "limit" in labels:
        units = case.given.device_limits["unit"].reindex(labels["limit"])
        coordinates["limit_unit"] = texts("limit", units, "Unit of a limit over devices")
    for name, (dim, values, long_name) in sdepp_units(getattr(case, "sdepp", None)).items():
        if dim in labels:
            coordinates[name] = texts(dim, values.reindex(labels[dim]), long_name)
    return coordinates


def sdepp_units(scheme: Any) -> dict[str, tuple[str, pd.Series, str]]:
    """Units of awards, their output and caps of the SDE++ scheme: dimension, unit by label, sentence."""
    units = pd.DataFrame(columns=["award", "output"], dtype=object) if scheme is None else scheme.units
    caps = pd.Series(dtype=object) if scheme is None else scheme.caps["unit"].groupby(level="cap").first()
    return {
        "award_unit": ("category", units["award"], "Unit of an award: MW of output that is paid, or t CO2 per hour"),
        "output_unit": ("category", units["output"], "Unit of the output that is paid"),
        "cap_unit": ("cap", caps, "Unit of what a cap limits"),
    }


def texts(dim: str, values: pd.Series, long_name: str) -> xr.Variable:
    """A coordinate of text; empty where there is none."""
    return xr.Variable(dim, values.fillna("").to_numpy(dtype=object), {**TEXT, "long_name": long_name})


def label_coordinates(names: dict[str, pd.Index]) -> dict[str, xr.Variable]:
    """One coordinate of labels per dimension."""
    return {
        dim: xr.Variable(dim, labels.to_numpy(), {"long_name": dim.replace("_", " ").capitalize()})
        for dim, labels in names.items()
    }
