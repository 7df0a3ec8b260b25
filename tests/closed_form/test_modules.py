"""Units by hand: counted, given by the scenario, and whole: what the next module costs and what duals say then."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from pydantic import ValidationError

from model.core.features import load_features
from model.cube import assemble
from model.errors import InputError
from tests.closed_form.answer import near
from tests.closed_form.world import World

WHOLE = {"reactors__integer_modules": True}


def small(**scenario: Any) -> World:
    """250 MW in half of the hours and 100 in the rest; modules of 80 MW_e (200 MW_th) against gas at 60."""
    world = World(2, reactors__modes=["flexible"], **scenario).demand([100, 250])
    figures = {"efficiency": 0.4, "unit_size_e": 80.0, "unit_size_th": 200.0, "fuel_cost": 8.0}
    world.reactor("cls_lwr", potential=math.inf, investment=1000.0, lifetime=10.0, **figures)
    return world.technology("gas", existing=1e3, variable_om=60)


def test_units_are_counted_without_the_switch():
    answer = small().solve()
    assert answer["capacity", "cls_lwr@N", 2030] == near(625)
    assert answer.solution.reported_values["reactor_units"] == near([3.125])
    assert not len(answer.compiled.open_integers)


@pytest.mark.parametrize(("investment", "modules"), [(200.0, 4), (1000.0, 3), (2500.0, 2), (4000.0, 1), (5000.0, 0)])
def test_whole_modules_by_enumeration(investment, modules):
    """A module is worth 52 EUR/MWh of what it spares gas; the cheapest number is found by trying all of them."""
    answer = small(**WHOLE)
    for row in answer.rows["reactors"]:
        row["value"] = investment if row["parameter"] == "investment" else row["value"]
    answer = answer.solve()

    def cost(number: int) -> float:
        spared = [min(80.0 * number, need) for need in (100, 250)]
        return number * 80 * investment * 100 + 4380 * sum(8 * own + 60 * (need - own) for own, need in
                                                           zip(spared, (100, 250), strict=True))  # fmt: skip

    best = min(range(5), key=cost)
    assert best == modules
    assert answer["modules_built", "cls_lwr@N", 2030] == near(modules)
    assert answer["capacity", "cls_lwr@N", 2030] == near(200 * modules)
    assert answer.objective == near(cost(best))
    assert [str(finding) for finding in answer.findings()] == []


def test_what_a_run_with_whole_modules_says():
    """Method, gap and bound, and duals with three modules fixed: gas sets the price of the last 10 MW."""
    answer = small(**WHOLE).solve()
    solution = answer.solution
    assert solution.status == "optimal"
    assert solution.method == "branch and cut, then simplex"
    assert solution.dual_kind == "vertex, whole numbers fixed"
    assert [method for method, _, _ in solution.attempts] == ["branch and cut", "simplex"]
    assert solution.quality["mip_gap"] <= 1e-4
    assert solution.quality["mip_bound"] <= answer.objective * (1 + 1e-9)
    assert answer.price() == near([8, 60])
    run = assemble(answer.case, answer.program, load_features(), solution, answer.compiled.statistics())["run"].attrs
    assert json.loads(run["quality"])["mip_gap"] == solution.quality["mip_gap"]
    assert run["integers"] == 1

    assert "modules_built" in solution.held


def test_whole_modules_leave_room_on_a_site():
    """Modules of 200 MW_th on a site for 700: three, where fractions would fill it."""
    world = World(reactors__modes=["flexible"], **WHOLE).demand(1000)
    common = {"efficiency": 0.4, "lifetime": 1.0, "potential": 700.0}
    world.reactor("cls_lwr", unit_size_e=80.0, unit_size_th=200.0, investment=10.0, **common)
    answer = world.solve()
    assert answer["modules_built", "cls_lwr@N", 2030] == near(3)
    assert world.solve(reactors__integer_modules=False)["capacity", "cls_lwr@N", 2030] == near(700)


def test_no_number_of_modules_at_all():
    """A target of 100 MW_e on a site for one module of 80: parts of modules would do, whole ones do not."""
    world = World(reactors__modes=["flexible"], reactors__target={2030: 100.0}, **WHOLE).demand(10)
    world.reactor("cls_lwr", potential=300.0, efficiency=0.4, unit_size_e=80.0, unit_size_th=200.0)
    assert world.attempt().solution.status == "infeasible"
    from model.engine import diagnose

    found = diagnose(world.attempt().compiled, status="infeasible")
    assert "not with whole ones" in str(found)


def test_half_a_unit_is_no_whole_module():
    """Refused before anything is built; without whole modules a part of a unit may be given."""
    half = {"reactors__units": {"cls_lwr": {2030: 0.5}}}
    with pytest.raises(ValidationError, match="whole numbers, or integer_modules: false"):
        World(**half, **WHOLE).case()
    world = World(reactors__modes=["flexible"], **half).demand(1000).technology("gas", existing=2e3, variable_om=60)
    world.reactor("cls_lwr", potential=700.0, efficiency=0.4, unit_size_e=80.0, unit_size_th=200.0)
    assert world.solve()["capacity", "cls_lwr@N", 2030] == near(100)


@pytest.mark.parametrize("units", [0, 1, 2, 3, 4])
def test_large_units_on_the_same_accounting(units):
    """0 to 4 large units of 1650 MW_e as the scenario gives them: each costs annuity and fixed cost, and saves gas."""
    numbers = {"cls_large": {2030: float(units)}}
    world = World(reactors__modes=["flexible"], reactors__units=numbers).demand(9000)
    world.technology("gas", existing=2e4, variable_om=60)
    figures = {"efficiency": 0.5, "unit_size_e": 1650.0, "unit_size_th": 3300.0, "fuel_cost": 8.0, "variable_om": 2.5}
    owning = {"investment": 7000.0, "fixed_om": 110.0, "lifetime": 50.0}
    world.reactor("cls_large", potential=math.inf, kind="large", design_class="cls_large", **figures, **owning)
    answer = world.solve()
    power = 1650.0 * units
    assert answer["capacity", "cls_large@N", 2030] == near(3300 * units)
    assert answer.solution.reported_values["reactor_units"] == near([units])
    assert answer.cost("investment") == near(power * 140_000)
    assert answer.cost("fixed_om") == near(power * 110_000)
    assert answer.cost("fuel") == near(8760 * power * 8)
    assert answer.objective == near(power * 250_000 + 8760 * (power * 10.5 + (9000 - power) * 60))
    assert [str(finding) for finding in answer.findings()] == []
    cube = assemble(answer.case, answer.program, load_features(), answer.solution, answer.compiled.statistics())
    electric = cube["ledgers"]["reactor_capacity"].sel(reactor_kind="large", node="N", year=2030)
    assert float(electric) == near(power)


@pytest.mark.parametrize("extended", [0.0, 1.0])
def test_life_extension_is_a_plant_like_the_others(extended):
    """A plant of 485 MW_e until 2034; its extension is a build of 700 EUR/kW over 20 years in 2040, or nothing."""
    settings = {"years": [2030, 2040], "reactors__units": {"longer": {2040: extended}}}
    world = World(reactors__modes=["flexible"], **settings).demand(485).technology("gas", existing=1e3, variable_om=60)
    figures = {"efficiency": 0.355, "unit_size_e": 485.0, "unit_size_th": 485 / 0.355, "fuel_cost": 8.0}
    figures |= {"fixed_om": 110.0}
    world.reactor("old", kind="existing", design_class="cls_large", **figures)
    world.add(
        "existing_capacity", node="N", technology="old", plant="old", capacity=485 / 0.355, retirement_year=2034.0
    )
    later = {**figures, "investment": 700.0, "lifetime": 20.0, "earliest_year": 2034.0}
    world.reactor("longer", kind="large", design_class="cls_large", potential=485 / 0.355, **later)
    answer = world.solve()
    weight = answer.case.discount_weight
    nuclear = 485 * (110_000 + 8760 * 8)
    then = nuclear + 485 * 35_000 if extended else 485 * 8760 * 60
    assert answer.objective == near(weight[2030] * nuclear + weight[2040] * then)
    assert [str(finding) for finding in answer.findings()] == []


def test_units_of_a_design_that_cannot_stand_are_refused():
    world = World(reactors__modes=["flexible"], reactors__units={"cls_lwr": {2030: 2}}).demand(10)
    world.reactor("cls_lwr", potential=1e4, efficiency=0.4, earliest_year=2040.0)
    with pytest.raises(InputError, match="cls_lwr can stand nowhere in 2030"):
        world.solve()
