"""Looks things up in a PyPSA network: rows of active components, figures that may be series, capital cost."""

from __future__ import annotations

import contextlib
import logging
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pypsa

LISTED = {
    "Bus": "buses", "Load": "loads", "Generator": "generators", "Link": "links", "Process": "processes",
    "StorageUnit": "storage_units",
    "Store": "stores", "Line": "lines", "Transformer": "transformers", "GlobalConstraint": "global_constraints",
}  # fmt: skip
DEFAULTS = {"sign": 1.0, "standing_loss": 0.0, "x": 0.0, "y": 0.0, "phase_shift_min": 0.0, "phase_shift_max": 0.0}


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep out of the answer what PyPSA has to say of itself while it reads, builds and writes."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


@dataclass
class Parts:
    """A network, by component and name.

    Args:
        network: with dependent values and subnetworks.
    """

    network: pypsa.Network
    _costs: dict[str, dict[str, float]] = field(default_factory=dict)
    _rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def listed(self, component: str) -> str:
        """Name of the list of a component: generators."""
        return LISTED[component]

    def _table(self, component: str) -> dict[str, dict[str, Any]]:
        if component not in self._rows and component not in [known.name for known in self.network.components]:
            self._rows[component] = {}  # an older PyPSA, which does not know it yet
        if component not in self._rows:
            table = self.network.components[component].static
            if "active" in table:
                table = table[table["active"].astype(bool)]
            rows = table.to_dict(orient="index")
            self._rows[component] = {str(name): {**row, "name": str(name)} for name, row in rows.items()}
        return self._rows[component]

    def rows(self, component: str) -> list[dict[str, Any]]:
        """Active components as mappings, with their name."""
        return list(self._table(component).values())

    def flag(self, component: str, name: str, attribute: str) -> bool:
        """A switch of a component."""
        return bool(self._table(component)[name].get(attribute, False))

    def value(self, component: str, name: str, attribute: str) -> Any:
        """A figure of a component: a number, or an array over the snapshots where it has a series."""
        dynamic = self.network.components[component].dynamic.get(attribute)
        if dynamic is not None and name in dynamic.columns:
            values = dynamic[name].to_numpy(dtype=float)
            same = len(values) and ((values == values[0]).all() or np.isnan(values).all())
            return float(values[0]) if same else values
        return float(self._table(component)[name].get(attribute, DEFAULTS.get(attribute, np.nan)))

    def capital_cost(self, component: str, name: str) -> float:
        """Yearly cost of a unit of capacity, as PyPSA reckons it."""
        if component not in self._costs:
            costs = self.network.components[component].periodized_cost
            names = [str(label) for label in np.asarray(costs["name"] if hasattr(costs, "dims") else costs.index)]
            self._costs[component] = dict(zip(names, np.asarray(costs, dtype=float).tolist(), strict=True))
        return self._costs[component][name]

    def link_ends(self) -> list[tuple[str, str]]:
        """Columns of the buses to which links deliver, each with its efficiency."""
        return [(f"bus{n}", "efficiency" if n == 1 else f"efficiency{n}") for n in self._numbers("Link", "1-9")]

    def process_ends(self) -> list[tuple[str, str]]:
        """Columns of the buses that processes touch, each with its rate."""
        return [(f"bus{n}", f"rate{n}") for n in self._numbers("Process", "0-9")]

    def _numbers(self, component: str, first: str) -> list[int]:
        if not self._table(component):
            return []
        columns = map(str, self.network.components[component].static.columns)
        return sorted(int(c.removeprefix("bus")) for c in columns if re.fullmatch(rf"bus[{first}]\d*", c))
