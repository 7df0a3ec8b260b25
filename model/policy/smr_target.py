"""A target for small modular reactors, with its cost per MW as the dual (formulation F13, R36 of the SMR letter)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.cells import text
from model.core.registry import constraint, index_set, indexed_set, parameter
from model.errors import InputError, Problem

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


@index_set(dims=("year",))
def smr_target_year(case: Case, sets: SetValues) -> list[int]:
    """Years with a target.

    Raises:
        InputError: a target above zero in a year in which no small reactor can stand.
    """
    wanted = {year: power for year, power in case.scenario.reactors.target.items() if year in case.years and power > 0}
    possible = sets.family("small_reactors")
    missing = [
        Problem(
            "scenario",
            "",
            f"reactors.target.{year}",
            f"{power:g}",
            f"no target: no small reactor of reactors.designs can stand in {year}",
        )
        for year, power in wanted.items()
        if year not in possible
    ]
    if missing:
        raise InputError(missing)
    return sorted(wanted)


@indexed_set(over="year", dims=("asset",))
def small_reactors(case: Case, sets: SetValues) -> dict[int, list[str]]:
    """Small modular reactors by year."""
    small = set(case.reactors.index[case.reactors["kind"] == "smr"])
    found: dict[int, list[str]] = {}
    for asset, year in sets["reactor_year"]:
        if text(case.assets, asset, "technology") in small:
            found.setdefault(year, []).append(asset)
    return found


@parameter(over=("smr_target_year",), unit="MW_e", minimum=0)
def smr_target_power(case: Case, sets: SetValues) -> list[float]:
    """Electric capacity of small reactors that must stand."""
    return [float(case.scenario.reactors.target[year]) for year in sets["smr_target_year"]]


@constraint(over=("smr_target_year",), unit="MW_e", source="smr/README.md F13")
def smr_target(m: Any, y: int) -> Any:
    """Small reactors reach the target.  Dual: discounted cost of one more MW of target."""
    return (
        sum(m.reactor_efficiency[m.design_of[a, y]] * m.capacity[a, y] for a in m.small_reactors[y])
        >= (m.smr_target_power[y])
    )
