"""The model's own candidates at the prices of a system: what they ask, and who needs nothing."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.sdepp.categories import load_categories
from model.sdepp.prices import corrections_of, load_prices
from model.sdepp.reading import sdepp_folder
from model.sdepp.rounds import load_round
from model.studies.sdepp_market import model_market
from model.studies.sdepp_signal import SCENARIO, signal_of
from tests.studies.sdepp_tiny import world, write_tables

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
