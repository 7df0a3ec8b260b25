"""The ledgers of reactors and of the worst week, reckoned anew from inputs and results (R9, F10, F12).

Written apart from the ledgers: reactor by reactor, from the results of the reactors' own equations, in SI units where
the ledgers use factors.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.core.checking import Finding, Tally, above, apart, below, of_year, profiles, taken
from model.cube.adequacy_check import worst_week_found_anew

REACTOR_FILES = "model/technologies/reactor"
SECONDS_OF_DAY = 86_400.0
SMALLEST = {
    "EUR": 1e6, "EUR/year": 1e6, "TWh_th/year": 1.0, "TWh_e/year": 1.0, "TWh/year": 1.0, "t/year": 1.0, "h/year": 100.0,
    "m3/s": 1.0, "ha": 1.0, "Mt/year": 1.0, "MW": 1e3, "MW_e": 1e3, "1": 1.0, "1/year": 1.0,
}  # fmt: skip
"""Size below which no figure counts when a difference is set against it, in its unit."""


class Book:
    """Compares figures with the ledgers of a cube, one finding per ledger."""

    def __init__(self, cube: xr.DataTree) -> None:
        """Start with nothing compared."""
        self.ledgers: Any = cube["ledgers"]
        self.tallies: dict[str, Tally] = {}

    def compare(self, name: str, values: pd.Series) -> None:
        """Hold figures over labels, zero where there are none, against a ledger of the same dimensions."""
        if name not in self.ledgers:
            return
        array = self.ledgers[name]
        tally = self.tallies.setdefault(name, Tally(f"ledger {name.replace('_', ' ')}"))
        labels = values.index.to_frame(index=False)
        found = np.array(
            [float(array.sel(row).values) if _has(array, row) else 0.0 for row in labels.to_dict("records")]
        )
        wanted = values.to_numpy(dtype=float)
        both = np.isnan(found) & np.isnan(wanted)
        excess = apart(np.where(both, 0.0, found), np.where(both, 0.0, wanted), 0.0, SMALLEST[array.attrs["units"]])
        tally.look(excess, [tuple(row) for row in labels.to_numpy()])

    def sums(self, name: str, nodes: list[str], year: int, values: list[float]) -> None:
        """Hold sums over all designs of a node, in a year, against a ledger by design, node and year.

        A sum that is no number (nothing to reckon it by) may be absent or zero: what stands idle has none of it.
        """
        array = self.ledgers[name]
        held = array.sel(year=year, node=nodes).sum("design", min_count=1).values
        pairs = pd.DataFrame({"held": held, "wanted": values})
        pairs = pairs[~(pairs["wanted"].isna() & (pairs["held"].isna() | (pairs["held"] == 0.0)))]
        tally = self.tallies.setdefault(name, Tally(f"ledger {name.replace('_', ' ')}"))
        excess = apart(pairs["held"].to_numpy(), pairs["wanted"].to_numpy(), 0.0, SMALLEST[array.attrs["units"]])
        tally.look(excess, [nodes[row] for row in pairs.index], where=year)

    def total(self, name: str, year: int) -> float:
        """Sum of a ledger in a year."""
        return float(self.ledgers[name].sel(year=year).sum())

    def equal(self, name: str, held: float, wanted: float, year: int) -> None:
        """Hold a sum of a ledger, in a year, against a figure."""
        tally = self.tallies.setdefault(name, Tally(f"ledger {name.replace('_', ' ')}"))
        smallest = SMALLEST[self.ledgers[name].attrs["units"]]
        tally.look(apart(np.array([held]), np.array([wanted]), 0.0, smallest), [year])

    def at_most(self, name: str, most: float, year: int) -> None:
        """Hold a ledger by year under a figure."""
        tally = self.tallies.setdefault(name, Tally(f"ledger {name.replace('_', ' ')}"))
        tally.look(above(self.ledgers[name].sel(year=year).values.reshape(1), most), [year])

    def between(self, name: str, labels: dict[str, Any], bounds: list[float]) -> None:
        """Hold one figure of a ledger within bounds (equal ones: an equation); nothing where a bound is NaN."""
        if not np.isnan(bounds).any():
            value = self.ledgers[name].sel(labels).values.reshape(1)
            tally = self.tallies.setdefault(name, Tally(f"ledger {name.replace('_', ' ')}"))
            tally.look(above(value, max(bounds), 1.0) + below(value, min(bounds), 1.0), [tuple(labels.values())])


def _has(array: xr.DataArray, labels: dict[Any, Any]) -> bool:
    return all(value in array.coords[dim].values for dim, value in labels.items())


def ledgers_found_anew(case: Any, cube: xr.DataTree, registry: Any) -> Iterable[Finding]:
    """Every figure of the reactors' ledgers, and of the worst week, follows from inputs and results.

    Args:
        case: the case that was solved.
        cube: its cube.
        registry: its records of kind `checked_supply` say what features give to balances; without any, what follows
            from them is not compared.
    """
    book = Book(cube)
    sources = [record for record in registry.of_kind("checked_supply") if record.function is not None]
    reactors = case.assets[case.assets["kind"] == "reactor"]
    if "spent_fuel" in book.ledgers and len(reactors):
        for year in case.years:
            _reactors(case, cube, book, reactors, year, sources)
        _started(case, cube, book, reactors)
    if "worst_week_margin" in book.ledgers:
        for year in case.years:
            worst_week_found_anew(case, cube, book, year, sources)
    return [tally.finding for tally in book.tallies.values()]


def _reactors(case: Any, cube: xr.DataTree, book: Book, reactors: pd.DataFrame, year: int, sources: list[Any]) -> None:
    weight = np.asarray(case.time.weight, dtype=float)
    sites = case.tables["reactor_sites"].set_index("node")
    capacities = taken(cube, "capacity", asset=reactors.index, year=year)
    energies = taken(cube, "activity", asset=reactors.index, year=year) @ weight
    money_of = _money(case, cube, reactors, year)
    rows = []
    for (asset, place), capacity, energy in zip(reactors.iterrows(), capacities, energies, strict=True):
        design = case.reactors.loc[place["technology"]]
        joules, money = float(energy) * 3.6e9, money_of[asset]
        tower = place["node"] in sites.index and sites.at[place["node"], "cooling"] == "tower"
        lost = 1.0 - design["efficiency"] if design["efficiency"] > 0.0 else design["dump_share_max"]
        kelvin = design["cooling_water_rise"]
        per_megawatt = design["tower_evaporation"] / 3600.0 if tower else 1e6 / (4186.0 * 1000.0 * kelvin)
        share = design["decommissioning"]
        rows.append(
            {
                "design": place["technology"],
                "node": place["node"],
                "year": year,
                "reactor_units": capacity / design["unit_size_th"],
                "reactor_electric_capacity": capacity * design["efficiency"],
                "reactor_heat": joules / 3.6e15,
                "spent_fuel": joules / SECONDS_OF_DAY / 1e9 / design["burn_up"],
                "waste_fee": joules / 3.6e9 * design["waste_fee"],
                "decommissioning_fund": money["fund"],
                "decommissioning_cost": money["whole"] * (0.0 if np.isnan(share) else share),
                "reactor_spending": money["spent"],
                "domestic_spending": money["spent"] * design["domestic_share"],
                "cooling_water_full_load": per_megawatt * lost * capacity,
                "reactor_land": capacity * design["land_use"],
                "capacity": capacity,
                "each": per_megawatt,
            }
        )
    table = pd.DataFrame(rows).groupby(["design", "node", "year"]).sum(min_count=1)
    hours = table["reactor_heat"] * 1e6 / table["capacity"]
    book.compare("reactor_full_load_hours", hours.where(table["capacity"] > 0.5))
    for name in table.columns.drop(["capacity", "each"]):
        book.compare(name, table[name])
    of_place = table.groupby(["node", "year"])
    book.compare("place_cooling_water", of_place["cooling_water_full_load"].sum())
    book.compare("place_land", of_place["reactor_land"].sum())
    water = {str(node): rows["each"].tolist() for node, rows in pd.DataFrame(rows).groupby("node")}
    _given(case, cube, book, year, water, sources)


def _money(case: Any, cube: xr.DataTree, reactors: pd.DataFrame, year: int) -> dict[Any, dict[str, float]]:
    """Of every reactor: what its fund is paid, overnight cost of what stands, and of what is built in the year, EUR."""
    found = {asset: {"fund": 0.0, "whole": 0.0, "spent": 0.0} for asset in reactors.index}
    options = case.build_options[case.build_options.index.isin(reactors.index, level="asset")]
    for (asset, build), option in options.iterrows():
        built = float(taken(cube, "built", asset=[asset], build_year=[build])[0])
        alive = build <= year < build + option["lifetime"]
        found[asset]["fund"] += built * option["decommissioning_annuity"] * alive
        found[asset]["whole"] += built * option["overnight"] * alive
        found[asset]["spent"] += built * option["overnight"] * (build == year)
    return found


def _given(
    case: Any, cube: xr.DataTree, book: Book, year: int, water: dict[str, list[float]], sources: list[Any]
) -> None:
    """What reactors give at each node, the carbon avoided by it, their water and hydrogen: by the features' checks."""
    weight = np.asarray(case.time.weight, dtype=float)
    if not sources:
        return
    given = _flows_at(case, cube, year, set(water), sources)
    released = _reference(case, year)
    rows: dict[str, list[float]] = {name: [] for name in BY_NODE}
    nodes = sorted(water)
    for node in nodes:
        at = {what: given.get((node, what), np.zeros(case.time.count)) for what in FLOWS}
        power, heat = (float(at[what] @ weight) / 1e6 for what in ("power", "heat"))
        rows["reactor_power_given"].append(power)
        rows["reactor_heat_given"].append(heat)
        made = (("electricity", power), ("heat", heat))
        rows["avoided_co2"].append(sum(energy * released[kind] for kind, energy in made if energy))
        share = at["power above zero"] / np.where(at["all power"] > 0.0, at["all power"], np.inf)
        rows["reactor_hydrogen"].append(float((share * at["hydrogen"]) @ weight) / 1e6)
        assets = case.assets.index[(case.assets["kind"] == "reactor") & (case.assets["node"] == node)].tolist()
        heats = taken(cube, "activity", asset=assets, year=year).sum(axis=0)
        for name, sign in (("reactor_store_charge", -1.0), ("reactor_store_discharge", 1.0)):
            if name in cube["results"]:
                heats = heats + sign * taken(cube, name, asset=assets, year=year).sum(axis=0)
        rejected = float(np.maximum(heats - at["power"] - at["heat"], 0.0).max())
        needs = [each * rejected for each in water[node]]
        book.between("place_cooling_water_peak", {"node": node, "year": year}, needs)
        running = case.assets.loc[assets, "technology"][taken(cube, "capacity", asset=assets, year=year) > 0.0].unique()
        for design in running:  # the only one takes all of it; one of several no more than all
            least = needs if len(running) == 1 else [0.0, *needs]
            book.between("cooling_water_peak", {"design": design, "node": node, "year": year}, least)
    for name, values in rows.items():
        book.sums(name, nodes, year, values)


BY_NODE = ("reactor_power_given", "reactor_heat_given", "avoided_co2", "reactor_hydrogen")


FLOWS = ("power", "power above zero", "heat", "all power", "hydrogen")


def _flows_at(
    case: Any, cube: xr.DataTree, year: int, nodes: set[str], sources: list[Any]
) -> dict[tuple[str, str], np.ndarray]:
    """What reactors give at their nodes, all power given there and the hydrogen made there, MW in every step."""
    kinds = case.carriers["kind"].to_dict()
    found: dict[tuple[str, str], np.ndarray] = {}

    def book(node: str, what: str, values: np.ndarray) -> None:
        found[node, what] = found.get((node, what), 0.0) + values

    for record in sources:
        reactors = record.file.startswith(REACTOR_FILES)
        for supply in record.function(case, cube, year):
            for node, carrier, values in zip(supply.nodes, supply.carriers, supply.values, strict=True):
                if node not in nodes:
                    continue
                kind, positive = kinds[carrier], np.maximum(values, 0.0)
                if kind == "electricity":
                    book(node, "all power", positive)
                if reactors and kind == "electricity":
                    book(node, "power", values)
                    book(node, "power above zero", positive)
                if reactors and kind == "heat":
                    book(node, "heat", values)
    for asset, flows in of_year(case.flows, year).groupby(level="asset"):
        node, row = str(case.assets.at[asset, "node"]), flows.droplevel("asset")
        taken_kinds = {kinds[carrier] for carrier in row.index[row["coefficient"] < 0]}
        if node not in nodes or "electricity" not in taken_kinds or taken_kinds - {"electricity", "heat"}:
            continue
        for carrier in row.index[row["coefficient"] > 0]:
            if kinds[carrier] == "hydrogen":
                multiplier = row.at[carrier, "coefficient"] * profiles(case, [row.at[carrier, "profile"]])[0]
                book(node, "hydrogen", multiplier * taken(cube, "activity", asset=[asset], year=year)[0])
    return found


def _reference(case: Any, year: int) -> dict[str, float]:
    """Least CO2 per unit of power, and of heat, of what makes only that from a fuel of reference; NaN without any."""
    factors: dict[Any, float] = {}
    for carrier, row in case.carriers.iterrows():
        if row["reference_fuel"] == "yes":
            factors |= {name: float(row["emission_factor"]) for name in (carrier, row["balanced_as"]) if name}
    least = {"electricity": np.nan, "heat": np.nan}
    table = of_year(case.flows, year)["coefficient"]
    for _, flows in table.groupby(level="asset"):
        flows = flows.droplevel("asset")
        burnt = sum(-flows[carrier] * factor for carrier, factor in factors.items() if flows.get(carrier, 0.0) < 0.0)
        if not any(flows.get(carrier, 0.0) < 0.0 for carrier in factors):
            continue
        given = {
            kind: sum(
                value for carrier, value in flows.items() if value > 0 and case.carriers.at[carrier, "kind"] == kind
            )
            for kind in least
        }
        for kind, other in (("electricity", "heat"), ("heat", "electricity")):
            if given[kind] > 0 and given[other] == 0:
                least[kind] = np.fmin(least[kind], burnt / given[kind])
    return least


def _started(case: Any, cube: xr.DataTree, book: Book, reactors: pd.DataFrame) -> None:
    """Units started per year: what all places build, over unit size and the years in which it can have been started."""
    rows: dict[tuple[str, int], list[float]] = {}
    options = case.build_options[case.build_options.index.isin(reactors.index, level="asset")]
    for (asset, build), option in options.iterrows():
        if build not in case.years:
            continue
        design = reactors.at[asset, "technology"]
        earlier = [year for year in case.scenario.years if year < build]
        since = max(earlier) if earlier else min(case.scenario.investment.stock_year, build)
        first = case.technologies.at[design, "earliest_year"]
        years = max(1.0, build - np.fmax(since, first))
        units = (
            float(taken(cube, "built", asset=[asset], build_year=[build])[0]) / case.reactors.at[design, "unit_size_th"]
        )
        row = rows.setdefault((str(design), int(build)), [0.0, np.nan])
        row[0] += units / years
        row[1] = np.fmax(row[1], option["build_rate_max"] / case.reactors.at[design, "unit_size_th"])
    index = pd.MultiIndex.from_tuples(list(rows), names=["design", "year"])
    for place, name in enumerate(("units_started", "units_started_max")):
        if rows:
            book.compare(name, pd.Series([row[place] for row in rows.values()], index=index))
