"""Checks the heat cascade: heat runs downhill only, and within its own cascade (C5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import SMALLEST, Finding, Supply, Tally, chunks, present, supplies, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@supplies
def downgraded(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """Heat leaves one grade and arrives at another, at the same node."""
    cells = present(cube, "heat_downgrade", year)
    for rows in chunks(len(cells["node"])):
        node, hot, cool = (cells[dim][rows] for dim in ("node", "carrier", "carrier_to"))
        values = taken(cube, "heat_downgrade", node=node, carrier=hot, carrier_to=cool, year=year)
        yield Supply(node, hot, -values)
        yield Supply(node, cool, values)


@check
def heat_runs_downhill(case: Case, cube: Any) -> Iterator[Finding]:
    """Heat that changes its grade goes from a hotter to a cooler one of the same cascade."""
    tally = Tally("heat runs downhill")
    group, degrees = case.carriers["cascade_group"].fillna(""), case.carriers["delivery_temperature"]
    for year in case.years:
        cells = present(cube, "heat_downgrade", year)
        hot, cool = cells["carrier"], cells["carrier_to"]
        falls = degrees.reindex(hot).to_numpy() > degrees.reindex(cool).to_numpy()
        joined = (group.reindex(hot).to_numpy() == group.reindex(cool).to_numpy()) & (
            group.reindex(hot) != ""
        ).to_numpy()
        wrong = np.flatnonzero(~(falls & joined))
        keys = [(cells["node"][row], hot[row], cool[row]) for row in wrong]
        if keys:
            node, warm, cold = map(list, zip(*keys, strict=True))
            value = taken(cube, "heat_downgrade", node=node, carrier=warm, carrier_to=cold, year=year)
            tally.look(np.abs(value) / SMALLEST, keys, where=year)
    yield tally.finding
