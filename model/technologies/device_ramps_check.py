"""Checks ramps of devices, from step to step and into the first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, above, taken
from model.core.given_checking import device_capacities
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@check
def ramps_of_devices(case: Case, cube: Any) -> Iterator[Finding]:
    """Activity rises and falls no faster than its share of capacity; periods begin freely but for what came before."""
    tally, table = Tally("device ramp"), case.given.devices
    limited = np.isfinite(table["ramp_up"].to_numpy(float)) | np.isfinite(table["ramp_down"].to_numpy(float))
    labels = table.index[limited].tolist()
    period = np.asarray(case.time.period)
    for year in case.years if labels else []:
        activity = taken(cube, "device_activity", device=labels, year=year)
        capacity = device_capacities(case, cube, year)[limited][:, None]
        before = np.concatenate([np.full((len(labels), 1), np.nan), activity[:, :-1]], axis=1)
        starts = np.append(True, period[1:] != period[:-1])
        before[:, starts] = table.loc[labels, "activity_before"].to_numpy(dtype=float)[:, None]
        change = np.nan_to_num(activity - before)
        for column, sign in (("ramp_up", 1.0), ("ramp_down", -1.0)):
            share = table.loc[labels, column].to_numpy(dtype=float)[:, None]
            most = np.where(np.isfinite(share), np.where(np.isfinite(share), share, 0.0) * capacity, np.inf)
            tally.look(above(sign * change, most), labels, where=f"{column}, {year}")
    yield tally.finding
