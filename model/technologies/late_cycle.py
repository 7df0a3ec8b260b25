"""Reactors late in their fuel cycle: a higher minimum load in the last part before refuelling (smr/README.md F4 (c)).

With little reactivity left a unit cannot follow load far: its minimum load rises in the last 10 to 20 % of each cycle.
Where refuelling has dates, what starts refuelling in one of the coming weeks is late now, so the outages say how much:
a window of whole weeks of the grid on which outages start, cyclic in the year, and once over for every whole year in
it.  The window is a share of the weeks in operation; so late capacity and what is in an outage fit into a plant that
refuels evenly, and no plant is infeasible by it.  What is off counts as late first, which is a lower bound.

Elsewhere, units that take turns are spread evenly over their cycles, and their minimum load is the mean
(`commitment.py`): no row is needed.  Nothing here exists without `reactors.late_cycle`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import constraint, index_map, index_set, indexed_set, parameter, variable
from model.data.reactors import late_cycle

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]
DesignWeek = tuple[str, int]


@index_set(dims=("asset", "year"))
def late_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors that start, stop and refuel at a date, and are less flexible late in their fuel cycle."""
    committed = sets.positions("committed_reactor_year")
    return [key for key in sets["dated_outage_year"] if key in committed and _rise(case, key) > 0.0]


@index_set(dims=("cycle_week",))
def cycle_week(case: Case, sets: SetValues) -> list[int]:
    """First steps of the weeks in which outages may start; the first step of all where none has a date."""
    return list(sets["outage_start"]) or [0]


@index_map(over=("time",), to="cycle_week")
def cycle_week_of(case: Case, sets: SetValues) -> list[int]:
    """First step of the week to which a step belongs."""
    weeks = np.array(sets["cycle_week"])
    found = weeks[np.searchsorted(weeks, np.arange(case.time.count), side="right") - 1]
    return [int(step) for step in found]


@index_set(dims=("technology", "cycle_week"))
def design_cycle_week(case: Case, sets: SetValues) -> list[DesignWeek]:
    """Designs that are less flexible late in their cycle, and the weeks."""
    designs = sorted({text(case.assets, asset, "technology") for asset, _ in sets["late_reactor_year"]})
    return [(design, week) for design in designs for week in sets["cycle_week"]]


@indexed_set(over="design_cycle_week", dims=("outage_start",))
def late_starts(case: Case, sets: SetValues) -> dict[DesignWeek, list[int]]:
    """Starts of outages in the coming weeks of the window, whole years left out."""
    found = {}
    for key in sets["design_cycle_week"]:
        starts, place = _starts(case, sets, key[1])
        count = _window(case, key[0], starts) % len(starts)
        found[key] = [starts[(place + ahead) % len(starts)] for ahead in range(1, count + 1)]
    return found


@indexed_set(over="design_cycle_week", dims=("outage_start",))
def late_round_starts(case: Case, sets: SetValues) -> dict[DesignWeek, list[int]]:
    """All starts of the weather year, where the window is a year or longer."""
    found = {}
    for key in sets["design_cycle_week"]:
        starts, _ = _starts(case, sets, key[1])
        found[key] = starts if _window(case, key[0], starts) >= len(starts) else []
    return found


def _starts(case: Case, sets: SetValues, week: int) -> tuple[list[int], int]:
    """Starts in the weather year of a week, and the place of the week among them."""
    period = np.asarray(case.time.period)
    starts = [start for start in sets["outage_start"] if period[start] == period[week]]
    return starts, starts.index(week)


def _window(case: Case, design: str, starts: list[int]) -> int:
    """Whole weeks before refuelling in which a design is late in its cycle."""
    hours = float(case.time.length[0])
    period = np.asarray(case.time.period)
    steps = int((period == period[starts[0]]).sum())
    length = min(steps, max(1, int(np.ceil(number(case.reactors, design, "outage_length") * 24.0 / hours - 1e-9))))
    places = np.array(starts)
    out = max(int(((place - places) % steps < length).sum()) for place in places)
    running = number(case.reactors, design, "outage_interval") * len(starts) - out
    return max(0, int(np.floor(number(case.reactors, design, "late_cycle_share") * running + 1e-9)))


def _rise(case: Case, key: Key) -> float:
    design = text(case.assets, key[0], "technology")
    return late_cycle(case.scenario, case.reactors, design, number(case.asset_years, key, "minimum_load"))[1]


@parameter(over=("design_cycle_week",), unit="1", minimum=0, source="smr/README.md F4")
def late_rounds(case: Case, sets: SetValues) -> list[float]:
    """Whole years in the window."""
    found = []
    for design, week in sets["design_cycle_week"]:
        starts, _ = _starts(case, sets, week)
        found.append(float(_window(case, design, starts) // len(starts)))
    return found


@parameter(over=("late_reactor_year",), unit="1", minimum=0, maximum=1, source="smr/README.md F4")
def late_load_rise(case: Case, sets: SetValues) -> list[float]:
    """By how much the minimum load is higher late in the cycle, as a share of what is late."""
    return [_rise(case, key) for key in sets["late_reactor_year"]]


variable(
    "reactor_late",
    over=("late_reactor_year", "cycle_week"),
    unit="MW_th",
    doc="Thermal capacity of reactors that is late in its fuel cycle in a week.",
)


@constraint(over=("late_reactor_year", "cycle_week"), unit="MW_th", source="smr/README.md F4")
def reactor_late_definition(m: Any, a: str, y: int, w: int) -> Any:
    """Late in its cycle is what starts refuelling within the window."""
    return m.reactor_late[a, y, w] == m.late_rounds[m.design_of[a, y], w] * sum(
        m.reactor_outage_start[a, y, x] for x in m.late_round_starts[m.design_of[a, y], w]
    ) + sum(m.reactor_outage_start[a, y, x] for x in m.late_starts[m.design_of[a, y], w])


@constraint(over=("late_reactor_year", "time"), unit="MW_th", source="smr/README.md F4")
def reactor_late_minimum(m: Any, a: str, y: int, t: int) -> Any:
    """What is online and late in its cycle runs at the higher minimum load; what is off counts as late first."""
    return m.activity[a, y, t] >= m.running_share[a, y] * (
        m.committed_minimum[a, y] * m.reactor_online[a, y, t]
        + m.late_load_rise[a, y]
        * (
            m.reactor_late[a, y, m.cycle_week_of[t]]
            - m.capacity[a, y]
            + m.reactor_outage[a, y, m.outage_step_of[t]]
            + m.reactor_online[a, y, t]
        )
    )
