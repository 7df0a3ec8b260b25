"""Drawn outages against tables of outages worked out by hand, and stores against what can be reckoned by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from model.studies.adequacy_draws import Store, power_of_units, shortage, units_down

HOURS, DRAWS = 2000, 100


def outage_table(units: list[tuple[float, float]], load: float) -> tuple[float, float]:
    """Chance that power is short and mean power that is missing: every state of every unit (two-state convolution)."""
    chance, missing = 0.0, 0.0
    for states in product((0, 1), repeat=len(units)):
        share = float(np.prod([rate if out else 1 - rate for out, (_, rate) in zip(states, units, strict=True)]))
        power = sum(size for out, (size, _) in zip(states, units, strict=True) if not out)
        chance += share * (power < load - 1e-9)
        missing += share * max(0.0, load - power)
    return chance, missing


def drawn(fleets: list[tuple[float, float, float]], load: float, seed: int = 0):
    """Shortage of fleets (capacity, unit size, rate), outages of 20 h on average."""
    margin = np.full((DRAWS, HOURS), -load)
    for number, (capacity, size, rate) in enumerate(fleets):
        random = np.random.default_rng([seed, number])
        margin += power_of_units(capacity, size, rate, 20.0, HOURS, DRAWS, random)
    return shortage(margin, [])


def test_a_system_without_stores_meets_the_two_state_convolution():
    """Three units of 400 MW, four of 150 MW and a rest of 50 MW against 1,400 MW."""
    fleets = [(1200.0, 400.0, 0.08), (650.0, 150.0, 0.05)]
    units = [(400.0, 0.08)] * 3 + [(150.0, 0.05)] * 4 + [(50.0, 0.05)]
    chance, missing = outage_table(units, 1400.0)
    found = drawn(fleets, 1400.0)
    for values, expected in ((found.hours, chance * HOURS), (found.energy, missing * HOURS)):
        error = values.std(ddof=1) / np.sqrt(DRAWS)
        assert abs(values.mean() - expected) < 3 * error
        assert error < 0.06 * expected, "too few draws to tell"
    assert found.by_hour.sum() == pytest.approx(found.energy.mean())


def test_every_hour_has_the_chance_of_the_table_and_outages_last_as_long():
    down = units_down(40, 0.1, 12.0, 3000, 60, np.random.default_rng(3))
    assert down.mean() / 40 == pytest.approx(0.1, rel=0.02)
    first = units_down(4000, 0.1, 12.0, 3, 10, np.random.default_rng(6))
    assert first.mean(axis=0) / 4000 == pytest.approx([0.1] * 3, rel=0.03)
    one = units_down(1, 0.1, 12.0, 60000, 5, np.random.default_rng(4))
    starts = (np.diff(one, axis=1) == 1).sum()
    assert one.sum() / starts == pytest.approx(12.0, rel=0.05)
    assert units_down(3, 0.0, 12.0, 10, 2, np.random.default_rng(5)).sum() == 0


def test_the_same_seed_draws_the_same():
    fleets = [(1200.0, 400.0, 0.08)]
    first, again, other = drawn(fleets, 900.0, 1), drawn(fleets, 900.0, 1), drawn(fleets, 900.0, 2)
    assert np.array_equal(first.energy, again.energy) and not np.array_equal(first.energy, other.energy)


def test_one_large_unit_leaves_more_unserved_than_many_small_ones():
    """1,600 MW at 5 %: in one unit, or in twenty of 80 MW; 1,500 MW of load and 100 MW that never fails."""
    one, _ = outage_table([(1600.0, 0.05)], 1500.0 - 100.0)
    large, small = drawn([(1600.0, 1600.0, 0.05)], 1400.0), drawn([(1600.0, 80.0, 0.05)], 1400.0)
    assert large.hours.mean() == pytest.approx(one * HOURS, rel=0.2)
    assert small.energy.mean() < 0.1 * large.energy.mean()


def test_a_store_gives_as_soon_as_power_is_short_and_fills_from_every_surplus():
    """10 MWh, full: 3.6 MW out leave 6 MWh at 90 %; 5 MW in bring 4 at 80 %; then it gives 6 MW, 3 MW and nothing."""
    margin = np.array([[-3.6, 5.0, -9.0, -9.0, 0.0, -1.0]])
    found = shortage(margin, [Store(5.0, 6.0, 10.0, 0.8, 0.9)])
    # 10 -> 6 -> 10 -> gives 6 (6.667 of content) -> 3.333 gives 3 -> 0
    assert found.by_hour == pytest.approx([0.0, 0.0, 3.0, 6.0, 0.0, 1.0])
    assert found.hours[0] == 3 and found.energy[0] == pytest.approx(10.0)


def test_who_can_give_longest_gives_first():
    """8 MWh and 2 MWh, 2 MW each; 2 MW short for two hours, then 4: the long one saves the short one for the end."""
    margin = np.array([[-2.0, -2.0, -4.0]])
    found = shortage(margin, [Store(0.0, 2.0, 2.0), Store(0.0, 2.0, 8.0)])
    assert found.energy[0] == pytest.approx(0.0)
