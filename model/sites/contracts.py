"""Industrial sites behind the meter: own balances, contracted import and export, monthly peak (formulation B1, F8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.blocks import block_numbers
from model.core.registry import constraint, contributes, cost, index_map, index_set, indexed_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, int]


@index_set(dims=("node", "year"))
def site_year(case: Case) -> list[Key]:
    """Sites by year."""
    return [(str(node), year) for node in case.sites.index for year in case.years]


@index_set(dims=("node", "year"))
def tariffed_site_year(case: Case, sets: SetValues) -> list[Key]:
    """Sites that weigh grid tariffs against their own supply (by scenario: tariffs or the private ledger count)."""
    return list(sets["site_year"]) if case.scenario.sites.pays_tariffs else []


@index_set(dims=("node", "year"))
def firm_site_year(case: Case, sets: SetValues) -> list[Key]:
    """Sites that pay tariffs and have nothing but a firm contract: it is as high as the highest of their peaks."""
    classed = sets.positions("classed_site_year")
    return [key for key in sets["tariffed_site_year"] if key not in classed]


@index_set(dims=("month",))
def month(case: Case) -> list[int]:
    """Months of the year that any period stands for."""
    return sorted({int(month) for _, month in case.time.step_months})


@index_set(dims=("peak_block",))
def peak_block(case: Case) -> range:
    """Steps of one period that stand for the same months: the period itself, or each month of a full year."""
    return range(int(_blocks(case).max()) + 1)


@index_set(dims=("peak_block", "month"))
def peak_block_month(case: Case) -> set[tuple[int, int]]:
    """Months for which a block stands."""
    blocks = _blocks(case)
    return {(int(blocks[step]), int(month)) for step, month in case.time.step_months}


@index_map(over=("time",), to="peak_block")
def peak_block_of(case: Case) -> np.ndarray:
    """Block to which a step belongs."""
    return _blocks(case)


def _blocks(case: Case) -> np.ndarray:
    """Number of the block of every step, in order of appearance."""
    return block_numbers(case.time.period.tolist(), case.time.step_months)


@indexed_set(over="node_carrier_year", dims=("node",))
def sites_below(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """Sites that are connected to a node."""
    electricity = str(case.carriers.index[case.carriers["kind"] == "electricity"][0])
    parents = case.nodes["parent"]
    found: dict[tuple[str, str, int], list[str]] = {}
    for site, year in sets["site_year"]:
        found.setdefault((str(parents[site]), electricity, year), []).append(site)
    return found


@indexed_set(over="node_carrier_year", dims=("node",))
def site_itself(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[str]]:
    """The site, at its own node."""
    electricity = str(case.carriers.index[case.carriers["kind"] == "electricity"][0])
    return {(site, electricity, year): [site] for site, year in sets["site_year"]}


def _column(case: Case, sets: SetValues, name: str, family: str = "site_year") -> np.ndarray:
    values = case.sites[name]
    return np.array([float(np.nan_to_num(values[site], nan=np.inf)) for site, _ in sets[family]])


@parameter(over=("site_year", "time"), unit="MW", minimum=0)
def site_import_max(case: Case, sets: SetValues) -> np.ndarray:
    """Contracted import and the most by which it can grow; no limit where the scenario switches contracts off."""
    most = _column(case, sets, "contract_import") + _column(case, sets, "contract_growth_max")
    return (most if case.scenario.sites.contracts else np.full_like(most, np.inf))[:, None]


@parameter(
    over=("site_year", "time"),
    unit="MW",
    maximum=0,
    sign="positive: from the region to the site; negative: from the site to the region",
)
def site_export_bound(case: Case, sets: SetValues) -> np.ndarray:
    """Contracted export, below zero; no limit where the scenario switches contracts off."""
    most = _column(case, sets, "contract_export")
    return -(most if case.scenario.sites.contracts else np.full_like(most, np.inf))[:, None]


@parameter(over=("tariffed_site_year",), unit="MW", minimum=0)
def site_contract_max(case: Case, sets: SetValues) -> np.ndarray:
    """Most that a site can contract firmly; nothing where only other classes are open to it."""
    family = "tariffed_site_year"
    most = _column(case, sets, "contract_import", family) + _column(case, sets, "contract_growth_max", family)
    closed = sets.positions("classed_site_year")
    settings = case.scenario.sites
    shut = [key in closed and not _firm_is_open(settings, key[0]) for key in sets[family]]
    return np.where(shut, 0.0, most)


def _firm_is_open(settings: Any, site: str) -> bool:
    return bool(settings.whole_connection.get(site, "firm") == "firm" and "firm" in settings.contract_classes)


@parameter(over=("tariffed_site_year",), unit="EUR/MW/year", minimum=0)
def site_tariff_contract(case: Case, sets: SetValues) -> np.ndarray:
    """Tariff per contracted MW a year."""
    return 1000.0 * _column(case, sets, "tariff_contract", "tariffed_site_year")


@parameter(over=("tariffed_site_year",), unit="EUR/MW/month", minimum=0)
def site_tariff_peak(case: Case, sets: SetValues) -> np.ndarray:
    """Tariff per MW of monthly peak."""
    return 1000.0 * _column(case, sets, "tariff_peak", "tariffed_site_year")


variable(
    "site_exchange",
    over=("site_year", "time"),
    unit="MW",
    lower="site_export_bound",
    upper="site_import_max",
    doc="Power that a site takes from the grid: import, negative for export.",
    sign="positive: from the region to the site; negative: from the site to the region",
)
variable(
    "site_contract",
    over=("tariffed_site_year",),
    unit="MW",
    upper="site_contract_max",
    doc="Contracted import of a site that pays tariffs.",
)
variable(
    "site_block_peak",
    over=("tariffed_site_year", "peak_block"),
    unit="MW",
    doc="Highest import in a block of steps.",
)
variable("site_month_peak", over=("tariffed_site_year", "month"), unit="MW", doc="Highest import in a month.")


@contributes("carrier_balance", source="formulation.md B1")
def site_exchange_above(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """At the node above: a site's exports arrive, its imports leave."""
    return -sum(m.site_exchange[s, y, t] for s in m.sites_below[n, c, y])


@contributes("carrier_balance", source="formulation.md B1")
def site_exchange_inside(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Behind the meter: imports arrive, exports leave."""
    return sum(m.site_exchange[s, y, t] for s in m.site_itself[n, c, y])


@constraint(over=("tariffed_site_year", "time"), unit="MW", source="formulation.md B1")
def site_block_peak_limit(m: Any, s: str, y: int, t: int) -> Any:
    """No hour's import is above the peak of its block, what a class with weekly peaks carries apart."""
    return (
        m.site_exchange[s, y, t] - sum(m.site_reserve_import[s, k, y, t] for k in m.reserve_classes_of[s, y])
        <= m.site_block_peak[s, y, m.peak_block_of[t]]
    )


@constraint(over=("tariffed_site_year", "peak_block_month"), unit="MW", source="formulation.md B1")
def site_month_peak_limit(m: Any, s: str, y: int, p: int, k: int) -> Any:
    """A month's peak is no lower than that of any block which stands for a day of it."""
    return m.site_block_peak[s, y, p] <= m.site_month_peak[s, y, k]


@constraint(over=("firm_site_year", "month"), unit="MW", source="formulation.md B1")
def site_contract_limit(m: Any, s: str, y: int, k: int) -> Any:
    """No month's peak is above the contract."""
    return m.site_month_peak[s, y, k] <= m.site_contract[s, y]


@cost("site_tariff", over=("tariffed_site_year",), place="node", technology="grid_tariff", source="smr/README.md F8")
def site_contract_cost(m: Any, s: str, y: int) -> Any:
    """Contracted power at its tariff."""
    return m.discount_weight[y] * m.site_tariff_contract[s, y] * m.site_contract[s, y]


@cost("site_tariff", over=("tariffed_site_year",), place="node", technology="grid_tariff", source="smr/README.md F8")
def site_peak_cost(m: Any, s: str, y: int) -> Any:
    """Monthly peaks at their tariff."""
    return sum(m.discount_weight[y] * m.site_tariff_peak[s, y] * m.site_month_peak[s, y, k] for k in m.month)
