"""SDE++ payments as fixed rates from given prices: income of sites in the private ledger (formulation S5, B4).

Where they enter: with `sites.objective: private` what sites produce under an award earns its rate, up to the hours that
count, in the objective (item `site_sdepp`), as their tariffs and taxes do.  Where they do not: in the social view, and
for whoever is not a site, a payment moves money from the State to the producer and is no cost; what a year of full
hours would be paid is reported.  Rates rest on the price scenario of the scheme, never on prices of the program, so the
program stays linear; corrections that follow its prices are mode `equilibrium`.  Banking, advances, settlement,
negative hours, own use and excess profit are `model.sdepp.payments`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.cells import number, text
from model.core.registry import constraint, cost, index_set, indexed_set, parameter, reported, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Term = tuple[str, str, str, int, int]
THOUSAND = 1000.0


@index_set(dims=("round", "category", "asset", "build_year", "year"))
def sdepp_term_year(case: Case, sets: SetValues) -> list[Term]:
    """Builds with an award in the years of their term."""
    if case.sdepp is None:
        return []
    builds = case.sdepp.supports["build_year"]
    return [(r, k, a, int(builds[r, k, a]), int(year)) for r, k, a, year in case.sdepp.terms.index]


@index_set(dims=("round", "category", "asset", "build_year", "year"))
def sdepp_earning_year(case: Case, sets: SetValues) -> list[Term]:
    """The same at sites, where the private ledger counts."""
    if case.scenario.sites.objective != "private":
        return []
    return [key for key in sets["sdepp_term_year"] if text(case.assets, key[2], "node") in case.sites.index]


@index_set(dims=("asset", "year"))
def sdepp_earner_year(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Assets that earn."""
    return {(asset, year) for _, _, asset, _, year in sets["sdepp_earning_year"]}


@indexed_set(over="sdepp_earner_year", dims=("round", "category", "build_year"))
def sdepp_earning_parts(case: Case, sets: SetValues) -> dict[tuple[str, int], list[tuple[str, str, int]]]:
    """Awards under which an asset earns."""
    found: dict[tuple[str, int], list[tuple[str, str, int]]] = {}
    for name, category, asset, build, year in sets["sdepp_earning_year"]:
        found.setdefault((asset, year), []).append((name, category, build))
    return found


def _term(case: Case, key: Term, name: str) -> float:
    assert case.sdepp is not None
    return number(case.sdepp.terms, (*key[:3], key[4]), name)


@parameter(over=("sdepp_term_year",), unit="1000 h", minimum=0, source="sdepp/rules.md section 5")
def sdepp_paid_hours(case: Case, sets: SetValues) -> list[float]:
    """Hours that are paid in a year: full-load hours, of boilers those that count, times the part of it in the term."""
    return [_term(case, key, "hours") / THOUSAND for key in sets["sdepp_term_year"]]


@parameter(over=("sdepp_term_year",), unit="EUR/output unit", minimum=0, source="formulation.md S5")
def sdepp_payment_rate(case: Case, sets: SetValues) -> list[float]:
    """Payment: amount less the larger of price and floor, less guarantees of origin, emission trading and other."""
    return [_term(case, key, "rate") * THOUSAND for key in sets["sdepp_term_year"]]


@parameter(over=("sdepp_earning_year",), unit="output unit/GWh", minimum=0)
def sdepp_paid_per_activity(case: Case, sets: SetValues) -> list[float]:
    """Output that is paid per unit of activity."""
    return [_term(case, key, "paid_per_activity") for key in sets["sdepp_earning_year"]]


variable(
    "sdepp_subsidised",
    over=("sdepp_earning_year",),
    unit="output unit",
    doc="Output of a year that is subsidised.",
)


@constraint(over=("sdepp_earning_year",), unit="output unit", source="formulation.md S2")
def sdepp_subsidised_hours(m: Any, r: str, k: str, a: str, v: int, y: int) -> Any:
    """No more is subsidised than the hours that count times what is built with the award."""
    return m.sdepp_subsidised[r, k, a, v, y] <= m.sdepp_paid_hours[r, k, a, v, y] * m.sdepp_built[r, k, a, v]


@constraint(over=("sdepp_earner_year",), unit="GWh", source="formulation.md S2")
def sdepp_subsidised_output(m: Any, a: str, y: int) -> Any:
    """No more is subsidised than is produced."""
    return sum(
        m.sdepp_subsidised[r, k, a, v, y] / m.sdepp_paid_per_activity[r, k, a, v, y]
        for r, k, v in m.sdepp_earning_parts[a, y]
    ) <= sum(m.weight[t] / 1000 * m.activity[a, y, t] for t in m.time)


@cost("site_sdepp", over=("sdepp_earning_year",), place="asset", source="formulation.md S5, B4")
def site_sdepp_income(m: Any, r: str, k: str, a: str, v: int, y: int) -> Any:
    """SDE++ payments to a site, a cost of the State."""
    return -(m.discount_weight[y] * m.sdepp_payment_rate[r, k, a, v, y] * m.sdepp_subsidised[r, k, a, v, y])


@reported(over=("sdepp_term_year",), unit="EUR/year", source="formulation.md S5")
def sdepp_payment_at_full_hours(m: Any, r: str, k: str, a: str, v: int, y: int) -> Any:
    """What is paid in a year of full hours at the given prices; a transfer, in no objective."""
    return m.sdepp_payment_rate[r, k, a, v, y] * m.sdepp_paid_hours[r, k, a, v, y] * m.sdepp_built[r, k, a, v]
