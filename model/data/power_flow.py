"""The direct-current power flow of an AC network in numbers: transfer factors, outages, islands (formulation G1).

With susceptances `D` (lines), incidence `A` (lines × nodes, +1 at the first node) and injections `p`, flows are
`f = D (A θ − shift)` with `Aᵀ f = p`.  A MW that is sent from end to end of line k moves `M[l, k]` MW on line l.  When
line k loses a share s of its circuits, the others take over `M[l, k] s / (1 − s M[k, k])` of what it carried; phase
shifts stay and cancel.  Several lines that are lost at once make a small matrix of the denominator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from model.data.case import Case

SMALLEST = 1e-9
"""A pivot below this, relative to one, is a network that falls apart."""


@dataclass(frozen=True)
class Network:
    """Lines that Kirchhoff's law ties together.

    Args:
        lines: labels.
        nodes: labels of the nodes that lines touch, sorted.
        start: position of the first node of every line.
        end: position of its second node.
        susceptance: flow per angle, MW/mrad.
    """

    lines: list[str]
    nodes: list[str]
    start: np.ndarray
    end: np.ndarray
    susceptance: np.ndarray

    @cached_property
    def position(self) -> dict[str, int]:
        """Position of every line."""
        return {line: position for position, line in enumerate(self.lines)}

    def parts(self, without: frozenset[int] = frozenset()) -> np.ndarray:
        """Number of the connected part of every node, some lines left out."""
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        kept = [line for line in range(len(self.lines)) if line not in without]
        shape = (len(self.nodes), len(self.nodes))
        links = coo_matrix((np.ones(len(kept)), (self.start[kept], self.end[kept])), shape=shape)
        return np.asarray(connected_components(links, directed=False)[1])

    @cached_property
    def incidence(self) -> np.ndarray:
        """+1 at the first node of a line, -1 at its second; shape (lines, nodes)."""
        rows, matrix = np.arange(len(self.lines)), np.zeros((len(self.lines), len(self.nodes)))
        matrix[rows, self.start] += 1.0
        matrix[rows, self.end] -= 1.0
        return matrix

    @cached_property
    def to_slack(self) -> np.ndarray:
        """Flow on a line per MW given at a node and taken at the first node of its part; shape (lines, nodes)."""
        from scipy.sparse import csc_matrix, diags
        from scipy.sparse.linalg import splu

        factors = np.zeros((len(self.lines), len(self.nodes)))
        slacks = np.unique(self.parts(), return_index=True)[1]
        free = np.setdiff1d(np.arange(len(self.nodes)), slacks)
        if not len(free):
            return factors
        incidence = csc_matrix(self.incidence[:, free])
        weighted = diags(self.susceptance) @ incidence
        solved = splu(csc_matrix(incidence.T @ weighted)).solve(weighted.T.toarray())
        factors[:, free] = solved.T
        return factors

    def transfer(self, slack: str | None = None) -> np.ndarray:
        """PTDF: flow on a line per MW given at a node; shape (lines, nodes).

        Args:
            slack: node that takes the MW in its own part of the network; in other parts, and without a slack, it is
                taken in equal parts at all nodes of the part.
        """
        factors = self.to_slack.copy()
        parts = self.parts()
        for part in np.unique(parts):
            members = np.flatnonzero(parts == part)
            at_slack = [node for node in members if self.nodes[node] == slack]
            factors[:, members] -= self.to_slack[:, at_slack or members].mean(axis=1, keepdims=True)
        return factors

    @cached_property
    def between(self) -> np.ndarray:
        """`M`: flow on a line per MW sent from the first to the second node of another; shape (lines, lines)."""
        return self.to_slack[:, self.start] - self.to_slack[:, self.end]

    def after_outage(self, lost: Mapping[int, float]) -> np.ndarray:
        """What the flows after an outage are of those before: `f' = f + factors @ f[list(lost)]`.

        Args:
            lost: share of its circuits that a line loses, by position; a line with 1 carries nothing afterwards.

        Returns:
            Shape (lines, lost).

        Raises:
            ZeroDivisionError: the network falls apart.
        """
        lines = list(lost)
        shares = np.array([lost[line] for line in lines])
        pivot = np.eye(len(lines)) - self.between[np.ix_(lines, lines)] * shares
        if np.linalg.svd(pivot, compute_uv=False).min() < SMALLEST:
            raise ZeroDivisionError(", ".join(self.lines[line] for line in lines))
        factors = self.between[:, lines] @ (shares[:, None] * np.linalg.inv(pivot))
        kept = 1.0 - shares
        own = np.eye(len(lines))
        factors[lines] = kept[:, None] * (own + factors[lines]) - own
        return factors


def ac_network(case: Case, year: int) -> Network:
    """The AC network of a case in a year: lines in the cycles of Kirchhoff's law, with the reactances held."""
    of_year = case.corridor_years.index.get_level_values("year") == year
    figures = case.corridor_years[of_year & case.corridor_years["meshed"]].droplevel("year").sort_index()
    table = case.corridors.loc[figures.index]
    nodes = sorted({*table["from_node"], *table["to_node"]})
    position = {node: number for number, node in enumerate(nodes)}
    return Network(
        lines=[str(line) for line in figures.index],
        nodes=nodes,
        start=np.array([position[node] for node in table["from_node"]], dtype=np.int64),
        end=np.array([position[node] for node in table["to_node"]], dtype=np.int64),
        susceptance=1.0 / figures["angle_per_power"].to_numpy(dtype=float),
    )
