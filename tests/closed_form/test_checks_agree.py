"""The independent checks find nothing wrong with worlds whose answers are known by hand; their costs add up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.closed_form import (
    test_grid,
    test_hosting_and_trade,
    test_investment,
    test_policy,
    test_potentials,
    test_reactor_rows,
    test_reactors,
    test_sites,
    test_storage,
)
from tests.closed_form.answer import near
from tests.closed_form.world import World


def stored_for_winter() -> World:
    """Half a year of sun, half a year of dark, a vessel between them that loses a little."""
    world = World(periods=[(4, 1095), (4, 1095)], runs=[(0, 1095.0), (1, 1095.0)]).demand(50)
    world.technology("sun", existing=200, profile=[0, 1, 1, 1, 0, 0, 0, 0])
    parts = {"potential": float("inf"), "investment": 10.0, "lifetime": 1}
    return world.store("cell", energy=parts, power=parts, linking="long", standing_loss=1e-4, discharge_efficiency=0.9)


def two_milestones() -> World:
    """Vintages told apart, early retirement, discounting."""
    world = World(years=[2030, 2040], last_year_span=5, finance__discount_rate=0.03, finance__wacc=0.06)
    world.demand(60, carrier="hydrogen").technology("sun", existing=1000, variable_om=50, fixed_om=1e3)
    figures = {"investment": 1e5, "lifetime": 20, "potential": 120.0, "distinct": True, "construction_time": 3.0}
    return world.technology("cell", gives="hydrogen", takes={"electricity": {2030: 1.6, 2040: 1.2}}, **figures)


WORLDS: dict[str, tuple[Callable[[], World], dict[str, Any]]] = {
    "congested": (test_grid.congested, {}),
    "losses": (lambda: test_grid.two_nodes("dc", efficiency=0.95, expansion_cost=40.0, expansion_max=30.0), {}),
    "no hosting table": (test_hosting_and_trade.two_levels, {}),
    "reinforced for both": (lambda: test_hosting_and_trade.reinforced("yes"), {}),
    "reinforced apart": (lambda: test_hosting_and_trade.reinforced("no"), {}),
    "trade": (lambda: test_hosting_and_trade.trading(30), {"grid__net_import_max": 0.1}),
    "site": (lambda: test_sites.two_periods(own=30), test_sites.COST),
    "cap and price": (lambda: test_policy.coal_and_gas(3e5, 30.0), {**test_policy.CAP, **test_policy.PRICE}),
    "target": (lambda: test_policy.with_target(300.0), {}),
    "light water": (lambda: test_reactors.unit("cls_lwr", 0.98, heat_250=700.0, heat_100=50.0), {}),
    "high temperature": (lambda: test_reactors.unit("cls_htgr", heat_500=700.0, heat_100=50.0), {}),
    "random reactor": (lambda: test_reactor_rows.random_world(3), {}),
    "store": (lambda: test_storage.trader([10, 90, 30], standing_loss=0.01, charge_efficiency=0.9), {}),
    "lasting": (lambda: test_storage.lasting(duration_min=4.0), {}),
    "season": (stored_for_winter, {}),
    "vintages": (two_milestones, {"investment__early_retirement": True}),
    "backup": (lambda: test_potentials.with_backup().demand(100), {}),
    "three years": (lambda: World(**test_investment.THREE).technology("old", existing=100).demand(90), {}),
}


@pytest.mark.parametrize("name", WORLDS)
def test_checks_pass_and_costs_add_up(name):
    build, settings = WORLDS[name]
    answer = build().solve(**settings)
    assert [str(finding) for finding in answer.findings()] == []
    assert sum(values.sum() for values in answer.solution.cost_values.values()) == near(answer.objective)
