"""Tables of transport rights: connections, who stands on them, what they may choose, and substations."""

from __future__ import annotations

from model.data.schemas.columns import LIFE, YEAR, Column, Table

DIRECTIONS = ("offtake", "feed_in")
CONTRACT = "Today's contract for {}: firm power that its users hold."
USE = "Share of today's contract for {} that is expected to be used at once."
PEAK = "Highest use of today's contract for {} in twelve months."


def _today(direction: str, words: str) -> tuple[Column, ...]:
    of_site = "of a site that of sites.csv, otherwise none"
    return (
        Column(f"{direction}_contract", CONTRACT.format(words), "number", "MW", 0, 1e6, blank=of_site,
               plausible=(None, 2e4)),
        Column(f"{direction}_use", USE.format(words), "number", "share", 0, 1, blank="1: all of it"),
        Column(f"{direction}_peak", PEAK.format(words), "number", "MW", 0, 1e6, blank="not known: nothing is withdrawn",
               plausible=(None, 2e4)),
    )  # fmt: skip


TABLES = (
    Table(
        "connections",
        "A connection to the grid with rights of its own: a site, or technologies of a bus that share a connection. It "
        "counts where grid.rights.enabled is true.",
        (
            Column("connection", "Label."),
            Column("name", "Name for pictures."),
            Column("node", "Site, or bus at which its members stand.", references="nodes.node"),
            Column("capacity", "Size of the connection: no rights are above it.", "number", "MW", 0, 1e6,
                   plausible=(None, 1e5)),
            Column("voltage", "Voltage; it decides from how many unused MW a contract is withdrawn.", "number", "kV",
                   0, 1500),
            Column("first_year", "First year in which it stands.", "integer", "year", 1900, 2200,
                   blank="stands already"),
            Column("pooled_with", "Connection on which its members stand where grid.rights.cable_pooling is true.",
                   references="connections.connection", blank="it keeps its own cable"),
            Column("contract_group", "Connections of one label share their rights (group agreement).",
                   blank="it has its own"),
            Column("group_share", "Share of its rights that counts in the group.", "number", "share", 0, 1, blank="1"),
            Column("coincidence", "Share of new rights that is taken at once in the row on rights; 1 is cautious.",
                   "number", "share", 0, 1, blank="1"),
            Column("profile_technology", "Technology whose hourly availability at the node shapes use and coincidence.",
                   references="technologies.technology", blank="the same in every hour"),
            *_today("offtake", "off-take"),
            *_today("feed_in", "feed-in"),
            Column("tariff_contract", "Price of contracted off-take.", "number", "EUR/kW/year", 0, 1e5,
                   blank="of a site that of sites.csv, otherwise none", plausible=(None, 1000.0)),
            Column("tariff_peak", "Price of the peak of a month's off-take.", "number", "EUR/kW/month", 0, 1e4,
                   blank="of a site that of sites.csv, otherwise none", plausible=(None, 100.0)),
        ),
        key=("connection",),
        required=False,
    ),
    Table(
        "connection_members",
        "A technology or store that stands on a connection, at its node. Sites have none: all of a site is behind its "
        "meter.",
        (
            Column("connection", "Connection.", references="connections.connection"),
            Column("technology", "Technology.", references="technologies.technology", blank="the row names a store"),
            Column("store", "Store.", references="stores.store", blank="the row names a technology"),
        ),
        key=("connection", "technology", "store"),
        required=False,
    ),
    Table(
        "connection_rights",
        "A right beside the firm one that a connection may choose in a direction.",
        (
            Column("connection", "Connection.", references="connections.connection"),
            Column("direction", "offtake: down from the grid; feed_in: up to it.", choices=DIRECTIONS),
            Column("contract_class", "Right.", references="contract_classes.contract_class"),
            Column("capacity_max", "Most power under this right.", "number", "MW", 0,
                   blank="no limit but the connection", plausible=(None, 1e5)),
        ),
        key=("connection", "direction", "contract_class"),
        required=False,
    ),
    Table(
        "firm_headroom",
        "New firm rights that a region can give out in all, before reinforcement and what is withdrawn from others.",
        (
            Column("region", "Region.", references="regions.region"),
            Column("direction", "Direction.", choices=DIRECTIONS),
            YEAR,
            Column("capacity", "Room for new firm rights; zero where the grid is full.", "number", "MW", 0, 1e7,
                   plausible=(None, 1e5)),
        ),
        key=("region", "direction", "year"),
        required=False,
    ),
    Table(
        "substation_hosting",
        "Firm exchange between a substation and the regional bus above it.",
        (
            Column("node", "Bus of kind substation.", references="nodes.node"),
            Column("direction", "feed_in: up to the regional bus; offtake: down from it.", choices=DIRECTIONS),
            YEAR,
            Column("capacity", "Limit.", "number", "MW", 0, 1e7, plausible=(None, 1e4)),
        ),
        key=("node", "direction", "year"),
        required=False,
    ),
    Table(
        "substation_reinforcement",
        "What more hosting capacity of a substation costs.",
        (
            Column("node", "Bus of kind substation.", references="nodes.node"),
            Column("investment", "Cost of one more MW.", "number", "EUR/MW", 0, 1e10, plausible=(None, 1e8)),
            Column("fixed_om", "Yearly cost of one more MW.", "number", "EUR/MW/year", 0, 1e9, plausible=(None, 1e7)),
            Column("lifetime", "Life of what is added.", "number", "year", None, 200, above=0, plausible=LIFE),
            Column("first_year", "First year in which more may stand.", "integer", "year", 1900, 2200),
            Column("build_rate_max", "Most that is added in a year.", "number", "MW/year", 0, blank="no limit",
                   plausible=(None, 1e4)),
            Column("both_directions", "yes: one reinforcement serves feed-in and offtake.", "flag"),
        ),
        key=("node",),
        required=False,
    ),
)  # fmt: skip
