"""Attrition as a stated assumption: shares as the table says, draws by id and seed, expected values as their mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.errors import InputError
from model.sdepp.applications import read_applications
from model.sdepp.attrition import STAGES, drawn, expected, load_attrition, share_lost, withdrawals
from model.sdepp.categories import load_categories
from model.sdepp.reading import sdepp_folder
from model.sdepp.rounds import load_round
from model.sdepp.tender import hold


@pytest.fixture(scope="module")
def attrition():
    return load_attrition()


def test_shares_are_labelled_assumptions(attrition):
    assert attrition["provenance"].str.startswith("assumption").all()
    assert set(attrition.index.get_level_values("stage")) == set(STAGES)
    # 4.5 GWp of PV lapsed against 6.4 built; 345 of 1845 million EUR refused or withdrawn.
    assert attrition.loc[("after_award", "solar_pv"), "share"] == pytest.approx(4.5 / (4.5 + 6.4), abs=0.005)
    assert attrition.loc[("before_decision", "other"), "share"] == pytest.approx(345 / 1845, abs=0.005)


def test_techniques_that_are_not_named_count_as_other(attrition):
    named = pd.Series(["solar_pv", "hydropower"])
    assert share_lost(named, attrition, "after_award").tolist() == [0.41, 0.25]


def test_expected_value_by_hand_and_as_the_mean_of_draws(attrition):
    rows = pd.DataFrame({"technique": ["solar_pv", "ccs_ets"], "capacity": [10.0, 4.0], "claim": [100.0, 50.0]})
    left = expected(rows, attrition, "after_award")
    assert left["capacity"].tolist() == pytest.approx([5.9, 2.6]) and left["claim"].tolist() == pytest.approx(
        [59.0, 32.5]
    )
    names = pd.Series([f"a{number}" for number in range(4000)])
    techniques = pd.Series(["solar_pv"] * 4000)
    lost = [drawn(names, techniques, attrition, "after_award", seed).mean() for seed in range(5)]
    assert np.mean(lost) == pytest.approx(0.41, abs=0.01)


def test_draws_go_by_id_and_seed_and_stages_are_independent(attrition):
    names = pd.Series([f"a{number}" for number in range(500)])
    techniques = pd.Series(["solar_pv"] * 500)
    first = drawn(names, techniques, attrition, "after_award", 1)
    backwards = drawn(names[::-1], techniques, attrition, "after_award", 1)
    assert dict(zip(names, first, strict=True)) == dict(zip(names[::-1], backwards, strict=True))
    assert not first.equals(drawn(names, techniques, attrition, "after_award", 2))
    before = drawn(names, techniques, attrition, "before_decision", 1)
    assert abs(np.corrcoef(first, before)[0, 1]) < 0.15


def test_withdrawals_count_in_no_order(attrition):
    applications = read_applications(sdepp_folder() / "example_applications.csv")
    categories = load_categories()
    for seed in range(4):
        left = withdrawals(applications, categories, attrition, seed)
        found = hold(left, load_round("2024"), categories).applications.set_index("application")
        gone = set(left.loc[left["withdrawn"], "application"])
        assert set(found.index[found["reason"] == "withdrawn"]) == gone
        assert found.loc[sorted(gone), "free"].isna().all()


def test_faults_in_the_table_are_listed_together(tmp_path):
    text = (sdepp_folder() / "attrition.csv").read_text(encoding="utf-8")
    text = text.replace("other,after_award,0.25", "ccs,after_award,1.25", 1)
    (tmp_path / "attrition.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_attrition(tmp_path, load_categories())
    assert {problem.column for problem in caught.value.problems} == {"technique", "share"}
    assert any("other, stage after_award" in problem.expected for problem in caught.value.problems)
