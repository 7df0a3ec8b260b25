"""Solving in rounds what one linear program does not hold: rows of outages when they are broken, reactance as built.

Of the rows of explicit N-1 few bind.  With `grid.n_minus_1: lazy` the program begins with those of the corridors that
are hit themselves; each solution is held against all outages, and what it breaks becomes a row.  Nothing is left out in
the end: the last solution keeps to every outage, so it is that of the program with all rows.

Reactance falls as circuits are added, which is not linear.  With `grid.reactance_rounds` each round holds the
reactance, resistance and circuits that the round before has built, until the strength of no corridor changes by more
than `grid.reactance_tolerance`.  This is a search without proof: the last change is reported, whatever it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from model.data import Case
    from model.engine import Solution
    from model.job import Built
    from model.scenario import Scenario

Watched = frozenset[tuple[str, str, int]]

SLACK = 1e-7
"""How far a flow after an outage may be above its limit before it gets a row, relative."""
DUST = 0.1
"""Built capacity below this does not count as circuits, MW: what an interior point leaves."""


@dataclass(frozen=True)
class Round:
    """What came of one round.

    Args:
        number: of the round, from 0.
        objective: discounted cost, EUR.
        rows: of the program.
        overloads: pairs of a contingency and a line, by year, that got rows after it.
        change: largest relative change of the strength of a corridor that it asks for; 0 where reactance is held.
        corridor: of that change, with its year.
        seconds: of the solve.
    """

    number: int
    objective: float
    rows: int
    overloads: int
    change: float
    corridor: str
    seconds: float


def in_rounds(scenario: Scenario) -> bool:
    """Whether a scenario asks for rounds."""
    return scenario.grid.n_minus_1 == "lazy" or scenario.grid.reactance_rounds > 0


def first_case(case: Case, capacities: Any = None) -> Case:
    """The case of the first round.

    Args:
        case: as the tables and the scenario make it.
        capacities: an opened run whose capacities are held: its circuits count from the start.
    """
    if capacities is not None and case.scenario.grid.reactance_rounds and "corridor_expansion" in capacities["results"]:
        case = _with_circuits(case, _expansion_of(capacities["results"]["corridor_expansion"]))
    return replace(case, watched=_own(case)) if case.scenario.grid.n_minus_1 == "lazy" else case


def case_as_solved(case: Case, cube: Any) -> Case:
    """The case of the last round of a run, from its file."""
    inputs, grid = cube["inputs"], case.scenario.grid
    if grid.reactance_rounds and "corridor_held_expansion" in inputs:
        case = _with_circuits(case, _expansion_of(inputs["corridor_held_expansion"]))
    if grid.n_minus_1 != "lazy":
        return case
    rows = inputs["outage_secure_share"].to_series().dropna().index if "outage_secure_share" in inputs else []
    return replace(case, watched=frozenset((str(name), str(line), int(year)) for name, line, year in rows))


def _expansion_of(array: Any) -> dict[tuple[str, int], float]:
    series = array.to_series().dropna()
    return {(str(line), int(year)): float(value) for (line, year), value in series.items()}


def _with_circuits(case: Case, built: dict[tuple[str, int], float]) -> Case:
    from model.data.grid import with_held_expansion

    held = {key: value for key, value in built.items() if value >= DUST}
    return replace(case, corridor_years=with_held_expansion(case.corridors, case.corridor_years, held))


def settle(
    built: Built,
    solve: Callable[[Built], Solution],
    rebuild: Callable[[Built, Case], Built],
    tell: Callable[[str], None],
) -> tuple[Built, Solution, list[Round]]:
    """Solve until no outage overloads a line and reactances agree with what is built.

    Args:
        built: the program of `first_case`.
        solve: solves a built program to the optimum, or raises.
        rebuild: builds the program of another case in the same way.
        tell: told one line after every round.

    Returns:
        The program of the last round, its solution, and what every round brought.
    """
    grid, rounds, updates = built.scenario.grid, list[Round](), 0
    while True:
        begin = perf_counter()
        solution = solve(built)
        broken = overloads(built, solution) if grid.n_minus_1 == "lazy" else frozenset()
        asked, change, corridor = _asked(built, solution) if grid.reactance_rounds else (built.case, 0.0, "")
        seconds = perf_counter() - begin
        rounds.append(
            Round(len(rounds), float(solution.objective), built.size["rows"], len(broken), change, corridor, seconds)
        )
        tell(_words(rounds[-1], grid.reactance_rounds > 0))
        if broken:
            assert built.case.watched is not None
            case = replace(built.case, watched=built.case.watched | broken)
        elif change > grid.reactance_tolerance and updates < grid.reactance_rounds:
            updates += 1
            case = asked
        else:
            return built, solution, rounds
        built = rebuild(built, case)


def _words(done: Round, reactance: bool) -> str:
    """A round in a line."""
    parts = [f"round {done.number}: {done.objective / 1e9:,.4f} billion EUR"]
    if done.overloads:
        parts.append(f"{done.overloads} overloads after outages get rows")
    elif reactance:
        parts.append(
            f"strength of corridors changes by at most {done.change:.2%}{done.corridor and f' ({done.corridor})'}"
        )
    return ", ".join(parts)


def as_records(rounds: list[Round]) -> list[dict[str, Any]]:
    """Rounds as plain mappings, for the file of a run."""
    return [asdict(done) for done in rounds]


def _asked(built: Built, solution: Solution) -> tuple[Case, float, str]:
    """The case with the circuits that a solution builds, and the largest change of strength that this is."""
    members = _members(built, "expandable_corridor_year")
    expansion = dict(zip(members, solution.values["corridor_expansion"], strict=True))
    case = _with_circuits(built.case, {key: float(value) for key, value in expansion.items()})
    old, new = built.case.corridor_years, case.corridor_years
    changes: pd.Series = (new["strength"] / old["strength"] - 1.0).abs().where(new["meshed"] == old["meshed"], 1.0)
    changes = changes[new["meshed"] | old["meshed"]]
    if changes.empty or changes.max() == 0.0:
        return case, 0.0, ""
    at: Any = changes.idxmax()
    return case, float(changes.max()), f"{at[0]}, {at[1]}"


def _members(built: Built, name: str) -> list[Any]:
    return next(list(declared.members) for declared in built.program.sets if declared.name == name)


def _own(case: Case) -> Watched:
    """Corridors that a contingency hits and that keep some circuits."""
    from model.data.outages import outages_of
    from model.data.power_flow import ac_network

    keys = set()
    for year in case.years:
        network = ac_network(case, year)
        for name, lost in outages_of(case, network, year).items():
            keys |= {(name, network.lines[line], year) for line, share in lost.items() if share < 1.0}
    return frozenset(keys)


def overloads(built: Built, solution: Solution) -> Watched:
    """Lines that a solution overloads after some outage and that have no row for it.

    Args:
        built: the program.
        solution: its optimum.

    Returns:
        (contingency, corridor, year).
    """
    from model.data.outages import outages_of
    from model.data.power_flow import ac_network

    case, found = built.case, set[tuple[str, str, int]]()
    row_of = {key: row for row, key in enumerate(_members(built, "corridor_year"))}
    given = {declared.name: declared.values for declared in built.program.parameters}
    capacity = np.array(given["corridor_capacity"], dtype=float)
    for key, value in zip(
        _members(built, "expandable_corridor_year"), solution.values["corridor_expansion"], strict=True
    ):
        capacity[row_of[key]] += float(value)
    most = case.scenario.grid.loop_flow_factor * given["corridor_rating"] * capacity[:, None]
    for year in case.years:
        network = ac_network(case, year)
        rows = [row_of[line, year] for line in network.lines]
        flow, limit = solution.values["flow"][rows], most[rows]
        for name, lost in outages_of(case, network, year).items():
            hit, left = list(lost), np.ones(len(rows))
            left[hit] -= list(lost.values())
            after = np.abs(flow + network.after_outage(lost) @ flow[hit])
            over = (after > left[:, None] * limit * (1.0 + SLACK) + SLACK).any(axis=1) & (left > 0)
            found |= {(name, network.lines[line], year) for line in np.flatnonzero(over)}
    return frozenset(found - (case.watched or frozenset()))
