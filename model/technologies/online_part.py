"""Minimum load of the part that is online (R7, F6): electrolysers that may rest, but not by the hour.

A minimum load on all capacity would keep a plant running for ever, and one on a part that is chosen anew each hour says
nothing: chosen with the load itself, it is the load, and any load between zero and all capacity passes.  So for cells
that start within the hour, alkaline and PEM, a linear model needs no row.  Two figures make rows: `minimum_load_online`
of technologies whose online part is chosen by the day whatever the scenario says (steam electrolysers take a day to
warm up and to cool), and `minimum_load_day` of those that a scenario holds to a day too (`detail.electrolyser_loads`),
the other bound of what fast cells can do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import text
from model.core.registry import constraint, index_map, index_set, parameter, variable
from model.data.assets import figure_year
from model.data.parameters import at_year, points_by

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

DAY = 24.0


@index_set(dims=("asset", "year"))
def online_asset_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Assets with a minimum load of the part that is online."""
    least = _least(case)
    return [key for key in sets["running_asset_year"] if text(case.assets, key[0], "technology") in least]


@index_set(dims=("online_day",))
def online_day(case: Case) -> range:
    """Days of all periods, in order: over each of them the same part is online."""
    return range(int(_days(case).max()) + 1)


@index_map(over=("time",), to="online_day")
def online_day_of(case: Case) -> np.ndarray:
    """Day to which a step belongs."""
    return _days(case)


def _days(case: Case) -> np.ndarray:
    """Number of the day of each step, counted from the start of its period."""
    length, period = np.asarray(case.time.length, dtype=float), np.asarray(case.time.period)
    begins = np.cumsum(length) - length
    starts = {label: begins[period == label][0] for label in np.unique(period)}
    inside = ((begins - np.array([starts[label] for label in period]) + 1e-9) // DAY).astype(np.int64)
    first = np.append(True, (period[1:] != period[:-1]) | (inside[1:] != inside[:-1]))
    return np.cumsum(first) - 1


def _least(case: Case) -> dict[str, Any]:
    """Least loads by technology; the figure that always holds goes before the one that a scenario asks for."""
    table = case.tables["technology_parameters"]
    names = ["minimum_load_day"] if case.scenario.detail.electrolyser_loads else []
    found: dict[str, Any] = {}
    for name in [*names, "minimum_load_online"]:
        found |= points_by(table[table["parameter"] == name], ["technology"])
    return found


@parameter(over=("online_asset_year",), unit="1", minimum=0, maximum=1, source="smr/coproduction.csv")
def minimum_load_online(case: Case, sets: SetValues) -> list[float]:
    """Least activity as a share of what is online."""
    least, first = _least(case), case.scenario.years[0]
    return [
        at_year(
            least[text(case.assets, asset, "technology")], figure_year(text(case.assets, asset, "vintage"), year, first)
        )
        for asset, year in sets["online_asset_year"]
    ]


variable(
    "online_part",
    over=("online_asset_year", "online_day"),
    unit="capacity unit",
    doc="Capacity that is online over a day.",
)


@constraint(over=("online_asset_year", "online_day"), unit="capacity unit", source="formulation.md R7, F6")
def online_limit(m: Any, a: str, y: int, d: int) -> Any:
    """No more is online than is available."""
    return m.online_part[a, y, d] <= m.availability[a, y] * m.capacity[a, y]


@constraint(over=("online_asset_year", "time"), unit="capacity unit", source="formulation.md R7, F6")
def online_load_limit(m: Any, a: str, y: int, t: int) -> Any:
    """Nothing runs that is not online."""
    return m.activity[a, y, t] <= m.online_part[a, y, m.online_day_of[t]]


@constraint(over=("online_asset_year", "time"), unit="capacity unit", source="formulation.md R7, F6")
def online_minimum(m: Any, a: str, y: int, t: int) -> Any:
    """What is online runs at its minimum load at least."""
    return m.activity[a, y, t] >= m.minimum_load_online[a, y] * m.online_part[a, y, m.online_day_of[t]]
