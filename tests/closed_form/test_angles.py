"""Forms of the direct-current power flow: per unit, taps, resistance, phase shifts and limits on angles."""

from __future__ import annotations

from dataclasses import replace
from math import degrees

import numpy as np
import pytest

from model.core.build import build_program
from model.data.given import Given
from model.engine import compile_program, solve
from tests.closed_form.answer import Answer, near
from tests.closed_form.world import EXACT, World


def pair(need: float = 90, first: float = 1e3, **cells) -> World:
    """Two lines from N to B of 1 mrad/MW each (10 ohm at 100 kV); cells change the second."""
    world = World(grid__loop_flow_factor=1.0).bus("B").technology("plant", existing=1e3, variable_om=10)
    world.corridor("first", "N", "B", first, reactance=10)
    world.corridor("second", "N", "B", **{"capacity": 1e3, "reactance": 10.0, **cells})
    return world.demand(need, at="B")


def flows(answer: Answer) -> list[float]:
    """Flow of both lines in the only step."""
    return [answer["flow", name, 2030, 0] for name in ("first", "second")]


def second(answer: Answer) -> float:
    """Flow of the second line, where the first does not stand."""
    return float(answer["flow", "second", 2030, 0])


def test_per_unit_on_a_base():
    """0.2 per unit on 100 MVA is 2 mrad/MW: the second line takes a third."""
    assert flows(pair(reactance=0.2, reactance_base=100.0).solve()) == near([60, 30])


@pytest.mark.parametrize(
    ("cells", "matpower", "powermodels"),
    [
        ({"tap_ratio": 2.0}, [60, 30], [45, 45]),
        ({"resistance": 10.0}, [45, 45], [60, 30]),  # (10² + 10²) / 10 = 20 ohm
        ({"phase_shift": degrees(0.01)}, [50, 40], [45, 45]),  # 10 mrad are 10 MW more on the first line
    ],
)
def test_what_counts_in_which_form(cells, matpower, powermodels):
    assert flows(pair(**cells).solve()) == near(matpower)
    assert flows(pair(**cells).solve(grid__convention="powermodels")) == near(powermodels)


def test_a_free_phase_shift_relieves_a_line():
    """The first line carries 30 of 90 MW: 30 mrad forward on the second; 20 mrad leave 10 MW unserved."""
    limits = {"phase_shift_min": -degrees(0.03), "phase_shift_max": degrees(0.03)}
    answer = pair(first=30, **limits).solve()
    assert flows(answer) == near([30, 60])
    assert answer["phase_shift", "second", 2030, 0] == near(-30)
    assert answer.findings() == []
    tight = pair(first=30, phase_shift_min=-degrees(0.02), phase_shift_max=0.0).solve()
    assert flows(tight) == near([30, 50])
    assert tight["unserved", "B", "electricity", 2030, 0] == near(10)


def test_an_angle_limit_is_a_limit_on_the_flow():
    """40 mrad over 1 mrad/MW: 40 MW; with 10 mrad of shift 30 MW.  It holds both ways, and not without the law."""
    world = pair(first=0.0, angle_max=degrees(0.04), angle_min=-degrees(0.02))
    assert second(world.solve()) == near(40)
    assert second(world.solve(grid__kirchhoff=False)) == near(90)
    world.change("corridors", "second", phase_shift=degrees(0.01))
    assert second(world.solve()) == near(30)
    back = pair(first=0.0, angle_max=degrees(0.04), angle_min=-degrees(0.02)).change(
        "corridors", "second", from_node="B", to_node="N"
    )
    assert second(back.solve()) == near(-20)


def test_an_angle_limit_with_a_free_shift_is_a_row():
    """Up to 60 mrad over the line less a shift of at least 20: 40 MW; the operator may advance by 20: 80 MW."""
    cells = {"angle_max": degrees(0.06), "angle_min": -degrees(0.06)}
    late = pair(first=0.0, phase_shift_min=degrees(0.02), phase_shift_max=degrees(0.03), **cells)
    assert second(late.solve()) == near(40)
    early = pair(first=0.0, phase_shift_min=-degrees(0.02), phase_shift_max=degrees(0.03), **cells)
    assert second(early.solve()) == near(80)


def test_a_series_capacitor_turns_the_angle_back():
    """-0.05 per unit on 100 MVA in row with 0.2 is 0.15: 1.5 against 1 mrad/MW, 2 fifths of the flow."""
    world = World(grid__loop_flow_factor=1.0).bus("B").bus("M").technology("plant", existing=1e3, variable_om=10)
    world.corridor("first", "N", "B", 1e3, reactance=10)
    world.corridor("line", "N", "M", 1e3, reactance=0.2, reactance_base=100.0)
    world.corridor("capacitor", "M", "B", 1e3, reactance=-0.05, reactance_base=100.0)
    answer = world.demand(100, at="B").solve()
    assert [answer["flow", name, 2030, 0] for name in ("first", "line", "capacitor")] == near([60, 40, 40])


def test_a_meshed_line_without_capacity_holds_the_others():
    """A line that may be built and stands in the cycles forces the angle difference to zero; built 20, all carry 20."""
    cells = {"capacity": 0.0, "expansion_cost": 0.0, "expansion_fixed_om": 1e9, "always_meshed": "yes"}
    answer = pair(**cells).solve()
    assert flows(answer) == near([0, 0])
    free = pair(**{**cells, "always_meshed": ""}).solve()
    assert flows(free) == near([90, 0])


def test_standing_capacity_pays_where_the_table_says_so():
    answer = pair(standing_cost=7.0).solve()
    assert answer.cost("grid_standing") == near(7000)
    assert answer.objective == near(7000 + 8760 * 90 * 10)
    assert answer.findings() == []


def test_line_rating_by_weather():
    world = World(2, grid__loop_flow_factor=1.0).bus("B").technology("plant", existing=1e3, variable_om=10)
    world.corridor("line", "N", "B", 50, reactance=10, limit_series="rating").demand(90, at="B")
    case = replace(world.case(), given=Given(series={"rating": np.array([1.0, 1.5])}))
    program = build_program(case)
    compiled = compile_program(program)
    answer = Answer(case, program, compiled, solve(compiled, EXACT))
    assert answer["flow", "line", 2030] == near([50, 75])
    assert answer.findings() == []
