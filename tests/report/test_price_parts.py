"""What sets a price: worlds solved by hand, of which every part of every price is known."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from model.core.features import load_features
from model.cube import assemble
from model.report.explain import explain
from model.report.price_parts import CAPACITY, COST, GIVEN, YEARLY, explained
from model.report.stationarity import Conditions
from tests.closed_form.answer import YEAR, Answer, near
from tests.closed_form.world import World

FREE = {"potential": math.inf, "investment": 0.0, "lifetime": 1}


def program_of(answer: Answer) -> Any:
    """What `model.build` would return."""
    return SimpleNamespace(case=answer.case, registry=load_features(), program=answer.program, compiled=answer.compiled)


def cube_of(answer: Answer) -> Any:
    return assemble(answer.case, answer.program, load_features(), answer.solution, answer.compiled.statistics())


def taken_apart(answer: Answer, node: str = "N", carrier: str = "electricity", step: int = 0) -> Any:
    """The price at a node, taken apart; its parts add up to the dual of the balance."""
    conditions = Conditions(cube_of(answer), program_of(answer))
    (found,) = explained(conditions, node, [carrier], YEAR, step)
    assert found.price == near(answer.price(node, carrier)[step])
    assert sum(part.money for part in found.parts) == near(found.price)
    assert conditions.is_same
    return found


def money(found: Any) -> dict[tuple[str, str], float]:
    """EUR/MWh by part and owner."""
    return {(part.what, part.of): part.money for part in found.parts}


def test_fuel_upkeep_and_the_carbon_cap():
    world = World().demand(100).fuel("gas", 20, emission=0.2)
    world.technology("plant", takes={"gas": 2.0}, existing=200, variable_om=2)
    answer = world.add("carbon_caps", cap="path", value=0.01).solve(carbon__cap="path", carbon__backstop_cost=90.0)
    found = taken_apart(answer)
    assert money(found) == near({("fuel", "plant@N"): 40, ("variable om", "plant@N"): 2, ("carbon cap", ""): 36})
    (cap,) = (part for part in found.parts if part.kind == YEARLY)
    assert cap.worth == near(90_000) and cap.amount == near(0.4 / 1000) and cap.unit == "EUR/kt"


def test_stored_energy_ties_the_price_to_the_hour_of_charging():
    """At most 500 MW from abroad; the store is neither full nor at its power: 10 / (0.8 x 0.9) in the second hour."""
    world = World(2).demand([100, 40]).neighbour("X", [10, 90], imports=500, exports=0)
    world.store(
        "cell", energy={"existing": 900}, power={"existing": 900}, charge_efficiency=0.8, discharge_efficiency=0.9
    )
    found = taken_apart(world.solve(), step=1)
    assert money(found) == near({("import", "X"): 10 / 0.72})
    assert found.parts[0].step == 0 and found.parts[0].amount == near(1 / 0.72)
    assert found.steps == near({0: 1 / 0.72}) and found.stores == ("cell@N",)
    moves = found.changes.set_index("what moves")["MWh per MWh"]
    assert moves.to_dict() == near({"store discharge": 1, "store charge": 1 / 0.72, "neighbour import": 1 / 0.72})


def test_a_built_capacity_recovers_its_cost_where_it_is_scarce():
    """In one of two hours the turbine is full: that hour pays the whole annuity, the other the fuel."""
    world = World(2).demand([100, 60]).fuel("gas", 20)
    answer = world.technology("turbine", takes={"gas": 2.0}, **{**FREE, "investment": 43_800.0}).solve()
    scarce = taken_apart(answer, step=0)
    assert money(scarce) == near({("fuel", "turbine@N"): 40, ("activity limit", "turbine@N"): 10})
    (limit,) = (part for part in scarce.parts if part.kind == CAPACITY)
    assert "100.0% of the 43,800 EUR a year" in limit.note
    assert money(taken_apart(answer, step=1)) == near({("fuel", "turbine@N"): 40})


def test_the_peaker_that_earns_least_beyond_its_cost_sets_the_price():
    """Wind and turbine both stand at their limits: the turbine's price says more than all of it being wind's rent."""
    world = World(2).demand([100, 60]).fuel("gas", 20).technology("wind", existing=10)
    answer = world.technology("turbine", takes={"gas": 2.0}, **{**FREE, "investment": 43_800.0}).solve()
    assert ("activity limit", "wind@N") not in money(taken_apart(answer))


def test_unserved_demand_sets_its_value():
    answer = World().demand(100).technology("plant", existing=60, variable_om=5).solve()
    assert money(taken_apart(answer)) == near({("unserved", "N, electricity"): 3000})


def test_net_import_of_the_year():
    """The plant stands still in the first hour and takes over at 50 in the second: a MWh less abroad is worth 20."""
    world = World(2).demand(100).neighbour("X", 30, imports=500, exports=0)
    world.technology("plant", existing=200, variable_om=50, profile=[0, 1])
    found = taken_apart(world.solve(grid__net_import_max=0.6))
    assert money(found) == near({("import", "X"): 30, ("net import limit", ""): 20})
    assert {part.kind for part in found.parts} == {COST, YEARLY}


def test_import_at_its_limit():
    """The cable of X is full; whoever gives the last MWh sets the price, not the rent of the cable."""
    world = World().demand(100.5).neighbour("X", 30, imports=100, exports=0)
    assert money(taken_apart(world.neighbour("Y", 80, imports=1, exports=0).solve())) == near({("import", "Y"): 80})


def test_congestion_round_a_loop_is_told_by_the_plants_that_move():
    """One more MW at C: the cheap plant falls by 2, the dear one grows by 3 (tests/closed_form/test_grid.py)."""
    world = World(grid__loop_flow_factor=1.0).bus("B").bus("C")
    for name, ends, ohm, limit in zip(
        ("nb", "bc", "nc"), ("NB", "BC", "NC"), (20, 40, 30), (1e4, 1e4, 80), strict=True
    ):
        world.corridor(name, ends[0], ends[1], limit, reactance=ohm)
    world.technology("cheap", existing=1e3, variable_om=10)
    answer = world.technology("dear", "B", existing=1e3, variable_om=30).demand(150, at="C").solve()
    found = taken_apart(answer, "C")
    assert money(found) == near({("variable om", "cheap@N"): -20, ("variable om", "dear@B"): 90})


def test_a_reinforced_hosting_limit_pays_for_itself():
    world = World().regional().hosting(0, 40).demand(100, at="R")
    world.technology("plant", existing=200, variable_om=10)
    world.add(
        "hosting_reinforcement",
        region="N", investment=8760.0 * 7, fixed_om=0.0, lifetime=1, first_year=2020, build_rate_max=1e3,
        both_directions="yes",
    )  # fmt: skip
    found = taken_apart(world.solve(grid__hosting_expansion=True), "R")
    assert money(found) == near({("variable om", "plant@N"): 10, ("hosting offtake limit", "N"): 7})
    assert {part.kind for part in found.parts} == {COST, CAPACITY}


def test_heat_coupling():
    """Power comes with heat that a boiler need not make: 25 / 0.4 less the fuel that the boiler saves."""
    world = World().demand(40).demand(100, carrier="heat_100").fuel("gas", 25)
    world.technology("chp", gives={"electricity": 0.4, "heat_100": 0.5}, takes={"gas": 1.0}, existing=500)
    world.technology("boiler", gives="heat_100", takes={"gas": 1.25}, existing=500)
    found = taken_apart(world.solve())
    assert money(found) == near({("fuel", "chp@N"): 62.5, ("fuel", "boiler@N"): -1.25 * 31.25})


def test_a_must_run_plant_leaves_the_price_to_whom_it_sells():
    """The plant must give 60 MW, 20 more than are asked for: one more MWh here is one less sold at 12."""
    world = World().demand(40).neighbour("X", 12, imports=0, exports=30)
    answer = world.technology("plant", existing=100, minimum_load=0.6, variable_om=20).solve()
    assert money(taken_apart(answer)) == near({("export", "X"): 12})


def test_site_contract_limits_what_the_site_takes():
    """The only way in is full and half the demand stays dark: its value sets the price, not the grid."""
    world = World().regional().hosting(1e4, 1e4).site(contract_import=50).demand(80, at="S")
    answer = world.technology("plant", existing=200, variable_om=10).solve()
    assert money(taken_apart(answer, "S")) == near({("unserved", "S, electricity"): 3000})
    assert money(taken_apart(answer, "R")) == near({("variable om", "plant@N"): 10})


def test_a_limit_speaks_where_nothing_else_moves():
    """Wind at its limit is all there is, and demand just meets it: the price is what the limit is worth."""
    world = World().demand(100).technology("wind", **{**FREE, "investment": 8760.0 * 30}, profile=[1.0])
    found = taken_apart(world.solve())
    assert [(part.kind, part.what, part.of) for part in found.parts] == [(CAPACITY, "activity limit", "wind@N")]
    assert found.price == near(30)


def test_shortage_of_heat_sets_the_price_of_the_power_that_makes_it():
    """The node at the end of a full cable uses power for heat only, and heat stays unserved."""
    world = World().bus("B").technology("plant", existing=200, variable_om=10).corridor("nb", "N", "B", 50)
    world.technology("boiler", "B", gives="heat_100", takes={"electricity": 1.0}, existing=500, variable_om=1)
    answer = world.demand(80, at="B", carrier="heat_100").solve(grid__loop_flow_factor=1.0)
    # heat stays unserved at 3000; power at B is worth 2999, the cable 2989
    assert answer.price("B")[0] == near(2999)
    assert money(taken_apart(answer, "B")) == near({("unserved", "B, heat_100"): 3000, ("variable om", "boiler@B"): -1})


def test_a_fixed_bound_speaks_where_nothing_else_moves():
    """What stands meets demand to the last MW: any price from 0 to the cost of the plant that stands still holds."""
    world = World().demand(100).technology("wind", existing=100).technology("plant", existing=50, variable_om=40)
    found = taken_apart(world.solve())
    assert 0 <= found.price <= 40
    assert {part.what for part in found.parts if abs(part.money) > 0.01} <= {"bound of activity", "variable om"}


def test_energy_kept_between_seasons_says_when_it_is_taken_in_and_given():
    """Two seasons that come back twice each: the value of the cavern stands in four states at once.

    Summer gives power for nothing but its upkeep of 10; winter has the cavern alone, of half of what went in.
    """
    world = World(periods=[(1, 4380), (1, 4380)], runs=[(0, 2190), (1, 2190), (0, 2190), (1, 2190)])
    world.demand([0, 50]).technology("sun", existing=500, profile=[1, 0], variable_om=10)
    world.store("cavern", energy={"existing": 1e6}, power={"existing": 400}, linking="long", charge_efficiency=0.5)
    answer = world.solve()
    found = taken_apart(answer, step=1)
    assert found.price == near(20)
    (held,) = found.parts
    assert (held.kind, held.of, held.money) == (GIVEN, "cavern@N", near(20))
    assert "takes in 438,000 MWh at 10.00 EUR/MWh on average" in held.note
    assert "gives 219,000 MWh at 20.00 EUR/MWh on average" in held.note


def test_the_report_says_it_in_words_and_notices_changed_tables():
    world = World().demand(100).fuel("gas", 20).technology("plant", takes={"gas": 2.0}, existing=200)
    answer = world.solve()
    cube = cube_of(answer)
    report = explain(cube, "N", 0, YEAR, program_of(answer))
    titles = [section.title for section in report.sections]
    assert titles[-2:] == ["What sets the price", "What one more MWh here would set in motion"]
    parts = report.sections[-2]
    assert "electricity, 40.00 EUR/MWh: 40.00 fuel of plant@N." in parts.note
    assert parts.table.iloc[-1]["part"] == "= price" and parts.table.iloc[-1]["EUR/MWh"] == near(40)
    assert "have changed" not in parts.note

    other = World().demand(100).fuel("gas", 21).technology("plant", takes={"gas": 2.0}, existing=200).solve()
    changed = explain(cube, "N", 0, YEAR, program_of(other)).sections[-2]
    assert "have changed" in changed.note
    assert changed.table.set_index("part").loc["small parts and rounding", "EUR/MWh"] == near(-2)
    renamed = World().demand(100).fuel("gas", 20).technology("works", takes={"gas": 2.0}, existing=200).solve()
    fallback = explain(cube, "N", 0, YEAR, program_of(renamed)).sections[-1]
    assert fallback.title == "Who could give more at the price" and "works@N" in fallback.note
    longer = World(2).demand(100).fuel("gas", 20).technology("plant", takes={"gas": 2.0}, existing=200).solve()
    assert "other hours" in explain(cube, "N", 0, YEAR, program_of(longer)).sections[-1].note
    assert "because" in explain(cube, "N", 0, YEAR, None, "because").sections[-1].note
