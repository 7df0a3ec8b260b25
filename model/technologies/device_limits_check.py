"""Checks limits over devices, reservoirs and corridors by adding up anew what counts in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number
from model.core.checking import SMALLEST, Finding, Tally, above, below, of_year, taken
from model.core.given_checking import at_steps, device_capacities
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


def counted(case: Case, cube: Any, year: int) -> np.ndarray:
    """What every term of a limit counts, factors included."""
    table = case.given.device_limit_terms
    hours = case.given.energy_weight
    hours = hours if len(hours) else np.asarray(case.time.weight, dtype=float)
    factors, found = at_steps(case, table, "factor"), np.zeros(len(table))
    capacities = device_capacities(case, cube, year)
    standing = of_year(case.corridor_years, year)["capacity"]
    for row, (_, kind, name) in enumerate(table.index):
        steady = float(factors[row, 0])
        if kind == "energy":
            found[row] = (factors[row] * taken(cube, "device_activity", device=[name], year=year)[0]) @ hours
        elif kind == "capacity":
            found[row] = steady * capacities[case.given.devices.index.get_loc(name)]
        elif kind == "level":
            found[row] = steady * taken(cube, "reservoir_level", reservoir=[name], year=year)[0, -1]
        elif kind == "corridor":
            added = taken(cube, "corridor_expansion", corridor=[name], year=year)[0]
            found[row] = steady * (float(standing.get(name, 0.0)) + added)
        elif case.given.reservoirs.at[name, "expandable"]:
            found[row] = steady * taken(cube, "reservoir_capacity", reservoir=[name], year=year)[0]
        else:
            found[row] = steady * number(case.given.reservoirs, name, "capacity")
    return found


@check
def limits_over_devices(case: Case, cube: Any) -> Iterator[Finding]:
    """The sum of the terms of a limit stays on its side of the value."""
    tally, limits = Tally("limit over devices"), case.given.device_limits
    table = case.given.device_limit_terms
    for year in case.years if len(table) else []:
        amounts = counted(case, cube, year)
        at = limits.index.get_indexer(table.index.get_level_values("limit"))
        sums, sizes = np.zeros(len(limits)), np.zeros(len(limits))
        np.add.at(sums, at, amounts)
        np.add.at(sizes, at, np.abs(amounts))
        value, sense = limits["value"].to_numpy(dtype=float), limits["sense"].to_numpy()
        scale = np.maximum(sizes, SMALLEST) / np.maximum(np.abs(value), SMALLEST)
        over = np.where(sense == "at_least", 0.0, above(sums, value)) / scale
        under = np.where(sense == "at_most", 0.0, below(sums, value)) / scale
        tally.look(np.maximum(over, under), limits.index.tolist(), where=year)
    yield tally.finding
