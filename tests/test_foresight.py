"""Myopic foresight on the tiny data set, from scenario to file, and that no row of a year knows the years after it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from model import open_results
from model.core.features import load_features
from model.errors import NotOptimal
from model.foresight import NO_YEAR, _years
from model.job import build, run, solve
from model.scenario import load_scenario
from tests.helpers import TINY, tiny_scenario

FEW = {"periods": 1, "spell_days": 1, "step_hours": 6}
TWO = {"years": [2030, 2050], "time": FEW, "solver": {"preset": "simplex"}}


@pytest.fixture(scope="module")
def paths():
    """Perfect and myopic, built and solved."""
    solved = {}
    for foresight in ("perfect", "myopic"):
        built = build(tiny_scenario(**TWO, foresight=foresight), TINY)
        solved[foresight] = built, solve(built)
    return solved


def test_myopic_is_no_cheaper_in_all_and_no_dearer_in_the_first_year(paths):
    (built, perfect), (_, myopic) = paths["perfect"], paths["myopic"]
    assert myopic.objective >= perfect.objective * (1 - 1e-9)  # that it can differ: tests/closed_form/test_foresight.py
    assert myopic.objective == pytest.approx(sum(float(v.sum()) for v in myopic.cost_values.values()), rel=1e-9)
    families = built.compiled.costs.families
    years = _years(families, load_features(), sum(family.size for family in families))

    def cost_in(solution, year):
        flat = np.concatenate([solution.cost_values[family.name].ravel() for family in families])
        return flat[years == year].sum()

    assert cost_in(myopic, 2030) <= cost_in(perfect, 2030) * (1 + 1e-6)
    assert abs(myopic.quality["gap"]) < 1e-6
    assert myopic.quality["row_violation_relative"] < 1e-6


def test_a_myopic_run_is_checked_and_written_in_the_same_layout(tmp_path, paths):
    result = run(tiny_scenario(**TWO, foresight="myopic"), tmp_path / "myopic", folder=TINY)
    assert result.objective == pytest.approx(paths["myopic"][1].objective, rel=1e-6)
    plain = run(tiny_scenario(**TWO), tmp_path / "perfect", folder=TINY)
    short, long = open_results(result.run_file), open_results(plain.run_file)
    for group in ("results", "ledgers", "costs"):
        assert set(short[group].data_vars) == set(long[group].data_vars)
        assert all(short[group][name].dims == long[group][name].dims for name in long[group].data_vars)


@pytest.mark.slow
def test_capacities_chosen_myopically_are_taken_over_for_one_year(tmp_path):
    """dispatch.years with a design: the design is myopic, the dispatch holds what it chose."""
    design = {"mode": "representative", **FEW}
    settings = {**TWO, "time": {**FEW, "periods": 2}, "foresight": "myopic"}
    scenario = tiny_scenario(**settings, dispatch={"design": design, "years": [2050]})
    result = run(scenario, tmp_path, folder=TINY)
    chosen = open_results(next(tmp_path.glob("*+design.nc")))
    held = open_results(result.run_file)
    assert json.loads(held["run"].attrs.get("years", "[2050]")) == [2050]
    before = chosen["results"]["capacity"].isel(scenario=0).sel(year=2050).to_series().dropna()
    after = held["results"]["capacity"].isel(scenario=0).sel(year=2050).to_series().dropna()
    assert after.to_numpy() == pytest.approx(before.reindex(after.index).to_numpy(), abs=0.01)


def test_a_year_without_an_answer_is_named():
    built = build(tiny_scenario(**TWO, foresight="myopic", reactors={"target": {2050: 1e6}}), TINY)
    with pytest.raises(NotOptimal, match=r"myopic step of 2050.*(\n.*)*smr_target"):
        solve(built)


def test_no_row_of_a_year_knows_a_later_one():
    """What makes the steps sound: rows point back in time, never forward, in the shipped case with every feature."""
    built = build(load_scenario("quick", {"time.periods": 1, "time.step_hours": 6, "time.spell_days": 1}))
    compiled, registry = built.compiled, load_features()
    columns = _years(compiled.variables, registry, compiled.column_count)
    rows = np.repeat(_years(compiled.rows, registry, compiled.row_count), np.diff(compiled.pointer))
    assert (rows != NO_YEAR).all() and (columns != NO_YEAR).all()
    ahead = np.flatnonzero(columns[compiled.indices] > rows)
    row_of = np.searchsorted(compiled.pointer, ahead, side="right") - 1
    assert sorted({compiled.row_name(int(row))[0] for row in row_of}) == []
