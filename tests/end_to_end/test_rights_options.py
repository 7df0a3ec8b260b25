"""Transport rights and the options of the SDE++ letter on the Dutch data, in short time: they solve, pass and cost."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from model.cube import assemble, run_checks
from model.job import build, solve
from model.scenario import load_scenario
from tests.end_to_end.test_shipped_scenarios import SHORT

OPTIONS = ("cable_pooling", "mandatory_cbc", "part_non_firm", "half_solar_feed_in")


@cache
def solved(*overlays: str) -> tuple[Any, Any]:
    """Objective and cube of `quick` in short time, 2040 alone."""
    built = build(load_scenario("quick", {**SHORT, "years": [2040]}, list(overlays)))
    solution = solve(built)
    statistics = {**built.compiled.statistics(), "seconds": 0.0, "seconds_by_stage": {}, "peak_mb": 0.0}
    cube = assemble(built.case, built.program, built.registry, solution, statistics)
    assert [str(finding) for finding in run_checks(built.case, cube)] == []
    return float(solution.objective), cube


@pytest.mark.slow
def test_rights_cost_something_and_change_no_scenario_without_them():
    free, cube = solved()
    assert cube["results"]["connection_firm"].size == 0
    held, _ = solved("transport_rights")
    assert free < held < 1.02 * free


@pytest.mark.slow
@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_of_the_letter_solves_and_passes_the_check(option):
    free, _ = solved()
    held, cube = solved(option)
    assert held > free * (1 - 1e-7)
    rights = cube["results"]["connection_right"].sel(year=2040)
    if option == "part_non_firm":
        firm = cube["results"]["connection_firm"].sel(year=2040, direction="feed_in", connection="NB_solar")
        assert float(rights.sel(connection="NB_solar", direction="feed_in", contract_class="nfa")) >= float(firm) - 1e-3
    if option == "mandatory_cbc":
        limited = rights.sel(connection="NB_wind", direction="feed_in", contract_class="cbc_call")
        assert float(limited) > 0.0
    if option == "cable_pooling":
        assert not [name for name in cube["results"]["connection_exchange"]["connection"].values if "solar" in name]
