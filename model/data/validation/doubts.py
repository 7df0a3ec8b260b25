"""Doubts: figures that are possible and hardly meant.  They are told as warnings, and the model goes on.

The ranges stand in the schemas (`plausible`, `alike`) and on the page of tables; here are they applied, with what only
shows between rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from statistics import median, median_low
from typing import Any

import numpy as np

from model.data.schemas import SCHEMAS, Column
from model.data.schemas.columns import Range, range_words
from model.data.validation.places import Tables, at, rows_of, told_once
from model.data.validation.reactor_doubts import reactor_doubts
from model.errors import Problem

Row = dict[str, Any]

MOST_MW = 1e5
"""Capacity of one technology at one node, MW: a large country's."""
MEAN_OF_SHAPE = (0.2, 5.0)
"""Mean of a load shape, of which only the form counts."""
FARTHEST = 2000.0
"""From the median of all places, km: as far as from the Netherlands to the ends of Europe."""
EARTH_RADIUS = 6371.0
LIFTED_MOST = 50.0
"""Heat per electricity: heat pumps at a low lift give ten, the pumps of geothermal wells give thirty."""


def doubts(tables: Tables) -> list[Problem]:
    """List what is doubted in tables without faults."""
    found = [problem for check in CHECKS for problem in check(tables)]
    return sorted(told_once(set(found)))


def _outside(value: float, limits: Range) -> bool:
    low, high = limits
    return (low is not None and value < low) or (high is not None and value > high)


def _ranges(tables: Tables) -> list[Problem]:
    """Columns and parameters against their plausible ranges."""
    problems = []
    for table in SCHEMAS.values():
        rows = rows_of(tables[table.name])
        for column in table.columns:
            if column.plausible != (None, None):
                expected = _figure(column.plausible, column.unit)
                problems += [
                    at(row, column.name, row[column.name], expected)
                    for row in rows
                    if _outside(row[column.name], column.plausible)
                ]
        for row in rows if table.parameters else []:
            parameter = table.parameter(row["parameter"])
            if parameter is not None and _outside(row["value"], parameter.plausible):
                expected = _figure(parameter.plausible, row["unit"]) + f" for {parameter.name}"
                problems.append(at(row, "value", row["value"], expected))
    return problems


def _figure(limits: Range, unit: str) -> str:
    return f"a plausible figure, {range_words(limits)} {unit}".rstrip()


def _alike(tables: Tables) -> list[Problem]:
    """Figures against the others of their kind: a digit or a unit that went wrong in some rows stands out."""
    problems = []
    for table in SCHEMAS.values():
        for column in table.columns:
            if column.alike:
                problems += _outliers(rows_of(tables[table.name]), column)
    return problems


def _outliers(rows: Iterable[Row], column: Column) -> list[Problem]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if row[column.name] == row[column.name] and row[column.name] != 0:
            groups.setdefault(tuple(row[name] for name in column.alike), []).append(row)
    problems = []
    for names, group in groups.items():
        middle = median_low(abs(row[column.name]) for row in group)
        expected = (
            f"at most {column.alike_factor:,.0f} times the median of {', '.join(name for name in names if name)}, "
            f"{middle:.4g}"
        )
        problems += [
            at(row, column.name, row[column.name], expected)
            for row in group
            if abs(row[column.name]) > column.alike_factor * middle
        ]
    return problems


def _places(tables: Tables) -> list[Problem]:
    """No place lies far from all the others."""
    named = ("regions", "nodes", "neighbours")
    centres = [row for name in named for row in rows_of(tables[name])]
    if not centres:
        return []
    middle = (median(row["latitude"] for row in centres), median(row["longitude"] for row in centres))
    problems = []
    for row in [*centres, *rows_of(tables["outlines"])]:
        here = (row["latitude"], row["longitude"])
        if distance(here, middle) <= FARTHEST:
            continue
        expected = f"a place at most {FARTHEST:g} km from the median of all places ({middle[0]:.1f}, {middle[1]:.1f})"
        if abs(here[1]) <= 90 and distance(here[::-1], middle) <= FARTHEST:
            expected += "; latitude and longitude look swapped"
        problems.append(at(row, "latitude, longitude", f"{here[0]:g}, {here[1]:g}", expected))
    return problems


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres along the great circle between two places given as latitude and longitude in degrees."""
    (north, east), (north_of_other, east_of_other) = np.radians(one), np.radians(other)
    half = (
        np.sin((north_of_other - north) / 2) ** 2
        + np.cos(north) * np.cos(north_of_other) * np.sin((east_of_other - east) / 2) ** 2
    )
    return float(2 * EARTH_RADIUS * np.arcsin(np.sqrt(half)))


def _existing(tables: Tables) -> list[Problem]:
    """What stands fits into its potential, and into a country."""
    rows = rows_of(tables["existing_capacity"])
    problems = [
        at(row, "capacity", row["capacity"], f"at most {MOST_MW:g} MW of a technology at one node")
        for row in rows
        if row["unit"].startswith("MW") and not row["unit"].startswith("MWh") and row["capacity"] > MOST_MW
    ]
    potentials = {(row["node"], row["technology"]): row["capacity_max"] for row in rows_of(tables["potentials"])}
    stock: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        stock.setdefault((row["node"], row["technology"]), []).append(row)
    for (node, technology), plants in stock.items():
        most = potentials.get((node, technology), np.nan)
        standing = _most_at_once(plants)
        # A potential of zero says that nothing more may be built, which is said of much that stands.
        if most > 0 and standing > most * (1 + 1e-6):
            expected = (
                f"at most the potential there, {most:g} {plants[0]['unit']}: {standing:g} stand at {node} at once"
            )
            problems.append(at(max(plants, key=_capacity), "capacity", max(map(_capacity, plants)), expected))
    return problems


def _capacity(row: Row) -> float:
    return float(row["capacity"])


def _most_at_once(plants: list[Row]) -> float:
    """Most capacity that stands in one year; blank years stand for always."""
    begins = [row["commissioned"] if row["commissioned"] == row["commissioned"] else -np.inf for row in plants]
    ends = [row["retirement_year"] if row["retirement_year"] == row["retirement_year"] else np.inf for row in plants]
    return max(
        sum(row["capacity"] for row, begin, end in zip(plants, begins, ends, strict=True) if begin <= year < end)
        for year in begins
    )


def _caps(tables: Tables) -> list[Problem]:
    """A cap on emissions does not rise."""
    paths: dict[str, list[Row]] = {}
    for row in rows_of(tables["carbon_caps"]):
        paths.setdefault(row["cap"], []).append(row)
    return [
        at(row, "value", row["value"], f"a cap of at most that of {before['year']:g}, {before['value']:g} Mt/year")
        for path in paths.values()
        for before, row in pairwise(sorted(path, key=lambda row: row["year"]))
        if row["value"] > before["value"]
    ]


def _lost_load(tables: Tables) -> list[Problem]:
    """Demand that is not served costs more than what would serve it."""
    # A price that is doubted itself says nothing about another figure.
    believed = SCHEMAS["fuel_prices"].column("value").plausible
    prices = [row["value"] for row in rows_of(tables["fuel_prices"]) if not _outside(row["value"], believed)]
    dearest = max(prices, default=0.0)
    return [
        at(row, "value_of_lost_load", row["value_of_lost_load"], f"more than the dearest fuel, {dearest:g} EUR/MWh")
        for row in rows_of(tables["carriers"])
        if row["value_of_lost_load"] <= dearest
    ]


def _prices(tables: Tables) -> list[Problem]:
    """A carrier has a price below zero in all rows (waste, of which one is glad to be rid) or in none."""
    rows = rows_of(tables["fuel_prices"])
    positive = {row["carrier"] for row in rows if row["value"] > 0}
    return [
        at(row, "value", row["value"], f"a price of at least 0 EUR/MWh, as in other rows of {row['carrier']}")
        for row in rows
        if row["value"] < 0 and row["carrier"] in positive
    ]


def _shapes(tables: Tables) -> list[Problem]:
    """The hours of a load shape are given relative to their mean."""
    profiles: dict[str, list[Row]] = {}
    for row in rows_of(tables["load_shapes"]):
        profiles.setdefault(row["profile"], []).append(row)
    problems = []
    for profile, rows in profiles.items():
        mean = float(np.mean([row["value"] for row in rows]))
        if _outside(mean, MEAN_OF_SHAPE):
            low, high = MEAN_OF_SHAPE
            expected = f"a mean of {profile} of about 1 ({low:g} to {high:g})"
            problems.append(at(rows[0], "value", f"a mean of {mean:.4g}", expected))
    return problems


def _reactor_ranges(tables: Tables) -> list[Problem]:
    """A figure lies between its low and its high end."""
    problems = []
    for row in rows_of(tables["reactors"]):
        if row["value"] < row["low"] or row["value"] > row["high"] or row["low"] > row["high"]:
            low, high = ("" if end != end else f"{end:g}" for end in (row["low"], row["high"]))
            problems.append(at(row, "value", row["value"], f"a figure from low ({low}) to high ({high})"))
    return problems


def _own_product(tables: Tables) -> list[Problem]:
    """A technology that takes what it gives: its own use is better taken off what it gives."""
    return [
        at(row, "carrier", row["carrier"], f"another carrier than {row['technology']} gives, or its own use taken off")
        for row, _ in own_products(tables)
    ]


def own_products(tables: Tables) -> list[tuple[Row, Row]]:
    """Rows of what a technology takes of a carrier that it gives, and of what it gives of it."""
    rows = rows_of(tables["technology_flows"])
    given = {(row["technology"], row["carrier"]): row for row in rows if row["direction"] == "out"}
    pairs = []
    for row in rows:
        made = given.get((row["technology"], row["carrier"]))
        if row["direction"] == "in" and made is not None:
            pairs.append((row, made))
    return pairs


def _heat_pumps(tables: Tables) -> list[Problem]:
    """No pump lifts as much heat as that."""
    kinds: Mapping[str, str] = dict(zip(tables["carriers"]["carrier"], tables["carriers"]["kind"], strict=True))
    sums: dict[tuple[str, float], dict[str, float]] = {}
    first: dict[tuple[str, float], Row] = {}
    for row in rows_of(tables["technology_flows"]):
        kind = {"electricity": "in", "heat": "out"}.get(kinds.get(row["carrier"], ""), "")
        if kind == row["direction"] and not row["profile"]:
            key = (row["technology"], -1.0 if row["year"] != row["year"] else row["year"])
            flows = sums.setdefault(key, {})
            flows[kind] = flows.get(kind, 0.0) + row["value"]
            first.setdefault(key, row)
    taking = {row["technology"] for row in rows_of(tables["technology_flows"]) if row["direction"] == "in"
              and kinds.get(row["carrier"]) != "electricity"}  # fmt: skip
    return [
        at(first[key], "value", first[key]["value"], f"at most {LIFTED_MOST:g} MWh of heat per MWh of electricity")
        for key, flows in sums.items()
        if key[0] not in taking and flows.get("out", 0.0) > LIFTED_MOST * flows.get("in", np.inf)
    ]


CHECKS: tuple[Callable[[Tables], list[Problem]], ...] = (
    _ranges, _alike, _places, _existing, _caps, _lost_load, _prices, _shapes, _reactor_ranges, _own_product,
    _heat_pumps, reactor_doubts,
)  # fmt: skip
