"""The exported network, solved by PyPSA, costs what the model says: on the tiny data set and with parts removed."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from model.core.build import build_program
from model.engine.compiled import compile_program
from model.engine.presets import SolverSettings
from model.engine.solver import solve
from model.errors import InputError
from model.exchange.pypsa_export import cut_case, export_pypsa, solve_pypsa
from tests.helpers import tiny_case

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

HOURS = 72
START = 300
TOLERANCE = 1e-6


def full_case(hours=HOURS, start=START, **overrides):
    """The tiny data set in 2040, some hours of it, without new reactors."""
    settings = {"years": [2040], "time__mode": "full", "time__step_hours": 1, "reactors__enabled": False} | overrides
    return cut_case(tiny_case(**settings), hours, start)


def plain_case(**overrides):
    """What PyPSA's own components state: no battery (one inverter both ways), no losses, no ramps, no build rates."""
    exclude = ["battery_energy", "battery_inverter", *overrides.pop("technologies__exclude", [])]
    settings = {"investment__build_rates": False, "grid__hosting_factor": 0.4} | overrides
    case = full_case(technologies__exclude=exclude, **settings)
    corridors = case.corridors.assign(efficiency=1.0)
    # the tiny set has much grid and much room for CO2: both are made scarce here, so that they matter
    cap = None if case.carbon_cap is None else case.carbon_cap * 0.1
    corridors["capacity"] = corridors["capacity"] * 0.3
    years = case.corridor_years.assign(capacity=case.corridor_years["capacity"] * 0.3)
    free = case.asset_years.assign(ramp=np.nan)
    return replace(case, corridors=corridors, corridor_years=years, asset_years=free, carbon_cap=cap)


def own_objective(case):
    solution = solve(compile_program(build_program(case)), SolverSettings(preset="simplex"))
    assert solution.status == "optimal"
    return solution.objective


def peer_objective(case, **how):
    return solve_pypsa(export_pypsa(case, **how), solver="simplex")


@cache
def reference():
    return own_objective(plain_case())


def test_same_cost_by_pypsas_own_components():
    network = export_pypsa(plain_case())
    assert not network.meta["rows_between_capacities"]["rows"]
    assert not network.meta["rows_between_capacities"]["cyclic_ramps"]
    assert len(network.lines) == 3 and len(network.stores) > 0 and len(network.global_constraints) > 0
    assert solve_pypsa(network, solver="simplex") == pytest.approx(reference(), rel=TOLERANCE)


REMOVED = {
    "storage": {"technologies__exclude": ["cavern_energy"]},
    "kirchhoff": {"grid__kirchhoff": False},
    "expansion": {"grid__expansion": False},
    "carbon": {"carbon__cap": None},
    "hosting": {"grid__hosting": False},
    "trade": {"grid__interconnectors": False},
}


@pytest.mark.parametrize("part", REMOVED)
def test_each_part_bites_and_the_cost_stays_the_same(part):
    case = plain_case(**REMOVED[part])
    own = own_objective(case)
    assert abs(own / reference() - 1) > 10 * TOLERANCE, f"{part} does not matter in this case"
    assert peer_objective(case) == pytest.approx(own, rel=TOLERANCE)


def test_same_cost_with_rows_between_capacities():
    case = full_case(grid__net_import_max=0.1, carbon__price=True)
    network = export_pypsa(case, rows_between_capacities=True)
    names = {row["name"] for row in network.meta["rows_between_capacities"]["rows"]}
    assert any(name.startswith("one power for charge and discharge") for name in names)
    assert any(name.startswith("duration") for name in names)
    assert network.meta["rows_between_capacities"]["cyclic_ramps"]
    assert solve_pypsa(network, solver="simplex") == pytest.approx(own_objective(case), rel=TOLERANCE)


def test_strict_export_names_every_row_that_needs_more():
    with pytest.raises(InputError) as caught:
        export_pypsa(full_case())
    text = str(caught.value)
    for part in (
        "one power for charge and discharge battery@A_regional",
        "duration battery",
        "gas_ccgt@B_transmission",
    ):
        assert part in text


def test_what_cannot_be_stated_is_refused_by_name():
    case = tiny_case(
        years=[2030, 2040], sites__tariffs="cost", reactors__target={2040: 100}, investment__early_retirement=True
    )
    with pytest.raises(InputError) as caught:
        export_pypsa(case, rows_between_capacities=True)
    columns = {problem.column for problem in caught.value.problems}
    expected = {"years", "time.mode", "sites.tariffs", "reactors.target", "investment.early_retirement", "reactors"}
    assert expected <= columns
    assert any("extraction region" in problem.expected for problem in caught.value.problems)


def test_a_row_family_that_the_export_does_not_know_is_refused(monkeypatch):
    from model.exchange import pypsa_refusals

    monkeypatch.setattr(pypsa_refusals, "KNOWN_ROWS", pypsa_refusals.KNOWN_ROWS - {"kirchhoff_voltage_law"})
    with pytest.raises(InputError, match=r"kirchhoff_voltage_law.*model/grid/kirchhoff.py"):
        export_pypsa(plain_case())


def test_cut_case_keeps_the_year():
    whole = tiny_case(years=[2040], time__mode="full", time__step_hours=1)
    cut = cut_case(whole, 48, 1000)
    assert cut.time.count == 48 and cut.demand_series.shape[1] == 48
    assert cut.time.weight.sum() == pytest.approx(whole.time.weight.sum())
    assert cut.time.previous[0] == 47 and list(cut.time.previous[1:3]) == [0, 1]
    assert (cut.demand_series == whole.demand_series[:, 1000:1048]).all()
    assert cut.demand["annual"].to_numpy() == pytest.approx(cut.demand_series @ cut.time.weight)
    with pytest.raises(InputError):
        cut_case(whole, 48, 8750)
    with pytest.raises(InputError):
        cut_case(tiny_case(), 24)


@pytest.mark.slow
def test_same_cost_of_two_weeks_of_the_dutch_case():
    sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
    from benchmark_builders.measure import measure

    own, peer = measure("model", 336, True), measure("pypsa", 336, True)
    assert peer.objective == pytest.approx(own.objective, rel=TOLERANCE)
