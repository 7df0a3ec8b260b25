"""Tables of heat networks, gas grids, CO2 pipes and sinks, and process emissions (formulation H1, H3, H4)."""

from __future__ import annotations

from model.data.schemas.columns import LIFE, UNIT, YEAR, Column, Table

NODE = Column("node", "Node.", references="nodes.node")

TABLES = (
    Table(
        "heat_networks",
        "The heat network of a node: what is wanted of its carrier there comes through it.",
        (
            NODE,
            Column("carrier", "Heat that it delivers.", references="carriers.carrier"),
            Column("capacity", "Delivery that can be connected today.", "number", "MW_th", 0, 1e6),
            Column("loss", "Share of the heat fed in that is lost on the way.", "number", "share", 0, 0.9,
                   plausible=(None, 0.5)),
            Column("connection_cost", "Pipes and connections per unit of delivery added.", "number", "EUR/MW_th", 0,
                   1e8, plausible=(1e3, 1e7)),
            Column("fixed_om", "Fixed operation and maintenance of the network.", "number", "EUR/MW_th/year", 0, 1e7),
            Column("lifetime", "Economic life of what is added.", "number", "year", None, 200, above=0,
                   plausible=LIFE),
            Column("growth_max", "Most that can be connected in a year.", "number", "MW_th/year", 0, 1e6,
                   blank="no limit"),
        ),
        key=("node", "carrier"),
        required=False,
    ),
    Table(
        "gas_injection",
        "A node's connection to the national grid of a gas.",
        (
            NODE,
            Column("carrier", "Gas.", references="carriers.carrier"),
            YEAR,
            Column("value", "Most that may be fed into the grid there.", "number", "MW", 0, 1e6,
                   blank="no limit"),
            Column("unit", "Unit of the value."),
        ),
        key=("node", "carrier", "year"),
        required=False,
        unit="MW",
    ),
    Table(
        "carbon_pipes",
        "A pipe or ship line that moves captured CO2 one way.",
        (
            Column("pipe", "Label."),
            Column("from_node", "Where CO2 enters.", references="nodes.node"),
            Column("to_node", "Where it leaves.", references="nodes.node"),
            Column("length", "Length.", "number", "km", 0, 5000),
            Column("capacity", "What is built or decided.", "number", "t/h", 0, 1e5),
            Column("first_year", "First year in which it can move anything, expansion included.", "integer", "year",
                   1990, 2200, blank="stands"),
            Column("investment", "Cost of capacity added.", "number", "EUR/(t/h)", 0, 1e9,
                   blank="cannot be expanded"),
            Column("fixed_om", "Fixed operation and maintenance of capacity added.", "number", "EUR/(t/h)/year", 0,
                   1e8, blank="zero"),
            Column("lifetime", "Economic life of capacity added.", "number", "year", None, 200, above=0,
                   plausible=LIFE),
            Column("expansion_max", "Most that can be added.", "number", "t/h", 0, 1e6, blank="no limit"),
            Column("tariff", "Cost of moving CO2: compression, pumping, loading.", "number", "EUR/t", 0, 1e4,
                   plausible=(None, 200.0)),
        ),
        key=("pipe",),
        required=False,
    ),
    Table(
        "carbon_sinks",
        "A place where CO2 is stored for good.",
        (
            Column("sink", "Label."),
            NODE,
            YEAR,
            Column("limit", "Most that can be stored in a year.", "number", "Mt/year", 0, 1e4),
            Column("cost", "Cost of storing: injection, wells, monitoring.", "number", "EUR/t", 0, 1e4,
                   plausible=(None, 300.0)),
        ),
        key=("sink", "year"),
        required=False,
    ),
    Table(
        "process_emissions",
        "CO2 that an industrial process releases beside that of its fuels, evenly over the year.",
        (
            NODE,
            Column("sector", "Sector."),
            YEAR,
            Column("value", "Emission.", "number", "Mt/year", 0, 1e4, plausible=(None, 50.0)),
            UNIT,
        ),
        key=("node", "sector", "year"),
        required=False,
        unit="Mt/year",
    ),
)  # fmt: skip
