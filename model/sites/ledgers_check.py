"""Checks the two ledgers of sites: every item found anew, and all parties together are the system's cost (B4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import SMALLEST_SUM, Finding, Tally, apart, electricity, profiles, taken, yearly_payment
from model.core.registry import REGISTRY, check

if TYPE_CHECKING:
    from model.data.case import Case

TOLERANCE = 1e-5
"""Dust that the terms of a balance leave out adds up over a year."""
MOVES_MONEY = {"site_tariff", "site_energy_tax", "site_capital", "site_subsidy", "site_sdepp"}
OUTSIDE = ("model/grid/", "model/technologies/gas_network")
"""Files of checks whose supplies come from outside a site."""
TONNES = {"t": 1.0, "kt": 1e3, "Mt": 1e6}


@check
def ledgers_of_sites(case: Case, cube: Any) -> Iterator[Finding]:
    """Items of sites are what quantities and prices give; payments cancel; both ledgers sum to the system's cost."""
    if "site_private_cost" not in cube["ledgers"]:
        return
    sites = [str(site) for site in case.sites.index]
    social, private = (cube["ledgers"][name] for name in ("site_social_cost", "site_private_cost"))
    costs = cube["costs"]["annual_cost"]
    kept = [item for item in costs["cost_item"].values if item not in MOVES_MONEY]
    whole, cancel, differ = Tally("ledgers add up to the system's cost"), Tally("payments cancel"), Tally("site ledger")
    for year in case.years:
        wanted = np.array([float(np.nansum(costs.sel(year=year, cost_item=kept).values))])
        for ledger in (social, private):
            whole.look(apart(np.array([ledger.sel(year=year).values.sum()]), wanted, smallest=SMALLEST_SUM), [year])
        sums = (private - social).sel(year=year).transpose("ledger_item", "party").values.sum(axis=1)
        cancel.look(np.abs(sums) / SMALLEST_SUM, list(private["ledger_item"].values), where=year)
        amounts = items_of_year(case, cube, year)
        for item in private["ledger_item"].values:
            held = private.sel(year=year, ledger_item=item, party=sites).values
            found = amounts.get(str(item), pd.Series(dtype=float)).reindex(sites).fillna(0.0).to_numpy()
            if str(item) in kept:
                found = np.nan_to_num(costs.sel(year=year, cost_item=item, node=sites).sum("technology").values)
                differ.look(
                    apart(social.sel(year=year, ledger_item=item, party=sites).values, found, smallest=SMALLEST_SUM),
                    sites,
                )
            differ.look(apart(held, found, smallest=SMALLEST_SUM), sites, where=f"{item}, {year}")
    for tally in (whole, cancel, differ):
        yield Finding(tally.check, tally.finding.place, tally.finding.amount, TOLERANCE)


def items_of_year(case: Case, cube: Any, year: int) -> dict[str, pd.Series]:
    """What every site pays by item, EUR."""
    sites, weight = [str(site) for site in case.sites.index], np.asarray(case.time.weight, dtype=float)
    exchange = taken(cube, "site_exchange", node=sites, year=year)
    above = price(cube, case.nodes["parent"].reindex(sites).tolist(), electricity(case), year)
    found = {"power_exchange": pd.Series((exchange * above) @ weight, index=sites)}
    tax = case.sites["energy_tax"].fillna(0.0).to_numpy(dtype=float)
    found["energy_tax"] = pd.Series(tax * (np.maximum(exchange, 0.0) @ weight), index=sites)
    found["grid_tariff"] = pd.Series(tariffs(case, cube, year, exchange), index=sites)
    found["other_exchange"] = from_outside(case, cube, year, weight).add(
        by_wire(case, cube, year, weight), fill_value=0.0
    )
    found["carbon_allowances"] = allowances(case, cube, year, sites)
    found["own_cost_of_capital"] = capital(case, cube, year)
    found["subsidy"] = subsidies(case, cube, year, weight).add(awards(case, cube, year), fill_value=0.0)
    found["agreements"], found["steam_contracts"] = agreed(case, cube, year, weight), steam(case, cube, year, weight)
    return found


def price(cube: Any, nodes: list[Any], carrier: str, year: int) -> np.ndarray:
    """Dual of the balance at nodes, EUR/MWh."""
    return taken(cube, "carrier_balance", group="duals", node=nodes, carrier=carrier, year=year)


def tariffs(case: Case, cube: Any, year: int, exchange: np.ndarray) -> np.ndarray:
    """What sites pay for contract and peaks."""
    sites = case.sites.index.tolist()
    if case.scenario.sites.pays_tariffs:
        costs = cube["costs"]["annual_cost"]
        held = costs.sel(year=year, cost_item=[item for item in costs["cost_item"].values if item == "site_tariff"])
        return np.nan_to_num(held.sel(node=sites).values).sum(
            axis=tuple(i for i, d in enumerate(held.dims) if d != "node")
        )
    use = np.maximum(exchange, 0.0)
    months = sorted({int(month) for _, month in case.time.step_months})
    steps = {month: [step for step, of in case.time.step_months if of == month] for month in months}
    peaks = sum((use[:, steps[month]].max(axis=1) for month in months), np.zeros(len(sites)))
    contract = np.maximum(use.max(axis=1), case.sites["contract_import"].to_numpy(dtype=float))
    fixed, monthly = (case.sites[name].to_numpy(dtype=float) for name in ("tariff_contract", "tariff_peak"))
    return np.asarray(1000.0 * (fixed * contract + monthly * peaks))


def from_outside(case: Case, cube: Any, year: int, weight: np.ndarray) -> pd.Series:
    """What corridors and pipes bring to sites, at the price there."""
    rows: list[tuple[str, float]] = []
    for record in REGISTRY.of_kind("checked_supply"):
        if record.function is None or not record.file.startswith(OUTSIDE):
            continue
        for supply in record.function(case, cube, year):
            for node, carrier, values in zip(supply.nodes, supply.carriers, supply.values, strict=True):
                if node in case.sites.index:
                    rows.append((str(node), float((values * price(cube, [node], str(carrier), year)[0]) @ weight)))
    return pd.DataFrame(rows, columns=["node", "amount"]).groupby("node")["amount"].sum()


def by_wire(case: Case, cube: Any, year: int, weight: np.ndarray) -> pd.Series:
    """What is sent through direct lines, at the price at the generator's bus."""
    table = case.tables["direct_lines"]
    rows = table[table["line"].isin(case.scenario.sites.direct_lines)]
    if not len(rows):
        return pd.Series(dtype=float)
    lines, sites = rows["line"].tolist(), rows["to_node"].tolist()
    sent = taken(cube, "direct_supply", direct_line=lines, node=sites, year=year)
    worth = (sent * price(cube, rows["from_node"].tolist(), electricity(case), year)) @ weight
    own = rows["from_node"].isin(case.sites.index).to_numpy()
    paid = pd.Series(worth, index=sites).groupby(level=0).sum()
    return paid.sub(pd.Series(worth[own], index=rows["from_node"][own]).groupby(level=0).sum(), fill_value=0.0)


def allowances(case: Case, cube: Any, year: int, sites: list[str]) -> pd.Series:
    """CO2 of sites at the dual of the cap."""
    if "carbon_cap" not in cube["duals"]:
        return pd.Series(dtype=float)
    cap = taken(cube, "carbon_cap", group="duals", year=[year])[0]
    per = TONNES[cube["duals"]["carbon_cap"].attrs["units"].removeprefix("EUR/")]
    mass = TONNES[cube["results"]["emission"].attrs["units"].removesuffix("/year")]
    return pd.Series(cap / per * mass * taken(cube, "emission", node=sites, year=year), index=sites)


def capital(case: Case, cube: Any, year: int) -> pd.Series:
    """Own cost of capital beyond the project's, on what is alive."""
    options = case.build_options.reset_index()
    options["node"] = case.assets["node"].reindex(options["asset"]).to_numpy()
    born, life = options["build_year"], options["lifetime"]
    options = options[(born <= year) & (year < born + life) & options["node"].isin(case.sites.index)]
    own = case.sites["wacc"].fillna(case.scenario.sites.wacc).reindex(options["node"]).to_numpy(dtype=float)
    pairs = zip(own, options["wacc"], options["lifetime"], strict=True)
    more = np.array([yearly_payment(rate, of) - yearly_payment(project, of) for rate, project, of in pairs])
    built = taken(cube, "built", asset=options["asset"].tolist(), build_year=options["build_year"].tolist())
    amounts = more * options["investment"].to_numpy(dtype=float) * built
    return pd.Series(amounts, index=options["node"].to_numpy()).groupby(level=0).sum()


def awards(case: Case, cube: Any, year: int) -> pd.Series:
    """SDE++ payments to sites in the private view, below zero: rate x what is subsidised."""
    if case.sdepp is None or case.scenario.sites.objective != "private":
        return pd.Series(dtype=float)
    table = case.sdepp.terms.reset_index()
    table = table[table["year"] == year]
    builds = case.sdepp.supports["build_year"].reindex(pd.MultiIndex.from_frame(table[["round", "category", "asset"]]))
    labels: Any = {name: table[name].tolist() for name in ("round", "category", "asset")}
    energy = 1e3 * taken(cube, "sdepp_subsidised", **labels, build_year=builds.to_numpy(), year=year)
    amounts = pd.Series(-(table["rate"].to_numpy() * energy))
    return amounts.groupby(case.assets["node"].reindex(table["asset"]).to_numpy()).sum()


def subsidies(case: Case, cube: Any, year: int, weight: np.ndarray) -> pd.Series:
    """Income from subsidies, below zero."""
    rates = case.scenario.sites.subsidy
    here = case.assets[case.assets["node"].isin(case.sites.index) & case.assets["technology"].isin(rates)]
    if not len(here):
        return pd.Series(dtype=float)
    energy = taken(cube, "activity", asset=here.index.tolist(), year=year) @ weight
    amounts = -np.array([rates[name] for name in here["technology"]]) * energy
    return pd.Series(amounts, index=here["node"].to_numpy()).groupby(level=0).sum()


def output(case: Case, cube: Any, row: Any, node: str, carrier: str, year: int) -> np.ndarray:
    """What a technology at a node gives of a carrier, MW."""
    at = (case.assets["node"] == node) & (case.assets["technology"] == row.technology)
    assets = [str(asset) for asset in case.assets.index[at]]
    if row.technology in case.reactors.index:
        return np.asarray(taken(cube, "reactor_power", asset=assets, year=year).sum(axis=0))
    flows = case.flows.reindex(
        [(asset, carrier, year) for asset in assets if (asset, carrier, year) in case.flows.index]
    )
    shape = flows["coefficient"].to_numpy(dtype=float)[:, None] * profiles(case, flows["profile"])
    return np.asarray((shape * taken(cube, "activity", asset=[key[0] for key in flows.index], year=year)).sum(axis=0))


def agreed(case: Case, cube: Any, year: int, weight: np.ndarray) -> pd.Series:
    """Agreed price less the market's, on the agreed output."""
    table, found = case.tables["power_purchase_agreements"], dict.fromkeys(map(str, case.sites.index), 0.0)
    held: list[Any] = list(table[table["agreement"].isin(case.scenario.sites.agreements)].itertuples())
    for row in held:
        if row.first_year <= year <= row.last_year:
            given = row.output_share * output(case, cube, row, row.seller_node, electricity(case), year)
            amount = float((given * (row.price - price(cube, [row.seller_node], electricity(case), year)[0])) @ weight)
            found[row.node] += amount
            if row.seller_node in found:
                found[row.seller_node] -= amount
    return pd.Series(found)


def steam(case: Case, cube: Any, year: int, weight: np.ndarray) -> pd.Series:
    """Agreed price less what the steam is worth, up to the contracted steam."""
    found = dict.fromkeys(map(str, case.sites.index), 0.0)
    rows: list[Any] = list(case.tables["steam_contracts"].itertuples()) if case.scenario.sites.steam_contracts else []
    for row in rows:
        if year <= row.last_year and row.price == row.price:
            given = output(case, cube, row, row.node, row.carrier, year)
            whole = float(given @ weight)
            part = min(1.0, 1e6 * row.steam / whole) if whole > 0 else 0.0
            worth = price(cube, [row.node], row.carrier, year)[0]
            found[row.node] += float((part * given * (row.price - worth)) @ weight)
    return pd.Series(found)
