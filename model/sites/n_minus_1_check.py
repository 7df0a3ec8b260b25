"""Checks N-1 at sites: what every emergency state does is possible, and covers critical power and heat (B3, F9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, above, below, electricity, of_year, present, profiles, taken
from model.core.registry import check
from model.data.reactors import places_outages

if TYPE_CHECKING:
    from model.data.case import Case

WHOLE = 1e-5
"""How far from a whole number a solver may leave one."""


def states(case: Case, cube: Any, year: int) -> list[tuple[str, str]]:
    """Kinds of module that a site may lose in a year, found from tables: (technology, site)."""
    if not case.scenario.sites.n_minus_1:
        return []
    alive = {str(asset) for asset, of in case.asset_years.index if of == year}
    power = electricity(case)
    found = []
    standing, given = dict(case.existing.items()), dict(case.flows["coefficient"].items())
    for asset, row in case.assets.iterrows():
        if str(asset) not in alive or row["node"] not in case.sites.index:
            continue
        stands = float(standing.get((asset, year), 0.0)) > 0
        gives = float(given.get((asset, power, year), 0.0)) > 0
        if row["kind"] == "reactor" or (row["kind"] == "conversion" and stands and gives):
            found.append((str(row["technology"]), str(row["node"])))
    return sorted(set(found))


def share_of(case: Case, site: str, column: str) -> float:
    """Critical share of a site's load."""
    value = float(case.sites[column][site])
    return 1.0 if np.isnan(value) else value


def load_of(case: Case, site: str, carrier: str, year: int) -> np.ndarray:
    """Load of a carrier at a site, MW."""
    rows = [row for row, key in enumerate(case.demand.index) if key == (site, carrier, year)]
    return np.asarray(case.demand_series, dtype=float)[rows].sum(axis=0) if rows else np.zeros(case.time.count)


class State:
    """One emergency state, read from the cube."""

    def __init__(self, case: Case, cube: Any, lost: str, site: str, year: int) -> None:
        """Read what reactors and other plants of the site do."""
        self.case, self.cube, self.lost, self.site, self.year = case, cube, lost, site, year
        alive = {str(asset) for asset, of in case.asset_years.index if of == year}
        here = [str(a) for a in case.assets.index[case.assets["node"] == site] if str(a) in alive]
        kinds = case.assets["kind"]
        self.reactors = [asset for asset in here if kinds[asset] == "reactor"]
        self.plants = [asset for asset in here if kinds[asset] == "conversion"]

    def of(self, name: str, assets: list[str], **labels: Any) -> np.ndarray:
        """An hourly emergency result of assets: one row of steps each."""
        if not assets:
            return np.zeros((0, self.case.time.count))
        return taken(self.cube, name, lost_technology=self.lost, asset=assets, year=self.year, **labels)

    def capacity(self, assets: list[str], name: str = "capacity") -> np.ndarray:
        """Capacity of assets."""
        return taken(self.cube, name, asset=assets, year=self.year) if assets else np.zeros(0)

    def figure(self, assets: list[str], column: str) -> np.ndarray:
        """A figure of assets in the year."""
        return np.array([float(self.case.asset_years[column][asset, self.year]) for asset in assets])

    def flow(self, carrier: str) -> np.ndarray:
        """What other plants give of a carrier, MW; those without useful output stand still."""
        total = np.zeros(self.case.time.count)
        held = [a for a in self.plants if (a, carrier, self.year) in self.case.flows.index]
        if held:
            rows = self.case.flows.loc[[(asset, carrier, self.year) for asset in held]]
            shape = rows["coefficient"].to_numpy(dtype=float)[:, None] * profiles(self.case, rows["profile"])
            total = (shape * self.of("emergency_activity", held)).sum(axis=0)
        return total

    def design(self, column: str) -> np.ndarray:
        """A figure of the designs of the site's reactors."""
        values = self.case.reactors[column]
        return np.array([float(values[self.case.assets["technology"][asset]]) for asset in self.reactors])

    def loss(self, carrier: str) -> np.ndarray:
        """Power lost per unit of heat of the site's reactors at a grade; NaN where they do not reach it."""
        known, of = self.case.reactor_power_loss, self.case.assets["technology"]
        return np.array([float(known.get((of[asset], carrier), np.nan)) for asset in self.reactors])


@check
def emergency_states(case: Case, cube: Any) -> Iterator[Finding]:
    """With a module out, critical power and heat are covered in every hour by what can be there."""
    power, heat, limit = Tally("N-1 power"), Tally("N-1 heat"), Tally("N-1 limits of plants")
    modules = Tally("N-1 presence of modules")
    for year in case.years:
        for lost, site in states(case, cube, year):
            state = State(case, cube, lost, site, year)
            label = [f"{site} without a {lost}"]
            given = state.design("efficiency") @ state.of("emergency_heat", state.reactors)
            given = given + guaranteed(case, cube, site, year) + state.flow(electricity(case))
            by_grade: dict[str, np.ndarray] = {}
            for carrier in case.carriers.index[case.carriers["kind"] == "heat"]:
                grade = str(carrier)
                extraction = state.of("emergency_extraction", state.reactors, carrier=grade)
                live = state.of("emergency_live_steam", state.reactors, carrier=grade)
                loss = np.nan_to_num(state.loss(grade), nan=1e6)  # a grade out of reach costs beyond all measure
                given = given - loss @ extraction - state.design("efficiency") @ live
                warm = extraction.sum(axis=0) + state.design("live_steam_efficiency") @ live
                by_grade[grade] = state.flow(grade) + warm
            wanted = share_of(case, site, "critical_power") * load_of(case, site, electricity(case), year)
            power.look(below(given, wanted)[None], label, where=year)
            heat.look(short_of_heat(state, by_grade), label, where=year)
            limit.look(beyond_limits(state)[None], label, where=year)
            modules.look(np.array([misplaced_presence(state)]), label, where=year)
    for tally in (power, heat, limit, modules):
        yield tally.finding


def guaranteed(case: Case, cube: Any, site: str, year: int) -> np.ndarray:
    """Contract that holds in an emergency, MW: firm, few hours, and timed rights in granted hours."""
    if not case.scenario.sites.pays_tariffs:
        most = case.sites["contract_import"] + case.sites["contract_growth_max"].fillna(np.inf)
        return np.full(case.time.count, float(most[site]))
    total = np.full(case.time.count, float(taken(cube, "site_contract", node=[site], year=year)[0]))
    kinds = case.tables["contract_classes"].set_index("contract_class")["kind"]
    cells = present(cube, "site_class_contract", year)
    for node, name in zip(cells.get("node", []), cells.get("contract_class", []), strict=True):
        if node == site and kinds[name] != "group":
            part = float(taken(cube, "site_class_contract", node=[site], contract_class=[name], year=year)[0])
            granted = np.ones(case.time.count)
            if kinds[name] in ("duration", "block"):
                held = cube["inputs"]["right_granted"].sel(node=site, contract_class=name, year=year)
                granted = np.nan_to_num(held.values)
            total = total + part * granted
    return total


def short_of_heat(state: State, by_grade: dict[str, np.ndarray]) -> np.ndarray:
    """How far heat falls short, from the hottest grade of each cascade down; one row of steps per grade."""
    case, rows = state.case, []
    heat = case.carriers[case.carriers["kind"] == "heat"]
    share = share_of(case, state.site, "critical_heat")
    for _, grades in heat.groupby(heat["cascade_group"].where(heat["cascade_group"] != "", heat.index.to_series())):
        given, wanted = np.zeros(case.time.count), np.zeros(case.time.count)
        for grade in grades.sort_values("delivery_temperature", ascending=False).index:
            given = given + by_grade[str(grade)]
            wanted = wanted + share * load_of(case, state.site, str(grade), state.year)
            asked = load_of(case, state.site, str(grade), state.year).max(initial=0.0) > 0
            rows.append(below(given, wanted) if asked else np.zeros(case.time.count))
    return np.array(rows).max(axis=0, initial=0.0)[None]


def beyond_limits(state: State) -> np.ndarray:
    """How far reactors and plants go beyond what is there without the module, by step."""
    case, worst = state.case, [np.zeros(state.case.time.count)]
    heat = state.of("emergency_heat", state.reactors)
    capacity = state.capacity(state.reactors)
    worst.append(above(heat, available_of(state, capacity)).max(axis=0, initial=0.0))
    grades = [str(name) for name in case.carriers.index[case.carriers["kind"] == "heat"]]
    extraction = sum((state.of("emergency_extraction", state.reactors, carrier=g) for g in grades), 0.0 * heat)
    live = sum((state.of("emergency_live_steam", state.reactors, carrier=g) for g in grades), 0.0 * heat)
    # A back-pressure turbine has no share: what it extracts is bounded by the power that it gives up.
    share = np.where(state.design("back_pressure_ratio") > 0, 1.0, state.design("extraction_share_max"))
    worst.append(above(extraction, share[:, None] * (heat - live)).max(axis=0, initial=0.0))
    done, held = state.of("emergency_activity", state.plants), state.capacity(state.plants)
    shape = profiles(case, case.assets["availability_profile"].reindex(state.plants))
    most = state.figure(state.plants, "availability")[:, None] * shape * held[:, None]
    worst.append(above(done, most).max(axis=0, initial=0.0))
    for position, asset in enumerate(state.reactors):
        if case.assets["technology"][asset] == state.lost:
            there = presence(state)
            module = float(case.reactors["unit_size_th"][state.lost])
            worst.append(above(heat[position], capacity[position] - there * module))
    for position, asset in enumerate(state.plants):
        if case.assets["technology"][asset] == state.lost:
            kept = float(state.capacity([asset], "existing_kept")[0])
            worst.append(above(done[position], held[position] - largest_share(state) * kept))
    return np.array(worst).max(axis=0)


def presence(state: State) -> float:
    """Whether the lost design is there, by the cube."""
    found = taken(state.cube, "module_present", lost_technology=[state.lost], node=state.site, year=state.year)
    return float(found[0])


def misplaced_presence(state: State) -> float:
    """How far the presence of a lost reactor is from what its capacity, the tables and the scenario say.

    Capacity needs as much presence as it is a share of the most that may stand, and all of it where a plant stands or
    the scenario names the design; a design that is there has a module; with whole modules it is there or not.
    """
    case = state.case
    lost = [asset for asset in state.reactors if case.assets["technology"][asset] == state.lost]
    if not lost:
        return 0.0
    there, capacity = presence(state), float(state.capacity(lost).sum())
    module = float(case.reactors["unit_size_th"][state.lost])
    standing = sum(float(case.existing.get((asset, state.year), 0.0)) for asset in lost)
    fixed = standing > 0 or state.lost in case.scenario.sites.modules.get(state.site, [])
    least = 1.0 if fixed else capacity / max(most_of(state, lost[0]), module)
    gaps = [
        below(np.array([there]), np.array([least])),
        above(np.array([there]), 1.0),
        above(np.array([there * module]), capacity),
    ]
    if case.scenario.reactors.integer_modules:
        gaps.append(np.array([max(0.0, abs(there - round(there)) - WHOLE)]))
    return float(np.max(gaps))


def most_of(state: State, asset: str) -> float:
    """Most of a design that may stand at the site, MW_th: its potential, or what groups leave it by their limits."""
    case = state.case
    most = [float(case.assets["potential"][asset])]
    groups, limits = case.tables["shared_potentials"], case.tables["shared_potential_limits"]
    own = groups[(groups["node"] == state.site) & (groups["technology"] == state.lost) & (groups["factor"] > 0)]
    for group, factor in zip(own["group"], own["factor"], strict=True):
        rows = limits[(limits["group"] == group) & limits["capacity_max"].notna()].sort_values("year")
        if len(rows):
            shared = float(np.interp(state.year, rows["year"].fillna(state.year), rows["capacity_max"]))
            members = groups[groups["group"] == group]
            weight = dict(zip(zip(members["node"], members["technology"], strict=True), members["factor"], strict=True))
            standing = of_year(case.existing, state.year)
            stock = sum(
                float(mw) * weight.get((case.assets["node"][other], case.assets["technology"][other]), 0.0)
                for other, mw in zip(standing.index, standing, strict=True)
            )
            most.append(max(shared, stock) / float(factor))
    return min(most)


def available_of(state: State, capacity: np.ndarray) -> np.ndarray:
    """Heat that reactors can give: the average share, or what is not in refuelling where the model places it."""
    case = state.case
    placed = set(places_outages(case.scenario, case.reactors))
    decided = np.array([case.assets["technology"][asset] in placed for asset in state.reactors], dtype=bool)
    average = np.broadcast_to((state.figure(state.reactors, "availability") * capacity)[:, None], (len(decided), 1))
    if not decided.any():
        return average
    out = taken(state.cube, "reactor_capacity_out", asset=state.reactors, year=state.year)
    return np.where(decided[:, None], capacity[:, None] - out, average)


def largest_share(state: State) -> float:
    """The largest standing plant of the lost kind, per all of it at the site."""
    table = state.case.tables["existing_capacity"]
    here = table[(table["node"] == state.site) & (table["technology"] == state.lost)]
    gone = (here["retirement_year"] <= state.year) | (here["commissioned"] > state.year)
    sizes = here.loc[~gone, "capacity"]
    return float(sizes.max() / sizes.sum()) if len(sizes) else 0.0
