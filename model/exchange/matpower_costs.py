"""Costs of generators in a MATPOWER case: lines as they are, bent lines as pieces, curves refused or cut up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from model.errors import Problem
from model.exchange.matpower_file import MatpowerFile, Row

POINTS, POLYNOMIAL = 1, 2
BENDS = 1e-9
"""Share by which a slope may fall short of the one before and still count as bending upwards."""


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


def costs_of(case: MatpowerFile, file: str, linearise: int, problems: list[Problem], notes: list[str]) -> list[Costs]:
    """Cost of every generator, in order; rows for reactive power, which come after, are left out.

    Args:
        case: the case.
        file: name of the file, for problems.
        linearise: pieces that replace a quadratic cost; 0: it is refused.
        problems: what cannot be carried over is added here.
        notes: what was changed is added here.
    """
    generators, rows = case.matrices["gen"], case.matrices.get("gencost", [])
    if len(rows) < len(generators):
        expected = f"a row for each of the {len(generators)} generators"
        problems.append(Problem(file, "", "mpc.gencost", f"{len(rows)} rows", expected))
        return []
    found, curved = [], []
    for generator, row in zip(generators, rows, strict=False):
        alive = generator[7] > 0 or len(generators) == 1
        cost, fault = _cost(generator, row, linearise)
        if alive and fault:
            problems.append(Problem(file, str(row.line), "mpc.gencost", fault[0], fault[1]))
        if alive and _degree(row) == 2 and linearise:
            curved.append(generator)
        found.append(cost)
    if curved:
        widest = max(_above(generator, row, linearise) for generator, row in zip(generators, rows, strict=False))
        notes.append(
            f"{len(curved)} quadratic costs are replaced by {linearise} straight pieces each, drawn through the curve: "
            f"the cost of an hour is above the true one by at most {widest:.4g} for a generator."
        )
    return found


def _coefficients(row: Row) -> list[float]:
    """Coefficients of a polynomial, the constant first."""
    return [row[4 + position] for position in range(int(row[3]))][::-1]


def _degree(row: Row) -> int:
    if row[0] != POLYNOMIAL:
        return 0
    return max((power for power, value in enumerate(_coefficients(row)) if value != 0), default=0)


def _cost(generator: Row, row: Row, linearise: int) -> tuple[Costs, tuple[str, str] | None]:
    """Cost of a generator, or what is wrong with it and what was expected."""
    label = f"gen {generator.number} at bus {generator[0]:g}"
    if row[0] == POINTS:
        points = [(row[4 + 2 * n], row[5 + 2 * n]) for n in range(int(row[3]))]
        pieces = _pieces(points)
        if not pieces or any(
            later.slope < first.slope - BENDS * (1 + abs(first.slope)) for first, later in pairwise(pieces)
        ):
            return Costs(), (f"a cost of {label} that bends downwards", "points whose slopes rise with the power")
        return Costs(pieces=tuple(pieces)), None
    if row[0] != POLYNOMIAL:
        return Costs(), (f"model {row[0]:g} of {label}", "1 (points) or 2 (polynomial)")
    coefficients, degree = _coefficients(row), _degree(row)
    padded = [*coefficients, 0.0, 0.0, 0.0][:3]
    if degree <= 1:
        return Costs(slope=padded[1], constant=padded[0]), None
    if degree > 2 or padded[2] < 0:
        return Costs(), (f"a cost of {label} of degree {degree}, coefficients {coefficients}", "a cost that is linear")
    if not linearise:
        expected = "a linear cost: this model is linear; --linearise N replaces the curve by N straight pieces"
        return Costs(), (f"a quadratic cost of {label}, {padded[2]:g} P2", expected)
    low, high = _range(generator)
    steps = [low + (high - low) * n / linearise for n in range(linearise + 1)]
    curve = [(power, padded[0] + padded[1] * power + padded[2] * power**2) for power in steps]
    return Costs(pieces=tuple(_pieces(curve))), None


def _range(generator: Row) -> tuple[float, float]:
    """Lowest and highest power of a generator (or, of a row of mpc.dcline, of the line)."""
    return (generator[9], generator[8])


def _above(generator: Row, row: Row, linearise: int) -> float:
    """Most by which the pieces lie above a quadratic cost: c (step / 2)²."""
    if _degree(row) != 2:
        return 0.0
    low, high = _range(generator)
    return _coefficients(row)[2] * ((high - low) / linearise / 2.0) ** 2


def _pieces(points: list[tuple[float, float]]) -> list[Piece]:
    """Straight pieces through points, in the order of their power; points that stand on one another are one."""
    pieces = []
    for (power, money), (next_power, next_money) in pairwise(points):
        if next_power > power:
            slope = (next_money - money) / (next_power - power)
            pieces.append(Piece(slope, money - slope * power))
    if not pieces and points:
        pieces.append(Piece(0.0, points[0][1]))
    return pieces
