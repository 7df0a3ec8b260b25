"""Checks every balance by adding up anew what all features give and take, unserved demand and spill included (C4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import (
    SMALLEST,
    SMALLEST_SEASONAL,
    Charge,
    Finding,
    Supply,
    Tally,
    above,
    all_supplies,
    apart,
    blocks,
    charges,
    chunks,
    present,
    supplies,
    taken,
)
from model.core.registry import REGISTRY, check

if TYPE_CHECKING:
    from model.data.case import Case

UNSERVED_PRICE_TOLERANCE = 0.01
"""How far the price may be from the value of lost load where a part of demand is unserved, relative."""
UNSERVED_MARGIN = 10.0
"""How far from none and from all of the demand unserved power must be for its price to be sure, MW."""


@supplies
def unserved_and_spilled(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """Unserved demand closes a balance, spilled supply leaves it."""
    for name, sign in (("unserved", 1.0), ("spill", -1.0)):
        cells = present(cube, name, year)
        nodes, carriers = cells["node"], cells["carrier"]
        for rows in chunks(len(nodes)):
            values = sign * taken(cube, name, node=nodes[rows], carrier=carriers[rows], year=year)
            yield Supply(nodes[rows], carriers[rows], values)


@supplies
def loads_served(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """Loads that are given one by one are always served."""
    table = case.given.loads
    power = np.repeat(table["power"].to_numpy(dtype=float)[:, None], case.time.count, axis=1)
    for row, label in enumerate(table["power_series"]):
        power[row] = case.given.series[label] if label else power[row]
    yield Supply(table["node"].tolist(), table["carrier"].tolist(), -power)


def demand_of_year(case: Case, carrier: str, year: int) -> np.ndarray:
    """Demand of a carrier at every node in every step, MW."""
    keys = case.demand.index
    rows = np.flatnonzero((keys.get_level_values("carrier") == carrier) & (keys.get_level_values("year") == year))
    values = np.zeros((len(case.nodes), case.time.count))
    at = case.nodes.index.get_indexer(keys.get_level_values("node")[rows])
    np.add.at(values, at, np.asarray(case.demand_series, dtype=float)[rows])
    return values


@check
def carrier_balances(case: Case, cube: Any) -> Iterator[Finding]:
    """At every node, for every carrier and step, what is given equals what is taken.

    All keys are looked at, whether the program has a row for them or not: supply where no balance stands is found too.
    """
    tally = Tally("carrier balance")
    carriers = [str(carrier) for carrier in case.carriers.index[case.carriers["balanced"] == "yes"]]
    nodes = list(case.nodes.index)
    for year in case.years:
        net = {carrier: -demand_of_year(case, carrier, year) for carrier in carriers}
        gross = {carrier: -net[carrier] for carrier in carriers}
        for supply in all_supplies(case, cube, year):
            add_up(case, supply, net, gross)
        for carrier in carriers:
            size = np.maximum(gross[carrier] / 2.0, SMALLEST)
            tally.look(np.abs(net[carrier]) / size, nodes, where=f"{carrier}, {year}")
    yield tally.finding


def add_up(case: Case, supply: Supply, net: dict[str, np.ndarray], gross: dict[str, np.ndarray]) -> None:
    """Add a supply to the net sum and to the sum of sizes, by carrier over nodes and steps."""
    at = case.nodes.index.get_indexer(pd.Index(supply.nodes, dtype=object))
    for node, carrier, values in zip(at, supply.carriers, supply.values, strict=True):
        if carrier in net:
            net[carrier][node] += values
            gross[carrier][node] += np.abs(values)


@check
def unserved_and_spilled_where_allowed(case: Case, cube: Any) -> Iterator[Finding]:
    """No more stays unserved than is demanded; only carriers that may be spilled are."""
    unserved, spilled = Tally("unserved demand"), Tally("spill only where allowed")
    closed = set(case.carriers.index[~case.carriers["spill"].isin(["free", "priced"])])
    for year in case.years:
        keys = present(cube, "unserved", year)
        places = list(zip(keys["node"], keys["carrier"], strict=True))
        for carrier in dict.fromkeys(keys["carrier"]):
            nodes = [node for node, of in places if of == carrier]
            most = demand_of_year(case, str(carrier), year)[case.nodes.index.get_indexer(pd.Index(nodes, dtype=object))]
            value = taken(cube, "unserved", node=nodes, carrier=carrier, year=year)
            unserved.look(above(value, most), nodes, where=f"{carrier}, {year}")
        cells = present(cube, "spill", year)
        wrong = [key for key in zip(cells["node"], cells["carrier"], strict=True) if key[1] in closed]
        if wrong:
            nodes, carriers = map(list, zip(*wrong, strict=True))
            value = taken(cube, "spill", node=nodes, carrier=carriers, year=year)
            spilled.look(above(value, 0.0), wrong, where=year)
    yield unserved.finding
    yield spilled.finding


@check
def prices_of_unserved_demand(case: Case, cube: Any) -> Iterator[Finding]:
    """Where a part of demand stays unserved, the nodal price is the value of lost load: a dual with unit and sign."""
    tally = Tally("price where demand stays unserved", UNSERVED_PRICE_TOLERANCE)
    lost = case.carriers["value_of_lost_load"]
    for year in case.years if "carrier_balance" in cube["duals"] else []:
        keys = present(cube, "unserved", year)
        for carrier in dict.fromkeys(keys["carrier"]):
            nodes = [node for node, of in zip(keys["node"], keys["carrier"], strict=True) if of == carrier]
            demanded = demand_of_year(case, str(carrier), year)[
                case.nodes.index.get_indexer(pd.Index(nodes, dtype=object))
            ]
            value = taken(cube, "unserved", node=nodes, carrier=carrier, year=year)
            price = taken(cube, "carrier_balance", group="duals", node=nodes, carrier=carrier, year=year)
            inside = (value > UNSERVED_MARGIN) & (value < demanded - UNSERVED_MARGIN)
            tally.look(np.where(inside, np.abs(price / lost[carrier] - 1.0), 0.0), nodes, where=f"{carrier}, {year}")
    yield tally.finding


@check
def demanded_energy(case: Case, cube: Any) -> Iterator[Finding]:
    """Demand in the steps, with the hours that they stand for, is the year's demand."""
    tally = Tally("energy of demand")
    energy = np.asarray(case.demand_series, dtype=float) @ np.asarray(case.time.weight, dtype=float)
    tally.look(apart(energy, case.demand["annual"].to_numpy(dtype=float)), list(case.demand.index))
    yield tally.finding


@check
def nothing_below_zero(case: Case, cube: Any) -> Iterator[Finding]:
    """What is declared as not negative is not."""
    tally = Tally("nothing below zero")
    for record in REGISTRY.of_kind("variable"):
        if record.lower == 0.0 and record.name in cube["results"]:
            smallest = SMALLEST_SEASONAL if "linked_store_year" in record.over else SMALLEST
            for block in blocks(cube["results"][record.name]):
                lowest = np.fmin.reduce(block.values, axis=None, initial=0.0)
                tally.look(np.array([-lowest / smallest]), [record.name])
    yield tally.finding


@charges
def unserved_and_spill_cost(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Unserved energy at the value of lost load, spilled energy at its price."""
    weight = np.asarray(case.time.weight, dtype=float)
    carriers = case.carriers
    spilled = carriers["spill_cost"].where(carriers["spill"] == "priced", 0.0).fillna(0.0)
    for name, prices in (("unserved", carriers["value_of_lost_load"]), ("spill", spilled)):
        cells = present(cube, name, year)
        nodes, of = cells["node"], cells["carrier"]
        for rows in chunks(len(nodes)):
            energy = taken(cube, name, node=nodes[rows], carrier=of[rows], year=year) @ weight
            amounts = energy * prices.reindex(of[rows]).to_numpy(dtype=float)
            yield Charge(name, nodes[rows], [name] * len(nodes[rows]), amounts)
