"""Ramps of devices: how far the activity may rise and fall from a step to the next, and into the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.registry import constraint, index_set, indexed_set, parameter

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]


def _ramping(case: Case, sets: SetValues, column: str, before: bool = False) -> list[Key]:
    table = case.given.devices
    chosen = np.isfinite(table[column].to_numpy(dtype=float))
    if before:
        chosen &= table["activity_before"].notna().to_numpy()
    names = set(table.index[chosen])
    return [key for key in sets["device_year"] if key[0] in names]


@index_set(dims=("device", "year"))
def rising_device_year(case: Case, sets: SetValues) -> list[Key]:
    """Devices with a limit on how fast they rise."""
    return _ramping(case, sets, "ramp_up")


@index_set(dims=("device", "year"))
def falling_device_year(case: Case, sets: SetValues) -> list[Key]:
    """Devices with a limit on how fast they fall."""
    return _ramping(case, sets, "ramp_down")


@index_set(dims=("device", "year"))
def rising_from_before_year(case: Case, sets: SetValues) -> list[Key]:
    """Those of them that rise from a known activity."""
    return _ramping(case, sets, "ramp_up", before=True)


@index_set(dims=("device", "year"))
def falling_from_before_year(case: Case, sets: SetValues) -> list[Key]:
    """Those of them that fall from a known activity."""
    return _ramping(case, sets, "ramp_down", before=True)


@indexed_set(over="device_year", dims=("device",))
def chosen_lead(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Device whose capacity, a decision, a device with a ramp has."""
    lead = sets.family("device_lead")
    ramping = {*sets["rising_device_year"], *sets["falling_device_year"]}
    return {key: members for key, members in lead.items() if key in ramping}


def _known(case: Case, keys: Any, column: str) -> list[float]:
    """Ramp of devices of known capacity, MW; nothing where the capacity is a decision."""
    table = case.given.devices
    expandable, lead = table["expandable"], table["lead"]
    return [
        0.0 if expandable[lead[device]] else float(table[column][device]) * float(table["capacity"][lead[device]])
        for device, _ in keys
    ]


def _share(case: Case, keys: Any, column: str) -> list[float]:
    values = case.given.devices[column]
    return [float(values[device]) for device, _ in keys]


@parameter(over=("rising_device_year",), unit="MW", minimum=0)
def ramp_up_power(case: Case, sets: SetValues) -> list[float]:
    """How far a device of known capacity rises in a step."""
    return _known(case, sets["rising_device_year"], "ramp_up")


@parameter(over=("falling_device_year",), unit="MW", minimum=0)
def ramp_down_power(case: Case, sets: SetValues) -> list[float]:
    """How far a device of known capacity falls in a step."""
    return _known(case, sets["falling_device_year"], "ramp_down")


@parameter(over=("rising_device_year",), unit="1", minimum=0)
def ramp_up_share(case: Case, sets: SetValues) -> list[float]:
    """How far a device rises in a step, as a share of its capacity."""
    return _share(case, sets["rising_device_year"], "ramp_up")


@parameter(over=("falling_device_year",), unit="1", minimum=0)
def ramp_down_share(case: Case, sets: SetValues) -> list[float]:
    """How far a device falls in a step, as a share of its capacity."""
    return _share(case, sets["falling_device_year"], "ramp_down")


@parameter(over=("device_year",), unit="MW", sign="positive: as its ports say; negative: the other way round")
def activity_before(case: Case, sets: SetValues) -> np.ndarray:
    """Activity before the first step."""
    values = case.given.devices["activity_before"].fillna(0.0)
    return np.array([float(values[device]) for device, _ in sets["device_year"]])


@constraint(over=("rising_device_year", "time_rest"), unit="MW")
def device_ramp_up(m: Any, d: str, y: int, t: int) -> Any:
    """A device rises no faster than it can."""
    return m.device_activity[d, y, t] - m.device_activity[d, y, m.previous_time[t]] <= m.ramp_up_power[d, y] + sum(
        m.ramp_up_share[d, y] * m.device_capacity[k, y] for k in m.chosen_lead[d, y]
    )


@constraint(over=("falling_device_year", "time_rest"), unit="MW")
def device_ramp_down(m: Any, d: str, y: int, t: int) -> Any:
    """A device falls no faster than it can."""
    return m.device_activity[d, y, m.previous_time[t]] - m.device_activity[d, y, t] <= m.ramp_down_power[d, y] + sum(
        m.ramp_down_share[d, y] * m.device_capacity[k, y] for k in m.chosen_lead[d, y]
    )


@constraint(over=("rising_from_before_year", "time_first"), unit="MW")
def device_first_ramp_up(m: Any, d: str, y: int, t: int) -> Any:
    """A device rises no faster than it can from what it did before."""
    return m.device_activity[d, y, t] - m.activity_before[d, y] <= m.ramp_up_power[d, y] + sum(
        m.ramp_up_share[d, y] * m.device_capacity[k, y] for k in m.chosen_lead[d, y]
    )


@constraint(over=("falling_from_before_year", "time_first"), unit="MW")
def device_first_ramp_down(m: Any, d: str, y: int, t: int) -> Any:
    """A device falls no faster than it can from what it did before."""
    return m.activity_before[d, y] - m.device_activity[d, y, t] <= m.ramp_down_power[d, y] + sum(
        m.ramp_down_share[d, y] * m.device_capacity[k, y] for k in m.chosen_lead[d, y]
    )
