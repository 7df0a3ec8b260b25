"""Heat networks by hand: loss, limit, growth, connection against heat beside the network (H1)."""

from __future__ import annotations

import math

import pytest

from tests.closed_form.answer import Answer, near
from tests.closed_form.world import World

ON = {"detail__heat_networks": True}
HEAT = "heat_100"


def faults(answer: Answer) -> list[str]:
    """What the independent checks find wrong."""
    return [str(finding) for finding in answer.findings() if not finding.passed]


def district(steps: int = 1, **cells: float) -> World:
    """100 MW of heat from a plant at 40 EUR on the network's side; 60 MW connected, a fifth of what is fed in lost."""
    world = World(steps).demand(100, carrier=HEAT).technology("plant", gives=HEAT, existing=500, variable_om=40)
    row = {"capacity": 60.0, "loss": 0.2, "connection_cost": 0.0, "fixed_om": 0.0, "lifetime": 10, **cells}
    return world.add("heat_networks", node="N", carrier=HEAT, **row)


def beside(world: World, price: float = 70.0, existing: float = 500.0) -> World:
    """Heat in the house, beside the network."""
    world.technology("house", gives=HEAT, existing=existing, variable_om=price)
    return world.change("technologies", "house", detail="heat_networks")


def test_what_is_lost_is_a_share_of_what_is_fed_in():
    answer = district(capacity=100.0).solve(**ON)
    assert answer["activity", "plant@N", 2030] == near([125])
    assert answer.price("N", HEAT) == near([40])  # at the plant; a MWh in the house takes 1.25 of it
    assert answer.objective == near(8760 * 125 * 40)
    assert district(capacity=100.0).solve().objective == near(8760 * 100 * 40)
    assert faults(answer) == []


def test_what_is_not_connected_is_heated_beside_the_network():
    answer = beside(district(growth_max=0.0)).solve(**ON)
    assert answer["heat_network_load", "N", HEAT, 2030] == near([60])
    assert answer["activity", "house@N", 2030] == near([40])
    assert answer.objective == near(8760 * (75 * 40 + 40 * 70))
    # one more MW_th connected saves a house at 70 and takes 1.25 MWh at 40
    assert answer.dual("heat_network_limit", "N", HEAT, 2030) / 8760 == near([-(70 - 50)])
    assert faults(answer) == []


def test_heat_in_the_house_exists_only_with_networks():
    answer = beside(district()).solve()
    assert "house@N" not in answer.case.assets.index
    assert answer.objective == near(8760 * 100 * 40)


def test_what_nobody_reaches_stays_unserved():
    answer = district(growth_max=0.0).solve(**ON)
    assert answer["heat_unconnected", "N", HEAT, 2030] == near([40])
    assert answer.cost("unserved") == near(8760 * 40 * 3000)
    assert answer.objective == near(8760 * (75 * 40 + 40 * 3000))
    assert faults(answer) == []


@pytest.mark.parametrize(("cost", "added"), [(19, 40.0), (21, 0.0)])
def test_a_connection_is_made_where_the_year_pays_for_it(cost, added):
    # a MW_th saves 20 EUR in every hour; a tenth of its cost and its fixed cost are paid a year
    world = beside(district(connection_cost=10 * (cost - 1) * 8760.0, fixed_om=8760.0))
    answer = world.solve(**ON)
    assert answer["heat_network_added", "N", HEAT, 2030] == near(added)
    assert answer.objective == near(8760 * (75 * 40 + 40 * (50 + min(cost, 20))))
    assert answer.cost("heat_network") == near(8760 * added * cost)
    assert faults(answer) == []


def test_networks_grow_no_faster_than_so_much_a_year():
    """2 MW a year: 10 MW from the stock of 2025 to 2030, 20 more to 2040.  The first milestone stands for ten years."""
    years = {"years": [2030, 2040]}
    answer = beside(district(growth_max=2.0)).solve(**years, **ON)
    assert [answer["heat_network_added", "N", HEAT, year] for year in (2030, 2040)] == near([10, 30])
    assert answer.objective == near(8760 * (10 * (70 * 50 + 30 * 70) + 90 * 50 + 10 * 70))
    assert faults(answer) == []
    free = beside(district(growth_max=2.0)).solve(**years, **ON, investment__build_rates=False)
    assert free.objective == near(11 * 8760 * 100 * 50)


def test_what_is_connected_stays():
    """Heat in the house is free in 2040: what was connected for 2030 is still paid for."""
    world = beside(district(fixed_om=8760.0))
    world.rows["technology_parameters"] = [
        row for row in world.rows["technology_parameters"] if row["technology"] != "house"
    ]
    for year, price in ((2030, 70.0), (2040, 0.0)):
        world.add("technology_parameters", technology="house", parameter="variable_om", year=year, value=price)
    answer = world.solve(years=[2030, 2040], **ON)
    assert [answer["heat_network_added", "N", HEAT, year] for year in (2030, 2040)] == near([40, 40])
    assert answer.objective == near(8760 * (10 * (100 * 50 + 40) + 40))
    assert faults(answer) == []


def test_a_store_on_the_network_side_shifts_the_load_of_plants_not_of_pipes():
    """60 and 100 MW wanted, 80 connected: a store at the plant cannot bring the peak through the pipes."""
    world = beside(district(2, capacity=80.0, growth_max=0.0)).demand([60, 100], carrier=HEAT)
    free = {"potential": math.inf, "investment": 0.0, "lifetime": 10}
    answer = world.store("tank", carrier=HEAT, energy=free, power=free).solve(**ON)
    assert answer["activity", "house@N", 2030] == near([0, 20])
    assert answer.objective == near(4380 * (140 * 50 + 20 * 70))
    assert faults(answer) == []
