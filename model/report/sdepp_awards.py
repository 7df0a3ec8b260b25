"""What a run with SDE++ awards says of each round: who got how much, and what ceiling and hekjes are worth."""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr

from model.report.reading import group
from model.report.tables import Section

SMALLEST = 0.5
"""Million EUR below which a category is not listed."""


def sdepp_sections(cube: xr.DataTree) -> list[Section]:
    """Tables of a run with the scheme; none without.

    Args:
        cube: an opened run.
    """
    if "sdepp_domain_claims" not in cube["ledgers"]:
        return []
    return [
        Section(
            "SDE++ rounds, million EUR",
            round_table(cube),
            "Shadow prices: EUR of system cost, discounted, that one EUR more of ceiling, or less of a hekje, would "
            "save. Payments are a transfer: in no cost above but those of sites in the private view.",
        ),
        Section("SDE++ claims on which something is built, by category, million EUR", category_table(cube)),
    ]


def round_table(cube: xr.DataTree) -> pd.DataFrame:
    """Ceiling and domains of every round (rows): demand, reserve, claims, shadow price."""
    ledgers, inputs = group(cube, "ledgers"), group(cube, "inputs")
    figures = {
        "demand": ledgers["sdepp_domain_demand"].to_series(),
        "reserve": ledgers["sdepp_domain_reserve"].to_series(),
        "awarded": ledgers["sdepp_domain_claims"].to_series(),
        "built on": ledgers["sdepp_domain_built"].to_series(),
    }
    if "sdepp_hekje_price" in ledgers:
        figures["shadow price, EUR/EUR"] = ledgers["sdepp_hekje_price"].to_series()
    domains = pd.DataFrame(figures).dropna(subset=["demand"])
    rows: list[dict[str, Any]] = []
    ceilings = inputs["sdepp_ceiling_value"].to_series().dropna()
    for name, ceiling in ceilings.items():
        own: Any = domains.xs(str(name), level="round")
        whole: Any = own[["demand", "awarded", "built on"]].sum()
        price = float(ledgers["sdepp_ceiling_price"].sel(round=str(name)))
        rows.append({"round": name, "domain": "ceiling", "reserve": float(ceiling), **whole})
        rows[-1]["shadow price, EUR/EUR"] = price
        rows += [{"round": name, "domain": domain, **row} for domain, row in own.iterrows()]
    table = pd.DataFrame(rows).set_index(["round", "domain"])
    return table.rename(columns={"reserve": "ceiling or reserve"})


def category_table(cube: xr.DataTree) -> pd.DataFrame:
    """Claims by category (rows) and round."""
    table = group(cube, "ledgers")["sdepp_category_built"].to_series().unstack("round").fillna(0.0)
    return table[table.max(axis=1) > SMALLEST]
