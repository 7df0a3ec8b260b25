"""Hourly shapes: by hand on small calendars, and means of 1 on what ships."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.data import profiles
from model.data.weather import load_weather
from model.errors import InputError

SHIPPED = Path(__file__).resolve().parents[2] / "inputs" / "nl"
NAMES = ("demand_profiles", "load_shapes", "temperature_normals", "heat_pump_curves", "solar_collectors")
TABLES = {name: pd.read_csv(SHIPPED / f"{name}.csv") for name in NAMES}
YEARS = sorted(int(file.stem.removeprefix("weather_")) for file in (SHIPPED / "weather").glob("weather_*.nc"))


def hours(start: str, days: int) -> pd.DatetimeIndex:
    return pd.date_range(start, periods=24 * days, freq="h")


def toy(kind: str = "heat", shape: list[float] | None = None, **settings: object) -> dict[str, pd.DataFrame]:
    blank = dict.fromkeys(("temperature_threshold", "temperature_slope", "base_share", "normal_degree_days"), np.nan)
    profile = {"profile": "p", "kind": kind, "cop_curve": "", **blank, **settings}
    values = shape or [1.0] * 24
    shapes = [{"profile": "p", "month": np.nan, "day_type": "any", "hour": h, "value": v} for h, v in enumerate(values)]
    normals = [{"profile": "p", "month": month, "value": 10.0} for month in range(1, 13)]
    return {
        "demand_profiles": pd.DataFrame([profile]),
        "load_shapes": pd.DataFrame(shapes),
        "temperature_normals": pd.DataFrame(normals),
        "heat_pump_curves": TABLES["heat_pump_curves"],
    }


def test_flat_is_one_everywhere():
    times = hours("2021-01-01", 2)
    cold = np.full(48, -5.0)
    for name in ("flat", "industry_flat", "hydrogen_flat"):
        np.testing.assert_array_equal(profiles.demand_shape(name, cold, times, TABLES), np.ones(48))


def test_heat_is_the_base_share_above_the_threshold_and_doubles_by_hand():
    """A day at 20 degC asks for hot water only; the other day carries all of the heating: 0.25 + 0.75 x 2."""
    tables = toy(temperature_threshold=15.5, base_share=0.25)
    temperature = np.repeat([20.0, 5.5], 24)
    shape = profiles.demand_shape("p", temperature, hours("2021-03-02", 2), tables)
    np.testing.assert_allclose(shape, np.repeat([0.25, 1.75], 24), rtol=1e-12)


def test_heat_is_proportional_to_degrees_below_the_threshold():
    tables = toy(temperature_threshold=15.0)
    temperature = np.repeat([10.0, 5.0, -5.0], 24)
    shape = profiles.demand_shape("p", temperature, hours("2021-03-02", 3), tables)
    np.testing.assert_allclose(shape[::24], [5 / 35 * 3, 10 / 35 * 3, 20 / 35 * 3], rtol=1e-12)


def test_shapes_follow_the_dutch_clock():
    """07:00 on the clock is 06:00 UTC in January and 05:00 UTC in July."""
    peak = [3.0 if hour == 7 else 1.0 for hour in range(24)]
    tables = toy(shape=peak, temperature_threshold=30.0)
    cold = np.full(24, 10.0)
    assert profiles.demand_shape("p", cold, hours("2021-01-12", 1), tables).argmax() == 6
    assert profiles.demand_shape("p", cold, hours("2021-07-13", 1), tables).argmax() == 5


def test_temperature_counts_against_the_normal_of_the_month():
    """Normal is 10 K below the threshold: a day at 4.5 degC is as in the table, one 5 K colder 5 % above it."""
    tables = toy("table", temperature_threshold=14.5, temperature_slope=0.01)
    temperature = np.repeat([4.5, -0.5, 25.0], 24)
    shape = profiles.demand_shape("p", temperature, hours("2021-02-02", 3), tables)
    assert shape[30] / shape[5] == pytest.approx(1.05, rel=1e-12)
    assert shape[60] / shape[5] == pytest.approx(0.90, rel=1e-12)


def test_heat_pump_power_is_heat_over_cop():
    tables = toy("heat_pump", temperature_threshold=15.5, base_share=0.2, cop_curve="air")
    heat = toy(temperature_threshold=15.5, base_share=0.2)
    times, temperature = hours("2021-01-05", 3), np.linspace(-8.0, 12.0, 72)
    expected = profiles.demand_shape("p", temperature, times, heat)
    expected = expected / profiles.coefficient_of_performance("air", temperature, TABLES)
    power = profiles.demand_shape("p", temperature, times, tables)
    np.testing.assert_allclose(power, expected / expected.mean(), rtol=1e-12)


@pytest.mark.parametrize(
    ("holiday", "sunday"),
    [
        ("2017-04-27", "2017-04-23"),  # King's Day, a Thursday
        ("2017-04-17", "2017-04-16"),  # Easter Monday
        ("2017-12-25", "2017-12-24"),  # Christmas, a Monday
    ],
)
def test_holidays_are_sundays(holiday, sunday):
    times = hours("2017-01-01", 365)
    shape = pd.Series(profiles.demand_shape("electricity_load", np.full(8760, 8.0), times, TABLES), index=times)
    # From 22:00 UTC on, the summer clock shows the day after.
    np.testing.assert_allclose(shape.loc[holiday].to_numpy()[:22], shape.loc[sunday].to_numpy()[:22], rtol=1e-12)
    workday = shape.loc["2017-04-20" if "04" in holiday[5:7] else "2017-12-21"].to_numpy()
    assert shape.loc[holiday].to_numpy()[8] < 0.85 * workday[8]


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("profile", TABLES["demand_profiles"]["profile"])
def test_shipped_profiles_have_mean_one_in_every_region(profile, year):
    weather = load_weather(SHIPPED / "weather", [year])
    for region in ("GR", "ZE", "LI"):
        temperature = weather["temperature"].sel(region=region).to_numpy()
        shape = profiles.demand_shape(profile, temperature, weather["time"].to_numpy(), TABLES)
        assert shape.mean() == pytest.approx(1.0, abs=1e-12)
        assert shape.min() >= 0.0
        if profile == "electricity_load":
            assert 1.37 < shape.max() < 1.50


def test_a_cold_year_needs_more_heat():
    """Steady 10 degC is 5.5 K x 365 days = 2007.5 degree days below 15.5; the normal year here has half of that."""
    tables = toy(temperature_threshold=15.5, base_share=0.2, normal_degree_days=2007.5 / 2)
    assert profiles.annual_factor("p", np.full(24, 10.0), hours("2021-01-05", 1), tables) == pytest.approx(1.8)
    assert profiles.annual_factor("electricity_load", np.full(24, 10.0), hours("2021-01-05", 1), TABLES) == 1.0


@pytest.mark.parametrize(
    ("curve", "temperature", "fact"),
    [
        ("air", -10.0, 1.79),
        ("air", 0.0, 2.60),
        ("air", 10.0, 3.73),
        ("air", 15.0, 4.06),
        ("air_floor", -10.0, 2.37),
        ("air_floor", 0.0, 3.12),
        ("air_floor", 5.0, 3.57),
    ],
)
def test_cop_equals_the_published_values(curve, temperature, fact):
    cop = profiles.coefficient_of_performance(curve, np.array([temperature]), TABLES)
    assert cop[0] == pytest.approx(fact, abs=0.005)


def test_water_lags_and_softens_the_air():
    """Steady 10 degC: water 11, sink 30, lift 19 K, COP 0.85 (9.99 - 0.2049 x 19 + 0.001249 x 361) = 5.5656."""
    steady = profiles.coefficient_of_performance("aqua", np.full(240, 10.0), TABLES)
    np.testing.assert_allclose(steady, 5.56562065, rtol=1e-8)
    snap = np.concatenate([np.full(2000, 10.0), np.full(24, -5.0), np.full(2000, 10.0)])
    water = profiles.coefficient_of_performance("aqua", snap, TABLES)
    air = profiles.coefficient_of_performance("air", snap, TABLES)
    assert (water[2000:2024] > air[2000:2024] + 0.5).all()
    assert water[2030] < water[1990] - 0.05  # still cooler after the frost has gone


def test_technology_profiles_carry_the_full_inverse():
    temperature, solar = np.array([0.0, 20.0]), np.array([0.0, profiles.SOLAR_PERFORMANCE])
    inverse = profiles.technology_profile("inverse_cop_air", temperature, solar, TABLES)
    assert inverse[0] == pytest.approx(1 / 2.59964, rel=1e-6)
    # 1000 W/m2 at 20 degC is the rating itself; no light gives no heat.
    np.testing.assert_allclose(
        profiles.technology_profile("solar_thermal", temperature, solar, TABLES), [0.0, 1.0], atol=1e-12
    )
    assert profiles.technology_profile("wind_onshore", temperature, solar, TABLES) is None


def test_faults_are_reported_with_their_table():
    times, temperature = hours("2021-01-05", 1), np.full(24, 5.0)
    with pytest.raises(InputError, match="demand_profiles.csv, row no_such"):
        profiles.demand_shape("no_such", temperature, times, TABLES)
    with pytest.raises(InputError, match="heat_pump_curves.csv, row no_such"):
        profiles.coefficient_of_performance("no_such", temperature, TABLES)
    gap = toy(temperature_threshold=15.5)
    gap["load_shapes"] = gap["load_shapes"].query("hour != 7")
    with pytest.raises(InputError, match="month 1, workday, hour 7"):
        profiles.demand_shape("p", temperature, times, gap)
    with pytest.raises(InputError, match="some day below it"):
        profiles.demand_shape("p", np.full(24, 30.0), times, toy(temperature_threshold=15.5))
    with pytest.raises(InputError, match="a COP of at least 1"):
        weak = {"heat_pump_curves": TABLES["heat_pump_curves"].assign(field_factor=0.3)}
        profiles.coefficient_of_performance("air", np.array([0.0]), weak)
