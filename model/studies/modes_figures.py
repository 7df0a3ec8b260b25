"""What is read from each run of the study of modes: one number per figure, of one milestone year unless it says so."""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr

from model.report import reading
from model.studies.modes_hydrogen import electrolysers

FIGURES: dict[str, tuple[str, str]] = {
    "cost": ("billion EUR", "System cost, discounted over all years"),
    "annual_cost": ("million EUR/year", "System cost of the year, unserved energy and CO2 backstop included"),
    "reactor_power": ("MW_e", "Electric capacity of small reactors"),
    "reactor_electricity": ("TWh/year", "Electricity of small reactors"),
    "reactor_heat": ("TWh/year", "Heat that small reactors give"),
    "utilisation": ("share", "Heat made in small reactors over what their capacity could make in all hours"),
    "hydrogen_at_site": ("TWh/year", "Hydrogen made by electrolysis at the site"),
    "electrolysis_at_site": ("MW_e", "Electric capacity of electrolysis at the site"),
    "hydrogen": ("TWh/year", "Hydrogen made by electrolysis in the country"),
    "hydrogen_import": ("TWh/year", "Hydrogen from all other sources"),
    "site_peak_import": ("MW", "Highest power that the site takes from the grid"),
    "site_price": ("EUR/MWh", "Mean price of electricity at the site"),
    "region_offtake_loading": ("share", "Highest loading of the hosting limit of the region, off-take"),
    "region_feed_in_loading": ("share", "Highest loading of the hosting limit of the region, feed-in"),
    "region_offtake_value": ("EUR/kW/year", "Shadow price of the region's hosting limit, off-take"),
    "region_feed_in_value": ("EUR/kW/year", "Shadow price of the region's hosting limit, feed-in"),
    "region_corridor_loading": ("share", "Mean loading of the corridors of the region, weighted by their limit"),
    "region_corridor_value": ("EUR/kW/year", "Shadow prices of the corridors of the region, added up"),
    "grid_rent": ("million EUR/year", "Shadow price times limit over all corridors and hosting limits"),
    "grid_built": ("MW", "Reinforcement of corridors and hosting limits that stands"),
    "limits_binding": ("1", "Corridors and hosting limits that bind in some hour"),
    "emissions": ("Mt/year", "CO2 emitted in the country"),
    "emissions_at_site": ("Mt/year", "CO2 emitted at the site"),
    "carbon_price": ("EUR/t", "What emitting one more tonne costs"),
    "backstop": ("Mt/year", "CO2 above the cap, bought off at the backstop price"),
    "unserved": ("GWh/year", "Energy demanded and not served"),
}
"""Figures with unit and sentence, in the order of the table."""


def figures_of(case: Any, cube: xr.DataTree, year: int, site: str, region: str) -> dict[str, float]:
    """All figures of a run.

    Args:
        case: its case.
        cube: its results, with prices.
        year: milestone year.
        site: node of the site.
        region: region of the site.
    """
    energy = _energy(case, cube, year)
    return {
        "cost": float(cube["run"].attrs["objective"]) / 1e9,
        "annual_cost": float(cube["costs"]["annual_cost"].sel(year=year).sum()) / 1e6,
        **_reactors(case, cube, energy, year),
        **_hydrogen(energy, site),
        "electrolysis_at_site": _electrolysis(case, cube, year, site),
        **_site(cube, year, site),
        "emissions_at_site": _emissions_at(cube, year, site),
        **_region(case, cube, year, region),
        **_country(cube, year),
    }


def _energy(case: Any, cube: xr.DataTree, year: int) -> pd.DataFrame:
    """Energy by asset and carrier, TWh, given positive, with node, technology kind and kind of the carrier."""
    series = cube["ledgers"]["annual_energy"].sel(year=year).to_series().dropna()
    frame = series.rename("energy").reset_index()
    for column in ("node", "technology"):
        frame[column] = case.assets[column].reindex(frame["asset"]).to_numpy()
    frame["kind"] = case.carriers["kind"].reindex(frame["carrier"]).to_numpy()
    small = set(case.reactors.index[case.reactors["kind"] == "smr"])
    frame["small"] = frame["technology"].isin(small)
    return frame


def _reactors(case: Any, cube: xr.DataTree, energy: pd.DataFrame, year: int) -> dict[str, float]:
    given = energy[energy["small"] & (energy["energy"] > 0)].groupby("kind")["energy"].sum()
    small = case.assets.index[case.assets["technology"].isin(case.reactors.index[case.reactors["kind"] == "smr"])]
    capacity = cube["results"]["capacity"].sel(year=year).to_series().reindex(small).fillna(0.0)
    efficiency = case.reactors["efficiency"].reindex(case.assets.loc[small, "technology"]).to_numpy(dtype=float)
    heat = cube["results"]["annual_activity"].sel(year=year).to_series().reindex(small).fillna(0.0)
    possible = float(capacity.sum()) * case.time.hours_per_year / 1e6
    return {
        "reactor_power": float(capacity.to_numpy() @ efficiency),
        "reactor_electricity": float(given.get("electricity", 0.0)),
        "reactor_heat": float(given.get("heat", 0.0)),
        "utilisation": float(heat.sum()) / possible if possible > 1e-3 else float("nan"),
    }


def _hydrogen(energy: pd.DataFrame, site: str) -> dict[str, float]:
    """Electrolysis is what gives hydrogen and takes electricity; stores give what they took and are left out."""
    makers = energy[(energy["kind"] == "hydrogen") & (energy["energy"] > 0)]
    takers = set(energy.loc[(energy["kind"] == "electricity") & (energy["energy"] < 0), "asset"])
    storing = set(energy.loc[(energy["kind"] == "hydrogen") & (energy["energy"] < 0), "asset"])
    made = makers[makers["asset"].isin(takers)]
    other = makers[~makers["asset"].isin(takers | storing)]
    return {
        "hydrogen_at_site": float(made.loc[made["node"] == site, "energy"].sum()),
        "hydrogen": float(made["energy"].sum()),
        "hydrogen_import": float(other["energy"].sum()),
    }


def _electrolysis(case: Any, cube: xr.DataTree, year: int, site: str) -> float:
    here = [asset for asset in electrolysers(case) if case.assets.at[asset, "node"] == site]
    return float(cube["results"]["capacity"].sel(year=year).to_series().reindex(here).fillna(0.0).sum())


def _site(cube: xr.DataTree, year: int, site: str) -> dict[str, float]:
    results = cube["results"]
    peak = float("nan")
    if "site_exchange" in results and site in _labels(results["site_exchange"], "node"):
        peak = max(0.0, float(results["site_exchange"].sel(node=site, year=year).max()))
    prices = reading.price_table(cube)
    mean: dict[Any, float] = prices[year].to_dict() if year in prices else {}
    return {"site_peak_import": peak, "site_price": float(mean.get(site, float("nan")))}


def _emissions_at(cube: xr.DataTree, year: int, site: str) -> float:
    ledger = cube["ledgers"]["emissions"]
    there = site in _labels(ledger, "node") and year in _labels(ledger, "year")
    return float(ledger.sel(year=year, node=site).sum()) if there else 0.0


def _region(case: Any, cube: xr.DataTree, year: int, region: str) -> dict[str, float]:
    ledgers, found = cube["ledgers"], {}
    for direction in ("offtake", "feed_in"):
        for name, source, size in (("loading", "hosting_loading_peak", 1.0), ("value", "hosting_value", 1e-3)):
            found[f"region_{direction}_{name}"] = _at(
                ledgers, source, size, region=region, direction=direction, year=year
            )
    nodes = set(case.nodes.index[case.nodes["region"] == region])
    own = case.corridors[case.corridors["from_node"].isin(nodes) | case.corridors["to_node"].isin(nodes)]
    loading = value = float("nan")
    if "corridor_limit" in ledgers and len(own):
        here = [name for name in own.index if name in _labels(ledgers["corridor_limit"], "corridor")]
        limit = ledgers["corridor_limit"].sel(corridor=here, year=year).fillna(0.0)
        mean = ledgers["corridor_loading_mean"].sel(corridor=here, year=year).fillna(0.0)
        loading = float((limit * mean).sum() / limit.sum()) if float(limit.sum()) > 0 else float("nan")
        value = float(ledgers["corridor_value"].sel(corridor=here, year=year).sum()) / 1e3
    return {**found, "region_corridor_loading": loading, "region_corridor_value": value}


def _labels(array: Any, dim: str) -> set[Any]:
    return set(array[dim].values.tolist())


def _at(ledgers: Any, name: str, size: float, **labels: Any) -> float:
    """One cell of a ledger, NaN where there is none."""
    if name not in ledgers or any(label not in _labels(ledgers[name], dim) for dim, label in labels.items()):
        return float("nan")
    return float(ledgers[name].sel(labels)) * size


def _country(cube: xr.DataTree, year: int) -> dict[str, float]:
    ledgers, results = cube["ledgers"], cube["results"]
    rent: float = sum(
        float((ledgers[f"{kind}_value"] * ledgers[f"{kind}_limit"]).sel(year=year).sum())
        for kind in ("corridor", "hosting")
        if f"{kind}_value" in ledgers
    )
    built = sum(
        float(results[name].sel(year=year).sum())
        for name in ("corridor_expansion", "hosting_built")
        if name in results and year in _labels(results[name], "year")
    )
    binding = reading.congestion_table(cube)
    carbon: dict[Any, float] = reading.carbon_table(cube)[year].to_dict()
    unserved = results["annual_unserved"].sel(year=year).sum() if "annual_unserved" in results else 0.0
    return {
        "grid_rent": rent / 1e6,
        "grid_built": built,
        "limits_binding": float(sum(binding["year"] == year)) if len(binding) else 0.0,
        "emissions": float(carbon["emissions, Mt"]),
        "carbon_price": float(carbon.get("price of CO2, EUR/t", 0.0)),
        "backstop": float(carbon.get("backstop, Mt (reported apart)", 0.0)),
        "unserved": float(unserved) * 1e3,
    }
