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
    supplies,
    taken,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

DUMPED_SHARE_MAX = 0.1
"""Most of its thermal capacity that a reactor can dump (facts/smr F2)."""
SMALL_PART = 24
"""Reactors looked at together: their heat has one more dimension, the grade."""


@dataclass(frozen=True)
class Reactors:
    """Some reactors in a year: figures by reactor, heat by reactor, grade and step (MW_th)."""

    assets: pd.DataFrame
    design: pd.DataFrame
    grades: list[str]
    power: np.ndarray
    extracted: np.ndarray
    live: np.ndarray

    @property
    def labels(self) -> list[str]:
        """Assets."""
        return self.assets.index.tolist()

    def figure(self, name: str) -> np.ndarray:
        """A figure of the designs, one row per reactor."""
        return self.design[name].to_numpy(dtype=float)[:, None]


def parts(case: Case, cube: Any, year: int) -> Iterator[Reactors]:
    """Reactors in small groups."""
    reactors = case.assets[case.assets["kind"] == "reactor"]
    for rows in chunks(len(reactors), SMALL_PART):
        part = reactors.iloc[rows]
        labels = part.index.tolist()
        yield Reactors(
            part,
            case.reactors.reindex(part["technology"]),
            [str(grade) for grade in cube["results"]["reactor_extraction"]["carrier"].values],
            taken(cube, "reactor_power", asset=labels, year=year),
            taken(cube, "reactor_extraction", asset=labels, year=year),
            taken(cube, "reactor_live_steam", asset=labels, year=year),
        )


@supplies
def reactor_supply(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """Power, and heat by grade: extracted, or past the turbine with its own efficiency."""
    for part in parts(case, cube, year):
        nodes = part.assets["node"].tolist()
        yield Supply(nodes, [electricity(case)] * len(nodes), part.power)
        efficiency = part.figure("live_steam_efficiency")
        for position, grade in enumerate(part.grades):
            heat = part.extracted[:, position] + efficiency * part.live[:, position]
            if heat.any():
                yield Supply(nodes, [grade] * len(nodes), heat)


@check
def reactor_heat_and_power(case: Case, cube: Any) -> Iterator[Finding]:
    """Reactor heat is split without loss; power is given up for heat; extraction, dump and power keep their limits."""
    split, output = Tally("reactor heat split"), Tally("reactor power output")
    share, guard = Tally("reactor extraction share"), Tally("reactor power and heat within turbine heat")
    pressure, dumped = Tally("reactor back-pressure"), Tally("reactor dump")
    losses = case.reactor_power_loss.unstack("carrier") if len(case.reactor_power_loss) else pd.DataFrame()
    for year in case.years:
        for part in parts(case, cube, year):
            labels = part.labels
            activity = taken(cube, "activity", asset=labels, year=year)
            turbine = taken(cube, "reactor_turbine_heat", asset=labels, year=year)
            dump = taken(cube, "reactor_dump", asset=labels, year=year)
            capacity = taken(cube, "capacity", asset=labels, year=year)[:, None]
            heat = part.extracted.sum(axis=1)
            split.look(apart(activity, turbine + dump + part.live.sum(axis=1)), labels, where=year)
            beta = losses.reindex(part.assets["technology"]).reindex(columns=part.grades).fillna(0.0).to_numpy(float)
            given_up = np.einsum("kc,kct->kt", beta, part.extracted)
            output.look(apart(part.power, part.figure("efficiency") * turbine - given_up), labels, where=year)
            most = part.design["extraction_share_max"].fillna(0.0).to_numpy(float)[:, None] * turbine
            share.look(above(heat, most), labels, where=year)
            guard.look(above(part.power + heat, turbine), labels, where=year)
            least = part.design["back_pressure_min"].fillna(0.0).to_numpy(float)[:, None] * heat
            pressure.look(below(part.power, least), labels, where=year)
            dumped.look(above(dump, DUMPED_SHARE_MAX * capacity), labels, where=year)
    for tally in (split, output, share, guard, pressure, dumped):
        yield tally.finding


@check
def reactor_temperature(case: Case, cube: Any) -> Iterator[Finding]:
    """A reactor serves heat only at grades that it reaches, and only where the scenario lets it deliver heat."""
    tally = Tally("reactor temperature")
    degrees = case.carriers["delivery_temperature"].where(case.carriers["kind"] == "heat")
    for year in case.years:
        for part in parts(case, cube, year):
            wanted = degrees.reindex(part.grades).fillna(np.inf).to_numpy(dtype=float)
            reached = part.figure("usable_temperature") >= wanted[None, :]
            reached &= part.assets["heat_allowed"].to_numpy(dtype=bool)[:, None]
            served = part.extracted + part.live
            limit = np.where(reached, np.inf, 0.0)[:, :, None]
            tally.look(above(served, limit), part.labels, part.grades, where=year)
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
