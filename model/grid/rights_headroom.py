"""Room for new firm rights: zero where a grid is full, what is withdrawn from others and reinforcement on top (G3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.registry import constraint, index_set, indexed_set, parameter
from model.core.rights import nodes_of_areas
from model.data.parameters import at_year, points_by

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Way = tuple[str, str, int]


@index_set(dims=("region", "direction", "year"))
def headroom_way(case: Case, sets: SetValues) -> list[Way]:
    """Regions and directions for which the table says how much new firm power there is room for."""
    if not sets["connection_year"]:
        return []
    table = case.tables["firm_headroom"]
    keys = set(zip(table["region"], table["direction"], strict=True))
    return [(region, way, year) for region, way in keys for year in case.years]


@indexed_set(over="headroom_way", dims=("connection",))
def headroom_connections(case: Case, sets: SetValues) -> dict[Way, list[str]]:
    """Connections of a region whose new firm power takes of its room."""
    nodes, table = nodes_of_areas(case), case.rights.connections
    return {
        (region, way, year): [
            name
            for name, direction, of_year in sets["connection_way"]
            if (direction, of_year) == (way, year) and table.at[name, "node"] in nodes.get(region, set())
        ]
        for region, way, year in sets["headroom_way"]
    }


@indexed_set(over="headroom_way", dims=("region", "direction"))
def headroom_reinforcement(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Reinforcement that adds to the room."""
    built = sets.positions("reinforcement_year")
    return {
        (region, way, year): [(region, served) for served in (way, "both") if (region, served, year) in built]
        for region, way, year in sets["headroom_way"]
    }


@parameter(over=("headroom_way",), unit="MW", minimum=0, source="congestion_products.md")
def firm_headroom(case: Case, sets: SetValues) -> list[float]:
    """Room for new firm power: that of the table and what use-it-or-lose-it withdraws."""
    points = points_by(case.tables["firm_headroom"], ["region", "direction"], "capacity")
    ways = case.rights.ways
    return [
        at_year(points[region, way], year)
        + sum(
            float(ways["before"][name, way]) - float(ways["contract"][name, way])
            for name in sets.family("headroom_connections").get((region, way, year), [])
        )
        for region, way, year in sets["headroom_way"]
    ]


@constraint(over=("headroom_way",), unit="MW", source="congestion_products.md")
def firm_headroom_limit(m: Any, r: str, d: str, y: int) -> Any:
    """New firm power of all connections of a region fits its room and reinforcement."""
    return sum(m.connection_firm[i, d, y] for i in m.headroom_connections[r, d, y]) <= m.firm_headroom[r, d, y] + sum(
        m.hosting_built[g, w, y] for g, w in m.headroom_reinforcement[r, d, y]
    )
