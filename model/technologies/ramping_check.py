"""Checks ramps: no asset changes its activity faster than it can, cyclic in each period (C2, F4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, above, chunks, of_year, step_before, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@check
def ramps(case: Case, cube: Any) -> Iterator[Finding]:
    """Between neighbouring steps activity changes by no more than rate × length × capacity."""
    tally = Tally("ramps")
    before, length = step_before(case), np.asarray(case.time.length, dtype=float)
    # Reactors whose outages move, or that start and stop, are looked at in commitment_check.
    settings = case.scenario.reactors
    plain = settings.commitment == "ramp" and settings.refuelling == "availability"
    running = case.assets.index[case.assets["kind"].isin(["conversion", "reactor"] if plain else ["conversion"])]
    for year in case.years:
        rates = of_year(case.asset_years, year)["ramp"].reindex(running).dropna()
        for rows in chunks(len(rates)):
            assets, rate = rates.index[rows].tolist(), rates.to_numpy()[rows]
            activity = taken(cube, "activity", asset=assets, year=year)
            capacity = taken(cube, "capacity", asset=assets, year=year)
            most = (rate * capacity)[:, None] * length[None, :]
            tally.look(above(np.abs(activity - activity[:, before]), most), assets, where=year)
    yield tally.finding
