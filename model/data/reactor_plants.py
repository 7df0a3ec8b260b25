"""What belongs to a reactor beside the reactor: its turbine, its heat store, the cost of a series (F3, F6, F11).

A design with a figure `store_investment` has a heat store between reactor and turbine.  Store, charger and the turbine
beyond the power of the reactor are technologies of their own, made here from the design's figures: they are built,
paid and accounted like every other, wherever the reactor stands or may stand.  Where the design states a ratio, the
part is built in that ratio to the reactor; without one its size is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from model.data.finance import learning_factor
from model.data.parameters import Points, at_year

if TYPE_CHECKING:
    import pandas as pd

PART = "reactor_part"
"""Kind of the technologies that are a part of a reactor's plant."""

PARTS = {"store": "MWh_th", "charger": "MW_th", "turbine": "MW_e"}
"""Parts of a plant with a heat store and their capacity units; the turbine is what exceeds the reactor's power."""

RATIOS = {"store": "store_size_ratio", "charger": "store_charge_ratio", "turbine": "turbine_ratio"}

PLANT_FIGURES = {
    **dict.fromkeys(("back_pressure_ratio", "part_load_loss", "house_load", "house_load_idle"), 0.0),
    **dict.fromkeys(("store_investment", *RATIOS.values(), "store_cost_size", "store_expected_size"), np.nan),
    **{"store_cost_exponent": 1.0, "store_variable_om": 0.0, "store_standing_loss": 0.0},
    **{"store_charge_efficiency": 1.0, "store_discharge_efficiency": 1.0},
}
"""Figures of a plant and what holds where neither a design nor its class states them (NaN: there is none)."""

THERMAL = ("investment", "fixed_om", "variable_om", "fuel_cost")
"""Figures per electric unit that a design may state per unit of reactor heat instead, as `..._thermal`."""

Figures = dict[tuple[str, str], Points]


def part_name(design: str, part: str) -> str:
    """Technology that is a part of a design's plant: `natrium_store`."""
    return f"{design}_{part}"


def part_label(asset: str, design: str, part: str) -> str:
    """Asset that is a part of a reactor: `natrium_store@RM_ZH` of `natrium@RM_ZH`."""
    return part_name(design, part) + asset.removeprefix(design)


def has_store(design: Any) -> bool:
    """Whether a design has a heat store: whether one states what it costs."""
    return bool(np.isfinite(design["store_investment"]))


def lives_by_heat(design: Any) -> bool:
    """Whether a plant can do nothing without heat users: one without turbine, or with a back-pressure turbine."""
    return bool(design["efficiency"] == 0 or design["back_pressure_ratio"] > 0)


def fixed_ratio(design: Any, part: str) -> float:
    """Capacity of a part per MW_th of reactor that the design states; NaN where the size is chosen."""
    ratio = float(design[RATIOS[part]])
    return (ratio - 1.0) * float(design["efficiency"]) if part == "turbine" else ratio


def idle_house_load(design: Any) -> float:
    """Power that a plant draws at any load, MW_e per MW_th of capacity.

    Of the gross power g = net/(1 - h) the share h is house load, of which the part s does not fall with the load.
    """
    share = float(design["house_load"])
    return float(design["house_load_idle"]) * share / (1.0 - share) * float(design["efficiency"])


def no_load_power(design: Any) -> float:
    """Power that part load costs, MW_e per MW_th of the load that is missing: the efficiency at half load is lower."""
    return float(design["part_load_loss"]) * float(design["efficiency"])


def marginal_efficiency(design: Any) -> float:
    """Power per unit of heat into the turbine, MW_e/MW_th, before what load and plant take whatever it makes."""
    return float(design["efficiency"]) + no_load_power(design) + idle_house_load(design)


def with_learning(points: Figures) -> Figures:
    """Bring the investment of designs with a learning rate down (or up) by the number of units that the world has."""
    learned = dict(points)
    for (design, parameter), rates in points.items():
        numbers = points.get((design, "series_number"))
        if parameter != "learning_rate" or numbers is None:
            continue
        for name in ("investment", "investment_thermal"):
            given = points.get((design, name))
            if given is None:
                continue
            years = sorted({year for year, _ in (*given, *numbers) if not np.isnan(year)}) or [np.nan]
            learned[design, name] = [
                (year, at_year(given, year) * learning_factor(at_year(numbers, year), at_year(rates, year)))
                for year in years
            ]
    return learned


def stores_of(points: Mapping[tuple[str, str], Points]) -> list[str]:
    """Designs with a heat store."""
    return sorted(design for design, parameter in points if parameter == "store_investment")


def average_store_cost(points: Mapping[tuple[str, str], Points], design: str) -> float:
    """Cost of a heat store, EUR/MWh_th, taken as the average at the size that is expected of one (F6).

    The cost of one store grows with a power of its size, which is concave; its average at the expected size makes it
    linear, and the result file says what the size that was built would have cost.
    """

    def figure(name: str, default: float) -> float:
        given = points.get((design, name))
        return default if given is None else given[0][1]

    cost, size = figure("store_investment", np.nan), figure("store_cost_size", np.nan)
    expected = figure("store_expected_size", figure("store_size_ratio", np.nan) * figure("unit_size_th", np.nan))
    exponent = figure("store_cost_exponent", 1.0)
    if exponent == 1.0 or np.isnan(size) or np.isnan(expected):
        return cost
    return float(cost * (expected / size) ** (exponent - 1.0))


def part_figures(points: Mapping[tuple[str, str], Points], delay: float = 0.0) -> Figures:
    """Figures of all parts of plants, per MWh_th, MW_th and MW_e, as `TechnologyFigures` wants them.

    Args:
        points: figures of designs.
        delay: years by which the scenario delays all reactors.
    """
    figures: Figures = {}
    for design in stores_of(points):
        life = points[design, "lifetime"]
        own_life = points.get((design, "store_lifetime"), life)
        for part in PARTS:
            name = part_name(design, part)
            cost = {
                "store": [(np.nan, average_store_cost(points, design))],
                "charger": points.get((design, "charger_investment"), [(np.nan, 0.0)]),
                "turbine": [
                    (year, 1000.0 * value)
                    for year, value in points.get((design, "turbine_investment"), [(np.nan, 0.0)])
                ],
            }[part]
            figures[name, "investment"] = cost
            # No part outlives its plant: a part without reactor would stand in nobody's ratio.
            figures[name, "lifetime"] = life if part == "turbine" or own_life[0][1] > life[0][1] else own_life
            for shared in ("construction_time", "wacc"):
                if (design, shared) in points:
                    figures[name, shared] = points[design, shared]
            if (design, "earliest_year") in points:
                figures[name, "earliest_year"] = [(y, v + delay) for y, v in points[design, "earliest_year"]]
    return figures


def part_technologies(designs: pd.DataFrame, stores: Iterable[str]) -> pd.DataFrame:
    """Parts of plants in the columns of the table technologies."""
    import pandas as pd

    rows = {
        part_name(design, part): {
            "name": f"{designs['name'].astype(str)[design]}: {part}",
            "kind": PART,
            "group": "reactor store",
            "capacity_unit": unit,
            "availability_profile": "",
            "vintage_distinct": "no",
            "detail": "",
            "colour": "#e6ab02",
        }
        for design in stores
        for part, unit in PARTS.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("technology")


def with_part_rows(
    tables: dict[str, pd.DataFrame], designs: pd.DataFrame, stores: list[str]
) -> dict[str, pd.DataFrame]:
    """Tables in which parts of plants may stand where their reactor may, and stand where it stands.

    A part takes file and row of its reactor.  Parts of a chosen size exist nowhere yet.
    """
    import pandas as pd

    if not stores:
        return tables
    potentials, existing = [tables["potentials"]], [tables["existing_capacity"]]
    for design in stores:
        places = tables["potentials"][tables["potentials"]["technology"] == design]
        stock = tables["existing_capacity"][tables["existing_capacity"]["technology"] == design]
        for part, unit in PARTS.items():
            name = {"technology": part_name(design, part), "unit": unit}
            potentials.append(
                places.assign(**name, capacity_max=places["capacity_max"].where(places["capacity_max"] == 0))
            )
            ratio = fixed_ratio(designs.loc[design], part)
            if ratio > 0:
                existing.append(stock.assign(**name, capacity=stock["capacity"] * ratio))
    return {
        **tables,
        "potentials": pd.concat([part for part in potentials if len(part)] or potentials[:1], ignore_index=True),
        "existing_capacity": pd.concat([part for part in existing if len(part)] or existing[:1], ignore_index=True),
    }


def without_stray_parts(assets: pd.DataFrame, stores: Iterable[str]) -> pd.DataFrame:
    """Leave out parts whose reactor may not stand there (its mode of use, or its design, is not allowed)."""
    owners = {part_name(design, part): design for design in stores for part in PARTS}
    stray = [
        technology in owners and str(asset).replace(technology, owners[technology], 1) not in assets.index
        for asset, technology in zip(assets.index, assets["technology"], strict=True)
    ]
    return assets[~np.array(stray, dtype=bool)]
