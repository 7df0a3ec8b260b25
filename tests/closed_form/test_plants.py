"""Plants by hand: back-pressure, heat only, house load, part load, hydrogen by the hour, screening curve, series."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import pytest

from model.data.finance import learning_factor
from tests.closed_form.answer import near
from tests.closed_form.test_reactors import CLASSES
from tests.closed_form.world import World

INPUTS = Path(__file__).resolve().parents[2] / "inputs" / "nl"
FLEXIBLE = {"reactors__modes": ["flexible", "behind_the_meter", "coproduction"]}
SATURATION = {"cls_lwr": 285.0, "cls_htgr": 350.0, "cls_ims": 365.0, "cls_large": 285.0}
"""Saturation temperature at main-steam pressure by class, degC (facts/smr F3)."""


def rows(name: str) -> list[dict[str, str]]:
    with (INPUTS / name).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("design", CLASSES)
def test_power_loss_is_carnot_scaled(design):
    """beta(T) = eta (1 - T0/T)/(1 - T0/Tsat) in kelvin with T0 308 K, and eta from Tsat on."""
    efficiency, hot = CLASSES[design]["efficiency"], SATURATION[design] + 273.15
    curve = [row for row in rows("reactor_extraction.csv") if row["design_class"] == design]
    assert len(curve) >= 9
    for row in curve:
        kelvin = float(row["temperature"]) + 273.15
        wanted = min(efficiency, efficiency * (1 - 308 / kelvin) / (1 - 308 / hot))
        assert float(row["power_loss"]) == pytest.approx(wanted, abs=2e-4), row


def back_pressure(heat: float, **figures: float) -> World:
    """1000 MW_th at 35 % before a turbine without condenser: a quarter of the heat as power, 0.2 lost per heat."""
    world = World(**FLEXIBLE).change("carriers", "electricity", spill="free").demand(100)
    world.technology("grid", existing=1e3, variable_om=10).demand(heat, carrier="heat_100")
    plant = {"efficiency": 0.35, "back_pressure_ratio": 0.25, "extraction_share_max": 0.1, "fuel_cost": 8.0}
    return world.reactor("cls_lwr", existing=1e3, loss={100: 0.2}, **{**plant, **figures})


@pytest.mark.parametrize("heat", [0.0, 90.0, 300.0])
def test_back_pressure_makes_power_with_heat_and_not_without(heat):
    """0.35 Q = 0.2 H + P and P = 0.25 H, so Q = 0.45/0.35 H; the extraction share says nothing here."""
    answer = back_pressure(heat).solve()
    assert answer["activity", "cls_lwr@N", 2030, 0] == near(heat * 0.45 / 0.35)
    assert answer["reactor_power", "cls_lwr@N", 2030, 0] == near(heat / 4)
    assert answer.objective == near(8760 * (heat * 0.45 * 8 + 10 * (100 - heat / 4)))
    assert [str(finding) for finding in answer.findings()] == []


def test_back_pressure_at_its_corner():
    answer = back_pressure(1e4).solve()
    assert answer["reactor_extraction", "cls_lwr@N", "heat_100", 2030, 0] == near(1000 * 0.35 / 0.45)
    # with less power per heat there would be more of both than the heat that enters: no point is left
    free = back_pressure(1e4, back_pressure_ratio=0.2)
    with pytest.raises(AssertionError, match="at least .efficiency - power_loss.*0.231"):
        free.solve()


def test_back_pressure_on_a_cold_grade_is_held_by_the_heat_balance():
    """At two grades the ratio may be too small for one: that grade alone leaves no point, and the other is mixed in."""
    world = back_pressure(1e4).demand(1e4, carrier="heat_250").change("carriers", "heat_250", value_of_lost_load=1.0)
    for row in world.rows["reactors"]:
        row["value"] = 0.12 if row["parameter"] == "back_pressure_ratio" else row["value"]
    world.add("reactor_extraction", design_class="cls_lwr", temperature=250.0, power_loss=0.3)
    answer = world.solve()
    cold, hot = (answer["reactor_extraction", "cls_lwr@N", f"heat_{grade}", 2030, 0] for grade in (100, 250))
    power = answer["reactor_power", "cls_lwr@N", 2030, 0]
    # 0.35 Q = 0.32 cold + 0.42 hot and 1.12 (cold + hot) <= Q: all grades together, not each
    assert power + cold + hot == near(1000)
    assert power == near(0.12 * (cold + hot))
    assert hot > 100


def heat_only(heat: float, **figures: float) -> World:
    """A plant without turbine: 1000 EUR/kW_e of its class at 0.4 are 400 EUR/kW_th, over ten years 40 a year."""
    world = World(**FLEXIBLE).demand(heat, carrier="heat_100").demand(10, carrier="heat_250").demand(10)
    world.reactor("cls_lwr", efficiency=0.4, loss={100: 0.15})
    plant = {"efficiency": 0.0, "usable_temperature": 120.0, "live_steam_efficiency": 0.95, "fuel_cost": 5.0}
    plant |= {"extraction_share_max": 0.8, "investment": 1000.0, "lifetime": 10.0, "variable_om": 2.0}
    return world.reactor("pool", potential=math.inf, **{**plant, **figures})


def test_heat_only_plant_costs_per_unit_of_heat():
    answer = heat_only(95).solve()
    assert answer["capacity", "pool@N", 2030] == near(100)
    assert answer["reactor_live_steam", "pool@N", "heat_100", 2030, 0] == near(100)
    assert answer["reactor_turbine_heat", "pool@N", 2030, 0] == near(0)
    # power and hotter heat stay unserved; fuel and operation are 0.4 of 7 EUR/MWh_e
    assert answer.objective == near(100 * 40_000 + 8760 * (100 * 0.4 * 7 + 20 * 3000))
    assert [str(finding) for finding in answer.findings()] == []
    stated = heat_only(95, investment_thermal=200.0, variable_om_thermal=1.0, fuel_cost_thermal=3.0).solve()
    assert stated.objective == near(100 * 20_000 + 8760 * (100 * 4 + 20 * 3000))


def test_heat_only_plant_does_not_stand_where_no_heat_may_be_given():
    assert len(heat_only(95).case(reactors__modes=["flexible"]).assets) == 0


def housed(need: float, **figures: float) -> Any:
    """1000 MW_th at 40 % net: a tenth of the gross power is house load, half of which runs on at any load."""
    world = World(reactors__modes=["flexible"]).demand(need).technology("grid", existing=1e3, variable_om=60)
    plant = {"efficiency": 0.4, "house_load": 0.1, "house_load_idle": 0.5, "fuel_cost": 8.0, **figures}
    return world.reactor("cls_lwr", existing=1e3, **plant).solve()


IDLE = 0.5 * 0.1 * 400 / 0.9
"""Half of a tenth of the gross power 400/0.9."""


def test_house_load_is_in_the_net_efficiency_at_full_load():
    answer = housed(400)
    assert answer["activity", "cls_lwr@N", 2030, 0] == near(1000)
    assert answer["reactor_power", "cls_lwr@N", 2030, 0] == near(400 + IDLE)
    assert answer.objective == near(8760 * 400 * 8)


def test_house_load_at_half_load_and_at_rest():
    # gross power falls by half, the house load by a quarter: 222.2 - 33.3
    half = housed(0.5 * 400 / 0.9 - 0.75 * 0.1 * 400 / 0.9)
    assert half["activity", "cls_lwr@N", 2030, 0] == near(500)
    # with dear fuel the plant rests, and takes its house load from the grid
    rest = housed(100, fuel_cost=500.0)
    assert rest["activity", "cls_lwr@N", 2030, 0] == near(0)
    assert rest.objective == near(8760 * 60 * (100 + IDLE))
    assert [str(finding) for answer in (half, rest) for finding in answer.findings()] == []
    assert housed(100, fuel_cost=500.0, house_load_idle=0.0).objective == near(8760 * 60 * 100)


@pytest.mark.parametrize(("power", "heat"), [(400.0, 1000.0), (180.0, 500.0), (290.0, 750.0)])
def test_part_load_loses_a_tenth_of_the_efficiency_at_half_load(power, heat):
    """P = 0.4 Q - 0.04 (1000 - Q): 400 at full load, 0.36 of the heat at half load."""
    world = World(reactors__modes=["flexible"]).demand(power)
    answer = world.reactor("cls_lwr", existing=1e3, efficiency=0.4, part_load_loss=0.1, fuel_cost=8.0).solve()
    assert answer["activity", "cls_lwr@N", 2030, 0] == near(heat)
    assert answer.objective == near(8760 * heat * 0.4 * 8)
    assert [str(finding) for finding in answer.findings()] == []


def test_part_load_counts_from_what_is_available():
    world = World(reactors__modes=["flexible"]).demand(360)
    plant = {"efficiency": 0.4, "part_load_loss": 0.1, "availability": 0.9}
    assert world.reactor("cls_lwr", existing=1e3, **plant).solve()["activity", "cls_lwr@N", 2030, 0] == near(900)


def test_part_load_and_heat_together():
    """The no-load heat is lost beside what the extracted heat costs: 0.44 Q - 40 - 0.2 H = P."""
    world = World(**FLEXIBLE).demand(180).demand(100, carrier="heat_100")
    plant = {"efficiency": 0.4, "part_load_loss": 0.1, "extraction_share_max": 0.5, "fuel_cost": 1.0}
    answer = world.reactor("cls_lwr", existing=1e3, loss={100: 0.2}, **plant).solve()
    assert answer["activity", "cls_lwr@N", 2030, 0] == near((180 + 40 + 20) / 0.44)


def test_power_or_hydrogen_hour_by_hour():
    """A price-taker makes hydrogen in the hours in which power pays less than 60 EUR/MWh: 20 kg at 3 EUR/kg."""
    prices = [20.0, 59.0, 61.0, 100.0, -5.0, 60.5]
    heating_value = 0.03333
    world = World(6, reactors__modes=["base_load"]).reactor("cls_lwr", existing=400, efficiency=0.25)
    world.technology("cell", gives={"hydrogen": 20 * heating_value}, takes={"electricity": 1.0}, existing=500)
    world.technology("bought", gives="hydrogen", existing=1e3, variable_om=3 / heating_value)
    answer = world.demand(500, carrier="hydrogen").neighbour("X", prices, imports=0, exports=500).solve()
    assert answer["activity", "cell@N", 2030] == near([100 if price < 60 else 0 for price in prices])
    assert answer["reactor_power", "cls_lwr@N", 2030] == near([100] * 6)
    gain = sum(max(price, 60.0) for price in prices) / 6 * 100
    assert answer.objective == near(8760 * (500 * 3 / heating_value - gain))
    assert answer.price() == near([max(price, 60.0) for price in prices])


@pytest.mark.parametrize(("dear", "base"), [(4.0e5, 60.0), (5.0e5, 50.0), (7.0e5, 20.0)])
def test_screening_curve(dear, base):
    """Ten slices of 10 MW, the k-th wanted (11 - k)·876 hours: the reactor takes those above the break-even hours."""
    world = World(10, reactors__modes=["flexible"]).demand([10.0 * k for k in range(1, 11)])
    world.technology("peaker", potential=math.inf, investment=1e5, lifetime=1.0, variable_om=90.0)
    plant = {"efficiency": 0.4, "investment": dear / 1e3, "lifetime": 1.0, "fuel_cost": 10.0}
    answer = world.reactor("cls_lwr", potential=math.inf, **plant).solve()
    hours = (dear - 1e5) / 80.0
    slices = sum((11 - k) * 876 > hours for k in range(1, 11))
    assert base == 10.0 * slices
    assert 0.4 * answer["capacity", "cls_lwr@N", 2030] == near(base)
    assert answer["capacity", "peaker@N", 2030] == near(100 - base)
    cost = sum(min(dear + 10 * h, 1e5 + 90 * h) * 10 for h in ((11 - k) * 876 for k in range(1, 11)))
    assert answer.objective == near(cost)


def test_annuity_interest_and_decommissioning_of_a_plant():
    """7 %, 4 years, 60 years, 15 % at the end, by hand: crf, rate T/2 + rate² T²/6, sinking fund."""
    world = World(reactors__modes=["flexible"], finance__wacc=0.07).demand(100)
    plant = {"efficiency": 0.25, "investment": 6500.0, "construction_time": 4.0, "decommissioning": 0.15}
    answer = world.reactor("cls_lwr", potential=math.inf, **plant).solve()
    growth = 1.07**60
    interest, recovery, fund = 0.14 + 0.0049 * 16 / 6, 0.07 * growth / (growth - 1), 0.07 / (growth - 1)
    assert answer.objective == near(100 * 6_500_000 * ((1 + interest) * recovery + 0.15 * fund))


@pytest.mark.parametrize(
    ("rate", "number", "factor"), [(0.1, 1, 1.0), (0.1, 2, 0.9), (0.1, 8, 0.729), (-0.05, 4, 1.1025)]
)
def test_series_cost(rate, number, factor):
    """Each doubling of the units in the world saves a tenth (or costs a twentieth more)."""
    assert learning_factor(number, rate) == pytest.approx(factor)
    world = World(reactors__modes=["flexible"]).demand(100)
    plant = {"efficiency": 0.25, "investment": 1000.0, "lifetime": 10.0, "learning_rate": rate, "series_number": number}
    assert world.reactor("cls_lwr", potential=math.inf, **plant).solve().objective == near(100 * 1e5 * factor)


def test_series_cost_follows_the_years():
    """One unit in 2030 and eight in 2050: investment of 1000 falls to 729, and half-way lies between."""
    world = World(years=[2030, 2050]).reactor("cls_lwr", potential=100.0, efficiency=0.25, investment=1000.0,
                                              learning_rate=0.1)  # fmt: skip
    for year, number in ((2030, 1.0), (2050, 8.0)):
        cells = {"design": "cls_lwr", "design_class": "cls_lwr", "kind": "smr", "parameter": "series_number"}
        world.add("reactors", **cells, year=year, value=number)
    built = world.demand(1).case(years=[2030, 2040, 2050]).build_options["overnight"] / 250.0
    assert list(built) == near([1000.0, (1000 + 729) / 2, 729.0])


def followed(**scenario: Any) -> Any:
    """600 MW_th-hours of rest: a plant that is online for 1000 MW_th, or for less, before 180 and 400 MW."""
    world = World(4, reactors__modes=["flexible"], **scenario).demand([180, 400, 400, 180])
    figures = {"efficiency": 0.4, "part_load_loss": 0.1, "fuel_cost": 8.0, "minimum_load": 0.3, "ramp": 1.0}
    return world.reactor("cls_lwr", existing=1e3, min_down_time=2.0, start_cost=1e5, **figures).solve()


def test_part_load_counts_from_what_is_online():
    """Without commitment the load is all of it; with it units could stop, and starting them costs more."""
    for commitment in ("ramp", "linear"):
        answer = followed(reactors__commitment=commitment)
        assert answer["activity", "cls_lwr@N", 2030] == near([500, 1000, 1000, 500])
        assert [str(finding) for finding in answer.findings()] == []


def test_part_load_vanishes_where_units_stop_for_nothing():
    """What is online is then just what is wanted: 450 MW_th run at full load for 180 MW."""
    world = World(4, reactors__modes=["flexible"], reactors__commitment="linear").demand([180, 400, 400, 180])
    figures = {"efficiency": 0.4, "part_load_loss": 0.1, "fuel_cost": 8.0, "minimum_load": 0.3, "ramp": 1.0}
    answer = world.reactor("cls_lwr", existing=1e3, **figures).solve()
    assert answer["activity", "cls_lwr@N", 2030] == near([450, 1000, 1000, 450])
    assert [str(finding) for finding in answer.findings()] == []


def test_part_load_and_refuelling_leave_a_point():
    """In refuelling there is no load to be ready for: a plant of one unit rests, and 0.44 Q - 0.04 (K - out) holds."""
    world = World(periods=[(2, 2190), (2, 2190)], reactors__modes=["flexible"], reactors__refuelling="decided")
    world.demand(360).technology("gas", existing=1e3, variable_om=60)
    figures = {
        "efficiency": 0.4,
        "part_load_loss": 0.1,
        "fuel_cost": 8.0,
        "outage_length": 36.5,
        "outage_interval": 1.0,
    }
    answer = world.reactor("cls_lwr", existing=1e3, forced_outage_rate=0.0, **figures).solve()
    assert [str(finding) for finding in answer.findings()] == []
    power, heat = answer["reactor_power", "cls_lwr@N", 2030], answer["activity", "cls_lwr@N", 2030]
    assert power.min() >= -1e-9 and (heat <= 1000 + 1e-6).all()
