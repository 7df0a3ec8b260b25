"""What a data set gives one by one: machines, stores, loads and limits, with their series by snapshot.

A series is a column of a file in the folder `series` of the data set; its label is `FILE:COLUMN`.  The first column of
every file is `snapshot` and holds the labels of the table snapshots, in their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.data.csv_text import read_csv_text
from model.data.tables import bare, checksum
from model.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

SERIES_FOLDER = "series"
TABLES = ("devices", "device_ports", "device_costs", "reservoirs", "loads", "device_limits", "device_limit_terms")
BLANKS: dict[str, dict[str, float]] = {
    "devices": {
        "capacity": np.inf, "capacity_min": 0.0, "capacity_max": np.inf, "capacity_cost": 0.0, "share_min": 0.0,
        "share_max": 1.0, "variable_cost": 0.0, "running_cost": 0.0, "ramp_up": np.inf, "ramp_down": np.inf,
    },
    "reservoirs": {
        "capacity": np.inf, "capacity_min": 0.0, "capacity_max": np.inf, "capacity_cost": 0.0, "hours": 0.0,
        "level_min": 0.0, "level_max": 1.0, "standing_loss": 0.0, "inflow": 0.0, "spill_cost": 0.0, "level_cost": 0.0,
        "level_before": 0.0,
    },
}  # fmt: skip
"""What a blank number means (the tables' own words)."""
INDEX = {
    "devices": ["device"], "device_ports": ["device", "port"], "device_costs": ["device", "piece"],
    "reservoirs": ["reservoir"], "loads": ["load"], "device_limits": ["limit"],
    "device_limit_terms": ["limit", "kind", "name"],
}  # fmt: skip


def _nothing(name: str) -> Any:
    def make() -> pd.DataFrame:
        return table_of(name, None)

    return make


@dataclass(frozen=True)
class Given:
    """Machines, stores and loads that are given one by one, with their series.

    Args:
        devices: index device; columns of the table, blanks as numbers, `expandable` (bool), `lead` (device whose
            capacity it has: itself, or `capacity_of`).
        device_ports: index (device, port); node, carrier, reservoir (blank: none), coefficient, coefficient_series.
        device_costs: index (device, piece); slope (EUR/MWh), intercept (EUR/h).
        reservoirs: index reservoir; columns of the table, blanks as numbers, `expandable`, `cyclic`, `spill` (bool).
        loads: index load; node, carrier, power (MW), power_series.
        device_limits: index limit; sense, value.
        device_limit_terms: index (limit, kind, name); factor, factor_series.
        series: by label, values at the steps (NaN where a step has none).
        energy_weight: hours of the year for which device_limits count a step; empty: those of the costs.
    """

    devices: pd.DataFrame = field(default_factory=_nothing("devices"))
    device_ports: pd.DataFrame = field(default_factory=_nothing("device_ports"))
    device_costs: pd.DataFrame = field(default_factory=_nothing("device_costs"))
    reservoirs: pd.DataFrame = field(default_factory=_nothing("reservoirs"))
    loads: pd.DataFrame = field(default_factory=_nothing("loads"))
    device_limits: pd.DataFrame = field(default_factory=_nothing("device_limits"))
    device_limit_terms: pd.DataFrame = field(default_factory=_nothing("device_limit_terms"))
    series: Mapping[str, np.ndarray] = field(default_factory=dict)
    energy_weight: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def one(self, label: str) -> np.ndarray:
        """The series of a label at the steps; a blank label is one in every step."""
        return self.series[label] if label else np.ones(1)

    def values(self, table: pd.DataFrame, column: str, count: int) -> np.ndarray:
        """A figure of every row of a table: one column of numbers, or `count` where any row has a series instead."""
        steady = table[column].to_numpy(dtype=float)[:, None]
        named = table[f"{column}_series"].tolist()
        if not any(named):
            return steady
        found = np.repeat(steady, count, axis=1)
        for row, label in enumerate(named):
            if label:
                found[row] = self.series[label]
        return found


def table_of(name: str, rows: pd.DataFrame | None) -> pd.DataFrame:
    """A table of things given one by one, indexed, blanks as numbers and flags as truth values."""
    import pandas as pd

    from model.data.schemas import SCHEMAS

    if rows is None:
        numbers = {column.name: column.kind in ("number", "integer") for column in SCHEMAS[name].columns}
        rows = pd.DataFrame(
            {key: pd.Series(dtype=float if is_number else object) for key, is_number in numbers.items()}
        )
    frame = bare(rows).set_index(INDEX[name]).sort_index()
    frame = frame.fillna(BLANKS.get(name, {}))
    for flag in ("expandable", "cyclic", "spill"):
        if flag in frame:
            frame[flag] = frame[flag] == "yes"
    if name == "devices":
        frame["lead"] = frame["capacity_of"].where(frame["capacity_of"] != "", frame.index.to_series())
    return frame


def given_of(tables: Mapping[str, pd.DataFrame], series: Mapping[str, np.ndarray]) -> Given:
    """Everything that the tables of a data set give one by one.

    Args:
        tables: validated tables.
        series: by label, values at the snapshots; empty where the time mode is another.
    """
    snapshots = tables["snapshots"]
    weight = snapshots["energy_weight"].fillna(snapshots["weight"]).to_numpy(dtype=float)
    return Given(
        **{name: table_of(name, tables[name]) for name in TABLES},
        series=dict(series),
        energy_weight=weight if len(series) or len(snapshots) else np.zeros(0),
    )


def read_series(folder: Path, tables: Mapping[str, pd.DataFrame]) -> tuple[dict[str, np.ndarray], list[Problem]]:
    """Read the series of a data set.

    Returns:
        By label the values, NaN where a cell is blank; and every fault: other snapshots than the table's, cells that
        hold no number.
    """
    found: dict[str, np.ndarray] = {}
    problems: list[Problem] = []
    snapshots = [str(label) for label in tables["snapshots"]["snapshot"]]
    for path in sorted((folder / SERIES_FOLDER).glob("*.csv")):
        shown = f"{SERIES_FOLDER}/{path.name}"
        read = read_csv_text(path, ["snapshot"])
        problems += read.problems
        if not read.names or read.names[0] != "snapshot":
            problems.append(Problem(shown, "1", "snapshot", (read.names or [""])[0], "snapshot as the first column"))
            continue
        labels = [cells[0].strip() for _, cells in read.rows]
        if labels != snapshots:
            at = next((i for i, pair in enumerate(zip(labels, snapshots, strict=False)) if pair[0] != pair[1]), None)
            value = f"{len(labels)} rows" if at is None else labels[at]
            expected = f"the {len(snapshots)} snapshots of snapshots.csv, in their order"
            problems.append(Problem(shown, "" if at is None else str(read.rows[at][0]), "snapshot", value, expected))
            continue
        for column, name in enumerate(read.names[1:], start=1):
            values = np.full(len(snapshots), np.nan)
            for row, (line, cells) in enumerate(read.rows):
                text = cells[column].strip()
                try:
                    values[row] = float(text) if text else np.nan
                except ValueError:
                    problems.append(Problem(shown, str(line), name, text, "a number, or a blank"))
            found[f"{path.stem}:{name}"] = values
    return found, problems


def series_checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of the files of series."""
    files = sorted((folder / SERIES_FOLDER).glob("*.csv"))
    return {f"{SERIES_FOLDER}/{path.name}": checksum(path) for path in files}
