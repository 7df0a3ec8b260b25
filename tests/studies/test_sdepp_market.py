"""The model's own candidates at the prices of a system: what they ask, and who needs nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.errors import InputError
from model.sdepp.categories import load_categories
from model.sdepp.prices import corrections_of, load_prices
from model.sdepp.reading import sdepp_folder
from model.sdepp.rounds import later, load_round
from model.studies.sdepp_equilibrium import rounds_of
from model.studies.sdepp_loop import Choices, respond_to
from model.studies.sdepp_market import Rounds, _View, model_market
from model.studies.sdepp_room import Room
from model.studies.sdepp_signal import SCENARIO, signal_of
from model.studies.sdepp_sums import by_round
from tests.studies.sdepp_tiny import PROJECT_ROWS, SERVICE_ROWS, world, write_tables

YEAR = 2030


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables") / "sdepp"
    shutil.copytree(sdepp_folder(), folder)
    write_tables(folder)
    return model_market(world(), load_round(), load_categories(), load_prices(), folder)


def signal_at(market, price: float):
    """A system with one price, EUR/MWh, in every hour."""
    case = market.case
    shape = (len(case.nodes), len(case.carriers), 1, case.time.count)
    coordinates = {
        "node": list(case.nodes.index),
        "carrier": list(case.carriers.index),
        "year": [YEAR],
        "time": np.arange(case.time.count),
    }
    balance = xr.DataArray(np.full(shape, price), coordinates, ["node", "carrier", "year", "time"])
    none = pd.Series(dtype=float, index=pd.MultiIndex.from_arrays([[], []], names=["asset", "year"]))
    return signal_of(case, balance, none, load_prices())


def test_keys_are_all_assets_that_a_category_serves(market):
    assert {year for _, year in market.keys} == {YEAR}
    technologies = {asset.split("@")[0] for asset, _ in market.keys}
    assert {"solar", "wind_onshore", "e_boiler"} <= technologies
    assert "gas_ccgt" not in technologies


@pytest.mark.parametrize("price", [20.0, 45.0, 60.0])
def test_income_at_the_amount_asked_covers_the_cost(market, price):
    """Year by year over the term of each project, apart from the formula: market plus subsidy is the cost.

    Amounts are rounded up to 4 decimals; a project that asks the most that is paid falls short by up to 5 %.
    """
    signal = signal_at(market, price)
    table = market.applications(signal, 3)
    assert len(table) > 10
    prices = signal.scenario(load_prices())
    rate = market.case.scenario.finance.wacc
    for row in table.itertuples():
        category = market.categories.loc[[row.category]]
        first = 2024 + int(category["realisation_years"].iloc[0])
        years = list(range(first, first + int(category["term_years"].iloc[0])))
        parts = {name: values[0] for name, values in corrections_of(prices, category, SCENARIO, years).final.items()}
        floor = float(category["floor"].iloc[0])
        earned = paid = weights = 0.0
        for n, year in enumerate(years):
            weight = (1 + rate) ** -(year - first)
            beside = parts["ets"][n] + parts["other"][n]
            if 59 <= int(row.category.split("_")[0]) <= 85:
                off = max(parts["price"][n] + beside, floor) + parts["gvo"][n]
            else:
                off = max(parts["price"][n], floor) + beside + parts["gvo"][n]
            own = price / 1000 if row.category.split("_")[0] in ("17", "23") else parts["price"][n]
            earned += weight * (own + beside + parts["gvo"][n])
            paid += weight * max(0.0, row.amount - off)
            weights += weight
        income = (earned + paid) / weights
        assert income >= 0.94 * row.cost
        assert income <= row.cost + 1.1e-4
        assert row.capture_price == pytest.approx(earned / weights)


def test_projects_are_the_same_at_other_prices(market):
    """Sizes and costs of wind and sun hang on the seed alone; what is asked hangs on the price."""
    low, high = (market.applications(signal_at(market, price), 3) for price in (45.0, 60.0))
    both = low.merge(high, on="application", suffixes=("_low", "_high"))
    both = both[both["category_low"].str.startswith(("17", "23"))]
    assert len(both) > 5
    assert (both["capacity_low"] == both["capacity_high"]).all()
    assert both["cost_low"].to_numpy() == pytest.approx(both["cost_high"].to_numpy())
    other = market.applications(signal_at(market, 60.0), 4)
    assert list(other["capacity"]) != list(high["capacity"])


def test_boilers_pay_the_price_of_their_cheapest_hours(market):
    """40 EUR/MWh more of electricity raise the cost of a MWh of heat by as much over the efficiency."""
    low, high = (market.applications(signal_at(market, price), 3) for price in (20.0, 30.0))
    both = low.merge(high, on="application", suffixes=("_low", "_high"))
    both = both[both["category_low"] == "71_1_b"]
    rise = both["cost_high"] - both["cost_low"]
    asset = both["asset_low"].iloc[0]
    efficiency = 1 / -float(market.case.flows["coefficient"][(asset, "electricity", YEAR)])
    assert rise.to_numpy() == pytest.approx(0.010 / efficiency)


ROOF = "23_1_a_1,solar,served,,electricity,1,0.1,,,,MW"
ROOF_PROJECTS = "23_1_a_1,,1,0.9,0.1,0.5,0.5,0.1,0.99,,,,MW"


@pytest.fixture(scope="module")
def roofs(tmp_path_factory):
    """The market with roofs, all fed in, and with a tenth used on site."""
    folder = tmp_path_factory.mktemp("roofs") / "sdepp"
    shutil.copytree(sdepp_folder(), folder)
    write_tables(folder, [*SERVICE_ROWS, ROOF], [*PROJECT_ROWS, ROOF_PROJECTS])
    case = world()
    return [
        model_market(case, load_round(), load_categories(), load_prices(), folder, own_use=share)
        for share in (0.0, 0.1)
    ]


def test_own_use_of_roofs_by_hand(roofs):
    """At a share o: o x 0.14 + (1 - o) x (market + subsidy) is the cost; without, the same with o = 0.

    At 45 EUR/MWh all years take off the floor and the guarantees, so both amounts follow from one another.
    """
    fed, used = (market.applications(signal_at(market, 45.0), 3).set_index("application") for market in roofs)
    both = fed.join(used, lsuffix="_fed", rsuffix="_used", how="inner")
    both = both[(both["category_fed"] == "23_1_a_1")]
    both = both[both["amount_fed"] < 0.0791 - 1e-9]
    assert len(both) > 3
    # (amount - m) (1 - o) = cost - market (1 - o) - o retail, with m - market the same in both.
    expected = both["amount_fed"] - 0.1 / 0.9 * (0.14 - both["cost_fed"])
    assert both["amount_used"].to_numpy() == pytest.approx(expected.to_numpy(), abs=1.6e-4)
    others = [name for name in fed.index if not name.startswith("23_1_a")]
    assert (fed.loc[others, "amount"] == used.loc[others, "amount"]).all()


def test_excess_profit_binds_only_above_the_threshold(market):
    """At 45 EUR/MWh nothing is above a threshold; with a threshold of 0.05 all of 0.0538 less 0.05 is settled."""
    signal = signal_at(market, 45.0)
    view = _View(market, signal)
    rows = pd.DataFrame({"category": ["23_1_c_2", "71_1_b"], "technology": ["solar", "e_boiler"], "region": ["A", "A"]})
    weight = view.weights[view._place(rows)]
    assert view.settled(rows, weight) == pytest.approx([0.0, 0.0])
    low = replace(market, terms=market.terms.assign(threshold=0.05))
    price = view.corrections.final["price"][view.rows["23_1_c_2"]] + 0.004
    expected = (np.maximum(0.0, price - 0.05) * weight[0]).sum()
    assert _View(low, signal).settled(rows, weight)[0] == pytest.approx(expected)


def test_several_rounds_hold_candidates_of_their_own(market):
    """Two rounds at the same prices: other projects, twice the claims or so, both ceilings kept."""
    second = replace(market, round=later(load_round(), "2025").but(ceiling=1e8, hekjes={}))
    both = Rounds((market, second))
    assert both.keys.equals(market.keys) and both.round.round == "2024"
    choices = Choices(attrition="none")
    found = respond_to(both, signal_at(market, 45.0), choices, None, Room(np.full(len(both.keys), np.inf)), {})
    rows = found.applications
    sums = by_round(rows)
    assert list(sums.index) == ["2024", "2025"] and (sums["applications"] > 5).all()
    assert sums.at["2025", "awarded_million"] <= 100
    assert rows["application"].is_unique and rows["application"].str[:5].isin(["2024-", "2025-"]).all()
    first, other = (sorted(rows.loc[rows["round"] == name, "capacity"]) for name in ("2024", "2025"))
    assert first != other
    alone = respond_to(market, signal_at(market, 45.0), choices, None, Room(np.full(len(both.keys), np.inf)), {})
    assert alone.facts["awarded"] == pytest.approx(1e6 * sums.at["2024", "awarded_million"])
    assert found.realised.sum() > alone.realised.sum()


def test_rounds_that_no_table_holds_are_like_the_last_one():
    named = rounds_of(["2023", "2024=8e9", "2025", "2027=4e9"])
    assert [made.ceiling for made in named] == [8e9, 8e9, 8e9, 4e9]
    assert str(named[2].phases[0].opens) == "2025-09-10 09:00:00" and named[2].categories == "2024"
    with pytest.raises(InputError) as caught:
        rounds_of(["2022", "2031", "2024=much", "2025", "2025"])
    assert {problem.value for problem in caught.value.problems} == {"2022", "2031", "2024=much", "2025"}


def test_who_needs_no_subsidy_at_high_prices_does_not_apply(market):
    """At 300 EUR/MWh wind and sun apply for nothing, and all their projects may be built without."""
    signal = signal_at(market, 300.0)
    table, without = market.applications(signal, 3), market.unsubsidised(signal, 3)
    assert not table["category"].str.startswith(("17", "23")).any()
    assert set(without["technique"]) >= {"onshore_wind", "solar_pv"}
    assert set(zip(without["asset"], without["build_year"], strict=True)) <= set(market.keys)
    assert (without["capacity_per_award"] > 0).all()
    calm = market.unsubsidised(signal_at(market, 20.0), 3)
    assert not set(calm["technique"]) & {"onshore_wind", "solar_pv"}
