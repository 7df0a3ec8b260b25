"""Categories: the table against what the regulation prints, and the three formulas against figures worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from model.errors import InputError
from model.sdepp.categories import (
    HEKJES,
    PHASES,
    claim,
    lifetime_production,
    load_categories,
    phase_amount,
    subsidy_intensity,
)
from model.sdepp.reading import sdepp_folder


@pytest.fixture(scope="module")
def categories():
    return load_categories()


@pytest.fixture(scope="module")
def open_ones(categories):
    return categories[categories["open"].astype(bool)]


def test_178_categories_are_open_and_11_are_not(categories, open_ones):
    assert len(open_ones) == 178 and len(categories) == 189
    assert open_ones["domain"].ne("").all()
    # Members by legal article (rules of the round, section 1).
    members = {name: open_ones["hekjes"].map(lambda words, name=name: name in words).sum() for name in HEKJES}
    assert members == {"high_temperature_heat": 25, "low_temperature_heat": 40, "molecules": 18}
    assert set(open_ones.loc[open_ones["hekjes"].map(len) == 2, "technique"]) == {"process_integrated_heat_pump"}


@pytest.mark.parametrize("phase", PHASES)
def test_every_printed_phase_amount_follows_from_the_formula(open_ones, phase):
    c = {1: 75, 2: 150, 3: 225, 4: 300}.get(phase)
    limit = np.where(open_ones["hekjes"].map(bool), 400, 300) if c is None else c
    computed = phase_amount(open_ones["base_amount"], open_ones["long_term_price"], open_ones["co2_factor"], limit)
    printed = open_ones[f"phase_{phase}_amount"].to_numpy(float)
    assert len(printed) == 178
    assert np.abs(computed - printed).max() < 1e-9
    # Unrounded, the formula is within half a unit of the last decimal.
    raw = np.minimum(open_ones["base_amount"], open_ones["long_term_price"] + limit * open_ones["co2_factor"])
    assert np.abs(raw - printed).max() <= 0.00005 + 1e-9


@pytest.mark.parametrize(
    ("category", "intensity"),
    # By hand: 1000 (b - L) / kg, such as 1000 (0.0791 - 0.0778) / 0.2023 = 6.426.
    [("23_1_a_1", 6.426), ("17_1_b_1", -159.195), ("71_1_b", 289.333), ("81_1_b_1", 8.250), ("77_1_a", 400.0)],
)
def test_intensity_at_the_base_amount(open_ones, category, intensity):
    row = open_ones.loc[category]
    assert subsidy_intensity(row.base_amount, row.long_term_price, row.co2_factor) == pytest.approx(intensity, abs=6e-4)


def test_intensities_as_the_rules_count_them(open_ones):
    found = subsidy_intensity(open_ones["base_amount"], open_ones["long_term_price"], open_ones["co2_factor"])
    assert (found < 0).sum() == 38 and (found < 75).sum() == 71


@pytest.mark.parametrize(
    ("category", "capacity", "euros"),
    [
        ("23_1_a_1", 1.0, 376_740.0),  # (0.0791 - 0.0492) x 1000 kW x 840 h x 15 years
        ("71_1_b", 2.0, 7_969_500.0),  # (0.1113 - 0.0308) x 2000 kW x 3300 h x 15 years
        ("25_d", 0.1, 1_803_840.0),  # (0.2187 - 0.0308) x 100 kW x 8000 h x 12 years
        ("81_1_b_1", 1.0, 6_378_612.0),  # (144.5032 - 91.3481) x 1 t/h x 8000 h x 15 years
    ],
)
def test_claim_by_hand(open_ones, category, capacity, euros):
    row = open_ones.loc[category]
    hours, scale = row.full_load_hours, row.units_per_capacity
    assert claim(row.base_amount, row.floor, capacity, hours, row.term_years, scale) == pytest.approx(euros, abs=0.01)


def test_a_claim_is_never_negative_and_production_is_capacity_hours_and_years():
    assert claim(0.03, 0.04, 1.0, 1000.0, 15.0, 1000.0) == 0
    assert lifetime_production(2.0, 3000.0, 15.0, 1000.0) == 90e6


def test_floors_corrections_and_thresholds_hang_together(open_ones):
    parts = [f"correction_2024_{part}" for part in ("price", "gvo", "ets", "other")]
    summed = open_ones[parts].fillna(0).sum(axis=1)
    assert np.abs(summed - open_ones["correction_2024"]).max() < 1e-9
    with_threshold = open_ones.dropna(subset="excess_profit_threshold")
    assert len(with_threshold) == 35
    gap = with_threshold["excess_profit_threshold"] - with_threshold["base_amount"]
    assert np.abs(gap - 0.0180).max() < 1e-9
    assert (open_ones["phase_1_amount"] > open_ones["floor"]).all()
    assert set(open_ones["term_years"]) == {12, 15}
    assert set(open_ones.loc[open_ones["hours_basis"] == "net_p50", "technique"]) == {
        "onshore_wind",
        "onshore_wind_height_restricted",
        "wind_on_flood_defence",
    }


def test_faults_in_the_table_are_listed_together(tmp_path):
    text = (sdepp_folder() / "categories_2024.csv").read_text(encoding="utf-8")
    lines = text.split("\n")
    lines[1] = lines[1].replace(",0.1329,0.0626,", ",-1,0.0626,", 1)
    lines[2] = lines[2].replace(",0.0939,", ",,", 1)
    (tmp_path / "categories_2024.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_categories(folder=tmp_path)
    assert {(p.row, p.column) for p in caught.value.problems} == {("2", "base_amount"), ("3", "long_term_price")}
