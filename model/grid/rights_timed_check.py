"""Checks rights in a share of the hours: restrictions within the right, and within 15 % of its energy (G3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, above, below, taken
from model.core.registry import check
from model.core.rights_checking import standing

if TYPE_CHECKING:
    from model.data.case import Case


@check
def restrictions(case: Case, cube: Any) -> Iterator[Finding]:
    """No more is restricted than there is of a right; over the year its share of hours of full restriction at most."""
    part, budget = Tally("restricted right"), Tally("hours of restriction")
    weight, offers = np.asarray(case.time.weight, dtype=float), case.rights.offers
    for year in case.years if case.scenario.grid.atr85_form == "budget" else []:
        names = {row.Index for row in standing(case, year)}
        for (name, way, label), offer in offers[offers["kind"] == "duration"].iterrows():
            if name not in names:
                continue
            at: dict[str, Any] = {"connection": [name], "direction": [way], "contract_class": [label], "year": year}
            right, cut = taken(cube, "connection_right", **at)[0], taken(cube, "right_restricted", **at)[0]
            place = [(name, way, label)]
            part.look(np.maximum(above(cut, right), below(cut, 0.0))[None], place, where=year)
            most = float(offer["restricted_share"]) * weight.sum() * right
            budget.look(above(np.array([cut @ weight]), most, 1e6), place, where=year)
    yield part.finding
    yield budget.finding
