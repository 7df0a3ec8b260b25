"""What the checks of things given one by one share: figures of rows at the steps, capacities that hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import taken

if TYPE_CHECKING:
    from model.data.case import Case


def at_steps(case: Case, table: pd.DataFrame, column: str) -> np.ndarray:
    """A figure of every row of a table in every step: its series where it has one, else the number."""
    values = np.repeat(table[column].to_numpy(dtype=float)[:, None], case.time.count, axis=1)
    for row, label in enumerate(table[f"{column}_series"]):
        if label:
            values[row] = case.given.series[label]
    return values


def device_capacities(case: Case, cube: Any, year: int) -> np.ndarray:
    """Capacity of every device, MW: what was chosen, else what the table gives; of a shared one that of its owner."""
    table = case.given.devices
    own = table["capacity"].to_numpy(dtype=float).copy()
    chosen = table["expandable"].to_numpy(dtype=bool)
    own[chosen] = taken(cube, "device_capacity", device=table.index[chosen], year=year)
    owners = [shared or device for device, shared in table["capacity_of"].items()]
    return np.asarray(own[table.index.get_indexer(pd.Index(owners, dtype=object))])


def times(shares: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Shares of sizes, one size per row; nothing of an endless size is nothing."""
    with np.errstate(invalid="ignore"):
        return np.where(shares == 0.0, 0.0, shares * sizes[:, None])
