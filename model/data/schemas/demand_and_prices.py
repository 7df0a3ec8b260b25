"""Tables that say how much and at what price: demand, fuels, carbon."""

from __future__ import annotations

from model.data.schemas.columns import UNIT, YEAR, Column, Table

MOST_ENERGY = 2e5
"""TWh in a year: more than the world uses."""

TABLES = (
    Table(
        "demand",
        "Energy that a sector at a node wants in a year.",
        (
            Column("node", "Node at which it is connected.", references="nodes.node"),
            Column("carrier", "Carrier.", references="carriers.carrier"),
            Column("sector", "Sector."),
            Column("demand_scenario", "Storyline.", choices=("reference", "low", "high", "observed")),
            Column("year", "Year; between two years it is interpolated.", "integer", "year", 1990, 2100),
            Column("value", "Energy.", "number", "TWh/year", 0, MOST_ENERGY, plausible=(None, 5000.0),
                   alike=("carrier",)),
            UNIT,
            Column("profile", "Shape over the hours.", references="demand_profiles.profile", also=("flat",)),
        ),
        key=("node", "carrier", "sector", "demand_scenario", "year"),
        unit="TWh/year",
    ),
    Table(
        "fuel_prices",
        "Price of a carrier that is bought.",
        (
            Column("carrier", "Carrier.", references="carriers.carrier"),
            Column("price_scenario", "Storyline."),
            YEAR,
            Column("value", "Price on lower heating value; below zero only where fuel_limits.csv limits the use.",
                   "number", "EUR/MWh", -1000, 10000, plausible=(-100.0, 500.0), alike=("carrier",),
                   alike_factor=100.0),
            UNIT,
        ),
        key=("carrier", "price_scenario", "year"),
        unit="EUR/MWh",
    ),
    Table(
        "carbon_prices",
        "Price of CO2.",
        (
            Column("price_scenario", "Storyline."),
            YEAR,
            Column("value", "Price.", "number", "EUR/t", 0, 10000, plausible=(None, 2000.0), alike=("price_scenario",),
                   alike_factor=100.0),
            UNIT,
        ),
        key=("price_scenario", "year"),
        unit="EUR/t",
        required=False,
    ),
    Table(
        "carbon_caps",
        "Most fossil CO2 that may be emitted in a year.",
        (
            Column("cap", "Name of the path; one that rises from year to year is doubted."),
            YEAR,
            Column("value", "Cap.", "number", "Mt/year", 0, 1e5, plausible=(None, 5000.0)),
            UNIT,
        ),
        key=("cap", "year"),
        unit="Mt/year",
        required=False,
    ),
)  # fmt: skip
