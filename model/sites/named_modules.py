"""Designs that a scenario puts at a site: at least one module of each stands (formulation B3, F1).

With N-1 or without it, `sites.modules` says what is there for sure, from the first year in which it can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.cells import number, text
from model.core.registry import constraint, index_set, indexed_set, parameter
from model.errors import InputError, Problem

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, str, int]


@index_set(dims=("technology", "node", "year"))
def named_module(case: Case, sets: SetValues) -> list[Key]:
    """Designs that the scenario puts at a site, in the years in which they can stand.

    Raises:
        InputError: a design that no year, table or other setting lets stand there.
    """
    places = set(zip(case.assets["technology"], case.assets["node"], case.assets["kind"], strict=True))
    missing = [
        Problem(
            f"scenario {case.scenario.name}",
            "",
            f"sites.modules.{site}",
            design,
            f"a design that can stand at {site}: reactor_potentials.csv, reactors.enabled, reactors.designs, "
            "reactors.modes and the years of the scenario say which can",
        )
        for site, designs in case.scenario.sites.modules.items()
        for design in designs
        if (design, site, "reactor") not in places or case.reactors.at[design, "kind"] == "existing"
    ]
    if missing:
        raise InputError(missing)
    return list(_standing(case, sets))


def _standing(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    named, found = case.scenario.sites.modules, dict[Key, list[str]]()
    for asset, year in sets["running_asset_year"] if named else []:
        design, site = text(case.assets, asset, "technology"), text(case.assets, asset, "node")
        if design in named.get(site, []):
            found.setdefault((design, site, year), []).append(asset)
    return found


@indexed_set(over="named_module", dims=("asset",))
def assets_of_named_module(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Reactors of a named design at its site."""
    return _standing(case, sets)


@parameter(over=("named_module",), unit="MW_th", minimum=0, source="smr/designs.csv")
def named_module_size(case: Case, sets: SetValues) -> list[float]:
    """Thermal power of a module of a named design."""
    return [number(case.reactors, design, "unit_size_th") for design, _, _ in sets["named_module"]]


@constraint(over=("named_module",), unit="MW_th", source="formulation.md B3, F1")
def named_module_stands(m: Any, g: str, s: str, y: int) -> Any:
    """One module of a named design stands at least.  Dual: discounted cost of a MW that the scenario forces there."""
    return sum(m.capacity[a, y] for a in m.assets_of_named_module[g, s, y]) >= m.named_module_size[g, s, y]
