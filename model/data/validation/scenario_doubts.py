"""Doubts about a scenario: what it switches on and the tables say nothing of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.data.validation.places import Tables
from model.errors import Problem

if TYPE_CHECKING:
    from model.scenario import Scenario

TABLES_OF = {
    "heat_networks": ("heat_networks",),
    "gas_network": ("gas_injection",),
    "carbon_network": ("carbon_sinks", "carbon_pipes"),
    "process_emissions": ("process_emissions",),
}
"""Tables that a detail lives by: without rows it changes little or nothing."""


def scenario_doubts(scenario: Scenario, tables: Tables) -> list[Problem]:
    """List details that are switched on and whose tables are empty."""
    return [
        Problem(
            f"scenario {scenario.name}",
            "",
            f"detail.{name}",
            "true",
            f"rows in {table}.csv: an empty table leaves nothing to model by this switch",
        )
        for name, names in TABLES_OF.items()
        if getattr(scenario.detail, name)
        for table in names
        if not len(tables[table])
    ]
