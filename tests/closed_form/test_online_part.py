"""Steam electrolysis by hand: what its steam costs in power, and a minimum load that holds for a day."""

from __future__ import annotations

import pytest

from tests.closed_form.answer import near
from tests.closed_form.world import World

FLEXIBLE = {"reactors__modes": ["flexible", "coproduction"]}


def test_steam_of_150_degrees_costs_its_power_loss():
    """1.2 MWh of power and 0.24 of steam at a loss of 0.2022 against 1.5 MWh: 1.2485 in all, at the price of power."""
    world = World(**FLEXIBLE).demand(500).demand(100, carrier="hydrogen")
    world.add("carriers", carrier="steam", kind="heat", balanced="yes", delivery_temperature=150.0, spill="free",
              value_of_lost_load=3000.0, cascade_group="industrial")  # fmt: skip
    plant = {"efficiency": 0.333, "extraction_share_max": 0.5}
    world.reactor("cls_lwr", existing=900.0, loss={120: 0.1609, 150: 0.2022, 180: 0.238}, **plant)
    world.technology("grid", existing=1e3, variable_om=60)
    world.technology("steam_cell", gives="hydrogen", takes={"electricity": 1.2, "steam": 0.24}, existing=200)
    answer = world.solve()
    assert answer["reactor_extraction", "cls_lwr@N", "steam", 2030, 0] == near(24)
    assert answer["reactor_power", "cls_lwr@N", 2030, 0] == near(0.333 * 900 - 0.2022 * 24)
    assert answer.price("N", "hydrogen") == near([(1.2 + 0.24 * 0.2022) * 60])


def cells(
    prices: list[float], least: float, step_hours: float = 6.0, figure: str = "minimum_load_online", **periods: object
) -> World:
    """A cell of 100 MW that makes hydrogen worth 60 EUR per MWh of power, at prices of power."""
    world = World(len(prices), step_hours=step_hours, **periods).neighbour("X", prices, imports=1e4, exports=0)
    world.technology("cell", gives="hydrogen", takes={"electricity": 1.0}, existing=100.0, **{figure: least})
    return world.technology("bought", gives="hydrogen", existing=1e3, variable_om=60).demand(100, carrier="hydrogen")


@pytest.mark.parametrize(
    ("prices", "least", "load"),
    [
        ([20, 70, 70, 70], 0.3, [100, 30, 30, 30]),  # 40 won in one step, 3 x 0.3 x 10 lost in the others
        ([20, 200, 200, 200], 0.3, [0, 0, 0, 0]),  # 40 against 3 x 0.3 x 140: off all day
        ([20, 200, 200, 200], 0.0, [100, 0, 0, 0]),
        ([20, 110, 110, 110], 0.25, [100, 25, 25, 25]),  # 40 against 37.5
        ([20, 110, 110, 110], 0.28, [0, 0, 0, 0]),  # 40 against 42
    ],
)
def test_what_is_online_for_a_day_runs_at_its_minimum(prices, least, load):
    answer = cells([float(price) for price in prices], least).solve()
    assert answer["activity", "cell@N", 2030] == near(load)
    spent = sum(run * price + (100 - run) * 60 for run, price in zip(load, prices, strict=True))
    assert answer.objective == near(8760 / 4 * spent)
    assert [str(finding) for finding in answer.findings()] == []


@pytest.mark.parametrize(
    ("asked", "prices", "least", "load"),
    [
        (False, [20, 70, 70, 70], 0.3, [100, 0, 0, 0]),  # starts and stops from step to step: no row, no minimum
        (True, [20, 70, 70, 70], 0.3, [100, 30, 30, 30]),
        (True, [20, 200, 200, 200], 0.3, [0, 0, 0, 0]),
    ],
)
def test_cells_that_start_within_the_hour_stay_online_for_a_day_where_a_scenario_asks(asked, prices, least, load):
    world = cells([float(price) for price in prices], least, figure="minimum_load_day")
    answer = world.solve(detail__electrolyser_loads=asked)
    assert answer["activity", "cell@N", 2030] == near(load)
    rows = next(found for found in answer.program.sets if found.name == "online_asset_year").members
    assert len(rows) == asked
    assert [str(finding) for finding in answer.findings()] == []


def test_every_day_and_every_period_chooses_anew():
    """Two days in one period, and a period of its own: on, off, on."""
    prices = [20.0, 70, 70, 70, 20, 200, 200, 200, 20, 70, 70, 70]
    world = cells(prices, 0.3, periods=[(8, 91.25), (4, 182.5)])
    answer = world.solve()
    assert answer["activity", "cell@N", 2030] == near([100, 30, 30, 30, 0, 0, 0, 0, 100, 30, 30, 30])
    assert [str(finding) for finding in answer.findings()] == []


@pytest.mark.parametrize("figure", ["minimum_load_online", "minimum_load_day"])
def test_a_planted_load_below_the_minimum_is_found(figure):
    from model.core.features import load_features
    from model.cube import assemble
    from tests.checks.planting import change
    from tests.checks.worlds import failed

    answer = cells([20.0, 70, 70, 70], 0.3, figure=figure).solve(detail__electrolyser_loads=True)
    cube = assemble(answer.case, answer.program, load_features(), answer.solution, answer.compiled.statistics())
    assert failed(answer.case, cube) == {}
    change(cube, "activity", -10.0, asset="cell@N", year=2030, time=2)
    assert "minimum load of the part online" in failed(answer.case, cube)
