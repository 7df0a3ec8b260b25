"""KNMI's own text form and the wide form, on samples written for the test."""

from __future__ import annotations

import gzip
import zipfile

import numpy as np
import pandas as pd
import pytest

from model.errors import InputError
from model.exchange.knmi import read_knmi, read_uurgeg

SAMPLE = """\
# BRON: voorbeeld
# STN = station; FH = windsnelheid in 0.1 m/s; T = temperatuur in 0.1 graden; Q = straling in J/cm2
# STN,YYYYMMDD,   HH,   DD,   FH,   FF,   FX,    T, T10N,   TD,   SQ,    Q,   DR

  260,20210101,    1,  240,   30,   30,   50,   20,     ,   10,    0,    0,    0
  260,20210101,    2,  240,   50,   30,   50,   40,     ,   10,    0,   36,    0
  260,20210101,   24,  240,     ,   30,   50,  -15,     ,   10,    0,    0,    0
"""


def text_of(station: int) -> str:
    return SAMPLE.replace("  260,", f"  {station},")


def test_text_is_read_with_its_units(tmp_path):
    file = tmp_path / "uurgeg_260_2021-2030.txt"
    file.write_text(SAMPLE)
    hours = read_knmi(file)
    assert list(hours.wind_speed.columns) == [260]
    # Hour 1 runs from midnight to 01:00 UTC; hour 24 starts at 23:00.
    assert hours.wind_speed.index[0] == pd.Timestamp("2021-01-01 00:00")
    assert hours.wind_speed.index[-1] == pd.Timestamp("2021-01-01 23:00")
    assert hours.wind_speed[260].iloc[:2].tolist() == [3.0, 5.0]
    assert np.isnan(hours.wind_speed[260].iloc[-1])
    # T is read at the end of the hour: the second hour runs from 2 to 4 degC; the first has no reading before it.
    assert hours.temperature[260].iloc[:2].tolist() == [2.0, 3.0]
    assert hours.radiation[260].iloc[1] == pytest.approx(100.0)  # 36 J/cm2 in an hour = 360000 J/m2 / 3600 s


def test_a_folder_of_zips_gives_a_column_per_station(tmp_path):
    for station in (260, 344):
        with zipfile.ZipFile(tmp_path / f"uurgeg_{station}_2021-2030.zip", "w") as archive:
            archive.writestr(f"uurgeg_{station}_2021-2030.txt", text_of(station))
    hours = read_knmi(tmp_path)
    assert list(hours.temperature.columns) == [260, 344]
    assert len(hours.temperature) == 24


def test_the_wide_form_equals_the_text_form(tmp_path):
    wide = tmp_path / "wide"
    wide.mkdir()
    with gzip.open(wide / "knmi_hourly_2021.csv.gz", "wt") as file:
        file.write("time_utc,FH_260,T_260,Q_260,FH_999\n")
        file.write("2021-01-01T00:00Z,30,20,0,\n2021-01-01T01:00Z,50,40,36,\n2021-01-01T23:00Z,,-15,0,\n")
    text = tmp_path / "sample.txt"
    text.write_text(SAMPLE)
    left, right = read_knmi(wide, [2021]), read_knmi(text)
    for name in ("wind_speed", "temperature", "radiation"):
        np.testing.assert_array_equal(getattr(left, name)[260], getattr(right, name)[260])
    assert left.wind_speed[999].isna().all()


def test_years_are_kept_apart_but_the_first_hour_knows_the_last_of_the_year_before(tmp_path):
    old = SAMPLE.replace("20210101,   24", "20201231,   24")
    (tmp_path / "a.txt").write_text(old)
    hours = read_knmi(tmp_path, [2021])
    assert hours.temperature.index[0] == pd.Timestamp("2021-01-01")
    assert hours.temperature[260].iloc[0] == pytest.approx((2.0 - 1.5) / 2)


def test_faulty_cells_are_all_reported():
    broken = SAMPLE.replace("   40,     ,", " 1900,     ,").replace(
        "   30,   30,   50,   20", "   xx,   30,   50,   20"
    )
    with pytest.raises(InputError) as caught:
        read_uurgeg(broken, "sample.txt")
    report = [str(problem) for problem in caught.value.problems]
    assert report == [
        "sample.txt, row 5, FH: found 'xx', expected a number from 0 to 600",
        "sample.txt, row 6, T: found '1900', expected a number from -400 to 450",
    ]


def test_missing_header_or_column_is_reported():
    with pytest.raises(InputError, match="a header line that starts with STN"):
        read_uurgeg("260,20210101,1,30\n")
    with pytest.raises(InputError, match="row 6, YYYYMMDD: found '20210231', expected a date of the calendar"):
        read_uurgeg(SAMPLE.replace("20210101,    2", "20210231,    2"))
    with pytest.raises(InputError, match="row 7, HH: found '25', expected a number from 1 to 24"):
        read_uurgeg(SAMPLE.replace("20210101,   24", "20210101,   25"))
    with pytest.raises(InputError, match="Q: expected this column"):
        read_uurgeg(SAMPLE.replace("    Q,", "   QQ,"))


def test_an_empty_folder_says_what_is_expected(tmp_path):
    with pytest.raises(InputError, match=r"uurgeg_\*.zip"):
        read_knmi(tmp_path)
