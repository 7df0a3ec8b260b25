"""The cube: labels, units, signs, round trip, atomic writing, many runs side by side."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from model.cube import open_results, open_run, write_cube
from model.errors import InputError
from tests.cube.toy import DISCOUNT, FUEL_PRICE, GAS_EFFICIENCY, YEARS, Toy, make_toy, toy_cube

ROOT = Path(__file__).parents[2]


@pytest.fixture
def toy() -> Toy:
    return make_toy()


@pytest.fixture
def cube(toy: Toy) -> xr.DataTree:
    return toy_cube(toy)


def test_groups_and_every_variable_has_unit_sentence_and_home(cube):
    assert list(cube.children) == ["inputs", "results", "duals", "ledgers", "costs", "run"]
    for group in cube.children.values():
        for name, array in group.data_vars.items():
            assert array.attrs.get("units"), f"{group.name}/{name} has no unit"
            assert array.attrs.get("long_name"), f"{group.name}/{name} has no sentence"
            assert array.attrs.get("declared_in"), f"{group.name}/{name} has no home"


def test_values_stand_at_their_labels_and_absent_cells_are_nan(toy, cube):
    results = cube["results"]
    assets = [a for a, y in next(s.members for s in toy.program.sets if s.name == "asset_year") if y == 2040]
    for asset in assets:
        row = next(s.members for s in toy.program.sets if s.name == "asset_year").index((asset, 2040))
        here = results["activity"].sel(asset=asset, year=2040)
        np.testing.assert_array_equal(here, toy.solution.values["activity"][row])
    assert results["unserved"].sel(carrier="natural_gas").isnull().all()


def test_price_is_the_dual_over_hour_weight_and_discount_weight(toy, cube):
    price = cube["duals"]["carrier_balance"].sel(node="GR_transmission", carrier="electricity", year=2030)
    gas = cube["results"]["activity"].sel(asset="gas@GR_transmission", year=2030)
    assert price.attrs["units"] == "EUR/MWh"
    running = (gas > 1).values
    np.testing.assert_allclose(price.values[running], FUEL_PRICE / GAS_EFFICIENCY)


def test_limit_duals_are_positive_and_say_so(cube):
    limit = cube["duals"]["activity_limit"]
    assert float(limit.min()) == 0.0
    assert float(limit.max()) == pytest.approx(5.0)
    assert "relaxing" in limit.attrs["sign"]
    assert limit.attrs["dual_of"] == "activity_limit"
    cap = cube["duals"]["carbon_cap"]
    assert cap.attrs["units"] == "EUR/t"
    np.testing.assert_allclose(cap, 100.0)


def test_bounds_that_are_limits_have_a_price_and_nature_s_zero_has_none(cube):
    assert float(cube["duals"]["flow_bound"].max()) == pytest.approx(12.0)
    assert "activity_bound" not in cube["duals"]
    at_limit = np.abs(cube["results"]["flow"]) >= 500
    assert bool(((cube["duals"]["flow_bound"] > 0) == at_limit).all())


def test_time_has_utc_and_local_clock(cube):
    time = cube["results"].coords
    assert str(time["utc_time"].values[0]) == "2012-01-15T00:00:00"
    assert str(time["local_time"].values[0]) == "2012-01-15T01:00:00"
    assert float(time["weight"].sum()) == pytest.approx(8760)


def test_costs_by_item_and_place(toy, cube):
    cost = cube["costs"]["cost"]
    assert float(cost.sum()) == pytest.approx(toy.solution.objective, rel=1e-12)
    wind = cost.sel(year=2030, node="GR_transmission", technology="wind", cost_item="investment")
    assert float(wind) == pytest.approx(9.0 * 100_000 * 900)
    annual = cube["costs"]["annual_cost"].sel(year=2030, node="GR_transmission", technology="wind")
    assert float(annual.sel(cost_item="investment")) == pytest.approx(100_000 * 900)


def test_terms_of_a_balance_add_up_to_nothing(cube):
    ledgers = cube["ledgers"]
    keys = np.array(
        [
            f"{n}/{c}/{y}"
            for n, c, y in zip(
                ledgers["term_node"].values, ledgers["term_carrier"].values, ledgers["term_year"].values, strict=True
            )
        ]
    )
    supply = ledgers["supply"].values
    for key in set(keys):
        np.testing.assert_allclose(supply[keys == key].sum(axis=0), 0.0, atol=1e-3)
    assert set(ledgers["term_family"].values) >= {"demand", "activity_given", "corridor_flow_taken"}


def test_emissions_follow_from_fuel(cube):
    burnt = cube["ledgers"]["annual_energy"].sel(carrier="natural_gas")
    emitted = cube["ledgers"]["emissions"]
    assert float(burnt.sum()) < 0
    assert float(emitted.sum()) == pytest.approx(-0.2 * float(burnt.sum()))
    assert emitted.attrs["units"] == "Mt/year"


def test_corridor_value_is_the_hourly_price_over_the_year(cube):
    hours = cube["ledgers"]["corridor_congested_hours"].sel(corridor="GR-FR", year=2030)
    value = cube["ledgers"]["corridor_value"].sel(corridor="GR-FR", year=2030)
    assert float(hours) > 0
    assert float(value) == pytest.approx(12.0 * float(hours))


def test_round_trip(cube, tmp_path):
    file = write_cube(cube, tmp_path / "new" / "toy.nc")
    again = open_run(file)
    for name, group in cube.children.items():
        read = again.children[name].to_dataset(inherit=False)
        xr.testing.assert_allclose(group.to_dataset(inherit=False), read, rtol=1e-15)
        assert read.attrs.keys() == group.attrs.keys()
        for variable in group.data_vars:
            assert read[variable].attrs == group[variable].attrs
    assert [entry.name for entry in file.parent.iterdir()] == ["toy.nc"]


def test_same_cube_same_bytes(cube, tmp_path):
    first, second = (write_cube(cube, tmp_path / name) for name in ("a.nc", "b.nc"))
    assert first.read_bytes() == second.read_bytes()


def test_large_sparse_results_are_laid_out_on_reading_and_equal(toy, cube, tmp_path, monkeypatch):
    monkeypatch.setattr("model.cube.layout.LARGE_CELLS", 0)
    monkeypatch.setattr("model.cube.layout.MOSTLY_EMPTY", 2.0)
    monkeypatch.setattr("model.cube.write.LARGE_CELLS", 0)
    lazy = toy_cube(toy)
    for group in ("results", "duals"):
        for name, array in cube[group].data_vars.items():
            np.testing.assert_array_equal(lazy[group][name].values, array.values)
            np.testing.assert_array_equal(lazy[group][name].transpose().values, array.transpose().values)
    unserved, known = lazy["results"]["unserved"], cube["results"]["unserved"]
    cell = {"node": "FR_transmission", "carrier": "electricity", "year": 2040}
    np.testing.assert_array_equal(unserved.sel(cell), known.sel(cell))
    np.testing.assert_array_equal(
        unserved.isel(node=[1, 0], time=slice(3, 9, 2)), known.isel(node=[1, 0], time=slice(3, 9, 2))
    )
    again = open_run(write_cube(lazy, tmp_path / "lazy.nc"))
    np.testing.assert_array_equal(again["results"]["unserved"].values, known.values)


def test_failed_write_leaves_the_old_file_and_no_other(cube, tmp_path, monkeypatch):
    file = tmp_path / "toy.nc"
    file.write_text("old")
    monkeypatch.setattr("model.cube.write.encodings", lambda dataset: 1 / 0 if "cost" in dataset else {})
    with pytest.raises(ZeroDivisionError):
        write_cube(cube, file)
    assert file.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["toy.nc"]


def test_many_runs_lie_side_by_side(toy, cube, tmp_path):
    write_cube(cube, tmp_path / "one" / "toy.nc")
    other = make_toy(days=2)
    object.__setattr__(other.case.scenario, "name", "other")
    write_cube(toy_cube(other), tmp_path / "two" / "toy.nc")
    both = open_results(str(tmp_path / "*" / "*.nc"))
    assert list(both["costs"]["scenario"].values) == ["toy", "other"]
    total = both["costs"]["cost"].sum(["year", "node", "technology", "cost_item"])
    np.testing.assert_allclose(total, [toy.solution.objective, other.solution.objective])
    assert both["results"]["activity"].sizes["time"] == 48
    assert both["results"]["activity"].chunks is not None
    assert float(both["run"]["objective"].sel(scenario="toy")) == pytest.approx(toy.solution.objective)


@pytest.mark.parametrize("opener", [open_run, open_results])
def test_missing_result_is_an_input_error(opener, tmp_path):
    with pytest.raises(InputError, match="result file"):
        opener(tmp_path / "nothing.nc")


def test_undeclared_quantity_is_refused(toy):
    del toy.registry.meta["activity"]
    with pytest.raises(LookupError, match="activity"):
        toy_cube(toy)


def test_years_and_weights_are_kept(cube):
    assert list(cube["results"]["year"].values) == YEARS
    assert cube["run"].attrs["discount_weight"] == '{"2030": 9.0, "2040": 7.5}'
    assert list(DISCOUNT) == YEARS


MANY_HANDLES = """
import gc, sys
from model.cube import open_results, open_run

kept = open_run(sys.argv[1])
for _ in range(5):
    with open_run(sys.argv[1]) as again:
        float(again["costs"]["cost"].sum())
    float(open_results(sys.argv[1])["costs"]["cost"].sum())
    gc.collect()
print(float(kept["costs"]["cost"].sum()))
"""


def test_a_run_that_is_kept_open_can_be_opened_and_closed_again(cube, tmp_path):
    """In a process of its own: with two handles on one file the NetCDF library crashed at the next one."""
    path = write_cube(cube, tmp_path / "run.nc")
    done = subprocess.run(
        [sys.executable, "-c", MANY_HANDLES, str(path)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == pytest.approx(float(cube["costs"]["cost"].sum()))


def test_a_run_written_anew_under_the_same_name_is_read_anew(cube, tmp_path):
    path = write_cube(cube, tmp_path / "run.nc")
    first = open_run(path)
    other = cube.copy(deep=True)
    other["costs"]["cost"] = other["costs"]["cost"] * 2.0
    write_cube(other, path)
    assert float(open_run(path)["costs"]["cost"].sum()) == pytest.approx(2.0 * float(first["costs"]["cost"].sum()))
