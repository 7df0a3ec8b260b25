"""Checks the gas grid: what is fed in is what is drawn, within the limits of the nodes (H3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Supply, Tally, above, apart, chunks, present, supplies, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@supplies
def exchanged_gas(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """Gas drawn from the grid comes to a node's balance; gas fed into it leaves."""
    cells = present(cube, "gas_exchange", year)
    for rows in chunks(len(cells["node"])):
        nodes, carriers = cells["node"][rows], cells["carrier"][rows]
        yield Supply(nodes, carriers, taken(cube, "gas_exchange", node=nodes, carrier=carriers, year=year))


@check
def gas_grid(case: Case, cube: Any) -> Iterator[Finding]:
    """In every hour the country feeds into the gas grid what it draws, and no node more than its connection."""
    pool, limit = Tally("gas fed is gas drawn"), Tally("limit on gas fed in")
    if case.scenario.detail.gas_network:
        nodes = case.nodes.index.tolist()
        for carrier in sorted(set(case.carriers["balanced_as"]) - {""}):
            for year in case.years:
                drawn = taken(cube, "gas_exchange", node=nodes, carrier=carrier, year=year)
                pool.look(apart(drawn.clip(min=0.0).sum(axis=0), -drawn.clip(max=0.0).sum(axis=0)), where=year)
                most = np.array([injection(case, node, carrier, year) for node in nodes])
                limit.look(above(-drawn, most[:, None]), nodes, where=year)
    yield pool.finding
    yield limit.finding


def injection(case: Case, node: str, carrier: str, year: int) -> float:
    """Most that a node may feed in, MW: linear between the rows' years; endless without a row."""
    table = case.tables["gas_injection"]
    rows = table[(table["node"] == node) & (table["carrier"] == carrier)].sort_values("year")
    if rows.empty or rows["value"].isna().any():
        return float(np.inf)
    if rows["year"].isna().any():
        return float(rows["value"].iloc[0])
    return float(np.interp(year, rows["year"], rows["value"]))
