"""Reactor plants whose figures leave nothing to do: no point of power and heat, no cost, no size (facts/smr F3, F6)."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.data.validation.places import Tables, at, rows_of
from model.errors import Problem

CLOSE = 1e-3
"""By how much a back-pressure ratio may fall short of the least possible one: tables give three digits."""


def plant_problems(tables: Tables) -> list[Problem]:
    """List designs that no plant can be, each at the row that says what cannot be."""
    from model.data.reactors import design_points, design_table

    table = tables["reactors"]
    if not len(table) or table["value"].isna().any():
        return _units(tables)
    points = design_points(table)
    designs = design_table(table, points, 0)
    stated = {(row["design"], row["parameter"]): row for row in rows_of(table)}
    part_names = set(tables["technologies"]["technology"])
    problems = _units(tables)
    for name, design in designs.iterrows():
        label = str(name)

        def row(parameter: str, label: str = label, kind: str = str(design["design_class"])) -> dict[str, Any]:
            """The row of the design, or of its class, that states a figure."""
            return stated.get((label, parameter)) or stated[kind, parameter]

        problems += _turbine(tables, designs, label, row) + _store(points, design, row, label, part_names)
        if (label, "late_cycle_load") in points and design["late_cycle_load"] < design["minimum_load"]:
            expected = f"at least the minimum_load, {design['minimum_load']:g}: late in a fuel cycle it only rises"
            problems.append(at(row("late_cycle_load"), "value", design["late_cycle_load"], expected))
        problems += _more_power_than_heat(points, stated, label, row)
        if (label, "learning_rate") in points and (label, "series_number") not in points:
            found = row("learning_rate")
            problems.append(at(found, "parameter", "learning_rate", "rows series_number too, of design or class"))
    return problems


def _more_power_than_heat(points: Any, stated: Any, label: str, row: Any) -> list[Problem]:
    """What a plant and its part load take comes on top of the net power: all of it is no more than the heat.

    A design that states none of the figures itself is not told apart from its class.
    """
    from model.data.parameters import at_year
    from model.data.reactor_plants import marginal_efficiency

    names = ("efficiency", "part_load_loss", "house_load", "house_load_idle")
    given = {name: points[label, name] for name in names if (label, name) in points}
    takers = [name for name in ("house_load", "part_load_loss") if name in given]
    if not takers or not any((label, name) in stated for name in names):
        return []
    for year in sorted({year for path in given.values() for year, _ in path if not np.isnan(year)}) or [0.0]:
        figures = {**dict.fromkeys(names, 0.0), **{name: at_year(path, year) for name, path in given.items()}}
        gross = marginal_efficiency(figures)
        if gross > 1.0 >= figures["efficiency"]:
            blamed = max(takers, key=lambda name: figures[name])
            expected = (
                f"less: with part_load_loss and idle house load on top of the efficiency, {figures['efficiency']:g}, "
                f"one MWh of heat would make {gross:.3f} MWh of power"
            )
            return [at(row(blamed), "value", figures[blamed], expected)]
    return []


def _turbine(tables: Tables, designs: Any, label: str, row: Any) -> list[Problem]:
    """A plant that lives by heat must be able to give some."""
    design = designs.loc[label]
    efficiency, ratio = float(design["efficiency"]), float(design["back_pressure_ratio"])
    if np.isnan(efficiency):
        return []
    if efficiency == 0:
        return _heat_only(tables, label, design, row)
    if ratio == 0:
        return []
    found = row("back_pressure_ratio")
    if design["kind"] == "existing":
        return [
            at(found, "value", ratio, "no such row: an existing plant gives no heat, and this one no power without")
        ]
    least = _least_ratio(tables, designs, label)
    if np.isnan(least):
        expected = f"a heat carrier of at most {design['usable_temperature']:g} degC: without heat there is no power"
        return [at(found, "value", ratio, expected)]
    if ratio < least - CLOSE:
        expected = (
            f"at least (efficiency - power_loss)/(1 - efficiency) = {least:.3f} MW_e/MW_th: below it power and heat "
            "would be more than the heat that enters the turbine, so that no point is left"
        )
        return [at(found, "value", ratio, expected)]
    return []


def _least_ratio(tables: Tables, designs: Any, label: str) -> float:
    """Least power per unit of heat that leaves a point, over all grades in reach; NaN where none is in reach."""
    from model.data.reactors import power_loss

    carriers = tables["carriers"].set_index("carrier")
    losses = power_loss(designs, tables["reactor_extraction"], carriers)
    own = losses[losses.index.get_level_values("design") == label].to_numpy(dtype=float)
    efficiency = float(designs.at[label, "efficiency"])
    return float(((efficiency - own) / (1.0 - efficiency)).min()) if len(own) else float("nan")


def _heat_only(tables: Tables, label: str, design: Any, row: Any) -> list[Problem]:
    from model.data.reactor_plants import THERMAL
    from model.data.reactors import REFERENCE, design_points

    found = row("efficiency")
    problems = []
    if design["kind"] == "existing":
        problems.append(at(found, "value", 0.0, "above 0: an existing plant gives no heat, and this one no power"))
    if not design["live_steam_efficiency"] > 0:
        problems.append(at(found, "value", 0.0, "above 0, or a live_steam_efficiency above 0: nothing comes out"))
    for name in ("back_pressure_ratio", "store_investment"):
        if design[name] > 0:
            problems.append(at(row(name), "value", design[name], f"no such row: {label} has no turbine (efficiency 0)"))
    points = design_points(tables["reactors"])
    if points[label, REFERENCE][0][1] == 0:
        missing = [f"{name}_thermal" for name in THERMAL if (label, f"{name}_thermal") not in points]
        if missing:
            expected = f"rows {', '.join(missing)}: cost per unit of power says nothing of a plant without power"
            problems.append(at(found, "value", 0.0, expected))
    return problems


def _store(points: Any, design: Any, row: Any, label: str, taken: set[str]) -> list[Problem]:
    """A store's cost needs a size where it grows with less than the size; its parts need their names."""
    from model.data.reactor_plants import PARTS, has_store, part_name

    if not has_store(design):
        return []
    problems = []
    if design["store_cost_exponent"] < 1:
        sized = (label, "store_expected_size") in points or (label, "store_size_ratio") in points
        if (label, "store_cost_size") not in points or not sized:
            expected = "1, or rows store_cost_size and store_expected_size (or store_size_ratio)"
            problems.append(at(row("store_cost_exponent"), "value", design["store_cost_exponent"], expected))
    if not design["store_charge_efficiency"] > 0:
        found = row("store_charge_efficiency")
        problems.append(at(found, "value", 0.0, "above 0: nothing would reach the store"))
    problems += [
        at(row("store_investment"), "design", label, f"another name: {part_name(label, part)} is a technology already")
        for part in PARTS
        if part_name(label, part) in taken
    ]
    return problems


def _units(tables: Tables) -> list[Problem]:
    """Units have an owner; an outage cannot be shorter than its rate asks."""
    places = (("technologies", "technology"), ("reactors", "design"), ("interconnectors", "interconnector"))
    known = {str(name) for table, column in places for name in tables[table][column]}
    problems = []
    for row in rows_of(tables["units"]):
        if str(row["technology"]) not in known:
            expected = "a technology, a reactor design or an interconnector"
            problems.append(at(row, "technology", row["technology"], expected))
        rate, repair = row["forced_outage_rate"], row["repair_time"]
        if rate == rate and repair == repair and rate / (1.0 - rate) > repair:
            expected = f"at least {rate / (1.0 - rate):.3g} h: outages as short as that cannot take that share"
            problems.append(at(row, "repair_time", repair, expected))
    return problems
