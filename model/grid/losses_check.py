"""Checks losses of AC lines against the curve itself, from ohm and kV (G1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.ac_lines import strength_of
from model.core.checking import Finding, Supply, Tally, above, below, of_year, supplies, taken
from model.core.registry import check

if TYPE_CHECKING:
    import pandas as pd

    from model.data.case import Case


def resistive_lines(case: Case) -> pd.DataFrame:
    """AC corridors with a resistance, where losses are quadratic."""
    table = case.corridors
    quadratic = case.scenario.grid.losses == "quadratic"
    lines: pd.DataFrame = table[(table["kind"] == "ac") & (table["resistance"] > 0) & quadratic]
    return lines


@supplies
def heat_of_lines(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """Half of what a line loses is missing at each end."""
    lines = resistive_lines(case)
    if len(lines):
        half = 0.5 * taken(cube, "line_loss", corridor=lines.index, year=year)
        for end in ("from_node", "to_node"):
            yield Supply(lines[end].tolist(), lines["carrier"].tolist(), -half)


@check
def line_losses(case: Case, cube: Any) -> Iterator[Finding]:
    """Losses lie no further below r f² than tangents do, and nowhere above the loss at the limit."""
    low, high = Tally("line losses"), Tally("line losses above those of the limit")
    lines, grid = resistive_lines(case), case.scenario.grid
    for year in case.years if len(lines) else []:
        table = lines
        figures = of_year(case.corridor_years, year).reindex(table.index)
        volts = table["voltage"].to_numpy(dtype=float) ** 2
        base = np.where(table["reactance_base"].notna(), table["reactance_base"].to_numpy(dtype=float), volts)
        per_square = table["resistance"].to_numpy(dtype=float) / base / strength_of(case, table, year)
        explicit = (grid.n_minus_1 != "none") & figures["meshed"].fillna(False).to_numpy(dtype=bool)
        margin = grid.loop_flow_factor * np.where(explicit, 1.0, table["security_factor"].to_numpy(dtype=float))
        standing = figures["capacity"].fillna(0.0).to_numpy(dtype=float)
        may = (
            grid.expansion
            & table["expansion_cost"].notna().to_numpy()
            & (table["expansion_first_year"] <= year).to_numpy()
        )
        room = np.where(may, table["expansion_max"].to_numpy(dtype=float), 0.0)
        added = taken(cube, "corridor_expansion", corridor=table.index, year=year)
        rating = np.array([case.given.series[n] if n else np.ones(case.time.count) for n in table["limit_series"]])
        least, most = margin * standing, margin * (standing + room)
        flow = np.abs(taken(cube, "flow", corridor=table.index, year=year))
        loss = taken(cube, "line_loss", corridor=table.index, year=year)
        part = most * rating.max(axis=1) / (2 * grid.loss_tangents)
        beyond = np.maximum(flow - (most * rating.max(axis=1))[:, None], 0.0)
        curve = per_square[:, None] * (flow**2 - (part[:, None] + beyond) ** 2)
        low.look(below(loss, curve), table.index.tolist(), where=year)
        whole = np.where(room > 0, (most**2 - least**2) / np.where(room > 0, room, 1.0), 0.0)
        cap = (per_square * (least**2 + whole * added))[:, None] * rating**2
        high.look(above(loss, cap), table.index.tolist(), where=year)
    yield low.finding
    yield high.finding
