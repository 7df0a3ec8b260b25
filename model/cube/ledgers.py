"""Yearly accounts that answer questions: who gave what, what was emitted, how the grid was used and is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.cube.adequacy_ledgers import adequacy_ledgers
from model.cube.carbon import carbon_account, process_carbon, yearly_tonnes
from model.cube.layout import Layout
from model.cube.limit_ledgers import grid_ledgers
from model.cube.metadata import SIGN_OF_EMISSION, SIGN_OF_PRICE, SIGN_OF_SUPPLY, ledger_attributes
from model.cube.reactor_ledgers import place_ledgers
from model.cube.sdepp_ledgers import sdepp_ledgers
from model.cube.site_ledgers import site_ledgers
from model.cube.terms import term_group

DECLARED_IN = "model/cube/ledgers.py"
SIGN_OF_ACCOUNT = "positive: of the kind that the entry names; negative: net emission where more is stored than enters"
TO_MEGATONNE = {"t": 1e-6, "kt": 1e-3, "Mt": 1.0}
TO_PER_TONNE = {"EUR/t": 1.0, "EUR/kt": 1e-3, "EUR/Mt": 1e-6}

Ledgers = dict[str, xr.Variable | xr.DataArray]


def ledger_group(
    case: Any, program: Any, registry: Any, layout: Layout, solution: Any, groups: dict[str, xr.Dataset]
) -> Ledgers:
    """All ledgers.

    Args:
        case: the solved case.
        program: its program.
        registry: the declarations.
        layout: dimensions and labels.
        solution: the solution.
        groups: `inputs`, `results` and `duals` of the cube.
    """
    ledgers: Ledgers = dict(term_group(case, program, registry, solution))
    energy = annual_energy(case, ledgers, groups["results"])
    ledgers["annual_energy"] = energy
    ledgers["emissions"] = emissions(case, energy, groups["results"])
    account = carbon_account(case, groups["results"], energy.to_series().dropna(), TO_MEGATONNE)
    ledgers["carbon_account"] = account.assign_attrs(
        described("Mt/year", "CO2 by origin, capture and fate", SIGN_OF_ACCOUNT)
    )
    inputs, results, duals = groups["inputs"], groups["results"], groups["duals"]
    ledgers |= carbon_ledgers(inputs, results, duals)
    ledgers |= price_ledgers(case, duals, inputs)
    ledgers |= grid_ledgers(case, inputs, results, duals)
    ledgers |= reactor_ledgers(case, results)
    ledgers |= place_ledgers(case, ledgers, results)
    ledgers |= adequacy_ledgers(case, ledgers, results)
    ledgers |= site_ledgers(case, groups, ledgers, registry)
    ledgers |= sdepp_ledgers(case, groups)
    return ledgers


def described(units: str, long_name: str, sign: str = "") -> dict[str, str]:
    """Attributes of a ledger; `sign` says what positive and negative mean, where both occur."""
    return ledger_attributes(DECLARED_IN, units, long_name, sign)


def annual_energy(case: Any, terms: Ledgers, results: xr.Dataset) -> xr.DataArray:
    """Energy that assets give (positive) or take (negative) of every carrier in a year, fuels included, TWh."""
    table = pd.DataFrame(
        {
            "asset": terms["term_member"].values,
            "carrier": terms["term_carrier"].values,
            "year": terms["term_year"].values,
            "energy": terms["annual_supply"].values,
        }
    )[terms["term_technology"].values != ""]
    balanced = table.groupby(["asset", "carrier", "year"])["energy"].sum()
    return (
        pd.concat([balanced, fuel_energy(case, results)])
        .rename_axis(["asset", "carrier", "year"])
        .to_xarray()
        .assign_attrs(
            described("TWh/year", "Energy given (positive) or taken (negative) by an asset in a year", SIGN_OF_SUPPLY)
        )
    )


def fuel_energy(case: Any, results: xr.Dataset) -> pd.Series:
    """Fuel that assets take in a year, as negative TWh; fuels have no balance, so it follows from the activity."""
    balanced = set(case.carriers.index[case.carriers["balanced"] == "yes"])
    flows = case.flows[~case.flows.index.get_level_values("carrier").isin(balanced)]
    if not len(flows):
        return pd.Series(dtype=float, index=case.flows.index[:0], name="energy")
    activity = results["annual_activity"].to_series()
    order: Any = ["asset", "year"]
    keys = pd.MultiIndex.from_arrays([flows.index.get_level_values(level) for level in order], names=order)
    energy: pd.Series = flows["coefficient"] * activity.reorder_levels(order).reindex(keys).to_numpy()
    return energy[energy != 0.0].rename("energy")


def emissions(case: Any, energy: xr.DataArray, results: xr.Dataset) -> xr.DataArray:
    """CO2 by year, node and technology, Mt: of fuels, own and of processes, less what is stored for good there.

    Storing counts at the asset that captures, or at the sinks (technology `carbon_sink`) where CO2 has a network.
    """
    series = energy.to_series().dropna()
    assets, carriers, years = (series.index.get_level_values(level) for level in ("asset", "carrier", "year"))
    factor = case.carriers["emission_factor"].fillna(0.0).reindex(carriers).to_numpy()
    burnt = pd.DataFrame({"asset": assets, "year": years, "emissions": -series.to_numpy() * factor})
    network = case.scenario.detail.carbon_network
    rates = case.asset_years["own_emission"] - (0.0 if network else case.asset_years["captured"])
    activity = results["annual_activity"].to_series().reorder_levels(rates.index.names).reindex(rates.index)
    own = (rates * activity.fillna(0.0)).rename("emissions").reset_index()
    table = pd.concat([burnt, own])
    table = table[table["emissions"] != 0.0]
    for column in ("node", "technology"):
        table[column] = case.assets[column].reindex(table["asset"]).to_numpy()
    parts = [table[["year", "node", "technology", "emissions"]]]
    for name, amounts in (("process", process_carbon(case) * 1e-6), ("carbon_sink", -stored_at_nodes(case, results))):
        parts.append(amounts.rename("emissions").reset_index().assign(technology=name))
    table = pd.concat([part for part in parts if len(part)] or parts[:1])
    text = "CO2 of a technology: of the fuels it burns and its own, less what it stores for good"
    return (
        table.astype({"emissions": float})
        .groupby(["year", "node", "technology"])["emissions"]
        .sum()
        .to_xarray()
        .assign_attrs(described("Mt/year", text, SIGN_OF_EMISSION))
    )


def stored_at_nodes(case: Any, results: xr.Dataset) -> pd.Series:
    """CO2 that sinks store for good, Mt over (node, year); empty without a network."""
    stored = yearly_tonnes(results, "carbon_stored", TO_MEGATONNE)
    if stored.empty:
        return stored.rename_axis(["node", "year"])
    sinks = case.tables["carbon_sinks"].drop_duplicates("sink").set_index("sink")["node"]
    table = stored.rename("stored").reset_index()
    table["node"] = sinks.reindex(table["sink"]).to_numpy()
    return table.groupby(["node", "year"])["stored"].sum()


def carbon_ledgers(inputs: xr.Dataset, results: xr.Dataset, duals: xr.Dataset) -> Ledgers:
    """Cap and backstop in Mt, price of CO2 in EUR/t: what is charged, what the cap would need, and both together."""
    ledgers: Ledgers = {}
    if "carbon_backstop" in results:
        array = results["carbon_backstop"]
        factor = TO_MEGATONNE[array.attrs["units"].removesuffix("/year")]
        text = "CO2 above the cap that the backstop meets; reported apart"
        ledgers["carbon_backstop"] = (array * factor).assign_attrs(described("Mt/year", text))
    if "case_carbon_cap" in inputs:
        text = "Most CO2 that may be emitted"
        ledgers["carbon_cap"] = (inputs["case_carbon_cap"] * 1e-6).assign_attrs(described("Mt/year", text))
    found = {"charged": inputs.get("carbon_price"), "of the cap": duals.get("carbon_cap")}
    prices = {
        text: array.fillna(0.0) * TO_PER_TONNE[array.attrs["units"]]
        for text, array in found.items()
        if array is not None
    }
    for text, price in prices.items():
        name = f"carbon_price_{text.replace(' ', '_')}"
        ledgers[name] = price.assign_attrs(described("EUR/t", f"Price of CO2 {text}"))
    if prices:
        total = sum(prices.values(), xr.zeros_like(next(iter(prices.values()))))
        ledgers["carbon_price"] = total.assign_attrs(described("EUR/t", "What emitting one more tonne of CO2 costs"))
    return ledgers


def price_ledgers(case: Any, duals: xr.Dataset, inputs: xr.Dataset) -> Ledgers:
    """Nodal price of the year: mean over the hours, and mean over the demand."""
    price, demand = duals["carrier_balance"], inputs["demand"].fillna(0.0)
    weight = xr.DataArray(np.asarray(case.time.weight, dtype=float), dims=["time"])
    total = (demand * weight).sum("time")
    return {
        "price_mean": (price * weight)
        .sum("time", skipna=False)
        .__truediv__(float(weight.sum()))
        .assign_attrs(described("EUR/MWh", "Price at a node, mean over the hours of the year", SIGN_OF_PRICE)),
        "price_of_demand": ((price * demand * weight).sum("time", skipna=False) / total.where(total > 0)).assign_attrs(
            described("EUR/MWh", "Price at a node, mean over the energy demanded there", SIGN_OF_PRICE)
        ),
    }


def reactor_ledgers(case: Any, results: xr.Dataset) -> Ledgers:
    """Electric capacity of reactors by kind (smr, large, existing), node and year, MW_e."""
    if not len(case.reactors) or "capacity" not in results:
        return {}
    capacity = results["capacity"].to_series().dropna().rename("capacity").reset_index()
    capacity["technology"] = case.assets["technology"].reindex(capacity["asset"]).to_numpy()
    capacity = capacity[capacity["technology"].isin(case.reactors.index)]
    design = case.reactors.reindex(capacity["technology"])
    capacity = capacity.assign(
        reactor_kind=design["kind"].to_numpy(),
        node=case.assets["node"].reindex(capacity["asset"]).to_numpy(),
        electric=capacity["capacity"].to_numpy() * design["efficiency"].to_numpy(dtype=float),
    )
    dense = capacity.groupby(["reactor_kind", "node", "year"])["electric"].sum().to_xarray()
    attributes = described("MW_e", "Electric capacity of reactors that give no heat, by kind and node")
    return {"reactor_capacity": dense.assign_attrs(attributes)}
