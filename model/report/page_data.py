"""What the page shows, taken out of a cube as plain data: names, capacities, limits, prices, costs, provenance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.cube.limit_ledgers import FIGURES, LIMITS
from model.report import reading
from model.report.dispatched import dispatch_words, held_words
from model.report.grid_limits import DIRECTIONS, place_names
from model.report.headline import headline
from model.report.page_hours import hourly_data
from model.report.page_themes import themes_data
from model.report.reading import FALLBACK_COLOUR, REACTOR_COLOURS, REACTOR_KINDS, group, text_of
from model.report.settings import gap_words, is_network, run_label, time_warnings, time_words, variant_words

STORE_KINDS = {"store_energy": "Storage, energy", "store_charge": "Storage, power", "store_discharge": "Storage, power"}
SMALLEST_EMISSION_SHARE = 0.01
"""Technologies below this share of all that is emitted in the highest year are put together as `Other`."""
NO_TECHNOLOGY = {"process": ("Industrial processes", "#8c6d5a"), "carbon_sink": ("Stored in sinks", "#3f7f93")}
"""Name and colour of what emits or stores CO2 and is no technology."""
CROSSINGS = {"connection": " (connection)", "substation": " (substation)", "interconnector": ""}
CAPACITY_VIEWS = {
    "electricity": ("Power supply", "MW_e"),
    "heat": ("Heat supply", "MW_th"),
    "hydrogen": ("Hydrogen supply", "MW"),
    "Storage, power": ("Storage, power", "MW"),
    "Storage, energy": ("Storage, energy", "MWh"),
}


def page_data(cube: xr.DataTree, run_file: str | Path | None = None) -> dict[str, Any]:
    """Everything that the page draws, ready for JSON; `run_file` is where a dispatch may lie beside."""
    years = reading.years_of(cube)
    return {
        "title": str(cube["run"].attrs["title"]),
        "scenario": run_label(cube),
        "warnings": [*time_warnings(cube), *dispatch_words(cube, run_file)],
        "years": years,
        "country": "the network" if is_network(cube) else "the Netherlands",
        "headline": headline(cube),
        "regions": regions(cube),
        "nodes": nodes(cube),
        "capacity": capacity(cube),
        "hours": hourly_data(cube),
        "corridors": corridors(cube),
        "hosting": hosting(cube),
        "crossings": crossings(cube),
        "reactors": reactors(cube),
        "prices": prices(cube),
        "costs": costs(cube),
        "carbon": carbon(cube),
        "themes": themes_data(cube),
        "run": provenance(cube),
    }


def numbers(values: Any, digits: int = 1) -> list[Any]:
    """Rounded numbers for JSON; absent ones are null."""
    return [
        None if not np.isfinite(value) else round(float(value), digits) for value in np.asarray(values, dtype=float)
    ]


def regions(cube: xr.DataTree) -> list[dict[str, Any]]:
    """Regions with their outline rings, as longitude and latitude."""
    inputs = group(cube, "inputs")
    if "region_name" not in inputs:
        return []
    rings: dict[str, dict[int, list[list[float]]]] = {}
    if "outline_region" in inputs:
        columns = [inputs[f"outline_{name}"].values for name in ("region", "ring", "longitude", "latitude")]
        for region, ring, longitude, latitude in zip(*columns, strict=True):
            rings.setdefault(str(region), {}).setdefault(int(ring), []).append([float(longitude), float(latitude)])
    return [
        {
            "id": str(region),
            "name": str(inputs["region_name"].sel(region=region).values),
            "at": numbers([inputs[f"region_{axis}"].sel(region=region) for axis in ("longitude", "latitude")], 3),
            "rings": list(rings.get(str(region), {}).values()),
        }
        for region in inputs["region_name"].dropna("region")["region"].values
        if str(inputs["region_name"].sel(region=region).values)
    ]


def nodes(cube: xr.DataTree) -> list[dict[str, Any]]:
    """Nodes with name, kind, region and place."""
    table = group(cube, "inputs")[
        [f"node_{name}" for name in ("name", "kind", "region", "latitude", "longitude")]
    ].to_dataframe()
    return [
        {
            "id": str(label),
            "name": row["node_name"],
            "kind": row["node_kind"],
            "region": row["node_region"],
            "at": [round(row["node_longitude"], 3), round(row["node_latitude"], 3)],
        }
        for label, row in table.iterrows()
    ]


def technology_views(cube: xr.DataTree) -> pd.Series:
    """For each technology the view that shows its capacity: by what it mainly gives, stores by power and energy."""
    inputs = group(cube, "inputs")
    if "case_flow_coefficient" not in inputs:
        # A data set of single devices: whatever has a capacity is shown with the electric ones.
        groups = sorted(set(text_of(cube, "device_group")))
        return pd.Series("electricity", index=pd.Index(groups, name="technology"))
    kinds = text_of(cube, "technology_kind")
    forms = text_of(cube, "carrier_kind")
    coefficients = inputs["case_flow_coefficient"].max("year").to_series().dropna()
    flows = coefficients[coefficients > 0].reset_index(name="coefficient")
    flows = flows.sort_values("coefficient", ascending=False)
    flows["technology"] = flows["asset"].map(text_of(cube, "asset_technology"))
    main = flows.drop_duplicates("technology").set_index("technology")["carrier"].map(forms)
    views = main.reindex(kinds.index).fillna("")
    units = text_of(cube, "technology_capacity_unit")
    views = views.where(~((units == "MW_e") & kinds.eq("conversion") & views.eq("heat")), "electricity")
    for kind, view in STORE_KINDS.items():
        views[kinds == kind] = view
    views[kinds == "reactor"] = ""
    return views


def capacity(cube: xr.DataTree) -> dict[str, Any]:
    """Capacity by view, technology, node and year; reactors stand among the power supply, as electric capacity."""
    years = reading.years_of(cube)
    views = technology_views(cube)
    names: dict[Any, str] = text_of(cube, "technology_name").to_dict()
    colours: dict[Any, str] = text_of(cube, "technology_colour").to_dict()
    table = reading.capacities(cube)
    table["view"] = table["technology"].map(views)
    table = table[table["view"].isin(CAPACITY_VIEWS) & (table["capacity"] > reading.SMALLEST_CAPACITY)]
    rows: list[dict[str, Any]] = [
        {
            "view": str(part["view"].iloc[0]),
            "what": str(names.get(technology, technology)),
            "colour": str(colours.get(technology, "")) or FALLBACK_COLOUR,
            "node": str(node),
            "values": numbers(part.set_index("year")["capacity"].reindex(years).fillna(0.0), 1),
        }
        for (technology, node), part in table.groupby(["technology", "node"], sort=False)
    ]
    for kind, text in REACTOR_KINDS.items():
        for node, row in reading.reactor_table(cube, kind).iterrows():
            values = numbers(row.reindex(years).fillna(0.0), 1)
            rows.append(
                {
                    "view": "electricity",
                    "what": text,
                    "colour": REACTOR_COLOURS[kind],
                    "node": str(node),
                    "values": values,
                }
            )
    order = {str(name): position for position, name in enumerate([*REACTOR_KINDS.values(), *names.values()])}
    rows.sort(key=lambda row: (order.get(str(row["what"]), len(order)), str(row["what"]), str(row["node"])))
    present = {row["view"] for row in rows}
    listed = [{"id": key, "name": n, "unit": u} for key, (n, u) in CAPACITY_VIEWS.items() if key in present]
    return {"views": listed, "rows": rows}


def corridors(cube: xr.DataTree) -> list[dict[str, Any]]:
    """Corridors with their ends and what the ledgers say of their loading, by year."""
    ledgers, inputs = group(cube, "ledgers"), group(cube, "inputs")
    if "corridor_limit" not in ledgers:
        return []
    years = reading.years_of(cube)
    kept = limit_figures(ledgers, "corridor")
    table = ledgers[[f"corridor_{name}" for name in kept]].reindex(year=years)
    return [
        {
            "id": str(corridor),
            "from": str(inputs["corridor_from_node"].sel(corridor=corridor).values),
            "to": str(inputs["corridor_to_node"].sel(corridor=corridor).values),
            "carrier": str(inputs["corridor_carrier"].sel(corridor=corridor).values),
            **{name: numbers(table[f"corridor_{name}"].sel(corridor=corridor), 3) for name in kept},
        }
        for corridor in table["corridor"].values
        if bool(table["corridor_limit"].sel(corridor=corridor).max() > 0)
    ]


def hosting(cube: xr.DataTree) -> list[dict[str, Any]]:
    """Hosting limits by region and direction with their use, by year."""
    ledgers = group(cube, "ledgers")
    if "hosting_limit" not in ledgers:
        return []
    kept = limit_figures(ledgers, "hosting")
    table = ledgers[[f"hosting_{name}" for name in kept]].reindex(year=reading.years_of(cube))
    return [
        {
            "region": str(region),
            "direction": direction,
            **{name: numbers(table[f"hosting_{name}"].sel(region=region, direction=direction), 3) for name in kept},
        }
        for region in table["region"].values
        for direction in ("feed_in", "offtake")
        if bool(table["hosting_limit"].sel(region=region, direction=direction).notnull().any())
    ]


def limit_figures(ledgers: xr.Dataset, kind: str) -> list[str]:
    """Figures of a kind of limit that a run has; results of older versions lack some."""
    return [name for name in FIGURES if f"{kind}_{name}" in ledgers]


def crossings(cube: xr.DataTree) -> list[dict[str, Any]]:
    """Limits that are no line on the map, by year: interconnectors, site connections, named substations."""
    ledgers, years, names = group(cube, "ledgers"), reading.years_of(cube), place_names(cube)
    found = []
    for kind, text in CROSSINGS.items():
        if f"{kind}_value" not in ledgers:
            continue
        kept = limit_figures(ledgers, kind)
        table = ledgers[[f"{kind}_{name}" for name in kept]].reindex(year=years)
        (label, _) = LIMITS[kind]
        for place in table[label].values:
            for direction in table["direction"].values:
                cells = table.sel({label: place, "direction": direction})
                if not bool(cells[f"{kind}_limit"].notnull().any()) or direction not in DIRECTIONS:
                    continue
                found.append(
                    {
                        "id": f"{names.get(str(place), str(place))}, {DIRECTIONS[direction]}{text}",
                        "kind": kind,
                        **{name: numbers(cells[f"{kind}_{name}"], 3) for name in kept},
                    }
                )
    return found


def reactors(cube: xr.DataTree) -> list[dict[str, Any]]:
    """Electric capacity of reactors by kind and node, by year."""
    years = reading.years_of(cube)
    return [
        {"kind": kind, "name": text, "node": str(node), "values": numbers(row.reindex(years).fillna(0.0), 1)}
        for kind, text in REACTOR_KINDS.items()
        for node, row in reading.reactor_table(cube, kind).iterrows()
    ]


def prices(cube: xr.DataTree) -> list[dict[str, Any]]:
    """Price of electricity by node and year: mean, and the prices that one hour in ten is below and above."""
    price = group(cube, "duals").get("carrier_balance")
    if price is None or "electricity" not in price["carrier"].values:
        return []
    power = price.sel(carrier="electricity").reindex(year=reading.years_of(cube)).transpose("node", "year", "time")
    weight = price["weight"].values
    found = []
    for node in power["node"].values:
        values = power.sel(node=node).values
        if np.isfinite(values).any():
            low, high = (numbers([quantile(row, weight, share) for row in values]) for share in (0.1, 0.9))
            mean = numbers([reading.weighted_mean(row, weight) for row in values])
            found.append({"node": str(node), "mean": mean, "low": low, "high": high})
    return found


def quantile(values: np.ndarray, weight: np.ndarray, share: float) -> float:
    """The value that a share of the weight lies below; NaN for absent values."""
    if not np.isfinite(values).all():
        return float("nan")
    order = np.argsort(values, kind="stable")
    return float(values[order][np.searchsorted(np.cumsum(weight[order]), share * weight.sum())])


def costs(cube: xr.DataTree) -> dict[str, Any]:
    """Cost of a represented year by item, million EUR; penalties and backstop apart."""
    years = reading.years_of(cube)
    sentences: dict[Any, str] = group(cube, "costs")["cost_item_sentence"].to_series().to_dict()
    return {
        name: [
            {
                "item": str(item).replace("_", " "),
                "about": str(sentences[item]),
                "values": numbers(row.reindex(years), 2),
            }
            for item, row in reading.cost_table(cube, penalties).drop(index="total").iterrows()
        ]
        for name, penalties in (("items", False), ("apart", True))
    }


def carbon(cube: xr.DataTree) -> dict[str, Any]:
    """Emissions by technology, cap, backstop and price of CO2, by year."""
    years = reading.years_of(cube)
    names: dict[Any, str] = text_of(cube, "technology_name").to_dict()
    colours: dict[Any, str] = text_of(cube, "technology_colour").to_dict()
    ledgers = group(cube, "ledgers")
    table = ledgers["emissions"].sum("node").to_series().unstack("year").reindex(columns=years).fillna(0.0)
    table = table[table.abs().max(axis=1) > 0.005]
    table = table.loc[table.max(axis=1).sort_values(ascending=False).index]
    shown = table[table.abs().max(axis=1) >= SMALLEST_EMISSION_SHARE * table.clip(lower=0.0).sum().max()]
    names |= {key: name for key, (name, _) in NO_TECHNOLOGY.items()}
    colours |= {key: colour for key, (_, colour) in NO_TECHNOLOGY.items()}
    rows = [
        {
            "what": str(names.get(technology, technology)),
            "colour": str(colours.get(technology, "")) or FALLBACK_COLOUR,
            "values": numbers(row, 3),
        }
        for technology, row in shown.iterrows()
    ]
    rest = table.drop(index=shown.index).sum()
    rows.append({"what": "Other", "colour": FALLBACK_COLOUR, "values": numbers(rest, 3)})
    lines = {
        name: numbers(ledgers[f"carbon_{name}"].reindex(year=years), 3)
        for name in ("cap", "backstop", "price")
        if f"carbon_{name}" in ledgers
    }
    return {"rows": rows, **lines}


def provenance(cube: xr.DataTree) -> dict[str, Any]:
    """Where the run comes from: scenario, versions, solver, sizes, checks, inputs."""
    run = cube["run"].attrs
    checks = group(cube, "run")
    found = {
        "Scenario": f"{run['scenario_name']}: {run['title']}",
        "Variant": variant_words(cube),
        "Time": time_words(cube),
        **({"Capacities": held_words(cube)} if held_words(cube) else {}),
        "Made": str(run["created"]),
        "Status": f"{run['status']}{gap_words(cube)}, {run['method']}, duals: {run['dual_kind']}",
        "Objective": reading.objective_words(cube),
        "Time in the solver": f"{float(run['seconds_solver']):,.1f} s",
    }
    sizes = [f"{int(run[name]):,} {name}" for name in ("rows", "columns", "nonzeros") if name in run]
    if sizes:
        found["Size"] = ", ".join(sizes)
    if "peak_mb" in run:
        found["Highest memory"] = f"{float(run['peak_mb']):,.0f} MB"
    if "checks_passed" in run:
        found["Independent check"] = f"{int(run['checks_passed'])} passed, {int(run['checks_failed'])} failed"
    found["Versions"] = ", ".join(f"{name} {version}" for name, version in json.loads(run["versions"]).items())
    listed = []
    if "check_name" in checks:
        columns = [checks[f"check_{name}"].values for name in ("name", "place", "amount", "tolerance")]
        listed = [
            [str(name), str(place), *(float(size) if np.isfinite(size) else None for size in (amount, tolerance))]
            for name, place, amount, tolerance in zip(*columns, strict=True)
        ]
    return {
        "facts": found,
        "checks": listed,
        "inputs": json.loads(run["checksums"]),
        "scenario": str(run["scenario_yaml"]),
        "log": str(run["log_tail"]),
    }
