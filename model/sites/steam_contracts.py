"""Steam contracts: take or pay of steam from a plant of the site until the contract ends (existing CHP).

The plant itself stands in the table of existing capacity, with its own year of retirement; a contract adds that so much
of its steam is taken in every year until its last one.  Its price settles in the private ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.cells import number, text
from model.core.registry import constraint, index_set, indexed_set, parameter
from model.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, str, str, int]
MWH_PER_TWH = 1e6


def _table(case: Case) -> pd.DataFrame:
    return case.tables["steam_contracts"].set_index(["node", "technology", "carrier"])


@index_set(dims=("node", "technology", "carrier", "year"))
def steam_contract_year(case: Case, sets: SetValues) -> list[Key]:
    """Contracts that hold, where the scenario holds them, with the years up to their last one.

    Raises:
        InputError: the plant of a contract that holds is gone.
    """
    if not case.scenario.sites.steam_contracts:
        return []
    table = _table(case)
    found = [(*key, year) for key in table.index for year in case.years if year <= number(table, key, "last_year")]
    gone = [key for key in found if key not in _suppliers(case, sets)]
    if gone:
        raise InputError(
            [
                Problem(
                    "steam_contracts.csv", "", "last_year", f"{site}, {technology}", f"a plant that stands in {year}"
                )
                for site, technology, _, year in gone
            ]
        )
    return found


def _suppliers(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Assets that give a carrier at a node by technology and year."""
    found: dict[Key, list[str]] = {}
    for asset, carrier, year in sets["asset_flow"]:
        place = text(case.assets, asset, "node"), text(case.assets, asset, "technology")
        found.setdefault((*place, carrier, year), []).append(asset)
    return found


@indexed_set(over="steam_contract_year", dims=("asset",))
def steam_suppliers(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Assets that fulfil a contract."""
    suppliers = _suppliers(case, sets)
    return {key: suppliers[key] for key in sets["steam_contract_year"]}


@parameter(over=("steam_contract_year",), unit="MWh", minimum=0, source="nl/clusters.csv")
def steam_taken_min(case: Case, sets: SetValues) -> list[float]:
    """Steam that is taken in a year at least."""
    table = _table(case)
    return [
        MWH_PER_TWH * number(table, key[:3], "steam") * number(table, key[:3], "take_share")
        for key in sets["steam_contract_year"]
    ]


@constraint(over=("steam_contract_year",), unit="MWh", source="formulation.md B1")
def steam_contract_take(m: Any, n: str, g: str, c: str, y: int) -> Any:
    """So much steam of the contract's plant is taken in a year at least."""
    return (
        sum(
            m.weight[t]
            * m.flow_coefficient[a, c, y]
            * m.profile_value[m.flow_profile[a, c, y], t]
            * m.activity[a, y, t]
            for a in m.steam_suppliers[n, g, c, y]
            for t in m.time
        )
        >= m.steam_taken_min[n, g, c, y]
    )
