"""Corridors, hosting limits and interconnectors of a scenario, by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.data.finance import annuity
from model.data.parameters import at_year, empty_index, points_by, series_at_years
from model.data.tables import bare

if TYPE_CHECKING:
    import pandas as pd

    from model.scenario import Scenario

EXPANSION_LIFETIME = 40.0
"""Life of added corridor capacity where the table gives none, years (as the data dictionary says)."""


def corridor_tables(table: pd.DataFrame, scenario: Scenario) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Corridors with the annuity of one more MW, and their capacity by year.

    Returns:
        `corridors` (index corridor): the table's columns, blanks as numbers (expansion_max inf, expansion_fixed_om 0,
        expansion_first_year -inf), and `expandable` (bool), `expansion_annuity` (EUR/MW/year at the scenario's WACC);
        `corridor_years` (corridor, year): capacity (MW, thermal, zero while it does not stand) and stands (bool). A
        corridor that never stands and cannot be expanded is left out.
    """
    import pandas as pd

    frame = bare(table).set_index("corridor").sort_index()
    frame["expandable"] = frame["expansion_cost"].notna() & scenario.grid.expansion
    blanks = {
        "expansion_fixed_om": 0.0,
        "expansion_lifetime": EXPANSION_LIFETIME,
        "expansion_max": np.inf,
        "expansion_first_year": -np.inf,
    }
    frame = frame.fillna(blanks)
    frame["expansion_annuity"] = [
        annuity(cost, scenario.finance.wacc, life) if expandable else np.nan
        for cost, life, expandable in zip(
            frame["expansion_cost"], frame["expansion_lifetime"], frame["expandable"], strict=True
        )
    ]
    rows = []
    for corridor, row in frame.iterrows():
        for year in scenario.years:
            after = not year < row["first_year"]
            stands = after and not year > row["last_year"] and row["capacity"] > 0
            rows.append((corridor, year, row["capacity"] if stands else 0.0, stands))
    years = pd.DataFrame(rows, columns=["corridor", "year", "capacity", "stands"]).set_index(["corridor", "year"])
    ever = years["stands"].groupby(level="corridor").any() if len(years) else pd.Series(dtype=bool)
    keep = [corridor for corridor in frame.index if ever[corridor] or frame.at[corridor, "expandable"]]
    return frame.loc[keep], years[years.index.get_level_values("corridor").isin(keep)].astype({"capacity": float})


def hosting_limits(table: pd.DataFrame, scenario: Scenario) -> pd.Series:
    """Firm exchange by region, direction and year as the table gives it, MW (`grid.hosting_factor` is not applied)."""
    points = points_by(table, ["region", "direction"], "capacity")
    return series_at_years(points, scenario.years, ["region", "direction"])


def interconnector_table(table: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Interconnectors by year: node, zone, import_capacity, export_capacity (MW), loss (share).

    Capacities are interpolated between the years of the table. Before its first dated row an interconnector does not
    stand. Empty where the scenario switches trade off.
    """
    import pandas as pd

    columns = ["node", "zone", "import_capacity", "export_capacity", "loss"]
    rows: dict[tuple[str, int], list[object]] = {}
    for name, part in table.groupby("interconnector"):
        first = part["year"].min()
        for year in scenario.years:
            if year < first:
                continue
            figures = [at_year(points_by(part, ["interconnector"], column)[name], year) for column in columns[2:]]
            if figures[0] > 0 or figures[1] > 0:
                rows[str(name), year] = [part["node"].iloc[0], part["zone"].iloc[0], *figures]
    if not rows or not scenario.grid.interconnectors:
        return pd.DataFrame(columns=columns, index=empty_index(["interconnector", "year"]))
    index = pd.MultiIndex.from_tuples(sorted(rows), names=["interconnector", "year"])
    return pd.DataFrame([rows[key] for key in sorted(rows)], columns=columns, index=index)
