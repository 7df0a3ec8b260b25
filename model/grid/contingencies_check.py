"""Checks explicit N-1 the long way: the circuits are taken out, and the load flow is solved anew by angles (G1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.ac_lines import angle_of_power, lines_of, shift_of, strength_of
from model.core.checking import Finding, Tally, above, of_year, taken
from model.core.registry import check

if TYPE_CHECKING:
    import pandas as pd

    from model.data.case import Case


def shares_left(case: Case, lines: pd.DataFrame, year: int) -> dict[str, np.ndarray]:
    """By named contingency, the share of its circuits that every line keeps."""
    named, table = case.scenario.grid.contingencies, case.tables["contingencies"]
    circuits = lines["circuits"].where(lines["circuits"] > 0, 1.0).to_numpy(dtype=float)
    circuits = circuits * strength_of(case, lines, year)
    found = {}
    for name, rows in table[table["corridor"].isin(lines.index)].groupby("contingency"):
        if named and name not in named:
            continue
        lost = rows.set_index("corridor")["circuits"].fillna(1.0).reindex(lines.index).fillna(0.0)
        found[str(name)] = np.maximum(1.0 - lost.to_numpy(dtype=float) / circuits, 0.0)
    return found


def _free_nodes(incidence: np.ndarray) -> np.ndarray:
    """All nodes but the first of every island, whose angle is zero."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    islands = connected_components(csr_matrix(np.abs(incidence).T @ np.abs(incidence)), directed=False)[1]
    free = np.ones(len(islands), dtype=bool)
    free[np.unique(islands, return_index=True)[1]] = False
    return free


def _solved(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Angles; not a number where the network has fallen apart."""
    try:
        return np.asarray(np.linalg.solve(matrix, right))
    except np.linalg.LinAlgError:
        return np.full(right.shape, np.nan)


@check
def outage_limits(case: Case, cube: Any) -> Iterator[Finding]:
    """With the circuits of a contingency gone and injections as they were, no line carries more than it may."""
    tally = Tally("outage limit")
    grid = case.scenario.grid
    for year in case.years if grid.n_minus_1 != "none" else []:
        lines = lines_of(case, year)
        if not len(lines):
            continue
        nodes = sorted({*lines["from_node"], *lines["to_node"]})
        leaves = lines["from_node"].to_numpy()[:, None] == np.array(nodes)
        arrives = lines["to_node"].to_numpy()[:, None] == np.array(nodes)
        incidence = leaves.astype(float) - arrives.astype(float)
        flow = taken(cube, "flow", corridor=lines.index, year=year)
        turn = shift_of(case, cube, lines, year)
        added = taken(cube, "corridor_expansion", corridor=lines.index, year=year)
        standing = of_year(case.corridor_years, year)["capacity"].reindex(lines.index).fillna(0.0).to_numpy(dtype=float)
        rated = np.array(
            [case.given.series[name] if name else np.ones(case.time.count) for name in lines["limit_series"]]
        )
        most = grid.loop_flow_factor * rated * (standing + added)[:, None]
        admittance, free = 1.0 / angle_of_power(case, lines, year), _free_nodes(incidence)
        for name, left in shares_left(case, lines, year).items():
            weights = admittance * left
            given = incidence.T @ (flow + weights[:, None] * turn)
            laplacian = incidence[:, free].T @ (weights[:, None] * incidence[:, free])
            angles = _solved(laplacian, given[free])
            after = weights[:, None] * (incidence[:, free] @ angles - turn)
            tally.look(above(np.abs(after), left[:, None] * most), lines.index.tolist(), where=f"{name}, {year}")
    yield tally.finding
