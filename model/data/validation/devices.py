"""Devices, reservoirs, loads and limits that are given one by one: ends that lead somewhere, limits that leave room."""

from __future__ import annotations

from typing import Any

from model.data.cells import nearest
from model.data.validation.places import Tables, at, rows_of
from model.errors import Problem


def device_problems(tables: Tables) -> list[Problem]:
    """Run every check of this file."""
    return [*_devices(tables), *_ports(tables), *_reservoirs(tables), *_loads(tables), *_terms(tables)]


def _given(value: float) -> bool:
    return value == value


def _room(row: dict[str, Any], low: str, high: str, unit: str) -> list[Problem]:
    return [at(row, high, row[high], f"at least {low}, {row[low]:g} {unit}")] if row[high] < row[low] else []


def _devices(tables: Tables) -> list[Problem]:
    rows = rows_of(tables["devices"])
    owners = {row["device"]: row["capacity_of"] for row in rows}
    ported = set(tables["device_ports"]["device"])
    problems = []
    for row in rows:
        if row["device"] not in ported:
            problems.append(at(row, "device", row["device"], "a row in device_ports.csv"))
        if owners.get(row["capacity_of"]):
            problems.append(at(row, "capacity_of", row["capacity_of"], "a device with a capacity of its own"))
        if row["capacity_of"] and row["expandable"] == "yes":
            problems.append(at(row, "expandable", "yes", "a blank: the capacity is that of capacity_of"))
        problems += _room(row, "capacity_min", "capacity_max", "MW")
        if not row["share_min_series"] and not row["share_max_series"]:
            low, high = (
                row[name] if _given(row[name]) else blank for name, blank in (("share_min", 0.0), ("share_max", 1.0))
            )
            if high < low:
                problems.append(at(row, "share_max", row["share_max"], f"at least share_min, {low:g}"))
        limited = _given(row["ramp_up"]) or _given(row["ramp_down"])
        if limited and row["expandable"] != "yes" and not row["capacity_of"] and not _given(row["capacity"]):
            problems.append(at(row, "capacity", "", "a number in MW: its ramp is a share of it"))
    return problems


def _ports(tables: Tables) -> list[Problem]:
    balanced = dict(zip(tables["carriers"]["carrier"], tables["carriers"]["balanced"], strict=True))
    problems = []
    for row in rows_of(tables["device_ports"]):
        if row["reservoir"] and (row["node"] or row["carrier"]):
            problems.append(at(row, "reservoir", row["reservoir"], "a node and a carrier, or a reservoir, not both"))
        if not row["reservoir"] and not (row["node"] and row["carrier"]):
            problems.append(at(row, "node", row["node"], "a node and a carrier, or a reservoir"))
        if balanced.get(row["carrier"]) == "no":
            problems.append(at(row, "carrier", row["carrier"], "a balanced carrier"))
    return problems


def _reservoirs(tables: Tables) -> list[Problem]:
    filled = set(tables["device_ports"]["reservoir"])
    problems = []
    for row in rows_of(tables["reservoirs"]):
        if row["reservoir"] not in filled:
            problems.append(
                at(row, "reservoir", row["reservoir"], "a row in device_ports.csv that fills or empties it")
            )
        problems += _room(row, "capacity_min", "capacity_max", "MWh")
        if row["hours_of"] and row["expandable"] == "yes":
            problems.append(at(row, "expandable", "yes", "a blank: the capacity is hours times that of hours_of"))
        if row["hours_of"] and not _given(row["hours"]):
            problems.append(at(row, "hours", "", "a number in h beside hours_of"))
    return problems


def _loads(tables: Tables) -> list[Problem]:
    balanced = dict(zip(tables["carriers"]["carrier"], tables["carriers"]["balanced"], strict=True))
    return [
        at(row, "carrier", row["carrier"], "a balanced carrier")
        for row in rows_of(tables["loads"])
        if balanced.get(row["carrier"]) == "no"
    ]


def _terms(tables: Tables) -> list[Problem]:
    known = {
        "energy": list(tables["devices"]["device"]),
        "capacity": list(tables["devices"]["device"]),
        "storage": list(tables["reservoirs"]["reservoir"]),
        "level": list(tables["reservoirs"]["reservoir"]),
        "corridor": list(tables["corridors"]["corridor"]),
    }
    problems = []
    for row in rows_of(tables["device_limit_terms"]):
        names = known.get(row["kind"], [])
        if row["kind"] in known and row["name"] not in names:
            expected = f"a name that is known for terms of kind {row['kind']}{nearest(row['name'], names)}"
            problems.append(at(row, "name", row["name"], expected))
        if row["factor_series"] and row["kind"] != "energy":
            problems.append(at(row, "factor_series", row["factor_series"], "a blank: only energy has a series"))
    return problems
