"""Operate what a run has built on other hours, one milestone year at a time: what few days did not see shows there.

(What the grid makes of a market outcome, redispatch in the sense of a grid operator, is `grid_redispatch.py`.)
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from model.cube.read import open_run
from model.errors import InputError, NotOptimal, Problem
from model.job import Progress, RunResult, run
from model.scenario import Scenario, load_scenario
from model.scenario.settings import Dispatch

EVERY_HOUR = {"mode": "full", "step_hours": 1, "weeks": []}
"""Hours on which capacities are operated unless a setting says otherwise."""


def redispatch(
    run_file: str | Path,
    output: str | Path | None = None,
    years: Sequence[int] = (),
    overrides: Sequence[str] | Mapping[str, Any] = (),
    overlays: Sequence[str | Path] = (),
    progress: Progress | None = None,
    folder: str | Path | None = None,
) -> dict[int, RunResult]:
    """Hold the capacities of a run and operate them over every hour, each milestone year on its own.

    Args:
        run_file: result file of the run that chose the capacities.
        output: folder for the results; by default that of the run.
        years: milestone years of the run; by default all.
        overrides: settings laid over the scenario of the run, such as `time.step_hours=3` or `weather_years=[2012]`.
        overlays: overlay files laid over it before.
        progress: told what goes on, see `Progress`.
        folder: the data set; by default the one that the scenario names.

    Returns:
        By year the result, written as `<run_name>+dispatch<year>.nc`.

    Raises:
        InputError: faults in the settings or the tables, a run that holds capacities itself, a year that it lacks.
        NotOptimal, CheckFailed: as in `run`; years that came before are written.
    """
    scenarios = dispatch_scenarios(run_file, years, overrides, overlays)
    target = Path(output) if output is not None else Path(run_file).parent
    results = {}
    for year, scenario in scenarios.items():
        try:
            results[year] = run(scenario, target, _of_year(year, progress), folder)
        except NotOptimal as error:
            raise NotOptimal(error.status, f"Dispatch of {year}: {error.diagnosis}") from error
    return results


def dispatch_scenarios(
    run_file: str | Path,
    years: Sequence[int] = (),
    overrides: Sequence[str] | Mapping[str, Any] = (),
    overlays: Sequence[str | Path] = (),
) -> dict[int, Scenario]:
    """The scenario of a run with its capacities held, by year; all faults before anything is solved."""
    file = str(run_file)
    with open_run(run_file) as cube:
        stored = yaml.safe_load(cube["run"].attrs["scenario_yaml"])
        known = [int(year) for year in json.loads(cube["run"].attrs["years"])]
    dispatch = Dispatch.model_validate(stored.get("dispatch") or {})
    if dispatch.holds:
        of = dispatch.capacities_of or "its own design"
        expected = "a run that chose its capacities (dispatch that one)"
        raise InputError([Problem(file, "", "dispatch", f"holds the capacities of {of}", expected)])
    wrong = [year for year in years if year not in known]
    if wrong:
        listed = ", ".join(map(str, known))
        raise InputError(
            [Problem(file, "", "year", str(year), f"a milestone year of the run ({listed})") for year in wrong]
        )
    asked = _laid_over(file, {**stored, "time": {**stored.get("time", {}), **EVERY_HOUR}}, overrides, overlays)
    before = list(stored.get("variant") or [])
    return {
        year: asked.model_copy(
            update={
                "dispatch": Dispatch(capacities_of=file, years=[year]),
                "variant": [*before, f"dispatch{year}", *asked.variant[len(before) :]],
            }
        )
        for year in sorted(set(years or known))
    }


def _laid_over(
    file: str, stored: dict[str, Any], overrides: Sequence[str] | Mapping[str, Any], overlays: Sequence[str | Path]
) -> Scenario:
    """Lay overlays and settings over a scenario that is stored in a result; its faults carry the result's name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stored.yaml"
        path.write_text(yaml.safe_dump(stored, sort_keys=False, allow_unicode=True), encoding="utf-8")
        try:
            scenario = load_scenario(path, overrides, overlays)
        except InputError as error:
            renamed = (
                replace(one, file=file, row="") if one.file.endswith(path.name) else one for one in error.problems
            )
            raise InputError(renamed) from None
    if scenario.dispatch != Dispatch():
        expected = "no dispatch keys: the result file and the years say what is held"
        raise InputError([Problem("--set or --with", "", "dispatch", "", expected)])
    if scenario.years != stored["years"]:
        raise InputError(
            [Problem("--set or --with", "", "years", str(scenario.years), f"those of the run ({stored['years']})")]
        )
    return scenario


def _of_year(year: int, progress: Progress | None) -> Progress | None:
    """Progress whose words name the year."""
    if progress is None:
        return None
    tell = progress
    return lambda stage, text: tell(stage, text and f"{year}: {text}")
