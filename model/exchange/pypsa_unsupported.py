"""What a PyPSA network may hold that this model cannot carry over: everything by name, all in one report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.errors import Problem
from model.exchange.pypsa_limits import KNOWN
from model.exchange.pypsa_parts import LISTED

if TYPE_CHECKING:
    import pypsa

CARRIED = {*LISTED, "Carrier", "SubNetwork", "LineType", "TransformerType", "ShuntImpedance", "Shape", "Network"}
"""Components that are carried over, or that PyPSA's optimisation does not read."""
SWITCHES = {
    "committable": "false: unit commitment needs whole units (bring it without, or relax it in PyPSA)",
    "maintainable": "false: maintenance needs whole units",
}
ZERO = {
    "marginal_cost_quadratic": "0: this model is linear",
    "delay": "0: energy arrives in the step in which it is sent",
}
STEADY = {
    "Generator": ("ramp_limit_up", "ramp_limit_down"),
    "Link": ("ramp_limit_up", "ramp_limit_down"),
    "Process": ("ramp_limit_up", "ramp_limit_down"),
    "StorageUnit": ("standing_loss",),
    "Store": ("standing_loss",),
    "Transformer": ("phase_shift",),
}
MODULAR = ("p_nom", "e_nom", "s_nom")


def unsupported(network: pypsa.Network, source: str) -> list[Problem]:
    """List everything in a network that cannot be carried over."""

    def problem(name: str, column: str, value: object, expected: str) -> Problem:
        return Problem(source, name, column, str(value), expected)

    found = []
    if getattr(network, "has_scenarios", False):
        found.append(problem("", "scenarios", list(network.scenarios), "one scenario: no stochastic network"))
    if len(network.investment_periods):
        periods = list(network.investment_periods)
        found.append(problem("", "investment_periods", periods, "none: bring one network for each period"))
    if not len(network.snapshots):
        found.append(problem("", "snapshots", "none", "at least one snapshot"))
    for component in network.components:
        table = component.static
        if not len(table):
            continue
        if component.name not in CARRIED:
            names = ", ".join(map(str, table.index[:5]))
            found.append(problem(names, component.name, f"{len(table)} rows", "no components of this kind"))
            continue
        if component.name not in LISTED:
            continue
        active = table[table["active"].astype(bool)] if "active" in table else table
        found += [problem(name, f"{component.name}.{column}", value, expected) for name, column, value, expected in
                  _of_component(component, active)]  # fmt: skip
    found += _global_constraints(network, problem)
    limits = [c for c in network.buses.columns if str(c).startswith(("nom_min_", "nom_max_"))]
    found += [
        problem(str(bus), f"Bus.{column}", value, "a blank: limits by bus and carrier are not carried over")
        for column in limits
        for bus, value in network.buses[column].items()
        if isinstance(value, (int, float)) and np.isfinite(value)
    ]
    return found


def _of_component(component: Any, table: Any) -> list[tuple[str, str, object, str]]:
    found: list[tuple[str, str, object, str]] = []
    kind, dynamic = component.name, component.dynamic
    for column, expected in SWITCHES.items():
        found += [
            (str(n), column, True, expected)
            for n in (table.index[table[column].astype(bool)] if column in table else [])
        ]
    zero = {**ZERO, **{str(c): ZERO["delay"] for c in table.columns if str(c).startswith("delay")}}
    for column, expected in zero.items():
        values = table.get(column)
        if values is not None:
            found += [(str(name), column, value, expected) for name, value in values.items() if value]
        series = dynamic.get(column)
        if series is not None:
            found += [
                (str(n), column, "a series", expected) for n in series.columns if n in table.index and series[n].any()
            ]
    for nominal in MODULAR:
        if f"{nominal}_mod" in table:
            modular = table[(table[f"{nominal}_mod"] > 0) & table[f"{nominal}_extendable"].astype(bool)]
            expected = "0: modules of a fixed size need whole numbers"
            found += [(str(name), f"{nominal}_mod", row, expected) for name, row in modular[f"{nominal}_mod"].items()]
    for column in STEADY.get(kind, ()):
        series = dynamic.get(column)
        for name in series.columns if series is not None else []:
            values = series[name].to_numpy(dtype=float)
            if name in table.index and len(values) and not (np.isnan(values).all() or (values == values[0]).all()):
                found.append((str(name), column, "a series", "one value for all snapshots"))
    for column in ("s_set", "p_set") if kind in ("Line", "Transformer", "StorageUnit") else ():
        series = dynamic.get(column)
        for name in series.columns if series is not None else []:
            if name in table.index and series[name].notna().any() and (kind != "StorageUnit" or column == "p_set"):
                found.append((str(name), column, "a series", "blank: held net power is not carried over"))
    if kind == "StorageUnit" and "p_set" in table:
        held = table.index[table["p_set"].notna()]
        found += [(str(n), "p_set", table.at[n, "p_set"], "blank: held net power is not carried over") for n in held]
    pieces = getattr(component, "piecewise", None) or {}
    for attribute, frame in pieces.items():
        if frame is not None and len(frame):
            found.append(("", str(attribute), "piecewise", "one value: curves are not carried over"))
    return found


def _global_constraints(network: Any, problem: Any) -> list[Problem]:
    found = []
    for name, row in network.global_constraints.iterrows():
        if row["type"] not in KNOWN:
            found.append(problem(str(name), "GlobalConstraint.type", row["type"], "one of " + ", ".join(KNOWN)))
        elif row["type"] == "primary_energy" and str(row["carrier_attribute"]) not in network.carriers:
            expected = "a column of the carriers"
            found.append(problem(str(name), "GlobalConstraint.carrier_attribute", row["carrier_attribute"], expected))
        if str(row["sense"]) not in ("<=", ">=", "==", "="):
            found.append(problem(str(name), "GlobalConstraint.sense", row["sense"], "<=, >= or =="))
        if row["investment_period"] == row["investment_period"]:
            found.append(problem(str(name), "GlobalConstraint.investment_period", row["investment_period"], "a blank"))
    return found
