"""The row on rights beside the row on flows: what tells transport rights apart (formulation G3).

`base + today's use + sum coincidence x (new rights - restrictions) <= hosting limit + reinforcement`, by area (region
or substation), direction and hour, the same for every right.  Base is what everybody without a connection of the table
takes in the hour, net: loads less generation below the limit, as the solution has them.  So the row is the row on flows
with every connection at what it may take instead of what it takes.  Firm power fills it, non-firm rights do not enter
it, restrictions and calls relieve it.

Sites without a row in connections stand in it with their contract: today's at its expected use (their demand), more of
it in full, and less where they hand it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import constraint, index_set, indexed_set, parameter, variable
from model.core.rights import area_limits, load_of
from model.data.rights import areas_above

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.core.sets import SetValues
    from model.data.case import Case

Way = tuple[str, str, int]
Key = tuple[str, int]


@index_set(dims=("area", "direction", "year"))
def area_way(case: Case, sets: SetValues) -> list[Way]:
    """Areas with a hosting limit, by direction and year, where somebody has rights."""
    if not (sets["connection_year"] and case.scenario.grid.rights.adequacy):
        return []
    held = {(area, year) for name, year in sets["connection_year"] for area in _areas(case, name)}
    held |= {(area, year) for site, year in _plain_sites(case, sets) for area in areas_above(case.nodes, site)}
    return [key for key, limit in area_limits(case).items() if np.isfinite(limit) and (key[0], key[2]) in held]


@index_set(dims=("node", "year"))
def right_site_year(case: Case, sets: SetValues) -> list[Key]:
    """Sites without a connection of the table, which count by their contract."""
    held = {(area, year) for area, _, year in sets["area_way"]}
    return [
        key
        for key in _plain_sites(case, sets)
        if any((area, key[1]) in held for area in areas_above(case.nodes, key[0]))
    ]


def _plain_sites(case: Case, sets: SetValues) -> list[Key]:
    if not case.scenario.grid.rights.sites:
        return []
    own = {(text(case.rights.connections, name, "node"), year) for name, year in sets["connection_year"]}
    return [key for key in sets["site_year"] if key not in own]


def _areas(case: Case, connection: str) -> list[str]:
    areas: list[str] = case.rights.connections["areas"][connection]
    return areas


@index_set(dims=("node", "year"))
def paying_right_site_year(case: Case, sets: SetValues) -> list[Key]:
    """Of these, sites whose contract is a decision because they pay for it."""
    paying = sets.positions("tariffed_site_year")
    return [key for key in sets["right_site_year"] if key in paying]


@index_set(dims=("node", "year"))
def free_right_site_year(case: Case, sets: SetValues) -> list[Key]:
    """Of these, sites whose contract follows their highest import."""
    paying = sets.positions("tariffed_site_year")
    return [key for key in sets["right_site_year"] if key not in paying]


@indexed_set(over="area_way", dims=("region",))
def area_regions(case: Case, sets: SetValues) -> dict[Way, list[str]]:
    """The region that an area is."""
    regions = {region for region, _ in sets["region_year"]}
    return {key: [key[0]] for key in sets["area_way"] if key[0] in regions}


@indexed_set(over="area_way", dims=("node",))
def area_substations(case: Case, sets: SetValues) -> dict[Way, list[str]]:
    """The substation that an area is."""
    substations = {node for node, _ in sets["substation_year"]}
    return {key: [key[0]] for key in sets["area_way"] if key[0] in substations}


@indexed_set(over="area_way", dims=("connection",))
def area_connections(case: Case, sets: SetValues) -> dict[Way, list[str]]:
    """Connections below the limit of an area."""
    return _in_areas(case, sets, [(name, way, year) for name, way, year in sets["connection_way"]])


@indexed_set(over="area_way", dims=("node",))
def area_exchanging_sites(case: Case, sets: SetValues) -> dict[Way, list[str]]:
    """Sites of an area that count by their contract, for off-take; what they feed in is part of base."""
    found: dict[Way, list[str]] = {}
    ways = sets.positions("area_way")
    for site, year in sets["right_site_year"]:
        for area in areas_above(case.nodes, site):
            if (area, "offtake", year) in ways:
                found.setdefault((area, "offtake", year), []).append(site)
    return found


def _in_areas(case: Case, sets: SetValues, keys: Sequence[Any]) -> dict[Way, list[Any]]:
    """Connections, or rights as (connection, class), by area, direction and year."""
    ways = sets.positions("area_way")
    found: dict[Way, list[Any]] = {}
    for name, direction, *label, year in keys:
        for area in _areas(case, name) if ways else []:
            if (area, direction, year) in ways:
                found.setdefault((area, direction, year), []).append((name, *label) if label else name)
    return found


@indexed_set(over="area_way", dims=("connection", "contract_class"))
def area_timed(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Rights in an area whose hours are known before the solve."""
    return _in_areas(case, sets, sets["timed_right"])


@indexed_set(over="area_way", dims=("connection", "contract_class"))
def area_budgeted(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Rights in an area that are restricted by hour and part."""
    return _in_areas(case, sets, sets["budgeted_right"])


@indexed_set(over="area_way", dims=("connection", "contract_class"))
def area_windows(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Limiting contracts with fixed hours in an area."""
    return _in_areas(case, sets, sets["window_right"])


@indexed_set(over="area_way", dims=("connection", "contract_class"))
def area_calls(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Limiting contracts on call in an area."""
    return _in_areas(case, sets, sets["call_right"])


@indexed_set(over="area_way", dims=("region", "direction"))
def area_reinforcement(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Reinforcement of a region that relieves an area in a direction."""
    return {
        (region, way, year): [(region, served) for served in (way, "both") if (region, served, year) in built]
        for built in [sets.positions("reinforcement_year")]
        for region, way, year in sets["area_way"]
    }


@indexed_set(over="area_way", dims=("node", "direction"))
def area_substation_reinforcement(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Reinforcement of a substation that relieves an area in a direction."""
    return {
        (node, way, year): [(node, served) for served in (way, "both") if (node, served, year) in built]
        for built in [sets.positions("substation_reinforcement_year")]
        for node, way, year in sets["area_way"]
    }


@indexed_set(over="area_way", dims=("node", "contract_class"))
def area_site_classes(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Contract classes of sites in an area that hold in every hour."""
    timed = sets.positions("timed_class_year")
    return _classes_in(sets, [key for key in sets["site_class_year"] if key not in timed])


@indexed_set(over="area_way", dims=("node", "contract_class"))
def area_timed_site_classes(case: Case, sets: SetValues) -> dict[Way, list[tuple[str, str]]]:
    """Contract classes of sites in an area that hold in some hours."""
    return _classes_in(sets, list(sets["timed_class_year"]))


def _classes_in(sets: SetValues, keys: Sequence[tuple[str, str, int]]) -> dict[Way, list[tuple[str, str]]]:
    return {
        way: [(site, label) for site, label, year in keys if site in sites and year == way[2]]
        for way, sites in sets.family("area_exchanging_sites").items()
    }


@parameter(over=("area_way",), unit="1", minimum=-1, maximum=1, sign="positive: off-take; negative: feed-in")
def area_sign(case: Case, sets: SetValues) -> list[float]:
    """Direction in which an exchange fills the limit."""
    return [1.0 if direction == "offtake" else -1.0 for _, direction, _ in sets["area_way"]]


@parameter(over=("area_way",), unit="MW", minimum=0)
def area_hosting(case: Case, sets: SetValues) -> list[float]:
    """Hosting limit of an area before reinforcement."""
    limits = area_limits(case)
    return [limits[key] for key in sets["area_way"]]


def _profile(case: Case, name: str) -> np.ndarray:
    """Availability by hour of a profile, one where there is none."""
    shape = case.hourly["profile"].sel(profile=name).to_numpy() if name else np.ones(case.time.count)
    return np.asarray(shape, dtype=float)


@parameter(over=("connection_way", "time"), unit="1", minimum=0)
def coincidence(case: Case, sets: SetValues) -> np.ndarray:
    """Share of a connection's new rights that is taken at once, of what counts in its group.

    On a pooled cable the highest of what stands on it: sun by day, wind at night.
    """
    table = case.rights.connections
    shapes = {
        name: np.max([_profile(case, label) for label in table["profiles"][name]], axis=0) for name in table.index
    }
    values = np.ones((len(sets["connection_way"]), case.time.count))
    for row, (name, _, _) in enumerate(sets["connection_way"]):
        values[row] = number(table, name, "counted") * number(table, name, "coincidence") * shapes[name]
    return values


@parameter(over=("connection_way", "time"), unit="1", minimum=0)
def limiting_relief(case: Case, sets: SetValues) -> np.ndarray:
    """What a MW under a limiting contract relieves: as much of it as is expected to be used.

    Of a connection with a contract today the smaller of its expected use and the coincidence of new rights.
    """
    values = coincidence(case, sets)
    use = expected_use(case, sets)
    for row, (name, way, _) in enumerate(sets["connection_way"]):
        contract = float(case.rights.ways["contract"][name, way])
        if contract > 0.0:
            values[row] = np.minimum(values[row], use[row] / contract)
    return values


def expected_use(case: Case, sets: SetValues) -> np.ndarray:
    """Use of today's contracts that is expected, MW by `connection_way` and hour.

    What stands today can be carried today: where the sum of an area is above its limit, all of it is scaled down, at
    substations first.
    """
    table, ways = case.rights.connections, case.rights.ways
    values = np.zeros((len(sets["connection_way"]), case.time.count))
    for row, (name, way, _) in enumerate(sets["connection_way"]):
        parts: Any = ways["parts"][name, way]
        used = sum((megawatts * _profile(case, label) for label, megawatts in parts), np.zeros(case.time.count))
        values[row] = number(table, name, "counted") * np.minimum(used, float(ways["contract"][name, way]))
    limits, positions = area_limits(case), sets.positions("connection_way")
    regions, found = set(case.nodes["region"]), _in_areas(case, sets, list(sets["connection_way"]))
    for area, way, year in sorted(found, key=lambda key: key[0] in regions):
        names = found[area, way, year]
        rows = [positions[name, way, year] for name in names]
        total = values[rows].sum(axis=0)
        values[rows] *= np.minimum(1.0, limits[area, way, year] / np.maximum(total, 1e-9))
    return values


@parameter(over=("area_way", "time"), unit="MW", minimum=0, source="congestion_products.md")
def area_use(case: Case, sets: SetValues) -> np.ndarray:
    """Expected use of today's contracts of the connections of an area."""
    use, positions = expected_use(case, sets), sets.positions("connection_way")
    values = np.zeros((len(sets["area_way"]), case.time.count))
    found = _in_areas(case, sets, list(sets["connection_way"]))
    for row, (area, way, year) in enumerate(sets["area_way"]):
        rows = [positions[name, way, year] for name in found.get((area, way, year), [])]
        values[row] = use[rows].sum(axis=0)
    return values


@parameter(over=("right_site_year",), unit="MW", minimum=0)
def site_contract_today(case: Case, sets: SetValues) -> list[float]:
    """Today's contract of a site."""
    return [number(case.sites, site, "contract_import") for site, _ in sets["right_site_year"]]


@parameter(over=("right_site_year", "time"), unit="1", minimum=0, maximum=1)
def site_use_share(case: Case, sets: SetValues) -> np.ndarray:
    """Share of a site's contract that is expected to be used: its demand of power over the contract, at most one."""
    values = np.zeros((len(sets["right_site_year"]), case.time.count))
    for row, (site, year) in enumerate(sets["right_site_year"]):
        contract = max(number(case.sites, site, "contract_import"), 1e-9)
        values[row] = np.clip(load_of(case, {site}, year) / contract, 0.0, 1.0)
    return values


variable(
    "site_right_new",
    over=("right_site_year",),
    unit="MW",
    doc="Contract of a site above today's, as the row on rights counts it.",
)
variable(
    "site_right_returned",
    over=("right_site_year",),
    unit="MW",
    upper="site_contract_today",
    doc="Part of today's contract that a site does not need and hands back.",
)


@constraint(over=("free_right_site_year", "time"), unit="MW", source="formulation.md G3")
def site_right_covers_import(m: Any, s: str, y: int, t: int) -> Any:
    """The contract of a site that pays no tariff is as high as its highest import."""
    return (
        m.site_exchange[s, y, t] <= m.site_contract_today[s, y] + m.site_right_new[s, y] - m.site_right_returned[s, y]
    )


@constraint(over=("paying_right_site_year",), unit="MW", source="formulation.md G3")
def site_right_covers_contract(m: Any, s: str, y: int) -> Any:
    """Today's contract and what changes are what a site has contracted firmly."""
    return m.site_contract[s, y] <= m.site_contract_today[s, y] + m.site_right_new[s, y] - m.site_right_returned[s, y]


@constraint(over=("area_way", "time"), unit="MW", source="formulation.md G3, congestion_products.md")
def adequacy_of_rights(m: Any, r: str, d: str, y: int, t: int) -> Any:
    """Base, today's use and new rights less restrictions stay within hosting limit and reinforcement."""
    return m.area_use[r, d, y, t] - m.area_sign[r, d, y] * (
        sum(m.hosting_exchange[g, y, t] for g in m.area_regions[r, d, y])
        + sum(m.substation_exchange[n, y, t] for n in m.area_substations[r, d, y])
        + sum(m.connection_exchange[i, y, t] for i in m.area_connections[r, d, y])
        + sum(m.site_exchange[s, y, t] for s in m.area_exchanging_sites[r, d, y])
    ) + sum(m.coincidence[i, d, y, t] * m.connection_firm[i, d, y] for i in m.area_connections[r, d, y]) + sum(
        m.coincidence[i, d, y, t] * m.right_hours[i, d, k, y, t] * m.connection_right[i, d, k, y]
        for i, k in m.area_timed[r, d, y]
    ) + sum(
        m.coincidence[i, d, y, t] * (m.connection_right[i, d, k, y] - m.right_restricted[i, d, k, y, t])
        for i, k in m.area_budgeted[r, d, y]
    ) - sum(
        m.limiting_relief[i, d, y, t] * m.limited_hours[i, d, k, y, t] * m.connection_right[i, d, k, y]
        for i, k in m.area_windows[r, d, y]
    ) - sum(m.limiting_relief[i, d, y, t] * m.right_called[i, d, k, y, t] for i, k in m.area_calls[r, d, y]) + sum(
        m.site_use_share[s, y, t] * (m.site_contract_today[s, y] - m.site_right_returned[s, y]) + m.site_right_new[s, y]
        for s in m.area_exchanging_sites[r, d, y]
    ) + sum(m.site_class_contract[s, k, y] for s, k in m.area_site_classes[r, d, y]) + sum(
        m.right_granted[s, k, y, t] * m.site_class_contract[s, k, y] for s, k in m.area_timed_site_classes[r, d, y]
    ) <= m.area_hosting[r, d, y] + sum(m.hosting_built[g, w, y] for g, w in m.area_reinforcement[r, d, y]) + sum(
        m.substation_built[n, w, y] for n, w in m.area_substation_reinforcement[r, d, y]
    )
