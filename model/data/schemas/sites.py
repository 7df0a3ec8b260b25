"""Tables of what sites agree on: contract classes, direct lines, power purchase agreements and steam contracts."""

from __future__ import annotations

from model.data.schemas.columns import LIFE, Column, Table

CLASS_KINDS = ("reserve", "duration", "block", "group")
FIRST = Column("first_year", "First year in which it may stand or holds.", "integer", "year", 1990, 2100)
LAST = Column("last_year", "Last year in which it holds.", "integer", "year", 1990, 2100)

TABLES = (
    Table(
        "contract_classes",
        "A kind of transport contract beside the firm one, as a share of the firm one's tariffs.",
        (
            Column("contract_class", "Label."),
            Column("name", "Name for pictures."),
            Column(
                "kind",
                "How it limits import: reserve (few hours of full use), duration (not in a share of the hours), block "
                "(hours of the day), group (several sites share one limit).",
                choices=CLASS_KINDS,
            ),
            Column(
                "contract_factor",
                "Price of contracted power, per price of firm power at the site.",
                "number",
                "share",
                0,
                10,
                plausible=(None, 2.0),
            ),
            Column(
                "weekly_peak_factor",
                "Price of the peak of a week, per price of a month's peak at the site.",
                "number",
                "share",
                0,
                10,
                blank="no weekly peaks: its use counts in the peaks of the months",
            ),
            Column("hours_max", "Hours of full use (reserve).", "number", "h", 0, 8784, blank="not of that kind"),
            Column(
                "restricted_share",
                "Share of the hours of a year in which nothing may be taken (duration): those of highest load in the "
                "region.",
                "number",
                "share",
                0,
                1,
                blank="not of that kind",
            ),
            Column(
                "block_start",
                "Local hour at which the block starts (block).",
                "integer",
                "h",
                0,
                23,
                blank="not of that kind",
            ),
            Column(
                "block_end",
                "Local hour at which the block ends, past midnight if it is not above the start (block).",
                "integer",
                "h",
                0,
                24,
                blank="not of that kind",
            ),
        ),
        key=("contract_class",),
        required=False,
    ),
    Table(
        "site_contracts",
        "A contract class beside the firm one that a site may choose.",
        (
            Column("node", "Site.", references="sites.node"),
            Column("contract_class", "Class.", references="contract_classes.contract_class"),
            Column(
                "capacity_max",
                "Most power under this class.",
                "number",
                "MW",
                0,
                blank="no limit but the connection",
                plausible=(None, 1e5),
            ),
            Column("contract_group", "Sites of one label share their limit (kind group).", blank="not of that kind"),
        ),
        key=("node", "contract_class"),
        required=False,
    ),
    Table(
        "direct_lines",
        "A line that may be built from a generator to a site, past the public grid.",
        (
            Column("line", "Label."),
            Column("from_node", "Bus at which the generator stands.", references="nodes.node"),
            Column("technology", "Technology that generates, or design.", references="technologies.technology"),
            Column("to_node", "Site.", references="sites.node"),
            Column("length", "Length.", "number", "km", above=0.0, plausible=(None, 500.0)),
            Column("investment", "Cost of a MW and km.", "number", "EUR/MW/km", 0, 1e6, plausible=(100.0, 50000.0)),
            Column("fixed_om", "Fixed operation and maintenance a year, of the investment.", "number", "share", 0, 1),
            Column("lifetime", "Economic life.", "number", "year", above=0.0, maximum=200.0, plausible=LIFE),
            Column("loss", "Share of what is sent that is lost.", "number", "share", 0, 0.99),
            Column("capacity_max", "Most power.", "number", "MW", 0, blank="no limit", plausible=(None, 1e5)),
            FIRST,
        ),
        key=("line",),
        required=False,
    ),
    Table(
        "power_purchase_agreements",
        "A share of a generator's output that a site buys at a fixed price; it moves money, not power.",
        (
            Column("agreement", "Label."),
            Column("seller_node", "Bus at which the generator stands.", references="nodes.node"),
            Column("technology", "Technology that generates, or design.", references="technologies.technology"),
            Column("node", "Site that buys.", references="sites.node"),
            Column("output_share", "Share of the generator's output.", "number", "share", 0, 1),
            Column("price", "Price.", "number", "EUR/MWh", 0, 5000, plausible=(None, 300.0)),
            FIRST,
            LAST,
        ),
        key=("agreement",),
        required=False,
    ),
    Table(
        "steam_contracts",
        "Steam that a site takes or pays from a plant until the contract ends.",
        (
            Column("node", "Site.", references="sites.node"),
            Column("technology", "Technology that gives the steam.", references="technologies.technology"),
            Column("carrier", "Heat grade.", references="carriers.carrier"),
            Column("steam", "Contracted steam.", "number", "TWh/year", 0, 1e4, plausible=(None, 50.0)),
            Column("take_share", "Share that is taken at least.", "number", "share", 0, 1),
            Column(
                "price",
                "Price.",
                "number",
                "EUR/MWh",
                0,
                5000,
                blank="settled at what heat is worth at the site",
                plausible=(None, 300.0),
            ),
            LAST,
        ),
        key=("node", "technology", "carrier"),
        required=False,
    ),
)
