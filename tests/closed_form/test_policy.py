"""CO2 cap and price, the backstop, and a target for small reactors: each dual by hand."""

from __future__ import annotations

import math

import pytest

from model.errors import InputError
from tests.closed_form.answer import near
from tests.closed_form.world import World

CAP, PRICE = {"carbon__cap": "path"}, {"carbon__price": True}
YEARLY = 8760 * 100  # MWh


def coal_and_gas(cap_tonnes: float = 0.0, price: float = 0.0) -> World:
    """Coal: 20 EUR and 0.8 t a MWh; gas: 50 EUR and 0.4 t. A tonne is saved for 30 / 0.4 = 75 EUR."""
    world = World().demand(100).fuel("coal", 8, emission=0.32).fuel("gas", 25, emission=0.2)
    world.technology("coal_plant", takes={"coal": 2.5}, existing=200)
    world.technology("gas_plant", takes={"gas": 2.0}, existing=200)
    world.add("carbon_caps", cap="path", value=cap_tonnes / 1e6)
    return world.add("carbon_prices", price_scenario="given", value=price)


def emitted(answer) -> float:
    """Tonnes."""
    return 1000 * answer["emission", "N", 2030]


def test_dual_of_the_cap_is_the_cost_of_abatement():
    cap = 0.6 * YEARLY
    answer = coal_and_gas(cap).solve(**CAP)
    # half of it from coal and half from gas
    assert answer.objective == near(YEARLY * (20 + 50) / 2)
    assert answer.dual("carbon_cap", 2030) == near(-75_000)  # per kt
    assert answer.price() == near([20 + 0.8 * 75])
    assert coal_and_gas(cap).solve().objective == near(YEARLY * 20)


@pytest.mark.parametrize(("price", "rate"), [(74, 0.8), (76, 0.4)])
def test_price_moves_the_dispatch_where_the_dual_says(price, rate):
    answer = coal_and_gas(price=price).solve(**PRICE)
    assert emitted(answer) == near(rate * YEARLY)
    assert answer.objective == near(YEARLY * ((20 if rate == 0.8 else 50) + rate * price))
    # a price that the scenario does not charge does nothing
    assert coal_and_gas(price=price).solve().objective == near(YEARLY * 20)


@pytest.mark.parametrize("share", [0.45, 0.6, 0.75])
def test_the_dual_charged_as_a_price_gives_the_same_year(share):
    """With the dual as price the capped dispatch is still an optimum: its cost, and the price of what it emits."""
    capped = coal_and_gas(share * YEARLY).solve(**CAP)
    dual = -capped.dual("carbon_cap", 2030) / 1000
    charged = coal_and_gas(price=dual).solve(**PRICE)
    assert charged.objective == near(capped.objective + dual * share * YEARLY)
    assert charged.price() == near(capped.price())


def test_a_cap_below_what_is_possible_is_bought_off_at_the_backstop():
    answer = coal_and_gas(0.3 * YEARLY).solve(**CAP, carbon__backstop_cost=400.0)
    # all gas emits 0.4 t a MWh; the last 0.1 t are bought off
    assert answer.objective == near(YEARLY * (50 + 0.1 * 400))
    assert answer.cost("carbon_backstop") == near(YEARLY * 0.1 * 400)
    assert answer.dual("carbon_cap", 2030) == near(-400_000)
    # a backstop below the cost of abatement is taken instead of gas
    cheap = coal_and_gas(0.3 * YEARLY).solve(**CAP, carbon__backstop_cost=60.0)
    assert cheap.objective == near(YEARLY * (20 + 0.5 * 60))


def test_cap_and_price_together():
    answer = coal_and_gas(0.6 * YEARLY, price=30).solve(**CAP, **PRICE)
    # the price does a part of what the cap asks for: 75 less 30 are left to its dual
    assert answer.dual("carbon_cap", 2030) == near(-45_000)


def test_what_is_captured_does_not_count():
    world = World().demand(100).fuel("gas", 25, emission=0.2).add("carbon_prices", price_scenario="given", value=100)
    answer = world.technology("plant", takes={"gas": 2.5}, existing=200, capture_rate=0.9).solve(**PRICE)
    assert emitted(answer) == near(YEARLY * 0.05)  # 2.5 x 0.2 t, a tenth of it
    assert answer.objective == near(YEARLY * (62.5 + 5))


def gas_and_stored_biomass(price: float = 0.0) -> World:
    """Gas: 50 EUR and 0.4 t a MWh; stored biomass: 80 EUR and -0.8 t. A tonne is saved for 30 / 1.2 = 25 EUR."""
    world = World().demand(100).fuel("gas", 25, emission=0.2).fuel("biomass", 20)
    world.technology("gas_plant", takes={"gas": 2.0}, existing=200)
    world.technology("biomass_ccs", takes={"biomass": 2.5}, existing=200, variable_om=30, own_emission=-0.8)
    world.add("carbon_caps", cap="path", value=0.0)
    return world.add("carbon_prices", price_scenario="given", value=price)


def test_what_is_stored_for_good_makes_room_under_the_cap():
    answer = gas_and_stored_biomass().solve(**CAP)
    # 0.4 t of two MWh of gas are taken back by one of biomass
    assert answer["activity", "biomass_ccs@N", 2030] == near([100 / 3])
    assert answer.objective == near(YEARLY * (2 * 50 + 80) / 3)
    assert answer.dual("carbon_cap", 2030) == near(-25_000)  # per kt
    assert answer.cost("carbon_backstop") == near(0)
    assert [str(finding) for finding in answer.findings() if not finding.passed] == []


@pytest.mark.parametrize(("price", "rate"), [(24, 0.4), (26, -0.8)])
def test_what_is_stored_for_good_is_paid_the_price(price, rate):
    answer = gas_and_stored_biomass(price).solve(**PRICE)
    assert emitted(answer) == near(rate * YEARLY)
    assert answer.cost("carbon") == near(rate * price * YEARLY)
    assert answer.objective == near(YEARLY * ((50 if rate > 0 else 80) + rate * price))
    assert [str(finding) for finding in answer.findings() if not finding.passed] == []


def test_capture_takes_from_the_fuel_and_not_from_the_process():
    world = World().demand(100).fuel("waste", 0, emission=0.2).add("carbon_prices", price_scenario="given", value=100)
    plant = {"takes": {"waste": 2.5}, "existing": 200, "capture_rate": 0.9}
    answer = world.technology("plant", **plant, own_emission={2030: 0.1, 2050: 0.3}).solve(**PRICE)
    assert emitted(answer) == near(YEARLY * (2.5 * 0.2 * 0.1 + 0.1))
    assert [str(finding) for finding in answer.findings() if not finding.passed] == []


def test_a_part_of_a_store_cannot_emit():
    world = World().demand(100).store("cell", energy={"existing": 1, "own_emission": 0.1}, power={"existing": 1})
    with pytest.raises(InputError, match="cell_energy.*no activity"):
        world.attempt()


def test_caps_of_the_years_are_interpolated():
    world = coal_and_gas()
    world.rows["carbon_caps"].clear()
    for year, value in ((2030, 0.8 * YEARLY), (2050, 0.4 * YEARLY)):
        world.add("carbon_caps", cap="path", year=year, value=value / 1e6)
    answer = world.solve(**CAP, years=[2030, 2040, 2050])
    emissions = [1000 * answer["emission", "N", year] for year in (2030, 2040, 2050)]
    assert emissions == near([0.8 * YEARLY, 0.6 * YEARLY, 0.4 * YEARLY])


def with_target(target: float | None) -> World:
    """Grid power at 40; a reactor of 600 EUR/kW_e over one year, running at 10 for 90 % of it."""
    scenario = {} if target is None else {"reactors__target": {2030: target}}
    world = (
        World(reactors__modes=["flexible"], **scenario).technology("grid", existing=1e4, variable_om=40).demand(1000)
    )
    figures = {"investment": 600.0, "fixed_om": 20.0, "variable_om": 2.0, "fuel_cost": 8.0, "availability": 0.9}
    return world.reactor("cls_lwr", potential=math.inf, efficiency=0.25, lifetime=1, **figures)


def test_dual_of_the_target_is_what_a_megawatt_costs_above_its_worth():
    answer = with_target(300.0).solve()
    # 620,000 a year for each MW_e, less 0.9 x 8,760 h x 30 of saved power
    missing = 620_000 - 0.9 * 8760 * 30
    assert answer["capacity", "cls_lwr@N", 2030] == near(1200)  # MW_th
    assert answer.dual("smr_target", 2030) == near(missing)
    assert answer.objective == near(8760 * 1000 * 40 + 300 * missing)
    assert with_target(None).solve().objective == near(8760 * 1000 * 40)


def test_large_reactors_do_not_count_towards_the_target():
    large = {"design_class": "cls_large", "kind": "large", "efficiency": 0.35, "investment": 1.0}
    answer = with_target(300.0).reactor("cls_large", potential=math.inf, **large).solve()
    assert answer["capacity", "cls_lwr@N", 2030] == near(1200)
    # the large one is free to run and serves all, while the small ones stand idle for the target
    assert answer["capacity", "cls_large@N", 2030] == near(1000 / 0.35)
