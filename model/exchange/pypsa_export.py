"""A case as a PyPSA network: the same linear program in the components of another model.

What PyPSA's own components can state of a case with one milestone year and every hour is stated; the rest is refused
by name.

- Buses are pairs of node and carrier.  A technology is a Generator or a Link whose power is that of its reference flow;
  its other flows are further buses with (hourly) efficiencies.  A priced fuel is a bus with a Generator at its price.
- A store is a Store with a charging and a discharging Link.
- AC corridors are Lines: Kirchhoff's voltage law, security as `s_max_pu`, expansion at constant reactance.  DC cables
  and pipes are Links for both ways; hosting limits and the contracts of sites are Links.
- An interconnector is two Generators at the neighbour's price, one that gives and one that takes.
- CO2 is a carrier at one bus into which Links release it.  A Generator that takes it away (sign -1) emits one tonne a
  tonne and stands under a global constraint of type `primary_energy`: the cap.  The backstop is a second one that emits
  nothing and costs its price.
- Costs are those of one year, undiscounted; `comparable_objective` puts PyPSA's objective on the scale of the model's.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.errors import InputError, Problem
from model.exchange import pypsa_assets as assets
from model.exchange import pypsa_grid as grid
from model.exchange.pypsa_cut import cut_case
from model.exchange.pypsa_given import add_given
from model.exchange.pypsa_refusals import refuse
from model.exchange.pypsa_rows import extra_rows, note_rows, state_rows
from model.exchange.pypsa_sizes import Export, number, shared_limits

if TYPE_CHECKING:
    import pypsa

    from model.data.case import Case

__all__ = ["comparable_objective", "cut_case", "export_pypsa", "extra_rows", "solve_pypsa"]

COST_OF_STANDING = "yearly_cost_of_what_stands"
DISCOUNT = "discount_weight"


def export_pypsa(case: Case, rows_between_capacities: bool = False) -> pypsa.Network:
    """State a case as a PyPSA network.

    Args:
        case: one milestone year, time mode `full` (`cut_case` shortens it).
        rows_between_capacities: also take what needs a row between capacities or across the year's end, which
            PyPSA's components lack: a charger that also discharges, hours of storage, potentials with factors, two ways
            of a lossy corridor, cyclic ramps.  The network's metadata holds these rows, and `extra_rows` adds them to
            its optimisation.

    Returns:
        The network, costs in EUR a year, power in MW, CO2 in t/h; `solve_pypsa` solves it.

    Raises:
        InputError: everything in the case that cannot be stated, by name.
    """
    import pandas as pd
    import pypsa

    refuse(case)
    network = pypsa.Network()
    network.set_snapshots(pd.DatetimeIndex(case.time.utc))
    network.snapshot_weightings["objective"] = case.time.weight
    energy = case.given.energy_weight
    network.snapshot_weightings["generators"] = energy if len(energy) else case.time.weight
    network.snapshot_weightings["stores"] = case.time.length
    export = Export.of(case, network)
    _add_buses(export)
    assets.add_fuels(export)
    _add_carbon(export)
    assets.add_conversion(export)
    assets.add_stores(export)
    grid.add_corridors(export)
    grid.add_hosting(export)
    grid.add_sites(export)
    grid.add_neighbours(export)
    problems = add_given(export)
    if problems:
        raise InputError(problems)
    export.rows += shared_limits(export)
    export.flush()
    _finish(export, rows_between_capacities)
    return network


def write_network(network: pypsa.Network, target: Path) -> Path:
    """Write a network: as NetCDF where the name ends in .nc, else as a folder of CSV files.

    Args:
        network: the network.
        target: the file or folder.

    Returns:
        Where it was written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".nc":
        network.export_to_netcdf(str(target))
    else:
        network.export_to_csv_folder(str(target))
    return target


def _add_buses(export: Export) -> None:
    """Add buses with demand, what may stay unserved or be spilled, and the way down to cooler grades of heat."""
    case = export.case
    electricity = grid.electricity(export)
    for node, carrier, _ in export.sets["node_carrier_year"]:
        place = case.nodes.loc[node]
        export.add(
            "Bus", export.bus(node, carrier), carrier="AC" if carrier == electricity else carrier,
            v_nom=grid.REFERENCE_VOLTAGE, x=place["longitude"], y=place["latitude"],
        )  # fmt: skip
    demand = dict(zip(case.demand.index, np.asarray(case.demand_series, dtype=float), strict=True))
    for node, carrier, year in export.sets["demand_node"]:
        bus, series = export.bus(node, carrier), demand[node, carrier, year]
        export.add("Load", f"{bus} demand", bus=bus, carrier=carrier, p_set=series)
        highest = float(series.max())
        export.add(
            "Generator", f"{bus} unserved", bus=bus, carrier="unserved", p_nom=highest,
            p_max_pu=series / highest if highest > 0 else np.zeros_like(series),
            marginal_cost=number(case.carriers, carrier, "value_of_lost_load"),
        )  # fmt: skip
    for node, carrier, _ in export.sets["spill_node"]:
        priced = case.carriers.at[carrier, "spill"] == "priced"
        bus = export.bus(node, carrier)
        export.add(
            "Generator", f"{bus} spill", bus=bus, carrier="spill", sign=-1.0, p_nom=np.inf,
            marginal_cost=number(case.carriers, carrier, "spill_cost") if priced else 0.0,
        )  # fmt: skip
    for node, hot, cool, _ in export.sets["heat_step"]:
        export.add(
            "Link", f"{node} {hot} to {cool}", bus0=export.bus(node, hot), bus1=export.bus(node, cool),
            carrier="heat cascade", p_nom=np.inf,
        )  # fmt: skip


def _add_carbon(export: Export) -> None:
    """Add the bus that takes CO2, the release under the cap, and the backstop."""
    case = export.case
    if case.carbon_cap is None:
        return
    rates = [assets.emission_rate(export, asset) for asset in assets.running_assets(export)]
    if not any(rates):
        return
    bus = assets.CARBON_BUS
    export.add("Bus", bus, carrier="co2", unit="t/h")
    export.add("Carrier", "co2 released", co2_emissions=1.0)
    export.add("Generator", "co2 released", bus=bus, carrier="co2 released", sign=-1.0, p_nom=np.inf)
    export.add(
        "Generator", "co2 backstop", bus=bus, carrier="co2 backstop", sign=-1.0, p_nom=np.inf,
        marginal_cost=float(case.scenario.carbon.backstop_cost),
    )  # fmt: skip
    export.add(
        "GlobalConstraint", "carbon cap", type="primary_energy", carrier_attribute="co2_emissions", sense="<=",
        constant=float(case.carbon_cap[export.year]),
    )  # fmt: skip


def _finish(export: Export, rows_between_capacities: bool) -> None:
    """State the rows between capacities, name all carriers, and note what the comparison of objectives needs."""
    network, case = export.network, export.case
    others = state_rows(export)
    if (others or export.cyclic_ramps) and not rows_between_capacities:
        where = f"scenario {case.scenario.name}"
        expected = "nothing that needs a row of its own in PyPSA, or rows_between_capacities=True (export to PyPSA)"
        ramps = [asset for members in export.cyclic_ramps.values() for asset in members]
        raise InputError(
            [Problem(where, "", "row", row.name, expected) for row in others]
            + [Problem(where, "", "ramp across the year's end", asset, expected) for asset in ramps]
        )
    note_rows(export, others)
    efficiencies = [column for column in network.links.columns if re.fullmatch(r"efficiency\d+", column)]
    network.links[efficiencies] = network.links[efficiencies].fillna(1.0)
    used = set(network.buses["carrier"])
    for component in ("Generator", "Link", "Line", "Transformer", "Store", "StorageUnit", "Load"):
        table = network.components[component].static
        used |= set(table["carrier"]) if "carrier" in table else set()
    for carrier in sorted(used - set(network.carriers.index) - {""}):
        network.add("Carrier", carrier)
    network.meta[COST_OF_STANDING] = export.constant
    network.meta[DISCOUNT] = float(case.discount_weight[export.year])
    network.meta["name"] = case.scenario.name


def solve_pypsa(network: pypsa.Network, **solver_options: Any) -> float:
    """Solve an exported network with HiGHS.

    Args:
        network: from `export_pypsa`.
        solver_options: options of HiGHS.

    Returns:
        The objective on the scale of the model's, see `comparable_objective`.

    Raises:
        RuntimeError: PyPSA found no optimum.
    """
    status, condition = network.optimize(
        solver_name="highs",
        solver_options={"output_flag": False, **solver_options},
        extra_functionality=extra_rows,
        include_objective_constant=False,
    )
    if status != "ok":
        raise RuntimeError(f"PyPSA ended {status}: {condition}")
    return comparable_objective(network)


def comparable_objective(network: pypsa.Network, objective: float | None = None) -> float:
    """Objective of a solved network as the model counts it, EUR discounted.

    PyPSA's is the cost of one year.  Without its constant it holds the whole extendable capacity at the cost of new
    capacity, so what stands is taken out at that cost and put in at its own; the sum times the discounted years is the
    model's objective.

    Args:
        network: from `export_pypsa`.
        objective: PyPSA's objective without its constant, EUR/year; by default the network's own.
    """
    standing = 0.0
    nominals = {"Generator": "p_nom", "Link": "p_nom", "Store": "e_nom", "Line": "s_nom", "Transformer": "s_nom"}
    for component, nominal in nominals.items():
        table = network.components[component].static
        table = table[table[f"{nominal}_extendable"].astype(bool)]
        standing += float((table["capital_cost"] * table[nominal]).sum())
    yearly = float(network.objective if objective is None else objective) - standing
    return (yearly + float(network.meta[COST_OF_STANDING])) * float(network.meta[DISCOUNT])
