"""Checks captured CO2: balance of every node, pipes, sinks, and what moving and storing it costs (H4)."""

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
    below,
    charges,
    chunks,
    of_year,
    taken,
    yearly_payment,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

TONNES = {"t": 1.0, "kt": 1e3, "Mt": 1e6}
COUNTRY = "national"


def tonnes(cube: Any, name: str, **labels: Any) -> np.ndarray:
    """A yearly result in tonnes, whatever its unit; nothing where the scenario has no network."""
    if name not in cube["results"]:
        return np.zeros(len(next(value for value in labels.values() if not np.isscalar(value))))
    return taken(cube, name, **labels) * TONNES[cube["results"][name].attrs["units"].removesuffix("/year")]


def figure(table: pd.DataFrame, label: str, column: str, year: int) -> float:
    """A figure of a sink in a year: linear between the rows' years, constant outside them."""
    rows = table[table["sink"] == label].sort_values("year")
    if rows["year"].isna().all():
        return float(rows[column].iloc[0])
    return float(np.interp(year, rows["year"], rows[column]))


def caught(case: Case, cube: Any, year: int) -> pd.DataFrame:
    """CO2 captured and used by assets in a year, t (index asset; columns fuels, process, air, used)."""
    flows, figures = of_year(case.flows, year), of_year(case.asset_years, year)
    content = case.carriers["carbon_content"].fillna(case.carriers["emission_factor"]).fillna(0.0)
    carbon = -flows["coefficient"].clip(upper=0.0) * content.reindex(flows.index.get_level_values("carrier")).to_numpy()
    of_fuels = carbon.groupby(level="asset").sum().reindex(figures.index).fillna(0.0) * figures["capture_rate"]
    rates = pd.DataFrame(
        {
            "fuels": of_fuels,
            "process": figures["process_capture"],
            "air": figures["air_capture"],
            "used": figures["carbon_use"],
        }
    )
    rates = rates[rates.ne(0.0).any(axis=1)]
    weight = np.asarray(case.time.weight, dtype=float)
    energy = np.zeros(len(rates))
    for rows in chunks(len(rates)):
        energy[rows] = taken(cube, "activity", asset=rates.index[rows], year=year) @ weight
    return rates.mul(energy, axis=0)


@check
def captured_carbon(case: Case, cube: Any) -> Iterator[Finding]:
    """At every node, CO2 captured and brought is CO2 taken away, stored, used or vented; nothing of it below zero."""
    balance, limits = Tally("balance of captured CO2"), Tally("limits of CO2 pipes and sinks")
    signs, grows = Tally("captured CO2 below zero"), Tally("CO2 pipes stay")
    if case.scenario.detail.carbon_network:
        nodes = case.nodes.index.tolist()
        pipes, sinks = case.tables["carbon_pipes"], case.tables["carbon_sinks"]
        names = sinks.drop_duplicates("sink")
        pipe_names, sink_names = pipes["pipe"].tolist(), names["sink"].tolist()
        hours = float(np.sum(case.time.weight))
        before = np.zeros(len(pipes))
        for year in case.years:
            flow = tonnes(cube, "carbon_flow", pipe=pipe_names, year=year)
            stored = tonnes(cube, "carbon_stored", sink=sink_names, year=year)
            vented = tonnes(cube, "carbon_vented", node=nodes, year=year)
            found = caught(case, cube, year)
            gives = found["fuels"] + found["process"] + found["air"] - found["used"]
            left = at_nodes(case, gives.to_numpy(), case.assets["node"].reindex(gives.index))
            left += at_nodes(case, flow, pipes["to_node"]) - at_nodes(case, flow, pipes["from_node"])
            left -= at_nodes(case, stored, names["node"])
            balance.look(apart(left, vented, smallest=SMALLEST_SUM), nodes, where=year)
            added = added_capacity(case, cube, pipes, year)
            stands = ~(year < pipes["first_year"].fillna(-np.inf)).to_numpy()
            most = np.where(stands, hours * (pipes["capacity"].to_numpy() + added), 0.0)
            limits.look(above(flow, most, SMALLEST_SUM), pipe_names, where=year)
            caps = np.array([figure(sinks, sink, "limit", year) * 1e6 for sink in sink_names])
            limits.look(above(stored, caps, SMALLEST_SUM), sink_names, where=year)
            limits.look(above(added, pipes["expansion_max"].fillna(np.inf).to_numpy()), pipe_names, where=year)
            grows.look(below(added, before), pipe_names, where=year)
            before = added
            for values, labels in ((flow, pipe_names), (stored, sink_names), (vented, nodes)):
                signs.look(below(values, 0.0, SMALLEST_SUM), labels, where=year)
    for tally in (balance, limits, signs, grows):
        yield tally.finding


def at_nodes(case: Case, amounts: np.ndarray, nodes: pd.Series) -> np.ndarray:
    """Sum amounts by node, in the order of the case's nodes."""
    sums = pd.Series(amounts, dtype=float).groupby(nodes.to_numpy()).sum()
    return np.array(sums.reindex(case.nodes.index).fillna(0.0), dtype=float)


def added_capacity(case: Case, cube: Any, pipes: pd.DataFrame, year: int) -> np.ndarray:
    """Capacity added to pipes, t/h; none where none can be expanded."""
    hours = float(np.sum(case.time.weight))
    return tonnes(cube, "carbon_pipe_expansion", pipe=pipes["pipe"].tolist(), year=year) / hours


@charges
def moving_and_storing(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Tariff per tonne moved, yearly cost of what is added to pipes, cost per tonne stored."""
    if not case.scenario.detail.carbon_network:
        return
    pipes, sinks = case.tables["carbon_pipes"], case.tables["carbon_sinks"]
    labels = sorted(set(sinks["sink"]))
    flow = tonnes(cube, "carbon_flow", pipe=pipes["pipe"].tolist(), year=year)
    owned = (pipes["investment"].notna() & case.scenario.grid.expansion).to_numpy()
    rate = case.scenario.finance.wacc
    factor = np.array([yearly_payment(rate, life) for life in pipes["lifetime"]])
    yearly = np.where(owned, pipes["investment"].fillna(0.0) * factor + pipes["fixed_om"].fillna(0.0), 0.0)
    moving = flow @ pipes["tariff"].to_numpy() + added_capacity(case, cube, pipes, year) @ yearly
    stored = tonnes(cube, "carbon_stored", sink=labels, year=year)
    storing = stored @ np.array([figure(sinks, sink, "cost", year) for sink in labels])
    yield Charge("carbon_transport", [COUNTRY], ["carbon_pipe"], np.array([moving]))
    yield Charge("carbon_storage", [COUNTRY], ["carbon_sink"], np.array([storing]))
