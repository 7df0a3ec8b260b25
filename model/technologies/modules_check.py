"""Checks units: how many a plan holds, and that they are whole where the scenario asks for whole ones (R8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, apart, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

WHOLE = 1e-6
"""Part of a module by which a build may miss a whole number."""


@check
def whole_units(case: Case, cube: Any) -> Iterator[Finding]:
    """Units are capacity over the size of one; what is built is a whole number of them where the scenario says so."""
    counted, whole = Tally("reactor units"), Tally("whole modules", WHOLE)
    reactors = case.assets[case.assets["kind"] == "reactor"]
    labels = [str(asset) for asset in reactors.index]
    size = case.reactors["unit_size_th"].reindex(reactors["technology"]).to_numpy(dtype=float)
    for year in case.years if labels else []:
        capacity = taken(cube, "capacity", asset=labels, year=year)
        units = taken(cube, "reactor_units", asset=labels, year=year)
        counted.look(apart(units * size, capacity), labels, where=year)
    if labels and case.scenario.reactors.integer_modules:
        for year in cube["results"]["built"]["build_year"].values:
            built = taken(cube, "built", asset=labels, build_year=int(year)) / size
            whole.look(np.abs(built - np.round(built)), labels, where=int(year))
    given = Tally("units that the scenario gives")
    for design, numbers in case.scenario.reactors.units.items():
        own = reactors[reactors["technology"] == design]
        for year, wanted in numbers.items():
            if year in case.years and len(own):
                stands = taken(cube, "capacity", asset=own.index, year=year).sum()
                there = stands / float(case.reactors["unit_size_th"][design])
                given.look(apart(np.array([there]), wanted, smallest=1.0), [design], where=year)
    yield given.finding
    yield counted.finding
    yield whole.finding
