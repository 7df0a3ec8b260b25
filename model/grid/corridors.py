"""Corridors between nodes: flows within secure limits, and their expansion (formulation G1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import flag, number, text
from model.core.registry import constraint, contributes, cost, index_set, indexed_set, parameter, variable
from model.data.grid import secure_share

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]


@index_set(dims=("corridor", "year"))
def corridor_year(case: Case) -> list[Key]:
    """Corridors in the years in which they are in service, may be expanded, or are in the cycles anyway."""
    expandable = set(_expandable(case))
    stands, meshed = case.corridor_years["stands"], case.corridors["always_meshed"] == "yes"
    return [key for key in case.corridor_years.index if stands[key] or key in expandable or meshed[key[0]]]


@index_set(dims=("corridor", "year"))
def expandable_corridor_year(case: Case) -> list[Key]:
    """Corridors in the years in which an expansion can stand."""
    return _expandable(case)


def _expandable(case: Case) -> list[Key]:
    table = case.corridors
    return [
        (corridor, year)
        for corridor, year in case.corridor_years.index
        if flag(table, corridor, "expandable")
        and number(table, corridor, "expansion_max") > 0
        and year >= number(table, corridor, "expansion_first_year")
    ]


@index_set(dims=("corridor", "year"))
def later_corridor_year(case: Case, sets: SetValues) -> list[Key]:
    """Expandable corridors in years after the first in which they can be expanded."""
    expandable = sets.positions("expandable_corridor_year")
    before = dict(zip(case.years[1:], case.years[:-1], strict=True))
    return [key for key in expandable if (key[0], before.get(key[1], 0)) in expandable]


@index_set(dims=("corridor", "year"))
def lossy_corridor_year(case: Case, sets: SetValues) -> list[Key]:
    """Corridors that lose a share of what they carry."""
    return [key for key in sets["corridor_year"] if number(case.corridors, key[0], "efficiency") < 1.0]


@index_set(dims=("corridor", "year"))
def lossy_expandable_corridor_year(case: Case, sets: SetValues) -> list[Key]:
    """Those of them that can be expanded: what they lose is capped by a row, what the others lose by a bound."""
    expandable = sets.positions("expandable_corridor_year")
    return [key for key in sets["lossy_corridor_year"] if key in expandable]


@indexed_set(over="corridor_year", dims=("corridor",))
def expansion_of(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The corridor itself where it can be expanded."""
    return {key: [key[0]] for key in sets["expandable_corridor_year"]}


@indexed_set(over="node_carrier_year", dims=("corridor",))
def corridors_from(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """Corridors that leave a node."""
    return _ends(case, sets, "from_node")


@indexed_set(over="node_carrier_year", dims=("corridor",))
def corridors_to(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """Corridors that arrive at a node."""
    return _ends(case, sets, "to_node")


@indexed_set(over="node_carrier_year", dims=("corridor",))
def lossy_corridors_at(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """Corridors with losses that touch a node."""
    lossy = sets.positions("lossy_corridor_year")
    found: dict[tuple[str, str, int], list[str]] = {}
    for ends in (_ends(case, sets, "from_node"), _ends(case, sets, "to_node")):
        for (node, carrier, year), corridors in ends.items():
            for corridor in corridors:
                if (corridor, year) in lossy:
                    found.setdefault((node, carrier, year), []).append(corridor)
    return found


def _ends(case: Case, sets: SetValues, column: str) -> dict[tuple[str, str, int], list[str]]:
    found: dict[tuple[str, str, int], list[str]] = {}
    for corridor, year in sets["corridor_year"]:
        node, carrier = text(case.corridors, corridor, column), text(case.corridors, corridor, "carrier")
        found.setdefault((node, carrier, year), []).append(corridor)
    return found


@parameter(over=("corridor_year",), unit="1", minimum=0, maximum=1, source="formulation.md G1")
def corridor_secure_share(case: Case, sets: SetValues) -> list[float]:
    """Share of the thermal capacity that may be used."""
    return [secure_share(case, key) for key in sets["corridor_year"]]


@parameter(over=("corridor_year",), unit="MW", minimum=0)
def corridor_capacity(case: Case) -> Any:
    """Thermal capacity of a corridor as it stands in a year."""
    return case.corridor_years["capacity"]


@parameter(over=("corridor_year",), unit="MW", minimum=0)
def corridor_held_expansion(case: Case) -> Any:
    """Expansion of an AC corridor that its reactance and circuits count (`grid.reactance_rounds`)."""
    return case.corridor_years["held_expansion"]


@parameter(over=("corridor_year", "time"), unit="1", minimum=0, source="formulation.md G1")
def corridor_rating(case: Case, sets: SetValues) -> np.ndarray:
    """What the capacity is multiplied by in an hour: line rating by weather; one where nothing is given."""
    named = [text(case.corridors, corridor, "limit_series") for corridor, _ in sets["corridor_year"]]
    if not any(named):
        return np.ones((1, 1))
    return np.array([case.given.one(name) if name else np.ones(case.time.count) for name in named])


FLOW_SIGN = "positive: from the first node of the corridor to its second; negative: the other way"


@parameter(over=("corridor_year", "time"), unit="MW", sign=FLOW_SIGN)
def flow_max(case: Case, sets: SetValues) -> np.ndarray:
    """Secure limit of a corridor that cannot be expanded, or what its angle limit leaves; else rows limit the flow."""
    return np.minimum(_secure_limit(case, sets), _angle_limits(case, sets)[1])


@parameter(over=("corridor_year", "time"), unit="MW", sign=FLOW_SIGN)
def flow_min(case: Case, sets: SetValues) -> np.ndarray:
    """The same limit against the corridor's direction."""
    return np.maximum(-_secure_limit(case, sets), _angle_limits(case, sets)[0])


def _secure_limit(case: Case, sets: SetValues) -> np.ndarray:
    """Secure share × capacity over `corridor_year` and time; endless where the capacity is a decision."""
    expandable = sets.positions("expandable_corridor_year")
    limits = [
        np.inf if key in expandable else secure_share(case, key) * number(case.corridor_years, key, "capacity")
        for key in sets["corridor_year"]
    ]
    return np.array(limits)[:, None] * corridor_rating(case, sets)


def _angle_limits(case: Case, sets: SetValues) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest flow that the angle limits of AC corridors leave: (limit − shift) / angle per power."""
    table = case.corridors
    endless = np.full(len(sets["corridor_year"]), np.inf)
    low, high = -endless, endless
    if not case.scenario.grid.kirchhoff:
        return low[:, None], high[:, None]
    for row, (corridor, year) in enumerate(sets["corridor_year"]):
        shift = number(table, corridor, "shift_min")
        per_power = number(case.corridor_years, (corridor, year), "angle_per_power")
        if (
            np.isfinite(per_power)
            and text(table, corridor, "kind") == "ac"
            and shift == number(table, corridor, "shift_max")
        ):
            limits = (number(table, corridor, "difference_min"), number(table, corridor, "difference_max"))
            low[row], high[row] = sorted((limit - shift) / per_power for limit in limits)
    return low[:, None], high[:, None]


@parameter(over=("expandable_corridor_year",), unit="MW", minimum=0)
def corridor_expansion_max(case: Case, sets: SetValues) -> list[float]:
    """Most that can be added to a corridor."""
    return [number(case.corridors, corridor, "expansion_max") for corridor, _ in sets["expandable_corridor_year"]]


@parameter(over=("expandable_corridor_year",), unit="EUR/MW/year", minimum=0)
def corridor_expansion_annual_cost(case: Case, sets: SetValues) -> list[float]:
    """Yearly cost of an added MW: annuity and fixed operation and maintenance."""
    table = case.corridors
    yearly = table["expansion_annuity"] + table["expansion_fixed_om"]
    return [float(yearly[corridor]) for corridor, _ in sets["expandable_corridor_year"]]


@parameter(over=("lossy_corridor_year",), unit="MW/MW", minimum=0, maximum=1)
def corridor_loss_share(case: Case, sets: SetValues) -> list[float]:
    """Share of the flow half-way that is lost: 2 (1 − e) / (1 + e), so that a share e of what enters leaves."""
    shares = (number(case.corridors, corridor, "efficiency") for corridor, _ in sets["lossy_corridor_year"])
    return [2.0 * (1.0 - share) / (1.0 + share) for share in shares]


@parameter(over=("lossy_corridor_year", "time"), unit="MW", minimum=0, source="formulation.md G1")
def corridor_loss_max(case: Case, sets: SetValues) -> np.ndarray:
    """Loss at the secure limit, which no hour exceeds: a line is no place to dump power at negative prices."""
    positions, limits = sets.positions("corridor_year"), _secure_limit(case, sets)
    rows = [positions[key] for key in sets["lossy_corridor_year"]]
    return np.array(corridor_loss_share(case, sets))[:, None] * limits[rows]


@index_set(dims=("corridor", "year"))
def standing_corridor_year(case: Case, sets: SetValues) -> list[Key]:
    """Corridors of which the capacity that stands costs something every year."""
    return [key for key in sets["corridor_year"] if number(case.corridors, key[0], "standing_cost") > 0]


@parameter(over=("standing_corridor_year",), unit="EUR/MW/year", minimum=0)
def corridor_standing_cost(case: Case, sets: SetValues) -> list[float]:
    """Yearly cost of a MW that stands."""
    return [number(case.corridors, corridor, "standing_cost") for corridor, _ in sets["standing_corridor_year"]]


@parameter(over=("standing_corridor_year",), unit="MW", minimum=0)
def standing_corridor_capacity(case: Case, sets: SetValues) -> list[float]:
    """Capacity that stands of corridors that cost something."""
    return [number(case.corridor_years, key, "capacity") for key in sets["standing_corridor_year"]]


variable(
    "corridor_standing",
    over=("standing_corridor_year",),
    unit="MW",
    lower="standing_corridor_capacity",
    upper="standing_corridor_capacity",
    doc="Capacity of a corridor that stands and costs something: data, fixed by its bounds.",
)
variable(
    "flow",
    over=("corridor_year", "time"),
    unit="MW",
    lower="flow_min",
    upper="flow_max",
    doc="Flow on a corridor, positive from its first node to its second.",
    sign=FLOW_SIGN,
)
variable(
    "corridor_expansion",
    over=("expandable_corridor_year",),
    unit="MW",
    upper="corridor_expansion_max",
    doc="Thermal capacity added to a corridor and standing in a year.",
    investment=True,
)
variable(
    "corridor_loss",
    over=("lossy_corridor_year", "time"),
    unit="MW",
    upper="corridor_loss_max",
    doc="What a corridor loses in an hour.",
)


@contributes("carrier_balance", source="formulation.md G1")
def corridor_flow_taken(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Flows that leave the node."""
    return -sum(m.flow[l, y, t] for l in m.corridors_from[n, c, y])


@contributes("carrier_balance", source="formulation.md G1")
def corridor_flow_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Flows that arrive at the node."""
    return sum(m.flow[l, y, t] for l in m.corridors_to[n, c, y])


@contributes("carrier_balance", source="formulation.md G1")
def corridor_loss_taken(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Losses of a corridor, half at each end."""
    return -sum(0.5 * m.corridor_loss[l, y, t] for l in m.lossy_corridors_at[n, c, y])


@constraint(over=("expandable_corridor_year", "time"), unit="MW", source="formulation.md G1")
def corridor_limit_forward(m: Any, l: str, y: int, t: int) -> Any:
    """Flow along an expandable corridor stays within its secure capacity."""
    return m.flow[l, y, t] <= m.corridor_secure_share[l, y] * m.corridor_rating[l, y, t] * (
        m.corridor_capacity[l, y] + m.corridor_expansion[l, y]
    )


@constraint(over=("expandable_corridor_year", "time"), unit="MW", source="formulation.md G1")
def corridor_limit_backward(m: Any, l: str, y: int, t: int) -> Any:
    """Flow against an expandable corridor stays within its secure capacity."""
    return -m.flow[l, y, t] <= m.corridor_secure_share[l, y] * m.corridor_rating[l, y, t] * (
        m.corridor_capacity[l, y] + m.corridor_expansion[l, y]
    )


@constraint(over=("later_corridor_year",), unit="MW")
def corridor_expansion_stays(m: Any, l: str, y: int) -> Any:
    """What has been added to a corridor stays."""
    return m.corridor_expansion[l, y] >= m.corridor_expansion[l, m.previous_year[y]]


@constraint(over=("lossy_corridor_year", "time"), unit="MW")
def corridor_loss_forward(m: Any, l: str, y: int, t: int) -> Any:
    """A corridor loses a share of what flows along it."""
    return m.corridor_loss[l, y, t] >= m.corridor_loss_share[l, y] * m.flow[l, y, t]


@constraint(over=("lossy_corridor_year", "time"), unit="MW")
def corridor_loss_backward(m: Any, l: str, y: int, t: int) -> Any:
    """A corridor loses a share of what flows against it."""
    return m.corridor_loss[l, y, t] >= -m.corridor_loss_share[l, y] * m.flow[l, y, t]


@constraint(over=("lossy_expandable_corridor_year", "time"), unit="MW", source="formulation.md G1")
def corridor_loss_limit(m: Any, l: str, y: int, t: int) -> Any:
    """No corridor loses more than at its secure limit."""
    return m.corridor_loss[l, y, t] <= m.corridor_loss_share[l, y] * m.corridor_secure_share[l, y] * m.corridor_rating[
        l, y, t
    ] * (m.corridor_capacity[l, y] + m.corridor_expansion[l, y])


@cost("grid_expansion", over=("expandable_corridor_year",), place="corridor", technology="corridor")
def corridor_expansion_cost(m: Any, l: str, y: int) -> Any:
    """An added MW of corridor pays its yearly cost in every year in which it stands."""
    return m.discount_weight[y] * m.corridor_expansion_annual_cost[l, y] * m.corridor_expansion[l, y]


@cost("grid_standing", over=("standing_corridor_year",), place="corridor", technology="corridor")
def corridor_standing_payment(m: Any, l: str, y: int) -> Any:
    """What stands of a corridor pays its yearly cost where the table gives one."""
    return m.discount_weight[y] * m.corridor_standing_cost[l, y] * m.corridor_standing[l, y]
