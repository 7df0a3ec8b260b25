"""The case: one validated, labelled set of numbers, from which every room builds and reads.

Fields are pandas and numpy; labels are those of the tables. A case never changes after it is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from model.data.given import Given
from model.data.rights import Rights

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from model.data.sdepp_awards import SdeppAwards
    from model.data.time_axis import TimeAxis
    from model.scenario import Scenario


@dataclass(frozen=True)
class Case:
    """All numbers of one scenario.

    Args:
        scenario: settings from which it was built.
        tables: validated tables as read, by name; with `_file` and `_row`, the place of every row.
        years: milestone years.
        discount_weight: by year, the sum of the discount factors of the years it stands for, to the first milestone.
        year_span: by year, the years it stands for.
        time: time steps.
        nodes: index node; name, kind, parent, region, latitude, longitude.
        carriers: index carrier; columns of the table.
        technologies: index technology, reactor designs included; columns of the table, and earliest_year,
            build_rate_max, build_rate_site_max (per year, in the capacity unit; NaN: not given), capture_rate.
        assets: index `technology@node`, `…/2040` and `…/existing` where vintages are told apart; technology, node,
            region, kind, group, vintage (`all`, a build year as text, or `existing`), capacity_unit, potential (inf:
            no limit; for the place, so it holds for the sum of its vintages), store (label or empty),
            availability_profile (label or empty), must_run and heat_allowed (reactors: modes of use).
        existing: capacity that still stands over (asset, year), capacity unit.
        build_options: over (asset, build_year): investment (EUR/unit, with interest during construction), annuity
            (EUR/unit/year, with interest and decommissioning fund), fixed_om (EUR/unit/year), lifetime (year),
            build_rate_max, build_rate_site_max (capacity unit/year; NaN: none),
            alive_years (list), overnight (EUR/unit), wacc (share), decommissioning_annuity (EUR/unit/year, part of
            annuity).
        asset_years: over (asset, year) wherever capacity may be above zero: buildable (bool), variable_om and fuel_cost
            (EUR/MWh of activity; fuel_cost of reactors only), fixed_om of the existing part (EUR/unit/year; NaN
            without), minimum_load (share of what is available), ramp (share/hour; NaN: free), availability (share; of
            reactors whose refuelling is decided, of what is not in refuelling),
            capture_rate (share), own_emission (t/MWh of activity, beside that of the fuels; below zero: stored),
            process_capture, air_capture and carbon_use (t/MWh), captured (t/MWh: CO2 caught, of fuels, processes, air).
        flows: over (asset, carrier, year): coefficient (+ given, - taken, MWh per MWh of activity), profile (label or
            empty).
        demand: over (node, carrier, year): annual (MWh).
        demand_series: MW, one row per row of `demand`, one column per step.
        hourly: `profile(profile, time)` and `neighbour_price(zone, year, time)` in EUR/MWh.
        fuel_price: over (carrier, year), EUR/MWh.
        carbon_price: by year, EUR/t; zero where the scenario charges none.
        carbon_cap: by year, t/year; None where the scenario has no cap.
        fuel_limit: over (carrier, year), MWh/year.
        corridors: index corridor; columns of the table, expandable (bool), expansion_annuity (EUR/MW/year).
        corridor_years: over (corridor, year): capacity (MW, thermal), stands (bool), held_expansion (MW), strength,
            angle_per_power (mrad/MW), meshed (bool): see `grid.with_held_expansion`.
        hosting: over (region, direction, year), MW, as in the table.
        hosting_reinforcement: index region; columns of the table and annuity (EUR/MW/year).
        interconnectors: over (interconnector, year): node, zone, import_capacity, export_capacity (MW), loss (share).
        reactors: index design; name, design_class, kind and figures (`reactors.DESIGN_FIGURES`).
        reactor_power_loss: over (design, carrier), MW_e/MW_th, reachable carriers only.
        stores: index `store@node`; store, node, region, carrier, energy_asset, charge_asset, discharge_asset, linking,
            charge_efficiency, discharge_efficiency, standing_loss (share/hour), duration_min, duration_max (h; 0, inf).
        sites: index node; columns of the table.
        checksums: SHA-256 of every input file.
        sdepp: what the SDE++ scheme offers; None where the scenario has it off.
        rights: connections to the grid and the rights that they may choose; empty where the scenario has them off.
        given: single machines, stores and loads, and series by snapshot; empty where the data set has none.
        watched: (contingency, corridor, year) whose flow after the outage has a row; None: all that the scenario names.
    """

    scenario: Scenario
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    years: list[int]
    discount_weight: pd.Series
    year_span: pd.Series
    time: TimeAxis
    nodes: pd.DataFrame
    carriers: pd.DataFrame
    technologies: pd.DataFrame
    assets: pd.DataFrame
    existing: pd.Series
    build_options: pd.DataFrame
    asset_years: pd.DataFrame
    flows: pd.DataFrame
    demand: pd.DataFrame
    demand_series: np.ndarray
    hourly: Mapping[str, xr.DataArray]
    fuel_price: pd.Series
    carbon_price: pd.Series
    carbon_cap: pd.Series | None
    fuel_limit: pd.Series
    corridors: pd.DataFrame
    corridor_years: pd.DataFrame
    hosting: pd.Series
    hosting_reinforcement: pd.DataFrame
    interconnectors: pd.DataFrame
    reactors: pd.DataFrame
    reactor_power_loss: pd.Series
    stores: pd.DataFrame
    sites: pd.DataFrame
    checksums: Mapping[str, str] = field(repr=False)
    sdepp: SdeppAwards | None = field(default=None, repr=False)
    given: Given = field(default_factory=Given, repr=False)
    rights: Rights = field(default_factory=Rights, repr=False)
    watched: frozenset[tuple[str, str, int]] | None = field(default=None, repr=False)


def size_estimate(case: Case) -> dict[str, Any]:
    """Count what makes a case large; rows, columns and nonzeros are counted by compiling it.

    Returns:
        years, steps, periods, nodes, assets, asset_years, flows, demands, devices, stores, corridors, and hourly_flows:
        coefficients of assets at balanced carriers times steps, the largest part of the matrix.
    """
    balanced = set(case.carriers.index[case.carriers["balanced"] == "yes"])
    hourly = int(case.flows.index.get_level_values("carrier").isin(list(balanced)).sum()) * case.time.count
    return {
        "years": len(case.years),
        "steps": case.time.count,
        "periods": len(case.time.periods),
        "nodes": len(case.nodes),
        "assets": len(case.assets),
        "asset_years": len(case.asset_years),
        "flows": len(case.flows),
        "demands": len(case.demand) + len(case.given.loads),
        "devices": len(case.given.devices),
        "stores": len(case.stores),
        "corridors": len(case.corridors),
        "hourly_flows": hourly,
    }
