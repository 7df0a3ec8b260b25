"""Checks devices: activity within shares of capacity, what ports give, capacity within its limits, and all costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Charge, Finding, Supply, Tally, above, apart, below, charges, supplies, taken
from model.core.given_checking import at_steps, device_capacities, times
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@supplies
def ports_of_devices(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """A port gives its coefficient times the activity of its device."""
    ports = case.given.device_ports
    ports = ports[ports["node"] != ""]
    activity = taken(cube, "device_activity", device=ports.index.get_level_values("device"), year=year)
    values = at_steps(case, ports, "coefficient") * activity
    yield Supply(ports["node"].tolist(), ports["carrier"].tolist(), values)


@check
def device_activities(case: Case, cube: Any) -> Iterator[Finding]:
    """Activity lies between two shares of capacity, and where the table holds it."""
    limits, held = Tally("device limit"), Tally("device held by its series")
    sizes = Tally("device capacity")
    table = case.given.devices
    labels = table.index.tolist()
    for year in case.years if labels else []:
        activity = taken(cube, "device_activity", device=labels, year=year)
        capacity = device_capacities(case, cube, year)
        given = np.full(activity.shape, np.nan)
        for row, label in enumerate(table["activity_series"]):
            if label:
                given[row] = case.given.series[label]
        free = np.isnan(given)
        over = above(activity, times(at_steps(case, table, "share_max"), capacity))
        under = below(activity, times(at_steps(case, table, "share_min"), capacity))
        limits.look(np.where(free, np.maximum(over, under), 0.0), labels, where=year)
        held.look(np.where(free, 0.0, apart(activity, np.where(free, activity, given))), labels, where=year)
        chosen = table["expandable"].to_numpy(dtype=bool)
        low, high = (table[name].to_numpy(dtype=float) for name in ("capacity_min", "capacity_max"))
        wrong = np.maximum(above(capacity, high), below(capacity, low))
        sizes.look(np.where(chosen, wrong, 0.0), labels, where=year)
    yield limits.finding
    yield held.finding
    yield sizes.finding


@charges
def device_payments(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Activity at its cost, hours at theirs, and capacity that can be expanded at its yearly cost."""
    table, weight = case.given.devices, np.asarray(case.time.weight, dtype=float)
    nodes, groups = table["node"].tolist(), table["group"].tolist()
    if not nodes:
        return
    activity = taken(cube, "device_activity", device=table.index, year=year)
    yield Charge("variable_om", nodes, groups, (at_steps(case, table, "variable_cost") * activity) @ weight)
    yield Charge("fixed_om", nodes, groups, table["running_cost"].to_numpy(dtype=float) * weight.sum())
    chosen = table[table["expandable"]]
    capacity = taken(cube, "device_capacity", device=chosen.index, year=year)
    amounts = chosen["capacity_cost"].to_numpy(dtype=float) * capacity
    yield Charge("investment", chosen["node"].tolist(), chosen["group"].tolist(), amounts)
