"""What rights cost whom: tariffs for contracted off-take and monthly peaks, payments for limiting contracts (G3, O1).

Both move money between users and grid operators.  They are reported in every run; they are in the objective only where
the scenario says so (`grid.rights.tariffs`, `grid.rights.compensation`), the payments where they stand for a loss that
the model does not see.  Feed-in pays nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.cells import number
from model.core.registry import constraint, cost, index_set, indexed_set, parameter, reported, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Right = tuple[str, str, str, int]


@index_set(dims=("connection", "year"))
def paying_connection(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Connections whose tariffs are in the objective."""
    return list(sets["connection_year"]) if case.scenario.grid.rights.tariffs == "cost" else []


@index_set(dims=("connection", "direction", "contract_class", "year"))
def compensated_right(case: Case, sets: SetValues) -> list[Right]:
    """Limiting contracts."""
    return [*sets["window_right"], *sets["call_right"]]


@index_set(dims=("connection", "direction", "contract_class", "year"))
def compensation_charged(case: Case, sets: SetValues) -> list[Right]:
    """Limiting contracts whose payments are in the objective."""
    return list(sets["compensated_right"]) if case.scenario.grid.rights.compensation == "cost" else []


@indexed_set(over="compensated_right", dims=("contract_class",))
def paid_calls(case: Case, sets: SetValues) -> dict[Right, list[str]]:
    """The contract itself where calls are paid for."""
    return {key: [key[2]] for key in sets["call_right"]}


@indexed_set(over="connection_year", dims=("contract_class",))
def tariffed_classes(case: Case, sets: SetValues) -> dict[tuple[str, int], list[str]]:
    """Rights for off-take beside the firm one."""
    found: dict[tuple[str, int], list[str]] = {}
    for name, direction, label, year in sets["granted_right"]:
        if direction == "offtake":
            found.setdefault((name, year), []).append(label)
    return found


@index_set(dims=("direction",))
def tariffed_direction(case: Case) -> list[str]:
    """The direction that pays tariffs."""
    return ["offtake"]


@parameter(over=("connection_year",), unit="EUR/MW/year", minimum=0)
def right_tariff(case: Case, sets: SetValues) -> list[float]:
    """Tariff per MW of firm off-take."""
    return [1000.0 * number(case.rights.connections, name, "tariff_contract") for name, _ in sets["connection_year"]]


@parameter(over=("connection_year",), unit="EUR/MW/month", minimum=0)
def right_tariff_peak(case: Case, sets: SetValues) -> list[float]:
    """Tariff per MW of the peak of a month's off-take."""
    return [1000.0 * number(case.rights.connections, name, "tariff_peak") for name, _ in sets["connection_year"]]


@parameter(over=("right_way",), unit="1", minimum=0)
def right_tariff_factor(case: Case, sets: SetValues) -> list[float]:
    """Price of a right per price of firm power: zero for rights in 85 % of the hours."""
    return [number(case.rights.offers, key[:3], "contract_factor") for key in sets["right_way"]]


@parameter(over=("compensated_right",), unit="EUR/MW/year", minimum=0)
def availability_payment(case: Case, sets: SetValues) -> list[float]:
    """Paid for a MW under a limiting contract."""
    return [number(case.rights.offers, key[:3], "availability_payment") for key in sets["compensated_right"]]


@parameter(over=("compensated_right",), unit="EUR/MWh", minimum=0)
def call_payment(case: Case, sets: SetValues) -> list[float]:
    """Paid for energy that is called off."""
    return [number(case.rights.offers, key[:3], "call_payment") for key in sets["compensated_right"]]


variable(
    "connection_block_peak",
    over=("paying_connection", "peak_block"),
    unit="MW",
    doc="Highest off-take of a connection in a block of steps.",
)
variable(
    "connection_month_peak",
    over=("paying_connection", "month"),
    unit="MW",
    doc="Highest off-take of a connection in a month.",
)


@constraint(over=("paying_connection", "time"), unit="MW", source="congestion_products.md")
def connection_block_peak_limit(m: Any, i: str, y: int, t: int) -> Any:
    """No hour's off-take is above the peak of its block."""
    return m.connection_exchange[i, y, t] <= m.connection_block_peak[i, y, m.peak_block_of[t]]


@constraint(over=("paying_connection", "peak_block_month"), unit="MW", source="congestion_products.md")
def connection_month_peak_limit(m: Any, i: str, y: int, p: int, k: int) -> Any:
    """A month's peak is no lower than that of any block which stands for a day of it."""
    return m.connection_block_peak[i, y, p] <= m.connection_month_peak[i, y, k]


@cost("connection_tariff", over=("paying_connection",), place="connection", technology="grid_tariff")
def connection_tariff_cost(m: Any, i: str, y: int) -> Any:
    """Contracted off-take at its tariff, rights of other classes at their share of it, and monthly peaks."""
    return m.discount_weight[y] * (
        m.right_tariff[i, y] * sum(m.contract_today[i, d, y] + m.connection_firm[i, d, y] for d in m.tariffed_direction)
        + m.right_tariff[i, y]
        * sum(
            m.right_tariff_factor[i, d, k, y] * m.connection_right[i, d, k, y]
            for d in m.tariffed_direction
            for k in m.tariffed_classes[i, y]
        )
        + m.right_tariff_peak[i, y] * sum(m.connection_month_peak[i, y, k] for k in m.month)
    )


@cost("capacity_limiting", over=("compensation_charged",), place="connection", technology="capacity_limiting")
def compensation_cost(m: Any, i: str, d: str, k: str, y: int) -> Any:
    """Payments for power under a limiting contract, and for energy that is called off."""
    return m.discount_weight[y] * (
        m.availability_payment[i, d, k, y] * m.connection_right[i, d, k, y]
        + m.call_payment[i, d, k, y]
        * sum(m.weight[t] * m.right_called[i, d, b, y, t] for b in m.paid_calls[i, d, k, y] for t in m.time)
    )


@reported(over=("connection_year",), unit="EUR/year", source="congestion_products.md")
def connection_contract_bill(m: Any, i: str, y: int) -> Any:
    """What a connection pays a year for contracted off-take, whoever bears it; monthly peaks come on top."""
    return m.right_tariff[i, y] * sum(
        m.contract_today[i, d, y] + m.connection_firm[i, d, y] for d in m.tariffed_direction
    ) + m.right_tariff[i, y] * sum(
        m.right_tariff_factor[i, d, k, y] * m.connection_right[i, d, k, y]
        for d in m.tariffed_direction
        for k in m.tariffed_classes[i, y]
    )


@reported(over=("compensated_right",), unit="EUR/year", source="congestion_products.md")
def compensation_received(m: Any, i: str, d: str, k: str, y: int) -> Any:
    """What a grid operator pays a connection a year for a limiting contract."""
    return m.availability_payment[i, d, k, y] * m.connection_right[i, d, k, y] + m.call_payment[i, d, k, y] * sum(
        m.weight[t] * m.right_called[i, d, b, y, t] for b in m.paid_calls[i, d, k, y] for t in m.time
    )
