"""Corrections by year: published ones, lines through printed points, scenarios, and hours with negative prices."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from model.errors import InputError
from model.sdepp.categories import load_categories
from model.sdepp.prices import (
    PARTS,
    capture_price,
    corrections_of,
    driver_paths,
    load_prices,
    negative_hours,
    negative_share,
    with_scenario,
)
from model.sdepp.reading import sdepp_folder


@pytest.fixture(scope="module")
def prices():
    return load_prices()


@pytest.fixture(scope="module")
def categories():
    table = load_categories()
    return table[table["open"].astype(bool)]


def test_provisional_2024_is_what_the_regulation_prints(prices, categories):
    found = corrections_of(prices, categories, "long_term", [2024])
    for part in PARTS:
        printed = categories[f"correction_2024_{part}"].fillna(0.0)
        assert found.provisional[part][:, 0] == pytest.approx(printed.to_numpy())
    total = sum(found.provisional[part][:, 0] for part in PARTS)
    assert total == pytest.approx(categories["correction_2024"].to_numpy(), abs=1e-9)


def test_at_the_floor_level_every_price_is_at_its_floor(prices, categories):
    found = corrections_of(prices, categories, "floor", [2030])
    ets_only = categories["technique"].isin(["ccs_ets", "ccs_non_ets"])
    at_floor = found.final["price"][~ets_only, 0]
    assert at_floor == pytest.approx(categories["floor"][~ets_only].to_numpy(float), abs=1e-9)
    storage = found.final["ets"][(categories["technique"] == "ccs_ets").to_numpy(), 0]
    assert sorted(set(storage)) == [0.0, 91.3481]  # waste incinerators have no benefit


def test_the_long_term_prices_that_the_lines_do_not_know_are_met(prices, categories):
    """The printed long-term price is the product price, or it and the other parts: 157 of 178 within 0.0007.

    The rest: hydrogen and CO2 use, whose long-term price holds more, and one advanced fuel.
    """
    found = corrections_of(prices, categories, "long_term", [2030])
    product = found.final["price"][:, 0]
    together = sum(found.final[part][:, 0] for part in PARTS)
    printed = categories["long_term_price"].to_numpy(float)
    missed = np.minimum(abs(product - printed), abs(together - printed)) > 0.0007
    others = categories["technique"][missed].value_counts().to_dict()
    assert others.pop("ccu") == 18 and others.pop("electrolysis_hydrogen") == 2
    assert others == {"advanced_fuels": 1}


def test_corrections_by_hand_in_between(prices, categories):
    """long_term: gas 0.0719 in 2024, 0.0462 in 2027, on a line: 0.063333 in 2025, 0.054767 in 2026.

    Provisional 2026 = 4/12 x 0.0719 + 8/12 x 0.063333 = 0.066189 (September 2024 to August 2025).
    57_ad_2, large heat: 0.0240 + 0.0320 x (0.054767 - 0.0308) / 0.0411 = 0.042660.
    73_1_a: CO2 82.05 to 137.0222: 118.6981 in 2026; 0.0132 x 118.6981 / 82.05 = 0.019096.
    """
    found = corrections_of(prices, categories, "long_term", [2025, 2026])
    row = {name: place for place, name in enumerate(found.categories)}
    assert found.final["price"][row["25_a"]] == pytest.approx([0.063333, 0.054767], abs=1e-6)
    assert found.provisional["price"][row["25_a"], 1] == pytest.approx(0.066189, abs=1e-6)
    assert found.final["price"][row["57_ad_2"], 1] == pytest.approx(0.042660, abs=1e-6)
    assert found.final["ets"][row["73_1_a"], 1] == pytest.approx(0.019096, abs=1e-6)
    assert found.final["gvo"][row["23_1_a_1"], 1] == 0.0040
    assert found.final["ets"][row["81_1_e_1"], 1] == pytest.approx(118.698133, abs=1e-5)
    assert found.final["other"][row["79_1_a"], 1] == 0.0839


def test_a_published_figure_goes_before_the_scenario(prices, categories, tmp_path):
    for path in sdepp_folder().glob("*.csv"):
        shutil.copy(path, tmp_path)
    row = "25_a,2026,final,0.0500,0,0,0,EUR/kWh,a publication,verified,\n"
    with (tmp_path / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write(row)
    found = corrections_of(load_prices(tmp_path), categories, "long_term", [2026])
    place = found.categories.index("25_a")
    assert found.final["price"][place, 0] == 0.05
    assert found.final["price"][found.categories.index("25_b"), 0] == pytest.approx(0.054767, abs=1e-6)
    assert found.provisional["price"][place, 0] == pytest.approx(0.066189, abs=1e-6)


def test_inflation_raises_prices_from_2025(prices):
    bare = driver_paths(prices, "tyndp_nt", [2024, 2025, 2027])
    risen = driver_paths(prices, "tyndp_nt", [2024, 2025, 2027], inflation=0.02)
    assert (risen / bare)["gas"].to_numpy() == pytest.approx([1.0, 1.0, 1.02**2])


def test_scenarios_are_those_of_the_model_s_own_tables(prices):
    """33.0 EUR/MWh on lower heating value x 0.9; base load 0.45 x (33.0/0.58 + 0.348 x 113.4 + 3) + 0.55 x 25."""
    path = driver_paths(prices, "tyndp_nt", [2030]).loc[2030]
    assert path["gas"] == pytest.approx(0.032991 * 0.9, abs=1e-6)
    assert path["co2"] == 113.4
    step = 32.991 / 0.58 + 0.202 / 0.58 * 113.4 + 3
    assert path["electricity_base"] == pytest.approx((0.45 * step + 0.55 * 25) / 1000, abs=1e-6)
    assert path["electricity_solar"] / path["electricity_base"] == pytest.approx(0.0738 / 0.0939, abs=1e-4)


def test_unknown_scenario_and_faulty_tables_are_refused(prices, categories, tmp_path):
    with pytest.raises(InputError, match="long_term"):
        corrections_of(prices, categories, "long_trem", [2030])
    for path in sdepp_folder().glob("*.csv"):
        shutil.copy(path, tmp_path)
    rows = (tmp_path / "price_scenarios.csv").read_text(encoding="utf-8").replace("long_term,gas,", "long_term,gass,")
    (tmp_path / "price_scenarios.csv").write_text(rows, encoding="utf-8")
    links = (tmp_path / "correction_drivers.csv").read_text(encoding="utf-8")
    (tmp_path / "correction_drivers.csv").write_text(links.replace("ccs_ets,ets,co2,level", "ccs_ets,ets,co2,fixed"))
    with pytest.raises(InputError) as refused:
        load_prices(tmp_path)
    text = str(refused.value)
    assert "did you mean gas?" in text and "the driver gas in scenario long_term" in text
    assert "none where the rule is fixed" in text


def test_every_category_has_a_rule_for_every_part(prices, categories):
    for name, row in categories.iterrows():
        for part in PARTS:
            assert (name, part) in prices.rules or (row["technique"], part) in prices.rules, (name, part)


def test_negative_hours_by_rule():
    """Runs of 2, 6 and 7 negative hours: all 15 of 24 count, or only the 7."""
    price = np.full(24, 10.0)
    price[0:2] = price[4:10] = price[12:19] = -1.0
    assert negative_hours(price).sum() == 15
    assert list(np.flatnonzero(negative_hours(price, "long_runs"))) == list(range(12, 19))
    assert negative_hours(price, "none").sum() == 0
    assert negative_hours(price, "long_runs", run=1).sum() == 15
    with pytest.raises(ValueError, match="long_runs"):
        negative_hours(price, "sometimes")
    made = np.array([np.ones(24), np.arange(24.0), np.zeros(24)])
    # 15/24; of 276: 1 (0 and 1) + 39 (4 to 9) + 105 (12 to 18) = 145; nothing produced.
    assert negative_share(price, made) == pytest.approx([15 / 24, 145 / 276, 0.0])


def test_capture_price_by_hand():
    """Prices 10, 50, -20; one profile makes 3, 1, 0 MWh: (30 + 50) / 4 = 20, less 2 of imbalance; one makes nothing."""
    found = capture_price([10.0, 50.0, -20.0], [[3.0, 1.0, 0.0], [0.0, 0.0, 0.0]], imbalance=2.0)
    assert found[0] == pytest.approx(18.0) and np.isnan(found[1])


def test_a_scenario_from_elsewhere(prices, categories):
    levels = driver_paths(prices, "floor", [2030, 2040])
    levels.loc[2040, "gas"] = 0.0719
    more = with_scenario(prices, "of_the_model", levels)
    found = corrections_of(more, categories, "of_the_model", [2030, 2035, 2045])
    assert found.final["price"][found.categories.index("25_a")] == pytest.approx([0.0308, 0.05135, 0.0719])
    assert "of_the_model" not in prices.scenarios
    with pytest.raises(InputError) as refused:
        with_scenario(prices, "bad", levels.rename(columns={"gas": "gass"}).assign(co2=np.nan))
    assert {problem.column for problem in refused.value.problems} == {"gas", "gass", "co2"}
    with pytest.raises(InputError, match="at least one year"):
        with_scenario(prices, "bad", levels.iloc[:0])
