"""Transport rights of connections: firm power by direction, rights by class, and what they allow (formulation G3).

A connection is a site, or technologies of a bus that stand on one cable (cable pooling).  Its net exchange stays within
its rights, off-take and feed-in apart: today's contract, new firm power, and classes of other kinds (`rights_timed`,
`rights_limiting`; here the non-firm one, whose usable share is what the area has left, known before the solve).
Connections of a group agreement share the sum of their rights; each stays within its own connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import constraint, index_set, indexed_set, parameter, variable
from model.core.rights import Right, area_limits, by_holder, forecast, nodes_of_areas, of_kind

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Way = tuple[str, str, int]
DIRECTIONS = ("offtake", "feed_in")


@index_set(dims=("connection", "year"))
def connection_year(case: Case) -> list[tuple[str, int]]:
    """Connections by year in which they stand."""
    first = case.rights.connections
    return [
        (str(name), year) for name in first.index for year in case.years if year >= number(first, name, "first_year")
    ]


@index_set(dims=("connection", "direction", "year"))
def connection_way(case: Case, sets: SetValues) -> list[Way]:
    """Directions of connections."""
    return [(name, direction, year) for name, year in sets["connection_year"] for direction in DIRECTIONS]


@index_set(dims=("holder", "direction", "year"))
def holder_way(case: Case, sets: SetValues) -> set[Way]:
    """Who holds rights: a connection alone, or a group for all its members."""
    holders = case.rights.connections["holder"]
    return {(str(holders[name]), direction, year) for name, direction, year in sets["connection_way"]}


@index_set(dims=("connection", "direction", "contract_class", "year"))
def right_way(case: Case, sets: SetValues) -> list[Right]:
    """Rights beside the firm one that are open to a connection."""
    years: dict[str, list[int]] = {}
    for name, year in sets["connection_year"]:
        years.setdefault(name, []).append(year)
    return [(*key, year) for key in case.rights.offers.index for year in years.get(key[0], [])]


@index_set(dims=("connection", "direction", "contract_class", "year"))
def nonfirm_right(case: Case, sets: SetValues) -> list[Right]:
    """Rights to what the area has left."""
    return of_kind(case, sets["right_way"], "nonfirm")


@index_set(dims=("connection", "direction", "contract_class", "year"))
def granted_right(case: Case, sets: SetValues) -> list[Right]:
    """Rights to use the grid: all but contracts that limit what is firm."""
    return of_kind(case, sets["right_way"], "nonfirm", "block", "duration")


@indexed_set(over="connection_year", dims=("asset", "carrier"))
def connection_assets(case: Case, sets: SetValues) -> dict[tuple[str, int], list[tuple[str, str]]]:
    """What gives or takes electricity on a connection."""
    on = _on_connection(case, "asset")
    electricity = set(case.carriers.index[case.carriers["kind"] == "electricity"])
    found: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for asset, carrier, year in sets["asset_flow"]:
        if asset in on and carrier in electricity and (on[asset], year) in sets.positions("connection_year"):
            found.setdefault((on[asset], year), []).append((asset, carrier))
    return found


@indexed_set(over="connection_year", dims=("store",))
def connection_stores(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """Stores on a connection."""
    on = _on_connection(case, "store")
    found: dict[tuple[str, int], list[str]] = {}
    for store, year in sets["store_year"]:
        if store in on and (on[store], year) in sets.positions("connection_year"):
            found.setdefault((on[store], year), []).append(store)
    return found


@indexed_set(over="connection_year", dims=("node",))
def connection_site(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """The site behind a connection."""
    table = case.rights.connections
    return {
        (name, year): [text(table, name, "node")] for name, year in sets["connection_year"] if table.at[name, "site"]
    }


def _on_connection(case: Case, kind: str) -> dict[str, str]:
    members = case.rights.members
    return {str(member): str(name) for name, member in members.index[members["kind"] == kind]}


@indexed_set(over="holder_way", dims=("connection",))
def holder_connections(case: Case, sets: SetValues) -> dict[Way, list[str]]:
    """Connections whose rights a holder has."""
    holders = case.rights.connections["holder"]
    found: dict[Way, list[str]] = {}
    for name, direction, year in sets["connection_way"]:
        found.setdefault((str(holders[name]), direction, year), []).append(name)
    return found


@indexed_set(over="holder_way", dims=("connection", "contract_class"))
def holder_nonfirm(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Non-firm rights of a holder."""
    return by_holder(case, sets["nonfirm_right"])


@indexed_set(over="connection_way", dims=("contract_class",))
def granted_classes(case: Case, sets: SetValues) -> dict[Way, list[str]]:
    """Rights beside the firm one that a connection may hold in a direction."""
    found: dict[Way, list[str]] = {}
    for name, direction, label, year in sets["granted_right"]:
        found.setdefault((name, direction, year), []).append(label)
    return found


@parameter(over=("connection_year", "time"), unit="MW", minimum=0)
def connection_capacity(case: Case, sets: SetValues) -> np.ndarray:
    """Size of a connection."""
    sizes = case.rights.connections["capacity"]
    return np.array([float(sizes[name]) for name, _ in sets["connection_year"]])[:, None]


@parameter(over=("connection_year", "time"), unit="MW", maximum=0, sign="positive: off-take; negative: feed-in")
def connection_feed_in_bound(case: Case, sets: SetValues) -> np.ndarray:
    """Size of a connection for feed-in, below zero."""
    return -connection_capacity(case, sets)


@parameter(over=("connection_way",), unit="MW", minimum=0)
def connection_size(case: Case, sets: SetValues) -> list[float]:
    """Most rights that a connection can hold in a direction."""
    sizes = case.rights.connections["capacity"]
    return [float(sizes[name]) for name, _, _ in sets["connection_way"]]


@parameter(over=("connection_year",), unit="1", minimum=0, maximum=1)
def right_counted(case: Case, sets: SetValues) -> list[float]:
    """Share of a connection's rights that its holder has: one, or its share in a group."""
    shares = case.rights.connections["counted"]
    return [float(shares[name]) for name, _ in sets["connection_year"]]


@parameter(over=("holder_way",), unit="1", minimum=-1, maximum=1, sign="positive: off-take; negative: feed-in")
def holder_sign(case: Case, sets: SetValues) -> list[float]:
    """Direction in which an exchange counts."""
    return [1.0 if direction == "offtake" else -1.0 for _, direction, _ in sets["holder_way"]]


@parameter(over=("connection_way",), unit="MW", minimum=0)
def contract_today(case: Case, sets: SetValues) -> list[float]:
    """Today's contract, what is withdrawn for want of use taken off."""
    contracts = case.rights.ways["contract"]
    return [float(contracts[name, direction]) for name, direction, _ in sets["connection_way"]]


@parameter(over=("connection_way",), unit="MW", minimum=0)
def contract_withdrawn(case: Case, sets: SetValues) -> list[float]:
    """What use-it-or-lose-it takes off a contract of today: it is headroom for others."""
    ways = case.rights.ways
    return [float(ways["before"][key[:2]]) - float(ways["contract"][key[:2]]) for key in sets["connection_way"]]


def given_rights(case: Case, connection: str, direction: str) -> dict[str, float]:
    """Rights that the scenario gives instead of leaving them to choice, MW by class."""
    ways: Any = case.scenario.grid.rights.fixed.get(connection, {})
    return dict(ways.get(direction, {}))


@parameter(over=("connection_way",), unit="MW", minimum=0)
def connection_firm_max(case: Case, sets: SetValues) -> list[float]:
    """Most new firm power: what the connection has beside today's contract, or what the scenario gives."""
    contracts, opened = case.rights.ways["contract"], "firm" in case.scenario.grid.rights.classes
    sizes = case.rights.connections["capacity"]
    return [
        given_rights(case, name, direction).get(
            "firm", float(sizes[name]) - float(contracts[name, direction]) if opened else 0.0
        )
        for name, direction, _ in sets["connection_way"]
    ]


@parameter(over=("connection_way",), unit="MW", minimum=0)
def connection_firm_min(case: Case, sets: SetValues) -> list[float]:
    """Least new firm power: what the scenario gives."""
    return [given_rights(case, name, way).get("firm", 0.0) for name, way, _ in sets["connection_way"]]


@parameter(over=("right_way",), unit="MW", minimum=0)
def connection_right_max(case: Case, sets: SetValues) -> list[float]:
    """Most power under a right: what is offered and fits the connection, or what the scenario gives."""
    offers = case.rights.offers["capacity_max"]
    sizes = case.rights.connections["capacity"]
    return [
        given_rights(case, name, way).get(label, min(float(offers[name, way, label]), float(sizes[name])))
        for name, way, label, _ in sets["right_way"]
    ]


@parameter(over=("right_way",), unit="MW", minimum=0)
def connection_right_min(case: Case, sets: SetValues) -> list[float]:
    """Least power under a right: what the scenario gives."""
    return [given_rights(case, name, way).get(label, 0.0) for name, way, label, _ in sets["right_way"]]


@parameter(over=("nonfirm_right", "time"), unit="1", minimum=0, maximum=1, source="congestion_products.md")
def usable_share(case: Case, sets: SetValues) -> np.ndarray:
    """Share of a non-firm right that can be used: one less forecast load over hosting limit, of the tightest area."""
    values = np.ones((len(sets["nonfirm_right"]), case.time.count))
    limits, nodes = area_limits(case), nodes_of_areas(case)
    spare: dict[Way, np.ndarray] = {}
    for row, (name, direction, _, year) in enumerate(sets["nonfirm_right"]):
        areas: list[str] = case.rights.connections["areas"][name]
        for area in areas:
            key = (area, direction, year)
            if key not in spare:
                expected = forecast(case, nodes[area], direction, year)
                spare[key] = np.clip(1.0 - expected / max(limits.get(key, np.inf), 1e-9), 0.0, 1.0)
            values[row] = np.minimum(values[row], spare[key])
    return values


variable(
    "connection_exchange",
    over=("connection_year", "time"),
    unit="MW",
    lower="connection_feed_in_bound",
    upper="connection_capacity",
    doc="Net exchange of a connection with the grid.",
    sign="positive: off-take; negative: feed-in",
)
variable(
    "connection_firm",
    over=("connection_way",),
    unit="MW",
    lower="connection_firm_min",
    upper="connection_firm_max",
    doc="New firm right of a connection, beside today's contract.",
)
variable(
    "connection_right",
    over=("right_way",),
    unit="MW",
    lower="connection_right_min",
    upper="connection_right_max",
    doc="Power of a connection under a right beside the firm one, or of its firm power under a limiting contract.",
)


@constraint(over=("connection_year", "time"), unit="MW", source="formulation.md G3")
def connection_balance(m: Any, i: str, y: int, t: int) -> Any:
    """What stands on a connection takes and gives in the hour, on one cable."""
    return m.connection_exchange[i, y, t] == sum(m.site_exchange[s, y, t] for s in m.connection_site[i, y]) - sum(
        m.flow_coefficient[a, c, y] * m.profile_value[m.flow_profile[a, c, y], t] * m.activity[a, y, t]
        for a, c in m.connection_assets[i, y]
    ) + sum(m.store_charge[s, y, t] - m.store_discharge[s, y, t] for s in m.connection_stores[i, y])


@constraint(over=("connection_way",), unit="MW", source="formulation.md G3")
def connection_rights_limit(m: Any, i: str, d: str, y: int) -> Any:
    """All rights of a connection in a direction fit into it."""
    return (
        m.contract_today[i, d, y]
        + m.connection_firm[i, d, y]
        + sum(m.connection_right[i, d, k, y] for k in m.granted_classes[i, d, y])
        <= m.connection_size[i, d, y]
    )


@constraint(over=("holder_way", "time"), unit="MW", source="formulation.md G3")
def transport_right_limit(m: Any, h: str, d: str, y: int, t: int) -> Any:
    """A connection, or a group together, takes (gives) no more than its rights allow in the hour."""
    return m.holder_sign[h, d, y] * sum(m.connection_exchange[i, y, t] for i in m.holder_connections[h, d, y]) <= sum(
        m.right_counted[i, y] * (m.contract_today[i, d, y] + m.connection_firm[i, d, y])
        for i in m.holder_connections[h, d, y]
    ) + sum(
        m.right_counted[i, y] * m.usable_share[i, d, k, y, t] * m.connection_right[i, d, k, y]
        for i, k in m.holder_nonfirm[h, d, y]
    ) + sum(
        m.right_counted[i, y] * m.right_hours[i, d, k, y, t] * m.connection_right[i, d, k, y]
        for i, k in m.holder_timed[h, d, y]
    ) + sum(
        m.right_counted[i, y] * (m.connection_right[i, d, k, y] - m.right_restricted[i, d, k, y, t])
        for i, k in m.holder_budgeted[h, d, y]
    ) - sum(
        m.right_counted[i, y] * m.limited_hours[i, d, k, y, t] * m.connection_right[i, d, k, y]
        for i, k in m.holder_windows[h, d, y]
    ) - sum(m.right_counted[i, y] * m.right_called[i, d, k, y, t] for i, k in m.holder_calls[h, d, y])
