"""Candidate projects of the SDE++ scheme from the model's own potentials, technology costs and grid headroom (S3).

For every category that a technology of the data set serves, and every place where that may be built: projects whose
sizes and costs are drawn around the model's figures, until the offer of the round is full.  A project asks what it
costs, in the first phase whose amount covers that.  All draws hang on the seed and the names of category and node, so
a change in one place leaves the others as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import InputError, Problem
from model.sdepp.categories import AMOUNT_DECIMALS, phase_amount
from model.sdepp.prices import driver_paths, load_prices
from model.sdepp.reading import records
from model.studies.sdepp_costs import EnergyPrices, unit_costs
from model.studies.sdepp_headroom import headroom

if TYPE_CHECKING:
    from pathlib import Path

    from model.data.case import Case
    from model.sdepp.rounds import Round
    from model.studies.sdepp_projects import ProjectTables

FIRST_HOUR, LAST_HOUR = 9, 17
APPLICATION = [
    "application", "category", "address", "capacity", "amount", "received", "full_load_hours", "region",
    "transport_indication",
]  # fmt: skip
"""Columns of the table of applications, as `sdepp tender` reads them."""
ABOVE, BELOW = "costs more than any phase pays", "costs no more than the floor: needs no subsidy"


@dataclass(frozen=True)
class Candidates:
    """Candidate projects and what they rest on.

    Attributes:
        applications: the table of applications (`APPLICATION`).
        projects: one row per drawn project, applying or not: application, category, technology, asset, node, region,
            capacity (MW or t/h), hours, cost (EUR per kWh or t CO2), phase (0: does not apply), amount, electricity
            (MW of grid use), direction, transport_indication, reason ("" where it applies).
        headroom: index (region, direction); limit, used, room (MW), asked and indicated (MW of applications).
        left_out: categories and assets of which no project was drawn: category, technology, asset, reason.
        costs: cost and offer by category and asset, see `unit_costs`.
    """

    applications: pd.DataFrame
    projects: pd.DataFrame
    headroom: pd.DataFrame
    left_out: pd.DataFrame
    costs: pd.DataFrame

    def by_category(self) -> pd.DataFrame:
        """Sum up by category: projects, applying, capacity applied for, median cost, technologies."""
        rows = self.projects.assign(applies=self.projects["phase"] > 0)
        rows["applied"] = rows["capacity"].where(rows["applies"], 0.0)
        grouped = rows.groupby("category", sort=True)
        return pd.DataFrame(
            {
                "projects": grouped.size(),
                "applying": grouped["applies"].sum(),
                "capacity": grouped["applied"].sum(),
                "median_cost": grouped["cost"].median(),
                "technologies": grouped["technology"].agg(lambda names: " ".join(sorted(set(names)))),
            }
        )


def default_prices(case: Case, year: int) -> EnergyPrices:
    """Electricity at the regulation's long-term base price everywhere; fuels of the case."""
    level = float(driver_paths(load_prices(), "long_term", [year + 4])["electricity_base"].iloc[0]) * 1000
    return EnergyPrices({str(name): level for name in case.nodes["region"].unique()})


def candidates(
    case: Case,
    held: Round,
    categories: pd.DataFrame,
    tables: ProjectTables,
    seed: int = 1,
    prices: EnergyPrices | None = None,
    scale: float = 1.0,
    offers: pd.DataFrame | None = None,
    reserving: bool = True,
    ask: Callable[[pd.DataFrame], NDArray[np.float64]] | None = None,
    milestone: int | None = None,
    pieces: int = 0,
) -> Candidates:
    """Draw the candidate projects of a round.

    Args:
        case: the energy system; costs and potentials of its first milestone year.
        held: the round: its phases and their limits.
        categories: its categories, as `load_categories` gives them.
        tables: what serves which category, and how projects vary.
        seed: of all draws.
        prices: of the energy that projects buy; by default `default_prices`.
        scale: factor on all offers.
        offers: instead of the tables' offers, MW or t/h by category and asset (columns category, asset, offered).
        reserving: an indication takes its MW from the room, in order of receipt; otherwise each is judged alone.
        ask: gives what each project must ask, EUR per kWh or t CO2 (inf: nothing covers it), from the columns category,
            technology, asset, region, hours and cost; by default its cost.
        milestone: milestone year of costs and potentials; by default the first.
        pieces: cut every offer into so many equal projects instead of drawing their sizes; 0: draw.

    Raises:
        InputError: no project could be drawn, or a faulty factor.
    """
    if not (np.isfinite(scale) and scale > 0):
        raise InputError([Problem("candidates", "", "scale", f"{scale:g}", "a number above 0")])
    year = int(held.round)
    costs, left_out = unit_costs(case, categories, tables, prices or default_prices(case, year), milestone)
    if offers is not None:
        given = offers.set_index(["category", "asset"])["offered"]
        keys = pd.MultiIndex.from_frame(costs[["category", "asset"]])
        costs = costs.assign(offered=given.reindex(keys).fillna(0.0).to_numpy())
    costs = costs.assign(offered=costs["offered"] * scale)
    if pieces:
        size = costs["offered"] / pieces
        costs = costs.assign(size_min=size, size_median=size, size_max=size, size_sigma=0.0)
    drawn = [_draw(vars(row), seed) for row in records(costs) if row.offered > 0]
    if not sum(len(part) for part in drawn):
        raise InputError([Problem("candidates", "", "", "no project", "a category with an offer in this case")])
    projects = pd.concat([part for part in drawn if len(part)], ignore_index=True)
    asked = projects["cost"].to_numpy(float) if ask is None else np.asarray(ask(projects), dtype=float)
    projects = _asking(projects, asked, held, categories, tables.shortfall)
    room = headroom(case, year)
    projects["transport_indication"] = indications(projects, room, reserving=reserving)
    applies = projects["phase"] > 0
    table = projects[applies].reset_index(drop=True)
    own_hours = table["category"].map(categories["hours_basis"]) == "net_p50"
    table = table.assign(
        address=table["application"],
        full_load_hours=table["hours"].where(own_hours).round(1),
    )
    room = _with_asked(room, projects)
    return Candidates(table[APPLICATION], projects, room, left_out, costs)


def with_indications(found: Candidates, room: pd.DataFrame, reserving: bool = True) -> Candidates:
    """Give the same candidates under another room of the grid (columns of `headroom`)."""
    projects = found.projects.assign(transport_indication=indications(found.projects, room, reserving=reserving))
    shown = projects.set_index("application")["transport_indication"]
    applications = found.applications.assign(
        transport_indication=found.applications["application"].map(shown).astype(bool)
    )
    return replace(found, applications=applications, projects=projects, headroom=_with_asked(room, projects))


def written(found: Candidates, path: Path) -> dict[str, Path]:
    """Write the table of applications, and beside it the projects and the headroom; files appear whole.

    Returns:
        Paths by name: applications, projects, headroom.
    """
    flags = {True: "yes", False: "no"}
    shown = found.applications.assign(
        received=found.applications["received"].dt.strftime("%Y-%m-%dT%H:%M:%S"),
        transport_indication=found.applications["transport_indication"].map(flags),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    tables = {"applications": shown, "projects": found.projects, "headroom": found.headroom.reset_index()}
    files = {name: path if name == "applications" else path.with_name(f"{path.stem}_{name}.csv") for name in tables}
    for name, table in tables.items():
        beside = files[name].with_suffix(".part")
        table.to_csv(beside, index=False, lineterminator="\n", encoding="utf-8")
        beside.replace(files[name])
    return files


def _with_asked(room: pd.DataFrame, projects: pd.DataFrame) -> pd.DataFrame:
    """Add what is asked of the room and what of it gets an indication, MW."""
    applying = projects[projects["phase"] > 0]
    sums = {
        "asked": applying.groupby(["region", "direction"])["electricity"].sum(),
        "indicated": applying[applying["transport_indication"]].groupby(["region", "direction"])["electricity"].sum(),
    }
    return room.assign(**{name: part.reindex(room.index).fillna(0.0) for name, part in sums.items()})


def _stream(seed: int, *names: str) -> np.random.Generator:
    """Random numbers that hang on the seed and the names only."""
    digest = hashlib.sha256("/".join((str(seed), *names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def _draw(row: dict[str, Any], seed: int) -> pd.DataFrame:
    """Projects of one category at one asset: sizes until the offer is full, and their costs."""
    random = _stream(seed, row["category"], row["asset"])
    offer, sizes = float(row["offered"]), list[float]()
    low, high = float(row["size_min"]), float(row["size_max"])
    while offer >= low * 0.5:
        size = float(np.clip(row["size_median"] * np.exp(row["size_sigma"] * random.standard_normal()), low, high))
        size = max(low, min(size, offer)) if offer - size < low else size
        sizes.append(round(size, 3))
        offer -= size
    factor = np.exp(row["cost_sigma"] * random.standard_normal(len(sizes)))
    moment = random.random(len(sizes))
    per_unit = 1.0 if row["unit"] == "t/h" else 1000.0
    capacity = np.array(sizes)
    return pd.DataFrame(
        {
            "application": [
                f"{row['category']}-{row['node']}-{row['technology']}-{n + 1:04d}" for n in range(len(sizes))
            ],
            "category": row["category"],
            "technology": row["technology"],
            "asset": row["asset"],
            "node": row["node"],
            "region": row["region"],
            "capacity": capacity,
            "hours": row["hours"],
            "cost": (row["capital"] * factor + row["operation"] + row["energy"]) / per_unit,
            "electricity": row["electricity"] * capacity,
            "direction": row["direction"],
            "moment": moment,
        }
    )


def _asking(
    projects: pd.DataFrame, asked: NDArray[np.float64], held: Round, categories: pd.DataFrame, shortfall: float
) -> pd.DataFrame:
    """Let every project ask what it must in the first phase that covers it."""
    told = categories.loc[projects["category"]].reset_index(drop=True)
    in_hekje = told["hekjes"].map(bool).to_numpy(bool)
    cost = _up(asked)
    made = projects.assign(
        phase=0, amount=np.nan, received=pd.Series(pd.NaT, index=projects.index, dtype="datetime64[s]")
    )
    highest = np.full(len(made), -np.inf)
    best = np.zeros(len(made), dtype=int)
    for phase in held.phases:
        limit = held.limit_of(np.full(len(made), phase.phase), in_hekje)
        most = phase_amount(told["base_amount"], told["long_term_price"], told["co2_factor"], limit)
        first = (made["phase"].to_numpy() == 0) & (cost <= most)
        made.loc[first, "phase"] = phase.phase
        made.loc[first, "amount"] = cost[first]
        higher = most > highest + 1e-9
        best, highest = np.where(higher, phase.phase, best), np.where(higher, most, highest)
    short = (made["phase"].to_numpy() == 0) & (cost <= highest * (1 + shortfall))
    made.loc[short, "phase"] = best[short]
    made.loc[short, "amount"] = highest[short]
    cheap = made["amount"].to_numpy(float) <= told["floor"].to_numpy(float)
    made.loc[cheap, ["phase", "amount"]] = [0, np.nan]
    made["reason"] = np.where(made["phase"] > 0, "", np.where(cheap, BELOW, ABOVE))
    for phase in held.phases:
        inside = (made["phase"] == phase.phase).to_numpy()
        made.loc[inside, "received"] = _moments(held, phase, made.loc[inside, "moment"].to_numpy())
    return made.drop(columns=["moment"])


def _moments(held: Round, phase: Any, shares: np.ndarray) -> np.ndarray:
    """Moments in the office hours of the receipt days of a phase, spread by shares between 0 and 1."""
    first_day, last_day = (moment.to_datetime64().astype("datetime64[D]") for moment in (phase.opens, phase.closes))
    days = np.arange(first_day, last_day + 1)
    days = days[np.is_busday(days, holidays=np.array(held.non_working_days, dtype="datetime64[D]"))]
    spans = []
    for day in days:
        first = max(day + np.timedelta64(FIRST_HOUR, "h"), phase.opens.to_datetime64().astype("datetime64[h]"))
        last = min(day + np.timedelta64(LAST_HOUR, "h"), phase.closes.to_datetime64().astype("datetime64[h]"))
        if last > first:
            spans.append((first.astype("datetime64[s]"), int((last - first) / np.timedelta64(1, "s"))))
    if not spans:
        return np.full(len(shares), phase.opens.to_datetime64(), dtype="datetime64[s]")
    lengths = np.array([length for _, length in spans])
    ends = np.cumsum(lengths)
    seconds = np.minimum((shares * ends[-1]).astype(int), ends[-1] - 1)
    which = np.searchsorted(ends, seconds, side="right")
    starts = np.array([first for first, _ in spans])
    return starts[which] + (seconds - (ends - lengths)[which]).astype("timedelta64[s]")


def indications(projects: pd.DataFrame, room: pd.DataFrame, *, reserving: bool) -> pd.Series:
    """Give whether the grid has room for each project in its direction; False for projects that do not apply.

    Args:
        projects: application, region, direction, electricity (MW), phase, received.
        room: index (region, direction); room (MW).
        reserving: whether an indication takes its MW from the room, in order of receipt, then of id.
    """
    left = {key: float(value) for key, value in room["room"].items()}
    shown = pd.Series(False, index=projects.index)
    applying = projects[projects["phase"] > 0].sort_values(["received", "application"])
    for place, region, direction, power in zip(
        applying.index, applying["region"], applying["direction"], applying["electricity"], strict=True
    ):
        free = left.get((region, direction), 0.0)
        if power <= free + 1e-9:
            shown[place] = True
            if reserving:
                left[region, direction] = free - power
    return shown


def _up(cost: np.ndarray) -> np.ndarray:
    """Round up to the decimals of an amount."""
    scale = 10.0**AMOUNT_DECIMALS
    return np.ceil(cost * scale - 1e-7) / scale
