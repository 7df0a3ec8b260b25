"""Costs of generators in a MATPOWER case: lines as they are, bent lines as pieces, curves cut up (or refused)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from model.errors import Problem
from model.exchange.matpower_curves import Fineness
from model.exchange.matpower_file import Row

POINTS, POLYNOMIAL = 1, 2
BENDS = 1e-9
"""Share by which a slope may fall short of the one before and still count as bending upwards."""
FINE = 50
"""Steps to a piece in which the distance between a curve and its pieces is looked for."""


@dataclass(frozen=True)
class Piece:
    """A straight piece of a cost curve: slope, money per MWh, and what it would cost at no power, money per hour."""

    slope: float
    intercept: float


@dataclass(frozen=True)
class Costs:
    """Cost of an hour: constant + slope × power, or at least every piece."""

    slope: float = 0.0
    constant: float = 0.0
    pieces: tuple[Piece, ...] = ()


@dataclass
class CostReader:
    """Reads rows of mpc.gencost and mpc.dclinecost.

    Args:
        file: name of the file, for problems.
        linearise: pieces that replace a curve, or how finely curves are cut; 0: they are refused.
        problems: what cannot be carried over is added here.
    """

    file: str
    linearise: int | Fineness
    problems: list[Problem]
    above: list[float] = field(default_factory=list)
    """For each curve that was cut up, the most by which its pieces lie above it, money per hour."""
    cut: list[int] = field(default_factory=list)
    """For each of them, the number of its pieces."""

    def read(self, row: Row, matrix: str, label: str, low: float, high: float) -> Costs:
        """Cost of a machine between two powers, MW; what is wrong with it is kept as a problem."""
        kind, count = row[0], row[3]
        if kind not in (POINTS, POLYNOMIAL):
            return self._refuse(row, matrix, f"model {kind:g} of {label}", "1 (points) or 2 (polynomial)")
        if count != int(count) or count < 0 or len(row.cells) < 4 + int(count) * (2 if kind == POINTS else 1):
            what = "points" if kind == POINTS else "coefficients"
            return self._refuse(row, matrix, f"{len(row.cells) - 4} figures of {label}", f"{count:g} {what}")
        figures = row.cells[4:]
        if kind == POINTS:
            points = [(figures[2 * n], figures[2 * n + 1]) for n in range(int(count))]
            return self._points(row, matrix, label, points)
        return self._polynomial(row, matrix, label, np.trim_zeros(figures[: int(count)], "f"), low, high)

    def note(self) -> list[str]:
        """What was cut up, and how far that overstates the cost."""
        if not self.above:
            return []
        least, most = min(self.cut), max(self.cut)
        count = f"{most}" if least == most else f"{least} to {most}"
        return [
            f"{len(self.above)} cost curves are replaced by {count} straight pieces each, drawn through the "
            f"curve: the cost of an hour is above the true one by at most {max(self.above):.4g} for one machine, "
            f"{sum(self.above):.4g} for all."
        ]

    def _refuse(self, row: Row, matrix: str, value: str, expected: str) -> Costs:
        self.problems.append(Problem(self.file, str(row.line), f"mpc.{matrix}", value, expected))
        return Costs()

    def _points(self, row: Row, matrix: str, label: str, points: list[tuple[float, float]]) -> Costs:
        points = list(dict.fromkeys(points))
        if any(after[0] <= before[0] for before, after in pairwise(points)):
            return self._refuse(row, matrix, f"points of {label}", "points in the order of their power, each once")
        pieces = _pieces(points)
        if any(after.slope < before.slope - BENDS * (1 + abs(before.slope)) for before, after in pairwise(pieces)):
            return self._refuse(
                row, matrix, f"a cost of {label} that bends downwards", "points whose slopes rise with the power"
            )
        return Costs(pieces=tuple(pieces))

    def _polynomial(
        self, row: Row, matrix: str, label: str, coefficients: Sequence[float], low: float, high: float
    ) -> Costs:
        """Coefficients come with the highest power first, as numpy has them."""
        degree = len(coefficients) - 1
        if degree <= 1:
            slope, constant = [0.0, 0.0, *coefficients][-2:]
            return Costs(slope=slope, constant=constant)
        if high <= low:
            return Costs(constant=float(np.polyval(coefficients, low)))
        if not _bends_upwards(coefficients, low, high):
            expected = "a cost that bends upwards between Pmin and Pmax"
            return self._refuse(row, matrix, f"a cost of {label} of degree {degree} that bends downwards", expected)
        if not self.linearise:
            expected = "a linear cost; --linearise N cuts the curve into N straight pieces, no --linearise into enough"
            terms = " + ".join(f"{value:g} P{degree - n}" for n, value in enumerate(coefficients) if n < degree - 1)
            kind = "quadratic" if degree == 2 else f"of degree {degree}"
            return self._refuse(row, matrix, f"a cost of {label} that is {kind}: {terms}", expected)
        count = self.linearise
        if isinstance(count, Fineness):
            high = max(min(high, count.ceiling), low + 1.0)
            count = count.pieces(np.asarray(coefficients), low, high)
        steps = np.linspace(low, high, count + 1)
        pieces = _pieces([(float(power), float(np.polyval(coefficients, power))) for power in steps])
        fine = np.linspace(low, high, FINE * count + 1)
        straight = np.interp(fine, steps, np.polyval(coefficients, steps))
        self.above.append(float(np.max(straight - np.polyval(coefficients, fine))))
        self.cut.append(count)
        return Costs(pieces=tuple(pieces))


def _bends_upwards(coefficients: Sequence[float], low: float, high: float) -> bool:
    """Whether the slope of a polynomial rises everywhere between two powers."""
    bend = np.polyder(np.asarray(coefficients, dtype=float), 2)
    turns = np.roots(np.polyder(bend))
    inside = [float(turn.real) for turn in turns if abs(turn.imag) < 1e-9 and low < turn.real < high]
    values = np.polyval(bend, [low, high, *inside])
    return bool(np.all(values >= -BENDS * (1.0 + np.max(np.abs(values)))))


def _pieces(points: list[tuple[float, float]]) -> list[Piece]:
    """Straight pieces through points, in the order of their power; a single point is a cost that never changes."""
    pieces = []
    for (power, money), (next_power, next_money) in pairwise(points):
        slope = (next_money - money) / (next_power - power)
        pieces.append(Piece(slope, money - slope * power))
    if not pieces and points:
        pieces.append(Piece(0.0, points[0][1]))
    return pieces
