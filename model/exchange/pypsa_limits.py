"""PyPSA's global constraints as terms of a limit over devices, reservoirs and corridors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from model.exchange.data_folder import DataFolder
    from model.exchange.pypsa_parts import Parts

Labels = dict[str, dict[tuple[str, str], str]]
Term = tuple[str, str, dict[str, Any]]
KNOWN = (
    "primary_energy",
    "operational_limit",
    "tech_capacity_expansion_limit",
    "transmission_volume_expansion_limit",
    "transmission_expansion_cost_limit",
)
NOMINAL = {
    "Generator": ("p_nom", "capacity"), "Link": ("p_nom", "capacity"), "StorageUnit": ("p_nom", "capacity"),
    "Process": ("p_nom", "capacity"),
    "Store": ("e_nom", "storage"), "Line": ("s_nom", "corridor"), "Transformer": ("s_nom", "corridor"),
}  # fmt: skip
HOLDER = {"capacity": "device", "storage": "reservoir", "corridor": "corridor"}


def terms_of(parts: Parts, row: dict[str, Any], labels: Labels, data: DataFolder) -> tuple[list[Term], float]:
    """Terms of a global constraint, and the constant that PyPSA has on their side.

    Args:
        parts: the network.
        row: the constraint.
        labels: labels of devices, reservoirs and corridors by component and name.
        data: keeps series of factors.
    """
    kind = str(row["type"])
    if kind == "primary_energy":
        carriers = parts.network.carriers
        rates = carriers[str(row["carrier_attribute"])].astype(float).to_dict()
        return _energy(parts, labels, data, str(row["name"]), {name: rate for name, rate in rates.items() if rate})
    if kind == "operational_limit":
        return _energy(parts, labels, data, str(row["name"]), {str(row["carrier_attribute"]): 1.0}, primary=False)
    return _capacities(parts, row, labels, kind), 0.0


def _energy(
    parts: Parts, labels: Labels, data: DataFolder, name: str, rates: dict[str, float], primary: bool = True
) -> tuple[list[Term], float]:
    """What generators make of carriers, and what stores that are not cyclic lose of them."""
    terms: list[Term] = []
    shift = 0.0
    for row in parts.rows("Generator"):
        rate = rates.get(str(row["carrier"]))
        if not rate:
            continue
        label = labels["device"]["Generator", row["name"]]
        efficiency = parts.value("Generator", row["name"], "efficiency") if primary else 1.0
        if isinstance(efficiency, np.ndarray):
            cells = {"factor_series": data.hourly(f"limit-{name}", row["name"], rate / efficiency)}
            terms.append(("energy", label, cells))
        else:
            terms.append(("energy", label, {"factor": rate / efficiency}))
    for component, cyclic, initial in (
        ("StorageUnit", "cyclic_state_of_charge", "state_of_charge_initial"),
        ("Store", "e_cyclic", "e_initial"),
    ):
        for row in parts.rows(component):
            rate = rates.get(str(row["carrier"]))
            if rate and not row[cyclic]:
                terms.append(("level", labels["reservoir"][component, row["name"]], {"factor": -rate}))
                shift += rate * float(row[initial])
    return terms, shift


def _capacities(parts: Parts, row: dict[str, Any], labels: Labels, kind: str) -> list[Term]:
    """Capacities that can be expanded: of a carrier, or of lines and links by length or cost."""
    technology = kind == "tech_capacity_expansion_limit"
    named = re.sub(r"[\[\]()]", "", str(row["carrier_attribute"]))
    carriers = {named} if technology else {part.strip() for part in named.split(",")}
    bus = str(row.get("bus") or "").replace("nan", "") if technology else ""
    terms: list[Term] = []
    for component, (nominal, of) in NOMINAL.items():
        if not technology and component not in ("Line", "Link"):
            continue
        for member in parts.rows(component):
            at = str(member.get("bus", member.get("bus0", "")))
            chosen = str(member.get("carrier", "")) in carriers and (not bus or at == bus)
            if not chosen or not parts.flag(component, member["name"], f"{nominal}_extendable"):
                continue
            factor = 1.0
            if kind == "transmission_volume_expansion_limit":
                factor = float(member["length"])
            elif not technology:
                factor = parts.capital_cost(component, member["name"])
            terms.append((of, labels[HOLDER[of]][component, member["name"]], {"factor": factor}))
    return terms
