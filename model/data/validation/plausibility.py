"""Plausibility: figures that are possible as numbers and impossible as things."""

from __future__ import annotations

from model.data.validation.doubts import own_products
from model.data.validation.places import Tables, at, rows_of
from model.errors import Problem

MOST_GIVEN = 1.1
"""Energy given with heat per unit of fuel taken, on lower heating value: above one by what condensing wins back."""
MOST_WORK = 1.0 + 1e-6
"""Energy given without heat per unit taken."""
OHM_PER_KM = (0.02, 2.0)
"""Reactance of overhead lines and cables of any transmission voltage, per kilometre and circuit."""
OHM_OF_TRANSFORMERS = 40.0
"""Most that the transformers at the ends may add."""


def plausibility_problems(tables: Tables, complete: bool = True) -> list[Problem]:
    """Run every check of this file; that of the energy only where all rows are there."""
    energy = [*_energy(tables), *_own_products(tables), *_paid_use(tables)] if complete else []
    return [*energy, *_unit_sizes(tables), *_reactances(tables)]


def _own_products(tables: Tables) -> list[Problem]:
    """A technology gives more of a carrier than it takes of it."""
    return [
        at(taken, "carrier", taken["carrier"], f"less of {taken['carrier']} than {taken['technology']} gives")
        for taken, given in own_products(tables)
        if taken["value"] >= given["value"]
    ]


def _paid_use(tables: Tables) -> list[Problem]:
    """Whoever is paid to use a carrier would use it without end."""
    limited = set(tables["fuel_limits"]["carrier"])
    return [
        at(row, "value", row["value"], f"a price of at least 0, or a limit of {row['carrier']} in fuel_limits.csv")
        for row in rows_of(tables["fuel_prices"])
        if row["value"] < 0 and row["carrier"] not in limited
    ]


def _energy(tables: Tables) -> list[Problem]:
    """Nothing gives more energy than it takes, but for what electricity lifts from the surroundings."""
    kinds = dict(zip(tables["carriers"]["carrier"], tables["carriers"]["kind"], strict=True))
    taken: dict[str, list[dict]] = {}
    given: dict[str, list[dict]] = {}
    for row in rows_of(tables["technology_flows"]):
        (taken if row["direction"] == "in" else given).setdefault(row["technology"], []).append(row)
    problems = []
    for technology, inputs in taken.items():
        outputs = given.get(technology, [])
        electric = any(kinds.get(row["carrier"]) == "electricity" for row in inputs)
        lifts_heat = electric and any(kinds.get(row["carrier"]) == "heat" for row in outputs)
        if not outputs or lifts_heat or any(row["profile"] for row in (*inputs, *outputs)):
            continue
        warm = any(kinds.get(row["carrier"]) == "heat" for row in outputs)
        for year in sorted({row["year"] for row in (*inputs, *outputs) if row["year"] == row["year"]}) or [None]:
            total_in, total_out = _sum(inputs, year), _sum(outputs, year)
            if total_out > (MOST_GIVEN if warm else MOST_WORK) * total_in > 0:
                row = next((row for row in inputs if row["year"] == year), inputs[0])
                expected = f"energy taken of at least what {technology} gives, {total_out:g} MWh per MWh of activity"
                problems.append(at(row, "value", row["value"], expected))
                break
    return problems


def _sum(rows: list[dict], year: float | None) -> float:
    """Flows of a year: of each carrier the row without a year, or that of the nearest year."""
    total = 0.0
    for carrier in {row["carrier"] for row in rows}:
        own = [row for row in rows if row["carrier"] == carrier]
        dated = [row for row in own if row["year"] == row["year"]]
        if year is None or not dated:
            total += float(own[0]["value"])
        else:
            total += float(min(dated, key=lambda row: abs(row["year"] - year))["value"])
    return total


def _unit_sizes(tables: Tables) -> list[Problem]:
    """No reactor makes more electric than thermal power."""
    sizes: dict[str, dict[str, dict]] = {}
    for row in rows_of(tables["reactors"]):
        if row["parameter"] in ("unit_size_e", "unit_size_th"):
            sizes.setdefault(row["design"], {})[row["parameter"]] = row
    return [
        at(pair["unit_size_e"], "value", pair["unit_size_e"]["value"], f"less than unit_size_th, {thermal:g} MW_th")
        for pair in sizes.values()
        if len(pair) == 2 and pair["unit_size_e"]["value"] >= (thermal := pair["unit_size_th"]["value"])
    ]


def _reactances(tables: Tables) -> list[Problem]:
    """The reactance of an AC corridor fits its length and its circuits."""
    problems = []
    for row in rows_of(tables["corridors"]):
        if row["kind"] != "ac" or not row["length"] > 0 or not row["reactance"] > 0:
            continue
        circuits = row["circuits"] if row["circuits"] > 0 else 1.0
        low, high = (limit * row["length"] / circuits for limit in OHM_PER_KM)
        if not low <= row["reactance"] <= high + OHM_OF_TRANSFORMERS:
            expected = (
                f"{low:.3g} to {high + OHM_OF_TRANSFORMERS:.3g} ohm for {row['length']:g} km and {circuits:g} circuits"
            )
            problems.append(at(row, "reactance", row["reactance"], expected))
    return problems
