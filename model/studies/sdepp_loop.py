"""The round trip of S4 as one function: hold capacity in the program, read prices, bid, hold the round, build.

`model.studies.sdepp_equilibrium` runs it to a fixed point for a scenario.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast

import numpy as np
import pandas as pd

from model.errors import CheckFailed, InputError, NotOptimal, Problem
from model.job import CONTRADICTIONS, SOLVE, Built, Progress, advice, solver_settings
from model.sdepp.attrition import drawn, share_lost, withdrawals
from model.sdepp.prices import Prices, load_prices
from model.sdepp.switches import DEFAULT, Switches
from model.sdepp.tender import hold
from model.studies.framework.points import checked_cube
from model.studies.framework.variants import column_positions, with_bounds
from model.studies.sdepp_fixed_point import FixedPoint, Iterate, Response, Rules, fixed_point
from model.studies.sdepp_room import Room, room_of
from model.studies.sdepp_signal import Signal, signal_of
from model.studies.sdepp_sums import by_place

if TYPE_CHECKING:
    import xarray as xr

    from model.engine import Compiled, SolverSettings
    from model.sdepp.rounds import Round

Attrition = Literal["expected", "drawn", "none"]
Unsubsidised = Literal["no", "projects", "system"]
Start = Literal["optimum", "nothing"]
ITERATE = "iterate"
"""Stage that progress is told of with one line per iterate."""
KEY = ["asset", "build_year"]
STRIDE = 10_007
"""Between the seeds of two rounds of one market."""
EMERGENCY = ("unserved", "carbon_backstop")
"""Cost items that tell that the system cannot do what is asked of it."""


class Market(Protocol):
    """Who applies.

    Attributes:
        round: the round that is held.
        categories: its categories, as `load_categories` gives them.
        keys: (asset, build_year) of everything that an award may build; what of it is not awarded is not built.
    """

    @property
    def round(self) -> Round:
        """The round."""

    @property
    def categories(self) -> pd.DataFrame:
        """Its categories."""

    @property
    def keys(self) -> pd.MultiIndex:
        """What an award may build."""

    def applications(self, signal: Signal, seed: int) -> pd.DataFrame:
        """Give the applications at these prices.

        Returns:
            As `model.sdepp.applications.applications_from` gives them, with asset, build_year and capacity_per_award
            (capacity units of the asset per MW or t/h of award), and where known capture_price and correction
            (EUR/unit).  The same for the same prices and seed.
        """

    def unsubsidised(self, signal: Signal, seed: int) -> pd.DataFrame:
        """Give the projects that need no subsidy at these prices.

        Returns:
            application (the id that it would apply with), technique, asset, build_year, capacity (MW or t/h),
            capacity_per_award.
        """


@dataclass(frozen=True)
class Choices:
    """What is assumed around the loop.

    Args:
        seed: of the candidates, the lottery and drawn attrition.
        attrition: `expected`: withdrawals before the decision drawn by seed, what is never built as its expected share;
            `drawn`: both drawn; `none`.
        unsubsidised: what is built without an award of what the categories serve.  `no`: nothing; `projects`: the
            candidates that need no subsidy at the prices, with the attrition of awards; `system`: whatever the program
            finds worth its cost, up to the potential.
        start: capacity held first: what the system would build of it, or nothing.
        regional: a project earns the price of its own region; else that of the country.
        prices: price scenario of the drivers that the system does not price (gas, motor fuel, guarantees, CO2).
        carbon_shadow: CO2 at the shadow price of the cap instead of that of the price scenario.
        imbalance: cost of imbalance, EUR/kWh, by technology.
        switches: open points of the legal text; their seed is that of these choices.
    """

    seed: int = 1
    attrition: Attrition = "expected"
    unsubsidised: Unsubsidised = "system"
    start: Start = "optimum"
    regional: bool = False
    prices: str = "tyndp_nt"
    carbon_shadow: bool = False
    imbalance: Mapping[str, float] = field(default_factory=dict)
    switches: Switches = DEFAULT


class System:
    """A built scenario that is solved anew for every capacity that is held in it.

    Every solve begins without a basis, so that prices depend on what is held alone.
    """

    def __init__(self, built: Built, keys: pd.MultiIndex, open_above: bool, log_file: Path | None = None) -> None:
        """Find the columns of what is held.

        Raises:
            InputError: a key that the program cannot build.
        """
        positions = column_positions(built.compiled, "built")
        problems = [
            Problem("equilibrium", "", "asset", f"{asset}, {year}", "what the scenario may build in that year")
            for asset, year in keys
            if (asset, year) not in positions
        ]
        if problems:
            raise InputError(problems)
        self.built, self.keys, self.open_above, self.log_file = built, keys, open_above, log_file
        self.columns = np.array([positions[key] for key in keys], dtype=np.int64)
        self.room = room_of(built, keys, self.columns)

    def solve(self, held: pd.Series | None, name: str, tell: Progress | None = None) -> xr.DataTree:
        """Solve with a capacity held (nothing held where it is None), check and label.

        Raises:
            NotOptimal: no optimum with this capacity.
            CheckFailed: the solution contradicts the inputs.
        """
        compiled, settings = self.built.compiled, solver_settings(self.built.scenario)
        if held is not None:
            low = self.room.fit(held.reindex(self.keys).to_numpy(float))
            high = np.maximum(low, self.room.most) if self.open_above else low
            compiled = with_bounds(compiled, self.columns, low, high)

        def line(text: str) -> None:
            if tell is not None:
                tell(SOLVE, f"{name}: {text}")

        line("begins")
        try:
            return self._solved(compiled, settings, name, line)
        except CheckFailed:
            # An interior method leaves some dust; a vertex meets the same rows exactly.
            return self._solved(compiled, replace(settings, crossover=True), name, line)

    def _solved(
        self, compiled: Compiled, settings: SolverSettings, name: str, line: Callable[[str], None]
    ) -> xr.DataTree:
        from model.engine import diagnose, solve

        solution = solve(compiled, settings, self.log_file, line)
        if solution.status != "optimal":
            contradiction = solution.status in CONTRADICTIONS
            why = str(diagnose(compiled, settings, solution.status)) if contradiction else advice(solution)
            raise NotOptimal(solution.status, f"In {name}, with what awards build:\n{why}")
        cost = math.fsum(float(values.sum()) for values in solution.cost_values.values())
        return checked_cube(self.built, compiled, solution, cost)

    def built_of(self, cube: xr.DataTree) -> pd.Series:
        """What a solution builds of the keys, capacity units."""
        made = cube["results"]["built"].transpose(*KEY).to_series()
        return made.reindex(self.keys).fillna(0.0).clip(lower=0.0)


def equilibrium_of(
    built: Built,
    market: Market,
    rules: Rules | None = None,
    choices: Choices | None = None,
    attrition: pd.DataFrame | None = None,
    prices: Prices | None = None,
    keep: Callable[[Sequence[Iterate]], None] | None = None,
    progress: Progress | None = None,
    log_file: Path | None = None,
) -> FixedPoint:
    """Look for the equilibrium of a built scenario and a market.

    Args:
        built: the scenario, built.
        market: who applies, in which round.
        rules: damping and stopping rule.
        choices: what is assumed around the loop.
        attrition: shares that fall away, as `load_attrition` gives them; needed unless attrition is none.
        prices: tables of corrections; by default those that ship.
        keep: called after every iterate with all so far.
        progress: told what goes on.
        log_file: where the log of HiGHS goes.

    Raises:
        InputError: the market builds what the scenario cannot, or faults in an application.
        NotOptimal: a held capacity leaves no optimum.
    """
    chosen, tell = choices or Choices(), progress
    tables = load_prices() if prices is None else prices
    system = System(built, market.keys, chosen.unsubsidised == "system", log_file)
    limits = rules or Rules()
    held = pd.Series(0.0, index=market.keys)
    if chosen.start == "optimum":
        held = system.built_of(system.solve(None, "the system without the round", tell))
    told = _Told(tell, limits)

    def respond(now: pd.Series) -> Response:
        cube = system.solve(now, told.name, tell)
        signal = read_signal(built, cube, tables, chosen)
        facts = {**costs_of(cube), "built": float(system.built_of(cube).sum())}
        return respond_to(market, signal, chosen, attrition, system.room, facts)

    def kept(done: Sequence[Iterate]) -> None:
        told.after(done[-1])
        if keep is not None:
            keep(done)

    return fixed_point(respond, held, limits, kept)


def read_signal(built: Built, cube: xr.DataTree, prices: Prices, choices: Choices) -> Signal:
    """Read the prices of a solved scenario."""
    carbon = None
    if choices.carbon_shadow:
        # EUR per kt of the cap, and what is paid for every tonne besides.
        shadow = cube["duals"]["carbon_cap"].to_series().groupby(level="year").sum() / 1e3
        carbon = shadow.abs().add(built.case.carbon_price, fill_value=0.0).reindex(list(built.case.years)).fillna(0.0)
    capacity = cube["results"]["capacity"].transpose("asset", "year").to_series().dropna()
    return signal_of(
        built.case,
        cast("xr.DataArray", cube["duals"]["carrier_balance"]),
        capacity,
        prices,
        choices.prices,
        choices.imbalance,
        choices.regional,
        carbon,
    )


def costs_of(cube: xr.DataTree) -> dict[str, float]:
    """Cost of the system, and what of it is the price of an emergency: unserved energy and CO2 beyond the cap."""
    by_item = cube["run"]["objective_by_item"].to_series()
    emergency = float(sum(by_item.get(name, 0.0) for name in EMERGENCY))
    return {"cost": float(cube["run"].attrs["objective"]), "emergency": emergency}


def respond_to(
    market: Market,
    signal: Signal,
    choices: Choices,
    attrition: pd.DataFrame | None,
    room: Room,
    known: Mapping[str, float],
) -> Response:
    """Bids at these prices, the tender, and what of the awards is built.

    Args:
        market: who applies; a market with `parts` is several rounds, held in order at the same prices.
        signal: prices of the system.
        choices: what is assumed.
        attrition: shares that fall away; none where attrition is none.
        room: most that may be built of the keys of the market, alone and together.
        known: single figures of the system, kept among the facts.
    """
    parts: Sequence[Market] = getattr(market, "parts", (market,))
    held, without = [], pd.Series(0.0, index=market.keys)
    for place, part in enumerate(parts):
        own = replace(choices, seed=choices.seed + STRIDE * place)
        held.append(_held(part, signal, own, attrition, several=len(parts) > 1))
        if choices.unsubsidised == "projects":
            others = part.unsubsidised(signal, own.seed)
            made = others["capacity"] * others["capacity_per_award"] * stays(others, own, attrition)
            without += made.groupby([others[name] for name in KEY]).sum().reindex(market.keys).fillna(0.0)
    rows = pd.concat(held, ignore_index=True)
    wanted = rows.groupby(KEY)["built"].sum().reindex(market.keys).fillna(0.0) + without
    realised = pd.Series(room.fit(wanted.to_numpy()), index=market.keys)
    won = rows[rows["awarded"]]
    avoided = float(won["co2"].sum())
    facts = {
        **known,
        "asked": float(rows["claim"].sum()),
        "awarded": float(won["claim"].sum()),
        "intensity": float(won["claim"].sum()) / avoided if avoided else math.nan,
        "beyond_potential": float((wanted - realised).sum()),
        "applications": float(len(rows)),
        "awards": float(len(won)),
        "unsubsidised": float(without.sum()),
    }
    return Response(by_place(rows), realised, signal, rows, facts)


def _held(
    market: Market, signal: Signal, choices: Choices, attrition: pd.DataFrame | None, *, several: bool
) -> pd.DataFrame:
    """Hold one round: its applications with what became of them, in MW or t/h and capacity units."""
    table = market.applications(signal, choices.seed)
    if several:
        table = table.assign(**{name: market.round.round + "-" + table[name] for name in ("application", "address")})
    if attrition is not None and choices.attrition != "none":
        table = withdrawals(table, market.categories, attrition, choices.seed)
    outcome = hold(table, market.round, market.categories, replace(choices.switches, seed=choices.seed))
    rows = outcome.applications.assign(stays=stays(outcome.applications, choices, attrition), round=market.round.round)
    rows["realised"] = rows["capacity"] * rows["stays"] * rows["awarded"]
    return rows.assign(built=rows["realised"] * rows["capacity_per_award"])


def stays(rows: pd.DataFrame, choices: Choices, attrition: pd.DataFrame | None) -> pd.Series:
    """Share of each award that is built."""
    if attrition is None or choices.attrition == "none":
        return pd.Series(1.0, index=rows.index)
    if choices.attrition == "expected":
        return 1.0 - share_lost(rows["technique"], attrition, "after_award")
    return 1.0 - drawn(rows["application"], rows["technique"], attrition, "after_award", choices.seed).astype(float)


class _Told:
    """Shows how far it is: iteration, awards, what moved."""

    def __init__(self, tell: Progress | None, rules: Rules) -> None:
        self.tell, self.rules, self.number, self.moved = tell, rules, 1, ""

    @property
    def name(self) -> str:
        return f"iteration {self.number} of at most {self.rules.iterations}{self.moved}"

    def after(self, made: Iterate) -> None:
        self.number = made.number + 1
        self.moved = f" (before: {line_of(made)})"
        if self.tell is not None:
            self.tell(ITERATE, f"iteration {made.number}: {line_of(made)}")


def line_of(made: Iterate) -> str:
    """What an iterate found, in a line."""
    awards = made.response.awards
    moved = (
        f"moved {made.change_capacity:,.0f} MW and {made.change_claim / 1e6:,.0f} million EUR, "
        if math.isfinite(made.change_capacity)
        else ""
    )
    return (
        f"awarded {awards['capacity'].sum():,.0f} MW for {awards['claim'].sum() / 1e6:,.0f} million EUR; "
        f"{moved}{made.gap:,.0f} MW between held and realised"
    )
