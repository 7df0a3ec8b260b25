"""The balance of every carrier at every node, to which anything may contribute (formulation C4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.registry import REGISTRY, balance, contributes, cost, index_set, indexed_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, str, int]


@index_set(dims=("node", "carrier", "year"))
def demand_node(case: Case) -> list[Key]:
    """Where and when somebody uses a carrier."""
    return list(case.demand.index)


@index_set(dims=("node", "carrier", "year"))
def node_carrier_year(case: Case, sets: SetValues) -> set[Key]:
    """Every balance there is: a demand, or a key under which some feature contributes."""
    keys: set[Key] = set(sets["demand_node"]) | {key for key, _ in loads_of(case)}
    open_families = ("unserved_nodes", "spill_nodes")
    for record in REGISTRY.of_kind("indexed_set"):
        if record.over == ("node_carrier_year",) and record.name not in open_families:
            keys |= set(sets.family(record.name))
    return keys


def loads_of(case: Case) -> Iterator[tuple[Key, np.ndarray]]:
    """Loads that are given one by one, by node, carrier and year, with their power at the steps, MW."""
    table = case.given.loads
    values = case.given.values(table, "power", case.time.count)
    for node, carrier, power in zip(table["node"], table["carrier"], values, strict=True):
        for year in case.years:
            yield (str(node), str(carrier), year), power


@index_set(dims=("node", "carrier", "year"))
def spill_node(case: Case, sets: SetValues) -> list[Key]:
    """Balances of carriers that may be spilled: heat for nothing, others at a price."""
    spillable = set(case.carriers.index[case.carriers["spill"].isin(["free", "priced"])])
    return [key for key in sets["node_carrier_year"] if key[1] in spillable]


@indexed_set(over="node_carrier_year", dims=("node",))
def unserved_nodes(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The node itself where demand may stay unserved."""
    return {key: [key[0]] for key in sets["demand_node"]}


@indexed_set(over="node_carrier_year", dims=("node",))
def spill_nodes(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The node itself where the carrier may be spilled."""
    return {key: [key[0]] for key in sets["spill_node"]}


@parameter(over=("node_carrier_year", "time"), unit="MW", sign="positive: taken; negative: a load that gives")
def demand(case: Case, sets: SetValues) -> np.ndarray:
    """Demand and loads of a carrier at a node in every step (zero where only others contribute)."""
    values = _demanded(case, sets)
    positions = sets.positions("node_carrier_year")
    for key, power in loads_of(case):
        values[positions[key]] += power
    return values


def _demanded(case: Case, sets: SetValues) -> np.ndarray:
    """Demand that may stay unserved, over `node_carrier_year` and time."""
    values = np.zeros((len(sets["node_carrier_year"]), case.time.count))
    positions = sets.positions("node_carrier_year")
    rows = [positions[key] for key in case.demand.index]
    np.add.at(values, rows, np.asarray(case.demand_series, dtype=float))
    return values


@parameter(over=("demand_node", "time"), unit="MW", minimum=0)
def unserved_limit(case: Case, sets: SetValues) -> np.ndarray:
    """No more can stay unserved than is demanded."""
    positions = sets.positions("node_carrier_year")
    everything = _demanded(case, sets)
    return everything[[positions[key] for key in sets["demand_node"]]]


@parameter(over=("demand_node",), unit="EUR/MWh", minimum=0)
def value_of_lost_load(case: Case, sets: SetValues) -> list[float]:
    """Price at which demand stays unserved."""
    prices = case.carriers["value_of_lost_load"]
    return [float(prices[carrier]) for _, carrier, _ in sets["demand_node"]]


@parameter(over=("spill_node",), unit="EUR/MWh", minimum=0)
def spill_price(case: Case, sets: SetValues) -> list[float]:
    """Price of throwing a carrier away; zero for heat."""
    prices = case.carriers["spill_cost"].where(case.carriers["spill"] == "priced", 0.0).fillna(0.0)
    return [float(prices[carrier]) for _, carrier, _ in sets["spill_node"]]


variable(
    "unserved",
    over=("demand_node", "time"),
    unit="MW",
    upper="unserved_limit",
    doc="Demand that stays unserved, at the value of lost load of its carrier.",
)
variable("spill", over=("spill_node", "time"), unit="MW", doc="Supply of a carrier that nobody uses.")


@contributes("carrier_balance")
def unserved_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Unserved demand closes the balance."""
    return sum(m.unserved[i, c, y, t] for i in m.unserved_nodes[n, c, y])


@contributes("carrier_balance")
def spill_taken(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Spilled supply leaves the balance."""
    return -sum(m.spill[i, c, y, t] for i in m.spill_nodes[n, c, y])


@balance(over=("node_carrier_year", "time"), unit="MW", dual_unit="EUR/MWh", source="formulation.md C4")
def carrier_balance(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """What is given to a carrier at a node less what is taken equals demand.  Dual: the nodal price."""
    return m.demand[n, c, y, t]


@cost("unserved", over=("demand_node",), place="node", technology="unserved")
def unserved_cost(m: Any, n: str, c: str, y: int) -> Any:
    """Unserved energy at the value of lost load."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.value_of_lost_load[n, c, y] * m.unserved[n, c, y, t] for t in m.time
    )


@cost("spill", over=("spill_node",), place="node", technology="spill")
def spill_cost(m: Any, n: str, c: str, y: int) -> Any:
    """Spilled energy at the price of spilling it."""
    return sum(m.discount_weight[y] * m.weight[t] * m.spill_price[n, c, y] * m.spill[n, c, y, t] for t in m.time)
