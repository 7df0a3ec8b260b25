"""Into how many straight pieces the curves of a MATPOWER case are cut, so that its optimum moves by next to nothing.

A curve cut into n pieces over a width w lies below them by at most `bend w² / (8 n²)`, with the largest second
derivative as bend.  The least that the case can cost without a grid, by the dual of its one balance, is the measure:
all curves together may be off by `SHARE` of it, and the pieces are spread so that there are as few as possible.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from model.exchange.matpower_file import MatpowerFile, Row

SHARE = 2e-7
"""Share of the least cost of a case by which its pieces together may overstate it."""
MOST = 50_000
"""Most pieces of a curve."""
SAMPLES = 129
"""Powers of a machine at which its cost is looked at for the measure."""
ISOLATED = 4
ROUNDS = 100
"""Steps of the search for the price of the balance."""


@dataclass(frozen=True)
class Fineness:
    """How finely curves are cut.

    Args:
        factor: pieces of a curve for each cube root of what a single piece would overstate, (money per hour)^(-1/3).
        ceiling: MW that no machine can exceed, because nobody could take it; curves need no pieces beyond.
    """

    factor: float
    ceiling: float

    def pieces(self, coefficients: np.ndarray, low: float, high: float) -> int:
        """Number of pieces for a polynomial (highest power first) between two powers, MW."""
        return max(1, min(MOST, math.ceil(self.factor * np.cbrt(overstated(coefficients, low, high)))))


def overstated(coefficients: np.ndarray, low: float, high: float) -> float:
    """Most by which one straight piece lies above a polynomial that bends upwards, money per hour."""
    bends = np.polyval(np.polyder(np.asarray(coefficients, dtype=float), 2), np.linspace(low, high, SAMPLES))
    return max(0.0, float(np.max(bends))) * (high - low) ** 2 / 8.0


def fineness(case: MatpowerFile) -> Fineness:
    """How finely the curves of a case are cut; what is wrong with its rows is told elsewhere."""
    live = {row[0]: row for row in case.matrices["bus"] if row[1] != ISOLATED}
    load = sum(row[2] + row[4] for row in live.values())
    machines = _machines(case.matrices["gen"], case.matrices.get("gencost", []), live, status=7, least=9, most=8)
    cables = _machines(
        case.matrices.get("dcline", []), case.matrices.get("dclinecost", []), live, status=2, least=9, most=10
    )
    ceiling = sum(max(0.0, row[2]) + max(0.0, row[4]) for row in live.values())
    ceiling += sum(max(0.0, -low) for _, low, _ in machines)
    ceiling += sum(max(abs(row[9]), abs(row[10])) + abs(row[15]) for row in case.matrices.get("dcline", []))
    powers, costs = [], []
    for coefficients, low, high in machines:
        steps = np.linspace(low, max(low, min(high, ceiling)), SAMPLES)
        powers.append(steps)
        costs.append(np.polyval(coefficients, steps))
    roots = [
        np.cbrt(overstated(coefficients, low, max(low, min(high, ceiling))))
        for coefficients, low, high in [*machines, *cables]
        if len(coefficients) > 2
    ]
    allowed = SHARE * _least_cost(np.array(powers), np.array(costs), load) if machines else 0.0
    factor = math.sqrt(sum(roots) / allowed) if allowed > 0 else math.inf
    return Fineness(factor if math.isfinite(factor) else 1e9, max(ceiling, 1.0))


def _machines(
    rows: list[Row], costs: list[Row], live: dict[float, Row], status: int, least: int, most: int
) -> list[tuple[np.ndarray, float, float]]:
    """Polynomial (highest power first), least and largest power of what is in service; points as the line between."""
    found = []
    for row, cost in zip(rows, costs, strict=False):
        low, high, count = row[least], row[most], cost[3]
        if row[status] <= 0 or row[0] not in live or not low <= high or count < 1 or not math.isfinite(low):
            continue
        figures = cost.cells[4:]
        if cost[0] == 1 and count >= 2 and len(figures) >= 2 * int(count):
            (power, money), (last, more) = figures[:2], figures[2 * int(count) - 2 : 2 * int(count)]
            slope = (more - money) / (last - power) if last != power else 0.0
            found.append((np.array([slope, money - slope * power]), low, high))
        elif cost[0] == 2 and len(figures) >= int(count):
            found.append((np.trim_zeros(np.array(figures[: int(count)], dtype=float), "f"), low, high))
    return found


def _least_cost(powers: np.ndarray, costs: np.ndarray, load: float) -> float:
    """What serving the load costs at least, money per hour: the largest value of the balance's dual, above zero.

    Args:
        powers: MW over (machine, sample).
        costs: money per hour over the same.
        load: MW.
    """
    widths = np.diff(powers, axis=1)
    slopes = np.diff(costs, axis=1)[widths > 0] / widths[widths > 0]
    if not slopes.size:
        return float(abs(costs[:, 0].sum()))

    def dual(price: float) -> float:
        return price * load + float(np.min(costs - price * powers, axis=1).sum())

    low, high = float(slopes.min()) - 1.0, float(slopes.max()) + 1.0
    for _ in range(ROUNDS):
        third = (high - low) / 3.0
        if dual(low + third) < dual(high - third):
            low += third
        else:
            high -= third
    best = np.argmin(costs - low * powers, axis=1)
    spent = float(np.abs(np.take_along_axis(costs, best[:, None], axis=1)).sum())
    return max(abs(dual(low)), 1e-3 * spent)
