"""Checks reservoirs: levels carried from step to step, within what they hold, spill within inflow, and all costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import Charge, Finding, Tally, above, apart, below, charges, step_before, taken
from model.core.given_checking import at_steps, device_capacities, times
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


def brought_by_devices(case: Case, cube: Any, year: int) -> np.ndarray:
    """What ports bring into every reservoir (negative: take out), MW."""
    table, ports = case.given.reservoirs, case.given.device_ports
    ports = ports[ports["reservoir"] != ""]
    activity = taken(cube, "device_activity", device=ports.index.get_level_values("device"), year=year)
    brought = np.zeros((len(table), case.time.count))
    np.add.at(
        brought, table.index.get_indexer(pd.Index(ports["reservoir"])), at_steps(case, ports, "coefficient") * activity
    )
    return brought


def holds(case: Case, cube: Any, year: int) -> np.ndarray:
    """Energy that every reservoir holds, MWh: chosen, given, or hours of a device."""
    table = case.given.reservoirs
    energy = table["capacity"].to_numpy(dtype=float).copy()
    chosen = table["expandable"].to_numpy(dtype=bool)
    energy[chosen] = taken(cube, "reservoir_capacity", reservoir=table.index[chosen], year=year)
    by_device = (table["hours_of"] != "").to_numpy()
    at = case.given.devices.index.get_indexer(pd.Index(table.loc[by_device, "hours_of"]))
    energy[by_device] = table.loc[by_device, "hours"].to_numpy(dtype=float) * device_capacities(case, cube, year)[at]
    return energy


@check
def reservoir_levels(case: Case, cube: Any) -> Iterator[Finding]:
    """What is in a reservoir follows from the step before, inflow, devices and spill, and stays within its limits."""
    balance, limits = Tally("reservoir balance"), Tally("reservoir limit")
    held, spilled, sizes = Tally("reservoir held by its series"), Tally("reservoir spill"), Tally("reservoir capacity")
    table = case.given.reservoirs
    labels = table.index.tolist()
    first = np.append(True, np.diff(np.asarray(case.time.period)) != 0)
    length = np.asarray(case.time.length, dtype=float)
    for year in case.years if labels else []:
        level = taken(cube, "reservoir_level", reservoir=labels, year=year)
        spill = taken(cube, "reservoir_spill", reservoir=labels, year=year)
        inflow, energy = at_steps(case, table, "inflow"), holds(case, cube, year)
        kept = (1.0 - table["standing_loss"].to_numpy(dtype=float))[:, None] ** length * level[:, step_before(case)]
        opened = ~table["cyclic"].to_numpy(dtype=bool)[:, None] & first[None, :]
        kept = np.where(opened, table["level_before"].to_numpy(dtype=float)[:, None], kept)
        found = kept + length * (inflow + brought_by_devices(case, cube, year) - spill)
        balance.look(apart(level, found), labels, where=year)
        given = np.full(level.shape, np.nan)
        for row, label in enumerate(table["level_series"]):
            if label:
                given[row] = case.given.series[label]
        free = np.isnan(given)
        over = above(level, times(at_steps(case, table, "level_max"), energy))
        under = below(level, times(at_steps(case, table, "level_min"), energy))
        limits.look(np.where(free, np.maximum(over, under), 0.0), labels, where=year)
        held.look(np.where(free, 0.0, apart(level, np.where(free, level, given))), labels, where=year)
        allowed = np.where(table["spill"].to_numpy(dtype=bool)[:, None], np.maximum(inflow, 0.0), 0.0)
        spilled.look(above(spill, allowed), labels, where=year)
        chosen = table["expandable"].to_numpy(dtype=bool)
        low, high = (table[name].to_numpy(dtype=float) for name in ("capacity_min", "capacity_max"))
        sizes.look(np.where(chosen, np.maximum(above(energy, high), below(energy, low)), 0.0), labels, where=year)
    for tally in (balance, limits, held, spilled, sizes):
        yield tally.finding


@charges
def reservoir_payments(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """What is kept an hour, what is let go, and capacity that can be expanded at its yearly cost."""
    table, weight = case.given.reservoirs, np.asarray(case.time.weight, dtype=float)
    nodes, groups = table["node"].tolist(), table["group"].tolist()
    if not nodes:
        return
    level = taken(cube, "reservoir_level", reservoir=table.index, year=year)
    yield Charge("variable_om", nodes, groups, (at_steps(case, table, "level_cost") * level) @ weight)
    spill = taken(cube, "reservoir_spill", reservoir=table.index, year=year)
    yield Charge("spill", nodes, groups, (at_steps(case, table, "spill_cost") * spill) @ weight)
    chosen = table[table["expandable"]]
    energy = taken(cube, "reservoir_capacity", reservoir=chosen.index, year=year)
    amounts = chosen["capacity_cost"].to_numpy(dtype=float) * energy
    yield Charge("investment", chosen["node"].tolist(), chosen["group"].tolist(), amounts)
