"""Capacities of a run held and operated on other hours: on the tiny data set, from the run's file."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import xarray as xr

import model.cube.record
from model.cube import assemble, open_run, run_checks
from model.dispatch import DUST, answers, design_scenario, held_investments
from model.engine import hold
from model.engine import solve as solve_compiled
from model.errors import InputError
from model.job import Built, build, run, solve
from model.scenario import Scenario
from model.scenario.settings import Dispatch
from tests.checks.worlds import failed
from tests.closed_form.world import EXACT
from tests.helpers import TINY, change_cell, copy_tiny, find_row, tiny_scenario

YEARS = [2030, 2050]
FEW = {"periods": 2, "step_hours": 4}
OTHER = {"periods": 3, "step_hours": 6, "spell_days": 1}


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    """A run that chose its capacities: its file and its objective."""
    result = run(tiny_scenario(years=YEARS, time=FEW), tmp_path_factory.mktemp("design"), folder=TINY)
    return result.run_file, result.objective


@pytest.fixture(scope="module")
def chosen(design) -> xr.DataTree:
    """The cube of that run, in memory and closed: a file that is open twice and closed once crashes NetCDF."""
    with open_run(design[0]) as cube:
        return cube.load()


def dispatching(file: Any, time: dict[str, Any], years: list[int] | None = None, **overrides: Any) -> Scenario:
    return tiny_scenario(
        years=YEARS, time=time, dispatch={"capacities_of": str(file), "years": years or []}, **overrides
    )


def built_with(chosen: xr.DataTree, time: dict[str, Any], years: list[int] | None = None, **overrides: Any) -> Built:
    return build(dispatching("run.nc", time, years, **overrides), TINY, capacities=chosen)


def exact(compiled: Any) -> Any:
    solution = solve_compiled(compiled, EXACT)
    assert solution.status == "optimal"
    return solution


def test_the_same_hours_give_the_same_cost_and_capacities(design, chosen):
    built = built_with(chosen, FEW)
    solution = solve(built)
    assert solution.objective == pytest.approx(design[1], rel=1e-6)
    assert {"built", "existing_kept", "corridor_expansion", "hosting_built", "capacity"} <= solution.held
    cube = assemble(built.case, built.program, built.registry, solution, {})
    for name in ("built", "existing_kept", "corridor_expansion", "hosting_built", "capacity"):
        after, before = cube["results"][name].values, chosen["results"][name].values
        np.testing.assert_allclose(after, before, rtol=1e-6, atol=2e-3)
    assert run_checks(built.case, cube) == []


@pytest.mark.parametrize("year", YEARS)
def test_one_year_of_the_path_costs_what_it_cost_in_the_path(design, chosen, tmp_path, year):
    """Days, vintages, annuities and money of a year do not depend on whether the other years are operated."""
    result = run(dispatching(design[0], FEW, [year]), tmp_path, folder=TINY)
    with open_run(result.run_file) as cube:
        assert all(group["year"].values.tolist() == [year] for group in cube.children.values() if "year" in group.dims)
        of_year = cube["costs"]["annual_cost"].sel(year=year).sum(["node", "technology"]).to_series()
        weight = cube["inputs"]["discount_weight"].values.tolist()
    before = chosen["costs"]["annual_cost"].sel(year=year).sum(["node", "technology"]).to_series()
    assert of_year.sum() == pytest.approx(before.sum(), rel=1e-6)
    assert of_year["investment"] == pytest.approx(before["investment"], rel=1e-6)
    assert weight == [float(chosen["inputs"]["discount_weight"].sel(year=year))]


def test_other_hours_are_operated_no_cheaper_with_less_capacity(chosen):
    built = built_with(chosen, OTHER, [2050])
    values = held_investments(chosen, built.program, built.registry)
    base = exact(built.compiled)
    capacity = base.values["capacity"]
    members = next(one.members for one in built.program.sets if one.name == "asset_year")
    must_run = {key for key in members if built.case.asset_years["minimum_load"].get(key, 0.0) > 0}
    places = [number for number, key in enumerate(members) if capacity[number] > 1.0 and key not in must_run]
    assert len(places) > 10
    dearer = 0
    for number in places:
        less = capacity.copy()
        less[number] *= 0.8
        cost = exact(hold(built.compiled, {**values, "capacity": less})).objective
        assert cost >= base.objective * (1 - 1e-8), members[number]
        dearer += cost > base.objective * (1 + 1e-6)
    assert dearer > 3


def test_the_bound_dual_is_what_one_more_unit_saves(chosen):
    """`duals/capacity_bound` against finite differences, EUR per unit and year: between one more and one less.

    The cost is convex in what is held, so one more unit saves at most the dual and one less costs at least it; away
    from a kink all three are the same.
    """
    built = built_with(chosen, OTHER, [2050])
    values = held_investments(chosen, built.program, built.registry)
    base = exact(built.compiled)
    cube = assemble(built.case, built.program, built.registry, base, {})
    duals = cube["duals"]["capacity_bound"]
    assert duals.attrs["units"] == "EUR/capacity_unit(technology)/year" and "held" in duals.attrs["long_name"]
    weight = float(built.case.discount_weight[2050])
    members = next(one.members for one in built.program.sets if one.name == "asset_year")
    series = duals.to_series().dropna()
    worth = sorted((float(series[key]), n) for n, key in enumerate(members) if base.values["capacity"][n] > 1.0)
    assert worth[-1][0] > 100.0

    def saved(number: int, step: float) -> float:
        capacity = base.values["capacity"].copy()
        capacity[number] += step
        cost = exact(hold(built.compiled, {**values, "capacity": capacity})).objective
        return (base.objective - cost) / step / weight

    smooth = 0
    for value, number in [*worth[-8:], worth[0]]:
        more, less = saved(number, 0.01), saved(number, -0.01)
        assert more <= value + 1.0 and less >= value - 1.0, members[number]
        smooth += [more, less] == pytest.approx([value, value], rel=1e-4, abs=0.1)
    assert smooth >= 3


def test_a_fault_in_a_held_run_is_found(chosen):
    built = built_with(chosen, OTHER, [2050])
    cube = assemble(built.case, built.program, built.registry, solve(built), {})
    assert failed(built.case, cube) == {}
    for name, by in (("capacity", 100.0), ("activity", 500.0)):
        spoilt = cube.copy(deep=True)
        array = spoilt["results"][name]
        array.values[np.unravel_index(np.nanargmax(array.values), array.shape)] += by
        assert failed(built.case, spoilt), name


def test_dust_is_dropped_and_contracts_stay_free(chosen):
    dusty = chosen.copy(deep=True)
    values = dusty["results"]["built"].values
    values[values == 0.0] = 5e-4
    built = build(dispatching("run.nc", FEW, sites__tariffs="cost"), TINY, capacities=dusty)
    held = held_investments(dusty, built.program, built.registry)
    assert not ((held["built"] > 0) & (held["built"] < DUST)).any()
    assert {"built", "existing_kept", "corridor_expansion", "hosting_built"} <= set(held)
    assert "site_contract" not in held


def test_what_the_run_knows_nothing_of_is_named(chosen):
    lacking = chosen.copy(deep=True)
    asset = str(lacking["results"]["built"]["asset"].values[0])
    lacking["results"] = lacking["results"].to_dataset().drop_sel(asset=[asset])
    with pytest.raises(InputError, match=f"nothing for {asset}, 2030") as caught:
        build(dispatching("run.nc", FEW), TINY, capacities=lacking)
    assert {problem.column for problem in caught.value.problems} >= {"built", "existing_kept"}


def test_what_stands_in_the_run_and_has_no_place_is_named(chosen):
    with pytest.raises(InputError, match=r"capacity: found 'cls_lwr@.*nothing that stands may be left out"):
        built_with(chosen, FEW, reactors__enabled=False)


def test_more_than_the_scenario_allows_is_refused(chosen):
    large = chosen.copy(deep=True)
    kept = large["results"]["existing_kept"]
    kept.values[np.unravel_index(np.nanargmax(kept.values), kept.shape)] *= 2.0
    with pytest.raises(InputError, match="existing_kept: .*within the bounds of the scenario"):
        build(dispatching("run.nc", FEW), TINY, capacities=large)


@pytest.mark.slow
def test_a_design_is_chosen_first_and_used_again_while_it_holds(tmp_path, monkeypatch):
    folder = copy_tiny(tmp_path)
    fewest = {"mode": "representative", "periods": 1, "spell_days": 1, "step_hours": 6}
    scenario = tiny_scenario(years=[2050], time={**fewest, "spell_days": 2}, dispatch={"design": fewest})
    chooses = design_scenario(scenario)
    assert chooses.dispatch == Dispatch() and chooses.time == scenario.dispatch.design
    target = tmp_path / "results"
    first = run(scenario, target, folder=folder)
    file = target / f"{chooses.run_name}.nc"
    made = file.stat().st_mtime_ns
    again = run(scenario, target, folder=folder)
    assert again.objective == pytest.approx(first.objective, rel=1e-9) and file.stat().st_mtime_ns == made
    assert answers(file, chooses, folder)

    assert not answers(target / "none.nc", chooses, folder)
    other = chooses.model_copy(update={"last_year_span": 7})
    assert not answers(file, other, folder)
    with monkeypatch.context() as patched:
        version = {**model.cube.record.versions(), "smr-grid-nl": "0.0.1"}
        patched.setattr(model.cube.record, "versions", lambda: version)
        assert not answers(file, chooses, folder)
    row = find_row(folder, "fuel_prices.csv", carrier="natural_gas")
    change_cell(folder, "fuel_prices.csv", row, "value", "77")
    assert not answers(file, chooses, folder)
    run(scenario, target, folder=folder)
    assert file.stat().st_mtime_ns != made and answers(file, chooses, folder)


def test_a_file_that_is_no_run_does_not_answer(tmp_path):
    scenario = tiny_scenario(years=YEARS, time=FEW)
    file = tmp_path / "broken.nc"
    file.write_bytes(b"not a cube")
    assert not answers(file, copy.deepcopy(scenario), TINY)
