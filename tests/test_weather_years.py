"""Several weather years in one run: weights add up, and two years that are alike count as one (formulation T1)."""

from __future__ import annotations

import numpy as np
import pytest

from model.job import build, solve
from tests.cut import cut_regions
from tests.helpers import TINY, TINY_WEATHER_YEAR, make_tiny_weather, tiny_scenario, write_tiny_weather

ALIKE, WINDY = 2030, 2041
"""2030 has the calendar of 2019: same weekdays, Easter and summer time.  2041 starts on the same weekday."""
TIMES = {
    "representative": {"periods": 2, "spell_days": 1, "step_hours": 4},
    "full": {"mode": "full", "step_hours": 6},
    "sample": {"mode": "sample", "weeks": [3, 29], "step_hours": 6},
}

LEFT_OUT = {"full": ["electrolyser", "cavern_energy", "cavern_compressor", "cavern_valve", "solar"]}
"""A year of every six hours is kept small; the seasonal store is looked at in mode representative."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One region of the tiny data set, with a twin of its weather year and a windier one."""
    folder = cut_regions(TINY, tmp_path_factory.mktemp("data") / "tiny", ["A"])
    write_tiny_weather(folder, ALIKE)
    windy = make_tiny_weather(WINDY)
    for name in ("wind_onshore", "wind_offshore"):
        windy[name] = (1.3 * windy[name]).clip(max=1.0)
    windy.to_netcdf(folder / "weather" / f"weather_{WINDY}.nc", engine="netcdf4")
    return folder


def built(folder, mode, years, weights=None):
    """Without neighbours: their prices are ranked over all weather years together, which twins would tie."""
    scenario = tiny_scenario(
        years=[2050],
        weather_years=years,
        weather_weights=weights,
        time=TIMES[mode],
        grid__interconnectors=False,
        technologies__exclude=["battery_energy", "battery_inverter", *LEFT_OUT.get(mode, [])],
        solver={"preset": "hipo"},
    )
    return build(scenario, folder)


@pytest.mark.parametrize("mode", TIMES)
def test_weights_add_up_by_weather_year(folder, mode):
    time = built(folder, mode, [TINY_WEATHER_YEAR, ALIKE, WINDY], [3.0, 1.0, 4.0]).case.time
    for year, share in ((TINY_WEATHER_YEAR, 3 / 8), (ALIKE, 1 / 8), (WINDY, 4 / 8)):
        assert time.weight[time.weather_year == year].sum() == pytest.approx(8760 * share, rel=1e-12)
    assert time.hours_per_year == pytest.approx(8760, rel=1e-12)


@pytest.mark.parametrize("mode", ["representative", "full"])
def test_two_weather_years_that_are_alike_cost_what_one_costs(folder, mode):
    one = solve(built(folder, mode, [TINY_WEATHER_YEAR]))
    two = solve(built(folder, mode, [TINY_WEATHER_YEAR, ALIKE], [3.0, 1.0]))
    assert two.objective == pytest.approx(one.objective, rel=1e-6)


def test_weights_decide_between_years_that_differ(folder):
    """The plan for both years costs more than the weighted plans for each alone, and follows the weights."""
    alone = [solve(built(folder, "representative", [year])).objective for year in (TINY_WEATHER_YEAR, WINDY)]
    assert alone[1] < alone[0] * (1 - 1e-3)
    together = [
        solve(built(folder, "representative", [TINY_WEATHER_YEAR, WINDY], weights)).objective
        for weights in ([1.0, 1.0], [3.0, 1.0])
    ]
    for objective, share in zip(together, (0.5, 0.75), strict=True):
        assert objective >= (share * alone[0] + (1 - share) * alone[1]) * (1 - 1e-6)
    assert together[1] > together[0]


def test_demand_of_the_year_does_not_depend_on_the_number_of_weather_years(folder):
    for mode in ("representative", "full"):
        one, two = (built(folder, mode, years).case for years in ([2019], [2019, ALIKE]))
        energy = [np.asarray(case.demand_series) @ np.asarray(case.time.weight) for case in (one, two)]
        assert energy[1] == pytest.approx(energy[0], rel=1e-9)
