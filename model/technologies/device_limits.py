"""Limits over several devices, reservoirs and corridors: CO2, a budget of energy, a sum of capacities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import flag, number
from model.core.registry import constraint, index_set, indexed_set, parameter

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]
Term = tuple[str, str, int]
SIGN = "positive: adds to what is limited; negative: takes off"


@index_set(dims=("limit", "year"))
def limit_year(case: Case, sets: SetValues) -> set[Key]:
    """Limits with at least one term that is a decision."""
    names = ("energy_term", "capacity_term", "storage_term", "level_term", "corridor_term")
    return {(limit, year) for name in names for limit, _, year in sets[name]}


def _terms(case: Case, kind: str, allowed: Any) -> list[Term]:
    table = case.given.device_limit_terms
    return [
        (str(limit), str(name), year)
        for limit, of, name in table.index
        for year in case.years
        if of == kind and (name, year) in allowed
    ]


@index_set(dims=("limit", "device", "year"))
def energy_term(case: Case, sets: SetValues) -> list[Term]:
    """Activities that count in a limit."""
    return _terms(case, "energy", sets.positions("device_year"))


@index_set(dims=("limit", "device", "year"))
def capacity_term(case: Case, sets: SetValues) -> list[Term]:
    """Capacities of devices that count in a limit and are decisions."""
    return _terms(case, "capacity", sets.positions("expandable_device_year"))


@index_set(dims=("limit", "reservoir", "year"))
def storage_term(case: Case, sets: SetValues) -> list[Term]:
    """Capacities of reservoirs that count in a limit and are decisions."""
    return _terms(case, "storage", sets.positions("expandable_reservoir_year"))


@index_set(dims=("limit", "reservoir", "year"))
def level_term(case: Case, sets: SetValues) -> list[Term]:
    """Reservoirs whose level after the last step counts in a limit."""
    return _terms(case, "level", sets.positions("reservoir_year"))


@index_set(dims=("limit", "corridor", "year"))
def corridor_term(case: Case, sets: SetValues) -> list[Term]:
    """Corridors whose added capacity counts in a limit."""
    return _terms(case, "corridor", sets.positions("expandable_corridor_year"))


@index_set(dims=("time",))
def last_step(case: Case) -> list[int]:
    """The last step of all."""
    return [case.time.count - 1]


def _by_limit(sets: SetValues, name: str) -> dict[Key, list[str]]:
    found: dict[Key, list[str]] = {}
    for limit, member, year in sets[name]:
        found.setdefault((limit, year), []).append(member)
    return found


@indexed_set(over="limit_year", dims=("device",))
def energy_terms_of(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Devices whose activity counts in a limit."""
    return _by_limit(sets, "energy_term")


@indexed_set(over="limit_year", dims=("device",))
def capacity_terms_of(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Devices whose capacity counts in a limit."""
    return _by_limit(sets, "capacity_term")


@indexed_set(over="limit_year", dims=("reservoir",))
def storage_terms_of(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Reservoirs whose capacity counts in a limit."""
    return _by_limit(sets, "storage_term")


@indexed_set(over="limit_year", dims=("reservoir",))
def level_terms_of(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Reservoirs whose level after the last step counts in a limit."""
    return _by_limit(sets, "level_term")


@indexed_set(over="limit_year", dims=("corridor",))
def corridor_terms_of(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Corridors whose capacity counts in a limit."""
    return _by_limit(sets, "corridor_term")


@parameter(over=("energy_term", "time"), unit="limit unit/MW", sign=SIGN)
def energy_factor(case: Case, sets: SetValues) -> np.ndarray:
    """What a MW of activity counts in a limit: factor times the hours for which limits count the step."""
    table = case.given.device_limit_terms
    rows = [table.index.get_loc((limit, "energy", device)) for limit, device, _ in sets["energy_term"]]
    hours = case.given.energy_weight if len(case.given.energy_weight) else np.asarray(case.time.weight, dtype=float)
    return case.given.values(table, "factor", case.time.count)[np.array(rows, dtype=int)] * hours[None, :]


def _factors(case: Case, kind: str, terms: Any) -> list[float]:
    values = case.given.device_limit_terms["factor"]
    return [float(values[limit, kind, name]) for limit, name, _ in terms]


@parameter(over=("capacity_term",), unit="limit unit/MW", sign=SIGN)
def capacity_factor(case: Case, sets: SetValues) -> list[float]:
    """What a MW of capacity counts in a limit."""
    return _factors(case, "capacity", sets["capacity_term"])


@parameter(over=("storage_term",), unit="limit unit/MWh", sign=SIGN)
def storage_factor(case: Case, sets: SetValues) -> list[float]:
    """What a MWh of a reservoir's capacity counts in a limit."""
    return _factors(case, "storage", sets["storage_term"])


@parameter(over=("level_term",), unit="limit unit/MWh", sign=SIGN)
def level_factor(case: Case, sets: SetValues) -> list[float]:
    """What a MWh that is left in a reservoir counts in a limit."""
    return _factors(case, "level", sets["level_term"])


@parameter(over=("corridor_term",), unit="limit unit/MW", sign=SIGN)
def corridor_factor(case: Case, sets: SetValues) -> list[float]:
    """What a MW of a corridor counts in a limit."""
    return _factors(case, "corridor", sets["corridor_term"])


def _value(case: Case, sets: SetValues, open_sense: str, endless: float) -> list[float]:
    """Value of each limit less what is known of its terms; endless on the side on which it does not hold."""
    given, known = case.given.device_limits, dict[Key, float]()
    value, sense = given["value"].to_dict(), given["sense"].to_dict()
    factors: dict[Any, float] = case.given.device_limit_terms["factor"].to_dict()
    for (limit, kind, name), factor in factors.items():
        for year in case.years:
            known[limit, year] = known.get((limit, year), 0.0) + float(factor) * _standing(case, kind, name, year)
    return [
        endless if sense[limit] == open_sense else float(value[limit]) - known[limit, year]
        for limit, year in sets["limit_year"]
    ]


def _standing(case: Case, kind: str, name: str, year: int) -> float:
    """Capacity that counts and is no decision."""
    if kind == "corridor":
        return float(case.corridor_years["capacity"].get((name, year), 0.0))
    table = {"capacity": case.given.devices, "storage": case.given.reservoirs}.get(kind)
    if table is None or flag(table, name, "expandable"):
        return 0.0
    return number(table, name, "capacity")


@parameter(over=("limit_year",), unit="limit unit", sign=SIGN)
def device_limit_min(case: Case, sets: SetValues) -> list[float]:
    """Least value of what is limited."""
    return _value(case, sets, "at_most", -np.inf)


@parameter(over=("limit_year",), unit="limit unit", sign=SIGN)
def device_limit_max(case: Case, sets: SetValues) -> list[float]:
    """Largest value of what is limited."""
    return _value(case, sets, "at_least", np.inf)


@constraint(over=("limit_year",), unit="limit unit")
def device_limit_row(m: Any, g: str, y: int) -> Any:
    """What counts in a limit stays on its side of the value."""
    return (
        m.device_limit_min[g, y],
        sum(m.energy_factor[g, d, y, t] * m.device_activity[d, y, t] for d in m.energy_terms_of[g, y] for t in m.time)
        + sum(m.capacity_factor[g, d, y] * m.device_capacity[d, y] for d in m.capacity_terms_of[g, y])
        + sum(m.storage_factor[g, r, y] * m.reservoir_capacity[r, y] for r in m.storage_terms_of[g, y])
        + sum(m.level_factor[g, r, y] * m.reservoir_level[r, y, t] for r in m.level_terms_of[g, y] for t in m.last_step)
        + sum(m.corridor_factor[g, k, y] * m.corridor_expansion[k, y] for k in m.corridor_terms_of[g, y]),
        m.device_limit_max[g, y],
    )
