"""Checks conversion: activity within what is available, supply and variable cost found anew (C1, C2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import (
    Charge,
    Finding,
    Supply,
    Tally,
    above,
    below,
    charges,
    chunks,
    of_year,
    profiles,
    supplies,
    taken,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@supplies
def converted(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """What assets give and take of carriers that balance: activity × coefficient × hourly multiplier."""
    flows = of_year(case.flows, year)
    balanced = case.carriers.index[case.carriers["balanced"] == "yes"]
    flows = flows[flows.index.get_level_values("carrier").isin(balanced)]
    for rows in chunks(len(flows)):
        part = flows.iloc[rows]
        assets = part.index.get_level_values("asset")
        values = taken(cube, "activity", asset=assets, year=year)
        values *= part["coefficient"].to_numpy()[:, None] * profiles(case, part["profile"])
        nodes = case.assets["node"].reindex(assets).tolist()
        yield Supply(nodes, part.index.get_level_values("carrier").tolist(), values)


@check
def activity_within_capacity(case: Case, cube: Any) -> Iterator[Finding]:
    """No asset does more than is available of its capacity, nor less than its minimum load; without it none acts."""
    most, least = Tally("activity within capacity"), Tally("minimum load")
    for year in case.years:
        figures = of_year(case.asset_years, year).reindex(case.assets.index)
        for rows in chunks(len(case.assets)):
            part, own = case.assets.iloc[rows], figures.iloc[rows]
            assets = part.index.tolist()
            activity = taken(cube, "activity", asset=assets, year=year)
            if not activity.any() and not (own["minimum_load"] > 0).any():
                continue
            capacity = taken(cube, "capacity", asset=assets, year=year)
            runs = part["kind"].isin(["conversion", "reactor"]).to_numpy()
            share = np.where(runs, own["availability"].fillna(0.0).to_numpy(), 0.0)
            available = (share * capacity)[:, None] * profiles(case, part["availability_profile"])
            most.look(above(activity, available), assets, where=year)
            # What is not in refuelling, or online, has a floor of its own (outages_check, commitment_check).
            free = _has_own_floor(case, part)
            floor = np.where(free, 0.0, own["minimum_load"].fillna(0.0).to_numpy())[:, None] * available
            least.look(below(activity, floor), assets, where=year)
    yield most.finding
    yield least.finding


def _has_own_floor(case: Case, assets: pd.DataFrame) -> np.ndarray:
    """Reactors that start and stop, or whose refuelling is decided."""
    settings = case.scenario.reactors
    designs = case.reactors.reindex(assets["technology"])
    known = designs[["outage_length", "outage_interval", "forced_outage_rate"]].notna().all(axis=1).to_numpy()
    decided = known & (settings.refuelling == "decided")
    return (assets["kind"] == "reactor").to_numpy() & (decided | (settings.commitment == "linear"))


@charges
def variable_om_of_activity(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Variable operation and maintenance per unit of activity."""
    weight = np.asarray(case.time.weight, dtype=float)
    prices = of_year(case.asset_years, year)["variable_om"]
    for rows in chunks(len(prices)):
        assets = prices.index[rows]
        energy = taken(cube, "activity", asset=assets, year=year) @ weight
        owners = case.assets.reindex(assets)
        amounts = energy * prices.to_numpy()[rows]
        yield Charge("variable_om", owners["node"].tolist(), owners["technology"].tolist(), amounts)
