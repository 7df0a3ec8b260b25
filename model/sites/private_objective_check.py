"""Checks what the private ledger adds to the objective: taxed import, own cost of capital, subsidies (B4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Charge, Finding, Tally, apart, charges, taken, yearly_payment
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

TAX_TOLERANCE = 1e-3
"""How far taxed import may be above import: nothing but the tax pulls it down, relative."""


@check
def taxed_import(case: Case, cube: Any) -> Iterator[Finding]:
    """What is taxed is import, hour by hour."""
    tally = Tally("taxed import", TAX_TOLERANCE)
    sites = [str(site) for site in case.sites.index[case.sites["energy_tax"] > 0]]
    for year in case.years if case.scenario.sites.objective == "private" and sites else []:
        exchange = taken(cube, "site_exchange", node=sites, year=year)
        tally.look(
            apart(taken(cube, "site_taxed_import", node=sites, year=year), np.maximum(exchange, 0.0)), sites, where=year
        )
    yield tally.finding


@charges
def private_charges(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Tax on what is taxed, the difference of two annuities on what is alive, and subsidies on activity.

    That what is taxed is the import is a check of its own: an interior point leaves it some kW above the import in each
    hour, more than a sum of money may be off.
    """
    settings = case.scenario.sites
    if settings.objective != "private":
        return
    weight = np.asarray(case.time.weight, dtype=float)
    sites = [str(site) for site in case.sites.index[case.sites["energy_tax"] > 0]]
    if sites:
        energy = taken(cube, "site_taxed_import", node=sites, year=year) @ weight
        amounts = case.sites["energy_tax"].reindex(sites).to_numpy(dtype=float) * energy
        yield Charge("site_energy_tax", sites, ["energy_tax"] * len(sites), amounts)
    options = case.build_options.reset_index()
    options["node"] = case.assets["node"].reindex(options["asset"]).to_numpy()
    born, life = options["build_year"], options["lifetime"]
    options = options[(born <= year) & (year < born + life) & options["node"].isin(case.sites.index)]
    own = case.sites["wacc"].fillna(settings.wacc).reindex(options["node"]).to_numpy(dtype=float)
    lives = options["lifetime"].to_numpy(dtype=float)
    more = [
        yearly_payment(rate, length) - yearly_payment(project, length)
        for rate, project, length in zip(own, options["wacc"], lives, strict=True)
    ]
    built = taken(cube, "built", asset=options["asset"].tolist(), build_year=options["build_year"].tolist())
    technologies = case.assets["technology"].reindex(options["asset"]).tolist()
    yield Charge(
        "site_capital",
        options["node"].tolist(),
        technologies,
        np.array(more) * options["investment"].to_numpy() * built,
    )
    here = case.assets[case.assets["node"].isin(case.sites.index) & case.assets["technology"].isin(settings.subsidy)]
    if len(here):
        rates = np.array([settings.subsidy[name] for name in here["technology"]])
        given = taken(cube, "activity", asset=here.index.tolist(), year=year) @ weight
        yield Charge("site_subsidy", here["node"].tolist(), here["technology"].tolist(), -rates * given)
