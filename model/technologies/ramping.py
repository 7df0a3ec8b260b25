"""How fast an asset can go up and down (formulation C2, F4 without commitment)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number
from model.core.registry import constraint, index_set, parameter

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


@index_set(dims=("asset", "year"))
def ramping_asset_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Assets whose ramp can bind: one step is too short to go from minimum load to full load.

    Reactors that start and stop, or whose refuelling is decided, have ramps of their own (`commitment.py`).
    """
    step = float(np.min(case.time.length))
    apart = sets.positions("apart_ramp_year")
    rates = case.asset_years["ramp"]
    least = case.asset_years["minimum_load"]
    return [
        key
        for key in sets["running_asset_year"]
        if key not in apart and np.isfinite(rates[key]) and rates[key] * step < 1.0 - least[key]
    ]


@parameter(over=("ramping_asset_year",), unit="1/h", minimum=0)
def ramp(case: Case, sets: SetValues) -> list[float]:
    """Share of capacity by which activity may change in an hour."""
    return [number(case.asset_years, key, "ramp") for key in sets["ramping_asset_year"]]


@constraint(over=("ramping_asset_year", "time"), unit="capacity unit", source="smr/README.md F4")
def ramp_up_limit(m: Any, a: str, y: int, t: int) -> Any:
    """Activity rises no faster than the ramp rate (cyclic in each period)."""
    return (
        m.activity[a, y, t] - m.activity[a, y, m.previous_time[t]] <= m.ramp[a, y] * m.step_length[t] * m.capacity[a, y]
    )


@constraint(over=("ramping_asset_year", "time"), unit="capacity unit", source="smr/README.md F4")
def ramp_down_limit(m: Any, a: str, y: int, t: int) -> Any:
    """Activity falls no faster than the ramp rate (cyclic in each period)."""
    return (
        m.activity[a, y, m.previous_time[t]] - m.activity[a, y, t] <= m.ramp[a, y] * m.step_length[t] * m.capacity[a, y]
    )
