"""Checks CO2: emissions found anew from the fuel that assets take, the cap, the backstop and what they cost (H4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import (
    SMALLEST_SUM,
    Charge,
    Finding,
    Tally,
    above,
    apart,
    bought_energy,
    charges,
    chunks,
    of_year,
    taken,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

TONNES = {"t": 1.0, "kt": 1e3, "Mt": 1e6}
COUNTRY = "national"


def emitted(case: Case, cube: Any, year: int) -> pd.Series:
    """CO2 of each node in a year: fuel taken × emission factor × what is not captured, and own emissions, t."""
    energy = bought_energy(case, cube, year)
    assets = energy.index.get_level_values("asset")
    factors = case.carriers["emission_factor"].fillna(0.0).reindex(energy.index.get_level_values("carrier")).to_numpy()
    captured = of_year(case.asset_years, year)["capture_rate"].reindex(assets).fillna(0.0).to_numpy()
    released = energy * factors * (1.0 - captured)
    by_asset = pd.concat([released.droplevel("carrier"), own_emissions(case, cube, year)])
    by_node = by_asset.groupby(case.assets["node"].reindex(by_asset.index).to_numpy()).sum()
    return by_node.reindex(case.nodes.index).fillna(0.0)


def own_emissions(case: Case, cube: Any, year: int) -> pd.Series:
    """CO2 that assets release beside that of their fuels (below zero: store for good), t."""
    rates = of_year(case.asset_years, year)["own_emission"]
    rates = rates[rates != 0.0]
    weight = np.asarray(case.time.weight, dtype=float)
    amounts = np.zeros(len(rates))
    for rows in chunks(len(rates)):
        energy = taken(cube, "activity", asset=rates.index[rows], year=year) @ weight
        amounts[rows] = rates.to_numpy()[rows] * energy
    return pd.Series(amounts, index=rates.index)


def tonnes(cube: Any, name: str, **labels: Any) -> np.ndarray:
    """A result in tonnes, whatever its unit."""
    return taken(cube, name, **labels) * TONNES[cube["results"][name].attrs["units"].removesuffix("/year")]


@check
def emissions_and_cap(case: Case, cube: Any) -> Iterator[Finding]:
    """Every node's emission is that of its fuel; the country's, less the backstop, is within the year's cap."""
    node, cap = Tally("emissions of a node"), Tally("CO2 cap")
    labels = case.nodes.index.tolist()
    for year in case.years:
        found = emitted(case, cube, year)
        held = tonnes(cube, "emission", node=labels, year=year)
        node.look(apart(held, found.to_numpy(), smallest=SMALLEST_SUM), labels, where=year)
        if case.carbon_cap is not None and np.isfinite(case.carbon_cap[year]):
            rest = found.sum() - tonnes(cube, "carbon_backstop", year=[year])
            cap.look(above(rest, float(case.carbon_cap[year]), SMALLEST_SUM), [year])
    yield node.finding
    yield cap.finding


@charges
def carbon_charges(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Emissions at the year's price where the scenario has one, and the backstop at its own."""
    if case.scenario.carbon.price:
        found = emitted(case, cube, year)
        amounts = float(case.carbon_price[year]) * found.to_numpy()
        yield Charge("carbon", case.nodes.index.tolist(), ["carbon"] * len(found), amounts)
    if case.carbon_cap is not None:
        bought = tonnes(cube, "carbon_backstop", year=[year])
        yield Charge("carbon_backstop", [COUNTRY], ["carbon_backstop"], case.scenario.carbon.backstop_cost * bought)
