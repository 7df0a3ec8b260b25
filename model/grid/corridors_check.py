"""Checks corridors: flows within secure limits, losses, expansion and its cost (G1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.ac_lines import lines_of
from model.core.checking import (
    Charge,
    Finding,
    Supply,
    Tally,
    above,
    below,
    charges,
    chunks,
    of_year,
    supplies,
    taken,
    yearly_payment,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@supplies
def transported(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """A flow leaves its first node and arrives at its second; half of what is lost is missing at each end."""
    for rows in chunks(len(case.corridors)):
        part = case.corridors.iloc[rows]
        flow = taken(cube, "flow", corridor=part.index, year=year)
        half = 0.5 * taken(cube, "corridor_loss", corridor=part.index, year=year)
        carriers = part["carrier"].tolist()
        yield Supply(part["from_node"].tolist(), carriers, -flow - half)
        yield Supply(part["to_node"].tolist(), carriers, flow - half)


def secure_capacity(case: Case, cube: Any, year: int) -> np.ndarray:
    """Standing and added capacity times the security margin and, on AC, what loop flows leave, MW.

    The margin stands for outages; where these are rows of their own, lines in the cycles have none.
    """
    table = case.corridors
    standing = of_year(case.corridor_years, year)["capacity"].reindex(table.index).fillna(0.0).to_numpy(dtype=float)
    added = taken(cube, "corridor_expansion", corridor=table.index, year=year)
    loop = np.where(table["kind"] == "ac", case.scenario.grid.loop_flow_factor, 1.0)
    margin = table["security_factor"].to_numpy(dtype=float)
    if case.scenario.grid.n_minus_1 != "none":
        margin = np.where(table.index.isin(lines_of(case, year).index), 1.0, margin)
    return np.asarray(margin * loop * (standing + added))


def rating(case: Case, names: Iterable[str]) -> np.ndarray:
    """What the capacity of corridors is multiplied by in each step: their series, or one."""
    return np.array([case.given.series[name] if name else np.ones(case.time.count) for name in names])


@check
def corridor_flows(case: Case, cube: Any) -> Iterator[Finding]:
    """Flows stay within secure capacity; losses are the corridor's share of the flow, capped at that of the limit."""
    limit, lost = Tally("corridor limit"), Tally("corridor losses")
    wasted = Tally("corridor losses above those of its limit")
    labels = case.corridors.index.tolist()
    leaves = case.corridors["efficiency"].to_numpy(dtype=float)
    shares = (1.0 - leaves) / ((1.0 + leaves) / 2.0)  # of the flow half-way along, which is the mean of both ends
    for year in case.years:
        most = secure_capacity(case, cube, year)
        for rows in chunks(len(labels)):
            size = np.abs(taken(cube, "flow", corridor=labels[rows], year=year))
            rated = most[rows, None] * rating(case, case.corridors["limit_series"].iloc[rows])
            loss = taken(cube, "corridor_loss", corridor=labels[rows], year=year)
            limit.look(above(size, rated), labels[rows], where=year)
            lost.look(below(loss, shares[rows, None] * size), labels[rows], where=year)
            wasted.look(above(loss, shares[rows, None] * rated), labels[rows], where=year)
    for tally in (limit, lost, wasted):
        yield tally.finding


@check
def corridor_expansions(case: Case, cube: Any) -> Iterator[Finding]:
    """Corridors grow only where and when they may, by no more than they may, and do not shrink again."""
    most, stays = Tally("corridor expansion"), Tally("corridor expansion stays")
    table, labels = case.corridors, case.corridors.index.tolist()
    before = np.zeros(len(labels))
    priced = case.scenario.grid.expansion & table["expansion_cost"].notna().to_numpy()
    for year in case.years:
        added = taken(cube, "corridor_expansion", corridor=labels, year=year)
        ready = priced & (table["expansion_first_year"].fillna(-np.inf) <= year).to_numpy()
        limit = np.where(ready, table["expansion_max"].fillna(np.inf).to_numpy(dtype=float), 0.0)
        most.look(above(added, limit), labels, where=year)
        stays.look(below(added, before), labels, where=year)
        before = added
    yield most.finding
    yield stays.finding


@charges
def corridor_expansion(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Added capacity pays interest and repayment at the scenario's WACC, and fixed cost, in every year it stands."""
    table = case.corridors[case.corridors["expandable"]]
    rate = case.scenario.finance.wacc
    payment = np.array([yearly_payment(rate, life) for life in table["expansion_lifetime"]])
    annual = table["expansion_cost"].to_numpy(dtype=float) * payment + table["expansion_fixed_om"].to_numpy(dtype=float)
    added = taken(cube, "corridor_expansion", corridor=table.index, year=year)
    yield Charge("grid_expansion", table["from_node"].tolist(), ["corridor"] * len(table), annual * added)


@charges
def corridors_that_stand(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """What stands pays its yearly cost where the table gives one."""
    table = case.corridors[case.corridors["standing_cost"] > 0]
    standing = of_year(case.corridor_years, year)["capacity"].reindex(table.index).fillna(0.0).to_numpy(dtype=float)
    amounts = table["standing_cost"].to_numpy(dtype=float) * standing
    yield Charge("grid_standing", table["from_node"].tolist(), ["corridor"] * len(table), amounts)
