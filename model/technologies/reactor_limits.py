"""What a place offers to reactors: cooling water and land (formulation R9; smr/README.md F10).

Both limits stand on capacity, not on hours: a plant needs its plot, and a permit is asked for the water of full load
with all heat made into power.  Heat that users take warms no river, so the rows are on the safe side where reactors
serve heat.  A place without a figure has no row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, pairs, text, value_at
from model.core.registry import constraint, index_set, indexed_set, parameter

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Place = tuple[str, int]
Need = Callable[["Case", str], float]

WATER_HEAT = 4.186
"""Heat that warms a cubic metre of water by one kelvin, MJ/(m3 K): 4,186 J/(kg K) times 1,000 kg/m3 (designs.csv)."""
SECONDS = 3600.0


@index_set(dims=("node", "year"))
def water_limited_place(case: Case) -> list[Place]:
    """Places with a limit of cooling water, in the years in which reactors that need some may stand there."""
    return list(_users(case, "cooling_water_max", water_of))


@index_set(dims=("node", "year"))
def land_limited_place(case: Case) -> list[Place]:
    """Places with a limit of land, in the years in which reactors that need some may stand there."""
    return list(_users(case, "land_max", land_of))


@indexed_set(over="water_limited_place", dims=("asset",))
def reactors_taking_water(case: Case) -> dict[Place, list[str]]:
    """Reactors at a place with a limit of cooling water."""
    return {place: list(assets) for place, assets in _users(case, "cooling_water_max", water_of).items()}


@indexed_set(over="land_limited_place", dims=("asset",))
def reactors_taking_land(case: Case) -> dict[Place, list[str]]:
    """Reactors at a place with a limit of land."""
    return {place: list(assets) for place, assets in _users(case, "land_max", land_of).items()}


def _users(case: Case, column: str, need: Need) -> dict[Place, dict[str, float]]:
    """What each reactor at a place needs per unit of capacity, where the place has a limit and the design a figure."""
    if not case.scenario.reactors.site_limits:
        return {}
    limits = _limits(case, column)
    nodes = case.assets.loc[(case.assets["kind"] == "reactor") & case.assets["node"].isin(limits), "node"]
    needs = {str(asset): need(case, str(asset)) for asset in nodes.index}
    found: dict[Place, dict[str, float]] = {}
    for asset, year in pairs(case.asset_years.index.tolist()):
        if needs.get(asset, 0.0) > 0.0:
            found.setdefault((str(nodes[asset]), year), {})[asset] = needs[asset]
    return found


def _limits(case: Case, column: str) -> dict[str, float]:
    sites = case.tables["reactor_sites"]
    limits = dict(zip(sites["node"], sites[column].astype(float), strict=True))
    return {node: limit for node, limit in limits.items() if np.isfinite(limit)}


def water_of(case: Case, asset: str) -> float:
    """Cooling water at full load without heat for users, m3/s per MW_th; NaN where the design gives no figure.

    Once-through: rejected heat / (4.186 × rise); tower: rejected heat × evaporation / 3600.  A plant without a turbine
    rejects only what it may dump.
    """
    design = text(case.assets, asset, "technology")
    efficiency, dump = (number(case.reactors, design, name) for name in ("efficiency", "dump_share_max"))
    rejected = 1.0 - efficiency if efficiency > 0.0 else dump
    sites = case.tables["reactor_sites"].set_index("node")
    if text(sites, text(case.assets, asset, "node"), "cooling") == "tower":
        return rejected * number(case.reactors, design, "tower_evaporation") / SECONDS
    return rejected / (WATER_HEAT * number(case.reactors, design, "cooling_water_rise"))


def land_of(case: Case, asset: str) -> float:
    """Land, ha per MW_th; NaN where the design gives no figure."""
    return number(case.reactors, text(case.assets, asset, "technology"), "land_use")


@index_set(dims=("asset",))
def reactor_taking_water(case: Case, sets: SetValues) -> set[str]:
    """Reactors that a limit of cooling water counts."""
    return {asset for assets in sets.family("reactors_taking_water").values() for asset in assets}


@index_set(dims=("asset",))
def reactor_taking_land(case: Case, sets: SetValues) -> set[str]:
    """Reactors that a limit of land counts."""
    return {asset for assets in sets.family("reactors_taking_land").values() for asset in assets}


@parameter(over=("reactor_taking_water",), unit="m3/s/MW_th", minimum=0, source="smr/README.md F10, smr/designs.csv")
def cooling_water_of_capacity(case: Case, sets: SetValues) -> list[float]:
    """Cooling water at full load per unit of capacity, all heat made into power: taken, or evaporated by a tower."""
    return [water_of(case, asset) for asset in sets["reactor_taking_water"]]


@parameter(over=("reactor_taking_land",), unit="ha/MW_th", minimum=0, source="smr/README.md F10")
def land_of_capacity(case: Case, sets: SetValues) -> list[float]:
    """Land per unit of capacity."""
    return [land_of(case, asset) for asset in sets["reactor_taking_land"]]


@parameter(over=("water_limited_place",), unit="m3/s", minimum=0, source="smr/README.md F10")
def place_cooling_water_max(case: Case) -> list[float]:
    """Cooling water that a place has, or what stands there needs, where that is more."""
    return _or_what_stands(case, "cooling_water_max", water_of)


@parameter(over=("land_limited_place",), unit="ha", minimum=0, source="smr/README.md F10")
def place_land_max(case: Case) -> list[float]:
    """Land that a place has for reactors, or what stands there takes, where that is more."""
    return _or_what_stands(case, "land_max", land_of)


def _or_what_stands(case: Case, column: str, need: Need) -> list[float]:
    limits = _limits(case, column)
    return [
        max(limits[node], sum(each * value_at(case.existing, (asset, year)) for asset, each in assets.items()))
        for (node, year), assets in sorted(_users(case, column, need).items())
    ]


@constraint(over=("water_limited_place",), unit="m3/s", source="smr/README.md F10")
def reactor_cooling_water_limit(m: Any, n: str, y: int) -> Any:
    """Reactors at a place need no more cooling water at full load than it has.  Dual: EUR a year per m3/s."""
    return (
        sum(m.cooling_water_of_capacity[a] * m.capacity[a, y] for a in m.reactors_taking_water[n, y])
        <= m.place_cooling_water_max[n, y]
    )


@constraint(over=("land_limited_place",), unit="ha", source="smr/README.md F10")
def reactor_land_limit(m: Any, n: str, y: int) -> Any:
    """Reactors at a place take no more land than it has for them.  Dual: EUR a year per hectare."""
    return sum(m.land_of_capacity[a] * m.capacity[a, y] for a in m.reactors_taking_land[n, y]) <= m.place_land_max[n, y]
