"""A data set in the making: rows of tables, series by snapshot and one scenario, written as a folder that runs at once.

Nothing is left behind where the tables do not pass the checks of the data room.
"""

from __future__ import annotations

import csv
import math
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from model.data.given import SERIES_FOLDER
from model.data.schemas import COMMON_COLUMNS, SCHEMAS
from model.errors import InputError, Problem

CENTRE = (52.1, 5.3)
"""Middle of the ring on which buses without coordinates are laid, degrees."""
RING = 1.0
"""Its radius, degrees."""
SMALL = 200_000
"""Cells of devices and lines times snapshots up to which the simplex method is the quick one."""


@dataclass
class DataFolder:
    """Rows and series of a data set.

    Args:
        name: name of the data set and its scenario.
        source: what every row names as its source.
        rows: by table, rows as mappings; what is absent is blank.
        series: by file and column, values at the snapshots.
        snapshots: labels of the snapshots.
    """

    name: str
    source: str
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    series: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    snapshots: list[str] = field(default_factory=list)

    def add(self, table: str, **cells: Any) -> None:
        """Add a row."""
        self.rows.setdefault(table, []).append(cells)

    def hourly(self, file: str, column: str, values: Any) -> str:
        """Keep a series and give its label (without blanks round the name, as tables are read)."""
        column = column.strip()
        self.series.setdefault(file, {})[column] = np.asarray(values, dtype=float)
        return f"{file}:{column}"

    def bus(self, label: str, name: str, place: tuple[float, float] | None, position: tuple[int, int]) -> None:
        """Add a bus in a region of its own; one without coordinates is laid on a ring (position of how many)."""
        turn = 2.0 * math.pi * position[0] / max(1, position[1])
        latitude, longitude = place or (CENTRE[0] + RING * math.sin(turn), CENTRE[1] + 1.6 * RING * math.cos(turn))
        where = {"latitude": round(latitude, 6), "longitude": round(longitude, 6)}
        note = "" if place else "no coordinates are given: laid on a ring"
        self.add("regions", region=label, name=name, **where, note=note)
        self.add("nodes", node=label, name=name, kind="transmission", region=label, **where, note=note)

    def electricity(self) -> None:
        """Add the carrier electricity, whose loads are always served."""
        self.carrier("electricity", "electricity")

    def carrier(self, label: str, kind: str, **cells: Any) -> None:
        """Add a carrier that is balanced at nodes."""
        fixed = {"name": label, "balanced": "yes", "spill": "none", "colour": "#4269d0"}
        self.add("carriers", carrier=label, kind=kind, **{**fixed, **cells})

    def write(self, folder: Path, settings: Mapping[str, Any], about: str) -> Path:
        """Check everything and write it.

        Args:
            folder: where it goes; it must not exist, or hold an earlier import.
            settings: keys of the scenario beside name and data.
            about: text of README.md.

        Returns:
            The scenario file.

        Raises:
            InputError: the folder holds something else, or the tables hold faults; nothing was written.
        """
        from model.data.validation import check_folder, warn_of

        if folder.exists() and not (folder.is_dir() and _is_import(folder)):
            expected = "a folder that does not exist yet, or an earlier import"
            raise InputError([Problem(str(folder), "", "-o", "", expected)])
        with tempfile.TemporaryDirectory() as parent:
            draft = Path(parent) / self.name
            scenario = self._write(draft, settings, about)
            checked = check_folder(draft)
            if checked.problems:
                raise InputError(checked.problems)
            warn_of(checked.doubts)
            if folder.exists():
                shutil.rmtree(folder)
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(draft, folder)
        return folder / scenario.relative_to(draft)

    def _write(self, folder: Path, settings: Mapping[str, Any], about: str) -> Path:
        (folder / "scenarios").mkdir(parents=True)
        for table, rows in self.rows.items():
            self._write_table(folder / SCHEMAS[table].file_names[0], table, rows)
        if self.series:
            (folder / SERIES_FOLDER).mkdir()
        for file, columns in self.series.items():
            with (folder / SERIES_FOLDER / f"{file}.csv").open("w", newline="", encoding="utf-8") as opened:
                writer = csv.writer(opened, lineterminator="\n")
                writer.writerow(["snapshot", *columns])
                for step, label in enumerate(self.snapshots):
                    writer.writerow([label, *(_cell(values[step]) for values in columns.values())])
        (folder / "README.md").write_text(about, encoding="utf-8")
        text = yaml.safe_dump({"title": self.name, "data": "..", **settings}, sort_keys=False, allow_unicode=True)
        scenario = folder / "scenarios" / f"{self.name}.yaml"
        scenario.write_text(text, encoding="utf-8")
        return scenario

    def _write_table(self, path: Path, table: str, rows: list[dict[str, Any]]) -> None:
        schema = SCHEMAS[table]
        common = {column.name for column in COMMON_COLUMNS}
        used = {name for row in rows for name, value in row.items() if _cell(value) != ""}
        names = [c.name for c in schema.all_columns if not c.optional or c.name in used or c.name in common]
        with path.open("w", newline="", encoding="utf-8") as opened:
            writer = csv.writer(opened, lineterminator="\n")
            writer.writerow(names)
            for row in rows:
                told = {"source": self.source, "provenance": "verified: as in the file", **row}
                writer.writerow([_cell(told.get(name, "")) for name in names])


def _is_import(folder: Path) -> bool:
    """Whether a folder is empty or holds the devices of an earlier import."""
    return not any(folder.iterdir()) or ((folder / "devices.csv").is_file() and (folder / "README.md").is_file())


def _cell(value: Any) -> str:
    """A value as it is written: numbers in full, what is endless or not a number as a blank."""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (float, np.floating)):
        return repr(float(value)) if math.isfinite(value) else ""
    return "" if value is None else str(value)


def plain_settings(convention: str, cells: int, year: int) -> dict[str, Any]:
    """Settings of a scenario that takes a network as it is: one year, no interest, no margins, no policies.

    Args:
        convention: form of the power flow, `grid.convention`.
        cells: devices and lines times snapshots, for the choice of the solver.
        year: model year, and year of the dates.
    """
    solver: dict[str, Any] = {"preset": "simplex", "tolerance": 1e-9}
    if cells > SMALL:
        solver = {"preset": "auto", "crossover": True}
    return {
        "years": [year],
        "last_year_span": 1,
        "weather_years": [year],
        "time": {"mode": "snapshots"},
        "finance": {"discount_rate": 0.0, "wacc": 0.0},
        "carbon": {"cap": None},
        "reactors": {"enabled": False},
        "grid": {"convention": convention, "loop_flow_factor": 1.0, "interconnectors": False},
        "investment": {"stock_year": year, "build_rates": False},
        "solver": solver,
    }
