"""Connections and their rights before the solve: pooled cables, today's contracts, what is withdrawn, what is offered.

Use it or lose it (Staatscourant 2024, 13531): where at most half of a firm contract was used in twelve months, or 10 MW
of it lie unused (1 MW below 110 kV), the contract is lowered to its highest use, and the difference is headroom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from model.data.tables import bare

if TYPE_CHECKING:
    import pandas as pd

    from model.scenario import Scenario

Tables = Mapping[str, "pd.DataFrame"]
DIRECTIONS = ("offtake", "feed_in")
SITE_COLUMNS = {"offtake": "contract_import", "feed_in": "contract_export"}
HIGH_VOLTAGE, UNUSED_HIGH, UNUSED_LOW, USED_SHARE = 110.0, 10.0, 1.0, 0.5
"""kV from which a grid is high voltage, MW unused from which a contract is withdrawn there and below, share of use."""
CLASS_COLUMNS = ("kind", "contract_factor", "hours_max", "restricted_share", "block_start", "block_end",
                 "availability_payment", "call_payment")  # fmt: skip


CONNECTION_COLUMNS = ("node", "site", "areas", "capacity", "first_year", "holder", "counted", "coincidence", "profiles",
                      "tariff_contract", "tariff_peak")  # fmt: skip


def _empty(columns: tuple[str, ...], index: tuple[str, ...]) -> Any:
    def make() -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(columns=[*index, *columns]).set_index(list(index) if len(index) > 1 else index[0])

    return make


@dataclass(frozen=True)
class Rights:
    """Connections of a case and the rights that they may choose, as data frames; empty where the scenario has them off.

    Args:
        connections: index connection; node, site (bool), areas (list: substation and region above, see `areas_above`),
            capacity (MW), first_year, holder (connection or group that holds its rights), counted (share of its rights
            that counts), coincidence (share), profiles (of itself and of what is pooled with it; an empty label is the
            same in every hour), tariff_contract (EUR/kW/year), tariff_peak (EUR/kW/month).
        ways: index (connection, direction); contract and before (MW, after and before withdrawal), parts (expected use
            of today's contract: profile and MW of each connection on the cable), peak (MW).
        members: index (connection, asset or store); kind (asset or store).
        offers: index (connection, direction, contract_class); capacity_max (MW; inf) and columns of the class.
        headroom: over (region, direction), points (year, MW) as in the table.
        hours: restricted hours by (connection, direction, contract_class, year), one per step, where they are given
            instead of found (the study of rounded hours).
    """

    connections: Any = field(default_factory=_empty(CONNECTION_COLUMNS, ("connection",)))
    ways: Any = field(default_factory=_empty(("contract", "before", "parts", "peak"), ("connection", "direction")))
    members: Any = field(default_factory=_empty(("kind",), ("connection", "member")))
    offers: Any = field(
        default_factory=_empty(("capacity_max", *CLASS_COLUMNS), ("connection", "direction", "contract_class"))
    )
    hours: Mapping[tuple[str, str, str, int], np.ndarray] = field(default_factory=dict)


def areas_above(nodes: pd.DataFrame, node: str) -> list[str]:
    """Areas whose hosting limits a node lies below: its substation by its label, its region by the region's label."""
    found = []
    while node and nodes.at[node, "kind"] != "transmission":
        if nodes.at[node, "kind"] == "substation":
            found.append(node)
        if nodes.at[node, "kind"] == "regional":
            found.append(str(nodes.at[node, "region"]))
        node = str(nodes.at[node, "parent"])
    return found


def rights_of(
    scenario: Scenario, tables: Tables, nodes: pd.DataFrame, assets: pd.DataFrame, stores: pd.DataFrame
) -> Rights:
    """Lay out the connections of a scenario; nothing where it has rights off."""
    import pandas as pd

    settings = scenario.grid.rights
    if not settings.enabled or not len(tables["connections"]):
        return Rights()
    table = bare(tables["connections"]).set_index("connection").sort_index()
    pooled = table["pooled_with"] if settings.cable_pooling else pd.Series("", index=table.index)
    carrier_of = {str(name): str(pooled[name]) or str(name) for name in table.index}
    members = _members(bare(tables["connection_members"]), table, carrier_of, assets, stores)
    kept = table[pooled == ""]
    sites = bare(tables["sites"]).set_index("node")
    profiles = _profiles(table, assets)
    connections = _connections(kept, nodes, sites, settings.groups)
    connections["profiles"] = pd.Series(
        [tuple(sorted({profiles[one] for one in table.index if carrier_of[one] == name})) for name in kept.index],
        index=kept.index,
        dtype=object,
    )
    ways = _pooled(today(table, sites, settings.withdrawal), profiles, carrier_of, connections)
    return Rights(connections, ways, members, _offers(tables, kept, settings))


def _profiles(table: pd.DataFrame, assets: pd.DataFrame) -> dict[str, str]:
    """Hourly shape of the use of every connection, empty where it is the same in every hour."""
    shapes = assets.drop_duplicates(["technology", "node"]).set_index(["technology", "node"])["availability_profile"]
    keys = zip(table["profile_technology"], table["node"], strict=True)
    return {str(name): str(shapes.get(key, "")) for name, key in zip(table.index, keys, strict=True)}


def _connections(table: pd.DataFrame, nodes: pd.DataFrame, sites: pd.DataFrame, groups: bool) -> pd.DataFrame:
    import pandas as pd

    made = pd.DataFrame(index=table.index)
    made["node"] = table["node"].astype(object)
    made["site"] = (nodes["kind"].reindex(table["node"]) == "site").to_numpy()
    made["areas"] = pd.Series(
        [areas_above(nodes, str(node)) for node in table["node"]], index=table.index, dtype=object
    )
    made["capacity"] = table["capacity"].astype(float)
    made["first_year"] = table["first_year"].astype(float).fillna(-np.inf)
    grouped = (table["contract_group"] != "") & groups
    made["holder"] = table["contract_group"].where(grouped, pd.Series(table.index, index=table.index))
    made["counted"] = table["group_share"].astype(float).fillna(1.0).where(grouped, 1.0)
    made["coincidence"] = table["coincidence"].astype(float).fillna(1.0)
    for column in ("tariff_contract", "tariff_peak"):
        of_site = table["node"].map(sites[column]) if len(sites) else pd.Series(np.nan, index=table.index)
        made[column] = table[column].astype(float).fillna(of_site.astype(float)).fillna(0.0)
    return made


def today(table: pd.DataFrame, sites: pd.DataFrame, withdrawal: bool) -> pd.DataFrame:
    """Today's contracts by connection and direction, and what use-it-or-lose-it leaves of them.

    Args:
        table: connections, index connection.
        sites: index node; contracts of sites where the table gives none.
        withdrawal: whether little used contracts are lowered to their highest use.

    Returns:
        Index (connection, direction); before and contract (MW), used (MW that are expected to be used, as many as
        before a withdrawal where they fit), peak (MW; NaN: not known).
    """
    import pandas as pd

    parts = []
    for direction in DIRECTIONS:
        of_site = table["node"].map(sites[SITE_COLUMNS[direction]]) if len(sites) else pd.Series(np.nan, table.index)
        before = table[f"{direction}_contract"].astype(float).fillna(of_site.astype(float)).fillna(0.0)
        peak = table[f"{direction}_peak"].astype(float)
        enough = np.where(table["voltage"].astype(float) >= HIGH_VOLTAGE, UNUSED_HIGH, UNUSED_LOW)
        unused = (peak <= USED_SHARE * before) | (before - peak >= enough)
        lowered = withdrawal & unused & (peak < before)
        contract = before.where(~lowered, peak)
        used = np.minimum(before * table[f"{direction}_use"].astype(float).fillna(1.0), contract)
        part = pd.DataFrame({"before": before, "contract": contract, "used": used, "peak": peak})
        parts.append(pd.concat({direction: part}, names=["direction"]).swaplevel())
    return pd.concat(parts).rename_axis(["connection", "direction"]).sort_index()


def _pooled(
    ways: pd.DataFrame, profiles: Mapping[str, str], carrier_of: Mapping[str, str], connections: pd.DataFrame
) -> pd.DataFrame:
    """Today's contracts by the connection that holds them: those of pooled ones added, up to its size."""
    import pandas as pd

    held = ways.reset_index()
    held["profile"] = held["connection"].map(profiles)
    held["connection"] = held["connection"].map(carrier_of)
    grouped = held.groupby(["connection", "direction"])
    made = grouped[["contract", "before"]].sum()
    size = connections["capacity"].reindex(made.index.get_level_values("connection")).to_numpy()
    for column in ("contract", "before"):
        made[column] = np.minimum(made[column], size)
    parts = {key: tuple(zip(rows["profile"], rows["used"].map(float), strict=True)) for key, rows in grouped}
    made["parts"] = pd.Series(parts, dtype=object).reindex(made.index)
    return made.assign(peak=grouped["peak"].first()).sort_index()


def _members(
    rows: pd.DataFrame, table: pd.DataFrame, carrier_of: Mapping[str, str], assets: pd.DataFrame, stores: pd.DataFrame
) -> pd.DataFrame:
    """Assets and stores by the connection on which they stand."""
    import pandas as pd

    found: list[tuple[str, str, str]] = []
    for row in rows.itertuples(index=False):
        node, on = table.at[row.connection, "node"], carrier_of[str(row.connection)]
        at_node = assets.index[(assets["technology"] == row.technology) & (assets["node"] == node)]
        found += [(on, str(asset), "asset") for asset in at_node]
        own = stores.index[(stores["store"] == row.store) & (stores["node"] == node)] if row.store else ()
        found += [(on, str(store), "store") for store in own]
    return pd.DataFrame(found, columns=["connection", "member", "kind"]).set_index(["connection", "member"])


def _offers(tables: Tables, table: pd.DataFrame, settings: Any) -> pd.DataFrame:
    """Rights beside the firm one that the scenario opens and the tables offer."""
    rows = bare(tables["connection_rights"])
    rows = rows[rows["connection"].isin(table.index) & rows["contract_class"].isin(settings.classes)]
    classes = bare(tables["contract_classes"]).set_index("contract_class")
    made = rows.set_index(["connection", "direction", "contract_class"]).sort_index()[["capacity_max"]]
    made["capacity_max"] = made["capacity_max"].astype(float).fillna(np.inf)
    of_class = classes.reindex(made.index.get_level_values("contract_class"))
    for column in CLASS_COLUMNS:
        made[column] = of_class[column].to_numpy()
    for column in ("availability_payment", "call_payment", "contract_factor"):
        made[column] = made[column].astype(float).fillna(0.0)
    return made
