"""Checks reactors: where their heat goes, what power is given up for it, and how hot it is (R1–R3, R10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import (
    Charge,
    Finding,
    Supply,
    Tally,
    above,
    apart,
    below,
    charges,
    chunks,
    electricity,
    of_year,
    present,
    profiles,
    supplies,
    taken,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

SMALL_PART = 24
"""Reactors looked at together: each may serve several grades."""


@dataclass(frozen=True)
class Reactors:
    """Some reactors in a year.

    Args:
        assets: their rows of the case's assets.
        design: figures of their designs, one row per reactor.
        power: MW_e, (reactor, step).
        owner: position of the reactor of each flow of heat.
        grades: grade of each flow of heat.
        extracted: heat extracted from the turbine, MW_th, (flow of heat, step).
        live: reactor heat that goes past the turbine to a grade, MW_th, (flow of heat, step).
    """

    assets: pd.DataFrame
    design: pd.DataFrame
    power: np.ndarray
    owner: np.ndarray
    grades: list[str]
    extracted: np.ndarray
    live: np.ndarray

    @property
    def labels(self) -> list[str]:
        """Assets."""
        return [str(asset) for asset in self.assets.index]

    def figure(self, name: str) -> np.ndarray:
        """A figure of the designs, one row per reactor; zero where a design has none."""
        return self.design[name].fillna(0.0).to_numpy(dtype=float)[:, None]

    def summed(self, heat: np.ndarray) -> np.ndarray:
        """Sum of flows of heat by reactor."""
        total = np.zeros_like(self.power)
        np.add.at(total, self.owner, heat)
        return total


def parts(case: Case, cube: Any, year: int) -> Iterator[Reactors]:
    """Reactors in small groups, with every flow of heat that the cube holds."""
    reactors = case.assets[case.assets["kind"] == "reactor"]
    flows: dict[str, dict[str, None]] = {}
    for name in ("reactor_extraction", "reactor_live_steam"):
        cells = present(cube, name, year)
        for asset, grade in zip(cells["asset"], cells["carrier"], strict=True):
            flows.setdefault(str(asset), {})[str(grade)] = None
    for rows in chunks(len(reactors), SMALL_PART):
        part = reactors.iloc[rows]
        labels = [str(asset) for asset in part.index]
        keys = [(position, grade) for position, asset in enumerate(labels) for grade in flows.get(asset, {})]
        places = [labels[position] for position, _ in keys]
        grades = [grade for _, grade in keys]
        yield Reactors(
            part,
            case.reactors.reindex(part["technology"]),
            taken(cube, "reactor_power", asset=labels, year=year),
            np.array([position for position, _ in keys], dtype=int),
            grades,
            taken(cube, "reactor_extraction", asset=places, carrier=grades, year=year),
            taken(cube, "reactor_live_steam", asset=places, carrier=grades, year=year),
        )


@supplies
def reactor_supply(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """Power, and heat by grade: extracted, or past the turbine with its own efficiency."""
    for part in parts(case, cube, year):
        nodes = part.assets["node"].tolist()
        capacity = taken(cube, "capacity", asset=part.labels, year=year)[:, None]
        yield Supply(nodes, [electricity(case)] * len(nodes), part.power)
        yield Supply(nodes, [electricity(case)] * len(nodes), -constant_house_load(part) * capacity + 0.0 * part.power)
        heat = part.extracted + part.figure("live_steam_efficiency")[part.owner] * part.live
        yield Supply([nodes[position] for position in part.owner], part.grades, heat)


def constant_house_load(part: Reactors) -> np.ndarray:
    """Power that plants draw at any load, per MW_th: the constant part of the share of gross power, net/(1 − share)."""
    share = part.figure("house_load")
    return part.figure("house_load_idle") * part.figure("efficiency") * share / (1.0 - share)


def ready_turbine(case: Case, cube: Any, part: Reactors, year: int) -> np.ndarray:
    """Heat that turbines are ready for, MW_th, (reactor, step): of the reactor's load, and what is built beyond.

    The load is what is online where units start and stop, what is not in refuelling where that is decided, and what is
    available otherwise; forced outages take their share.
    """
    rules = case.scenario.reactors
    decided = rules.refuelling == "decided"
    designs = case.reactors.reindex(part.assets["technology"])
    known = designs[["outage_length", "outage_interval", "forced_outage_rate"]].notna().all(axis=1).to_numpy()
    planned = (decided & known)[:, None]
    available = of_year(case.asset_years, year)["availability"].reindex(part.labels).fillna(0.0).to_numpy()[:, None]
    capacity = taken(cube, "capacity", asset=part.labels, year=year)[:, None]
    out = taken(cube, "reactor_capacity_out", asset=part.labels, year=year)
    online = taken(cube, "reactor_online", asset=part.labels, year=year)
    load = available * np.where(planned, capacity - out, profiles(case, part.assets["availability_profile"]) * capacity)
    if rules.commitment == "linear":
        load = np.where(planned, available, 1.0) * online
    beyond = taken(
        cube, "capacity", asset=[turbine_beyond(part, place) for place in range(len(part.labels))], year=year
    )
    efficiency = part.figure("efficiency")
    return load + np.where(efficiency > 0, beyond[:, None] / np.where(efficiency > 0, efficiency, 1.0), 0.0)


def turbine_beyond(part: Reactors, place: int) -> str:
    """Label of the turbine that is built beyond the power of a reactor: `natrium_turbine@N` of `natrium@N`."""
    design = str(part.assets["technology"].iloc[place])
    return f"{design}_turbine{part.labels[place].removeprefix(design)}"


@check
def reactor_heat_and_power(case: Case, cube: Any) -> Iterator[Finding]:
    """Reactor heat is split without loss; power is given up for heat; extraction, dump and power keep their limits."""
    split, output = Tally("reactor heat split"), Tally("reactor power output")
    share, guard = Tally("reactor extraction share"), Tally("reactor power and heat within turbine heat")
    pressure, dumped = Tally("reactor back-pressure"), Tally("reactor dump")
    fixed, none = Tally("reactor fixed ratio of power and heat"), Tally("heat in a turbine that is not there")
    losses: dict[Any, float] = dict(zip(case.reactor_power_loss.index, case.reactor_power_loss, strict=True))
    for year in case.years:
        for part in parts(case, cube, year):
            labels, designs = part.labels, part.assets["technology"].tolist()
            activity = taken(cube, "activity", asset=labels, year=year)
            direct = taken(cube, "reactor_turbine_heat", asset=labels, year=year)
            turbine = direct + taken(cube, "reactor_store_discharge", asset=labels, year=year)
            stored = taken(cube, "reactor_store_charge", asset=labels, year=year)
            dump = taken(cube, "reactor_dump", asset=labels, year=year)
            capacity = taken(cube, "capacity", asset=labels, year=year)[:, None]
            heat = part.summed(part.extracted)
            split.look(apart(activity, direct + dump + stored + part.summed(part.live)), labels, where=year)
            keys = [(designs[position], grade) for position, grade in zip(part.owner, part.grades, strict=True)]
            beta = np.array([losses.get(key, 0.0) for key in keys]).reshape(-1, 1)
            given_up = part.summed(beta * part.extracted)
            efficiency = part.figure("efficiency")
            part_load = part.figure("part_load_loss") * efficiency
            missing = np.where(part_load > 0, ready_turbine(case, cube, part, year) - turbine, 0.0)
            made = (efficiency + constant_house_load(part)) * turbine - part_load * missing
            output.look(apart(part.power, made - given_up), labels, where=year)
            ratio = part.figure("back_pressure_ratio")
            most_share = np.where(ratio > 0, np.inf, part.figure("extraction_share_max"))
            limit = np.where(np.isinf(most_share), np.inf, np.where(np.isinf(most_share), 0.0, most_share) * turbine)
            share.look(above(heat, limit), labels, where=year)
            fixed.look(np.where(ratio > 0, apart(part.power, ratio * heat), 0.0), labels, where=year)
            none.look(above(np.where(efficiency > 0, 0.0, turbine), 0.0), labels, where=year)
            guard.look(above(part.power + heat, turbine), labels, where=year)
            least = np.where(ratio > 0, 0.0, part.figure("back_pressure_min"))
            pressure.look(below(part.power, least * heat), labels, where=year)
            dumped.look(above(dump, part.figure("dump_share_max") * capacity), labels, where=year)
    for tally in (split, output, share, guard, pressure, dumped, fixed, none):
        yield tally.finding


@check
def reactor_temperature(case: Case, cube: Any) -> Iterator[Finding]:
    """A reactor serves heat only at grades that it reaches, and only where the scenario lets it deliver heat."""
    tally = Tally("reactor temperature")
    degrees = case.carriers["delivery_temperature"].where(case.carriers["kind"] == "heat")
    for year in case.years:
        for part in parts(case, cube, year):
            wanted = degrees.reindex(part.grades).fillna(np.inf).to_numpy(dtype=float)
            reached = part.figure("usable_temperature")[part.owner, 0] >= wanted
            reached &= part.assets["heat_allowed"].to_numpy(dtype=bool)[part.owner]
            limit = np.where(reached, np.inf, 0.0)[:, None]
            keys = [(part.labels[position], grade) for position, grade in zip(part.owner, part.grades, strict=True)]
            tally.look(above(part.extracted + part.live, limit), keys, where=year)
    yield tally.finding


@charges
def reactor_fuel(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Nuclear fuel per unit of reactor heat."""
    weight = np.asarray(case.time.weight, dtype=float)
    reactors = case.assets[case.assets["kind"] == "reactor"]
    prices = of_year(case.asset_years, year)["fuel_cost"].reindex(reactors.index).dropna()
    owners = reactors.reindex(prices.index)
    energy = taken(cube, "activity", asset=prices.index, year=year) @ weight
    yield Charge("fuel", owners["node"].tolist(), owners["technology"].tolist(), energy * prices.to_numpy())
