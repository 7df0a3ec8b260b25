"""CO2 of a year by origin and fate: what entered, what was captured, where it went, and what is left (H4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

ENTRIES = (
    "fossil carbon of fuels", "process carbon", "own emissions of technologies", "captured, fossil",
    "captured, biogenic", "captured, of gas from the grid", "captured, process", "captured, air", "stored for good",
    "used in products", "vented", "net emission",
)  # fmt: skip
"""Captured adds up to stored, used and vented; net emission is fossil, process and own less stored."""


def carbon_contents(carriers: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Fossil and biogenic CO2 of carriers when burnt, t/MWh."""
    fossil = carriers["emission_factor"].fillna(0.0).astype(float)
    whole = carriers["carbon_content"].fillna(fossil) if "carbon_content" in carriers else fossil
    return fossil, (whole - fossil).astype(float)


def captured_by_origin(case: Any, activity: pd.Series) -> pd.DataFrame:
    """CO2 that assets capture, t (index asset, year; columns fossil, biogenic, gas, process, air).

    Args:
        case: the solved case.
        activity: MWh in a year, over (asset, year).
    """
    fossil, biogenic = carbon_contents(case.carriers)
    figures = case.asset_years
    taken = (-case.flows["coefficient"]).clip(lower=0.0).rename("taken").reset_index()
    bought = (case.carriers["balanced"] != "yes").reindex(taken["carrier"]).to_numpy()
    parts = {
        "fossil": fossil.reindex(taken["carrier"]).to_numpy() * bought,
        "biogenic": biogenic.reindex(taken["carrier"]).to_numpy() * bought,
        "gas": (fossil + biogenic).reindex(taken["carrier"]).to_numpy() * ~bought,
    }
    keys = [taken["asset"], taken["year"]]
    found = {}
    for name, content in parts.items():
        carbon = (taken["taken"] * content).groupby(keys).sum().reindex(figures.index).fillna(0.0)
        found[name] = carbon * figures["capture_rate"] * activity
    for name in ("process", "air"):
        found[name] = activity * figures.get(f"{name}_capture", 0.0)
    return pd.DataFrame(found, index=figures.index).fillna(0.0)


def process_carbon(case: Any) -> pd.Series:
    """CO2 of industrial processes, t over (node, year); empty where the scenario does not count them."""
    index = pd.MultiIndex.from_arrays([[], []], names=["node", "year"])
    table = case.tables.get("process_emissions")
    if not case.scenario.detail.process_emissions or table is None or table.empty:
        return pd.Series(dtype=float, index=index)
    found: dict[tuple[str, int], float] = {}
    for (node, _), rows in table.sort_values("year").groupby(["node", "sector"]):
        for year in case.years:
            whole = rows["value"].iloc[0] if rows["year"].isna().all() else np.interp(year, rows["year"], rows["value"])
            found[str(node), year] = found.get((str(node), year), 0.0) + float(whole) * 1e6
    return pd.Series(found).rename_axis(["node", "year"])


def yearly_tonnes(results: xr.Dataset, name: str, per_unit: dict[str, float]) -> pd.Series:
    """A yearly result in Mt over its labels; empty where it is absent."""
    if name not in results:
        return pd.Series(dtype=float, index=pd.MultiIndex.from_arrays([[], []], names=["label", "year"]))
    array = results[name]
    return (array * per_unit[array.attrs["units"].removesuffix("/year")]).to_series().dropna()


def carbon_account(case: Any, results: xr.Dataset, energy: pd.Series, per_unit: dict[str, float]) -> xr.DataArray:
    """The account, Mt a year over (carbon_entry, year).

    Args:
        case: the solved case.
        results: results of the cube.
        energy: energy taken (negative) and given over (asset, carrier, year), TWh.
        per_unit: what turns a unit of CO2 into Mt.
    """
    activity = results["annual_activity"].to_series()
    order: Any = ["asset", "year"]
    activity = activity.reorder_levels(order).reindex(case.asset_years.index).fillna(0.0) * 1e6
    caught = captured_by_origin(case, activity).groupby(level="year").sum() * 1e-6
    table = pd.DataFrame(np.zeros((len(ENTRIES), len(case.years))), index=pd.Index(ENTRIES), columns=case.years)
    fossil, _ = carbon_contents(case.carriers)
    bought = case.carriers.index[case.carriers["balanced"] != "yes"]
    fuels = energy[energy.index.get_level_values("carrier").isin(bought)]
    burnt = -fuels * fossil.reindex(fuels.index.get_level_values("carrier")).to_numpy()
    own = (case.asset_years["own_emission"] * activity).groupby(level="year").sum() * 1e-6
    rows = {
        "fossil carbon of fuels": burnt.groupby(level="year").sum(),
        "process carbon": process_carbon(case).groupby(level="year").sum() * 1e-6,
        "own emissions of technologies": own,
        "captured, fossil": caught["fossil"],
        "captured, biogenic": caught["biogenic"],
        "captured, of gas from the grid": caught["gas"],
        "captured, process": caught["process"],
        "captured, air": caught["air"],
    }
    network = case.scenario.detail.carbon_network
    if network:
        used = (case.asset_years["carbon_use"] * activity).groupby(level="year").sum() * 1e-6
        rows |= {
            "stored for good": yearly_tonnes(results, "carbon_stored", per_unit).groupby(level="year").sum(),
            "used in products": used,
            "vented": yearly_tonnes(results, "carbon_vented", per_unit).groupby(level="year").sum(),
        }
    else:
        rows["stored for good"] = caught.sum(axis=1)
    for name, values in rows.items():
        table.loc[name] = values.reindex(case.years).fillna(0.0).to_numpy()
    entered = table.iloc[:3].sum()
    table.loc["net emission"] = entered - table.loc["stored for good"]
    return xr.DataArray(
        table.to_numpy(), dims=("carbon_entry", "year"), coords={"carbon_entry": list(ENTRIES), "year": case.years}
    )
