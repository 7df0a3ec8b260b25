"""Queue view: requests for transport rights against the headroom of the grid, year by year.

Headroom of an area in an hour is its hosting limit (with the reinforcement of a run) less what passes it: in a run its
exchange, otherwise the load, or wind and sun of today less the load.  A right that is given stays, so it must fit in
its year and in every later one.

- firm: in every hour; block and window: in the hours in which it holds; duration: in all but 15 % of the hours; call:
  in all but the hours of calls; nonfirm: nothing is guaranteed, it takes what is left and fills nothing.
- Order: first come, or the priority framework (congestion softeners, safety, basic needs, others; within a class first
  come).  Whoever waits in an area and direction is not overtaken, unless that is asked for; non-firm rights pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.rights import area_limits, highest_hours, hours_of_block, load_of, nodes_of_areas, weather_power
from model.studies.queue_requests import PRIORITIES, Request

if TYPE_CHECKING:
    import xarray as xr

    from model.data import Case

Area = tuple[str, str, int]
TOLERANCE = 1e-6
ALTERNATIVES = ("nonfirm", "duration", "block", "window", "call")
"""Kinds of rights that are tried where the one asked for does not fit at once."""


@dataclass(frozen=True)
class Decision:
    """What comes of a request.

    Attributes:
        request: the request.
        place: its place in the order, from one.
        year: first year in which it fits; None: in none.
        usable: share of the power that can be used in that year (of the first year where it waits).
        alternatives: other rights under which it fits in its first year.
        reason: why it gets its right then, or why it waits.
    """

    request: Request
    place: int
    year: int | None
    usable: float
    alternatives: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Queue:
    """What the view found.

    Attributes:
        case: the energy system.
        decisions: in the order in which they were taken.
        headroom: index (area, direction, year); limit, least headroom before and after (MW).
        order: first_come or priority.
        origin: where use comes from, in words.
    """

    case: Case
    decisions: list[Decision]
    headroom: pd.DataFrame
    order: str
    origin: str
    overtaking: bool = False
    warnings: tuple[str, ...] = field(default=())


def queue_view(
    case: Case,
    requests: Sequence[Request],
    cube: xr.DataTree | None = None,
    order: str = "first_come",
    overtaking: bool = False,
) -> Queue:
    """Serve requests in their order.

    Args:
        case: the energy system, with hosting limits.
        requests: what is asked for.
        cube: results of a run of the case, whose exchange and reinforcement count; None: loads and weather of the case.
        order: `first_come` or `priority`.
        overtaking: whether a request that fits may pass one that waits before it.
    """
    spare, limits = spare_power(case, cube)
    before = {key: float(values.min()) for key, values in spare.items()}
    ranked = sorted(requests, key=lambda asked: _rank(asked, order))
    served: dict[str, tuple[int, float, str]] = {}
    for year in case.years:
        waiting: dict[tuple[str, str], str] = {}
        for asked in ranked:
            if asked.label in served or asked.first_year > year:
                continue
            ahead = [waiting[area, asked.direction] for area in asked.above if (area, asked.direction) in waiting]
            if ahead and asked.kind != "nonfirm" and not overtaking:
                continue
            if fits(case, spare, asked, asked.right, year):
                usable = _usable(case, spare, asked, asked.right, year)
                take(case, spare, asked, year)
                served[asked.label] = (year, usable, _granted(asked, case, year))
            elif asked.kind != "nonfirm":
                for area in asked.above:
                    waiting.setdefault((area, asked.direction), asked.label)
    final, _ = spare_power(case, cube)
    decisions = []
    for place, asked in enumerate(ranked, start=1):
        year = max(asked.first_year, case.years[0])
        first = min((found for found in case.years if found >= year), default=case.years[-1])
        if asked.label in served:
            when, usable, reason = served[asked.label]
            others = () if when == first else _alternatives(case, spare, asked, first)
            decisions.append(Decision(asked, place, when, usable, others, reason))
        else:
            others = _alternatives(case, spare, asked, first)
            usable = _usable(case, final, asked, asked.right, first)
            decisions.append(Decision(asked, place, None, usable, others, _refused(case, spare, asked, ranked, served)))
    rows = {key: (limits[key], before[key], float(spare[key].min())) for key in sorted(spare)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["limit", "before", "after"])
    table.index = pd.MultiIndex.from_tuples(table.index, names=["area", "direction", "year"])
    return Queue(case, decisions, table, order, _origin(cube), overtaking)


def spare_power(case: Case, cube: xr.DataTree | None) -> tuple[dict[Area, np.ndarray], dict[Area, float]]:
    """Power that areas have left by hour, and their limits with reinforcement, MW, by area, direction and year."""
    nodes, found, limits = nodes_of_areas(case), dict[Area, np.ndarray](), dict[Area, float]()
    for (area, way, year), limit in area_limits(case).items():
        if cube is None:
            load = load_of(case, nodes.get(area, set()), year)
            net = load if way == "offtake" else weather_power(case, nodes.get(area, set()), year) - load
        else:
            region = area in set(case.nodes["region"])
            exchange, built, dim = (
                ("hosting_exchange", "hosting_built", "region")
                if region
                else ("substation_exchange", "substation_built", "node")
            )
            up = _of(cube, exchange, **{dim: area, "year": year})
            net = -up if way == "offtake" else up
            limit += sum(
                float(_of(cube, built, **{dim: area, "direction": d, "year": year}).sum()) for d in (way, "both")
            )
        limits[area, way, year] = limit
        found[area, way, year] = limit - net
    return found, limits


def _of(cube: xr.DataTree, name: str, **labels: Any) -> np.ndarray:
    """A result at labels, zero where it has none."""
    array: Any = cube["results"][name]
    for dim, label in labels.items():
        if label not in array[dim].values:
            return np.zeros(array.sizes.get("time", 1))
        array = array.sel({dim: label})
    return np.nan_to_num(array.values)


def fits(case: Case, spare: dict[Area, np.ndarray], asked: Request, right: str, year: int) -> bool:
    """Whether a request fits under a right from a year on, in all areas above its place."""
    return all(
        _fits_once(case, spare[area, asked.direction, of_year], asked, right)
        for area in asked.above
        for of_year in case.years
        if of_year >= year and (area, asked.direction, of_year) in spare
    )


def _fits_once(case: Case, spare: np.ndarray, asked: Request, right: str) -> bool:
    if kind_of(case, right) == "nonfirm":
        return bool((spare > TOLERANCE).any())
    return not (spare < _used(case, spare, asked, right) - TOLERANCE).any()


def _used(case: Case, spare: np.ndarray, asked: Request, right: str) -> np.ndarray:
    """What a request may use by hour: nothing in the fullest hours where its right need not hold in all."""
    used = asked.power * shape_of(case, asked) * held_hours(case, right)
    if kind_of(case, right) not in ("duration", "call"):
        return used
    weight = np.asarray(case.time.weight, dtype=float)
    return used * (1.0 - highest_hours(used - spare, weight, barred_hours(case, right) / weight.sum()))


def take(case: Case, spare: dict[Area, np.ndarray], asked: Request, year: int) -> None:
    """Take a right from a year on: what it may use is no longer spare; non-firm rights take nothing."""
    if asked.kind == "nonfirm":
        return
    for area in asked.above:
        for of_year in case.years:
            key = (area, asked.direction, of_year)
            if of_year >= year and key in spare:
                spare[key] = spare[key] - _used(case, spare[key], asked, asked.right)


def kind_of(case: Case, right: str) -> str:
    """How a right works."""
    return "firm" if right == "firm" else str(_class(case, right)["kind"])


def _class(case: Case, right: str) -> Any:
    table = case.tables["contract_classes"]
    return table[table["contract_class"] == right].iloc[0]


def held_hours(case: Case, right: str) -> np.ndarray:
    """One in the hours in which a right holds by the clock."""
    kind = kind_of(case, right)
    if kind not in ("block", "window"):
        return np.ones(case.time.count)
    row = _class(case, right)
    inside = hours_of_block(case, float(row["block_start"]), float(row["block_end"]))
    return inside if kind == "block" else 1.0 - inside


def barred_hours(case: Case, right: str) -> float:
    """Hours a year in which a right need not hold."""
    row = _class(case, right)
    if row["kind"] == "call":
        return float(row["hours_max"])
    return float(row["restricted_share"]) * float(np.asarray(case.time.weight, dtype=float).sum())


def shape_of(case: Case, asked: Request) -> np.ndarray:
    """Hourly shape of what connects: its availability at the place, or all of its power in every hour."""
    if not asked.technology:
        return np.ones(case.time.count)
    regions = set(case.nodes["region"])
    region = asked.above[-1] if asked.above[-1] in regions else ""
    at = case.assets[(case.assets["technology"] == asked.technology) & (case.assets["region"] == region)]
    names = [name for name in at["availability_profile"] if name]
    return case.hourly["profile"].sel(profile=names[0]).to_numpy() if names else np.ones(case.time.count)


def _usable(case: Case, spare: dict[Area, np.ndarray], asked: Request, right: str, year: int) -> float:
    """Share of the energy of a request that its place can take in a year."""
    wanted = asked.power * shape_of(case, asked) * held_hours(case, right)
    left = wanted
    for area in asked.above:
        if (area, asked.direction, year) in spare:
            left = np.minimum(left, np.clip(spare[area, asked.direction, year], 0.0, None))
    weight = np.asarray(case.time.weight, dtype=float)
    whole = float(weight @ (asked.power * shape_of(case, asked)))
    return float(weight @ left) / whole if whole > 0 else 0.0


def _alternatives(case: Case, spare: dict[Area, np.ndarray], asked: Request, year: int) -> tuple[str, ...]:
    """Other rights under which a request would fit in a year, beside all that were given."""
    table = case.tables["contract_classes"]
    names = [
        str(name) for name, kind in zip(table["contract_class"], table["kind"], strict=True) if kind in ALTERNATIVES
    ]
    found = []
    for name in names:
        if name != asked.right and fits(case, spare, asked, name, year):
            found.append(f"{name} ({_usable(case, spare, asked, name, year):.0%} usable)")
    return tuple(found)


def _rank(asked: Request, order: str) -> tuple[int, int, int]:
    first = PRIORITIES.index(asked.priority) if order == "priority" else 0
    return first, asked.day.toordinal(), asked.row


def _granted(asked: Request, case: Case, year: int) -> str:
    if asked.kind == "nonfirm":
        return "takes what is left; nothing is guaranteed"
    late = year > max(asked.first_year, case.years[0])
    words = "fits in every hour in which it holds, in this and all later years"
    if asked.kind in ("duration", "call"):
        words = f"fits in all but {barred_hours(case, asked.right):,.0f} h a year, in this and all later years"
    return f"{words}; before, the grid is full or others came first" if late else words


def _refused(
    case: Case, spare: dict[Area, np.ndarray], asked: Request, ranked: Sequence[Request], served: dict[str, Any]
) -> str:
    """Why a request waits in every year: what is short, or who came before."""
    year = case.years[-1]
    if fits(case, spare, asked, asked.right, year):
        for other in ranked:
            if other.label == asked.label:
                break
            if other.label not in served and other.direction == asked.direction and set(other.above) & set(asked.above):
                return f"waits for {other.label}, which came before and does not fit"
    short = {
        area: float(np.max(asked.power * shape_of(case, asked) - spare[area, asked.direction, year]))
        for area in asked.above
        if (area, asked.direction, year) in spare
    }
    area = max(short, key=lambda name: short[name])
    return f"{area} is short of {max(short[area], 0.0):,.0f} MW in its fullest hour of {year}, after those before it"


def _origin(cube: xr.DataTree | None) -> str:
    if cube is None:
        return "load of the scenario, and wind and sun that stand today; without reinforcement"
    return "exchange and reinforcement of the run"
