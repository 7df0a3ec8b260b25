"""Checks peaks and tariffs of connections and payments for limiting contracts, where they are costs (G3, O1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import SMALLEST_SUM, Charge, Finding, Tally, above, apart, charges, taken
from model.core.registry import check
from model.core.rights_checking import LIMITING, WAYS, firm_rights, held_rights, standing

if TYPE_CHECKING:
    from model.data.case import Case

EUR_PER_MW = 1000.0


def contract_bill(case: Case, cube: Any, row: Any, year: int) -> float:
    """What a connection pays for contracted off-take in a year, EUR."""
    factors = case.rights.offers["contract_factor"]
    held = held_rights(case, cube, row, "offtake", year)
    rights = sum(
        float(factors[row.Index, "offtake", right.label]) * right.part for right in held if right.kind not in LIMITING
    )
    firm = sum(firm_rights(case, cube, row, "offtake", year))
    return float(EUR_PER_MW * row.tariff_contract * (firm + rights))


def compensation(case: Case, cube: Any, row: Any, year: int) -> float:
    """What a connection is paid for its limiting contracts in a year, EUR."""
    weight, total = np.asarray(case.time.weight, dtype=float), 0.0
    for way in WAYS:
        for right in held_rights(case, cube, row, way, year):
            offer = case.rights.offers.loc[(row.Index, way, right.label)]
            if right.kind in LIMITING:
                called = float(-right.hourly @ weight) if right.kind == "call" else 0.0
                total += float(offer["availability_payment"]) * right.part + float(offer["call_payment"]) * called
    return total


@check
def peaks_of_connections(case: Case, cube: Any) -> Iterator[Finding]:
    """The peak of a month is no lower than off-take in any step that stands for a day of it."""
    tally = Tally("peak of a connection")
    steps: dict[int, list[int]] = {}
    for step, month in case.time.step_months:
        steps.setdefault(int(month), []).append(int(step))
    for year in case.years if case.scenario.grid.rights.tariffs == "cost" else []:
        for row in standing(case, year):
            exchange = taken(cube, "connection_exchange", connection=[row.Index], year=year)[0]
            for month, own in steps.items():
                at: dict[str, Any] = {"connection": [row.Index], "year": year, "month": month}
                peak = taken(cube, "connection_month_peak", **at)
                tally.look(above(exchange[own].max(keepdims=True), peak), [row.Index], where=f"{year}, month {month}")
    yield tally.finding


@check
def reported_payments(case: Case, cube: Any) -> Iterator[Finding]:
    """What is reported as paid and received follows from rights, tariffs and calls."""
    bill, received = Tally("bill of a connection"), Tally("payment for limiting contracts")
    for year in case.years:
        for row in standing(case, year):
            told = taken(cube, "connection_contract_bill", connection=[row.Index], year=year)
            bill.look(apart(told, contract_bill(case, cube, row, year), smallest=SMALLEST_SUM), [row.Index], where=year)
            told = np.array([taken(cube, "compensation_received", connection=[row.Index], year=year).sum()])
            wanted = compensation(case, cube, row, year)
            received.look(apart(told, wanted, smallest=SMALLEST_SUM), [row.Index], where=year)
    yield bill.finding
    yield received.finding


@charges
def payments_of_connections(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Tariffs and compensation where the scenario counts them as costs."""
    settings = case.scenario.grid.rights
    rows = standing(case, year)
    nodes = [str(row.node) for row in rows]
    if settings.tariffs == "cost" and rows:
        months = np.array(
            [taken(cube, "connection_month_peak", connection=[row.Index], year=year)[0].sum() for row in rows]
        )
        peaks = EUR_PER_MW * np.array([row.tariff_peak for row in rows]) * months
        bills = np.array([contract_bill(case, cube, row, year) for row in rows])
        yield Charge("connection_tariff", nodes, ["grid_tariff"] * len(rows), bills + peaks)
    if settings.compensation == "cost" and rows:
        paid = np.array([compensation(case, cube, row, year) for row in rows])
        yield Charge("capacity_limiting", nodes, ["capacity_limiting"] * len(rows), paid)
