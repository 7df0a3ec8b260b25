"""What the law refuses before the order of receipt is applied, with the reason; and transport indications.

Sources: art. 2(2) (one application per category and address) and 6 of the yearly Regeling aanwijzing categorieën; Stb.
2024, 163 art. 3(1) and art. 8 (existing installations); Besluit SDE art. 59 (feasible, permits); the transport
indication is asked where the grid is congested.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.categories import load_categories
from model.sdepp.reading import Column, nearest, read_table, records

REASONS = {
    "withdrawn": "withdrawn before the decision",
    "no_owner_consent": "no consent of the owner of the place (art. 6(1)a)",
    "investment_allowance": "an energy investment allowance was stated for it (art. 6(1)b)",
    "other_subsidy": "SCE or hydrogen scale-up subsidy was given for the same installation (art. 6(1)c)",
    "existing": "the installation stands already, and no exception of art. 8 holds",
    "committed": "irreversible commitments were made before the application",
    "no_permits": "lacks permits (Besluit SDE art. 59)",
    "not_feasible": "not feasible technically, financially or in time (Besluit SDE art. 59)",
    "outside_limits": "outside a technical limit of its category",
    "no_transport_indication": "no positive transport indication of the grid operator",
    "second_at_address": "another application for this category at this address comes first (art. 2(2))",
}
"""Reasons for refusal before the order, in the order in which they are looked for."""


def ineligible(ranked: pd.DataFrame, transport_indication: Sequence[str]) -> pd.Series:
    """Give the first reason to refuse each application, or "".

    Of several applications for one category at one address, the first in the order stands among those that are not
    refused for another reason.

    Args:
        ranked: applications as `prepare` gives them, in their order of ranking; with `limit`, a sentence where one is
            outside a technical limit, where limits are held against them.
        transport_indication: techniques or categories that need a positive transport indication.

    Returns:
        Reasons by the index of `ranked`.
    """
    needs = ranked["technique"].isin(transport_indication) | ranked["category"].isin(transport_indication)
    faults = {
        "withdrawn": ranked["withdrawn"],
        "no_owner_consent": ~ranked["owner_consent"],
        "investment_allowance": ranked["investment_allowance"],
        "other_subsidy": ranked["other_subsidy"],
        "existing": ranked["existing"] & ~ranked["existing_allowed"],
        "committed": ranked["committed"] & ~ranked["existing_allowed"],
        "no_permits": ~ranked["permits"],
        "not_feasible": ~ranked["feasible"],
        "outside_limits": ranked["limit"] != "" if "limit" in ranked else pd.Series(False, index=ranked.index),
        "no_transport_indication": needs & ~ranked["transport_indication"],
    }
    reason = pd.Series("", index=ranked.index, dtype=object)
    for name, found in faults.items():
        reason = reason.mask(found & (reason == ""), name)
    good = ranked[reason == ""]
    second = good.index[good.duplicated(["category", "address"])]
    reason.loc[second] = "second_at_address"
    return reason


def check_transport_list(names: Sequence[str], categories: pd.DataFrame) -> tuple[str, ...]:
    """Give the list of techniques or categories that need a transport indication; refuse unknown names."""
    known = [*categories["technique"].unique(), *categories.index]
    problems = [
        Problem("round", "", "transport_indication", name, f"a technique or category{nearest(name, known)}")
        for name in names
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    return tuple(names)


HEADROOM_COLUMNS = (
    Column("region", meaning="region of the applications"),
    Column("feed_in", "number", minimum=0, meaning="MW of feed-in that the grid still takes"),
)


def read_headroom(path: Path) -> pd.Series:
    """Read MW of feed-in by region; `InputError` with every fault in the file."""
    problems: list[Problem] = []
    frame = read_table(path, HEADROOM_COLUMNS, problems)
    for row in records(frame[frame.duplicated("region")]):
        problems.append(Problem(row._file, str(row._row), "region", row.region, "every region once"))
    if problems:
        raise InputError(problems)
    return frame.set_index("region")["feed_in"]


def transport_indications(
    applications: pd.DataFrame,
    headroom: pd.Series,
    categories: pd.DataFrame | None = None,
    *,
    reserving: bool = False,
) -> pd.Series:
    """Give whether the grid has room for each application's feed-in: a positive transport indication.

    What a project feeds in is its capacity times the category's `feed_in_share` (half of the peak for most PV, art.
    23(3)); a category that feeds in nothing asks no room.

    Args:
        applications: table with `application`, `category`, `capacity`, `region`, `received`.
        headroom: MW of feed-in that the grid still takes, by region.
        categories: as `load_categories` gives them; by default those of 2024.
        reserving: True: what an earlier application was shown is taken from the room (in order of receipt, then of
            id); False (default): each is judged alone, as an indication reserves nothing.

    Returns:
        True or False by the index of `applications`.

    Raises:
        InputError: regions without a headroom.
    """
    table = load_categories() if categories is None else categories
    share = applications["category"].map(table["feed_in_share"]).fillna(0.0)
    feed_in = applications["capacity"] * share
    asks = feed_in > 0
    room = applications["region"].map(headroom)
    problems = [
        Problem(str(row._file), str(row._row), "region", str(row.region), "a region with a headroom of feed-in")
        for row in records(applications[asks & room.isna()])
    ]
    if problems:
        raise InputError(problems)
    if not reserving:
        return (feed_in <= room.fillna(0.0)) | ~asks
    left = {region: float(value) for region, value in headroom.items()}
    order = applications.sort_values(["received", "application"]).index
    shown = pd.Series(np.ones(len(applications), dtype=bool), index=applications.index)
    for place in order[asks[order]]:
        region = applications.at[place, "region"]
        shown[place] = feed_in[place] <= left[region]
        left[region] -= feed_in[place] if shown[place] else 0.0
    return shown
