"""What a solved system says of prices: capture prices with profile and imbalance, and the levels behind corrections.

One market price for the country: nodal prices at the high-voltage grid, weighted by the demand of their regions.  The
capture price of a profile is the mean of that price over the hours in which it could produce, less a cost of imbalance;
hours below zero count as nothing, since nobody need produce then.  Besluit SDE art. 14(2): market value less profile
and imbalance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.core.cells import text
from model.errors import InputError, Problem
from model.sdepp.prices import Prices, capture_price, driver_paths, negative_share, with_scenario
from model.sdepp.reading import SOURCED, Column, read_table, records, sdepp_folder

if TYPE_CHECKING:
    import xarray as xr

    from model.data import Case

PER_KWH = 1e-3
"""EUR/MWh to EUR/kWh."""
SCENARIO = "equilibrium"
DRIVER_PROFILES = {"electricity_solar": "solar", "electricity_wind": "wind_onshore"}
"""Drivers of corrections that follow the capture price of all that stands of a profile."""
BASE = "electricity_base"
IMBALANCE_COLUMNS = (
    Column("technologies", "words", meaning="technologies of the model"),
    Column("cost", "number", minimum=0, meaning="cost of imbalance, EUR/kWh produced"),
    Column("unit", allowed=("EUR/kWh",), meaning="EUR/kWh"),
    *SOURCED,
)
CARBON = "co2"


@dataclass(frozen=True)
class Signal:
    """Prices of a solved system.

    Attributes:
        levels: year x driver, EUR/kWh or EUR/t: what a price scenario of the scheme holds.
        capture: over (technology, region) x year: market value of what a plant could produce there, less imbalance,
            EUR/kWh; of technologies with a profile.
        negative: the same index: share of what could be produced in hours with a price below zero.
        market: year x step: price of the country, EUR/kWh.
        weight: hours of the year for each step.
        node: over (region, year) x step: price at the high-voltage grid of a region, EUR/kWh.
    """

    levels: pd.DataFrame
    capture: pd.DataFrame
    negative: pd.DataFrame
    market: pd.DataFrame
    weight: np.ndarray
    node: pd.DataFrame

    def scenario(self, prices: Prices) -> Prices:
        """The tables of corrections with these levels as scenario `equilibrium`."""
        return with_scenario(prices, SCENARIO, self.levels)

    def cheapest(self, hours: float, year: int) -> float:
        """Mean market price of the cheapest hours of a year, EUR/kWh.

        Args:
            hours: how many, at most all.
            year: milestone year.
        """
        values = self.market.loc[year].to_numpy(float)
        order = np.argsort(values, kind="stable")
        before = np.concatenate([[0.0], np.cumsum(self.weight[order])[:-1]])
        taken = np.clip(min(hours, float(self.weight.sum())) - before, 0.0, self.weight[order])
        return float(taken @ values[order] / taken.sum())


def load_imbalance(folder: Path | None = None) -> dict[str, float]:
    """Read the cost of imbalance, EUR/kWh by technology, from imbalance.csv.

    Raises:
        InputError: every fault in the table, at once.
    """
    problems: list[Problem] = []
    frame = read_table((folder or sdepp_folder()) / "imbalance.csv", IMBALANCE_COLUMNS, problems)
    found: dict[str, float] = {}
    for row in records(frame):
        for name in row.technologies:
            if name in found:
                problems.append(Problem(row._file, str(row._row), "technologies", name, "every technology once"))
            found[name] = float(row.cost)
    if problems:
        raise InputError(problems)
    return found


def signal_of(
    case: Case,
    balance: xr.DataArray,
    capacity: pd.Series,
    prices: Prices,
    base: str = "tyndp_nt",
    imbalance: Mapping[str, float] | None = None,
    regional: bool = False,
    carbon: pd.Series | None = None,
) -> Signal:
    """Read the prices of a solved case.

    Args:
        case: the case.
        balance: prices over (node, carrier, year, time), EUR/MWh.
        capacity: what stands, by (asset, year).
        prices: tables of corrections.
        base: price scenario of the drivers that the system does not price: gas, motor fuel, guarantees, and CO2.
        imbalance: cost of imbalance, EUR/kWh, by technology.
        regional: a project earns the price of its own region instead of the country's.
        carbon: price of CO2 by year in EUR/t instead of that of the scenario `base`.
    """
    power = str(case.carriers.index[case.carriers["kind"] == "electricity"][0])
    weight = np.asarray(case.time.weight, dtype=float)
    node = _by_region(case, balance.sel(carrier=power))
    market = _market(case, node, power)
    cost = dict(imbalance or {})
    plants = _plants(case)
    own = {
        (region, year): (node.loc[(region, year)] if regional else market.loc[year]).to_numpy(float)
        for region in case.assets["region"].unique()
        for year in case.years
        if (region, year) in node.index
    }
    capture, negative = {}, {}
    for (technology, region), profile in plants.items():
        made = case.hourly["profile"].sel(profile=profile).to_numpy() * weight
        for year in case.years:
            seen = own[region, year]
            value = capture_price(np.maximum(seen, 0.0), made, cost.get(technology, 0.0))[0]
            capture[technology, region, year] = value
            negative[technology, region, year] = negative_share(seen, made)[0]
    levels = driver_paths(prices, base, list(case.years))
    for year in case.years:
        seen = market.loc[year].to_numpy(float)
        levels.loc[year, BASE] = seen @ weight / weight.sum()
        for driver, kind in DRIVER_PROFILES.items():
            made = _all_that_stands(case, capacity, plants, kind, year) * weight
            if made.sum() > 0:
                least = min((cost.get(name, 0.0) for name, _ in plants if name.startswith(kind)), default=0.0)
                levels.loc[year, driver] = capture_price(np.maximum(seen, 0.0), made, least)[0]
        if carbon is not None:
            levels.loc[year, CARBON] = float(carbon[year])
    return Signal(levels, _table(capture), _table(negative), market, weight, node)


def _table(values: Mapping[tuple[str, str, int], float]) -> pd.DataFrame:
    names = ["technology", "region", "year"]
    if not values:
        return pd.DataFrame(index=pd.MultiIndex.from_arrays([[], []], names=names[:2]), dtype=float)
    index = pd.MultiIndex.from_tuples(list(values), names=names)
    return pd.Series(list(values.values()), index=index).unstack("year")


def _by_region(case: Case, balance: xr.DataArray) -> pd.DataFrame:
    """Price at the high-voltage grid of each region (mean of its nodes where it has none), EUR/kWh."""
    nodes = case.nodes
    rows = {}
    for region in sorted(nodes["region"].unique()):
        inside = nodes.index[nodes["region"] == region]
        high = [name for name in inside if nodes.at[name, "kind"] == "transmission"] or list(inside)
        seen = balance.sel(node=[name for name in high if name in balance.indexes["node"]])
        mean = seen.mean("node", skipna=True)
        for year in case.years:
            values = mean.sel(year=year).to_numpy() * PER_KWH
            if np.isfinite(values).all():
                rows[region, year] = values
    index = pd.MultiIndex.from_tuples(list(rows), names=["region", "year"])
    return pd.DataFrame(list(rows.values()), index=index)


def _market(case: Case, node: pd.DataFrame, power: str) -> pd.DataFrame:
    """Price of the country by year: regions weighted by their demand for electricity."""
    demand = case.demand["annual"].groupby(level=["node", "carrier", "year"]).sum()
    rows = {}
    for year in case.years:
        part = node.xs(year, level="year")
        asked = pd.Series(0.0, index=part.index)
        for place in case.nodes.index:
            region = text(case.nodes, place, "region")
            if region in asked.index:
                asked.loc[region] += float(demand.get((place, power, year), 0.0))
        share = asked if asked.sum() > 0 else asked + 1.0
        rows[year] = part.mul(share / share.sum(), axis=0).sum()
    return pd.DataFrame(rows).T


def _plants(case: Case) -> dict[tuple[str, str], str]:
    """Profile of each technology in each region, of those that have one."""
    made = case.assets[case.assets["availability_profile"].fillna("") != ""]
    known = set(case.hourly["profile"].indexes["profile"]) if "profile" in case.hourly else set()
    rows = zip(made["technology"], made["region"], made["availability_profile"], strict=True)
    return {(str(t), str(r)): str(p) for t, r, p in rows if p in known}


def _all_that_stands(
    case: Case, capacity: pd.Series, plants: Mapping[tuple[str, str], str], kind: str, year: int
) -> np.ndarray:
    """What all capacity whose profile is of a kind could produce by step, in capacity units."""
    total = np.zeros(case.time.count)
    for (technology, region), profile in plants.items():
        if profile.split(":")[0] != kind:
            continue
        here = case.assets.index[(case.assets["technology"] == technology) & (case.assets["region"] == region)]
        standing = sum(float(capacity.get((asset, year), 0.0)) for asset in here)
        total += standing * case.hourly["profile"].sel(profile=profile).to_numpy()
    if not total.any():
        chosen: Sequence[str] = [p for p in plants.values() if p.split(":")[0] == kind]
        total = sum((case.hourly["profile"].sel(profile=p).to_numpy() for p in chosen), np.zeros(case.time.count))
    return total
