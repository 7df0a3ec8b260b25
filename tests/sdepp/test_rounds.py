"""Rounds as data: 2024 and 2023 complete, receipt days by hand, faults in one report."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.errors import InputError
from model.sdepp.reading import sdepp_folder
from model.sdepp.rounds import Cap, load_round, load_rounds
from model.sdepp.switches import Switches, lot, uniform_lot

HEKJES = {"high_temperature_heat", "low_temperature_heat", "molecules"}


def moments(*texts):
    return pd.Series([pd.Timestamp(text) for text in texts])


def test_2024_is_complete():
    held = load_round("2024")
    assert held.ceiling == 11.5e9 and set(held.hekjes) == HEKJES and set(held.hekjes.values()) == {1e9}
    assert [phase.limit for phase in held.phases] == [75, 150, 225, 300, 300]
    assert [phase.limit_hekjes for phase in held.phases] == [75, 150, 225, 300, 400]
    assert held.caps == (Cap("advanced_fuels", ("advanced_fuels",), "lifetime_production", 10.6e9),)
    assert str(held.phases[0].opens) == "2024-09-10 09:00:00" and str(held.phases[-1].closes) == "2024-10-10 17:00:00"
    assert held.categories == "2024"


def test_2023_is_complete():
    held = load_round("2023")
    assert held.ceiling == 8e9 and set(held.hekjes) == HEKJES and set(held.hekjes.values()) == {750e6}
    assert [phase.limit for phase in held.phases] == [90, 180, 240, 300, 300]
    assert [phase.limit_hekjes for phase in held.phases] == [90, 180, 240, 300, 400]
    assert held.caps == (Cap("advanced_fuels", ("advanced_fuels",), "lifetime_production", 10.3e9),)
    assert held.categories == "2023"


def test_receipt_days_by_hand():
    held = load_round("2024")
    # Tuesday 10 Sep; Friday 13 Sep before and at 17:00; Saturday; Monday 16 Sep at 17:00 (phase 2).
    came = moments(
        "2024-09-10T09:00", "2024-09-13T16:59:59", "2024-09-13T17:00", "2024-09-14T12:00", "2024-09-16T17:00"
    )
    expected = ["2024-09-10", "2024-09-13", "2024-09-16", "2024-09-16", "2024-09-17"]
    assert held.receipt_day(came).astype(str).tolist() == expected
    assert held.phase_of(came).tolist() == [1, 1, 1, 1, 2]
    holiday = held.but(non_working_days=("2024-09-16",))
    assert holiday.receipt_day(came).astype(str).tolist()[2:] == ["2024-09-17"] * 3


def test_phases_have_five_receipt_days_and_the_last_three():
    """The rules count 5, 5, 5, 5 and 3 (8, 9 and 10 October)."""
    held = load_round("2024")
    every = pd.Series(pd.date_range(held.phases[0].opens, held.phases[-1].closes, freq="15min", inclusive="left"))
    days = pd.DataFrame({"phase": held.phase_of(every), "day": held.receipt_day(every)})
    assert days.groupby("phase")["day"].nunique().tolist() == [5, 5, 5, 5, 3]
    assert days.groupby("day")["phase"].nunique().max() == 1
    assert (days["phase"] > 0).all()


def test_windows_are_half_open():
    held = load_round("2024")
    edge = moments("2024-09-10T08:59:59", "2024-10-10T16:59:59", "2024-10-10T17:00")
    assert held.phase_of(edge).tolist() == [0, 5, 0]
    limits = held.limit_of(np.array([5, 5, 0]), np.array([False, True, True]))
    assert limits[:2].tolist() == [300, 400] and np.isnan(limits[2])


def test_a_round_that_cannot_be_held_is_refused_with_all_faults():
    held = load_round("2024")
    with pytest.raises(InputError) as caught:
        held.but(ceiling=2e9, phases=held.phases[::-1], non_working_days=("Monday",))
    columns = {problem.column for problem in caught.value.problems}
    assert {"hekjes", "non_working_days", "phase 4 opens"} <= columns
    with pytest.raises(InputError, match="did you mean molecules"):
        held.but(hekjes={"molecule": 1e9})
    with pytest.raises(InputError, match="one of 2023, 2024"):
        load_round("2025")


def test_a_round_of_ones_own_is_data(tmp_path):
    for name in ("rounds", "round_phases", "round_hekjes", "round_caps"):
        text = (sdepp_folder() / f"{name}.csv").read_text(encoding="utf-8")
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    with (tmp_path / "rounds.csv").open("a", encoding="utf-8") as file:
        file.write("2030,SDE++ 2030,2024,5e9,EUR,2030-05-30,,here,assumption,\n")
    with (tmp_path / "round_phases.csv").open("a", encoding="utf-8") as file:
        file.write("2030,1,2030-05-28T09:00,2030-06-04T17:00,,500,EUR/t,here,assumption,\n")
    made = load_round("2030", tmp_path)
    assert made.hekjes == {} and made.caps == () and np.isnan(made.phases[0].limit)
    # Ascension Day, 30 May 2030, counts as Friday.
    assert made.receipt_day(moments("2030-05-29T17:00")).astype(str).tolist() == ["2030-05-31"]


def test_faults_in_round_tables_are_listed_together(tmp_path):
    for name in ("rounds", "round_phases", "round_hekjes", "round_caps"):
        text = (sdepp_folder() / f"{name}.csv").read_text(encoding="utf-8")
        changed = {
            "round_phases": ("2024-09-16T17:00,75", "soon,75"),
            "round_hekjes": ("2024,molecules", "2042,molecule"),
        }
        old, new = changed.get(name, ("", ""))
        (tmp_path / f"{name}.csv").write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_rounds(tmp_path)
    found = {(problem.file, problem.column) for problem in caught.value.problems}
    assert {("round_phases.csv", "closes"), ("round_hekjes.csv", "hekje")} <= found


def test_switches_refuse_words_that_are_no_reading():
    with pytest.raises(InputError) as caught:
        Switches(straddle="half", not_fitting="skipped")
    assert [problem.column for problem in caught.value.problems] == ["not_fitting", "straddle"]


def test_lots_depend_on_id_and_seed_alone():
    names = [f"a{number}" for number in range(2000)]
    drawn = dict(zip(names, lot(names, 1), strict=True))
    assert dict(zip(names[::-1], lot(names[::-1], 1), strict=True)) == drawn
    assert len(set(drawn.values())) == 2000 and dict(zip(names, lot(names, 2), strict=True)) != drawn
    even = uniform_lot(names, 1, "build")
    assert ((even >= 0) & (even < 1)).all() and abs(even.mean() - 0.5) < 0.03
