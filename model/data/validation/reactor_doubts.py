"""Doubts about reactors whose figures are each possible and do not go together (facts/smr F1-F3)."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.data.validation.places import Tables, at, rows_of
from model.errors import Problem

APART = 0.05
"""Part of the efficiency by which it may miss electric over thermal power of a unit: tables round them."""
LIGHT_WATER = ("cls_lwr", "cls_large")
LIGHT_WATER_MOST = 300.0
"""Heat that light water gives, degC: its steam has 285 to 295."""


def reactor_doubts(tables: Tables) -> list[Problem]:
    """List designs whose figures contradict one another, or of whose heat nothing can come."""
    table = tables["reactors"]
    if not len(table) or table["value"].isna().any():
        return []
    stated = {(row["design"], row["parameter"]): row for row in rows_of(table)}
    return [*_sizes(tables, stated), *_temperatures(stated), *_heat_without_curve(tables, stated)]


def _sizes(tables: Tables, stated: dict[tuple[str, str], dict[str, Any]]) -> list[Problem]:
    """Efficiency is electric over thermal power of a unit."""
    from model.data.reactors import design_points

    problems = []
    points = design_points(tables["reactors"])
    for design in sorted({name for name, _ in points}):
        figures = [points.get((design, name)) for name in ("efficiency", "unit_size_e", "unit_size_th")]
        efficiency, electric, thermal = (given[0][1] if given else np.nan for given in figures)
        ratio = electric / thermal
        # Of three stated figures one may be wrong; a plant without turbine has no power to compare.
        if efficiency > 0 and abs(ratio / efficiency - 1.0) > APART and (design, "efficiency") in stated:
            expected = f"unit_size_e / unit_size_th = {electric:g}/{thermal:g} = {ratio:.3g} MW_e/MW_th"
            problems.append(at(stated[design, "efficiency"], "value", efficiency, expected))
    return problems


def _temperatures(stated: dict[tuple[str, str], dict[str, Any]]) -> list[Problem]:
    """Light water is not that hot."""
    return [
        at(row, "value", row["value"], f"at most {LIGHT_WATER_MOST:g} degC of light water, the steam of which has 285")
        for (_, parameter), row in stated.items()
        if parameter == "usable_temperature" and row["design_class"] in LIGHT_WATER and row["value"] > LIGHT_WATER_MOST
    ]


def _heat_without_curve(tables: Tables, stated: dict[tuple[str, str], dict[str, Any]]) -> list[Problem]:
    """A design that is hot enough for a grade gives none of it while nobody says what power that costs."""
    heat = tables["carriers"][tables["carriers"]["kind"] == "heat"]
    known = set(tables["reactor_extraction"]["design_class"])
    problems = []
    for (design, parameter), row in stated.items():
        kind = row["design_class"]
        if parameter != "usable_temperature" or kind in known or row["kind"] == "existing":
            continue
        if (heat["delivery_temperature"] <= row["value"]).any():
            expected = f"rows of {kind} in reactor_extraction.csv too: without them {design} gives no heat at all"
            problems.append(at(row, "value", row["value"], expected))
    return problems
