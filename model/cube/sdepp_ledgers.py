"""SDE++ in the cube: what each round gave out and what its limits are worth, and what awards would be paid (S2, S5).

Payments are those of a plain year at the given prices: rate × output under the award, up to the hours that count.
Where the private view pays sites, output under an award is what the program chose to subsidise; elsewhere it is the
part of an asset's production that its awarded capacity stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.core.checking import taken
from model.cube.metadata import ledger_attributes

FILE = "model/cube/sdepp_ledgers.py"
MILLION = 1e6
NO_HEKJE = "none"
BUDGET = {
    "sdepp_domain_claims": "Claims awarded in a round, by domain (hekje; none: domains without)",
    "sdepp_domain_built": "The part of them on which something is built; awards that nobody needs are free",
    "sdepp_domain_demand": "Claims offered in a round, by domain",
    "sdepp_domain_reserve": "What the round keeps for a domain: its hekje, or its demand where that is less",
}
PRICES = {
    "sdepp_ceiling_price": "What one more EUR of ceiling in a round would save, EUR, discounted over all years",
    "sdepp_hekje_price": "What one EUR less of a hekje would save, EUR, discounted over all years",
}
PAYMENTS = {
    "sdepp_output": ("output_unit(category)/year", "Output under awards in a year, up to the hours that count"),
    "sdepp_payment": ("million EUR/year", "Payment on it at the given prices: from the State to the producer"),
}


def sdepp_ledgers(case: Any, groups: Mapping[str, Any]) -> dict[str, xr.DataArray]:
    """All ledgers of the scheme; none where the scenario has it off.

    Args:
        case: the solved case.
        groups: `results` and `duals` of the cube.
    """
    scheme = getattr(case, "sdepp", None)
    if scheme is None or not len(scheme.offers):
        return {}
    return {**budgets(case, groups), **prices(groups["duals"]), **payments(case, groups)}


def budgets(case: Any, groups: Mapping[str, Any]) -> dict[str, xr.DataArray]:
    """Claims, demand and reserve by round and domain, million EUR."""
    offers = case.sdepp.offers.reset_index()
    labels = {name: offers[name].tolist() for name in ("round", "category", "region", "build_year")}
    offers["hekje"] = offers["hekje"].replace("", NO_HEKJE)
    offers["claims"] = offers["claim"] * taken(groups_as_cube(groups), "sdepp_award", **labels)
    used = built_on(case, groups).reindex(pd.MultiIndex.from_frame(offers[["round", "category", "region"]])).fillna(0.0)
    offers["built"] = offers["claim"] * used.to_numpy() / offers["realised_share"]
    offers["asked"] = offers["claim"] * offers["offered"]
    sums = offers.groupby(["round", "hekje"])[["claims", "built", "asked"]].sum()
    reserve = case.sdepp.reserves["reserve"].reindex(sums.index).fillna(0.0)
    columns = zip(BUDGET, (sums["claims"], sums["built"], sums["asked"], reserve), strict=True)
    found = {name: array(values / MILLION, "million EUR", BUDGET[name]) for name, values in columns}
    by_category = offers.groupby(["round", "category"])["built"].sum() / MILLION
    found["sdepp_category_built"] = array(by_category, "million EUR", "Claims on which something is built, by category")
    return found


def built_on(case: Any, groups: Mapping[str, Any]) -> Any:
    """What is built with awards, by round, category and region, in units of the award."""
    table = case.sdepp.supports.reset_index()
    labels = {name: table[name].tolist() for name in ("round", "category", "asset", "build_year")}
    table["built"] = taken(groups_as_cube(groups), "sdepp_built", **labels)
    return table.groupby(["round", "category", "region"])["built"].sum()


def prices(duals: Any) -> dict[str, xr.DataArray]:
    """Shadow prices of ceiling and hekjes in EUR per EUR."""
    found = {}
    for name, row in zip(PRICES, ("sdepp_ceiling", "sdepp_hekje_reserve"), strict=True):
        if row in duals and duals[row].size:
            found[name] = array(duals[row].to_series().dropna() / MILLION, "1", PRICES[name])
    return found


def payments(case: Any, groups: Mapping[str, Any]) -> dict[str, xr.DataArray]:
    """Output and payment by round, category, node and year."""
    cube = groups_as_cube(groups)
    table = case.sdepp.terms.reset_index()
    supports = case.sdepp.supports.reset_index()[["round", "category", "asset", "build_year", "capacity_per_award"]]
    table = table.merge(supports, on=["round", "category", "asset"])
    labels = {name: table[name].tolist() for name in ("round", "category", "asset", "build_year")}
    built = taken(cube, "sdepp_built", **labels)
    at = {"asset": table["asset"].tolist(), "year": table["year"].tolist()}
    made = 1e6 * taken(cube, "annual_activity", **at) * table["paid_per_activity"].to_numpy()
    capacity = taken(cube, "capacity", **at)
    share = np.divide(
        built * table["capacity_per_award"].to_numpy(), capacity, out=np.zeros(len(table)), where=capacity > 0.0
    )
    output = np.minimum(built * table["hours"].to_numpy(), share * made)
    table["node"] = case.assets["node"].reindex(table["asset"]).to_numpy()
    if case.scenario.sites.objective == "private":
        chosen = 1e3 * taken(cube, "sdepp_subsidised", **labels, year=table["year"].tolist())
        output = np.where(table["node"].isin(case.sites.index), chosen, output)
    table["sdepp_output"], table["sdepp_payment"] = output / 1e3, output * table["rate"].to_numpy() / MILLION
    sums = table.groupby(["round", "category", "node", "year"])[list(PAYMENTS)].sum()
    return {name: array(sums[name], *PAYMENTS[name]) for name in PAYMENTS}


def groups_as_cube(groups: Mapping[str, Any]) -> dict[str, Any]:
    """The groups under the names by which `taken` asks."""
    return {"results": groups["results"]}


def array(values: pd.Series, units: str, long_name: str) -> xr.DataArray:
    """A ledger from figures over labels."""
    return values.to_xarray().assign_attrs(ledger_attributes(FILE, units, long_name))
