"""Where a carrier is used: what several features ask before they serve it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


def carriers_in_use(case: Case, sets: SetValues) -> set[tuple[str, str, int]]:
    """Carriers at nodes, by year, that somebody demands, or that an asset gives or takes (set `asset_flow`)."""
    nodes = case.assets["node"]
    flows = {(str(nodes[asset]), carrier, year) for asset, carrier, year in sets["asset_flow"]}
    return flows | set(sets["demand_node"])
