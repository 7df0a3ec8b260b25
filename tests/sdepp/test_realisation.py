"""Terms of payment by category, deadlines, withdrawal, and the tables of assumptions."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

from model.errors import InputError
from model.sdepp.categories import load_categories
from model.sdepp.reading import sdepp_folder
from model.sdepp.realisation import begin, load_practice
from model.sdepp.terms import load_boiler_hours, payment_terms, under_long_runs


@pytest.fixture(scope="module")
def terms():
    categories = load_categories()
    return payment_terms(categories, load_boiler_hours(categories=categories))


def test_terms_follow_the_articles(terms):
    assert len(terms) == 178
    assert set(terms.loc[terms["floor_on_sum"], "technique"]) == {
        "geothermal_heat_pump",
        "aquathermal",
        "process_integrated_heat_pump",
        "air_water_heat_pump",
        "daylight_greenhouse",
        "pvt",
        "e_boiler",
        "e_boiler_thermal_storage",
        "industrial_heat_pump",
        "residual_heat",
        "electrolysis_hydrogen",
        "advanced_fuels",
        "ccs_ets",
        "ccs_non_ets",
        "ccu",
    }
    weather = {"solar_pv", "onshore_wind", "onshore_wind_height_restricted", "wind_on_flood_defence"}
    assert set(terms.loc[~terms["own_use_counts"], "technique"]) == weather
    assert set(terms.loc[~terms["banks_over"], "technique"]) == weather | {"e_boiler", "e_boiler_thermal_storage"}
    assert set(terms.loc[terms["stops_when_negative"], "technique"]) == weather | {"hydropower", "osmosis"}
    assert set(terms.loc[terms["threshold"].notna(), "technique"]) == weather
    assert set(terms["term"]) == {12, 15}


def test_thresholds_lie_0_0180_above_the_base_amount(terms):
    base = load_categories()["base_amount"].reindex(terms.index)
    gap = (terms["threshold"] - base).dropna()
    assert len(gap) == 35 and gap.to_numpy() == pytest.approx(np.full(35, 0.0180), abs=1e-9)


def test_boiler_hours_are_those_of_article_92(terms):
    bare = {2024: 2949, 2025: 3457, 2026: 3774, 2027: 4775, 2028: 6229, 2029: 8760}
    stored = {2024: 4423, 2025: 5185, 2026: 5661, 2027: 7162, 2028: 8784, 2029: 8760}
    assert terms.at["71_1_a", "hours_cap"] == bare and terms.at["71_1_b", "hours_cap"] == bare
    assert terms.at["71_1_c", "hours_cap"] == stored  # 2028 as printed; no year after 2029
    for year in range(2024, 2028):
        assert stored[year] == int(1.5 * bare[year])
    assert terms["hours_cap"].map(lambda cap: isinstance(cap, dict)).sum() == 3


def test_the_older_rule_on_negative_prices_has_least_sizes(terms):
    rows = terms.loc[["17_1_b_1", "17_1_b_1", "23_1_a_1", "23_1_a_1", "25_a"]].reset_index(drop=True)
    held = under_long_runs(rows, pd.Series([2999.0, 3000.0, 499.0, 500.0, 9999.0]))
    assert held.tolist() == [False, True, False, True, False]


def test_deadline_extension_and_withdrawal():
    """Decided in March 2025 (month 24302), four years: March 2029; at most two years later, from 2024 on."""
    march = 2025 * 12 + 2
    start = begin(march, 4, [-1, 0, 1, 2, 2.5, 3], 2)
    assert start.first_month.tolist() == [march + 36, march + 48, march + 60, march + 72, march + 78, march + 84]
    assert start.status.tolist() == ["in_time", "in_time", "extended", "extended", "withdrawn", "withdrawn"]
    assert begin(march, 4, 2, 1).status.tolist() == "withdrawn"
    assert begin(march, 2, -3).first_month.tolist() == march + 1  # not before the month after the decision


def test_deadlines_of_the_regulation(terms):
    years = terms["realisation_years"]
    by = {"23_1_a_1": 2, "23_1_a_2": 3, "23_1_c_2": 4, "33_1_a": 3, "57_ad_2": 5, "57_b": 6, "81_1_e_1": 6, "25_b": 4}
    assert {name: years[name] for name in by} == by


def test_practice_tables_ship_whole():
    practice = load_practice()
    factor, own = practice.production(["solar_pv", "aquathermal"])
    assert factor.tolist() == [1.0, 0.95] and own.tolist() == [0.2, 0.0]
    share = practice.negative_share(["solar_pv", "aquathermal"], [2024, 2027, 2030, 2045], "all")
    assert share[0] == pytest.approx([0.18, 0.215, 0.25, 0.25]) and (share[1] == 0).all()
    assert (practice.negative_share(["solar_pv"], [2030], "none") == 0).all()
    assert practice.negative_share(["solar_pv"], [2030], "long_runs")[0, 0] == 0.16


def test_faulty_practice_tables_are_refused_all_at_once(tmp_path):
    for path in sdepp_folder().glob("*.csv"):
        shutil.copy(path, tmp_path)

    def change(file, old, new):
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    change("realisation_delays.csv", "other,0,0.45", "other,0,0.40")
    change("operation.csv", "solar_pv,1,0.2", "solar_pv,1,1.2")
    change("negative_hours.csv", "solar_pv,2030,0.25", "solar_pv,2030,-0.25")
    with pytest.raises(InputError) as refused:
        load_practice(tmp_path)
    files = {problem.file for problem in refused.value.problems}
    assert files == {"realisation_delays.csv", "operation.csv", "negative_hours.csv"}
    change("e_boiler_hours.csv", "71_1_a 71_1_b,2024", "71_1_x 71_1_b,2024")
    with pytest.raises(InputError, match="71_1_x"):
        load_boiler_hours(tmp_path, load_categories())
