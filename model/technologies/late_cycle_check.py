"""Checks the minimum load late in the fuel cycle: week by week from the outages that come (smr/README.md F4 (c))."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, below, of_year, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@check
def load_late_in_the_cycle(case: Case, cube: Any) -> Iterator[Finding]:
    """What refuels within the window, less what is off, runs at the late minimum load, and the rest at its own."""
    tally = Tally("minimum load late in the fuel cycle")
    settings = case.scenario.reactors
    dated = settings.refuelling == "decided" and case.scenario.time.mode == "full"
    designs = case.reactors
    known = designs[["outage_length", "outage_interval", "forced_outage_rate", "late_cycle_load"]].notna().all(axis=1)
    known &= designs["late_cycle_share"] > 0.0
    reactors = case.assets[(case.assets["kind"] == "reactor") & case.assets["technology"].isin(designs.index[known])]
    for year in case.years if settings.late_cycle and dated else []:
        minimum = of_year(case.asset_years, year)["minimum_load"]
        for asset, place in reactors[reactors.index.isin(minimum.index)].iterrows():
            design, own = designs.loc[place["technology"]], float(minimum[asset])
            load, online, out, starts, capacity = (
                taken(cube, name, asset=[asset], year=year)[0]
                for name in ("activity", "reactor_online", "reactor_capacity_out", "reactor_outage_start", "capacity")
            )
            late = late_capacity(case, np.asarray(cube["results"]["outage_start"].values, dtype=int), starts, design)
            running = np.maximum(late - (capacity - out - online), 0.0)
            more = max(0.0, design["late_cycle_load"] - own)
            least = (1.0 - design["forced_outage_rate"]) * (own * online + more * running)
            tally.look(below(load, least, max(float(capacity), 1.0))[None, :], [str(asset)], where=year)
    yield tally.finding


def late_capacity(case: Case, grid: np.ndarray, starts: np.ndarray, design: Any) -> np.ndarray:
    """Capacity that refuels within the window from each step on, MW_th, one figure per step."""
    hours, period = float(case.time.length[0]), np.asarray(case.time.period)
    found = np.zeros(case.time.count)
    for number in np.unique(period[grid]):
        mine, steps = np.flatnonzero(period[grid] == number), np.flatnonzero(period == number)
        length = min(len(steps), int(np.ceil(design["outage_length"] * 24.0 / hours - 1e-9)))
        offsets = grid[mine] - steps[0]
        together = max(
            sum((at - start) % len(steps) < max(1, length) for start in offsets.tolist()) for at in offsets.tolist()
        )
        weeks = design["late_cycle_share"] * (design["outage_interval"] * len(mine) - together)
        of_week = np.zeros(len(mine))
        for ahead in range(1, int(max(0.0, weeks) + 1e-9) + 1):
            of_week += np.roll(starts[mine], -ahead)
        weeks_of_steps = np.searchsorted(offsets, np.arange(len(steps)), side="right") - 1
        found[steps] = of_week[weeks_of_steps]
    return found
