"""The table of single units: how large they are, how they fail, and what of them helps when power is short."""

from __future__ import annotations

from model.data.schemas.columns import Column, Table

UNITS = Table(
    "units",
    "Single units of a technology, a reactor design or an interconnector: their size, their failures and what of them "
    "helps when power is short (study adequacy, grid.reserve).",
    (
        Column("technology", "Technology, reactor design or interconnector."),
        Column("unit_size", "Electric power that is lost at once when a unit or its connection fails.", "number",
               "MW_e", None, 1e5, above=0, blank="that of the table reactors; of others: no single units",
               plausible=(1.0, 5000.0)),
        Column("forced_outage_rate", "Share of the time in which a unit is out without plan.", "number", "share", 0,
               0.9, blank="that of the table reactors; of others: none", plausible=(None, 0.3)),
        Column("repair_time", "Mean length of such an outage.", "number", "h", 1, 8760,
               blank="outages are an average share of every hour", plausible=(2.0, 2000.0)),
        Column("stops", "yes: its use of power stops when power is short.", "flag",
               blank="no; makers of hydrogen stop"),
        Column("reserve_share", "Share of its capacity that can be called on as operating reserve.", "number", "share",
               0, 1, blank="none"),
        Column("reserve_cost", "Cost of holding a MW of reserve for an hour.", "number", "EUR/MW/h", 0, 1e4,
               blank="zero"),
    ),
    key=("technology",),
    required=False,
)  # fmt: skip
