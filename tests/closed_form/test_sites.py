"""Sites behind the meter: contracts, monthly peaks, and when own power shaves them."""

from __future__ import annotations

import pytest

from tests.closed_form.answer import near
from tests.closed_form.world import World

COST = {"sites__tariffs": "cost"}


def site(world: World, **cells: float) -> World:
    """A site below its region; grid power costs 50."""
    return world.regional().site(**cells).technology("grid", existing=1e4, variable_om=50)


def test_import_contract_limits_what_a_site_takes():
    world = site(World(), contract_import=60.0, contract_growth_max=15.0).demand(100, at="S")
    assert world.solve().objective == near(8760 * (75 * 50 + 25 * 3000))
    assert world.solve(sites__contracts=False).objective == near(8760 * 100 * 50)
    # own power comes before darkness
    world.technology("own", "S", existing=100, variable_om=70)
    assert world.solve().objective == near(8760 * (75 * 50 + 25 * 70))


def test_export_contract_limits_what_a_site_gives():
    world = site(World(), contract_export=30.0).technology("own", "S", existing=100, variable_om=10)
    world.demand(40, at="S").demand(80)
    # 40 MW for itself and 30 MW for the grid, which makes the other 50 MW itself
    assert world.solve().objective == near(8760 * (70 * 10 + 50 * 50))
    assert world.solve(sites__contracts=False).objective == near(8760 * (100 * 10 + 20 * 50))


def two_periods(own: float = 0.0, **cells: float) -> World:
    """Two periods of two steps: the first stands for days of January and February, the second of February and March.

    The site takes 50 and 100 MW in the first, 80 and 60 MW in the second.
    """
    world = World(periods=[(2, 2000.0), (2, 2380.0)], months=[[1, 2], [2, 3]])
    world = site(world, **{"tariff_contract": 65.0, "tariff_peak": 6.0, **cells}).demand([50, 100, 80, 60], at="S")
    return world.technology("own", "S", existing=own, variable_om=60) if own else world


ENERGY = 50 * (2000 * 150 + 2380 * 140)


def test_monthly_peaks_by_hand():
    answer = two_periods().solve(**COST)
    assert [answer["site_month_peak", "S", 2030, month] for month in (1, 2, 3)] == near([100, 100, 80])
    tariff = 65_000 * 100 + 6_000 * (100 + 100 + 80)
    assert answer.cost("site_tariff") == near(tariff)
    assert answer.objective == near(ENERGY + tariff)


def test_as_transfers_tariffs_move_no_decision():
    answer = two_periods(own=30).solve()
    # own power at 60 never runs against 50
    assert answer.objective == near(ENERGY)
    assert answer.yearly("activity", "own@S", 2030) == near(0)


def test_own_power_shaves_the_peak_exactly_when_tariffs_are_costs():
    """From 100 to 80 MW a MW saves the contract and two months, 65,000 + 12,000, for 2,000 h at 10 more: 20,000.

    Below 80 MW the second period must be shaved too: 65,000 + 18,000 for 4,380 h, 43,800.
    Below 70 MW the unit of 30 MW is at its end.
    """
    answer = two_periods(own=30).solve(**COST)
    assert [answer["site_block_peak", "S", 2030, block] for block in (0, 1)] == near([70, 70])
    assert answer["site_contract", "S", 2030] == near(70)
    dearer = 10 * (2000 * 30 + 2380 * 10)
    assert answer.objective == near(ENERGY + dearer + 65_000 * 70 + 6_000 * 3 * 70)


@pytest.mark.parametrize(("price", "peak"), [(59.0, 70), (61.0, 80)])
def test_it_stops_where_the_next_megawatt_costs_more_than_it_saves(price, peak):
    """Below 80 MW 4,380 h of own power at a premium of 9 or 11 stand against 43,800 of tariffs."""
    world = two_periods(tariff_contract=25.8).technology("own", "S", existing=30, variable_om=price)
    answer = world.solve(**COST)  # 25,800 + 3 x 6,000 = 43,800: worth it up to a premium of 10
    assert answer["site_contract", "S", 2030] == near(peak)


def test_a_site_may_contract_less_than_it_has_and_more_as_far_as_it_may_grow():
    world = two_periods(contract_import=90.0, contract_growth_max=0.0)
    answer = world.solve(**COST)
    # the 10 MW above the contract stay unserved
    assert answer["site_contract", "S", 2030] == near(90)
    assert answer["unserved", "S", "electricity", 2030] == near([0, 10, 0, 0])
    assert two_periods(contract_import=500.0).solve(**COST)["site_contract", "S", 2030] == near(100)


def test_in_a_full_year_every_month_has_its_own_peak():
    """One period whose steps lie in January, January, February, March."""
    world = site(World(4, step_months=[1, 1, 2, 3]), tariff_peak=6.0).demand([50, 100, 80, 60], at="S")
    answer = world.solve(**COST)
    assert [answer["site_month_peak", "S", 2030, month] for month in (1, 2, 3)] == near([100, 80, 60])
    assert answer.cost("site_tariff") == near(6_000 * 240)
    # were the year one block, each of the three months would pay 100 MW
    lumped = site(World(4, months=[[1, 2, 3]]), tariff_peak=6.0).demand([50, 100, 80, 60], at="S")
    assert lumped.solve(**COST).cost("site_tariff") == near(6_000 * 300)
