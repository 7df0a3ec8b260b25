"""Candidate projects: costs by hand, sizes and phases, draws by name, and room of the grid."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.errors import InputError
from model.sdepp.applications import applications_from, read_applications
from model.sdepp.categories import load_categories
from model.sdepp.rounds import load_round
from model.sdepp.tender import hold
from model.studies.sdepp_candidates import ABOVE, with_indications
from model.studies.sdepp_costs import unit_costs
from model.studies.sdepp_headroom import headroom, net_load
from tests.studies.sdepp_tiny import PRICES, PROJECT_ROWS, SERVICE_ROWS, drawn, tables_in, world

SUN = "solar@B_regional"


def costs_of(folder):
    found, _ = unit_costs(world(), load_categories(), tables_in(folder), PRICES)
    return found.set_index(["category", "asset"])


def test_cost_of_sun_by_hand(tmp_path):
    case, row = world(), costs_of(tmp_path).loc[("23_1_c_2", SUN)]
    option = case.build_options.loc[(SUN, 2030)]
    assert row["hours"] == 855  # of the regulation
    assert row["capital"] == pytest.approx(0.9 * (option["annuity"] + option["fixed_om"]) / 855)
    assert row["cost"] == pytest.approx(row["capital"] + case.asset_years.at[(SUN, 2030), "variable_om"])
    left = 2500 - float(case.existing[SUN, 2030])
    assert row["offered"] == pytest.approx(0.1 * left) and row["electricity"] == 0.5  # half the peak may feed in


def test_wind_has_the_hours_of_its_weather(tmp_path):
    case, row = world(), costs_of(tmp_path).loc[("17_1_b_5", "wind_onshore@A_regional")]
    profile = case.hourly["profile"].sel(profile=case.assets.at["wind_onshore@A_regional", "availability_profile"])
    assert row["hours"] == pytest.approx(float((profile.to_numpy() * case.time.weight).sum()))
    assert 1000 < row["hours"] < 6000 and row["direction"] == "feed_in" and row["electricity"] == 1


def test_boiler_pays_its_hours_and_the_grid(tmp_path):
    case, row = world(), costs_of(tmp_path).loc[("71_1_b", "e_boiler@S_C")]
    taken = -float(case.flows.at[("e_boiler@S_C", "electricity", 2030), "coefficient"])
    given = float(case.flows.at[("e_boiler@S_C", "heat_150_250", 2030), "coefficient"])
    assert row["energy"] == pytest.approx(taken / given * (80 * 0.8 + 10))
    assert row["direction"] == "offtake" and row["electricity"] == pytest.approx(taken / given)


def test_capture_costs_what_it_costs_more_than_the_boiler(tmp_path):
    case, row = world(), costs_of(tmp_path).loc[("81_1_e_1", "boiler_ccs@S_C")]
    captured = float(case.asset_years.at[("boiler_ccs@S_C", 2030), "captured"])
    fixed = [
        float(case.build_options.at[(name, 2030), "annuity"] + case.build_options.at[(name, 2030), "fixed_om"])
        for name in ("boiler_ccs@S_C", "gas_boiler@S_C")
    ]
    assert row["capital"] == pytest.approx((fixed[0] - fixed[1]) / captured / 8000)
    assert row["energy"] > 0  # it burns more gas for the same steam


def test_a_project_asks_its_cost_in_the_first_phase_that_covers_it(tmp_path):
    found, categories = drawn(tmp_path), load_categories()
    limits = {1: 75, 2: 150, 3: 225, 4: 300}
    for row in found.projects.itertuples():
        told = categories.loc[row.category]
        amounts = [told["long_term_price"] + limit * told["co2_factor"] for limit in limits.values()]
        amounts.append(told["long_term_price"] + (400 if told["hekjes"] else 300) * told["co2_factor"])
        most = [round(min(amount, told["base_amount"]), 4) for amount in amounts]
        if row.phase:
            assert row.amount >= row.cost - 1e-9 or row.amount == most[-1]
            assert row.amount <= most[row.phase - 1] and row.amount - row.cost < 1e-4
            assert all(amount < row.amount for amount in most[: row.phase - 1]), "an earlier phase covers it"
        elif row.reason == ABOVE:
            assert row.cost > most[-1] * (1 + 0.05) - 1e-4
        else:
            assert row.cost <= told["floor"]
    ended = hold(applications_from(found.applications), load_round(), categories)
    phases = ended.applications.set_index("application")["phase"]
    assert (phases == found.projects.set_index("application")["phase"].reindex(phases.index)).all()


def test_sizes_fill_the_offer_and_stay_in_their_bounds(tmp_path):
    found = drawn(tmp_path)
    offers = found.costs.set_index(["category", "asset"])["offered"]
    sums = found.projects.groupby(["category", "asset"])["capacity"].sum()
    for key, total in sums.items():
        own = found.projects[(found.projects["category"] == key[0]) & (found.projects["asset"] == key[1])]
        low = float(found.costs.set_index(["category", "asset"])["size_min"][key])
        assert abs(total - offers[key]) <= low + 0.01 * len(own)
        assert own["capacity"].between(low, 40).all()
    assert drawn(tmp_path, scale=2).projects["capacity"].sum() == pytest.approx(2 * sums.sum(), rel=0.05)


def test_draws_hang_on_seed_and_names(tmp_path):
    first = drawn(tmp_path)
    assert first.applications.equals(drawn(tmp_path).applications)
    assert not first.applications.equals(drawn(tmp_path, seed=2).applications)
    less = tables_in(tmp_path, services=SERVICE_ROWS[1:], projects=PROJECT_ROWS[1:])
    assert "17_1_b_5" not in set(less.services["category"])
    costs, _ = unit_costs(world(), load_categories(), less, PRICES)
    again = drawn(tmp_path, offers=costs[["category", "asset", "offered"]])
    kept = first.projects[first.projects["category"] != "17_1_b_5"].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        kept.drop(columns="transport_indication"), again.projects.drop(columns="transport_indication")
    )


def test_room_is_limit_less_the_largest_exchange(tmp_path):
    case = world()
    room, net = headroom(case, 2024), net_load(case, 2024)
    for region in "ABC":
        load, back = max(0.0, net[region].max()), max(0.0, -net[region].min())
        assert room.at[(region, "offtake"), "used"] == pytest.approx(load)
        limit = {"A": 600, "B": 900, "C": 700}[region]
        assert room.at[(region, "feed_in"), "room"] == pytest.approx(max(0.0, limit - back))
    stands = case.tables["existing_capacity"]
    wind = stands[(stands["technology"] == "wind_onshore") & (stands["node"] == "A_regional")]["capacity"].sum()
    profile = case.hourly["profile"].sel(profile=case.assets.at["wind_onshore@A_regional", "availability_profile"])
    alone = net["A"] + wind * profile.to_numpy()
    assert (alone >= -1e-9).all(), "without what stands nothing flows back"


def test_indications_keep_to_the_room(tmp_path):
    found = drawn(tmp_path)
    room = found.headroom.copy()
    room["room"] = 50.0
    small = with_indications(found, room)
    used = small.projects[small.projects["transport_indication"]].groupby(["region", "direction"])["electricity"].sum()
    assert (used <= 50 + 1e-6).all() and small.applications["transport_indication"].sum() > 3
    alone = with_indications(found, room, reserving=False)
    asking = alone.projects[alone.projects["phase"] > 0]
    assert (asking["transport_indication"] == (asking["electricity"] <= 50)).all()
    ended = hold(applications_from(small.applications), load_round(), load_categories())
    refused = ended.applications[ended.applications["reason"] == "no_transport_indication"]
    assert set(refused["technique"]) <= {"onshore_wind", "solar_pv"} and len(refused) > 5


def test_the_table_is_what_the_tender_reads(tmp_path):
    from model.studies.sdepp_candidates import written

    found, path = drawn(tmp_path), tmp_path / "candidates.csv"
    written(found, path)
    read = read_applications(path, load_round(), load_categories())
    assert len(read) == len(found.applications)
    assert np.allclose(read["amount"], found.applications["amount"])
    assert (read["received"] == found.applications["received"]).all()
    assert (read["transport_indication"] == found.applications["transport_indication"]).all()


def test_faults_of_the_tables_all_at_once(tmp_path):
    services = [*SERVICE_ROWS, SERVICE_ROWS[0], "99_x,solar,served,,electricity,1,2,,,,MW"]
    projects = [*PROJECT_ROWS, "23_1_c_2,gas,1,1,0,30,0,1,20,,,,MW"]
    with pytest.raises(InputError) as caught:
        tables_in(tmp_path, services=services, projects=projects)
    columns = sorted((problem.file, problem.row, problem.column) for problem in caught.value.problems)
    assert columns == [
        ("candidate_projects.csv", "6", "size_median"),
        ("candidate_projects.csv", "6", "technology"),
        ("category_technologies.csv", "6", "category"),
        ("category_technologies.csv", "7", "category"),
        ("category_technologies.csv", "7", "offered_share"),
    ]
    with pytest.raises(InputError, match="number above 0"):
        drawn(tmp_path, scale=-1)
