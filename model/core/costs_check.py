"""Checks the costs: every amount by year, node, technology and item is found anew from prices and results (O2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import SMALLEST_SUM, Finding, Tally, all_charges, apart
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

KEYS = ("year", "node", "technology", "cost_item")


@check
def cost_items(case: Case, cube: Any) -> Iterator[Finding]:
    """Each cost item is what the features' own prices and quantities give; no item is left unexplained."""
    booked = cube["costs"]["cost"].transpose(*KEYS)
    yearly = cube["costs"]["annual_cost"].transpose(*KEYS)
    labels = {key: pd.Index(booked[key].values) for key in KEYS}
    found = np.zeros(booked.shape)
    strange: dict[str, float] = {}
    discount = discount_weights(case)
    for year in case.years:
        at_year = int(labels["year"].get_loc(year))
        for charge in all_charges(case, cube, year):
            nodes = labels["node"].get_indexer(pd.Index(charge.nodes, dtype=object))
            technologies = labels["technology"].get_indexer(pd.Index(charge.technologies, dtype=object))
            known = (nodes >= 0) & (technologies >= 0) & (charge.item in labels["cost_item"])
            amounts = np.asarray(charge.amounts, dtype=float)
            if known.any():
                item = int(labels["cost_item"].get_loc(charge.item))
                np.add.at(found, (at_year, nodes[known], technologies[known], item), amounts[known])
            strange[charge.item] = strange.get(charge.item, 0.0) + float(np.abs(amounts[~known]).sum())
    held = np.nan_to_num(booked.values)
    factors = np.array([discount[year] for year in labels["year"]]).reshape(-1, 1, 1, 1)
    places = [list(labels[key]) for key in KEYS[:3]]
    for position, item in enumerate(labels["cost_item"]):
        tally = Tally(f"cost item {item}")
        right = found[..., position] * factors[..., 0]
        tally.look(apart(held[..., position], right, smallest=SMALLEST_SUM), *places)
        yield tally.finding
    missing = Tally("costs that are not booked")
    missing.look(np.array(list(strange.values())) / SMALLEST_SUM, list(strange))
    yield missing.finding
    annual = Tally("cost of one year")
    annual.look(apart(np.nan_to_num(yearly.values) * factors, held, smallest=SMALLEST_SUM), *places)
    yield annual.finding


def discount_weights(case: Case) -> dict[int, float]:
    """Discount weight by year."""
    return {year: float(case.discount_weight[year]) for year in case.years}
