"""Tables that say where: regions, nodes, sites and the outlines of the map."""

from __future__ import annotations

from model.data.schemas.columns import LATITUDE, LONGITUDE, Column, Table

TABLES = (
    Table(
        "regions",
        "A region: the cell in which wind, sun, temperature, hosting limits and potentials are given.",
        (
            Column("region", "Short label."),
            Column("name", "Name for pictures."),
            LATITUDE,
            LONGITUDE,
            Column("population", "Inhabitants.", "number", "person", 0, 1e10, blank="not given", plausible=(None, 1e8)),
            Column("land_area", "Land area.", "number", "km2", 0, 1.5e8, blank="not given", plausible=(None, 1e6)),
        ),
        key=("region",),
    ),
    Table(
        "nodes",
        "A bus: the transmission or the regional bus of a region, a substation below it, or a site behind the meter.",
        (
            Column("node", "Label."),
            Column("name", "Name for pictures."),
            Column("kind", "Level of the bus.", choices=("transmission", "regional", "substation", "site")),
            Column(
                "parent",
                "Bus above: of a regional bus its transmission bus, of a substation its regional bus, of a site "
                "its regional bus or substation.",
                references="nodes.node",
                blank="no bus above (transmission)",
            ),
            Column("region", "Region in which it lies.", references="regions.region"),
            LATITUDE,
            LONGITUDE,
        ),
        key=("node",),
    ),
    Table(
        "sites",
        "The connection of a site to its region: contracts and tariffs.",
        (
            Column("node", "Site.", references="nodes.node"),
            Column("cluster", "Industrial cluster to which it belongs."),
            Column("contract_import", "Contracted import today.", "number", "MW", 0, 1e6, plausible=(None, 2e4)),
            Column("contract_export", "Contracted export today.", "number", "MW", 0, 1e6, plausible=(None, 2e4)),
            Column(
                "contract_growth_max",
                "Contract that may be added.",
                "number",
                "MW",
                0,
                blank="no limit",
                plausible=(None, 1e5),
            ),
            Column(
                "tariff_contract",
                "Price of contracted power.",
                "number",
                "EUR/kW/year",
                0,
                1e5,
                plausible=(None, 1000.0),
            ),
            Column(
                "tariff_peak",
                "Price of the peak of a month.",
                "number",
                "EUR/kW/month",
                0,
                1e4,
                plausible=(None, 100.0),
            ),
            Column(
                "energy_tax", "Energy tax on import.", "number", "EUR/MWh", 0, 1000, blank="none", plausible=(None, 200)
            ),
            Column(
                "wacc",
                "Own real cost of capital.",
                "number",
                "share",
                0,
                0.5,
                blank="sites.wacc of the scenario",
                plausible=(None, 0.2),
            ),
            Column("critical_power", "Share of the power load that N-1 holds.", "number", "share", 0, 1, blank="all"),
            Column("critical_heat", "Share of the heat load that N-1 holds.", "number", "share", 0, 1, blank="all"),
        ),
        key=("node",),
        required=False,
    ),
    Table(
        "outlines",
        "Coarse outline of a region, for the map only.",
        (
            Column("region", "Region.", references="regions.region"),
            Column("ring", "Number of the closed ring.", "integer", "", 0),
            Column("sequence", "Place of the point in its ring.", "integer", "", 0),
            LONGITUDE,
            LATITUDE,
        ),
        key=("region", "ring", "sequence"),
        required=False,
    ),
)
