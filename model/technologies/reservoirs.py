"""Reservoirs: energy that devices fill and empty, with inflow and spill, cyclic or from a known level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.registry import constraint, cost, index_set, indexed_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]


@index_set(dims=("reservoir", "year"))
def reservoir_year(case: Case) -> list[Key]:
    """Reservoirs, the same in every year."""
    return [(str(label), year) for label in case.given.reservoirs.index for year in case.years]


@index_set(dims=("reservoir", "year"))
def expandable_reservoir_year(case: Case) -> list[Key]:
    """Reservoirs whose capacity is a decision."""
    table = case.given.reservoirs
    return [(str(label), year) for label in table.index[table["expandable"]] for year in case.years]


@index_set(dims=("reservoir", "year"))
def sized_reservoir_year(case: Case, sets: SetValues) -> list[Key]:
    """Reservoirs whose capacity, their own or hours of a device, is a decision: their limits are rows."""
    expandable = set(case.given.devices.index[case.given.devices["expandable"]])
    table = case.given.reservoirs
    lead = case.given.devices["lead"].to_dict()
    by_device = {label for label, device in table["hours_of"].items() if lead.get(device) in expandable}
    own = set(table.index[table["expandable"]])
    return [key for key in sets["reservoir_year"] if key[0] in by_device or key[0] in own]


@index_set(dims=("reservoir", "year"))
def floored_reservoir_year(case: Case, sets: SetValues) -> list[Key]:
    """Those of them with a least level other than empty."""
    least = _figure(case, "level_min")
    floored = {key for key, row in zip(sets["reservoir_year"], least, strict=True) if (row != 0.0).any()}
    return [key for key in sets["sized_reservoir_year"] if key in floored]


@index_set(dims=("reservoir", "year"))
def spilling_reservoir_year(case: Case, sets: SetValues) -> list[Key]:
    """Reservoirs whose inflow may be let go."""
    spill = case.given.reservoirs["spill"]
    return [key for key in sets["reservoir_year"] if spill[key[0]]]


@index_set(dims=("reservoir", "year"))
def paid_reservoir_year(case: Case, sets: SetValues) -> list[Key]:
    """Reservoirs that pay for what they keep."""
    paid = {key for key, row in zip(sets["reservoir_year"], _figure(case, "level_cost"), strict=True) if row.any()}
    return [key for key in sets["reservoir_year"] if key in paid]


@indexed_set(over="reservoir_year", dims=("reservoir",))
def own_reservoir(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The reservoir itself where its capacity is a decision."""
    return {key: [key[0]] for key in sets["expandable_reservoir_year"]}


@indexed_set(over="reservoir_year", dims=("device",))
def hours_device(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Device whose capacity, a decision, says what a reservoir holds."""
    table, lead = case.given.reservoirs, case.given.devices["lead"].to_dict()
    hours_of = table["hours_of"].to_dict()
    return {key: [lead[hours_of[key[0]]]] for key in sets["sized_reservoir_year"] if hours_of[key[0]]}


@indexed_set(over="reservoir_year", dims=("reservoir",))
def spilled_at(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The reservoir itself where its inflow may be let go."""
    return {key: [key[0]] for key in sets["spilling_reservoir_year"]}


@index_set(dims=("device", "port", "year"))
def reservoir_port(case: Case) -> list[tuple[str, str, int]]:
    """Ports that fill or empty a reservoir."""
    ports = case.given.device_ports
    return [(str(d), str(port), year) for d, port in ports.index[ports["reservoir"] != ""] for year in case.years]


@indexed_set(over="reservoir_year", dims=("device", "port"))
def ports_into(case: Case, sets: SetValues) -> dict[Key, list[tuple[str, str]]]:
    """Ports that fill or empty a reservoir, by reservoir."""
    owner, found = case.given.device_ports["reservoir"].to_dict(), dict[Key, list[tuple[str, str]]]()
    for device, port, year in sets["reservoir_port"]:
        found.setdefault((str(owner[device, port]), year), []).append((device, port))
    return found


def _figure(case: Case, column: str) -> np.ndarray:
    """A figure of all reservoirs over `reservoir_year` and time, with its series."""
    values = case.given.values(case.given.reservoirs, column, case.time.count)
    return np.repeat(values, len(case.years), axis=0)


def _static(case: Case, column: str) -> np.ndarray:
    return np.repeat(case.given.reservoirs[column].to_numpy(dtype=float), len(case.years))


def _of(sets: SetValues, name: str, values: np.ndarray) -> np.ndarray:
    """Rows of values over `reservoir_year` for the members of a smaller set."""
    positions = sets.positions("reservoir_year")
    return values[np.array([positions[key] for key in sets[name]], dtype=int)]


@parameter(over=("expandable_reservoir_year",), unit="MWh", minimum=0)
def reservoir_capacity_min(case: Case, sets: SetValues) -> np.ndarray:
    """Least capacity of a reservoir that can be expanded."""
    return _of(sets, "expandable_reservoir_year", _static(case, "capacity_min"))


@parameter(over=("expandable_reservoir_year",), unit="MWh", minimum=0)
def reservoir_capacity_max(case: Case, sets: SetValues) -> np.ndarray:
    """Largest capacity of a reservoir that can be expanded."""
    return _of(sets, "expandable_reservoir_year", _static(case, "capacity_max"))


@parameter(over=("expandable_reservoir_year",), unit="EUR/MWh/year", sign="positive: a cost; negative: an income")
def reservoir_capacity_cost(case: Case, sets: SetValues) -> np.ndarray:
    """Yearly cost of a MWh of a reservoir that can be expanded, of what stands too."""
    return _of(sets, "expandable_reservoir_year", _static(case, "capacity_cost"))


@parameter(over=("reservoir_year",), unit="h", minimum=0)
def reservoir_hours(case: Case, sets: SetValues) -> np.ndarray:
    """Hours of its device that a reservoir holds."""
    return _static(case, "hours")


@parameter(over=("reservoir_year", "time"), unit="1", sign="negative: less than empty, where the table allows it")
def level_share_min(case: Case, sets: SetValues) -> np.ndarray:
    """Least level as a share of what a reservoir holds."""
    return _figure(case, "level_min")


@parameter(over=("reservoir_year", "time"), unit="1", sign="negative: less than empty, where the table allows it")
def level_share_max(case: Case, sets: SetValues) -> np.ndarray:
    """Highest level as a share of what a reservoir holds."""
    return _figure(case, "level_max")


@parameter(over=("reservoir_year", "time"), unit="MWh", sign="negative: less than empty, where the table allows it")
def reservoir_level_min(case: Case, sets: SetValues) -> np.ndarray:
    """Least level of a reservoir of known capacity."""
    floored = sets.positions("floored_reservoir_year")
    if_sized = np.array([-np.inf if key in floored else 0.0 for key in sets["reservoir_year"]])
    return _bounds(case, sets, level_share_min(case, sets), if_sized)


@parameter(over=("reservoir_year", "time"), unit="MWh", sign="negative: less than empty, where the table allows it")
def reservoir_level_max(case: Case, sets: SetValues) -> np.ndarray:
    """Highest level of a reservoir of known capacity; endless where a row limits it."""
    return _bounds(case, sets, level_share_max(case, sets), np.full(len(sets["reservoir_year"]), np.inf))


def _bounds(case: Case, sets: SetValues, shares: np.ndarray, if_sized: np.ndarray) -> np.ndarray:
    """Share × what it holds where that is known; what the table holds a level at, where it does."""
    keys, table, devices = sets["reservoir_year"], case.given.reservoirs, case.given.devices
    capacity, hours, hours_of = table["capacity"].to_dict(), table["hours"].to_dict(), table["hours_of"].to_dict()
    of_device, lead = devices["capacity"].to_dict(), devices["lead"].to_dict()
    holds = np.array(
        [hours[r] * of_device[lead[hours_of[r]]] if hours_of[r] else capacity[r] for r, _ in keys], dtype=float
    )
    with np.errstate(invalid="ignore"):
        limits = np.where(shares == 0.0, 0.0, shares * holds[:, None])
    sized = sets.positions("sized_reservoir_year")
    limits = np.where(np.array([key in sized for key in keys], dtype=bool)[:, None], if_sized[:, None], limits)
    held = table["level_series"].to_dict()
    if not any(held.values()):
        return limits
    limits = np.broadcast_to(limits, (len(keys), case.time.count)).copy()
    for row, (label, _) in enumerate(keys):
        if held[label]:
            values = case.given.one(held[label])
            limits[row] = np.where(np.isnan(values), limits[row], values)
    return limits


@parameter(over=("reservoir_year", "time"), unit="1", minimum=0, maximum=1)
def reservoir_kept_share(case: Case, sets: SetValues) -> np.ndarray:
    """Share of the level before that is left after a step; nothing at the start of one that is not cyclic."""
    left = (1.0 - _static(case, "standing_loss"))[:, None] ** np.asarray(case.time.length, dtype=float)[None, :]
    return np.where(_opens(case), 0.0, left)


@parameter(over=("reservoir_year", "time"), unit="MWh", sign="negative: less than empty")
def reservoir_brought(case: Case, sets: SetValues) -> np.ndarray:
    """Level with which a reservoir that is not cyclic begins, in its first step."""
    return np.where(_opens(case), _static(case, "level_before")[:, None], 0.0)


def _opens(case: Case) -> np.ndarray:
    """First steps of reservoirs that are not cyclic."""
    cyclic = np.repeat(case.given.reservoirs["cyclic"].to_numpy(dtype=bool), len(case.years))
    return np.asarray(~cyclic[:, None] & np.asarray(case.time.first_of_period)[None, :])


@parameter(over=("reservoir_year", "time"), unit="MW", sign="negative: flows out by itself")
def reservoir_inflow(case: Case, sets: SetValues) -> np.ndarray:
    """What flows in by itself."""
    return _figure(case, "inflow")


@parameter(over=("spilling_reservoir_year", "time"), unit="MW", minimum=0)
def reservoir_spill_max(case: Case, sets: SetValues) -> np.ndarray:
    """No more is let go than flows in."""
    return np.maximum(_of(sets, "spilling_reservoir_year", _figure(case, "inflow")), 0.0)


@parameter(over=("spilling_reservoir_year", "time"), unit="EUR/MWh", sign="positive: a cost; negative: an income")
def reservoir_spill_cost(case: Case, sets: SetValues) -> np.ndarray:
    """Cost of what is let go."""
    return _of(sets, "spilling_reservoir_year", _figure(case, "spill_cost"))


@parameter(over=("paid_reservoir_year", "time"), unit="EUR/MWh/h", sign="positive: a cost; negative: an income")
def reservoir_level_cost(case: Case, sets: SetValues) -> np.ndarray:
    """Cost of keeping a MWh for an hour."""
    return _of(sets, "paid_reservoir_year", _figure(case, "level_cost"))


@parameter(over=("reservoir_port", "time"), unit="MWh/MWh", sign="positive: fills the reservoir; negative: empties it")
def reservoir_coefficient(case: Case, sets: SetValues) -> np.ndarray:
    """What a port brings into its reservoir per unit of activity."""
    table = case.given.device_ports
    positions = {label: row for row, label in enumerate(table.index)}
    values = case.given.values(table, "coefficient", case.time.count)
    return values[np.array([positions[device, port] for device, port, _ in sets["reservoir_port"]], dtype=int)]


variable(
    "reservoir_capacity",
    over=("expandable_reservoir_year",),
    unit="MWh",
    lower="reservoir_capacity_min",
    upper="reservoir_capacity_max",
    doc="Capacity of a reservoir that can be expanded, what stands included.",
    investment=True,
)
variable(
    "reservoir_level",
    over=("reservoir_year", "time"),
    unit="MWh",
    lower="reservoir_level_min",
    upper="reservoir_level_max",
    doc="Energy in a reservoir at the end of a step.",
    sign="negative: less than empty, where the table allows it",
)
variable(
    "reservoir_spill",
    over=("spilling_reservoir_year", "time"),
    unit="MW",
    upper="reservoir_spill_max",
    doc="Inflow that a reservoir lets go.",
)


@constraint(over=("reservoir_year", "time"), unit="MWh")
def reservoir_balance(m: Any, r: str, y: int, t: int) -> Any:
    """The level is what is left of the step before, plus inflow and what devices bring, less what is let go."""
    return m.reservoir_level[r, y, t] == (
        m.reservoir_kept_share[r, y, t] * m.reservoir_level[r, y, m.previous_time[t]]
        + m.reservoir_brought[r, y, t]
        + m.step_length[t] * m.reservoir_inflow[r, y, t]
        + sum(
            m.step_length[t] * m.reservoir_coefficient[d, q, y, t] * m.device_activity[d, y, t]
            for d, q in m.ports_into[r, y]
        )
        - sum(m.step_length[t] * m.reservoir_spill[k, y, t] for k in m.spilled_at[r, y])
    )


@constraint(over=("sized_reservoir_year", "time"), unit="MWh")
def reservoir_limit(m: Any, r: str, y: int, t: int) -> Any:
    """The level stays below its share of the capacity that is chosen."""
    return m.reservoir_level[r, y, t] <= sum(
        m.level_share_max[r, y, t] * m.reservoir_capacity[k, y] for k in m.own_reservoir[r, y]
    ) + sum(
        m.level_share_max[r, y, t] * m.reservoir_hours[r, y] * m.device_capacity[k, y] for k in m.hours_device[r, y]
    )


@constraint(over=("floored_reservoir_year", "time"), unit="MWh")
def reservoir_floor(m: Any, r: str, y: int, t: int) -> Any:
    """The level stays above its least share of the capacity that is chosen."""
    return m.reservoir_level[r, y, t] >= sum(
        m.level_share_min[r, y, t] * m.reservoir_capacity[k, y] for k in m.own_reservoir[r, y]
    ) + sum(
        m.level_share_min[r, y, t] * m.reservoir_hours[r, y] * m.device_capacity[k, y] for k in m.hours_device[r, y]
    )


@cost("spill", over=("spilling_reservoir_year",), place="reservoir")
def reservoir_spill_payment(m: Any, r: str, y: int) -> Any:
    """What is let go, at its cost."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.reservoir_spill_cost[r, y, t] * m.reservoir_spill[r, y, t]
        for t in m.time
    )


@cost("variable_om", over=("paid_reservoir_year",), place="reservoir")
def reservoir_level_payment(m: Any, r: str, y: int) -> Any:
    """What is kept, at its cost an hour."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.reservoir_level_cost[r, y, t] * m.reservoir_level[r, y, t]
        for t in m.time
    )


@cost("investment", over=("expandable_reservoir_year",), place="reservoir")
def reservoir_capacity_payment(m: Any, r: str, y: int) -> Any:
    """Capacity of reservoirs that can be expanded at its yearly cost, of what stands too."""
    return m.discount_weight[y] * m.reservoir_capacity_cost[r, y] * m.reservoir_capacity[r, y]
