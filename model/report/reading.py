"""Tables taken out of a cube, in the form in which summary, comparison and page show them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr
import yaml

PENALTIES = ("unserved", "spill", "carbon_backstop", "reserve_missing")
"""Cost items that stand for a failing or for something outside the model: reported apart from the headline cost."""
REACTOR_KINDS = {"smr": "Small reactors", "large": "Large reactors", "existing": "Existing reactors"}
REACTOR_COLOURS = {"smr": "#e4572e", "large": "#8d6cab", "existing": "#b9a3cf"}
FALLBACK_COLOUR = "#9aa0a6"
SMALLEST_CAPACITY = 0.5
"""Capacities below this, in their unit, are not shown: an interior solution leaves dust."""
SMALLEST_ENERGY, SMALLEST_SHARE = 0.005, 1e-4
"""Energy below this, TWh, is not shown, unless it is more than such a share of the largest (a network of few hours)."""


def group(cube: xr.DataTree, name: str) -> xr.Dataset:
    """One group of a cube as a dataset: inputs, results, duals, ledgers, costs or run."""
    return cube.children[name].to_dataset(inherit=False)


def text_of(cube: xr.DataTree, name: str) -> pd.Series:
    """A column of labels of the inputs, such as `asset_technology`."""
    inputs = group(cube, "inputs")
    # A data set of single devices has no assets, and so no table of them.
    return inputs[name].to_series() if name in inputs else pd.Series(dtype=object)


def money(amount: float, exact: bool = False) -> str:
    """An amount in billions; below one hundredth of that, and where it shall be exact, in full."""
    return f"{amount / 1e9:,.3f} billion EUR" if abs(amount) >= 1e7 and not exact else f"{amount:,.6f} EUR"


def objective_words(cube: xr.DataTree) -> str:
    """The objective of a run; in full for the snapshots of a network, which is set against another model's."""
    run = cube["run"].attrs
    mode = yaml.safe_load(str(run["scenario_yaml"])).get("time", {}).get("mode")
    return f"{money(objective(cube), mode == 'snapshots')} of {run['price_year']}, discounted"


def years_of(cube: xr.DataTree) -> list[int]:
    """Milestone years of a run."""
    return [int(year) for year in group(cube, "inputs")["year"].values]


def capacities(cube: xr.DataTree) -> pd.DataFrame:
    """Capacity by node, technology and year: columns node, technology, year, capacity (unit of the technology)."""
    frame = group(cube, "results")["capacity"].to_series().dropna().rename("capacity").reset_index()
    frame["technology"] = frame["asset"].map(text_of(cube, "asset_technology"))
    frame["node"] = frame["asset"].map(text_of(cube, "asset_node"))
    frame = pd.concat([frame, device_capacities(cube)]) if "device_group" in group(cube, "inputs") else frame
    return frame.groupby(["node", "technology", "year"])["capacity"].sum().reset_index()


def device_capacities(cube: xr.DataTree) -> pd.DataFrame:
    """Capacity of single devices, chosen or standing, by node, group (as technology) and year, MW."""
    inputs, chosen = group(cube, "inputs"), group(cube, "results")["device_capacity"]
    standing = inputs["device_standing"].expand_dims(year=years_of(cube))
    parts = [standing.to_series(), chosen.to_series() if chosen.size else pd.Series(dtype=float)]
    frames = [part.dropna().rename("capacity").reset_index() for part in parts if len(part)]
    frame, groups = pd.concat(frames), text_of(cube, "device_group")
    return frame.assign(technology=frame["device"].map(groups), node=frame["device"].map(text_of(cube, "device_node")))


def capacity_table(cube: xr.DataTree) -> pd.DataFrame:
    """Capacity of the country by technology (rows, with unit) and year."""
    table = capacities(cube).pivot_table(index="technology", columns="year", values="capacity", aggfunc="sum")
    table = table.reindex(columns=years_of(cube)).fillna(0.0)
    return named_rows(cube, table[table.max(axis=1) > SMALLEST_CAPACITY])


def energy_table(cube: xr.DataTree) -> pd.DataFrame:
    """Energy by carrier, technology and year, TWh: given positive, taken negative."""
    series = group(cube, "ledgers")["annual_energy"].to_series().dropna().rename("energy")
    frame = series.reset_index()
    ledgers = group(cube, "ledgers")
    of_terms = dict(zip(ledgers["term_member"].values, ledgers["term_technology"].values, strict=True))
    owners = text_of(cube, "asset_technology")
    frame["technology"] = [owners.get(asset, of_terms.get(asset, "")) for asset in frame["asset"]]
    table = frame.pivot_table(index=["carrier", "technology"], columns="year", values="energy", aggfunc="sum")
    table = table.reindex(columns=years_of(cube)).fillna(0.0)
    largest = table.abs().max(axis=1)
    return table[largest > min(SMALLEST_ENERGY, SMALLEST_SHARE * float(largest.max()) if len(largest) else 0.0)]


def named_rows(cube: xr.DataTree, table: pd.DataFrame) -> pd.DataFrame:
    """Put the unit of each technology's capacity beside its label."""
    table = table.copy()
    table.insert(0, "unit", text_of(cube, "technology_capacity_unit").reindex(table.index).fillna(""))
    return table


def cost_table(cube: xr.DataTree, penalties: bool) -> pd.DataFrame:
    """Cost of a represented year by item, million EUR; with the penalties only, or without them."""
    annual = group(cube, "costs")["annual_cost"].sum(["node", "technology"]).to_series().unstack("year") / 1e6
    keep = [item for item in annual.index if (item in PENALTIES) == penalties]
    table = annual.loc[keep]
    table.loc["total"] = table.sum()
    return table


def reactor_table(cube: xr.DataTree, kind: str) -> pd.DataFrame:
    """Electric capacity of reactors of a kind by node and year, MW_e."""
    ledgers = group(cube, "ledgers")
    if "reactor_capacity" not in ledgers or kind not in ledgers["reactor_capacity"]["reactor_kind"].values:
        return pd.DataFrame(index=pd.Index([], name="node"), columns=years_of(cube), dtype=float)
    table = ledgers["reactor_capacity"].sel(reactor_kind=kind).to_series().dropna().unstack("year")
    table = table.reindex(columns=years_of(cube)).fillna(0.0)
    return table[table.max(axis=1) > SMALLEST_CAPACITY]


def carbon_table(cube: xr.DataTree) -> pd.DataFrame:
    """Emissions, cap, backstop (Mt) and CO2 price (EUR/t) by year, as far as the run has them."""
    years = years_of(cube)
    ledgers = group(cube, "ledgers")
    rows: dict[str, Iterable[float]] = {
        "emissions, Mt": ledgers["emissions"].sum(["node", "technology"]).reindex(year=years, fill_value=0.0).values
    }
    for name, text in {
        "carbon_cap": "cap, Mt",
        "carbon_backstop": "backstop, Mt (reported apart)",
        "carbon_price": "price of CO2, EUR/t",
    }.items():
        if name in ledgers:
            rows[text] = ledgers[name].reindex(year=years).values
    return pd.DataFrame(rows, index=years).T


def congestion_table(cube: xr.DataTree) -> pd.DataFrame:
    """Limits of the grid with hours at the limit: where, what, year, MW, hours, worth of one more MW; dearest first."""
    ledgers = group(cube, "ledgers")
    parts = []
    for name, labels in (("corridor", ["corridor"]), ("hosting", ["region", "direction"])):
        if f"{name}_congested_hours" not in ledgers:
            continue
        frame = pd.DataFrame(
            {
                "limit, MW": ledgers[f"{name}_limit"].to_series(),
                "hours at limit": ledgers[f"{name}_congested_hours"].to_series(),
                "one more MW, EUR/MW/year": ledgers[f"{name}_value"].to_series(),
            }
        ).reset_index()
        where = frame[labels].astype(str).agg(" ".join, axis=1)
        parts.append(frame.drop(columns=labels).assign(place=where, kind=name))
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts)
    table = table[(table["hours at limit"] > 0) & (table["one more MW, EUR/MW/year"] > 1.0)]
    columns = ["kind", "place", "year", "limit, MW", "hours at limit", "one more MW, EUR/MW/year"]
    return table.sort_values("one more MW, EUR/MW/year", ascending=False)[columns].reset_index(drop=True)


def price_table(cube: xr.DataTree, carrier: str = "electricity") -> pd.DataFrame:
    """Mean price of a carrier by node and year, EUR/MWh."""
    prices = group(cube, "ledgers")["price_mean"].sel(carrier=carrier).to_series().dropna()
    return prices.unstack("year") if len(prices) else pd.DataFrame()


def unserved_table(cube: xr.DataTree) -> pd.DataFrame:
    """Energy that stays unserved or is spilled by carrier and year, GWh; only what is more than dust."""
    parts = []
    for name in ("unserved", "spill"):
        if f"annual_{name}" in group(cube, "results"):
            series = group(cube, "results")[f"annual_{name}"].sum("node").to_series().unstack("year") * 1e3
            parts.append(series[series.max(axis=1) > 0.1].assign(what=name).set_index("what", append=True))
    return pd.concat(parts) if parts else pd.DataFrame()


def objective(cube: xr.DataTree) -> float:
    """Discounted cost of a run, EUR."""
    return float(cube["run"].attrs["objective"])


def weighted_mean(values: np.ndarray, weight: np.ndarray) -> float:
    """Mean of values with weights."""
    return float((values * weight).sum() / weight.sum())
