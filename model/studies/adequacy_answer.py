"""The study of adequacy in words, tables and pictures."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.studies.adequacy import ALONE, WITH_NEIGHBOURS, Adequacy, Fleet, expectation
from model.studies.adequacy_draws import whole_units
from model.studies.framework.page import Answer, Chapter, described, facts_of
from model.studies.framework.pictures import PALETTE, bars

NAMES = {ALONE: "the country alone", WITH_NEIGHBOURS: "neighbours always send what their lines carry"}
MONTHS = list(calendar.month_name)[1:]
UNITS = {
    "loss_of_load_hours": ("h/year", "Expected hours in which power is short (LOLE)"),
    "loss_of_load_half_width": ("h/year", "Half the width of its 95 % interval, of the draws"),
    "unserved_energy": ("MWh/year", "Expected energy that is not served (EUE)"),
    "unserved_energy_half_width": ("MWh/year", "Half the width of its 95 % interval, of the draws"),
    "years_short": ("share", "Share of the drawn years with any shortage"),
    "firm_power": ("MW", "Power that never fails by which a technology could be replaced, unserved energy alike"),
}
COLUMNS = {
    "loss_of_load_hours": "LOLE, h/year", "loss_of_load_half_width": "± (95 %)", "unserved_energy": "EUE, MWh/year",
    "unserved_energy_half_width": "± (95 %) ", "years_short": "years with a shortage",
}  # fmt: skip


def answer_of(found: Adequacy) -> Answer:
    """Put the study into words, tables and pictures."""
    points = points_of(found)
    total, single = points[points["weather_year"] == 0], points[points["weather_year"] != 0]
    facts = {
        **facts_of(found.case),
        "weather years": ", ".join(map(str, found.weather_years)),
        "time": "every hour of every weather year",
        "draws": f"{found.draws} for each weather year",
        "seed": str(found.seed),
    }
    chapters = [_headline(found, total, single), _months(found), _fleets(found)]
    if len(found.firm):
        chapters.append(_firm(found))
    table = points.assign(weather_year=points["weather_year"].map(lambda year: str(year or "all")))
    return Answer(
        name="adequacy",
        title=f"Is there enough power when units fail: {found.year}",
        subtitle=f"{found.run_name}: {found.case.scenario.title}",
        held_equal=[
            "Capacities are those of the run; nothing is built and nothing is optimised.",
            "The country is one place: no limit of the grid holds power back. Fuels and hydrogen are always at hand.",
            "Planned outages are an average share of every hour; forced outages of single units are drawn.",
            "Makers of hydrogen stop when power is short; other technologies use power as the run dispatched them.",
        ],
        chapters=chapters,
        table=table,
        dataset=dataset_of(found, table, facts),
        facts=facts,
        warnings=warnings_of(found),
    )


def points_of(found: Adequacy) -> pd.DataFrame:
    """Figures by view and weather year; weather year 0: all of them."""
    rows = []
    for view, by_year in found.shortages.items():
        for year, group in [(0, by_year), *((year, {year: one}) for year, one in by_year.items())]:
            hours, hours_width = expectation({y: one.hours for y, one in group.items()})
            energy, energy_width = expectation({y: one.energy for y, one in group.items()})
            short = float(np.mean([(one.hours > 0).mean() for one in group.values()]))
            rows.append((view, year, hours, hours_width, energy, energy_width, short))
    return pd.DataFrame(rows, columns=["view", "weather_year", *COLUMNS])


def warnings_of(found: Adequacy) -> list[str]:
    """What must be known before a figure is quoted."""
    said = []
    average = sum(f.capacity for f in found.fleets if not f.drawn and not f.profile and not f.abroad)
    if average:
        said.append(
            f"{average:,.0f} MW have no size, rate or repair time in the table units (or reactors): their outages are "
            "an average share of every hour, which hides shortages."
        )
    if len(found.weather_years) < 10:
        few = len(found.weather_years)
        words = "One weather year stands" if few == 1 else f"{few} weather years stand"
        said.append(f"{words} for the weather: the interval of chance is that of outages, not of weather.")
    return said


def _headline(found: Adequacy, total: pd.DataFrame, single: pd.DataFrame) -> Chapter:
    words = []
    for row in total.itertuples():
        if row.unserved_energy == 0:
            most = 3.0 / (found.draws * len(found.weather_years))
            words.append(
                f"{NAMES[str(row.view)]}: nothing is short in any draw, so a year with a shortage has a chance of at "
                f"most {most:.2%} (95 %)."
            )
            continue
        words.append(
            f"{NAMES[str(row.view)]}: power is short in {row.loss_of_load_hours:,.2f} ± "
            f"{row.loss_of_load_half_width:,.2f} hours a year; {row.unserved_energy:,.0f} ± "
            f"{row.unserved_energy_half_width:,.0f} MWh are not served; {row.years_short:.0%} of the years have a "
            "shortage."
        )
    words = [f"{text[0].upper()}{text[1:]}" for text in words]
    words.append("± is the 95 % interval of the draws, the weather years taken as they are.")
    pictures = []
    for view, part in single.groupby("view", sort=False):
        hours = [(str(y), float(h)) for y, h in zip(part["weather_year"], part["loss_of_load_hours"], strict=True)]
        caption = f"Hours a year in which power is short, {NAMES[str(view)]}"
        pictures.append((caption, bars(hours, "h/year", alike(hours))))
    shown = pd.concat([total, single]).assign(
        weather=lambda t: t["weather_year"].map(lambda year: str(year or "all")),
        view=lambda t: t["view"].map({ALONE: "alone", WITH_NEIGHBOURS: "with neighbours"}),
    )
    shown = shown.set_index(["view", "weather"])[list(COLUMNS)].rename(columns=COLUMNS)
    return Chapter("Hours and energy that are short", words, pictures, shown)


def alike(values: Sequence[tuple[str, float]]) -> dict[str, str]:
    """One colour for all bars: their labels are no kinds."""
    return {label: PALETTE[0] for label, _ in values}


def _months(found: Adequacy) -> Chapter:
    """Energy that is not served by month, the country alone, mean of the weather years."""
    sums = np.zeros(12)
    for year, one in found.shortages[ALONE].items():
        start = np.datetime64(f"{year}-01-01T00", "h")
        months = (start + np.arange(len(one.by_hour))).astype("datetime64[M]").astype(int) % 12
        sums += np.bincount(months, weights=one.by_hour, minlength=12)[:12] / len(found.shortages[ALONE])
    values = [(name, float(value)) for name, value in zip(MONTHS, sums, strict=True)]
    words = ["Expected energy that is not served, the country alone, mean of the weather years."]
    table = pd.DataFrame(values, columns=["month", "MWh"]).set_index("month")
    return Chapter("When power is short", words, [("MWh a year by month", bars(values, "MWh", alike(values)))], table)


def _fleets(found: Adequacy) -> Chapter:
    rows: dict[str, list[Any]] = {}
    for fleet in found.fleets:
        row = rows.setdefault(fleet.technology, [_kind(fleet), 0.0, 0, fleet.size, fleet.rate, fleet.repair])
        row[1] += fleet.capacity
        row[2] += whole_units(fleet.capacity, fleet.size) if fleet.drawn else 0
    columns = ["outages", "MW", "whole units", "MW a unit", "out of service", "repair, h"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("technology").sort_index()
    stores = pd.DataFrame(
        {name: [s.discharge, s.energy] for name, s in found.stores.items()}, index=["MW", "MWh"]
    ).T.rename_axis("store")
    words = ["Units are cut from the capacity of each place; what is left over is a smaller unit."]
    words += [
        f"Store {name}: {row.MW:,.0f} MW, {row.MWh:,.0f} MWh. It gives as soon as power is short and fills from every "
        "surplus; the store that could give longest gives first."
        for name, row in stores.iterrows()
    ]
    return Chapter("What gives power", words, [], table)


def _kind(fleet: Fleet) -> str:
    if fleet.drawn:
        return "drawn, with the weather" if fleet.profile else "drawn"
    return "weather" if fleet.profile else "none" if fleet.abroad else "average"


def _firm(found: Adequacy) -> Chapter:
    shown = found.firm.rename(columns={"unit_size": "MW a unit", "capacity": "MW", "firm": "firm MW", "share": "share"})
    defined = found.firm["firm"].notna()
    words = [
        "Power that never fails by which all units of a technology could be replaced, with as much energy unserved; "
        f"{NAMES[found.firm_view]}. Many small units are worth more than one large one: they do not fail at once."
    ]
    if not defined.any():
        words.append("Not defined here: nothing is short in any draw.")
        return Chapter("What a design is worth as firm power", words, [], shown)
    values = [(str(name), float(row.firm / row.capacity)) for name, row in found.firm[defined].iterrows()]
    return Chapter("What a design is worth as firm power", words, [("Share of capacity", bars(values, "share"))], shown)


def dataset_of(found: Adequacy, table: pd.DataFrame, facts: dict[str, str]) -> xr.Dataset:
    """The same figures with labels and units."""
    data = table.set_index(["view", "weather_year"])[list(COLUMNS)].to_xarray()
    if len(found.firm):
        data["firm_power"] = found.firm["firm"].to_xarray()
    return described(data, UNITS, facts)
