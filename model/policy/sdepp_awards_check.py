"""Checks SDE++ awards: claims found anew against ceiling, hekjes and caps, builds against the awards realised (S2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import RELATIVE_TOLERANCE, SMALLEST_SUM, Finding, Tally, above, apart, below, taken
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


def awarded(case: Case, cube: Any) -> Any:
    """Offers with what was awarded of each, and its claim in EUR: (amount - floor) x production over the term."""
    assert case.sdepp is not None
    offers = case.sdepp.offers.reset_index()
    labels: Any = {name: offers[name].tolist() for name in ("round", "category", "region", "build_year")}
    award = taken(cube, "sdepp_award", **labels)
    return offers.assign(
        award=award, claimed=award * (offers["amount"] - offers["floor"]).clip(lower=0.0) * offers["production"]
    )


def with_award(case: Case, cube: Any) -> Any:
    """What awards may serve, with what was built under each, in units of the award."""
    assert case.sdepp is not None
    table = case.sdepp.supports.reset_index()
    labels: Any = {name: table[name].tolist() for name in ("round", "category", "asset", "build_year")}
    return table.assign(built=taken(cube, "sdepp_built", **labels))


HELD_TOLERANCE = 1e-3
"""Where capacities are held, dust below 0.1 is taken off each (model/dispatch.py): 1 MW in all may be off."""


@check
def sdepp_budget(case: Case, cube: Any) -> Iterator[Finding]:
    """Claims, and reserves that their domains ask for, stay within the ceiling; pots hold both."""
    if case.sdepp is None:
        return
    ceiling, pots, offered, caps = (Tally(f"SDE++ {name}") for name in ("ceiling", "pots", "offers", "caps"))
    table = awarded(case, cube)
    for name, of_round in table.groupby("round"):
        total = float(of_round.loc[of_round["hekje"] == "", "claimed"].sum())
        for hekje, row in case.sdepp.reserves.iterrows():
            if hekje[0] != name:
                continue
            domain = of_round[of_round["hekje"] == hekje[1]]
            claims = float(domain["claimed"].sum())
            demand = float(
                ((domain["amount"] - domain["floor"]).clip(lower=0.0) * domain["production"] * domain["offered"]).sum()
            )
            least = max(claims, min(float(row["law"]), demand))
            total += least
            pot = 1e6 * taken(cube, "sdepp_pot", round=[name], hekje=[hekje[1]])
            pots.look(below(pot, np.array([least]), SMALLEST_SUM), [hekje])
        limit = float(case.sdepp.rounds.at[name, "ceiling"])
        ceiling.look(above(np.array([total]), limit, SMALLEST_SUM), [name])
    labels = list(zip(table["round"], table["category"], table["region"], strict=True))
    offered.look(above(table["award"].to_numpy(), table["offered"].to_numpy()), labels)
    offered.look(below(table["award"].to_numpy(), 0.0), labels)
    if case.scenario.sdepp.whole_projects:
        projects = table["award"].to_numpy() / table["project_size"].to_numpy()
        offered.look(apart(projects, np.round(projects)), labels)
    used = table.set_index(["round", "category", "region"])["award"]
    for cap, rows in case.sdepp.caps.groupby(level=["round", "cap"]):
        keys = [(key[0], key[2], key[3]) for key in rows.index]
        amount = float((rows["use"].to_numpy() * used.reindex(keys).to_numpy()).sum())
        caps.look(above(np.array([amount]), float(rows["limit"].iloc[0])), [cap])
    for tally in (ceiling, pots, offered, caps):
        yield tally.finding


@check
def sdepp_builds(case: Case, cube: Any) -> Iterator[Finding]:
    """What is built with awards is no more than is realised of them; what needs an award is built with one."""
    if case.sdepp is None:
        return
    close = HELD_TOLERANCE if case.scenario.dispatch.holds else RELATIVE_TOLERANCE
    realised, needed = Tally("SDE++ awards realised", close), Tally("SDE++ built with an award", close)
    table, awards = with_award(case, cube), awarded(case, cube).set_index(["round", "category", "region"])
    built = table.groupby(["round", "category", "region"])["built"].sum()
    most = (awards["award"] * awards["realised_share"]).reindex(built.index).fillna(0.0)
    realised.look(above(built.to_numpy(), most.to_numpy()), list(built.index))
    realised.look(below(table["built"].to_numpy(), 0.0), table["asset"].tolist())
    yield realised.finding
    sums = (table["built"] * table["capacity_per_award"]).groupby([table["asset"], table["build_year"]]).sum()
    keys = sorted({*sums.index, *case.sdepp.needing})
    capacity = taken(cube, "built", asset=[key[0] for key in keys], build_year=[key[1] for key in keys])
    under = sums.reindex(keys).fillna(0.0).to_numpy()
    needing = np.isin(np.arange(len(keys)), [keys.index(key) for key in case.sdepp.needing])
    needed.look(np.where(needing, apart(capacity, under), above(under, capacity)), keys)
    yield needed.finding
