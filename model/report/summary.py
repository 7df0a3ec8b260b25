"""The summary table of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from model.report import reading
from model.report.dispatched import dispatch_words, held_words
from model.report.reserve import reserve_sections
from model.report.rights import rights_sections
from model.report.sdepp_awards import sdepp_sections
from model.report.settings import gap_words, run_label, time_warnings, time_words, variant_words
from model.report.tables import Report, Section

CONGESTION_LINES = 12


def summary_table(cube: xr.DataTree, run_file: str | Path | None = None) -> Report:
    """What a run says, in one screen or two: capacities, energy, cost, reactors, CO2, congestion, what stays unserved.

    Args:
        cube: an opened run (`model.cube.open_run`).
        run_file: its file; with it the summary says what a dispatch that lies beside it found.

    Returns:
        A report that prints itself; its sections are tables.
    """
    run = cube["run"].attrs
    congestion = reading.congestion_table(cube)
    more = len(congestion) - CONGESTION_LINES
    return Report(
        title=f"{run_label(cube)}: {run['title']}",
        facts={
            "scenario": str(run["scenario_name"]),
            "variant": variant_words(cube),
            "time": time_words(cube),
            **({"capacities": held_words(cube)} if held_words(cube) else {}),
            "status": str(run["status"]) + gap_words(cube),
            "objective": reading.objective_words(cube),
            "solver": f"{run['method']}, {float(run['seconds_solver']):.1f} s, duals of {dual_words(run['dual_kind'])}",
            **({"rounds": rounds_words(run)} if "grid_rounds" in run else {}),
            "made": str(run["created"]),
        },
        sections=[
            Section(
                "Small reactors by node, MW_e",
                with_total(reading.reactor_table(cube, "smr")),
                "Electric capacity without heat extraction.",
            ),
            Section("Capacities by technology", reading.capacity_table(cube)),
            Section("Energy, TWh a year (taken: negative)", reading.energy_table(cube)),
            Section("Cost of one represented year, million EUR", reading.cost_table(cube, penalties=False)),
            Section(
                "Reported apart: penalties and backstop, million EUR a year",
                reading.cost_table(cube, penalties=True),
                "They stand for demand that is not met and CO2 that is not avoided inside the model.",
            ),
            Section("CO2", reading.carbon_table(cube)),
            Section(
                "Limits of the grid that cost most",
                congestion.head(CONGESTION_LINES),
                f"{more} more limits bind." if more > 0 else "",
            ),
            *sdepp_sections(cube),
            *rights_sections(cube),
            *reserve_sections(cube),
            Section("Unserved and spilled, GWh a year", reading.unserved_table(cube)),
        ],
        warnings=[*time_warnings(cube), *dispatch_words(cube, run_file)],
    )


def rounds_words(run: Any) -> str:
    """What the rounds of the grid came to: rows of outages that were added, and the change of each round."""
    rounds = json.loads(run["grid_rounds"])
    parts = [f"{len(rounds)} solves"]
    added = sum(done["overloads"] for done in rounds)
    if added:
        parts.append(f"{added} overloads after outages became rows")
    changes = [done["change"] for done in rounds if not done["overloads"]]
    if any(changes):
        told = ", ".join(f"{change:.2%}" for change in changes)
        parts.append(f"strength of corridors changed by at most {told} (the last: {rounds[-1]['corridor']})")
    return "; ".join(parts)


def with_total(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the sum of its rows below."""
    return pd.concat([table, table.sum().rename("total").to_frame().T]) if len(table) else table


def dual_words(kind: str) -> str:
    """What kind of duals a run has, in words."""
    place = "a vertex" if kind.startswith("vertex") else "the interior of the optimal face"
    return place + (", with the whole modules fixed" if "whole" in kind else "")
