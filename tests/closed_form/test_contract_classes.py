"""Contract classes beside the firm one: what each allows, costs and forbids, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from model.core.blocks import block_numbers, step_weeks
from tests.closed_form.answer import near
from tests.closed_form.world import World

TARIFFS = {"tariff_contract": 60.0, "tariff_peak": 0.0}
DARK = 3000.0


def classed(world: World, kind: str, *sites: str, capacity: float = np.nan, **cells: float) -> World:
    """Offer a class named after its kind to sites."""
    row = {"contract_factor": 1.0, **cells}
    world.add("contract_classes", contract_class=kind, kind=kind, **row)
    for site in sites or ("S",):
        world.add(
            "site_contracts",
            node=site,
            contract_class=kind,
            capacity_max=capacity,
            contract_group="G" if kind == "group" else "",
        )
    return world


def choose(*names: str) -> dict[str, object]:
    return {"sites__tariffs": "cost", "sites__contract_classes": list(names)}


def peaky(own: float = 0.0, **tariffs: float) -> World:
    """A site that takes 50 MW, and 100 MW in 400 hours of the year; grid power costs 50."""
    world = World(periods=[(1, 8360.0), (1, 400.0)])
    world.regional().site(**{**TARIFFS, **tariffs}).technology("grid", existing=1e4, variable_om=50)
    world.demand([50, 100], at="S")
    return world.technology("own", "S", existing=own, variable_om=70) if own else world


ENERGY = 50.0 * (50 * 8360 + 100 * 400)
RESERVE = {"contract_factor": 0.5, "weekly_peak_factor": 0.0, "hours_max": 600.0}


def test_few_hours_carry_the_peak_at_half_the_price():
    """A MW of the class for the peak of 400 h has 200 h left, which carry a little of the base too: with f MW firm,
    8360 (50 - f) = 200 (100 - f)."""
    answer = classed(peaky(), "reserve", **RESERVE).solve(**choose("firm", "reserve"))
    firm = (8360 * 50 - 200 * 100) / (8360 - 200)
    assert answer["site_contract", "S", 2030] == near(firm)
    assert answer["site_class_contract", "S", "reserve", 2030] == near(100 - firm)
    assert answer.objective == near(ENERGY + 60_000 * firm + 30_000 * (100 - firm))
    assert peaky().solve(**choose("firm")).objective == near(ENERGY + 60_000 * 100)


def test_the_hours_of_the_reserve_class_bite():
    """With 200 h instead of 600 a MW of peak for 400 h needs 2 MW of contract: as dear as firm power, which it replaces
    only where it is cheaper than that."""
    short = classed(peaky(), "reserve", **{**RESERVE, "hours_max": 200.0, "contract_factor": 0.4})
    answer = short.solve(**choose("firm", "reserve"))
    assert answer["site_class_contract", "S", "reserve", 2030] == near(100)
    assert answer.objective == near(ENERGY + 60_000 * 50 + 24_000 * 100)
    dear = classed(peaky(), "reserve", **{**RESERVE, "hours_max": 200.0}).solve(**choose("firm", "reserve"))
    assert dear.objective == near(ENERGY + 60_000 * 100)


def test_a_split_is_a_lower_bound_on_the_whole_connection():
    """Split, the class takes the peak alone.  Whole, 100 MW × 600 h = 60 GWh of import are all there is."""
    world = classed(peaky(own=100), "reserve", **RESERVE)
    split = world.solve(**choose("firm", "reserve"))
    whole = world.solve(**choose("firm", "reserve"), sites__whole_connection={"S": "reserve"})
    assert whole["site_contract", "S", 2030] == near(0)
    # a MW of contract costs 30,000 and saves 600 h × 20 = 12,000: it is not worth having beside own power
    assert whole.objective == near(70.0 * (50 * 8360 + 100 * 400))
    assert split.objective < whole.objective - 1e6
    cheap = world.change("sites", "S", tariff_contract=20.0, contract_import=100.0)
    whole = cheap.solve(**choose("firm", "reserve"), sites__whole_connection={"S": "reserve"})
    # at 10,000 it is: the connection of 100 MW takes 60,000 MWh at 50 instead of 70
    assert whole["site_class_contract", "S", "reserve", 2030] == near(100)
    assert whole.yearly("site_reserve_import", "S", "reserve", 2030) == near(60_000)
    assert whole.objective == near(70.0 * (50 * 8360 + 100 * 400) - 60_000 * 20 + 10_000 * 100)


def test_weekly_peaks_are_charged_by_the_week():
    """Two periods, each a week of one step: the class's peak of each week at 18/52 of the monthly tariff."""
    world = World(periods=[(1, 168.0), (1, 8592.0)], runs=[(0, 168.0), (1, 8592.0)])
    world.regional().site(tariff_contract=0.0, tariff_peak=5.2).technology("grid", existing=1e4, variable_om=0)
    classed(world, "reserve", contract_factor=0.0, weekly_peak_factor=18 / 52, hours_max=8760.0).demand([10, 4], at="S")
    answer = world.solve(**choose("firm", "reserve"), sites__whole_connection={"S": "reserve"})
    assert answer["site_week_peak", "S", "reserve", 2030, 1] == near(10)
    assert answer["site_week_peak", "S", "reserve", 2030, 2] == near(4)
    assert answer.objective == near(1000 * 5.2 * 18 / 52 * (10 + 51 * 4))
    # by the month the one month of this world costs its highest hour
    assert world.solve(**choose("firm")).objective == near(1000 * 5.2 * 10)


def test_a_right_in_85_percent_of_the_hours_is_free_but_not_in_the_hours_of_highest_load():
    """Five steps of 1752 h: one may be restricted where the share is 0.2, the one of highest load of the region."""
    world = World(5)
    world.regional().site(**TARIFFS).technology("grid", existing=1e4, variable_om=50)
    world.technology("own", "S", existing=40, variable_om=70).demand(40, at="S").demand([1, 2, 9, 3, 4])
    classed(world, "duration", contract_factor=0.0, restricted_share=0.2)
    answer = world.solve(**choose("firm", "duration"))
    # firm power for one step would cost 60,000 a MW; own power in 1752 h only 20 more
    assert answer["activity", "own@S", 2030] == near([0, 0, 40, 0, 0])
    assert answer.objective == near(8760 * 50 * 40 + 1752 * 40 * 20 + 50 * 1752 * 19)
    # a share below the weight of a step restricts none
    free = World(5).regional().site(**TARIFFS).technology("grid", existing=1e4, variable_om=50).demand(40, at="S")
    free.demand([1, 2, 9, 3, 4])
    answer = classed(free, "duration", contract_factor=0.0, restricted_share=0.15).solve(**choose("duration"))
    assert answer.objective == near(8760 * 50 * 40 + 50 * 1752 * 19)


def test_a_block_holds_in_its_hours_of_the_local_clock():
    """24 steps from midnight UTC on 1 January: 23:00 to 06:00 local is 22:00 to 05:00 UTC."""
    world = World(24)
    world.regional().site(**TARIFFS).technology("grid", existing=1e4, variable_om=50)
    world.technology("own", "S", existing=10, variable_om=55).demand(10, at="S")
    classed(world, "block", contract_factor=0.1, block_start=23, block_end=6)
    answer = world.solve(**choose("firm", "block"))
    night = np.isin(np.arange(24), [22, 23, 0, 1, 2, 3, 4])
    assert answer["activity", "own@S", 2030] == near(np.where(night, 0.0, 10.0))
    assert answer.objective == near(365 * 10 * (7 * 50 + 17 * 55) + 6_000 * 10)


def test_a_group_contracts_the_peak_of_its_sum():
    """30 and 10 MW, then 10 and 30 MW: alone 60 MW of contract, together 40."""
    world = World(2)
    world.regional().site("S", **TARIFFS).site("T", **TARIFFS).technology("grid", existing=1e4, variable_om=50)
    world.demand([30, 10], at="S").demand([10, 30], at="T")
    alone = world.solve(**choose("firm"))
    together = classed(world, "group", "S", "T").solve(**choose("firm", "group"))
    assert alone.objective - together.objective == near(60_000 * 20)
    assert together.objective == near(8760 * 40 * 50 + 60_000 * 40)
    # the shared limit bites: with a load of 45 MW in the second step it costs 5 MW more
    world.demand([10, 35], at="T")
    assert world.solve(**choose("firm", "group")).objective == near(4380 * 85 * 50 + 60_000 * 45)


def test_one_member_s_export_makes_room_for_another():
    world = World(1)
    world.regional().site("S", **TARIFFS).site("T", **TARIFFS).technology("grid", existing=1e4, variable_om=50)
    world.technology("own", "S", existing=20, variable_om=10).demand(30, at="T")
    answer = classed(world, "group", "S", "T").solve(**choose("firm", "group"))
    assert answer["site_exchange", "S", 2030] == near([-20])
    assert answer["site_exchange", "T", 2030] == near([30])
    assert answer.objective == near(8760 * (20 * 10 + 10 * 50) + 60_000 * 10)


def test_a_site_to_which_nothing_is_offered_keeps_its_firm_contract():
    world = classed(peaky(), "reserve", **RESERVE).site("T", **TARIFFS).demand(5, at="T")
    answer = world.solve(**choose("reserve"))
    assert answer["site_contract", "T", 2030] == near(5)
    assert answer["site_contract", "S", 2030] == near(0)


def test_every_answer_passes_the_checks():
    for world, names in (
        (classed(peaky(), "reserve", **{**RESERVE, "weekly_peak_factor": 0.3}), ("firm", "reserve")),
        (classed(peaky(tariff_peak=4.0), "duration", contract_factor=0.0, restricted_share=0.15), ("firm", "duration")),
        (classed(peaky(), "block", block_start=23, block_end=6), ("firm", "block")),
        (classed(peaky().site("T", **TARIFFS).demand(7, at="T"), "group", "S", "T"), ("firm", "group")),
    ):
        assert world.solve(**choose(*names)).findings() == []


def test_weeks_of_a_typical_day_and_of_a_full_year():
    """Day 0 stands for the first ten days of the year, day 1 for the rest; a full year has its own weeks."""
    days = World(periods=[(24, 10.0), (24, 355.0)]).case().time
    found: dict[int, set[int]] = {}
    for step, week in step_weeks(days):
        found.setdefault(step, set()).add(week)
    assert found[0] == {1, 2}
    assert found[24] == set(range(2, 53))
    year = World(8760).case().time
    assert step_weeks(year)[:2] == [(0, 1), (1, 1)]
    assert dict(step_weeks(year))[168] == 2
    assert dict(step_weeks(year))[8759] == 52
    assert block_numbers(year.period.tolist(), step_weeks(year))[[0, 167, 168, 8759]].tolist() == [0, 0, 1, 51]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"sites__contract_classes": ["firm", "reserve"]}, "without a price"),
        ({"sites__whole_connection": {"S": "reserve"}}, "without a price"),
        ({"sites__tariffs": "cost", "sites__contract_classes": ["reserve"], "sites__contracts": False}, "count on"),
    ],
)
def test_a_choice_without_a_price_or_without_limits_is_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        classed(peaky(), "reserve", **RESERVE).solve(**settings)
