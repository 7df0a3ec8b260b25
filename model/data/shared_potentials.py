"""Limits that technologies of several places share, as the tables give them (formulation C3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from model.data.case import Case


def shared_limits(case: Case) -> dict[tuple[str, int], float]:
    """Limit of a group in a milestone year, in the group's unit, over (group, year).

    Linear between the rows' years, constant outside; a blank is no limit, and its group is absent.
    """
    table = case.tables["shared_potential_limits"].dropna(subset="capacity_max")
    if case.scenario.detail.carbon_network:
        table = table[table["unit"] != "t/h"]  # what is stored has limits of its own, in tonnes a year
    limits = {}
    for group, rows in table.sort_values("year").groupby("group"):
        for year in case.years:
            at = [year] if rows["year"].isna().all() else np.interp([year], rows["year"], rows["capacity_max"])
            limits[str(group), year] = float(rows["capacity_max"].iloc[0] if rows["year"].isna().all() else at[0])
    return limits


def group_factors(case: Case) -> dict[tuple[str, str, str], float]:
    """What one unit of capacity counts in its group, group unit per capacity unit, over (group, node, technology)."""
    table = case.tables["shared_potentials"]
    places = zip(table["group"].astype(str), table["node"].astype(str), table["technology"].astype(str), strict=True)
    return dict(zip(places, table["factor"].astype(float), strict=True))
