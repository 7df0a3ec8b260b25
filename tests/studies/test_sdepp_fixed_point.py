"""The loop between held and realised capacity on markets small enough for a pencil."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.errors import InputError
from model.studies.sdepp_fixed_point import Response, Rules, changes, fixed_point

EUR_PER_MW = 1e6
FINE = {"capacity_tolerance": 1e-6, "claim_tolerance": 1.0}


def awards(capacity: float, category: str = "solar", region: str = "N") -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples([(category, region)], names=["category", "region"])
    return pd.DataFrame({"capacity": [capacity], "claim": [capacity * EUR_PER_MW]}, index=index)


def market(height: float, slope: float, most: float = np.inf):
    """At price 100 - x / 10 every EUR of price lets so much apply that F(x) = height - slope x, from 0 to `most`."""

    def respond(held: pd.Series) -> Response:
        capacity = float(np.clip(height - slope * held.sum(), 0.0, most))
        return Response(awards(capacity), pd.Series([capacity], index=held.index), prices=100 - held.sum() / 10)

    return respond


def start(capacity: float = 0.0) -> pd.Series:
    return pd.Series([capacity], index=["plant"])


@pytest.mark.parametrize("slope", [0.5, 0.9, -0.3])
def test_undamped_steps_reach_the_fixed_point_of_the_pencil(slope):
    """x = 300 - s x gives x = 300 / (1 + s); steps shrink by s."""
    found = fixed_point(market(300.0, slope), start(), Rules(damping=0.0, iterations=500, **FINE))
    assert found.outcome == "converged" and found.cycle == ()
    assert found.last.held.sum() == pytest.approx(300.0 / (1 + slope), abs=1e-5)
    assert found.last.response.prices == pytest.approx(100 - 30.0 / (1 + slope), abs=1e-5)
    assert found.last.gap <= 1e-6 and found.last.step == 0.0


def test_first_iterates_are_those_of_the_pencil():
    """F(x) = 300 - x / 2, half steps: 0 -> 150 -> 187.5 -> 196.875, with F = 300, 225, 206.25."""
    found = fixed_point(market(300.0, 0.5), start(), Rules(damping=0.5, **FINE))
    assert [made.held.sum() for made in found.iterates[:4]] == pytest.approx([0.0, 150.0, 187.5, 196.875])
    assert [made.response.realised.sum() for made in found.iterates[:3]] == pytest.approx([300.0, 225.0, 206.25])
    assert [made.change_capacity for made in found.iterates[:3]] == pytest.approx([np.inf, 75.0, 18.75])
    assert [made.gap for made in found.iterates[:3]] == pytest.approx([300.0, 75.0, 18.75])
    assert found.last.held.sum() == pytest.approx(200.0, abs=1e-5)


def test_two_cycle_is_told_with_its_members():
    """F(x) = 400 - x undamped: 100 -> 300 -> 100."""
    found = fixed_point(market(400.0, 1.0), start(100.0), Rules(damping=0.0))
    assert found.outcome == "cycle" and found.cycle == (1, 2)
    assert len(found.iterates) == 3
    assert [made.held.sum() for made in found.iterates] == pytest.approx([100.0, 300.0, 100.0])
    assert "cycle of 2" in found.words and "1, 2" in found.words and "NO fixed point" in found.words


def test_damping_ends_the_two_cycle():
    """Half steps of F(x) = 400 - x go to 200 at once."""
    found = fixed_point(market(400.0, 1.0), start(100.0), Rules(damping=0.5))
    assert found.outcome == "converged"
    assert found.last.held.sum() == pytest.approx(200.0)
    assert found.words == f"the awards stand still after {len(found.iterates)} iterations"


def test_too_little_damping_cycles_and_more_converges():
    """F(x) = 800 - 3 x, at least 0: a damping of 1/2 turns 200 + d into 200 - d, one of 3/4 goes to 200 at once.

    From 100 by halves: 300 (F = 500), 150 (F = 0, not -100), 250 (F = 350), 150 (F = 50), and so on.
    """
    steep = market(800.0, 3.0, 800.0)
    half = fixed_point(steep, start(100.0), Rules(damping=0.5, iterations=60, **FINE))
    assert half.outcome == "cycle" and half.cycle == (3, 4)
    held = [half.iterates[number - 1].held.sum() for number in half.cycle]
    assert held == pytest.approx([150.0, 250.0])
    more = fixed_point(steep, start(100.0), Rules(damping=0.75, **FINE))
    assert more.outcome == "converged" and more.last.held.sum() == pytest.approx(200.0)


def test_cycle_of_three():
    """A market that goes 10 -> 20 -> 40 -> 10."""
    follows = {10.0: 20.0, 20.0: 40.0, 40.0: 10.0, 0.0: 10.0}

    def respond(held: pd.Series) -> Response:
        capacity = follows[float(held.sum())]
        return Response(awards(capacity), pd.Series([capacity], index=held.index))

    found = fixed_point(respond, start(), Rules(damping=0.0, capacity_tolerance=0.1, claim_tolerance=1.0))
    assert found.outcome == "cycle" and found.cycle == (2, 3, 4)


def test_a_creeping_path_is_no_cycle_and_ends_at_the_most_iterations():
    """Every step moves by less than would be told apart later, and the awards never stand still."""

    def respond(held: pd.Series) -> Response:
        capacity = float(held.sum()) + 11.0
        return Response(awards(capacity), pd.Series([capacity], index=held.index))

    found = fixed_point(respond, start(), Rules(damping=0.0, iterations=12))
    assert found.outcome == "stopped" and len(found.iterates) == 12 and found.cycle == ()
    assert "11.0 MW" in found.words


def test_awards_that_stand_still_are_tried_whole():
    """Awards of 500 whatever the price: one damped step, then all the way, then held and realised agree exactly."""
    found = fixed_point(market(500.0, 0.0), start(), Rules(damping=0.9))
    assert [made.held.sum() for made in found.iterates] == pytest.approx([0.0, 50.0, 500.0])
    assert [made.step for made in found.iterates] == pytest.approx([0.1, 1.0, 0.0])
    assert found.outcome == "converged" and found.last.gap == 0.0


def test_equal_sums_in_other_places_have_moved():
    """100 MW that go from one region to another are 200 MW of change."""
    here, there = awards(100.0, region="N"), awards(100.0, region="S")
    assert changes(here, there) == (200.0, 200.0 * EUR_PER_MW)
    assert changes(here, here) == (0.0, 0.0)


def test_every_iterate_is_kept_while_it_goes():
    seen: list[int] = []
    found = fixed_point(market(300.0, 0.5), start(), Rules(**FINE), keep=lambda done: seen.append(len(done)))
    assert seen == list(range(1, len(found.iterates) + 1))


def test_rules_that_never_end_are_refused_all_at_once():
    with pytest.raises(InputError) as caught:
        Rules(damping=1.0, capacity_tolerance=-1.0, iterations=1)
    assert {problem.column for problem in caught.value.problems} == {"damping", "capacity_tolerance", "iterations"}
