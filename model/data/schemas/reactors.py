"""Tables of reactor designs; a design is a technology whose capacity is in MW_th."""

from __future__ import annotations

from model.data.schemas.columns import LIFE, UNIT, YEAR, Column, Parameter, Table
from model.data.schemas.plants import PLANT_PARAMETERS

DESIGN_CLASSES = ("cls_lwr", "cls_htgr", "cls_ims", "cls_large")

REACTOR_PARAMETERS = (
    Parameter("unit_size_e", "MW_e", "Net electric power of one unit.", plausible=(None, 3000.0)),
    Parameter("unit_size_th", "MW_th", "Thermal power of one unit.", above=0.0, plausible=(None, 9000.0)),
    Parameter(
        "efficiency",
        "MW_e/MW_th",
        "Net efficiency at full load without heat delivery; 0: a plant without turbine, which gives heat only.",
        minimum=0.0,
        maximum=0.6,
        plausible=(0.1, None),
    ),
    Parameter("usable_temperature", "degC", "Highest temperature at which heat can be delivered.", 20.0, 1200.0),
    Parameter("extraction_share_max", "share", "Largest share of turbine heat that can be extracted.", maximum=1.0),
    Parameter(
        "back_pressure_min",
        "MW_e/MW_th",
        "Least power per unit of extracted heat.",
        maximum=5.0,
        plausible=(None, 1.0),
    ),
    Parameter("live_steam_efficiency", "share", "Heat delivered per unit of live steam.", maximum=1.0),
    Parameter("dump_share_max", "share", "Most reactor heat that can be dumped, of thermal capacity.", maximum=1.0),
    Parameter(
        "investment",
        "EUR/kW_e",
        "Overnight cost, without interest during construction.",
        maximum=1e6,
        plausible=(500.0, 50000.0),
    ),
    Parameter("fixed_om", "EUR/kW_e/year", "Fixed operation and maintenance.", maximum=1e5, plausible=(None, 2000.0)),
    Parameter("variable_om", "EUR/MWh_e", "Variable operation and maintenance.", maximum=1e4, plausible=(None, 100.0)),
    Parameter("fuel_cost", "EUR/MWh_e", "Fuel, back end of the cycle apart.", maximum=1e4, plausible=(None, 100.0)),
    *PLANT_PARAMETERS,
    Parameter("lifetime", "year", "Economic life.", above=0.0, maximum=200.0, plausible=LIFE),
    Parameter("wacc", "share", "Real cost of capital.", maximum=0.5, plausible=(None, 0.2)),
    Parameter(
        "construction_time",
        "year",
        "Time over which the overnight cost is spent.",
        maximum=30.0,
        plausible=(None, 20.0),
    ),
    Parameter("earliest_year", "year", "First year in which a new unit can stand.", 1900.0, 2200.0),
    Parameter(
        "lead_time",
        "year",
        "Time from the decision on a first unit in the country to its operation: siting, licence and construction; "
        "reported, it moves nothing (earliest_year does).",
        maximum=40.0,
        plausible=(2.0, 25.0),
    ),
    Parameter(
        "reference_year", "year", "First year of operation of the design's first plant anywhere.", 1900.0, 2200.0
    ),
    Parameter(
        "availability",
        "share",
        "Share of capacity that can be used, outages taken off.",
        maximum=1.0,
        plausible=(0.05, None),
    ),
    Parameter("minimum_load", "share", "Least thermal power as a share of what is available.", maximum=1.0),
    Parameter("ramp", "share/hour", "Most change of thermal power in an hour.", above=0.0, plausible=(1e-3, None)),
    Parameter(
        "min_down_time",
        "h",
        "Time for which what has stopped stays off; read where the scenario has reactors.commitment linear.",
        maximum=2000.0,
        plausible=(None, 200.0),
    ),
    Parameter(
        "start_cost",
        "EUR/MW_th",
        "Cost of a start, per unit of thermal power that starts; read where reactors.commitment is linear.",
        maximum=1e6,
        plausible=(None, 1000.0),
    ),
    Parameter(
        "cycles_per_year",
        "1/year",
        "Load cycles that a unit may make in a year; read where reactors.commitment is linear.",
        maximum=8784.0,
        plausible=(None, 1000.0),
    ),
    Parameter("cycle_depth", "share", "Depth of such a cycle, of thermal capacity.", above=0.0, maximum=1.0),
    Parameter(
        "outage_length",
        "day",
        "Length of an outage for refuelling or planned maintenance; read where reactors.refuelling is decided.",
        above=0.0,
        maximum=180.0,
        plausible=(3.0, 120.0),
    ),
    Parameter("outage_interval", "year", "Time from one such outage to the next.", minimum=0.5, maximum=60.0),
    Parameter(
        "outage_units",
        "unit",
        "Units of a plant that have such an outage in turn, one at a time.",
        minimum=1.0,
        maximum=100.0,
    ),
    Parameter(
        "forced_outage_rate",
        "share",
        "Share of capacity in forced outages while not in a planned one; availability where refuelling is decided.",
        maximum=0.95,
        plausible=(None, 0.3),
    ),
    Parameter(
        "late_cycle_share",
        "share",
        "Last part of the time between two refuellings in which a unit is less flexible; read where the scenario has "
        "reactors.late_cycle.",
        maximum=0.5,
        plausible=(None, 0.3),
    ),
    Parameter(
        "late_cycle_load",
        "share",
        "Least thermal power in that part, as a share of what is online; at least the minimum_load.",
        maximum=1.0,
    ),
    Parameter(
        "decommissioning",
        "share",
        "Cost at the end of life as a share of the overnight cost.",
        maximum=1.0,
        plausible=(None, 0.6),
    ),
    Parameter(
        "burn_up",
        "GWd/t",
        "Heat won from a tonne of heavy metal; for the ledger of spent fuel.",
        above=0.0,
        maximum=1000.0,
        plausible=(5.0, 300.0),
    ),
    Parameter(
        "waste_fee",
        "EUR/MWh_th",
        "Spent fuel and final disposal, set aside per unit of heat; reported, not part of the cost that is minimised.",
        maximum=1e3,
        plausible=(None, 20.0),
    ),
    Parameter(
        "cooling_water_rise",
        "K",
        "How much warmer once-through cooling water leaves at full load.",
        above=0.0,
        maximum=50.0,
        plausible=(3.0, 20.0),
    ),
    Parameter(
        "tower_evaporation",
        "m3/MWh_th",
        "Water that a cooling tower evaporates per unit of heat; blowdown and drift not included.",
        maximum=10.0,
        plausible=(0.3, 2.0),
    ),
    Parameter("land_use", "ha/MW_th", "Plot of a plant per thermal power.", maximum=10.0, plausible=(None, 1.0)),
    Parameter("domestic_share", "share", "Share of the overnight cost that is spent in the country.", maximum=1.0),
    Parameter("build_rate_max", "MW_e/year", "Most that the country can build in a year.", plausible=(None, 1e5)),
    Parameter("build_rate_site_max", "MW_e/year", "Most that one node can build in a year.", plausible=(None, 1e5)),
)

TABLES = (
    Table(
        "reactors",
        "One figure of a reactor design; what a design lacks is taken from its class.",
        (
            Column("design", "Label; the row whose design is its class holds the class default."),
            Column("name", "Name for pictures."),
            Column("design_class", "Class.", choices=DESIGN_CLASSES),
            Column("kind", "Small, large, or standing already.", choices=("smr", "large", "existing")),
            Column("parameter", "Name of the figure."),
            YEAR,
            Column("value", "The figure; one outside low to high is doubted.", "number"),
            Column("low", "Low end of its range.", "number", blank="not given"),
            Column("high", "High end of its range.", "number", blank="not given"),
            UNIT,
        ),
        key=("design", "parameter", "year"),
        parameters=REACTOR_PARAMETERS,
        required=False,
    ),
    Table(
        "reactor_status",
        "How far a design is, in words; reported under licensing and time.",
        (
            Column("design", "Design.", references="reactors.design"),
            Column("status", "How far it is."),
        ),
        key=("design",),
        required=False,
    ),
    Table(
        "reactor_sites",
        "What a place offers to reactors: how they are cooled, and limits of cooling water and land.",
        (
            Column("node", "Place.", references="nodes.node"),
            Column(
                "cooling",
                "How reactors there are cooled; a place without a row has once-through cooling.",
                choices=("once_through", "tower"),
            ),
            Column(
                "cooling_water_max",
                "Cooling water at full load (once_through: taken, tower: evaporated).",
                "number",
                "m3/s",
                0,
                1e5,
                blank="no limit",
                plausible=(None, 2000.0),
            ),
            Column(
                "land_max", "Land for reactors.", "number", "ha", 0, 1e6, blank="no limit", plausible=(None, 2000.0)
            ),
        ),
        key=("node",),
        required=False,
    ),
    Table(
        "reactor_extraction",
        "Power lost per unit of heat, by class and temperature.",
        (
            Column("design_class", "Class.", choices=DESIGN_CLASSES),
            Column("temperature", "Temperature of the heat.", "number", "degC", 20, 1200),
            Column("power_loss", "Power given up per unit of heat.", "number", "MW_e/MW_th", 0, 1),
        ),
        key=("design_class", "temperature"),
        required=False,
    ),
)
