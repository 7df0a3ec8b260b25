"""Checks the row on rights: base, today's use and new rights less restrictions within limit and reinforcement (G3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number
from model.core.checking import Finding, Tally, above, taken
from model.core.registry import check
from model.core.rights_checking import (
    LIMITING,
    WAYS,
    below,
    demanded,
    firm_rights,
    held_rights,
    limits_of_areas,
    shape_of,
    standing,
)

if TYPE_CHECKING:
    from model.data.case import Case


def plain_sites(case: Case, area: str, year: int) -> list[str]:
    """Sites of an area that have no connection of the table and count by their contract."""
    if not (case.scenario.grid.rights.sites and len(case.rights.connections)):
        return []
    own = {row.node for row in standing(case, year)}
    return [str(site) for site in case.sites.index if site in below(case, area) and site not in own]


def net_offtake(case: Case, cube: Any, area: str, year: int) -> np.ndarray:
    """What passes the limit of an area, off-take counted positive, MW."""
    name, dim = ("substation_exchange", "node") if area in case.nodes.index else ("hosting_exchange", "region")
    if area in set(case.nodes["region"]):
        name, dim = "hosting_exchange", "region"
    at: dict[str, Any] = {dim: [area], "year": year}
    return np.asarray(-taken(cube, name, **at)[0])


def contracted(case: Case, cube: Any, sites: list[str], year: int) -> np.ndarray:
    """Contracts of sites as they are expected to be used: today's by demand, more in full, classes by the hour."""
    total = np.zeros(case.time.count)
    classes = case.tables["contract_classes"].set_index("contract_class")["kind"]
    for site in sites:
        today = number(case.sites, site, "contract_import")
        share = np.clip(demanded(case, {site}, year) / max(today, 1e-9), 0.0, 1.0)
        back = taken(cube, "site_right_returned", node=[site], year=year)[0]
        total += share * (today - back) + taken(cube, "site_right_new", node=[site], year=year)[0]
        held = cube["results"]["site_class_contract"]
        for label in held["contract_class"].values:
            part = taken(cube, "site_class_contract", node=[site], contract_class=[label], year=year)[0]
            hours = np.ones(case.time.count)
            if part and classes[label] in ("duration", "block"):
                at: dict[str, Any] = {"node": [site], "contract_class": [label], "year": year}
                hours = taken(cube, "right_granted", "inputs", **at)[0]
            total += part * hours
    return total


@check
def grid_carries_rights(case: Case, cube: Any) -> Iterator[Finding]:
    """The grid carries what everybody takes, with every connection at what its rights let it take."""
    tally, grid = Tally("adequacy of rights"), case.scenario.grid
    for year in case.years if grid.rights.adequacy and len(case.rights.connections) else []:
        for (area, way), limit in limits_of_areas(case, year).items():
            nodes, sign = below(case, area), WAYS[way]
            rows = [row for row in standing(case, year) if row.node in nodes]
            sites = plain_sites(case, area, year) if way == "offtake" else []
            if not (rows or plain_sites(case, area, year)) or not standing(case, year):
                continue
            names = [row.Index for row in rows]
            others = taken(cube, "connection_exchange", connection=names, year=year).sum(axis=0)
            others = others + taken(cube, "site_exchange", node=sites, year=year).sum(axis=0)
            filled = sign * (net_offtake(case, cube, area, year) - others) + contracted(case, cube, sites, year)
            use = today_used(case, way, year)
            filled = filled + sum((use[row.Index] for row in rows), np.zeros(case.time.count))
            filled = filled + added(case, cube, rows, way, year, use)
            more = np.zeros(1)
            name, dim = (
                ("hosting_built", "region") if area in set(case.nodes["region"]) else ("substation_built", "node")
            )
            for served in (way, "both"):
                at: dict[str, Any] = {dim: [area], "direction": [served], "year": year}
                more = more + taken(cube, name, **at)
            tally.look(above(filled, limit + more)[None], [(area, way)], where=year)
    yield tally.finding


def today_used(case: Case, way: str, year: int) -> dict[str, np.ndarray]:
    """Expected use of today's contracts by connection: each substation's cut to what it carries, then each region's."""
    ways, rows = case.rights.ways, standing(case, year)
    found = {}
    for row in rows:
        hourly = [megawatts * shape_of(case, label) for label, megawatts in ways["parts"][row.Index, way]]
        found[row.Index] = row.counted * np.sum(hourly, axis=0).clip(max=ways["contract"][row.Index, way])
    limits = {area: limit for (area, of_way), limit in limits_of_areas(case, year).items() if of_way == way}
    regions = set(case.nodes["region"])
    for area in [*(set(limits) - regions), *(set(limits) & regions)]:
        inside = [row.Index for row in rows if row.node in below(case, area)]
        total = np.sum([np.zeros(case.time.count), *(found[name] for name in inside)], axis=0)
        for name in inside:
            found[name] = found[name] * np.minimum(1.0, limits[area] / np.maximum(total, 1e-9))
    return found


def added(case: Case, cube: Any, rows: list[Any], way: str, year: int, use: Mapping[str, np.ndarray]) -> np.ndarray:
    """New rights of an area as they are taken at once, less what limiting contracts take off, MW."""
    ways, total = case.rights.ways, np.zeros(case.time.count)
    for row in rows:
        highest = np.max([shape_of(case, label) for label in row.profiles], axis=0)
        together = row.counted * row.coincidence * highest
        _, new = firm_rights(case, cube, row, way, year)
        relief = together
        if ways["contract"][row.Index, way] > 0:
            relief = np.minimum(together, use[row.Index] / ways["contract"][row.Index, way])
        total += together * new
        for right in held_rights(case, cube, row, way, year):
            if right.kind in LIMITING:
                total += relief * right.hourly
            elif right.kind != "nonfirm":
                total += together * right.hourly
    return total


@check
def contracts_of_sites(case: Case, cube: Any) -> Iterator[Finding]:
    """What a site counts for in the row on rights covers its import, or what it has contracted where it pays for it."""
    tally = Tally("contract in the row on rights")
    counts = case.scenario.grid.rights.adequacy and bool(limits_of_areas(case, case.years[0]))
    for year in case.years if counts and len(case.rights.connections) else []:
        for area in sorted({str(region) for region in case.nodes["region"]}):
            for site in plain_sites(case, area, year) if (area, "offtake") in limits_of_areas(case, year) else []:
                today = number(case.sites, site, "contract_import")
                held = today + taken(cube, "site_right_new", node=[site], year=year)[0]
                held -= taken(cube, "site_right_returned", node=[site], year=year)[0]
                need = taken(cube, "site_exchange", node=[site], year=year)[0]
                if case.scenario.sites.pays_tariffs:
                    need = taken(cube, "site_contract", node=[site], year=year)
                tally.look(above(need, held)[None], [site], where=year)
    yield tally.finding
