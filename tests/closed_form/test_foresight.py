"""Myopic foresight against perfect foresight, in worlds solved by hand (T3)."""

from __future__ import annotations

from model.core.build import build_program
from model.core.features import load_features
from model.engine import compile_program
from model.foresight import solve_myopic
from tests.closed_form.answer import Answer, near
from tests.closed_form.world import EXACT, HOURS, World

TWO = {"years": [2030, 2040], "last_year_span": 10}  # each stands for ten years
FREE = float("inf")


def myopic(world: World, **overrides) -> Answer:
    """Solve a world year by year."""
    case = world.case(**overrides)
    program = build_program(case)
    compiled = compile_program(program)
    return Answer(case, program, compiled, solve_myopic(compiled, load_features(), case.years, EXACT))


def hungry() -> World:
    """100 MW; gas at 15 and then 90 EUR/MWh with a plant of 3e5 EUR/MW/year; a clean one of 5e5 without fuel.

    Alone in 2030 gas costs 3e5 + 8760 x 15 = 431,400 and clean 500,000: a planner who sees 2030 alone builds gas.  In
    2040 gas runs at 90 EUR/MWh = 788,400 a year; clean at 500,000 replaces it, and the gas plant is still to be paid.
    A MW over both decades: gas first 431,400 + 300,000 + 500,000 = 1,231,400; clean at once 1,000,000.
    """
    world = World(**TWO).demand(100)
    world.technology("gas", potential=FREE, investment=3e7, lifetime=100, variable_om={2030: 15, 2040: 90})
    return world.technology("clean", potential=FREE, investment=5e7, lifetime=100)


def test_myopic_builds_what_perfect_foresight_does_not():
    perfect, short = hungry().solve(), myopic(hungry())
    assert [perfect["built", "clean@N", year] for year in (2030, 2040)] == near([100, 0])
    assert perfect.objective == near(100 * 10 * 1_000_000)
    assert short["built", "gas@N", 2030] == near(100)
    assert [short["built", "clean@N", year] for year in (2030, 2040)] == near([0, 100])
    assert short["capacity", "gas@N", 2040] == near(100)  # held: it stands idle and is paid for
    assert short.yearly("activity", "gas@N", 2040) == near(0)
    assert short.objective == near(100 * 10 * 1_231_400)
    assert short.findings() == []


def test_duals_of_a_myopic_path_are_those_of_each_year_and_the_regret_of_what_stands():
    short = myopic(hungry())
    # each year pays for its own: gas in 2030, clean in 2040
    assert short.price(year=2030) == near([431_400 / HOURS])
    assert short.price(year=2040) == near([500_000 / HOURS])
    # one MW of gas more or less in 2030: its annuity of 2040 is lost money, ten years of 300,000 EUR
    regret = short.solution.reduced_costs["built"][[m == ("gas@N", 2030) for m in _members(short)]]
    assert regret == near([10 * 300_000])
    assert abs(short.solution.quality["gap"]) < 1e-9
    assert "built" in short.solution.held


def _members(answer: Answer) -> list[tuple[str, int]]:
    return next(list(found.members) for found in answer.program.sets if found.name == "asset_build")


def test_myopic_equals_perfect_where_nothing_changes():
    world = World(2, years=[2030, 2040, 2050], last_year_span=10).demand([100, 40])
    world.technology("peak", potential=FREE, investment=1e6, lifetime=100, variable_om=80)
    world.technology("base", potential=FREE, investment=2e7, lifetime=100, variable_om=10)
    perfect, short = world.solve(), myopic(world)
    assert short.objective == near(perfect.objective)
    for asset in ("peak@N", "base@N"):
        assert [short["built", asset, year] for year in (2030, 2040, 2050)] == near(
            [perfect["built", asset, year] for year in (2030, 2040, 2050)]
        )
    assert short.findings() == []


def test_a_potential_used_up_early_is_gone_later():
    """Room for 100 MW of a plant: each year takes what it needs of it."""
    world = World(**TWO).demand(50, year=2030).demand(150, year=2040)
    world.technology("cheap", potential=100, investment=1e7, lifetime=100)
    world.technology("dear", potential=FREE, investment=3e7, lifetime=100)
    short = myopic(world)
    assert [short["built", "cheap@N", year] for year in (2030, 2040)] == near([50, 50])
    assert short["built", "dear@N", 2040] == near(50)
    assert short.objective == near(10 * 1e5 * 50 + 10 * (1e5 * 100 + 3e5 * 50))
    assert short.findings() == []
