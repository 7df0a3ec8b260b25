"""A round and a system that is solved for real, both small enough for a pencil.

Half of the hours are sunny, and 1,000 MW are asked for in all.  Ten plants of 50 MW make a MWh for 40, 41, ... 49
EUR; beyond them one costs 49.2, which is the floor of solar panels.  With K MW of panels the sunny price is that of the
plant at 1,000 - K.  99 projects of 10 MW cost 0.0565, 0.0566, ... EUR/kWh.  Below the floor a project asks cost - price
+ floor, and at most 0.0663 may be asked: it applies where cost <= price + 0.0171.

At K = 670 the plant at 330 MW sets 46 EUR, so 67 projects apply (to 0.0631): a fixed point.  Elsewhere 50 MW more lower
the price by 1 EUR, and with it applications by 100 MW: a slope of -2, from 990 MW at 49.2 EUR to 70 MW at 40 EUR.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.errors import InputError
from model.scenario import load_scenario
from model.sdepp.applications import applications_from
from model.sdepp.cash import load_scheme
from model.sdepp.categories import load_categories
from model.sdepp.portfolios import load_cash_rounds, read_tender
from model.sdepp.prices import load_prices
from model.sdepp.rounds import Round, load_round
from model.studies.sdepp_bids import required_amount
from model.studies.sdepp_equilibrium import equilibrium, look_for
from model.studies.sdepp_fixed_point import Rules
from model.studies.sdepp_loop import Choices, System, respond_to
from model.studies.sdepp_room import Room, Shared
from model.studies.sdepp_signal import Signal
from tests.closed_form.world import World
from tests.studies.worlds import built_world

CATEGORY, FLOOR, MOST = "23_1_c_2", 0.0492, 0.0663
CATEGORIES = load_categories()
ASSET, YEAR = "solar@N", 2030
COSTS = 0.0565 + 0.0001 * np.arange(99)
FINE = {"capacity_tolerance": 0.1, "claim_tolerance": 1e3}


@dataclass(frozen=True)
class Panels:
    """Projects of 10 MW each; the correction is what they earn, at least the floor."""

    costs: tuple[float, ...] = tuple(COSTS)
    round: Round = load_round("2024")
    categories: pd.DataFrame = field(default_factory=lambda: CATEGORIES)
    keys: pd.MultiIndex = field(
        default_factory=lambda: pd.MultiIndex.from_tuples([(ASSET, YEAR)], names=["asset", "build_year"])
    )

    def asked(self, signal):
        earned = float(signal.capture.loc[("solar", "N"), YEAR])
        cost = np.array(self.costs)
        once = np.ones((len(cost), 1))
        return earned, required_amount(cost, np.full(len(cost), earned), once * max(earned, FLOOR), once)

    def applications(self, signal, seed):
        earned, amount = self.asked(signal)
        rounded = np.ceil(amount * 1e4 - 1e-6) / 1e4
        numbers = [n for n, value in enumerate(rounded) if FLOOR < value <= MOST]
        rows = {
            "application": [f"panels_{n:03d}" for n in numbers],
            "category": CATEGORY,
            "address": [f"field {n}" for n in numbers],
            "capacity": 10.0,
            "amount": rounded[numbers],
            "received": pd.Timestamp("2024-09-10T10:00"),
            "transport_indication": True,
            "region": "N",
        }
        return applications_from(pd.DataFrame(rows, index=range(len(numbers)))).assign(
            asset=ASSET,
            build_year=YEAR,
            capacity_per_award=1.0,
            capture_price=earned,
            correction=max(earned, FLOOR),
        )

    def unsubsidised(self, signal, seed):
        _, amount = self.asked(signal)
        numbers = np.flatnonzero(np.isneginf(amount))
        return pd.DataFrame(
            {
                "application": [f"panels_{n:03d}" for n in numbers],
                "technique": "solar_pv",
                "asset": ASSET,
                "build_year": YEAR,
                "capacity": 10.0,
                "capacity_per_award": 1.0,
            },
            index=range(len(numbers)),
        )


def sunny_half():
    world = World(2, years=[YEAR]).demand([1000, 1000])
    for number in range(10):
        world.technology(f"plant_{number}", existing=50, variable_om=40 + number)
    world.technology("last_plant", existing=2000, variable_om=49.2)
    return world.technology("solar", profile=[1, 0], potential=2000.0, investment=0.0, lifetime=25, fixed_om=1.0)


@pytest.fixture(scope="module")
def built():
    return built_world(sunny_half())


DAMPING = 0.45


def search(built, damping=DAMPING, output=None, shares=None, rules=None, **choices):
    chosen = Choices(**{"attrition": "none", "start": "nothing", "unsubsidised": "no", **choices})
    limits = Rules(**{"damping": damping, **FINE, **(rules or {})})
    return look_for(built, Panels(), load_prices(), shares, limits, chosen, output)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("equilibrium")


@pytest.fixture(scope="module")
def damped(built, folder):
    return search(built, output=folder)


def held_of(found):
    return [float(made.held.sum()) for made in found.point.iterates]


def attrition_of(before: float, after: float) -> pd.DataFrame:
    stages = [("before_decision", "other"), ("after_award", "other")]
    return pd.DataFrame(
        {"share": [before, after]}, index=pd.MultiIndex.from_tuples(stages, names=["stage", "technique"])
    )


def test_damped_steps_reach_the_fixed_point_of_the_pencil(damped):
    """Steps keep 0.45; prices on the way: 49.2, 49, 44, 47, 46, 46 and 46 EUR."""
    assert damped.point.outcome == "converged"
    realised = [made.response.realised.sum() for made in damped.point.iterates]
    assert realised == pytest.approx([990.0, 970.0, 470.0, 770.0, 670.0, 670.0, 670.0])
    steps = [0.0, 544.5, 778.525, 608.83625, 697.4763125, 682.364340625, 670.0]
    assert held_of(damped) == pytest.approx(steps)
    told = damped.awards.loc[(CATEGORY, "N")]
    assert told["capacity"] == told["realised"] == 670.0
    assert told["capture_price"] == pytest.approx(0.046) and told["correction"] == FLOOR
    # A bid is the cost and what the price lacks to the floor; the mean cost of the 67 is 0.0598.
    assert told["bid"] == pytest.approx(0.0598 - 0.046 + FLOOR)
    production = 10.0 * 855 * 15 * 1000
    assert told["claim"] == pytest.approx((COSTS[:67] - 0.046).sum() * production)
    assert damped.doubts == ()


def test_undamped_steps_go_round_and_say_so(built):
    """990 MW make 40 EUR, at which 70 MW apply; these make 49.2 EUR, at which 990 MW apply."""
    found = search(built, damping=0.0)
    assert found.point.outcome == "cycle" and found.point.cycle == (2, 3)
    assert held_of(found) == pytest.approx([0.0, 990.0, 70.0, 990.0])
    assert "cycle of 2" in found.point.words


def test_same_inputs_give_the_same_path(built, damped):
    again = search(built, rules={"iterations": 3})
    assert again.point.outcome == "stopped"
    for first, second in zip(damped.point.iterates[:3], again.point.iterates, strict=True):
        pd.testing.assert_series_equal(first.held, second.held)
        pd.testing.assert_frame_equal(first.response.awards, second.response.awards)
        pd.testing.assert_frame_equal(first.response.applications, second.response.applications)


def test_a_system_without_the_round_may_be_the_start(built):
    """A MW of panels costs 1,000 EUR a year and saves more: without the round the system builds what it can use."""
    found = search(built, start="optimum", rules={"iterations": 2})
    assert held_of(found)[0] >= 1000.0 - 1e-6


def test_expected_attrition_builds_the_share_that_stays(built):
    """Half is never built: 495 of 990 MW leave 505 MW to the plants, and at 49.2 EUR all 99 apply."""
    found = search(built, shares=attrition_of(0.0, 0.5), attrition="expected")
    assert found.point.outcome == "converged"
    assert held_of(found) == pytest.approx([0.0, 272.25, 495.0])
    assert found.awards["capacity"].sum() == 990.0 and found.awards["realised"].sum() == 495.0
    assert (found.applications["share_built"] == 0.5).all()


def test_every_iterate_is_in_the_cube(damped, folder):
    assert sorted(path.name for path in folder.iterdir()) == [
        "applications.csv", "awards.csv", "corrections.csv", "equilibrium.log", "equilibrium.nc", "iterations.csv",
    ]  # fmt: skip
    with xr.open_dataset(folder / "equilibrium.nc") as cube:
        assert cube["awarded_capacity"].dims == ("iteration", "category", "region")
        assert cube["awarded_capacity"].sel(category=CATEGORY, region="N").to_numpy() == pytest.approx(
            [990.0, 970.0, 470.0, 770.0, 670.0, 670.0, 670.0]
        )
        prices = [0.0492, 0.049, 0.044, 0.047, 0.046, 0.046, 0.046]
        assert cube["capture_price"].to_numpy().ravel() == pytest.approx(prices)
        plant = cube["capture_of_plant"].sel(technology="solar", plant_region="N", year=YEAR)
        assert plant.to_numpy() == pytest.approx(prices)
        assert cube["held_capacity"].sel(asset=ASSET, build_year=YEAR).to_numpy() == pytest.approx(held_of(damped))
        assert cube["change_capacity"].to_numpy() == pytest.approx([np.inf, 20.0, 500.0, 300.0, 100.0, 0.0, 0.0])
        assert cube["step"].to_numpy() == pytest.approx([0.55, 0.55, 0.55, 0.55, 0.55, 1.0, 0.0])
        assert cube.attrs["outcome"] == "converged" and json.loads(cube.attrs["cycle"]) == []
        assert json.loads(cube.attrs["rules"])["damping"] == DAMPING
        assert {"units", "long_name", "declared_in"} <= set(cube["bid"].attrs)
        for name in ("bid", "asked_claim", "awarded_claim", "realised_capacity", "gap", "level", "cost"):
            assert name in cube


def test_awards_of_the_end_are_read_by_the_cash_table(damped, folder):
    scheme = load_scheme()
    awards = read_tender(folder / "applications.csv", "2024", load_cash_rounds(), scheme.terms)
    assert len(awards) == 67 and awards["capacity"].sum() == pytest.approx(670.0)


def test_corrections_by_year_follow_the_prices_of_the_system(damped):
    """Hydropower follows the base price: the mean of 46 EUR in sunny hours and 49.2 EUR in dark ones."""
    table = damped.corrections.set_index(["category", "year", "status"])
    assert table.loc[("13_a", 2024, "provisional"), "price"] == 0.1488  # published
    for year in (2030, 2043):
        for status in ("provisional", "final"):
            assert table.loc[("13_a", year, status), "price"] == pytest.approx(0.0476)
            assert table.loc[("13_a", year, status), "unit"] == "EUR/kWh"


def signal_at(price: float) -> Signal:
    index = pd.MultiIndex.from_tuples([("solar", "N")], names=["technology", "region"])
    frame = pd.DataFrame({YEAR: [price]}, index=index)
    none = pd.DataFrame()
    return Signal(none, frame, frame * 0.0, none, np.ones(1), none)


def test_projects_that_need_no_subsidy_may_be_built_without():
    """At 0.06005 the 36 projects from 0.0565 to 0.0600 need none; those to 0.0663 are awarded what they cost."""
    costs, room = {"cost": 1.0, "emergency": 0.0}, Room(np.array([2000.0]))
    answers = {
        mode: respond_to(Panels(), signal_at(0.06005), Choices(attrition="none", unsubsidised=mode), None, room, costs)
        for mode in ("no", "projects")
    }
    assert [answer.awards["capacity"].sum() for answer in answers.values()] == [630.0, 630.0]
    assert [answer.realised.sum() for answer in answers.values()] == [630.0, 990.0]
    assert answers["projects"].facts["unsubsidised"] == 360.0


def test_awards_beyond_the_potential_are_not_built_and_told():
    costs, room = {"cost": 1.0, "emergency": 0.0}, Room(np.array([100.0]))
    found = respond_to(Panels(), signal_at(0.049), Choices(attrition="none"), None, room, costs)
    assert found.realised.sum() == 100.0 and found.facts["beyond_potential"] == pytest.approx(870.0)


def test_those_that_fill_a_limit_together_give_way_alike():
    """40 and 60 count 1 and 0.5: 70 of a limit of 35, so each keeps half; the third has a bound of its own."""
    limit = Shared("store", np.array([0, 1]), np.array([1.0, 0.5]), 35.0)
    room = Room(np.array([100.0, 100.0, 10.0]), (limit,))
    assert room.fit(np.array([40.0, 60.0, 30.0])).tolist() == [20.0, 30.0, 10.0]
    assert room.fit(np.array([10.0, 50.0, -5.0])).tolist() == [10.0, 50.0, 0.0]


def test_drawn_attrition_hangs_on_seed_and_application_alone():
    room, table = Room(np.array([2000.0])), attrition_of(0.2, 0.4)
    first, again, other = (
        respond_to(Panels(), signal_at(0.0492), Choices(attrition="drawn", seed=seed), table, room, {}).realised.sum()
        for seed in (1, 1, 2)
    )
    assert first == again != other
    assert 990.0 * 0.3 < first < 990.0 * 0.7


def test_what_is_held_is_a_bound_on_both_sides_or_below(built):
    keys = Panels().keys
    tight, open_above = System(built, keys, False), System(built, keys, True)
    held = pd.Series([300.0], index=keys)
    assert tight.built_of(tight.solve(held, "both sides")).sum() == pytest.approx(300.0)
    assert open_above.built_of(open_above.solve(held, "below")).sum() >= 1000.0 - 1e-6


def test_a_market_that_builds_what_the_scenario_cannot_is_refused(built):
    keys = pd.MultiIndex.from_tuples([("solar@N", 2040), ("wind@N", YEAR)], names=["asset", "build_year"])
    with pytest.raises(InputError) as caught:
        System(built, keys, False)
    assert len(caught.value.problems) == 2


def test_a_file_in_place_of_the_folder_is_refused_before_anything_is_solved(built, tmp_path):
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="a folder for the results"):
        search(built, output=file)


def test_choices_that_cannot_be_are_refused_before_the_tables_are_read():
    for setting in ({"sdepp.mode": "cooptimise"}, {"foresight": "myopic"}):
        with pytest.raises(InputError) as caught:
            equilibrium(load_scenario("quick", setting), choices=Choices(prices="tyndp"))
        assert {problem.column for problem in caught.value.problems} == {"prices", *setting}
    assert "did you mean tyndp_nt?" in str(caught.value)
