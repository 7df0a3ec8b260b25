"""Room that the grid still has, by region and direction: hosting limit less what passes it today (formulation G2).

Limit: `hosting.csv` in the year of the round.  Use: the largest net exchange over the hours of the case between the
grid and what stands in that year below the regional bus: observed load with the case's shape, less wind and sun that
stand.  Batteries, plants that can be steered and own use behind the meter are not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.data.parameters import at_year, points_by
from model.studies.sdepp_costs import power_carrier

if TYPE_CHECKING:
    from model.data.case import Case

DIRECTIONS = ("feed_in", "offtake")
OBSERVED = "observed"
TERAWATT_HOUR = 1e6


def headroom(case: Case, year: int, feed_in_factor: float = 1.0) -> pd.DataFrame:
    """Give limit, use and room by region and direction in a year.

    Args:
        case: the energy system; its hours and weather shape the use.
        year: calendar year; before the first year of the table its first limit holds.
        feed_in_factor: factor on the limits of feed-in.

    Returns:
        Index (region, direction); limit, used and room, MW. Room is never below zero.
    """
    limits = hosting_limits(case, year, feed_in_factor)
    net = net_load(case, year)
    rows = []
    for region in sorted(net):
        exchange = {"feed_in": max(0.0, float(-net[region].min())), "offtake": max(0.0, float(net[region].max()))}
        for direction in DIRECTIONS:
            limit = limits.get((region, direction), np.inf)
            rows.append((region, direction, limit, exchange[direction], max(0.0, limit - exchange[direction])))
    columns = ["region", "direction", "limit", "used", "room"]
    return pd.DataFrame(rows, columns=columns).set_index(["region", "direction"])


def hosting_limits(case: Case, year: int, feed_in_factor: float = 1.0) -> dict[tuple[str, str], float]:
    """Hosting limit by region and direction in a year, MW; nothing where the scenario holds none."""
    if not case.scenario.grid.hosting:
        return {}
    points = points_by(case.tables["hosting"], ["region", "direction"], "capacity")
    factors = {"feed_in": float(case.scenario.grid.hosting_factor) * feed_in_factor}
    usual = float(case.scenario.grid.hosting_factor)
    return {key: at_year(found, year) * factors.get(key[1], usual) for key, found in points.items()}


def net_load(case: Case, year: int) -> dict[str, np.ndarray]:
    """Load less wind and sun below the regional bus, MW by region over the hours of the case."""
    power = power_carrier(case)
    below = case.nodes[case.nodes["kind"] != "transmission"]
    regional = set(below.index[below["kind"] == "regional"])
    below = below[(below["kind"] == "regional") | below["parent"].isin(regional)]
    hours = case.time.count
    net = {str(region): np.zeros(hours) for region in sorted(set(below["region"]))}
    load = {name: np.zeros(hours) for name in net}
    for place, (node, carrier, of_year) in enumerate(case.demand.index):
        if carrier == power and of_year == case.years[0] and node in below.index:
            load[str(below.at[node, "region"])] += case.demand_series[place]
    scale = _observed(case, power, below) / pd.Series(
        {name: float(series @ case.time.weight) for name, series in load.items()}
    )
    for name, series in load.items():
        factor = float(scale.get(name, np.nan))
        net[name] += series * (factor if np.isfinite(factor) else 1.0)
    for node, technology, standing in _standing(case, year):
        if node in below.index:
            region = str(below.at[node, "region"])
            asset = f"{technology}@{node}"
            profile = str(case.assets["availability_profile"].get(asset, "") or "")
            if profile:
                net[region] -= standing * case.hourly["profile"].sel(profile=profile).to_numpy()
    return net


def _observed(case: Case, power: str, below: pd.DataFrame) -> pd.Series:
    """Observed use of electricity by region, MWh a year; empty where the data set has none."""
    table = case.tables["demand"]
    rows = table[(table["demand_scenario"] == OBSERVED) & (table["carrier"] == power)]
    rows = rows[rows["node"].isin(below.index)]
    if rows.empty:
        return pd.Series(dtype=float)
    rows = rows[rows["year"] == rows["year"].max()]
    return rows.groupby(rows["node"].map(below["region"]))["value"].sum() * TERAWATT_HOUR


def _standing(case: Case, year: int) -> list[tuple[str, str, float]]:
    """What stands in a year by node and technology, MW."""
    table = case.tables["existing_capacity"]
    stands = (table["commissioned"].fillna(0) <= year) & (table["retirement_year"].fillna(np.inf) > year)
    total = table[stands].groupby(["node", "technology"])["capacity"].sum()
    rows = total.reset_index()
    columns = (rows[name] for name in ("node", "technology", "capacity"))
    return [(str(node), str(name), float(value)) for node, name, value in zip(*columns, strict=True)]
