"""Checks that reactors stay within the cooling water and the land of their places (R9, F10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import Finding, Tally, above, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

HEAT_OF_WATER = 4186.0 * 1000.0
"""Heat that warms a cubic metre of water by one kelvin, J: specific heat times density (designs.csv)."""
SMALLEST = 1.0
"""No use counts as smaller than 1 m3/s or 1 ha when a difference is set against it."""


@check
def reactor_places(case: Case, cube: Any) -> Iterator[Finding]:
    """Cooling water at full load and land of all reactors at a place are within its limits, or within what stands."""
    water, land = Tally("cooling water of a place"), Tally("land of a place")
    if case.scenario.reactors.site_limits:
        sites = case.tables["reactor_sites"].set_index("node")
        reactors = case.assets[(case.assets["kind"] == "reactor") & case.assets["node"].isin(sites.index)]
        design = case.reactors.reindex(reactors["technology"]).reset_index(drop=True)
        tower = (sites["cooling"].reindex(reactors["node"]) == "tower").to_numpy()
        turbine = design["efficiency"].to_numpy() > 0.0
        rejected = 1e6 * np.where(turbine, 1.0 - design["efficiency"], design["dump_share_max"])  # W per MW_th
        evaporated = rejected / 1e6 * design["tower_evaporation"] / 3600.0
        through = rejected / (HEAT_OF_WATER * design["cooling_water_rise"])
        needs = {
            "cooling_water_max": (water, np.nan_to_num(np.where(tower, evaporated, through))),
            "land_max": (land, np.nan_to_num(design["land_use"].to_numpy(dtype=float))),
        }
        for year in case.years:
            capacity = taken(cube, "capacity", asset=reactors.index, year=year)
            stands = np.array([float(case.existing.get((asset, year), 0.0)) for asset in reactors.index])
            for column, (tally, each) in needs.items():
                use = pd.DataFrame({"use": each * capacity, "stands": each * stands}).groupby(
                    reactors["node"].to_numpy()
                )
                sums = use.sum()
                limits = sites[column].astype(float).fillna(np.inf).reindex(sums.index)
                most = np.maximum(limits.to_numpy(), sums["stands"].to_numpy())
                tally.look(above(sums["use"].to_numpy(), most, SMALLEST), list(sums.index), where=year)
    yield water.finding
    yield land.finding
