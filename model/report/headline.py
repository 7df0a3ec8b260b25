"""The answer of a run in words and a few large figures."""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr

from model.report import reading
from model.report.reading import group, text_of

MOST_PLACES = 5


def headline(cube: xr.DataTree) -> dict[str, Any]:
    """Tiles (label, unit, one figure per year) and, by year, sentences: where reactors, renewables, heat, hydrogen go.

    Args:
        cube: an opened run.
    """
    words = [[text for text in sentences(cube, year) if text] for year in reading.years_of(cube)]
    return {"tiles": tiles(cube), "words": words}


def tiles(cube: xr.DataTree) -> list[dict[str, Any]]:
    """Large figures by year."""
    years = reading.years_of(cube)
    cost = reading.cost_table(cube, penalties=False).loc["total"].reindex(years) / 1e3
    carbon = reading.carbon_table(cube).reindex(columns=years)
    congestion = reading.congestion_table(cube)
    binding = congestion.groupby("year").size() if len(congestion) else pd.Series(dtype=int)
    found: list[tuple[str, str, Any, int]] = [
        ("Small reactors", "GW_e", reading.reactor_table(cube, "smr").sum().reindex(years) / 1e3, 2),
        ("Wind", "GW_e", of_group(cube, "wind"), 1),
        ("Solar", "GW_e", of_group(cube, "solar"), 1),
        ("System cost", "billion EUR a year", cost, 1),
        ("CO2", "Mt a year", carbon.loc["emissions, Mt"], 1),
    ]
    if "price of CO2, EUR/t" in carbon.index:
        found.append(("CO2 price", "EUR/t", carbon.loc["price of CO2, EUR/t"], 0))
    found.append(("Grid limits that bind", "", binding.reindex(years).fillna(0.0), 0))
    return [
        {
            "label": label,
            "unit": unit,
            "digits": digits,
            "values": [round(float(value), 4) for value in values.fillna(0)],
        }
        for label, unit, values, digits in found
    ]


def of_group(cube: xr.DataTree, name: str) -> pd.Series:
    """Capacity of a group of technologies by year, GW."""
    table = reading.capacities(cube)
    table = table[table["technology"].map(text_of(cube, "technology_group")) == name]
    return table.groupby("year")["capacity"].sum().reindex(reading.years_of(cube)).fillna(0.0) / 1e3


def sentences(cube: xr.DataTree, year: int) -> list[str]:
    """What the run says about a year, one sentence per subject."""
    return [
        reactors_in_words(cube, year),
        renewables_in_words(cube, year),
        supply_in_words(cube, year, "Industrial heat", industrial_grades(cube)),
        supply_in_words(cube, year, "Hydrogen", ["hydrogen"]),
        grid_in_words(cube, year),
        carbon_in_words(cube, year),
    ]


def reactors_in_words(cube: xr.DataTree, year: int) -> str:
    """Where small reactors stand."""
    table = reading.reactor_table(cube, "smr")
    here = table[year].sort_values(ascending=False) if len(table) else pd.Series(dtype=float)
    here = here[here > 1.0]
    if not len(here):
        return f"No small reactors stand in {year}."
    names = text_of(cube, "node_name").to_dict()
    places = listing([f"{names[node]} ({power:,.0f} MW)" for node, power in here.head(MOST_PLACES).items()])
    rest = f" and {len(here) - MOST_PLACES} more places" if len(here) > MOST_PLACES else ""
    return (
        f"In {year} small reactors of {here.sum() / 1e3:,.1f} GW electric stand at {len(here)} places: {places}{rest}."
    )


def renewables_in_words(cube: xr.DataTree, year: int) -> str:
    """How much wind and sun, and where most of it stands."""
    table = reading.capacities(cube)
    groups = table["technology"].map(text_of(cube, "technology_group"))
    table = table[groups.isin(["wind", "solar"]) & (table["year"] == year)]
    if not len(table):
        return ""
    table = table.assign(region=table["node"].map(text_of(cube, "node_region")), group=groups.reindex(table.index))
    total = table.groupby("group")["capacity"].sum() / 1e3
    first = table.groupby("region")["capacity"].sum().sort_values(ascending=False).head(3) / 1e3
    places = listing([f"{region_name(cube, str(region))} ({power:,.1f} GW)" for region, power in first.items()])
    return (
        f"Wind reaches {total.get('wind', 0.0):,.1f} GW and solar {total.get('solar', 0.0):,.1f} GW in {year}, "
        f"most of it in {places}."
    )


def region_name(cube: xr.DataTree, region: str) -> str:
    """Name of a region, its label where it has none."""
    inputs = group(cube, "inputs")
    return str(inputs["region_name"].sel(region=region).values) if "region_name" in inputs else region


def industrial_grades(cube: xr.DataTree) -> list[str]:
    """Heat carriers of industry: those that belong neither to district heating nor to greenhouses."""
    kinds = text_of(cube, "carrier_kind")
    return [str(c) for c in kinds.index[kinds == "heat"] if "district" not in str(c) and "greenhouse" not in str(c)]


def supply_in_words(cube: xr.DataTree, year: int, what: str, carriers: list[str]) -> str:
    """Who supplies a form of energy, largest first."""
    table = reading.energy_table(cube)
    if not len(table) or year not in table.columns:
        return ""
    wanted = table[table.index.get_level_values("carrier").isin(carriers)][year]
    names = supplier_names(cube)
    given = wanted[wanted > 0].groupby(wanted[wanted > 0].index.get_level_values("technology").map(names)).sum()
    if not len(given):
        return ""
    first: dict[Any, float] = given.sort_values(ascending=False).head(4).to_dict()
    parts = [f"{name} ({energy / given.sum():.0%})" for name, energy in first.items() if energy > 0.005 * given.sum()]
    return f"{what} of {given.sum():,.0f} TWh in {year} comes from: {listing(parts)}."


def supplier_names(cube: xr.DataTree) -> dict[Any, str]:
    """Names of technologies, reactor designs under the name of their kind."""
    names: dict[Any, str] = text_of(cube, "technology_name").to_dict()
    if "design_kind" in group(cube, "inputs"):
        kinds: dict[Any, str] = text_of(cube, "design_kind").to_dict()
        names |= {design: reading.REACTOR_KINDS[kind] for design, kind in kinds.items()}
    return names


def grid_in_words(cube: xr.DataTree, year: int) -> str:
    """Which limits of the grid cost most."""
    table = reading.congestion_table(cube)
    here = table[table["year"] == year] if len(table) else table
    if not len(here):
        return f"No limit of the grid binds in {year}."
    figures = zip(here["place"], here["hours at limit"], here["one more MW, EUR/MW/year"], strict=True)
    top = [f"{place} ({hours:,.0f} h, {worth:,.0f} EUR per MW a year)" for place, hours, worth in list(figures)[:3]]
    count = "One limit of the grid binds" if len(here) == 1 else f"{len(here)} limits of the grid bind"
    return f"{count} in {year}; one more MW is worth most at {listing(top)}."


def carbon_in_words(cube: xr.DataTree, year: int) -> str:
    """Emissions, price, backstop."""
    table = reading.carbon_table(cube)
    here: dict[Any, float] = table[year].to_dict()
    text = f"Emissions are {here['emissions, Mt']:,.1f} Mt in {year}"
    if "price of CO2, EUR/t" in here:
        text += f" at a CO2 price of {here['price of CO2, EUR/t']:,.0f} EUR/t"
    left = here.get("backstop, Mt (reported apart)", 0.0)
    if left > 0.005:
        text += f"; {left:,.1f} Mt above the cap are left to the backstop, outside the model"
    return text + "."


def listing(parts: list[str]) -> str:
    """Words with commas and a last `and`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
