"""Rights in 85 % of the hours in both published forms: budget form, its hours rounded, and the data form (G3).

The budget form restricts parts of a right by the hour.  Rounding takes, for every right, the hours in which it was
restricted most, as many as stand for 15 % of the year (1,314 of 8,760); the data form is solved anew with them, and the
difference in cost is the gap of rounding.  Every point of the data form is a point of the budget form, so with the same
row on rights it is never cheaper.  Without that row restrictions are idle: forbidding them changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.rights import forecast, highest_hours, nodes_of_areas
from model.dispatch import held_investments
from model.errors import CheckFailed, InputError, NotOptimal, Problem
from model.job import SOLVE, Progress, build, solve
from model.studies.plan import precise

if TYPE_CHECKING:
    import xarray as xr

    from model.data import Case
    from model.job import Built
    from model.scenario import Scenario

Right = tuple[str, str, str, int]
BUDGET, ROUNDED, DATA = "budget form", "its hours rounded", "data form by area load"
OPEN, IDLE = "without the row on rights", "the same, not restricted"
TOUCHED = 1e-3
"""Share of a right from which an hour counts as restricted."""
ROUNDED_OFF = 0.01
"""Share of the hours allowed that whole steps may leave unused without a word."""


@dataclass(frozen=True)
class Atr85:
    """What the study found.

    Attributes:
        scenario: what was asked.
        case: the case of the budget form.
        costs: index form; cost (EUR), gap (EUR more than the budget form), seconds.
        rights: one row per right and year: connection, direction, contract_class, year, budget (MW of the right in that
            form), rounded (MW), touched (hours with a restriction), full (hours of full restriction), hours (hours that
            are restricted after rounding), allowed (hours).
        restricted: share of each right that is restricted by step in the budget form, one row per right.
    """

    scenario: Scenario
    case: Case
    costs: pd.DataFrame
    rights: pd.DataFrame
    restricted: np.ndarray = field(repr=False)
    warnings: tuple[str, ...] = ()


def atr85(
    scenario: Scenario,
    capacities: str | Path | None = None,
    without_row: bool = False,
    folder: str | Path | None = None,
    log_folder: Path | None = None,
    progress: Progress | None = None,
) -> Atr85:
    """Run the study.

    Args:
        scenario: a scenario with transport rights; the form of its own is replaced.
        capacities: result file of a run whose capacities stand; by default they are chosen with the rights.
        without_row: solve without the row on rights too, with and without restrictions.
        folder: the data set; by default that of the scenario.
        log_folder: where the logs of HiGHS go.
        progress: told what goes on.

    Raises:
        InputError: faults in scenario or tables, or no right in a share of the hours to look at.
        NotOptimal, CheckFailed: one of the forms has no sound optimum.
    """
    scenario = _asked(scenario, capacities)
    built = _built(scenario, capacities, folder, progress)
    return forms_of(built, capacities, without_row, log_folder, progress)


def forms_of(
    built: Built,
    capacities: str | Path | None = None,
    without_row: bool = False,
    log_folder: Path | None = None,
    progress: Progress | None = None,
) -> Atr85:
    """The study of a scenario that is built in the budget form; arguments and errors as in `atr85`."""
    scenario = built.scenario
    keys = _rights(built.case, scenario)
    solver = _Forms(capacities, log_folder, progress)
    budget, first = solver.solve(built, BUDGET)
    hours = {key: rounded_hours(built.case, budget, key) for key in keys}
    of_data = _in_form(scenario, "data")
    marked = replace(built.case, scenario=of_data, rights=replace(built.case.rights, hours=hours))
    rounded, second = solver.solve(_rebuilt(built, of_data, marked), ROUNDED)
    _, third = solver.solve(_rebuilt(built, of_data, replace(built.case, scenario=of_data)), DATA)
    costs = {BUDGET: first, ROUNDED: second, DATA: third}
    if without_row:
        grid = scenario.grid
        free = grid.model_copy(update={"rights": grid.rights.model_copy(update={"adequacy": False})})
        open_scenario = scenario.model_copy(update={"grid": free})
        opened = _rebuilt(built, open_scenario, replace(built.case, scenario=open_scenario))
        costs[OPEN] = solver.solve(opened, OPEN)[1]
        costs[IDLE] = solver.solve(_unrestricted(opened), IDLE)[1]
    table = pd.DataFrame(costs, index=["cost", "seconds"]).T.rename_axis("form")
    table.insert(1, "gap", table["cost"] - first[0])
    rows = [_right_row(built.case, budget, rounded, key, hours[key]) for key in keys]
    shares = np.array([restricted_share(budget, key) for key in keys])
    from model.report.settings import time_warnings

    warnings = [*coarse_steps(pd.DataFrame(rows), built.case), *time_warnings(budget)]
    return Atr85(scenario, built.case, table, pd.DataFrame(rows), shares, tuple(warnings))


def coarse_steps(rights: pd.DataFrame, case: Case) -> list[str]:
    """What to know where steps stand for so many hours that whole ones do not add up to what rights allow."""
    least, allowed = float(rights["hours"].min()), float(rights["allowed"].max())
    if least >= allowed * (1.0 - ROUNDED_OFF):
        return []
    longest = float(np.asarray(case.time.weight, dtype=float).max())
    return [
        f"Steps stand for up to {longest:,.0f} h, and a step is restricted whole or not at all: rounded and data form "
        f"use {least:,.0f} h of the {allowed:,.0f} h that a right allows. Their cost here is that of coarse steps: "
        "take --set time.mode=full."
    ]


def rounded_hours(case: Case, cube: xr.DataTree, key: Right) -> np.ndarray:
    """One in the hours of a right that were restricted most, as many as it allows; ties go by the load of the area."""
    name, direction, label, year = key
    share = restricted_share(cube, key)
    areas: list[str] = case.rights.connections["areas"][name]
    nodes = nodes_of_areas(case)[areas[-1]] if areas else {str(case.rights.connections.at[name, "node"])}
    load = forecast(case, nodes, direction, year)
    allowed = float(case.rights.offers.at[(name, direction, label), "restricted_share"])
    return highest_hours(share, np.asarray(case.time.weight, dtype=float), allowed, load)


def restricted_share(cube: xr.DataTree, key: Right) -> np.ndarray:
    """Share of a right that is restricted in every step; zero where there is no right to speak of (under 1 kW)."""
    name, direction, label, year = key
    at: dict[str, Any] = {"connection": name, "direction": direction, "contract_class": label, "year": year}
    right = float(cube["results"]["connection_right"].sel(at))
    cut = np.nan_to_num(cube["results"]["right_restricted"].sel(at).transpose("time").values)
    if right < 1e-3:
        return np.zeros(len(cut))
    share = np.clip(cut / right, 0.0, 1.0)
    return np.asarray(np.where(share < TOUCHED, 0.0, share))


def _right_row(case: Case, budget: Any, rounded: Any, key: Right, hours: np.ndarray) -> dict[str, Any]:
    name, direction, label, year = key
    at: dict[str, Any] = {"connection": name, "direction": direction, "contract_class": label, "year": year}
    weight, share = np.asarray(case.time.weight, dtype=float), restricted_share(budget, key)
    allowed = float(case.rights.offers.at[key[:3], "restricted_share"]) * weight.sum()
    return {
        **at,
        "budget": float(budget["results"]["connection_right"].sel(at)),
        "rounded": float(rounded["results"]["connection_right"].sel(at)),
        "touched": float(weight[share > 0.0].sum()),
        "full": float(weight @ share),
        "hours": float(weight @ hours),
        "allowed": allowed,
    }


def _asked(scenario: Scenario, capacities: str | Path | None) -> Scenario:
    """The scenario in the budget form; refused where it has no row on rights or holds capacities of its own."""
    rights, found = scenario.grid.rights, list[Problem]()
    if not (rights.enabled and rights.adequacy):
        expected = "true, with grid.rights.adequacy: true (--with transport_rights)"
        found.append(Problem(scenario.name, "", "grid.rights.enabled", str(rights.enabled).lower(), expected))
    if scenario.foresight == "myopic":
        found.append(Problem(scenario.name, "", "foresight", "myopic", "perfect: both forms decide all years together"))
    if scenario.dispatch.holds and capacities is None:
        expected = "capacities to hold: name their run with --capacities RUN.nc"
        found.append(Problem(scenario.name, "", "dispatch", "capacities held", expected))
    if found:
        raise InputError(found)
    from model.scenario.settings import Dispatch

    years = scenario.dispatch.years or scenario.years
    dispatch = Dispatch(capacities_of=str(capacities), years=years) if capacities is not None else Dispatch()
    return _in_form(scenario, "budget").model_copy(update={"dispatch": dispatch})


def _in_form(scenario: Scenario, form: str) -> Scenario:
    return scenario.model_copy(update={"grid": scenario.grid.model_copy(update={"atr85_form": form})})


def _rights(case: Case, scenario: Scenario) -> list[Right]:
    """Rights in a share of the hours, by year in which their connection stands."""
    offers, first = case.rights.offers, case.rights.connections["first_year"]
    found = [
        (str(name), str(way), str(label), year)
        for name, way, label in offers.index[offers["kind"] == "duration"]
        for year in case.years
        if year >= first[name]
    ]
    if not found:
        expected = "a class of kind duration that connection_rights.csv offers (atr85)"
        raise InputError(
            [Problem(scenario.name, "", "grid.rights.classes", str(scenario.grid.rights.classes), expected)]
        )
    return found


def _built(scenario: Scenario, capacities: Any, folder: Any, progress: Progress | None) -> Built:
    if capacities is None:
        return build(scenario, folder, progress)
    from model.cube.read import open_run

    with open_run(capacities) as cube:
        return build(scenario, folder, progress, cube)


def _rebuilt(built: Built, scenario: Scenario, case: Case) -> Built:
    """The same data in another form; capacities are held where the first program held them."""
    from model.core.build import build_program
    from model.engine import compile_program

    program = build_program(case)
    return replace(built, scenario=scenario, case=case, program=program, compiled=compile_program(program))


def _unrestricted(built: Built) -> Built:
    """The program with no right restricted in any hour."""
    from model.studies.framework.variants import with_bounds

    family = next(found for found in built.compiled.variables if found.name == "right_restricted")
    columns = np.arange(family.start, family.stop)
    return replace(built, compiled=with_bounds(built.compiled, columns, 0.0, 0.0))


class _Forms:
    """Solves one form after the other, each checked like a run."""

    def __init__(self, capacities: str | Path | None, log_folder: Path | None, progress: Progress | None) -> None:
        self.capacities, self.log_folder = capacities, log_folder
        self.tell: Progress = progress or (lambda stage, text: None)

    def solve(self, built: Built, form: str) -> tuple[xr.DataTree, tuple[float, float]]:
        """The cube of a form, its cost (EUR) and the seconds that it took."""
        from model.cube import assemble, run_checks

        log = None
        if self.log_folder is not None:
            self.log_folder.mkdir(parents=True, exist_ok=True)
            log = self.log_folder / f"atr85_{form.replace(' ', '_').replace(',', '')}.log"
        self.tell(SOLVE, form)
        try:
            solution = solve(
                precise(self._held(built)), log, lambda stage, text: self.tell(stage, text and f"{form}: {text}")
            )
        except NotOptimal as error:
            raise NotOptimal(error.status, f"{form}: {error.diagnosis}") from error
        cube = assemble(built.case, built.program, built.registry, solution, built.compiled.statistics())
        findings = run_checks(built.case, cube, built.registry)
        if findings:
            raise CheckFailed(f"{form}: {finding}" for finding in findings)
        return cube, (float(solution.objective), float(solution.seconds))

    def _held(self, built: Built) -> Built:
        if self.capacities is None:
            return built
        from model.cube.read import open_run
        from model.engine import hold

        with open_run(self.capacities) as cube:
            held: Mapping[str, np.ndarray] = held_investments(cube, built.program, built.registry)
        return replace(built, compiled=hold(built.compiled, held))
