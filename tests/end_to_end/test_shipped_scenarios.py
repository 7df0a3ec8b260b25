"""Every shipped scenario is solved and passes the independent check: in short time here, whole in the slow set."""

from __future__ import annotations

import pytest

from model.cube import assemble, run_checks
from model.errors import InputError
from model.job import build, run, solve
from model.scenario import list_scenarios, load_scenario

SHORT = {
    "time.mode": "representative",
    "time.periods": 1,
    "time.step_hours": 6,
    "time.spell_days": 1,
    "time.cold_forced": False,
}
SHIPPED = sorted(list_scenarios())


def test_six_scenarios_ship():
    assert {"base", "quick", "no_smr", "smr_target", "behind_the_meter", "full_year_2050"} <= set(SHIPPED)


@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "quick"])  # in short time it is base
def test_shipped_scenario_in_short_time_passes_the_check(name):
    built = build(load_scenario(name, SHORT))
    solution = solve(built)
    statistics = {**built.compiled.statistics(), "seconds": 0.0, "seconds_by_stage": {}, "peak_mb": 0.0}
    cube = assemble(built.case, built.program, built.registry, solution, statistics)
    assert [str(finding) for finding in run_checks(built.case, cube)] == []
    parts = sum(float(values.sum()) for values in solution.cost_values.values())
    assert parts == pytest.approx(solution.objective, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenario_passes_the_check(name, tmp_path):
    assert run(load_scenario(name), tmp_path).run_file.exists()


def test_target_before_the_first_reactor_is_refused_by_name():
    with pytest.raises(InputError, match=r"reactors\.target\.2030.*no small reactor"):
        build(load_scenario("quick", {**SHORT, "reactors.target": {2030: 50_000}}))


def test_output_that_is_a_file_is_refused_before_anything_is_read(tmp_path):
    place = tmp_path / "taken.nc"
    place.write_text("mine")
    with pytest.raises(InputError, match="a folder for the results"):
        run(load_scenario("quick", SHORT), place)
    assert place.read_text() == "mine"
