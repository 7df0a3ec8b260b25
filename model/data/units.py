"""Single units of technologies, reactor designs and interconnectors, with what the reactor table knows of designs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.data.tables import bare

if TYPE_CHECKING:
    import pandas as pd

    from model.data.case import Case

FIGURES = ("unit_size", "forced_outage_rate", "repair_time", "reserve_share", "reserve_cost")


def unit_table(case: Case) -> pd.DataFrame:
    """Single units by name.

    Returns:
        Index technology (also designs and interconnectors); unit_size (MW_e, NaN: no single units), forced_outage_rate
        (share, 0 where none is known), repair_time (h, NaN: not known), reserve_share (share), reserve_cost
        (EUR/MW/h), stops (bool).
    """
    import pandas as pd

    table = bare(case.tables["units"]).set_index("technology")
    names = sorted({*map(str, table.index), *map(str, case.reactors.index)})
    found: Any = pd.DataFrame(
        {name: pd.to_numeric(table[name]).reindex(names).to_numpy(dtype=float) for name in FIGURES}, index=names
    )
    for name in set(names) & set(case.reactors.index):
        design: Any = case.reactors.loc[name]
        for figure, column in (("unit_size", "unit_size_e"), ("forced_outage_rate", "forced_outage_rate")):
            if np.isnan(float(found.at[name, figure])) and column in design:
                found.loc[name, figure] = float(design[column])
    found = found.fillna({"forced_outage_rate": 0.0, "reserve_share": 0.0, "reserve_cost": 0.0})
    found["stops"] = (table["stops"] == "yes").reindex(names, fill_value=False).to_numpy(dtype=bool)
    return found.rename_axis("technology")


def unit_figures(case: Case) -> dict[str, dict[str, float]]:
    """The same as numbers by name and figure."""
    table: Any = unit_table(case)
    return {str(name): {str(key): float(value) for key, value in row.items()} for name, row in table.iterrows()}


def figure_of(units: dict[str, dict[str, float]], name: str, figure: str) -> float:
    """A figure of a name; not a number where the name has no units."""
    return units[name][figure] if name in units else np.nan


def highest_load(case: Case, year: int) -> float:
    """Highest demand of electricity in a year, all nodes together, MW."""
    power = case.carriers.index[case.carriers["kind"] == "electricity"][0]
    mine = (case.demand.index.get_level_values("carrier") == power) & (
        case.demand.index.get_level_values("year") == year
    )
    return float(np.asarray(case.demand_series)[np.asarray(mine)].sum(axis=0).max(initial=0.0))
