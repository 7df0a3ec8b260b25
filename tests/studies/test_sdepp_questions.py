"""Questions to a round: ceilings, hekjes and losers, on six applications that can be reckoned by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from model.errors import InputError
from model.sdepp.applications import applications_from
from model.sdepp.categories import load_categories
from model.sdepp.realised import load_realised
from model.sdepp.rounds import load_round
from model.studies.sdepp_outcomes import outcomes
from model.studies.sdepp_questions import Tender, ceilings, hekjes, losers, named

ROWS = (
    # id, category, amount, claim in million EUR, day of phase 1
    ("sun", "23_1_c_2", 0.0650, 20, "2024-09-10"),
    ("capture", "81_1_b_1", 140.0, 50, "2024-09-10"),
    ("pump", "73_1_a", 0.0600, 10, "2024-09-11"),
    ("boiler", "71_1_b", 0.0630, 15, "2024-09-11"),
    ("gas", "25_a", 0.0590, 15, "2024-09-12"),
    ("well", "57_ad_2", 0.0500, 20, "2024-09-12"),
)


def asking():
    categories = load_categories()
    rows = []
    for name, category, amount, million, day in ROWS:
        told = categories.loc[category]
        per_mw = (amount - told["floor"]) * told["full_load_hours"] * told["term_years"] * told["units_per_capacity"]
        capacity = million * 1e6 / per_mw
        rows.append(
            {
                "application": name,
                "category": category,
                "address": name,
                "capacity": capacity,
                "amount": amount,
                "received": pd.Timestamp(f"{day}T10:00"),
                "transport_indication": True,
            }
        )
    held = load_round().but(ceiling=100e6, hekjes=dict.fromkeys(load_round().hekjes, 15e6), caps=())
    return Tender(applications_from(rows), held, categories, assumptions=("made up",))


def test_ceilings_by_hand():
    """Reserves of 15 for pump and well (LT), boiler (HT) and gas (MOL); three days of receipt.

    At 70: sun finds 70 - 45 = 25; capture 5; pump 50 - 30 = 20; boiler 40 - (5 + 15) = 20; well 25 - 15 = 10, too
    little for 20; gas 25.  At 100: sun 55, capture 80 - 45 = 35, too little for 50; all others win.
    """
    answer = ceilings(asking(), [130e6, 70e6, 100e6])
    total = answer.tables["total"]
    assert list(total.index) == ["70 M", "100 M", "130 M"] and list(total["awards"]) == [4, 5, 6]
    assert total["awarded_million"].tolist() == pytest.approx([60, 80, 130], abs=1e-6)
    by = answer.tables["by_technique_million_eur"]
    assert by.loc["ccs_ets"].tolist() == pytest.approx([50, 0, 0, 50], abs=1e-6)
    assert by.loc["geothermal"].tolist() == pytest.approx([20, 0, 20, 20], abs=1e-6)
    assert "From 70 M to 100 M most goes to (million EUR): geothermal 20." in answer.findings
    assert answer.assumptions == ("made up",) and len(answer.findings) == 5


def test_a_ceiling_above_all_that_is_asked_changes_nothing():
    answer = ceilings(asking(), [130e6, 200e6])
    assert answer.findings[-1].endswith("nobody gains: all that is valid wins already.")


def test_hekjes_by_hand():
    """At 100: without hekjes sun, capture, pump and boiler win; with 10 each the boiler finds 20 - 10, gas 20."""
    answer = hekjes(asking(), [0, 10e6, 15e6], [100e6])
    total = answer.tables["total"].loc["100 M"]
    assert total["awarded_million"].tolist() == pytest.approx([95, 95, 80], abs=1e-6)
    assert total["win_by_hekjes"].tolist() == [0, 1, 2] and total["lose_by_hekjes"].tolist() == [0, 1, 1]
    co2 = {row[0]: row[3] * 1e6 for row in ROWS}
    rows = asking().held().applications.set_index("application")
    bare = (
        sum(co2[name] for name in ("sun", "capture", "pump", "boiler"))
        / rows["co2"][["sun", "capture", "pump", "boiler"]].sum()
    )
    others = ["sun", "pump", "boiler", "well", "gas"]
    loss = sum(co2[name] for name in others) / rows["co2"][others].sum() / bare - 1
    assert total.at["15 M", "loss_percent"] == pytest.approx(100 * loss)
    assert not total.at["15 M", "within_15_percent"] and total.at["10 M", "within_15_percent"]
    assert (
        "OUTSIDE the 15% allowed" in answer.findings[1] and "pushed out (million EUR): ccs_ets 50" in answer.findings[1]
    )
    same = hekjes(asking(), [0, 15e6], [200e6])
    assert same.findings == ("At 200 M EUR hekjes of 15 M EUR change nothing: every domain gets as much without.",)


def test_losers_name_category_and_day():
    answer = losers(asking())
    table = answer.tables["by_category"]
    assert list(table.index) == ["81_1_b_1"] and table.at["81_1_b_1", "refused_percent"] == 100
    assert table.at["81_1_b_1", "lowest_lost_eur_per_t"] == pytest.approx((140 - 137.0222) / 0.906825, abs=1e-3)
    assert answer.tables["by_reason"]["claim_million"].to_dict() == pytest.approx({"awarded": 80, "budget": 50})
    assert "The budget refuses from 10 September 2024 on, phase 1." in answer.findings
    rich = asking()
    all_win = losers(Tender(rich.applications, rich.round.but(ceiling=1e9), rich.categories))
    assert all_win.tables["by_category"].empty and "every valid project wins" in all_win.findings[1]


def test_faulty_sums_are_told_all_at_once():
    with pytest.raises(InputError) as caught:
        ceilings(asking(), [-1, 0, 100e6])
    assert [problem.value for problem in caught.value.problems] == ["-1", "0"]
    with pytest.raises(InputError, match="at least one sum"):
        hekjes(asking(), [])
    with pytest.raises(InputError, match="reserves within the ceiling"):
        hekjes(asking(), [60e6], [100e6])
    bare = asking()
    with pytest.raises(InputError, match="domains that have a hekje"):
        hekjes(Tender(bare.applications, bare.round.but(hekjes={}), bare.categories))


def test_sums_in_words():
    assert [named(value) for value in (0, 750e6, 1000e6, 8e9, 11.5e9)] == ["none", "750 M", "1000 M", "8 bn", "11.5 bn"]


def test_a_round_stands_beside_the_one_that_was_held():
    """The well is all of geothermal: 20 of 376 million EUR, 20 of 130 in all; nobody offers heat of digestion."""
    answer = outcomes(load_realised(), [asking()], None, 1, ["2022", "2024"])
    assert list(answer.tables) == ["round_2024", "held_but_not_simulated"]
    table = answer.tables["round_2024"]
    assert table.loc[("geothermal", "asked", "claim"), "ratio"] == pytest.approx(20 / 376, abs=1e-6)
    assert table.loc[("all", "asked", "claim"), "simulated"] == pytest.approx(130)
    assert set(answer.tables["held_but_not_simulated"].reset_index()["round"]) == {"2022"}
    assert any("heat of digestion" in sentence for sentence in answer.findings)
    with pytest.raises(InputError, match="--rounds"):
        outcomes(load_realised(), [asking()], None, 1, ["2031"])
