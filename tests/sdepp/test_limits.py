"""Technical limits of categories: what is told is held against them, with the figure, the limit and the article."""

from __future__ import annotations

import pandas as pd
import pytest

from model.errors import InputError
from model.sdepp.applications import applications_from
from model.sdepp.categories import load_categories
from model.sdepp.limits import load_limits, outside
from model.sdepp.reading import sdepp_folder
from model.sdepp.rounds import load_round
from model.sdepp.tender import hold


@pytest.fixture(scope="module")
def categories():
    return load_categories()


@pytest.fixture(scope="module")
def limits(categories):
    return load_limits(categories)


def one(category: str, **told) -> pd.DataFrame:
    """One application, with what it tells."""
    return pd.DataFrame([{"category": category, "capacity": 10.0, **told}])


WITHIN_AND_OUTSIDE = [
    # section 6 of the rules, each with a figure on the edge and one beyond it
    ("23_1_c_2", {"feed_in_capacity": 5.0}, {"feed_in_capacity": 5.1}, "feed in share is 0.51 MW/MW"),
    ("23_1_a_1", {"capacity": 0.999}, {"capacity": 1.0}, "less than 1 MW"),
    ("23_1_a_1", {"capacity": 0.015}, {"capacity": 0.014}, "at least 0.015"),
    ("17_1_b_3", {"grid_connection": 0.06}, {"grid_connection": 0.05}, "more than 0.0554 MW"),
    ("71_1_b", {"capacity": 2.0}, {"capacity": 1.9}, "at least 2 MW"),
    ("71_1_b", {"supply_temperature": 100.0}, {"supply_temperature": 99.0}, "at least 100 degC"),
    (
        "71_1_b",
        {"grid_connection": 30.0, "boilers_at_site": 30.0},
        {"grid_connection": 29.0, "boilers_at_site": 30.0},
        "connection share is 0.966667",
    ),
    ("71_1_c", {"electric_capacity": 15.0}, {"electric_capacity": 14.9}, "electric share is 1.49"),
    ("71_1_c", {"storage_capacity": 30.0}, {"storage_capacity": 29.0}, "at least 3 MWh/MW"),
    ("71_1_c", {"capacity": 50.0}, {"capacity": 50.1}, "at most 50 MW (BWBR0049998 art. 71(5))"),
    ("73_1_a", {"cop": 2.3}, {"cop": 2.2}, "COP is 2.2, and must be at least 2.3"),
    ("73_1_c", {"cop": 14.0}, {"cop": 14.5}, "at least 2.3 and at most 14"),
    ("73_1_b", {"production_hours": 4000.0}, {"production_hours": 4001.0}, "at most 4000 h"),
    ("63_1_a", {"cop": 3.0}, {"cop": 2.9}, "at least 3"),
    ("65_1_a", {"cop": 3.0, "supply_temperature": 70.0}, {"cop": 3.5, "supply_temperature": 60.0}, "at least 70"),
    ("65_1_b", {"cop": 4.0}, {"cop": 3.9}, "at least 4"),
    ("61_a_1", {"capacity": 0.5, "cop": 3.0}, {"capacity": 0.4}, "at least 0.5 MW"),
    ("25_d", {"capacity": 0.11}, {"capacity": 0.12}, "at most 0.11"),
]


@pytest.mark.parametrize(("category", "within", "beyond", "said"), WITHIN_AND_OUTSIDE)
def test_limits_of_section_6(categories, limits, category, within, beyond, said):
    assert outside(one(category, **within), categories, limits).tolist() == [""]
    assert said in outside(one(category, **beyond), categories, limits)[0]


def test_what_is_not_told_is_not_held_against_it(categories, limits):
    assert outside(one("71_1_c"), categories, limits).tolist() == [""]
    # Tracking panels are exempt from the 50 %.
    assert outside(one("23_1_d_1", feed_in_capacity=10.0), categories, limits).tolist() == [""]


def test_limits_of_another_year():
    of_2023 = load_categories("2023")
    own = load_limits(of_2023)
    assert "at most 12" in outside(one("73_1_c", cop=13.0), of_2023, own)[0]
    assert outside(one("23_1_d_2", capacity=25.0), of_2023, own).tolist() == [""]


def test_a_round_refuses_with_the_reason_and_counts_it_in_no_demand(categories, limits):
    rows = [
        {"application": "ok", "category": "71_1_b", "address": "a", "capacity": 10.0, "amount": 0.1113},
        {"application": "small", "category": "71_1_b", "address": "b", "capacity": 1.0, "amount": 0.1113},
    ]
    table = applications_from(pd.DataFrame(rows).assign(received=pd.Timestamp("2024-10-01T10:00")))
    outcome = hold(table, load_round("2024"), categories, limits=limits)
    refused = outcome.applications.set_index("application").loc["small"]
    assert refused["reason"] == "outside_limits" and "must be at least 2 MW" in refused["explanation"]
    assert outcome.awards["application"].tolist() == ["ok"]
    assert outcome.hekjes().at["high_temperature_heat", "demand"] == pytest.approx(outcome.awarded)
    assert hold(table, load_round("2024"), categories).applications["awarded"].all()


def test_faults_in_the_table_are_listed_together(tmp_path, categories):
    text = (sdepp_folder() / "category_limits.csv").read_text(encoding="utf-8")
    text = text.replace("capacity,0.015,,,1,MW,", "capacity,,,,,MW,", 1)
    text = text.replace("2024,63_1_b 73_1_b", "2024,63_1_q 73_1_b", 1).replace(",4000,,h,", ",4000,,MW,", 1)
    (tmp_path / "category_limits.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_limits(categories, tmp_path)
    assert {problem.column for problem in caught.value.problems} == {"least", "applies_to", "unit"}
    assert load_limits(categories, tmp_path / "nowhere").empty


def test_sizes_of_generated_candidates_are_within(categories, limits):
    projects = pd.read_csv(sdepp_folder() / "candidate_projects.csv")
    for edge in ("size_min", "size_max"):
        rows = projects[["category"]].assign(capacity=projects[edge])
        assert outside(rows, categories, limits).unique().tolist() == [""]
