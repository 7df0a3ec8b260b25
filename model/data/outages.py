"""Contingencies of a scenario: which lines lose which share of their circuits in a year, and what that cuts off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.data.power_flow import Network, ac_network
from model.data.validation.places import at, rows_of
from model.errors import InputError, Problem

if TYPE_CHECKING:
    from model.data.case import Case

MOST_NAMES = 8
"""Nodes that are named."""


def outages_of(case: Case, network: Network, year: int) -> dict[str, dict[int, float]]:
    """Named contingencies that hit a line of the network in a year.

    A line with n circuits (a blank is one) that loses m of them keeps the share 1 − m / n of its capacity and its
    susceptance; n grows with the expansion that its reactance counts.

    Returns:
        By contingency, the share that is lost by position of the line; empty where the scenario holds no outages.
    """
    grid = case.scenario.grid
    if grid.n_minus_1 == "none":
        return {}
    table, found = case.tables["contingencies"], dict[str, dict[int, float]]()
    strength = case.corridor_years["strength"]
    for name, line, lost in zip(table["contingency"], table["corridor"], table["circuits"], strict=True):
        if (grid.contingencies and name not in grid.contingencies) or line not in network.position:
            continue
        given: Any = case.corridors.at[line, "circuits"]
        circuits = (float(given) if given > 0 else 1.0) * float(strength[line, year])
        share = (1.0 if np.isnan(lost) else float(lost)) / circuits
        found.setdefault(str(name), {})[network.position[line]] = min(share, 1.0)
    return dict(sorted(found.items()))


def refuse_islanding(case: Case) -> None:
    """Refuse contingencies that cut the AC grid in pieces: flows after them do not follow from those before.

    Raises:
        InputError: one problem for each contingency, with the nodes that it cuts off.
    """
    problems = _islanding(case)
    if problems:
        raise InputError(problems)


def _islanding(case: Case) -> list[Problem]:
    table = case.tables["contingencies"]
    first = {row["contingency"]: row for row in reversed(rows_of(table))}
    problems, told = [], set[str]()
    for year in case.years:
        network = ac_network(case, year)
        before = network.parts()
        for name, lost in outages_of(case, network, year).items():
            gone = frozenset(line for line, share in lost.items() if share == 1.0)
            after = network.parts(gone) if gone else before
            if after.max() == before.max() or name in told:
                continue
            told.add(name)
            row = first[name]
            expected = (
                "circuits whose loss leaves the AC grid in one piece (the flow after it follows from that before; "
                f"leave it out, or name others in grid.contingencies): in {year} it cuts off "
                f"{_cut_off(network, before, after)}"
            )
            problems.append(at(row, "contingency", name, expected))
    return problems


def _cut_off(network: Network, before: np.ndarray, after: np.ndarray) -> str:
    """Nodes of the smallest piece of the first part that falls apart."""
    for part in np.unique(before):
        pieces, sizes = np.unique(after[before == part], return_counts=True)
        if len(pieces) > 1:
            nodes = [network.nodes[node] for node in np.flatnonzero(after == pieces[np.argmin(sizes)])]
            more = f" and {len(nodes) - MOST_NAMES} more" if len(nodes) > MOST_NAMES else ""
            return ", ".join(nodes[:MOST_NAMES]) + more
    return "nothing"
