"""Checks heat networks: what they deliver and lose, their limit and growth, and what connections cost (H1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import (
    Charge,
    Finding,
    Supply,
    Tally,
    above,
    apart,
    below,
    charges,
    of_year,
    profiles,
    supplies,
    taken,
    yearly_payment,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


def networks(case: Case, year: int) -> pd.DataFrame:
    """Rows of the table whose heat is wanted in a year; none where the scenario has no networks."""
    table = case.tables["heat_networks"]
    wanted = set(of_year(case.demand, year).index)
    kept = [case.scenario.detail.heat_networks and key in wanted for key in zip(table["node"], table["carrier"],
                                                                               strict=True)]  # fmt: skip
    return table[np.array(kept, dtype=bool)]


def delivered(case: Case, cube: Any, rows: pd.DataFrame, year: int) -> np.ndarray:
    """Heat that must come through networks, MW_th: demand less what is not connected or heated beside them."""
    nodes, carriers = rows["node"].tolist(), rows["carrier"].tolist()
    keys = pd.MultiIndex.from_tuples([(*place, year) for place in zip(nodes, carriers, strict=True)])
    load = np.asarray(case.demand_series, dtype=float)[case.demand.index.get_indexer(keys)]
    load = load - taken(cube, "heat_unconnected", node=nodes, carrier=carriers, year=year)
    flows = of_year(case.flows, year)
    owners = case.assets.reindex(flows.index.get_level_values("asset"))
    beside = set(case.technologies.index[case.technologies["detail"] == "heat_networks"])
    mine = (flows["coefficient"] > 0.0).to_numpy() & owners["technology"].isin(beside).to_numpy()
    for row, (node, carrier) in enumerate(zip(nodes, carriers, strict=True)):
        part = flows[mine & (owners["node"] == node).to_numpy() & (flows.index.get_level_values("carrier") == carrier)]
        if len(part):
            activity = taken(cube, "activity", asset=part.index.get_level_values("asset"), year=year)
            load[row] -= (part["coefficient"].to_numpy()[:, None] * profiles(case, part["profile"]) * activity).sum(0)
    return load


@supplies
def lost_in_networks(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """Of what is fed in, a share is lost: loss / (1 − loss) of what is delivered."""
    rows = networks(case, year)
    if len(rows):
        share = rows["loss"].to_numpy()[:, None]
        nodes, carriers = rows["node"].tolist(), rows["carrier"].tolist()
        values = -share / (1.0 - share) * delivered(case, cube, rows, year)
        yield Supply(nodes, carriers, values + taken(cube, "heat_unconnected", node=nodes, carrier=carriers, year=year))


@check
def heat_networks(case: Case, cube: Any) -> Iterator[Finding]:
    """A network delivers what is wanted, within what is connected, which stays and grows no faster than it can."""
    balance, limit = Tally("delivery of heat networks"), Tally("limit of heat networks")
    growth, stays = Tally("growth of heat networks"), Tally("heat networks stay")
    signs = Tally("unconnected heat below zero")
    years = case.scenario.years
    before = pd.Series(dtype=float)
    for year in case.years:
        rows = networks(case, year)
        if rows.empty:
            continue
        nodes, carriers = rows["node"].tolist(), rows["carrier"].tolist()
        places = list(zip(nodes, carriers, strict=True))
        held = taken(cube, "heat_network_load", node=nodes, carrier=carriers, year=year)
        balance.look(apart(held, delivered(case, cube, rows, year)), places, where=year)
        balance.look(below(held, 0.0), places, where=year)
        added = taken(cube, "heat_network_added", node=nodes, carrier=carriers, year=year)
        limit.look(above(held, (rows["capacity"].to_numpy() + added)[:, None]), places, where=year)
        last = before.reindex(pd.MultiIndex.from_tuples(places)).fillna(0.0).to_numpy() if len(before) else 0.0 * added
        stays.look(below(added, last), places, where=year)
        if case.scenario.investment.build_rates:
            at = years.index(year)
            start = years[at - 1] if at else min(case.scenario.investment.stock_year, year)
            most = rows["growth_max"].fillna(np.inf).to_numpy() * max(1, year - start)
            growth.look(above(added - last, most), places, where=year)
        cold = taken(cube, "heat_unconnected", node=nodes, carrier=carriers, year=year)
        signs.look(below(cold, 0.0), places, where=year)
        before = pd.Series(added, index=pd.MultiIndex.from_tuples(places))
    for tally in (balance, limit, growth, stays, signs):
        yield tally.finding


@charges
def connections(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Annuity and fixed operation of what has been added to networks; who is not connected, at lost load."""
    rows = networks(case, year)
    if rows.empty:
        return
    nodes = rows["node"].tolist()
    added = taken(cube, "heat_network_added", node=nodes, carrier=rows["carrier"].tolist(), year=year)
    factor = np.array([yearly_payment(case.scenario.finance.wacc, life) for life in rows["lifetime"]])
    yearly = rows["connection_cost"].to_numpy() * factor + rows["fixed_om"].to_numpy()
    yield Charge("heat_network", nodes, ["heat_network"] * len(nodes), yearly * added)
    cold = taken(cube, "heat_unconnected", node=nodes, carrier=rows["carrier"].tolist(), year=year)
    prices = case.carriers["value_of_lost_load"].reindex(rows["carrier"]).to_numpy(dtype=float)
    amounts = prices * (cold @ np.asarray(case.time.weight, dtype=float))
    yield Charge("unserved", nodes, ["unserved"] * len(nodes), amounts)
