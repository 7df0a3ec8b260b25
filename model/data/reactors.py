"""Reactor designs as technologies: capacity in MW_th, cost per MW_th, power lost per unit of heat (R1-R3, F2, F3, F11).

The table gives cost per electric unit, as the literature does. Thermal power is the model's decision, so every cost per
kW_e or MWh_e is multiplied by the efficiency: a design of 6,500 EUR/kW_e at 0.333 costs 2,164,500 EUR/MW_th.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from model.data.parameters import Points, at_year, points_by
from model.data.reactor_plants import PLANT_FIGURES, THERMAL, with_learning

if TYPE_CHECKING:
    import pandas as pd

    from model.scenario import Scenario

PER_ELECTRIC = {"investment": 1000.0, "fixed_om": 1000.0, "variable_om": 1.0, "fuel_cost": 1.0}
"""Figures per electric unit and what turns their unit into MW or MWh; the efficiency turns it into thermal."""

REFERENCE = "reference_efficiency"
"""Efficiency by which a design's figures per electric unit are reckoned: its own, or its class's where it has none."""

BUILD_RATES = ("build_rate_max", "build_rate_site_max")
GROUPS = {"smr": "small reactor", "large": "large reactor", "existing": "large reactor"}
COLOURS = {"smr": "#d95f02", "large": "#7570b3", "existing": "#a6a1cf"}
LEDGER_FIGURES = (
    *("burn_up", "waste_fee", "cooling_water_rise", "tower_evaporation", "land_use", "domestic_share"),
    *("lead_time", "reference_year"),
)
"""Figures of which a design may have none: what is reckoned from one is then absent, never zero."""
OPERATION_FIGURES = {
    **{"min_down_time": 0.0, "start_cost": 0.0, "cycles_per_year": np.inf, "cycle_depth": 1.0},
    **{"outage_length": np.nan, "outage_interval": np.nan, "outage_units": 1.0, "forced_outage_rate": np.nan},
    **{"late_cycle_share": 0.0, "late_cycle_load": 0.0},
}
"""Figures of starts, stops and refuelling, and what holds for a design without them: no limit, no cost, no outage."""
DESIGN_FIGURES = (
    "efficiency",
    "usable_temperature",
    "extraction_share_max",
    "back_pressure_min",
    "live_steam_efficiency",
    "dump_share_max",
    "minimum_load",
    "ramp",
    "availability",
    "unit_size_e",
    "unit_size_th",
    "lifetime",
    "construction_time",
    "earliest_year",
    "decommissioning",
    *OPERATION_FIGURES,
    *LEDGER_FIGURES,
    *PLANT_FIGURES,
)
DEFAULTS = {
    **{"live_steam_efficiency": 1.0, "dump_share_max": 0.0, "extraction_share_max": 0.0, "back_pressure_min": 0.0},
    **OPERATION_FIGURES,
    **dict.fromkeys(LEDGER_FIGURES, np.nan),
    **PLANT_FIGURES,
}
"""Figures that neither a design nor its class must give; without them a design delivers live steam only."""


def design_points(table: pd.DataFrame) -> dict[tuple[str, str], Points]:
    """Figures by (design, parameter) as the table states them, with what a design lacks taken from its class.

    Of efficiency, electric and thermal size a design's own two give the third; only then does its class speak.  A plant
    that gives heat only takes the cost per unit of heat of its class; with a learning rate, cost follows the series.
    """
    points = points_by(table, ["design", "parameter"])
    own = set(points)
    classes = table.drop_duplicates("design").set_index("design")["design_class"]
    parameters = sorted({parameter for _, parameter in points})
    for design, design_class in classes.items():
        for parameter in parameters:
            inherited = points.get((design_class, parameter))
            if (design, parameter) not in points and inherited is not None:
                points[str(design), parameter] = inherited
        _complete_sizes(points, own, str(design))
        _reckon_per_heat(points, own, str(design), str(design_class))
    return with_learning(points)


def _reckon_per_heat(
    points: dict[tuple[str, str], Points], own: set[tuple[str, str]], design: str, design_class: str
) -> None:
    """Give a design without power the cost per unit of heat of its class, and its build rate in the class's power."""
    efficiency = points.get((design, "efficiency"), [(np.nan, np.nan)])[0][1]
    inherited = points.get((design_class, "efficiency"), [(np.nan, np.nan)])[0][1]
    points[design, REFERENCE] = [(np.nan, efficiency if efficiency != 0.0 else inherited)]
    for name in THERMAL:
        if (design, f"{name}_thermal") in points:
            points.setdefault((design, name), [(np.nan, 0.0)])
    if efficiency != 0.0 or not inherited > 0.0:
        return
    for name in THERMAL:
        given = points.get((design, name))
        if given is not None and (design, f"{name}_thermal") not in own:
            points[design, f"{name}_thermal"] = [(year, value * inherited) for year, value in given]


def _complete_sizes(points: dict[tuple[str, str], Points], own: set[tuple[str, str]], design: str) -> None:
    """Make efficiency, unit_size_e and unit_size_th of a design agree with those of them that it states itself."""
    electric, thermal, ratio = ((design, name) for name in ("unit_size_e", "unit_size_th", "efficiency"))
    if electric in own and thermal in own and ratio not in own:
        points[ratio] = [(np.nan, points[electric][0][1] / points[thermal][0][1])]
    if ratio not in points:
        return
    efficiency = points[ratio][0][1]
    if thermal in own and electric not in own:
        points[electric] = [(year, value * efficiency) for year, value in points[thermal]]
    elif not efficiency or electric not in points or thermal in own:
        return
    elif {electric, ratio} & own or thermal not in points:
        points[thermal] = [(year, value / efficiency) for year, value in points[electric]]


def figures_per_thermal(points: dict[tuple[str, str], Points], scenario: Scenario) -> dict[tuple[str, str], Points]:
    """Turn figures per electric unit into figures per MW_th and MWh_th, with the scenario's factor and delay."""
    thermal: dict[tuple[str, str], Points] = {}
    for (design, parameter), stated in points.items():
        per_heat = points.get((design, f"{parameter}_thermal"))
        given = stated if per_heat is None else per_heat
        efficiency = at_year(points[design, REFERENCE], given[0][0])
        factor, shift = 1.0, 0.0
        if parameter in PER_ELECTRIC:
            factor = PER_ELECTRIC[parameter] * (efficiency if per_heat is None else 1.0)
        elif parameter in BUILD_RATES:
            factor = 1.0 / (efficiency or 1.0)
        if parameter == "investment":
            factor *= scenario.reactors.cost_factor
        if parameter == "earliest_year":
            shift = float(scenario.reactors.earliest_year_delay)
        thermal[design, parameter] = [(year, value * factor + shift) for year, value in given]
    return thermal


def design_table(table: pd.DataFrame, points: dict[tuple[str, str], Points], first_year: int) -> pd.DataFrame:
    """One row per design: name, class, kind and its figures in the first model year."""
    import pandas as pd

    rows = table.drop_duplicates("design")
    frame = rows.set_index("design")[["name", "design_class", "kind"]].sort_index()
    figures = {
        parameter: [
            at_year(points[design, parameter], first_year)
            if (design, parameter) in points
            else DEFAULTS.get(parameter, np.nan)
            for design in frame.index
        ]
        for parameter in DESIGN_FIGURES
    }
    return frame.join(pd.DataFrame(figures, index=frame.index, dtype=float))


def as_technologies(designs: pd.DataFrame) -> pd.DataFrame:
    """Designs in the columns of the table technologies."""
    import pandas as pd

    return pd.DataFrame(
        {
            "name": designs["name"],
            "kind": "reactor",
            "group": designs["kind"].map(GROUPS),
            "capacity_unit": "MW_th",
            "availability_profile": "",
            "vintage_distinct": "no",
            "detail": "",
            "colour": designs["kind"].map(COLOURS),
        },
        index=pd.Index(designs.index, name="technology"),
    )


def power_loss(designs: pd.DataFrame, extraction: pd.DataFrame, carriers: pd.DataFrame) -> pd.Series:
    """Power given up per unit of heat extracted, MW_e/MW_th, by design and reachable heat carrier (F3).

    The class curve is interpolated at the carrier's delivery temperature and scaled with the design's efficiency over
    the class efficiency; it never exceeds the efficiency, which is what diverting live steam costs.
    """
    import pandas as pd

    heat = carriers[carriers["kind"] == "heat"]
    curves = {
        str(name): rows.sort_values("temperature")[["temperature", "power_loss"]].to_numpy()
        for name, rows in extraction.groupby("design_class")
    }
    values: dict[tuple[str, str], float] = {}
    for design, row in designs.iterrows():
        curve = curves.get(str(row["design_class"]))
        if curve is None:
            continue
        own = float(row["efficiency"])
        scale = own / float(designs["efficiency"].get(row["design_class"], own))
        for carrier, temperature in heat["delivery_temperature"].items():
            if temperature <= row["usable_temperature"]:
                loss = float(np.interp(temperature, curve[:, 0], curve[:, 1])) * scale
                values[str(design), str(carrier)] = min(loss, own)
    index = pd.MultiIndex.from_tuples(sorted(values) or [], names=["design", "carrier"])
    return pd.Series([values[key] for key in sorted(values)], index=index, dtype=float)


def may_stand_at(kind: str, node_kind: str, modes: Sequence[str]) -> bool:
    """Tell whether the modes of use allow a new reactor of a kind at a bus of a kind (R3).

    Modes concern small reactors: at a site they need `behind_the_meter`, at the grid one of the other modes, and where
    `behind_the_meter` is named without `base_load` or `flexible` they stand at sites only.
    """
    if kind != "smr":
        return True
    if node_kind == "site":
        return "behind_the_meter" in modes
    return "base_load" in modes or "flexible" in modes or ("behind_the_meter" not in modes and "coproduction" in modes)


def must_run(kind: str, node_kind: str, modes: Sequence[str]) -> bool:
    """Tell whether a new reactor runs flat out: a small one at the grid where `flexible` is not allowed."""
    return kind == "smr" and node_kind != "site" and "flexible" not in modes


def may_deliver_heat(kind: str, modes: Sequence[str]) -> bool:
    """Tell whether a reactor may deliver heat: where `coproduction` is allowed, and never an existing plant."""
    return kind != "existing" and "coproduction" in modes


def places_outages(scenario: Scenario, designs: pd.DataFrame) -> list[str]:
    """Designs whose refuelling the model places in the year (R5): where the scenario says so and their table how long.

    The availability of these holds forced outages only: the average availability of a design counts both kinds (F5).
    """
    if scenario.reactors.refuelling != "decided":
        return []
    known = designs[["outage_length", "outage_interval", "forced_outage_rate"]].notna().all(axis=1)
    return [str(design) for design in designs.index[known]]


def late_cycle(scenario: Scenario, designs: pd.DataFrame, design: str, least: float) -> tuple[float, float]:
    """Share of its time in operation in which a unit is less flexible, and by how much its minimum load is higher then.

    Args:
        scenario: asks for it (`reactors.late_cycle`); without, both are zero.
        designs: figures by design.
        design: label of the design.
        least: minimum load over the rest of the fuel cycle.
    """
    figures = designs.loc[[design], ["late_cycle_share", "late_cycle_load"]].to_numpy(dtype=float)[0]
    share, rise = float(figures[0]), float(figures[1]) - least
    return (share, rise) if scenario.reactors.late_cycle and share > 0.0 and rise > 0.0 else (0.0, 0.0)
