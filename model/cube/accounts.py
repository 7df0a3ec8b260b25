"""Money by year, node, technology and cost item: the cost rows of the program times the solution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.cube.coordinates import label_coordinates
from model.cube.layout import Layout
from model.cube.metadata import SIGN_OF_MONEY, describe

NATIONAL = "national"
KEYS = ["year", "node", "technology", "cost_item"]


def cost_group(case: Any, program: Any, registry: Any, layout: Layout, solution: Any) -> xr.Dataset:
    """Cost by year, node, technology and item: discounted (sums to the objective) and per represented year.

    `technology` names the technology where there is one, else the carrier, corridor or interconnector that costs.
    Costs of the country as a whole stand at node `national`.
    """
    parts = [
        cost_table(case, layout, registry.meta[declared.name], solution.cost_values[declared.name])
        for declared in program.costs
    ]
    table = pd.concat(parts) if parts else pd.DataFrame(columns=[*KEYS, "cost"])
    dense = table.groupby(KEYS, sort=False)["cost"].sum()
    labels = {
        "year": pd.Index(case.years),
        "node": pd.Index([*case.nodes.index, NATIONAL], dtype=object),
        "technology": pd.Index(
            [*case.technologies.index, *sorted(set(table["technology"]) - set(case.technologies.index))], dtype=object
        ),
        "cost_item": pd.Index(list(dict.fromkeys(table["cost_item"])), dtype=object),
    }
    cost = np.full([len(index) for index in labels.values()], np.nan)
    positions = [labels[key].get_indexer(dense.index.get_level_values(key)) for key in KEYS]
    cost[tuple(positions)] = dense.to_numpy(dtype=float)
    discount = case.discount_weight.reindex(labels["year"]).to_numpy(dtype=float).reshape(-1, 1, 1, 1)
    documents: dict[str, list[str]] = {}
    for row in program.costs:
        documents.setdefault(cost_item(registry, row.name), []).append(describe(registry, row.name)["long_name"])
    files = sorted({describe(registry, row.name)["declared_in"] for row in program.costs})
    variables = {
        "cost": xr.Variable(
            KEYS,
            cost,
            {
                "units": "EUR",
                "long_name": "Cost, discounted over all years that a milestone stands for; sums to the objective",
                "sign": SIGN_OF_MONEY,
                "declared_in": ", ".join(files),
            },
        ),
        "annual_cost": xr.Variable(
            KEYS,
            cost / discount,
            {
                "units": "EUR/year",
                "long_name": "Cost in one represented year, not discounted",
                "sign": SIGN_OF_MONEY,
                "declared_in": ", ".join(files),
            },
        ),
        "cost_item_sentence": xr.Variable(
            "cost_item",
            np.array([" ".join(documents[item]) for item in labels["cost_item"]], dtype=object),
            {"long_name": "What the cost item holds", "units": "text", "declared_in": ", ".join(files)},
        ),
    }
    return xr.Dataset(variables, coords=label_coordinates(labels))


def cost_item(registry: Any, name: str) -> str:
    """Name of the item that a cost family is booked under; several families may share one."""
    return str(registry.meta[name].item or name)


def cost_table(case: Any, layout: Layout, record: Any, values: Any) -> pd.DataFrame:
    """One cost family as rows (year, node, technology, cost_item, cost), hours and months summed.

    Raises:
        ValueError: the family has no year.
    """
    array = np.asarray(values, dtype=float)
    kept = [name for name in record.over if name != "time"]
    array = array.sum(axis=tuple(axis for axis, name in enumerate(record.over) if name == "time"))
    columns: dict[str, np.ndarray] = {}
    for axis, name in enumerate(kept):
        shape = [1] * len(kept)
        shape[axis] = -1
        for dim, labels in layout.member_labels(name).items():
            columns.setdefault(dim, np.broadcast_to(labels.reshape(shape), array.shape).ravel())
    if "year" not in columns:
        raise ValueError(f"cost family {record.name!r} has no year among its dimensions {sorted(columns)}")
    node, technology = owner(case, record.place, columns, array.size)
    if record.technology:
        technology = np.full(array.size, record.technology, dtype=object)
    table = {"year": columns["year"], "node": node, "technology": technology, "cost": array.ravel()}
    return pd.DataFrame(table).assign(cost_item=record.item or record.name)


def owner(case: Any, place: str, columns: dict[str, np.ndarray], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Node and technology (or carrier, corridor, interconnector) that rows with these labels are booked under.

    A corridor is booked at the node where it starts, a region at its transmission bus.

    Raises:
        ValueError: the declared place is not one that the ledger knows, or is not among the family's dimensions.
    """
    carrier = columns.get("carrier", np.full(size, "", dtype=object))
    if place == "country":
        return np.full(size, NATIONAL, dtype=object), carrier
    labels = columns.get(place)
    if labels is None:
        raise ValueError(f"the place {place!r} is not among the dimensions {sorted(columns)}")
    if place == "asset":
        return looked_up(case.assets, "node", labels), looked_up(case.assets, "technology", labels)
    if place in ("device", "reservoir"):
        table = case.given.devices if place == "device" else case.given.reservoirs
        return looked_up(table, "node", labels), looked_up(table, "group", labels)
    if place == "connection":
        return looked_up(case.rights.connections, "node", labels), carrier
    if place == "corridor":
        return looked_up(case.corridors, "from_node", labels), labels
    if place == "interconnector":
        return looked_up(case.interconnectors.groupby(level="interconnector").first(), "node", labels), labels
    if place == "region":
        buses = case.nodes[case.nodes["kind"] == "transmission"].rename_axis("node").reset_index().set_index("region")
        return looked_up(buses, "node", labels), carrier
    if place == "node":
        return labels, carrier
    raise ValueError(f"a cost cannot be booked at a {place!r}")


def looked_up(table: pd.DataFrame, column: str, labels: np.ndarray) -> np.ndarray:
    """A column of a table by label."""
    return table[column].reindex(labels).to_numpy(dtype=object)
