"""How much the country may live on its neighbours over a year (formulation G4).

Prices abroad are data: without a limit the program would buy whatever a neighbour sells below the cost of building at
home, in amounts that the neighbour may not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.registry import constraint, index_set, indexed_set, parameter

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

MWH_PER_GWH = 1000.0


@index_set(dims=("year",))
def balanced_trade_year(case: Case, sets: SetValues) -> list[int]:
    """Years in which the scenario limits net imports."""
    if case.scenario.grid.net_import_max is None:
        return []
    return sorted({year for _, year in sets["interconnector_year"]})


@indexed_set(over="year", dims=("interconnector",))
def interconnectors_in(case: Case, sets: SetValues) -> dict[int, list[str]]:
    """Interconnectors in service in a year."""
    found: dict[int, list[str]] = {}
    for interconnector, year in sets["interconnector_year"]:
        found.setdefault(year, []).append(interconnector)
    return found


@parameter(over=("balanced_trade_year",), unit="GWh", minimum=0)
def net_import_max(case: Case, sets: SetValues) -> list[float]:
    """Most electricity that may be taken from neighbours, net, in a year."""
    limit = case.scenario.grid.net_import_max
    return [1000.0 * float(limit or 0.0) for _ in sets["balanced_trade_year"]]


@parameter(over=(), unit="MWh/GWh", minimum=0)
def trade_unit(case: Case) -> float:
    """What turns MWh into the GWh of the limit on net imports."""
    return MWH_PER_GWH


@constraint(over=("balanced_trade_year",), unit="GWh", dual_unit="EUR/GWh", source="formulation.md G4")
def net_import_limit(m: Any, y: int) -> Any:
    """Over the year the country takes no more from its neighbours, net of what it gives, than the scenario allows."""
    return (
        sum(
            m.weight[t] * m.delivered_share[i, y] / m.trade_unit * m.neighbour_import[i, y, t]
            - m.weight[t] / m.trade_unit * m.neighbour_export[i, y, t]
            for i in m.interconnectors_in[y]
            for t in m.time
        )
        <= m.net_import_max[y]
    )
