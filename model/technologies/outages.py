"""Refuelling of reactors as decisions: thermal capacity out of service, in MW_th (formulation R5; smr/README.md F5).

An availability share times capacity would be bilinear, so the capacity that is out is the variable.  In a full year
outages start on a weekly grid and last their length; in representative periods a season has so much capacity out.
Units of a plant take turns.  Forced outages stay a share of every hour, of what is not in refuelling.

Where units start and stop (`commitment.py`) but refuelling is not decided, the capacity in an outage is the average
share of the table.  Steps between two changes of any outage share one variable, so that a year needs some hundreds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import flag, number, text, value_at
from model.core.registry import constraint, index_map, index_set, indexed_set, parameter, reported, variable
from model.data.reactors import places_outages

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]
WEEK = 168.0
"""Hours between two possible starts of an outage."""
YEAR_DAYS = 365.0
"""Days of the year by which the share of an outage is reckoned (F5)."""


# ---- which reactors --------------------------------------------------------------------------------------------------


@index_set(dims=("asset", "year"))
def outage_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors of which the capacity in an outage is told apart: refuelling is decided, or units start and stop."""
    committed = case.scenario.reactors.commitment == "linear"
    return list(sets["reactor_year" if committed else "planned_reactor_year"])


@index_set(dims=("asset", "year"))
def planned_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors of which the model decides when they refuel."""
    designs = set(places_outages(case.scenario, case.reactors))
    return [key for key in sets["reactor_year"] if text(case.assets, key[0], "technology") in designs]


@index_set(dims=("asset", "year"))
def average_outage_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors that start and stop, whose outages are an average share of every hour."""
    planned = sets.positions("planned_reactor_year")
    return [key for key in sets["outage_reactor_year"] if key not in planned]


@index_set(dims=("asset", "year"))
def dated_outage_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors whose outages have a start: those that refuel in a full year."""
    return list(sets["planned_reactor_year"]) if _is_full(case) else []


@index_set(dims=("asset", "year"))
def seasonal_outage_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors whose outages are spread over representative periods."""
    return [] if _is_full(case) else list(sets["planned_reactor_year"])


@index_set(dims=("asset", "year"))
def uncommitted_outage_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors that refuel by decision and do not start and stop."""
    return [] if case.scenario.reactors.commitment == "linear" else list(sets["planned_reactor_year"])


@index_set(dims=("asset", "year"))
def uncommitted_minimum_year(case: Case, sets: SetValues) -> list[Key]:
    """Those of them with a minimum load."""
    return [key for key in sets["uncommitted_outage_year"] if number(case.asset_years, key, "minimum_load") > 0]


def _is_full(case: Case) -> bool:
    return case.scenario.time.mode == "full"


# ---- when outages may change -----------------------------------------------------------------------------------------


@index_set(dims=("outage_start",))
def outage_start(case: Case, sets: SetValues) -> list[int]:
    """Steps at which an outage may start: one a week in every full year."""
    if not sets["dated_outage_year"]:
        return []
    return [start for starts in _starts_by_period(case).values() for start in starts]


def _starts_by_period(case: Case) -> dict[int, list[int]]:
    """Possible starts by period: whole weeks from its first step."""
    per_week = max(1, round(WEEK / _step_hours(case)))
    return {
        period: [first + week * per_week for week in range(max(1, steps // per_week))]
        for period, (first, steps) in enumerate(_spans(case))
    }


def _spans(case: Case) -> list[tuple[int, int]]:
    """First step and number of steps of every period."""
    firsts = np.flatnonzero(case.time.first_of_period)
    return [(int(first), int(end - first)) for first, end in zip(firsts, [*firsts[1:], case.time.count], strict=True)]


def _step_hours(case: Case) -> float:
    return float(case.time.length[0])


def _outage_steps(case: Case, design: str) -> int:
    """Steps that an outage of a design lasts; a step begun counts."""
    return max(1, int(np.ceil(number(case.reactors, design, "outage_length") * 24.0 / _step_hours(case) - 1e-9)))


def _ends(case: Case, design: str) -> dict[int, int]:
    """Step at which an outage is over by the step at which it starts, cyclic in the year; cut at the year's length."""
    length, found = _outage_steps(case, design), {}
    for (first, steps), starts in zip(_spans(case), _starts_by_period(case).values(), strict=True):
        for start in starts:
            found[start] = first + (start - first + min(length, steps)) % steps
    return found


def _dated_designs(case: Case, sets: SetValues) -> list[str]:
    return sorted({text(case.assets, asset, "technology") for asset, _ in sets["dated_outage_year"]})


@index_set(dims=("outage_step",))
def outage_step(case: Case, sets: SetValues) -> set[int]:
    """Steps at which the capacity in an outage may change: the first of a period, starts and ends of outages."""
    found = {first for first, _ in _spans(case)} | set(sets["outage_start"])
    for design in _dated_designs(case, sets):
        found |= set(_ends(case, design).values())
    return found


@index_map(over=("time",), to="outage_step")
def outage_step_of(case: Case, sets: SetValues) -> list[int]:
    """The last such step, at or before a step."""
    changes = np.array(sets["outage_step"])
    found = changes[np.searchsorted(changes, np.arange(case.time.count), side="right") - 1]
    return [int(step) for step in found]


@index_set(dims=("technology", "outage_step"))
def design_outage_step(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Designs whose outages have a start, and the steps at which the capacity in an outage may change."""
    return [(design, step) for design in _dated_designs(case, sets) for step in sets["outage_step"]]


@indexed_set(over="design_outage_step", dims=("outage_start",))
def outages_open(case: Case, sets: SetValues) -> dict[tuple[str, int], list[int]]:
    """Starts of the outages that are under way from a step on; all of them where one lasts the whole year."""
    found: dict[tuple[str, int], list[int]] = {}
    spans, starts = _spans(case), _starts_by_period(case)
    for design, step in sets["design_outage_step"]:
        period = int(case.time.period[step])
        steps = spans[period][1]
        length = min(_outage_steps(case, design), steps)
        found[design, step] = [start for start in starts[period] if (step - start) % steps < length]
    return found


@index_set(dims=("technology", "time"))
def design_step(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Designs with outages, and all steps; none where loads may move as they like."""
    keys = [] if case.scenario.reactors.commitment == "none" else sets["outage_reactor_year"]
    designs = sorted({text(case.assets, asset, "technology") for asset, _ in keys})
    return [(design, step) for design in designs for step in range(case.time.count)]


@indexed_set(over="design_step", dims=("outage_start",))
def outages_entered_at(case: Case, sets: SetValues) -> dict[tuple[str, int], list[int]]:
    """Start of the outage that a design may go into at a step."""
    designs = _dated_designs(case, sets) if sets["design_step"] else []
    return {(design, start): [start] for design in designs for start in sets["outage_start"]}


@indexed_set(over="design_step", dims=("outage_start",))
def outages_left_at(case: Case, sets: SetValues) -> dict[tuple[str, int], list[int]]:
    """Start of the outage from which a design comes back at a step."""
    designs = _dated_designs(case, sets) if sets["design_step"] else []
    return {(design, end): [start] for design in designs for start, end in _ends(case, design).items()}


@indexed_set(over="period", dims=("outage_start",))
def starts_in_period(case: Case, sets: SetValues) -> dict[int, list[int]]:
    """Possible starts in a weather year."""
    return dict(_starts_by_period(case)) if sets["outage_start"] else {}


@index_set(dims=("outage_weather_year",))
def outage_weather_year(case: Case, sets: SetValues) -> list[int]:
    """Weather years over which refuelling is spread, each for itself."""
    return [int(year) for year in np.unique(case.time.runs["weather_year"])] if sets["seasonal_outage_year"] else []


# ---- numbers ---------------------------------------------------------------------------------------------------------


@parameter(over=("outage_weather_year", "outage_step"), unit="day", minimum=0, source="smr/README.md F5")
def days_of_outage_step(case: Case, sets: SetValues) -> np.ndarray:
    """Days of a weather year for which a representative period stands."""
    days = np.zeros((len(sets["outage_weather_year"]), len(sets["outage_step"])))
    rows = sets.positions("outage_weather_year")
    hours = case.time.periods["hours"].to_numpy(dtype=float)
    for period, repeats, year in case.time.runs[["period", "repeats", "weather_year"]].itertuples(index=False):
        if int(year) in rows:
            days[rows[int(year)], int(period)] += float(repeats) * hours[int(period)] / 24.0
    return days


@parameter(over=("planned_reactor_year",), unit="1/year", minimum=0, source="smr/README.md F5")
def outages_per_year(case: Case, sets: SetValues) -> list[float]:
    """Outages that a unit has in a year."""
    return [1.0 / _figure(case, key, "outage_interval") for key in sets["planned_reactor_year"]]


@parameter(over=("planned_reactor_year",), unit="day/year", minimum=0, maximum=365, source="smr/README.md F5")
def outage_days(case: Case, sets: SetValues) -> list[float]:
    """Days that a unit is out in a year: the length of an outage over the time between two."""
    return [_outage_days(case, key) for key in sets["planned_reactor_year"]]


@parameter(over=("planned_reactor_year",), unit="1", minimum=0, maximum=1, source="smr/README.md F5")
def outage_share_max(case: Case, sets: SetValues) -> list[float]:
    """Most of a plant that is out at once: one unit, or what is needed to get all of them through the year."""
    return [max(1.0 / _units(case, key), _least_share(case, key)) for key in sets["planned_reactor_year"]]


def _least_share(case: Case, key: Key) -> float:
    """Share that is out where outages are spread as evenly as may be."""
    if not _is_full(case):
        return _outage_days(case, key) / YEAR_DAYS
    length, most = _outage_steps(case, text(case.assets, key[0], "technology")), 0.0
    for (_, steps), starts in zip(_spans(case), _starts_by_period(case).values(), strict=True):
        places = np.array(starts)
        together = max(int(((place - places) % steps < min(length, steps)).sum()) for place in places)
        most = max(most, together / len(starts))
    return min(1.0, most / _figure(case, key, "outage_interval"))


def _units(case: Case, key: Key) -> float:
    """Units that take turns: those of the design, but no more than fit into the place."""
    limit = float(case.assets["potential"][key[0]]) if flag(case.asset_years, key, "buildable") else 0.0
    place = max(limit, value_at(case.existing, key)) / _figure(case, key, "unit_size_th")
    return max(1.0, min(_figure(case, key, "outage_units"), place))


def _outage_days(case: Case, key: Key) -> float:
    return _figure(case, key, "outage_length") / _figure(case, key, "outage_interval")


def _figure(case: Case, key: Key, column: str) -> float:
    return number(case.reactors, text(case.assets, key[0], "technology"), column)


# ---- decisions and rows ----------------------------------------------------------------------------------------------

variable(
    "reactor_outage",
    over=("outage_reactor_year", "outage_step"),
    unit="MW_th",
    doc="Thermal capacity of reactors in refuelling (or, where that is not decided, in any outage) from a step on.",
)
variable(
    "reactor_outage_start",
    over=("dated_outage_year", "outage_start"),
    unit="MW_th",
    doc="Thermal capacity whose refuelling starts at a step.",
)


@constraint(over=("average_outage_year", "outage_step"), unit="MW_th", source="smr/README.md F4")
def reactor_outage_average(m: Any, a: str, y: int, s: int) -> Any:
    """Where refuelling is not decided, what is not available is in an outage all year."""
    return m.reactor_outage[a, y, s] == (1 - m.availability[a, y]) * m.capacity[a, y]


@constraint(over=("dated_outage_year", "outage_step"), unit="MW_th", source="smr/README.md F5")
def reactor_outage_definition(m: Any, a: str, y: int, s: int) -> Any:
    """In refuelling is what started within the length of an outage."""
    return m.reactor_outage[a, y, s] == sum(
        m.reactor_outage_start[a, y, x] for x in m.outages_open[m.design_of[a, y], s]
    )


@constraint(over=("dated_outage_year", "period"), unit="MW_th", source="smr/README.md F5")
def reactor_refuelling_due(m: Any, a: str, y: int, p: int) -> Any:
    """In a full year as much refuels as falls due: capacity over the time between two outages."""
    return (
        sum(m.reactor_outage_start[a, y, x] for x in m.starts_in_period[p])
        >= m.outages_per_year[a, y] * m.capacity[a, y]
    )


@constraint(over=("seasonal_outage_year", "outage_weather_year"), unit="MW_th day", source="smr/README.md F5")
def reactor_refuelling_days(m: Any, a: str, y: int, w: int) -> Any:
    """Over representative periods the days in refuelling add up to those that fall due."""
    return (
        sum(m.days_of_outage_step[w, s] * m.reactor_outage[a, y, s] for s in m.outage_step)
        == m.outage_days[a, y] * m.capacity[a, y]
    )


@constraint(over=("planned_reactor_year", "outage_step"), unit="MW_th", source="smr/README.md F5")
def reactor_outage_limit(m: Any, a: str, y: int, s: int) -> Any:
    """Units of a plant refuel one at a time."""
    return m.reactor_outage[a, y, s] <= m.outage_share_max[a, y] * m.capacity[a, y]


@constraint(over=("uncommitted_outage_year", "time"), unit="MW_th", source="smr/README.md F4, F5")
def reactor_available_limit(m: Any, a: str, y: int, t: int) -> Any:
    """A reactor gives no more than what is not in refuelling, less forced outages."""
    return m.activity[a, y, t] <= m.availability[a, y] * (
        m.capacity[a, y] - m.reactor_outage[a, y, m.outage_step_of[t]]
    )


@constraint(over=("uncommitted_minimum_year", "time"), unit="MW_th", source="smr/README.md F4, F5")
def reactor_available_minimum(m: Any, a: str, y: int, t: int) -> Any:
    """A reactor with a minimum load runs at least at that share of what is available."""
    return m.activity[a, y, t] >= m.minimum_load[a, y] * m.availability[a, y] * (
        m.capacity[a, y] - m.reactor_outage[a, y, m.outage_step_of[t]]
    )


@reported(over=("outage_reactor_year", "time"), unit="MW_th", source="smr/README.md F5")
def reactor_capacity_out(m: Any, a: str, y: int, t: int) -> Any:
    """Thermal capacity of reactors in refuelling (or, where that is not decided, in any outage), hour by hour."""
    return m.reactor_outage[a, y, m.outage_step_of[t]]
