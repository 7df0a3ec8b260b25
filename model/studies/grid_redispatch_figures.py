"""What the correction of a market outcome moves, costs and emits: by region, hour and kind of party, up and down apart.

Money and CO2 are differences of whole columns of the program, so their parts add up to the difference of the two
solutions.  What a party's own columns cost counts as upward in the hours in which it gives more power (or takes less)
than in the market, as downward in those in which it gives less; what columns of nobody's power cost (a boiler that
warms in place of a heat pump, the CO2 cap) is apart, as *besides*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from model.studies.grid_redispatch_program import KINDS, Parties, balances_of, carriers_of_power, entries_of

if TYPE_CHECKING:
    from model.engine.compiled import Family
    from model.job import Built

DUST = 1e-6
"""MW; less is no correction."""
SIDES = ("up", "down", "besides")
TONNES_PER_KILOTONNE = 1e3


@dataclass(frozen=True)
class Moves:
    """The difference between a market outcome and its correction.

    Attributes:
        hourly: over (region, year, time): up, down (MW), and by side cost (EUR/h) and co2 (t/h).
        kinds: over (kind, year): the same for the year (MWh, EUR, t), with the label `besides` for what is no party's.
        parties: one row per party and year that moves: name, kind, what, node, region, year, up, down (MWh/year).
        yearly: by year, what has no hour (EUR/year of that year, t/year): cost, co2.
        balance: largest |up - down - more losses| of any hour, MW.
        losses: by year, MWh/year that the grid loses more than in the market.
    """

    hourly: xr.Dataset = field(repr=False)
    kinds: pd.DataFrame
    parties: pd.DataFrame
    yearly: pd.DataFrame
    balance: float
    losses: pd.Series


@dataclass(frozen=True)
class _Owners:
    """Columns of one variable by owner: kind of label, name, year and region of each block of steps."""

    dim: str
    names: list[str]
    years: list[int]
    regions: list[str]


def moves_of(
    built: Built, parties: Parties, market: np.ndarray, corrected: np.ndarray, lost: tuple[np.ndarray, np.ndarray]
) -> Moves:
    """Compare two solutions.

    Args:
        built: the scenario.
        parties: its parties.
        market: columns of the market's solution, in the order of the built program.
        corrected: those of the correction.
        lost: what the grid loses in either, MW over (year, step).
    """
    case, table = built.case, parties.table
    weight = np.asarray(case.time.weight, dtype=float)
    change = parties.power(corrected) - parties.power(market)
    up, down = np.maximum(change, 0.0), np.maximum(-change, 0.0)
    regions = sorted({*table["region"], *(str(region) for region in case.nodes["region"].unique()), ""})
    years = list(case.years)
    shape = (len(regions), len(years), case.time.count)
    at = _positions(regions, years, table["region"].tolist(), table["year"].tolist())
    cells: dict[str, np.ndarray] = {name: np.zeros(shape) for name in ("up", "down")}
    for name, values in (("up", up), ("down", down)):
        np.add.at(cells[name], at, values)
    kinds = pd.MultiIndex.from_product([[*KINDS, "besides"], years], names=["kind", "year"])
    names = ["up", "down", *(f"{what}_{side}" for what in ("cost", "co2") for side in SIDES)]
    by_kind = pd.DataFrame(0.0, index=kinds, columns=names)
    for name, values in (("up", up), ("down", down)):
        sums = pd.Series(values @ weight).groupby([table["kind"].to_numpy(), table["year"].to_numpy()]).sum()
        by_kind[name] = sums.reindex(kinds).fillna(0.0)
    yearly = pd.DataFrame(0.0, index=pd.Index(years, name="year"), columns=["cost", "co2"])
    signs = _signs(table, change)
    for what in ("cost", "co2"):
        for side in SIDES:
            cells[f"{what}_{side}"] = np.zeros(shape)
    known = {(str(row.dim), str(row.name)): str(row.region) for row in table.itertuples(index=False)}
    for what, owners, values in _differences(built, corrected - market, known):
        if values.ndim == 1 or values.shape[1] != case.time.count:
            total = pd.Series(values.reshape(len(owners.years), -1).sum(axis=1)).groupby(owners.years).sum()
            yearly[what] = yearly[what].add(total.reindex(years).fillna(0.0).to_numpy())
            continue
        place = _positions(regions, years, owners.regions, owners.years)
        kind, sign = _of_parties(signs, owners, case.time.count)
        for side, chosen in (("up", sign > 0), ("down", sign < 0), ("besides", sign == 0)):
            part = np.where(chosen, values, 0.0)
            np.add.at(cells[f"{what}_{side}"], place, part)
            own = np.where(side == "besides", "besides", kind)
            sums = pd.Series(part @ weight).groupby([own, np.array(owners.years)]).sum()
            by_kind[f"{what}_{side}"] += sums.reindex(kinds).fillna(0.0)
    more_lost = lost[1] - lost[0]
    off = np.abs(cells["up"].sum(axis=0) - cells["down"].sum(axis=0) - more_lost)
    hourly = xr.Dataset(
        {name: (("region", "year", "time"), values) for name, values in cells.items()},
        coords={"region": np.array(regions, dtype=object), "year": years, "time": np.arange(case.time.count)},
    )
    moved = table.assign(up=up @ weight, down=down @ weight)
    moved = moved[(up.max(axis=1, initial=0.0) > DUST) | (down.max(axis=1, initial=0.0) > DUST)]
    return Moves(
        hourly,
        by_kind,
        moved[["name", "kind", "what", "node", "region", "year", "up", "down"]].reset_index(drop=True),
        yearly,
        float(off.max(initial=0.0)),
        pd.Series(more_lost @ weight, index=years),
    )


def _positions(
    regions: list[str], years: list[int], of_regions: list[str], of_years: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Where regions and years stand on their axes."""
    return (
        pd.Index(regions).get_indexer(pd.Index(of_regions, dtype=object)),
        pd.Index(years).get_indexer(pd.Index(of_years, dtype=np.int64)),
    )


def _signs(table: pd.DataFrame, change: np.ndarray) -> dict[tuple[str, str, int], tuple[str, np.ndarray]]:
    """By (kind of label, name, year) the kind of party and the sign of its change in every step."""
    found: dict[tuple[str, str, int], tuple[str, np.ndarray]] = {}
    for number, row in enumerate(table.itertuples(index=False)):
        key = (str(row.dim), str(row.name), int(row.year))  # type: ignore[arg-type]
        kind, before = found.get(key, (str(row.kind), np.zeros(change.shape[1])))
        found[key] = (kind, before + change[number])
    return {key: (kind, np.where(np.abs(values) > DUST, np.sign(values), 0.0)) for key, (kind, values) in found.items()}


def _of_parties(
    signs: dict[tuple[str, str, int], tuple[str, np.ndarray]], owners: _Owners, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Kind of party of each block of columns, and the sign of its change; nobody's have none."""
    nobody = ("besides", np.zeros(steps))
    found = [signs.get((owners.dim, name, year), nobody) for name, year in zip(owners.names, owners.years, strict=True)]
    return np.array([kind for kind, _ in found], dtype=object), np.array([sign for _, sign in found])


def _differences(
    built: Built, change: np.ndarray, known: dict[tuple[str, str], str]
) -> Iterator[tuple[str, _Owners, np.ndarray]]:
    """What a change of the columns costs (EUR of the year, not discounted) and emits (t), by owner and hour.

    Args:
        built: the scenario.
        change: of its columns.
        known: region of the parties, by kind of label and name.

    Yields:
        What, the owners of the blocks of a variable, and over (block, step) the amount per hour; a variable without
        steps gives one amount a year for each block.
    """
    case, compiled = built.case, built.compiled
    weight = np.asarray(case.time.weight, dtype=float)
    rates = {declared.name: declared for declared in built.program.parameters if declared.name == "emission_rate"}
    for family in compiled.variables:
        if not family.size or not family.over:
            continue
        delta, cost = change[family.slice], compiled.cost[family.slice]
        emits = family.name == "activity" and "emission_rate" in rates
        if not (np.any(cost * delta != 0.0) or (emits and np.any(delta != 0.0))):
            continue
        hourly = family.over[-1] == "time"
        steps = family.shape[-1] if hourly else 1
        owners = _owners(built, family, steps, known)
        discount = case.discount_weight.reindex(owners.years).to_numpy(dtype=float)[:, None]
        money = (cost * delta).reshape(-1, steps) / discount
        if hourly:
            yield "cost", owners, money / weight
        else:
            yield "cost", owners, money.sum(axis=1)
        if emits:
            yield "co2", owners, _rates(built, owners)[:, None] * delta.reshape(-1, steps)


def _rates(built: Built, owners: _Owners) -> np.ndarray:
    """CO2 of a unit of activity, t/MWh; zero where nothing is emitted."""
    declared = next(one for one in built.program.parameters if one.name == "emission_rate")
    members: list[Any] = list(next(one.members for one in built.program.sets if one.name == declared.over[0]))
    known = {
        (str(asset), int(year)): float(rate) * TONNES_PER_KILOTONNE
        for (asset, year), rate in zip(members, np.ravel(declared.values), strict=True)
    }
    return np.array([known.get(key, 0.0) for key in zip(owners.names, owners.years, strict=True)])


def _owners(built: Built, family: Family, steps: int, known: dict[tuple[str, str], str]) -> _Owners:
    """Whose the blocks of a variable are; the first milestone year where a variable has none."""
    dims = [dim for name in family.over for dim in built.registry.sets[name].dims]
    labels = [family.labels(number) for number in range(family.start, family.stop, steps)]
    at_year = dims.index("year") if "year" in dims else -1
    years = [int(label[at_year]) if at_year >= 0 else int(built.case.years[0]) for label in labels]
    names = [str(label[0]) for label in labels]
    places = _places(built.case, dims[0])
    return _Owners(dims[0], names, years, [known.get((dims[0], name)) or places.get(name, "") for name in names])


def _places(case: Any, dim: str) -> dict[str, str]:
    """Region by label: of assets, stores, nodes, regions and interconnectors; other labels have none."""
    region: dict[Any, Any] = case.nodes["region"].to_dict()
    if dim == "region":
        return {str(name): str(name) for name in region.values()}
    if dim == "node":
        return {str(name): str(place) for name, place in region.items()}
    if dim == "interconnector":
        table = case.interconnectors.reset_index()
        return {str(name): str(region[node]) for name, node in zip(table[dim], table["node"], strict=True)}
    table = {"asset": case.assets, "store": case.stores}.get(dim)
    if table is None or "region" not in table:
        return {}
    return {str(name): str(place) for name, place in table["region"].items()}


def losses_of(built: Built, columns: np.ndarray) -> np.ndarray:
    """What the grid loses: what its columns take from all balances together, MW over (year, step)."""
    balances = balances_of(built)
    entries = entries_of(built.compiled, balances)
    entries = entries.of(carriers_of_power(entries, balances, built.compiled.column_count)[entries.column])
    years = pd.Index(built.case.years).get_indexer(pd.Index([year for _, _, year in balances.keys]))
    lost = np.zeros((len(built.case.years), balances.steps))
    np.subtract.at(lost, (years[entries.balance], entries.step), entries.value * columns[entries.column])
    return lost
