"""What the checks of transport rights share: hours, areas and what a right allows, found anew from tables and results.

Nothing here asks the feature files or the matrix (see `checking`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.cells import value_at
from model.core.checking import electricity, of_year, taken

if TYPE_CHECKING:
    from model.data.case import Case

COUNTRY_CLOCK = "Europe/Amsterdam"
WAYS = {"offtake": 1.0, "feed_in": -1.0}
"""Directions, and the sign with which an exchange counts in them."""
LIMITING = ("window", "call")


@dataclass(frozen=True)
class Held:
    """One right of a connection: its class, kind, power and what it allows in each step (limiting ones: less), MW."""

    label: str
    kind: str
    part: float
    hourly: np.ndarray


def right_rows(case: Case) -> list[Any]:
    """Connections as named tuples, the label as Index."""
    return list(case.rights.connections.itertuples())


def standing(case: Case, year: int) -> list[Any]:
    """Connections that stand in a year."""
    return [row for row in right_rows(case) if year >= row.first_year]


def local_hours(case: Case, first: float, last: float) -> np.ndarray:
    """One in the steps that begin from one hour of the local clock to another, over midnight where it is not later."""
    stamps = pd.to_datetime(case.time.utc, utc=True).tz_convert(COUNTRY_CLOCK)
    clock = np.array([stamp.hour for stamp in stamps])
    return ((clock - first) % 24 < ((last - first) % 24 or 24)).astype(float)


def limits_of_areas(case: Case, year: int) -> dict[tuple[str, str], float]:
    """Hosting limits by area and direction in a year, times the scenario's factor; none where it holds none, MW."""
    if not case.scenario.grid.hosting:
        return {}
    found = {(area, way): float(limit) for (area, way), limit in of_year(case.hosting, year).items()}
    table = case.tables["substation_hosting"]
    for (node, way), rows in table.groupby(["node", "direction"]):
        dated = rows.dropna(subset="year").sort_values("year")
        limit = np.interp(year, dated["year"], dated["capacity"]) if len(dated) else rows["capacity"].iloc[0]
        found[str(node), str(way)] = float(limit)
    return {key: limit * case.scenario.grid.hosting_factor for key, limit in found.items()}


def below(case: Case, area: str) -> set[str]:
    """Nodes under an area: under the regional bus of a region, or under a substation."""
    nodes = case.nodes
    tops = nodes.index[(nodes["kind"] == "regional") & (nodes["region"] == area)]
    found = set(tops) or {area}
    while True:
        more = set(nodes.index[nodes["parent"].isin(found)]) - found
        if not more:
            return {str(node) for node in found}
        found |= more


def demanded(case: Case, nodes: set[str], year: int) -> np.ndarray:
    """Demand for electricity at nodes in every step, MW."""
    rows = case.demand.assign(row=np.arange(len(case.demand))).reset_index()
    rows = rows[(rows["year"] == year) & (rows["carrier"] == electricity(case)) & rows["node"].isin(nodes)]
    return np.asarray(np.asarray(case.demand_series, dtype=float)[rows["row"].to_numpy()].sum(axis=0))


def expected_flow(case: Case, nodes: set[str], way: str, year: int) -> np.ndarray:
    """What nodes are expected to take, or to give by the wind and sun of today above their demand, MW."""
    load = demanded(case, nodes, year)
    if way == "offtake":
        return np.asarray(load.clip(min=0.0))
    table = case.assets[case.assets["node"].isin(nodes) & (case.assets["availability_profile"] != "")]
    given = np.zeros(case.time.count)
    for asset, profile in table["availability_profile"].items():
        gives = value_at(case.flows["coefficient"], (asset, electricity(case), year))
        shape = case.hourly["profile"].values[list(case.hourly["profile"]["profile"].values).index(profile)]
        given = given + value_at(case.existing, (asset, year)) * gives * shape
    return np.asarray((given - load).clip(min=0.0))


def barred(case: Case, row: Any, way: str, label: str, share: float, year: int) -> np.ndarray:
    """One in the hours in which a right in a share of the hours does not hold (data form)."""
    key = (row.Index, way, label, year)
    if key in case.rights.hours:
        return np.asarray(case.rights.hours[key], dtype=float)
    nodes = below(case, row.areas[-1]) if row.areas else {row.node}
    flow, load = expected_flow(case, nodes, way, year), demanded(case, nodes, year) * WAYS[way]
    weight = np.asarray(case.time.weight, dtype=float)
    chosen, budget = np.zeros(case.time.count), share * weight.sum()
    for step in sorted(range(len(flow)), key=lambda step: (-flow[step], -load[step], step)):
        if weight[step] <= budget * (1 + 1e-9):
            chosen[step], budget = 1.0, budget - weight[step]
    return chosen


def left_over(case: Case, row: Any, way: str, year: int) -> np.ndarray:
    """Share of a non-firm right that can be used: what the tightest area above has left."""
    limits, share = limits_of_areas(case, year), np.ones(case.time.count)
    for area in row.areas:
        if (area, way) in limits:
            used = expected_flow(case, below(case, area), way, year) / max(limits[area, way], 1e-9)
            share = np.minimum(share, np.clip(1.0 - used, 0.0, 1.0))
    return share


def held_rights(case: Case, cube: Any, row: Any, way: str, year: int) -> list[Held]:
    """Rights of a connection beside the firm one, with what each allows by the hour."""
    offers, found = case.rights.offers, list[Held]()
    here = offers[(offers.index.get_level_values(0) == row.Index) & (offers.index.get_level_values(1) == way)]
    for (_, _, label), offer in here.iterrows():
        at: dict[str, Any] = {"connection": [row.Index], "direction": [way], "contract_class": [label], "year": year}
        part = float(taken(cube, "connection_right", **at)[0])
        kind = str(offer["kind"])
        if kind == "nonfirm":
            hourly = part * left_over(case, row, way, year)
        elif kind in ("block", "window"):
            inside = local_hours(case, float(offer["block_start"]), float(offer["block_end"]))
            hourly = part * inside
        elif kind == "call":
            hourly = taken(cube, "right_called", **at)[0]
        elif case.scenario.grid.atr85_form == "data":
            hourly = part * (1.0 - barred(case, row, way, str(label), float(offer["restricted_share"]), year))
        else:
            hourly = part - taken(cube, "right_restricted", **at)[0]
        found.append(Held(str(label), kind, part, -hourly if kind in LIMITING else hourly))
    return found


def firm_rights(case: Case, cube: Any, row: Any, way: str, year: int) -> tuple[float, float]:
    """Today's contract of a connection and its new firm power, MW."""
    new = float(taken(cube, "connection_firm", connection=[row.Index], direction=[way], year=year)[0])
    return float(case.rights.ways["contract"][row.Index, way]), new


def shape_of(case: Case, label: str) -> np.ndarray:
    """What a profile says by the hour; a blank one is one in every hour."""
    if not label:
        return np.ones(case.time.count)
    held = case.hourly["profile"]
    return np.asarray(held.values[list(held["profile"].values).index(label)], dtype=float)
