"""Designs that a scenario puts at a site, by hand: with N-1 and without, and where none can stand."""

from __future__ import annotations

import pytest

from model.errors import InputError
from tests.closed_form.answer import near
from tests.closed_form.world import World


def dear(**figures: float) -> World:
    """A module of 100 MW_e that costs 10 EUR/kW a year and nobody needs: the grid is free."""
    world = World().regional().site().technology("grid", existing=1e4)
    sizes = {"unit_size_e": 100, "unit_size_th": 200, "efficiency": 0.5, "investment": 1000, "lifetime": 100}
    world.reactor("cls_lwr", "S", potential=2000, **{**sizes, **figures})
    return world.demand(50, at="S")


NAMED = {"sites__modules": {"S": ["cls_lwr"]}}


@pytest.mark.parametrize("n_minus_1", [False, True])
def test_one_module_of_a_named_design_stands_with_and_without_n_minus_1(n_minus_1):
    answer = dear().solve(**NAMED, sites__n_minus_1=n_minus_1)
    assert answer["capacity", "cls_lwr@S", 2030] == near(200)
    assert answer.objective == near(10_000 * 100)
    assert answer.findings() == []
    assert dear().solve(sites__n_minus_1=n_minus_1).objective == near(0)


def test_it_stands_from_the_first_year_in_which_it_can():
    answer = dear(earliest_year=2035).solve(**NAMED, years=[2030, 2040])
    assert ("cls_lwr@S", 2030) not in answer.case.asset_years.index
    assert answer["capacity", "cls_lwr@S", 2040] == near(200)
    assert answer.findings() == []


@pytest.mark.parametrize(
    "settings",
    [
        {"sites__modules": {"S": ["elsewhere"]}},
        {"sites__modules": {"S": ["old"]}},
        {**NAMED, "reactors__enabled": False},
        {**NAMED, "reactors__designs": ["elsewhere"]},
        {**NAMED, "reactors__modes": ["base_load"]},
        {**NAMED, "reactors__earliest_year_delay": 10},
    ],
    ids=["no potential", "existing plant", "reactors off", "not among the designs", "mode", "too early"],
)
def test_a_design_that_cannot_stand_there_is_refused(settings):
    world = dear(earliest_year=2025).reactor("elsewhere", "N", potential=100, efficiency=0.5)
    world.reactor("old", "S", existing=100, efficiency=0.5, kind="existing")
    with pytest.raises(InputError, match="a design that can stand at S: reactor_potentials.csv") as caught:
        world.solve(**settings)
    (problem,) = caught.value.problems
    assert problem.column == "sites.modules.S"
