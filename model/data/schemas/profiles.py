"""Tables behind the hourly shapes: demand profiles, load shapes, heat-pump curves, solar collectors."""

from __future__ import annotations

from model.data.schemas.columns import Column, Table

MONTH = Column("month", "Month of the year.", "integer", "", 1, 12)

TABLES = (
    Table(
        "demand_profiles",
        "How the shape of a demand over the hours is made.",
        (
            Column("profile", "Label."),
            Column("kind", "table: by month, day type and hour; flat: constant; heat: by degree hours; heat_pump: "
                   "power for that heat.", choices=("table", "flat", "heat", "heat_pump")),
            Column("temperature_threshold", "Temperature below which demand rises.", "number", "degC", -20, 40,
                   blank="not by temperature"),
            Column("temperature_slope", "Relative rise per degree below the threshold.", "number", "1/K", 0, 1,
                   blank="not used", plausible=(None, 0.2)),
            Column("base_share", "Part of the yearly energy that does not follow temperature.", "number", "share", 0, 1,
                   blank="none"),
            Column("cop_curve", "Heat pump that turns heat into power.", references="heat_pump_curves.curve",
                   blank="no heat pump"),
            Column("normal_degree_days", "Degree days of a normal year.", "number", "K day", 0, 10000,
                   blank="energy of every weather year is the same"),
        ),
        key=("profile",),
        required=False,
    ),
    Table(
        "load_shapes",
        "Relative demand by month, day type and local hour.",
        (
            Column("profile", "Profile.", references="demand_profiles.profile"),
            Column("month", "Month of the year.", "integer", "", 1, 12, blank="every month"),
            Column("day_type", "Kind of day; holidays count as sundays.",
                   choices=("workday", "saturday", "sunday", "any")),
            Column("hour", "Hour on the clock in the Netherlands.", "integer", "", 0, 23),
            Column("value", "Relative demand; a profile whose mean is outside 0.2 to 5 is doubted.", "number", "",
                   0, 100),
        ),
        key=("profile", "month", "day_type", "hour"),
        required=False,
    ),
    Table(
        "temperature_normals",
        "Degrees below the threshold that a load shape already contains.",
        (
            Column("profile", "Profile.", references="demand_profiles.profile"),
            MONTH,
            Column("value", "Mean over the days of the month.", "number", "K", 0, 60),
        ),
        key=("profile", "month"),
        required=False,
    ),
    Table(
        "heat_pump_curves",
        "Coefficient of performance against the lift from source to sink.",
        (
            Column("curve", "Label."),
            Column("source_mean", "Days over which the source averages the air.", "number", "day", 0, 60),
            Column("source_offset", "Source above the averaged air.", "number", "K", -20, 60),
            Column("source_minimum", "Coldest the source gets.", "number", "degC", -40, 60, blank="no limit"),
            Column("sink_base", "Sink at 0 degC outside.", "number", "degC", 0, 200),
            Column("sink_slope", "Change of the sink per degree outside.", "number", "K/K", -5, 5),
            Column("lift_minimum", "Least lift.", "number", "K", 0, 100),
            Column("constant", "COP at no lift.", "number", "", 0, 50),
            Column("linear", "Change of the COP per K of lift.", "number", "1/K", -5, 5),
            Column("quadratic", "Quadratic term.", "number", "1/K2", -1, 1),
            Column("field_factor", "What remains in the field.", "number", "share", None, 1.5, above=0),
        ),
        key=("curve",),
        required=False,
    ),
    Table(
        "solar_collectors",
        "Thermal collectors, fed by the light of solar power in the same hour.",
        (
            Column("collector", "Label."),
            Column("optical_efficiency", "Heat per light without losses.", "number", "share", 0, 1),
            Column("heat_loss", "Loss per degree above the air.", "number", "W/m2/K", 0, 50),
            Column("mean_temperature", "Mean temperature of the collector.", "number", "degC", 0, 200),
            Column("reference_light", "Light at which the capacity is given.", "number", "W/m2", None, 2000, above=0),
            Column("reference_temperature", "Air temperature at which the capacity is given.", "number", "degC",
                   -40, 60),
        ),
        key=("collector",),
        required=False,
    ),
    Table(
        "offshore_zones",
        "Which wind at sea a region's coast has.",
        (
            Column("region", "Region.", references="regions.region"),
            Column("zone", "Zone of the weather files."),
        ),
        key=("region",),
        required=False,
    ),
)  # fmt: skip
