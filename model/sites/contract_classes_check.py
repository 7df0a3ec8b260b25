"""Checks contract classes: rights in every hour, hours of use, granted hours, shared limits, weekly peaks (B2, F8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import Charge, Finding, Tally, above, apart, charges, electricity, of_year, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

EUR_PER_MW = 1000.0
"""What turns EUR/kW into EUR/MW."""
COUNTRY_CLOCK = "Europe/Amsterdam"
HOURS_OF_WEEK, LAST_WEEK = 168, 52
PEAK_TOLERANCE = 1e-3
"""How far a week's peak may be above its highest use: nothing but its tariff pulls it down, relative."""


def open_classes(case: Case) -> pd.DataFrame:
    """Classes by site that the scenario opens: columns of both tables, one row per site and class."""
    settings = case.scenario.sites
    offers, classes = case.tables["site_contracts"], case.tables["contract_classes"]
    rows = offers.merge(classes.drop(columns=["_row", "_file", "source", "provenance", "note"]), on="contract_class")
    whole = pd.Series(settings.whole_connection, dtype=object).reindex(rows["node"]).to_numpy()
    named = rows["contract_class"].isin(settings.contract_classes).to_numpy()
    held = np.where(pd.isna(whole), named, rows["contract_class"].to_numpy() == whole).astype(bool)
    return rows[held & settings.pays_tariffs].reset_index(drop=True)


def listed(table: pd.DataFrame) -> list[Any]:
    """Rows of a table as named tuples."""
    return list(table.itertuples())


def firm_allowed(case: Case, site: str) -> bool:
    """Whether a site may have a firm contract beside its other classes."""
    settings = case.scenario.sites
    return settings.whole_connection.get(site, "firm") == "firm" and "firm" in settings.contract_classes


def connection(case: Case) -> pd.Series:
    """Most that a site can contract, MW."""
    return case.sites["contract_import"].fillna(np.inf) + case.sites["contract_growth_max"].fillna(np.inf)


def local_hours(case: Case) -> np.ndarray:
    """Hour of the clock at which each step begins."""
    return np.array([stamp.hour for stamp in pd.to_datetime(case.time.utc, utc=True).tz_convert(COUNTRY_CLOCK)])


def granted(case: Case, row: Any, year: int) -> np.ndarray:
    """One where a class gives its right: all hours, those of its block, or all but those of highest load around."""
    if row.kind == "block":
        clock, first, last = local_hours(case), row.block_start, row.block_end
        return ((clock - first) % 24 < ((last - first) % 24 or 24)).astype(float)
    if row.kind != "duration":
        return np.ones(case.time.count)
    region = case.nodes["region"]
    demand = of_year(case.demand.assign(row=np.arange(len(case.demand))), year).reset_index()
    around = demand[(demand["carrier"] == electricity(case)) & (demand["node"].map(region) == region[row.node])]
    load = np.asarray(case.demand_series, dtype=float)[around["row"].to_numpy()].sum(axis=0)
    weight = np.asarray(case.time.weight, dtype=float)
    free, budget = np.ones(case.time.count), row.restricted_share * weight.sum()
    for step in sorted(range(len(load)), key=lambda step: (-load[step], step)):
        if weight[step] <= budget * (1 + 1e-9):
            free[step], budget = 0.0, budget - weight[step]
    return free


def weeks_of_steps(case: Case) -> dict[int, list[int]]:
    """Steps by week of the year (1 to 52) for which they stand, from the calendar hour by hour."""
    time = case.time
    steps_of: dict[int, set[int]] = {}
    hour, year = 0.0, None
    ends = np.cumsum(np.asarray(time.length, dtype=float))
    for period, repeats, of in zip(time.runs["period"], time.runs["repeats"], time.runs["weather_year"], strict=True):
        hour, year = (hour if of == year else 0.0), of
        own = np.flatnonzero(np.asarray(time.period) == period)
        starts = ends[own] - np.asarray(time.length, dtype=float)[own]
        whole = float(np.asarray(time.length, dtype=float)[own].sum())
        for again in range(max(1, int(np.ceil(repeats)))):
            for step, start in zip(own, starts - starts[0], strict=True):
                week = min(int((hour + again * whole + start) // HOURS_OF_WEEK) + 1, LAST_WEEK)
                steps_of.setdefault(week, set()).add(int(step))
        hour += whole * repeats
    return {week: sorted(steps) for week, steps in sorted(steps_of.items())}


@check
def rights_of_classes(case: Case, cube: Any) -> Iterator[Finding]:
    """Import is within what firm power and the classes allow; no part is above its offer, all within the connection."""
    rights, parts, whole = Tally("rights of contract classes"), Tally("offered class"), Tally("parts of a connection")
    table, most = open_classes(case), connection(case)
    for year in case.years if len(table) else []:
        for site, rows in table.groupby("node"):
            name = str(site)
            firm = float(taken(cube, "site_contract", node=[name], year=year)[0])
            sums, allowed = firm, np.full(case.time.count, firm)
            for row in listed(rows):
                part, use = use_of(cube, row, year)
                allowed = allowed + (use if use is not None else part * granted(case, row, year))
                offer = np.inf if np.isnan(row.capacity_max) else row.capacity_max
                parts.look(above(np.array([part]), offer), [(name, row.contract_class)], where=year)
                sums += part
            exchange = taken(cube, "site_exchange", node=[name], year=year)[0]
            rights.look(above(exchange, allowed)[None], [name], where=year)
            whole.look(above(np.array([sums]), float(most[name])), [name], where=year)
            if not firm_allowed(case, name):
                whole.look(above(np.array([firm]), 0.0), [f"{name} (firm)"], where=year)
    for tally in (rights, parts, whole):
        yield tally.finding


def use_of(cube: Any, row: Any, year: int) -> tuple[float, np.ndarray | None]:
    """What is contracted under a class, and its hourly use where that is a decision."""
    part = float(taken(cube, "site_class_contract", node=[row.node], contract_class=[row.contract_class], year=year)[0])
    name = {"reserve": "site_reserve_import", "group": "site_group_use"}.get(row.kind)
    if name is None:
        return part, None
    return part, taken(cube, name, node=[row.node], contract_class=[row.contract_class], year=year)[0]


@check
def limits_of_classes(case: Case, cube: Any) -> Iterator[Finding]:
    """Few hours of full use; a shared limit holds for all members together."""
    hours, capacity, shared = Tally("hours of use of a class"), Tally("power of a class"), Tally("group contract")
    table, weight = open_classes(case), np.asarray(case.time.weight, dtype=float)
    for year in case.years:
        sums: dict[str, tuple[float, np.ndarray]] = {}
        for row in listed(table):
            part, use = use_of(cube, row, year)
            place = [(row.node, row.contract_class)]
            if row.kind == "reserve" and use is not None:
                capacity.look(above(use, part)[None], place, where=year)
                hours.look(above(np.array([use @ weight]), row.hours_max * part, 1e6), place, where=year)
            if row.kind == "group" and use is not None:
                limit, taken_so_far = sums.get(row.contract_group, (0.0, np.zeros(case.time.count)))
                sums[row.contract_group] = limit + part, taken_so_far + use
        for group, (limit, use) in sums.items():
            shared.look(above(use, limit)[None], [group], where=year)
    for tally in (hours, capacity, shared):
        yield tally.finding


@check
def weekly_peaks(case: Case, cube: Any) -> Iterator[Finding]:
    """A week's peak is the highest use of its steps under a class of few hours."""
    low, high = Tally("weekly peak"), Tally("weekly peak no higher", PEAK_TOLERANCE)
    table = open_classes(case)
    rows = table[table["kind"] == "reserve"] if len(table) else table
    steps_of = weeks_of_steps(case) if len(rows) else {}
    tariffs = case.sites["tariff_peak"]
    for year in case.years:
        for row in listed(rows):
            _, use = use_of(cube, row, year)
            pays = float(tariffs[row.node]) * row.weekly_peak_factor > 0
            for week, steps in steps_of.items():
                labels: dict[str, Any] = {
                    "node": [row.node],
                    "contract_class": [row.contract_class],
                    "year": year,
                    "week": week,
                }
                peak = taken(cube, "site_week_peak", **labels)
                highest = np.array([0.0 if use is None else use[steps].max()])
                low.look(above(highest, peak), [(row.node, row.contract_class)], where=f"{year}, week {week}")
                if pays:
                    far = apart(np.maximum(peak, highest), highest)
                    high.look(far, [(row.node, row.contract_class)], where=f"{year}, week {week}")
    yield low.finding
    yield high.finding


@charges
def class_tariffs(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Power contracted under a class, and weekly peaks, at their share of the site's tariffs."""
    table = open_classes(case)
    if not len(table):
        return
    sites = case.sites.reindex(table["node"])
    names, labels = table["node"].tolist(), table["contract_class"].tolist()
    parts = taken(cube, "site_class_contract", node=names, contract_class=labels, year=year)
    amounts = table["contract_factor"].to_numpy(dtype=float) * sites["tariff_contract"].to_numpy(dtype=float) * parts
    peaks = taken(cube, "site_week_peak", node=names, contract_class=labels, year=year).sum(axis=1)
    weekly = table["weekly_peak_factor"].fillna(0.0).to_numpy(dtype=float) * sites["tariff_peak"].to_numpy(dtype=float)
    yield Charge("site_tariff", names, ["grid_tariff"] * len(names), EUR_PER_MW * (amounts + weekly * peaks))
