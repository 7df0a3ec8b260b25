"""Capacity-limiting contracts (CBC) and other shares that connections must hold (formulation G3, SDE++ letter).

Of kind `window`, firm power under the contract is not used in hours of the local clock; of kind `call`, the operator
calls it off by the hour, within a yearly budget of hours.  Payments are in `rights_tariffs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number
from model.core.registry import constraint, index_set, indexed_set, parameter, variable
from model.core.rights import Right, by_holder, hours_of_block, of_kind

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Way = tuple[str, str, int]


@index_set(dims=("connection", "direction", "contract_class", "year"))
def window_right(case: Case, sets: SetValues) -> list[Right]:
    """Limiting contracts with fixed hours."""
    return of_kind(case, sets["right_way"], "window")


@index_set(dims=("connection", "direction", "contract_class", "year"))
def call_right(case: Case, sets: SetValues) -> list[Right]:
    """Limiting contracts on call."""
    return of_kind(case, sets["right_way"], "call")


@index_set(dims=("connection", "direction", "year"))
def limited_way(case: Case, sets: SetValues) -> set[Way]:
    """Connections and directions with a limiting contract to choose."""
    return {(name, way, year) for name, way, _, year in of_kind(case, sets["right_way"], "window", "call")}


@index_set(dims=("connection", "direction", "year"))
def bound_to_limits(case: Case, sets: SetValues) -> list[Way]:
    """Of these, where a share of firm power must be under such a contract."""
    return [key for key in sets["limited_way"] if _share(case, key[0], "limited_share") > 0]


@index_set(dims=("connection", "direction", "year"))
def bound_to_nonfirm(case: Case, sets: SetValues) -> set[Way]:
    """Connections and directions where a share of new rights must be non-firm."""
    ways = {(name, way, year) for name, way, _, year in sets["nonfirm_right"]}
    return {key for key in ways if _share(case, key[0], "nonfirm_share") > 0}


@index_set(dims=("connection", "year"))
def capped_feed_in(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Connections whose feed-in is limited by a share of what stands on them."""
    capped = set(case.scenario.grid.rights.feed_in_share)
    return [key for key in sets["connection_year"] if capped & set(_technologies(case, key[0]).values())]


@indexed_set(over="capped_feed_in", dims=("asset",))
def capped_assets(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """What stands on a connection whose feed-in is limited, with capacity in the year."""
    present = set(case.asset_years.index)
    return {
        (name, year): [asset for asset in _feeding(case, name) if (asset, year) in present]
        for name, year in sets["capped_feed_in"]
    }


@index_set(dims=("connection", "asset", "year"))
def capped_asset_year(case: Case, sets: SetValues) -> list[tuple[str, str, int]]:
    """The same as triples."""
    return [(name, asset, year) for (name, year), found in sets.family("capped_assets").items() for asset in found]


@parameter(over=("capped_asset_year",), unit="1", minimum=0)
def feed_in_per_capacity(case: Case, sets: SetValues) -> list[float]:
    """Most that is fed in per unit of capacity: what it gives at most, times the share that the scenario allows."""
    shares, coefficients = case.scenario.grid.rights.feed_in_share, case.flows["coefficient"]
    electricity = case.carriers.index[case.carriers["kind"] == "electricity"][0]
    technologies = case.assets["technology"]
    return [
        shares.get(str(technologies[asset]), 1.0) * max(float(coefficients.get((asset, electricity, year), 1.0)), 0.0)
        for _, asset, year in sets["capped_asset_year"]
    ]


def _technologies(case: Case, connection: str) -> dict[str, str]:
    """Assets of a connection with their technologies."""
    members = case.rights.members
    own = [str(member) for name, member in members.index[members["kind"] == "asset"] if name == connection]
    return {asset: str(case.assets.at[asset, "technology"]) for asset in own}


def _feeding(case: Case, connection: str) -> list[str]:
    """Assets of a connection, and the discharging parts of its stores."""
    members = case.rights.members
    stores = [str(member) for name, member in members.index[members["kind"] == "store"] if name == connection]
    return [*_technologies(case, connection), *(str(case.stores.at[store, "discharge_asset"]) for store in stores)]


def _share(case: Case, connection: str, key: str) -> float:
    """Largest share that the scenario asks of a technology on the connection."""
    shares = getattr(case.scenario.grid.rights, key)
    return max((float(shares.get(name, 0.0)) for name in _technologies(case, connection).values()), default=0.0)


@indexed_set(over="holder_way", dims=("connection", "contract_class"))
def holder_windows(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Limiting contracts with fixed hours of a holder."""
    return by_holder(case, sets["window_right"])


@indexed_set(over="holder_way", dims=("connection", "contract_class"))
def holder_calls(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Limiting contracts on call of a holder."""
    return by_holder(case, sets["call_right"])


@indexed_set(over="limited_way", dims=("contract_class",))
def limiting_classes(case: Case, sets: SetValues) -> dict[Way, list[str]]:
    """Limiting contracts that a connection may choose in a direction."""
    found: dict[Way, list[str]] = {}
    for name, way, label, year in of_kind(case, sets["right_way"], "window", "call"):
        found.setdefault((name, way, year), []).append(label)
    return found


@indexed_set(over="bound_to_nonfirm", dims=("contract_class",))
def nonfirm_classes(case: Case, sets: SetValues) -> dict[Way, list[str]]:
    """Non-firm rights of a connection that must hold some."""
    found: dict[Way, list[str]] = {}
    for name, way, label, year in sets["nonfirm_right"]:
        if (name, way, year) in sets.positions("bound_to_nonfirm"):
            found.setdefault((name, way, year), []).append(label)
    return found


@parameter(over=("window_right", "time"), unit="1", minimum=0, maximum=1, source="congestion_products.md")
def limited_hours(case: Case, sets: SetValues) -> np.ndarray:
    """One in the hours of a limiting contract with fixed hours."""
    values = np.zeros((len(sets["window_right"]), case.time.count))
    for row, key in enumerate(sets["window_right"]):
        start, end = (number(case.rights.offers, key[:3], name) for name in ("block_start", "block_end"))
        values[row] = hours_of_block(case, start, end)
    return values


@parameter(over=("call_right",), unit="h", minimum=0, source="congestion_products.md")
def called_hours_max(case: Case, sets: SetValues) -> list[float]:
    """Hours of full call a year that a limiting contract allows."""
    return [number(case.rights.offers, key[:3], "hours_max") for key in sets["call_right"]]


@parameter(over=("bound_to_limits",), unit="1", minimum=0, maximum=1)
def limited_share(case: Case, sets: SetValues) -> list[float]:
    """Share of firm power that must be under a limiting contract."""
    return [_share(case, key[0], "limited_share") for key in sets["bound_to_limits"]]


@parameter(over=("bound_to_nonfirm",), unit="1", minimum=0, maximum=1)
def nonfirm_share(case: Case, sets: SetValues) -> list[float]:
    """Share of new rights that must be non-firm."""
    return [_share(case, key[0], "nonfirm_share") for key in sets["bound_to_nonfirm"]]


variable(
    "right_called",
    over=("call_right", "time"),
    unit="MW",
    doc="Firm power that the operator calls off under a limiting contract.",
)


@constraint(over=("call_right", "time"), unit="MW", source="formulation.md G3")
def right_called_limit(m: Any, i: str, d: str, k: str, y: int, t: int) -> Any:
    """No more is called off than is under the contract."""
    return m.right_called[i, d, k, y, t] <= m.connection_right[i, d, k, y]


@constraint(over=("call_right",), unit="MWh", source="formulation.md G3")
def right_called_budget(m: Any, i: str, d: str, k: str, y: int) -> Any:
    """Calls stay within the hours of the contract."""
    return (
        sum(m.weight[t] * m.right_called[i, d, k, y, t] for t in m.time)
        <= m.called_hours_max[i, d, k, y] * m.connection_right[i, d, k, y]
    )


@constraint(over=("limited_way",), unit="MW", source="formulation.md G3")
def limited_power(m: Any, i: str, d: str, y: int) -> Any:
    """Only firm power can be under limiting contracts, and once."""
    return (
        sum(m.connection_right[i, d, k, y] for k in m.limiting_classes[i, d, y])
        <= m.contract_today[i, d, y] + m.connection_firm[i, d, y]
    )


@constraint(over=("bound_to_limits",), unit="MW", source="Kamerstuk 31239-387")
def limited_obligation(m: Any, i: str, d: str, y: int) -> Any:
    """A share of firm power is under limiting contracts where the scenario asks for it."""
    return sum(m.connection_right[i, d, k, y] for k in m.limiting_classes[i, d, y]) >= m.limited_share[i, d, y] * (
        m.contract_today[i, d, y] + m.connection_firm[i, d, y]
    )


@constraint(over=("bound_to_nonfirm",), unit="MW", source="Kamerstuk 31239-387")
def nonfirm_obligation(m: Any, i: str, d: str, y: int) -> Any:
    """A share of new rights is non-firm where the scenario asks for it."""
    return sum(m.connection_right[i, d, k, y] for k in m.nonfirm_classes[i, d, y]) >= m.nonfirm_share[i, d, y] * (
        m.connection_firm[i, d, y] + sum(m.connection_right[i, d, k, y] for k in m.granted_classes[i, d, y])
    )


@constraint(over=("capped_feed_in", "time"), unit="MW", source="Kamerstuk 31239-387")
def feed_in_share_limit(m: Any, i: str, y: int, t: int) -> Any:
    """Feed-in is at most the share of the capacity on the connection that the scenario allows."""
    return -m.connection_exchange[i, y, t] <= sum(
        m.feed_in_per_capacity[i, a, y] * m.capacity[a, y] for a in m.capped_assets[i, y]
    )
