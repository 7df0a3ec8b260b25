"""Figures of a reactor's plant that most designs do without: turbine, house load, heat store, cost per unit of heat."""

from __future__ import annotations

from model.data.schemas.columns import LIFE, Parameter

TURBINE_PARAMETERS = (
    Parameter(
        "back_pressure_ratio",
        "MW_e/MW_th",
        "Power per unit of extracted heat of a back-pressure turbine, which has no condenser: always exactly so much.",
        above=0.0,
        maximum=5.0,
    ),
    Parameter(
        "part_load_loss",
        "share",
        "Share of the efficiency that is lost at half load; the heat lost is the same at every load.",
        maximum=0.5,
        plausible=(None, 0.25),
    ),
    Parameter(
        "house_load",
        "share",
        "Part of the gross power that the plant uses itself; all other figures are net of it.",
        maximum=0.5,
        plausible=(None, 0.15),
    ),
    Parameter("house_load_idle", "share", "Part of the house load that does not fall with the load.", maximum=1.0),
)
"""The turbine: without a condenser, at part load, and what the plant takes for itself (F3, LP limits)."""

THERMAL_COSTS = tuple(
    Parameter(f"{name}_thermal", unit, f"{words} per unit of reactor heat, instead of {name}.", maximum=1e6)
    for name, unit, words in (
        ("investment", "EUR/kW_th", "Overnight cost"),
        ("fixed_om", "EUR/kW_th/year", "Fixed operation and maintenance"),
        ("variable_om", "EUR/MWh_th", "Variable operation and maintenance"),
        ("fuel_cost", "EUR/MWh_th", "Fuel"),
    )
)
"""Cost of plants whose power says nothing of their size: those that give heat only."""

STORE_PARAMETERS = (
    Parameter(
        "store_investment",
        "EUR/MWh_th",
        "Overnight cost of a heat store inside the plant, of the size store_cost_size; a design with it has a store.",
        maximum=1e6,
        plausible=(1e3, 2e5),
    ),
    Parameter("store_cost_size", "MWh_th", "Size of one store for which store_investment holds.", above=0.0),
    Parameter(
        "store_cost_exponent",
        "1",
        "Power of the size with which the cost of one store grows; 1: in proportion.",
        above=0.0,
        maximum=1.0,
        plausible=(0.4, None),
    ),
    Parameter("store_expected_size", "MWh_th", "Size of the store of one unit at which its cost is taken.", above=0.0),
    Parameter(
        "store_size_ratio", "MWh_th/MW_th", "Size of the store over the reactor's heat; blank: chosen.", 0.0, 200.0
    ),
    Parameter("store_charge_ratio", "MW_th/MW_th", "Charger over the reactor's heat; blank: chosen.", 0.0, 1.0),
    Parameter("turbine_ratio", "MW_e/MW_e", "Turbine over the power of the reactor; blank: chosen.", 1.0, 10.0),
    Parameter("charger_investment", "EUR/MW_th", "Overnight cost of the store's charger.", maximum=1e6),
    Parameter(
        "turbine_investment", "EUR/kW_e", "Overnight cost of turbine beyond the power of the reactor.", maximum=1e5
    ),
    Parameter("store_lifetime", "year", "Life of store and charger.", above=0.0, maximum=200.0, plausible=LIFE),
    Parameter(
        "store_variable_om", "EUR/MWh_th", "Operation and maintenance of the store, on what it gives.", maximum=1e4
    ),
    Parameter("store_charge_efficiency", "share", "Share of the charge that reaches the store.", maximum=1.0),
    Parameter("store_discharge_efficiency", "share", "Share of what leaves it that reaches the turbine.", 1e-3, 1.0),
    Parameter("store_standing_loss", "share/hour", "Share of the level that is lost in an hour.", maximum=0.5),
)
"""Heat store of a plant, between reactor and turbine (F6)."""

LEARNING_PARAMETERS = (
    Parameter(
        "learning_rate",
        "share",
        "Part of the overnight cost saved by each doubling of the units in the world; investment is the first unit's.",
        minimum=-0.5,
        maximum=0.5,
    ),
    Parameter("series_number", "1", "Units of the design that the world has built by a year.", 1.0, 1e4),
)
"""Series cost as given steps by year: the world's fleet is data, not a result (F11)."""

PLANT_PARAMETERS = (*TURBINE_PARAMETERS, *THERMAL_COSTS, *STORE_PARAMETERS, *LEARNING_PARAMETERS)
