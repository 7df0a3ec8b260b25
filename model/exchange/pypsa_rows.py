"""Rows between capacities: bounds or global constraints where PyPSA has them, extra rows for its optimisation else."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from model.exchange.pypsa_sizes import Export, NominalRow

if TYPE_CHECKING:
    import pypsa

NOMINAL = {"Generator": "p_nom", "Link": "p_nom", "Store": "e_nom"}
META = "rows_between_capacities"


def state_rows(export: Export) -> list[NominalRow]:
    """Put every row that PyPSA's own components can state into the network; return the others.

    A row of one capacity becomes a bound.  An upper limit on capacities that count alike becomes a global constraint of
    type `tech_capacity_expansion_limit` over a carrier of its own, if none of them stands in another such row.
    """
    others: list[NominalRow] = []
    taken: set[tuple[str, str]] = set()
    for row in export.rows:
        if not row.terms:
            continue
        if len(row.terms) == 1 and row.sense in ("<=", ">="):
            _as_bound(export.network, row)
        elif _counts_alike(export.network, row) and not taken & {term[:2] for term in row.terms}:
            taken |= {term[:2] for term in row.terms}
            _as_global_constraint(export.network, row)
        else:
            others.append(row)
    return others


def _as_bound(network: pypsa.Network, row: NominalRow) -> None:
    component, label, factor = row.terms[0]
    upper = (row.sense == "<=") == (factor > 0)
    column = f"{NOMINAL[component]}_{'max' if upper else 'min'}"
    table = network.components[component].static
    limit = row.constant / factor
    table.at[label, column] = min(table.at[label, column], limit) if upper else max(table.at[label, column], limit)


def _counts_alike(network: pypsa.Network, row: NominalRow) -> bool:
    factors = np.array([factor for _, _, factor in row.terms])
    return row.sense == "<=" and bool(factors[0] > 0 and np.allclose(factors, factors[0], rtol=1e-12, atol=0))


def _as_global_constraint(network: pypsa.Network, row: NominalRow) -> None:
    network.add("Carrier", row.name)
    for component, label, _ in row.terms:
        network.components[component].static.at[label, "carrier"] = row.name
    network.add(
        "GlobalConstraint", row.name, type="tech_capacity_expansion_limit", carrier_attribute=row.name, sense="<=",
        constant=row.constant / row.terms[0][2],
    )  # fmt: skip


def note_rows(export: Export, rows: list[NominalRow]) -> None:
    """Write the rows that PyPSA's components cannot state into the network's metadata, for `extra_rows`."""
    export.network.meta[META] = {
        "rows": [asdict(row) for row in rows],
        "cyclic_ramps": export.cyclic_ramps,
    }


def extra_rows(network: pypsa.Network, snapshots: Any) -> None:
    """Add the noted rows to the network's linopy model: `network.optimize(extra_functionality=extra_rows)`."""
    noted = network.meta.get(META, {})
    for row in noted.get("rows", []):
        left = sum(
            factor * network.model[f"{component}-{NOMINAL[component]}"].sel(name=label, drop=True)
            for component, label, factor in row["terms"]
        )
        network.model.add_constraints(left, row["sense"].replace("==", "="), row["constant"], name=row["name"])
    for component, ramps in noted.get("cyclic_ramps", {}).items():
        for label, ramp in ramps.items():
            _close_ramp(network, component, label, ramp)


def _close_ramp(network: pypsa.Network, component: str, label: str, ramp: float) -> None:
    """The ramp from the last step to the first, which PyPSA leaves free."""
    model = network.model
    power = model[f"{component}-p"].sel(name=label, drop=True)
    step = power.isel(snapshot=0, drop=True) - power.isel(snapshot=-1, drop=True)
    static = network.components[component].static
    if static.at[label, "p_nom_extendable"]:
        most: Any = ramp * model[f"{component}-p_nom"].sel(name=label, drop=True)
        up, down, right = step - most, -step - most, 0.0
    else:
        up, down, right = step, -step, ramp * float(static.at[label, "p_nom"])
    model.add_constraints(up, "<=", right, name=f"{label} ramp up over the year's end")
    model.add_constraints(down, "<=", right, name=f"{label} ramp down over the year's end")
