"""Prices of a system as the scheme sees them: market price, capture prices, levels; every figure worked out again."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.errors import InputError
from model.sdepp.categories import load_categories
from model.sdepp.prices import corrections_of, load_prices
from model.studies.sdepp_loop import Choices, read_signal
from model.studies.sdepp_signal import SCENARIO, load_imbalance, signal_of
from tests.helpers import tiny_case

YEAR = 2030
SHARES = {"A": 2.0e6, "B": 4.205025e6, "C": 3.8e6}
"""Demand for electricity by region, MWh: the site in C counts."""


@pytest.fixture(scope="module")
def case():
    return tiny_case(years=[YEAR])


@pytest.fixture(scope="module")
def balance(case):
    """50, 60 and 70 EUR at the high-voltage grids, less by 400 EUR times the sun in A; a scarce site and dear heat."""
    sun = case.hourly["profile"].sel(profile="solar:A").to_numpy()
    values = np.full((len(case.nodes), len(case.carriers), 1, case.time.count), 500.0)
    power = list(case.carriers.index).index("electricity")
    for place, node in enumerate(case.nodes.index):
        base = {"A_transmission": 50.0, "B_transmission": 60.0, "C_transmission": 70.0}.get(str(node), 9999.0)
        values[place, power, 0] = base - 400.0 * sun
    coordinates = {
        "node": list(case.nodes.index),
        "carrier": list(case.carriers.index),
        "year": [YEAR],
        "time": np.arange(case.time.count),
    }
    return xr.DataArray(values, coordinates, ["node", "carrier", "year", "time"])


def market_price(case):
    sun = case.hourly["profile"].sel(profile="solar:A").to_numpy()
    levels = {"A": 50.0, "B": 60.0, "C": 70.0}
    mean = sum(SHARES[name] * levels[name] for name in SHARES) / sum(SHARES.values())
    return (mean - 400.0 * sun) / 1000.0


def standing(case, **capacity):
    keys = pd.MultiIndex.from_arrays([list(capacity), [YEAR] * len(capacity)], names=["asset", "year"])
    return pd.Series(list(capacity.values()), index=keys, dtype=float)


def weighted(price, made, weight):
    return sum(p * m * w for p, m, w in zip(price, made, weight, strict=True)) / sum(
        m * w for m, w in zip(made, weight, strict=True)
    )


def profile(case, name):
    return case.hourly["profile"].sel(profile=name).to_numpy()


def test_market_price_is_that_of_the_high_voltage_grids_by_demand(case, balance):
    signal = signal_of(case, balance, standing(case), load_prices())
    assert signal.market.loc[YEAR].to_numpy() == pytest.approx(market_price(case))
    base = weighted(market_price(case), np.ones(case.time.count), case.time.weight)
    assert signal.levels.at[YEAR, "electricity_base"] == pytest.approx(base)


def test_capture_price_has_profile_and_imbalance_and_no_hours_below_zero(case, balance):
    signal = signal_of(case, balance, standing(case), load_prices(), imbalance={"solar": 0.002, "wind_onshore": 0.003})
    price = market_price(case)
    assert (price < 0).any()
    for technology, cost in (("solar", 0.002), ("wind_onshore", 0.003)):
        made = profile(case, f"{technology}:B")
        expected = weighted(np.maximum(price, 0.0), made, case.time.weight) - cost
        assert signal.capture.at[(technology, "B"), YEAR] == pytest.approx(expected)
        share = weighted((price < 0).astype(float), made, case.time.weight)
        assert signal.negative.at[(technology, "B"), YEAR] == pytest.approx(share)
    assert signal.negative.at[("solar", "A"), YEAR] > 0


def test_regional_projects_earn_the_price_of_their_region(case, balance):
    own = signal_of(case, balance, standing(case), load_prices(), regional=True)
    country = signal_of(case, balance, standing(case), load_prices())
    price = (50.0 - 400.0 * profile(case, "solar:A")) / 1000.0
    expected = weighted(np.maximum(price, 0.0), profile(case, "wind_onshore:A"), case.time.weight)
    assert own.capture.at[("wind_onshore", "A"), YEAR] == pytest.approx(expected)
    pd.testing.assert_frame_equal(own.levels, country.levels)  # corrections are one for the country


def test_levels_follow_all_that_stands(case, balance):
    """100 MW of panels in A and 300 in C: one level for the country; without any, all regions alike."""
    capacity = standing(case, **{"solar@A_regional": 100.0, "solar@C_regional": 300.0})
    signal = signal_of(case, balance, capacity, load_prices(), imbalance={"solar": 0.002})
    price = np.maximum(market_price(case), 0.0)
    made = 100.0 * profile(case, "solar:A") + 300.0 * profile(case, "solar:C")
    assert signal.levels.at[YEAR, "electricity_solar"] == pytest.approx(weighted(price, made, case.time.weight) - 0.002)
    none = sum(profile(case, f"wind_onshore:{name}") for name in "ABC")
    assert signal.levels.at[YEAR, "electricity_wind"] == pytest.approx(weighted(price, none, case.time.weight))


def test_other_drivers_are_those_of_the_price_scenario_unless_carbon_is_given(case, balance):
    prices = load_prices()
    signal = signal_of(case, balance, standing(case), prices, base="tyndp_nt")
    table = prices.scenarios["tyndp_nt"]
    assert signal.levels.at[YEAR, "gas"] == pytest.approx(np.interp(YEAR, table.index, table["gas"]))
    shadow = signal_of(case, balance, standing(case), prices, carbon=pd.Series({YEAR: 250.0}))
    assert shadow.levels.at[YEAR, "co2"] == 250.0


def test_corrections_are_those_of_the_levels(case, balance):
    """Onshore wind: the line through floor and provisional price is the driver itself; guarantees are 0.0040."""
    signal = signal_of(case, balance, standing(case), load_prices())
    categories = load_categories().loc[["17_1_b_5"]]
    found = corrections_of(signal.scenario(load_prices()), categories, SCENARIO, [2030, 2040])
    level = signal.levels.at[YEAR, "electricity_wind"]
    assert found.final["price"][0] == pytest.approx([level, level])
    assert found.final["gvo"][0] == pytest.approx([0.004, 0.004])


def test_cheapest_hours_are_filled_from_below(case, balance):
    signal = signal_of(case, balance, standing(case), load_prices())
    price, weight = market_price(case), np.asarray(case.time.weight)
    pairs = sorted(zip(price, weight, strict=True))
    first, second = pairs[0], pairs[1]
    half = first[1] + 0.5 * second[1]
    expected = (first[0] * first[1] + second[0] * 0.5 * second[1]) / half
    assert signal.cheapest(half, YEAR) == pytest.approx(expected)
    assert signal.cheapest(9e9, YEAR) == pytest.approx(signal.levels.at[YEAR, "electricity_base"])


def test_imbalance_of_the_table():
    assert load_imbalance() == {"wind_onshore": 0.003, "solar_ground": 0.002, "solar_rooftop": 0.002}


def test_faults_of_the_imbalance_table_come_all_at_once(tmp_path):
    header = "technologies,cost,unit,source,provenance,note"
    rows = ["solar,-1,EUR/kWh,me,assumption,", "wind_onshore,0.1,EUR/MWh,me,assumption,"]
    (tmp_path / "imbalance.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_imbalance(tmp_path)
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [("2", "cost"), ("3", "unit")]
    twice = ["solar,0.1,EUR/kWh,me,assumption,", "wind_onshore solar,0.1,EUR/kWh,me,assumption,"]
    (tmp_path / "imbalance.csv").write_text("\n".join([header, *twice]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="every technology once"):
        load_imbalance(tmp_path)


def test_shadow_price_of_the_cap_is_read_per_tonne(case, balance):
    """12,000 EUR per kt of the cap are 12 EUR/t, beside what every tonne pays; without the option the scenario's."""
    capacity = xr.DataArray([[100.0]], {"asset": ["solar@A_regional"], "year": [YEAR]}, ["asset", "year"])
    cube = xr.DataTree.from_dict(
        {
            "duals": xr.Dataset({"carrier_balance": balance, "carbon_cap": ("year", [12000.0], {}, {})}).assign_coords(
                year=[YEAR]
            ),
            "results": xr.Dataset({"capacity": capacity}),
        }
    )
    built = SimpleNamespace(case=case)
    shadow = read_signal(built, cube, load_prices(), Choices(carbon_shadow=True))
    assert shadow.levels.at[YEAR, "co2"] == pytest.approx(12.0 + float(case.carbon_price[YEAR]))
    plain = read_signal(built, cube, load_prices(), Choices())
    table = load_prices().scenarios["tyndp_nt"]
    assert plain.levels.at[YEAR, "co2"] == pytest.approx(np.interp(YEAR, table.index, table["co2"]))
