"""Checks heat stores in reactor plants: levels, charger, turbine, sizes in their ratio, cost of use (R6)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import Charge, Finding, Tally, above, apart, below, charges, step_before, taken
from model.core.registry import check
from model.errors import ImplausibleInput, Problem

if TYPE_CHECKING:
    from model.data.case import Case

PARTS = {"store": "store_size_ratio", "charger": "store_charge_ratio", "turbine": "turbine_ratio"}


def plants(case: Case) -> pd.DataFrame:
    """Reactors whose design has a heat store: figures of the design, node, and the labels of the three parts."""
    reactors = case.assets[case.assets["kind"] == "reactor"]
    figures = case.reactors.reindex(reactors["technology"]).set_index(reactors.index)
    figures = figures[figures["store_investment"].notna()]
    designs = reactors["technology"].reindex(figures.index)
    for part in PARTS:
        labels = [f"{design}_{part}{str(asset).removeprefix(design)}" for asset, design in designs.items()]
        figures[f"{part}_asset"] = labels
    return figures.assign(technology=designs, node=reactors["node"].reindex(figures.index))


def column(table: pd.DataFrame, name: str) -> np.ndarray:
    """Numbers of a column, one row per plant."""
    return table[name].to_numpy(dtype=float)[:, None]


@check
def heat_stores_of_plants(case: Case, cube: Any) -> Iterator[Finding]:
    """Levels follow charge and discharge, cyclic in a period; store, charger and turbine are not exceeded."""
    recursion, full = Tally("reactor store level"), Tally("reactor store within capacity")
    charger, turbine = Tally("reactor store charge"), Tally("reactor turbine")
    found, before = plants(case), step_before(case)
    length = np.asarray(case.time.length, dtype=float)
    labels = [str(asset) for asset in found.index]
    for year in case.years if len(found) else []:
        charge, discharge, level, direct = (
            taken(cube, f"reactor_{name}", asset=labels, year=year)
            for name in ("store_charge", "store_discharge", "store_level", "turbine_heat")
        )
        into, out = column(found, "store_charge_efficiency"), column(found, "store_discharge_efficiency")
        kept = (1.0 - column(found, "store_standing_loss")) ** length
        size = {part: taken(cube, "capacity", asset=found[f"{part}_asset"], year=year)[:, None] for part in PARTS}
        reactor = taken(cube, "capacity", asset=labels, year=year)[:, None]
        efficiency = column(found, "efficiency")
        right = kept * level[:, before] + length * (into * charge - discharge / out)
        recursion.look(apart(level, right, size["store"]), labels, where=year)
        full.look(np.maximum(above(level, size["store"]), below(level, 0.0)), labels, where=year)
        charger.look(above(charge, size["charger"]), labels, where=year)
        turbine.look(
            above(efficiency * (direct + discharge), efficiency * reactor + size["turbine"]), labels, where=year
        )
    yield from (tally.finding for tally in (recursion, full, charger, turbine))


@check
def sizes_of_parts(case: Case, cube: Any) -> Iterator[Finding]:
    """Parts of a stated size stand in their ratio to the reactor; that of the turbine counts the reactor's share."""
    tally = Tally("size of a part of a reactor plant")
    found = plants(case)
    for year in case.years if len(found) else []:
        reactor = taken(cube, "capacity", asset=[str(asset) for asset in found.index], year=year)
        for part, name in PARTS.items():
            ratio = found[name].to_numpy(dtype=float)
            stated = np.isfinite(ratio)
            if part == "turbine":
                ratio = (ratio - 1.0) * found["efficiency"].to_numpy(dtype=float)
            size = taken(cube, "capacity", asset=found[f"{part}_asset"], year=year)
            wanted = np.where(stated, np.where(stated, ratio, 0.0) * reactor, size)
            tally.look(apart(size, wanted), found[f"{part}_asset"].tolist(), where=year)
    yield tally.finding


FAR = 0.1
"""Part by which the cost of a store may differ from that of the size that was built before the user is told."""
SMALLEST_STORE = 1.0
"""Stores of less (MWh_th) are the solver's dust."""


@check
def cost_of_stores_at_their_size(case: Case, cube: Any) -> Iterator[Finding]:
    """What a store of the size built would cost, against the average at the expected size that was paid (F6).

    The cost is concave and its average is not: the finding says how far the two are apart, relative, and does not fail.
    Where they are far apart a warning names the row whose size should be nearer to what was built.
    """
    worst = Tally("cost of a store at the size built", np.inf)
    found = plants(case)
    found = found[found["store_cost_exponent"] < 1.0]
    for year in case.years if len(found) else []:
        units = taken(cube, "capacity", asset=[str(asset) for asset in found.index], year=year) / found["unit_size_th"]
        stored = taken(cube, "capacity", asset=found["store_asset"], year=year)
        for place, (asset, plant) in enumerate(found.iterrows()):
            paid = case.build_options["overnight"].get((plant["store_asset"], year), np.nan)
            if stored[place] < SMALLEST_STORE or not units.iloc[place] > 0 or not np.isfinite(paid) or paid == 0:
                continue
            size = stored[place] / units.iloc[place]
            own = plant["store_investment"] * (size / plant["store_cost_size"]) ** (plant["store_cost_exponent"] - 1.0)
            off = abs(own / paid - 1.0)
            worst.look(np.array([off]), [str(asset)], where=year)
            if off > FAR:
                warnings.warn(ImplausibleInput(_far(case, plant, size, own, paid)), stacklevel=2)
    yield worst.finding


def _far(case: Case, plant: pd.Series, size: float, own: float, paid: float) -> Problem:
    """The doubt about a store whose cost was taken at a size far from the one that was built."""
    table = case.tables["reactors"]
    rows = table[(table["design"] == plant["technology"]) | (table["design"] == plant["design_class"])]
    rows = rows[rows["parameter"].isin(["store_expected_size", "store_size_ratio"])]
    file, row = (str(rows.iloc[0]["_file"]), str(rows.iloc[0]["_row"])) if len(rows) else ("reactors.csv", "")
    expected = (
        f"about {size:.0f} MWh_th, the store that was built at each unit: one of that size costs {own:.0f} EUR/MWh_th, "
        f"and {paid:.0f} were paid"
    )
    return Problem(file, row, "value", f"{plant['store_expected_size']:g}", expected)


@charges
def use_of_stores_in_plants(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Operation and maintenance per unit of heat that a store gives to its turbine."""
    found = plants(case)
    if not len(found):
        return
    weight = np.asarray(case.time.weight, dtype=float)
    given = taken(cube, "reactor_store_discharge", asset=[str(asset) for asset in found.index], year=year) @ weight
    amounts = given * found["store_variable_om"].to_numpy(dtype=float)
    yield Charge("variable_om", found["node"].tolist(), found["technology"].tolist(), amounts)
