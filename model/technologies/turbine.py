"""What a reactor's turbine loses at part load, and what the plant takes for itself (smr/README.md section 3).

The efficiency of the tables is net, at full load.  Part load costs `loss · (load − Q_in)`: a turbine that is ready for
the load takes no-load heat whatever it makes.  The load is what is online where units start and stop, what is not in
refuelling where that is decided, and what is available otherwise; a larger turbine adds to it.  House load that does
not fall with the load is taken from the balance at all times, also where the plant rests; the rest is in the
efficiency: `net = (η + part + house)·Q_in − Σ β·H − part·load − house·capacity`, which is η·Q_in at full load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import text
from model.core.registry import indexed_set, parameter
from model.data.reactor_plants import idle_house_load, marginal_efficiency, no_load_power

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]


def _design(case: Case, key: Key) -> Any:
    return case.reactors.loc[text(case.assets, key[0], "technology")]


def _part_load(case: Case, sets: SetValues, where: str) -> dict[Key, list[str]]:
    return {key: [key[0]] for key in sets[where] if no_load_power(_design(case, key)) > 0}


@indexed_set(over="reactor_year", dims=("asset",))
def part_load_of_online(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The reactor itself, where part load costs efficiency and units start and stop."""
    return _part_load(case, sets, "committed_reactor_year")


@indexed_set(over="reactor_year", dims=("asset",))
def part_load_outside_outage(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The reactor itself, where part load costs efficiency and refuelling alone is decided."""
    return _part_load(case, sets, "uncommitted_outage_year")


@indexed_set(over="reactor_year", dims=("asset",))
def part_load_of_available(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The reactor itself, where part load costs efficiency and outages are a share of every hour."""
    apart = {**sets.positions("committed_reactor_year"), **sets.positions("uncommitted_outage_year")}
    return {key: found for key, found in _part_load(case, sets, "reactor_year").items() if key not in apart}


@indexed_set(over="node_carrier_year", dims=("asset",))
def reactors_taking_power(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """Reactors at a node with house load at any load (where the carrier is electricity)."""
    return {
        place: busy
        for place, assets in sets.family("reactors_giving_power").items()
        if (busy := [asset for asset in assets if idle_house_load(_design(case, (asset, place[2]))) > 0])
    }


@parameter(over=("reactor_design",), unit="MW_e/MW_th", minimum=0, maximum=1, source="smr/README.md section 3")
def turbine_efficiency(case: Case, sets: SetValues) -> np.ndarray:
    """Power per unit of heat into the turbine, before what part load and constant house load take of it."""
    return np.array([marginal_efficiency(case.reactors.loc[design]) for design in sets["reactor_design"]])


@parameter(over=("reactor_design",), unit="MW_e/MW_th", minimum=0, source="smr/README.md section 3")
def part_load_power(case: Case, sets: SetValues) -> np.ndarray:
    """Power that a turbine loses per unit of heat by which it falls short of the load it is ready for."""
    return np.array([no_load_power(case.reactors.loc[design]) for design in sets["reactor_design"]])


@parameter(over=("reactor_design",), unit="MW_e/MW_th", minimum=0)
def house_load(case: Case, sets: SetValues) -> np.ndarray:
    """Power that a plant takes for itself at any load, per unit of thermal capacity."""
    return np.array([idle_house_load(case.reactors.loc[design]) for design in sets["reactor_design"]])
