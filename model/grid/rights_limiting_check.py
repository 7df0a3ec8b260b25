"""Checks limiting contracts, what a scenario obliges connections to, and the share of capacity fed in (G3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.cells import value_at
from model.core.checking import Finding, Tally, above, below, electricity, taken
from model.core.registry import check
from model.core.rights_checking import LIMITING, WAYS, firm_rights, held_rights, standing

if TYPE_CHECKING:
    from model.data.case import Case


def technologies_on(case: Case, connection: str) -> dict[str, str]:
    """Assets of a connection and their technologies."""
    members = case.rights.members.reset_index()
    own = members[(members["connection"] == connection) & (members["kind"] == "asset")]["member"]
    return {str(asset): str(case.assets.at[asset, "technology"]) for asset in own}


def asked_share(case: Case, connection: str, shares: dict[str, float]) -> float:
    """The largest share asked of a technology on a connection."""
    return max([shares.get(name, 0.0) for name in technologies_on(case, connection).values()], default=0.0)


@check
def limiting_contracts(case: Case, cube: Any) -> Iterator[Finding]:
    """Calls stay within the contract and its hours; contracts within firm power."""
    part, hours, firm = Tally("called power"), Tally("hours of calls"), Tally("limited firm power")
    weight = np.asarray(case.time.weight, dtype=float)
    for year in case.years:
        for row in standing(case, year):
            for way in WAYS:
                held = [right for right in held_rights(case, cube, row, way, year) if right.kind in LIMITING]
                if held:
                    whole = np.array([sum(right.part for right in held)])
                    firm.look(
                        above(whole, sum(firm_rights(case, cube, row, way, year))), [(row.Index, way)], where=year
                    )
                for right in (right for right in held if right.kind == "call"):
                    called, place = -right.hourly, [(row.Index, way, right.label)]
                    part.look(np.maximum(above(called, right.part), below(called, 0.0))[None], place, where=year)
                    most = float(case.rights.offers.at[(row.Index, way, right.label), "hours_max"]) * right.part
                    hours.look(above(np.array([called @ weight]), most, 1e6), place, where=year)
    for tally in (part, hours, firm):
        yield tally.finding


@check
def obligations(case: Case, cube: Any) -> Iterator[Finding]:
    """Shares of firm power under limiting contracts, and of new rights that are non-firm, are those of the scenario."""
    limited, nonfirm = Tally("share under limiting contracts"), Tally("share of non-firm rights")
    settings = case.scenario.grid.rights
    for year in case.years:
        for row in standing(case, year):
            for way in WAYS:
                today, new = firm_rights(case, cube, row, way, year)
                held = held_rights(case, cube, row, way, year)
                kinds = {right.kind for right in held}
                share = asked_share(case, row.Index, settings.limited_share)
                if share and kinds & set(LIMITING):
                    under = sum(right.part for right in held if right.kind in LIMITING)
                    limited.look(below(np.array([under]), share * (today + new)), [(row.Index, way)], where=year)
                share = asked_share(case, row.Index, settings.nonfirm_share)
                if share and "nonfirm" in kinds:
                    soft = sum(right.part for right in held if right.kind == "nonfirm")
                    everything = new + sum(right.part for right in held if right.kind not in LIMITING)
                    nonfirm.look(below(np.array([soft]), share * everything), [(row.Index, way)], where=year)
    yield limited.finding
    yield nonfirm.finding


@check
def shares_of_feed_in(case: Case, cube: Any) -> Iterator[Finding]:
    """Feed-in is at most the scenario's share of the capacity of a technology, and all of that of others."""
    tally, shares = Tally("share of capacity fed in"), case.scenario.grid.rights.feed_in_share
    members = case.rights.members.reset_index()
    for year in case.years if shares else []:
        for row in standing(case, year):
            assets = technologies_on(case, row.Index)
            if not set(assets.values()) & set(shares):
                continue
            stores = members[(members["connection"] == row.Index) & (members["kind"] == "store")]["member"]
            parts = {str(case.stores.at[store, "discharge_asset"]): 1.0 for store in stores}
            for asset, technology in assets.items():
                gives = value_at(case.flows["coefficient"], (asset, electricity(case), year), 1.0)
                parts[asset] = shares.get(technology, 1.0) * max(gives, 0.0)
            capacity = taken(cube, "capacity", asset=list(parts), year=year)
            fed_in = -taken(cube, "connection_exchange", connection=[row.Index], year=year)[0]
            tally.look(above(fed_in, float(np.array(list(parts.values())) @ capacity))[None], [row.Index], where=year)
    yield tally.finding
