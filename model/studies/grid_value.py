"""What the grid is worth, limit by limit, and where one small reactor relieves it or makes it worse (G6).

Two questions to one system, with its small reactors held where the plan has them:

- of every corridor, hosting limit, interconnector and site connection: loading, congested hours, shadow price, and the
  yearly value of one more MW;
- of every node: what one more reactor (300 MW_e unless said) changes.  *Marginal*: from nodal prices, and from the dual
  of its capacity; *by re-solve*: with the reactor forced to stand there, everything else at least cost around it.

Of a scenario all other capacities may adapt, as in the plan itself; of a run they stand as they are.  Siting caps and
build rates of small reactors are set aside for the one reactor that is tried: the question is what the grid would feel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import electricity
from model.errors import InputError, Problem
from model.job import Progress
from model.report.grid_limits import limit_table, place_names
from model.report.settings import time_warnings
from model.studies.framework.asked import sound_amount
from model.studies.framework.points import Point
from model.studies.framework.variants import Row, column_positions, with_bounds, with_limits, with_rows
from model.studies.grid_redispatch import sound
from model.studies.plan import Plan, Precise, plan_of, plan_without, small_reactor_members
from model.studies.smr_range import FREE, small_reactor_columns

if TYPE_CHECKING:
    import xarray as xr

    from model.engine import Compiled
    from model.job import Built
    from model.scenario import Scenario

POWER = 300.0
"""MW_e of the reactor that is tried: one light-water unit."""
AMOUNT = "reactor_tried_at"
SITING = (
    "potential", "shared potentials", "build rate of the country", "build rate of a place", "cooling water of a place",
    "land of a place", "units that the scenario gives", "modules named for a site",
)  # fmt: skip
"""Checks whose limits are set aside for the reactor that is tried."""
WORTHLESS = 1.0
"""EUR/MW a year, up to which a limit at its edge is no congestion: power may take many ways that cost the same."""
NOTICEABLE = 1e5
"""EUR a year; a place or a rent that changes less says nothing."""
FIRST = 1.0
"""MW_e at every node at once, whose duals are the marginal figures: of nothing a dual is not unique."""
RENT_KINDS = ("corridor", "hosting", "substation")
"""Kinds of limits whose rent is the grid's own: shadow price times limit."""


@dataclass(frozen=True)
class GridValue:
    """What the study found.

    Attributes:
        plan: what stands; its small reactors are held.
        built: the scenario of the solves.
        year: milestone year of the reactor.
        power: MW_e.
        limits: `limit_table` of all years, with small reactors.
        without: the same without; None where there is no such plan.
        nodes: one row per node: kind, region, price (EUR/MWh, mean of the hours), price_value and location_value (EUR a
            year for the power in every hour, and its part above the mean price of demand), marginal (EUR a year, what
            the power would save, own cost off), status and, by re-solve, saving (the same unit), rent (change of the
            grid's rent, EUR a year), hours (change of congested hours of limits that are worth something), relieved and
            worsened (limit whose rent falls and grows most), verdict.
        names: of places, as a reader knows them.
        findings: by point, what the check found where it failed.
    """

    plan: Plan
    built: Built
    year: int
    power: float
    limits: pd.DataFrame
    without: pd.DataFrame | None
    nodes: pd.DataFrame
    names: dict[str, str]
    findings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def grid_value(
    scenario: Scenario,
    capacities: str | Path | None = None,
    without: str | Path | None = None,
    power: float | None = None,
    nodes: Sequence[str] = (),
    year: int | None = None,
    folder: str | Path | None = None,
    log_folder: Path | None = None,
    progress: Progress | None = None,
) -> GridValue:
    """Run the study.

    Args:
        scenario: what is operated.
        capacities: result file of the run whose capacities stand; by default the scenario is solved for them.
        without: result file of a run without small reactors, for the comparison.
        power: MW_e of the reactor; by default `POWER`.
        nodes: nodes at which it is tried by re-solve; by default all at which a small reactor may stand.
        year: milestone year; by default the last.
        folder: the data set; by default that of the scenario.
        log_folder: where the logs of HiGHS go.
        progress: told what goes on.

    Raises:
        InputError: faults in scenario or tables, runs that do not fit, options that are none, no place for a reactor.
        NotOptimal, CheckFailed: the plan itself has no sound solution.
    """
    amount = sound_amount("--power", POWER if power is None else power)
    refuse_setting(scenario)
    plan = plan_of(scenario, capacities, folder, _log(log_folder, "plan"), progress)
    other = plan_without(plan, without, folder, _log(log_folder, "plan_without"), progress)
    return value_of(plan, other, amount, nodes, year, _log(log_folder, "solve"), progress)


def value_of(
    plan: Plan,
    other: Plan | None = None,
    power: float = POWER,
    nodes: Sequence[str] = (),
    year: int | None = None,
    log_file: Path | None = None,
    progress: Progress | None = None,
) -> GridValue:
    """The same for plans that are there already."""
    built = plan.built if plan.solution is not None else _operated(plan)
    year = built.case.years[-1] if year is None else year
    tried = _Tried(built, plan, year, power)
    chosen = tried.chosen(nodes)
    count = 2 + len(chosen) + (other is not None and other.cube is None)
    points = Precise(built, count, log_file, progress)
    findings: dict[str, tuple[str, ...]] = {}
    try:
        base = sound(points.solve(tried.base, "the plan", keep_cube=True), "the plan")
        assert base.cube is not None
        tried.standing(base)
        first = sound(
            points.solve(tried.everywhere(FIRST), "the first MW of each node", excused=SITING), "the first MW"
        )
        table = _prices(built, base, year, power)
        duals = {node: -first.dual(f"{AMOUNT} {node}") / _years(built, year) for node in tried.amounts}
        table["marginal"] = power * pd.Series(duals, dtype=float).reindex(table.index)
        table["status"] = np.where(table["marginal"].isna(), "no place", "not asked")
        limits = limit_table(base.cube)
        here = limits[limits["year"] == year]
        for node in chosen:
            point = points.solve(tried.at(node), f"{power:g} MW at {node}", keep_cube=True, excused=SITING)
            if point.findings:
                findings[point.name] = point.findings
            for name, value in _changes(built, base, point, here, year).items():
                table.loc[node, name] = value
    finally:
        points.close()
    table["verdict"] = [
        _verdict(place, rent) for place, rent in zip(table["location_value"], table["rent"], strict=True)
    ]
    return GridValue(
        plan,
        built,
        year,
        power,
        limits,
        _limits_without(other, log_file, progress),
        table,
        place_names(base.cube),
        findings,
        tuple(time_warnings(base.cube)),
    )


def refuse_setting(scenario: Scenario) -> None:
    """Refuse a scenario that has no place for a small reactor, or numbers that have no marginal cost.

    Raises:
        InputError: one problem for each setting.
    """
    found = []
    if not scenario.reactors.enabled:
        found.append(("reactors.enabled", "false", "true: the study tries a small reactor"))
    if scenario.foresight == "myopic":
        found.append(("foresight", "myopic", "perfect: the value of a limit is that of all years together"))
    if scenario.reactors.integer_modules:
        expected = "false: whole numbers have no marginal costs (operate the run: study grid-value RUN.nc)"
        found.append(("reactors.integer_modules", "true", expected))
    if found:
        raise InputError([Problem(scenario.name, "", key, value, expected) for key, value, expected in found])


class _Tried:
    """The program in which small reactors are held, and its variants with one more at a node."""

    def __init__(self, built: Built, plan: Plan, year: int, power: float) -> None:
        self.built, self.year, self.power = built, year, power
        compiled = built.compiled
        columns = small_reactor_columns(built, year)
        positions = column_positions(compiled, "built")
        self.of_built = {(str(asset), int(at)): place for (asset, at), place in positions.items()}
        able = [(str(asset), year) in self.of_built for asset in columns["asset"]]
        self.columns = columns[able].reset_index(drop=True)
        small = small_reactor_members(built) > 0
        places = np.array(list(positions.values()), dtype=int)[small]
        values = plan.held["built"].ravel()[small]
        self.held = dict(zip(places.tolist(), values.tolist(), strict=True))
        own = np.zeros(compiled.column_count, dtype=bool)
        own[places] = True
        own[
            [place for (asset, _), place in column_positions(compiled, "capacity").items() if asset in self._small()]
        ] = True
        compiled = _without_own_limits(compiled, own)
        rows = [
            Row(f"{AMOUNT} {node}", of["column"].to_numpy(), 1e3 * of["gigawatt"].to_numpy())
            for node, of in self.columns.groupby("node", sort=True)
        ]
        targets = {family.name: FREE for family in compiled.rows if family.name == "smr_target"}
        compiled = with_limits(compiled, targets)
        self.base = with_rows(with_bounds(compiled, places, values, values), rows)
        self.amounts: dict[str, float] = {}

    def _small(self) -> set[str]:
        case = self.built.case
        small = set(case.reactors.index[case.reactors["kind"] == "smr"])
        return {str(asset) for asset, technology in case.assets["technology"].items() if technology in small}

    def standing(self, base: Point) -> None:
        """Read from the plan how much stands at each node, MW_e; what is tried comes on top."""
        for node in sorted(set(self.columns["node"])):
            self.amounts[str(node)] = base.total(self.base, f"{AMOUNT} {node}")

    def chosen(self, nodes: Sequence[str]) -> list[str]:
        """Nodes at which the reactor is tried.

        Raises:
            InputError: a node at which none may stand.
        """
        able = sorted(set(self.columns["node"]))
        wrong = [node for node in nodes if node not in able]
        if wrong or not able:
            expected = (
                f"nodes at which a small reactor may be built in {self.year}: {', '.join(able) or 'there are none'}"
            )
            raise InputError([Problem("command line", "", "--nodes", node, expected) for node in wrong or [""]])
        return list(dict.fromkeys(nodes)) or able

    def at(self, node: str) -> Compiled:
        """The program with so much more at a node."""
        return self._with_more({node: self.power})

    def everywhere(self, power: float) -> Compiled:
        """The program with so much more at every node at once, MW_e."""
        return self._with_more(dict.fromkeys(self.amounts, power))

    def _with_more(self, powers: Mapping[str, float]) -> Compiled:
        here = self.columns[self.columns["node"].isin(list(powers))]
        places = np.array([self.of_built[str(asset), self.year] for asset in here["asset"]], dtype=int)
        least = np.array([self.held[int(place)] for place in places])
        totals = {f"{AMOUNT} {node}": (self.amounts[node] + power,) * 2 for node, power in powers.items()}
        return with_limits(with_bounds(self.base, places, least, np.inf), totals)


def _without_own_limits(compiled: Compiled, own: np.ndarray) -> Compiled:
    """Free the limits that hold nothing but capacities of small reactors: caps of places, build rates."""
    entries = np.add.reduceat(np.append(own[compiled.indices], False).astype(int), compiled.pointer[:-1])
    counts = np.diff(compiled.pointer)
    alone = (counts > 0) & (entries == counts) & (compiled.row_lower != compiled.row_upper)
    columns = np.flatnonzero(own)
    upper = compiled.column_upper.copy()
    upper[columns] = np.where(compiled.column_lower[columns] < upper[columns], np.inf, upper[columns])
    return replace(
        compiled,
        row_lower=np.where(alone, -np.inf, compiled.row_lower),
        row_upper=np.where(alone, np.inf, compiled.row_upper),
        column_upper=upper,
    )


def _operated(plan: Plan) -> Built:
    """The scenario with all capacities held but those of small reactors, which the study holds itself."""
    return plan.operated({"built": small_reactor_members(plan.built).reshape(plan.held["built"].shape) > 0})


def _prices(built: Built, base: Point, year: int, power: float) -> pd.DataFrame:
    """What prices say of one more reactor at every node of electricity."""
    assert base.cube is not None
    case, carrier = built.case, electricity(built.case)
    weight = np.asarray(case.time.weight, dtype=float)
    duals, inputs = (base.cube[name].to_dataset() for name in ("duals", "inputs"))
    price = _over_nodes(duals["carrier_balance"], carrier, year).dropna(how="all")
    demand = _over_nodes(inputs["demand"], carrier, year).reindex(price.index).fillna(0.0).clip(lower=0.0)
    total = demand.sum()
    mean = ((price * demand).sum() / total.where(total > 0)).fillna(price.mean())
    of_nodes = case.nodes.reindex(price.index)
    table = pd.DataFrame(
        {
            "kind": of_nodes["kind"].map(str),
            "region": of_nodes["region"].map(str),
            "price": price.to_numpy() @ weight / weight.sum(),
            "price_value": power * (price.to_numpy() @ weight),
            "location_value": power * ((price - mean).to_numpy() @ weight),
        },
        index=price.index.map(str).rename("node"),
    )
    for name in ("saving", "rent", "hours"):
        table[name] = np.nan
    for name in ("relieved", "worsened"):
        table[name] = ""
    return table


def _over_nodes(array: xr.DataArray, carrier: str, year: int) -> pd.DataFrame:
    """Hours of a carrier in a year, one row per node."""
    of = array.sel(carrier=carrier, year=year).transpose("node", "time")
    return pd.DataFrame(of.values, index=pd.Index(of["node"].values), columns=of["time"].values)


def _changes(built: Built, base: Point, point: Point, before: pd.DataFrame, year: int) -> dict[str, Any]:
    """What a re-solve changes against the plan."""
    if point.cube is None:
        return {"status": point.status}
    after = limit_table(point.cube, year)
    labels = ["kind", "place", "direction"]
    both = before.set_index(labels).join(after.set_index(labels), lsuffix="_before", rsuffix="_after", how="outer")
    grid = both[both.index.get_level_values("kind").isin(RENT_KINDS)].fillna(0.0)
    grid = grid[(grid["value_before"] > WORTHLESS) | (grid["value_after"] > WORTHLESS)]
    rent = grid["value_after"] * grid["limit_after"] - grid["value_before"] * grid["limit_before"]
    names = [" ".join(part for part in map(str, key[1:]) if part) for key in rent.index]
    found: dict[str, Any] = {
        "status": "optimal",
        "saving": (base.cost - point.cost) / _years(built, year),
        "rent": float(rent.sum()),
        "hours": float((grid["congested_hours_after"] - grid["congested_hours_before"]).sum()),
    }
    if len(rent):
        least, most = int(rent.to_numpy().argmin()), int(rent.to_numpy().argmax())
        found["relieved"] = names[least] if rent.iloc[least] < -1.0 else ""
        found["worsened"] = names[most] if rent.iloc[most] > 1.0 else ""
    return found


def _years(built: Built, year: int) -> float:
    """Discounted years in which a reactor of that year pays: what turns discounted money into money a year."""
    weights = built.case.discount_weight
    return float(weights[weights.index >= year].sum())


def _verdict(location: float, rent: float) -> str:
    """Relieves where prices say so and rents fall, worsens where both say the other; else mixed; empty: not known."""
    if not (np.isfinite(location) and np.isfinite(rent)):
        return ""
    place, grid = (0.0 if abs(amount) < NOTICEABLE else amount for amount in (location, rent))
    if place == grid == 0.0:
        return "neutral"
    if place >= 0.0 and grid <= 0.0:
        return "relieves"
    return "worsens" if place <= 0.0 and grid >= 0.0 else "mixed"


def _limits_without(other: Plan | None, log_file: Path | None, progress: Progress | None) -> pd.DataFrame | None:
    """The limits of the plan without small reactors; a run that is only held is operated once."""
    if other is None:
        return None
    cube: xr.DataTree | None = other.cube
    if cube is None:
        built = other.operated()
        points = Precise(built, 1, log_file, progress)
        try:
            cube = sound(points.solve(built.compiled, other.name, keep_cube=True), other.name).cube
        finally:
            points.close()
    assert cube is not None
    return limit_table(cube)


def _log(folder: Path | None, name: str) -> Path | None:
    return None if folder is None else folder / f"grid_value_{name}.log"
