"""In words, which limits stand behind an infeasible program: ratings, angle differences, generators, loads."""

from __future__ import annotations

from typing import Any

import numpy as np

MOST = 12
"""Lines of words."""


def in_words(case: Any, diagnosis: Any) -> list[str]:
    """Say what gives way and what stands against it, as a planner would.

    Args:
        case: the case that has no solution.
        diagnosis: what the engine found: `violations` and `opposing`, each with family, labels, kind, amount, limits.

    Returns:
        Sentences; none where nothing of the grid is concerned.
    """
    said: list[str] = []
    for violation in diagnosis.violations:
        if violation.family == "carrier_balance":
            node, carrier = violation.labels[:2]
            what = "cannot be served" if violation.amount < 0 else "cannot be taken away"
            said.append(
                f"At {node} {abs(violation.amount):,.4g} MW of {carrier} {what}{_step(case, violation.labels)}."
            )
    for member in diagnosis.opposing:
        if member.family == "flow":
            said.append(_flow(case, member))
        elif member.family == "device_activity":
            said.append(_device(case, member))
        elif member.family == "kirchhoff_voltage_law":
            said.append(f"Kirchhoff's voltage law ties the flows of the cycle that {member.labels[0]} closes.")
    return list(dict.fromkeys(said))[:MOST]


def _step(case: Any, labels: tuple[Any, ...]) -> str:
    return f" in step {labels[-1]}" if case.time.count > 1 else ""


def _flow(case: Any, member: Any) -> str:
    """A limit of a corridor: its rating, or the angle difference that its ends may have."""
    corridor = str(member.labels[0])
    row = case.corridors.loc[corridor]
    forward = member.kind == "upper bound"
    limit = abs(member.limits[1] if forward else member.limits[0])
    ways = (row["from_node"], row["to_node"]) if forward else (row["to_node"], row["from_node"])
    way = f"{corridor} carries at most {limit:,.4g} MW from {ways[0]} to {ways[1]}"
    rating = float(case.corridor_years["capacity"].get((corridor, member.labels[1]), np.inf))
    if row["kind"] == "ac" and limit < rating * (1.0 - 1e-9):
        degrees = row["angle_max" if forward else "angle_min"]
        if degrees == degrees:
            angle = f"its ends may differ by {abs(degrees):.4g} degrees in voltage angle"
            return f"{way}: {angle} (its rating is {rating:,.4g} MW)."
    return f"{way}: its rating."


def _device(case: Any, member: Any) -> str:
    device = str(member.labels[0])
    node = str(case.given.devices.at[device, "node"])
    where = device if device.endswith(node) else f"{device} at {node}"
    if member.kind == "upper bound":
        return f"{where} does at most {member.limits[1]:,.4g} MW."
    return f"{where} does at least {member.limits[0]:,.4g} MW."
