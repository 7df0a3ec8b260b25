"""Checks what SDE++ categories demand: feed-in, production hours, thermal stores, installations, connections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import (
    RELATIVE_TOLERANCE,
    SMALLEST_SUM,
    Finding,
    Tally,
    above,
    below,
    electricity,
    profiles,
    taken,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


def standing(case: Case, cube: Any, year: int) -> Any:
    """What was built with awards and stands in a year, with its capacity; one row per round, category and asset."""
    assert case.sdepp is not None
    table = case.sdepp.supports.reset_index()
    labels: Any = {name: table[name].tolist() for name in ("round", "category", "asset", "build_year")}
    table["built"] = taken(cube, "sdepp_built", **labels)
    options = pd.MultiIndex.from_frame(table[["asset", "build_year"]])
    life = case.build_options["lifetime"].reindex(options).to_numpy(dtype=float)
    alive = (table["build_year"] <= year) & (year < table["build_year"] + life)
    table["capacity"] = table["built"] * table["capacity_per_award"]
    table["node"] = case.assets["node"].reindex(table["asset"]).to_numpy()
    return table[alive]


HELD_TOLERANCE = 1e-3
"""Where capacities are held, dust below 0.1 is taken off each (model/dispatch.py): 1 MW in all may be off."""


@check
def sdepp_operation(case: Case, cube: Any) -> Iterator[Finding]:
    """Panels with an award feed in what their share of peak allows; part-time categories keep to their hours."""
    if case.sdepp is None:
        return
    feed_in, hours = Tally("SDE++ feed-in"), Tally("SDE++ production hours")
    weight = np.asarray(case.time.weight, dtype=float)
    for year in case.years:
        table = standing(case, cube, year)
        figures: Any = case.asset_years
        for asset in sorted(set(table["asset"])):
            parts = table[table["asset"] == asset]
            capacity = float(taken(cube, "capacity", asset=[asset], year=year)[0])
            activity = taken(cube, "activity", asset=[asset], year=year)[0]
            limited = parts[parts["feed_in_share"] < 1.0]
            if len(limited):
                sun = profiles(case, [str(case.assets.at[asset, "availability_profile"])])[0]
                sun = sun * float(figures.at[(asset, year), "availability"])
                most = (capacity - float(limited["capacity"].sum())) * sun
                for peak, share in zip(limited["capacity"], limited["feed_in_share"], strict=True):
                    most = most + peak * np.minimum(sun, share)
                feed_in.look(above(activity, most), where=f"{asset}, {year}")
            part_time = parts[np.isfinite(parts["production_hours"])]
            if len(part_time):
                own = part_time["capacity"].to_numpy()
                allowed = weight.sum() * (capacity - own.sum()) + float(own @ part_time["production_hours"].to_numpy())
                made = np.array([float(activity @ weight)])
                hours.look(above(made, allowed, SMALLEST_SUM), [asset], where=year)
    yield feed_in.finding
    yield hours.finding


@check
def sdepp_plants(case: Case, cube: Any) -> Iterator[Finding]:
    """Thermal stores are as large as they must be and no larger than the sites hold; connections carry all boilers."""
    if case.sdepp is None:
        return
    close = HELD_TOLERANCE if case.scenario.dispatch.holds else RELATIVE_TOLERANCE
    stores, sites, connections = (
        Tally(f"SDE++ {name}", close) for name in ("thermal stores", "installations", "connections")
    )
    for year in case.years:
        table = standing(case, cube, year)
        beside = case.sdepp.companions.reset_index().merge(table, on=["round", "category", "asset"])
        asked = (beside["ratio"] * beside["built"]).groupby(beside["companion"]).sum()
        there = taken(cube, "capacity", asset=list(asked.index), year=year)
        stores.look(below(there, asked.to_numpy()), list(asked.index), where=year)
        counted = table[np.isfinite(table["installations"])].groupby(["category", "asset"])
        most = counted["installations"].first()
        sites.look(above(counted["built"].sum().to_numpy(), most.to_numpy()), list(most.index), where=year)
        boilers = table[table["boiler"] & table["node"].isin(case.sites.index)]
        if len(boilers) and case.scenario.sites.contracts:
            flows = pd.MultiIndex.from_arrays(
                [boilers["asset"], [electricity(case)] * len(boilers), [year] * len(boilers)]
            )
            power = boilers["capacity"].to_numpy() * -case.flows["coefficient"].reindex(flows).fillna(0.0).to_numpy()
            drawn = pd.Series(power).groupby(boilers["node"].to_numpy()).sum()
            here = case.sites.loc[drawn.index]
            wide = (here["contract_import"].fillna(np.inf) + here["contract_growth_max"].fillna(np.inf)).to_numpy()
            connections.look(above(drawn.to_numpy(), wide), list(drawn.index), where=year)
    for tally in (stores, sites, connections):
        yield tally.finding
