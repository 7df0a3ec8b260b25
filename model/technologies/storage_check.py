"""Checks stores: powers within capacities, durations, levels of stores that are cyclic in a period (H2, T2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

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
    of_year,
    step_before,
    supplies,
    taken,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@supplies
def stored_and_released(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """Discharge arrives in a balance, charge leaves it."""
    for rows in chunks(len(case.stores)):
        part = case.stores.iloc[rows]
        values = taken(cube, "store_discharge", store=part.index, year=year)
        values -= taken(cube, "store_charge", store=part.index, year=year)
        yield Supply(part["node"].tolist(), part["carrier"].tolist(), values)


@check
def store_powers(case: Case, cube: Any) -> Iterator[Finding]:
    """Charge and discharge stay within their parts; the vessel holds as many hours as it must and may."""
    tallies = {name: Tally(f"store {name}") for name in ("charge", "discharge")}
    hours = Tally("hours of storage")
    stores, labels = case.stores, case.stores.index.tolist()
    for year in case.years:
        for name, tally in tallies.items():
            limit = taken(cube, "capacity", asset=stores[f"{name}_asset"], year=year)
            for rows in chunks(len(labels)):
                power = taken(cube, f"store_{name}", store=labels[rows], year=year)
                tally.look(above(power, limit[rows, None]), labels[rows], where=year)
        energy = taken(cube, "capacity", asset=stores["energy_asset"], year=year)
        power = taken(cube, "capacity", asset=stores["discharge_asset"], year=year)
        hours.look(below(energy, stores["duration_min"].fillna(0.0).to_numpy() * power), labels, where=year)
        longest = stores["duration_max"].fillna(np.inf).to_numpy()
        most = np.where(np.isinf(longest), np.inf, np.where(np.isinf(longest), 0.0, longest) * power)
        hours.look(above(energy, most), labels, where=year)
    for tally in (*tallies.values(), hours):
        yield tally.finding


@check
def store_levels(case: Case, cube: Any) -> Iterator[Finding]:
    """A level is what is left of the step before, plus what is charged, less what is discharged, and fits the vessel.

    The step before the first of a period is its last: these stores end each period as they began it.
    """
    recursion, full = Tally("store level"), Tally("store level within capacity")
    linked = (case.stores["linking"] == "long") & (len(case.time.periods) > 1)
    stores = case.stores[~linked]
    before, length = step_before(case), np.asarray(case.time.length, dtype=float)
    for year in case.years:
        for rows in chunks(len(stores)):
            part = stores.iloc[rows]
            labels = part.index.tolist()
            level = taken(cube, "store_level", store=labels, year=year)
            charge = taken(cube, "store_charge", store=labels, year=year)
            discharge = taken(cube, "store_discharge", store=labels, year=year)
            into, out = part["charge_efficiency"].to_numpy()[:, None], part["discharge_efficiency"].to_numpy()[:, None]
            kept = (1.0 - part["standing_loss"].to_numpy()[:, None]) ** length
            right = kept * level[:, before] + length * (into * charge - discharge / out)
            capacity = taken(cube, "capacity", asset=part["energy_asset"], year=year)[:, None]
            recursion.look(apart(level, right, capacity), labels, where=year)
            full.look(np.maximum(above(level, capacity), below(level, 0.0)), labels, where=year)
    yield recursion.finding
    yield full.finding


@charges
def variable_om_of_stores(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Each part is paid for what goes through it: taken by the charger, put into the vessel, given by the discharger.

    One part that works both ways is paid for what it takes.
    """
    stores, owners = case.stores, case.assets
    prices = of_year(case.asset_years, year)["variable_om"]
    charged, discharged = (through_stores(case, cube, f"store_{name}", year) for name in ("charge", "discharge"))
    own = (stores["discharge_asset"] != stores["charge_asset"]).to_numpy()
    through = {
        "charge_asset": charged,
        "energy_asset": charged * stores["charge_efficiency"].to_numpy(dtype=float),
        "discharge_asset": np.where(own, discharged, 0.0),
    }
    for part, amount in through.items():
        assets = stores[part]
        held = owners.reindex(assets)
        paid = prices.reindex(assets).fillna(0.0).to_numpy()
        yield Charge("variable_om", held["node"].tolist(), held["technology"].tolist(), amount * paid)


def through_stores(case: Case, cube: Any, name: str, year: int) -> np.ndarray:
    """Energy that every store charges or discharges in a year, MWh."""
    weight, labels = np.asarray(case.time.weight, dtype=float), case.stores.index
    energy = np.zeros(len(labels))
    for rows in chunks(len(labels)):
        energy[rows] = taken(cube, name, store=labels[rows], year=year) @ weight
    return energy
