"""Social and private ledgers of sites by hand, and what changes when the private one is minimised."""

from __future__ import annotations

import pytest

from model.core.features import load_features
from model.cube import assemble
from tests.closed_form.answer import Answer, near
from tests.closed_form.world import World

SITE = {"tariff_contract": 20.0, "tariff_peak": 2.0, "energy_tax": 4.0, "wacc": 0.1}


def ledgers(answer: Answer):
    """Both ledgers of a solved world: `(party, item)` to EUR of 2030, social and private."""
    cube = assemble(answer.case, answer.program, load_features(), answer.solution, answer.compiled.statistics())
    groups = [cube["ledgers"][name].sel(year=2030) for name in ("site_social_cost", "site_private_cost")]
    return tuple(
        {(p, i): float(g.sel(party=p, ledger_item=i)) for p in g["party"].values for i in g["ledger_item"].values}
        for g in groups
    )


def world(**cells: float) -> World:
    """A site of 100 MW with a plant at 30 EUR/MWh and 1000 EUR/MW a year without interest; grid power at 50."""
    made = World(2).regional().site(**{**SITE, "contract_import": 100.0, **cells})
    made.technology("grid", existing=1e4, variable_om=50).demand([100, 60], at="S").demand(10)
    return made.technology("own", "S", potential=40.0, investment=10_000, lifetime=10, variable_om=30)


def test_both_ledgers_item_by_item():
    answer = world().solve()
    social, private = ledgers(answer)
    imports = [60.0, 20.0]
    bought = 4380 * 50 * sum(imports)
    for ledger in (social, private):
        assert ledger["S", "investment"] == near(40 * 1000)
        assert ledger["S", "variable_om"] == near(8760 * 40 * 30)
        assert ledger["S", "power_exchange"] == near(bought)
        assert ledger["rest of the system", "power_exchange"] == near(-bought)
    # today's contract of 100 MW stays; the one month has a peak of 60 MW
    assert private["S", "grid_tariff"] == near(20_000 * 100 + 2_000 * 60)
    assert private["S", "energy_tax"] == near(4 * 4380 * sum(imports))
    payment = 0.1 / (1 - 1.1**-10)
    assert private["S", "own_cost_of_capital"] == near(40 * 10_000 * (payment - 0.1))
    for party, item in (("grid operators", "grid_tariff"), ("State", "energy_tax"), ("lenders", "own_cost_of_capital")):
        assert private[party, item] == near(-private["S", item])
        assert social["S", item] == near(0)
    assert sum(social.values()) == near(answer.objective)
    assert sum(private.values()) == near(answer.objective)
    assert answer.findings() == []


def test_minimising_the_private_ledger_moves_what_taxes_and_tariffs_pay_for():
    """Own power at 53 loses to grid power at 50 for the system, and wins for the site, which pays 4 of tax on it."""
    made = World().regional().site(energy_tax=4.0, wacc=0.0).technology("grid", existing=1e4, variable_om=50)
    made.technology("own", "S", existing=30, variable_om=53).demand(100, at="S")
    social, private = made.solve(), made.solve(sites__objective="private")
    assert social.yearly("activity", "own@S", 2030) == near(0)
    assert private.yearly("activity", "own@S", 2030) == near(8760 * 30)
    assert private.cost("site_energy_tax") == near(4 * 8760 * 70)
    assert private.objective == near(8760 * (70 * 54 + 30 * 53))
    assert private.findings() == []
    # the social cost of that choice is three euro on every MWh
    dearer = sum(ledgers(private)[0].values()) - sum(ledgers(social)[0].values())
    assert dearer == near(8760 * 30 * 3)


@pytest.mark.parametrize(("wacc", "built"), [(0.0, 30.0), (0.2, 0.0)])
def test_own_cost_of_capital_decides_what_a_site_builds(wacc, built):
    """A plant of 1000 EUR/MW/year without interest saves 1100; at 20 % it costs 2385."""
    made = World().regional().site(wacc=wacc).technology("grid", existing=1e4, variable_om=50).demand(100, at="S")
    made.technology("own", "S", potential=30.0, investment=10_000, lifetime=10, variable_om=50 - 1100 / 8760)
    answer = made.solve(sites__objective="private")
    assert answer["capacity", "own@S", 2030] == near(built)
    assert answer.findings() == []


def test_a_subsidy_is_an_income_of_the_site_and_a_cost_of_the_state():
    made = World().regional().site(wacc=0.0).technology("grid", existing=1e4, variable_om=50).demand(100, at="S")
    made.technology("own", "S", existing=30, variable_om=55)
    assert made.solve(sites__subsidy={"own": 6.0}).yearly("activity", "own@S", 2030) == near(0)
    answer = made.solve(sites__subsidy={"own": 6.0}, sites__objective="private")
    assert answer.yearly("activity", "own@S", 2030) == near(8760 * 30)
    _, private = ledgers(answer)
    assert private["S", "subsidy"] == near(-6 * 8760 * 30)
    assert private["State", "subsidy"] == near(6 * 8760 * 30)
    assert answer.cost("site_subsidy") == near(-6 * 8760 * 30)
    assert answer.findings() == []


def test_an_agreement_settles_price_against_market_and_moves_no_power():
    made = world().technology("wind", "N", existing=20, profile=[0.0, 1.0])
    row = {"seller_node": "N", "technology": "wind", "node": "S", "first_year": 2030, "last_year": 2035}
    made.add("power_purchase_agreements", agreement="deal", output_share=0.5, price=70.0, **row)
    without, agreed = made.solve(), made.solve(sites__agreements=["deal"])
    assert agreed.objective == near(without.objective)
    social, private = ledgers(agreed)
    # half of 20 MW in the second step, at 70 instead of 50
    assert private["S", "agreements"] == near(4380 * 10 * 20)
    assert private["rest of the system", "agreements"] == near(-4380 * 10 * 20)
    assert social["S", "agreements"] == near(0)
    assert agreed.findings() == []


def test_steam_is_settled_at_its_contract_price():
    made = World().regional().site().technology("grid", existing=1e4, variable_om=50).demand(100, at="S")
    made.technology("chp", "S", gives={"electricity": 1.0, "heat_250": 2.0}, existing=50, variable_om=160)
    made.technology("boiler", "S", gives="heat_250", existing=500, variable_om=5).demand(
        100, at="S", carrier="heat_250"
    )
    row = {"steam": 0.28, "take_share": 1.0, "last_year": 2034, "price": 45.0}
    made.add("steam_contracts", node="S", technology="chp", carrier="heat_250", **row)
    answer = made.solve(sites__steam_contracts=True)
    _, private = ledgers(answer)
    assert private["S", "steam_contracts"] == near(280_000 * (45 - 5))
    assert answer.findings() == []


def test_direct_supply_is_bought_at_the_generator_s_bus():
    made = World().regional().site(contract_import=0.0).technology("own", "S", existing=100, variable_om=200)
    made.technology("wind", "N", existing=50, variable_om=7).demand(20)
    line = {"length": 10.0, "investment": 100.0, "fixed_om": 0.0, "lifetime": 10.0, "loss": 0.0, "first_year": 2030}
    made.add("direct_lines", line="wire", from_node="N", technology="wind", to_node="S", **line)
    answer = made.demand(25, at="S").solve(sites__direct_lines=["wire"])
    social, private = ledgers(answer)
    assert social["S", "other_exchange"] == near(8760 * 25 * 7)
    assert private["S", "direct_line"] == near(100 * 25)
    assert sum(private.values()) == near(answer.objective)
    assert answer.findings() == []


def test_carbon_is_paid_at_the_dual_of_the_cap():
    made = World(carbon__cap="c", carbon__backstop_cost=100.0).regional().site().fuel("gas", 10.0, emission=0.2)
    made.add("carbon_caps", cap="c", value=0.0).demand(10, at="S")
    made.technology("own", "S", takes={"gas": 2.0}, existing=50)
    answer = made.solve()
    _, private = ledgers(answer)
    assert private["S", "carbon_allowances"] == near(100 * 0.4 * 87600)
    assert private["State", "carbon_allowances"] == near(-100 * 0.4 * 87600)
    assert answer.findings() == []
