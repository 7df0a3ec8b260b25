"""Cost curves of devices that bend upwards, as the highest of straight pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.registry import constraint, cost, index_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


@index_set(dims=("device", "piece", "year"))
def cost_piece(case: Case) -> list[tuple[str, str, int]]:
    """Pieces of cost curves."""
    return [(str(device), str(piece), year) for device, piece in case.given.device_costs.index for year in case.years]


@index_set(dims=("device", "year"))
def curved_device_year(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Devices with a cost curve."""
    return {(device, year) for device, _, year in sets["cost_piece"]}


def _column(case: Case, sets: SetValues, name: str) -> list[float]:
    values = case.given.device_costs[name]
    return [float(values[device, piece]) for device, piece, _ in sets["cost_piece"]]


@parameter(over=("cost_piece",), unit="EUR/MWh", sign="positive: a cost; negative: an income")
def cost_slope(case: Case, sets: SetValues) -> list[float]:
    """Cost of one more MW for an hour on a piece."""
    return _column(case, sets, "slope")


@parameter(over=("cost_piece",), unit="EUR/h", sign="positive: a cost; negative: an income")
def cost_intercept(case: Case, sets: SetValues) -> list[float]:
    """Cost of an hour on a piece, drawn out to no activity."""
    return _column(case, sets, "intercept")


variable(
    "device_curve_cost",
    over=("curved_device_year", "time"),
    unit="EUR/h",
    lower=float("-inf"),
    doc="Cost of a device with a cost curve in an hour.",
    sign="positive: a cost; negative: an income",
)


@constraint(over=("cost_piece", "time"), unit="EUR/h", dual_unit="1")
def device_cost_piece(m: Any, d: str, s: str, y: int, t: int) -> Any:
    """The cost of an hour is at least that of every piece."""
    return (
        m.device_curve_cost[d, y, t] >= m.cost_slope[d, s, y] * m.device_activity[d, y, t] + (m.cost_intercept[d, s, y])
    )


@cost("variable_om", over=("curved_device_year",), place="device")
def device_curve_payment(m: Any, d: str, y: int) -> Any:
    """What a device with a cost curve does."""
    return sum(m.discount_weight[y] * m.weight[t] * m.device_curve_cost[d, y, t] for t in m.time)
