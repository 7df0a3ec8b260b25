"""Annual demand by node, carrier and year, and the shapes that spread it over the hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.data.parameters import at_year, points_by

if TYPE_CHECKING:
    import pandas as pd

    from model.scenario import Scenario

SHAPE_KEY = ["node", "carrier", "profile"]


def annual_demand(table: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Demand of the scenario's storyline in its years.

    Args:
        table: table demand.
        scenario: storyline, years and factors per carrier.

    Returns:
        One row per node, carrier, profile and year (columns of these names) with `annual` in MWh; sectors with the same
        profile are added up. Between the years of the table demand is interpolated, outside them it is constant.
    """
    import pandas as pd

    rows = table[table["demand_scenario"] == scenario.demand.scenario]
    points = points_by(rows, ["node", "carrier", "sector", "profile"])
    sums: dict[tuple[str, str, str, int], float] = {}
    for (node, carrier, _, profile), given in points.items():
        factor = 1e6 * scenario.demand.factor.get(carrier, 1.0)
        for year in scenario.years:
            key = (node, carrier, profile, year)
            sums[key] = sums.get(key, 0.0) + at_year(given, year) * factor
    keys = [key for key in sorted(sums) if sums[key] > 0]
    frame = pd.DataFrame(keys, columns=[*SHAPE_KEY, "year"])
    frame["annual"] = [sums[key] for key in keys]
    return frame.astype({"annual": float})
