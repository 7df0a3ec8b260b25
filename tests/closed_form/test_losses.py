"""Losses that grow with the square of the flow, by hand: tangents from below, the secant from above."""

from __future__ import annotations

import pytest

from tests.closed_form.answer import near
from tests.closed_form.world import World

QUADRATIC = {"grid__losses": "quadratic"}


def line(limit: float = 100.0, **cells) -> World:
    """100 kV and 10 ohm: a MW² of flow loses 0.001 MW; 10 EUR at N, nothing else at B."""
    world = World(grid__loop_flow_factor=1.0).bus("B").technology("plant", existing=1e4, variable_om=10)
    return world.corridor("line", "N", "B", limit, reactance=20, resistance=10, **cells)


@pytest.mark.parametrize(("tangents", "lost"), [(1, 2.5), (2, 0.001 * (2 * 25 * 50 - 25**2))])
def test_the_loss_lies_on_the_highest_tangent(tangents, lost):
    """One tangent touches at 50 MW, two at 25 and 75 MW: half-way of 100 MW the first is exact, the second too low."""
    world = line().demand(50 - lost / 2, at="B")
    answer = world.solve(grid__loss_tangents=tangents, **QUADRATIC)
    assert answer["flow", "line", 2030, 0] == near(50)
    assert answer["line_loss", "line", 2030, 0] == near(lost)
    assert answer.objective == near(8760 * 10 * (50 + lost / 2))
    assert answer.findings() == []


def test_many_tangents_come_near_the_curve_and_both_directions_lose_alike():
    for start, end, sign in (("N", "B", 1), ("B", "N", -1)):
        world = World(grid__loop_flow_factor=1.0).bus("B").technology("plant", existing=1e4, variable_om=10)
        world.corridor("line", start, end, 100, reactance=20, resistance=10).demand(50, at="B")
        answer = world.solve(grid__loss_tangents=20, **QUADRATIC)
        flow = answer["flow", "line", 2030, 0]
        assert sign * flow == pytest.approx(50 + answer["line_loss", "line", 2030, 0] / 2)
        assert answer["line_loss", "line", 2030, 0] == pytest.approx(0.001 * flow**2, abs=0.001 * 2.5**2)


def test_per_unit_is_resistance_over_the_base():
    """0.1 per unit on 100 MVA loses as much as 10 ohm at 100 kV."""
    world = World(grid__loop_flow_factor=1.0).bus("B").technology("plant", existing=1e4, variable_om=10)
    world.corridor("line", "N", "B", 100, reactance=0.2, resistance=0.1, reactance_base=100.0).demand(48.75, at="B")
    answer = world.solve(grid__loss_tangents=1, **QUADRATIC)
    assert answer["line_loss", "line", 2030, 0] == near(2.5)


def test_without_the_switch_a_line_loses_nothing():
    assert line().demand(50, at="B").solve().objective == near(8760 * 10 * 50)


def test_a_line_is_no_place_to_dump_power():
    """At a negative price abroad as much is lost as the secant allows: the loss at the limit of 50 MW."""
    world = World(grid__loop_flow_factor=1.0).bus("B").technology("plant", existing=100)
    world.neighbour("X", -10, imports=1000, exports=0).demand(40, at="B")
    world.corridor("line", "N", "B", 50, reactance=20, resistance=10)
    answer = world.solve(**QUADRATIC)
    assert answer["line_loss", "line", 2030, 0] == near(0.001 * 50**2)
    assert answer.objective == near(8760 * (40 + 2.5) * -10)


def test_the_secant_of_a_line_that_can_grow():
    """60 MW added to 50, of at most 150: the cap lies on the straight line from 2.5 MW to 40 MW."""
    cost = {"expansion_cost": 1e-3, "expansion_max": 150.0}
    world = World(grid__loop_flow_factor=1.0).bus("B").technology("plant", existing=1)
    world.neighbour("X", -10, imports=1000, exports=0).demand(60, at="B")
    world.corridor("line", "N", "B", 50, reactance=20, resistance=10, **cost)
    answer = world.solve(**QUADRATIC)
    # losses are worth money, so all of it is built
    assert answer["corridor_expansion", "line", 2030] == near(150)
    assert answer["line_loss", "line", 2030, 0] == near(40)
    world.change("corridors", "line", expansion_max=60.0)
    assert world.solve(**QUADRATIC)["line_loss", "line", 2030, 0] == near(0.001 * 110**2)
