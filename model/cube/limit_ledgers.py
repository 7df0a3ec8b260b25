"""How limits of the grid are used over the year, and what one more MW of them is worth (formulation G6).

Of every corridor, hosting limit and named substation (feed-in and off-take), interconnector (import and export) and
connection of a site (off-take and feed-in): limit, mean and highest loading, congested hours, shadow price by hour
(mean while congested, and highest), and the yearly value of one more MW: the sum of the hourly shadow prices, each
times its hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.cube.metadata import ledger_attributes

DECLARED_IN = "model/cube/limit_ledgers.py"
AT_LIMIT = 0.999
"""From this share of its limit on, a flow counts as congested in that hour."""
NEARLY = 0.98
CONGESTION_PRICE = 0.01
"""Shadow price, EUR/MWh, from which a nearly used limit counts as congested too: an interior point stops short."""
LIMITS: Mapping[str, tuple[str, ...]] = {
    "corridor": ("corridor",),
    "hosting": ("region", "direction"),
    "substation": ("node", "direction"),
    "interconnector": ("interconnector", "direction"),
    "connection": ("node", "direction"),
}
"""Kinds of limits and the labels of each."""
FIGURES = ("limit", "loading_mean", "loading_peak", "congested_hours", "price_mean", "price_peak", "value")
"""What is told of each."""
DIRECTIONS = ("feed_in", "offtake")

Ledgers = dict[str, xr.Variable | xr.DataArray]


def grid_ledgers(case: Any, inputs: xr.Dataset, results: xr.Dataset, duals: xr.Dataset) -> Ledgers:
    """The ledgers of all limits of the grid that a run has."""
    return {
        **corridor_ledgers(case, inputs, results, duals),
        **hosting_ledgers(case, results, duals),
        **substation_ledgers(case, inputs, results, duals),
        **interconnector_ledgers(case, inputs, results, duals),
        **connection_ledgers(case, inputs, results, duals),
    }


def corridor_ledgers(case: Any, inputs: xr.Dataset, results: xr.Dataset, duals: xr.Dataset) -> Ledgers:
    """Corridors: the secure limit at rating one; a line that only an outage would overload is congested too."""
    if "flow" not in results:
        return {}
    expansion = results.get("corridor_expansion", xr.zeros_like(inputs["corridor_capacity"]))
    added = expansion.reindex_like(inputs["corridor_capacity"]).fillna(0.0)
    share, rating = inputs["corridor_secure_share"], inputs.get("corridor_rating", xr.DataArray(1.0))
    limit = share * (inputs["corridor_capacity"] + added)
    own = [duals[n] for n in ("corridor_limit_forward", "corridor_limit_backward", "flow_bound") if n in duals]
    price = _sum(own, results["flow"]) * rating
    after = [
        (duals[name] * inputs["outage_secure_share"]).sum("contingency")
        for name in ("outage_limit_forward", "outage_limit_backward")
        if name in duals
    ]
    outage = _sum(after, results["flow"]) * rating / share.where(share > 0)
    return limit_ledgers(case, "corridor", abs(results["flow"]) / rating.where(rating > 0), limit, price, outage)


def hosting_ledgers(case: Any, results: xr.Dataset, duals: xr.Dataset) -> Ledgers:
    """The hosting limit between the regional and the transmission bus of a region, by direction."""
    if "hosting_exchange" not in results or not case.scenario.grid.hosting or case.hosting.empty:
        return {}
    firm = case.hosting.to_xarray() * float(case.scenario.grid.hosting_factor)
    limits, prices = {}, {}
    places = results["hosting_exchange"].isel(time=0, drop=True)
    for direction in DIRECTIONS:
        limit = firm.sel(direction=direction, drop=True).reindex_like(places)
        if "hosting_built" in results:
            serving = [label for label in (direction, "both") if label in results["direction"].values]
            built = results["hosting_built"].sel(direction=serving).sum("direction")
            limit = limit + built.reindex_like(limit).fillna(0.0)
        limits[direction] = limit
        row = duals.get(f"hosting_{direction}_limit")
        if row is not None:
            prices[direction] = row
    bound = duals.get("hosting_exchange_bound")
    return two_way(case, "hosting", results["hosting_exchange"], limits, bound, prices)


def substation_ledgers(case: Any, inputs: xr.Dataset, results: xr.Dataset, duals: xr.Dataset) -> Ledgers:
    """Named substations below a regional bus, by direction; none where a data set does not split its regions."""
    if "substation_exchange" not in results or not results["substation_exchange"].notnull().any():
        return {}
    limits, prices = {}, {}
    for direction, sign in (("feed_in", 1.0), ("offtake", -1.0)):
        limit = (sign * inputs[f"substation_{direction}_bound"]).max("time")
        if "substation_built" in results:
            serving = [label for label in (direction, "both") if label in results["direction"].values]
            built = results["substation_built"].sel(direction=serving).sum("direction")
            row = inputs[f"substation_{direction}_hosting"] + built.reindex_like(limit).fillna(0.0)
            limit = limit.where(np.isfinite(limit), row)
        limits[direction] = limit
        if f"substation_{direction}_limit" in duals:
            prices[direction] = duals[f"substation_{direction}_limit"].fillna(0.0)
    bound = duals.get("substation_exchange_bound")
    return two_way(case, "substation", results["substation_exchange"], limits, bound, prices)


def interconnector_ledgers(case: Any, inputs: xr.Dataset, results: xr.Dataset, duals: xr.Dataset) -> Ledgers:
    """Interconnectors by direction."""
    if "neighbour_import" not in results:
        return {}
    uses, limits, prices = [], [], []
    for direction in ("import", "export"):
        use = results[f"neighbour_{direction}"]
        uses.append(use)
        limits.append(inputs[f"{direction}_capacity"].max("time"))
        prices.append(_sum([duals[n] for n in (f"neighbour_{direction}_bound",) if n in duals], use))
    return limit_ledgers(
        case, "interconnector", *(_stacked(("import", "export"), one) for one in (uses, limits, prices))
    )


def connection_ledgers(case: Any, inputs: xr.Dataset, results: xr.Dataset, duals: xr.Dataset) -> Ledgers:
    """Connections of sites, by direction: what is contracted and may be added to it at most; none without contracts."""
    if "site_exchange" not in results or not case.scenario.sites.contracts:
        return {}
    limits = {
        "feed_in": -inputs["site_export_bound"].min("time"),
        "offtake": inputs["site_import_max"].max("time"),
    }
    bound = duals.get("site_exchange_bound")
    return two_way(case, "connection", -results["site_exchange"], limits, bound, {})


def two_way(
    case: Any,
    name: str,
    exchange: xr.DataArray,
    limits: Mapping[str, xr.DataArray],
    bound: xr.DataArray | None,
    prices: Mapping[str, xr.DataArray],
) -> Ledgers:
    """A limit in both directions on one exchange.

    Args:
        case: the solved case.
        name: prefix of the ledgers.
        exchange: MW in every step, above zero for feed-in and below for off-take.
        limits: MW by direction.
        bound: shadow price of the bounds on the exchange; it is of the direction in which power goes.
        prices: shadow prices of the rows that limit a direction, where they are rows.
    """
    uses, found = [], []
    for direction, sign in (("feed_in", 1.0), ("offtake", -1.0)):
        use = (sign * exchange).clip(min=0.0)
        price = _sum([prices[direction]] if direction in prices else [], use)
        uses.append(use)
        # A limit of nothing is met where nothing flows: there the price is of the direction that is shut.
        here = (use > 0) | ((limits[direction] <= 0) & (exchange == 0))
        found.append(price if bound is None else price + bound.fillna(0.0).where(here, 0.0))
    of = [limits[direction] for direction in DIRECTIONS]
    return limit_ledgers(case, name, *(_stacked(DIRECTIONS, one) for one in (uses, of, found)))


def limit_ledgers(
    case: Any,
    name: str,
    use: xr.DataArray,
    limit: xr.DataArray,
    price: xr.DataArray,
    outage: xr.DataArray | None = None,
) -> Ledgers:
    """How a limit on a power is used over the year, and what relaxing it is worth.

    Args:
        case: the solved case.
        name: prefix of the ledgers.
        use: power in every step, MW.
        limit: the limit, MW.
        price: shadow price of the limit in every step, EUR/MWh.
        outage: the same of the limit after outages, which binds below the limit.
    """
    weight = xr.DataArray(np.asarray(case.time.weight, dtype=float), dims=["time"])
    price = price.where(use.notnull())
    loading = (use / limit.where(limit > 0)).transpose(*use.dims)
    congested = (loading >= AT_LIMIT) | ((price > CONGESTION_PRICE) & (loading >= NEARLY))
    if outage is not None:
        congested = congested | (outage > CONGESTION_PRICE)
        price = price + outage.fillna(0.0)
    stands = use.notnull().any("time")
    text = name.replace("_", " ")
    hours = (congested * weight).sum("time")
    value = (price * weight).sum("time")
    return {
        f"{name}_limit": limit.where(stands & np.isfinite(limit)).assign_attrs(
            described("MW", f"Secure limit of a {text}, expansion included")
        ),
        f"{name}_loading_mean": ((loading * weight).sum("time") / float(weight.sum()))
        .where(stands & (limit > 0))
        .assign_attrs(described("share", f"Mean use of a {text} as a share of its limit")),
        f"{name}_loading_peak": loading.max("time").assign_attrs(
            described("share", f"Highest use of a {text} as a share of its limit")
        ),
        f"{name}_congested_hours": hours.where(stands).assign_attrs(
            described("h/year", f"Hours of the year in which a {text} is at its limit")
        ),
        f"{name}_price_mean": ((price.where(congested, 0.0) * weight).sum("time") / hours.where(hours > 0))
        .where(stands)
        .assign_attrs(described("EUR/MWh", f"Shadow price of a {text}, mean over its congested hours")),
        f"{name}_price_peak": price.max("time")
        .where(stands)
        .assign_attrs(described("EUR/MWh", f"Highest shadow price of a {text} in an hour")),
        f"{name}_value": value.where(stands).assign_attrs(
            described("EUR/MW/year", f"What one more MW of limit of a {text} would save in the year")
        ),
    }


def described(units: str, long_name: str) -> dict[str, str]:
    """Attributes of a ledger."""
    return ledger_attributes(DECLARED_IN, units, long_name, "")


def _sum(parts: list[xr.DataArray], like: xr.DataArray) -> xr.DataArray:
    """Prices added up; nothing where there are none."""
    return sum((one.fillna(0.0) for one in parts), xr.zeros_like(like))


def _stacked(labels: tuple[str, ...], parts: list[xr.DataArray]) -> xr.DataArray:
    """Arrays of both directions as one."""
    return xr.concat(parts, dim=pd.Index(labels, name="direction"), coords="minimal", compat="override")
