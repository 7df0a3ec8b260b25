"""Checks sites behind the meter: contracted import and export, peaks of months, and what they pay for them (B1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Charge, Finding, Supply, Tally, above, apart, charges, electricity, supplies, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

EUR_PER_MW = 1000.0
"""What turns EUR/kW into EUR/MW."""
SIGNS = {"import": 1.0, "export": -1.0}
"""Direction in which the exchange of a site counts as import or export."""
PEAK_TOLERANCE = 1e-3
"""How far a month's peak may be from its highest import: nothing but its tariff pulls it down, relative."""


@supplies
def exchanged_with_sites(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """What a site imports leaves the bus above and arrives behind the meter; what it exports goes the other way."""
    sites = case.sites.index.tolist()
    into = taken(cube, "site_exchange", node=sites, year=year)
    carriers = [electricity(case)] * len(sites)
    yield Supply(sites, carriers, into)
    yield Supply(case.nodes["parent"].reindex(sites).tolist(), carriers, -into)


@check
def site_contracts(case: Case, cube: Any) -> Iterator[Finding]:
    """Import stays within the contract and its growth, export within its contract."""
    table, sites = case.sites.fillna({"contract_growth_max": np.inf}), case.sites.index.tolist()
    limits = {
        "import": table["contract_import"] + table["contract_growth_max"],
        "export": table["contract_export"],
    }
    for name, limit in limits.items():
        tally = Tally(f"contracted {name}")
        most = limit.fillna(np.inf).to_numpy(dtype=float)
        for year in case.years if case.scenario.sites.contracts else []:
            value = SIGNS[name] * taken(cube, "site_exchange", node=sites, year=year)
            tally.look(above(value, most[:, None]), sites, where=year)
        yield tally.finding


@check
def site_peaks(case: Case, cube: Any) -> Iterator[Finding]:
    """Where tariffs are costs, a month's peak is the highest import of its steps, and none is above the contract."""
    low, high, contract = Tally("monthly peak"), Tally("monthly peak no higher", PEAK_TOLERANCE), Tally("contract")
    sites = case.sites.index.tolist()
    firm = firm_only(case)
    steps_of: dict[int, list[int]] = {}
    for step, month in case.time.step_months:
        steps_of.setdefault(int(month), []).append(step)
    for year in case.years if case.scenario.sites.pays_tariffs else []:
        apart_of_it = charged_by_the_week(cube, sites, year)
        value = np.maximum(taken(cube, "site_exchange", node=sites, year=year) - apart_of_it, 0.0)
        contracted = taken(cube, "site_contract", node=sites, year=year)
        for month, steps in sorted(steps_of.items()):
            place = f"{year}, month {month}"
            peak = taken(cube, "site_month_peak", node=sites, year=year, month=month)
            highest = value[:, steps].max(axis=1)
            low.look(above(highest, peak), sites, where=place)
            pays = case.sites["tariff_peak"].to_numpy(dtype=float) > 0
            high.look(np.where(pays, apart(np.maximum(peak, highest), highest), 0.0), sites, where=place)
            contract.look(np.where(firm, above(peak, contracted), 0.0), sites, where=place)
        grown = case.sites["contract_import"].fillna(np.inf) + case.sites["contract_growth_max"].fillna(np.inf)
        contract.look(above(contracted, grown.to_numpy(dtype=float)), sites, where=year)
    for tally in (low, high, contract):
        yield tally.finding


def firm_only(case: Case) -> np.ndarray:
    """Whether a site has no class beside the firm one to choose from."""
    settings, offers = case.scenario.sites, case.tables["site_contracts"]
    offered = set(zip(offers["node"], offers["contract_class"], strict=True))
    names = {
        site: [settings.whole_connection[site]] if site in settings.whole_connection else settings.contract_classes
        for site in case.sites.index
    }
    return np.array([not any((site, name) in offered for name in names[site]) for site in case.sites.index], dtype=bool)


def charged_by_the_week(cube: Any, sites: list[Any], year: int) -> np.ndarray:
    """Import under classes of few hours, which have peaks of their own, MW: one row of steps per site."""
    table = cube["results"]["site_reserve_import"]
    classes = table["contract_class"].values if "contract_class" in table.dims else []
    parts = [taken(cube, "site_reserve_import", node=sites, contract_class=name, year=year) for name in classes]
    return sum(parts, np.zeros((len(sites), 1)))


@charges
def site_tariffs(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Firm power and monthly peaks at their tariffs, where tariffs are costs."""
    if not case.scenario.sites.pays_tariffs:
        return
    sites = case.sites.index.tolist()
    peaks = taken(cube, "site_month_peak", node=sites, year=year).sum(axis=1)
    contracted = taken(cube, "site_contract", node=sites, year=year)
    amounts = case.sites["tariff_contract"].to_numpy(dtype=float) * contracted
    amounts = amounts + case.sites["tariff_peak"].to_numpy(dtype=float) * peaks
    yield Charge("site_tariff", sites, ["grid_tariff"] * len(sites), EUR_PER_MW * amounts)
