"""What limits are worth, by hand and by one more MW; where one reactor relieves and where it makes things worse."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.cli import main
from model.cube import assemble
from model.engine import solve
from model.errors import InputError
from model.report.grid_limits import limit_table, place_names, shown_limits
from model.studies import grid_value as study
from model.studies.framework.variants import positions_of, with_bounds
from model.studies.grid_value import refuse_setting, value_of
from model.studies.grid_value_answer import answer_of
from model.studies.plan import scenario_or_run, solved_plan
from tests.closed_form.answer import near
from tests.closed_form.world import EXACT, World
from tests.helpers import tiny_scenario
from tests.studies.worlds import built_world, random_network

HOURS = 8760.0


def every_limit() -> World:
    """All five limits bind, each between two prices.

    Sun behind 30 MW of feed-in beside plants at 10; a cable of 25 MW to B, where gas costs 60 and a neighbour sells
    10 MW at 5; 60 MW of off-take to the regional grid of B, where gas costs 90; a site that may take 20 MW there, its
    own engine at 200.
    """
    world = World().bus("B").regional("R", "N").regional("Q", "B").site("S", "Q", contract_import=20.0)
    world.technology("sun", "R", existing=40).technology("cheap", existing=1e3, variable_om=10).demand(10)
    world.corridor("cable", "N", "B", 25, "dc").neighbour("X", 5, imports=10, exports=0, at="B")
    world.technology("gas", "B", existing=1e3, variable_om=60).technology("peak", "Q", existing=200, variable_om=90)
    world.technology("engine", "S", existing=100, variable_om=200).demand(100, at="Q").demand(50, at="S")
    return world.hosting(30, 500, "N").hosting(500, 60, "B")


WORTH = {
    ("corridor", "cable", ""): 60 - 10,
    ("hosting", "N", "feed_in"): 10,
    ("hosting", "B", "offtake"): 90 - 60,
    ("interconnector", "X", "import"): 60 - 5,
    ("connection", "S", "offtake"): 200 - 90,
}
"""EUR/MWh."""
COLUMNS = {"corridor": "flow", "hosting": "hosting_exchange", "interconnector": "neighbour_import",
           "connection": "site_exchange"}  # fmt: skip


@pytest.fixture(scope="module")
def limited():
    built = built_world(every_limit())
    solution = solve(built.compiled, EXACT)
    return built, solution, assemble(built.case, built.program, built.registry, solution, {})


def test_every_limit_has_its_loading_hours_price_and_value(limited):
    table = limit_table(limited[2], 2030).set_index(["kind", "place", "direction"])
    for key, price in WORTH.items():
        row = table.loc[key]
        assert row["value"] == near(HOURS * price), key
        assert [row["price_mean"], row["price_peak"]] == near([price, price])
        assert [row["loading_mean"], row["loading_peak"], row["congested_hours"]] == near([1, 1, HOURS])
    idle = table.loc[("hosting", "N", "offtake")]
    assert [idle["value"], idle["congested_hours"], idle["price_peak"]] == near([0, 0, 0])
    assert np.isnan(idle["price_mean"])  # never congested
    assert table.loc[("connection", "S", "feed_in"), "limit"] == near(1e4)
    assert limit_table(limited[2], 2040).empty


@pytest.mark.parametrize("key", WORTH)
def test_the_value_is_what_one_more_megawatt_saves(limited, key):
    """Re-solve with one more MW of the limit itself."""
    built, before, _ = limited
    kind, place, direction = key
    column = next(
        column
        for column in positions_of(built.compiled, COLUMNS[kind])
        if built.compiled.column_name(int(column))[1][0] == place
    )
    lower, upper = built.compiled.column_lower[column], built.compiled.column_upper[column]
    wider = (lower - 1, upper) if (kind, direction) == ("hosting", "offtake") else (lower, upper + 1)
    after = solve(with_bounds(built.compiled, np.array([column]), *wider), EXACT)
    assert before.objective - after.objective == near(HOURS * WORTH[key])


def test_the_value_of_a_meshed_line_is_what_a_little_more_of_it_saves():
    """Four nodes in a ring under Kirchhoff's law, a cable, plants, a store and a neighbour, drawn."""
    built = built_world(random_network(1), grid__loop_flow_factor=1.0)
    before = solve(built.compiled, EXACT)
    cube = assemble(built.case, built.program, built.registry, before, {})
    value = limit_table(cube).set_index(["kind", "place"])["value"]["corridor"]
    assert (value > 1).sum() >= 2
    columns = positions_of(built.compiled, "flow").reshape(len(value), -1)
    for row in columns:
        name = str(built.compiled.column_name(int(row[0]))[1][0])
        wider = with_bounds(
            built.compiled, row, built.compiled.column_lower[row] - 1e-3, built.compiled.column_upper[row] + 1e-3
        )
        saved = (before.objective - solve(wider, EXACT).objective) / 1e-3
        assert saved == pytest.approx(value[name], rel=1e-3, abs=5), name


def test_limits_are_shown_by_name_with_units(limited):
    shown = shown_limits(limit_table(limited[2]), place_names(limited[2]))
    assert set(shown["kind"]) == {"corridor", "hosting", "interconnector", "site connection"}
    assert {"off-take", "feed-in", "import", "export", ""} == set(shown["direction"])
    assert shown["one more MW, EUR/MW/year"].is_monotonic_decreasing


def test_a_rating_by_weather_counts_in_loading_and_value():
    """30 MW in an hour of rating 1 and 15 in one of 0.5; the plant behind costs 40 more: 4,380 h x 40 x (1 + 0.5)."""
    world = World(2).bus("B").technology("cheap", existing=1e3, variable_om=10).demand(100, at="B")
    world.technology("dear", "B", existing=1e3, variable_om=50).corridor("line", "N", "B", 30, "dc")
    built = built_world(world)
    columns = positions_of(built.compiled, "flow")
    rated = with_bounds(built.compiled, columns, -np.array([30.0, 15.0]), np.array([30.0, 15.0]))
    parameters = [
        replace(one, values=np.array([[1.0, 0.5]])) if one.name == "corridor_rating" else one
        for one in built.program.parameters
    ]
    program = replace(built.program, parameters=parameters)
    cube = assemble(built.case, program, built.registry, solve(rated, EXACT), {})
    line = limit_table(cube).set_index("place").loc["line"]
    assert line["value"] == near(4380 * 40 * 1.5) and line["loading_mean"] == near(1)
    assert line["congested_hours"] == near(HOURS)


def test_named_substations_have_their_worth():
    """30 MW of load behind 20 MW of off-take, 10 of them unserved at 3,000; the sun beside feeds in what it may."""
    world = World().regional().bus("U", "substation", "R").bus("V", "substation", "R").hosting(1e4, 1e4)
    world.technology("gas", existing=100, variable_om=50).technology("sun", "V", existing=30).demand(30, at="U")
    for node, way, capacity in (("U", "offtake", 20.0), ("U", "feed_in", 20.0), ("V", "offtake", 20.0)):
        world.add("substation_hosting", node=node, direction=way, capacity=capacity)
    built = built_world(world.add("substation_hosting", node="V", direction="feed_in", capacity=15.0))
    cube = assemble(built.case, built.program, built.registry, solve(built.compiled, EXACT), {})
    table = limit_table(cube).set_index(["kind", "place", "direction"])["value"]
    assert table["substation", "U", "offtake"] == near(HOURS * (3000 - 50))
    assert table["substation", "V", "feed_in"] == near(HOURS * 50)


def two_ends() -> World:
    """Demand of 300 MW at B, 100 MW of cable; reactors may stand at both ends and pay at neither (600,000 EUR/MW)."""
    world = World().bus("B").technology("cheap", existing=1e4, variable_om=10).demand(300, at="B")
    world.technology("dear", "B", existing=1e4, variable_om=50).corridor("line", "N", "B", 100, "dc")
    world.reactor("small", "N", efficiency=0.5, fixed_om=600.0, potential=10.0)
    world._stand("small", "B", 0.0, 10.0, float("nan"))
    return world


@pytest.fixture(scope="module")
def found():
    return value_of(solved_plan(built_world(two_ends()), "with small reactors"), power=250.0)


def test_one_reactor_saves_what_the_place_says_and_less_once_the_limit_is_gone(found):
    """250 MW at B put out 200 MW at 50 and 50 at 10; at N 100 MW at 10.  5 MW may stand: no cap for what is tried."""
    nodes, own = found.nodes, 250 * 600e3
    assert nodes["price"].to_dict() == near({"N": 10.0, "B": 50.0})
    assert nodes.loc["B", "marginal"] == near(250 * HOURS * 50 - own)
    assert nodes.loc["B", "saving"] == near(HOURS * (200 * 50 + 50 * 10) - own)
    assert nodes.loc["N", "marginal"] == near(250 * HOURS * 10 - own)
    assert nodes.loc["N", "saving"] == near(HOURS * 100 * 10 - own)
    assert (nodes["saving"] <= nodes["marginal"] + 1).all()  # cost is convex
    assert nodes["location_value"].to_dict() == near({"N": -250 * HOURS * 40, "B": 0.0})


def test_where_it_relieves_and_where_it_worsens(found):
    """At B the cable is free afterwards, 100 MW x 40 x 8,760 h of rent less; at N its power is worth nothing there."""
    rent = 100 * 40 * HOURS
    assert found.nodes.loc["B", "rent"] == near(-rent) and found.nodes.loc["B", "hours"] == near(-HOURS)
    assert found.nodes.loc["B", "relieved"] == "line" and found.nodes.loc["B", "verdict"] == "relieves"
    assert found.nodes.loc["N", "rent"] == near(100 * 10 * HOURS)  # 50 - 0 instead of 50 - 10
    assert found.nodes.loc["N", "worsened"] == "line" and found.nodes.loc["N", "verdict"] == "worsens"


@pytest.mark.slow
def test_capacities_of_a_run_stand_and_the_reactor_comes_on_top(found):
    plan = replace(found.plan, solution=None, cube=None)
    held = value_of(plan, None, 100.0, ["B"])
    assert held.nodes.loc["B", "saving"] == near(100 * (HOURS * 50 - 600e3))
    assert held.nodes.loc["N", "status"] == "not asked" and np.isnan(held.nodes.loc["N", "saving"])


def test_what_cannot_be_asked_is_refused(found):
    with pytest.raises(InputError, match="--nodes: found 'X', expected nodes.*in 2030: B, N"):
        value_of(found.plan, nodes=["X"])
    with pytest.raises(InputError, match="reactors.enabled: found 'false'"):
        refuse_setting(tiny_scenario(reactors__enabled=False))
    with pytest.raises(InputError, match="--power"):
        study.grid_value(tiny_scenario(), power=-1.0)
    with pytest.raises(InputError, match="2 problems.*") as caught:
        scenario_or_run("some.nc", ["time.periods=3"], [], "other.nc")
    assert "--capacities" in str(caught.value) and "time.periods=3" in str(caught.value)


def test_command_writes_limits_nodes_and_a_page(tmp_path, capsys, monkeypatch, found):
    both = replace(found, without=found.limits.assign(value=0.0), findings={"x": ("off",)})
    monkeypatch.setattr(study, "grid_value", lambda *arguments, **options: both)
    assert main(["study", "grid-value", "quick", "-o", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["study"] == "grid-value"
    with xr.open_dataset(tmp_path / "grid_value.nc") as opened:
        assert opened["value"].attrs["units"] == "EUR/MW/year" and opened.sizes["plan"] == 2
        assert float(opened["saving"].sel(node="B")) == near(found.nodes.loc["B", "saving"])
    table = pd.read_csv(tmp_path / "grid_value.csv")
    assert set(table["row"]) == {"limit", "node"}
    page = (tmp_path / "grid_value.html").read_text(encoding="utf-8")
    assert "What is held equal" in page and "Relieves: B." in page
    assert "Every limit without small reactors" in answer_of(both).chapters[-1].title


@pytest.mark.slow
def test_the_dutch_grid_in_few_hours(tmp_path):
    """2050 in two days of six hours, one reactor tried at two places; then the same on the capacities of the run."""
    few = ["years=[2050]", "time.periods=1", "time.spell_days=1", "time.step_hours=6"]
    settings = [word for setting in few for word in ("--set", setting)]
    assert main(["run", "quick", "-o", str(tmp_path), "-q", *settings]) == 0
    (run,) = tmp_path.glob("*.nc")
    places = ["--nodes", "ZE_transmission", "RM_ZH", "-q"]
    assert main(["study", "grid-value", "quick", "-o", str(tmp_path / "free"), *settings, *places]) == 0
    none = [*settings, "--set", "reactors.designs=[cls_large]"]
    assert main(["run", "quick", "-o", str(tmp_path / "none"), "-q", *none]) == 0
    (without,) = (tmp_path / "none").glob("*.nc")
    held = [str(run), "--without", str(without), "-o", str(tmp_path / "held")]
    assert main(["study", "grid-value", *held, *places]) == 0
    for folder in ("free", "held"):
        with xr.open_dataset(tmp_path / folder / "grid_value.nc") as opened:
            tried = opened.sel(node=["ZE_transmission", "RM_ZH"])
            assert (tried["status"] == "optimal").all() and opened.sizes["plan"] == 2
            assert (tried["saving"] <= tried["marginal"] + 1e-3 * abs(tried["marginal"]) + 1e4).all()
    assert "Zeeland" in (tmp_path / "free" / "grid_value.html").read_text(encoding="utf-8")
