"""Operating reserve of a run in the summary: what is asked for, by whom, who holds it, and its price."""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr

from model.report.tables import Section

ASKERS = {"reserve_for_plant": "asset", "reserve_for_reactor": "asset", "reserve_for_link": "interconnector"}
"""Rows that ask for reserve, with the label of who does."""
HOLDERS = {"plants": "plant_reserve", "users that stop": "load_reserve", "stores": "store_reserve"}
PRICE = 0.01
"""EUR/MW/h below which a limit does not bind."""
ASKING = 3
"""Units that are named, those whose limit is worth most in the year."""
SMALL = 0.05
"""MW from which reserve is missing."""


def reserve_sections(cube: xr.DataTree) -> list[Section]:
    """Operating reserve by year; nothing where the run holds none."""
    results: Any = cube["results"]
    if "reserve_need" not in results or not results["reserve_need"].notnull().any():
        return []
    need = results["reserve_need"]
    hours = results["weight"]
    of_year = hours.sum("time")
    missing, price = results["reserve_missing"], cube["duals"]["reserve_balance"]
    rows: dict[str, pd.Series] = {
        "asked for, mean": _by_year((need * hours).sum("time") / of_year),
        "asked for, most": _by_year(need.max("time")),
    }
    for words, name in HOLDERS.items():
        if name in results and results[name].size:
            held = results[name].sum([dim for dim in results[name].dims if dim not in ("year", "time")])
            rows[f"held by {words}, mean"] = _by_year((held * hours).sum("time") / of_year)
    rows["missing, mean"] = _by_year((missing * hours).sum("time") / of_year)
    rows["missing, h a year"] = _by_year(((missing > SMALL) * hours).sum("time"))
    rows["price, mean EUR/MW/h"] = _by_year((price * hours).sum("time") / of_year)
    table = pd.DataFrame(rows).T.rename_axis("figure")
    return [Section("Operating reserve for the loss of one unit, MW", table, _asking(cube, hours))]


def _by_year(values: Any) -> pd.Series:
    series: pd.Series = values.to_series()
    return series


def _asking(cube: xr.DataTree, hours: xr.DataArray) -> str:
    """The units that set the reserve, those first whose limit is worth most."""
    worth: dict[str, float] = {}
    for name, dim in ASKERS.items():
        if name in cube["duals"] and cube["duals"][name].size:
            price: Any = cube["duals"][name]
            price = price.where(price > PRICE, 0.0) * hours
            for label, amount in price.sum([d for d in price.dims if d != dim]).to_series().items():
                worth[str(label)] = worth.get(str(label), 0.0) + float(amount)
    first = sorted((label for label, amount in worth.items() if amount > 0), key=lambda label: -worth[label])
    if not first:
        return ""
    more = f" and {len(first) - ASKING} more" if len(first) > ASKING else ""
    return f"Set by {', '.join(first[:ASKING])}{more}. Reserve that costs nothing may be held beyond what is asked for."
