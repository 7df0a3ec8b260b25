"""Whole rounds of invented applications: speed, accounting and order, refusals before the order included."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import benchmark_sdepp  # noqa: E402

from model.sdepp.applications import applications_from  # noqa: E402
from model.sdepp.categories import load_categories  # noqa: E402
from model.sdepp.outcome import hekje_cost  # noqa: E402
from model.sdepp.rounds import load_round  # noqa: E402
from model.sdepp.switches import Switches  # noqa: E402
from model.sdepp.tender import hold  # noqa: E402


def test_ten_thousand_projects_take_less_than_a_second():
    found = benchmark_sdepp.measure(10_000, repeat=3)
    assert found["replay_s"] < 1.0
    assert found["awarded_eur"] <= 11.5e9 < found["asked_eur"]


@pytest.fixture(scope="module")
def rows():
    return benchmark_sdepp.invented(3000, seed=4)


@pytest.fixture(scope="module")
def categories():
    return load_categories()


@pytest.mark.parametrize("not_fitting", ["skip", "stop"])
@pytest.mark.parametrize("straddle", ["draw_general", "general_only"])
def test_every_euro_is_awarded_or_refused_with_a_reason(rows, categories, straddle, not_fitting):
    held = load_round("2024").but(ceiling=3.4e9)
    outcome = hold(applications_from(rows), held, categories, Switches(straddle, not_fitting))
    told = outcome.applications
    assert outcome.awarded <= 3.4e9 < outcome.asked and len(told) == len(rows)
    assert told.loc[~told["awarded"], ["reason", "explanation"]].ne("").all(axis=None)
    assert told.loc[told["awarded"], ["reason", "explanation"]].eq("").all(axis=None)
    cents = (outcome.by_reason()["claim"] * 100).round().sum()
    assert cents == pytest.approx((told["claim"] * 100).round().sum(), abs=1)
    for keys in (["domain"], ["technique"], ["phase"], ["domain", "phase"]):
        summed = outcome.by(*keys)
        assert summed["awarded"].sum() == pytest.approx(outcome.awarded)
        assert (summed["awarded"] + summed["refused"]).sum() == pytest.approx(outcome.asked)
    fuels = outcome.awards[outcome.awards["technique"] == "advanced_fuels"]
    assert fuels["production"].sum() <= 10.6e9


def test_the_order_of_the_file_does_not_matter(rows, categories):
    held = load_round("2024").but(ceiling=3.4e9)
    # Two for one category at one address, so that the first in the order must be found as well.
    doubled = pd.concat([rows, rows.head(200).assign(application=lambda frame: "b" + frame["application"])])
    columns = ["application", "awarded", "reason", "free", "rank"]
    first = hold(applications_from(doubled), held, categories).applications[columns]
    second = hold(applications_from(doubled.sample(frac=1, random_state=3)), held, categories).applications[columns]
    pd.testing.assert_frame_equal(first, second)
    assert (first["reason"] == "second_at_address").sum() >= 150


def test_undersubscribed_every_valid_project_wins(rows, categories):
    outcome = hold(applications_from(rows.head(600)), load_round("2024").but(caps=()), categories)
    assert outcome.asked < 11.5e9
    assert set(outcome.applications["reason"]) == {"", "no_transport_indication"}


def test_oversubscribed_domains_get_their_reserve_and_the_loss_is_reported(rows, categories):
    held = load_round("2024").but(ceiling=1.2e9, hekjes=dict.fromkeys(load_round("2024").hekjes, 3.5e8), caps=())
    applications = applications_from(rows)
    outcome = hold(applications, held, categories)
    hekjes = outcome.hekjes()
    largest = outcome.applications[outcome.applications["free"].notna()].groupby("hekje")["claim"].max()
    assert (hekjes["demand"] > hekjes["reserve"]).all()
    assert (hekjes["awarded"] > hekjes["reserve"] - largest[hekjes.index]).all()
    cost = hekje_cost(outcome, hold(applications, held.but(hekjes={}), categories))
    assert cost.loss == pytest.approx(outcome.intensity / cost.without_hekjes.intensity - 1) and cost.loss > 0
    assert cost.within == (cost.loss <= 0.15)
    assert cost.gained and cost.lost
