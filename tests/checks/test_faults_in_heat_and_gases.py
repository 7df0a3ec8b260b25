"""Faults planted in heat networks, the gas grid, captured CO2 and the account of emissions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.checks.planting import Faults, change, scaled, where
from tests.checks.worlds import failed, solved

FAULTS = Faults()
DETAILED: dict[str, Any] = {
    "years": [2030, 2050],
    "carbon__backstop_cost": 400.0,
    **{f"detail__{name}": True for name in ("heat_networks", "gas_network", "carbon_network", "process_emissions")},
}


def table_changed(case, name, column, by):
    """The case with one column of a table multiplied."""
    return replace(case, tables={**case.tables, name: scaled(case.tables[name], column, by)})


def test_the_detailed_world_is_sound_and_uses_every_part():
    """Otherwise a planted fault would be found for another reason, or not at all."""
    case, cube = solved(**DETAILED)
    assert failed(case, cube) == {}
    for name in ("carbon_stored", "carbon_flow", "heat_network_added", "heat_network_load", "carbon_pipe_expansion"):
        assert float(cube["results"][name].max()) > 1.0, name
    assert float(cube["results"]["gas_exchange"].min()) < -1.0
    account = cube["ledgers"]["carbon_account"].to_series().unstack("year")
    caught = account[account.index.str.startswith("captured")].sum()
    fates = account.loc[["stored for good", "used in products", "vented"]].sum()
    assert caught.to_numpy() == pytest.approx(fates.to_numpy(), abs=1e-6)
    emissions = cube["ledgers"]["emissions"].sum(["node", "technology"]).to_series()
    assert emissions.to_numpy() == pytest.approx(account.loc["net emission"].to_numpy(), abs=1e-6)


@FAULTS.fault(DETAILED, "balance of captured CO2", "emissions of a node", "CO2 cap", "cost item carbon_storage")
def carbon_stored_that_nobody_caught(case, cube):
    change(cube, "carbon_stored", -20.0, **where(cube, "carbon_stored", lambda values: values > 25.0, year=2050))


@FAULTS.fault(DETAILED, "balance of captured CO2", "cost item carbon_transport")
def carbon_that_vanishes_on_the_way(case, cube):
    change(cube, "carbon_flow", -10.0, **where(cube, "carbon_flow", lambda values: values > 15.0, year=2050))


@FAULTS.fault(DETAILED, "limits of CO2 pipes and sinks")
def sink_that_takes_less_than_is_stored(case, cube):
    return table_changed(case, "carbon_sinks", "limit", 1e-3)


@FAULTS.fault(DETAILED, "limits of CO2 pipes and sinks", "cost item carbon_transport")
def pipe_that_is_thinner_than_its_flow(case, cube):
    cube["results"]["carbon_pipe_expansion"][:] = 0.0


@FAULTS.fault(DETAILED, "balance of captured CO2", "captured CO2 below zero", "nothing below zero")
def carbon_that_is_vented_below_zero(case, cube):
    change(cube, "carbon_vented", -5.0, **where(cube, "carbon_vented", lambda values: values < 1.0))


@FAULTS.fault(DETAILED, "capture of process CO2", "emissions of a node")
def process_that_gives_less_than_is_caught(case, cube):
    return table_changed(case, "process_emissions", "value", 0.01)


@FAULTS.fault(DETAILED, "carrier balance", "gas fed is gas drawn")
def gas_that_nobody_fed_in(case, cube):
    change(cube, "gas_exchange", 50.0, **where(cube, "gas_exchange", lambda values: values > 10.0, year=2050))


@FAULTS.fault(DETAILED, "limit on gas fed in")
def connection_that_is_smaller_than_what_is_fed_in(case, cube):
    table = case.tables["gas_injection"]
    fed = where(cube, "gas_exchange", lambda values: values < -1.0, year=2030)
    row = table.iloc[[0]].assign(node=str(fed["node"]), value=0.0)
    return replace(case, tables={**case.tables, "gas_injection": row})


@FAULTS.fault(DETAILED, "delivery of heat networks")
def heat_that_the_network_does_not_deliver(case, cube):
    change(cube, "heat_network_load", -5.0, **where(cube, "heat_network_load", lambda values: values > 10.0))


@FAULTS.fault(DETAILED, "carrier balance")
def network_that_loses_more(case, cube):
    return table_changed(case, "heat_networks", "loss", 1.5)


@FAULTS.fault(DETAILED, "limit of heat networks")
def network_that_is_too_small(case, cube):
    return table_changed(case, "heat_networks", "capacity", 0.9)


@FAULTS.fault(DETAILED, "growth of heat networks", "cost item heat_network", "heat networks stay")
def network_that_grows_too_fast(case, cube):
    change(cube, "heat_network_added", 1000.0, node="S_C", carrier="heat_below_100", year=2030)


@FAULTS.fault(DETAILED, "carrier balance", "delivery of heat networks", "cost item unserved")
def cold_houses_that_nobody_counts(case, cube):
    change(cube, "heat_unconnected", 5.0, node="S_C", carrier="heat_below_100", year=2050, time=3)


@pytest.mark.parametrize("name", FAULTS.names)
def test_planted_fault_is_found_by_the_intended_checks(name):
    FAULTS.hold(name)
