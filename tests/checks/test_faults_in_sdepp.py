"""Faults planted in SDE++ awards, in what is built with them, in limits of section 6, payments and ledgers."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from model.core.features import load_features
from model.cube import assemble
from tests.checks.planting import change
from tests.checks.worlds import failed
from tests.closed_form.scheme import Scheme

HT = "high_temperature_heat"
FREE = {"lifetime": 1, "investment": 0.0, "potential": math.inf}
BUILD = {"round": "2024", "build_year": 2030}
SUN = {**BUILD, "category": "23_1_c_2", "asset": "panels@N"}
BOILER = {**BUILD, "category": "71_1_b", "asset": "boiler@S"}
STORED = {**BUILD, "category": "71_1_c", "asset": "hot_boiler@S"}


def all_of_it() -> Scheme:
    """Panels that are cut at half, boilers at a site with little connection, boilers with a store, bioLNG."""
    reserves = {HT: 60.0}
    world = Scheme(3, rounds={2024: 100.0}, reserves=reserves, sites__objective="private")
    world.regional().site(contract_import=30.0, contract_growth_max=0.0)
    world.demand(300).technology("market", existing=1e4, variable_om=150)
    world.technology("panels", profile=[0.9, 0.4, 0.0], **{**FREE, "investment": 1e5}).serves("23_1_c_2", "panels", 50)
    world.demand(100, at="S", carrier="heat_250")
    world.technology("own", at="S", existing=20.0, variable_om=10)
    world.technology("gas", at="S", gives="heat_250", existing=1e3, variable_om=300)
    for name in ("boiler", "hot_boiler"):
        world.technology(name, at="S", gives="heat_250", takes={"electricity": 1.0}, **FREE)
    world.store("hot", at="S", carrier="heat_250", energy=FREE, power=FREE)
    heat = {"paid_output": "heat_250"}
    world.serves("71_1_b", "boiler", 20.0, **heat).asks("71_1_b", production_hours_max=4000.0)
    world.serves("71_1_c", "hot_boiler", 4.0, capacity_per_award=1.5, **heat)
    world.beside("71_1_c", "hot_energy", 3.0).beside("71_1_c", "hot_power", 1.0)
    world.asks("71_1_c", installation_max=2.0, installations_per_node=1.0)
    world.technology("fuel", **FREE).serves("79_1_d", "fuel", 500.0)
    return world


@cache
def solved() -> tuple[Any, Any]:
    """Case and cube; nobody may change them."""
    answer = all_of_it().solve()
    return answer.case, assemble(
        answer.case, answer.program, load_features(), answer.solution, answer.compiled.statistics()
    )


def failures(plant) -> set[str]:
    """Checks of the scheme that fail once a fault is planted, and others where they must."""
    case, cube = solved()
    spoilt = cube.copy(deep=True)
    other = plant(case, spoilt)
    return set(failed(case if other is None else other, spoilt))


def scheme(case, **tables):
    """The case with other tables of the scheme."""
    return replace(case, sdepp=replace(case.sdepp, **tables))


def test_the_cube_is_sound_and_every_limit_plays():
    case, cube = solved()
    assert failed(case, cube) == {}
    results = cube["results"]
    for built in (SUN, BOILER, STORED):
        assert float(results["sdepp_built"].sel(built)) > 0.5
    assert float(results["sdepp_built"].sel(STORED)) == pytest.approx(2.0)
    assert float(results["sdepp_subsidised"].sel(BOILER).sum()) > 1.0


FAULTS = {
    "ceiling that is lower": (
        lambda case, cube: scheme(case, rounds=case.sdepp.rounds * 0.9),
        {"SDE++ ceiling"},
    ),
    "reserve that others used": (
        lambda case, cube: scheme(case, reserves=case.sdepp.reserves.assign(law=95e6)),
        {"SDE++ ceiling", "SDE++ pots", "SDE++ claims by domain"},
    ),
    "pot that is too small": (
        lambda case, cube: change(cube, "sdepp_pot", -1.0, round="2024", hekje=HT),
        {"SDE++ pots"},
    ),
    "award beyond what is offered": (
        lambda case, cube: scheme(case, offers=case.sdepp.offers.assign(offered=case.sdepp.offers["offered"] * 0.01)),
        {"SDE++ offers", "SDE++ claims by domain"},
    ),
    "cap that is lower": (
        lambda case, cube: scheme(case, caps=case.sdepp.caps.assign(limit=-1.0)),
        {"SDE++ caps"},
    ),
    "award that is not realised": (
        lambda case, cube: scheme(case, offers=case.sdepp.offers.assign(realised_share=0.5)),
        {"SDE++ awards realised", "SDE++ claims by domain"},
    ),
    "panels built without an award": (
        lambda case, cube: change(cube, "sdepp_built", -1.0, **SUN),
        {"SDE++ built with an award", "SDE++ payments", "SDE++ claims by domain"},
    ),
    "panels that feed in too much": (
        lambda case, cube: scheme(case, supports=case.sdepp.supports.assign(feed_in_share=0.4)),
        {"SDE++ feed-in"},
    ),
    "production beyond its hours": (
        lambda case, cube: scheme(case, supports=case.sdepp.supports.assign(production_hours=1000.0)),
        {"SDE++ production hours"},
    ),
    "store that is too small": (
        lambda case, cube: scheme(case, companions=case.sdepp.companions * 1e3),
        {"SDE++ thermal stores"},
    ),
    "more than the sites hold": (
        lambda case, cube: scheme(case, supports=case.sdepp.supports.assign(installations=1.0)),
        {"SDE++ installations"},
    ),
    "connection that is too small": (
        lambda case, cube: scheme(case, supports=case.sdepp.supports.assign(capacity_per_award=100.0)),
        {"SDE++ connections", "SDE++ built with an award", "SDE++ feed-in", "SDE++ production hours"},
    ),
    "hours that do not count": (
        lambda case, cube: scheme(case, terms=case.sdepp.terms.assign(hours=10.0)),
        {"SDE++ subsidised hours", "SDE++ payments"},
    ),
    "rate of other prices": (
        lambda case, cube: scheme(case, terms=case.sdepp.terms.assign(rate=case.sdepp.terms["rate"] * 1.1)),
        {"cost item site_sdepp", "site ledger", "SDE++ payments"},
    ),
    "subsidy on what was not produced": (
        lambda case, cube: change(cube, "sdepp_subsidised", 30.0, **BOILER, year=2030),
        {"SDE++ subsidised hours", "SDE++ subsidised output", "SDE++ payments", "cost item site_sdepp", "site ledger"},
    ),
    "claims that were not awarded": (
        lambda case, cube: change(cube, "sdepp_domain_claims", 5.0, "ledgers", round="2024", hekje=HT),
        {"SDE++ claims by domain"},
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_planted_fault_is_found_by_the_checks_meant_for_it(name):
    plant, expected = FAULTS[name]
    assert failures(plant) == expected
