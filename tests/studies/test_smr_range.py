"""The near-optimal range where it is known by hand, its cost curve, and points that cannot be reached."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.cli import main
from model.data import build_case
from model.errors import InputError
from model.job import Built, build
from model.scenario import load_scenario
from model.studies import smr_range as study
from model.studies.framework import points as framework_points
from model.studies.smr_range import SmrRange, range_of, small_reactor_columns
from model.studies.smr_range_answer import answer_of, limits_words
from tests.helpers import TINY, tiny_scenario
from tests.studies.worlds import built_world, two_technologies

LEAST = 519e6
TARGETS = (0, 0.25, 0.5, 0.75, 1.0, 1.25, 3.0, 3.5)


@pytest.fixture(scope="module")
def found():
    return range_of(built_world(two_technologies()), 2030, TARGETS)


def asked(found, question, **where) -> pd.DataFrame:
    points = found.points[found.points["question"] == question]
    for name, value in where.items():
        points = points[points[name] == value]
    return points


def test_national_range_is_the_one_worked_out_by_hand(found):
    assert found.least_cost == pytest.approx(LEAST, rel=1e-9)
    assert found.optimum == pytest.approx(0.5, rel=1e-6)
    assert found.highest == pytest.approx(3.0, rel=1e-6)
    for slack in (0.01, 0.03, 0.05):
        budget = slack * LEAST
        least = asked(found, "least", slack=slack, region="")["capacity"].item()
        most = asked(found, "most", slack=slack, region="")["capacity"].item()
        assert least == pytest.approx(0.5 - budget / 276e6, rel=1e-6)
        assert most == pytest.approx(0.5 + budget / 162e6, rel=1e-6)


def test_range_by_region_leaves_the_other_region_free(found):
    most = asked(found, "most", slack=0.03, region="M")["capacity"].item()
    assert most == pytest.approx(0.5 + 0.03 * LEAST / 162e6, rel=1e-6)
    for region in ("M", "N"):
        assert asked(found, "least", slack=0.03, region=region)["capacity"].item() == pytest.approx(0, abs=1e-6)


def test_cost_curve_and_its_slope(found):
    """Straight pieces: 276,000 EUR/MW saved up to 500 MW, 162,000 lost up to 1,000 MW, 600,000 beyond."""
    curve = asked(found, "target").set_index("target")
    by_hand = {0: 276 * 500, 0.25: 276 * 250, 0.5: 0, 0.75: 162 * 250, 1.0: 162 * 500, 1.25: 162 * 500 + 600 * 250}
    by_hand[3.0] = 162 * 500 + 600 * 2000
    for target, extra in by_hand.items():
        assert curve.at[target, "cost"] == pytest.approx(LEAST + extra * 1e3, rel=1e-9)
        assert curve.at[target, "capacity"] == pytest.approx(target, abs=1e-9)
    assert curve.at[0.25, "marginal"] == pytest.approx(-276, rel=1e-6)  # EUR per kW and year
    assert curve.at[0.75, "marginal"] == pytest.approx(162, rel=1e-6)
    assert curve.at[1.25, "marginal"] == pytest.approx(600, rel=1e-6)


def test_a_target_out_of_reach_is_reported_and_stops_nothing(found):
    curve = asked(found, "target").set_index("target")
    assert curve.at[3.5, "status"] == "infeasible"
    assert np.isnan(curve.at[3.5, "cost"])
    assert curve.at[3.0, "status"] == "optimal"


def test_capacities_by_region_add_up(found):
    solved = found.points["status"] == "optimal"
    national = solved & (found.points["region"] == "")
    total = found.by_region.sum(axis=1, min_count=1)
    assert total[national].to_numpy() == pytest.approx(found.points.loc[national, "capacity"].to_numpy(), abs=1e-9)


def test_an_infeasible_end_of_the_solver_is_a_point(monkeypatch):
    """Where the most that can stand is not known to exclude a target, the solver's own verdict is reported."""
    built = built_world(two_technologies())
    monkeypatch.setattr(study._Study, "highest", lambda self: setattr(self, "most_ever", np.inf))
    found = range_of(built, 2030, (3.5, 0.5), ())
    curve = asked(found, "target").set_index("target")
    assert curve.at[3.5, "status"] == "infeasible"
    assert curve.at[0.5, "status"] == "optimal"


def test_a_solution_that_fails_the_check_is_no_figure(monkeypatch):
    built = built_world(two_technologies())
    whole = framework_points.checked_cube

    def doubting(built, variant, *rest):
        if variant.cost is not built.compiled.cost:
            monkeypatch.setattr(framework_points, "GAP_TOLERANCE", -1.0)
        return whole(built, variant, *rest)

    monkeypatch.setattr(framework_points, "checked_cube", doubting)
    found = range_of(built, 2030, (), (0.01,))
    bad = found.points[found.points["question"] == "most"]
    assert set(bad["status"]) == {"check_failed"}
    assert bad["capacity"].isna().all()
    assert any("gap" in text for text in next(iter(found.findings.values())))


def test_a_year_without_small_reactors_is_refused():
    built = built_world(two_technologies())
    with pytest.raises(InputError, match="found '2040', expected a milestone year of the scenario: 2030"):
        range_of(built, 2040)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"enabled": False}, "reactors.enabled: found 'false', expected true.*here they are off"),
        ({"designs": ["other"]}, "reactors.designs: found 'other', expected some small design.*none may be built"),
        ({}, "years: found '2030', expected a year in which.*by 2030 no design has a place in the table"),
    ],
)
def test_the_reason_why_no_small_reactor_may_stand_is_said(settings, words):
    built = built_world(two_technologies())
    reactors = built.scenario.reactors.model_copy(update=settings)
    case = replace(built.case, scenario=built.scenario.model_copy(update={"reactors": reactors}))
    none = replace(built, case=replace(case, reactors=case.reactors.iloc[:0]))
    with pytest.raises(InputError, match=words):
        small_reactor_columns(none, 2030)


@pytest.fixture(scope="module")
def tiny():
    """The tiny data set in few hours: everything at once, no figure known beforehand."""
    scenario = tiny_scenario(years=[2050], time={"periods": 1, "spell_days": 1, "step_hours": 6})
    built = build(scenario, TINY)
    return range_of(built, 2050, (0.4, 0.401, 1.5, 1.501), (0.03,))


def test_finite_difference_of_the_curve_is_its_dual(tiny):
    """A convex curve: the slope between two near points lies between the duals at both."""
    curve = asked(tiny, "target").set_index("target")
    discount = float(tiny.built.case.discount_weight[2050])
    for low, high in ((0.4, 0.401), (1.5, 1.501)):
        slope = (curve.at[high, "cost"] - curve.at[low, "cost"]) / (high - low) / discount / 1e6
        assert curve.at[low, "marginal"] - 0.5 <= slope <= curve.at[high, "marginal"] + 0.5
        assert curve.at[low, "marginal"] == pytest.approx(curve.at[high, "marginal"], abs=20)


def test_extremes_spend_the_budget_and_hold_the_curve_between_them(tiny):
    points = tiny.points.set_index("point")
    assert set(points["status"]) <= {"optimal", "known"}
    for question in ("least", "most"):
        assert points.at[f"{question} within 3%", "extra_cost"] == pytest.approx(0.03, abs=1e-5)
    assert points.at["least within 3%", "capacity"] < tiny.optimum < points.at["most within 3%", "capacity"]
    # forcing the extreme itself costs just the budget: two programs, one answer
    again = range_of(tiny.built, 2050, (points.at["most within 3%", "capacity"],), ())
    assert asked(again, "target")["extra_cost"].item() == pytest.approx(0.03, abs=1e-5)


def test_reactor_columns_are_those_of_small_reactors_in_the_year(tiny):
    columns = small_reactor_columns(tiny.built, 2050)
    names = {tiny.built.compiled.column_name(int(column)) for column in columns["column"]}
    assert names == {("capacity", (asset, 2050)) for asset in columns["asset"]}
    assert (tiny.built.case.reactors.loc[columns["technology"], "kind"] == "smr").all()


def test_page_says_few_days_names_regions_and_whose_limits_they_are(tiny):
    page = answer_of(tiny)
    assert "Not a whole year" in page.warnings[0]
    regional = page.chapters[1].table
    names = {"A": "Alpha", "B": "Beta", "C": "Gamma"}
    table = pd.read_csv(TINY / "regions.csv").set_index("region")["name"]
    assert set(regional.index) <= set(table) and set(names) == set(table.index)
    assert {name.removeprefix("GW_e in ") for name in page.table.columns if name.startswith("GW_e in ")} <= set(table)
    assert set(page.table["region"]) <= {"", *table.index}  # the files keep the codes beside them


def test_caps_of_provinces_are_told_as_estimates_and_add_up():
    """The shipped limits of 2050: seven provinces, 7.48 GW_e, as the table has them."""
    few = ["years=[2050]", "time.periods=1", "time.spell_days=1", "time.step_hours=6"]
    case = build_case(load_scenario("quick", few, []), None)
    small = set(case.reactors.index[case.reactors["kind"] == "smr"])
    members = case.tables["shared_potentials"]
    groups = set(members.loc[members["technology"].isin(small), "group"])
    table = pd.read_csv(TINY.parents[2] / "inputs" / "nl" / "reactor_shared_potential_limits.csv")
    total = table.loc[table["group"].isin(groups), "capacity_max"].sum() / 1e3
    built = Built(case.scenario, case, None, None, None)
    answer = SmrRange(built, 2050, 1.0, 1.0, total, pd.DataFrame(), pd.DataFrame())
    words = limits_words(answer)
    assert "estimated caps by province" in words and "no physics" in words
    assert f"together {total:.2f} GW_e in 2050" in words and "Zuid-Holland 1.4" in words
    assert "Build rates" not in words
    assert "hold the sum to 5 GW_e" in limits_words(replace(answer, highest=5.0))


def test_command_writes_curve_and_ranges(tmp_path, capsys, monkeypatch, found):
    monkeypatch.setattr(study, "smr_range", lambda *arguments, **options: found)
    assert main(["study", "smr-range", "quick", "-o", str(tmp_path), "--year", "2030", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["study"] == "smr-range"
    table = pd.read_csv(tmp_path / "smr_range.csv")
    assert len(table) == len(found.points)
    with xr.open_dataset(tmp_path / "smr_range.nc") as opened:
        assert opened.attrs["optimum"] == pytest.approx(found.optimum)
        assert opened["marginal"].attrs["units"] == "EUR/kW_e/year"
    page = (tmp_path / "smr_range.html").read_text(encoding="utf-8")
    assert "exactly 3.5 GW: infeasible" in page and "What is held equal" in page
