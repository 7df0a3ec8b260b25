"""Weather files: what ships is complete, and every fault of a file is reported at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.data.weather import load_weather, weather_file
from model.errors import InputError

SHIPPED = Path(__file__).resolve().parents[2] / "inputs" / "nl" / "weather"
YEARS = sorted(int(file.stem.removeprefix("weather_")) for file in SHIPPED.glob("weather_*.nc"))


def year_of_weather(year: int = 2021) -> xr.Dataset:
    time = pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", inclusive="left")
    count = len(time)
    return xr.Dataset(
        {
            "wind_onshore": (("region", "time"), np.full((2, count), 0.3)),
            "solar": (("region", "time"), np.full((2, count), 0.1)),
            "temperature": (("region", "time"), np.full((2, count), 10.0)),
            "wind_offshore": (("zone", "time"), np.full((1, count), 0.5)),
        },
        coords={"region": ["GR", "ZE"], "zone": ["north"], "time": time},
    )


def faults(folder: Path, *years: int) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_weather(folder, years)
    return [str(problem) for problem in caught.value.problems]


def test_at_least_three_contrasting_years_ship():
    table = pd.read_csv(SHIPPED / "weather_years.csv").set_index("year")
    assert len(YEARS) >= 3
    assert table.index[table["shipped"] == "yes"].tolist() == YEARS
    shipped = table.loc[YEARS]
    assert shipped["chosen_because"].str.len().min() > 20
    assert shipped["heating_degree_days"].max() > 1.2 * shipped["heating_degree_days"].min()
    assert shipped["wind_offshore"].max() > 1.1 * shipped["wind_offshore"].min()


@pytest.mark.parametrize("year", YEARS)
def test_a_shipped_year_is_complete_small_and_credited(year):
    weather = load_weather(SHIPPED, [year])
    assert weather_file(SHIPPED, year).stat().st_size < 600_000
    assert weather.attrs["credit"] == "based on KNMI data (CC BY 4.0)"
    assert weather.sizes["time"] == (8784 if year % 4 == 0 else 8760)
    assert list(weather["region"].values) == ["GR", "FR", "DR", "OV", "FL", "GE", "UT", "NH", "ZH", "ZE", "NB", "LI"]
    assert list(weather["zone"].values) == ["north", "west", "south"]
    row = pd.read_csv(SHIPPED / "weather_years.csv").set_index("year").loc[year]
    assert float(weather["wind_offshore"].mean()) == pytest.approx(row["wind_offshore"], abs=2e-4)
    assert float(weather["temperature"].mean()) == pytest.approx(row["temperature"], abs=0.01)


def test_sun_shines_by_day_and_most_at_noon():
    solar = load_weather(SHIPPED, YEARS[:1])["solar"].mean("region").to_series()
    by_hour = solar.groupby(solar.index.hour).mean()
    assert by_hour.idxmax() in (11, 12)  # the sun stands highest near 11:40 UTC
    assert by_hour.loc[[22, 23, 0, 1]].max() == 0.0


def test_years_stand_one_after_another():
    whole = load_weather(SHIPPED, YEARS[:2])
    parts = [load_weather(SHIPPED, [year]) for year in YEARS[:2]]
    assert whole.sizes["time"] == sum(part.sizes["time"] for part in parts)
    np.testing.assert_array_equal(whole["solar"].values[:, -5:], parts[1]["solar"].values[:, -5:])


def test_a_sound_file_loads(tmp_path):
    year_of_weather().to_netcdf(weather_file(tmp_path, 2021))
    assert float(load_weather(tmp_path, [2021])["wind_offshore"].mean()) == 0.5


def test_an_absent_year_names_those_that_are_there(tmp_path):
    year_of_weather().to_netcdf(weather_file(tmp_path, 2021))
    assert faults(tmp_path, 2022) == [
        "weather_2022.nc: found 'no such file', expected a weather year that is there (2021)"
    ]


def test_every_fault_of_a_file_is_in_one_report(tmp_path):
    weather = year_of_weather()
    weather["solar"][1, 7] = np.nan
    weather["wind_onshore"][0, 3:5] = 1.2
    weather["temperature"][0, 0] = 60.0
    weather.drop_vars("wind_offshore").to_netcdf(weather_file(tmp_path, 2021))
    report = "\n".join(faults(tmp_path, 2021))
    assert "row ZE, solar: found 'nan at hour 7 and 0 more'" in report
    assert "row GR, wind_onshore: found '1.2 at hour 3 and 1 more', expected a capacity factor from 0 to 1" in report
    assert "row GR, temperature: found '60 at hour 0" in report
    assert "wind_offshore: expected this variable" in report


def test_a_missing_hour_is_reported(tmp_path):
    year_of_weather().isel(time=slice(0, -1)).to_netcdf(weather_file(tmp_path, 2021))
    assert faults(tmp_path, 2021) == ["weather_2021.nc, time: found '8759 hours', expected 8760 hours of 2021"]


def test_a_doubled_hour_is_reported(tmp_path):
    weather = year_of_weather()
    time = weather["time"].values.copy()
    time[100] = time[99]
    weather.assign_coords(time=time).to_netcdf(weather_file(tmp_path, 2021))
    assert "row 100, time: found '2021-01-05T03:00:00', expected 2021-01-05T04:00:00" in faults(tmp_path, 2021)[0]


def test_years_with_other_places_do_not_mix(tmp_path):
    year_of_weather(2021).to_netcdf(weather_file(tmp_path, 2021))
    year_of_weather(2022).assign_coords(region=["GR", "FR"]).to_netcdf(weather_file(tmp_path, 2022))
    assert "the same in every year" in faults(tmp_path, 2021, 2022)[0]


def test_a_file_that_is_no_netcdf_is_reported(tmp_path):
    weather_file(tmp_path, 2021).write_text("time,wind\n")
    assert "a readable NetCDF-4 file" in faults(tmp_path, 2021)[0]
