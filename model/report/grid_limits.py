"""Every limit of the grid with its use and its worth, read from a run (formulation G6)."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from model.cube.limit_ledgers import FIGURES, LIMITS
from model.report.reading import group

HEADINGS = {
    "limit": "limit, MW",
    "loading_mean": "mean loading",
    "loading_peak": "highest loading",
    "congested_hours": "hours at limit",
    "price_mean": "shadow price then, EUR/MWh",
    "price_peak": "highest, EUR/MWh",
    "value": "one more MW, EUR/MW/year",
}
"""Headings of the figures."""
DIRECTIONS = {"feed_in": "feed-in", "offtake": "off-take", "import": "import", "export": "export", "": ""}


def limit_table(cube: xr.DataTree, year: int | None = None) -> pd.DataFrame:
    """Corridors, hosting limits, interconnectors and connections of sites, those worth most first.

    Args:
        cube: an opened run, or one in memory.
        year: one milestone year; by default all.

    Returns:
        kind, place, direction, year and `FIGURES`; limits that stand, carriers other than electricity included.
    """
    ledgers, parts = group(cube, "ledgers"), []
    for kind, labels in LIMITS.items():
        known = [name for name in FIGURES if f"{kind}_{name}" in ledgers]
        if "limit" not in known:
            continue
        frame = pd.DataFrame({name: ledgers[f"{kind}_{name}"].to_series() for name in known}).reset_index()
        frame = frame[frame["limit"].notna()].rename(columns={labels[0]: "place"})
        if "direction" not in frame:
            frame["direction"] = ""
        parts.append(frame.assign(kind=kind))
    columns = ["kind", "place", "direction", "year", *FIGURES]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts).reindex(columns=columns)
    table = table if year is None else table[table["year"] == year]
    return table.sort_values(["value", "congested_hours"], ascending=False, kind="stable").reset_index(drop=True)


def place_names(cube: xr.DataTree) -> dict[str, str]:
    """Names of regions and nodes as a reader knows them, by label."""
    inputs, names = group(cube, "inputs"), dict[str, str]()
    for name in ("node_name", "region_name"):
        if name in inputs:
            series = inputs[name].dropna(name.split("_")[0]).to_series()
            names |= {str(label): str(text) for label, text in series.items() if str(text)}
    return names


def shown_limits(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The same for people: places by name, directions in words, headings with units."""
    place = table["place"].map(str)
    shown = pd.DataFrame(
        {
            "kind": table["kind"].where(table["kind"] != "connection", "site connection"),
            "place": place.map(names).fillna(place),
            "direction": table["direction"].map(DIRECTIONS),
            "year": table["year"].map(str),
        }
    )
    return shown.assign(**{text: table[name] for name, text in HEADINGS.items()})
