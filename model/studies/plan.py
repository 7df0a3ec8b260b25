"""The capacities that a study of the grid operates: those of a run, or chosen by solving the scenario first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from model.cube.read import open_run
from model.dispatch import held_investments
from model.errors import CheckFailed, InputError, Problem
from model.grid_rounds import first_case
from model.job import SOLVE, Progress, build, solve
from model.scenario import Scenario, load_scenario
from model.scenario.settings import Dispatch
from model.studies.framework.points import Point, Points
from model.studies.modes import without_small_reactors

if TYPE_CHECKING:
    import xarray as xr

    from model.engine import Compiled, Solution
    from model.job import Built


@dataclass(frozen=True)
class Plan:
    """What stands.

    Attributes:
        name: how it is called in tables: with or without small reactors.
        built: the scenario; its program chooses capacities unless they are those of a run.
        held: by variable of investment, its values (capacity units), one axis for each of its sets.
        origin: where the capacities come from, in words.
        cube: the run or the solution that chose them, in memory; None where a run file is only held.
        solution: the solution that chose them; None where a run did.
    """

    name: str
    built: Built
    held: Mapping[str, np.ndarray] = field(repr=False)
    origin: str
    cube: xr.DataTree | None = field(default=None, repr=False)
    solution: Solution | None = field(default=None, repr=False)

    def operated(self, free: Mapping[str, np.ndarray] | None = None) -> Built:
        """The scenario with its capacities held; `free` names columns (by variable, a mask) that stay free."""
        from model.engine import hold

        held = dict(self.held)
        for name, mask in (free or {}).items():
            held[name] = np.where(mask, np.nan, held[name])
        return replace(self.built, compiled=hold(self.built.compiled, held))


RIGHTS = ("connection_firm", "connection_right")
"""Variables of transport rights that are contracted for the year."""
WITH, WITHOUT, PLAIN = "with small reactors", "without small reactors", "the plan"


PRECISE = 1e-8
"""Tolerance of the solver at most: outcomes are set against one another, where a run stands alone."""


def precise(built: Built, vertex: bool = False) -> Built:
    """The same scenario, solved more exactly than a run; at a vertex where an interior point is not enough."""
    solver = built.scenario.solver
    finer = solver.model_copy(
        update={"tolerance": min(solver.tolerance, PRECISE), "crossover": solver.crossover or vertex}
    )
    return replace(built, scenario=built.scenario.model_copy(update={"solver": finer}))


class Precise:
    """Points solved precisely; one that misses a check for the residuals of an interior point is solved to a vertex."""

    def __init__(self, built: Built, count: int, log_file: Path | None, progress: Progress | None) -> None:
        """Start no solver yet; see `Points`."""
        self._asked = built, count, log_file, progress
        self._points = Points(precise(built), count, log_file, progress)
        self._vertex: Points | None = None

    def solve(self, variant: Compiled, name: str, **options: Any) -> Point:
        """As `Points.solve`."""
        point = self._points.solve(variant, name, **options)
        if point.status != "check_failed":
            return point
        if self._vertex is None:
            built, count, log_file, progress = self._asked
            self._vertex = Points(precise(built, vertex=True), count, log_file, progress)
        self._vertex.done = self._points.done - 1
        return self._vertex.solve(variant, name, **options)

    def close(self) -> None:
        """Let go of the solvers and their memory."""
        for points in (self._points, self._vertex):
            if points is not None:
                points.close()


def is_run(subject: str | Path) -> bool:
    """Whether a word on the command line is a result file."""
    return str(subject).endswith(".nc")


def scenario_of_run(run_file: str | Path) -> Scenario:
    """The scenario that a result file holds, free to be operated again.

    Raises:
        InputError: no such file, or none of a run.
    """
    with open_run(run_file) as cube:
        stored = yaml.safe_load(str(cube["run"].attrs["scenario_yaml"]))
    return Scenario.model_validate({**stored, "dispatch": {}})


def plan_of(
    scenario: Scenario,
    capacities: str | Path | None = None,
    folder: str | Path | None = None,
    log_file: Path | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Take the capacities of a run, or choose them.

    Args:
        scenario: what is operated.
        capacities: result file of the run whose capacities stand; by default the scenario is solved for them.
        folder: the data set; by default that of the scenario.
        log_file: where the log of HiGHS goes.
        progress: told what goes on.

    Raises:
        InputError: faults in scenario or tables; a run that does not fit the scenario.
        NotOptimal, CheckFailed: no sound capacities came of the scenario.
    """
    if capacities is not None:
        scenario = scenario.model_copy(update={"dispatch": Dispatch()})
        with open_run(capacities) as cube:
            # Circuits that the run has built count in reactances; every outage has its rows.
            built = build(scenario, folder, progress, lay=lambda case: replace(first_case(case, cube), watched=None))
            held = {**held_investments(cube, built.program, built.registry), **held_rights(cube, built)}
            return _named(Plan(WITH, built, held, f"those of {Path(capacities).name}"))
    if scenario.dispatch.holds:
        expected = "capacities to hold: name their run with --capacities RUN.nc"
        raise InputError([Problem(scenario.name, "", "dispatch", "capacities held", expected)])
    if scenario.grid.reactance_rounds:
        expected = "0, or the capacities of its run (--capacities RUN.nc): a study does not solve in rounds"
        raise InputError(
            [Problem(scenario.name, "", "grid.reactance_rounds", str(scenario.grid.reactance_rounds), expected)]
        )
    return _named(solved_plan(build(scenario, folder, progress), WITH, log_file, progress))


def _named(plan: Plan) -> Plan:
    """The plan under its name: where no small reactor stands it is just the plan."""
    return plan if has_small_reactors(plan) else replace(plan, name=PLAIN)


def solved_plan(built: Built, name: str, log_file: Path | None = None, progress: Progress | None = None) -> Plan:
    """Solve a built scenario for its capacities.

    Raises:
        NotOptimal, CheckFailed: as in `model.job.run`.
    """
    from model.cube import assemble, run_checks

    if progress is not None:
        progress(SOLVE, f"capacities {name}")
    tell: Progress = progress or (lambda stage, text: None)
    solution = solve(built, log_file, lambda stage, text: tell(stage, text and f"capacities {name}: {text}"))
    cube = assemble(built.case, built.program, built.registry, solution, built.compiled.statistics())
    findings = run_checks(built.case, cube, built.registry)
    if findings:
        raise CheckFailed(str(finding) for finding in findings)
    held = {**held_investments(cube, built.program, built.registry), **held_rights(cube, built)}
    return Plan(name, built, held, "chosen at least cost in the hours of the scenario", cube, solution)


def held_rights(cube: xr.DataTree, built: Built) -> dict[str, np.ndarray]:
    """Transport rights of connections as contracted in a run: they stand like capacities; none where there are none."""
    members = {declared.name: list(declared.members) for declared in built.program.sets}
    held = {}
    for declared in built.program.variables:
        if declared.name not in RIGHTS or declared.name not in cube["results"]:
            continue
        (name,) = declared.over
        labels = built.registry.sets[name].dims
        series = cube["results"][declared.name].transpose(*labels).to_series()
        held[declared.name] = series.reindex(members[name]).to_numpy(dtype=float) if members[name] else np.zeros(0)
    return held


def has_small_reactors(plan: Plan) -> bool:
    """Whether new small reactors stand in a plan."""
    return (
        bool(small_reactor_members(plan.built) @ plan.held["built"].ravel() > 1e-3) if "built" in plan.held else False
    )


def small_reactor_members(built: Built) -> np.ndarray:
    """One for each built capacity of a small reactor, in the order of the variable `built`; zero for all others."""
    small = set(built.case.reactors.index[built.case.reactors["kind"] == "smr"])
    technology: dict[Any, Any] = built.case.assets["technology"].to_dict()
    family = next(family for family in built.compiled.variables if family.name == "built")
    names = (family.labels(number)[0] for number in range(family.start, family.stop))
    return np.array([float(technology.get(name) in small) for name in names])


def plan_without(
    plan: Plan,
    without: str | Path | None = None,
    folder: str | Path | None = None,
    log_file: Path | None = None,
    progress: Progress | None = None,
) -> Plan | None:
    """The same question without small reactors; None where the plan has none, or its run gives no other.

    Args:
        plan: the plan with them.
        without: result file of a run without them; it is operated in the hours of the plan, on its own designs.
        folder: the data set; by default that of the scenario.
        log_file: where the log of HiGHS goes.
        progress: told what goes on.

    Raises:
        InputError: the run has small reactors too, or does not fit.
        NotOptimal, CheckFailed: there is no sound system without them.
    """
    if without is None:
        if plan.cube is None or not has_small_reactors(plan):
            return None
        shut = replace(plan.built, compiled=without_small_reactors(plan.built, plan.built.compiled, set()))
        other = solved_plan(shut, WITHOUT, log_file, progress)
        return replace(other, built=plan.built)
    own = scenario_of_run(without)
    scenario = plan.built.scenario.model_copy(update={"reactors": own.reactors, "dispatch": Dispatch()})
    other = replace(plan_of(scenario, without, folder, log_file, progress), name=WITHOUT)
    if has_small_reactors(other):
        expected = "a run without small reactors"
        raise InputError([Problem(str(without), "", "", "small reactors stand in it", expected)])
    return other


def scenario_or_run(
    subject: str, settings: list[str], overlays: list[str], capacities: str | None = None
) -> tuple[Scenario, str | None]:
    """The scenario that a command names and the run whose capacities stand, if any.

    Raises:
        InputError: faults in either; two runs, or overlays on the scenario of a run.
    """
    if not is_run(subject):
        return load_scenario(subject, settings, overlays), capacities
    problems = []
    if capacities is not None:
        expected = "a scenario before --capacities: the result file that stands there brings its own"
        problems.append(Problem("command line", "", "--capacities", capacities, expected))
    if settings or overlays:
        expected = "no settings beside a result file: name a scenario and give the file with --capacities"
        problems.append(Problem("command line", "", "--set or --with", ", ".join([*settings, *overlays]), expected))
    if problems:
        raise InputError(problems)
    return scenario_of_run(subject), subject
