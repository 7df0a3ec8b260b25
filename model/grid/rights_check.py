"""Checks connections: what passes their cable stays within their rights, and the rights within the cable (G3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, above, apart, electricity, of_year, profiles, taken
from model.core.registry import check
from model.core.rights_checking import LIMITING, WAYS, firm_rights, held_rights, standing

if TYPE_CHECKING:
    from model.data.case import Case


def passing(case: Case, cube: Any, row: Any, year: int) -> np.ndarray:
    """What a connection takes from the grid, less what it gives, by what stands on it, MW."""
    if row.site:
        return taken(cube, "site_exchange", node=[row.node], year=year)[0]
    members = case.rights.members.reset_index()
    own = members[members["connection"] == row.Index]
    net = np.zeros(case.time.count)
    flows = of_year(case.flows, year)
    for asset in own.loc[own["kind"] == "asset", "member"]:
        key = (asset, electricity(case))
        if key in flows.index:
            shape = profiles(case, [flows.at[key, "profile"]])[0]
            net = net - flows.at[key, "coefficient"] * shape * taken(cube, "activity", asset=[asset], year=year)[0]
    stores = own.loc[own["kind"] == "store", "member"].tolist()
    for name, sign in (("store_charge", 1.0), ("store_discharge", -1.0)):
        net = net + sign * taken(cube, name, store=stores, year=year).sum(axis=0)
    return net


@check
def exchange_of_connections(case: Case, cube: Any) -> Iterator[Finding]:
    """What passes a connection is what stands on it takes and gives, and no more than its size."""
    tally, size = Tally("exchange of a connection"), Tally("size of a connection")
    for year in case.years:
        for row in standing(case, year):
            net = passing(case, cube, row, year)
            exchange = taken(cube, "connection_exchange", connection=[row.Index], year=year)[0]
            tally.look(apart(exchange, net)[None], [row.Index], where=year)
            size.look(above(np.abs(exchange), row.capacity)[None], [row.Index], where=year)
    yield tally.finding
    yield size.finding


@check
def rights_of_connections(case: Case, cube: Any) -> Iterator[Finding]:
    """A connection, or a group together, takes and gives what its rights allow by the hour."""
    tally, whole = Tally("transport rights"), Tally("rights of a connection")
    for year in case.years:
        for way, sign in WAYS.items():
            sums: dict[str, np.ndarray] = {}
            for row in standing(case, year):
                today, new = firm_rights(case, cube, row, way, year)
                held = held_rights(case, cube, row, way, year)
                parts = sum(right.part for right in held if right.kind not in LIMITING)
                whole.look(above(np.array([today + new + parts]), row.capacity), [(row.Index, way)], where=year)
                allowed = today + new + sum((right.hourly for right in held), np.zeros(case.time.count))
                used = sign * taken(cube, "connection_exchange", connection=[row.Index], year=year)[0]
                before = sums.get(row.holder, np.zeros((2, case.time.count)))
                sums[row.holder] = before + np.stack([used, row.counted * allowed])
            for holder, (used, allowed) in sums.items():
                tally.look(above(used, allowed)[None], [(holder, way)], where=year)
    yield tally.finding
    yield whole.finding


@check
def given_rights(case: Case, cube: Any) -> Iterator[Finding]:
    """Rights that the scenario gives are as given, and none is held that it does not open or the table not offer."""
    given, offered = Tally("rights as given"), Tally("offered right")
    settings = case.scenario.grid.rights
    for year in case.years:
        for row in standing(case, year):
            for way in WAYS:
                ways: Any = settings.fixed.get(row.Index, {})
                amounts = dict(ways.get(way, {}))
                _, new = firm_rights(case, cube, row, way, year)
                parts = {right.label: right.part for right in held_rights(case, cube, row, way, year)}
                for label, amount in {**parts, "firm": new}.items():
                    place = [(row.Index, way, label)]
                    if label in amounts:
                        given.look(apart(np.array([amount]), amounts[label]), place, where=year)
                    elif label == "firm" and "firm" not in settings.classes:
                        offered.look(above(np.array([amount]), 0.0), place, where=year)
                    elif label != "firm":
                        most = float(case.rights.offers.at[(row.Index, way, label), "capacity_max"])
                        offered.look(above(np.array([amount]), most), place, where=year)
    yield given.finding
    yield offered.finding
