"""Checks hosting limits between the buses of a region, their reinforcement and its cost (G2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.cells import value_at
from model.core.checking import (
    Charge,
    Finding,
    Supply,
    Tally,
    above,
    below,
    charges,
    electricity,
    present,
    supplies,
    taken,
    yearly_payment,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

SIGNS = {"feed_in": 1.0, "offtake": -1.0}
"""Direction in which the exchange of a region counts as feed-in or off-take."""
SERVING = {"feed_in": ("both", "feed_in"), "offtake": ("both", "offtake")}


def regional_buses(case: Case) -> pd.DataFrame:
    """Regional bus and the transmission bus above it, by region."""
    regional = case.nodes[case.nodes["kind"] == "regional"]
    return pd.DataFrame({"below": regional.index, "above": regional["parent"].to_numpy()}, index=regional["region"])


@supplies
def exchanged_in_regions(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """Feed-in leaves the regional bus and arrives at the transmission bus, off-take the other way."""
    buses = regional_buses(case)
    up = taken(cube, "hosting_exchange", region=buses.index, year=year)
    carriers = [electricity(case)] * len(buses)
    yield Supply(buses["above"].tolist(), carriers, up)
    yield Supply(buses["below"].tolist(), carriers, -up)


def reinforced(cube: Any, regions: list[str], directions: tuple[str, ...], year: int) -> np.ndarray:
    """Reinforcement that serves any of these directions, MW by region."""
    parts = [taken(cube, "hosting_built", region=regions, direction=name, year=year) for name in directions]
    return np.asarray(np.sum(parts, axis=0))


@check
def hosting_limits(case: Case, cube: Any) -> Iterator[Finding]:
    """Feed-in and off-take stay within the table's limit × the scenario's factor + what was reinforced for them."""
    grid = case.scenario.grid
    regions = [str(region) for region in regional_buses(case).index]
    for direction in SERVING:
        tally = Tally(f"hosting limit {direction}")
        for year in case.years if grid.hosting else []:
            limits = np.array([value_at(case.hosting, (region, direction, year), np.inf) for region in regions])
            limits = limits * grid.hosting_factor + reinforced(cube, regions, SERVING[direction], year)
            value = SIGNS[direction] * taken(cube, "hosting_exchange", region=regions, year=year)
            tally.look(above(value, limits[:, None]), regions, where=year)
        yield tally.finding


@check
def hosting_reinforcements(case: Case, cube: Any) -> Iterator[Finding]:
    """Limits are reinforced only where the scenario lets them, no faster than can be built, and stay reinforced."""
    most, stays = Tally("hosting reinforcement"), Tally("hosting reinforcement stays")
    table, grid = case.hosting_reinforcement, case.scenario.grid
    before: dict[tuple[str, str], float] = {}
    for year in case.years:
        cells = present(cube, "hosting_built", year)
        keys = list(zip(cells["region"], cells["direction"], strict=True))
        built = taken(cube, "hosting_built", region=cells["region"], direction=cells["direction"], year=year)
        rows = table.reindex(cells["region"])
        since = year - rows["first_year"].to_numpy(dtype=float)
        allowed = (since >= 0) & grid.hosting & grid.hosting_expansion
        shared = (rows["both_directions"] == "yes").to_numpy() == (np.asarray(cells["direction"], object) == "both")
        limit = np.where(allowed & shared, rows["build_rate_max"].to_numpy(dtype=float) * np.maximum(since, 1.0), 0.0)
        most.look(above(built, limit), keys, where=year)
        stays.look(below(built, np.array([before.get(key, 0.0) for key in keys])), keys, where=year)
        before = dict(zip(keys, built.tolist(), strict=True))
    yield most.finding
    yield stays.finding


@charges
def hosting_reinforcement(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Reinforcement pays interest and repayment at the scenario's WACC, and fixed cost, in every year it stands."""
    cells = present(cube, "hosting_built", year)
    rows = case.hosting_reinforcement.reindex(cells["region"])
    payment = np.array([yearly_payment(case.scenario.finance.wacc, life) for life in rows["lifetime"]])
    annual = rows["investment"].to_numpy(dtype=float) * payment + rows["fixed_om"].to_numpy(dtype=float)
    built = taken(cube, "hosting_built", region=cells["region"], direction=cells["direction"], year=year)
    nodes = regional_buses(case)["above"].reindex(cells["region"]).tolist()
    yield Charge("hosting_reinforcement", nodes, ["hosting"] * len(nodes), annual * built)
