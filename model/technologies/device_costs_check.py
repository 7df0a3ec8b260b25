"""Checks cost curves of devices: never below a piece, and paid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Charge, Finding, Tally, below, charges, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@check
def cost_curves(case: Case, cube: Any) -> Iterator[Finding]:
    """The cost of an hour is no less than what any piece says of the activity."""
    tally, table = Tally("device cost curve"), case.given.device_costs
    labels = table.index.tolist()
    for year in case.years if labels else []:
        devices = table.index.get_level_values("device")
        activity = taken(cube, "device_activity", device=devices, year=year)
        paid = taken(cube, "device_curve_cost", device=devices, year=year)
        line = table["slope"].to_numpy(dtype=float)[:, None] * activity
        line += table["intercept"].to_numpy(dtype=float)[:, None]
        tally.look(below(paid, line), labels, where=year)
    yield tally.finding


@charges
def curved_payments(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """What devices with a cost curve do."""
    names = case.given.device_costs.index.get_level_values("device").unique()
    if len(names):
        table, weight = case.given.devices.loc[names], np.asarray(case.time.weight, dtype=float)
        paid = taken(cube, "device_curve_cost", device=names, year=year) @ weight
        yield Charge("variable_om", table["node"].tolist(), table["group"].tolist(), paid)
