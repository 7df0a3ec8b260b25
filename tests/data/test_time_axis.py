"""Time: weights add up to the year, runs put the calendar together again, forced periods are really there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.data.aggregation import Signals, choose_time_axis, cluster_blocks
from model.data.rescaling import (
    aggregate_capacity_factor,
    aggregate_demand_shape,
    aggregate_price,
    aggregation_report,
    annual_mean,
)
from model.data.time_axis import Calendar, TimeAxis, run_lengths
from model.scenario import Time
from tests.helpers import tiny_case


def signals(calendar: Calendar, seed: int = 0) -> Signals:
    """Made-up national series: a load with seasons and days, wind and sun from a fixed generator."""
    draw = np.random.default_rng(seed)
    hours = len(calendar.utc)
    days = -(-hours // 24)
    day = np.arange(hours) / 24.0
    load = 1.0 + 0.2 * np.cos(2 * np.pi * day / 365) + 0.1 * np.sin(2 * np.pi * day)
    wind = np.repeat(draw.beta(1.5, 3.0, days), 24)[:hours]
    heat = 1.0 + np.cos(2 * np.pi * day / 365) + 0.05 * np.repeat(draw.normal(size=days), 24)[:hours]
    return Signals({"demand:electricity": load, "demand:heat": heat, "wind": wind}, load, wind, heat)


def axis(weather_years=(2019,), weights=None, **time) -> TimeAxis:
    calendar = Calendar.of_years(weather_years, weights)
    return choose_time_axis(calendar, Time(**time), signals(calendar))


def rebuilt_hours(time: TimeAxis) -> float:
    """Hours of the calendar that the runs make."""
    return float((time.runs["repeats"] * time.periods["hours"].loc[time.runs["period"]].to_numpy()).sum())


@pytest.mark.parametrize(
    ("settings", "hours"),
    [
        ({"mode": "full"}, 8760),
        ({"mode": "full", "step_hours": 6}, 8760),
        ({"periods": 5, "spell_days": 4}, 8760),
        ({"periods": 5, "spell_forced": False, "peak_forced": False}, 8760),
        ({"periods": 4, "period_hours": 168, "step_hours": 4, "spell_days": 9}, 8760),
        ({"periods": 3, "period_hours": 48}, 8760),
        ({"mode": "sample", "weeks": [2, 20, 33, 53]}, 8760),
        ({"mode": "full", "weather_years": (2020,)}, 8784),
        ({"periods": 6, "weather_years": (2019, 2020)}, 8772),
        ({"periods": 6, "weather_years": (2019, 2020), "weights": (3.0, 1.0)}, 8766),
        ({"mode": "sample", "weeks": [1], "weather_years": (2020,)}, 8784),
    ],
)
def test_weights_add_up_to_the_hours_of_the_year(settings, hours):
    time = axis(**settings)
    assert time.weight.sum() == pytest.approx(hours, rel=1e-12)
    assert time.hours_per_year == pytest.approx(hours)
    assert time.count == time.periods["steps"].sum() == len(time.utc)


@settings(max_examples=12, deadline=None)
@given(
    periods=st.integers(1, 12),
    period_hours=st.sampled_from([24, 48, 72, 168]),
    step_hours=st.sampled_from([1, 2, 3, 4, 6]),
    spell_days=st.integers(1, 9),
    spell=st.booleans(),
    peak=st.booleans(),
    cold=st.booleans(),
)
def test_any_settings_give_a_year(periods, period_hours, step_hours, spell_days, spell, peak, cold):
    time = axis(
        periods=periods, period_hours=period_hours, step_hours=step_hours, spell_days=spell_days,
        spell_forced=spell, peak_forced=peak, cold_forced=cold,
    )  # fmt: skip
    assert time.weight.sum() == pytest.approx(8760, rel=1e-12)
    assert rebuilt_hours(time) == pytest.approx(8760, rel=1e-12)
    assert (time.length == step_hours).all()
    counted = time.runs.groupby("period")["repeats"].sum()
    assert np.allclose(counted.reindex(time.periods.index), time.periods["count"])
    for period, row in time.periods.iterrows():
        steps = np.flatnonzero(time.period == period)
        assert len(steps) == row["steps"] == row["hours"] // step_hours
        assert time.previous[steps[0]] == steps[-1]
        assert (time.previous[steps[1:]] == steps[:-1]).all()
        assert time.first_of_period[steps].tolist() == [True] + [False] * (len(steps) - 1)
        assert (np.diff(time.utc[steps]) == np.timedelta64(step_hours, "h")).all()


def test_runs_name_every_day_of_the_calendar_once():
    time = axis(periods=6, spell_days=3)
    day = 0
    for run in time.runs.itertuples():
        row = time.periods.loc[run.period]
        if row["kind"] in ("spell", "peak"):
            assert run.repeats == 1
            assert np.datetime64("2019-01-01") + day == np.datetime64(row["start"], "D")
        day += int(run.repeats * row["hours"] // 24)
    assert day == 365


def test_the_worst_spell_stands_in_calendar_order_and_once():
    time = axis(periods=4, spell_days=5)
    made = signals(time.calendar)
    daily = made.scarcity.reshape(365, 24).sum(axis=1)
    sums = [daily[first : first + 5].sum() for first in range(361)]
    spell = time.periods[time.periods["kind"] == "spell"].iloc[0]
    assert np.datetime64(spell["start"], "D") == np.datetime64("2019-01-01") + int(np.argmax(sums))
    assert (spell["hours"], spell["count"]) == (120, 1.0)


def test_the_peak_day_is_kept_unless_it_lies_in_the_spell():
    calendar = Calendar.of_years([2019])
    made = signals(calendar)
    load = made.load.copy()
    load[200 * 24 + 18] = 3.0
    time = choose_time_axis(calendar, Time(periods=3), Signals(made.features, load, made.renewables, made.heat))
    peak = time.periods[time.periods["kind"] == "peak"].iloc[0]
    assert np.datetime64(peak["start"], "D") == np.datetime64("2019-07-20")
    calm = made.renewables.copy()
    calm[199 * 24 : 203 * 24] = 0.0
    both = choose_time_axis(calendar, Time(periods=3, spell_days=4), Signals(made.features, load, calm, made.heat))
    assert list(both.periods["kind"]).count("peak") == 0
    assert set(both.periods["kind"]) == {"spell", "typical"}


def test_typical_periods_are_real_days_in_order():
    time = axis(periods=7)
    assert time.periods["start"].is_monotonic_increasing
    assert (time.periods["kind"] == "typical").sum() == 7


def test_the_same_settings_give_the_same_axis():
    one, other = axis(periods=5), axis(periods=5)
    assert (one.hour == other.hour).all()
    assert one.runs.equals(other.runs)


def test_months_of_a_period_are_those_of_its_days():
    time = axis(periods=3, spell_days=2)
    months = {period: {m for p, m in time.period_months if p == period} for period in time.periods.index}
    assert set().union(*months.values()) == set(range(1, 13))
    spell = time.periods.index[time.periods["kind"] == "spell"][0]
    first = time.utc[time.period == spell].astype("datetime64[M]").astype(int) % 12 + 1
    assert months[spell] == set(first.tolist())
    assert set(time.step_months) == {(t, m) for t in range(time.count) for m in months[time.period[t]]}


def test_a_step_of_a_full_year_stands_in_its_own_month():
    time = axis(mode="full", step_hours=6)
    assert len(time.step_months) == time.count
    assert time.step_months[0] == (0, 1)
    assert time.step_months[-1] == (time.count - 1, 12)
    assert time.period_months == [(0, month) for month in range(1, 13)]


def test_sample_weeks_start_on_monday_and_share_the_year():
    time = axis(mode="sample", weeks=[10, 40])
    assert [str(start)[:10] for start in time.periods["start"]] == ["2019-03-04", "2019-09-30"]
    assert time.periods["count"].tolist() == pytest.approx([8760 / 336] * 2)
    assert time.runs["repeats"].tolist() == pytest.approx([8760 / 336] * 2)


def test_steps_are_means_of_their_hours():
    time = axis(mode="full", step_hours=3)
    hours = np.arange(8760.0)
    assert time.take(hours).tolist()[:2] == [1.0, 4.0]
    assert float(time.weight @ time.take(hours)) == pytest.approx(hours.sum())


def test_clustering_tells_two_kinds_of_day_apart():
    high = np.arange(10) % 3 == 0
    features = {"load": np.where(high[:, None], 2.0, 1.0) * np.ones((10, 24)), "flat": np.ones((10, 24))}
    centre, cluster = cluster_blocks(features, 2)
    assert len(centre) == 2
    assert (high[centre][cluster] == high).all()


def test_as_many_clusters_as_blocks_keeps_every_block():
    centre, cluster = cluster_blocks({"load": np.random.default_rng(1).random((4, 24))}, 9)
    assert centre.tolist() == cluster.tolist() == [0, 1, 2, 3]


def test_run_lengths():
    assert run_lengths([2, 2, 1, 2]) == [(2, 2), (1, 1), (2, 1)]
    assert run_lengths([]) == []


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), power=st.floats(0.3, 3.0))
def test_rescaling_keeps_energy_and_bounds(seed, power):
    time = RESCALED
    hourly = np.random.default_rng(seed).random(8760) ** power
    factor = aggregate_capacity_factor(time, hourly)
    assert factor.min() >= 0.0
    assert factor.max() <= 1.0
    assert time.weight @ factor / 8760 == pytest.approx(hourly.mean(), rel=1e-6)
    assert (factor[time.forced] == time.take(hourly)[time.forced]).all()
    shape = aggregate_demand_shape(time, hourly / hourly.mean())
    assert time.weight @ shape / 8760 == pytest.approx(1.0, rel=1e-12)
    price = aggregate_price(time, 100 * hourly - 30)
    assert time.weight @ price / 8760 == pytest.approx((100 * hourly - 30).mean(), rel=1e-9, abs=1e-9)


RESCALED = axis(periods=4, spell_days=2)


def test_a_demand_that_no_step_sees_is_spread_evenly():
    time = RESCALED
    hourly = np.zeros(8760)
    taken = set(np.concatenate([time.hour + k for k in range(1)]).tolist())
    hourly[next(hour for hour in range(8760) if hour not in taken)] = 8760.0
    assert aggregate_demand_shape(time, hourly).tolist() == pytest.approx([1.0] * time.count)


def test_a_year_of_full_output_stays_full():
    assert (aggregate_capacity_factor(RESCALED, np.ones(8760)) == 1.0).all()


def test_report_says_nothing_is_lost_in_a_full_year():
    time = axis(mode="full")
    hourly = np.random.default_rng(3).random(8760)
    row = aggregation_report(time, {"x": (hourly, time.take(hourly))}).loc["x"]
    assert row["duration_curve_rmse"] == pytest.approx(0.0, abs=1e-12)
    assert row["energy_error"] == pytest.approx(0.0, abs=1e-12)
    assert row["mean_full"] == pytest.approx(annual_mean(time, hourly))


def test_tiny_case_keeps_the_spell_that_its_weather_holds():
    case = tiny_case()
    spell = case.time.periods[case.time.periods["kind"] == "spell"].iloc[0]
    assert np.datetime64("2019-01-19") <= np.datetime64(spell["start"], "D") <= np.datetime64("2019-01-22")
    assert (case.time.report["energy_error"].drop("inverse_cop_air:C").abs() < 1e-9).all()


def test_the_coldest_day_outside_the_spell_stands_for_the_days_that_are_most_like_it():
    calendar = Calendar.of_years([2019])
    made = signals(calendar)
    heat, calm = made.heat.copy(), made.renewables.copy()
    calm[10 * 24 : 13 * 24] = 0.0
    heat[10 * 24 : 13 * 24] = 9.0
    heat[40 * 24 : 50 * 24] = 8.0
    heat[44 * 24 : 45 * 24] = 8.5
    features = {"demand:heat": heat}
    time = choose_time_axis(
        calendar, Time(periods=1, spell_days=3, cold_forced=True), Signals(features, made.load, calm, heat)
    )
    cold = time.periods[time.periods["kind"] == "cold"]
    assert [np.datetime64(start, "D") for start in cold["start"]] == [np.datetime64("2019-02-14")]
    assert list(cold["count"]) == [10.0]
    assert time.forced[time.period == cold.index[0]].all()
    without = choose_time_axis(calendar, Time(periods=1, spell_days=3), Signals(features, made.load, calm, heat))
    assert "cold" not in set(without.periods["kind"])


def test_without_demand_for_heat_no_day_is_the_coldest():
    calendar = Calendar.of_years([2019])
    made = signals(calendar)
    none = Signals(made.features, made.load, made.renewables, np.zeros(8760))
    time = choose_time_axis(calendar, Time(periods=2, spell_days=3, cold_forced=True), none)
    assert "cold" not in set(time.periods["kind"])
