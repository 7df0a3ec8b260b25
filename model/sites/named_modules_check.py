"""Checks that the designs that a scenario puts at a site stand there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, below, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@check
def modules_that_the_scenario_names(case: Case, cube: Any) -> Iterator[Finding]:
    """A module of every named design stands at its site in each year in which it can."""
    tally = Tally("modules named for a site")
    for site, designs in case.scenario.sites.modules.items():
        for design in designs:
            here = (case.assets["technology"] == design) & (case.assets["node"] == site)
            module = float(case.reactors["unit_size_th"][design])
            for year in case.years:
                able = [str(name) for name in case.assets.index[here] if (name, year) in case.asset_years.index]
                if able:
                    stands = taken(cube, "capacity", asset=able, year=year).sum()
                    tally.look(below(np.array([stands]), module), [f"{design} at {site}"], where=year)
    yield tally.finding
