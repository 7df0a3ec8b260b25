"""Devices: single machines given one by one, each between two shares of its capacity, with ports that give and take.

A generator is a device with one port that gives; a load that can be shed, one that runs backwards; a converter or a
cable has a port for every place it touches.  Capacity is data, a decision, or that of another device (a charger that
also discharges).  Everything may have a value of its own in every step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.registry import constraint, contributes, cost, index_set, indexed_set, parameter, variable

if TYPE_CHECKING:
    import pandas as pd

    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]
BACKWARDS = "positive: as its ports say; negative: the other way round"


@index_set(dims=("device", "year"))
def device_year(case: Case) -> list[Key]:
    """Devices, the same in every year."""
    return [(str(device), year) for device in case.given.devices.index for year in case.years]


@index_set(dims=("device", "year"))
def expandable_device_year(case: Case) -> list[Key]:
    """Devices whose capacity is a decision."""
    table = case.given.devices
    return [(str(device), year) for device in table.index[table["expandable"]] for year in case.years]


@index_set(dims=("device", "year"))
def sized_device_year(case: Case, sets: SetValues) -> list[Key]:
    """Devices whose capacity, their own or that of another, is a decision: their limits are rows."""
    expandable, lead = sets.positions("expandable_device_year"), case.given.devices["lead"]
    return [key for key in sets["device_year"] if (str(lead[key[0]]), key[1]) in expandable]


@index_set(dims=("device", "year"))
def floored_device_year(case: Case, sets: SetValues) -> list[Key]:
    """Those of them with a least activity other than none."""
    least = device_share_min(case, sets)
    floored = {key for key, row in zip(sets["device_year"], least, strict=True) if (row != 0.0).any()}
    return [key for key in sets["sized_device_year"] if key in floored]


@indexed_set(over="device_year", dims=("device",))
def device_lead(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Device whose capacity, a decision, a device has."""
    lead = case.given.devices["lead"]
    return {key: [str(lead[key[0]])] for key in sets["sized_device_year"]}


@index_set(dims=("device", "port", "year"))
def node_port(case: Case, sets: SetValues) -> list[tuple[str, str, int]]:
    """Ports at nodes."""
    ports = case.given.device_ports
    return [(str(device), str(port), year) for device, port in ports.index[ports["node"] != ""] for year in case.years]


@indexed_set(over="node_carrier_year", dims=("device", "port"))
def ports_at(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[tuple[str, str]]]:
    """Ports that give or take a carrier at a node."""
    ports, found = case.given.device_ports, dict[tuple[str, str, int], list[tuple[str, str]]]()
    nodes, carriers = ports["node"].to_dict(), ports["carrier"].to_dict()
    for device, port, year in sets["node_port"]:
        key = (str(nodes[device, port]), str(carriers[device, port]), year)
        found.setdefault(key, []).append((device, port))
    return found


def rows_for(case: Case, keys: Any, values: np.ndarray, table: pd.DataFrame) -> np.ndarray:
    """Rows of a table's values for keys over (label, ..., year)."""
    positions = {label: row for row, label in enumerate(table.index)}
    label_of = (lambda key: key[0]) if table.index.nlevels == 1 else (lambda key: tuple(key[:-1]))
    return values[np.array([positions[label_of(key)] for key in keys], dtype=int)]


def _figure(case: Case, keys: Any, column: str) -> np.ndarray:
    """A figure of devices over keys and time, with its series."""
    table = case.given.devices
    return rows_for(case, keys, case.given.values(table, column, case.time.count), table)


def _static(case: Case, keys: Any, column: str) -> np.ndarray:
    table = case.given.devices
    return rows_for(case, keys, table[column].to_numpy(dtype=float), table)


@parameter(over=("expandable_device_year",), unit="MW", minimum=0)
def device_capacity_min(case: Case, sets: SetValues) -> np.ndarray:
    """Least capacity of a device that can be expanded."""
    return _static(case, sets["expandable_device_year"], "capacity_min")


@parameter(over=("expandable_device_year",), unit="MW", minimum=0)
def device_capacity_max(case: Case, sets: SetValues) -> np.ndarray:
    """Largest capacity of a device that can be expanded."""
    return _static(case, sets["expandable_device_year"], "capacity_max")


@parameter(over=("expandable_device_year",), unit="EUR/MW/year", sign="positive: a cost; negative: an income")
def device_capacity_cost(case: Case, sets: SetValues) -> np.ndarray:
    """Yearly cost of a MW of a device that can be expanded, of what stands too."""
    return _static(case, sets["expandable_device_year"], "capacity_cost")


@parameter(over=("device_year", "time"), unit="1", sign=BACKWARDS)
def device_share_min(case: Case, sets: SetValues) -> np.ndarray:
    """Least activity as a share of capacity."""
    return _figure(case, sets["device_year"], "share_min")


@parameter(over=("device_year", "time"), unit="1", sign=BACKWARDS)
def device_share_max(case: Case, sets: SetValues) -> np.ndarray:
    """Largest activity as a share of capacity."""
    return _figure(case, sets["device_year"], "share_max")


@parameter(over=("device_year", "time"), unit="MW", sign=BACKWARDS)
def device_activity_min(case: Case, sets: SetValues) -> np.ndarray:
    """Least activity of a device of known capacity; of others none where they cannot run backwards."""
    floored = sets.positions("floored_device_year")
    if_sized = np.array([-np.inf if key in floored else 0.0 for key in sets["device_year"]])
    return _bounds(case, sets, device_share_min(case, sets), if_sized)


@parameter(over=("device_year", "time"), unit="MW", sign=BACKWARDS)
def device_activity_max(case: Case, sets: SetValues) -> np.ndarray:
    """Largest activity of a device of known capacity; endless where a row limits it."""
    return _bounds(case, sets, device_share_max(case, sets), np.full(len(sets["device_year"]), np.inf))


def _bounds(case: Case, sets: SetValues, shares: np.ndarray, if_sized: np.ndarray) -> np.ndarray:
    """Share × capacity where that is known; what the table holds an activity at, where it does."""
    keys, table = sets["device_year"], case.given.devices
    capacity = _static(case, [(table["lead"][device], year) for device, year in keys], "capacity")[:, None]
    with np.errstate(invalid="ignore"):
        limits = np.where(shares == 0.0, 0.0, shares * capacity)
    sized = sets.positions("sized_device_year")
    limits = np.where(np.array([key in sized for key in keys], dtype=bool)[:, None], if_sized[:, None], limits)
    held = table["activity_series"].to_dict()
    if not any(held.values()):
        return limits
    limits = np.broadcast_to(limits, (len(keys), case.time.count)).copy()
    for row, (device, _) in enumerate(keys):
        if held[device]:
            values = case.given.one(held[device])
            limits[row] = np.where(np.isnan(values), limits[row], values)
    return limits


@parameter(over=("node_port", "time"), unit="MWh/MWh", sign="positive: given to the balance; negative: taken from it")
def port_coefficient(case: Case, sets: SetValues) -> np.ndarray:
    """What a port gives to its balance, or takes, per unit of activity."""
    table = case.given.device_ports
    return rows_for(case, sets["node_port"], case.given.values(table, "coefficient", case.time.count), table)


@parameter(over=("device_year", "time"), unit="EUR/MWh", sign="positive: a cost; negative: an income")
def device_variable_cost(case: Case, sets: SetValues) -> np.ndarray:
    """Cost per unit of activity."""
    return _figure(case, sets["device_year"], "variable_cost")


@parameter(over=("device_year",), unit="EUR/h", sign="positive: a cost; negative: an income")
def device_running_cost(case: Case, sets: SetValues) -> np.ndarray:
    """Cost of every hour, whatever the device does."""
    return _static(case, sets["device_year"], "running_cost")


variable(
    "device_capacity",
    over=("expandable_device_year",),
    unit="MW",
    lower="device_capacity_min",
    upper="device_capacity_max",
    doc="Capacity of a device that can be expanded, what stands included.",
    investment=True,
)
variable(
    "device_activity",
    over=("device_year", "time"),
    unit="MW",
    lower="device_activity_min",
    upper="device_activity_max",
    doc="What a device does in an hour.",
    sign=BACKWARDS,
)


@contributes("carrier_balance")
def device_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """What ports of devices give at the node, less what they take."""
    return sum(m.port_coefficient[d, q, y, t] * m.device_activity[d, y, t] for d, q in m.ports_at[n, c, y])


@constraint(over=("sized_device_year", "time"), unit="MW")
def device_limit(m: Any, d: str, y: int, t: int) -> Any:
    """No device does more than its share of the capacity that is chosen."""
    return m.device_activity[d, y, t] <= m.device_share_max[d, y, t] * sum(
        m.device_capacity[k, y] for k in m.device_lead[d, y]
    )


@constraint(over=("floored_device_year", "time"), unit="MW")
def device_floor(m: Any, d: str, y: int, t: int) -> Any:
    """No device does less than its least share of the capacity that is chosen."""
    return m.device_activity[d, y, t] >= m.device_share_min[d, y, t] * sum(
        m.device_capacity[k, y] for k in m.device_lead[d, y]
    )


@cost("variable_om", over=("device_year",), place="device")
def device_variable_payment(m: Any, d: str, y: int) -> Any:
    """What a device does, at its cost."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.device_variable_cost[d, y, t] * m.device_activity[d, y, t]
        for t in m.time
    )


@cost("fixed_om", over=("running_device_year",), place="device")
def device_running_payment(m: Any, d: str, y: int) -> Any:
    """Every hour of a device with a cost of its own: data, fixed by its bounds."""
    return sum(m.discount_weight[y] * m.weight[t] * m.device_running_cost[d, y] * m.device_runs[d, y] for t in m.time)


@index_set(dims=("device", "year"))
def running_device_year(case: Case, sets: SetValues) -> list[Key]:
    """Devices with a cost of every hour."""
    cost_of = case.given.devices["running_cost"]
    return [key for key in sets["device_year"] if float(cost_of[key[0]]) != 0.0]


variable(
    "device_runs",
    over=("running_device_year",),
    unit="1",
    lower=1.0,
    upper=1.0,
    doc="One for every device with a cost of every hour: data, fixed by its bounds.",
)


@cost("investment", over=("expandable_device_year",), place="device")
def device_capacity_payment(m: Any, d: str, y: int) -> Any:
    """Capacity of devices that can be expanded at its yearly cost, of what stands too."""
    return m.discount_weight[y] * m.device_capacity_cost[d, y] * m.device_capacity[d, y]
