"""What a project must ask, by hand and against plain search."""

from __future__ import annotations

import numpy as np
import pytest

from model.studies.sdepp_bids import required_amount


def asked(cost, earned, taken_off, weight, settled=0.0):
    arrays = (np.array([value]) for value in (cost, earned, taken_off, weight))
    return float(required_amount(*arrays, np.array([settled]))[0])


@pytest.mark.parametrize(
    ("cost", "earned", "taken_off", "weight", "amount"),
    [
        (0.060, 0.050, [0.050, 0.050], [0.5, 0.5], 0.060),  # earns the correction: asks its cost
        (0.060, 0.040, [0.0492, 0.0492], [0.5, 0.5], 0.0692),  # 0.0092 below the floor, and that much more
        (0.060, 0.047, [0.050, 0.050], [0.5, 0.5], 0.063),  # a profile that earns 0.003 less than the correction
        # Half a cent needed; the first year takes off 0.03, the second 0.10: only the first pays, with twice the gap.
        (0.070, 0.065, [0.030, 0.100], [0.5, 0.5], 0.040),
        # 0.06 needed, from both years: (0.06 + 0.015 + 0.05) / 1.
        (0.125, 0.065, [0.030, 0.100], [0.5, 0.5], 0.125),
        # A fifth of production at negative prices: 0.01 needed from 0.8 of it.
        (0.060, 0.050, [0.050, 0.050], [0.4, 0.4], 0.0625),
        (0.040, 0.050, [0.050, 0.050], [0.5, 0.5], -np.inf),  # the market covers the cost
        (0.060, 0.050, [0.050, 0.050], [0.0, 0.0], np.inf),  # nothing is subsidised
    ],
)
def test_by_hand(cost, earned, taken_off, weight, amount):
    assert asked(cost, earned, taken_off, weight) == pytest.approx(amount)


def test_settled_excess_profit_is_asked_for_by_those_who_need_a_subsidy():
    """0.010 is needed and 0.004 settled with it: 0.014 from both years; whoever needs none has none to settle with."""
    assert asked(0.060, 0.050, [0.050, 0.050], [0.5, 0.5], 0.004) == pytest.approx(0.064)
    assert asked(0.040, 0.050, [0.050, 0.050], [0.5, 0.5], 0.004) == -np.inf


def test_income_at_the_amount_equals_the_cost():
    """200 random projects over 15 years: market plus subsidy at the amount asked is the cost."""
    random = np.random.default_rng(5)
    taken_off = random.uniform(0.02, 0.12, (200, 15))
    weight = random.uniform(0.0, 1.0, (200, 15))
    weight /= weight.sum(axis=1, keepdims=True)
    earned = random.uniform(0.01, 0.08, 200)
    cost = earned + random.uniform(0.0001, 0.08, 200)
    amount = required_amount(cost, earned, taken_off, weight)
    subsidy = (weight * np.maximum(0.0, amount[:, None] - taken_off)).sum(axis=1)
    assert earned + subsidy == pytest.approx(cost)
