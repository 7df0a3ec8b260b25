"""Every iterate of an equilibrium as one labelled NetCDF file, and the tables of its end; each written whole or not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.sdepp.prices import PARTS, Prices, corrections_of
from model.studies.sdepp_fixed_point import FixedPoint, Iterate
from model.studies.sdepp_signal import SCENARIO, Signal

PLACES: Mapping[str, tuple[str, str, str]] = {
    "capture_price": ("capture_price", "EUR/kWh or EUR/t", "What a project earns on its market, mean over its term"),
    "correction": ("correction", "EUR/kWh or EUR/t", "What is taken off the amount asked, mean over the term"),
    "bid": ("bid", "EUR/kWh or EUR/t", "Amount asked, mean weighted by capacity"),
    "applications": ("applications", "1", "Applications"),
    "asked_claim": ("asked", "EUR", "Claims asked"),
    "asked_capacity": ("asked_capacity", "MW or t/h", "Capacity applied for"),
    "awarded_claim": ("claim", "EUR", "Claims awarded"),
    "awarded_capacity": ("capacity", "MW or t/h", "Capacity awarded"),
    "realised_capacity": ("realised", "MW or t/h", "Capacity that is built of the awards, after attrition"),
}
"""Variables over (iteration, category, region): column of the awards, unit, sentence."""
RUNS: Mapping[str, tuple[str, str]] = {
    "change_capacity": ("MW or t/h", "Awards that moved since the iterate before, added up; infinite at first"),
    "change_claim": ("EUR", "Awarded claims that moved since the iterate before, added up; infinite at first"),
    "gap": ("capacity units", "Difference between what is realised and what was held, added up"),
    "step": ("share", "Share of the way to the realised capacity that is gone next; 0 at the end"),
    "seconds": ("s", "Time taken"),
}
FACTS: Mapping[str, tuple[str, str]] = {
    "cost": ("EUR, discounted", "Cost of the system with the held capacity"),
    "emergency": ("EUR, discounted", "Of that cost: unserved energy and CO2 beyond the cap"),
    "built": ("capacity units", "What the system built of all that the categories serve"),
    "unsubsidised": ("capacity units", "Capacity that projects without an award build"),
    "intensity": ("EUR/t", "Awarded claims per t CO2 over the terms"),
    "beyond_potential": ("capacity units", "Awards for which there is no room left: not built"),
}
DECLARED_IN = "model/studies/sdepp_equilibrium_cube.py"
APPLICATIONS = (
    "round", "rank", "application", "category", "technique", "domain", "hekje", "region", "address", "asset",
    "capacity", "hours", "cost", "capture_price", "correction", "amount", "phase_amount", "phase", "day", "intensity",
    "claim", "co2", "awarded", "reason", "explanation", "share_built",
)  # fmt: skip
"""Columns of applications.csv, which `sdepp cash --tender` reads, of those that the market gives."""
TERM = 20
"""Years after the round over which corrections are written: realisation and term."""


def dataset_of(
    iterates: Sequence[Iterate], facts: Mapping[str, Any], outcome: str = "running", cycle: Sequence[int] = ()
) -> xr.Dataset:
    """Lay iterates out over (iteration, category, region), (iteration, asset) and (iteration, driver, year).

    Args:
        iterates: in order.
        facts: where they come from; become attributes.
        outcome: `converged`, `cycle`, `stopped`, or `running` while it goes on.
        cycle: numbers of the iterates that repeat.
    """
    numbers = pd.Index([made.number for made in iterates], name="iteration")
    places = pd.MultiIndex.from_tuples(
        sorted({place for made in iterates for place in made.response.awards.index}), names=["category", "region"]
    )
    found: dict[str, xr.DataArray] = {}
    for name, (column, unit, sentence) in PLACES.items():
        if not all(column in made.response.awards for made in iterates):
            continue
        parts = [made.response.awards[column].reindex(places).to_xarray() for made in iterates]
        found[name] = _described(xr.concat(parts, numbers), unit, sentence)
    for name, source in (("held_capacity", "held"), ("realised_of_asset", "realised")):
        series = [made.held if source == "held" else made.response.realised for made in iterates]
        sentence = "Capacity held in the system" if source == "held" else "Capacity that the awards would build"
        found[name] = _described(xr.concat([part.to_xarray() for part in series], numbers), "capacity units", sentence)
    for name, (unit, sentence) in RUNS.items():
        values = xr.DataArray([getattr(made, name) for made in iterates], {"iteration": numbers}, ["iteration"])
        found[name] = _described(values, unit, sentence)
    for name, (unit, sentence) in FACTS.items():
        told = [made.response.facts.get(name, np.nan) for made in iterates]
        found[name] = _described(xr.DataArray(told, {"iteration": numbers}, ["iteration"]), unit, sentence)
    members = xr.DataArray([np.int8(made.number in cycle) for made in iterates], {"iteration": numbers}, ["iteration"])
    found["in_cycle"] = _described(members, "1", "Whether the iterate is a member of the cycle that was found")
    signals = [made.response.prices for made in iterates if isinstance(made.response.prices, Signal)]
    if len(signals) == len(iterates):
        found |= _prices(signals, numbers)
    return xr.Dataset(found).assign_attrs({**facts, "outcome": outcome, "cycle": json.dumps(list(cycle))})


def _prices(signals: Sequence[Signal], numbers: pd.Index) -> dict[str, xr.DataArray]:
    """Levels behind corrections by year, and what each profile earns in each region."""
    levels = [
        xr.DataArray(
            one.levels.to_numpy(float), {"year": one.levels.index, "driver": one.levels.columns}, ["year", "driver"]
        )
        for one in signals
    ]
    found = {
        "level": _described(
            xr.concat(levels, numbers), "EUR/kWh, co2: EUR/t", "Level of what corrections follow, by milestone year"
        )
    }
    sentences = {
        "capture": ("EUR/kWh", "Market value of what a plant could produce, less imbalance"),
        "negative": ("share", "Share of what a plant could produce in hours with a price below zero"),
    }
    for name, (unit, sentence) in sentences.items():
        tables = [getattr(one, name) for one in signals]
        if all(len(table) for table in tables):
            parts = [table.stack().rename_axis(["technology", "region", "year"]).to_xarray() for table in tables]
            found[f"{name}_of_plant"] = _described(
                xr.concat(parts, numbers).rename(region="plant_region"), unit, sentence
            )
    return found


def _described(array: xr.DataArray, unit: str, sentence: str) -> xr.DataArray:
    return array.rename(None).assign_attrs(units=unit, long_name=sentence, declared_in=DECLARED_IN)


def write_dataset(dataset: xr.Dataset, path: Path) -> None:
    """Write the file whole: a reader, also while the next iterate is solved, never sees half of it."""
    _replace(path, lambda part: dataset.to_netcdf(part, engine="netcdf4", format="NETCDF4"))


def corrections_table(signal: Signal, prices: Prices, categories: pd.DataFrame, first: int) -> pd.DataFrame:
    """Corrections of every open category by calendar year at the prices of a system.

    Returns:
        category, year, status (provisional, final), price, gvo, ets, other (EUR per unit), unit: the columns of
        corrections.csv. What was published goes before the prices of the system.
    """
    opened = categories[categories["open"].astype(bool)]
    years = np.arange(first, first + TERM)
    found = corrections_of(signal.scenario(prices), opened, SCENARIO, years)
    index = pd.MultiIndex.from_product([found.categories, years], names=["category", "year"])
    parts = [
        pd.DataFrame({name: values[name].ravel() for name in PARTS}, index=index).assign(status=status)
        for status, values in (("provisional", found.provisional), ("final", found.final))
    ]
    table = pd.concat(parts).sort_index(kind="stable").reset_index()
    table = table[["category", "year", "status", *PARTS]]
    return table.assign(unit="EUR/" + table["category"].map(opened["unit"]).str.removesuffix("_CO2"))


def write_end(
    found: FixedPoint, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], folder: Path
) -> dict[str, Path]:
    """Write the cube with its outcome and the tables of the end.

    Args:
        found: how it ended.
        tables: by name of file, without its ending.
        facts: where the figures come from.
        folder: made if need be.

    Returns:
        Paths by name; `cube` is the NetCDF file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {"cube": folder / "equilibrium.nc"}
    told = {**facts, "words": found.words, "rules": json.dumps(asdict(found.rules))}
    write_dataset(dataset_of(found.iterates, told, found.outcome, found.cycle), files["cube"])
    for name, table in tables.items():
        files[name] = folder / f"{name}.csv"
        _write_table(table, files[name])
    return files


def _write_table(table: pd.DataFrame, path: Path) -> None:
    _replace(path, lambda part: table.to_csv(part, index=False, lineterminator="\n"))


def _replace(path: Path, write: Callable[[Path], Any]) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
