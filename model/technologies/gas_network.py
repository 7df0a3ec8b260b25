"""Gas as a balanced carrier: nodes draw from one national grid and feed into it, within limits (formulation H3).

Inside the country the gas grid has room to spare, so it is one pool: in every hour what all nodes feed in is what all
nodes draw.  Feeding in is limited per node (table gas_injection), because a quiet distribution grid takes no more green
gas than is used behind it.  Natural gas enters as a supply that takes the bought fuel; its fossil carbon is counted
there, and green gas brings none.  Technologies that take the fuel take the balanced gas in its place (carriers.csv,
balanced_as).  Nothing here exists where the scenario leaves `detail.gas_network` off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.places import carriers_in_use
from model.core.registry import constraint, contributes, index_set, indexed_set, parameter, variable
from model.data.parameters import at_year, points_by

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, str, int]


@index_set(dims=("node", "carrier", "year"))
def gas_node(case: Case, sets: SetValues) -> list[Key]:
    """Nodes where a pooled gas is given, taken or wanted."""
    if not case.scenario.detail.gas_network:
        return []
    pooled = set(case.carriers["balanced_as"]) - {""}
    return [key for key in carriers_in_use(case, sets) if key[1] in pooled]


@index_set(dims=("carrier", "year"))
def gas_pool(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """The national pools."""
    return {(carrier, year) for _, carrier, year in sets["gas_node"]}


@indexed_set(over="node_carrier_year", dims=("node",))
def gas_grid_at(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The node itself where it hangs on the gas grid."""
    return {key: [key[0]] for key in sets["gas_node"]}


@indexed_set(over="gas_pool", dims=("node",))
def nodes_of_pool(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """Nodes that hang on a pool."""
    found: dict[tuple[str, int], list[str]] = {}
    for node, carrier, year in sets["gas_node"]:
        found.setdefault((carrier, year), []).append(node)
    return found


@parameter(
    over=("gas_node", "time"),
    unit="MW",
    maximum=0,
    source="formulation.md H3",
    sign="negative: gas fed into the grid",
)
def gas_exchange_min(case: Case, sets: SetValues) -> np.ndarray:
    """Most that a node may feed into the grid, below zero; no bound where the table has no row for it."""
    points = points_by(case.tables["gas_injection"], ["node", "carrier"])
    limits = [
        at_year(points[node, carrier], year) if (node, carrier) in points else np.inf
        for node, carrier, year in sets["gas_node"]
    ]
    return -np.nan_to_num(np.array(limits, dtype=float), nan=np.inf, posinf=np.inf)[:, None]


variable(
    "gas_exchange",
    over=("gas_node", "time"),
    unit="MW",
    lower="gas_exchange_min",
    doc="Gas that a node draws from the national grid, less what it feeds in.",
    sign="positive: drawn from the grid; negative: fed into it",
)


@contributes("carrier_balance", source="formulation.md H3")
def gas_from_grid(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Gas drawn from the grid, less what is fed in."""
    return sum(m.gas_exchange[i, c, y, t] for i in m.gas_grid_at[n, c, y])


@constraint(over=("gas_pool", "time"), unit="MW", source="formulation.md H3", dual_unit="EUR/MWh")
def gas_pool_balance(m: Any, c: str, y: int, t: int) -> Any:
    """What some nodes feed into the grid the others draw from it.  Dual: the price of gas in the grid."""
    return sum(m.gas_exchange[n, c, y, t] for n in m.nodes_of_pool[c, y]) == 0.0
