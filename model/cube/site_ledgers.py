"""Two ledgers of every site from one solution: social and private, item by item (formulation B4, R28).

Parties are the sites, the rest of the system, grid operators, the State and lenders.  In both ledgers a site bears its
own costs and settles its exchange at the dual of the balance.  In the private one it also pays tariffs, energy tax, CO2
at the dual of the cap, its own cost of capital and what agreements fix, and receives subsidies: every such item has
a payer and a receiver, so that over all parties both ledgers are the system's cost without transfers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

DECLARED_IN = "model/cube/site_ledgers.py"
REST, GRID, STATE, LENDERS = "rest of the system", "grid operators", "State", "lenders"
TRANSFER_COSTS = ("site_tariff", "site_energy_tax", "site_capital", "site_subsidy", "site_sdepp")
"""Cost items of the objective that move money between parties: no cost of the system."""
OWN_FILES = (
    "model/core/balances.py",
    "model/technologies/conversion.py",
    "model/technologies/heat_cascade.py",
    "model/technologies/heat_networks.py",
    "model/technologies/reactors.py",
    "model/technologies/storage.py",
)
"""Files whose contributions stay inside a site; all others connect it with somebody else."""
SENTENCES = {
    "power_exchange": "Power bought from (or sold to) the region above, at the price there: a cost in both ledgers.",
    "other_exchange": "Other carriers and direct supply from outside, at the price where they change hands: in both.",
    "grid_tariff": "Contracted power and peaks: paid to grid operators, whose own costs are the system's.",
    "energy_tax": "Tax on import: an income of the State.",
    "carbon_allowances": "CO2 at the dual of the cap: a rent of the State; the social ledger holds the cap itself.",
    "own_cost_of_capital": "Annuity at the site's own rate less that at the project rate: an income of its lenders.",
    "subsidy": "Subsidy on activity, SDE++ payments among it: income of the site, cost of the State.",
    "agreements": "Agreed price less the market price, on the agreed output: from buyer to seller.",
    "steam_contracts": "Agreed price less what the steam is worth, on the contracted steam: from buyer to supplier.",
}
Row = tuple[int, str, str, float]


def site_ledgers(case: Any, groups: Mapping[str, Any], terms: Mapping[str, Any], registry: Any) -> dict[str, Any]:
    """Ledgers by year, party and item, EUR of a represented year (positive: pays), and what every item is.

    Args:
        case: the solved case.
        groups: `results`, `duals` and `costs` of the cube.
        terms: the ledgers that hold the terms of every balance.
        registry: the declarations.
    """
    if not len(getattr(case, "sites", ())) or "carrier_balance" not in groups["duals"]:
        return {}
    resource = [*own_costs(case, groups["costs"]), *exchanges(case, groups, terms, registry)]
    moved = list(transfers(case, groups))
    social, private = table(case, resource), table(case, [*resource, *moved])
    items = list(dict.fromkeys([*(row[2] for row in resource), *SENTENCES]))
    sentences = groups["costs"]["cost_item_sentence"].to_series()
    parties = [*map(str, case.sites.index), REST, GRID, STATE, LENDERS]
    found: dict[str, Any] = {}
    for name, rows, what in (("site_social_cost", social, "social"), ("site_private_cost", private, "private")):
        full = pd.MultiIndex.from_product([case.years, parties, items], names=["year", "party", "ledger_item"])
        attributes = {
            "units": "EUR/year",
            "long_name": f"Cost of a party in a represented year, {what} ledger",
            "sign": "positive: pays; negative: receives",
            "declared_in": DECLARED_IN,
        }
        found[name] = rows.reindex(full, fill_value=0.0).to_xarray().assign_attrs(attributes)
    words = [SENTENCES.get(item) or f"Own cost, in both ledgers: {sentences.get(item, item)}" for item in items]
    coordinates = {"ledger_item": np.array(items, dtype=object)}
    found["ledger_item_sentence"] = xr.DataArray(
        np.array(words, dtype=object),
        coords=coordinates,
        dims=["ledger_item"],
        attrs={"units": "text", "long_name": "What the item is and why it differs", "declared_in": DECLARED_IN},
    )
    return found


def table(case: Any, rows: list[Row]) -> pd.Series:
    """Sums by year, party and item."""
    frame = pd.DataFrame(rows, columns=["year", "party", "ledger_item", "amount"])
    return frame.groupby(["year", "party", "ledger_item"])["amount"].sum()


def paid(year: int, payer: str, receiver: str, item: str, amount: float) -> list[Row]:
    """A payment: cost of one, income of the other."""
    return [(year, payer, item, amount), (year, receiver, item, -amount)]


def own_costs(case: Any, costs: Any) -> list[Row]:
    """Cost items without transfers, at the sites where they are booked and for the rest of the system."""
    series = costs["annual_cost"].to_series().dropna()
    frame = series.rename("amount").reset_index()
    frame = frame[~frame["cost_item"].isin(TRANSFER_COSTS)]
    frame["party"] = frame["node"].where(frame["node"].isin(case.sites.index), REST)
    sums = frame.groupby(["year", "party", "cost_item"])["amount"].sum()
    return [(int(year), str(party), str(item), float(value)) for (year, party, item), value in sums.items()]


def exchanges(case: Any, groups: Mapping[str, Any], terms: Mapping[str, Any], registry: Any) -> list[Row]:
    """What sites take from outside, at its price: power at the bus above, direct supply at the generator's bus."""
    rows: list[Row] = []
    weight = np.asarray(case.time.weight, dtype=float)
    price, supply = prices(groups["duals"]), terms["supply"].values
    own = {name for name, meta in registry.meta.items() if meta.kind == "contribution" and meta.file in OWN_FILES}
    labels = zip(*(terms[f"term_{key}"].values for key in ("node", "carrier", "year", "family")), strict=True)
    for position, (node, carrier, year, family) in enumerate(labels):
        if node not in case.sites.index or family in own or family in ("demand", "direct_supply_arrived"):
            continue
        at, item = node, "other_exchange"
        if family == "site_exchange_inside":
            at, item = str(case.nodes["parent"][node]), "power_exchange"
        rows += paid(int(year), node, REST, item, float((supply[position] * price(at, carrier, int(year))) @ weight))
    lines = case.tables["direct_lines"]
    for line in lines[lines["line"].isin(case.scenario.sites.direct_lines)].itertuples():
        for year in case.years:
            sent = hourly(groups["results"], "direct_supply", direct_line=line.line, node=line.to_node, year=year)
            worth = float((sent * price(line.from_node, power(case), year)) @ weight)
            seller = line.from_node if line.from_node in case.sites.index else REST
            rows += paid(year, line.to_node, seller, "other_exchange", worth)
    return rows


def power(case: Any) -> str:
    """Name of the carrier electricity."""
    return str(case.carriers.index[case.carriers["kind"] == "electricity"][0])


def prices(duals: Any) -> Any:
    """Price of a carrier at a node in a year, by step, EUR/MWh; zero where there is no balance."""
    return lambda node, carrier, year: hourly(duals, "carrier_balance", node=node, carrier=carrier, year=year)


def hourly(group: Any, name: str, **labels: Any) -> np.ndarray:
    """A result at labels, by step; zero where the cube holds none."""
    steps = group.sizes.get("time", 1)
    array = group.get(name)
    if array is None or any(label not in array.indexes.get(dim, ()) for dim, label in labels.items()):
        return np.zeros(steps)
    return np.nan_to_num(np.asarray(array.sel(labels).values, dtype=float))


def transfers(case: Any, groups: Mapping[str, Any]) -> list[Row]:
    """Every payment that is no cost of the system."""
    results, duals = groups["results"], groups["duals"]
    weight, price = np.asarray(case.time.weight, dtype=float), prices(duals)
    settings, rows = case.scenario.sites, list[Row]()
    caps = duals["carbon_cap"].to_series() if "carbon_cap" in duals else pd.Series(dtype=float)
    for year in case.years:
        for site in map(str, case.sites.index):
            exchange = hourly(results, "site_exchange", node=site, year=year)
            rows += paid(year, site, GRID, "grid_tariff", tariff(case, groups, site, year, exchange))
            rows += paid(year, site, STATE, "subsidy", sdepp_cost(groups, site, year))
            tax = float(np.nan_to_num(case.sites["energy_tax"][site]))
            rows += paid(year, site, STATE, "energy_tax", tax * float(np.maximum(exchange, 0.0) @ weight))
            if year in caps.index and "emission" in results and site in results.indexes["node"]:
                released = float(np.nan_to_num(results["emission"].sel(node=site, year=year).item()))
                rows += paid(year, site, STATE, "carbon_allowances", float(np.nan_to_num(caps[year])) * released)
        rows += [row for asset in sites_assets(case) for row in of_asset(case, results, str(asset), year, weight)]
        rows += agreements(case, results, price, year, weight)
        rows += steam(case, results, price, year, weight) if settings.steam_contracts else []
    return rows


def sites_assets(case: Any) -> list[str]:
    """Assets at sites."""
    return [str(asset) for asset in case.assets.index[case.assets["node"].isin(case.sites.index)]]


def tariff(case: Any, groups: Mapping[str, Any], site: str, year: int, exchange: np.ndarray) -> float:
    """Grid tariffs of a site: as in the objective, or what today's contract and its use would be charged."""
    if case.scenario.sites.pays_tariffs:
        costs = groups["costs"]["annual_cost"]
        if "site_tariff" not in costs["cost_item"].values:
            return 0.0
        return float(np.nansum(costs.sel(node=site, year=year, cost_item="site_tariff").values))
    row = case.sites.loc[site]
    taken = np.maximum(exchange, 0.0)
    peaks: dict[int, float] = {}
    for step, month in case.time.step_months:
        peaks[int(month)] = max(peaks.get(int(month), 0.0), float(taken[step]))
    contract = max(float(row["contract_import"]), float(taken.max(initial=0.0)))
    return 1000.0 * (float(row["tariff_contract"]) * contract + float(row["tariff_peak"]) * sum(peaks.values()))


def sdepp_cost(groups: Mapping[str, Any], site: str, year: int) -> float:
    """SDE++ payments to a site, as in the objective: below zero, or zero where they are not in it."""
    costs = groups["costs"]["annual_cost"]
    if "site_sdepp" not in costs["cost_item"].values:
        return 0.0
    return float(np.nansum(costs.sel(node=site, year=year, cost_item="site_sdepp").values))


def of_asset(case: Any, results: Any, asset: str, year: int, weight: np.ndarray) -> list[Row]:
    """Own cost of capital and subsidy of an asset at a site."""
    site, rows = str(case.assets["node"][asset]), list[Row]()
    options = case.build_options
    if asset in options.index.get_level_values("asset"):
        own = float(case.sites["wacc"][site])
        rate = case.scenario.sites.wacc if np.isnan(own) else own
        for build, option in options.loc[asset].iterrows():
            if year in option["alive_years"]:
                more = recovery(rate, option["lifetime"]) - recovery(option["wacc"], option["lifetime"])
                built = float(np.nan_to_num(results["built"].sel(asset=asset, build_year=build).item()))
                rows += paid(year, site, LENDERS, "own_cost_of_capital", float(option["investment"]) * more * built)
    subsidy = case.scenario.sites.subsidy.get(str(case.assets["technology"][asset]), 0.0)
    if subsidy:
        energy = float(hourly(results, "activity", asset=asset, year=year) @ weight)
        rows += paid(year, site, STATE, "subsidy", -subsidy * energy)
    return rows


def recovery(rate: float, life: float) -> float:
    """Yearly payment per unit borrowed."""
    return rate / (1.0 - (1.0 + rate) ** -life) if rate else 1.0 / life


def output(case: Any, results: Any, node: str, technology: str, carrier: str, year: int) -> np.ndarray:
    """What a technology at a node gives of a carrier, by step, MW."""
    at = (case.assets["node"] == node) & (case.assets["technology"] == technology)
    total = np.zeros(results.sizes.get("time", 1))
    for asset in map(str, case.assets.index[at]):
        if technology in case.reactors.index:
            total += hourly(results, "reactor_power", asset=asset, year=year)
        elif (asset, carrier, year) in case.flows.index:
            row = case.flows.loc[(asset, carrier, year)]
            shape = case.hourly["profile"].sel(profile=row["profile"]).values if row["profile"] else 1.0
            total += float(row["coefficient"]) * shape * hourly(results, "activity", asset=asset, year=year)
    return total


def agreements(case: Any, results: Any, price: Any, year: int, weight: np.ndarray) -> list[Row]:
    """Power purchase agreements, settled against the price at the seller's bus."""
    rows: list[Row] = []
    held = case.tables["power_purchase_agreements"]
    for row in held[held["agreement"].isin(case.scenario.sites.agreements)].itertuples():
        if row.first_year <= year <= row.last_year:
            volume = row.output_share * output(case, results, row.seller_node, row.technology, power(case), year)
            more = float((volume * (row.price - price(row.seller_node, power(case), year))) @ weight)
            seller = row.seller_node if row.seller_node in case.sites.index else REST
            rows += paid(year, row.node, seller, "agreements", more)
    return rows


def steam(case: Any, results: Any, price: Any, year: int, weight: np.ndarray) -> list[Row]:
    """Steam contracts with a price, settled against what heat is worth at the site, up to the contracted steam."""
    rows: list[Row] = []
    for row in case.tables["steam_contracts"].itertuples():
        if year <= row.last_year and not np.isnan(row.price):
            given = output(case, results, row.node, row.technology, row.carrier, year)
            whole = float(given @ weight)
            part = min(1.0, 1e6 * row.steam / whole) if whole > 0 else 0.0
            more = float((part * given * (row.price - price(row.node, row.carrier, year))) @ weight)
            rows += paid(year, row.node, REST, "steam_contracts", more)
    return rows
