"""Checks SDE++ payments to sites in the private ledger: hours, output, and the money that they bring (S5, B4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import SMALLEST_SUM, Charge, Finding, Tally, above, charges, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

TO_UNITS = 1e3
"""MWh in a GWh, t in a kt."""


def earning(case: Case, cube: Any, year: int) -> Any:
    """What sites are paid for in a year: hours, rate, what was built and what is subsidised, MWh or t."""
    assert case.sdepp is not None
    table = case.sdepp.terms.reset_index()
    table = table[(table["year"] == year) & (case.scenario.sites.objective == "private")]
    table["node"] = case.assets["node"].reindex(table["asset"]).to_numpy()
    table = table[table["node"].isin(case.sites.index)].merge(
        case.sdepp.supports["build_year"].reset_index(), on=["round", "category", "asset"]
    )
    labels: Any = {name: table[name].tolist() for name in ("round", "category", "asset", "build_year")}
    table["built"] = taken(cube, "sdepp_built", **labels)
    table["energy"] = TO_UNITS * taken(cube, "sdepp_subsidised", **labels, year=year)
    return table


@check
def sdepp_subsidised_energy(case: Case, cube: Any) -> Iterator[Finding]:
    """No more is subsidised than the hours that count times the award, and than is produced."""
    if case.sdepp is None:
        return
    hours, output = Tally("SDE++ subsidised hours"), Tally("SDE++ subsidised output")
    weight = np.asarray(case.time.weight, dtype=float)
    for year in case.years:
        table = earning(case, cube, year)
        hours.look(
            above(table["energy"].to_numpy(), (table["hours"] * table["built"]).to_numpy(), SMALLEST_SUM),
            table["asset"].tolist(),
            where=year,
        )
        asked = (table["energy"] / table["paid_per_activity"]).groupby(table["asset"]).sum()
        made = taken(cube, "activity", asset=list(asked.index), year=year) @ weight
        output.look(above(asked.to_numpy(), made, SMALLEST_SUM), list(asked.index), where=year)
    yield hours.finding
    yield output.finding


@charges
def sdepp_income(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Rate times what is subsidised, an income."""
    if case.sdepp is None:
        return
    table = earning(case, cube, year)
    if len(table):
        technologies = case.assets["technology"].reindex(table["asset"]).tolist()
        amounts = -(table["rate"] * table["energy"]).to_numpy()
        yield Charge("site_sdepp", table["node"].tolist(), technologies, amounts)
