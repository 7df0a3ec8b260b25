"""What SDE++ categories demand (rules.md section 6), each by hand: feed-in, hours, stores, sites, connections, COP."""

from __future__ import annotations

import math

import pytest

from tests.closed_form.answer import near
from tests.closed_form.scheme import Scheme

FREE = {"lifetime": 1, "investment": 0.0, "potential": math.inf}
WIDE = {2024: 11500.0}
HOURS = 8760.0


def sun(category: str, **settings) -> Scheme:
    """Panels of 10 MW at most against a market at 100 EUR/MWh: full sun, half a sun and none."""
    world = Scheme(3, rounds=WIDE, **settings).demand(100).technology("market", existing=1e3, variable_om=100)
    world.technology("panels", profile=[0.9, 0.5, 0.0], **FREE)
    return world.serves(category, "panels", 10.0)


def test_panels_feed_in_half_of_their_peak():
    answer = sun("23_1_c_2").solve()
    assert answer["built", "panels@N", 2030] == near(10)
    assert answer["activity", "panels@N", 2030] == near([5.0, 5.0, 0.0])
    assert [str(finding) for finding in answer.findings()] == []


def test_tracking_panels_are_exempt():
    assert sun("23_1_d_1").solve()["activity", "panels@N", 2030] == near([9.0, 5.0, 0.0])


def test_panels_without_an_award_feed_in_what_the_sun_gives():
    """10 MW that stand and 10 with an award: 9 and 5 MW in full sun."""
    world = sun("23_1_c_2")
    world.add("existing_capacity", node="N", technology="panels", plant="old", capacity=10.0)
    answer = world.solve()
    assert answer["activity", "panels@N", 2030] == near([14.0, 10.0, 0.0])
    assert [str(finding) for finding in answer.findings()] == []


def pump(category: str, **cells) -> Scheme:
    """A heat pump of 10 MW against a boiler at 100 EUR/MWh; power at 20."""
    world = Scheme(2, rounds=WIDE).demand(50, carrier="heat_100").technology("grid", existing=1e3, variable_om=20)
    world.technology("boiler", gives="heat_100", existing=1e3, variable_om=100)
    world.technology("pump", gives="heat_100", takes={"electricity": 0.4}, **FREE)
    return world.serves(category, "pump", 10.0, paid_output="heat_100", **cells)


def test_part_time_categories_keep_to_their_production_hours():
    answer = pump("73_1_b").asks("73_1_b", production_hours_max=4000.0).solve()
    assert answer.yearly("activity", "pump@N", 2030) == near(10 * 4000)
    assert pump("73_1_a").solve().yearly("activity", "pump@N", 2030) == near(10 * HOURS)
    assert [str(finding) for finding in answer.findings()] == []


@pytest.mark.parametrize(
    ("floor", "most", "built"), [(2.5, math.nan, 10.0), (2.6, math.nan, 0.0), (math.nan, 2.5, 10.0), (1.0, 2.4, 0.0)]
)
def test_cop_decides_what_is_eligible(floor, most, built):
    """1 / 0.4 = 2.5: built where the category takes it, and not at all where it needs an award that it cannot get."""
    answer = pump("73_1_a", cop_min=floor, cop_max=most).solve()
    assert answer["built", "pump@N", 2030] == near(built)
    refused = answer.case.sdepp.refused["reason"].tolist()
    assert refused == ([] if built else [f"COP 2.50 is {'below 2.6' if floor == 2.6 else 'above 2.4'}"])


def test_cop_is_that_of_the_year():
    """Half the year 0.4 and half 0.6 of electricity: 2.0."""
    world = pump("73_1_a", cop_min=2.1)
    world.technology("second", gives="heat_100", takes={"electricity": 1.0}, takes_profile=[0.4, 0.6], **FREE)
    world.serves("73_1_b", "second", 10.0, paid_output="heat_100", cop_min=2.1)
    assert world.case().sdepp.refused["reason"].tolist() == ["COP 2.00 is below 2.1"]


def stored(offered: float = 10.0, **cells) -> Scheme:
    """Heat of 250 degC: power at 10 and 90 EUR/MWh, gas at 80, a boiler with a store under 71(1)c at no cost."""
    world = Scheme(2, rounds=WIDE).demand(100, carrier="heat_250")
    world.technology("dear", existing=1e3, variable_om=90).technology("cheap", existing=1e3, profile=[1, 0])
    world.technology("gas", gives="heat_250", existing=1e3, variable_om=80)
    world.technology("boiler", gives="heat_250", takes={"electricity": 1.0}, **FREE)
    parts = {"potential": math.inf, "lifetime": 1, "investment": 1.0}
    world.store("hot", carrier="heat_250", energy=parts, power=parts)
    world.serves("71_1_c", "boiler", offered, paid_output="heat_250", capacity_per_award=1.5)
    return world.beside("71_1_c", "hot_energy", 3.0).beside("71_1_c", "hot_power", 1.0).asks("71_1_c", **cells)


def test_boilers_with_a_store_have_one_and_a_half_times_their_heat_and_three_hours():
    answer = stored().solve()
    assert answer["sdepp_built", "2024", "71_1_c", "boiler@N", 2030] == near(10)
    assert answer["built", "boiler@N", 2030] == near(15)
    assert answer["capacity", "hot_energy@N", 2030] == near(30)
    assert answer["capacity", "hot_power@N", 2030] == near(10)
    assert [str(finding) for finding in answer.findings()] == []


def test_fifty_megawatt_per_installation_times_the_eligible_sites():
    limits = {"installation_max": 50.0, "installations_per_node": 2.0}
    one = stored(60.0, **limits).case().sdepp.offers["offered"].iloc[0]
    assert one == near(60)
    answer = stored(400.0, **limits).solve(sdepp__rounds={2024: 11500.0, 2025: 8000.0})
    built = [answer["sdepp_built", name, "71_1_c", "boiler@N", 2030] for name in ("2024", "2025")]
    assert sum(built) <= 100 + 1e-6
    assert answer["built", "boiler@N", 2030] == near(1.5 * sum(built))
    assert [str(finding) for finding in answer.findings()] == []


def test_what_can_have_no_store_beside_it_is_not_eligible():
    world = pump("71_1_c").beside("71_1_c", "grid", 1.0).beside("71_1_c", "boiler", 1.0)
    assert len(world.case().sdepp.supports) == 1
    world.technology("vessel", kind="store_energy")
    refused = world.beside("71_1_c", "vessel", 3.0).case().sdepp.refused
    assert refused["reason"].tolist() == ["vessel@N cannot stand beside it"]


def at_site(**settings) -> Scheme:
    """A site with a contract of 10 MW and growth of 5; gas heat at 100 EUR/MWh, power at 10 in half of the year."""
    world = Scheme(2, rounds=WIDE, **settings).regional().site(contract_import=10.0, contract_growth_max=5.0)
    world.technology("grid", existing=1e3, variable_om=10).technology("own", at="S", existing=20.0, variable_om=10)
    world.demand(100, at="S", carrier="heat_250").technology(
        "gas", at="S", gives="heat_250", existing=1e3, variable_om=100
    )
    world.technology("boiler", at="S", gives="heat_250", takes={"electricity": 1.25}, **FREE)
    return world.serves("71_1_b", "boiler", 100.0, paid_output="heat_250")


def test_the_connection_holds_all_boilers():
    """15 MW of connection for 12 MW of boilers that take 1.25: own power of 20 MW does not count."""
    answer = at_site().solve()
    assert answer["built", "boiler@S", 2030] == near(12)
    assert answer.dual("sdepp_connection_limit", "S", 2030) < -1
    assert [str(finding) for finding in answer.findings()] == []
    # without contracts there is no connection to hold
    assert at_site(sites__contracts=False).solve()["built", "boiler@S", 2030] == near(100)


RATE = 0.1113 - 0.0462
"""EUR/kWh: amount less the long-term price of heat, which is above the floor of 0.0308."""


def test_payment_is_income_of_sites_in_the_private_view_alone():
    """3,300 h of 12 MW at 65.1 EUR/MWh; at full load all year the rest is produced without subsidy."""
    private = at_site().solve(sites__objective="private")
    income = 12 * 3300 * 1000 * RATE
    assert private["sdepp_subsidised", "2024", "71_1_b", "boiler@S", 2030, 2030] == near(12 * 3.3)
    assert private.cost("site_sdepp") == near(-income)
    social = at_site().solve()
    assert social.cost("site_sdepp") == 0.0
    assert social.objective - private.objective == near(income)
    # reported in both
    for answer in (private, social):
        assert answer.solution.reported_values["sdepp_payment_at_full_hours"] == near([income])
        assert [str(finding) for finding in answer.findings()] == []
        assert sum(values.sum() for values in answer.solution.cost_values.values()) == near(answer.objective)


def test_what_is_not_produced_is_not_paid():
    """Power in a tenth of the steps only: 876 h, less than 3,300; the boiler runs then and is paid for that."""
    world = Scheme(10, rounds=WIDE, sites__objective="private").regional().site()
    world.technology("grid", existing=1e3, variable_om=10, profile=[1] + 9 * [0])
    world.demand(100, at="S", carrier="heat_250").technology(
        "gas", at="S", gives="heat_250", existing=1e3, variable_om=50
    )
    world.technology("boiler", at="S", gives="heat_250", takes={"electricity": 1.0}, **FREE)
    answer = world.serves("71_1_b", "boiler", 10.0, paid_output="heat_250").solve()
    assert answer.cost("site_sdepp") == near(-10 * 876 * 1000 * RATE)
    assert [str(finding) for finding in answer.findings()] == []


@pytest.mark.parametrize(("years", "hours"), [(1, 2949.0), (2, (2949 + 3300) / 2), (4, (2949 + 3 * 3300) / 4)])
def test_hours_of_boilers_that_count_by_year(years, hours):
    """2,949 h in 2024, 3,457 in 2025, then more: above 3,300 full-load hours they do not bind (art. 92(2))."""
    case = at_site(years=[2024], last_year_span=years).case()
    assert case.sdepp.terms["hours"].tolist() == near([hours])


def test_terms_end_within_a_milestone():
    """12 years from 2030: all of the ten that 2030 stands for, two of the ten of 2040."""
    world = pump("73_1_a")
    world.change("technology_parameters", "pump", value=30)
    case = world.case(years=[2030, 2040], last_year_span=10)
    assert case.sdepp.terms["hours"].droplevel(["round", "category", "asset"]).to_dict() == near(
        {2030: 8000.0, 2040: 1600.0}
    )
