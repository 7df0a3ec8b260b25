"""The cash table: the letter's figures, awards by hand and by another calculation, and the balance of money."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pandas as pd
import pytest

from model.errors import InputError
from model.sdepp.cash import cash_outflow, cohort_payments, expected_grants, load_scheme
from model.sdepp.letter import ITEMS, OTHERS, load_letter_table, printed_differences
from model.sdepp.portfolios import (
    AWARD_COLUMNS,
    awards_of_tender,
    chosen_rounds,
    load_cash_rounds,
    portfolio_awards,
    read_grants,
)
from model.sdepp.prices import corrections_of


@pytest.fixture(scope="module")
def scheme():
    return load_scheme()


@pytest.fixture(scope="module")
def rounds():
    return chosen_rounds(load_cash_rounds(), [])


@pytest.fixture(scope="module")
def awards(scheme, rounds):
    return portfolio_awards(rounds, scheme.terms, scheme.base)


def one_award(**columns):
    """An award of round 2024, decided in March 2025, built at its deadline and used fully."""
    row = dict.fromkeys(AWARD_COLUMNS, np.nan) | {
        "round": "2024",
        "decided": 2025 * 12 + 2,
        "extension_years": 2,
        "delay_years": 0.0,
        "production_factor": 1.0,
        "own_use_share": 0.0,
        "built_share": 1.0,
    }
    return pd.DataFrame([row | columns])


def test_the_letter_s_table_as_printed():
    table = load_letter_table()
    assert list(table.index) == list(ITEMS) and list(table.columns) == [*range(2023, 2033), "total"]
    assert table.loc["available_budget"].tolist() == [
        *(1318, 788, 684, 4013, 4223, 4220, 4065, 3743, 3297, 3235, 29586),
    ]
    assert table.loc["sde_schemes", [2023, 2032, "total"]].tolist() == [14, 1850, 9705]
    assert table.at["surplus_or_shortage", 2024] == -517


def test_printed_sums_that_differ_are_named():
    """As the rules count them: one row total, one column of parts, five balances, and the total of the balance."""
    assert printed_differences(load_letter_table()) == [
        "Statistical transfer: the years add to 170, printed 171.",
        "Surplus/shortage: the years add to 16,105, printed 16,106.",
        "Surplus/shortage 2023: budget less payments is 717, printed 716.",
        "Surplus/shortage 2025: budget less payments is -37, printed -38.",
        "Expected payments 2026: the parts add to 761, printed 762.",
        "Surplus/shortage 2026: budget less payments is 3,251, printed 3,252.",
        "Surplus/shortage 2027: budget less payments is 3,361, printed 3,360.",
        "Surplus/shortage 2028: budget less payments is 3,032, printed 3,033.",
    ]


def test_carbon_storage_by_hand_from_award_to_cash(scheme):
    """81_1_e_1, 50 t/h, all prices at the floor: rate 216.4108 - 91.3481 = 125.0627, volume 400,000 t a year.

    Decided in March 2025, six years to build: the term begins in March 2031, 10 months of that year.
    2031: due 125.0627 x 333,333.33 = 41,687,566.67; advanced 80 %: 33,350,053.33.
    2032: advance 80 % of 50,025,080 = 40,020,064, settlement of 2031 8,337,513.33: 48,357,577.33.
    Budget of 2032 3,235; payments 48.357577 + 190 for TenneT; 2,996.642423 are left.
    After 2032: 750,376,200 - 33,350,053.33 - 48,357,577.33 = 668,668,569.33.
    """
    award = one_award(category="81_1_e_1", amount=216.4108, capacity=50.0)
    found = cash_outflow(award, scheme, "floor")
    assert found.by_round.loc["2024", 2031] == pytest.approx(33.350053, abs=1e-6)
    assert found.by_round.loc["2024", 2032] == pytest.approx(48.357577, abs=1e-6)
    assert found.by_round.loc["2024"].sum() == pytest.approx(750.3762, abs=1e-6)
    assert found.table.at["sde_schemes", "total"] == pytest.approx(81.707631, abs=1e-6)
    assert found.table.at["expected_payments", 2032] == pytest.approx(238.357577, abs=1e-6)
    assert found.table.at["surplus_or_shortage", 2032] == pytest.approx(2996.642423, abs=1e-6)
    assert found.rounds.loc["2024", "ratio"] == pytest.approx(1.0)
    assert any("After 2032, 669 million" in note for note in found.notes)


def test_delay_and_withdrawal(scheme):
    """A year late: the same a year later.  Three years late, beyond the extension: nothing, and all is withdrawn."""
    award = one_award(category="81_1_e_1", amount=216.4108, capacity=50.0)
    late = cash_outflow(award.assign(delay_years=1.0), scheme, "floor").by_round.loc["2024"]
    in_time = cash_outflow(award, scheme, "floor").by_round.loc["2024"]
    assert late.loc[2032:].to_numpy() == pytest.approx(in_time.loc[2031:].to_numpy())
    both = pd.concat([award, award.assign(delay_years=3.0)], ignore_index=True)
    found = cash_outflow(both, scheme, "floor")
    assert found.by_round.loc["2024"].sum() == pytest.approx(750.3762, abs=1e-6)
    assert found.rounds.loc["2024", ["claims", "withdrawn"]].tolist() == pytest.approx([1500.7524, 750.3762])
    half = cash_outflow(award.assign(built_share=0.5), scheme, "floor")
    assert half.by_round.loc["2024"].sum() == pytest.approx(375.1881, abs=1e-6)


def test_rounds_of_which_nothing_begins_or_is_paid(scheme):
    """All withdrawn: budget less other spending is left.  An amount at or below the floor claims and pays nothing."""
    award = one_award(category="81_1_e_1", amount=216.4108, capacity=50.0)
    gone = cash_outflow(award.assign(delay_years=3.0), scheme)
    assert gone.table.at["sde_schemes", "total"] == 0 and gone.rounds.at["2024", "paid"] == 0
    assert gone.table.at["surplus_or_shortage", 2032] == 3235 - 190
    below = pd.concat([award, award.assign(amount=80.0)], ignore_index=True)
    found = cash_outflow(below, scheme, "floor").rounds.loc["2024"]
    assert found["claims"] == pytest.approx(750.3762) and found["paid"] == pytest.approx(750.3762)


def plain_cash(award, scheme, scenario):
    """One award in plain Python: a loop over years, without banking (it produces less than its volume)."""
    terms = scheme.terms.loc[award["category"]]
    paid = {}
    factor, own = (values[0] for values in scheme.practice.production([terms["technique"]]))
    delays = scheme.practice.delays.get(terms["technique"], scheme.practice.delays["other"])
    built = scheme.built_share.get(terms["technique"], scheme.built_share["other"])
    volume = award["capacity"] * terms["units_per_capacity"] * award["full_load_hours"]
    category = scheme.categories.loc[[award["category"]]]
    for delay, share in delays.items():
        first = int(award["decided"] + 12 * (terms["realisation_years"] + delay))
        last = first + 12 * terms["term"]
        years = list(range(first // 12, (last - 1) // 12 + 1))
        found = corrections_of(scheme.prices, category, scenario, years)
        gross_sum = excess_sum = standing = 0.0
        for place, year in enumerate(years):
            months = min(last, 12 * (year + 1)) - max(first, 12 * year)
            counted = volume * factor * months / 12 * (1 - own)
            if terms["stops_when_negative"]:
                counted *= 1 - scheme.practice.negative_share([terms["technique"]], [year], "all")[0, 0]

            def rate(parts, at=place):
                price, gvo, ets, other = (parts[name][0, at] for name in ("price", "gvo", "ets", "other"))
                if terms["floor_on_sum"]:
                    return max(0.0, award["amount"] - max(price + ets + other, terms["floor"]) - gvo)
                return max(0.0, award["amount"] - max(price, terms["floor"]) - gvo - ets - other)

            waiting = max(0.0, excess_sum - gross_sum)
            advance = 0.8 * max(0.0, rate(found.provisional) * counted - waiting)
            gross_sum += rate(found.final) * counted
            if terms["threshold"] == terms["threshold"]:
                revenue = found.final["price"][0, place] + found.final["gvo"][0, place]
                excess_sum += max(0.0, revenue - terms["threshold"]) * counted
            now = max(0.0, gross_sum - excess_sum)
            paid[year] = paid.get(year, 0.0) + share * built * advance
            paid[year + 1] = paid.get(year + 1, 0.0) + share * built * (now - standing - advance)
            standing = now
    return paid


@pytest.mark.parametrize("scenario", ["long_term", "tyndp_nt", "high", "provisional_2024"])
def test_the_default_rounds_by_another_calculation(scheme, awards, scenario):
    found = cash_outflow(awards, scheme, scenario)
    for name in ("2024", "2027"):
        expected: dict[int, float] = {}
        for award in awards[awards["round"] == name].to_dict("records"):
            for year, euros in plain_cash(award, scheme, scenario).items():
                expected[year] = expected.get(year, 0.0) + euros / 1e6
        row = found.by_round.loc[name]
        assert row.reindex(sorted(expected)).to_numpy() == pytest.approx(
            [expected[y] for y in sorted(expected)], abs=1e-6
        )
        assert row.sum() == pytest.approx(sum(expected.values()), abs=1e-6)


@pytest.mark.parametrize("scenario", ["long_term", "low", "high"])
def test_money_balances(scheme, awards, scenario):
    found = cash_outflow(awards, scheme, scenario)
    table, years = found.table, list(range(2023, 2033))
    parts = table.loc[["sde_schemes", *OTHERS]].sum()
    assert (table.loc["expected_payments"] - parts).abs().max() < 1e-6
    left = table.loc["available_budget"] - table.loc["expected_payments"] - table.loc["surplus_or_shortage"]
    assert left.abs().max() < 1e-6
    assert (table[years].sum(axis=1) - table["total"]).abs().max() < 1e-6
    assert (found.by_round.sum() - found.by_technique.sum()).abs().max() < 1e-6
    assert (table.loc["sde_schemes", years] - found.by_round.sum().reindex(years).fillna(0)).abs().max() < 1e-6
    expected = expected_grants(awards, scheme)
    net = (cohort_payments(expected, scheme, scenario).net.sum(axis=1) * expected.cohorts["weight"]).sum() / 1e6
    assert found.by_round.to_numpy().sum() == pytest.approx(net, abs=1e-6)
    assert (found.rounds["paid"] <= found.rounds["claims"] - found.rounds["withdrawn"] + 1e-6).all()


def test_claims_of_a_round_are_its_ceiling(scheme, awards, rounds):
    found = cash_outflow(awards, scheme)
    assert found.rounds["claims"].to_dict() == pytest.approx({"2024": 11500, "2025": 8000, "2026": 5000, "2027": 5000})


def test_lower_prices_mean_more_cash_and_a_smaller_surplus(scheme, awards):
    """Where only prices fall: the floor is the most that can be paid, the provisional prices of 2024 the least here."""
    high, mid, floor = (
        cash_outflow(awards, scheme, name).rounds["paid"].sum() for name in ("provisional_2024", "long_term", "floor")
    )
    assert high < mid < floor
    risen = cash_outflow(awards, scheme, "long_term", inflation=0.02).rounds["paid"].sum()
    assert risen < mid


def test_earlier_payments_and_a_choice_of_rounds(scheme, awards):
    of_2024 = awards[awards["round"] == "2024"]
    bare = cash_outflow(of_2024, scheme)
    more = cash_outflow(of_2024, scheme, earlier=pd.Series({2024: 218.0, 2025: 364.0}))
    gap = more.table.loc["sde_schemes"] - bare.table.loc["sde_schemes"]
    assert gap[[2024, 2025, "total"]].tolist() == pytest.approx([218, 364, 582]) and gap[2026] == 0
    assert list(bare.by_round.index) == ["2024"]
    assert "not in the public figures" in bare.notes[0] and "given payments" in more.notes[0]
    titled = bare.titled()
    assert titled.index[2] == "- SDE schemes" and titled.at["Letter: SDE schemes", "total"] == 9705


def test_rounds_that_are_not_known_are_refused(rounds):
    with pytest.raises(InputError) as refused:
        chosen_rounds(rounds, ["2024", "2024", "2040"])
    assert {problem.value for problem in refused.value.problems} == {"2024", "2040"}


def test_awards_of_a_tender_become_awards_of_a_round(scheme, rounds):
    won = pd.DataFrame(
        {"category": ["17_1_b_6"], "amount": [0.0715], "capacity": [30.0], "hours": [3000.0], "share_built": [0.5]}
    )
    made = awards_of_tender(won, "2024", rounds)
    found = cash_outflow(made.assign(delay_years=0.0), scheme, "floor")
    # (0.0715 - 0.0410) x 30,000 kW x 3,000 h x 15 = 41.175 million EUR.
    assert found.rounds.loc["2024", "claims"] == pytest.approx(41.175)
    assert found.rounds.loc["2024", "withdrawn"] == pytest.approx(41.175 / 2)


def test_faulty_grants_are_refused_row_by_row(tmp_path, scheme, rounds):
    head = "grant,round,category,amount,capacity,full_load_hours,own_use_share\n"
    rows = [
        "a,2024,23_1_a_9,0.07,1,,",
        "b,2040,23_1_a_1,0.07,1,,",
        "c,2024,23_1_a_1,0.04,1,,",
        "d,2024,23_1_a_1,0.09,1,,",
        "e,2024,17_1_b_1,0.048,1,,",
        "f,2024,23_1_a_1,0.07,1,,1.5",
        "f,2024,23_1_a_1,0.07,1,,",
    ]
    file = tmp_path / "grants.csv"
    file.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_grants(file, rounds, scheme.terms, scheme.base)
    found = {(problem.row, problem.column) for problem in refused.value.problems}
    assert found == {
        ("2", "category"),
        ("3", "round"),
        ("4", "amount"),
        ("5", "amount"),
        ("6", "full_load_hours"),
        ("7", "own_use_share"),
        ("8", "grant"),
    }
    file.write_text(head, encoding="utf-8")
    with pytest.raises(InputError, match="at least one grant"):
        read_grants(file, rounds, scheme.terms, scheme.base)
    file.write_text(head + "a,2024,23_1_a_1,0.07,-1,,\n", encoding="utf-8")
    with pytest.raises(InputError, match="above 0"):
        read_grants(file, rounds, scheme.terms, scheme.base)


def test_ten_thousand_awards_with_delays_take_little_time(scheme):
    random = np.random.default_rng(2)
    names = random.choice(["23_1_a_1", "25_b", "71_1_b", "81_1_e_1", "57_b"], 10_000)
    table = pd.concat([one_award()] * 1, ignore_index=True).loc[np.zeros(10_000, dtype=int)].reset_index(drop=True)
    amount = scheme.base.loc[names].to_numpy()
    many = table.assign(category=names, amount=amount, capacity=random.uniform(0.1, 50, 10_000), delay_years=np.nan)
    begin = time.perf_counter()
    found = cash_outflow(many, dataclasses.replace(scheme, built_share={}), "tyndp_nt")
    assert time.perf_counter() - begin < 5.0
    assert found.rounds.loc["2024", "paid"] > 0
