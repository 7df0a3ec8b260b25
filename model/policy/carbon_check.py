"""Checks CO2: the account found anew from fuels, processes, capture and storage, the cap, the backstop, cost (H4)."""

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
    """CO2 of each node in a year, t: fossil carbon of fuels, own emissions, processes; less what is stored for good."""
    energy = bought_energy(case, cube, year)
    factors = case.carriers["emission_factor"].fillna(0.0).reindex(energy.index.get_level_values("carrier")).to_numpy()
    parts = [(energy * factors).droplevel("carrier"), own_emissions(case, cube, year)]
    network = case.scenario.detail.carbon_network
    by_asset = pd.concat(parts if network else [*parts, -captured(case, cube, year)])
    by_node = by_asset.groupby(case.assets["node"].reindex(by_asset.index).to_numpy()).sum()
    if network:
        sinks = case.tables["carbon_sinks"].drop_duplicates("sink")
        stored = pd.Series(tonnes(cube, "carbon_stored", sink=sinks["sink"].tolist(), year=year))
        by_node = by_node.sub(stored.groupby(sinks["node"].to_numpy()).sum(), fill_value=0.0)
    return by_node.add(processes(case, year), fill_value=0.0).reindex(case.nodes.index).fillna(0.0)


def captured(case: Case, cube: Any, year: int) -> pd.Series:
    """CO2 that assets capture in a year, whatever its origin, t."""
    flows, figures = of_year(case.flows, year), of_year(case.asset_years, year)
    content = case.carriers["carbon_content"].fillna(case.carriers["emission_factor"]).fillna(0.0)
    carbon = -flows["coefficient"].clip(upper=0.0) * content.reindex(flows.index.get_level_values("carrier")).to_numpy()
    of_fuels = carbon.groupby(level="asset").sum().reindex(figures.index).fillna(0.0) * figures["capture_rate"]
    return _times_activity(case, cube, year, of_fuels + figures["process_capture"] + figures["air_capture"])


def processes(case: Case, year: int) -> pd.Series:
    """CO2 of industrial processes by node, t; none where the scenario does not count them."""
    table = case.tables["process_emissions"]
    if not case.scenario.detail.process_emissions or table.empty:
        return pd.Series(dtype=float)
    found: dict[str, float] = {}
    for (node, _), rows in table.sort_values("year").groupby(["node", "sector"]):
        steady = rows["year"].isna().all()
        value = rows["value"].iloc[0] if steady else np.interp(year, rows["year"], rows["value"])
        found[str(node)] = found.get(str(node), 0.0) + float(value) * 1e6
    return pd.Series(found, dtype=float)


def own_emissions(case: Case, cube: Any, year: int) -> pd.Series:
    """CO2 that assets release beside that of their fuels (below zero: store for good), t."""
    rates = of_year(case.asset_years, year)["own_emission"]
    return _times_activity(case, cube, year, rates)


def _times_activity(case: Case, cube: Any, year: int, rates: pd.Series) -> pd.Series:
    """Rates per unit of activity, times the activity of the year."""
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


@check
def capture_of_processes(case: Case, cube: Any) -> Iterator[Finding]:
    """In no hour is more CO2 of processes captured at a node than they give."""
    tally = Tally("capture of process CO2")
    for year in case.years:
        rates = of_year(case.asset_years, year)["process_capture"]
        rates = rates[rates > 0.0]
        if rates.empty:
            continue
        caught = rates.to_numpy()[:, None] * taken(cube, "activity", asset=rates.index, year=year)
        by_node = pd.DataFrame(caught).groupby(case.assets["node"].reindex(rates.index).to_numpy()).sum()
        stream = processes(case, year).reindex(by_node.index).fillna(0.0) / float(np.sum(case.time.weight))
        tally.look(above(by_node.to_numpy(), stream.to_numpy()[:, None]), list(by_node.index), where=year)
    yield tally.finding


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
