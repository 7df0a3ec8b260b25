"""The main job: a scenario in, a checked result file out.

Three levels: `run` does everything; `build` and `solve` stop on the way for those who want to look or change something.
(The module is not called `run`: it would hide the function `model.run`.)
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.dispatch import answers, design_scenario
from model.errors import CheckFailed, InputError, NotOptimal, Problem
from model.memory import peak_memory
from model.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

    from model.core.registry import Registry
    from model.data import Case
    from model.engine import Compiled, Diagnosis, Resolver, Solution, SolverSettings
    from model.engine.program import Program

Progress = Callable[[str, str], None]
"""Told the stage (one of `STAGES`) as it begins, with an empty text, and then what the solver has to say."""

READ, BUILD, SOLVE, LABEL, CHECK, WRITE = STAGES = (
    "read the tables",
    "build the program",
    "solve",
    "label the results",
    "check the results",
    "write the file",
)

CONTRADICTIONS = ("infeasible", "unbounded", "unbounded_or_infeasible")
ADVICE = {
    "time_limit": "The time limit was reached: raise solver.time_limit, or take fewer periods or longer steps.",
    "memory_limit": "Memory ran out: take fewer periods, longer steps or fewer years.",
    "interrupted": "The solver was interrupted.",
    "other": "No method of the preset came to an end: try another solver.preset; the log says how far each came.",
}
"""What to do after an end that is neither an optimum nor a contradiction in the inputs."""


@dataclass(frozen=True)
class Built:
    """A scenario on its way to the solver: the labelled case, the program and its matrix."""

    scenario: Scenario
    case: Case
    registry: Registry
    program: Program
    compiled: Compiled
    seconds: dict[str, float] = field(default_factory=dict)
    """Time per stage, s."""
    held: Mapping[str, np.ndarray] | None = None
    """Values of variables that are held, by name; None where all are decided."""

    @property
    def size(self) -> dict[str, int]:
        """Rows, columns and nonzeros of the program."""
        statistics = self.compiled.statistics()
        return {name: int(statistics[name]) for name in ("rows", "columns", "nonzeros")}


@dataclass(frozen=True)
class RunResult:
    """What came of a run."""

    status: str
    objective: float
    """Discounted system cost, EUR."""
    run_file: Path
    """The result cube; open it with `model.open_results`."""
    log_file: Path
    """What HiGHS said."""
    seconds: float
    """All of the run, s."""
    seconds_solver: float
    """In HiGHS, s."""
    rows: int
    columns: int
    nonzeros: int
    peak_mb: float
    """Highest memory of the process so far, MB."""
    seconds_by_stage: dict[str, float]
    """Time per stage, s."""


def build(
    scenario: Scenario | str | Path,
    folder: str | Path | None = None,
    progress: Progress | None = None,
    capacities: xr.DataTree | None = None,
    lay: Callable[[Case], Case] | None = None,
) -> Built:
    """Read and check the tables of a scenario and build its linear program.

    Args:
        scenario: a loaded scenario, or the name or path of one.
        folder: the data set; by default the one that the scenario names, in `inputs/`.
        progress: told what goes on, see `Progress`.
        capacities: an opened run whose capacities are held; without it they are chosen, whatever the scenario says.
        lay: a last change to the case (`grid_rounds`); without it the program has every row that the scenario names.

    Raises:
        InputError: faults in the scenario or the tables, all of them; something to hold of which the run knows nothing.
    """
    from model.core.build import build_program
    from model.core.features import load_features
    from model.data import build_case
    from model.engine import compile_program, hold

    tell = progress or _silent
    settings = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    clock = _Clock()
    tell(READ, "")
    case = build_case(settings, Path(folder) if folder is not None else None)
    case = lay(case) if lay is not None else case
    clock.lap(READ)
    tell(BUILD, "")
    registry = load_features()
    program = build_program(case)
    compiled, held = compile_program(program), None
    if capacities is not None:
        from model.dispatch import held_investments

        held = held_investments(capacities, program, registry)
        compiled = hold(compiled, held)
    clock.lap(BUILD)
    return Built(settings, case, registry, program, compiled, clock.laps, held)


def rebuild(built: Built, case: Case) -> Built:
    """Build the program of another case of the same scenario; what is held stays held."""
    from model.core.build import build_program
    from model.engine import compile_program, hold

    program = build_program(case)
    compiled = compile_program(program)
    compiled = compiled if built.held is None else hold(compiled, built.held)
    return Built(built.scenario, case, built.registry, program, compiled, built.seconds, built.held)


def solver_settings(scenario: Scenario) -> SolverSettings:
    """The solver settings of a scenario, as the engine takes them."""
    from model.engine import SolverSettings

    chosen = scenario.solver
    return SolverSettings(
        preset=chosen.preset,
        crossover=chosen.crossover,
        threads=chosen.threads,
        time_limit=chosen.time_limit if chosen.time_limit is not None else math.inf,
        tolerance=chosen.tolerance,
        mip_gap=chosen.mip_gap,
    )


def solve(
    built: Built,
    log_file: str | Path | None = None,
    progress: Progress | None = None,
    resolver: Resolver | None = None,
) -> Solution:
    """Solve a built scenario with HiGHS, with the solver settings of the scenario, once (`run` solves in rounds).

    Args:
        built: what `build` returned.
        log_file: where the log of HiGHS goes; without it the log is kept in the solution only.
        progress: told what goes on, see `Progress`.
        resolver: keeps the solver alive from one solve to the next; without it each begins afresh.

    Raises:
        NotOptimal: there is no optimum; the message says what conflicts, where and by how much.
    """
    from model.engine import solve as solve_compiled

    tell = progress or _silent
    tell(SOLVE, "")
    settings = solver_settings(built.scenario)
    if built.scenario.foresight == "myopic" and not built.scenario.dispatch.holds:
        from model.foresight import solve_myopic

        years = built.case.years
        return solve_myopic(built.compiled, built.registry, years, settings, log_file, lambda text: tell(SOLVE, text))
    if resolver is not None:
        solution = resolver.solve(built.compiled, lambda text: tell(SOLVE, text))
    else:
        solution = solve_compiled(built.compiled, settings, log_file, lambda text: tell(SOLVE, text))
    if solution.status in CONTRADICTIONS:
        from model.engine import diagnose

        tell(SOLVE, "no optimum; looking for the reason")
        found = diagnose(built.compiled, settings, solution.status)
        raise NotOptimal(solution.status, "\n".join([str(found), *_in_words(built.case, found)]))
    if solution.status != "optimal":
        raise NotOptimal(solution.status, advice(solution))
    return solution


def _in_words(case: Case, found: Diagnosis) -> list[str]:
    """The limits of a grid that has no solution, in words."""
    from model.report.reasons import in_words

    said = in_words(case, found)
    return ["In words:", *(f"  {sentence}" for sentence in said)] if said else []


def advice(solution: Solution) -> str:
    """What to do after an end that is neither an optimum nor a contradiction; with whole modules, how near it was."""
    from model.engine.whole import METHOD

    text = ADVICE.get(solution.status, ADVICE["other"])
    if not solution.attempts or solution.attempts[0][0] != METHOD:
        return text
    if "mip_gap" not in solution.quality:
        return f"{text}\nNo plan with whole modules was found yet; one within 1 % is found sooner: solver.mip_gap=0.01."
    objective, bound, gap = (solution.quality[name] for name in ("mip_objective", "mip_bound", "mip_gap"))
    enough = min(0.5, math.ceil(gap * 1e4 + 1e-9) / 1e4)
    return (
        f"{text}\nThe best plan with whole modules so far costs {objective / 1e9:,.3f} billion EUR, at most {gap:.2%} "
        f"above the least possible ({bound / 1e9:,.3f}). Such a plan is taken with solver.mip_gap={enough:g}."
    )


def run(
    scenario: Scenario | str | Path,
    output: str | Path | None = None,
    progress: Progress | None = None,
    folder: str | Path | None = None,
) -> RunResult:
    """Build and solve a scenario, check the result independently, and write it.

    Args:
        scenario: a loaded scenario, or the name or path of one.
        output: folder for the result; by default `results/<scenario>`.
        progress: told what goes on, see `Progress`.
        folder: the data set; by default the one that the scenario names, in `inputs/`.

    Returns:
        Status, objective, sizes, times and the path of the result file.

    Raises:
        InputError: faults in the scenario or the tables; nothing was solved or written.
        NotOptimal: there is no optimum; no result file was written, the log was.
        CheckFailed: the solution contradicts the inputs; no result file was written.
    """
    from model import grid_rounds
    from model.cube import assemble, run_checks, write_cube

    tell = progress or _silent
    settings = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    target = Path(output) if output is not None else Path("results") / settings.name
    if target.exists() and not target.is_dir():
        raise InputError([Problem(str(target), "", "", "", "a folder for the results, which this file is not")])
    begin = time.perf_counter()
    built = _built_with_capacities(settings, target, tell, folder)
    clock = _Clock(dict(built.seconds))
    target.mkdir(parents=True, exist_ok=True)
    log_file = target / f"{settings.run_name}.log"
    statistics: dict[str, Any] = {}
    if grid_rounds.in_rounds(settings):
        built, solution, statistics["grid_rounds"] = _in_rounds(built, log_file, tell)
    else:
        solution = solve(built, log_file, tell)
    clock.lap(SOLVE)
    tell(LABEL, "")
    statistics |= built.compiled.statistics()
    cube = assemble(built.case, built.program, built.registry, solution, statistics)
    clock.lap(LABEL)
    tell(CHECK, "")
    findings = run_checks(built.case, cube)
    if findings:
        raise CheckFailed(str(finding) for finding in findings)
    clock.lap(CHECK)
    tell(WRITE, "")
    cube["run"].attrs.update(
        seconds=time.perf_counter() - begin,
        seconds_by_stage=json.dumps(clock.laps),
        peak_mb=peak_memory(),
    )
    run_file = write_cube(cube, target / f"{settings.run_name}.nc")
    clock.lap(WRITE)
    return RunResult(
        status=solution.status,
        objective=float(solution.objective),
        run_file=Path(run_file),
        log_file=log_file,
        seconds=time.perf_counter() - begin,
        seconds_solver=float(solution.seconds),
        peak_mb=peak_memory(),
        seconds_by_stage=clock.laps,
        **built.size,
    )


def _in_rounds(built: Built, log_file: Path, tell: Progress) -> tuple[Built, Solution, list[dict[str, Any]]]:
    """Solve in rounds what the grid asks for; where solves leave a basis, each begins from that of the one before."""
    from model import grid_rounds
    from model.engine import Resolver
    from model.engine.presets import methods

    settings, program = solver_settings(built.scenario), built.compiled
    simplex = methods(settings, len(program.values), program.wide_columns)[0] == "simplex"
    resolver = Resolver(settings, log_file) if simplex or settings.crossover else None
    try:
        once = partial(solve, log_file=log_file, progress=tell, resolver=resolver)
        last, solution, rounds = grid_rounds.settle(built, once, rebuild, lambda text: tell(SOLVE, text))
    finally:
        if resolver is not None:
            resolver.close()
    return last, solution, grid_rounds.as_records(rounds)


def _built_with_capacities(settings: Scenario, target: Path, tell: Progress, folder: str | Path | None = None) -> Built:
    """Build a scenario; where it holds capacities, with those of the run that it names or of its design."""
    from model.cube.read import open_run
    from model.grid_rounds import first_case

    if settings.dispatch.capacities_of is not None:
        with open_run(settings.dispatch.capacities_of) as capacities:
            return build(settings, folder, tell, capacities, partial(first_case, capacities=capacities))
    if settings.dispatch.design is None:
        return build(settings, folder, tell, lay=first_case)
    design = design_scenario(settings)
    file = target / f"{design.run_name}.nc"
    if not answers(file, design, folder):
        run(design, target, lambda stage, text: tell(stage, text and f"choosing capacities: {text}"), folder)
    with open_run(file) as capacities:
        return build(settings, folder, tell, capacities, partial(first_case, capacities=capacities))


class _Clock:
    """Times the stages of a run."""

    def __init__(self, laps: dict[str, float] | None = None) -> None:
        self.laps: dict[str, float] = laps if laps is not None else {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps[stage] = now - self._last
        self._last = now


def _silent(stage: str, text: str) -> None:
    """Tell nobody."""
