"""Tables of things given one by one: machines, stores, loads and limits over them, and the snapshots they run over."""

from __future__ import annotations

from model.data.schemas.columns import Column, Table

MOST = 1e12
"""More than any network has of anything, in MW, MWh or EUR per MW."""


def _series(name: str, what: str) -> Column:
    return Column(name, f"Series {what}, `FILE:COLUMN` for column COLUMN of series/FILE.csv.", blank="steady",
                  optional=True)  # fmt: skip


def _number(name: str, what: str, unit: str, blank: str, low: float | None = None, high: float | None = MOST) -> Column:
    return Column(name, what, "number", unit, low, high, blank=blank, optional=True)


TABLES = (
    Table(
        "snapshots",
        "A step of time mode snapshots, in order.",
        (
            Column("snapshot", "Label; a date and time (2015-01-01 03:00:00) is shown as such."),
            Column("length", "Hours that stores and ramps take the step for.", "number", "h", None, 1e5, above=0),
            Column("weight", "Hours of the year for which costs count it.", "number", "h", 0, 1e5),
            _number("energy_weight", "Hours of the year for which device_limits count it.", "h", "weight", 0.0, 1e5),
        ),
        key=("snapshot",),
        required=False,
    ),
    Table(
        "devices",
        "A single machine: what it does in an hour lies between two shares of its capacity, and its ports say what it "
        "gives and takes of it and where.",
        (
            Column("device", "Label."),
            Column("group", "Group in tables and pictures; the technology of its costs."),
            Column("node", "Node at which its costs are booked.", references="nodes.node"),
            _number("capacity", "Capacity; of an expandable device what stands, to be read.", "MW", "no limit", 0.0),
            Column("expandable", "yes: capacity is a decision.", "flag", blank="no", optional=True),
            _number("capacity_min", "Least capacity of an expandable device.", "MW", "zero", 0.0),
            _number("capacity_max", "Largest capacity of an expandable device.", "MW", "no limit", 0.0),
            _number("capacity_cost", "Yearly cost of a MW of an expandable device.", "EUR/MW/year", "zero"),
            Column("capacity_of", "Device whose capacity this one shares.", references="devices.device",
                   blank="one of its own", optional=True),
            _number("share_min", "Least activity, as a share of capacity; below zero it runs backwards.", "share",
                    "zero", -MOST),
            _series("share_min_series", "in place of share_min"),
            _number("share_max", "Largest activity, as a share of capacity.", "share", "1", -MOST),
            _series("share_max_series", "in place of share_max"),
            _series("activity_series", "that the activity is held at, MW; blank cells leave it free"),
            _number("variable_cost", "Cost per MWh of activity.", "EUR/MWh", "zero", -MOST),
            _series("variable_cost_series", "in place of variable_cost"),
            _number("running_cost", "Cost of every hour, whatever it does.", "EUR/h", "zero", -MOST),
            _number("ramp_up", "Most by which its activity rises from a step to the next.", "share", "no limit", 0.0),
            _number("ramp_down", "Most by which its activity falls from a step to the next.", "share", "no limit", 0.0),
            _number("activity_before", "Activity before the first step, from which it ramps.", "MW",
                    "the first step is free", -MOST),
        ),
        key=("device",),
        required=False,
    ),
    Table(
        "device_ports",
        "What a device gives to (above zero) or takes from (below zero) a balance or a reservoir, per unit of its "
        "activity.",
        (
            Column("device", "Device.", references="devices.device"),
            Column("port", "Label of the port."),
            Column("node", "Node.", references="nodes.node", blank="a reservoir instead"),
            Column("carrier", "Carrier.", references="carriers.carrier", blank="a reservoir instead"),
            Column("reservoir", "Reservoir that it fills or empties.", references="reservoirs.reservoir",
                   blank="a node instead", optional=True),
            Column("coefficient", "Given (below zero: taken) per unit of activity.", "number", "MWh/MWh", -1e6, 1e6),
            _series("coefficient_series", "in place of coefficient"),
        ),
        key=("device", "port"),
        required=False,
    ),
    Table(
        "device_costs",
        "A straight piece of a cost curve that bends upwards: the cost of an hour is at least that of every piece.",
        (
            Column("device", "Device.", references="devices.device"),
            Column("piece", "Label of the piece."),
            Column("slope", "Cost of one more MW for an hour.", "number", "EUR/MWh", -MOST, MOST),
            Column("intercept", "Cost of the piece at no activity.", "number", "EUR/h", -MOST, MOST),
        ),
        key=("device", "piece"),
        required=False,
    ),
    Table(
        "reservoirs",
        "Energy that devices fill and empty, with inflow and spill.",
        (
            Column("reservoir", "Label."),
            Column("group", "Group in tables and pictures; the technology of its costs."),
            Column("node", "Node at which its costs are booked.", references="nodes.node"),
            _number("capacity", "Energy that it holds; of an expandable one what stands, for information.", "MWh",
                    "no limit", 0.0),
            Column("expandable", "yes: capacity is a decision.", "flag", blank="no", optional=True),
            _number("capacity_min", "Least capacity of an expandable reservoir.", "MWh", "zero", 0.0),
            _number("capacity_max", "Largest capacity of an expandable reservoir.", "MWh", "no limit", 0.0),
            _number("capacity_cost", "Yearly cost of a MWh of an expandable reservoir.", "EUR/MWh/year", "zero"),
            Column("hours_of", "Device whose capacity times `hours` is the energy that it holds.",
                   references="devices.device", blank="a capacity of its own", optional=True),
            _number("hours", "Hours of the device hours_of.", "h", "none", 0.0),
            _number("level_min", "Least level, as a share of what it holds.", "share", "zero", -MOST),
            _series("level_min_series", "in place of level_min"),
            _number("level_max", "Highest level, as a share of what it holds.", "share", "1", -MOST),
            _series("level_max_series", "in place of level_max"),
            _series("level_series", "that the level at the end of the step is held at, MWh; blank cells leave it free"),
            _number("standing_loss", "Share of the level lost in an hour.", "share/hour", "zero", 0.0, 1.0),
            _number("inflow", "Energy that flows in by itself.", "MW", "none", -MOST),
            _series("inflow_series", "in place of inflow"),
            Column("spill", "yes: inflow may be let go.", "flag", blank="no", optional=True),
            _number("spill_cost", "Cost of a MWh let go.", "EUR/MWh", "zero", -MOST),
            _series("spill_cost_series", "in place of spill_cost"),
            _number("level_cost", "Cost of keeping a MWh for an hour.", "EUR/MWh/h", "zero", -MOST),
            _series("level_cost_series", "in place of level_cost"),
            Column("cyclic", "yes: it ends as it began.", "flag"),
            _number("level_before", "Level before the first step of one that is not cyclic.", "MWh", "zero"),
        ),
        key=("reservoir",),
        required=False,
    ),
    Table(
        "loads",
        "Power that must be served in every step; below zero it is given.",
        (
            Column("load", "Label."),
            Column("node", "Node.", references="nodes.node"),
            Column("carrier", "Carrier.", references="carriers.carrier"),
            Column("power", "Power.", "number", "MW", -MOST, MOST),
            _series("power_series", "in place of power, MW"),
        ),
        key=("load",),
        required=False,
    ),
    Table(
        "device_limits",
        "A limit over several devices, reservoirs and corridors: CO2, a budget of energy, a sum of capacities.",
        (
            Column("limit", "Label."),
            Column("sense", "On which side of the value it holds.", choices=("at_most", "at_least", "exactly")),
            Column("value", "Value of the limit.", "number", "unit of the row", -1e15, 1e15),
            Column("unit", "Unit of the limit, such as t, MWh or MW.", blank="not named", optional=True),
        ),
        key=("limit",),
        required=False,
    ),
    Table(
        "device_limit_terms",
        "What counts in a limit, and how much.",
        (
            Column("limit", "Limit.", references="device_limits.limit"),
            Column("kind", "energy: activity of a device over the year; capacity: of a device; storage: capacity of a "
                   "reservoir; level: its content after the last step; corridor: capacity of a corridor.",
                   choices=("energy", "capacity", "storage", "level", "corridor")),
            Column("name", "Device, reservoir or corridor."),
            Column("factor", "Amount of the limit per MWh or MW.", "number", "", -MOST, MOST),
            _series("factor_series", "in place of factor (kind energy)"),
        ),
        key=("limit", "kind", "name"),
        required=False,
    ),
)  # fmt: skip
