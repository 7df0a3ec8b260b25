"""Checks substations: what they exchange, their limits by direction, their reinforcement and its cost (G2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

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
from model.core.rights_checking import WAYS, limits_of_areas

if TYPE_CHECKING:
    from model.data.case import Case


def substations(case: Case) -> list[str]:
    """Buses of kind substation."""
    return [str(node) for node in case.nodes.index[case.nodes["kind"] == "substation"]]


@supplies
def exchanged_in_substations(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """Feed-in leaves the substation and arrives at its regional bus, off-take the other way."""
    names = substations(case)
    if not names:
        return
    up, carriers = taken(cube, "substation_exchange", node=names, year=year), [electricity(case)] * len(names)
    yield Supply([str(case.nodes.at[name, "parent"]) for name in names], carriers, up)
    yield Supply(names, carriers, -up)


@check
def limits_of_substations(case: Case, cube: Any) -> Iterator[Finding]:
    """Feed-in and off-take stay within the limit and what was reinforced for them."""
    names = substations(case)
    for way, sign in WAYS.items():
        tally = Tally(f"substation limit {way}")
        for year in case.years if names else []:
            held = limits_of_areas(case, year)
            limit = np.array([held.get((name, way), np.inf) for name in names])
            for served in (way, "both"):
                limit = limit + taken(cube, "substation_built", node=names, direction=served, year=year)
            value = -sign * taken(cube, "substation_exchange", node=names, year=year)
            tally.look(above(value, limit[:, None]), names, where=year)
        yield tally.finding


@check
def substation_reinforcements(case: Case, cube: Any) -> Iterator[Finding]:
    """Limits are reinforced where the scenario lets them, no faster than can be built, and stay reinforced."""
    most, stays = Tally("substation reinforcement"), Tally("substation reinforcement stays")
    table, grid = case.tables["substation_reinforcement"].set_index("node"), case.scenario.grid
    before: dict[tuple[str, str], float] = {}
    for year in case.years:
        cells = present(cube, "substation_built", year)
        keys = list(zip(cells["node"], cells["direction"], strict=True))
        built = taken(cube, "substation_built", node=cells["node"], direction=cells["direction"], year=year)
        rows = table.reindex(cells["node"])
        since = year - rows["first_year"].to_numpy(dtype=float)
        allowed = (since >= 0) & grid.hosting & grid.hosting_expansion
        rate = rows["build_rate_max"].fillna(np.inf).to_numpy(dtype=float)
        limit = np.where(allowed, rate * np.maximum(since, 1.0), 0.0)
        most.look(above(built, limit), keys, where=year)
        stays.look(below(built, np.array([before.get(key, 0.0) for key in keys])), keys, where=year)
        before = dict(zip(keys, built.tolist(), strict=True))
    yield most.finding
    yield stays.finding


@charges
def substation_reinforcement(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Reinforcement pays interest and repayment at the scenario's WACC, and fixed cost, in every year it stands."""
    cells = present(cube, "substation_built", year)
    rows = case.tables["substation_reinforcement"].set_index("node").reindex(cells["node"])
    payment = np.array([yearly_payment(case.scenario.finance.wacc, life) for life in rows["lifetime"]])
    annual = rows["investment"].to_numpy(dtype=float) * payment + rows["fixed_om"].to_numpy(dtype=float)
    built = taken(cube, "substation_built", node=cells["node"], direction=cells["direction"], year=year)
    nodes = [str(node) for node in cells["node"]]
    yield Charge("hosting_reinforcement", nodes, ["hosting"] * len(nodes), annual * built)
