"""Checks that the country does not live on its neighbours: net imports of a year within the scenario's limit (G4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import SMALLEST_SUM, Finding, Tally, above, of_year, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

MWH_PER_TWH = 1e6


@check
def net_imports(case: Case, cube: Any) -> Iterator[Finding]:
    """What arrives over all interconnectors in a year, less what leaves, is no more than the scenario allows."""
    tally = Tally("net imports")
    limit, weight = case.scenario.grid.net_import_max, np.asarray(case.time.weight, dtype=float)
    for year in case.years if limit is not None else []:
        table = of_year(case.interconnectors, year)
        bought = taken(cube, "neighbour_import", interconnector=table.index, year=year) @ weight
        sold = taken(cube, "neighbour_export", interconnector=table.index, year=year) @ weight
        net = (1.0 - table["loss"].to_numpy(dtype=float)) @ bought - sold.sum()
        tally.look(above(np.array([net]), MWH_PER_TWH * float(limit or 0.0), SMALLEST_SUM), [year])
    yield tally.finding
