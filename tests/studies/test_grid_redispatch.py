"""Redispatch worked by hand, on random networks, and with the grid taken away."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.cli import main
from model.cube import assemble
from model.engine import solve
from model.errors import CheckFailed, InputError, NotOptimal
from model.job import Built
from model.studies import grid_redispatch as study
from model.studies import plan as plans
from model.studies.framework.points import Point
from model.studies.framework.variants import positions_of, with_bounds, with_limits
from model.studies.grid_redispatch import Study, area_limit, market_faults, redispatch_of, refuse_areas, refuse_options
from model.studies.grid_redispatch_figures import losses_of, moves_of
from model.studies.grid_redispatch_program import LIFTED, correction_program, market_program, parties_of
from model.studies.plan import Plan, plan_without, solved_plan
from tests.closed_form.answer import near
from tests.closed_form.world import EXACT, World
from tests.studies.worlds import built_world, random_network, two_technologies

HOURS = 8760.0


def plan(world: World, **settings) -> Plan:
    built = built_world(world, grid__loop_flow_factor=1.0, **settings)
    return Plan("by hand", built, {}, "given")


def redispatched(built: Built, spread: float = 1.0, held=(), areas=None) -> SimpleNamespace:
    """The three solves without the cubes that `redispatch_of` makes and checks."""
    parties = parties_of(built)
    count, nodal = built.compiled.column_count, solve(built.compiled, EXACT).columns
    market = solve(market_program(built, parties, nodal, 1e-4), EXACT).columns[:count]
    columns = solve(correction_program(built, parties, market, spread, held, areas), EXACT).columns[:count]
    cost = {"market": market, "nodal": nodal, "corrected": columns}
    costs = {name: float(built.compiled.cost @ x) + built.compiled.cost_offset for name, x in cost.items()}
    moves = moves_of(built, parties, market, columns, (losses_of(built, market), losses_of(built, columns)))
    assert study.order_faults(costs) == [] == study.balance_faults(built, moves)
    return SimpleNamespace(costs=costs, moves=moves, redispatch_cost=costs["corrected"] - costs["market"])


def volume(found: SimpleNamespace) -> float:
    return float(found.moves.hourly["up"].sum() + found.moves.hourly["down"].sum())


def by_hand(world: World, **options) -> SimpleNamespace:
    return redispatched(built_world(world, grid__loop_flow_factor=1.0), **options)


def two_nodes(limit: float = 100.0, kind: str = "dc", **cells) -> World:
    """300 MW at B; 10 EUR/MWh at N behind a cable, and at B coal that burns 2 MWh of 20 EUR and 0.35 t for one."""
    world = World().bus("B").technology("cheap", existing=1e4, variable_om=10).fuel("coal", 20, emission=0.35)
    world.technology("dear", "B", existing=1e4, variable_om=10, takes={"coal": 2.0}).demand(300, at="B")
    return world.corridor("line", "N", "B", limit, kind, **cells)


@pytest.fixture(scope="module")
def found():
    return redispatch_of(plan(two_nodes()), spread=1.0)


def test_a_cable_too_small_turns_the_cheap_plant_down_and_the_dear_one_up(found):
    """The market takes 300 MW at 10; the cable carries 100: 200 MW down at N, 200 MW up at B at 50."""
    assert found.costs["market"] == near(HOURS * 300 * 10)
    assert found.costs["nodal"] == near(HOURS * (100 * 10 + 200 * 50))
    assert found.costs["corrected"] == near(found.costs["nodal"])
    assert found.redispatch_cost == near(HOURS * 200 * 40)
    assert found.costs["spread"] == near(HOURS * 200 * 1.0)  # half of it on either bid
    assert found.price == pytest.approx(np.full((1, 1), 10.0), abs=0.06)  # but for what settles ties


def test_volumes_money_and_carbon_by_region_and_direction(found):
    hourly = found.moves.hourly.isel(year=0, time=0)
    expected = {
        "N": {"up": 0, "down": 200, "cost_up": 0, "cost_down": -2000, "co2_up": 0, "co2_down": 0},
        "B": {"up": 200, "down": 0, "cost_up": 10000, "cost_down": 0, "co2_up": 200 * 0.7, "co2_down": 0},
    }
    for region, figures in expected.items():
        for name, value in figures.items():
            assert float(hourly[name].sel(region=region)) == near(value), (region, name)
    assert found.moves.balance == pytest.approx(0, abs=1e-6)
    plants = found.moves.kinds.loc[("plants", 2030)]
    assert [plants["up"], plants["down"]] == near([200 * HOURS, 200 * HOURS])
    assert [plants["cost_up"], plants["cost_down"]] == near([HOURS * 200 * 50, -HOURS * 200 * 10])
    assert plants["co2_up"] == near(200 * 0.7 * HOURS)
    moved = found.moves.parties.set_index("what")
    assert moved.loc["dear", "up"] == near(200 * HOURS) and moved.loc["cheap", "down"] == near(200 * HOURS)


def test_nothing_moves_where_no_limit_binds():
    free = by_hand(two_nodes(limit=1e4), spread=0.01)
    assert free.redispatch_cost == pytest.approx(0, abs=1e-3)
    assert float(abs(free.moves.hourly["up"]).sum() + abs(free.moves.hourly["down"]).sum()) == pytest.approx(
        0, abs=1e-6
    )
    assert len(free.moves.parties) == 0


def test_a_hosting_limit_inside_a_region_is_redispatched_too():
    """40 MW of sun below a limit of 30 MW for feed-in; the country needs 50 at transmission, the rest costs 60."""
    world = World().regional().technology("sun", "R", existing=40).technology("gas", existing=100, variable_om=60)
    hosted = by_hand(world.demand(50).hosting(30, 100))
    assert hosted.costs["market"] == near(HOURS * 10 * 60)
    assert hosted.redispatch_cost == near(HOURS * 10 * 60)
    moved = hosted.moves.parties.set_index("what")
    assert moved.loc["sun", "down"] == near(10 * HOURS) and moved.loc["gas", "up"] == near(10 * HOURS)


def test_an_area_limit_of_the_operator_is_kept_in_the_correction_alone():
    world = World().regional().technology("sun", "R", existing=40).technology("gas", existing=100, variable_om=60)
    world.demand(50).hosting(30, 100)
    name, area = area_limit("N:feed_in=12")
    limited = by_hand(world, areas={name: area})
    assert limited.costs["nodal"] == near(HOURS * 20 * 60)
    assert limited.costs["corrected"] == near(HOURS * 38 * 60)
    assert limited.moves.parties.set_index("what").loc["sun", "down"] == near(28 * HOURS)


def test_the_connection_of_a_site_and_the_neighbours_stay_in_the_market():
    """A site may take 20 of its 50 MW; the neighbour gives 30 of 80 MW at 5, the rest is gas at 60."""
    world = World().regional().site(contract_import=20.0).demand(50, at="S").demand(80)
    world.technology("own", "S", existing=100, variable_om=200).technology("gas", existing=100, variable_om=60)
    kept = by_hand(world.neighbour("X", 5, imports=30, exports=0))
    assert kept.costs["market"] == near(HOURS * (30 * 200 + 30 * 5 + 70 * 60))
    assert kept.redispatch_cost == pytest.approx(0, abs=1e-3)


def test_what_the_grid_loses_is_made_up_upward():
    """A cable that loses 5 % of what enters, half of the loss at each end, and nothing else in the way."""
    lossy = by_hand(two_nodes(limit=1e4, efficiency=0.95))
    more = 300 / 0.95 - 300
    assert lossy.moves.losses[2030] == near(more * HOURS)
    hourly = lossy.moves.hourly.isel(year=0, time=0)
    assert float(hourly["up"].sum() - hourly["down"].sum()) == near(more)
    assert lossy.moves.balance == pytest.approx(0, abs=1e-6)


def test_parties_that_are_held_make_the_correction_dearer():
    """Import over X at N is cheaper than gas at B, but more than the cable takes; held, the plant at N gives way."""
    world = two_nodes().neighbour("X", 12, imports=50, exports=0).change("corridors", "line", capacity=100.0)
    world.rows["existing_capacity"][0]["capacity"] = 80.0
    free, held = (by_hand(world, held=kinds) for kinds in ((), ("neighbours",)))
    # market: 80 at 10, 50 at 12, 170 at 50.  Correction: 30 MW of import less, or of the plant.
    assert free.costs["market"] == near(HOURS * (80 * 10 + 50 * 12 + 170 * 50))
    assert free.redispatch_cost == near(HOURS * 30 * (50 - 12))
    assert held.redispatch_cost == near(HOURS * 30 * (50 - 10))
    assert held.costs["corrected"] > held.costs["nodal"] + 1


def test_a_store_moves_power_in_time_and_the_balance_holds_in_every_hour():
    world = World(2).bus("B").technology("cheap", existing=1e4, variable_om=10).demand([50, 150], at="B")
    world.technology("dear", "B", existing=1e4, variable_om=50).corridor("line", "N", "B", 100, "dc")
    world.store("pump", "B", energy={"existing": 1e3}, power={"existing": 30})
    moved = by_hand(world)
    # 30 MW are stored while the cable has room, so only 20 MW of the dear plant are left
    assert moved.costs["corrected"] == near(4380 * (180 * 10 + 20 * 50))
    assert moved.moves.balance == pytest.approx(0, abs=1e-6)


def test_of_two_equal_plants_the_market_takes_the_one_that_the_grid_can_carry():
    """At 10 EUR/MWh plants at N and at B; without a rule for ties the market might run the one at N at 300 MW."""
    world = two_nodes().technology("equal", "B", existing=1e4, variable_om=10)
    even = by_hand(world)
    assert even.redispatch_cost == pytest.approx(0, abs=1e-3) and volume(even) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_order_balance_and_zero_on_random_networks(seed):
    built = built_world(random_network(seed), grid__loop_flow_factor=1.0)
    narrow = redispatched(built, spread=float(np.random.default_rng(seed).uniform(0.01, 2)))
    assert narrow.costs["nodal"] > narrow.costs["market"] + 1  # the grid binds in all of them
    assert narrow.moves.balance <= 1e-6
    hourly = narrow.moves.hourly
    parts = sum(float((hourly[f"cost_{side}"].sum("region") * HOURS / 3).sum()) for side in ("up", "down", "besides"))
    assert parts == pytest.approx(narrow.redispatch_cost, rel=1e-6, abs=1)
    free = redispatched(without_limits(built), spread=0.5)
    assert volume(free) == pytest.approx(0, abs=1e-6) and free.costs["market"] == near(narrow.costs["market"])


def without_limits(built: Built) -> Built:
    """The same world with endless lines and without Kirchhoff's law."""
    flows = positions_of(built.compiled, "flow")
    wide = with_bounds(built.compiled, flows, -np.inf, np.inf)
    return replace(built, compiled=with_limits(wide, {"kirchhoff_voltage_law": (-np.inf, np.inf)}))


def test_faults_planted_in_a_market_outcome_are_found(found):
    built = found.built
    assert study.order_faults({"market": 2e6, "nodal": 1e6, "corrected": 1e6})
    assert study.order_faults({"market": 1e6, "nodal": 2e6, "corrected": 1e6})
    assert not study.order_faults({"market": 1e6, "nodal": 1e6, "corrected": 1e6})
    assert study.balance_faults(built, replace(found.moves, balance=0.01))
    solution = solve(market_program(built, found.parties, np.zeros(built.compiled.column_count), 0.0), EXACT)
    cube = assemble(built.case, built.program, built.registry, solution, {})
    assert market_faults(built, cube) == []
    cube["results"]["activity"][:] = cube["results"]["activity"] + 1.0
    assert any("electricity in 2030" in text for text in market_faults(built, cube))


def test_who_is_a_party_and_who_is_the_grid():
    world = World().regional().site().demand(5, at="S").technology("sun", "R", existing=1).demand(1)
    world.technology("boiler", "S", existing=1, gives="heat_100", takes={"electricity": 1.0}).demand(1, "S", "heat_100")
    world.neighbour("X", 5, imports=30, exports=30).hosting(30, 100)
    world.store("pump", "R", energy={"existing": 1e3}, power={"existing": 30})
    table = parties_of(built_world(world)).table
    kinds = table.groupby("kind")["name"].agg(sorted).to_dict()
    assert kinds["plants"] == ["sun@R"] and kinds["demand"] == ["boiler@S"] and kinds["neighbours"] == ["X"]
    assert kinds["storage"] == ["pump@R"] and kinds["unserved"] == ["N", "S"]
    assert set(kinds) == {"plants", "demand", "neighbours", "storage", "unserved"}


def test_a_market_does_not_know_transport_rights_and_the_correction_does():
    """Rights of a site leave it 20, 10, 0 and 0 MW beside the base load; what it lacks it makes itself for 10 more."""
    base = np.array([30.0, 40.0, 50.0, 50.0])
    world = World(4).regional().site().technology("grid", existing=1e4, variable_om=50)
    world.technology("own", "S", existing=20, variable_om=60).demand(base, at="R").demand(20, at="S").hosting(1e4, 50)
    world.add("connections", connection="c", node="S", capacity=100.0, voltage=150.0, offtake_contract=0.0,
              feed_in_contract=0.0)  # fmt: skip
    world.add("contract_classes", contract_class="night", kind="block", contract_factor=0.0, block_start=0, block_end=2)
    world.add("connection_rights", connection="c", direction="offtake", contract_class="night")
    settings = {"grid__rights__enabled": True, "grid__rights__classes": ["night"]}
    chosen = solved_plan(built_world(world, grid__loop_flow_factor=1.0, **settings), "with rights")
    names = {family.name for family in chosen.built.compiled.rows}
    assert set(LIFTED) - {"site_right_covers_import"} <= names
    made = redispatched(chosen.operated())
    assert made.costs["market"] == near(2190 * 50 * (base.sum() + 80))
    assert made.costs["nodal"] == near(chosen.solution.objective)
    assert made.redispatch_cost > 2190 * 10 * 40  # at least the two hours without room


def test_options_that_are_none_are_refused_together():
    with pytest.raises(InputError, match="2 problems.*") as caught:
        refuse_options(0.0, ["plants", "wizards"])
    assert "--spread" in str(caught.value) and "wizards" in str(caught.value)
    with pytest.raises(InputError, match="REGION"):
        area_limit("NH feed_in 3")
    built = built_world(two_nodes())
    with pytest.raises(InputError, match="there are none"):
        refuse_areas(built, {"x": (["N"], "feed_in", 3.0)})
    with pytest.raises(InputError, match="feed_in or offtake.*"):
        refuse_areas(built, {"x": ([], "sideways", 3.0)})


def test_a_correction_that_cannot_be_is_no_figure():
    nothing = Point("correction", "infeasible")
    with pytest.raises(NotOptimal, match="correction with plants held: No outcome keeps all limits"):
        study.sound(nothing, "correction", " with plants held")
    with pytest.raises(CheckFailed, match="market: off"):
        study.sound(replace(nothing, status="check_failed", findings=("off",)), "market")
    built = built_world(two_nodes(), grid__loop_flow_factor=1.0)
    parties = parties_of(built)
    position = solve(built.compiled, EXACT).columns
    position = solve(market_program(built, parties, position, 1e-4), EXACT).columns
    assert solve(correction_program(built, parties, position, 1.0, ("plants",)), EXACT).status == "infeasible"


def test_a_point_that_misses_a_check_is_solved_to_a_vertex(monkeypatch, found):
    asked = []

    class Fake:
        def __init__(self, built, *rest) -> None:
            self.crossover, self.done = built.scenario.solver.crossover, 4
            assert built.scenario.solver.tolerance <= 1e-8

        def solve(self, variant, name, **options):
            asked.append((self.crossover, self.done, options))
            return Point(name, "optimal" if self.crossover else "check_failed")

        def close(self) -> None:
            asked.append("closed")

    monkeypatch.setattr(plans, "Points", Fake)
    points = plans.Precise(found.built, 3, None, None)
    assert points.solve(found.built.compiled, "x", physics=False).status == "optimal"
    points.close()
    assert asked == [(False, 4, {"physics": False}), (True, 3, {"physics": False}), "closed", "closed"]


def test_capacities_are_chosen_with_and_without_small_reactors():
    built = built_world(two_technologies())
    first = solved_plan(built, "with small reactors")
    other = plan_without(first)
    assert other is not None
    costs = [redispatched(one.operated()).costs["nodal"] for one in (first, other)]
    assert costs == near([519e6, 8760 * 750 * 100])
    assert plan_without(replace(first, cube=None)) is None  # a run that is only held brings no other


def test_command_writes_what_was_found(tmp_path, capsys, monkeypatch, found):
    answer = Study((found, replace(found, plan=replace(found.plan, name="without"))), 1.0, (), {})
    monkeypatch.setattr(study, "grid_redispatch", lambda *arguments, **options: answer)
    assert main(["study", "redispatch", "quick", "-o", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["study"] == "redispatch"
    with xr.open_dataset(tmp_path / "redispatch.nc") as opened:
        assert opened["up"].attrs["units"] == "MW" and opened["cost_up"].attrs["units"] == "EUR/h"
        assert float(opened["up"].isel(plan=0).sel(region="B").sum()) == near(200)
    table = pd.read_csv(tmp_path / "redispatch.csv")
    assert set(table["plan"]) == {"by hand", "without"}
    page = (tmp_path / "redispatch.html").read_text(encoding="utf-8")
    assert "What is held equal" in page and "<svg" in page
    assert main(["study", "redispatch", "quick", "--spread", "0", "-q"]) == 2


@pytest.mark.slow
def test_the_dutch_grid_in_few_hours(tmp_path):
    """2050 in two days of six hours: with and without small reactors, on the map of the provinces."""
    few = ["years=[2050]", "time.periods=1", "time.spell_days=1", "time.step_hours=6"]
    settings = [word for setting in few for word in ("--set", setting)]
    assert main(["study", "redispatch", "quick", "-o", str(tmp_path), "-q", *settings]) == 0
    with xr.open_dataset(tmp_path / "redispatch.nc") as opened:
        assert opened.sizes["plan"] == 2
        cost = opened["cost"].to_series().unstack("outcome")
        assert (cost["market"] <= cost["nodal"] * (1 + 1e-9)).all()
        assert (cost["nodal"] <= cost["corrected"] * (1 + 1e-9)).all()
        off = (opened["up"] - opened["down"]).sum("region")
        assert float(abs(off).max()) < 0.05  # of some 30,000 MW
    assert "Gelderland" in (tmp_path / "redispatch.html").read_text(encoding="utf-8")
