"""Dispatch with held capacities: what a run built is taken over and operated on other hours.

Capacities are chosen on few hours, since many do not fit a solver; what they are worth shows on all hours of a year.
The result file of a run is the one source of what it built.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.errors import InputError, Problem

if TYPE_CHECKING:
    import xarray as xr

    from model.core.registry import Registry
    from model.engine.program import Program
    from model.scenario import Scenario

DUST = 0.1
"""Capacities below this (MW, MWh or another capacity unit) are what an interior method leaves of zero.

Held, they are thousands of columns in a box of next to no width, on which the method that dispatches them stalls."""
CLOSE = 1e-4
"""How far beyond its bounds a held value may lie, relative: a solver's tolerance, and no other stock or potential."""
STANDING = "capacity"
"""The variable that follows from what is held, and says by year what stands."""
PLACES_SHOWN = 3


def design_scenario(scenario: Scenario) -> Scenario:
    """What chooses the capacities of a scenario with `dispatch.design`: the same on the design's hours."""
    from model.scenario.settings import Dispatch

    assert scenario.dispatch.design is not None
    return scenario.model_copy(
        update={
            "time": scenario.dispatch.design,
            "dispatch": Dispatch(),
            "variant": [*scenario.variant, "design"],
        }
    )


def answers(file: Path, scenario: Scenario, folder: str | Path | None = None) -> bool:
    """Whether a result file is that of a scenario, on the same tables and with the same version of the model."""
    from model.cube.read import open_run
    from model.cube.record import as_json, versions
    from model.data import build_case

    if not file.is_file():
        return False
    checksums = build_case(scenario, Path(folder) if folder is not None else None).checksums
    try:
        with open_run(file) as cube:
            kept = cube["run"].attrs
            return (
                kept["scenario_yaml"] == scenario.to_yaml()
                and kept["checksums"] == as_json(checksums)
                and json.loads(kept["versions"])["smr-grid-nl"] == versions()["smr-grid-nl"]
            )
    except (InputError, KeyError):
        return False


def held_investments(cube: xr.DataTree, program: Program, registry: Registry) -> dict[str, np.ndarray]:
    """Read what a run built, in the shape of a program's variables.

    Args:
        cube: the run that chose the capacities.
        program: the program that is to hold them.
        registry: the declarations, which say what is an investment.

    Returns:
        By variable its values (capacity units), one axis for each of its sets.

    Raises:
        InputError: the program can build or keep something that the run knows nothing of, or has no room for what
            stands in the run.
    """
    members = {declared.name: declared.members for declared in program.sets}
    parameters = {declared.name: declared.values for declared in program.parameters}
    file = str(cube["run"].attrs.get("scenario_name", "the run"))
    problems: list[Problem] = []
    held: dict[str, np.ndarray] = {}
    for declared in program.variables:
        if not registry.variable(declared.name).investment:
            continue
        (name,) = declared.over
        dims = registry.sets[name].dims
        values = _picked(cube["results"], declared.name, dims, list(members[name]))
        same = "the same assets, corridors and years as in the scenario that takes it over"
        unknown = [member for member, value in zip(members[name], values, strict=True) if np.isnan(value)]
        if unknown:
            problems.append(Problem(file, "", declared.name, f"nothing for {_listed(unknown)}", same))
        lower, upper = (_bound(parameters, bound) for bound in (declared.lower, declared.upper))
        held[declared.name] = np.clip(np.where(values < DUST, 0.0, values), lower, upper)
        off = np.abs(held[declared.name] - values) > DUST + CLOSE * np.abs(values)
        if off.any():
            beyond = [member for member, is_off in zip(members[name], off, strict=True) if is_off]
            expected = "values within the bounds of the scenario that takes them over (stock, potential)"
            problems.append(Problem(file, "", declared.name, _listed(beyond), expected))
    problems += _without_place(cube, program, registry, file)
    if problems:
        raise InputError(problems)
    return held


def _without_place(cube: xr.DataTree, program: Program, registry: Registry, file: str) -> list[Problem]:
    """Capacity that stands in the run in one of the program's years, and for which the program has no variable."""
    members = {declared.name: declared.members for declared in program.sets}
    years = set(members.get("year", ()))
    problems = []
    for declared in program.variables:
        is_standing = declared.name == STANDING or registry.variable(declared.name).investment
        if not is_standing or declared.name not in cube["results"]:
            continue
        (name,) = declared.over
        dims = registry.sets[name].dims
        if "year" not in dims:
            continue
        standing = cube["results"][declared.name].transpose(*dims).to_series()
        standing = standing[(standing > DUST) & standing.index.get_level_values("year").isin(years)]
        left_out = sorted(set(standing.index) - set(members[name]))
        if left_out:
            expected = "a place for it in the scenario that takes it over (nothing that stands may be left out)"
            problems.append(Problem(file, "", declared.name, _listed(left_out), expected))
    return problems


def _listed(members: list[Any]) -> str:
    """The first few members, and how many more."""
    shown = [", ".join(map(str, member)) if isinstance(member, tuple) else str(member) for member in members]
    more = f" and {len(shown) - PLACES_SHOWN} more" if len(shown) > PLACES_SHOWN else ""
    return "; ".join(shown[:PLACES_SHOWN]) + more


def _picked(results: Any, name: str, dims: tuple[str, ...], members: list[Any]) -> np.ndarray:
    """Values of a variable at the labels of a set's members; NaN where the cube has no such label."""
    if name not in results or not members:
        return np.full(len(members), np.nan)
    array = results[name]
    columns: list[tuple[Hashable, ...]] = list(zip(*members, strict=True)) if len(dims) > 1 else [tuple(members)]
    positions = [array.indexes[dim].get_indexer(list(column)) for dim, column in zip(dims, columns, strict=True)]
    values = np.asarray(array.transpose(*dims).values, dtype=float)[tuple(positions)]
    found: np.ndarray = np.where(np.all([position >= 0 for position in positions], axis=0), values, np.nan)
    return found


def _bound(parameters: dict[str, np.ndarray], bound: float | str) -> Any:
    return parameters[bound] if isinstance(bound, str) else bound
