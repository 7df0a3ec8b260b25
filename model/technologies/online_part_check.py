"""Checks the minimum load of the part that is online: within a day the least load is that share of the highest (R7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, above, below, taken
from model.core.registry import check
from model.data.parameters import at_year, points_by

if TYPE_CHECKING:
    from model.data.case import Case


@check
def load_of_the_part_online(case: Case, cube: Any) -> Iterator[Finding]:
    """In each day of a period the load is between the online part's minimum load and all of it."""
    least, most = Tally("minimum load of the part online"), Tally("part online")
    table = case.tables["technology_parameters"]
    always, asked = (
        points_by(table[table["parameter"] == name], ["technology"])
        for name in ("minimum_load_online", "minimum_load_day")
    )
    figures = {**asked, **always} if case.scenario.detail.electrolyser_loads else always
    assets = case.assets[case.assets["technology"].isin(list(figures))]
    labels = [str(asset) for asset in assets.index]
    for year in case.years if labels else []:
        load = taken(cube, "activity", asset=labels, year=year)
        online = taken(cube, "online_part", asset=labels, year=year)
        capacity = taken(cube, "capacity", asset=labels, year=year)[:, None]
        figure_years = [
            year if vintage == "all" else case.scenario.years[0] if vintage == "existing" else int(vintage)
            for vintage in assets["vintage"]
        ]
        share = np.array(
            [
                at_year(figures[technology], of_year)
                for technology, of_year in zip(assets["technology"], figure_years, strict=True)
            ]
        )[:, None]
        day = 0
        for _, steps in case.time.periods[["first_step", "steps"]].iterrows():
            run = np.arange(int(steps["first_step"]), int(steps["first_step"] + steps["steps"]))
            hours = np.cumsum(case.time.length[run]) - case.time.length[run]
            for number in range(int(hours[-1] // 24) + 1):
                own = run[(hours >= 24 * number) & (hours < 24 * (number + 1))]
                part = online[:, day : day + 1]
                most.look(above(load[:, own], part), labels, where=year)
                least.look(below(load[:, own], share * part), labels, where=year)
                day += 1
        most.look(above(online, capacity), labels, where=year)
    yield least.finding
    yield most.finding
