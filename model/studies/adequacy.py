"""Is there enough power when units fail?  Outages drawn over weather years, on the capacities of a run.

The country is one place: power of every unit, wind and sun of each weather year, stores that give as soon as power is
short.  Nothing is optimised, so that thousands of years take seconds; what the rule leaves out stands in
docs/explanation/adequacy.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import yaml

from model.core.checking import electricity, of_year, profiles, taken
from model.cube.adequacy_ledgers import calendar_steps, hydrogen_makers
from model.cube.read import open_run
from model.data import build_case
from model.data.units import unit_table
from model.errors import InputError, Problem
from model.scenario import Scenario
from model.studies.adequacy_draws import Shortage, Store, power_of_units, shortage
from model.studies.redispatch import dispatch_scenarios

if TYPE_CHECKING:
    import xarray as xr

    from model.data.case import Case
    from model.job import Progress

DRAWS = 100
SEED = 1
CLOSE = 1e-3
"""Share of the expected unserved energy to which the firm power that stands for a technology is sought."""
ALONE, WITH_NEIGHBOURS = "alone", "with_neighbours"
READ, DRAW = "read the tables", "draw outages"


@dataclass(frozen=True)
class Fleet:
    """All units of one place and technology.

    Args:
        technology: technology, design or interconnector.
        capacity: what gives power when nothing fails, MW.
        derating: share of it that is there on average while no unit fails (planned outages).
        size: MW of a unit; not a number where nothing fails by units.
        rate: share of the time in which a unit is out without plan.
        repair: mean length of such an outage, h.
        profile: label of the weather that it depends on; empty: none.
        abroad: whether it brings power from neighbours.
    """

    technology: str
    capacity: float
    derating: float
    size: float
    rate: float
    repair: float
    profile: str = ""
    abroad: bool = False

    @property
    def drawn(self) -> bool:
        """Whether its outages are drawn."""
        return bool(np.isfinite(self.size) and np.isfinite(self.repair) and self.rate > 0.0)


@dataclass
class Adequacy:
    """What the study found.

    Args:
        case: the run's case.
        run_name: name of the run.
        year: milestone year of the capacities.
        weather_years: weather years, alike likely.
        draws: draws of a weather year.
        seed: seed of all draws.
        fleets: what gives power.
        stores: stores of electricity by technology.
        shortages: by `alone` or `with_neighbours` and weather year, what is short.
        hours: hours by weather year.
        peaks: highest residual load by weather year, MW.
        firm_view: view in which that was asked: with neighbours, if anything is short there.
        firm: by technology, capacity (MW), firm (MW of power that never fails which it could be replaced by).
    """

    case: Case
    run_name: str
    year: int
    weather_years: list[int]
    draws: int
    seed: int
    fleets: list[Fleet]
    stores: dict[str, Store]
    shortages: dict[str, dict[int, Shortage]] = field(default_factory=dict)
    hours: dict[int, int] = field(default_factory=dict)
    peaks: dict[int, float] = field(default_factory=dict)
    firm_view: str = ALONE
    firm: pd.DataFrame = field(default_factory=pd.DataFrame)


def adequacy(
    run_file: str | Path,
    year: int | None = None,
    weather_years: Sequence[int] = (),
    draws: int = DRAWS,
    seed: int = SEED,
    firm: bool = True,
    folder: str | Path | None = None,
    progress: Progress | None = None,
) -> Adequacy:
    """Run the study.

    Args:
        run_file: result file of a run that chose its capacities.
        year: milestone year; by default the last.
        weather_years: weather years of the data set; by default those of the run.
        draws: draws of a weather year.
        seed: seed of all draws.
        firm: also say by how much firm power each technology with units could be replaced.
        folder: the data set; by default that of the run's scenario.
        progress: told what goes on.

    Raises:
        InputError: no such run, year or weather year; a run of single devices; fewer than two draws.
    """
    tell = progress or (lambda stage, text: None)
    if not Path(run_file).is_file():
        raise InputError([Problem(str(run_file), "", "", "", "a result file (made by `smr-grid-nl run`)")])
    if draws < 2:
        raise InputError([Problem("--draws", "", "N", str(draws), "at least 2: fewer say nothing of chance")])
    tell(READ, "")
    with open_run(run_file) as cube:
        own = Scenario.model_validate(yaml.safe_load(cube["run"].attrs["scenario_yaml"]))
        if own.time.mode == "snapshots":
            expected = "a run of technologies: single devices have no table of units"
            raise InputError([Problem(str(run_file), "", "time.mode", "snapshots", expected)])
        years = list(weather_years) or list(own.weather_years)
        scenarios = [
            dispatch_scenarios(run_file, [year] if year else [], [f"weather_years=[{weather}]", "weather_weights=null"])
            for weather in years
        ]
        year = year or max(scenarios[0])
        case = build_case(own, folder)
        use = power_used(case, cube, year)
        fleets = fleets_of(case, cube, year)
        found = Adequacy(case, own.run_name, year, years, draws, seed, fleets, stores_of(case, cube, year))
    study = _Study(found, tell)
    for weather, by_year in zip(years, scenarios, strict=True):
        study.weather(weather, build_case(by_year[year], folder), use)
    if firm:
        study.firm()
    return found


def fleets_of(case: Case, cube: xr.DataTree, year: int) -> list[Fleet]:
    """What gives electricity in a year, by place: technologies, reactors, interconnectors."""
    units = unit_table(case)
    power = of_year(case.flows, year)["coefficient"]
    power = power[power.index.get_level_values("carrier") == electricity(case)].droplevel("carrier")
    available = of_year(case.asset_years, year)["availability"]
    found = []
    reactors: Any = case.reactors
    for asset, place in case.assets.sort_index().iterrows():
        technology, kind = str(place["technology"]), str(place["kind"])
        given = float(power.get(asset, 0.0)) if kind == "conversion" else 0.0
        if kind == "reactor":
            given = float(reactors.at[technology, "efficiency"])
        capacity = given * float(taken(cube, "capacity", asset=[asset], year=year)[0])
        if capacity > 1e-3 and asset in available.index:
            found.append(
                _fleet(units, technology, capacity, float(available[asset]), str(place["availability_profile"]))
            )
    abroad: Any = case.interconnectors
    for (name, of), row in abroad.iterrows():
        capacity, arrives = float(row["import_capacity"]), 1.0 - float(row["loss"])
        if of == year and capacity > 0:
            fleet = _fleet(units, str(name), capacity, 1.0, abroad=True)
            found.append(replace(fleet, capacity=capacity * arrives, size=fleet.size * arrives))
    return found


def _fleet(units: Any, name: str, capacity: float, available: float, profile: str = "", abroad: bool = False) -> Fleet:
    """A fleet whose mean availability stays that of the tables: forced outages are drawn, the rest is an average."""
    size, rate, repair = (
        float(units.at[name, figure]) if name in units.index else np.nan
        for figure in ("unit_size", "forced_outage_rate", "repair_time")
    )
    drawn = np.isfinite(size) and np.isfinite(repair) and rate > 0.0
    derating = min(1.0, available / (1.0 - rate)) if drawn else available
    return Fleet(
        name, capacity, derating, size, rate if drawn else 0.0, repair, profile if profile != "nan" else "", abroad
    )


def stores_of(case: Case, cube: xr.DataTree, year: int) -> dict[str, Store]:
    """Stores of electricity, all of a technology in one; those of no capacity are left out."""
    sums: dict[str, list[float]] = {}
    for _, row in case.stores.sort_index().iterrows():
        if row["carrier"] != electricity(case):
            continue
        parts = [row["charge_asset"], row["discharge_asset"], row["energy_asset"]]
        sizes = [float(taken(cube, "capacity", asset=[part], year=year)[0]) for part in parts]
        technology = str(case.assets.at[row["energy_asset"], "technology"])
        ends = [float(row["charge_efficiency"]), float(row["discharge_efficiency"])]
        before = sums.get(technology, [0.0, 0.0, 0.0])
        sums[technology] = [*(one + more for one, more in zip(before, sizes, strict=False)), *ends]
    return {name: Store(*values) for name, values in sums.items() if values[1] > 1e-3 and values[2] > 1e-3}


def power_used(case: Case, cube: xr.DataTree, year: int) -> dict[int, np.ndarray]:
    """Power that technologies use in every hour of the run's weather years as dispatched, MW.

    Makers of hydrogen and what the table units says stops are left out: they stop when power is short.
    """
    units = unit_table(case)
    stopping = hydrogen_makers(case) | set(units.index[units["stops"]])
    flows = of_year(case.flows, year)
    flows = flows[flows.index.get_level_values("carrier") == electricity(case)].droplevel("carrier")
    flows = flows[(flows["coefficient"] < 0) & (case.assets["kind"].reindex(flows.index) == "conversion").to_numpy()]
    flows = flows[~case.assets["technology"].reindex(flows.index).isin(stopping).to_numpy()]
    used = np.zeros(case.time.count)
    for asset, row in flows.iterrows():
        run = taken(cube, "activity", asset=[asset], year=year)[0]
        used -= float(row["coefficient"]) * run * profiles(case, [row["profile"]])[0]
    length = max(1, round(float(case.time.length[0])))
    return {int(weather): np.repeat(used[steps], length) for weather, steps in calendar_steps(case).items()}


class _Study:
    """Draws outages weather year by weather year and keeps what is needed to ask again."""

    def __init__(self, found: Adequacy, tell: Any) -> None:
        self.found, self.tell = found, tell
        self.margins: dict[int, np.ndarray] = {}
        self.abroad: dict[int, np.ndarray] = {}
        self.power: dict[tuple[int, str], np.ndarray] = {}

    def weather(self, weather: int, case: Case, use: dict[int, np.ndarray]) -> None:
        """One weather year: load, what is drawn of every fleet, what is short."""
        self.tell(DRAW, f"weather of {weather}")
        found, count = self.found, case.time.count
        wanted = np.array([(c, y) == (electricity(case), found.year) for _, c, y in case.demand.index], dtype=bool)
        load = np.asarray(case.demand_series[wanted], dtype=float).sum(axis=0) + used_in(use, weather, count)
        margin = np.tile(-load, (found.draws, 1))
        abroad = np.zeros_like(margin)
        offered = np.zeros(count)
        for number, fleet in enumerate(found.fleets):
            shape = profiles(case, [fleet.profile])[0] if fleet.profile else np.ones(count)
            random = np.random.default_rng([found.seed, weather, number])
            up: Any = fleet.capacity
            if fleet.drawn:
                up = power_of_units(fleet.capacity, fleet.size, fleet.rate, fleet.repair, count, found.draws, random)
            given = up * (fleet.derating * shape)
            if fleet.abroad:
                abroad += given
                continue
            margin += given
            offered += fleet.capacity * fleet.derating * shape if fleet.profile else 0.0
            if fleet.drawn and not fleet.profile:
                key = (weather, fleet.technology)
                self.power[key] = self.power.get(key, 0.0) + np.asarray(given, dtype=np.float32)
        found.hours[weather], found.peaks[weather] = count, float((load - offered).max())
        stores = list(found.stores.values())
        self.margins[weather] = margin
        found.shortages.setdefault(ALONE, {})[weather] = shortage(margin, stores)
        if any(fleet.abroad for fleet in found.fleets):
            self.abroad[weather] = abroad
            found.shortages.setdefault(WITH_NEIGHBOURS, {})[weather] = shortage(margin + abroad, stores)

    def firm(self) -> None:
        """Power that never fails by which each technology could be replaced, the energy unserved alike (bisection)."""
        found = self.found
        if any(one.energy.any() for one in found.shortages.get(WITH_NEIGHBOURS, {}).values()):
            found.firm_view = WITH_NEIGHBOURS
            self.margins = {weather: margin + self.abroad[weather] for weather, margin in self.margins.items()}
        goal = self._unserved({})
        rows = []
        for technology in sorted({name for _, name in self.power}):
            self.tell(DRAW, f"firm power of {technology}")
            capacity = sum(f.capacity for f in found.fleets if f.technology == technology and f.drawn)
            low, high = 0.0, capacity
            if goal <= 0.0:
                low = high = np.nan
            while high - low > CLOSE * capacity:
                middle = 0.5 * (low + high)
                changed = {weather: middle - self.power[weather, technology] for weather in self.margins}
                low, high = (low, middle) if self._unserved(changed) <= goal else (middle, high)
            sizes = sorted({f.size for f in found.fleets if f.technology == technology})
            rows.append((technology, sizes[0], capacity, 0.5 * (low + high)))
        table = pd.DataFrame(rows, columns=["technology", "unit_size", "capacity", "firm"])
        found.firm = table.assign(share=table["firm"] / table["capacity"]).set_index("technology")

    def _unserved(self, changed: dict[int, np.ndarray]) -> float:
        """Mean energy that is not served, MWh a year, with power changed by so much."""
        stores = list(self.found.stores.values())
        return float(
            np.mean([shortage(margin + changed.get(weather, 0.0), stores).energy.mean()
                     for weather, margin in self.margins.items()])
        )  # fmt: skip


def used_in(use: dict[int, np.ndarray], weather: int, count: int) -> np.ndarray:
    """Power used in the hours of a weather year: of that year where the run saw it, else the mean of those it saw."""
    own = [use[weather]] if weather in use else list(use.values())
    return np.asarray(np.mean([np.resize(series, count) for series in own], axis=0))


def expectation(values: dict[int, np.ndarray]) -> tuple[float, float]:
    """Mean over weather years of the means over draws, and half the width of its 95 % interval of chance.

    The interval is that of the draws; the weather years themselves are taken as they are.
    """
    means = [float(value.mean()) for value in values.values()]
    variance = sum(float(value.var(ddof=1)) / len(value) for value in values.values()) / len(values) ** 2
    return float(np.mean(means)), 1.96 * float(np.sqrt(variance))
