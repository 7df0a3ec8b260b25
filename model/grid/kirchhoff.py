"""Kirchhoff's voltage law on AC corridors in cycle form (formulation G1).

Flows on AC lines follow voltage angles: round every independent cycle the angle differences `x f`, with the phase
shifts of transformers (`phase_shift.py`), add up to nothing.  What `x` stands for is `grid.convention`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.cells import number, text
from model.core.registry import constraint, index_set, indexed_set, parameter

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Oriented = tuple[str, float]


@index_set(dims=("cycle", "year"))
def cycle_year(case: Case) -> list[tuple[str, int]]:
    """Independent cycles of the AC network, named by the corridor that closes them."""
    return [(cycle, year) for year in case.years for cycle in ac_cycles(case, year)]


@index_set(dims=("cycle", "corridor", "year"))
def corridor_in_cycle(case: Case) -> list[tuple[str, str, int]]:
    """Corridors of each cycle."""
    return [
        (cycle, corridor, year)
        for year in case.years
        for cycle, members in ac_cycles(case, year).items()
        for corridor, _ in members
    ]


@indexed_set(over="cycle_year", dims=("corridor",))
def corridors_of_cycle(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """Corridors of a cycle."""
    found: dict[tuple[str, int], list[str]] = {}
    for cycle, corridor, year in sets["corridor_in_cycle"]:
        found.setdefault((cycle, year), []).append(corridor)
    return found


@parameter(
    over=("corridor_in_cycle",),
    unit="mrad/MW",
    source="formulation.md G1",
    sign="positive: the corridor runs along its cycle; negative: against it",
)
def cycle_reactance(case: Case, sets: SetValues) -> list[float]:
    """Signed angle difference per power of a corridor in a cycle, positive along the cycle's direction."""
    signs, table = _signs(case), case.corridor_years
    return [signs[key] * number(table, key[1:], "angle_per_power") for key in sets["corridor_in_cycle"]]


def _signs(case: Case) -> dict[tuple[str, str, int], float]:
    """Direction of each corridor in each cycle."""
    return {
        (cycle, corridor, year): sign
        for year in case.years
        for cycle, members in ac_cycles(case, year).items()
        for corridor, sign in members
    }


@parameter(
    over=("corridor_in_cycle",),
    unit="1",
    minimum=-1,
    maximum=1,
    sign="positive: the corridor runs along its cycle; negative: against it",
)
def cycle_direction(case: Case, sets: SetValues) -> list[float]:
    """Direction of a corridor in a cycle: 1 along it, -1 against it."""
    signs = _signs(case)
    return [signs[key] for key in sets["corridor_in_cycle"]]


@indexed_set(over="cycle_year", dims=("corridor",))
def shifters_of_cycle(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """Corridors of a cycle that shift the angle."""
    shifting, found = sets.positions("shifter_year"), dict[tuple[str, int], list[str]]()
    for cycle, corridor, year in sets["corridor_in_cycle"]:
        if (corridor, year) in shifting:
            found.setdefault((cycle, year), []).append(corridor)
    return found


def ac_cycles(case: Case, year: int) -> dict[str, list[Oriented]]:
    """A cycle basis of the AC network in a year: spanning trees, and one cycle per remaining corridor.

    Returns:
        For each closing corridor the oriented corridors of its cycle; parallel corridors make cycles of two.
    """
    if not case.scenario.grid.kirchhoff:
        return {}
    table = case.corridors
    meshed = case.corridor_years["meshed"]
    in_service = [corridor for corridor, at in meshed.index[meshed] if at == year]
    ends = {corridor: (text(table, corridor, "from_node"), text(table, corridor, "to_node")) for corridor in in_service}
    parents, chords = _spanning_forest(ends)
    return {chord: [(chord, 1.0), *_tree_path(parents, *reversed(ends[chord]))] for chord in chords}


def _spanning_forest(
    ends: dict[str, tuple[str, str]],
) -> tuple[dict[str, tuple[str, str, float] | None], list[str]]:
    """Breadth-first forest: for each node its (parent, corridor, sign towards the parent); and what is left over."""
    touching: dict[str, list[str]] = {}
    for corridor, pair in ends.items():
        for node in pair:
            touching.setdefault(node, []).append(corridor)
    parents: dict[str, tuple[str, str, float] | None] = {}
    used: set[str] = set()
    for root in sorted(touching):
        if root in parents:
            continue
        parents[root] = None
        queue = [root]
        for node in queue:
            for corridor in sorted(touching[node]):
                first, second = ends[corridor]
                other = second if node == first else first
                if other not in parents:
                    parents[other] = (node, corridor, -1.0 if node == first else 1.0)
                    used.add(corridor)
                    queue.append(other)
    return parents, sorted(set(ends) - used)


def _tree_path(parents: dict[str, tuple[str, str, float] | None], start: str, end: str) -> list[Oriented]:
    """Oriented corridors of the tree from one node to another (the part above their meeting point left out)."""
    up_from_start, up_from_end = _to_root(parents, start), _to_root(parents, end)
    while up_from_start and up_from_end and up_from_start[-1] == up_from_end[-1]:
        up_from_start.pop()
        up_from_end.pop()
    return up_from_start + [(corridor, -sign) for corridor, sign in reversed(up_from_end)]


def _to_root(parents: dict[str, tuple[str, str, float] | None], node: str) -> list[Oriented]:
    steps: list[Oriented] = []
    step = parents[node]
    while step is not None:
        parent, corridor, sign = step
        steps.append((corridor, sign))
        step = parents[parent]
    return steps


@constraint(over=("cycle_year", "time"), unit="mrad", source="formulation.md G1")
def kirchhoff_voltage_law(m: Any, k: str, y: int, t: int) -> Any:
    """Round a cycle the voltage angle differences, phase shifts included, add up to nothing."""
    return (
        sum(m.cycle_reactance[k, l, y] * m.flow[l, y, t] for l in m.corridors_of_cycle[k, y])
        + sum(m.cycle_direction[k, l, y] * m.phase_shift[l, y, t] for l in m.shifters_of_cycle[k, y])
        == 0
    )
