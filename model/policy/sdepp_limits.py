"""What SDE++ categories demand of what is built with their awards (rules.md section 6), as far as a linear program can.

Floors of COP decide in the data whether a technology is eligible; the hours of e-boilers that count by year are in the
hours that are paid (sdepp_payments.py).  Least sizes of an installation (500 kWth, 2 MWth, 15 kWp) are below what a
divisible award can tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text, value_at
from model.core.registry import constraint, index_set, indexed_set, parameter

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Alive = tuple[str, str, str, int, int]
Build = tuple[str, str, int]


@index_set(dims=("round", "category", "asset", "build_year", "year"))
def sdepp_build_alive(case: Case, sets: SetValues) -> list[Alive]:
    """Builds that an award may serve, in the years in which they stand."""
    alive = case.build_options["alive_years"]
    standing = [(key, [y for y in alive[key[2], key[3]] if y in case.years]) for key in sets["sdepp_build"]]
    return [(*key, int(year)) for key, years in standing for year in years]


def _figure(case: Case, key: Any, name: str) -> float:
    assert case.sdepp is not None
    return number(case.sdepp.supports, tuple(key[:3]), name)


def _by_asset_year(keys: list[Alive]) -> dict[tuple[str, int], list[Build]]:
    found: dict[tuple[str, int], list[Build]] = {}
    for name, category, asset, build, year in keys:
        found.setdefault((asset, year), []).append((name, category, build))
    return found


@index_set(dims=("round", "category", "asset", "build_year", "year"))
def sdepp_feed_in_build(case: Case, sets: SetValues) -> list[Alive]:
    """Panels that may feed in less than their peak; at sites it is the contract that limits what is fed in."""
    return [key for key in sets["sdepp_build_alive"] if _figure(case, key, "feed_in_share") < 1.0]


@index_set(dims=("asset", "year"))
def sdepp_feed_in_year(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Assets of which a part may feed in less than its peak."""
    return {(asset, year) for _, _, asset, _, year in sets["sdepp_feed_in_build"]}


@indexed_set(over="sdepp_feed_in_year", dims=("round", "category", "build_year"))
def sdepp_feed_in_parts(case: Case, sets: SetValues) -> dict[tuple[str, int], list[Build]]:
    """Parts of an asset that may feed in less than their peak."""
    return _by_asset_year(list(sets["sdepp_feed_in_build"]))


@parameter(over=("sdepp_feed_in_build", "time"), unit="1", minimum=0, maximum=1, source="sdepp/rules.md section 6")
def sdepp_cut_off(case: Case, sets: SetValues) -> np.ndarray:
    """What sun gives per MW of peak above the share that may be fed in."""
    values = np.zeros((len(sets["sdepp_feed_in_build"]), case.time.count))
    for place, key in enumerate(sets["sdepp_feed_in_build"]):
        name = text(case.assets, key[2], "availability_profile")
        hourly = case.hourly["profile"].sel(profile=name).to_numpy() if name else np.ones(case.time.count)
        available = number(case.asset_years, (key[2], key[4]), "availability") * hourly
        values[place] = np.maximum(available - _figure(case, key, "feed_in_share"), 0.0)
    return values


@constraint(over=("sdepp_feed_in_year", "time"), unit="capacity unit", source="sdepp/rules.md section 6")
def sdepp_feed_in_limit(m: Any, a: str, y: int, t: int) -> Any:
    """Panels with an award feed in at most half of their peak; the others what the sun gives."""
    return (
        m.activity[a, y, t]
        + sum(
            m.sdepp_cut_off[r, k, a, v, y, t] * m.sdepp_capacity_per_award[r, k, a, v] * m.sdepp_built[r, k, a, v]
            for r, k, v in m.sdepp_feed_in_parts[a, y]
        )
        <= m.availability[a, y] * m.profile_value[m.availability_profile[a, y], t] * m.capacity[a, y]
    )


@index_set(dims=("round", "category", "asset", "build_year", "year"))
def sdepp_part_time_build(case: Case, sets: SetValues) -> list[Alive]:
    """Builds of categories with a largest number of production hours."""
    return [key for key in sets["sdepp_build_alive"] if np.isfinite(_figure(case, key, "production_hours"))]


@index_set(dims=("asset", "year"))
def sdepp_part_time_year(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Assets of which a part has a largest number of production hours."""
    return {(asset, year) for _, _, asset, _, year in sets["sdepp_part_time_build"]}


@indexed_set(over="sdepp_part_time_year", dims=("round", "category", "build_year"))
def sdepp_part_time_parts(case: Case, sets: SetValues) -> dict[tuple[str, int], list[Build]]:
    """Parts of an asset with a largest number of production hours."""
    return _by_asset_year(list(sets["sdepp_part_time_build"]))


@parameter(over=("sdepp_part_time_build",), unit="1", minimum=0, maximum=1, source="sdepp/rules.md section 6")
def sdepp_idle_share(case: Case, sets: SetValues) -> list[float]:
    """Part of the year in which a build of the category may not produce at full load."""
    hours = float(np.asarray(case.time.weight, dtype=float).sum())
    return [max(0.0, 1.0 - _figure(case, key, "production_hours") / hours) for key in sets["sdepp_part_time_build"]]


@parameter(over=(), unit="h", minimum=0)
def sdepp_hours_of_year(case: Case) -> float:
    """Hours of a year."""
    return float(np.asarray(case.time.weight, dtype=float).sum())


@constraint(over=("sdepp_part_time_year",), unit="capacity unit", source="sdepp/rules.md section 6")
def sdepp_production_hours(m: Any, a: str, y: int) -> Any:
    """What is built under a category of 3,000 hours produces 4,000 hours a year at most: in means over the year."""
    return sum(m.weight[t] / m.sdepp_hours_of_year * m.activity[a, y, t] for t in m.time) <= m.capacity[a, y] - sum(
        m.sdepp_idle_share[r, k, a, v, y] * m.sdepp_capacity_per_award[r, k, a, v] * m.sdepp_built[r, k, a, v]
        for r, k, v in m.sdepp_part_time_parts[a, y]
    )


@index_set(dims=("asset", "year"))
def sdepp_companion_year(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Assets that must stand beside what an award serves."""
    return {(companion, year) for companion, year in sets.family("sdepp_companions_to")}


@indexed_set(over="sdepp_beside_place", dims=("round", "category", "asset", "build_year"))
def sdepp_companions_to(case: Case, sets: SetValues) -> dict[tuple[str, int], list[tuple[str, str, str, int]]]:
    """Builds beside which an asset must stand."""
    found: dict[tuple[str, int], list[tuple[str, str, str, int]]] = {}
    for name, category, asset, build, year in sets["sdepp_build_alive"]:
        for companion in _companions(case, (name, category, asset)):
            found.setdefault((companion, year), []).append((name, category, asset, build))
    return found


def _companions(case: Case, key: tuple[str, str, str]) -> list[str]:
    assert case.sdepp is not None
    table = case.sdepp.companions.index
    return [str(found[3]) for found in table if found[:3] == key]


@index_set(dims=("asset", "year"))
def sdepp_beside_place(case: Case) -> list[tuple[str, int]]:
    """Assets that any award asks for, in every year in which they may stand."""
    named = set() if case.sdepp is None else {str(name) for name in case.sdepp.companions.index.get_level_values(3)}
    return [(asset, year) for asset, year in case.asset_years.index if asset in named]


@index_set(dims=("round", "category", "asset", "build_year", "asset_to", "year"))
def sdepp_pair_alive(case: Case, sets: SetValues) -> list[tuple[str, str, str, int, str, int]]:
    """Builds with an award and what must stand beside each, by year."""
    return [
        (*key, companion, year)
        for (companion, year), keys in sets.family("sdepp_companions_to").items()
        for key in keys
    ]


@parameter(over=("sdepp_pair_alive",), unit="capacity unit/award unit", minimum=0, source="sdepp/rules.md section 6")
def sdepp_companion_ratio(case: Case, sets: SetValues) -> list[float]:
    """What must stand beside a unit of award: 3 MWh of store per MW of heat, and its exchangers."""
    if case.sdepp is None:
        return []
    ratios = case.sdepp.companions["ratio"]
    return [value_at(ratios, (*key[:3], key[4])) for key in sets["sdepp_pair_alive"]]


@constraint(over=("sdepp_companion_year",), unit="capacity unit", source="sdepp/rules.md section 6")
def sdepp_stands_beside(m: Any, a: str, y: int) -> Any:
    """Boilers awarded with a thermal store have it: at least 3 MWh and 1 MW out of it per MW of heat."""
    return m.capacity[a, y] >= sum(
        m.sdepp_companion_ratio[r, k, b, v, a, y] * m.sdepp_built[r, k, b, v]
        for r, k, b, v in m.sdepp_companions_to[a, y]
    )


@index_set(dims=("category", "asset", "year"))
def sdepp_installed_year(case: Case, sets: SetValues) -> set[tuple[str, str, int]]:
    """Categories with a largest installation, at the places of which the eligible sites are counted."""
    return {
        (category, asset, year)
        for name, category, asset, build, year in sets["sdepp_build_alive"]
        if np.isfinite(_figure(case, (name, category, asset), "installations"))
    }


@indexed_set(over="sdepp_installed_year", dims=("round", "build_year"))
def sdepp_installed_parts(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[tuple[str, int]]]:
    """Rounds and build years of a category at a place."""
    found: dict[tuple[str, str, int], list[tuple[str, int]]] = {}
    for name, category, asset, build, year in sets["sdepp_build_alive"]:
        if (category, asset, year) in sets.positions("sdepp_installed_year"):
            found.setdefault((category, asset, year), []).append((name, build))
    return found


@parameter(over=("sdepp_installed_year",), unit="award unit", minimum=0, source="sdepp/rules.md section 6")
def sdepp_installations(case: Case, sets: SetValues) -> list[float]:
    """Largest installation times the eligible sites at a place."""
    parts = sets.family("sdepp_installed_parts")
    keys = sets["sdepp_installed_year"]
    return [_figure(case, (parts[key][0][0], key[0], key[1]), "installations") for key in keys]


@constraint(over=("sdepp_installed_year",), unit="award unit", source="sdepp/rules.md section 6")
def sdepp_installation_limit(m: Any, k: str, a: str, y: int) -> Any:
    """No more is built with awards than the eligible sites hold: 50 MW of heat each with a thermal store."""
    return sum(m.sdepp_built[r, k, a, v] for r, v in m.sdepp_installed_parts[k, a, y]) <= m.sdepp_installations[k, a, y]


@index_set(dims=("node", "year"))
def sdepp_boiler_site_year(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Sites with a contract where awards may serve electric boilers."""
    return set(sets.family("sdepp_boilers_at")) if case.scenario.sites.contracts else set()


@indexed_set(over="site_year", dims=("round", "category", "asset", "build_year"))
def sdepp_boilers_at(case: Case, sets: SetValues) -> dict[tuple[str, int], list[tuple[str, str, str, int]]]:
    """Electric boilers with an award at a site."""
    found: dict[tuple[str, int], list[tuple[str, str, str, int]]] = {}
    for name, category, asset, build, year in sets["sdepp_build_alive"]:
        node = text(case.assets, asset, "node")
        if node in case.sites.index and bool(_figure(case, (name, category, asset), "boiler")):
            found.setdefault((node, year), []).append((name, category, asset, build))
    return found


@parameter(over=("sdepp_build_alive",), unit="MW_e/capacity unit", minimum=0)
def sdepp_power_taken(case: Case, sets: SetValues) -> list[float]:
    """Electricity that a build takes at full load."""
    power = str(case.carriers.index[case.carriers["kind"] == "electricity"][0])
    flows = case.flows["coefficient"]
    return [max(0.0, -value_at(flows, (key[2], power, key[4]))) for key in sets["sdepp_build_alive"]]


@parameter(over=("sdepp_boiler_site_year",), unit="MW_e", minimum=0, source="sdepp/rules.md section 6")
def sdepp_connection(case: Case, sets: SetValues) -> list[float]:
    """Grid connection of a site: what is contracted and the most by which it can grow."""
    columns = ("contract_import", "contract_growth_max")
    keys = sets["sdepp_boiler_site_year"]
    return [sum(float(np.nan_to_num(number(case.sites, site, c), nan=np.inf)) for c in columns) for site, _ in keys]


@constraint(over=("sdepp_boiler_site_year",), unit="MW_e", source="sdepp/rules.md section 6")
def sdepp_connection_limit(m: Any, n: str, y: int) -> Any:
    """The connection of a site holds all its electric boilers with an award at once."""
    return (
        sum(
            m.sdepp_power_taken[r, k, a, v, y] * m.sdepp_capacity_per_award[r, k, a, v] * m.sdepp_built[r, k, a, v]
            for r, k, a, v in m.sdepp_boilers_at[n, y]
        )
        <= m.sdepp_connection[n, y]
    )
