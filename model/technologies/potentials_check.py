"""Checks potentials that assets share, and build rates of the country and of a place (C3, F10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import Finding, Tally, above, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@check
def shared_potentials(case: Case, cube: Any) -> Iterator[Finding]:
    """Assets of a group together stay within its limit of the year, or within what stands of them today."""
    tally = Tally("shared potentials")
    members = case.tables["shared_potentials"][["group", "node", "technology", "factor"]]
    assets = case.assets[["node", "technology"]].rename_axis("asset").reset_index()
    members = members.merge(assets, on=["node", "technology"])
    for year in case.years:
        counted = members["factor"].to_numpy() * taken(cube, "capacity", asset=members["asset"], year=year)
        stands = np.array([float(case.existing.get((asset, year), 0.0)) for asset in members["asset"]])
        sums = pd.DataFrame(
            {"group": members["group"], "capacity": counted, "stands": members["factor"].to_numpy() * stands}
        )
        sums = sums.groupby("group").sum()
        table = case.tables["shared_potential_limits"]
        if case.scenario.detail.carbon_network:
            table = table[table["unit"] != "t/h"]
        limits = limits_of_year(table, year).reindex(sums.index).fillna(np.inf)
        most = np.maximum(limits.to_numpy(dtype=float), sums["stands"].to_numpy())
        tally.look(above(sums["capacity"].to_numpy(), most), list(sums.index), where=year)
    yield tally.finding


def limits_of_year(table: pd.DataFrame, year: int) -> pd.Series:
    """Limit of each group in a year; a group without any figure is absent."""
    known = table[table["capacity_max"].notna()]
    return pd.Series(
        {group: in_year(rows["year"], rows["capacity_max"], year) for group, rows in known.groupby("group")},
        dtype=float,
    )


def in_year(years: pd.Series, values: pd.Series, year: int) -> float:
    """A figure in a year: linear between the years that the table gives, constant outside them and without a year."""
    if years.isna().any():
        return float(values.iloc[0])
    order = np.argsort(years.to_numpy(dtype=float))
    return float(np.interp(year, years.to_numpy(dtype=float)[order], values.to_numpy(dtype=float)[order]))


def rates_of_year(case: Case, name: str, year: int) -> pd.Series:
    """Build rate of each technology in a year, by its table (reactors: by the case, per MW_th); inf without."""
    rates = case.technologies[name].fillna(np.inf).astype(float)
    table = case.tables["technology_parameters"]
    own: dict[Any, float] = {
        technology: in_year(rows["year"], rows["value"], year)
        for technology, rows in table[table["parameter"] == name].groupby("technology")
    }
    return pd.Series({technology: own.get(technology, rate) for technology, rate in rates.items()}, dtype=float)


@check
def build_rates(case: Case, cube: Any) -> Iterator[Finding]:
    """Country and place build no faster than rate × years since the milestone before, or since the first year."""
    country, place = Tally("build rate of the country"), Tally("build rate of a place")
    if case.scenario.investment.build_rates:
        figures, years = case.technologies, case.scenario.years
        for number, year in enumerate(years):
            since = years[number - 1] if number else min(case.scenario.investment.stock_year, year)
            first = figures["earliest_year"].fillna(-np.inf).clip(lower=since)
            span = (year - first).clip(lower=1.0)
            built = pd.Series(taken(cube, "built", asset=case.assets.index, build_year=year), index=case.assets.index)
            by_technology = built.groupby(case.assets["technology"]).sum()
            names = list(by_technology.index)
            most = (rates_of_year(case, "build_rate_max", year) * span).reindex(names)
            country.look(above(by_technology.to_numpy(), most.to_numpy(dtype=float)), names, where=year)
            each = (rates_of_year(case, "build_rate_site_max", year) * span).reindex(case.assets["technology"])
            place.look(above(built.to_numpy(), each.to_numpy(dtype=float)), list(case.assets.index), where=year)
    yield country.finding
    yield place.finding
