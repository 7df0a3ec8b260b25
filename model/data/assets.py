"""Assets: a technology at a node, with what stands of it, what may be built and what it takes and gives (C1-C3, O1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from model.data.finance import annuity, interest_during_construction, sinking_fund_factor
from model.data.parameters import TechnologyFigures, at_year, empty_index, points_by
from model.data.reactor_plants import lives_by_heat
from model.data.reactors import may_deliver_heat, may_stand_at, must_run, places_outages
from model.data.tables import records

if TYPE_CHECKING:
    import pandas as pd

    from model.scenario import Scenario

EXISTING = "existing"
ALL = "all"


@dataclass(frozen=True)
class Ground:
    """What assets are made from: validated tables in the labels of the case.

    Args:
        scenario: years, switches and factors.
        tables: tables by name.
        nodes: nodes (index node).
        technologies: technologies with the reactor designs (index technology).
        designs: reactor designs (index design).
        figures: figures of technologies by name and year.
    """

    scenario: Scenario
    tables: Mapping[str, pd.DataFrame]
    nodes: pd.DataFrame
    technologies: pd.DataFrame
    designs: pd.DataFrame
    figures: TechnologyFigures


def takes_part(ground: Ground, technology: str) -> bool:
    """Whether the scenario asks for the part of the system to which a technology belongs (reactors always count)."""
    detail = ground.technologies.at[technology, "detail"]
    return not (isinstance(detail, str) and detail) or bool(getattr(ground.scenario.detail, detail))


def existing_stock(ground: Ground) -> dict[tuple[str, str], dict[int, float]]:
    """Capacity that still stands by (node, technology) and year, for those with any."""
    stock: dict[tuple[str, str], dict[int, float]] = {}
    for row in records(ground.tables["existing_capacity"]):
        if not takes_part(ground, row.technology):
            continue
        place = stock.setdefault((row.node, row.technology), dict.fromkeys(ground.scenario.years, 0.0))
        for year in ground.scenario.years:
            if not year < row.commissioned and not year >= row.retirement_year:
                place[year] += row.capacity
    return {place: by_year for place, by_year in sorted(stock.items()) if any(by_year.values())}


def open_places(ground: Ground) -> dict[tuple[str, str], float]:
    """Potential by (node, technology) where the scenario lets a technology be built; inf where there is no limit."""
    settings = ground.scenario
    places: dict[tuple[str, str], float] = {}
    for row in records(ground.tables["potentials"]):
        technology = row.technology
        if technology in settings.technologies.exclude or not ground.figures.has(technology, "investment"):
            continue
        if not takes_part(ground, technology):
            continue
        if technology in ground.designs.index:
            kind = str(ground.designs.at[technology, "kind"])
            node_kind = str(ground.nodes.at[row.node, "kind"])
            if not settings.reactors.allows(technology) or not may_stand_at(kind, node_kind, settings.reactors.modes):
                continue
            if lives_by_heat(ground.designs.loc[technology]) and not may_deliver_heat(kind, settings.reactors.modes):
                continue
        limit = np.inf if np.isnan(row.capacity_max) else float(row.capacity_max)
        limit *= settings.technologies.potential_factor.get(technology, 1.0) if limit else 1.0
        if limit > 0 and not np.isnan(limit):
            places[row.node, technology] = limit
    for technology in settings.sites.backup:
        if technology not in settings.technologies.exclude and ground.figures.has(technology, "investment"):
            sites = ground.nodes.index[ground.nodes["kind"] == "site"]
            places |= {(str(site), technology): np.inf for site in sites}
    return dict(sorted(places.items()))


def build_years(ground: Ground, technology: str) -> list[int]:
    """Milestone years in which a new unit of a technology can stand."""
    earliest = ground.figures.get(technology, "earliest_year", ground.scenario.years[0], -np.inf)
    return [year for year in ground.scenario.years if year >= earliest]


def asset_table(ground: Ground) -> pd.DataFrame:
    """Assets of the case (index asset); see `Case.assets` for the columns.

    A technology whose vintages are told apart gives an asset per build year and one for what exists; the potential is
    that of the place and holds for their sum.
    """
    import pandas as pd

    stock, places = existing_stock(ground), open_places(ground)
    rows: list[dict[str, Any]] = []
    for node, technology in sorted({*stock, *places}):
        vintages: list[str] = []
        years = build_years(ground, technology) if (node, technology) in places else []
        if ground.technologies.at[technology, "vintage_distinct"] == "yes":
            vintages += [EXISTING] if (node, technology) in stock else []
            vintages += [str(year) for year in years]
        elif (node, technology) in stock or years:
            vintages.append(ALL)
        potential = places.get((node, technology), np.inf)
        rows += [_asset(ground, node, technology, vintage, potential) for vintage in vintages]
    columns = [
        "technology", "node", "region", "kind", "group", "vintage", "capacity_unit", "potential", "store",
        "availability_profile", "must_run", "heat_allowed",
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["asset", *columns]).set_index("asset")
    return frame.astype({"potential": float, "must_run": bool, "heat_allowed": bool})


def _asset(ground: Ground, node: str, technology: str, vintage: str, potential: float) -> dict[str, Any]:
    row, place = ground.technologies.loc[technology], ground.nodes.loc[node]
    profile = row["availability_profile"]
    modes = ground.scenario.reactors.modes
    kind = str(ground.designs.at[technology, "kind"]) if technology in ground.designs.index else ""
    return {
        "asset": f"{technology}@{node}" + ("" if vintage == ALL else f"/{vintage}"),
        "technology": technology,
        "node": node,
        "region": place["region"],
        "kind": row["kind"],
        "group": row["group"],
        "vintage": vintage,
        "capacity_unit": row["capacity_unit"],
        "potential": potential,
        "store": "",
        "availability_profile": f"{profile}:{place['region']}" if profile else "",
        "must_run": must_run(kind, str(place["kind"]), modes),
        "heat_allowed": bool(kind) and may_deliver_heat(kind, modes),
    }


def store_table(ground: Ground, assets: pd.DataFrame) -> pd.DataFrame:
    """Stores (index `store@node`) wherever the vessel, the charger and the discharger can all stand."""
    import pandas as pd

    rows = []
    for row in records(ground.tables["stores"]):
        for node in ground.nodes.index:
            parts = {
                "energy_asset": f"{row.energy_technology}@{node}",
                "charge_asset": f"{row.charge_technology}@{node}",
                "discharge_asset": f"{row.discharge_technology}@{node}",
            }
            if all(part in assets.index for part in parts.values()):
                rows.append(
                    {
                        "label": f"{row.store}@{node}",
                        "store": row.store,
                        "node": node,
                        "region": ground.nodes.at[node, "region"],
                        "carrier": row.carrier,
                        **parts,
                        "linking": row.linking,
                        "charge_efficiency": row.charge_efficiency,
                        "discharge_efficiency": row.discharge_efficiency,
                        "standing_loss": row.standing_loss,
                        "duration_min": 0.0 if np.isnan(row.duration_min) else row.duration_min,
                        "duration_max": np.inf if np.isnan(row.duration_max) else row.duration_max,
                    }
                )
    columns = [
        "store", "node", "region", "carrier", "energy_asset", "charge_asset", "discharge_asset", "linking",
        "charge_efficiency", "discharge_efficiency", "standing_loss", "duration_min", "duration_max",
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["label", *columns]).set_index("label").sort_index()
    frame.index.name = "store_label"
    numbers = columns[columns.index("charge_efficiency") :]
    return frame.astype(dict.fromkeys(numbers, float))


def with_stores(assets: pd.DataFrame, stores: pd.DataFrame) -> pd.DataFrame:
    """Write into assets which store they belong to; parts of no store (the vessel is not allowed, say) are left out."""
    owner = {
        str(stores.at[label, part]): str(label)
        for label in stores.index
        for part in ("energy_asset", "charge_asset", "discharge_asset")
    }
    assets = assets.copy()
    assets["store"] = [owner.get(str(asset), "") for asset in assets.index]
    stray = assets["kind"].str.startswith("store_") & (assets["store"] == "")
    return assets[~stray]


def existing_series(ground: Ground, assets: pd.DataFrame) -> pd.Series:
    """Capacity that still stands, over (asset, year), in the capacity unit; assets without any are absent."""
    import pandas as pd

    stock = existing_stock(ground)
    values = {
        (asset, year): capacity
        for asset, row in assets.iterrows()
        if row["vintage"] in (ALL, EXISTING)
        for year, capacity in stock.get((row["node"], row["technology"]), {}).items()
        if capacity > 0
    }
    if not values:
        return pd.Series(dtype=float, index=empty_index(["asset", "year"]))
    return pd.Series(
        list(values.values()), index=pd.MultiIndex.from_tuples(list(values), names=["asset", "year"]), dtype=float
    ).sort_index()


def build_option_table(ground: Ground, assets: pd.DataFrame) -> pd.DataFrame:
    """What building costs, over (asset, build_year); see `Case.build_options` for the columns."""
    import pandas as pd

    settings, figures, places = ground.scenario, ground.figures, open_places(ground)
    rows = []
    for asset, row in assets.iterrows():
        technology = row["technology"]
        if row["vintage"] == EXISTING or (row["node"], technology) not in places:
            continue
        factor = settings.technologies.cost_factor.get(technology, 1.0)
        for year in build_years(ground, technology):
            if row["vintage"] not in (ALL, str(year)):
                continue
            overnight = figures.get(technology, "investment", year) * factor
            life = figures.get(technology, "lifetime", year)
            rate = figures.get(technology, "wacc", year, settings.finance.wacc)
            time = figures.get(technology, "construction_time", year)
            share = figures.get(technology, "decommissioning", year)
            rows.append(
                {
                    "asset": asset,
                    "build_year": year,
                    "investment": overnight * (1.0 + interest_during_construction(rate, time)),
                    "annuity": annuity(overnight, rate, life, time, share),
                    "fixed_om": figures.get(technology, "fixed_om", year),
                    "lifetime": life,
                    "build_rate_max": figures.get(technology, "build_rate_max", year, np.nan),
                    "build_rate_site_max": figures.get(technology, "build_rate_site_max", year, np.nan),
                    "alive_years": [later for later in settings.years if year <= later < year + life],
                    "overnight": overnight,
                    "wacc": rate,
                    "decommissioning_annuity": overnight * share * sinking_fund_factor(rate, life),
                }
            )
    columns = [
        "asset", "build_year", "investment", "annuity", "fixed_om", "lifetime", "build_rate_max", "build_rate_site_max",
        "alive_years", "overnight", "wacc", "decommissioning_annuity",
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"build_year": "int64"}).set_index(["asset", "build_year"]).sort_index()


def asset_year_table(ground: Ground, assets: pd.DataFrame, existing: pd.Series, options: pd.DataFrame) -> pd.DataFrame:
    """Figures of assets over (asset, year), for every year in which capacity may be above zero."""
    import pandas as pd

    alive = {
        (str(asset), int(year))
        for asset, years in zip(options.index.get_level_values("asset"), options["alive_years"], strict=True)
        for year in years
    }
    stands = set(existing.index)
    figures, first = ground.figures, ground.scenario.years[0]
    forced = ground.designs.loc[places_outages(ground.scenario, ground.designs), "forced_outage_rate"].to_dict()
    rows = []
    for asset, row in assets.iterrows():
        for year in ground.scenario.years:
            key = (str(asset), year)
            if key not in alive and key not in stands:
                continue
            technology, of_year = row["technology"], figure_year(row["vintage"], year, first)
            least = 1.0 if row["must_run"] else figures.get(technology, "minimum_load", of_year)
            network = ground.scenario.detail.carbon_network
            elsewhere = figures.get(technology, "storage_om", of_year) if network else 0.0
            rows.append(
                {
                    "asset": key[0],
                    "year": year,
                    "buildable": key in alive,
                    "variable_om": figures.get(technology, "variable_om", of_year) - elsewhere,
                    "fuel_cost": figures.get(technology, "fuel_cost", of_year),
                    "fixed_om": figures.get(technology, "fixed_om", first) if key in stands else np.nan,
                    "minimum_load": least,
                    "ramp": figures.get(technology, "ramp", of_year, np.nan),
                    "availability": 1.0 - forced[technology]
                    if technology in forced
                    else figures.get(technology, "availability", of_year, 1.0),
                    "capture_rate": figures.get(technology, "capture_rate", of_year),
                    "own_emission": figures.get(technology, "own_emission", of_year),
                    "process_capture": figures.get(technology, "process_capture", of_year),
                    "air_capture": figures.get(technology, "air_capture", of_year),
                    "carbon_use": figures.get(technology, "carbon_use", of_year),
                }
            )
    columns = [
        "asset", "year", "buildable", "variable_om", "fuel_cost", "fixed_om", "minimum_load", "ramp", "availability",
        "capture_rate", "own_emission", "process_capture", "air_capture", "carbon_use",
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns).astype({"year": "int64", "buildable": bool})
    return frame.set_index(["asset", "year"]).sort_index()


def figure_year(vintage: str, year: int, first_year: int) -> int:
    """Year whose figures an asset has: its build year where vintages are told apart, else the year looked at.

    What exists of a technology with distinct vintages keeps the figures of the first model year.
    """
    if vintage == ALL:
        return year
    return first_year if vintage == EXISTING else int(vintage)


def gas_instead(ground: Ground) -> dict[str, str]:
    """Balanced gas by the fuel whose place it takes, where the scenario has a gas grid; who feeds it keeps the fuel."""
    if not ground.scenario.detail.gas_network:
        return {}
    return {row.carrier: row.balanced_as for row in records(ground.tables["carriers"]) if row.balanced_as}


def flow_table(ground: Ground, assets: pd.DataFrame, asset_years: pd.DataFrame) -> pd.DataFrame:
    """What assets take (negative) and give (positive) per MWh of activity, over (asset, carrier, year)."""
    import pandas as pd

    table = ground.tables["technology_flows"]
    points = points_by(table, ["technology", "carrier", "direction"])
    profiles = {(row.technology, row.carrier): row.profile for row in records(table.sort_values("_row")) if row.profile}
    by_technology: dict[str, list[tuple[str, str]]] = {}
    for technology, carrier, direction in sorted(points):
        by_technology.setdefault(technology, []).append((carrier, direction))
    first = ground.scenario.years[0]
    instead = gas_instead(ground)
    givers = {(technology, carrier) for technology, carrier, direction in points if direction == "out"}
    net: dict[tuple[str, str, int], float] = {}
    labels: dict[tuple[str, str, int], str] = {}
    for asset, year in asset_years.index:
        row = assets.loc[asset]
        for named, direction in by_technology.get(row["technology"], []):
            given, carrier = points[row["technology"], named, direction], named
            value = at_year(given, figure_year(row["vintage"], year, first))
            gas = instead.get(carrier, "")
            if gas and direction == "in" and (row["technology"], gas) not in givers:
                carrier = gas
            key = (asset, carrier, year)
            net[key] = net.get(key, 0.0) + (value if direction == "out" else -value)
            profile = profiles.get((row["technology"], named), "")
            labels[key] = f"{profile}:{row['region']!s}" if profile else ""
    keys = [key for key in sorted(net) if net[key] != 0.0]
    if not keys:
        return pd.DataFrame({"coefficient": [], "profile": []}, index=empty_index(["asset", "carrier", "year"]))
    return pd.DataFrame(
        {"coefficient": [net[key] for key in keys], "profile": [labels[key] for key in keys]},
        index=pd.MultiIndex.from_tuples(keys, names=["asset", "carrier", "year"]),
    )
