"""Hours for the page: power given and taken by party, for the country, each region and each site, in chosen windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.report import reading
from model.report.reading import FALLBACK_COLOUR, REACTOR_COLOURS, REACTOR_KINDS, group, text_of

COUNTRY = "NL"
MOST_STEPS = 600
"""A run with a period of more steps than this, such as a full year, is shown in windows of a week."""
WEEK = 168.0
SMALLEST_SHARE = 2e-3
"""Parties below this share of a window's largest power are put together as `Other`."""
FIXED = {
    "store_given": ("Storage", "#c77dff"),
    "neighbour_given": ("Trade with neighbours", "#2a9d8f"),
    "corridor": ("Other regions, by grid", "#b8c0cc"),
    "site_exchange_inside": ("Grid connection", "#8795a8"),
    "unserved_given": ("Unserved", "#ff0054"),
    "spill_taken": ("Spilled", "#d3d3d3"),
    "demand": ("Demand", "#6b7280"),
}
INTERNAL = ("hosting_at_transmission", "hosting_at_region", "site_exchange_above", "site_exchange_inside")
CARRIERS = {
    "electricity": ("Electricity", ["electricity"]),
    "hydrogen": ("Hydrogen", ["hydrogen"]),
    "heat_industry": ("Industrial heat, all grades", []),
    "heat_district": ("District heat", ["heat_district"]),
    "heat_greenhouse": ("Greenhouse heat", ["heat_greenhouse"]),
}


@dataclass(frozen=True)
class Window:
    """Steps that are drawn as one picture."""

    label: str
    kind: str
    steps: np.ndarray


def hourly_data(cube: xr.DataTree) -> dict[str, Any]:
    """Windows of time, and power by party in every step of them; empty for runs without hourly results."""
    ledgers, inputs = group(cube, "ledgers"), group(cube, "inputs")
    if "supply" not in ledgers:
        return {"windows": [], "series": []}
    chosen = windows(cube)
    steps = np.concatenate([window.steps for window in chosen])
    clock = inputs["local_time"].values[steps].astype("datetime64[m]").astype(str)
    starts = np.cumsum([0, *(len(window.steps) for window in chosen)])
    return {
        "windows": [
            {
                "label": window.label,
                "kind": window.kind,
                "from": int(start),
                "to": int(end),
                "days": round(float(inputs["weight"].values[window.steps].sum()) / 24, 1),
            }
            for window, start, end in zip(chosen, starts[:-1], starts[1:], strict=True)
        ],
        "clock": [str(text).replace("T", " ") for text in clock],
        "length": float(inputs["length"].values[0]),
        "carriers": [{"id": key, "name": name} for key, (name, _) in CARRIERS.items()],
        "series": list(series(cube, steps)),
        "price": scope_prices(cube, steps),
    }


def windows(cube: xr.DataTree) -> list[Window]:
    """The run's periods, or of a long run three weeks: of highest demand, of least and of most wind and sun."""
    inputs = group(cube, "inputs")
    period = inputs["period_of_time"].values
    if np.bincount(period).max() <= MOST_STEPS:
        return [
            Window(
                str(inputs["period_label"].sel(period=number).values),
                str(inputs["period_kind"].sel(period=number).values),
                np.flatnonzero(period == number),
            )
            for number in dict.fromkeys(period.tolist())
        ]
    count = round(WEEK / float(inputs["length"].values[0]))
    demand, renewable = demand_and_renewable(cube)
    sums = [np.convolve(power, np.ones(count), mode="valid") for power in (demand, renewable)]
    starts = {
        ("Week of highest demand", "peak"): int(np.argmax(sums[0])),
        ("Week of least wind and sun", "spell"): int(np.argmin(sums[1])),
        ("Week of most wind and sun", "typical"): int(np.argmax(sums[1])),
    }
    days = inputs["local_time"].values.astype("datetime64[D]").astype(str)
    return [
        Window(f"{label}, from {days[start]}", kind, np.arange(start, start + count))
        for (label, kind), start in starts.items()
    ]


def demand_and_renewable(cube: xr.DataTree) -> tuple[np.ndarray, np.ndarray]:
    """Electricity demand, and wind and solar power, of the country in the last year, MW in every step."""
    ledgers = group(cube, "ledgers")
    last = (ledgers["term_year"].values == reading.years_of(cube)[-1]) & (
        ledgers["term_carrier"].values == "electricity"
    )
    renewable = text_of(cube, "technology_group").isin(["wind", "solar"])
    is_renewable = pd.Series(ledgers["term_technology"].values).map(renewable).fillna(False).to_numpy(dtype=bool)
    is_demand = ledgers["term_family"].values == "demand"
    supply = ledgers["supply"].values
    return -supply[last & is_demand].sum(axis=0), supply[last & is_renewable].sum(axis=0)


def term_table(cube: xr.DataTree) -> pd.DataFrame:
    """The balance terms with the label and colour of the party, its region and whether its node is a site."""
    ledgers = group(cube, "ledgers")
    table = pd.DataFrame(
        {
            name: ledgers[f"term_{name}"].values
            for name in ("node", "carrier", "year", "family", "member", "technology", "sentence")
        }
    )
    names, colours = text_of(cube, "technology_name"), text_of(cube, "technology_colour")
    designs = group(cube, "inputs").get("design_kind")
    kinds = {} if designs is None else designs.to_series().to_dict()
    parties = [
        party(family, technology, kinds, names, colours)
        for family, technology in zip(table["family"], table["technology"], strict=True)
    ]
    table["label"], table["colour"] = zip(*parties, strict=True)
    table["region"] = table["node"].map(text_of(cube, "node_region"))
    table["is_site"] = table["node"].map(text_of(cube, "node_kind")).eq("site")
    return table


def party(
    family: str, technology: str, reactor_kinds: dict[Any, Any], names: pd.Series, colours: pd.Series
) -> tuple[str, str]:
    """Name and colour under which a term is drawn; reactors by kind."""
    if technology in reactor_kinds:
        kind = str(reactor_kinds[technology])
        return REACTOR_KINDS[kind], REACTOR_COLOURS[kind]
    if technology:
        return str(names.get(technology, technology)), str(colours.get(technology, "")) or FALLBACK_COLOUR
    if family.startswith("corridor"):
        return FIXED["corridor"]
    return FIXED.get(family, (family.replace("_", " ").capitalize(), FALLBACK_COLOUR))


def series(cube: xr.DataTree, steps: np.ndarray) -> Any:
    """One record per carrier, scope, year and party with its power in every step, MW."""
    table = term_table(cube)
    supply = group(cube, "ledgers")["supply"].values[:, steps]
    cascade = set(table["carrier"]) - {name for _, listed in CARRIERS.values() for name in listed}
    for key, (_, listed) in CARRIERS.items():
        carriers = listed or [carrier for carrier in cascade if carrier.startswith("heat")]
        of_carrier = table[table["carrier"].isin(carriers) & ~table["family"].str.startswith("downgraded")]
        scopes = {COUNTRY: of_carrier[~of_carrier["family"].isin(INTERNAL)]}
        scopes[COUNTRY] = scopes[COUNTRY][~scopes[COUNTRY]["family"].str.startswith("corridor")]
        if key == "electricity":
            for region, part in of_carrier.groupby("region"):
                scopes[str(region)] = part[~part["family"].isin(INTERNAL)]
            for node, part in of_carrier[of_carrier["is_site"]].groupby("node"):
                scopes[str(node)] = part
        for scope, part in scopes.items():
            for year in part["year"].unique().tolist():
                yield from stacked(key, scope, year, part[part["year"] == year], supply)


def stacked(carrier: str, scope: str, year: int, part: pd.DataFrame, supply: np.ndarray) -> Any:
    """The parties of one picture, small ones put together."""
    found = {}
    for (label, colour), terms in part.groupby(["label", "colour"], sort=False):
        found[str(label), str(colour)] = supply[terms.index.to_numpy()].sum(axis=0)
    largest = max((float(np.abs(values).max(initial=0.0)) for values in found.values()), default=0.0)
    kept = {key: values for key, values in found.items() if np.abs(values).max(initial=0.0) > SMALLEST_SHARE * largest}
    rest = [values for key, values in found.items() if key not in kept]
    if rest and float(np.abs(np.sum(rest, axis=0)).max()) > 0.5:
        kept["Other", FALLBACK_COLOUR] = np.sum(rest, axis=0)
    for (label, colour), values in kept.items():
        power = np.rint(values).astype(int).tolist()
        yield {"carrier": carrier, "scope": scope, "year": year, "what": label, "colour": colour, "mw": power}


def scope_prices(cube: xr.DataTree, steps: np.ndarray) -> list[dict[str, Any]]:
    """Price of electricity by scope and year in every step, EUR/MWh; of the country the mean over the demand."""
    price = group(cube, "duals")["carrier_balance"]
    if "electricity" not in price["carrier"].values:
        return []
    power = price.sel(carrier="electricity").isel(time=steps).transpose("year", "node", "time")
    demand = (
        group(cube, "inputs")["demand"].sel(carrier="electricity").isel(time=steps).transpose("year", "node", "time")
    )
    kinds, regions = text_of(cube, "node_kind"), text_of(cube, "node_region")
    nodes = pd.Index(power["node"].values)
    found = []
    for position, year in enumerate(power["year"].values):
        values = power.values[position]
        weight = np.where(np.isfinite(values), np.nan_to_num(demand.values[position]), 0.0)
        mean = (np.nan_to_num(values) * weight).sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-9)
        found.append({"scope": COUNTRY, "year": int(year), "eur": [round(float(one), 1) for one in mean]})
        for node in nodes[np.isfinite(values).all(axis=1)]:
            if kinds[node] == "site" or kinds[node] == level_shown(kinds, regions, str(regions[node])):
                scope = str(node) if kinds[node] == "site" else str(regions[node])
                prices = [round(float(one), 1) for one in values[nodes.get_loc(node)]]
                found.append({"scope": scope, "year": int(year), "eur": prices})
    return found


def level_shown(kinds: pd.Series, regions: pd.Series, region: str) -> str:
    """The bus whose price stands for a region: the regional one where there is one."""
    return "regional" if (kinds[regions == region] == "regional").any() else "transmission"
