"""Capacity over the years: what stands, what is built, what it costs to own (formulation C3, O1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.cells import pairs, value_at
from model.core.registry import constraint, cost, index_set, indexed_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


@index_set(dims=("asset", "build_year"))
def asset_build(case: Case) -> list[tuple[str, int]]:
    """Assets and the years in which they may be built."""
    return list(case.build_options.index)


@index_set(dims=("asset", "build_year", "year"))
def asset_build_year(case: Case) -> list[tuple[str, int, int]]:
    """Vintages and the years of the horizon in which they are alive."""
    alive = case.build_options["alive_years"]
    return [(asset, build, int(year)) for asset, build in pairs(alive.index.tolist()) for year in alive[asset, build]]


@index_set(dims=("asset", "year"))
def asset_year(case: Case) -> list[tuple[str, int]]:
    """Assets in the years in which they may have capacity."""
    return list(case.asset_years.index)


@index_set(dims=("asset", "year"))
def retirable_asset_year(case: Case) -> list[tuple[str, int]]:
    """Existing assets that may close early, in the years after the first, where their stock does not grow by data."""
    if not case.scenario.investment.early_retirement:
        return []
    before = dict(zip(case.years[1:], case.years[:-1], strict=True))
    return [
        (asset, year)
        for asset, year in pairs(case.existing.index.tolist())
        if year in before and value_at(case.existing, (asset, before[year])) >= case.existing[asset, year] > 0
    ]


@indexed_set(over="asset_year", dims=("build_year",))
def builds_alive(case: Case, sets: SetValues) -> dict[tuple[str, int], list[int]]:
    """Build years of an asset that are alive in a year."""
    found: dict[tuple[str, int], list[int]] = {}
    for asset, build, year in sets["asset_build_year"]:
        found.setdefault((asset, year), []).append(build)
    return found


@parameter(over=("asset_year",), unit="capacity unit", minimum=0, default=0.0)
def existing_capacity(case: Case) -> pd.Series:
    """Capacity that exists today and still stands."""
    return case.existing


@parameter(over=("asset_year",), unit="capacity unit", minimum=0)
def existing_capacity_min(case: Case, sets: SetValues) -> np.ndarray:
    """Existing capacity that cannot close early: all of it, unless the scenario allows early retirement."""
    kept = existing_values(case, sets)
    return np.zeros_like(kept) if case.scenario.investment.early_retirement else kept


@parameter(over=("asset_year",), unit="capacity unit", minimum=0)
def capacity_max(case: Case, sets: SetValues) -> np.ndarray:
    """Potential of the place, or what already stands where that is more."""
    potential = case.assets["potential"]
    limits = np.array([float(potential[asset]) for asset, _ in sets["asset_year"]])
    return np.maximum(limits, existing_values(case, sets))


@parameter(over=("asset_build_year",), unit="EUR/capacity unit/year", minimum=0, source="formulation.md O1, F11")
def annuity(case: Case, sets: SetValues) -> list[float]:
    """Yearly cost of owning a vintage: annuity with interest during construction, and the decommissioning fund."""
    options = case.build_options["annuity"]
    return [float(options[asset, build]) for asset, build, _ in sets["asset_build_year"]]


@parameter(over=("asset_build_year",), unit="EUR/capacity unit/year", minimum=0)
def build_fixed_om(case: Case, sets: SetValues) -> list[float]:
    """Fixed operation and maintenance of a vintage."""
    options = case.build_options["fixed_om"]
    return [float(options[asset, build]) for asset, build, _ in sets["asset_build_year"]]


@parameter(over=("asset_year",), unit="EUR/capacity unit/year", minimum=0, default=0.0)
def existing_fixed_om(case: Case) -> pd.Series:
    """Fixed operation and maintenance of existing capacity."""
    return case.asset_years["fixed_om"].fillna(0.0)


def existing_values(case: Case, sets: SetValues) -> np.ndarray:
    """Existing capacity as an array over `asset_year`."""
    return np.array([value_at(case.existing, key) for key in sets["asset_year"]])


variable(
    "built",
    over=("asset_build",),
    unit="capacity unit",
    doc="Capacity built in a milestone year.",
    investment=True,
)
variable(
    "existing_kept",
    over=("asset_year",),
    unit="capacity unit",
    lower="existing_capacity_min",
    upper="existing_capacity",
    doc="Existing capacity that is kept.",
    investment=True,
)
variable(
    "capacity", over=("asset_year",), unit="capacity unit", upper="capacity_max", doc="Capacity that stands in a year."
)


@constraint(over=("asset_year",), unit="capacity unit", source="formulation.md C3")
def capacity_definition(m: Any, a: str, y: int) -> Any:
    """Capacity is what is kept of the existing stock plus the vintages alive."""
    return m.capacity[a, y] == m.existing_kept[a, y] + sum(m.built[a, v] for v in m.builds_alive[a, y])


@constraint(over=("retirable_asset_year",), unit="capacity unit")
def early_retirement_is_final(m: Any, a: str, y: int) -> Any:
    """What has closed does not come back."""
    return m.existing_kept[a, y] <= m.existing_kept[a, m.previous_year[y]]


@cost("investment", over=("asset_build_year",), place="asset", source="formulation.md O1")
def investment_cost(m: Any, a: str, v: int, y: int) -> Any:
    """A vintage pays its annuity in the years of the horizon in which it is alive."""
    return m.discount_weight[y] * m.annuity[a, v, y] * m.built[a, v]


@cost("fixed_om", over=("asset_build_year",), place="asset")
def build_fixed_om_cost(m: Any, a: str, v: int, y: int) -> Any:
    """Fixed operation and maintenance of what is built."""
    return m.discount_weight[y] * m.build_fixed_om[a, v, y] * m.built[a, v]


@cost("fixed_om", over=("asset_year",), place="asset")
def existing_fixed_om_cost(m: Any, a: str, y: int) -> Any:
    """Fixed operation and maintenance of what exists and is kept."""
    return m.discount_weight[y] * m.existing_fixed_om[a, y] * m.existing_kept[a, y]
