"""Checks direct lines: no more than the line carries, nor than the generator gives; what it costs (R7)."""

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
    below,
    charges,
    electricity,
    profiles,
    supplies,
    taken,
    yearly_payment,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


def open_lines(case: Case, year: int) -> pd.DataFrame:
    """Rows of the lines that the scenario allows and that can stand in a year."""
    table = case.tables["direct_lines"]
    return table[table["line"].isin(case.scenario.sites.direct_lines) & (table["first_year"] <= year)]


def on_the_line(cube: Any, name: str, rows: pd.DataFrame, year: int) -> np.ndarray:
    """A result of lines: one row each."""
    return taken(cube, name, direct_line=rows["line"].tolist(), node=rows["to_node"].tolist(), year=year)


@supplies
def sent_and_arrived(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """What a line takes leaves the bus of its generator; what it does not lose arrives at the site."""
    rows = open_lines(case, year)
    if not len(rows):
        return
    sent, carriers = on_the_line(cube, "direct_supply", rows, year), [electricity(case)] * len(rows)
    yield Supply(rows["from_node"].tolist(), carriers, -sent)
    yield Supply(rows["to_node"].tolist(), carriers, (1.0 - rows["loss"].to_numpy(dtype=float))[:, None] * sent)


@check
def direct_lines(case: Case, cube: Any) -> Iterator[Finding]:
    """A line carries what was built, its generator gives what its lines take, and what is built stays."""
    line, source, stays = Tally("direct line"), Tally("generator of direct lines"), Tally("direct line stays")
    before: pd.Series | None = None
    for year in case.years if case.scenario.sites.direct_lines else []:
        rows = open_lines(case, year)
        names = rows["line"].tolist()
        sent, built = on_the_line(cube, "direct_supply", rows, year), on_the_line(cube, "direct_line_built", rows, year)
        line.look(above(sent, built[:, None]), names, where=year)
        line.look(above(built, rows["capacity_max"].fillna(np.inf).to_numpy(dtype=float)), names, where=year)
        now = pd.Series(built, index=names)
        if before is not None:
            stays.look(below(now.to_numpy(), before.reindex(names).fillna(0.0).to_numpy()), names, where=year)
        before = now
        for (node, technology), group in rows.groupby(["from_node", "technology"]):
            wanted = on_the_line(cube, "direct_supply", group, year).sum(axis=0)
            given = output(case, cube, str(node), str(technology), year)
            source.look(above(wanted, given)[None], [f"{technology} at {node}"], where=year)
    for tally in (line, source, stays):
        yield tally.finding


def output(case: Case, cube: Any, node: str, technology: str, year: int) -> np.ndarray:
    """Power that a generator gives, MW: its reactors, or activity times what it gives of power."""
    at = (case.assets["node"] == node) & (case.assets["technology"] == technology)
    assets = [str(asset) for asset in case.assets.index[at]]
    if technology in case.reactors.index:
        return np.asarray(taken(cube, "reactor_power", asset=assets, year=year).sum(axis=0))
    keys = [(asset, electricity(case), year) for asset in assets]
    rows = case.flows.reindex([key for key in keys if key in case.flows.index])
    activity = taken(cube, "activity", asset=[key[0] for key in rows.index], year=year)
    shape = rows["coefficient"].to_numpy(dtype=float)[:, None] * profiles(case, rows["profile"])
    return np.asarray((shape * activity).sum(axis=0))


@charges
def direct_line_charges(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Repayment and fixed cost of what is built, by length."""
    rows = open_lines(case, year)
    if not len(rows):
        return
    rate = case.scenario.finance.wacc
    payments = np.array([yearly_payment(rate, life) for life in rows["lifetime"]]) + rows["fixed_om"].to_numpy()
    annual = rows["investment"].to_numpy() * rows["length"].to_numpy() * payments
    amounts = annual * on_the_line(cube, "direct_line_built", rows, year)
    yield Charge("direct_line", rows["to_node"].tolist(), ["direct_line"] * len(rows), amounts)
