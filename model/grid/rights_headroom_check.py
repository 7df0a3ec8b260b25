"""Checks that new firm rights fit the room that the table gives, what is withdrawn and reinforcement added (G3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, above, taken
from model.core.registry import check
from model.core.rights_checking import below, standing

if TYPE_CHECKING:
    from model.data.case import Case


@check
def room_for_firm_rights(case: Case, cube: Any) -> Iterator[Finding]:
    """New firm power of a region is at most its room, with what others lost for want of use and reinforcement."""
    tally, ways = Tally("room for firm rights"), case.rights.ways
    for year in case.years if len(case.rights.connections) else []:
        for (region, way), rows in case.tables["firm_headroom"].groupby(["region", "direction"]):
            dated = rows.dropna(subset="year").sort_values("year")
            room = np.interp(year, dated["year"], dated["capacity"]) if len(dated) else rows["capacity"].iloc[0]
            names = [row.Index for row in standing(case, year) if row.node in below(case, str(region))]
            room += sum(ways["before"][name, way] - ways["contract"][name, way] for name in names)
            for served in (str(way), "both"):
                room += taken(cube, "hosting_built", region=[region], direction=[served], year=year)[0]
            new = taken(cube, "connection_firm", connection=names, direction=str(way), year=year).sum()
            tally.look(above(np.array([new]), room), [(region, way)], where=year)
    yield tally.finding
