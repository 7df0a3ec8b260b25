"""What holds for every grant: nothing negative, nothing above the claim, no euro made or lost on the way."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import InputError
from model.sdepp.grants import grants_of
from model.sdepp.payments import Corrections, PaymentRules, pay, subsidy_rate
from model.sdepp.volumes import counted_production


def random_grants(random: np.random.Generator, count: int):
    """Grants of every kind, with figures in the ranges of the regulation."""
    floor = random.uniform(0.0, 0.1, count)
    caps = {2027: 4775.0, 2028: 8784.0}
    amount = floor + random.uniform(0.001, 0.2, count)
    table = pd.DataFrame(
        {
            "amount": amount,
            "floor": floor,
            "floor_on_sum": random.random(count) < 0.5,
            "capacity": random.uniform(15, 50_000, count),
            "full_load_hours": random.uniform(600, 8500, count),
            "term": random.choice([12, 15], count),
            "start_year": random.integers(2025, 2032, count),
            "start_month": random.integers(1, 13, count),
            "banks_over": random.random(count) < 0.5,
            "own_use_counts": random.random(count) < 0.5,
            "stops_when_negative": random.random(count) < 0.5,
            "hours_cap": [caps if random.random() < 0.2 else None for _ in range(count)],
            "threshold": np.where(random.random(count) < 0.4, amount + 0.018, np.nan),
        }
    )
    return grants_of(table)


def random_world(seed: int, count: int = 12):
    """Grants, their years, what counts, and final and provisional corrections."""
    random = np.random.default_rng(seed)
    grants = random_grants(random, count)
    years = grants.span()
    shape = (count, years.size)
    production = grants.yearly_volume[:, None] * random.uniform(0.0, 1.6, shape)
    counted = counted_production(grants, years, production, random.random(shape) * 0.5, random.random(shape) * 0.4)
    parts = [random.uniform(-0.02, 0.3, shape), *(random.uniform(0, 0.02, shape) for _ in range(3))]
    before = [random.uniform(-0.02, 0.3, shape), *parts[1:]]
    return grants, years, counted, Corrections.of(shape, *parts), Corrections.of(shape, *before)


rules = st.builds(
    PaymentRules,
    over_production_limit=st.sampled_from(["balance", "yearly"]),
    excess_profit=st.sampled_from(["yearly", "end_of_term", "off"]),
    advance_share=st.sampled_from([0.0, 0.8, 1.0]),
)
seeds = st.integers(0, 10**6)


@settings(max_examples=60, deadline=None)
@given(seeds, rules)
def test_payments_are_never_negative_and_never_above_the_claim(seed, switches):
    grants, years, counted, final, before = random_world(seed)
    found = pay(grants, years, counted, final, before, rules=switches)
    cent = 1e-6 * (1 + grants.claim)
    assert (found.gross >= 0).all() and (found.excess >= 0).all() and (found.advance >= 0).all()
    assert (found.gross.sum(axis=1) <= grants.claim + cent).all()
    standing = np.cumsum(found.net, axis=1)
    assert (standing >= -cent[:, None]).all() and (standing <= grants.claim[:, None] + cent[:, None]).all()


@settings(max_examples=60, deadline=None)
@given(seeds, rules)
def test_advances_and_settlements_add_up_to_the_subsidy_that_stands(seed, switches):
    grants, years, counted, final, before = random_world(seed)
    found = pay(grants, years, counted, final, before, rules=switches)
    over = found.excess.sum(axis=1)
    due = np.maximum(0.0, found.gross.sum(axis=1) - over)
    assert found.cash.sum(axis=1) == pytest.approx(due, abs=1e-6 + 1e-12 * grants.claim.max())
    assert found.net.sum(axis=1) == pytest.approx(due, abs=1e-6 + 1e-12 * grants.claim.max())
    assert (found.advance + found.settlement[:, 1:]) == pytest.approx(found.net, abs=1e-6)
    monthly = found.monthly_advance(grants.months(years))
    assert monthly.sum(axis=2) == pytest.approx(found.advance, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_volumes_balance(seed):
    """Every unit that counts is paid, carried or lost; every eligible unit is paid or unused."""
    grants, years, counted, final, _ = random_world(seed)
    volumes = pay(grants, years, counted, final).volumes
    before = np.hstack([np.zeros((len(grants.claim), 1)), volumes.over[:, :-1]])
    assert volumes.counted + before == pytest.approx(volumes.paid + volumes.over + volumes.lost, rel=1e-9, abs=1e-3)
    assert (np.cumsum(volumes.paid, axis=1) <= np.cumsum(volumes.yearly, axis=1) * (1 + 1e-9) + 1e-3).all()
    assert volumes.yearly.sum(axis=1) == pytest.approx(grants.yearly_volume * grants.term, rel=1e-12)
    assert (volumes.over[~grants.banks_over] == 0).all()
    assert (volumes.over <= 0.25 * grants.yearly_volume[:, None] * (1 + 1e-9)).all()
    assert all((part >= -1e-6).all() for part in (volumes.paid, volumes.under, volumes.over, volumes.lost))


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(0.0, 0.2))
def test_falling_prices_never_lower_the_payment_before_excess_profit(seed, fall):
    grants, years, counted, final, _ = random_world(seed)
    lower = Corrections(final.price - fall, final.gvo, final.ets, final.other)
    high, low = (pay(grants, years, counted, corrections).gross for corrections in (final, lower))
    assert (low >= high - 1e-6).all()


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_a_grant_is_paid_the_same_alone_and_among_others(seed):
    grants, years, counted, final, before = random_world(seed)
    together = pay(grants, years, counted, final, before)
    for place in (0, 5, 11):
        parts = [Corrections(*(part[[place]] for part in (c.price, c.gvo, c.ets, c.other))) for c in (final, before)]
        alone = pay(grants.take([place]), years, counted[[place]], *parts)
        assert alone.cash[0] == pytest.approx(together.cash[place], abs=1e-6)


def test_below_the_floor_prices_change_nothing():
    """Two kinds of floor: on the price alone, and on price, emissions trading and other together."""
    amount, floor = np.array([0.10, 0.10]), np.array([0.04, 0.04])
    on_sum = np.array([False, True])
    low, high = (Corrections.of((2, 1), price, 0.004, 0.01, 0.002) for price in (0.0, 0.02))
    # 0.10 - 0.04 - 0.004 - 0.01 - 0.002 = 0.044; 0.10 - 0.04 - 0.004 = 0.056, as 0.02 + 0.012 is below 0.04.
    for corrections in (low, high):
        assert subsidy_rate(amount, floor, on_sum, corrections)[:, 0] == pytest.approx([0.044, 0.056])
    above = Corrections.of((2, 1), 0.05, 0.004, 0.01, 0.002)
    # 0.10 - 0.05 - 0.016 = 0.034 both ways.
    assert subsidy_rate(amount, floor, on_sum, above)[:, 0] == pytest.approx([0.034, 0.034])


def test_ten_thousand_grants_take_little_time():
    random = np.random.default_rng(1)
    grants = random_grants(random, 10_000)
    years = grants.span()
    shape = (10_000, years.size)
    counted = counted_production(grants, years, grants.yearly_volume[:, None] * random.uniform(0.5, 1.3, shape))
    final = Corrections.of(shape, random.uniform(0, 0.2, shape), 0.004)
    begin = time.perf_counter()
    found = pay(grants, years, counted, final)
    assert time.perf_counter() - begin < 2.0
    assert found.cash.shape == (10_000, years.size + 1)


def test_faulty_grants_are_refused_all_at_once():
    good = {"amount": 0.1, "floor": 0.03, "capacity": 10, "full_load_hours": 840, "term": 15}
    rows = [
        {**good, "amount": 0.02},
        {**good, "capacity": -1},
        {**good, "full_load_hours": 9000},
        {**good, "term": 12.5},
        {**good, "floor": float("nan")},
    ]
    table = pd.DataFrame(rows, index=list("abcde")).assign(start_year=2028, start_month=13)
    with pytest.raises(InputError) as refused:
        grants_of(table, "my.csv")
    found = {(problem.row, problem.column) for problem in refused.value.problems}
    assert found >= {("a", "amount"), ("b", "capacity"), ("c", "full_load_hours"), ("d", "term"), ("e", "floor")}
    assert {row for row, column in found if column == "start_month"} == set("abcde")
    with pytest.raises(InputError, match="column term"):
        grants_of(table.drop(columns="term"))


def test_figures_that_make_no_sense_are_refused():
    grants, years, counted, final, _ = random_world(3)
    with pytest.raises(ValueError, match="gaps"):
        pay(grants, years[::2], counted[:, ::2], final)
    with pytest.raises(ValueError, match="shape"):
        pay(grants, years, counted[:, 1:], final)
    with pytest.raises(ValueError, match="at least 0"):
        Corrections.of((1, 1), 0.1, -0.01)
    with pytest.raises(ValueError, match="finite"):
        Corrections.of((1, 1), np.nan)
    with pytest.raises(ValueError, match="production"):
        counted_production(grants, years, -1.0)
    with pytest.raises(ValueError, match="shares"):
        counted_production(grants, years, 1.0, own_use_share=1.5)
