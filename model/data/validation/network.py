"""Network: corridors that are lines, buses that can be reached, demands that something can serve."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from model.data.validation.places import at, rows_of
from model.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

Tables = dict[str, "pd.DataFrame"]
ELECTRICITY = "electricity"


def network_problems(tables: Tables, complete: bool = True) -> list[Problem]:
    """Run every check of this file; those for what is missing only where all rows are there."""
    return (
        _corridors(tables)
        + _contingencies(tables)
        + (_hosting(tables) + _reach(tables) + islands(tables) if complete else [])
    )


def _corridors(tables: Tables) -> list[Problem]:
    problems = []
    for row in rows_of(tables["corridors"]):
        if row["from_node"] == row["to_node"]:
            problems.append(at(row, "to_node", row["to_node"], "another node than from_node"))
        problems += _line_problems(row) if row["kind"] == "ac" else []
        if row["kind"] == "ac" and row["efficiency"] < 1:
            problems.append(at(row, "efficiency", row["efficiency"], "1: Kirchhoff's law holds for lossless lines"))
        if row["last_year"] < row["first_year"]:
            problems.append(at(row, "last_year", row["last_year"], f"a year from first_year on, {row['first_year']:g}"))
    return problems


def _line_problems(row: dict[str, Any]) -> list[Problem]:
    """An AC line has a reactance, in ohm with a voltage or per unit, and limits that leave room."""
    problems, per_unit = [], row["reactance_base"] > 0
    if per_unit and (row["reactance"] == 0 or row["reactance"] != row["reactance"]):
        problems.append(at(row, "reactance", row["reactance"], "a number per unit other than 0: the corridor is ac"))
    if not per_unit and not row["reactance"] > 0:
        problems.append(at(row, "reactance", row["reactance"], "a number in ohm above 0: the corridor is ac"))
    if not per_unit and not row["voltage"] > 0:
        problems.append(at(row, "voltage", row["voltage"], "a number in kV above 0: the reactance is in ohm"))
    for low, high in (("angle_min", "angle_max"), ("phase_shift_min", "phase_shift_max")):
        if row[high] < row[low]:
            problems.append(at(row, high, row[high], f"at least {low}, {row[low]:g} degree"))
    if (row["phase_shift_min"] == row["phase_shift_min"]) != (row["phase_shift_max"] == row["phase_shift_max"]):
        problems.append(at(row, "phase_shift_max", row["phase_shift_max"], "both limits of the phase shift, or none"))
    return problems


def _contingencies(tables: Tables) -> list[Problem]:
    """A contingency takes circuits of AC corridors, and no more than they have."""
    corridors = {row["corridor"]: row for row in rows_of(tables["corridors"])}
    problems = []
    for row in rows_of(tables["contingencies"]):
        corridor = corridors.get(row["corridor"])
        if corridor is None:
            continue
        if corridor["kind"] not in ("ac", ""):  # blank: not readable, and told there
            expected = "a corridor of kind ac: flows of others are set and do not shift to their neighbours"
            problems.append(at(row, "corridor", row["corridor"], expected))
        circuits = corridor["circuits"] if corridor["circuits"] > 0 else 1.0
        if row["circuits"] > circuits:
            expected = f"at most {circuits:g}, the circuits of {row['corridor']}"
            problems.append(at(row, "circuits", row["circuits"], expected))
    return problems


def _hosting(tables: Tables) -> list[Problem]:
    """Once hosting limits are given, every region with a regional bus has both directions."""
    given = set(zip(tables["hosting"]["region"], tables["hosting"]["direction"], strict=True))
    if not given:
        return []
    regional = tables["nodes"].loc[tables["nodes"]["kind"] == "regional", "region"]
    return [
        at(row, "region", row["region"], f"a row {direction} in hosting.csv for this region")
        for row in rows_of(tables["regions"])
        if row["region"] in set(regional)
        for direction in ("feed_in", "offtake")
        if (row["region"], direction) not in given
    ]


class _Parts:
    """Sets of nodes that hang together (union-find)."""

    def __init__(self, nodes: Iterable[str]) -> None:
        self._up = {node: node for node in nodes}

    def root(self, node: str) -> str:
        while self._up[node] != node:
            self._up[node] = self._up[self._up[node]]
            node = self._up[node]
        return node

    def join(self, one: str, other: str) -> None:
        if one in self._up and other in self._up:
            self._up[self.root(one)] = self.root(other)


def connected_parts(tables: Tables, carrier: str) -> _Parts:
    """Join the nodes between which a carrier can move: corridors, and for electricity the buses above one another."""
    nodes = tables["nodes"]
    parts = _Parts(nodes["node"])
    for row in rows_of(tables["corridors"]):
        if row["carrier"] == carrier and (row["capacity"] > 0 or row["expansion_cost"] == row["expansion_cost"]):
            parts.join(row["from_node"], row["to_node"])
    if carrier == ELECTRICITY:
        for row in rows_of(nodes):
            if row["parent"]:
                parts.join(row["node"], row["parent"])
    return parts


def _reach(tables: Tables) -> list[Problem]:
    """Every demand lies in a part of the network with a source; every bus with electricity demand hangs on the grid."""
    sources = _sources(tables)
    demand = [row for row in rows_of(tables["demand"]) if row["value"] > 0]
    lines = [row for row in rows_of(tables["corridors"]) if row["carrier"] == ELECTRICITY]
    problems = []
    seen: set[tuple[str, str]] = set()
    parts = {carrier: connected_parts(tables, carrier) for carrier in {row["carrier"] for row in demand}}
    supplied = {carrier: {parts[carrier].root(node) for node in sources.get(carrier, ())} for carrier in parts}
    main = _largest_part(tables, parts.get(ELECTRICITY)) if lines else None
    for row in demand:
        node, carrier = row["node"], row["carrier"]
        if (node, carrier) in seen:
            continue
        seen.add((node, carrier))
        root = parts[carrier].root(node)
        if carrier == ELECTRICITY and main is not None and root != main:
            problems.append(at(row, "node", node, "a node that a corridor connects with the rest of the grid"))
        elif root not in supplied[carrier]:
            problems.append(at(row, "node", node, f"something at or connected with the node that can supply {carrier}"))
    return problems


def _largest_part(tables: Tables, parts: _Parts | None) -> str | None:
    """The part of the electricity grid with most transmission buses."""
    if parts is None:
        return None
    nodes = tables["nodes"]
    count: dict[str, int] = {}
    for node in nodes.loc[nodes["kind"] == "transmission", "node"]:
        count[parts.root(node)] = count.get(parts.root(node), 0) + 1
    return max(sorted(count), key=lambda root: count[root]) if count else None


def _sources(tables: Tables) -> dict[str, set[str]]:
    """Nodes at which something can give a carrier: what stands or may be built, reactors, trade, a warmer heat."""
    places: dict[str, set[str]] = {}
    for name in ("existing_capacity", "potentials"):
        table = tables[name]
        for technology, node in zip(table["technology"], table["node"], strict=True):
            places.setdefault(technology, set()).add(node)
    flows = tables["technology_flows"]
    sources: dict[str, set[str]] = {}
    for technology, carrier, direction in zip(flows["technology"], flows["carrier"], flows["direction"], strict=True):
        if direction == "out":
            sources.setdefault(carrier, set()).update(places.get(technology, set()))
    designs = set(tables["reactors"]["design"])
    reactor_nodes = set().union(*(places.get(design, set()) for design in designs)) if designs else set()
    carriers = tables["carriers"]
    for carrier, kind in zip(carriers["carrier"], carriers["kind"], strict=True):
        if kind in ("electricity", "heat"):
            sources.setdefault(carrier, set()).update(reactor_nodes)
    sources.setdefault(ELECTRICITY, set()).update(tables["interconnectors"]["node"])
    heat = carriers[carriers["cascade_group"] != ""].sort_values("delivery_temperature", ascending=False)
    for _, group in heat.groupby("cascade_group"):
        warmer: set[str] = set()
        for carrier in group["carrier"]:
            warmer |= sources.get(carrier, set())
            sources[carrier] = set(warmer)
    return sources


def islands(tables: Tables) -> list[Problem]:
    """Loads of their own lie where something can give: one problem for each island without supply, with its nodes."""
    carried = {(row["node"], row["carrier"]) for row in rows_of(tables["loads"]) if _asks(row)}
    if not carried:
        return []
    ports: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(tables["device_ports"]):
        ports.setdefault(row["device"], []).append(row)
    places = [(node, carrier) for node in tables["nodes"]["node"] for carrier in tables["carriers"]["carrier"]]
    parts = _Parts(f"{node}\n{carrier}" for node, carrier in places)
    for row in rows_of(tables["corridors"]):
        parts.join(f"{row['from_node']}\n{row['carrier']}", f"{row['to_node']}\n{row['carrier']}")
    supplied: list[str] = [f"{node}\n{carrier}" for carrier, nodes in _sources(tables).items() for node in nodes]
    for own in ports.values():
        at_nodes = [f"{row['node']}\n{row['carrier']}" for row in own if row["node"]]
        for other in at_nodes[1:]:
            parts.join(at_nodes[0], other)
        if len(at_nodes) == 1 and _may_give(tables, own):
            supplied += at_nodes
    known = {f"{node}\n{carrier}" for node, carrier in places}
    alive = {parts.root(place) for place in supplied if place in known}
    problems, told = [], set[str]()
    for row in rows_of(tables["loads"]):
        root = parts.root(f"{row['node']}\n{row['carrier']}")
        if not _asks(row) or root in alive or root in told:
            continue
        told.add(root)
        nodes = [
            node for node, carrier in places if carrier == row["carrier"] and parts.root(f"{node}\n{carrier}") == root
        ]
        many = f" and {len(nodes) - 8} more" if len(nodes) > 8 else ""
        expected = f"something that can give {row['carrier']} on its island ({', '.join(nodes[:8])}{many})"
        problems.append(at(row, "node", row["node"], expected))
    return problems


def _asks(row: dict[str, Any]) -> bool:
    return bool(row["power"] > 0 or row["power_series"])


def _may_give(tables: Tables, own: list[dict[str, Any]]) -> bool:
    """Whether the device of a single port at a node can give to it."""
    device = tables["devices"].loc[tables["devices"]["device"] == own[0]["device"]]
    port = next(row for row in own if row["node"])
    backwards = (device["share_min"] < 0).any() or (device["share_min_series"] != "").any()
    forwards = not (device["share_max"] <= 0).any() or (device["share_max_series"] != "").any()
    empty = ((device["capacity"] == 0) & (device["expandable"] != "yes") & (device["capacity_of"] == "")).all()
    if empty or port["coefficient_series"]:
        return not empty
    return bool(forwards if port["coefficient"] > 0 else backwards)
