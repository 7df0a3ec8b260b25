"""Heat networks: what is wanted at a node comes through a network that loses heat and grows at a price (H1).

Sources, stores and heat from elsewhere stand on the side of the network; the demand stands behind it.  A share of what
is fed in is lost.  The network's delivery is limited by what is connected today and what is added: a decision with a
cost of pipes and connections, and no more in a year than the table's growth.  Buildings can be heated beside it, by
technologies of the detail `heat_networks` (a heat pump in the house), without loss and without connection; who is
neither connected nor heated so stays cold, at the value of lost load.
Nothing here exists where the scenario leaves `detail.heat_networks` off: demand is then met at the node, without loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number
from model.core.registry import constraint, contributes, cost, index_set, indexed_set, parameter, variable
from model.data.finance import annuity

if TYPE_CHECKING:
    import pandas as pd

    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, str, int]
DETAIL = "heat_networks"


def _table(case: Case) -> pd.DataFrame:
    return case.tables["heat_networks"].set_index(["node", "carrier"])


@index_set(dims=("node", "carrier", "year"))
def heat_network_year(case: Case, sets: SetValues) -> list[Key]:
    """Networks in the years in which somebody wants their heat."""
    table = _table(case)
    return [key for key in sets["demand_node"] if case.scenario.detail.heat_networks and key[:2] in table.index]


@index_set(dims=("node", "carrier", "year"))
def later_heat_network_year(case: Case, sets: SetValues) -> list[Key]:
    """The same in all but the first year."""
    members = sets.positions("heat_network_year")
    before = dict(zip(case.years[1:], case.years[:-1], strict=True))
    return [key for key in members if (*key[:2], before.get(key[2], -1)) in members]


@index_set(dims=("node", "carrier", "year"))
def growing_heat_network_year(case: Case, sets: SetValues) -> list[Key]:
    """Networks that may grow no faster than so much a year."""
    table, rates = _table(case), case.scenario.investment.build_rates
    return [key for key in sets["heat_network_year"] if rates and np.isfinite(number(table, key[:2], "growth_max"))]


@indexed_set(over="node_carrier_year", dims=("node",))
def heat_network_at(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The node itself where a network delivers the heat."""
    return {key: [key[0]] for key in sets["heat_network_year"]}


@indexed_set(over="heat_network_year", dims=("asset",))
def heat_beside_network(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Assets that heat buildings beside the network."""
    beside = set(case.technologies.index[case.technologies["detail"] == DETAIL])
    networks, given = sets.positions("heat_network_year"), case.flows["coefficient"]
    found: dict[Key, list[str]] = {}
    for asset, carrier, year in sets["asset_flow"]:
        key = (str(case.assets.at[asset, "node"]), carrier, year)
        inside = key in networks and case.assets.at[asset, "technology"] in beside
        if inside and float(given[asset, carrier, year]) > 0.0:
            found.setdefault(key, []).append(asset)
    return found


@indexed_set(over="heat_network_year", dims=("year",))
def heat_network_before(case: Case, sets: SetValues) -> dict[Key, list[int]]:
    """The milestone year before, where the network stood then."""
    before = dict(zip(case.years[1:], case.years[:-1], strict=True))
    return {key: [before[key[2]]] for key in sets["later_heat_network_year"]}


def _values(case: Case, sets: SetValues, column: str) -> np.ndarray:
    table = _table(case)
    return np.array([number(table, key[:2], column) for key in sets["heat_network_year"]])


@parameter(over=("heat_network_year",), unit="MW_th/MW_th", minimum=0, source="formulation.md H1")
def heat_network_loss(case: Case, sets: SetValues) -> np.ndarray:
    """Heat lost per unit delivered: loss / (1 − loss), the table's share being of what is fed in."""
    share = _values(case, sets, "loss")
    return share / (1.0 - share)


@parameter(over=("heat_network_year",), unit="MW_th", minimum=0)
def heat_network_existing(case: Case, sets: SetValues) -> np.ndarray:
    """Delivery that can be connected today."""
    return _values(case, sets, "capacity")


@parameter(over=("heat_network_year",), unit="EUR/MW_th/year", minimum=0, source="formulation.md O1")
def heat_network_annuity(case: Case, sets: SetValues) -> np.ndarray:
    """Yearly cost of an added MW_th: annuity of pipes and connections, and fixed operation and maintenance."""
    rate = case.scenario.finance.wacc
    costs, lives = _values(case, sets, "connection_cost"), _values(case, sets, "lifetime")
    yearly = [annuity(price, rate, life) for price, life in zip(costs, lives, strict=True)]
    return np.array(yearly) + _values(case, sets, "fixed_om")


@parameter(over=("growing_heat_network_year",), unit="MW_th", minimum=0, source="formulation.md H1")
def heat_network_growth_max(case: Case, sets: SetValues) -> list[float]:
    """Most that can be connected since the milestone year before, or since the year that the stock describes."""
    table, years = _table(case), case.scenario.years
    start = {year: years[at - 1] if at else min(case.scenario.investment.stock_year, year)
             for at, year in enumerate(years)}  # fmt: skip
    return [
        number(table, key[:2], "growth_max") * max(1, key[2] - start[key[2]])
        for key in sets["growing_heat_network_year"]
    ]


@parameter(over=("heat_network_year", "time"), unit="MW_th", minimum=0)
def heat_network_demand(case: Case, sets: SetValues) -> np.ndarray:
    """Heat wanted behind a network."""
    series = np.asarray(case.demand_series, dtype=float)
    rows = {key: row for row, key in enumerate(case.demand.index)}
    return np.array([series[rows[key]] for key in sets["heat_network_year"]]).reshape(-1, case.time.count)


variable(
    "heat_network_load",
    over=("heat_network_year", "time"),
    unit="MW_th",
    doc="Heat that a network delivers: demand less what is heated beside it and what is not connected.",
)
variable(
    "heat_unconnected",
    over=("heat_network_year", "time"),
    unit="MW_th",
    upper="heat_network_demand",
    doc="Heat wanted by who is neither connected nor heated beside the network, at the value of lost load.",
)
variable(
    "heat_network_added",
    over=("heat_network_year",),
    unit="MW_th",
    doc="Delivery added to a network and standing in a year.",
    investment=True,
)


@constraint(over=("heat_network_year", "time"), unit="MW_th", source="formulation.md H1", dual_unit="EUR/MWh")
def heat_network_delivery(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """What is wanted comes through the network or from beside it, or is not connected."""
    return m.heat_network_load[n, c, y, t] == m.demand[n, c, y, t] - m.heat_unconnected[n, c, y, t] - sum(
        m.flow_coefficient[a, c, y] * m.profile_value[m.flow_profile[a, c, y], t] * m.activity[a, y, t]
        for a in m.heat_beside_network[n, c, y]
    )


@constraint(over=("heat_network_year", "time"), unit="MW_th", source="formulation.md H1")
def heat_network_limit(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """A network delivers no more than is connected.  Dual: the worth of one more MW_th in that hour."""
    return m.heat_network_load[n, c, y, t] <= m.heat_network_existing[n, c, y] + m.heat_network_added[n, c, y]


@constraint(over=("later_heat_network_year",), unit="MW_th")
def heat_network_stays(m: Any, n: str, c: str, y: int) -> Any:
    """What has been connected stays."""
    return m.heat_network_added[n, c, y] >= m.heat_network_added[n, c, m.previous_year[y]]


@constraint(over=("growing_heat_network_year",), unit="MW_th", source="formulation.md H1")
def heat_network_growth(m: Any, n: str, c: str, y: int) -> Any:
    """No more is connected from one milestone year to the next than networks can grow."""
    return (
        m.heat_network_added[n, c, y] - sum(m.heat_network_added[n, c, v] for v in m.heat_network_before[n, c, y])
        <= m.heat_network_growth_max[n, c, y]
    )


@contributes("carrier_balance", source="formulation.md H1")
def heat_network_lost(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Heat lost on the way to who uses it, and heat that nobody brings to who is not connected."""
    return sum(
        m.heat_unconnected[i, c, y, t] - m.heat_network_loss[i, c, y] * m.heat_network_load[i, c, y, t]
        for i in m.heat_network_at[n, c, y]
    )


@cost("unserved", over=("heat_network_year",), place="node", technology="unserved")
def heat_unconnected_cost(m: Any, n: str, c: str, y: int) -> Any:
    """Heat of who is not connected, at the value of lost load."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.value_of_lost_load[n, c, y] * m.heat_unconnected[n, c, y, t]
        for t in m.time
    )


@cost("heat_network", over=("heat_network_year",), place="node", technology="heat_network")
def heat_network_cost(m: Any, n: str, c: str, y: int) -> Any:
    """Pipes and connections that are added, in every year in which they stand."""
    return m.discount_weight[y] * m.heat_network_annuity[n, c, y] * m.heat_network_added[n, c, y]
