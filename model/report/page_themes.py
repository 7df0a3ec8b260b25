"""The page's section on the five themes: their tables, and three pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.report import reading
from model.report.reading import FALLBACK_COLOUR, REACTOR_COLOURS, group, text_of
from model.report.tables import cell_text
from model.report.themes import SMALLEST_POWER, country, has, themes

GIVEN = {
    "reactor_power_given": ("Power", "#f2b134"),
    "reactor_heat_given": ("Heat", "#d1495b"),
    "reactor_hydrogen": ("Hydrogen (made of that power)", "#4c9f9f"),
}
USES = {"land": "#8a9a5b", "cooling_water": "#4c78a8"}
SMALLEST_SHARE = 0.1
"""Places that use less of a limit, %, are not drawn."""
SMALL_REACTORS = ("#e4572e", "#f2a65a", "#b83b5e", "#f6c28b", "#8f2d56", "#d98880")
"""Colours of small designs, one after another."""
HOME, ABROAD = "#2a9d8f", "#9aa0a6"


def themes_data(cube: xr.DataTree) -> dict[str, Any]:
    """Themes with their tables as text, and series for pictures: firm capacity, energy given, spending."""
    return {
        "themes": [
            {
                "name": theme.name,
                "dutch": theme.dutch,
                "sections": [
                    {
                        "title": section.title,
                        "note": section.note,
                        "head": [str(column) for column in section.table.columns],
                        "rows": [[cell_text(value) for value in row] for row in section.table.itertuples(index=False)],
                    }
                    for section in theme.sections
                ],
            }
            for theme in themes(cube)
        ],
        "firm": firm(cube),
        "given": given(cube),
        "spending": spending(cube),
        "limits": limits(cube),
    }


def limits(cube: xr.DataTree) -> list[dict[str, Any]]:
    """How much of its land and cooling water the reactors of a place use, %, by year; only where there is a limit."""
    ledgers, years = group(cube, "ledgers"), reading.years_of(cube)
    names, found = text_of(cube, "node_name").to_dict(), []
    for what, colour in USES.items():
        if f"place_{what}" not in ledgers:
            continue
        share = 100.0 * ledgers[f"place_{what}"] / ledgers[f"place_{what}_limit"]
        for node in share["node"].values:
            values = share.sel(node=node).reindex(year=years).values
            if np.nanmax(values, initial=0.0) > SMALLEST_SHARE:
                row = {"what": what.replace("_", " "), "colour": colour, "id": str(node), "name": str(names[node])}
                found.append({**row, "values": rounded(values)})
    return found


def firm(cube: xr.DataTree) -> dict[str, Any] | None:
    """Firm capacity in the worst week by technology, and the residual load that it must carry, GW."""
    ledgers, years = group(cube, "ledgers"), reading.years_of(cube)
    if "worst_week_firm" not in ledgers:
        return None
    found = ledgers["worst_week_firm"].to_series().unstack("year").reindex(columns=years).fillna(0.0)
    found = found[found.max(axis=1) > SMALLEST_POWER]
    names, colours = text_of(cube, "technology_name").to_dict(), technology_colours(cube)
    series = [
        {"name": str(names[technology]), "colour": colours[technology], "values": rounded(row / 1e3)}
        for technology, row in found.loc[found.sum(axis=1).sort_values(ascending=False).index].iterrows()
    ]
    return {"series": series, "needed": rounded(ledgers["worst_week_residual_load"].reindex(year=years).values / 1e3)}


def technology_colours(cube: xr.DataTree) -> dict[Any, str]:
    """Colour of every technology; small reactors told apart by design."""
    found: dict[Any, str] = {
        key: str(value) or FALLBACK_COLOUR for key, value in text_of(cube, "technology_colour").items()
    }
    if "design_kind" in group(cube, "inputs"):
        kinds = text_of(cube, "design_kind")
        found |= {design: REACTOR_COLOURS[str(kind)] for design, kind in kinds.items()}
        small = kinds.index[kinds == "smr"]
        found |= {design: SMALL_REACTORS[place % len(SMALL_REACTORS)] for place, design in enumerate(small)}
    return found


def given(cube: xr.DataTree) -> list[dict[str, Any]]:
    """What reactors give in a year, TWh."""
    return [
        {"name": name, "colour": colour, "values": rounded(country(cube, ledger))}
        for ledger, (name, colour) in GIVEN.items()
        if has(cube, ledger)
    ]


def spending(cube: xr.DataTree) -> list[dict[str, Any]]:
    """Overnight cost of what is built in each milestone, at home and abroad, billion EUR."""
    if not has(cube, "domestic_spending"):
        return []
    home, whole = (
        pd.Series(country(cube, name)).fillna(0.0) / 1e9 for name in ("domestic_spending", "reactor_spending")
    )
    return [
        {"name": "Spent in the country", "colour": HOME, "values": rounded(home)},
        {"name": "Spent abroad", "colour": ABROAD, "values": rounded(whole - home)},
    ]


def rounded(values: Any) -> list[float]:
    """Numbers for JSON, absent ones as zero: a bar that is not there."""
    return [round(float(value), 4) for value in pd.Series(list(values), dtype=float).fillna(0.0)]
