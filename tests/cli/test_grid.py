"""`grid ptdf`: factors written, read again, and held against a load flow by angles."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.cli.main import main
from model.errors import InputError
from model.exchange.grid_factors import grid_factors, write_factors
from tests.grid.random_grids import load_flow, random_grid, with_outages
from tests.helpers import tiny_case


@pytest.fixture(scope="module")
def grid():
    """A case of three islands with shifters, its lines, and its factors as they are read back."""
    case = with_outages(random_grid(8, islands=3, shifters=True)).case(grid__n_minus_1="all")
    return case, case.corridors, grid_factors(case).sel(year=2030)


def test_ptdf_gives_the_flows_of_a_load_flow(grid):
    _, table, factors = grid
    given = pd.DataFrame(0.0, index=factors["node"].values, columns=range(3))
    draw = np.random.default_rng(1)
    for island in ("N", "P", "Q"):
        here = [node for node in given.index if node.startswith(island)]
        values = draw.normal(0, 100, (len(here), 3))
        given.loc[here] = values - values.mean(axis=0)  # an island gives as much as it takes
    still = table.assign(phase_shift=0.0)
    flow = load_flow(still, given)
    assert np.allclose(factors["ptdf"].values @ given.to_numpy(), flow.loc[factors["corridor"].values], atol=1e-8)
    # phase shifts come on top
    shift = table.loc[factors["shifter"].values, "phase_shift"].to_numpy()
    turned = load_flow(table, given) - flow
    assert np.allclose(factors["shift_factor"].values @ shift, turned.loc[factors["corridor"].values, 0], atol=1e-8)
    # an even slack: what all nodes of an island give together moves nothing
    assert np.allclose(factors["ptdf"].sum("node"), 0.0, atol=1e-9)


def test_lodf_gives_the_flows_without_a_line(grid):
    _, table, factors = grid
    given = pd.DataFrame({0: 0.0}, index=factors["node"].values)
    given.loc["N", 0], given.loc["N2", 0] = 100.0, -100.0
    flow = load_flow(table, given)[0]
    checked = 0
    for line in factors["outage"].values:
        column = factors["lodf"].sel(outage=line).to_series()
        if column.isna().any():
            continue
        after = load_flow(table.drop(line), given)[0]
        assert np.allclose((flow + column * flow[line]).drop(line), after.reindex(column.index).drop(line), atol=1e-7)
        assert column[line] == -1.0
        checked += 1
    assert checked > 10
    assert factors["outage_factor"].sizes["lost"] == 1
    assert (factors["lost_corridor"].sel(lost=1).values == table.index.to_numpy()).all()


def test_a_bridge_has_no_factor_and_the_slack_is_named():
    case = tiny_case(years=[2030])
    alone = case.corridors.index[case.corridors["kind"] == "ac"]
    factors = grid_factors(case, slack="B_transmission")
    assert set(factors["corridor"].values) == set(alone)
    assert (factors["ptdf"].sel(node="B_transmission") == 0).all()
    with pytest.raises(InputError, match="a node of the AC grid"):
        grid_factors(case, slack="B_regional")


def test_the_command_writes_what_was_asked(capsys, tmp_path):
    target = tmp_path / "factors.nc"
    settings = ["--set", "years=[2030]", "--set", "time.periods=1", "--set", "time.step_hours=6"]
    assert main(["grid", "ptdf", "quick", *settings, "--with", "n_minus_1", "-o", str(target), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "ok" and "outage_factor" in told["variables"]
    with xr.open_dataset(target) as factors:
        assert factors["ptdf"].attrs["units"] == "MW/MW"
        assert factors["ptdf"].sizes["node"] == 12
        assert float(abs(factors["lodf"]).max()) <= 1.0 + 1e-9
    assert main(["grid", "ptdf", "quick", "--set", "grid.kirchhoff=false", "-o", str(target)]) == 2
    assert main(["grid", "ptdf", "quick", "-o", str(tmp_path / "factors.csv")]) == 2
    assert "ends in .nc" in capsys.readouterr().err
    with pytest.raises(InputError):
        write_factors(xr.Dataset(), tmp_path / "factors.txt")
