"""Reactors that start and stop: relaxed commitment on heat (formulation R4; smr/README.md F4, after GenX).

Thermal capacity is online, off, or in an outage.  What is online runs between minimum load and full load and moves by
its ramp; what starts or stops moves by the start and stop step, the larger of minimum load and ramp, in one step.  What
has stopped rests for its minimum down time; falls of load use up a yearly budget of cycles.  Going into an outage and
coming back have variables of their own: they are no stop and no start, and without them an outage of a plant that runs
flat out would be infeasible, and any other would last longer by the minimum down time.

Forced outages take the same share of everything: the rows hold for heat over that share.  Without commitment
(`reactors.commitment: ramp`) the same two variables stand in plain ramp rows where refuelling is decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import constraint, cost, index_map, index_set, indexed_set, parameter, variable
from model.data.reactors import late_cycle

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]


# ---- which reactors --------------------------------------------------------------------------------------------------


@index_set(dims=("asset", "year"))
def committed_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors that start and stop."""
    return list(sets["reactor_year"]) if case.scenario.reactors.commitment == "linear" else []


@index_set(dims=("asset", "year"))
def apart_ramp_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors that are not under the plain ramps of all assets: they have none, or rows that know their outages."""
    everything = case.scenario.reactors.commitment in ("none", "linear")
    return list(sets["reactor_year" if everything else "planned_reactor_year"])


@index_set(dims=("asset", "year"))
def outage_ramp_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors with plain ramps that know their outages, where one step is too short from minimum to full load."""
    if case.scenario.reactors.commitment != "ramp":
        return []
    return [key for key in sets["planned_reactor_year"] if _ramp_step(case, key) < 1.0 - _least(case, key)]


@index_set(dims=("asset", "year"))
def committed_ramp_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors that start and stop and cannot go through their whole range in a step."""
    return [key for key in sets["committed_reactor_year"] if _ramp_step(case, key) < 1.0]


@index_set(dims=("asset", "year"))
def committed_minimum_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors that start and stop and have a minimum load."""
    return [key for key in sets["committed_reactor_year"] if _committed_least(case, sets, key)[0] > 0.0]


@index_set(dims=("asset", "year"))
def resting_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors with a minimum down time."""
    return [key for key in sets["committed_reactor_year"] if _figure(case, key, "min_down_time") > 0.0]


@index_set(dims=("asset", "year"))
def restless_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors that start and stop without one."""
    resting = sets.positions("resting_reactor_year")
    return [key for key in sets["committed_reactor_year"] if key not in resting]


@index_set(dims=("asset", "year"))
def cycling_reactor_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors with a yearly budget of cycles."""
    return [key for key in sets["committed_reactor_year"] if np.isfinite(_figure(case, key, "cycles_per_year"))]


@index_set(dims=("asset", "year"))
def moving_outage_year(case: Case, sets: SetValues) -> list[Key]:
    """Reactors whose outages have a start, and whose load may not move as it likes."""
    moving = {*sets["committed_reactor_year"], *sets["outage_ramp_year"]}
    return [key for key in sets["dated_outage_year"] if key in moving]


@index_set(dims=("technology", "time"))
def rest_period(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Designs with a minimum down time, and the first step of every period."""
    designs = sorted({text(case.assets, asset, "technology") for asset, _ in sets["resting_reactor_year"]})
    return [(design, step) for design in designs for step in sets["time_first"]]


@indexed_set(over="rest_period", dims=("time",))
def steps_of_rest(case: Case, sets: SetValues) -> dict[tuple[str, int], list[int]]:
    """Steps whose stops still rest at the first step of a period, cyclic in it and cut at its length."""
    found = {}
    for design, first in sets["rest_period"]:
        steps = int((case.time.period == case.time.period[first]).sum())
        rest = min(_rest_steps(case, design), steps)
        found[design, first] = [first + (-back) % steps for back in range(rest)]
    return found


@index_map(over=("reactor_design", "time"), to="time")
def time_before_rest(case: Case, sets: SetValues) -> np.ndarray:
    """The step whose stops have rested long enough at a step: a minimum down time before, cyclic in the period."""
    period = np.asarray(case.time.period)
    first = np.flatnonzero(case.time.first_of_period)[period]
    steps = np.bincount(period)[period]
    own = np.arange(case.time.count)
    rests = [_rest_steps(case, design) for design in sets["reactor_design"]]
    found = [first + (own - first - np.minimum(rest, steps)) % steps for rest in rests]
    return np.array(found, dtype=np.int64).reshape(len(rests), case.time.count)


def _rest_steps(case: Case, design: str) -> int:
    """Steps of a minimum down time; a step begun counts."""
    return int(np.ceil(number(case.reactors, design, "min_down_time") / float(case.time.length[0]) - 1e-9))


def _figure(case: Case, key: Key, column: str) -> float:
    return number(case.reactors, text(case.assets, key[0], "technology"), column)


def _least(case: Case, key: Key) -> float:
    return number(case.asset_years, key, "minimum_load")


def _committed_least(case: Case, sets: SetValues, key: Key) -> tuple[float, float]:
    """Minimum load of what is online, and the highest that a part of it has.

    Late in its fuel cycle a unit has a higher one: where refuelling has dates, that is told apart (`late_cycle.py`);
    else units are spread evenly over their cycles, and the minimum load is the mean over them.
    """
    least = _least(case, key)
    share, rise = late_cycle(case.scenario, case.reactors, text(case.assets, key[0], "technology"), least)
    dated = key in sets.positions("dated_outage_year")
    return (least, least + rise) if dated else (least + share * rise, least + share * rise)


def _ramp_step(case: Case, key: Key) -> float:
    """Share of capacity by which load may change in a step; one where a design has no ramp."""
    rate = number(case.asset_years, key, "ramp")
    return 1.0 if np.isnan(rate) else min(1.0, rate * float(case.time.length[0]))


# ---- numbers ---------------------------------------------------------------------------------------------------------


@parameter(over=("committed_reactor_year",), unit="1", minimum=0, maximum=1, source="smr/README.md F4, F5")
def running_share(case: Case, sets: SetValues) -> list[float]:
    """Share of what is online that forced outages leave; one where these are in the average outage."""
    planned = sets.positions("planned_reactor_year")
    keys = sets["committed_reactor_year"]
    return [number(case.asset_years, key, "availability") if key in planned else 1.0 for key in keys]


@parameter(over=("committed_reactor_year",), unit="1", minimum=0, maximum=1, source="smr/README.md F4")
def committed_minimum(case: Case, sets: SetValues) -> list[float]:
    """Least load as a share of what is online."""
    return [_committed_least(case, sets, key)[0] for key in sets["committed_reactor_year"]]


@parameter(over=("outage_ramp_year",), unit="1", minimum=0, maximum=1, source="smr/README.md F4")
def ramp_in_step(case: Case, sets: SetValues) -> list[float]:
    """Share of capacity by which load may change in a step."""
    return [_ramp_step(case, key) for key in sets["outage_ramp_year"]]


@parameter(over=("committed_ramp_year",), unit="1", minimum=0, maximum=1, source="smr/README.md F4")
def online_ramp(case: Case, sets: SetValues) -> list[float]:
    """Share of what is online by which load may change in a step."""
    return [_ramp_step(case, key) for key in sets["committed_ramp_year"]]


@parameter(over=("committed_ramp_year",), unit="1", minimum=0, maximum=1, source="smr/README.md F4")
def start_stop_step(case: Case, sets: SetValues) -> list[float]:
    """Load, as a share, to which a start and from which a stop may go in one step: minimum load, or ramp if larger."""
    return [max(_ramp_step(case, key), _committed_least(case, sets, key)[1]) for key in sets["committed_ramp_year"]]


@parameter(over=("cycling_reactor_year",), unit="1/year", minimum=0, source="smr/README.md F4")
def cycle_budget(case: Case, sets: SetValues) -> list[float]:
    """Falls of load that a year may hold, in full loads: number of cycles times their depth."""
    keys = sets["cycling_reactor_year"]
    return [_figure(case, key, "cycles_per_year") * _figure(case, key, "cycle_depth") for key in keys]


@parameter(over=("time",), unit="1/year", minimum=0, source="formulation.md section 0")
def occurrences(case: Case) -> np.ndarray:
    """How often a step occurs in a year."""
    return np.asarray(case.time.weight, dtype=float) / np.asarray(case.time.length, dtype=float)


@parameter(over=("committed_reactor_year",), unit="EUR/MW_th", minimum=0, source="formulation.md R4")
def start_cost(case: Case, sets: SetValues) -> list[float]:
    """Cost of a start per unit of thermal capacity that starts."""
    return [_figure(case, key, "start_cost") for key in sets["committed_reactor_year"]]


# ---- decisions -------------------------------------------------------------------------------------------------------

variable(
    "reactor_online",
    over=("committed_reactor_year", "time"),
    unit="MW_th",
    doc="Thermal capacity of reactors that is online.",
)
variable(
    "reactor_started", over=("committed_reactor_year", "time"), unit="MW_th", doc="Thermal capacity started in a step."
)
variable(
    "reactor_stopped", over=("committed_reactor_year", "time"), unit="MW_th", doc="Thermal capacity stopped in a step."
)
variable(
    "reactor_resting",
    over=("resting_reactor_year", "time"),
    unit="MW_th",
    doc="Thermal capacity that has stopped within the minimum down time.",
)
variable(
    "reactor_load_fall",
    over=("cycling_reactor_year", "time"),
    unit="MW_th",
    doc="Fall of a reactor's load in a step that counts as part of a cycle; refuelling does not.",
)
variable(
    "reactor_outage_entered",
    over=("moving_outage_year", "outage_start"),
    unit="MW_th",
    doc="Thermal capacity online that goes into the outage which starts at a step.",
)
variable(
    "reactor_outage_left",
    over=("moving_outage_year", "outage_start"),
    unit="MW_th",
    doc="Thermal capacity that comes back online at once from the outage which started at a step.",
)


# ---- outages ---------------------------------------------------------------------------------------------------------


@constraint(over=("moving_outage_year", "outage_start"), unit="MW_th", source="smr/README.md F4")
def reactor_outage_entered_limit(m: Any, a: str, y: int, x: int) -> Any:
    """No more goes into an outage than starts refuelling."""
    return m.reactor_outage_entered[a, y, x] <= m.reactor_outage_start[a, y, x]


@constraint(over=("moving_outage_year", "outage_start"), unit="MW_th", source="smr/README.md F4")
def reactor_outage_left_limit(m: Any, a: str, y: int, x: int) -> Any:
    """No more comes back from an outage than started refuelling."""
    return m.reactor_outage_left[a, y, x] <= m.reactor_outage_start[a, y, x]


@constraint(over=("outage_ramp_year", "time"), unit="MW_th", source="smr/README.md F4")
def reactor_ramp_up_limit(m: Any, a: str, y: int, t: int) -> Any:
    """Without commitment load rises no faster than the ramp, and by what comes back from an outage."""
    return m.activity[a, y, t] - m.activity[a, y, m.previous_time[t]] <= m.ramp_in_step[a, y] * m.capacity[
        a, y
    ] + m.availability[a, y] * sum(m.reactor_outage_left[a, y, x] for x in m.outages_left_at[m.design_of[a, y], t])


@constraint(over=("outage_ramp_year", "time"), unit="MW_th", source="smr/README.md F4")
def reactor_ramp_down_limit(m: Any, a: str, y: int, t: int) -> Any:
    """Without commitment load falls no faster than the ramp, and by what goes into an outage."""
    return m.activity[a, y, m.previous_time[t]] - m.activity[a, y, t] <= m.ramp_in_step[a, y] * m.capacity[
        a, y
    ] + m.availability[a, y] * sum(
        m.reactor_outage_entered[a, y, x] for x in m.outages_entered_at[m.design_of[a, y], t]
    )


# ---- commitment ------------------------------------------------------------------------------------------------------


@constraint(over=("committed_reactor_year", "time"), unit="MW_th", source="smr/README.md F4")
def reactor_online_balance(m: Any, a: str, y: int, t: int) -> Any:
    """Online is what was, plus starts, less stops, less what goes into an outage, plus what comes back (cyclic)."""
    return m.reactor_online[a, y, t] - m.reactor_online[a, y, m.previous_time[t]] == m.reactor_started[
        a, y, t
    ] - m.reactor_stopped[a, y, t] - sum(
        m.reactor_outage_entered[a, y, x] for x in m.outages_entered_at[m.design_of[a, y], t]
    ) + sum(m.reactor_outage_left[a, y, x] for x in m.outages_left_at[m.design_of[a, y], t])


@constraint(over=("restless_reactor_year", "time"), unit="MW_th", source="smr/README.md F4")
def reactor_online_limit(m: Any, a: str, y: int, t: int) -> Any:
    """No more is online than is not in an outage."""
    return m.reactor_online[a, y, t] <= m.capacity[a, y] - m.reactor_outage[a, y, m.outage_step_of[t]]


@constraint(over=("resting_reactor_year", "time"), unit="MW_th", source="smr/README.md F4")
def reactor_down_time(m: Any, a: str, y: int, t: int) -> Any:
    """What has stopped within the minimum down time is off, and in no outage."""
    return (
        m.capacity[a, y] - m.reactor_outage[a, y, m.outage_step_of[t]] - m.reactor_online[a, y, t]
        >= m.reactor_resting[a, y, t]
    )


@constraint(over=("resting_reactor_year", "time_first"), unit="MW_th", source="smr/README.md F4")
def reactor_resting_first(m: Any, a: str, y: int, t: int) -> Any:
    """At the first step of a period all stops within the minimum down time rest, those at its end included (cyclic)."""
    return m.reactor_resting[a, y, t] == sum(m.reactor_stopped[a, y, u] for u in m.steps_of_rest[m.design_of[a, y], t])


@constraint(over=("resting_reactor_year", "time_rest"), unit="MW_th", source="smr/README.md F4")
def reactor_resting_rest(m: Any, a: str, y: int, t: int) -> Any:
    """Later on new stops join, and those of a minimum down time before leave."""
    return (
        m.reactor_resting[a, y, t]
        == m.reactor_resting[a, y, m.previous_time[t]]
        + m.reactor_stopped[a, y, t]
        - m.reactor_stopped[a, y, m.time_before_rest[m.design_of[a, y], t]]
    )


@constraint(over=("committed_reactor_year", "time"), unit="MW_th", source="smr/README.md F4, F5")
def reactor_online_load_limit(m: Any, a: str, y: int, t: int) -> Any:
    """Heat is no more than what is online, less forced outages."""
    return m.activity[a, y, t] <= m.running_share[a, y] * m.reactor_online[a, y, t]


@constraint(over=("committed_minimum_year", "time"), unit="MW_th", source="smr/README.md F4")
def reactor_online_minimum(m: Any, a: str, y: int, t: int) -> Any:
    """What is online runs at minimum load at least."""
    return m.activity[a, y, t] >= m.committed_minimum[a, y] * m.running_share[a, y] * m.reactor_online[a, y, t]


@constraint(over=("committed_ramp_year", "time"), unit="MW_th", source="smr/README.md F4")
def reactor_online_ramp_up(m: Any, a: str, y: int, t: int) -> Any:
    """Load rises by the ramp of what stays online, by starts, by what comes back; what leaves takes off its least."""
    return m.activity[a, y, t] - m.activity[a, y, m.previous_time[t]] <= m.running_share[a, y] * (
        m.online_ramp[a, y] * m.reactor_online[a, y, t]
        + (m.start_stop_step[a, y] - m.online_ramp[a, y]) * m.reactor_started[a, y, t]
        - m.committed_minimum[a, y] * m.reactor_stopped[a, y, t]
        + (1 - m.online_ramp[a, y])
        * sum(m.reactor_outage_left[a, y, x] for x in m.outages_left_at[m.design_of[a, y], t])
        - m.committed_minimum[a, y]
        * sum(m.reactor_outage_entered[a, y, x] for x in m.outages_entered_at[m.design_of[a, y], t])
    )


@constraint(over=("committed_ramp_year", "time"), unit="MW_th", source="smr/README.md F4")
def reactor_online_ramp_down(m: Any, a: str, y: int, t: int) -> Any:
    """Load falls by the ramp of what stays online, by stops, by what goes into an outage; what joins adds its least."""
    return m.activity[a, y, m.previous_time[t]] - m.activity[a, y, t] <= m.running_share[a, y] * (
        m.online_ramp[a, y] * m.reactor_online[a, y, t]
        + m.start_stop_step[a, y] * m.reactor_stopped[a, y, t]
        - (m.online_ramp[a, y] + m.committed_minimum[a, y]) * m.reactor_started[a, y, t]
        + sum(m.reactor_outage_entered[a, y, x] for x in m.outages_entered_at[m.design_of[a, y], t])
        - (m.online_ramp[a, y] + m.committed_minimum[a, y])
        * sum(m.reactor_outage_left[a, y, x] for x in m.outages_left_at[m.design_of[a, y], t])
    )


@constraint(over=("cycling_reactor_year", "time"), unit="MW_th", source="smr/README.md F4")
def reactor_load_fall_definition(m: Any, a: str, y: int, t: int) -> Any:
    """A fall of load counts, but for what goes into an outage."""
    return m.reactor_load_fall[a, y, t] >= m.activity[a, y, m.previous_time[t]] - m.activity[a, y, t] - m.running_share[
        a, y
    ] * sum(m.reactor_outage_entered[a, y, x] for x in m.outages_entered_at[m.design_of[a, y], t])


@constraint(over=("cycling_reactor_year",), unit="MW_th/year", source="smr/README.md F4")
def reactor_cycle_limit(m: Any, a: str, y: int) -> Any:
    """All falls of load of a year stay within the budget: number of cycles times their depth."""
    return (
        sum(m.occurrences[t] * m.reactor_load_fall[a, y, t] for t in m.time) <= m.cycle_budget[a, y] * m.capacity[a, y]
    )


@cost("start", over=("committed_reactor_year",), place="asset", source="formulation.md R4")
def reactor_start_cost(m: Any, a: str, y: int) -> Any:
    """Starts of reactors; coming back from an outage is none."""
    return sum(
        m.discount_weight[y] * m.occurrences[t] * m.start_cost[a, y] * m.reactor_started[a, y, t] for t in m.time
    )
