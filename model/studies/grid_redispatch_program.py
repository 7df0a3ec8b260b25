"""The programs of the study `redispatch`: a market without a grid inside, and its correction within the grid (G5).

Both come out of the matrix of the built scenario.  A *party* is whatever gives electricity to a balance or takes it: an
asset, a store, an interconnector, demand that stays unserved.  A column that stands in the balances of two nodes is no
party but the grid: it carries power from one to the other.

- *Market*: the balances of all nodes of an hour become one, their sum.  What a line carries then cancels out, so no
  limit inside the country binds and there is one price.  Sites stay behind their connections, and neighbours behind
  their interconnectors.  Rows of transport rights (formulation G3) are lifted.  Many outcomes may cost the same (which
  of two equal batteries runs): taken is the one nearest to the nodal optimum, so volumes are the least that are needed.
- *Correction*: the whole program again, and for every party and hour `p = p0 + up - down`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.checking import electricity
from model.engine.assemble import SparseRows
from model.studies.framework.variants import Block, Columns, positions_of, with_block, with_columns

if TYPE_CHECKING:
    from model.engine import Compiled
    from model.job import Built

BALANCE, MARKET = "carrier_balance", "market_balance"
UP, DOWN, POSITION, AREA = "bid_up", "bid_down", "position_after_correction", "area_limit"
KINDS = {
    "plants": "assets that give power: plants, wind, sun",
    "demand": "assets that take power: electrolysers, heat pumps, electric boilers",
    "storage": "stores",
    "neighbours": "trade over interconnectors",
    "unserved": "demand that stays unserved, and power that is spilled",
    "other": "machines that both give and take",
}
"""Kinds of parties."""
HOLDABLE = tuple(kind for kind in KINDS if kind != "unserved")
LIFTED = ("transport_right_limit", "adequacy_of_rights", "site_right_covers_import")
"""Rows of transport rights that a market does not know: what rights allow in an hour, and whether the area has room."""
SMALLEST_CAPACITY = 1e-9


@dataclass(frozen=True)
class Parties:
    """Who gives electricity to balances or takes it.

    Attributes:
        table: one row per party and year: dim (kind of label), name, node, region, year, kind (one of `KINDS`), what
            (technology, zone or store).
        rows: its power in every step as sparse rows, party by party, MW.
        steps: number of steps.
    """

    table: pd.DataFrame
    rows: SparseRows = field(repr=False)
    steps: int

    def power(self, columns: np.ndarray) -> np.ndarray:
        """Power given (positive) or taken (negative) at a solution, MW over (party, step)."""
        return self.rows.times(columns).reshape(len(self.table), self.steps)


@dataclass(frozen=True)
class Balances:
    """The electricity balances of a program: place among the balances, node and year of each."""

    keys: tuple[tuple[int, str, int], ...]
    start: int
    steps: int

    def rows(self, key: int) -> slice:
        """Rows of a balance."""
        return slice(self.start + key * self.steps, self.start + (key + 1) * self.steps)


@dataclass(frozen=True)
class Entries:
    """Entries of electricity balances: column, place of the balance among `Balances.keys`, step and coefficient."""

    column: np.ndarray
    balance: np.ndarray
    step: np.ndarray
    value: np.ndarray

    def of(self, chosen: np.ndarray) -> Entries:
        """Some of them."""
        return Entries(self.column[chosen], self.balance[chosen], self.step[chosen], self.value[chosen])


def balances_of(built: Built) -> Balances:
    """The electricity balances of a built scenario."""
    family = next(family for family in built.compiled.rows if family.name == BALANCE)
    members = next(declared.members for declared in built.program.sets if declared.name == family.over[0])
    carrier = electricity(built.case)
    triples: list[Any] = list(members)
    keys = [(number, str(node), int(year)) for number, (node, of, year) in enumerate(triples) if of == carrier]
    return Balances(tuple(keys), family.start, family.shape[-1])


def entries_of(compiled: Compiled, balances: Balances) -> Entries:
    """All entries of the electricity balances."""
    columns, places, steps, values = [], [], [], []
    for place, (key, _, _) in enumerate(balances.keys):
        rows = balances.rows(key)
        part = slice(compiled.pointer[rows.start], compiled.pointer[rows.stop])
        counts = np.diff(compiled.pointer[rows.start : rows.stop + 1])
        columns.append(compiled.indices[part].astype(np.int64))
        values.append(compiled.values[part])
        steps.append(np.repeat(np.arange(balances.steps), counts))
        places.append(np.full(len(columns[-1]), place))
    return Entries(*(np.concatenate([np.zeros(0, np.int64), *parts]) for parts in (columns, places, steps, values)))


def carriers_of_power(entries: Entries, balances: Balances, column_count: int) -> np.ndarray:
    """By column, whether it is the grid: it stands in the balances of two nodes or more."""
    pairs = np.unique(entries.column * len(balances.keys) + entries.balance) // max(len(balances.keys), 1)
    return np.asarray(np.bincount(pairs, minlength=column_count) > 1)


def parties_of(built: Built) -> Parties:
    """Find the parties of a built scenario; those of a held capacity of nothing are left out."""
    compiled, balances = built.compiled, balances_of(built)
    entries = entries_of(compiled, balances)
    entries = entries.of(~carriers_of_power(entries, balances, compiled.column_count)[entries.column])
    families = [family for family in compiled.variables if family.size]
    of_family = np.searchsorted([family.start for family in families], entries.column, side="right") - 1
    widths = np.array([family.shape[-1] if family.over[-1:] == ("time",) else 1 for family in families], dtype=np.int64)
    starts = np.array([family.start for family in families], dtype=np.int64)
    block = (entries.column - starts[of_family]) // widths[of_family]
    owners = np.unique(np.stack([of_family, block, entries.balance], axis=1), axis=0, return_inverse=True)
    found: dict[tuple[Any, ...], int] = {}
    rows: list[dict[str, Any]] = []
    party_of_owner = np.full(len(owners[0]), -1, dtype=np.int64)
    shut = _without_capacity(compiled)
    for number, (family_number, of_block, place) in enumerate(owners[0].tolist()):
        family = families[family_number]
        _, node, year = balances.keys[place]
        dim = built.registry.sets[family.over[0]].dims[0]
        name = str(family.labels(family.start + of_block * int(widths[family_number]))[0])
        if (name, year) in shut:
            continue
        key = (place, dim, name)
        if key not in found:
            found[key] = len(rows)
            region = str(built.case.nodes["region"].get(node, ""))
            rows.append({"dim": dim, "name": name, "node": node, "region": region, "year": year})
        party_of_owner[number] = found[key]
    party = party_of_owner[owners[1].ravel()]
    kept = party >= 0
    entries, party = entries.of(kept), party[kept]
    table = pd.DataFrame(rows, columns=["dim", "name", "node", "region", "year"])
    table["kind"], table["what"] = _kinds(built, table, entries, party)
    order = np.lexsort((entries.column, entries.step, party))
    counts = np.bincount(party * balances.steps + entries.step, minlength=len(table) * balances.steps)
    pointer = np.concatenate([[0], np.cumsum(counts)])
    return Parties(table, SparseRows(pointer, entries.column[order], entries.value[order]), balances.steps)


def _without_capacity(compiled: Compiled) -> set[tuple[str, int]]:
    """Assets, by year, whose capacity is held at nothing."""
    family = next((family for family in compiled.variables if family.name == "capacity"), None)
    if family is None:
        return set()
    upper = compiled.column_upper[family.slice]
    labels = (family.labels(family.start + int(number)) for number in np.flatnonzero(upper <= SMALLEST_CAPACITY))
    return {(str(asset), int(year)) for asset, year in labels}


def _kinds(built: Built, table: pd.DataFrame, entries: Entries, party: np.ndarray) -> tuple[list[str], list[str]]:
    """Kind of each party, and its technology, zone or store."""
    case = built.case
    gives = np.bincount(party, weights=entries.value > 0, minlength=len(table)) > 0
    takes = np.bincount(party, weights=entries.value < 0, minlength=len(table)) > 0
    technologies: dict[Any, Any] = case.assets["technology"].to_dict()
    crossing = case.interconnectors.reset_index()
    zones = dict(zip(crossing["interconnector"].map(str), crossing["zone"].map(str), strict=True))
    stores: dict[Any, Any] = case.stores["store"].to_dict() if "store" in case.stores else {}
    plain = {"interconnector": "neighbours", "store": "storage", "node": "unserved"}
    kinds, whats = [], []
    for number, (dim, name) in enumerate(zip(table["dim"], table["name"], strict=True)):
        by_sign = "other" if gives[number] and takes[number] else "plants" if gives[number] else "demand"
        kinds.append(plain.get(dim, by_sign))
        known: dict[Any, Any] = {"asset": technologies, "interconnector": zones, "store": stores}.get(dim, {})
        whats.append(str(known.get(name, name if dim != "node" else "unserved")))
    return kinds, whats


def market_program(built: Built, parties: Parties, nodal: np.ndarray, ties: float) -> Compiled:
    """The scenario without limits inside the country: one balance of electricity for all its nodes but sites.

    Args:
        built: the scenario, capacities held.
        parties: its parties.
        nodal: columns of the nodal optimum.
        ties: EUR/MWh that a party asks for each MWh away from its position there; small, as it only settles ties.
    """
    price = _hourly_price(built, parties, ties)
    return _with_positions(_without_grid(built), parties, nodal, price, np.full(len(price), np.inf))


def _without_grid(built: Built) -> Compiled:
    compiled, balances = built.compiled, balances_of(built)
    inside = np.array([built.case.nodes["kind"].get(node) != "site" for _, node, _ in balances.keys], dtype=bool)
    years = sorted({year for _, _, year in balances.keys})
    entries = entries_of(compiled, balances)
    entries = entries.of(inside[entries.balance])
    year_of = np.array([years.index(year) for _, _, year in balances.keys], dtype=np.int64)
    row = year_of[entries.balance] * balances.steps + entries.step
    cells, place = np.unique(row * compiled.column_count + entries.column, return_inverse=True)
    values = np.bincount(place.ravel(), weights=entries.value, minlength=len(cells))
    kept = np.abs(values) > 1e-12
    rows, columns = np.divmod(cells[kept], compiled.column_count)
    count = len(years) * balances.steps
    limit = np.zeros(count)
    lower, upper = compiled.row_lower.copy(), compiled.row_upper.copy()
    for place_, (key, _, year) in enumerate(balances.keys):
        if inside[place_]:
            of = balances.rows(key)
            begin = years.index(year) * balances.steps
            limit[begin : begin + balances.steps] += lower[of]
            lower[of], upper[of] = -np.inf, np.inf
    for family in compiled.rows:
        if family.name in LIFTED:
            lower[family.slice], upper[family.slice] = -np.inf, np.inf
    pointer = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count))])
    lifted = replace(compiled, row_lower=lower, row_upper=upper)
    return with_block(lifted, Block(MARKET, pointer, columns, values[kept], limit, limit))


def correction_program(
    built: Built,
    parties: Parties,
    market: np.ndarray,
    spread: float,
    held: Sequence[str] = (),
    areas: Mapping[str, tuple[Sequence[str], str, float]] | None = None,
) -> Compiled:
    """The scenario with all its limits, at least cost from the market's positions: `p = p0 + up - down`.

    Args:
        built: the scenario, capacities held.
        parties: its parties.
        market: columns of the market's solution.
        spread: EUR/MWh between an upward and a downward bid of a party, half on either side of its marginal cost.
        held: kinds of parties that keep their position.
        areas: by name (regions, direction, MW): most that the regional grids of these regions together may feed in to
            transmission, or take from it.
    """
    free = np.repeat(~parties.table["kind"].isin(list(held)).to_numpy(), parties.steps)
    price = _hourly_price(built, parties, 0.5 * spread)
    wide = _with_positions(built.compiled, parties, market, price, np.where(free, np.inf, 0.0))
    return _with_areas(built, wide, areas or {})


def _hourly_price(built: Built, parties: Parties, price: float) -> np.ndarray:
    """A price per MWh (EUR) as cost of a MW of each party in each step, discounted, for all hours of the step."""
    weight = np.asarray(built.case.time.weight, dtype=float)
    discount = built.case.discount_weight.reindex(parties.table["year"]).to_numpy(dtype=float)
    return np.asarray((price * discount[:, None] * weight[None, :]).ravel())


def _with_positions(
    compiled: Compiled, parties: Parties, reference: np.ndarray, price: np.ndarray, most: np.ndarray
) -> Compiled:
    """Rows p = p0 + up - down for every party and step, with p0 that of a solution; both moves cost the price."""
    count = len(parties.table) * parties.steps
    nothing = np.zeros(count)
    wide = with_columns(compiled, [Columns(UP, nothing, most, price), Columns(DOWN, nothing, most, price)])
    ups, downs = positions_of(wide, UP), positions_of(wide, DOWN)
    lengths = np.diff(parties.rows.pointer)
    pointer = np.concatenate([[0], np.cumsum(lengths + 2)])
    indices, values = np.empty(pointer[-1], dtype=np.int64), np.empty(pointer[-1])
    own = np.arange(len(parties.rows.indices)) + 2 * np.repeat(np.arange(count), lengths)
    indices[own], values[own] = parties.rows.indices, parties.rows.values
    indices[pointer[1:] - 2], values[pointer[1:] - 2] = ups, -1.0
    indices[pointer[1:] - 1], values[pointer[1:] - 1] = downs, 1.0
    position = parties.rows.times(reference)
    return with_block(wide, Block(POSITION, pointer, indices, values, position, position))


def _with_areas(built: Built, wide: Compiled, areas: Mapping[str, tuple[Sequence[str], str, float]]) -> Compiled:
    """Add the limits of areas: the sum of the exchange of their regions with transmission, in every hour."""
    family = next((family for family in wide.variables if family.name == "hosting_exchange"), None)
    steps = family.shape[-1] if family is not None and family.size else 0
    for name, (regions, direction, limit) in areas.items():
        assert family is not None
        years = built.case.years
        starts = [
            [family.start + block * steps for block in range(family.size // steps)
             if family.labels(family.start + block * steps)[:2] == (region, year)]
            for year in years for region in regions
        ]  # fmt: skip
        columns = np.array([start for found in starts for start in found], dtype=np.int64).reshape(len(years), -1)
        width = columns.shape[1]
        indices = (columns[:, None, :] + np.arange(steps)[None, :, None]).reshape(-1)
        count = len(years) * steps
        sign = 1.0 if direction == "feed_in" else -1.0
        wide = with_block(
            wide,
            Block(
                f"{AREA} {name}",
                np.arange(count + 1) * width,
                indices,
                np.full(len(indices), sign),
                np.full(count, -np.inf),
                np.full(count, limit),
            ),
        )
    return wide
