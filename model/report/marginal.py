"""Which suppliers could give a little more in a step, and what that would cost: they set the price."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from model.report.reading import group

FREE_BELOW = 0.02
"""An asset counts as free to give more while its own limits are worth less than this, EUR/MWh."""
RUNNING_ABOVE = 1e-3
"""An asset counts as free to give less while it runs above this share of its capacity."""
SAME_PRICE = 0.01
"""Prices count as the same within this share (and 0.05 EUR/MWh)."""
MOST_LINES = 8


def marginal_suppliers(cube: xr.DataTree, node: str, year: int, step: int) -> pd.DataFrame:
    """Suppliers and flexible users that are between their bounds where the price is that of the node.

    Args:
        cube: an opened run.
        node: node whose prices are explained.
        year: milestone year.
        step: position of the step.

    Returns:
        Per carrier the assets whose cost of one more MWh equals the price there: carrier, asset, its cost and the price
        at its own node, EUR/MWh; those at the node first.
    """
    duals = group(cube, "duals")
    prices = duals["carrier_balance"].sel(year=year).isel(time=step).to_series().dropna()
    wanted = prices.xs(node, level="node") if node in prices.index.get_level_values("node") else pd.Series(dtype=float)
    assets = free_assets(cube, year, step)
    flows = coefficients(cube, year, step)
    flows = flows[flows.index.get_level_values("asset").isin(assets.index)]
    nodes = group(cube, "inputs")["asset_node"].to_series()
    rows = []
    labels = zip(*(flows.index.get_level_values(level).astype(str) for level in ("asset", "carrier")), strict=True)
    for (asset, carrier), coefficient in zip(labels, flows.to_numpy(), strict=True):
        place = nodes[asset]
        if carrier not in wanted.index or not same(prices.get((place, carrier), np.nan), wanted[carrier]):
            continue
        cost = cost_of_more(cube, flows, assets, prices, asset, carrier, year)
        if same(cost, prices[place, carrier]):
            verb = "gives more" if coefficient > 0 else "takes less"
            rows.append((carrier, asset, verb, cost, prices[place, carrier], place != node))
    rows += free_interconnectors(cube, wanted, prices, node, year, step)
    table = pd.DataFrame(rows, columns=["carrier", "who", "if it", "cost, EUR/MWh", "price there", "away"])
    table = table.sort_values(["carrier", "away", "who"]).groupby("carrier", sort=False).head(MOST_LINES)
    return table.drop(columns="away").reset_index(drop=True)


def free_interconnectors(
    cube: xr.DataTree, wanted: pd.Series, prices: pd.Series, node: str, year: int, step: int
) -> list[tuple[str, str, str, float, float, bool]]:
    """Trade with neighbours between its bounds where the price is that of the node: the neighbour sets the price."""
    inputs, results, duals = group(cube, "inputs"), group(cube, "results"), group(cube, "duals")
    if "neighbour_import" not in results or "electricity" not in wanted.index:
        return []
    rows = []
    for trade, verb in (("neighbour_import", "gives more"), ("neighbour_export", "takes less")):
        power = results[trade].sel(year=year).isel(time=step).to_series().dropna()
        if f"{trade}_bound" not in duals:
            continue
        limit = duals[f"{trade}_bound"].sel(year=year).isel(time=step).to_series()
        for name in power.index[(power > 0.01) & (limit.reindex(power.index) < FREE_BELOW)]:
            place = str(inputs["interconnector_node"].sel(interconnector=name).values)
            price = float(prices.get((place, "electricity"), np.nan))
            if same(price, float(wanted["electricity"])):
                rows.append(("electricity", str(name), verb, price, price, place != node))
    return rows


def same(left: float, right: float) -> bool:
    """Whether two prices agree."""
    return bool(abs(left - right) <= 0.05 + SAME_PRICE * abs(right))


def free_assets(cube: xr.DataTree, year: int, step: int) -> pd.Series:
    """Cost of a unit of activity (variable O&M, nuclear fuel, CO2) of the assets that run between their bounds."""
    inputs, results, duals = group(cube, "inputs"), group(cube, "results"), group(cube, "duals")
    activity = results["activity"].sel(year=year).isel(time=step).to_series().dropna()
    capacity = results["capacity"].sel(year=year).to_series().reindex(activity.index)
    worth = pd.Series(0.0, index=activity.index)
    for name in ("activity_limit", "activity_bound", "minimum_load_limit", "ramp_up_limit", "ramp_down_limit"):
        if name in duals:
            limit = duals[name].sel(year=year).isel(time=step).to_series()
            worth = worth.add(limit.reindex(activity.index).fillna(0.0).abs())
    free = activity.index[(worth < FREE_BELOW) & (activity > RUNNING_ABOVE * capacity) & (activity > 0.01)]
    cost = pd.Series(0.0, index=free)
    for name in ("variable_om", "reactor_fuel_cost_per_heat"):
        if name in inputs:
            cost = cost.add(inputs[name].sel(year=year).to_series().reindex(free).fillna(0.0))
    if "emission_rate" in inputs:
        rate = inputs["emission_rate"].sel(year=year).to_series().reindex(free).fillna(0.0)
        cost = cost.add(rate * carbon_value(cube, year))
    return cost


def carbon_value(cube: xr.DataTree, year: int) -> float:
    """What CO2 costs in the run: the price charged plus the shadow price of the cap, per unit of `emission_rate`."""
    charged, cap = group(cube, "inputs").get("carbon_price"), group(cube, "duals").get("carbon_cap")
    return sum(float(np.nan_to_num(price.sel(year=year))) for price in (charged, cap) if price is not None)


def coefficients(cube: xr.DataTree, year: int, step: int) -> pd.Series:
    """What a unit of activity gives (+) or takes (-) in a step, over (asset, carrier)."""
    inputs = group(cube, "inputs")
    flows = inputs["case_flow_coefficient"].sel(year=year).to_series().dropna()
    if "profile_value" not in inputs:
        return flows
    names = inputs["case_flow_profile"].to_series().reindex(flows.index)
    hourly = inputs["profile_value"].isel(time=step).to_series()
    factor = hourly.reindex(names.replace("", "steady")).fillna(1.0).to_numpy()
    return flows * factor


def cost_of_more(
    cube: xr.DataTree, flows: pd.Series, assets: pd.Series, prices: pd.Series, asset: str, carrier: str, year: int
) -> float:
    """What one more MWh of a carrier from an asset costs, other carriers paid at their price at its node, EUR/MWh."""
    inputs = group(cube, "inputs")
    node = str(inputs["asset_node"].sel(asset=asset).values)
    fuels = inputs["case_fuel_price"].sel(year=year).to_series().dropna()
    others = 0.0
    for other, coefficient in flows[asset].items():
        if other != carrier:
            paid = prices.get((node, other), fuels.get(other, np.nan))
            others += -coefficient * float(paid)
    return float((assets[asset] + others) / flows[asset, carrier])
