"""Corridors, hosting limits, sites and neighbours as PyPSA Lines, Links and Generators."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.errors import InputError, Problem
from model.exchange.pypsa_sizes import Export, NominalRow, Size, number

REFERENCE_VOLTAGE = 380.0
"""Voltage of all buses, kV: PyPSA takes a Line's voltage from its bus, so reactances are referred to this one."""


TRADE = "interconnector"
"""Carrier of what is bought from and sold to neighbours."""


def electricity(export: Export) -> str:
    """Label of the carrier electricity."""
    carriers = export.case.carriers
    return str(carriers.index[carriers["kind"] == "electricity"][0])


def add_corridors(export: Export) -> None:
    """Add AC corridors with capacity as Lines, where Kirchhoff's voltage law holds; all others as Links.

    PyPSA keeps a Line's reactance while it is expanded, as the model does.  A corridor that does not stand yet stays
    out of the cycles, so it is a Link.
    """
    case = export.case
    for corridor, year in export.sets["corridor_year"]:
        row = case.corridors.loc[corridor]
        standing = number(case.corridor_years, (corridor, year), "capacity")
        size = _corridor_size(export, corridor, standing)
        ends = {f"bus{end}": export.bus(row[f"{way}_node"], row["carrier"]) for end, way in ((0, "from"), (1, "to"))}
        share = float(row["security_factor"])
        if row["kind"] == "ac":
            share *= float(case.scenario.grid.loop_flow_factor)
        export.constant += float(row["standing_cost"]) * standing
        meshed = standing > 0 or row["always_meshed"] == "yes"
        rated: Any = share * case.given.one(row["limit_series"]) if row["limit_series"] else share
        if row["kind"] == "ac" and case.scenario.grid.kirchhoff and meshed:
            _add_line(export, corridor, ends, size, rated)
        elif row["efficiency"] < 1.0:
            _add_lossy(export, corridor, ends, size, share)
        else:
            export.add("Link", corridor, **ends, p_max_pu=rated, p_min_pu=-rated, carrier=row["kind"], **size.nominal())


def _add_line(export: Export, corridor: str, ends: dict[str, str], size: Size, rated: Any) -> None:
    """An AC corridor as a Line, or as a Transformer where it shifts the angle.

    Raises:
        InputError: limits on the angle difference that differ by direction, which PyPSA cannot state.
    """
    row: Any = export.case.corridors.loc[corridor]
    nominal, per_power = size.nominal(prefix="s_nom"), float(row["angle_per_power"]) / 1000.0
    low, high = float(row["difference_min"]), float(row["difference_max"])
    if low != -high:
        expected = "the same limit on the angle in both directions (export to PyPSA)"
        raise InputError([Problem("corridors.csv", "", corridor, f"{low:g} to {high:g} mrad", expected)])
    cells = {"v_ang_max": float(np.rad2deg(high / 1000.0)) if np.isfinite(high) else np.inf, "s_max_pu": rated}
    if row["shift_min"] == 0.0 and row["shift_max"] == 0.0:
        reactance = per_power * REFERENCE_VOLTAGE**2
        export.add("Line", corridor, **ends, x=reactance, r=0.0, carrier="AC", **cells, **nominal)
        return
    # PyPSA reads a transformer's reactance per unit of s_nom, which of an expandable one is no limit.
    base = float(nominal["s_nom"]) or 1.0
    lowest, highest = (float(np.rad2deg(row[f"shift_{end}"] / 1000.0)) for end in ("min", "max"))
    shift = {"phase_shift": lowest} if lowest == highest else {"phase_shift_min": lowest, "phase_shift_max": highest}
    nominal["s_nom"] = base
    export.add("Transformer", corridor, **ends, x=per_power * base, r=0.0, **shift, **cells, **nominal)


def _corridor_size(export: Export, corridor: str, standing: float) -> Size:
    row: Any = export.case.corridors.loc[corridor]
    if (corridor, export.year) not in export.sets.positions("expandable_corridor_year"):
        return Size(standing, standing, 0.0, False)
    yearly = float(row["expansion_annuity"] + row["expansion_fixed_om"])
    return Size(standing, standing + float(row["expansion_max"]), yearly, True)


def _add_lossy(export: Export, corridor: str, ends: dict[str, str], size: Size, share: float) -> None:
    """A corridor with losses as one Link each way.

    The corridor's limit holds half-way, a Link's where power enters.  Both Links can run in the same hour, so they can
    waste up to twice what the model's corridor can; this matters only where power has a negative value.
    """
    left = number(export.case.corridors, corridor, "efficiency")
    half = (1.0 - left) / (1.0 + left)
    backward = {"bus0": ends["bus1"], "bus1": ends["bus0"]}
    for name, way in ((corridor, ends), (f"{corridor} backward", backward)):
        nominal = size.nominal(1.0 + half)
        if name != corridor:
            nominal["capital_cost"] = 0.0
        export.add(
            "Link", name, **way, efficiency=left, p_max_pu=share, carrier="lossy corridor",
            **nominal,
        )  # fmt: skip
    if size.extendable:
        terms = (("Link", corridor, 1.0), ("Link", f"{corridor} backward", -1.0))
        export.rows.append(NominalRow(f"one capacity for both ways {corridor}", terms, "==", 0.0))


def add_hosting(export: Export) -> None:
    """Add the exchange between regional and transmission buses.

    One reinforcement that serves both directions: a Link for both with the smaller limit, extendable, and a fixed
    one-way Link with what the larger limit is above it.  Otherwise one Link each way.
    """
    case = export.case
    regional = case.nodes[case.nodes["kind"] == "regional"]
    for node, place in regional.iterrows():
        region = str(place["region"])
        down = export.bus(str(node), electricity(export))
        up = export.bus(str(place["parent"]), electricity(export))
        limits = {direction: _hosting_limit(export, region, direction) for direction in ("feed_in", "offtake")}
        ways = {"feed_in": (down, up), "offtake": (up, down)}
        shared = _reinforced(export, region) and case.hosting_reinforcement.at[region, "both_directions"] == "yes"
        if shared:
            low, high = sorted(limits, key=lambda direction: limits[direction])
            size = _reinforcement_size(export, region, limits[low])
            bus0, bus1 = ways[high]
            _add_exchange(export, f"hosting {region}", (bus0, bus1), size, p_min_pu=-1.0)
            rest = limits[high] - limits[low]
            _add_exchange(export, f"hosting {region} {high}", (bus0, bus1), Size(rest, rest, 0.0, False))
        else:
            for direction, way in ways.items():
                size = _reinforcement_size(export, region, limits[direction])
                _add_exchange(export, f"hosting {region} {direction}", way, size)


def _add_exchange(export: Export, name: str, way: tuple[str, str], size: Size, **more: Any) -> None:
    export.add("Link", name, bus0=way[0], bus1=way[1], carrier="hosting", **size.nominal(), **more)


def _hosting_limit(export: Export, region: str, direction: str) -> float:
    grid = export.case.scenario.grid
    if not grid.hosting:
        return np.inf
    limit = float(export.case.hosting.get((region, direction, export.year), np.inf))
    return limit * float(grid.hosting_factor)


def _reinforced(export: Export, region: str) -> bool:
    case = export.case
    table = case.hosting_reinforcement
    switched_on = case.scenario.grid.hosting_expansion and region in table.index
    limited = np.isfinite(_hosting_limit(export, region, "feed_in"))
    return bool(switched_on and limited and export.year >= number(table, region, "first_year"))


def _reinforcement_size(export: Export, region: str, limit: float) -> Size:
    if not _reinforced(export, region):
        return Size(limit, limit, 0.0, False)
    row: Any = export.case.hosting_reinforcement.loc[region]
    most = float(row["build_rate_max"]) * max(1.0, export.year - float(row["first_year"]))
    return Size(limit, limit + most, float(row["annuity"] + row["fixed_om"]), True)


def add_sites(export: Export) -> None:
    """Add the connection of each site: Links as large as its contracts, or without limit."""
    case = export.case
    for node, row in case.sites.iterrows():
        inside = export.bus(str(node), electricity(export))
        above = export.bus(str(case.nodes.at[node, "parent"]), electricity(export))
        most = {"import": np.inf, "export": np.inf}
        if case.scenario.sites.contracts:
            given = row[["contract_import", "contract_growth_max", "contract_export"]].astype(float).fillna(np.inf)
            most["import"] = given["contract_import"] + given["contract_growth_max"]
            most["export"] = given["contract_export"]
        for name, way in (("import", (above, inside)), ("export", (inside, above))):
            size = Size(most[name], most[name], 0.0, False)
            export.add("Link", f"{node} {name}", bus0=way[0], bus1=way[1], carrier="site connection", **size.nominal())


def add_neighbours(export: Export) -> None:
    """Add each interconnector as two Generators at its home bus: imports as they arrive, exports as a negative supply.

    A limit on net imports is a global constraint of type `operational_limit` over their carrier.
    """
    case = export.case
    for interconnector, year in export.sets["interconnector_year"]:
        row = case.interconnectors.loc[(interconnector, year)]
        price = case.hourly["neighbour_price"].sel(zone=row["zone"], year=year).to_numpy()
        arrives = 1.0 - float(row["loss"])
        home = export.bus(row["node"], electricity(export))
        export.add(
            "Generator", f"{interconnector} import", bus=home, carrier=TRADE, marginal_cost=price / arrives,
            p_nom=arrives * float(row["import_capacity"]), p_min_pu=0.0, p_max_pu=1.0,
        )  # fmt: skip
        export.add(
            "Generator", f"{interconnector} export", bus=home, carrier=TRADE, marginal_cost=price * arrives,
            p_nom=float(row["export_capacity"]), p_min_pu=-1.0, p_max_pu=0.0,
        )  # fmt: skip
    limit = case.scenario.grid.net_import_max
    if limit is not None and len(export.sets["interconnector_year"]):
        export.add(
            "GlobalConstraint", "net imports", type="operational_limit", carrier_attribute=TRADE, sense="<=",
            constant=1e6 * float(limit),
        )  # fmt: skip
