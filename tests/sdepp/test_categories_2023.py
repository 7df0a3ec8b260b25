"""The categories of 2023 against what their regulation prints, and the round that they belong to, to its cash."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.cli import main
from model.errors import InputError
from model.sdepp.applications import applications_from
from model.sdepp.cash import cash_outflow, load_scheme, together
from model.sdepp.categories import HEKJES, PHASES, load_categories, phase_amount
from model.sdepp.equivalents import load_equivalents, named_as_in
from model.sdepp.portfolios import load_cash_rounds, portfolio_awards
from model.sdepp.prices import corrections_of
from model.sdepp.rounds import load_round
from model.sdepp.tender import hold

LIMITS = {1: 90, 2: 180, 3: 240, 4: 300}


@pytest.fixture(scope="module")
def categories():
    return load_categories("2023")


@pytest.fixture(scope="module")
def scheme():
    return load_scheme(table="2023")


def test_163_categories_are_open(categories):
    assert len(categories) == 163 and categories["open"].all() and set(categories["table"]) == {"2023"}
    members = {name: categories["hekjes"].map(lambda words, name=name: name in words).sum() for name in HEKJES}
    # Art. 1: 41 (2), 43, 45 (9), 47, 49 (2), 51, 53, 57f, 71 (2), 73c-d; 25 (3), 27 (4), 29, 31 (2), 77 (2), 79 (5).
    assert members["high_temperature_heat"] == 22 and members["molecules"] == 17
    # 33 (2), 35a/c/e, 37a/c, 39a, 55, 57a-e (6), 59 (3), 61 (4), 63, 65, 67, 69, 73a-b, 75 (8)
    assert members["low_temperature_heat"] == 36


@pytest.mark.parametrize("phase", PHASES)
def test_every_printed_phase_amount_follows_from_the_formula(categories, phase):
    limit = LIMITS.get(phase, np.where(categories["hekjes"].map(bool), 400, 300))
    computed = phase_amount(categories["base_amount"], categories["long_term_price"], categories["co2_factor"], limit)
    printed = categories[f"phase_{phase}_amount"].to_numpy(float)
    assert len(printed) == 163 and np.abs(computed - printed).max() < 1e-9


def test_floors_are_two_thirds_of_long_term_prices_where_nothing_else_is_in_them(categories):
    named = "hydropower onshore_wind biogas_green_gas geothermal large_biomass_boiler e_boiler ccs_ets ccu"
    plain = categories[categories["technique"].isin([*named.split(), "industrial_heat_pump", "residual_heat"])]
    assert len(plain) == 75 and np.abs(plain["floor"] - plain["long_term_price"] * 2 / 3).max() < 1e-4


def test_prices_of_2024_follow_from_the_points_of_2023(categories, scheme):
    """The provisional price and benefit of 2024 of a like category, from the line through what 2023 prints."""
    of_2024 = load_categories()
    found = corrections_of(scheme.prices, scheme.categories, "provisional_2024", np.array([2026]))
    rows = {name: place for place, name in enumerate(found.categories)}
    for name in ("57_b", "73_1_a", "45_a", "23_1_c_2", "17_1_b_6", "25_a", "77_1_a", "71_1_a"):
        for part in ("price", "gvo", "ets"):
            printed = np.nan_to_num(of_2024.at[name, f"correction_{part}"])
            assert found.final[part][rows[name], 0] == pytest.approx(printed, abs=3e-4), (name, part)


def test_terms_of_2023_bank_wind_and_sun_and_settle_no_excess_profit(scheme):
    terms = scheme.terms
    assert terms.loc[["17_1_b_6", "23_1_a_1"], "banks_over"].all()
    assert not terms.loc[["71_1_b", "77_1_a"], "banks_over"].any()
    assert terms.at["17_1_b_6", "own_use_counts"] and not terms.at["23_1_a_1", "own_use_counts"]
    assert terms["threshold"].isna().all()
    assert terms.at["71_1_b", "hours_cap"] == {
        2023: 2540, 2024: 2550, 2025: 3360, 2026: 3700, 2027: 4710, 2028: 6660, 2029: 8760
    }  # fmt: skip
    assert terms.at["77_1_a", "hours_cap"][2024] == 2190 and not terms.at["77_1_b", "hours_cap"]
    assert load_scheme().terms.at["71_1_b", "hours_cap"][2024] == 2949


def test_a_tender_of_2023_out_of_the_box(categories):
    """4 MW of geothermal heat at its base amount: (0.0973 - 0.0233) x 4,000 kW x 5,000 h x 15 years."""
    rows = [
        {"application": "well", "category": "57_b", "address": "a", "capacity": 4.0, "amount": 0.0973},
        {"application": "hot", "category": "71_1_b", "address": "b", "capacity": 10.0, "amount": 0.0954},
    ]
    table = pd.DataFrame(rows).assign(received=pd.Timestamp("2023-09-20T10:00"))
    outcome = hold(applications_from(table), load_round("2023"))
    assert outcome.awards["claim"].tolist() == pytest.approx([22.2e6, 0.0654 * 10_000 * 3600 * 15])
    with pytest.raises(InputError, match="a category of the scheme"):
        hold(applications_from(table.assign(category="71_1_c")), load_round("2023"))


def test_tables_of_assumptions_are_read_with_the_names_of_the_year(categories):
    assert load_equivalents()["2023"]["75_b_2"] == "75_b_3"
    frame = pd.DataFrame({"category": ["75_b_2", "71_1_c", "57_b"]})
    assert named_as_in(frame, categories)["category"].tolist() == ["75_b_3", "57_b"]
    assert named_as_in(frame, load_categories())["category"].tolist() == ["75_b_2", "71_1_c", "57_b"]
    changed = load_equivalents()["2023"]
    assert {name for name in changed.values() if name} <= set(categories.index)
    assert set(changed) <= set(load_categories().index)


def test_cash_of_rounds_of_both_years_adds_up(scheme):
    """Claims are the ceilings; a part of them is paid, and the table is the sum of its rounds."""
    rounds, own = load_cash_rounds(), load_scheme()
    of_2023 = portfolio_awards(rounds.loc[["2023"]], scheme.terms, scheme.base)
    of_2024 = portfolio_awards(rounds.loc[["2024"]], own.terms, own.base)
    parts = [cash_outflow(of_2023, scheme, "floor"), cash_outflow(of_2024, own, "floor")]
    both = together(parts)
    assert both.rounds["claims"].to_dict() == pytest.approx({"2023": 8000.0, "2024": 11500.0})
    assert (both.rounds["ratio"] > 0.3).all() and (both.rounds["ratio"] < 1).all()
    sums = [part.table.loc["sde_schemes", "total"] for part in parts]
    assert both.table.loc["sde_schemes", "total"] == pytest.approx(sum(sums))
    assert both.by_technique.to_numpy().sum() == pytest.approx(both.by_round.to_numpy().sum())


def test_the_command_pays_both_years(capsys):
    assert main(["sdepp", "cash", "--rounds", "2023", "2024", "--json"]) == 0
    assert '"2023"' in capsys.readouterr().out
