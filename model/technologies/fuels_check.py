"""Checks fuels that are bought: national limits and cost, from the energy that assets take (C1, O1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from model.core.checking import SMALLEST_SUM, Charge, Finding, Tally, above, bought_energy, charges
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@check
def fuel_limits(case: Case, cube: Any) -> Iterator[Finding]:
    """The country uses no more of a fuel than there is in a year."""
    tally = Tally("fuel limits")
    for year in case.years:
        used = bought_energy(case, cube, year).groupby(level="carrier").sum()
        limits = case.fuel_limit[case.fuel_limit.index.get_level_values("year") == year].droplevel("year")
        limits = limits.reindex(used.index).dropna()
        value = used.reindex(limits.index).to_numpy(dtype=float)
        tally.look(above(value, limits.to_numpy(dtype=float), SMALLEST_SUM), list(limits.index), where=year)
    yield tally.finding


@charges
def bought_fuel(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Fuel at its price."""
    energy = bought_energy(case, cube, year)
    carriers = energy.index.get_level_values("carrier")
    owners = case.assets.reindex(energy.index.get_level_values("asset"))
    prices = case.fuel_price[case.fuel_price.index.get_level_values("year") == year].droplevel("year")
    amounts = energy.to_numpy() * prices.reindex(carriers).to_numpy(dtype=float)
    yield Charge("fuel", owners["node"].tolist(), owners["technology"].tolist(), amounts)
