"""MATPOWER cases made up at random, written as files, and their optima worked out in angle form by scipy.

Nothing here reads a case file or knows the model: the matrices are made, written out, and put into a linear program of
angles, generation and DC lines by themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

BASE = 100.0
PAD = math.degrees(1.0472)


@dataclass
class Made:
    """Matrices of a case, rows as lists in MATPOWER's columns."""

    bus: list[list[float]] = field(default_factory=list)
    gen: list[list[float]] = field(default_factory=list)
    gencost: list[list[float]] = field(default_factory=list)
    branch: list[list[float]] = field(default_factory=list)
    dcline: list[list[float]] = field(default_factory=list)
    dclinecost: list[list[float]] = field(default_factory=list)

    def text(self, name: str = "made") -> str:
        """The case as a file, with every liberty that the format gives."""
        parts = [f"function mpc = {name}", "%{", "mpc.bus = [ 1 2 3 ];", "%}", "mpc.version = '2'; mpc.baseMVA = 100;"]
        parts.append("define_constants;  % not needed to read it")
        for key in ("bus", "gen", "gencost", "branch", "dcline", "dclinecost"):
            rows = getattr(self, key)
            if not rows:
                parts.append(f"mpc.{key} = [];")
                continue
            parts.append(f"%%  {key}: what's in it [ ; ]")
            parts.append(f"mpc.{key} = ...\n [")
            for number, row in enumerate(rows):
                cells = [repr(float(cell)) for cell in row]
                if number % 3 == 0:
                    middle = len(cells) // 2
                    parts.append(f"\t{', '.join(cells[:middle])}, ...  to be continued\n\t{' '.join(cells[middle:])};")
                elif number % 3 == 1:
                    parts.append(f"  {' '.join(cells)} % row {number + 1}: it's one")
                else:
                    parts.append(f"{', '.join(cells)};")
            parts.append("];")
        names = "\n".join(f"  'St. John''s [{int(row[0])}] % {{x}}';" for row in self.bus)
        return "\n".join([*parts, f"mpc.bus_name = {{\n{names}\n}};", ""])


def made_case(seed: int) -> Made:
    """A case with everything: two islands, one bus out of use, parallel and reversed branches, DC lines."""
    random = np.random.default_rng(seed)
    made, numbers = Made(), [int(n) for n in random.choice(np.arange(3, 99999), 9, replace=False)]
    islands = (numbers[:5], numbers[5:8])
    for position, number in enumerate(numbers):
        kind = 4 if position == 8 else (3 if position in (0, 5) else 1)
        demand = random.uniform(-20, 120) if position % 2 else 0.0
        shunt = random.uniform(-5, 10) if position % 3 == 0 else 0.0
        made.bus.append([number, kind, demand, 3, shunt, 1, 1, 1, 0, 110, 1, 1.1, 0.9])
    for position, number in enumerate([*numbers, numbers[0], numbers[6], numbers[2]]):
        low, high = (0.0, 400.0) if position < 9 else (float(random.uniform(-60, 0)), float(random.uniform(0, 150)))
        alive = 0 if position == 11 else 1
        made.gen.append([number, 0, 0, 50, -50, 1, 100, alive, high, low])
        made.gencost.append(_cost(random, position, low, high))
    made.gencost += [[2, 0, 0, 2, 1, 0] for _ in made.gen]
    for buses in islands:
        pairs = [
            *zip(buses, buses[1:], strict=False),
            (buses[-1], buses[0]),
            (buses[0], buses[1]),
            (buses[2], buses[1]),
        ]
        for place, (start, end) in enumerate(pairs):
            made.branch.append(_branch(random, place, start, end))
    made.branch.append(_branch(random, 0, numbers[8], numbers[0]))
    made.branch.append([*_branch(random, 1, numbers[0], numbers[3])[:10], 0, 0, 0])
    a, b = numbers[1], numbers[6]
    tail = [0, 0, 0, 0]
    made.dcline = [
        [a, b, 1, 0, 0, 0, 0, 1, 1, random.uniform(-40, 0), random.uniform(10, 60), *tail, random.uniform(0, 1), 0.04],
        [a, b, 0, 0, 0, 0, 0, 1, 1, 5, 50, *tail, 0, 0],
        [b, numbers[3], 1, 0, 0, 0, 0, 1, 1, 1, 30, *tail, 0, 0.02],
    ]
    made.dclinecost = [[2, 0, 0, 3, 0, 1.5, 2], [2, 0, 0, 2, 0, 0, 0], [1, 0, 0, 3, 0, 0, 10, 5, 30, 40]]
    return made


def _cost(random: np.random.Generator, position: int, low: float, high: float) -> list[float]:
    """A cost row: a line (some with a quadratic term of zero), or pieces that bend upwards."""
    if position % 3 == 1:
        points = np.linspace(low - 3, high * 0.8, 4)
        slopes = np.sort(random.uniform(5, 80, 3))
        money = np.concatenate([[7.0], 7.0 + np.cumsum(slopes * np.diff(points))])
        return [1, 0, 0, 4, *np.column_stack([points, money]).ravel().tolist()]
    slope, constant = float(random.uniform(5, 90)), float(random.uniform(0, 50))
    return [2, 5, 5, 3, 0, slope, constant] if position % 2 else [2, 5, 5, 2, slope, constant, 0]


def _branch(random: np.random.Generator, place: int, start: int, end: int) -> list[float]:
    resistance, reactance = float(random.uniform(0, 0.02)), float(random.uniform(0.02, 0.2))
    reactance *= -0.2 if place == 6 else 1.0
    rating = 0.0 if place == 2 else float(random.uniform(30, 90))
    tap = float(random.uniform(0.9, 1.1)) if place in (1, 4) else 0.0
    shift = float(random.uniform(-2, 2)) if place in (1, 3) else 0.0
    angles = {0: (0, 0), 1: (-360, 360), 2: (-3.5, 360), 3: (-360, 2.5), 4: (-30, 30)}.get(place, (0, 0))
    return [start, end, resistance, reactance, 0.01, rating, 0, 0, tap, shift, 1, *angles]


def angle_form(made: Made, form: str) -> float:
    """Optimum in money per hour by angles; inf where there is no solution."""
    live = [row[0] for row in made.bus if row[1] != 4]
    place = {number: position for position, number in enumerate(live)}
    count = len(live)
    powers = [(row, cost) for row, cost in zip(made.gen, made.gencost, strict=False) if row[7] and row[0] in place]
    cables = [(row, made.dclinecost[n]) for n, row in enumerate(made.dcline) if row[2]]
    machines = len(powers) + len(cables)
    width = count + 2 * machines  # angles, powers, costs
    equal, right = np.zeros((count, width)), np.zeros(count)
    upper: list[np.ndarray] = []
    most: list[float] = []
    bounds: list[tuple[float | None, float | None]] = [(None, None)] * count
    for row in made.bus:
        if row[0] in place:
            right[place[row[0]]] += row[2] + row[4]
    for number, (row, _) in enumerate(powers):
        equal[place[row[0]], count + number] = 1.0
        bounds.append((row[9], row[8]))
    for number, (row, _) in enumerate(cables, start=len(powers)):
        loss, share, low, high = row[15], row[16], row[9], row[10]
        equal[place[row[0]], count + number] = -1.0
        equal[place[row[1]], count + number] = 1.0 - share
        right[place[row[1]]] += loss
        bounds.append((low if low >= 0 else (low + loss) / (1 - share), high))
    for row in made.branch:
        if not row[10] or row[0] not in place or row[1] not in place:
            continue
        first, second = place[row[0]], place[row[1]]
        r, x = row[2], row[3]
        low, high, rating = row[11], row[12], row[5]
        difference = np.zeros(width)
        difference[first], difference[second] = 1.0, -1.0
        if form == "powermodels":
            per_angle, shift = BASE * x / (r * r + x * x), 0.0
            low, high = (-PAD, PAD) if low == 0 and high == 0 else (max(low, -90), min(high, 90))
            low, high = (-PAD if low <= -90 else low), (PAD if high >= 90 else high)
            widest = math.radians(max(abs(low), abs(high)))
            current = math.sqrt(2 * 1.1**2 * (1 - math.cos(widest))) / math.hypot(r, x)
            rating = rating or BASE * 1.1 * current
        else:
            per_angle, shift = BASE / (x * (row[8] or 1.0)), math.radians(row[9])
            low, high = (low or -360), (high or 360)
        equal[first] -= per_angle * difference
        equal[second] += per_angle * difference
        right[first] -= per_angle * shift
        right[second] += per_angle * shift
        if rating:
            upper += [per_angle * difference, -per_angle * difference]
            most += [rating + per_angle * shift, rating - per_angle * shift]
        if high < 360:
            upper.append(difference)
            most.append(math.radians(high))
        if low > -360:
            upper.append(-difference)
            most.append(-math.radians(low))
    for number, (_, cost) in enumerate([*powers, *cables]):
        bounds.append((None, None))
        for slope, constant in _lines(cost):
            line = np.zeros(width)
            line[count + number], line[count + machines + number] = slope, -1.0
            upper.append(line)
            most.append(-constant)
    money = np.concatenate([np.zeros(count + machines), np.ones(machines)])
    # bounds stand in the order angles, powers, costs
    found = linprog(money, np.array(upper), np.array(most), equal, right, bounds, method="highs")
    return float(found.fun) if found.status == 0 else math.inf


def _lines(cost: list[float]) -> list[tuple[float, float]]:
    """Slope and constant of every line under a cost."""
    figures, count = cost[4:], int(cost[3])
    if cost[0] == 2:
        coefficients = [0.0, 0.0, *figures[:count]]
        assert not any(coefficients[:-2])
        return [(coefficients[-2], coefficients[-1])]
    points = [(figures[2 * n], figures[2 * n + 1]) for n in range(count)]
    found = []
    for (power, amount), (further, more) in zip(points, points[1:], strict=False):
        slope = (more - amount) / (further - power)
        found.append((slope, amount - slope * power))
    return found
