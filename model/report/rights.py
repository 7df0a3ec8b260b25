"""Transport rights of a run: what connections hold, use and lose, in the summary."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.report.tables import Section

SMALL = 0.05
"""MW below which a right is not shown."""


def rights_sections(cube: xr.DataTree) -> list[Section]:
    """Rights by connection, direction and year, MW; nothing where the run has none."""
    results: Any = cube["results"]
    inputs: Any = cube["inputs"]
    if "connection_firm" not in results or not results["connection_firm"].size:
        return []
    parts: dict[str, Any] = {
        "today": inputs["contract_today"].to_series(),
        "withdrawn": inputs["contract_withdrawn"].to_series(),
        "firm, new": results["connection_firm"].to_series(),
    }
    classes: Any = (
        results["connection_right"].to_series() if results["connection_right"].size else pd.Series(dtype=float)
    )
    for label in sorted(set(classes.dropna().index.get_level_values("contract_class")) if len(classes) else ()):
        parts[str(label)] = classes.xs(label, level="contract_class")
    order = ["connection", "direction", "year"]
    table = pd.DataFrame({name: values.dropna().reorder_levels(order) for name, values in parts.items()}).fillna(0.0)
    table = table[(table > SMALL).any(axis=1)]
    table = table.loc[
        :, ["today", *(name for name in table.columns if name != "today" and (table[name] > SMALL).any())]
    ]
    lost = float(np.nansum(inputs["contract_withdrawn"].values))
    note = f"{lost:,.0f} MW-years of little used contracts are withdrawn." if lost > SMALL else ""
    return [Section("Transport rights by connection, MW", table.round(1), note)]
