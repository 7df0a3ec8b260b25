"""Conversion: one core for every technology, by activity and coefficients (formulation C1, C2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import flag, number, value_at
from model.core.registry import constraint, contributes, cost, index_map, index_set, indexed_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

RUNNING_KINDS = ("conversion", "reactor")


@index_set(dims=("asset", "year"))
def running_asset_year(case: Case) -> list[tuple[str, int]]:
    """Assets with an hourly activity (stores have charge and discharge instead)."""
    running = set(case.assets.index[case.assets["kind"].isin(RUNNING_KINDS)])
    return [key for key in case.asset_years.index if key[0] in running]


@index_set(dims=("asset", "year"))
def sized_asset_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Running assets whose capacity is a decision in that year: their limits are rows, the others' are bounds.

    Reactors whose outages are told apart have rows of their own (`outages.py`, `commitment.py`).
    """
    apart = sets.positions("outage_reactor_year")
    return [key for key in sets["running_asset_year"] if key not in apart and _is_sized(case, key)]


@index_set(dims=("asset", "year"))
def sized_minimum_load_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Assets that may not fall below a share of what is available, where capacity is a decision."""
    return [key for key in sets["sized_asset_year"] if number(case.asset_years, key, "minimum_load") > 0]


@index_set(dims=("profile",))
def profile(case: Case) -> list[str]:
    """Hourly multipliers by name; `steady` is one in every hour."""
    return ["steady", *(str(name) for name in case.hourly["profile"].coords["profile"].to_numpy())]


@index_set(dims=("asset", "carrier", "year"))
def asset_flow(case: Case, sets: SetValues) -> list[tuple[str, str, int]]:
    """What assets take and give of carriers that balance at nodes."""
    balanced = set(case.carriers.index[case.carriers["balanced"] == "yes"])
    running = sets.positions("running_asset_year")
    return [key for key in case.flows.index if key[1] in balanced and (key[0], key[2]) in running]


@index_set(dims=("asset", "carrier", "year"))
def fuel_use(case: Case, sets: SetValues) -> list[tuple[str, str, int]]:
    """What assets take of carriers that are bought at a price."""
    balanced = set(case.carriers.index[case.carriers["balanced"] == "yes"])
    running = sets.positions("running_asset_year")
    return [key for key in case.flows.index if key[1] not in balanced and (key[0], key[2]) in running]


@indexed_set(over="node_carrier_year", dims=("asset",))
def assets_at(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """Assets that take or give a carrier at a node."""
    nodes = case.assets["node"]
    found: dict[tuple[str, str, int], list[str]] = {}
    for asset, carrier, year in sets["asset_flow"]:
        found.setdefault((str(nodes[asset]), carrier, year), []).append(asset)
    return found


@index_map(over=("running_asset_year",), to="profile")
def availability_profile(case: Case, sets: SetValues) -> list[str]:
    """Hourly availability of an asset: wind or sun of its place, or steady."""
    names = case.assets["availability_profile"]
    return [str(names[asset]) or "steady" for asset, _ in sets["running_asset_year"]]


@index_map(over=("asset_flow",), to="profile")
def flow_profile(case: Case, sets: SetValues) -> list[str]:
    """Hourly multiplier of a coefficient (one over the COP, for instance), or steady."""
    names = case.flows["profile"]
    return [str(names[key]) or "steady" for key in sets["asset_flow"]]


@parameter(over=("profile", "time"), unit="1", minimum=0)
def profile_value(case: Case, sets: SetValues) -> np.ndarray:
    """Hourly multipliers, averaged over each step."""
    hourly = case.hourly["profile"]
    names = [name for name in sets["profile"] if name != "steady"]
    values = np.ones((len(names) + 1, case.time.count))
    positions = sets.positions("profile")
    values[[positions[name] for name in names]] = hourly.sel(profile=names).to_numpy()
    return values


@parameter(over=("running_asset_year",), unit="1", minimum=0, maximum=1)
def availability(case: Case, sets: SetValues) -> list[float]:
    """Share of capacity that is available on average: outages, planned and forced."""
    return [number(case.asset_years, key, "availability") for key in sets["running_asset_year"]]


@parameter(over=("running_asset_year",), unit="1", minimum=0, maximum=1)
def minimum_load(case: Case, sets: SetValues) -> list[float]:
    """Least share of the available capacity at which an asset runs."""
    return [number(case.asset_years, key, "minimum_load") for key in sets["running_asset_year"]]


@parameter(over=("running_asset_year", "time"), unit="capacity unit", minimum=0)
def activity_max(case: Case, sets: SetValues) -> np.ndarray:
    """Most that an asset of known capacity can do in an hour; no bound where capacity is a decision."""
    return _available_stock(case, sets, np.inf)


@parameter(over=("running_asset_year", "time"), unit="capacity unit", minimum=0)
def activity_min(case: Case, sets: SetValues) -> np.ndarray:
    """Least that an asset of known capacity must do in an hour."""
    shares = np.array(minimum_load(case, sets))
    if not shares.any():
        return np.zeros((1, 1))
    return _available_stock(case, sets, 0.0) * shares[:, None]


def _available_stock(case: Case, sets: SetValues, if_sized: float) -> np.ndarray:
    """Availability × existing capacity over `running_asset_year` and time; `if_sized` where the limits are rows."""
    keys = sets["running_asset_year"]
    sized = {**sets.positions("sized_asset_year"), **sets.positions("outage_reactor_year")}
    stock = np.array([value_at(case.existing, key) for key in keys]) * np.array(availability(case, sets))
    positions = sets.positions("profile")
    rows = [positions[name] for name in availability_profile(case, sets)]
    values = profile_value(case, sets)[rows] * stock[:, None]
    values[[key in sized for key in keys]] = if_sized
    return values


def _is_sized(case: Case, key: tuple[str, int]) -> bool:
    return flag(case.asset_years, key, "buildable") or (
        case.scenario.investment.early_retirement and value_at(case.existing, key) > 0
    )


@parameter(over=("asset_flow",), unit="MWh/MWh", sign="positive: given to the balance; negative: taken from it")
def flow_coefficient(case: Case, sets: SetValues) -> list[float]:
    """Carrier given (positive) or taken (negative) per unit of activity."""
    values = case.flows["coefficient"]
    return [float(values[key]) for key in sets["asset_flow"]]


@parameter(over=("running_asset_year",), unit="EUR/MWh", sign="positive: a cost; negative: an income")
def variable_om(case: Case, sets: SetValues) -> list[float]:
    """Variable operation and maintenance per unit of activity."""
    return [number(case.asset_years, key, "variable_om") for key in sets["running_asset_year"]]


variable(
    "activity",
    over=("running_asset_year", "time"),
    unit="capacity unit",
    lower="activity_min",
    upper="activity_max",
    doc="What an asset does in an hour, measured as its capacity is: power, heat, or thermal power of a reactor.",
)


@contributes("carrier_balance")
def activity_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """What assets at the node give of the carrier, less what they take."""
    return sum(
        m.flow_coefficient[a, c, y] * m.profile_value[m.flow_profile[a, c, y], t] * m.activity[a, y, t]
        for a in m.assets_at[n, c, y]
    )


@constraint(over=("sized_asset_year", "time"), unit="capacity unit", source="formulation.md C2")
def activity_limit(m: Any, a: str, y: int, t: int) -> Any:
    """No asset does more than what is available of its capacity."""
    return (
        m.activity[a, y, t]
        <= m.availability[a, y] * m.profile_value[m.availability_profile[a, y], t] * m.capacity[a, y]
    )


@constraint(over=("sized_minimum_load_year", "time"), unit="capacity unit", source="formulation.md C2")
def minimum_load_limit(m: Any, a: str, y: int, t: int) -> Any:
    """An asset with a minimum load runs at least at that share of what is available."""
    return (
        m.activity[a, y, t]
        >= m.minimum_load[a, y]
        * m.availability[a, y]
        * m.profile_value[m.availability_profile[a, y], t]
        * m.capacity[a, y]
    )


@cost("variable_om", over=("running_asset_year",), place="asset")
def variable_om_cost(m: Any, a: str, y: int) -> Any:
    """Variable operation and maintenance."""
    return sum(m.discount_weight[y] * m.weight[t] * m.variable_om[a, y] * m.activity[a, y, t] for t in m.time)
