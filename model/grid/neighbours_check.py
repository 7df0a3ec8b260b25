"""Checks trade with neighbours: interconnector limits, what arrives, and what it costs and earns (G4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Charge, Finding, Supply, Tally, above, charges, electricity, of_year, supplies, taken
from model.core.registry import check

if TYPE_CHECKING:
    import pandas as pd

    from model.data.case import Case


def in_service(case: Case, year: int) -> pd.DataFrame:
    """Interconnectors of a year; none where the scenario has no trade."""
    table = of_year(case.interconnectors, year)
    return table if case.scenario.grid.interconnectors else table[:0]


@supplies
def traded(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """Imports arrive less their loss; exports leave in full."""
    table = in_service(case, year)
    arriving = 1.0 - table["loss"].to_numpy(dtype=float)[:, None]
    values = arriving * taken(cube, "neighbour_import", interconnector=table.index, year=year)
    values -= taken(cube, "neighbour_export", interconnector=table.index, year=year)
    yield Supply(table["node"].tolist(), [electricity(case)] * len(table), values)


@check
def interconnector_limits(case: Case, cube: Any) -> Iterator[Finding]:
    """No hour sends more over an interconnector than it carries in that direction and year."""
    for name in ("import", "export"):
        tally = Tally(f"interconnector {name}")
        labels = [str(label) for label in cube["results"][f"neighbour_{name}"]["interconnector"].values]
        for year in case.years:
            limits = in_service(case, year)[f"{name}_capacity"].reindex(labels).fillna(0.0).to_numpy(dtype=float)
            value = taken(cube, f"neighbour_{name}", interconnector=labels, year=year)
            tally.look(above(value, limits[:, None]), labels, where=year)
        yield tally.finding


@charges
def trade(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Imports at the neighbour's price where they are sent, exports as an income where they arrive."""
    table = in_service(case, year)
    weight = np.asarray(case.time.weight, dtype=float)
    prices = (
        case.hourly["neighbour_price"].sel(year=year, zone=table["zone"].to_list()).transpose("zone", "time").values
    )
    nodes, technology = table["node"].tolist(), ["interconnector"] * len(table)
    bought = taken(cube, "neighbour_import", interconnector=table.index, year=year)
    sold = taken(cube, "neighbour_export", interconnector=table.index, year=year)
    sold *= 1.0 - table["loss"].to_numpy(dtype=float)[:, None]
    yield Charge("import", nodes, technology, (bought * prices) @ weight)
    yield Charge("export", nodes, technology, -(sold * prices) @ weight)
