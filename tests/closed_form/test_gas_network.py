"""Gas in one grid: the same cost as bought gas, green gas within its injection, and where its carbon counts (H3)."""

from __future__ import annotations

import pytest

from tests.closed_form.answer import Answer, near
from tests.closed_form.world import BALANCED, World

YEARLY = 8760 * 100  # MWh
GRID, PRICE = {"detail__gas_network": True}, {"carbon__price": True}


def faults(answer: Answer) -> list[str]:
    """What the independent checks find wrong."""
    return [str(finding) for finding in answer.findings() if not finding.passed]


def gas_world(price: float = 0.0, **plant: float) -> World:
    """100 MW of power at M from 2 MWh of gas at 25 EUR and 0.2 t; the grid is fed at N."""
    world = World().bus("M").demand(100, at="M").fuel("gas", 25, emission=0.2)
    world.add("carriers", carrier="methane", **BALANCED, kind="fuel", carbon_content=0.2)
    world.change("carriers", "gas", balanced_as="methane")
    world.technology("supply", gives="methane", takes={"gas": 1.0}, existing=1e4)
    world.technology("plant", "M", takes={"gas": 2.0}, existing=200, **plant)
    return world.add("carbon_prices", price_scenario="given", value=price)


def green(world: World, price: float, injection: float | None = None, existing: float = 500.0) -> World:
    """Green gas at M for so much a MWh, of biomass that has no fossil carbon."""
    world.technology("digester", "M", gives="methane", existing=existing, variable_om=price)
    if injection is not None:
        world.add("gas_injection", node="M", carrier="methane", value=injection)
    return world


@pytest.mark.parametrize("price", [0.0, 100.0])
def test_the_grid_changes_neither_cost_nor_emission_where_only_natural_gas_feeds_it(price):
    bought, balanced = (gas_world(price).solve(**PRICE, detail__gas_network=on) for on in (False, True))
    assert balanced.objective == near(bought.objective) == near(YEARLY * (50 + 0.4 * price))
    assert balanced.price("M", "methane") == near([25 + 0.2 * price])
    # the carbon enters with the supply, at N
    assert bought["emission", "M", 2030] == near(balanced["emission", "N", 2030]) == near(0.4 * YEARLY / 1000)
    assert balanced.yearly("gas_exchange", "M", "methane", 2030) == near(2 * YEARLY)
    assert faults(balanced) == []


@pytest.mark.parametrize(("cost", "given"), [(44, 200.0), (46, 0.0)])
def test_green_gas_displaces_gas_and_its_carbon(cost, given):
    # a MWh of gas costs 25 and 0.2 t at 100
    answer = green(gas_world(100), cost).solve(**PRICE, **GRID)
    assert answer["activity", "digester@M", 2030] == near([given])
    assert answer.objective == near(8760 * 200 * min(cost, 45))
    assert faults(answer) == []


def test_no_more_is_fed_in_than_the_connection_takes_but_what_is_used_on_the_spot_needs_none():
    """300 MW could be made at M, where 200 are used; at N 100 more are wanted, and the connection takes 40."""
    world = green(gas_world(), 10, injection=40.0, existing=300).demand(100, at="N", carrier="methane")
    answer = world.solve(**GRID)
    assert answer["activity", "digester@M", 2030] == near([240])
    assert answer.objective == near(8760 * (240 * 10 + 60 * 25))
    assert answer["gas_exchange", "M", "methane", 2030] == near([-40])
    wide = green(gas_world(), 10, existing=300).demand(100, at="N", carrier="methane").solve(**GRID)
    assert wide.objective == near(8760 * 300 * 10)
    assert faults(answer) == faults(wide) == []


def test_injection_lies_between_the_years_of_the_table():
    world = green(gas_world(), 10).demand(100, at="N", carrier="methane")
    for year, value in ((2030, 20.0), (2050, 60.0)):
        world.add("gas_injection", node="M", carrier="methane", year=year, value=value)
    answer = world.solve(years=[2030, 2040], **GRID)
    assert [float(answer["gas_exchange", "M", "methane", year][0]) for year in (2030, 2040)] == near([-20, -40])


def test_capture_of_green_gas_counts_negative():
    """0.2 t in a MWh of gas of any origin, nine tenths caught: half natural, half green is 0.2 less 0.36 t."""
    world = green(gas_world(100, capture_rate=0.9), 10, injection=0.0, existing=100)
    answer = world.solve(**PRICE, **GRID)
    assert answer["activity", "digester@M", 2030] == near([100])
    assert 1000 * sum(answer["emission", node, 2030] for node in "NM") == near(8760 * (100 * 0.2 - 200 * 0.2 * 0.9))
    assert faults(answer) == []
    assert green(gas_world(100, capture_rate=0.9), 10, existing=100).solve(**PRICE).objective > answer.objective
