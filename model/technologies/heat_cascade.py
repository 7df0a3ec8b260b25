"""Heat runs downhill only: a hotter grade may serve a cooler one at the same place (formulation C5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.cells import number, text
from model.core.places import carriers_in_use
from model.core.registry import contributes, index_set, indexed_set, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


@index_set(dims=("node", "carrier", "carrier_to", "year"))
def heat_step(case: Case, sets: SetValues) -> list[tuple[str, str, str, int]]:
    """Neighbouring grades of one cascade at a node, hotter first."""
    heat = case.carriers[case.carriers["cascade_group"] != ""]
    present: dict[tuple[str, str, int], list[str]] = {}
    for node, carrier, year in carriers_in_use(case, sets):
        if carrier in heat.index:
            present.setdefault((node, text(heat, carrier, "cascade_group"), year), []).append(carrier)
    steps = []
    for (node, _, year), grades in present.items():
        ordered = sorted(grades, key=lambda grade: number(heat, grade, "delivery_temperature"), reverse=True)
        steps += [(node, hot, cool, year) for hot, cool in zip(ordered[:-1], ordered[1:], strict=True)]
    return steps


@indexed_set(over="node_carrier_year", dims=("carrier",))
def cooler_grade(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """The grade that a grade may serve."""
    return {(node, hot, year): [cool] for node, hot, cool, year in sets["heat_step"]}


@indexed_set(over="node_carrier_year", dims=("carrier",))
def hotter_grade(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """The grade by which a grade may be served."""
    return {(node, cool, year): [hot] for node, hot, cool, year in sets["heat_step"]}


variable(
    "heat_downgrade",
    over=("heat_step", "time"),
    unit="MW_th",
    doc="Heat of one grade that serves the next cooler one.",
)


@contributes("carrier_balance", source="formulation.md C5")
def downgraded_heat_taken(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Heat that leaves its grade for a cooler one."""
    return -sum(m.heat_downgrade[n, c, k, y, t] for k in m.cooler_grade[n, c, y])


@contributes("carrier_balance", source="formulation.md C5")
def downgraded_heat_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Heat that comes from a hotter grade."""
    return sum(m.heat_downgrade[n, k, c, y, t] for k in m.hotter_grade[n, c, y])
