"""What is public of held rounds: the table, and a simulated round laid beside it by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from model.errors import InputError
from model.sdepp.applications import applications_from
from model.sdepp.categories import load_categories
from model.sdepp.reading import sdepp_folder
from model.sdepp.realised import beside, load_realised
from model.sdepp.rounds import load_round
from model.sdepp.tender import hold


@pytest.fixture(scope="module")
def outcome():
    """Two wells and a roof: (0.1029 - 0.0240) x 5,000 h x 15 years = 5,917.5 EUR per kW of heat."""
    rows = [
        {"application": "one", "category": "57_b", "address": "a", "capacity": 10.0, "amount": 0.1029},
        {"application": "two", "category": "57_b", "address": "b", "capacity": 20.0, "amount": 0.1029},
        {"application": "roof", "category": "23_1_a_1", "address": "c", "capacity": 1.0, "amount": 0.0791},
    ]
    table = pd.DataFrame(rows).assign(received=pd.Timestamp("2024-09-20T10:00"))
    return hold(applications_from(table), load_round("2024"))


def test_figures_that_ship_have_sources_and_hang_together():
    table = load_realised()
    assert (table["source"] != "").all() and set(table["round"]) == {"2020", "2021", "2022", "2023", "2024"}
    asked = table[(table["group"] == "all") & (table["stage"] == "asked") & (table["measure"] == "claim")]
    assert asked.set_index("round")["value"].to_dict() == {"2020": 6400, "2021": 12100, "2023": 16300, "2024": 10500}
    # The parts of low-temperature heat of 2024 add up to its printed total.
    own = table[(table["round"] == "2024") & (table["measure"] == "claim") & (table["stage"] == "asked")]
    parts = own[own["members"].map(len).gt(0) & (own["group"] != "low-temperature heat")]
    assert parts["value"].sum() == 414 + 376 + 626 + 89 + 325 + 51 + 489 == 2370


def test_a_round_laid_beside_by_hand(outcome):
    table = beside(load_realised().query("round == '2024'"), outcome, load_categories())
    wells = table.loc[("geothermal", "asked", "claim")]
    assert wells["simulated"] == pytest.approx(5917.5 * 30_000 / 1e6)
    assert wells["ratio"] == pytest.approx(177.525 / 376)
    assert wells["share_realised"] == pytest.approx(100 * 376 / 10500)
    assert wells["share_simulated"] == pytest.approx(100 * 177.525 / (177.525 + 0.37674))
    assert table.loc[("all", "asked", "applications"), "simulated"] == 3
    # The roof has no transport indication, so two are awarded.
    assert table.loc[("all", "awarded", "applications"), "simulated"] == 2
    assert table.loc[("low-temperature heat", "asked", "capacity"), "simulated"] == 30


def test_faults_in_the_table_are_listed_together(tmp_path, outcome):
    text = (sdepp_folder() / "realised_rounds.csv").read_text(encoding="utf-8")
    changed = text.replace("exact,number", "exact,MW", 1).replace("solar_pv,asked", "solar_pw,asked", 1)
    (tmp_path / "realised_rounds.csv").write_text(changed, encoding="utf-8")
    with pytest.raises(InputError, match="number of applications"):
        load_realised(tmp_path)
    wrong = load_realised().assign(members=[("solar_pw",)] * len(load_realised()))
    with pytest.raises(InputError, match="did you mean solar_pv"):
        beside(wrong, outcome, load_categories())
