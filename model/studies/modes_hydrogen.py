"""Electrolysis that stands beside reactors and runs: the rows by which co-production of hydrogen makes hydrogen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.data.reactor_plants import idle_house_load
from model.studies.framework.variants import Row, block_starts, column_positions

if TYPE_CHECKING:
    from model.job import Built

BESIDE, MAKES, FEEDS = "electrolysis_beside_reactors", "hydrogen_beside_reactors", "reactor_power_to_hydrogen"
HYDROGEN_SHARE = 0.5
"""Share of what the electrolysers could make in a year.  4,380 hours at full power: between the 3,740 with which SDE++
2024 reckons electrolysis at the grid and the 5,845 of electrolysis at a wind or solar farm (categories 77_1_a, 77_1_b
of ../shared/facts/sdepp/rules.md); reactors are there for more, so electricity is not what holds it back."""


def electrolysers(case: Any) -> pd.Index:
    """Assets that make hydrogen from electricity; their capacity counts the electricity that they take."""
    kinds = case.carriers["kind"]
    flows = case.flows.reset_index()
    of = flows["carrier"].map(kinds)
    gives = set(flows.loc[(of == "hydrogen") & (flows["coefficient"] > 0), "asset"])
    takes = set(flows.loc[(of == "electricity") & (flows["coefficient"] < 0), "asset"])
    return case.assets.index[case.assets.index.isin(gives & takes)]


def with_electrolysis(built: Built, reactors: pd.DataFrame, year: int) -> pd.DataFrame:
    """The reactors (`small_reactor_columns`) at nodes where electrolysis may stand in the year."""
    nodes = built.case.assets["node"]
    able = {nodes[asset] for asset in _standing(built, year)}
    return reactors[reactors["node"].isin(able)]


def electrolysis_rows(built: Built, reactors: pd.DataFrame, year: int, share: float) -> list[Row]:
    """Three rows for every node with reactors: electrolysis of their electric power, a year's hydrogen, its power.

    - power: sum of electrolysis, MW_e >= sum of reactors, MW_e;
    - hydrogen, GWh: sum over steps of weight x efficiency x activity >= share x what the capacity could make,
      efficiency x availability x capacity in all hours;
    - power of the reactors, GWh: over the year they give at least what the electrolysis takes, house load off.

    Args:
        built: the built scenario.
        reactors: those beside which electrolysis stands, as `small_reactor_columns` gives them.
        year: milestone year.
        share: least share of what the electrolysers could make.
    """
    case = built.case
    nodes, standing = case.assets["node"], _standing(built, year)
    availability: dict[Any, float] = case.asset_years["availability"].to_dict()
    starts, powers = (block_starts(built.compiled, variable) for variable in ("activity", "reactor_power"))
    designs = reactors["technology"].unique()
    house = {str(design): idle_house_load(case.reactors.loc[design]) for design in designs}
    found = []
    for node, here in reactors.groupby("node"):
        makers = [asset for asset in standing if nodes[asset] == node]
        columns = np.array([*(standing[asset] for asset in makers), *here["column"]], dtype=int)
        sizes = np.array([1.0] * len(makers) + [-1e3 * size for size in here["gigawatt"]])
        found.append(Row(f"{BESIDE}_{node}", columns, sizes, lower=0.0))
        energy = {asset: _per_activity(case, asset, year, "hydrogen") for asset in makers}
        could = [-share * availability[asset, year] * energy[asset].sum() for asset in makers]
        steps = [starts[asset, year] + np.arange(case.time.count) for asset in makers]
        made = np.concatenate([np.array([standing[asset] for asset in makers], dtype=int), *steps])
        found.append(Row(f"{MAKES}_{node}", made, np.concatenate([could, *energy.values()]), lower=0.0))
        plants = [str(asset) for asset in here["asset"] if (str(asset), year) in powers]
        given = [powers[asset, year] + np.arange(case.time.count) for asset in plants]
        power = [case.time.weight / 1e3] * len(plants)
        taken = [_per_activity(case, asset, year, "electricity") for asset in makers]
        idle = -here["technology"].map(house).to_numpy(dtype=float) * case.time.hours_per_year / 1e3
        found.append(
            Row(
                f"{FEEDS}_{node}",
                np.concatenate([*given, *steps, here["column"].to_numpy(dtype=int)[idle != 0]]),
                np.concatenate([*power, *taken, idle[idle != 0]]),
                lower=0.0,
            )
        )
    return found


def _standing(built: Built, year: int) -> dict[str, int]:
    """Electrolysers of a year, with the column of their capacity."""
    makers = set(electrolysers(built.case))
    positions = column_positions(built.compiled, "capacity")
    return {str(asset): at for (asset, of_year), at in positions.items() if of_year == year and asset in makers}


def _per_activity(case: Any, asset: str, year: int, kind: str) -> np.ndarray:
    """Energy of a kind given (taken: below zero) in a year per MW of activity in each step, GWh/MW."""
    total = np.zeros(case.time.count)
    coefficients: dict[Any, float] = case.flows["coefficient"].to_dict()
    profiles: dict[Any, str] = case.flows["profile"].to_dict()
    for carrier in case.carriers.index[case.carriers["kind"] == kind]:
        if (asset, carrier, year) in coefficients:
            name = str(profiles[asset, carrier, year])
            hourly = case.hourly["profile"].sel(profile=name).to_numpy() if name else 1.0
            total += float(coefficients[asset, carrier, year]) * hourly * case.time.weight / 1e3
    return total
