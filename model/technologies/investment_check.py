"""Checks capacity: what stands today and retires, what is built and lives, and what owning it costs (C3, O1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import Charge, Finding, Tally, above, apart, below, charges, taken, yearly_payment
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

PLACE = ["node", "technology"]


def alive(case: Case, cube: Any, year: int) -> pd.DataFrame:
    """Vintages alive in a year (built by then, younger than their life) with what was built of them."""
    options = case.build_options.reset_index()
    options["built"] = taken(cube, "built", asset=options["asset"], build_year=options["build_year"])
    born, life = options["build_year"], options["lifetime"]
    return options[(born <= year) & (year < born + life)]


def standing_stock(case: Case, year: int) -> pd.Series:
    """Plants of today that still stand, by node and technology, from their years of commissioning and retirement."""
    table = case.tables["existing_capacity"]
    begun = table["commissioned"].isna() | (table["commissioned"] <= year)
    stays = table["retirement_year"].isna() | (table["retirement_year"] > year)
    return table[begun & stays].groupby(PLACE)["capacity"].sum()


@check
def capacity_of_years(case: Case, cube: Any) -> Iterator[Finding]:
    """Capacity is what is kept of today's plants and every vintage alive."""
    tally = Tally("capacity")
    assets = case.assets.index.tolist()
    for year in case.years:
        capacity = taken(cube, "capacity", asset=assets, year=year)
        kept = taken(cube, "existing_kept", asset=assets, year=year)
        built = alive(case, cube, year).groupby("asset")["built"].sum().reindex(assets).fillna(0.0).to_numpy()
        tally.look(apart(capacity, kept + built), assets, where=year)
    yield tally.finding


@check
def kept_stock(case: Case, cube: Any) -> Iterator[Finding]:
    """Of today's plants no more is kept than still stands; all of it where nothing may close early; none comes back."""
    most, all_of_it, final = Tally("existing capacity"), Tally("no early closing"), Tally("early closing is final")
    early = case.scenario.investment.early_retirement
    assets, before, stock_before = case.assets.index.tolist(), None, None
    for year in case.years:
        kept = pd.Series(taken(cube, "existing_kept", asset=assets, year=year), index=case.assets.index)
        by_place = kept.groupby([case.assets[name] for name in PLACE]).sum()
        stock = standing_stock(case, year).reindex(by_place.index).fillna(0.0)
        places = list(by_place.index)
        most.look(above(by_place.to_numpy(), stock.to_numpy()), places, where=year)
        if not early:
            all_of_it.look(below(by_place.to_numpy(), stock.to_numpy()), places, where=year)
        elif before is not None:
            no_longer = (stock <= stock_before).to_numpy()
            final.look(np.where(no_longer, above(by_place.to_numpy(), before.to_numpy()), 0.0), places, where=year)
        before, stock_before = by_place, stock
    yield most.finding
    yield all_of_it.finding
    yield final.finding


@check
def built_where_allowed(case: Case, cube: Any) -> Iterator[Finding]:
    """Only what the tables and the scenario allow is built, not before its first year, and within its potential."""
    where, potential = Tally("built where allowed"), Tally("potential")
    cells = cube["results"]["built"]
    assets = [str(asset) for asset in cells["asset"].values]
    technologies = case.assets["technology"].reindex(assets)
    earliest = case.technologies["earliest_year"].reindex(technologies).fillna(-np.inf).to_numpy(dtype=float)
    allowed = may_be_built(case).reindex(assets).fillna(False).to_numpy(dtype=bool)
    for year in cells["build_year"].values:
        built = taken(cube, "built", asset=assets, build_year=int(year))
        where.look(above(built, np.where(allowed & (earliest <= year), np.inf, 0.0)), assets, where=year)
    yield where.finding
    limits = case.assets.groupby(PLACE)["potential"].first()
    for year in case.years:
        capacity = pd.Series(
            taken(cube, "capacity", asset=case.assets.index.tolist(), year=year), index=case.assets.index
        )
        by_place = capacity.groupby([case.assets[name] for name in PLACE]).sum().reindex(limits.index)
        stock = standing_stock(case, year).reindex(limits.index).fillna(0.0)
        most = np.maximum(limits.to_numpy(dtype=float), stock.to_numpy(dtype=float))
        potential.look(above(by_place.to_numpy(), most), list(limits.index), where=year)
    yield potential.finding


def may_be_built(case: Case) -> pd.Series:
    """Whether an asset may be built at all: a row of the potentials, not excluded, a reactor of an allowed design."""
    open_places = set(zip(case.tables["potentials"]["node"], case.tables["potentials"]["technology"], strict=True))
    scenario = case.scenario
    technologies = case.assets["technology"]
    own_backup = technologies.isin(scenario.sites.backup) & case.assets["node"].isin(case.sites.index)
    allowed = pd.Series(
        [place in open_places for place in zip(case.assets["node"], technologies, strict=True)],
        index=case.assets.index,
    )
    allowed = (allowed | own_backup) & ~technologies.isin(scenario.technologies.exclude)
    reactors = case.assets["kind"] == "reactor"
    named = technologies.isin(scenario.reactors.designs or list(case.reactors.index))
    return allowed & (~reactors | (scenario.reactors.enabled & named))


@charges
def owning_capacity(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Vintages pay interest and repayment of their investment, the decommissioning fund and fixed cost while alive."""
    vintages = alive(case, cube, year)
    owners = case.assets.reindex(vintages["asset"])
    payments = [yearly_payment(rate, life) for rate, life in zip(vintages["wacc"], vintages["lifetime"], strict=True)]
    annual = vintages["investment"].to_numpy() * np.array(payments) + vintages["decommissioning_annuity"].to_numpy()
    built = vintages["built"].to_numpy()
    nodes, technologies = owners["node"].tolist(), owners["technology"].tolist()
    yield Charge("investment", nodes, technologies, annual * built)
    yield Charge("fixed_om", nodes, technologies, vintages["fixed_om"].to_numpy() * built)


@charges
def owning_existing_capacity(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Today's plants cost their fixed operation and maintenance while they are kept."""
    rates = case.asset_years["fixed_om"]
    rates = rates[rates.index.get_level_values("year") == year].droplevel("year").dropna()
    owners = case.assets.reindex(rates.index)
    kept = taken(cube, "existing_kept", asset=rates.index, year=year)
    yield Charge("fixed_om", owners["node"].tolist(), owners["technology"].tolist(), kept * rates.to_numpy())
