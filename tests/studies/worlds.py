"""Built worlds for studies."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.core.build import build_program
from model.core.features import load_features
from model.engine import compile_program
from model.job import Built
from tests.closed_form.world import World

FREE = float("inf")


def built_world(world: World, **overrides: Any) -> Built:
    """A world of a few numbers as a study takes it, solved by simplex."""
    case = world.case(**{"solver": {"preset": "simplex", "tolerance": 1e-9, "threads": 1}, **overrides})
    program = build_program(case)
    return Built(case.scenario, case, load_features(), program, compile_program(program))


def two_technologies() -> World:
    """1,000 MW in half of the hours and 500 MW in the others; reactors in two regions, and gas that stands.

    A MW_e of reactor costs 600,000 EUR a year and nothing more; gas nothing and then 100 EUR/MWh.  So the first 500 MW
    of reactor save 8,760 h x 100 = 876,000 EUR/MW (276,000 net), the next 500 MW 438,000 (162,000 lost), more nothing
    (600,000 lost).  Least cost stands at 500 MW: 300 million for it, 219 million for gas.
    """
    world = World(2).demand([1000, 500]).bus("M")
    world.corridor("line", "N", "M", 5000, kind="dc")
    world.technology("gas", existing=2000, variable_om=100)
    figures = {"efficiency": 0.5, "fixed_om": 600.0, "potential": 1500 / 0.5}
    world.reactor("small", "N", **figures)
    world._stand("small", "M", 0.0, 1500 / 0.5, float("nan"))
    return world


def random_network(seed: int) -> World:
    """Four nodes in a ring of lines with a cable across, plants, wind, a store that may help and a neighbour."""
    draw = np.random.default_rng(seed)
    world = World(3).bus("B").bus("C").bus("D")
    for number, (start, end) in enumerate((("N", "B"), ("B", "C"), ("C", "D"), ("D", "N"))):
        world.corridor(f"l{number}", start, end, draw.uniform(20, 120), reactance=draw.uniform(5, 30))
    world.corridor("cable", "N", "C", draw.uniform(20, 120), "dc", efficiency=0.97)
    for number, node in enumerate("NBCD"):
        world.demand(draw.uniform(50, 200, 3), at=node)
        world.technology(f"p{number}", node, existing=draw.uniform(50, 400), variable_om=draw.uniform(5, 90))
        world.technology(f"w{number}", node, existing=draw.uniform(0, 200), profile=draw.uniform(0, 1, 3))
    world.store("s", str(draw.choice(list("NBCD"))), energy={"existing": 60}, power={"existing": 25})
    return world.neighbour("X", draw.uniform(1, 80, 3), imports=60, exports=60, at="D")
