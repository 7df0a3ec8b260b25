"""Reactors: the extraction region at its corners, live steam, dumping, modes of use, fuel, hydrogen."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import pytest

from tests.closed_form.answer import near
from tests.closed_form.world import World

INPUTS = Path(__file__).resolve().parents[2] / "inputs" / "nl"
FLEXIBLE = {"reactors__modes": ["flexible", "behind_the_meter", "coproduction"]}

FIGURES = ("efficiency", "extraction_share_max", "back_pressure_min", "usable_temperature")
CLASSES = {
    "cls_lwr": dict(zip(FIGURES, (0.333, 0.5, 0.2, 250.0), strict=True)),
    "cls_htgr": dict(zip(FIGURES, (0.4, 0.8, 0.131, 540.0), strict=True)),
    "cls_ims": dict(zip(FIGURES, (0.417, 0.8, 0.049, 480.0), strict=True)),
    "cls_large": dict(zip(FIGURES, (0.359, 0.5, 0.22, 250.0), strict=True)),
}
THERMAL = {"cls_lwr": 900.0, "cls_htgr": 200.0, "cls_ims": 480.0, "cls_large": 4590.0}
LOSS = {
    "cls_lwr": {100: 0.1297, 250: 0.3056},
    "cls_htgr": {100: 0.1381, 250: 0.3253, 500: 0.4},
    "cls_ims": {100: 0.1407, 250: 0.3315},
    "cls_large": {100: 0.1399, 250: 0.3294},
}


def rows(name: str) -> list[dict[str, str]]:
    with (INPUTS / name).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("design", CLASSES)
def test_the_numbers_are_those_that_ship(design):
    shipped = {row["parameter"]: float(row["value"]) for row in rows("reactors.csv") if row["design"] == design}
    assert {name: shipped[name] for name in CLASSES[design]} == CLASSES[design]
    assert shipped["unit_size_th"] == THERMAL[design]
    curve = rows("reactor_extraction.csv")
    losses = {float(row["temperature"]): float(row["power_loss"]) for row in curve if row["design_class"] == design}
    assert {temperature: losses[temperature] for temperature in LOSS[design]} == LOSS[design]


def unit(design: str, live_steam: float = 0.0, **demand: float) -> World:
    """One unit of a class before demands that it cannot meet; heat is worth three times what power is."""
    world = World(**FLEXIBLE).change("carriers", "electricity", value_of_lost_load=1000.0)
    kind = "large" if design == "cls_large" else "smr"
    figures = {**CLASSES[design], "live_steam_efficiency": live_steam}
    place = {"existing": THERMAL[design], "kind": kind, "design_class": design, "loss": LOSS[design]}
    world.reactor(design, **place, **figures).demand(1e4)
    for carrier, power in demand.items():
        world.demand(power, carrier=carrier)
    return world


@pytest.mark.parametrize(("design", "power"), [("cls_lwr", 299.7), ("cls_htgr", 80.0), ("cls_ims", 200.16),
                                               ("cls_large", 1647.81)])  # fmt: skip
def test_corner_of_pure_power(design, power):
    answer = unit(design).solve()
    assert answer["reactor_power", f"{design}@N", 2030, 0] == near(power)
    assert answer.objective == near(8760 * 1000 * (1e4 - power))


@pytest.mark.parametrize(
    ("design", "degrees", "heat", "power"),
    [
        # as much heat as the turbine lets go: H = chi Q, P = (eta - beta chi) Q
        ("cls_lwr", 100, 900 * 0.5, 900 * (0.333 - 0.1297 * 0.5)),
        ("cls_lwr", 250, 900 * 0.5, 900 * (0.333 - 0.3056 * 0.5)),
        ("cls_htgr", 250, 200 * 0.8, 200 * (0.4 - 0.3253 * 0.8)),
        ("cls_ims", 250, 480 * 0.8, 480 * (0.417 - 0.3315 * 0.8)),
        ("cls_large", 100, 4590 * 0.5, 4590 * (0.359 - 0.1399 * 0.5)),
        ("cls_large", 250, 4590 * 0.5, 4590 * (0.359 - 0.3294 * 0.5)),
        # the heat balance stops it before: P + H = Q, so H = (1 - eta)/(1 - beta) Q
        ("cls_htgr", 100, 200 * 0.6 / 0.8619, 200 * (1 - 0.6 / 0.8619)),
        ("cls_ims", 100, 480 * 0.583 / 0.8593, 480 * (1 - 0.583 / 0.8593)),
        # the back-pressure line does: P = c H, so H = eta/(c + beta) Q
        ("cls_htgr", 500, 200 * 0.4 / 0.531, 200 * 0.131 * 0.4 / 0.531),
    ],
)
def test_corner_of_full_extraction(design, degrees, heat, power):
    answer = unit(design, **{f"heat_{degrees}": 1e4}).solve()
    assert answer["reactor_extraction", f"{design}@N", f"heat_{degrees}", 2030, 0] == near(heat)
    assert answer["reactor_power", f"{design}@N", 2030, 0] == near(power)
    assert answer.objective == near(8760 * (1000 * (1e4 - power) + 3000 * (1e4 - heat)))


@pytest.mark.parametrize(("design", "degrees"), [("cls_lwr", 500), ("cls_ims", 500), ("cls_large", 500)])
def test_heat_above_the_steam_temperature_is_never_supplied(design, degrees):
    answer = unit(design, **{f"heat_{degrees}": 50.0}).solve()
    assert answer["unserved", "N", f"heat_{degrees}", 2030, 0] == near(50)
    assert answer["reactor_power", f"{design}@N", 2030, 0] == near(THERMAL[design] * CLASSES[design]["efficiency"])
    # a hotter reactor would serve it
    assert unit("cls_htgr", heat_500=50.0).solve()["unserved", "N", "heat_500", 2030, 0] == near(0)


def sized(power: float, heat: float, modes: list[str], **figures: float) -> Any:
    """Electric capacity of the reactor that is built for so much power and heat at 100 degC."""
    world = World(reactors__modes=modes).demand(power).demand(heat, carrier="heat_100")
    figures = {"efficiency": 0.4, "extraction_share_max": 0.8, "investment": 5000.0, "availability": 0.9, **figures}
    answer = world.reactor("cls_lwr", potential=math.inf, loss={100: 0.2}, **figures).solve()
    return 0.4 * answer["capacity", "cls_lwr@N", 2030]


def test_published_example_of_a_reactor_with_extraction():
    """200 MW of power and 50 MW of heat at a power loss of 0.2 and an availability of 0.9: (200 + 10)/0.9 MW_e."""
    assert sized(200, 50, ["flexible", "coproduction"]) == near(233.33333333)
    assert sized(200, 0, ["flexible", "coproduction"]) == near(200 / 0.9)
    assert sized(200, 50, ["flexible"]) == near(200 / 0.9)  # without co-production the heat stays unserved


@pytest.mark.parametrize(("power", "heat"), [(100.0, 0.0), (100.0, 50.0), (100.0, 200.0), (10.0, 200.0)])
def test_published_example_of_an_extraction_turbine(power, heat):
    """Fuel of oemof's unit is (max(P, 0.6 H) + 0.4 H)/0.5: back-pressure 0.6, power loss 0.4, efficiency 0.5."""
    world = World(**FLEXIBLE).change("carriers", "electricity", spill="free").demand(power)
    unit = {"efficiency": 0.5, "back_pressure_min": 0.6, "extraction_share_max": 1.0, "fuel_cost": 10.0}
    answer = world.reactor("cls_lwr", existing=1e3, loss={100: 0.4}, **unit).demand(heat, carrier="heat_100").solve()
    fuel = (max(power, 0.6 * heat) + 0.4 * heat) / 0.5
    assert answer["activity", "cls_lwr@N", 2030, 0] == near(fuel)
    assert answer.objective == near(8760 * fuel * 10 * 0.5)  # 10 EUR/MWh_e are 5 EUR/MWh_th


def test_live_steam_goes_on_where_the_turbine_stops():
    """900 MW_th for 700 MW of heat: 0.5 q from the turbine and 0.98 (900 - q) past it, q = 182/0.48."""
    answer = unit("cls_lwr", live_steam=0.98, heat_250=700.0).solve()
    turbine = 182 / 0.48
    assert answer["reactor_turbine_heat", "cls_lwr@N", 2030, 0] == near(turbine)
    assert answer["reactor_live_steam", "cls_lwr@N", "heat_250", 2030, 0] == near(900 - turbine)
    assert answer["reactor_power", "cls_lwr@N", 2030, 0] == near(turbine * (0.333 - 0.3056 * 0.5))
    # without live steam 250 MW of heat would stay unserved
    without = unit("cls_lwr", heat_250=700.0).solve()
    assert without["unserved", "N", "heat_250", 2030, 0] == near(250)


def test_price_of_heat_is_the_power_it_costs():
    world = (
        World(**FLEXIBLE).technology("grid", existing=1e3, variable_om=60).demand(500).demand(50, carrier="heat_100")
    )
    reactor = {"efficiency": 0.3, "extraction_share_max": 0.5, "variable_om": 2.5, "fuel_cost": 8.0}
    answer = world.reactor("cls_lwr", existing=1e3, loss={100: 0.2}, **reactor).solve()
    # at full power a MWh of heat takes 0.2 MWh of power, which the grid makes up for at 60
    assert answer.price("N", "heat_100") == near([12])
    assert answer.cost("fuel") == near(8760 * 1000 * 0.3 * 8)
    assert answer.objective == near(8760 * (300 * 10.5 + 60 * (500 - 290)))
    # below full power it is made up for by the reactor itself, at 2.5 + 8
    assert world.demand(100).solve().price("N", "heat_100") == near([2.1])


def running(need: float, modes: list[str], **figures: float) -> Any:
    """1000 MW_th at 30 % and 90 % availability before so much demand; surplus power costs 15."""
    world = World(reactors__modes=modes).change("carriers", "electricity", spill="priced", spill_cost=15.0).demand(need)
    figures = {"efficiency": 0.3, "availability": 0.9, "dump_share_max": 0.1, "fuel_cost": 8.0, **figures}
    return world.reactor("cls_lwr", existing=1e3, **figures).solve()


def test_base_load_runs_flat_out_and_may_dump_a_tenth():
    answer = running(200, ["base_load"])
    # 900 MW_th in any case; 100 are dumped, the turbine makes 240 MW, 40 MW too much
    assert answer["reactor_dump", "cls_lwr@N", 2030, 0] == near(100)
    assert answer.objective == near(8760 * (900 * 0.3 * 8 + 40 * 15))
    assert running(200, ["base_load"], dump_share_max=0.0).objective == near(8760 * (900 * 0.3 * 8 + 70 * 15))


def test_flexible_follows_down_to_its_minimum_load():
    answer = running(200, ["flexible"], minimum_load=0.5)
    assert answer["activity", "cls_lwr@N", 2030, 0] == near(200 / 0.3)
    # 100 MW want 333 MW_th, but 450 run: 100 are dumped, 350 make 105 MW
    answer = running(100, ["flexible"], minimum_load=0.5)
    assert answer.objective == near(8760 * (450 * 0.3 * 8 + 5 * 15))


def test_base_load_is_the_flexible_reactor_with_another_bound():
    costs = [running(200, modes, minimum_load=least).objective for modes, least in
             ((["base_load"], 0.0), (["flexible"], 1.0), (["base_load", "flexible"], 0.5))]  # fmt: skip
    assert costs[0] == near(costs[1])
    assert costs[2] < costs[0] - 1e5


@pytest.mark.parametrize(
    ("modes", "places", "served"),
    [
        (["flexible"], "N", 10),  # at the grid only: the site gets what its connection takes
        (["base_load"], "N", 10),
        (["behind_the_meter"], "S", 30),
        (["flexible", "behind_the_meter"], "NS", 30),
        (["coproduction"], "N", 10),
    ],
)
def test_modes_say_where_small_reactors_may_stand(modes, places, served):
    """Power is wanted at a site, whose connection takes 10 MW in and nothing out."""
    world = World(reactors__modes=modes).regional().site(contract_import=10.0, contract_export=0.0).demand(30, at="S")
    reactor = {"efficiency": 0.25, "investment": 1000.0, "lifetime": 10.0}
    world.reactor("cls_lwr", "N", potential=math.inf, **reactor)
    answer = world.add("potentials", node="S", technology="cls_lwr").solve()
    assert set(answer.case.assets["node"]) == set(places)
    assert answer.objective == near(served * 100_000 + 8760 * (30 - served) * 3000)


@pytest.mark.parametrize(("price", "makes"), [(59.0, True), (61.0, False)])
def test_power_or_hydrogen(price, makes):
    """At 20 kg per MWh and 3 EUR/kg hydrogen pays 60 EUR/MWh: below that price a base-load plant makes it.

    20 kg are 0.6666 MWh at 33.33 kWh/kg, 3 EUR/kg are 90.009 EUR/MWh.
    """
    heating_value = 0.03333
    world = World(reactors__modes=["base_load"]).reactor("cls_lwr", existing=400, efficiency=0.25)
    world.technology("cell", gives={"hydrogen": 20 * heating_value}, takes={"electricity": 1.0}, existing=500)
    world.technology("bought", gives="hydrogen", existing=1e3, variable_om=3 / heating_value)
    answer = world.demand(500, carrier="hydrogen").neighbour("X", price, imports=0, exports=500).solve()
    assert answer["activity", "cell@N", 2030, 0] == near(100 if makes else 0)
    bought = 500 - 100 * 20 * heating_value * makes
    assert answer.objective == near(8760 * (bought * 3 / heating_value - (0 if makes else 100) * price))


def test_steam_electrolysis_takes_reactor_steam():
    def world(modes: list[str]) -> World:
        world = World(reactors__modes=modes).demand(500).demand(100, carrier="hydrogen")
        world.reactor("cls_lwr", existing=1e3, efficiency=0.3, extraction_share_max=0.5, loss={250: 0.25})
        world.technology("grid", existing=1e3, variable_om=60)
        world.technology("cold", gives="hydrogen", takes={"electricity": 1.5}, existing=200)
        return world.technology("steam", gives="hydrogen", takes={"electricity": 1.2, "heat_250": 0.24}, existing=200)

    answer = world(["flexible", "coproduction"]).solve()
    # 1.2 MWh of power and 0.24 MWh of steam, which costs a quarter of that in power: 1.26 against 1.5
    assert answer.price("N", "hydrogen") == near([1.26 * 60])
    assert answer.objective == near(8760 * 60 * (500 + 126 - 300))
    # a reactor that may not give heat leaves the cold cells
    assert world(["flexible"]).solve().objective == near(8760 * 60 * (500 + 150 - 300))


def test_existing_and_large_plants_are_on_the_same_accounts():
    world = World(reactors__modes=["base_load"]).change("carriers", "electricity", spill="priced", spill_cost=15.0)
    world.reactor("old", existing=1e3, efficiency=0.35, kind="existing", design_class="cls_large", fuel_cost=8.0,
                  variable_om=2.5, fixed_om=110.0)  # fmt: skip
    answer = world.demand(200).solve()
    # a mode of use binds small reactors only: this one follows, and has its fixed cost per MW_th
    assert answer["activity", "old@N", 2030, 0] == near(200 / 0.35)
    assert answer.objective == near(8760 * 200 * 10.5 + 1e3 * 0.35 * 110_000)
