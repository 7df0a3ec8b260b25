"""How much may be built where and how fast: shared potentials and build rates (formulation C3, F10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, pairs, text, value_at
from model.core.registry import constraint, index_set, indexed_set, parameter
from model.data.shared_potentials import group_factors, shared_limits

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


@index_set(dims=("node", "technology", "year"))
def vintage_potential_year(case: Case) -> list[tuple[str, str, int]]:
    """Technologies whose build years are assets of their own and share the potential of their node."""
    return list(_assets_of_potential(case))


@indexed_set(over="vintage_potential_year", dims=("asset",))
def assets_of_potential(case: Case) -> dict[tuple[str, str, int], list[str]]:
    """The assets that share a node's potential."""
    return _assets_of_potential(case)


def _assets_of_potential(case: Case) -> dict[tuple[str, str, int], list[str]]:
    groups: dict[tuple[str, str, int], list[str]] = {}
    for asset, year in case.asset_years.index:
        if text(case.assets, asset, "vintage") != "all" and np.isfinite(number(case.assets, asset, "potential")):
            place = (text(case.assets, asset, "node"), text(case.assets, asset, "technology"))
            groups.setdefault((*place, year), []).append(asset)
    return {key: assets for key, assets in groups.items() if len(assets) > 1}


@parameter(over=("vintage_potential_year",), unit="capacity unit", minimum=0)
def vintage_potential(case: Case, sets: SetValues) -> list[float]:
    """Potential of the node, or what already stands where that is more."""
    family = sets.family("assets_of_potential")
    limits = []
    for key in sets["vintage_potential_year"]:
        stock = sum(value_at(case.existing, (asset, key[2])) for asset in family[key])
        limits.append(max(float(case.assets.loc[family[key][0], "potential"]), stock))
    return limits


@index_set(dims=("group", "year"))
def shared_potential_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Groups of assets that share one potential, in the years that have a limit."""
    limits = shared_limits(case)
    return [key for key in sets.family("assets_of_shared_potential") if key in limits]


@indexed_set(over="group_year", dims=("asset",))
def assets_of_shared_potential(case: Case) -> dict[tuple[str, int], list[str]]:
    """The assets of a group, by year."""
    found: dict[tuple[str, int], list[str]] = {}
    for (asset, year), group in _group_members(case):
        found.setdefault((group, year), []).append(asset)
    return found


@index_set(dims=("group", "year"))
def group_year(case: Case) -> list[tuple[str, int]]:
    """Groups of assets in the years in which any of them may stand."""
    return sorted({(group, year) for (_, year), group in _group_members(case)})


@index_set(dims=("asset", "group"))
def asset_in_group(case: Case) -> list[tuple[str, str]]:
    """Membership of assets in groups."""
    return sorted({(asset, group) for (asset, _), group in _group_members(case)})


def _group_members(case: Case) -> list[tuple[tuple[str, int], str]]:
    table = case.tables["shared_potentials"]
    groups: dict[tuple[str, str], list[str]] = {}
    for row in table.itertuples():
        groups.setdefault((str(row.node), str(row.technology)), []).append(str(row.group))
    places = case.assets[["node", "technology"]]
    return [
        ((asset, year), group)
        for asset, year in case.asset_years.index
        for group in groups.get((text(places, asset, "node"), text(places, asset, "technology")), [])
    ]


@parameter(over=("asset_in_group",), unit="group unit/capacity unit", minimum=0)
def group_factor(case: Case, sets: SetValues) -> list[float]:
    """How much one unit of an asset's capacity counts in its group (a reactor's MW_th as MW_e, say)."""
    factors = group_factors(case)
    places = case.assets[["node", "technology"]]
    return [
        factors[group, text(places, asset, "node"), text(places, asset, "technology")]
        for asset, group in sets["asset_in_group"]
    ]


@parameter(over=("shared_potential_year",), unit="group unit", minimum=0)
def shared_potential(case: Case, sets: SetValues) -> list[float]:
    """Potential that a group shares, or what already stands where that is more."""
    limits = shared_limits(case)
    factors = dict(zip(sets["asset_in_group"], group_factor(case, sets), strict=True))
    family = sets.family("assets_of_shared_potential")
    return [
        max(
            limits[group, year],
            sum(factors[a, group] * value_at(case.existing, (a, year)) for a in family[group, year]),
        )
        for group, year in sets["shared_potential_year"]
    ]


@index_set(dims=("technology", "build_year"))
def build_rate_year(case: Case) -> list[tuple[str, int]]:
    """Technologies with a national build rate, in the years in which they may be built."""
    return list(_rates(case, "build_rate_max"))


@indexed_set(over="build_rate_year", dims=("asset",))
def assets_of_technology_built(case: Case) -> dict[tuple[str, int], list[str]]:
    """Assets of a technology that may be built in a year."""
    rates = _rates(case, "build_rate_max")
    found: dict[tuple[str, int], list[str]] = {}
    for asset, build in case.build_options.index:
        key = (text(case.assets, asset, "technology"), build)
        if key in rates:
            found.setdefault(key, []).append(asset)
    return found


@index_set(dims=("asset", "build_year"))
def site_build_rate_year(case: Case) -> list[tuple[str, int]]:
    """Assets with a build rate of their own, in the years in which they may be built."""
    rates = _rates(case, "build_rate_site_max")
    return [
        (asset, build)
        for asset, build in case.build_options.index
        if (text(case.assets, asset, "technology"), build) in rates
    ]


def _rates(case: Case, name: str) -> dict[tuple[str, int], float]:
    """Most that can be built up to a milestone year since the one before, or since the technology became available."""
    if not case.scenario.investment.build_rates:
        return {}
    earliest = case.technologies["earliest_year"]
    found: dict[tuple[str, int], float] = {}
    for asset, build in pairs(case.build_options.index.tolist()):
        rate = number(case.build_options, (asset, build), name)
        if np.isfinite(rate):
            technology = text(case.assets, asset, "technology")
            start = max(_before(case, build), value_at(earliest.fillna(0.0), technology))
            found[technology, build] = rate * max(1.0, build - start)
    return dict(sorted(found.items()))


def _before(case: Case, build: int) -> float:
    """Milestone before; before the first one, the year whose stock the tables describe."""
    years = case.scenario.years  # vintages come from the whole path, though not all its years need be operated
    position = years.index(build)
    return float(years[position - 1] if position else min(case.scenario.investment.stock_year, build))


@parameter(over=("build_rate_year",), unit="capacity unit", minimum=0, source="smr/README.md F10")
def build_max(case: Case, sets: SetValues) -> list[float]:
    """Most that the country can build of a technology since the previous milestone."""
    rates = _rates(case, "build_rate_max")
    return [rates[key] for key in sets["build_rate_year"]]


@parameter(over=("site_build_rate_year",), unit="capacity unit", minimum=0, source="smr/README.md F10")
def site_build_max(case: Case, sets: SetValues) -> list[float]:
    """Most that one place can build of a technology since the previous milestone."""
    rates = _rates(case, "build_rate_site_max")
    return [rates[text(case.assets, asset, "technology"), build] for asset, build in sets["site_build_rate_year"]]


@constraint(over=("vintage_potential_year",), unit="capacity unit", source="formulation.md C3")
def potential_limit(m: Any, n: str, g: str, y: int) -> Any:
    """All vintages of a technology at a node together stay within its potential."""
    return sum(m.capacity[a, y] for a in m.assets_of_potential[n, g, y]) <= m.vintage_potential[n, g, y]


@constraint(over=("shared_potential_year",), unit="group unit", source="formulation.md C3")
def shared_potential_limit(m: Any, g: str, y: int) -> Any:
    """Assets that share a potential stay within it together."""
    return (
        sum(m.group_factor[a, g] * m.capacity[a, y] for a in m.assets_of_shared_potential[g, y])
        <= m.shared_potential[g, y]
    )


@constraint(over=("build_rate_year",), unit="capacity unit", source="formulation.md C3, F10")
def build_rate_limit(m: Any, g: str, v: int) -> Any:
    """The country builds no faster than its supply chain."""
    return sum(m.built[a, v] for a in m.assets_of_technology_built[g, v]) <= m.build_max[g, v]


@constraint(over=("site_build_rate_year",), unit="capacity unit", source="formulation.md C3, F10")
def build_rate_site_limit(m: Any, a: str, v: int) -> Any:
    """One place builds no faster than it can."""
    return m.built[a, v] <= m.site_build_max[a, v]
