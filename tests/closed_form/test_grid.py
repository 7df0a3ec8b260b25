"""Corridors: Kirchhoff's voltage law, congestion prices, margins, expansion and losses."""

from __future__ import annotations

import pytest

from tests.closed_form.answer import near
from tests.closed_form.world import World

NO_LAW = {"grid__kirchhoff": False}


def triangle(limits: tuple[float, float, float] = (1e4, 1e4, 1e4), **scenario) -> World:
    """Nodes N, B, C; the detour N-B-C has twice the reactance of the direct line N-C (30 ohm)."""
    world = World(grid__loop_flow_factor=1.0, **scenario).bus("B").bus("C")
    for name, ends, ohm, limit in zip(("nb", "bc", "nc"), ("NB", "BC", "NC"), (20, 40, 30), limits, strict=True):
        world.corridor(name, ends[0], ends[1], limit, reactance=ohm)
    return world


def test_flows_share_by_reactance():
    answer = triangle().technology("plant", existing=1e3, variable_om=10).demand(90, at="C").solve()
    # 60 ohm round the detour against 30 ohm straight: 1/3 and 2/3
    assert [answer["flow", line, 2030, 0] for line in ("nb", "bc", "nc")] == near([30, 30, 60])
    assert answer.price("C") == near([10])


def congested(**scenario) -> World:
    """Cheap power at N, dear power at B, demand at C; the direct line may carry 80 MW."""
    world = triangle((1e4, 1e4, 80), **scenario).technology("cheap", existing=1e3, variable_om=10)
    return world.technology("dear", "B", existing=1e3, variable_om=30).demand(150, at="C")


def test_a_congested_line_makes_a_price_above_the_dearest_plant():
    """Of a MW from N to C 60/90 takes the direct line, of one from B 40/90.

    2/3 a + 4/9 b = 80 and a + b = 150 give a = 60, b = 90.  One more MW at C: a falls by 2 and b grows by 3.
    """
    answer = congested().solve()
    assert [answer["activity", "cheap@N", 2030, 0], answer["activity", "dear@B", 2030, 0]] == near([60, 90])
    assert [answer.price(node)[0] for node in "NBC"] == near([10, 30, 70])
    assert answer.objective == near(8760 * (60 * 10 + 90 * 30))
    # one more MW on the line: a grows by 4.5, b falls by as much
    reduced = answer.solution.reduced_costs["flow"].min()
    assert reduced == near(-8760 * 4.5 * 20)


def test_without_the_voltage_law_the_detour_is_free():
    answer = congested(**NO_LAW).solve()
    assert answer.objective == near(8760 * 150 * 10)
    assert [answer.price(node)[0] for node in "NBC"] == near([10, 10, 10])


def test_two_lines_side_by_side_are_a_cycle():
    world = World(grid__loop_flow_factor=1.0).bus("B").technology("plant", existing=1e3, variable_om=10)
    world.corridor("first", "N", "B", 60, reactance=10).corridor("second", "B", "N", 1e3, reactance=20)
    answer = world.demand(120, at="B").solve()
    # the first line takes 2/3 and may carry 60 MW: 90 MW arrive; the second is drawn the other way round
    assert [answer["flow", name, 2030, 0] for name in ("first", "second")] == near([60, -30])
    assert answer["unserved", "B", "electricity", 2030, 0] == near(30)
    assert world.solve(**NO_LAW).objective == near(8760 * 120 * 10)


def test_a_cable_beside_a_line_obeys_no_law():
    world = World(grid__loop_flow_factor=1.0).bus("B").technology("plant", existing=1e3, variable_om=10)
    world.corridor("line", "N", "B", 60, reactance=10).corridor("cable", "N", "B", 60, "dc")
    assert world.demand(120, at="B").solve().objective == near(8760 * 120 * 10)


def test_voltage_counts_in_the_reactance():
    """20 ohm at 200 kV turn angles as 5 ohm at 100 kV do: the line takes 10/(10 + 5) of the flow."""
    world = World(grid__loop_flow_factor=1.0).bus("B").technology("plant", existing=1e3, variable_om=10)
    world.corridor("low", "N", "B", 1e3, reactance=10).corridor("high", "N", "B", 1e3, reactance=20, voltage=200.0)
    answer = world.demand(90, at="B").solve()
    assert [answer["flow", name, 2030, 0] for name in ("low", "high")] == near([30, 60])


def two_nodes(kind: str = "ac", capacity: float = 100.0, need: float = 300.0, **cells) -> World:
    """10 EUR at N, 50 EUR at B where the demand is."""
    world = World().bus("B").technology("cheap", existing=1e4, variable_om=10)
    world.technology("dear", "B", existing=1e4, variable_om=50).demand(need, at="B")
    reactance = {"reactance": 10.0} if kind == "ac" else {}
    return world.corridor("line", "N", "B", capacity, kind, **reactance, **cells)


def test_security_margin_and_loop_flows_leave_a_part_of_a_line():
    # 100 MW x 0.7 x 0.9 on AC; loop flows do not touch a cable
    assert two_nodes(security_factor=0.7).solve().objective == near(8760 * (63 * 10 + 237 * 50))
    assert two_nodes("dc", security_factor=0.7).solve().objective == near(8760 * (70 * 10 + 230 * 50))
    free = two_nodes(security_factor=0.7).solve(grid__loop_flow_factor=1.0)
    assert free.objective == near(8760 * (70 * 10 + 230 * 50))


def test_lines_stand_from_their_first_to_their_last_year():
    world = two_nodes("dc", first_year=2035, last_year=2045)
    costs = [world.solve(years=[year]).objective for year in (2030, 2040, 2050)]
    assert costs == near([8760 * 300 * 50, 8760 * (100 * 10 + 200 * 50), 8760 * 300 * 50])


@pytest.mark.parametrize(("yearly", "added"), [(174_000, 500), (176_000, 0)])
def test_expansion_pays_exactly_where_it_breaks_even(yearly, added):
    """A MW of line carries half a MW that saves 40 EUR in 8,760 h: 175,200 EUR a year."""
    cost = {"expansion_cost": 40 * (yearly - 4000.0), "expansion_fixed_om": 4000.0}
    answer = two_nodes("dc", security_factor=0.5, **cost).solve()
    assert answer["corridor_expansion", "line", 2030] == near(added)  # for 250 MW more
    carried = 50 + added / 2
    assert answer.objective == near(8760 * (carried * 10 + (300 - carried) * 50) + added * yearly)
    assert answer.cost("grid_expansion") == near(added * yearly)


def test_expansion_has_a_first_year_a_most_and_a_switch():
    cost = {"expansion_cost": 40.0, "expansion_max": 30.0, "expansion_first_year": 2040}
    world = two_nodes("dc", **cost)
    base = 8760 * (100 * 10 + 200 * 50)
    assert world.solve(years=[2030]).objective == near(base)
    assert world.solve(years=[2040]).objective == near(base - 8760 * 30 * 40 + 30)
    assert world.solve(years=[2040], grid__expansion=False).objective == near(base)


def test_what_is_added_to_a_line_stays():
    world = two_nodes("dc", need=0.0, expansion_cost=4e6, expansion_lifetime=40).demand(300, at="B", year=2030)
    world.series["B", "electricity", 2040] = world.series["B", "electricity", 2030] * 0
    answer = world.solve(years=[2030, 2040], last_year_span=5)
    # 200 MW are worth 350,400 EUR a MW and year in the first ten years, and pay 100,000 in all fifteen
    assert [answer["corridor_expansion", "line", year] for year in (2030, 2040)] == near([200, 200])
    assert answer.objective == near(10 * 8760 * 300 * 10 + 200 * 1e5 * 15)


def test_losses_are_shared_by_both_ends():
    world = two_nodes("dc", capacity=1e3, need=100, efficiency=0.95)
    answer = world.solve()
    # 100 arrives, 100 / 0.95 is sent; the flow half-way is the mean
    assert answer["flow", "line", 2030, 0] == near((100 + 100 / 0.95) / 2)
    assert answer.price("B") == near([10 / 0.95])
    assert answer.objective == near(8760 * 10 * 100 / 0.95)
    assert two_nodes("dc", capacity=1e3, need=100).solve().objective == near(8760 * 10 * 100)


def test_flow_against_the_direction_loses_as_much():
    world = World().bus("B").technology("cheap", existing=1e4, variable_om=10)
    answer = world.corridor("line", "B", "N", 1e3, "dc", efficiency=0.95).demand(100, at="B").solve()
    assert answer["flow", "line", 2030, 0] == near(-(100 + 100 / 0.95) / 2)
    assert answer.objective == near(8760 * 10 * 100 / 0.95)


@pytest.mark.parametrize("expandable", [False, True])
def test_a_line_is_no_place_to_dump_power(expandable):
    """At negative prices abroad losses would be worth money: they are capped at those of the secure limit."""
    cost = {"expansion_cost": 1e9, "expansion_max": 10.0} if expandable else {}
    world = World().bus("B").technology("plant", existing=100).neighbour("X", -10, imports=1000, exports=0)
    answer = world.corridor("line", "N", "B", 50, "dc", efficiency=0.9, **cost).demand(40, at="B").solve()
    # no more than the loss of the 50 MW of its limit, whatever flows: half of it at each end, and not 1,000 MW
    most = 50 * 2 * 0.1 / 1.9
    assert answer["corridor_loss", "line", 2030, 0] == near(most)
    assert answer.objective == near(8760 * (40 + most) * -10)


def test_a_pipe_moves_its_own_carrier():
    world = World().bus("B").technology("source", gives="hydrogen", existing=100, variable_om=90)
    world.demand(30, at="B", carrier="hydrogen").corridor("pipe", "N", "B", 20, "pipe", carrier="hydrogen")
    assert world.solve().objective == near(8760 * (20 * 90 + 10 * 3000))
