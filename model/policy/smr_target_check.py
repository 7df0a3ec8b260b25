"""Checks the target for small reactors: their electric capacity reaches it (F13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, below, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@check
def small_reactors_reach_target(case: Case, cube: Any) -> Iterator[Finding]:
    """Thermal capacity × efficiency of all small reactors is no less than the year's target."""
    tally = Tally("target for small reactors")
    small = case.reactors.index[case.reactors["kind"] == "smr"]
    assets = case.assets[case.assets["technology"].isin(small)]
    efficiency = case.reactors["efficiency"].reindex(assets["technology"]).to_numpy(dtype=float)
    for year, target in case.scenario.reactors.target.items():
        power = efficiency @ taken(cube, "capacity", asset=assets.index, year=year)
        tally.look(below(np.array([power]), float(target)), [year])
    yield tally.finding
