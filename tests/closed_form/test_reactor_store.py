"""Heat stores inside reactor plants by hand: charge, discharge, own turbine, losses, cost at the expected size."""

from __future__ import annotations

import math
from typing import Any

import pytest

from model.errors import ImplausibleInput
from tests.closed_form.answer import near
from tests.closed_form.world import World

STORE = {"store_investment": 0.0, "charger_investment": 0.0, "turbine_investment": 0.0}
PARTS = ("store", "charger", "turbine")


def plant(prices: list[float], existing: float = 1e3, **figures: float) -> World:
    """1000 MW_th at 40 % that sells at a price each hour; fuel costs nothing and the reactor cannot do less."""
    world = World(len(prices), reactors__modes=["base_load"]).neighbour("X", prices, imports=0, exports=1e4)
    return world.reactor("cls_lwr", existing=existing, efficiency=0.4, **{**STORE, **figures})


def sizes(answer: Any, part: str) -> float:
    return answer["capacity", f"cls_lwr_{part}@N", 2030]


def test_heat_waits_for_the_dear_hour():
    """Six hours at 10, two at 100: with ratios given the turbine makes 600 MW in the dear ones and 333 in the others.

    4.5 h of the reactor's heat go in at 90 % and come out; the turbine is half as large again: 200 MW_e, 500 MW_th.
    """
    prices = [10.0, 10, 10, 100, 100, 10, 10, 10]
    ratios = {"store_size_ratio": 3.0, "store_charge_ratio": 1.0, "turbine_ratio": 1.5, "store_charge_efficiency": 0.9}
    answer = plant(prices, **ratios).solve()
    assert [sizes(answer, part) for part in PARTS] == near([3000, 1000, 200])
    power = answer["reactor_power", "cls_lwr@N", 2030]
    assert power[[3, 4]] == near([600, 600])
    # 1000 MWh_th come out, 1111 went in, of 6000 that the cheap hours have
    assert power.sum() == near(1200 + 0.4 * (6000 - 1000 / 0.9))
    assert answer["reactor_store_discharge", "cls_lwr@N", 2030] == near([0, 0, 0, 500, 500, 0, 0, 0])
    assert answer.objective == near(-8760 / 8 * (1200 * 100 + 0.4 * (6000 - 1000 / 0.9) * 10))
    assert [str(finding) for finding in answer.findings()] == []
    # without a store the plant sells 400 in every hour
    bare = World(8, reactors__modes=["base_load"]).neighbour("X", prices, imports=0, exports=1e4)
    bare.reactor("cls_lwr", existing=1e3, efficiency=0.4)
    assert bare.solve().objective == near(-8760 / 8 * 400 * (2 * 100 + 6 * 10))


def test_a_full_store_holds_no_more():
    """300 MWh_th of store: 0.3 h; charge and discharge stop there."""
    ratios = {"store_size_ratio": 0.3, "store_charge_ratio": 1.0, "turbine_ratio": 1.5}
    answer = plant([10.0, 10, 100, 10], **ratios).solve()
    assert answer["reactor_power", "cls_lwr@N", 2030].max() == near(400 + 0.4 * 300)
    assert answer["reactor_store_level", "cls_lwr@N", 2030].max() == near(300)


def test_charger_holds():
    """100 MW_th in each of three hours, and the turbine would take more than the 297 that come out."""
    ratios = {"store_size_ratio": 9.0, "store_charge_ratio": 0.1, "turbine_ratio": 2.0, "store_charge_efficiency": 0.99}
    answer = plant([10.0, 10, 100, 10], **ratios).solve()
    assert answer["reactor_store_charge", "cls_lwr@N", 2030] == near([100, 100, 0, 100])
    assert answer["reactor_power", "cls_lwr@N", 2030][2] == near(400 + 0.4 * 297)


def test_turbine_holds():
    """A quarter more turbine: 500 MW_e, whatever is in the store."""
    ratios = {
        "store_size_ratio": 9.0,
        "store_charge_ratio": 1.0,
        "turbine_ratio": 1.25,
        "store_charge_efficiency": 0.99,
    }
    answer = plant([10.0, 10, 100, 10], **ratios).solve()
    assert answer["reactor_power", "cls_lwr@N", 2030][2] == near(500)
    assert answer["reactor_store_discharge", "cls_lwr@N", 2030] == near([0, 0, 250, 0])


def test_losses_of_standing_heat():
    """A store that loses a tenth each hour: what goes in at first is worth 0.9 an hour later, 0.81 after two."""
    ratios = {"store_size_ratio": 9.0, "store_charge_ratio": 0.1, "turbine_ratio": 2.0, "store_standing_loss": 0.1}
    answer = plant([10.0, 10, 100, 1], store_discharge_efficiency=0.8, **ratios).solve()
    given = answer["reactor_store_discharge", "cls_lwr@N", 2030]
    assert given == near([0, 0, 0.8 * 100 * (0.9 + 0.81 + 0.729), 0])


def test_sizes_are_chosen_where_no_ratio_is_given():
    """100 MW in three hours and 440 in one: the store carries what three hours of charge bring, all parts pay.

    A larger reactor costs more per MW_e than store, charger and turbine, so they are built to the last MW: the reactor
    makes K = (3·250 + 1100/0.9)/(3 + 1/0.9) MW_th, of which 250 feed the base.
    """
    world = World(4, reactors__modes=["flexible"]).demand([100, 100, 100, 440])
    figures = {"store_investment": 10.0, "charger_investment": 5.0, "turbine_investment": 0.02, "lifetime": 1.0}
    world.reactor("cls_lwr", potential=math.inf, efficiency=0.4, investment=1000.0, store_charge_efficiency=0.9,
                  store_variable_om=1.0, **figures)  # fmt: skip
    answer = world.solve()
    reactor = (3 * 250 + 1100 / 0.9) / (3 + 1 / 0.9)
    assert answer["capacity", "cls_lwr@N", 2030] == near(reactor)
    charged = reactor - 250
    stored = 1100 - reactor
    assert sizes(answer, "charger") == near(charged)
    assert sizes(answer, "store") == near(stored)
    assert 3 * 0.9 * charged == near(stored)
    assert sizes(answer, "turbine") == near(440 - 0.4 * reactor)
    parts = 10 * stored + 5 * charged + 20 * (440 - 0.4 * reactor)
    assert answer.objective == near(reactor * 400_000 + parts + 8760 / 4 * stored)
    assert [str(finding) for finding in answer.findings()] == []


def test_stored_heat_counts_in_the_extraction_region():
    """Half of the heat into the turbine may be extracted: 700 of the 1400 MW_th of reactor and store together."""
    modes = ["flexible", "coproduction"]
    world = World(2, reactors__modes=modes).demand([0, 700], carrier="heat_100").demand(0)
    world.change("carriers", "electricity", spill="free")
    plain = {"efficiency": 0.4, "extraction_share_max": 0.5, "loss": {100: 0.2}, "fuel_cost": 8.0}
    ratios = {"store_size_ratio": 1.0, "store_charge_ratio": 1.0, "turbine_ratio": 1.5}
    answer = world.reactor("cls_lwr", existing=1e3, **plain, **ratios, **STORE).solve()
    assert answer["reactor_extraction", "cls_lwr@N", "heat_100", 2030] == near([0, 700])
    assert answer["reactor_store_discharge", "cls_lwr@N", 2030] == near([0, 400])
    assert answer["reactor_power", "cls_lwr@N", 2030] == near([0, 0.4 * 1400 - 140])
    assert [str(finding) for finding in answer.findings()] == []
    # the turbine of the reactor alone takes 1000
    for row in world.rows["reactors"]:
        row["value"] = 1.0 if row["parameter"] == "turbine_ratio" else row["value"]
    assert world.solve()["unserved", "N", "heat_100", 2030, 1] == near(200)


def test_part_load_of_a_larger_turbine():
    """P = 0.44 Q - 0.04 (1000 + 200/0.4): net 600 at 1500 MW_th, and less than 0.4 Q with the reactor alone."""
    ratios = {"store_size_ratio": 1.0, "store_charge_ratio": 1.0, "turbine_ratio": 1.5, "part_load_loss": 0.1}
    answer = plant([1.0, 100.0], **ratios).solve()
    assert answer["reactor_power", "cls_lwr@N", 2030] == near([0.44 * 500 - 60, 600])
    assert [str(finding) for finding in answer.findings()] == []


AVERAGE = 24.3 * (2073 / 916.2) ** -0.213


@pytest.mark.parametrize(
    ("size", "exponent", "cost"), [(916.2, 0.787, 24.3), (2073.0, 0.787, AVERAGE), (2073.0, 1.0, 24.3)]
)
def test_concave_cost_is_its_average_at_the_expected_size(size, exponent, cost):
    """Cost = 24.3·916.2·(E/916.2)^0.787: its average at E is 24.3·(E/916.2)^-0.213 per MWh_th."""
    figures = {"store_investment": 24.3, "store_cost_size": 916.2, "store_expected_size": size, "lifetime": 1.0}
    world = World(2, reactors__modes=["flexible"]).demand(10)
    world.reactor("cls_lwr", potential=math.inf, efficiency=0.4, store_cost_exponent=exponent, **{**STORE, **figures})
    options = world.case().build_options
    assert options.loc[("cls_lwr_store@N", 2030), "overnight"] == near(cost)


def test_existing_plants_bring_their_store():
    ratios = {"store_size_ratio": 2.0, "store_charge_ratio": 0.5, "turbine_ratio": 1.2}
    case = plant([1.0, 2.0], **ratios).case()
    assert [case.existing[f"cls_lwr_{part}@N", 2030] for part in PARTS] == near([2000, 500, 80])


def test_cost_is_checked_at_the_size_that_was_built():
    """Built 500 MWh_th per unit, expected 2000: 24.3·(500/916.2)^-0.213 = 27.65 against 20.58 paid, 34 % more."""
    figures = {"store_investment": 24.3, "store_cost_size": 916.2, "store_expected_size": 2000.0, "lifetime": 1.0}
    ratios = {"store_size_ratio": 0.5, "store_charge_ratio": 0.5, "turbine_ratio": 1.2, "store_cost_exponent": 0.787}
    world = World(2, reactors__modes=["flexible"]).demand([100, 300])
    answer = world.reactor("cls_lwr", potential=math.inf, efficiency=0.4, **{**STORE, **figures, **ratios}).solve()
    with pytest.warns(ImplausibleInput, match="about 500 MWh_th.*costs 28 EUR/MWh_th, and 21 were paid"):
        assert answer.findings() == []
    for row in world.rows["reactors"]:
        row["value"] = 520.0 if row["parameter"] == "store_expected_size" else row["value"]
    assert world.solve().findings() == []
