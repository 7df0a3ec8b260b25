"""The private ledger of sites in the objective: energy tax, own cost of capital, subsidies (formulation B4).

Fixed rates times quantities, so the program stays linear; grid tariffs are in contracts.py.  Energy is settled by the
balance, at its dual, never as price times flow: every site is a price taker, and the solution is their equilibrium.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import number, text
from model.core.registry import constraint, cost, index_set, parameter, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case


def _private(case: Case) -> bool:
    return case.scenario.sites.objective == "private"


@index_set(dims=("node", "year"))
def taxed_site_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Sites that pay energy tax, where the private ledger counts."""
    rates = case.sites["energy_tax"].fillna(0.0)
    return [(site, year) for site, year in sets["site_year"] if _private(case) and rates[site] > 0]


@index_set(dims=("asset", "build_year", "year"))
def private_build_year(case: Case, sets: SetValues) -> list[tuple[str, int, int]]:
    """Vintages at sites in the years in which they are alive, where the private ledger counts."""
    if not _private(case):
        return []
    return [key for key in sets["asset_build_year"] if text(case.assets, key[0], "node") in case.sites.index]


@index_set(dims=("asset", "year"))
def subsidised_asset_year(case: Case, sets: SetValues) -> list[tuple[str, int]]:
    """Assets at sites that receive a subsidy, where the private ledger counts."""
    rates = case.scenario.sites.subsidy if _private(case) else {}
    return [
        key
        for key in sets["running_asset_year"]
        if rates.get(text(case.assets, key[0], "technology"), 0.0) > 0
        and text(case.assets, key[0], "node") in case.sites.index
    ]


@parameter(over=("taxed_site_year",), unit="EUR/MWh", minimum=0, source="smr/coproduction.csv")
def energy_tax_rate(case: Case, sets: SetValues) -> list[float]:
    """Energy tax on import."""
    return [number(case.sites, site, "energy_tax") for site, _ in sets["taxed_site_year"]]


@parameter(
    over=("private_build_year",),
    unit="EUR/capacity unit/year",
    sign="positive: the site borrows at more than the project rate; negative: at less",
    source="formulation.md B4",
)
def own_capital_margin(case: Case, sets: SetValues) -> list[float]:
    """Annuity at the site's own cost of capital less that at the rate of the social ledger (O1)."""
    return [capital_margin(case, asset, build) for asset, build, _ in sets["private_build_year"]]


def capital_margin(case: Case, asset: str, build: int) -> float:
    """Yearly payment per unit at the site's own rate less that at the project rate, on the same investment."""
    option = {name: number(case.build_options, (asset, build), name) for name in ("investment", "wacc", "lifetime")}
    own = number(case.sites, text(case.assets, asset, "node"), "wacc")
    rate = case.scenario.sites.wacc if np.isnan(own) else own
    return option["investment"] * (_recovery(rate, option["lifetime"]) - _recovery(option["wacc"], option["lifetime"]))


def _recovery(rate: float, life: float) -> float:
    """Yearly payment per unit borrowed (capital recovery factor)."""
    return rate / (1.0 - (1.0 + rate) ** -life) if rate else 1.0 / life


@parameter(over=("subsidised_asset_year",), unit="EUR/MWh", minimum=0)
def subsidy_rate(case: Case, sets: SetValues) -> list[float]:
    """Subsidy per unit of activity."""
    rates = case.scenario.sites.subsidy
    return [rates[text(case.assets, asset, "technology")] for asset, _ in sets["subsidised_asset_year"]]


variable("site_taxed_import", over=("taxed_site_year", "time"), unit="MW", doc="Import of a site that pays energy tax.")


@constraint(over=("taxed_site_year", "time"), unit="MW", source="smr/README.md F8")
def taxed_import_limit(m: Any, s: str, y: int, t: int) -> Any:
    """All import is taxed; export is not refunded."""
    return m.site_exchange[s, y, t] <= m.site_taxed_import[s, y, t]


@cost("site_energy_tax", over=("taxed_site_year",), place="node", technology="energy_tax", source="smr/README.md F8")
def site_energy_tax_cost(m: Any, s: str, y: int) -> Any:
    """Energy tax on import, a cost of the site and an income of the State."""
    return sum(
        m.discount_weight[y] * m.weight[t] * m.energy_tax_rate[s, y] * m.site_taxed_import[s, y, t] for t in m.time
    )


@cost("site_capital", over=("private_build_year",), place="asset", source="formulation.md B4")
def site_capital_cost(m: Any, a: str, v: int, y: int) -> Any:
    """What the site's own cost of capital adds to the annuity, an income of its lenders."""
    return m.discount_weight[y] * m.own_capital_margin[a, v, y] * m.built[a, v]


@cost("site_subsidy", over=("subsidised_asset_year",), place="asset", source="formulation.md B4")
def site_subsidy_income(m: Any, a: str, y: int) -> Any:
    """Subsidy per unit of activity, an income of the site and a cost of the State."""
    return -sum(m.discount_weight[y] * m.weight[t] * m.subsidy_rate[a, y] * m.activity[a, y, t] for t in m.time)
