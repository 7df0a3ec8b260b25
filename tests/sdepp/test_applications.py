"""Tables of applications: faults row by row, nothing awarded; and what the law refuses in a sound table."""

from __future__ import annotations

import pandas as pd
import pytest

from model.errors import InputError
from model.sdepp.applications import applications_from, prepare, read_applications
from model.sdepp.categories import load_categories
from model.sdepp.eligibility import REASONS, read_headroom, transport_indications
from model.sdepp.reading import sdepp_folder
from model.sdepp.rounds import load_round
from model.sdepp.switches import Switches
from model.sdepp.tender import hold

HEADER = "application,category,address,capacity,amount,received,completed,full_load_hours,transport_indication"
GOOD = "good,23_1_a_2,Road 1,2,0.0700,2024-09-10T10:00,,,yes"

FAULTS = {
    "unknown category": ("x,23_1_a_9,Road 2,2,0.07,2024-09-10T10:00,,,yes", "category", "did you mean 23_1_a"),
    "category not open": ("x,x_pv_large_roof,Road 2,2,0.07,2024-09-10T10:00,,,yes", "category", "open in round 2024"),
    "above the phase amount": ("x,71_1_b,Road 2,2,0.0632,2024-09-10T10:00,,,", "amount", "0.0631 EUR/kWh"),
    "at the floor": ("x,71_1_b,Road 2,2,0.0308,2024-09-10T10:00,,,", "amount", "more than the floor of 0.0308"),
    "negative capacity": ("x,71_1_b,Road 2,-2,0.06,2024-09-10T10:00,,,", "capacity", "above 0"),
    "no number": ("x,71_1_b,Road 2,nan,0.06,2024-09-10T10:00,,,", "capacity", "finite"),
    "endless": ("x,71_1_b,Road 2,inf,0.06,2024-09-10T10:00,,,", "capacity", "finite"),
    "decimal comma": ('x,71_1_b,Road 2,2,"0,06",2024-09-10T10:00,,,', "amount", "decimal point"),
    "before the window": ("x,71_1_b,Road 2,2,0.06,2024-09-10T08:59,,,", "received", "from 2024-09-10 09:00"),
    "after the window": ("x,71_1_b,Road 2,2,0.06,2024-10-10T17:00,,,", "received", "before 2024-10-10 17:00"),
    "no moment": ("x,71_1_b,Road 2,2,0.06,10 September,,,", "received", "such as 2024-09-10T09:00"),
    "with an offset": ("x,71_1_b,Road 2,2,0.06,2024-09-10T10:00+02:00,,,", "received", "without an offset"),
    "complete before receipt": (
        "x,71_1_b,Road 2,2,0.06,2024-09-12T10:00,2024-09-11T10:00,,",
        "completed",
        "after receipt",
    ),
    "wind without hours": ("x,17_1_b_3,Road 2,2,0.05,2024-09-10T10:00,,,yes", "full_load_hours", "net P50"),
    "more hours than a year": ("x,17_1_b_3,Road 2,2,0.05,2024-09-10T10:00,,9000,yes", "full_load_hours", "8784"),
    "hours of one's own": ("x,71_1_b,Road 2,2,0.06,2024-09-10T10:00,,4000,", "full_load_hours", "3300 hours"),
    "the same id": ("good,71_1_b,Road 2,2,0.06,2024-09-10T10:00,,,", "application", "every application once"),
    "a blank address": ("x,71_1_b,,2,0.06,2024-09-10T10:00,,,", "address", "not blank"),
    "maybe": ("x,71_1_b,Road 2,2,0.06,2024-09-10T10:00,,,maybe", "transport_indication", "yes or no"),
}


@pytest.fixture(scope="module")
def categories():
    return load_categories()


def written(tmp_path, *rows, header=HEADER):
    path = tmp_path / "projects.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def held_of(path, **options):
    return hold(read_applications(path), load_round("2024"), **options)


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_says_row_column_and_expectation(name, tmp_path):
    row, column, expectation = FAULTS[name]
    with pytest.raises(InputError) as caught:
        held_of(written(tmp_path, GOOD, row))
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column) == ("projects.csv", "3", column)
    assert expectation in problem.expected


def test_all_faults_come_in_one_report(tmp_path, categories):
    """Those of form and those of meaning, two in one row as well, and no fault twice."""
    rows = [row.replace("x,", f"x{place},", 1) for place, (row, _, _) in enumerate(FAULTS.values())]
    rows.append("y,23_1_a_9,Road 9,-1,0.07,soon,,,yes")
    path = written(tmp_path, GOOD, *rows)
    with pytest.raises(InputError) as caught:
        read_applications(path, load_round("2024"), categories)
    found = {(problem.row, problem.column) for problem in caught.value.problems}
    expected = {(str(place + 3), column) for place, (_, column, _) in enumerate(FAULTS.values())}
    last = str(len(rows) + 2)
    assert found == expected | {(last, "category"), (last, "capacity"), (last, "received")}
    assert len(caught.value.problems) == len(found)


def test_a_missing_or_misspelt_column_is_named(tmp_path):
    with pytest.raises(InputError) as caught:
        held_of(written(tmp_path, GOOD, header=HEADER.replace("amount", "amont")))
    assert {problem.column for problem in caught.value.problems} == {"amont", "amount"}
    with pytest.raises(InputError, match="this file"):
        read_applications(tmp_path / "none.csv")
    with pytest.raises(InputError, match="at least one application"):
        read_applications(written(tmp_path))


def test_rows_from_python_are_checked_too():
    row = {"application": "a", "category": "71_1_b", "address": "x", "capacity": 2.0, "amount": 0.06}
    with pytest.raises(InputError, match="received"):
        applications_from([row])
    row["received"] = pd.Timestamp("2024-09-10T10:00")
    assert hold(applications_from([row]), load_round("2024")).awards["application"].tolist() == ["a"]
    for bad in ({"capacity": float("nan")}, {"capacity": -1.0}, {"amount": float("inf")}, {"withdrawn": "no"}):
        with pytest.raises(InputError) as caught:
            applications_from([row, {**row, "application": "b", **bad}])
        assert [(p.row, p.column) for p in caught.value.problems] == [("2", next(iter(bad)))]


def test_what_follows_for_the_ranking_by_hand(tmp_path, categories):
    path = written(tmp_path, "e,71_1_b,Road 2,2,0.1000,2024-09-30T17:00,2024-10-04T18:00,,")
    made = prepare(read_applications(path), load_round("2024"), categories).iloc[0]
    # Phase 4 from the moment of receipt; complete on Friday after 17:00, so Monday 7 October counts.
    assert (made.phase, str(made.day.date()), made.hekje) == (4, "2024-10-07", "high_temperature_heat")
    assert made.phase_amount == 0.1113 and made.hours == 3300
    assert made.intensity == pytest.approx((0.1000 - 0.0462) / 0.000225, abs=6e-4)
    assert made.claim == pytest.approx((0.1000 - 0.0308) * 2000 * 3300 * 15)
    assert made.production == 99e6 and made.co2 == pytest.approx(99e6 * 0.000225)


def test_completed_after_the_closing_ranks_on_its_day_with_the_amount_of_its_phase(tmp_path):
    rows = [
        "early,71_1_b,Road 2,2,0.0600,2024-09-10T10:00,2024-11-01T10:00,,",
        "last,71_1_b,Road 3,2,0.1113,2024-10-10T16:00,,,",
    ]
    found = held_of(written(tmp_path, *rows)).applications
    assert found["application"].tolist() == ["last", "early"]
    assert found["phase"].tolist() == [5, 1] and found["phase_amount"].tolist() == [0.1113, 0.0631]


def test_a_round_in_which_nobody_is_valid_awards_nothing(tmp_path):
    outcome = held_of(written(tmp_path, GOOD.replace(",yes", ",no")))
    assert outcome.awarded == 0 and outcome.applications["reason"].tolist() == ["no_transport_indication"]
    assert outcome.hekjes()["released"].tolist() == [1e9] * 3


def test_heat_pumps_in_processes_belong_to_either_domain(tmp_path, categories):
    applications = read_applications(written(tmp_path, "e,63_1_a,Road 2,2,0.05,2024-09-10T10:00,,,"))
    found = [
        prepare(applications, load_round("2024"), categories, Switches(double_hekje=which)).iloc[0].hekje
        for which in ("first", "last")
    ]
    assert found == ["high_temperature_heat", "low_temperature_heat"]


def test_the_phase_amount_itself_may_be_asked(categories):
    held = load_round("2024")
    open_ones = categories[categories["open"].astype(bool)]
    for phase in held.phases:
        rows = pd.DataFrame(
            {
                "application": open_ones["category"],
                "category": open_ones["category"],
                "address": "x",
                "capacity": 1.0,
                "amount": open_ones[f"phase_{phase.phase}_amount"],
                "received": phase.opens,
                "full_load_hours": open_ones["full_load_hours"].fillna(3000.0),
            }
        )
        made = prepare(applications_from(rows), held, categories)
        assert len(made) == 178 and (made["phase_amount"] == made["amount"]).all()


REFUSED = {
    "owner_consent": ("no", "no_owner_consent"),
    "investment_allowance": ("yes", "investment_allowance"),
    "other_subsidy": ("yes", "other_subsidy"),
    "existing": ("yes", "existing"),
    "committed": ("yes", "committed"),
    "permits": ("no", "no_permits"),
    "feasible": ("no", "not_feasible"),
    "withdrawn": ("yes", "withdrawn"),
}


@pytest.mark.parametrize("column", REFUSED)
def test_the_law_refuses_with_a_reason(column, tmp_path):
    word, reason = REFUSED[column]
    rows = [f"{GOOD},", f"x,71_1_b,Road 2,2,0.06,2024-09-10T10:00,,,,{word}"]
    found = held_of(written(tmp_path, *rows, header=f"{HEADER},{column}")).applications.set_index("application")
    assert found["reason"].to_dict() == {"good": "", "x": reason}
    assert found.loc["x", "explanation"] == REASONS[reason]


def test_an_exception_of_article_8_lets_an_existing_installation_in(tmp_path):
    row = "x,71_1_b,Road 2,2,0.06,2024-09-10T10:00,,,,yes,yes,yes"
    header = f"{HEADER},existing,committed,existing_allowed"
    assert len(held_of(written(tmp_path, row, header=header)).awards) == 1


def test_one_application_per_category_and_address(tmp_path):
    rows = [
        "late,71_1_b,Road 2,2,0.06,2024-09-11T10:00,,,",
        "first,71_1_b,Road 2,2,0.06,2024-09-10T10:00,,,",
        "elsewhere,71_1_b,Road 3,2,0.06,2024-09-11T10:00,,,",
        "other,73_1_a,Road 2,2,0.06,2024-09-11T10:00,,,",
    ]
    for order in (rows, rows[::-1]):
        found = held_of(written(tmp_path, *order)).applications.set_index("application")
        refused = found[found["reason"] != ""]
        assert refused["reason"].to_dict() == {"late": "second_at_address"}


def test_transport_indication_is_asked_of_a_list_of_categories(tmp_path):
    rows = [GOOD.replace(",yes", ",no"), "boiler,71_1_b,Road 2,2,0.06,2024-09-10T10:00,,,"]
    path = written(tmp_path, *rows)

    def lost(**options):
        found = held_of(path, **options).applications
        return set(found.loc[found["reason"] == "no_transport_indication", "application"])

    assert lost() == {"good"}
    assert lost(transport_indication=()) == set()
    assert lost(transport_indication=("e_boiler", "23_1_a_2")) == {"good", "boiler"}
    with pytest.raises(InputError, match="did you mean e_boiler"):
        lost(transport_indication=("e_boilers",))


def test_indications_from_headroom_by_hand(tmp_path):
    """Roof PV feeds in half its peak, wind all of it, a boiler nothing; 3 MW are free."""
    rows = [
        "roof,23_1_a_2,Road 1,6,0.07,2024-09-10T12:00,,,",
        "wind,17_1_b_3,Road 2,3,0.05,2024-09-10T11:00,,3000,",
        "wide,23_1_c_2,Road 3,6.1,0.06,2024-09-10T10:00,,,",
        "boiler,71_1_b,Road 4,50,0.06,2024-09-10T10:00,,,",
    ]
    applications = read_applications(written(tmp_path, *rows)).assign(region="OV")
    table = tmp_path / "headroom.csv"
    table.write_text("region,feed_in\nOV,3\n", encoding="utf-8")
    room = read_headroom(table)
    assert transport_indications(applications, room).tolist() == [True, True, False, True]
    # Reserving: wide (earliest) does not fit and takes nothing, wind takes all, roof finds nothing left.
    assert transport_indications(applications, room, reserving=True).tolist() == [False, True, False, True]
    with pytest.raises(InputError) as caught:
        transport_indications(applications.assign(region="GR"), room)
    assert len(caught.value.problems) == 3
    table.write_text("region,feed_in\nOV,3\nOV,-3\n", encoding="utf-8")
    with pytest.raises(InputError, match="at least 0"):
        read_headroom(table)


def test_the_example_that_ships_has_winners_and_two_refusals():
    outcome = held_of(sdepp_folder() / "example_applications.csv")
    refused = outcome.applications[~outcome.applications["awarded"]].set_index("application")["reason"]
    assert refused.to_dict() == {"solar_field": "no_transport_indication", "e_boiler_again": "second_at_address"}
    by_reason = outcome.by_reason()["claim"]
    assert by_reason.sum() == pytest.approx(outcome.asked) and by_reason["awarded"] == pytest.approx(outcome.awarded)


def test_a_round_without_known_categories_asks_for_another_years():
    applications = read_applications(sdepp_folder() / "example_applications.csv")
    with pytest.raises(InputError, match="not known"):
        hold(applications, load_round("2024").but(categories=""))


def test_a_phase_without_a_known_limit_takes_no_applications(tmp_path, categories):
    held = load_round("2024")
    blank = held.but(phases=tuple(type(p)(p.phase, p.opens, p.closes, float("nan"), float("nan")) for p in held.phases))
    with pytest.raises(InputError, match="whose limit is known"):
        hold(read_applications(written(tmp_path, GOOD)), blank, categories)
