"""The queue view in words, tables, pictures and files."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from model.core.cells import number
from model.studies.framework.page import Answer, Chapter, described, facts_of
from model.studies.framework.pictures import PALETTE, bars
from model.studies.queue import Queue

ORDERS = {"first_come": "first come, first served", "priority": "the priority framework, then first come"}
WAYS = {"offtake": "off-take", "feed_in": "feed-in"}
UNITS = {
    "limit": ("MW", "Hosting limit of an area, with the reinforcement of the run"),
    "before": ("MW", "Least headroom of an area over the hours of a year, before the requests"),
    "after": ("MW", "The same after all rights that were given"),
}
DRAWN = 6
"""Areas whose headroom is drawn: those with most power asked for."""


def answer_of(found: Queue) -> Answer:
    """Put the view into words, tables and pictures."""
    table = decision_table(found)
    overtaken = (
        "may be overtaken by one that fits" if found.overtaking else "is not overtaken in its area and direction"
    )
    return Answer(
        name="queue",
        title="Queue: which requests fit when, and under which right",
        subtitle=f"{found.case.scenario.run_name}: {found.case.scenario.title}",
        held_equal=[
            f"Order: {ORDERS[found.order]}; who waits {overtaken}.",
            f"Use of the grid: {found.origin}. A right that is given stays, and fits in all later years.",
        ],
        chapters=[
            Chapter("Who gets what, and when", words(found), pictures(found), table.set_index("request")),
            Chapter("Headroom by area", [], headroom_pictures(found), headroom_table(found)),
        ],
        table=table,
        dataset=dataset_of(found),
        facts=facts_of(found.case),
        warnings=found.warnings,
    )


def decision_table(found: Queue) -> pd.DataFrame:
    """One row per request, in the order in which they were served."""
    return pd.DataFrame(
        [
            {
                "request": decision.request.label,
                "order": decision.place,
                "place": decision.request.place,
                "direction": WAYS[decision.request.direction],
                "right": decision.request.right,
                "MW": decision.request.power,
                "year": "waits" if decision.year is None else str(decision.year),
                "usable": round(decision.usable, 3),
                "reason": decision.reason,
                "would fit at once as": ", ".join(decision.alternatives) or "–",
            }
            for decision in found.decisions
        ]
    )


def words(found: Queue) -> list[str]:
    """How much is given in each year, and how much waits."""
    parts = []
    for year in [*found.case.years, None]:
        own = [decision for decision in found.decisions if decision.year == year]
        if own:
            total = sum(decision.request.power for decision in own)
            when = "without a year" if year is None else f"from {year}"
            parts.append(f"{when}: {len(own)} ({total:,.0f} MW)")
    return [f"Requests by the year in which they fit. {'; '.join(parts)}."]


def pictures(found: Queue) -> list[tuple[str, str]]:
    """Power given by year, and waiting, in each direction."""
    drawn = []
    for way, name in WAYS.items():
        own = [decision for decision in found.decisions if decision.request.direction == way]
        values = [
            (
                "waits" if year is None else f"given in {year}",
                float(sum(decision.request.power for decision in own if decision.year == year)),
            )
            for year in [*found.case.years, None]
        ]
        if own:
            drawn.append((f"Power asked for, {name}", bars(values, "MW")))
    return drawn


def headroom_pictures(found: Queue) -> list[tuple[str, str]]:
    """Least headroom by year after what was given, of the areas with most power asked for."""
    asked: dict[tuple[str, str], float] = {}
    for decision in found.decisions:
        key = (decision.request.area, decision.request.direction)
        asked[key] = asked.get(key, 0.0) + decision.request.power
    largest = sorted(asked, key=lambda key: -asked[key])[:DRAWN]
    values = [
        (f"{area}, {WAYS[way]}, {year}", number(found.headroom, (area, way, year), "after"))
        for area, way in largest
        for year in found.case.years
        if (area, way, year) in found.headroom.index
    ]
    colours = {
        label: PALETTE[position // len(found.case.years) % len(PALETTE)] for position, (label, _) in enumerate(values)
    }
    caption = "Least headroom of the year after the rights that were given, where most is asked for"
    return [(caption, bars(values, "MW", colours))] if values else []


def headroom_table(found: Queue) -> pd.DataFrame:
    """Limit and least headroom, MW."""
    names = {"limit": "limit, MW", "before": "least headroom before, MW", "after": "least headroom after, MW"}
    return found.headroom.round(1).rename(columns=names)


def dataset_of(found: Queue) -> xr.Dataset:
    """Headroom by area, direction and year, with labels and units."""
    frame = found.headroom.copy()
    frame = frame.replace([np.inf, -np.inf], np.nan)
    return described(frame.to_xarray(), UNITS, facts_of(found.case))
