"""Captured CO2 by hand: fossil and biogenic storage, use, process carbon, pipes and sinks, and their limits (H4)."""

from __future__ import annotations

import math

import pytest

from model.errors import InputError
from tests.closed_form.answer import Answer, near
from tests.closed_form.world import World

YEARLY = 8760 * 100  # MWh
NETWORK = {"detail__carbon_network": True}
PRICE, CAP = {"carbon__price": True}, {"carbon__cap": "path"}


def account(answer: Answer) -> dict[str, float]:
    """The ledger of CO2 of the year, t."""
    from model.core.features import load_features
    from model.cube import assemble

    cube = assemble(answer.case, answer.program, load_features(), answer.solution, answer.compiled.statistics())
    series = cube["ledgers"]["carbon_account"].isel(scenario=0, missing_dims="ignore").sel(year=2030).to_series()
    return {str(name): 1e6 * float(value) for name, value in series.items()}


def faults(answer: Answer) -> list[str]:
    """What the independent checks find wrong."""
    return [str(finding) for finding in answer.findings() if not finding.passed]


def sink(world: World, at: str = "N", limit: float = 10.0, cost: float = 20.0) -> World:
    """A sink of so many Mt a year at so many EUR/t."""
    return world.add("carbon_sinks", sink="field", node=at, limit=limit, cost=cost)


def captured_gas(price: float = 0.0, **scenario) -> World:
    """Gas with capture: 2 MWh of gas at 25 and 0.2 t, nine tenths of it caught: 0.36 t stored, 0.04 t released."""
    world = World(**scenario).demand(100).fuel("gas", 25, emission=0.2)
    world.technology("gas_ccs", takes={"gas": 2.0}, existing=200, capture_rate=0.9, variable_om=5, storage_om=3)
    world.add("carbon_prices", price_scenario="given", value=price)
    return world.add("carbon_caps", cap="path", value=0.0)


def test_fossil_capture_releases_what_is_not_caught():
    answer = captured_gas(100).solve(**PRICE)
    assert 1000 * answer["emission", "N", 2030] == near(0.04 * YEARLY)
    # transport and storage are in the variable cost: 50 of gas, 5 of operation, 4 of CO2
    assert answer.objective == near(YEARLY * (50 + 5 + 4))
    found = account(answer)
    assert found["captured, fossil"] == near(0.36 * YEARLY) == found["stored for good"]
    assert found["net emission"] == near(0.04 * YEARLY)


def test_with_a_network_storing_is_paid_by_the_tonne_and_not_twice():
    answer = sink(captured_gas(100)).solve(**PRICE, **NETWORK)
    # the 3 EUR/MWh for storage leave the variable cost; 0.36 t at 20 EUR/t come instead
    assert answer.objective == near(YEARLY * (50 + 2 + 4 + 0.36 * 20))
    assert answer.cost("carbon_storage") == near(YEARLY * 0.36 * 20)
    assert answer["carbon_stored", "field", 2030] == near(0.36 * YEARLY / 1000)
    assert 1000 * answer["emission", "N", 2030] == near(0.04 * YEARLY)
    assert faults(answer) == []


def test_what_no_sink_takes_is_vented_and_counts():
    answer = sink(captured_gas(100), limit=0.1 * YEARLY / 1e6).solve(**PRICE, **NETWORK)
    assert answer["carbon_vented", "N", 2030] == near(0.26 * YEARLY / 1000)
    assert 1000 * answer["emission", "N", 2030] == near(0.30 * YEARLY)
    # venting is free and storing saves 100 less 20: that is what room in the sink is worth
    wider = sink(captured_gas(100), limit=0.1 * YEARLY / 1e6 + 0.001).solve(**PRICE, **NETWORK)
    assert answer.objective - wider.objective == near(1000 * (100 - 20))
    assert faults(answer) == []
    dear = sink(captured_gas(100), cost=101).solve(**PRICE, **NETWORK)
    assert dear["carbon_stored", "field", 2030] == near(0.0)


def beccs(**scenario) -> World:
    """Biomass of 0.4 t/MWh, none of it fossil, nine tenths caught: -0.9 t a MWh; beside it gas of 0.4 t a MWh."""
    world = World(**scenario).demand(100).fuel("gas", 25, emission=0.2).fuel("biomass", 20)
    world.change("carriers", "biomass", carbon_content=0.4)
    world.technology("gas_plant", takes={"gas": 2.0}, existing=200)
    world.technology("beccs", takes={"biomass": 2.5}, existing=200, capture_rate=0.9, variable_om=30)
    return world.add("carbon_caps", cap="path", value=0.0)


@pytest.mark.parametrize("network", [False, True])
def test_biogenic_storage_counts_negative(network):
    world = sink(beccs(), cost=10) if network else beccs()
    answer = world.solve(**CAP, detail__carbon_network=network)
    # 0.4 t of 9/13 of the power are taken back by 0.9 t of 4/13 of it
    assert answer["activity", "beccs@N", 2030] == near([100 * 4 / 13])
    storing = 10 * 0.9 * 4 / 13 if network else 0.0
    assert answer.objective == near(YEARLY * (50 * 9 / 13 + 80 * 4 / 13 + storing))
    assert answer["emission", "N", 2030] == near(0.0)
    found = account(answer)
    assert found["captured, biogenic"] == near(0.9 * YEARLY * 4 / 13)
    assert found["stored for good"] == near(found["fossil carbon of fuels"])
    assert faults(answer) == []
    # the carbon of biomass bites: without it biomass is only free of CO2, and all of the power must come from it
    blind = beccs().change("carriers", "biomass", carbon_content=0.0).solve(**CAP)
    assert blind.objective == near(YEARLY * 80)


def test_use_neither_adds_nor_removes():
    """40 t/h of fossil CO2 are caught whole; a product takes 10 of them and 30 are stored: 10 t/h are left to count."""
    world = sink(World().demand(100).demand(50, carrier="hydrogen").fuel("gas", 25, emission=0.2))
    world.technology("gas_ccs", takes={"gas": 2.0}, existing=200, capture_rate=1.0)
    world.technology("synthesis", gives="hydrogen", existing=50, carbon_use=0.2)
    world.add("carbon_prices", price_scenario="given", value=100)
    answer = world.solve(**PRICE, **NETWORK)
    assert 1000 * answer["emission", "N", 2030] == near(8760 * 10)
    assert answer.objective == near(8760 * (100 * 50 + 10 * 100 + 30 * 20))
    found = account(answer)
    assert found["used in products"] == near(8760 * 10)
    assert found["stored for good"] + found["used in products"] + found["vented"] == near(found["captured, fossil"])
    assert faults(answer) == []
    # carbon of the air in the same product: nothing enters and nothing is left
    from_air = World().demand(50, carrier="hydrogen").technology("synthesis", gives="hydrogen", existing=50,
                                                                 carbon_use=0.2)  # fmt: skip
    from_air.technology("air", gives="heat_100", existing=100, air_capture=0.5, variable_om=10)
    answer = from_air.add("carbon_prices", price_scenario="given", value=100).solve(**PRICE, **NETWORK)
    assert answer.objective == near(8760 * 20 * 10)  # 10 t/h need 20 MW of capture
    assert account(answer)["net emission"] == near(0.0)


def test_use_without_a_network_is_refused_by_name():
    world = World().demand(50, carrier="hydrogen")
    world.technology("synthesis", gives="hydrogen", existing=50, carbon_use=0.2)
    with pytest.raises(InputError, match=r"synthesis.*detail\.carbon_network"):
        world.attempt()


def process_world(price: float, **capture: float) -> World:
    """A process of 10 t/h; capture takes 0.5 MWh of heat per tonne, so 2 t per MWh of activity."""
    world = World().demand(10).technology("grid", existing=100, variable_om=60)
    world.add("process_emissions", node="N", sector="lime", value=8760 * 10 / 1e6)
    world.add("carbon_prices", price_scenario="given", value=price)
    figures = {"process_capture": 2.0, "variable_om": 40.0, **capture}
    return world.technology("capture", gives="heat_100", takes={"electricity": 0.1}, **figures)


PROCESS = {"detail__process_emissions": True, **PRICE}


@pytest.mark.parametrize(("price", "caught"), [(22, 0.0), (24, 10.0)])
def test_process_carbon_is_caught_where_it_pays(price, caught):
    # 40 and 0.1 x 60 for 2 t: 23 EUR/t
    answer = process_world(price, existing=50).solve(**PROCESS)
    assert answer["activity", "capture@N", 2030] == near([caught / 2])
    assert 1000 * answer["emission", "N", 2030] == near(8760 * (10 - caught))
    assert answer.objective == near(8760 * (10 * 60 + min(price, 23) * 10))
    assert faults(answer) == []
    assert process_world(price, existing=50).solve(**PRICE).objective == near(8760 * 10 * 60)


def test_no_more_process_carbon_is_caught_than_there_is():
    """At 100 EUR/t every further tonne would pay: the stream is what stops it, and its dual is what one is worth."""
    answer = process_world(100, existing=50).solve(**PROCESS)
    assert answer["activity", "capture@N", 2030] == near([5])
    dual = answer.dual("process_capture_limit", "N", 2030) / 8760
    assert dual == near([-(100 - 23)])


def test_process_carbon_that_nothing_catches_is_bought_off_at_the_backstop():
    world = process_world(0).add("carbon_caps", cap="path", value=0.0)
    answer = world.solve(**CAP, detail__process_emissions=True, carbon__backstop_cost=300.0)
    assert answer.cost("carbon_backstop") == near(8760 * 10 * 300)


def piped(**cells: float) -> World:
    """Capture of 36 t/h at N and a sink at M; without the pipe it is vented at 100 EUR/t."""
    world = sink(captured_gas(100).bus("M"), at="M")
    pipe = {"length": 50, "capacity": 0.0, "lifetime": 10, "tariff": 5.0, **cells}
    return world.add("carbon_pipes", pipe="trunk", from_node="N", to_node="M", **pipe)


def test_a_pipe_moves_what_it_can():
    answer = piped(capacity=12.0).solve(**PRICE, **NETWORK)
    assert answer["carbon_flow", "trunk", 2030] == near(12 * 8.76)
    assert answer["carbon_vented", "N", 2030] == near(24 * 8.76)
    assert answer.cost("carbon_transport") == near(8760 * 12 * 5)
    # the account stands where carbon enters and where it is stored
    assert [answer["emission", node, 2030] for node in "NM"] == near([40 * 8.76, -12 * 8.76])
    assert answer.dual("carbon_pipe_limit", "trunk", 2030) == near(-1000 * (100 - 20 - 5))
    assert faults(answer) == []


@pytest.mark.parametrize(("cost", "built"), [(74, 36.0), (76, 0.0)])
def test_a_pipe_is_built_where_the_year_pays_for_it(cost, built):
    # a t/h saves 75 EUR in every hour; over ten years without interest a tenth of the cost is paid a year
    answer = piped(investment=10 * cost * 8760.0).solve(**PRICE, **NETWORK)
    assert answer["carbon_pipe_expansion", "trunk", 2030] == near(built * 8.76)
    assert answer.objective == near(8760 * (100 * 52 + 4 * 100 + 36 * (min(cost, 75) + 25)))
    assert faults(answer) == []
    least = piped(investment=10 * 74 * 8760.0, expansion_max=20.0).solve(**PRICE, **NETWORK)
    assert least["carbon_pipe_expansion", "trunk", 2030] == near(20.0 * 8.76)


def test_a_pipe_moves_nothing_before_its_year_and_what_is_added_stays():
    """With 10 t/h from 2040 on at 20 EUR/t, and nothing to gain in 2050: what was added in 2040 is still paid then."""
    years = {"years": [2030, 2040, 2050]}
    world = piped(capacity=10.0, first_year=2040, investment=10 * 8760.0, expansion_max=5.0)
    world.rows["carbon_prices"].clear()
    for year, value in ((2030, 100), (2040, 100), (2050, 0)):
        world.add("carbon_prices", price_scenario="given", year=year, value=value)
    answer = world.solve(**years, **PRICE, **NETWORK)
    assert [answer["carbon_flow", "trunk", year] for year in (2040, 2050)] == near([15 * 8.76, 0])
    assert [answer["carbon_pipe_expansion", "trunk", year] for year in (2040, 2050)] == near([5 * 8.76, 5 * 8.76])
    assert 1000 * answer["emission", "N", 2030] == near(0.4 * YEARLY)
    assert faults(answer) == []


def test_limit_and_cost_of_a_sink_lie_between_the_years_of_the_table():
    world = captured_gas(100, years=[2030, 2040])
    for year, limit, cost in ((2030, 0.0, 30.0), (2050, 0.2 * YEARLY / 1e6, 10.0)):
        world.add("carbon_sinks", sink="field", node="N", year=year, limit=limit, cost=cost)
    answer = world.solve(**PRICE, **NETWORK)
    assert [answer["carbon_stored", "field", year] for year in (2030, 2040)] == near([0.0, 0.1 * YEARLY / 1000])
    assert answer.cost("carbon_storage") == near(0.1 * YEARLY * 20)
    assert faults(answer) == []


def test_a_limit_on_captured_carbon_by_capacity_gives_way_to_the_sinks():
    """A group in t/h stands for storage where there is no network; with one, only the sinks count."""
    figures = {"potential": math.inf, "investment": 0.0, "lifetime": 10}
    world = World().demand(100).fuel("gas", 25, emission=0.2).technology("grid", existing=200, variable_om=200)
    world.technology("gas_ccs", takes={"gas": 2.0}, capture_rate=0.9, **figures)
    world.add("shared_potential_limits", group="stored", capacity_max=18, unit="t/h")
    world.add("shared_potentials", group="stored", node="N", technology="gas_ccs", factor=0.36)
    assert world.solve()["capacity", "gas_ccs@N", 2030] == near(50.0)
    answer = sink(world, cost=0.0).solve(**NETWORK)
    assert answer["capacity", "gas_ccs@N", 2030] >= 100 * (1 - 1e-6)
    assert faults(answer) == []
