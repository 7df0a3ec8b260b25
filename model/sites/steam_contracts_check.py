"""Checks steam contracts: the steam of the plant in a year against what is to be taken of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import SMALLEST_SUM, Finding, Tally, below, profiles, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@check
def steam_contracts(case: Case, cube: Any) -> Iterator[Finding]:
    """Until a contract ends its plant gives at least the share that is taken or paid."""
    tally = Tally("steam contract")
    weight = np.asarray(case.time.weight, dtype=float)
    table = case.tables["steam_contracts"]
    for year in case.years if case.scenario.sites.steam_contracts else []:
        rows: list[Any] = list(table[table["last_year"] >= year].itertuples())
        for row in rows:
            at = (case.assets["node"] == row.node) & (case.assets["technology"] == row.technology)
            keys = [(str(asset), row.carrier, year) for asset in case.assets.index[at]]
            flows = case.flows.reindex([key for key in keys if key in case.flows.index])
            activity = taken(cube, "activity", asset=[key[0] for key in flows.index], year=year)
            shape = flows["coefficient"].to_numpy(dtype=float)[:, None] * profiles(case, flows["profile"])
            steam = float(((shape * activity) @ weight).sum())
            wanted = 1e6 * float(row.steam) * float(row.take_share)
            tally.look(below(np.array([steam]), wanted, SMALLEST_SUM), [f"{row.node}, {row.technology}"], where=year)
    yield tally.finding
