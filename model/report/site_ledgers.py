"""The two ledgers of the sites of a run, and the difference item by item with its reason."""

from __future__ import annotations

import textwrap

import pandas as pd
import xarray as xr

from model.errors import InputError, Problem
from model.report.reading import group, years_of
from model.report.tables import table_lines

MILLION = 1e6
SMALLEST = 0.005
"""Amounts below this, million EUR a year, are not shown."""


def site_ledger_table(cube: xr.DataTree) -> pd.DataFrame:
    """Rows of (year, site, item): social and private cost and their difference, million EUR a year, and why.

    Every site ends in a row `total`; items that are next to nothing are left out.

    Raises:
        InputError: the run has no site, or was made before ledgers were written.
    """
    ledgers = group(cube, "ledgers")
    if "site_private_cost" not in ledgers:
        raise InputError([Problem("the run", "", "ledgers", "no ledger of sites", "a run with sites of this version")])
    nodes = group(cube, "inputs")["node_kind"].to_series()
    sites = [str(node) for node in nodes.index[nodes == "site"]]
    why = ledgers["ledger_item_sentence"].to_series()
    social, private = (
        ledgers[name].sel(party=sites).to_series() / MILLION for name in ("site_social_cost", "site_private_cost")
    )
    table = pd.DataFrame({"social": social, "private": private, "difference": private - social})
    table = table.reorder_levels(["year", "party", "ledger_item"])
    parts = []
    for year in years_of(cube):
        for site in sites:
            own = pd.DataFrame(table.xs((year, site), level=("year", "party")))
            own = own[own.abs().max(axis=1) > SMALLEST]
            total = own.sum().to_frame("total").T
            parts.append(pd.concat({(year, site): pd.concat([own, total])}, names=["year", "site", "item"]))
    found = pd.concat(parts)
    reasons = {"total": "What the site pays more, or less, than it costs the system."}
    found["what it is"] = [reasons.get(item) or why[item] for item in found.index.get_level_values("item")]
    return found


def site_ledger_text(table: pd.DataFrame) -> str:
    """The table for a terminal: figures by year, site and item, and below them once what each item is."""
    figures = table.drop(columns="what it is")
    sentences = table["what it is"].groupby(level="item", sort=False).first()
    width = max(map(len, sentences.index)) + 2
    meaning = [
        textwrap.fill(text, 100, initial_indent=f"{item:<{width}}", subsequent_indent=" " * width)
        for item, text in sentences.items()
    ]
    return "\n".join(["Sites: million EUR a year", table_lines(figures), "", "What the items are", *meaning])
