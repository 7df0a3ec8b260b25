"""Checks the SDE++ ledgers: claims and reserves by domain, and what awards would be paid, award by award (S2, S5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, apart, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case

ONE_MILLION = 1e6
SMALLEST_LEDGER = 1e3
"""Million EUR below which no sum counts when a difference is set against it: 0.001 million EUR may be off."""
SMALLEST_OUTPUT = 1e3
"""The same for output, GWh or kt."""


@check
def sdepp_ledgers_found_anew(case: Case, cube: Any) -> Iterator[Finding]:
    """Each domain's claims are those of its awards; payments are rate times output, and output within the hours."""
    if case.sdepp is None or "sdepp_domain_claims" not in cube["ledgers"]:
        return
    claims, paid = Tally("SDE++ claims by domain"), Tally("SDE++ payments")
    found: dict[tuple[str, str], list[float]] = {}
    for (name, category, region), row in case.sdepp.offers.iterrows():
        at: Any = {"round": [name], "category": [category], "region": [region], "build_year": [int(row["build_year"])]}
        rate = max(0.0, row["amount"] - row["floor"]) * row["production"] / ONE_MILLION
        sums = found.setdefault((name, row["hekje"] or "none"), [0.0, 0.0, 0.0])
        sums[0] += rate * float(taken(cube, "sdepp_award", **at)[0])
        sums[1] += rate * row["offered"]
        here = case.sdepp.supports.query("round == @name and category == @category and region == @region")
        of_awards = taken(
            cube, "sdepp_built", round=name, category=category, build_year=[int(row["build_year"])] * len(here),
            asset=list(here.index.get_level_values("asset")),
        )  # fmt: skip
        sums[2] += rate * float(of_awards.sum()) / row["realised_share"]
    for (name, domain), (asked_for, demand, built) in found.items():
        law = float(case.sdepp.reserves["law"].get((name, domain), 0.0)) / ONE_MILLION
        figures = {"claims": asked_for, "built": built, "demand": demand, "reserve": min(law, demand)}
        for ledger, value in figures.items():
            held = taken(cube, f"sdepp_domain_{ledger}", "ledgers", round=[name], hekje=[domain])
            claims.look(apart(held, value, smallest=SMALLEST_LEDGER), [(name, domain, ledger)])
    yield claims.finding
    for key, yearly in payments_by_place(case, cube).items():
        labels: Any = dict(zip(("round", "category", "node", "year"), ([label] for label in key), strict=True))
        for ledger, value, smallest in zip(
            ("sdepp_output", "sdepp_payment"), yearly, (SMALLEST_OUTPUT, SMALLEST_LEDGER), strict=True
        ):
            paid.look(apart(taken(cube, ledger, "ledgers", **labels), value, smallest=smallest), [(ledger, *key)])
    yield paid.finding


def payments_by_place(case: Case, cube: Any) -> dict[Any, np.ndarray]:
    """Output (GWh or kt) and payment (million EUR) by round, category, node and year, one award after another."""
    assert case.sdepp is not None
    weight = np.asarray(case.time.weight, dtype=float)
    found: dict[Any, np.ndarray] = {}
    places: Any = case.assets
    for (name, category, asset, year), term in case.sdepp.terms.iterrows():
        support = case.sdepp.supports.loc[(name, category, asset)]
        at: Any = {
            "round": [name],
            "category": [category],
            "asset": [asset],
            "build_year": [int(support["build_year"])],
        }
        built, node = float(taken(cube, "sdepp_built", **at)[0]), str(places.at[asset, "node"])
        if case.scenario.sites.objective == "private" and node in case.sites.index:
            output = 1e3 * float(taken(cube, "sdepp_subsidised", **at, year=[year])[0])
        else:
            made = float(taken(cube, "activity", asset=[asset], year=year)[0] @ weight)
            stands = float(taken(cube, "capacity", asset=[asset], year=year)[0])
            own = built * support["capacity_per_award"] * made / stands if stands > 0.0 else 0.0
            output = min(built * term["hours"], own * term["paid_per_activity"])
        key = (name, category, node, year)
        found.setdefault(key, np.zeros(2))
        found[key] += np.array([output / 1e3, output * term["rate"] / ONE_MILLION])
    return found
