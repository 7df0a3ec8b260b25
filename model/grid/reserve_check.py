"""Checks operating reserve anew: what one unit gives, and what plants, users and stores have left for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import (
    Charge,
    Finding,
    Tally,
    above,
    below,
    charges,
    electricity,
    of_year,
    profiles,
    taken,
)
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

COUNTRY = "national"
RESERVES = {"plant_reserve": "carrier", "load_reserve": "carrier", "store_reserve": "store"}
"""Reserves of assets, with their second label."""


def figures(case: Case, name: str, figure: str) -> float:
    """A figure of the table units; sizes of designs from the table reactors where it has none."""
    rows = case.tables["units"]
    found = pd.to_numeric(rows.loc[rows["technology"] == name, figure]).to_numpy(dtype=float)
    if len(found) and np.isfinite(found[0]):
        return float(found[0])
    if figure == "unit_size" and name in case.reactors.index:
        return float(case.reactors.at[name, "unit_size_e"])  # type: ignore[arg-type]
    return np.nan if figure == "unit_size" else 0.0


def most_power(case: Case, asset: str, year: int, yields: float) -> float:
    """Most power that can stand, MW_e; where there is no limit, the highest load."""
    stock = float(case.existing.get((asset, year), 0.0))
    potential: Any = case.assets.at[asset, "potential"]
    most = max(stock, float(potential)) if case.asset_years.at[(asset, year), "buildable"] else stock
    if np.isfinite(most):
        return yields * most
    mine = np.array([c == electricity(case) and y == year for _, c, y in case.demand.index], dtype=bool)
    return float(case.demand_series[mine].sum(axis=0).max())


def infeeds(case: Case, cube: Any, year: int) -> Iterator[tuple[str, float, float, np.ndarray]]:
    """Name, size and most power (MW_e) of everything made of single units, and what it gives in every step."""
    flows = of_year(case.flows, year)
    flows = flows[flows.index.get_level_values("carrier") == electricity(case)].droplevel("carrier")
    for asset in of_year(case.asset_years, year).index:
        name, kind = str(case.assets.at[asset, "technology"]), case.assets.at[asset, "kind"]
        if kind == "reactor":
            yields = float(case.reactors.at[name, "efficiency"])  # type: ignore[arg-type]
            power = taken(cube, "reactor_power", asset=[asset], year=year)[0] if yields > 0 else np.zeros(1)
        elif kind == "conversion" and asset in flows.index and not flows.at[asset, "profile"]:
            yields = float(flows.at[asset, "coefficient"])
            power = yields * taken(cube, "activity", asset=[asset], year=year)[0] if yields > 0 else np.zeros(1)
        else:
            continue
        if yields > 0 and np.isfinite(figures(case, name, "unit_size")):
            yield name, figures(case, name, "unit_size"), most_power(case, asset, year, yields), power
    for name, row in of_year(case.interconnectors, year).iterrows():
        size = figures(case, str(name), "unit_size")
        if np.isfinite(size):
            arrives = (1.0 - row["loss"]) * taken(cube, "neighbour_import", interconnector=[name], year=year)[0]
            yield str(name), size, float(row["import_capacity"]), arrives


def largest_unit(case: Case, year: int) -> float:
    """Size of the largest unit that stands or can be built, MW_e."""
    names = {str(name) for name in of_year(case.interconnectors, year).index}
    rows = of_year(case.asset_years, year)
    stands = rows["buildable"].astype(bool) | (of_year(case.existing, year).reindex(rows.index).fillna(0.0) > 0)
    names |= set(case.assets["technology"].reindex(rows.index[stands]))
    sizes = np.array([figures(case, name, "unit_size") for name in names])
    return float(np.nanmax(sizes, initial=0.0))


def held(cube: Any, name: str, year: int) -> tuple[list[str], list[str], np.ndarray]:
    """Assets, their second labels and the reserve that they hold in every step, MW_e."""
    if name not in cube["results"]:
        return [], [], np.zeros((0, 1))
    array = cube["results"][name].sel(year=year)
    second = RESERVES[name]
    cells = array.isel(time=0).transpose("asset", second).to_series().dropna().index
    assets, others = [str(key[0]) for key in cells], [str(key[1]) for key in cells]
    labels: dict[str, Any] = {"asset": assets, second: others, "year": year}
    return assets, others, taken(cube, name, **labels)


@check
def operating_reserve(case: Case, cube: Any) -> Iterator[Finding]:
    """What is held, with what is missing, is no less than what one unit of anything gives."""
    tally, mode = Tally("operating reserve"), case.scenario.grid.reserve
    for year in case.years if mode != "none" else []:
        total = taken(cube, "reserve_missing", year=[year])[0].copy()
        for name in RESERVES:
            total += held(cube, name, year)[2].sum(axis=0)
        if mode == "largest":
            tally.look(below(total, np.full_like(total, largest_unit(case, year))), where=year)
            continue
        for label, size, most, power in infeeds(case, cube, year):
            share = min(1.0, size / most) if most > 0 else 1.0
            tally.look(below(total, share * power), where=f"{label}, {year}")
    yield tally.finding


@check
def reserve_within_limits(case: Case, cube: Any) -> Iterator[Finding]:
    """Plants, users and stores hold no more than they have left, can bring in time, and can give for long enough."""
    tally = Tally("reserve within limits")
    for year in case.years if case.scenario.grid.reserve != "none" else []:
        flows = of_year(case.flows, year)
        flows = flows[flows.index.get_level_values("carrier") == electricity(case)].droplevel("carrier")
        for name in RESERVES:
            assets, stores, reserve = held(cube, name, year)
            if not assets:
                continue
            technologies = [str(case.assets.at[asset, "technology"]) for asset in assets]
            share = np.array([figures(case, technology, "reserve_share") for technology in technologies])[:, None]
            capacity = taken(cube, "capacity", asset=assets, year=year)[:, None]
            if name == "store_reserve":
                left = share * (
                    capacity + _of(cube, "store_charge", stores, year) - _of(cube, "store_discharge", stores, year)
                )
                given = case.stores.loc[stores, "discharge_efficiency"].to_numpy(dtype=float)[:, None]
                energy = given * _of(cube, "store_level", stores, year) / case.scenario.grid.reserve_hours
                tally.look(above(reserve, energy), assets, where=f"energy, {year}")
                tally.look(above(reserve, left), assets, where=year)
                continue
            own = flows.loc[assets]
            yields = own["coefficient"].to_numpy(dtype=float)[:, None]
            power = yields * profiles(case, own["profile"]) * taken(cube, "activity", asset=assets, year=year)
            if name == "load_reserve":
                tally.look(above(reserve, -share * power), assets, where=year)
                continue
            available = of_year(case.asset_years, year)["availability"].reindex(assets).to_numpy(dtype=float)[:, None]
            tally.look(above(reserve + power, available * yields * capacity), assets, where=year)
            tally.look(above(reserve, share * yields * capacity), assets, where=year)
    yield tally.finding


def _of(cube: Any, name: str, stores: list[str], year: int) -> np.ndarray:
    return taken(cube, name, store=stores, year=year)


@charges
def reserve_charges(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """Reserve at the cost of its technology, and what is missing at the scenario's price."""
    if case.scenario.grid.reserve == "none":
        return
    weight = np.asarray(case.time.weight, dtype=float)
    for name in RESERVES:
        assets, _, reserve = held(cube, name, year)
        technologies = [str(case.assets.at[asset, "technology"]) for asset in assets]
        price = np.array([figures(case, technology, "reserve_cost") for technology in technologies])
        nodes = [str(case.assets.at[asset, "node"]) for asset in assets]
        if assets:
            yield Charge("reserve", nodes, technologies, price * (reserve @ weight))
    missing = taken(cube, "reserve_missing", year=[year]) @ weight
    yield Charge("reserve_missing", [COUNTRY], ["reserve_missing"], case.scenario.grid.reserve_missing_price * missing)
