"""Random meshed grids as small worlds, and a load flow by voltage angles that knows nothing of cycles or factors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from model.core.build import build_program
from model.core.features import load_features
from model.engine import compile_program
from model.errors import InputError
from model.job import Built
from tests.closed_form.world import World


def random_grid(seed: int, islands: int = 1, *, shifters: bool = False, **settings: Any) -> World:
    """A grid of one or more islands: rings with chords and parallel lines, a plant and a load at every bus, two steps.

    Plants differ in cost, some lines can be expanded, and lines are tight enough to bind.  Every bus is on a ring, so
    that no single line is a bridge.
    """
    draw = np.random.default_rng(seed)
    world = World(steps=2, grid__loop_flow_factor=1.0, **settings)
    count = 0
    for island in range(islands):
        size = int(draw.integers(4, 7))
        nodes = [f"{'NPQ'[island]}{number}" if island or number else "N" for number in range(size)]
        for node in nodes:
            if node != "N":
                world.bus(node)
        ends = [(nodes[at], nodes[(at + 1) % size]) for at in range(size)]
        ends += [tuple(draw.choice(nodes, 2, replace=False)) for _ in range(int(draw.integers(1, 4)))]
        ends.append(ends[int(draw.integers(len(ends)))][::-1])  # beside another, the other way round
        for start, end in ends:
            count += 1
            cells: dict[str, Any] = {"reactance": float(draw.uniform(5, 40)), "circuits": int(draw.integers(1, 4))}
            if shifters and draw.random() < 0.4:
                cells |= {"tap_ratio": float(draw.uniform(0.9, 1.1)), "phase_shift": float(draw.uniform(-1, 1))}
            if draw.random() < 0.3:
                cells |= {"expansion_cost": float(draw.uniform(1e6, 4e7)), "expansion_max": 300.0}
            world.corridor(f"line {count}", str(start), str(end), float(draw.uniform(40, 140)), **cells)
        for node in nodes:
            world.technology(f"plant {node}", node, existing=300.0, variable_om=float(draw.uniform(5, 90)))
            world.demand(draw.uniform(20, 140, 2), at=node)
    return world


def with_outages(world: World, share: float = 1.0, seed: int = 0) -> World:
    """Name the loss of one circuit of (a share of) the lines."""
    draw = np.random.default_rng(seed)
    lines = [row["corridor"] for row in world.rows["corridors"]]
    for line in lines:
        if draw.random() <= share:
            world.add("contingencies", contingency=f"loss of {line}", corridor=line)
    return world


def hardened(world: World, seed: int, pairs: int = 6) -> World:
    """The same grid with two DC lines, two shifters that the operator sets, and two lines lost at once.

    Pairs of which the loss cuts the grid in two are left out, as the model refuses them.
    """
    draw = np.random.default_rng(seed)
    lines = [row["corridor"] for row in world.rows["corridors"]]
    nodes = [row["node"] for row in world.rows["nodes"]]
    for number in range(2):
        start, end = draw.choice(nodes, 2, replace=False)
        world.corridor(f"cable {number}", str(start), str(end), 60.0, kind="dc", efficiency=0.97)
    free = {"phase_shift": np.nan, "phase_shift_min": -3.0, "phase_shift_max": 3.0}
    for line in draw.choice(lines, 2, replace=False):
        world.change("corridors", line, **free)
    for number in range(pairs):
        for line in draw.choice(lines, 2, replace=False):
            world.add("contingencies", contingency=f"pair {number}", corridor=str(line))
    try:
        world.case(grid__n_minus_1="all")
    except InputError as error:
        cut = {problem.value for problem in error.problems}
        world.rows["contingencies"] = [row for row in world.rows["contingencies"] if row["contingency"] not in cut]
    return world


def built(world: World, **settings: Any) -> Built:
    """The program of a world, as a run has it."""
    case = world.case(**settings)
    program = build_program(case)
    return Built(case.scenario, case, load_features(), program, compile_program(program))


def members(made: Built, name: str) -> list[Any]:
    """Members of a set of the program."""
    return next(list(declared.members) for declared in made.program.sets if declared.name == name)


def flows(made: Built, values: np.ndarray, year: int = 2030) -> pd.DataFrame:
    """Flows by line and step, MW."""
    keys = members(made, "corridor_year")
    return pd.DataFrame({key[0]: values[row] for row, key in enumerate(keys) if key[1] == year}).T


def load_flow(table: pd.DataFrame, injections: pd.DataFrame, kept: dict[str, float] | None = None) -> pd.DataFrame:
    """Flows of lines from what is given at nodes, by voltage angles: `B θ = p`, with circuits taken out.

    Args:
        table: corridors: from_node, to_node, reactance (ohm at 100 kV), tap_ratio, phase_shift (degree).
        injections: MW by node and step.
        kept: share of its circuits that a line keeps; all where it is absent.
    """
    nodes, steps = list(injections.index), injections.shape[1]
    admittance = 100.0**2 / (table["reactance"] * table["tap_ratio"].fillna(1.0))
    admittance = admittance * pd.Series(kept or {}).reindex(table.index).fillna(1.0)
    shift = np.deg2rad(table["phase_shift"].fillna(0.0))
    matrix, right = np.zeros((len(nodes), len(nodes))), injections.to_numpy(dtype=float).copy()
    for line, row in table.iterrows():
        a, b, y = nodes.index(row["from_node"]), nodes.index(row["to_node"]), admittance[line]
        matrix[[a, b], [a, b]] += y
        matrix[[a, b], [b, a]] -= y
        right[a] += y * shift[line]
        right[b] -= y * shift[line]
    angles = np.linalg.pinv(matrix) @ right
    found = {
        line: admittance[line]
        * (angles[nodes.index(row["from_node"])] - angles[nodes.index(row["to_node"])] - shift[line])
        for line, row in table.iterrows()
    }
    return pd.DataFrame(found, index=range(steps)).T


def injections_of(table: pd.DataFrame, flow: pd.DataFrame) -> pd.DataFrame:
    """What flows take from every node, MW."""
    nodes = sorted({*table["from_node"], *table["to_node"]})
    given = pd.DataFrame(0.0, index=nodes, columns=flow.columns)
    for line, row in table.iterrows():
        given.loc[row["from_node"]] += flow.loc[line]
        given.loc[row["to_node"]] -= flow.loc[line]
    return given
