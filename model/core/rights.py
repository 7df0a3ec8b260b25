"""Hours of timed transport rights and the load of an area, shared by sites and connections (formulation B2, G3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.cells import text, value_at
from model.data.parameters import at_year, points_by
from model.data.rights import areas_above

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from model.data.case import Case

Right = tuple[str, str, str, int]
"""Connection, direction, contract class, year."""
LOCAL_ZONE = "Europe/Amsterdam"


def hours_of_block(case: Case, start: float, end: float) -> np.ndarray:
    """One in the steps that begin in a block of hours of the local clock; a block may run past midnight."""
    hour = pd.DatetimeIndex(case.time.utc).tz_localize("UTC").tz_convert(LOCAL_ZONE).hour.to_numpy()
    inside = (hour >= start) & (hour < end) if end > start else (hour >= start) | (hour < end)
    return inside.astype(float)


def restricted_hours(case: Case, site: str, year: int, share: float) -> np.ndarray:
    """One in the steps of highest electricity load of the site's region, as many as stand for a share of the year."""
    load = regional_load(case, text(case.nodes, site, "region"), year)
    return highest_hours(load, np.asarray(case.time.weight, dtype=float), share)


def highest_hours(load: np.ndarray, weight: np.ndarray, share: float, second: np.ndarray | None = None) -> np.ndarray:
    """One in the steps of highest load, as many as stand for a share of the year.

    A step that would pass the share is left out, so the sum never does.

    Args:
        load: by step.
        weight: hours for which each step stands, h.
        share: of all hours.
        second: decides between steps of equal load, the highest first; without it the earlier step goes first.
    """
    left, chosen = share * weight.sum() * (1.0 + 1e-9), np.zeros(len(load))
    ties = np.zeros(len(load)) if second is None else -second
    for step in np.lexsort((np.arange(len(load)), ties, -load)):
        if weight[step] <= left:
            chosen[step], left = 1.0, left - weight[step]
    return chosen


def regional_load(case: Case, region: str, year: int) -> np.ndarray:
    """Electricity demand of all nodes of a region in every step, MW."""
    nodes = set(case.nodes.index[case.nodes["region"] == region])
    return load_of(case, nodes, year)


def load_of(case: Case, nodes: Container[str], year: int) -> np.ndarray:
    """Electricity demand of some nodes in every step, MW."""
    kinds = case.carriers["kind"]
    rows = [
        row
        for row, (node, carrier, of_year) in enumerate(case.demand.index)
        if of_year == year and kinds[carrier] == "electricity" and node in nodes
    ]
    return np.asarray(np.asarray(case.demand_series, dtype=float)[rows].sum(axis=0))


def weather_power(case: Case, nodes: Container[str], year: int) -> np.ndarray:
    """Electricity that wind and sun which stand today can give at some nodes, MW in every step."""
    electricity = case.carriers.index[case.carriers["kind"] == "electricity"]
    profiles = case.hourly["profile"]
    total = np.zeros(case.time.count)
    for asset, row in case.assets.iterrows():
        stock = value_at(case.existing, (asset, year))
        if not (row["availability_profile"] and row["node"] in nodes and stock > 0.0):
            continue
        given = sum(value_at(case.flows["coefficient"], (asset, carrier, year)) for carrier in electricity)
        total += stock * given * profiles.sel(profile=row["availability_profile"]).to_numpy()
    return total


def forecast(case: Case, nodes: Container[str], direction: str, year: int) -> np.ndarray:
    """What an area is expected to take (offtake) or to give (feed_in) before the solve, MW in every step.

    Off-take: its demand.  Feed-in: wind and sun that stand today, less the demand, where that is above zero.
    """
    load = load_of(case, nodes, year)
    if direction == "offtake":
        return np.asarray(np.maximum(load, 0.0))
    return np.asarray(np.maximum(weather_power(case, nodes, year) - load, 0.0))


def area_limits(case: Case) -> dict[tuple[str, str, int], float]:
    """Hosting limits by area (region or substation), direction and year, MW; none where the scenario holds none."""
    grid = case.scenario.grid
    if not grid.hosting:
        return {}
    hosting: Any = case.hosting
    found = {(str(area), str(way), int(year)): float(limit) for (area, way, year), limit in hosting.items()}
    points = points_by(case.tables["substation_hosting"], ["node", "direction"], "capacity")
    for (node, way), of_years in points.items():
        found.update({(str(node), str(way), year): float(at_year(of_years, year)) for year in case.years})
    return {key: limit * float(grid.hosting_factor) for key, limit in found.items()}


def nodes_of_areas(case: Case) -> dict[str, set[str]]:
    """Nodes below the hosting limit of each area: regions by their label, substations by that of their bus."""
    found: dict[str, set[str]] = {}
    for node in case.nodes.index:
        for area in areas_above(case.nodes, str(node)):
            found.setdefault(area, set()).add(str(node))
    return found


def of_kind(case: Case, keys: Sequence[Right], *kinds: str) -> list[Right]:
    """Those of the rights (connection, direction, class, year) whose class is of one of the kinds."""
    found = case.rights.offers["kind"]
    return [key for key in keys if found[key[:3]] in kinds]


def by_holder(case: Case, keys: Sequence[Right]) -> dict[tuple[str, str, int], list[tuple[str, str]]]:
    """Rights as (connection, class), by the holder, direction and year for which they count."""
    holders = case.rights.connections["holder"]
    found: dict[tuple[str, str, int], list[tuple[str, str]]] = {}
    for name, direction, label, year in keys:
        found.setdefault((str(holders[name]), direction, year), []).append((name, label))
    return found
