"""Explicit N-1 by hand: circuits that share a load, a detour that takes over, two lines at once, shifts that stay."""

from __future__ import annotations

from math import degrees

import pytest

from model.errors import InputError
from tests.closed_form.answer import near
from tests.closed_form.world import World

ALL = {"grid__n_minus_1": "all"}


def pair(circuits: int, **cells) -> World:
    """10 EUR at N, 50 EUR at B, where 300 MW are asked for; one corridor of 120 MW between them."""
    world = World(grid__loop_flow_factor=1.0).bus("B").technology("cheap", existing=1e4, variable_om=10)
    world.technology("dear", "B", existing=1e4, variable_om=50).demand(300, at="B")
    world.corridor("line", "N", "B", 120, reactance=10, circuits=circuits, **cells)
    return world.add("contingencies", contingency="one circuit", corridor="line")


@pytest.mark.parametrize(("circuits", "carried"), [(2, 60), (4, 90)])
def test_the_circuits_that_stay_carry_what_all_carried(circuits, carried):
    world = pair(circuits, security_factor=0.7)
    answer = world.solve(**ALL)
    assert answer["flow", "line", 2030, 0] == near(carried)
    assert answer.objective == near(8760 * (carried * 10 + (300 - carried) * 50))
    # the same line without outages: its security margin stands for them
    assert world.solve()["flow", "line", 2030, 0] == near(84)
    # one more MW after the outage saves 40 EUR an hour
    assert answer.dual("outage_limit_forward", "one circuit", "line", 2030)[0] == near(-8760 * 40)
    assert answer.findings() == []


def test_the_last_circuit_is_refused_where_it_cuts_the_grid_in_two():
    with pytest.raises(InputError) as error:
        pair(1).solve(**ALL)
    (problem,) = error.value.problems
    assert (problem.file, problem.row, problem.value) == ("contingencies.csv", "2", "one circuit")
    assert "in 2030 it cuts off B" in problem.expected
    assert pair(1).solve().objective == near(8760 * (120 * 10 + 180 * 50))


def triangle(direct: int = 1, **settings) -> World:
    """N-C of 30 ohm beside the detour N-B-C of 20 and 40 ohm; 10 EUR at N, 50 EUR at C, where 300 MW are asked for."""
    world = World(grid__loop_flow_factor=1.0, **settings).bus("B").bus("C")
    for name, ends, ohm, limit in zip(("nb", "bc", "nc"), ("NB", "BC", "NC"), (20, 40, 30), (80, 90, 200), strict=True):
        world.corridor(name, ends[0], ends[1], limit, reactance=ohm, circuits=direct if name == "nc" else 1)
    world.technology("cheap", existing=1e4, variable_om=10).demand(300, at="C")
    return world.technology("dear", "C", existing=1e4, variable_om=50)


def test_the_detour_takes_over_what_the_direct_line_carried():
    world = triangle().add("contingencies", contingency="direct", corridor="nc")
    # before: 240 MW arrive, of which nb carries its 80; after: all of it goes round, so 80 MW may arrive
    assert world.solve()["flow", "nb", 2030, 0] == near(80)
    answer = world.solve(**ALL)
    assert [answer["flow", line, 2030, 0] for line in ("nb", "bc", "nc")] == near([80 / 3, 80 / 3, 160 / 3])
    assert answer.objective == near(8760 * (80 * 10 + 220 * 50))


def test_a_circuit_less_raises_the_reactance_of_the_rest():
    """nc of two circuits loses one: 60 ohm beside 60 ohm, so half of 160 MW goes round and 80 MW stay on nc."""
    world = triangle(direct=2).add("contingencies", contingency="a circuit", corridor="nc")
    answer = world.solve(**ALL)
    assert answer["flow", "nc", 2030, 0] == near(160 * 2 / 3)
    assert answer["flow", "nb", 2030, 0] == near(160 / 3)


def test_lines_that_are_lost_together():
    """A second line of 30 ohm beside nc; with both gone 80 MW go round, with one gone a third of 240 MW."""
    world = triangle().corridor("twin", "C", "N", 200, reactance=30, circuits=1)
    for name in ("nc", "twin"):
        world.add("contingencies", contingency="storm", corridor=name)
    answer = world.solve(**ALL)
    assert [answer["flow", line, 2030, 0] for line in ("nb", "nc", "twin")] == near([16, 32, -32])
    alone = triangle().corridor("twin", "C", "N", 200, reactance=30, circuits=1)
    alone.add("contingencies", contingency="one", corridor="nc")
    assert alone.solve(**ALL)["flow", "nb", 2030, 0] == near(240 / 5)


def test_only_named_contingencies_hold():
    world = triangle().add("contingencies", contingency="direct", corridor="nc")
    world.add("contingencies", contingency="detour", corridor="nb")
    assert world.solve(grid__contingencies=["detour"], **ALL)["flow", "nb", 2030, 0] == near(200 / 3)
    assert world.solve(grid__contingencies=["direct"], **ALL)["flow", "nb", 2030, 0] == near(80 / 3)


def test_phase_shifts_stay_after_an_outage():
    """A shift of 0.03 rad on the detour turns 5 MW round the mesh and goes with the line that is lost."""
    world = triangle()
    world.change("corridors", "bc", phase_shift=degrees(0.03)).add("contingencies", contingency="direct", corridor="nc")
    answer = world.solve(**ALL)
    # 0.03 rad over 90 ohm at 100 kV is 10/3 MW against the detour; what arrives is still 80 MW after the outage
    assert [answer["flow", line, 2030, 0] for line in ("nb", "nc")] == near([(80 - 10) / 3, (160 + 10) / 3])


def test_an_added_mw_counts_after_the_outage_by_the_share_that_stays():
    """At 30 EUR a year and MW, both circuits grow until 300 MW pass with one gone: 600 MW in all."""
    cost = {"expansion_cost": 30.0 * 40, "expansion_max": 1e4}
    answer = pair(2, **cost).solve(**ALL)
    assert answer["corridor_expansion", "line", 2030] == near(480)
    assert answer["flow", "line", 2030, 0] == near(300)
