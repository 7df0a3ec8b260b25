"""Ledgers of reactors and of the worst week, by hand (formulation R9, smr/README.md F10 and F12)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from model.core.features import load_features
from model.cube import assemble
from tests.closed_form.answer import Answer, near
from tests.closed_form.world import BALANCED, World

UNIT = {
    **{"efficiency": 1.0 / 3.0, "unit_size_e": 300.0, "unit_size_th": 900.0, "availability": 0.9},
    **{"burn_up": 45.0, "waste_fee": 0.6, "cooling_water_rise": 10.0, "tower_evaporation": 1.2},
    **{"land_use": 0.005, "domestic_share": 0.4},
}
FLEXIBLE = {"reactors__modes": ["flexible", "behind_the_meter", "coproduction"]}
FULL_YEAR = 8760.0 * 0.9


def ledgers(answer: Answer) -> Any:
    """The ledgers of a solved world, all checks passed."""
    from model.cube import run_checks

    cube = assemble(answer.case, answer.program, load_features(), answer.solution, answer.compiled.statistics())
    assert run_checks(answer.case, cube) == []
    return cube["ledgers"]


def figure(found: Any, name: str, **labels: Any) -> float:
    """One figure."""
    return float(found[name].sel(labels).values)


def one_unit(**world: Any) -> World:
    """One unit of 300 MW_e that stands, before a demand that it cannot meet."""
    made = World(**{**FLEXIBLE, **world}).change("carriers", "electricity", value_of_lost_load=1000.0)
    return made.demand(1000.0).reactor("cls_lwr", existing=900.0, **UNIT)


def test_one_unit_of_300_megawatts_for_a_year():
    """900 MW_th at 90 % are 7,095,600 MWh_th: 295,650 MWd, 6.57 t at 45 GWd/t; 2,365,200 MWh_e."""
    found = ledgers(one_unit().solve())
    at = {"design": "cls_lwr", "node": "N", "year": 2030}
    assert figure(found, "spent_fuel", **at) == near(900 * 0.9 * 365 / 45_000)
    assert figure(found, "spent_fuel", **at) == near(6.57)
    assert figure(found, "waste_fee", **at) == near(0.6 * 7_095_600)
    assert figure(found, "reactor_units", **at) == near(1.0)
    assert figure(found, "reactor_electric_capacity", **at) == near(300.0)
    assert figure(found, "reactor_full_load_hours", **at) == near(FULL_YEAR)
    assert figure(found, "reactor_heat", **at) == near(7.0956)
    assert figure(found, "reactor_power_given", **at) == near(2.3652)
    assert figure(found, "reactor_heat_given", **at) == near(0.0)
    # 600 MW leave it at full load: 600e6 W / (4186 J/kg/K x 10 K x 1000 kg/m3) = 14.33 m3/s; 90 % of it in any hour
    assert figure(found, "cooling_water_full_load", **at) == near(600.0 / 41.86)
    assert figure(found, "cooling_water_peak", **at) == near(0.9 * 600.0 / 41.86)
    assert figure(found, "place_cooling_water_peak", node="N", year=2030) == near(0.9 * 600.0 / 41.86)
    assert figure(found, "reactor_land", **at) == near(4.5)
    # what stands is neither built nor owed by the model
    assert figure(found, "decommissioning_cost", **at) == near(0.0)


def test_a_tower_and_the_limits_of_the_place():
    site = {"cooling": "tower", "cooling_water_max": 0.5, "land_max": 6.0}
    found = ledgers(one_unit().add("reactor_sites", node="N", **site).solve())
    assert figure(found, "place_cooling_water", node="N", year=2030) == near(600 * 1.2 / 3600)
    assert figure(found, "place_cooling_water_limit", node="N", year=2030) == near(0.5)
    assert figure(found, "place_land", node="N", year=2030) == near(4.5)
    assert figure(found, "place_land_limit", node="N", year=2030) == near(6.0)


def test_heat_for_users_warms_no_river_and_makes_fuel_all_the_same():
    """All steam past the turbine to users at 100 degC: no power, 810 MW of heat, no cooling water."""
    world = (
        World(**FLEXIBLE).change("carriers", "heat_100", value_of_lost_load=9000.0).demand(1000.0, carrier="heat_100")
    )
    answer = world.reactor(
        "cls_lwr", existing=900.0, loss={100.0: 0.1}, **{**UNIT, "live_steam_efficiency": 1.0}
    ).solve()
    found = ledgers(answer)
    at = {"design": "cls_lwr", "node": "N", "year": 2030}
    assert figure(found, "reactor_heat_given", **at) == near(7.0956)
    assert figure(found, "cooling_water_peak", **at) == near(0.0)
    assert figure(found, "spent_fuel", **at) == near(6.57)


def test_money_of_what_is_built():
    """300 MW_e at 5,000 EUR/kW: 1.5 billion, 40 % at home, 15 % of it at the end of life, a 60th of that a year."""
    world = World(**FLEXIBLE).demand(270.0)
    world.reactor("cls_lwr", potential=math.inf, **UNIT, investment=5000.0, decommissioning=0.15)
    found = ledgers(world.solve())
    at = {"design": "cls_lwr", "node": "N", "year": 2030}
    assert figure(found, "reactor_spending", **at) == near(1.5e9)
    assert figure(found, "domestic_spending", **at) == near(0.6e9)
    assert figure(found, "decommissioning_cost", **at) == near(0.225e9)
    assert figure(found, "decommissioning_fund", **at) == near(0.225e9 / 60)


def test_units_started_per_year_against_the_supply_chain():
    """Two units by 2040 from the first year possible, 2036: half a unit a year, of at most one."""
    world = World(**FLEXIBLE, years=[2030, 2040]).demand(540.0, year=2040).demand(0.0, year=2030)
    figures = {**UNIT, "earliest_year": 2036.0, "build_rate_max": 300.0}
    found = ledgers(world.reactor("cls_lwr", potential=math.inf, investment=1.0, **figures).solve())
    assert figure(found, "units_started", design="cls_lwr", year=2040) == near(0.5)
    assert figure(found, "units_started_max", design="cls_lwr", year=2040) == near(1.0)


def with_gas(world: World, name: str = "natural_gas", **cells: Any) -> World:
    """A fuel of reference, 0.2 t/MWh, with a good and a bad plant, and one that gives heat too."""
    world.add("carriers", carrier=name, kind="fuel", balanced="no", emission_factor=0.2, reference_fuel="yes", **cells)
    world.add("fuel_prices", carrier=name, price_scenario="given", value=30.0)
    for plant, gas in (("good", 2.0), ("bad", 3.0)):
        world.technology(plant, existing=1.0, takes={name: gas})
    return world.technology("both", existing=1.0, gives={"electricity": 1.0, "heat_100": 1.0}, takes={name: 1.5})


@pytest.mark.parametrize("name", ["natural_gas", "another_gas"])
def test_avoided_co2_against_the_best_gas_plant_and_boiler(name):
    """0.2 t/MWh x (2,365,200 / 0.5) = 946,080 t; the worse plant and the one that gives heat too do not count."""
    at = {"design": "cls_lwr", "node": "N", "year": 2030}
    found = ledgers(with_gas(one_unit(), name).solve())
    assert figure(found, "avoided_co2", **at) == near(0.2 * 2.3652 / 0.5)


def test_avoided_co2_is_the_same_where_gas_is_balanced_by_the_hour():
    """Plants take the gas of the grid, which has no emission factor of its own: it stands for the gas that enters."""
    world = with_gas(one_unit(), balanced_as="methane")
    world.add("carriers", carrier="methane", **BALANCED, kind="fuel", carbon_content=0.2)
    world.technology("supply", gives="methane", takes={"natural_gas": 1.0}, existing=1e4)
    at = {"design": "cls_lwr", "node": "N", "year": 2030}
    for on in (False, True):
        found = ledgers(world.solve(detail__gas_network=on))
        assert figure(found, "avoided_co2", **at) == near(0.2 * 2.3652 / 0.5)


def test_without_a_fuel_of_reference_nothing_is_avoided_against():
    world = one_unit().fuel("gas", 30.0, emission=0.2).technology("good", existing=1.0, takes={"gas": 2.0})
    assert math.isnan(figure(ledgers(world.solve()), "avoided_co2", design="cls_lwr", node="N", year=2030))


def test_hydrogen_is_the_reactors_share_of_the_power_at_the_node():
    """270 MW of reactor and 30 MW else feed an electrolyser: nine tenths of 210 MW, and none of a reformer's."""
    world = World(**FLEXIBLE).demand(1e4, carrier="hydrogen").reactor("cls_lwr", existing=900.0, **UNIT)
    world.technology("other", existing=30.0)
    world.technology("electrolyser", existing=1000.0, gives={"hydrogen": 0.7}, takes={"electricity": 1.0})
    world.add("carriers", carrier="natural_gas", kind="fuel", balanced="no", emission_factor=0.2)
    world.add("fuel_prices", carrier="natural_gas", price_scenario="given", value=30.0)
    world.technology("reformer", existing=500.0, gives={"hydrogen": 1.0}, takes={"natural_gas": 1.3})
    at = {"design": "cls_lwr", "node": "N", "year": 2030}
    assert figure(ledgers(world.solve()), "reactor_hydrogen", **at) == near(0.9 * 210 * 8760 / 1e6)


def calm_world() -> World:
    """Three weeks of hours; wind blows but in the second, whose load is highest in its last day."""
    hours = np.arange(504)
    calm = (hours >= 168) & (hours < 336)
    load = np.where(hours >= 312, 900.0, 600.0)
    world = World(periods=[(504, 8760 / 504)], **FLEXIBLE).demand(np.where(calm, load, 600.0))
    world.reactor("cls_lwr", existing=900.0, **UNIT)
    world.technology("gas", existing=400.0)
    world.technology("wind", existing=500.0, profile=np.where(calm, 0.1, 0.8))
    return world


def test_worst_week():
    """In the calm week wind offers 50 MW; load is 600 MW on six days and 900 MW on the last."""
    found = ledgers(calm_world().solve())
    mean = (6 * 600 + 900) / 7
    assert str(found["worst_week_start"].sel(year=2030).values) == "2019-01-08"
    assert figure(found, "worst_week_load", year=2030) == near(mean)
    assert figure(found, "worst_week_weather_power", year=2030) == near(50.0)
    assert figure(found, "worst_week_residual_load", year=2030) == near(mean - 50)
    assert figure(found, "worst_week_firm", year=2030, technology="cls_lwr") == near(270.0)
    assert figure(found, "worst_week_firm", year=2030, technology="gas") == near(400.0)
    assert figure(found, "worst_week_margin", year=2030) == near(670 - (mean - 50))
    assert figure(found, "worst_week_margin_least", year=2030) == near(670 - 850)


@pytest.mark.parametrize("repeats", [1, 3])
def test_worst_week_is_put_together_from_periods_in_calendar_order(repeats):
    """A typical day and a calm one that repeats: the worst week has as many calm days as stand together."""
    world = World(
        periods=[(24, 365.0 - repeats), (24, float(repeats))],
        runs=[(0, 180.0), (1, float(repeats)), (0, 185.0 - repeats)],
        **FLEXIBLE,
    )
    world.demand(600.0).technology("gas", existing=700.0)
    world.technology("wind", existing=500.0, profile=np.repeat([0.8, 0.0], 24))
    found = ledgers(world.solve())
    assert figure(found, "worst_week_weather_power", year=2030) == near(400.0 * (7 - repeats) / 7)


def test_hydrogen_makers_are_no_load_of_the_worst_week():
    world = calm_world().demand(100.0, carrier="hydrogen").change("carriers", "hydrogen", value_of_lost_load=1.0)
    world.technology("electrolyser", existing=1000.0, gives={"hydrogen": 0.7}, takes={"electricity": 1.0})
    found = ledgers(world.solve())
    assert figure(found, "worst_week_load", year=2030) == near((6 * 600 + 900) / 7)


def test_reactors_in_refuelling_are_not_firm():
    """Four units of 100 MW_e in a full year of days; one rests 28 days a year: in the calm week it must not."""
    hours = np.arange(365)
    calm = (hours >= 7) & (hours < 14)
    figures = {**UNIT, "unit_size_e": 100.0, "unit_size_th": 300.0, "forced_outage_rate": 0.1}
    world = World(periods=[(365, 1.0)], step_hours=24.0, reactors__refuelling="decided", **FLEXIBLE)
    world.demand(np.where(calm, 1000.0, 300.0))
    world.reactor("cls_lwr", existing=1200.0, **figures, outage_length=28.0, outage_interval=1.0)
    found = ledgers(world.solve())
    assert str(found["worst_week_start"].sel(year=2030).values) == "2019-01-08"
    assert figure(found, "worst_week_firm", year=2030, technology="cls_lwr") == near(400 * 0.9)
    assert figure(found, "worst_week_margin", year=2030) == near(360.0 - 1000.0)


def test_a_reactor_that_is_gone_is_neither_firm_nor_in_refuelling():
    """It retires in 2040; where refuelling is decided it once left a hole in the margin of every year."""
    figures = {**UNIT, "forced_outage_rate": 0.1, "outage_length": 28.0, "outage_interval": 1.0}
    world = World(periods=[(365, 1.0)], step_hours=24.0, reactors__refuelling="decided", years=[2030, 2040], **FLEXIBLE)
    calm = np.arange(365) // 7 == 1
    world.demand(np.where(calm, 1000.0, 100.0))
    world.reactor("cls_lwr", existing=1800.0, **figures).reactor("old", existing=900.0, **figures)
    world.rows["existing_capacity"][-1]["retirement_year"] = 2040
    found = ledgers(world.solve())
    for year, units in ((2030, 3), (2040, 2)):
        assert figure(found, "worst_week_firm_capacity", year=year) == near(units * 270.0)
        assert figure(found, "worst_week_margin", year=year) == near(units * 270.0 - 1000.0)
        assert figure(found, "worst_week_margin_least", year=year) == near(units * 270.0 - 1000.0)
