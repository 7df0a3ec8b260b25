"""Transport rights and the row on rights, by hand: a site or a park below a hosting limit, steps of 2,190 hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.closed_form.answer import near
from tests.closed_form.world import World

STEP = 2190.0
BASE = [10.0, 20.0, 38.0, 40.0]
ON: dict[str, Any] = {"grid__rights__enabled": True}
FIRM, FREE = {"contract_factor": 1.0}, {"contract_factor": 0.0}
DURATION = {"kind": "duration", "restricted_share": 0.25, **FREE}
CALL = {"kind": "call", "hours_max": STEP, **FREE, "availability_payment": 100.0, "call_payment": 5.0}


def connected(world: World, name: str = "c", node: str = "S", members: Sequence[str] = (), **cells: Any) -> World:
    """Add a connection of 100 MW at 150 kV and what stands on it."""
    plain = {"capacity": 100.0, "voltage": 150.0, "offtake_contract": 0.0, "feed_in_contract": 0.0}
    world.add("connections", connection=name, node=node, **{**plain, **cells})
    for member in members:
        world.add("connection_members", connection=name, technology=member)
    return world


def offered(world: World, label: str, *connections: str, way: str = "offtake", **cells: Any) -> World:
    """Offer a class to connections in a direction."""
    world.add("contract_classes", contract_class=label, **{**FREE, **cells})
    for name in connections or ("c",):
        world.add("connection_rights", connection=name, direction=way, contract_class=label)
    return world


def rights(*classes: str, **more: Any) -> dict[str, Any]:
    return {**ON, "grid__rights__classes": list(classes or ("firm",)), **more}


def site(base: Sequence[float] = BASE, **cells: Any) -> World:
    """A site that takes 20 MW beside a base load; its own power costs 10 more; the limit for off-take is 50 MW."""
    world = World(4).regional().site().technology("grid", existing=1e4, variable_om=50)
    world.technology("own", "S", existing=20, variable_om=60).demand(list(base), at="R").demand(20, at="S")
    return connected(world.hosting(feed_in=1e4, offtake=50), **cells)


def own_power(answer: Any) -> Any:
    return answer["activity", "own@S", 2030]


def cost_of(own: Sequence[float], base: Sequence[float] = BASE) -> float:
    """All is made at 50, what the site makes itself at 60."""
    return STEP * float(np.sum(50 * (np.array(base) + 20.0) + 10 * np.array(own)))


@pytest.mark.slow
def test_without_rights_flows_alone_meet_the_limit():
    answer = site().solve()
    assert answer.objective == near(cost_of([0, 0, 8, 10]))
    assert answer.solution.values["connection_firm"].size == 0


def test_firm_power_fills_the_row_in_every_hour():
    """40 MW of base leave room for 10 MW of firm power, at night too."""
    answer = site().solve(**rights())
    assert answer["connection_firm", "c", "offtake", 2030] == near(10)
    assert own_power(answer) == near([10, 10, 10, 10])
    assert answer.objective == near(cost_of([10, 10, 10, 10]))
    # without the row every right is free
    assert site().solve(**rights(), grid__rights__adequacy=False).objective == near(cost_of([0, 0, 8, 10]))


@pytest.mark.slow
def test_reinforcement_makes_room_for_firm_rights():
    """A MW costs 35,000 a year and saves 87,600."""
    world = site()
    row = {"investment": 1e6, "fixed_om": 1e4, "lifetime": 40, "first_year": 2025, "both_directions": "yes"}
    answer = world.add("hosting_reinforcement", region="N", **row).solve(**rights())
    assert answer["hosting_built", "N", "both", 2030] == near(10)
    assert answer.objective == near(cost_of([0, 0, 0, 0]) + 10 * 35_000)


def test_non_firm_power_is_what_the_forecast_leaves_and_does_not_enter_the_row():
    """Forecast 30, 40, 58 and 60 MW of 50: 0.4, 0.2, 0 and 0 of the right can be used."""
    answer = offered(site(), "nfa", kind="nonfirm").solve(**rights("firm", "nfa"))
    assert own_power(answer) == near([0, 0, 10, 10])
    assert answer["connection_firm", "c", "offtake", 2030] == near(10)
    assert answer.objective == near(cost_of([0, 0, 10, 10]))


def test_85_percent_in_the_budget_form_restricts_parts_of_hours():
    """20 MW of right, 8 MW restricted in the third step and 10 in the fourth: 18 of the 20 x 2,190 MWh."""
    answer = offered(site(), "atr", **DURATION).solve(**rights("firm", "atr"))
    assert own_power(answer) == near([0, 0, 8, 10])
    assert answer.objective == near(cost_of([0, 0, 8, 10]))


def test_85_percent_in_the_data_form_restricts_whole_hours_and_is_dearer():
    """Only the fourth step is restricted, so firm and timed power together fit the third: 12 MW."""
    world = offered(site(), "atr", **DURATION)
    answer = world.solve(**rights("firm", "atr"), grid__atr85_form="data")
    assert own_power(answer) == near([8, 8, 8, 10])
    assert answer["connection_firm", "c", "offtake", 2030] == near(10)
    assert answer["connection_right", "c", "offtake", "atr", 2030] == near(2)
    assert answer.objective == near(cost_of([8, 8, 8, 10]))


@pytest.mark.slow
def test_the_budget_of_hours_bites():
    """A tenth of the year: 876 h x R is all that may be restricted; the right is larger than what is used of it.

    With firm f and right R, z3 = f + R - 12 and z4 = f + R - 10 must fit: 2190 (2 f + 2 R - 22) <= 876 R.
    """
    world = offered(site(), "atr", **{**DURATION, "restricted_share": 0.1})
    answer = world.solve(**rights("firm", "atr"))
    # f = 0: 2 R - 22 <= 0.4 R, R = 13.75
    assert own_power(answer) == near([6.25, 6.25, 8, 10])
    assert answer.objective == near(cost_of([6.25, 6.25, 8, 10]))


def test_a_time_block_fills_the_row_in_its_hours_only():
    """Steps begin at 1, 2, 3 and 4 o'clock local time; the block ends at 3."""
    world = offered(site(), "night", kind="block", block_start=23, block_end=3)
    answer = world.solve(**rights("firm", "night"))
    assert answer["connection_firm", "c", "offtake", 2030] == near(10)
    assert answer["connection_right", "c", "offtake", "night", 2030] == near(10)
    assert own_power(answer) == near([0, 0, 10, 10])


@pytest.mark.slow
def test_coincidence_makes_room():
    """Half of new rights are taken at once: 20 MW count 10.  Flows still meet the limit."""
    answer = site(coincidence=0.5).solve(**rights())
    assert answer["connection_firm", "c", "offtake", 2030] == near(20)
    assert own_power(answer) == near([0, 0, 8, 10])


def contracted(**cells: Any) -> World:
    """The site has a contract of 20 MW, which the grid cannot carry beside 38 and 40 MW of others."""
    return site(offtake_contract=20.0, **cells)


@pytest.mark.slow
def test_a_full_area_sheds_load_where_nothing_relieves_it():
    answer = contracted().solve(**rights())
    assert answer["unserved", "R", "electricity", 2030] == near([0, 0, 8, 10])
    # expected to be used at three fifths, it fits
    assert contracted(offtake_use=0.5).solve(**rights()).cost("unserved") == near(0)


def test_calls_relieve_the_row_within_their_hours():
    """18 MW-steps are called off; a MW under contract allows one step, so 18 MW are under contract."""
    world = offered(contracted(), "cbc", **CALL)
    answer = world.solve(**rights("firm", "cbc"), grid__rights__compensation="cost")
    assert answer["right_called", "c", "offtake", "cbc", 2030] == near([0, 0, 8, 10])
    assert answer["connection_right", "c", "offtake", "cbc", 2030] == near(18)
    assert answer.cost("capacity_limiting") == near(18 * 100 + 5 * 18 * STEP)
    assert answer.objective == near(cost_of([0, 0, 8, 10]) + 18 * 100 + 5 * 18 * STEP)
    transfer = world.solve(**rights("firm", "cbc"))
    assert transfer.objective == near(cost_of([0, 0, 8, 10]))


@pytest.mark.slow
def test_a_limit_in_fixed_hours_relieves_them():
    """From 3 to 5 o'clock local time 10 MW less: the third step could have kept 2 of them."""
    world = offered(contracted(), "cbc", kind="window", block_start=3, block_end=5, availability_payment=100.0)
    answer = world.solve(**rights("firm", "cbc"))
    assert answer["connection_right", "c", "offtake", "cbc", 2030] == near(10)
    assert own_power(answer) == near([0, 0, 10, 10])


def two_sites(**cells: Any) -> World:
    """30 and 10 MW, then 10 and 30 MW, below a limit of 40; own power costs 10 more."""
    world = World(2).regional().technology("grid", existing=1e4, variable_om=50).hosting(1e4, 40)
    for name, load in (("S", [30, 10]), ("T", [10, 30])):
        world.site(name).demand(load, at=name).technology(f"own_{name}", name, existing=40, variable_om=60)
        connected(world, f"c_{name}", name, **cells)
    return world


def test_a_group_shares_its_rights():
    """Alone 40 MW of firm power serve the sites in part; together all of it."""
    alone, together = two_sites().solve(**rights()), two_sites(contract_group="G").solve(**rights())
    assert alone.objective == near(8760 * 40 * 50 + 4380 * 10 * 2 * 10)
    assert together.objective == near(8760 * 40 * 50)
    grouped = two_sites(contract_group="G")
    assert grouped.solve(**rights(), grid__rights__groups=False).objective == near(alone.objective)
    # the group has four fifths of its members' rights, and as much enters the row
    part = two_sites(contract_group="G", group_share=0.8).solve(**rights())
    assert part.objective == near(together.objective)
    assert part["connection_firm", "c_S", "offtake", 2030] + part["connection_firm", "c_T", "offtake", 2030] == near(50)


def parks(limit: float = 50.0, **cells: Any) -> World:
    """Sun and wind of 50 MW below a limit of 50 MW for feed-in, each in its own half of the year; gas above at 50."""
    world = World(2).regional().technology("gas", existing=300, variable_om=50).demand(100).hosting(limit, 1e4)
    world.technology("sun", "R", existing=50, profile=[1, 0]).technology("wind", "R", existing=50, profile=[0, 1])
    connected(world, "park", "R", ["wind"], capacity=50.0, **cells)
    return connected(world, "field", "R", ["sun"], capacity=50.0, pooled_with="park", **cells)


def test_sun_and_wind_on_one_cable():
    """Apart they share 50 MW of rights; on one connection each has them in its own hours."""
    apart = parks().solve(**rights())
    assert apart.objective == near(50 * (8760 * 100 - 4380 * 50))
    pooled = parks().solve(**rights(), grid__rights__cable_pooling=True)
    assert pooled.objective == near(50 * (8760 * 100 - 8760 * 50))
    assert pooled["connection_firm", "park", "feed_in", 2030] == near(50)


@pytest.mark.slow
def test_rights_that_follow_the_weather_do_not_meet():
    """With the coincidence of sun and wind in the row, apart is as good as on one cable."""
    world = parks()
    for row, name in zip(world.rows["connections"], ("wind", "sun"), strict=True):
        row["profile_technology"] = name
    assert world.solve(**rights()).objective == near(50 * (8760 * 100 - 8760 * 50))


def test_rights_of_a_pooled_cable_count_by_day_and_by_night():
    """Roofs with a contract of 20 MW use it by day: 30 MW of rights fit beside them, whether sun or wind uses them."""
    world = parks().technology("roofs", "R", existing=20, profile=[1, 0])
    connected(world, "town", "R", ["roofs"], capacity=20.0, feed_in_contract=20.0)
    for row, name in zip(world.rows["connections"], ("wind", "sun", "roofs"), strict=True):
        row["profile_technology"] = name
    answer = world.solve(**rights(), grid__rights__cable_pooling=True)
    assert answer["connection_firm", "park", "feed_in", 2030] == near(30)
    assert answer.objective == near(50 * 4380 * (50 + 70))
    assert answer.findings() == []
    # today's contracts count each with its own weather: 10 MW of sun by day beside the roofs, 20 MW of wind by night
    for row, contract in zip(world.rows["connections"], (20.0, 10.0), strict=False):
        row["feed_in_contract"] = contract
    answer = world.solve(**rights(), grid__rights__cable_pooling=True)
    (use,) = [given for given in answer.program.parameters if given.name == "area_use"]
    (ways,) = [declared.members for declared in answer.program.sets if declared.name == "area_way"]
    assert use.values[list(ways).index(("N", "feed_in", 2030))].tolist() == [30.0, 20.0]
    assert answer["connection_firm", "park", "feed_in", 2030] == near(20)


@pytest.mark.slow
def test_half_of_the_capacity_is_fed_in():
    answer = parks().solve(**rights(), grid__rights__cable_pooling=True, grid__rights__feed_in_share={"sun": 0.2})
    # 10 MW of sun and all 50 of wind may pass; the row does not bind for wind
    assert answer["activity", "sun@R", 2030] == near([50, 0])
    alone = parks().solve(**rights(), grid__rights__feed_in_share={"sun": 0.2}, grid__rights__adequacy=False)
    assert alone["activity", "sun@R", 2030] == near([10, 0])


@pytest.mark.slow
def test_a_share_of_new_rights_must_be_non_firm():
    """The sun that stands is forecast to take half of a limit of 100 MW: half of a non-firm right can be used."""
    world = offered(parks(limit=100.0), "nfa", "field", way="feed_in", kind="nonfirm")
    free = world.solve(**rights("firm", "nfa"))
    assert free.objective == near(50 * (8760 * 100 - 8760 * 50))
    bound = world.solve(**rights("firm", "nfa"), grid__rights__nonfirm_share={"sun": 1.0})
    assert bound["connection_firm", "field", "feed_in", 2030] == near(0)
    assert bound["activity", "sun@R", 2030] == near([25, 0])


@pytest.mark.slow
def test_a_share_of_firm_power_must_be_limited():
    """All firm power of the field is under a contract that takes the first hour of the local day, its only one."""
    world = offered(parks(), "cbc", "field", way="feed_in", kind="window", block_start=1, block_end=2)
    bound = world.solve(**rights("firm", "cbc"), grid__rights__limited_share={"sun": 1.0})
    assert bound.objective == near(50 * (8760 * 100 - 4380 * 50))
    assert bound["activity", "sun@R", 2030] == near([0, 0])


@pytest.mark.slow
def test_rights_that_a_scenario_gives():
    given = {"c": {"offtake": {"firm": 4.0, "nfa": 30.0}}}
    answer = offered(site(), "nfa", kind="nonfirm").solve(**rights("firm", "nfa"), grid__rights__fixed=given)
    assert own_power(answer) == near([20 - 4 - 12, 20 - 4 - 6, 16, 16])


@pytest.mark.slow
def test_tariffs_make_rights_without_one_the_choice():
    """Firm power costs 60 EUR/kW a year, the 85 % right nothing; peaks cost 12 x 2 EUR/kW."""
    world = offered(site(tariff_contract=60.0, tariff_peak=0.0), "atr", **DURATION)
    answer = world.solve(**rights("firm", "atr"), grid__rights__tariffs="cost")
    assert answer["connection_firm", "c", "offtake", 2030] == near(0)
    assert answer.cost("connection_tariff") == near(0)
    peaky = site(tariff_contract=1.0, tariff_peak=2.0, coincidence=0.0)
    answer = peaky.solve(**rights(), grid__rights__tariffs="cost")
    # one month in this world; the use of 20 MW saves 87,600 a MW in the first steps
    assert answer.cost("connection_tariff") == near(20 * 1000 + 20 * 2000)


def shown(answer: Any) -> Any:
    """The table of rights in the summary of a run."""
    from model.core.features import load_features
    from model.cube import assemble
    from model.report.rights import rights_sections

    parts = answer.case, answer.program, load_features(), answer.solution, answer.compiled.statistics()
    (section,) = rights_sections(assemble(*parts))
    return section.table


@pytest.mark.slow
def test_use_it_or_lose_it_lowers_a_contract_to_its_highest_use():
    """60 MW of contract, 20 used: 40 are withdrawn and may be given out anew."""
    world = site([10, 20, 20, 20], offtake_contract=60.0, offtake_peak=20.0)
    world.add("firm_headroom", region="N", direction="offtake", capacity=0.0)
    kept = world.solve(**rights())
    # all 60 MW are expected to be used, scaled to what the grid carries: nothing is left for the base
    assert kept.cost("unserved") == near(3000 * STEP * 70)
    assert kept["connection_firm", "c", "offtake", 2030] == near(0)
    withdrawn = world.solve(**rights(), grid__rights__withdrawal=True)
    assert withdrawn.cost("unserved") == near(0)
    assert withdrawn.case.rights.ways.loc[("c", "offtake"), "contract"] == 20.0
    assert shown(withdrawn).loc[("c", "offtake", 2030), ["today", "withdrawn"]].tolist() == [20.0, 40.0]
    more = world.demand(30, at="S").solve(**rights(), grid__rights__withdrawal=True)
    assert more["connection_firm", "c", "offtake", 2030] == near(10)


def test_what_is_withdrawn_leaves_the_expected_use_where_it_was():
    """A third of 60 MW is 20 MW, before and after the contract is lowered to 25 MW."""
    world = site(offtake_contract=60.0, offtake_peak=25.0, offtake_use=1 / 3)
    for withdrawal, contract in ((False, 60.0), (True, 25.0)):
        way = world.case(**rights(), grid__rights__withdrawal=withdrawal).rights.ways.loc[("c", "offtake")]
        assert way["contract"] == contract
        assert way["parts"] == (("", near(20.0)),)


def test_small_or_well_used_contracts_are_not_withdrawn():
    for contract, peak, voltage, left in ((30, 21, 150, 30), (30, 20, 150, 20), (4, 2.5, 20, 2.5), (4, 3.5, 20, 4)):
        world = site(offtake_contract=float(contract), offtake_peak=float(peak), voltage=float(voltage))
        case = world.case(**rights(), grid__rights__withdrawal=True)
        assert case.rights.ways.loc[("c", "offtake"), "contract"] == left


@pytest.mark.slow
def test_a_store_has_rights_in_both_directions():
    """A battery of 10 MW that moves 1 MWh a cycle from cheap to dear hours, with 4 MW of rights either way."""
    world = World(2, step_hours=1.0).regional().hosting(1e4, 1e4)
    world.technology("day", existing=100, variable_om=10, profile=[1, 0]).technology(
        "gas", existing=100, variable_om=50
    )
    world.demand(20).store("cell", "R", energy={"existing": 100.0}, power={"existing": 10.0})
    connected(world, "c", "R").add("connection_members", connection="c", store="cell")
    free = world.solve(**rights())
    assert free["store_charge", "cell@R", 2030] == near([10, 0])
    given = {"c": {"offtake": {"firm": 4.0}, "feed_in": {"firm": 8.0}}}
    assert world.solve(**rights(), grid__rights__fixed=given)["store_discharge", "cell@R", 2030] == near([0, 4])


@pytest.mark.slow
def test_sites_without_a_connection_count_by_their_contract():
    """S has 20 MW of contract and asks for more; T on a connection takes what is left of the row."""
    world = World(1).regional().site("S", contract_import=20.0, contract_growth_max=20.0).site("T")
    world.technology("grid", existing=1e4, variable_om=50).hosting(1e4, 50).demand(30, at="S").demand(40, at="T")
    world.technology("own_S", "S", existing=40, variable_om=60).technology("own_T", "T", existing=40, variable_om=58)
    connected(world, "c", "T")
    answer = world.solve(**rights())
    # S is worth 10 a MWh, T 8: S gets its 30 MW, T the other 20
    assert answer["site_right_new", "S", 2030] - answer["site_right_returned", "S", 2030] == near(10)
    assert answer["connection_firm", "c", "offtake", 2030] == near(20)
    assert answer.objective == near(8760 * (50 * 50 + 20 * 58))
    # planted: a contract that does not cover the import is found, and so is a substation beyond its limit (below)
    assert found_after(answer, "site_right_returned", 5.0) == {"contract in the row on rights"}
    # by flows instead, the contract of S asks for nothing beside what it takes
    assert world.solve(**rights(), grid__rights__sites=False).objective == near(answer.objective)


def found_after(answer: Any, name: str, by: float) -> set[str]:
    """Checks that fail once all cells of a result are changed by a number."""
    from model.core.features import load_features
    from model.cube import assemble
    from tests.checks.worlds import failed

    parts = answer.case, answer.program, load_features(), answer.solution, answer.compiled.statistics()
    cube = assemble(*parts).copy(deep=True)
    cube["results"][name].loc[{}] = cube["results"][name].values + by
    return set(failed(answer.case, cube))


def stations(**cells: Any) -> World:
    """Two substations below one regional bus: 30 MW of load at one, 30 MW of sun at the other; gas above at 50."""
    world = World(1).regional().bus("U", "substation", "R").bus("V", "substation", "R").hosting(1e4, 1e4)
    world.technology("gas", existing=100, variable_om=50).technology("sun", "V", existing=30).demand(30, at="U")
    for node, way, capacity in (("U", "offtake", 20.0), ("U", "feed_in", 20.0), ("V", "offtake", 20.0)):
        world.add("substation_hosting", node=node, direction=way, capacity=capacity)
    world.add("substation_hosting", node="V", direction="feed_in", capacity=cells.pop("feed_in", 25.0))
    return world.add("substation_reinforcement", node="U", **cells) if cells else world


def test_substations_have_limits_of_their_own():
    answer = stations().solve()
    assert answer["substation_exchange", "U", 2030] == near([-20])
    assert answer["substation_exchange", "V", 2030] == near([20])
    assert answer.objective == near(8760 * 10 * 3000)
    assert stations(feed_in=15.0).solve().objective == near(8760 * (10 * 3000 + 5 * 50))
    assert stations().solve(grid__hosting=False).objective == near(0)


def test_contracts_that_a_substation_cannot_carry_do_not_fill_its_region():
    """Of 20 MW under contract the substation carries 10: with 15 MW elsewhere that leaves 5 of the region's 30 MW."""
    world = World(1).regional().bus("U", "substation", "R").technology("grid", existing=1e4, variable_om=50)
    world.hosting(1e4, 30)
    for way in ("offtake", "feed_in"):
        world.add("substation_hosting", node="U", direction=way, capacity=10.0)
    for name, above, load, contract in (("S", "U", 20, 20.0), ("T", "R", 15, 15.0), ("V", "R", 20, 0.0)):
        world.site(name, above).demand(load, at=name).technology(f"own_{name}", name, existing=40, variable_om=60)
        connected(world, f"c_{name}", name, offtake_contract=contract)
    answer = world.solve(**rights())
    assert answer["connection_firm", "c_V", "offtake", 2030] == near(5)
    assert answer.objective == near(8760 * (30 * 50 + 25 * 60))
    assert answer.findings() == []


@pytest.mark.slow
def test_a_substation_is_reinforced_at_a_price_from_its_first_year():
    row = {"investment": 4e5, "fixed_om": 2e3, "lifetime": 40, "first_year": 2028, "both_directions": "yes"}
    answer = stations(**row).solve()
    assert answer["substation_built", "U", "both", 2030] == near(10)
    assert answer.objective == near(8760 * 5 * 50 + 10 * 12_000)
    assert stations(**row, build_rate_max=2.0).solve()["substation_built", "U", "both", 2030] == near(4)
    assert stations(**{**row, "first_year": 2031}).solve().objective == near(8760 * 10 * 3000)
    planted = {"substation limit feed_in", "substation limit offtake", "carrier balance"}
    assert found_after(answer, "substation_exchange", 9.0) == planted - {"substation limit offtake"}
    assert found_after(answer, "substation_exchange", -9.0) == planted - {"substation limit feed_in"}
    assert "substation reinforcement" in found_after(
        stations(**row, build_rate_max=2.0).solve(), "substation_built", 2.0
    )
    apart = stations(**{**row, "both_directions": "no"}).solve()
    assert apart["substation_built", "U", "offtake", 2030] == near(10)


@pytest.mark.slow
def test_rights_meet_the_limit_of_their_substation():
    """A park at a substation of 25 MW, in a region that has room."""
    world = connected(stations(), "c", "V", ["sun"], capacity=40.0).demand(5, at="V")
    answer = world.solve(**rights())
    # the load at the substation makes room for 5 MW more, of which 30 stand
    assert answer["connection_firm", "c", "feed_in", 2030] <= 30 + 1e-6
    assert answer.objective == near(8760 * 10 * 3000)


CHECKED: dict[str, Any] = {
    "data": lambda: offered(site(), "atr", **DURATION).solve(**rights("firm", "atr"), grid__atr85_form="data"),
    "call": lambda: offered(contracted(tariff_contract=9.0, tariff_peak=1.0), "cbc", **CALL).solve(
        **rights("firm", "cbc"), grid__rights__compensation="cost", grid__rights__tariffs="cost"
    ),
    "group": lambda: two_sites(contract_group="G", group_share=0.8).solve(**rights()),
    "substations": lambda: connected(stations(), "c", "V", ["sun"]).solve(**rights()),
}
"""What the tiny data set (tests/checks/test_faults_in_rights.py) does not hold."""


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKED)
def test_every_answer_passes_the_checks(name):
    assert [str(finding) for finding in CHECKED[name]().findings()] == []
