"""The days that `base` ships against every hour of the year: what do the capacities they choose cost over the year?

The case is Groningen in 2050, cut out of the shipped data and made to need both reactors and seasonal storage: three
times its demand for electricity and fourteen times that for hydrogen, no import of hydrogen and none from methane, no
trade, cheap wind at sea and electrolysis, room for 3 GW of small reactors.  The year is solved in the steps of `base`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.cube import open_results
from model.engine import solve as solve_compiled
from model.job import build, run, solver_settings
from model.scenario import load_scenario
from model.studies.framework.variants import Row, with_rows
from model.studies.redispatch import redispatch
from model.studies.smr_range import small_reactor_columns
from tests.cut import cut_regions
from tests.helpers import change_cell, find_row

INPUTS = Path(__file__).parents[2] / "inputs" / "nl"
REGION = "GR"
CAVERN = f"hydrogen_cavern_energy@{REGION}_transmission"
SETTINGS = {
    "years": [2050],
    "reactors.designs": ["cls_lwr", "cls_htgr", "cls_ims"],
    "demand.factor": {"electricity": 3.0, "hydrogen": 14.0},
    "technologies.exclude": ["hydrogen_import", "steam_methane_reformer", "steam_methane_reformer_ccs"],
    "technologies.cost_factor": {"wind_offshore": 0.47, "electrolyser": 0.3},
    "grid.interconnectors": False,
    "solver.preset": "hipo",
}
WHOLE_YEAR = {"time.mode": "full", "time.step_hours": 3}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = cut_regions(INPUTS, tmp_path_factory.mktemp("cut") / "data", [REGION])
    limits = "reactor_shared_potential_limits.csv"
    change_cell(made, limits, find_row(made, limits, group=f"smr_{REGION}"), "capacity_max", "3000")
    return made


@pytest.fixture(scope="module")
def days(folder, tmp_path_factory):
    """Run on the days of base, and the dispatch of its capacities over the whole year."""
    place = tmp_path_factory.mktemp("days")
    chosen = run(load_scenario("base", SETTINGS), place, folder=folder)
    held = redispatch(chosen.run_file, place, [2050], WHOLE_YEAR, folder=folder)
    return chosen, held[2050]


@pytest.fixture(scope="module")
def whole(folder, tmp_path_factory):
    """The same question with all hours in sight."""
    return run(load_scenario("base", SETTINGS | WHOLE_YEAR), tmp_path_factory.mktemp("whole"), folder=folder)


def capacity_of(result) -> dict[str, float]:
    """Capacity by asset, in the unit of each."""
    with open_results(result.run_file) as cube:
        found = cube["results/capacity"].isel(scenario=0).sel(year=2050).fillna(0.0).to_series()
    return {str(asset): float(value) for asset, value in found.items()}


def unserved_of(result) -> float:
    """Money of energy that was not delivered, EUR a year."""
    with open_results(result.run_file) as cube:
        return float(cube["run/objective_by_item"].isel(scenario=0).sel(cost_item="unserved"))


@pytest.fixture(scope="module")
def year(folder):
    """The program of the whole year, and its small reactors with what a unit of their column is in GW_e."""
    built = build(load_scenario("base", SETTINGS | WHOLE_YEAR), folder)
    return built, small_reactor_columns(built, 2050)


def gigawatt(columns, capacities) -> float:
    return sum(capacities.get(row.asset, 0.0) * row.gigawatt for row in columns.itertuples())


def test_the_case_needs_reactors_and_seasonal_storage(year, whole):
    capacities = capacity_of(whole)
    assert gigawatt(year[1], capacities) >= 1.0
    assert capacities[CAVERN] >= 1e6


def test_capacities_chosen_on_the_days_of_base_cost_at_most_three_percent_more_over_the_year(days, whole):
    chosen, held = days
    print(f"cost {chosen.objective:.6g} on the days, {held.objective:.6g} held, {whole.objective:.6g} with all hours")
    print(f"unserved {unserved_of(held):.4g} held, {unserved_of(whole):.4g} with all hours")
    print(f"store {capacity_of(chosen)[CAVERN]:.4g} on the days, {capacity_of(whole)[CAVERN]:.4g} with all hours")
    assert whole.objective <= held.objective * (1 + 1e-6)
    assert held.objective <= 1.03 * whole.objective


def test_reactors_are_within_ten_percent_or_inside_the_near_optimal_range_of_the_year(year, days, whole):
    built, columns = year
    small, true = (gigawatt(columns, capacity_of(result)) for result in (days[0], whole))
    print(f"small reactors {small:.3f} GW on the days, {true:.3f} GW with all hours")
    if abs(small - true) <= 0.1 * true:
        return
    lower, upper = (-np.inf, small) if small < true else (small, np.inf)
    row = Row("amount", columns["column"].to_numpy(), columns["gigawatt"].to_numpy(), lower, upper)
    forced = solve_compiled(with_rows(built.compiled, [row]), solver_settings(built.scenario))
    assert forced.status == "optimal"
    assert forced.objective <= 1.01 * whole.objective
