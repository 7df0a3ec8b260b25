"""What mandatory non-firm connections for PV, wind and electric boilers would change (CE Delft's option 2).

A firm connection needs room in the hour when the grid is fullest.  A non-firm one (a contract that limits capacity, a
partly non-firm transport right) takes what is left in each hour: it always gets its indication, and loses what does not
fit.  What it loses follows from the hours of the case: net load of the region, hosting limit, and what projects feed in
or take.  A boiler chooses hours with room, so it loses only what does not fit into all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.errors import InputError, Problem
from model.studies.sdepp_candidates import Candidates, candidates, indications, with_indications
from model.studies.sdepp_headroom import headroom, hosting_limits, net_load
from model.studies.sdepp_names import FEED_IN_FACTORS
from model.studies.sdepp_paid import PRICES, paid, paid_million
from model.studies.sdepp_questions import MILLION, Answer, told

if TYPE_CHECKING:
    from model.data.case import Case
    from model.sdepp.cash import Scheme
    from model.sdepp.outcome import Outcome
    from model.studies.sdepp_world import Ground

GROUPS = {
    "solar_pv": ("solar_pv",),
    "wind": ("onshore_wind", "onshore_wind_height_restricted", "wind_on_flood_defence"),
    "e_boiler": ("e_boiler", "e_boiler_thermal_storage"),
}
"""Techniques that the option names."""
ALL_GROUPS = tuple(name for names in GROUPS.values() for name in names)
TODAY, FIRM, NON_FIRM = "as in 2024", "firm for all", "non-firm"


@dataclass(frozen=True)
class Lost:
    """What projects lose to a full grid.

    Attributes:
        share: by (region, group): part of the production that does not fit.
        by_project: the same by application.
    """

    share: pd.Series
    by_project: pd.Series


def groups_of(projects: pd.DataFrame, categories: pd.DataFrame) -> pd.Series:
    """Group of each project: solar_pv, wind, e_boiler, or empty."""
    which = {technique: group for group, names in GROUPS.items() for technique in names}
    return projects["category"].map(categories["technique"]).map(which).fillna("")


def lost(case: Case, year: int, projects: pd.DataFrame, groups: pd.Series, feed_in_factor: float = 1.0) -> Lost:
    """Give what projects on non-firm connections lose in each region.

    Args:
        case: the energy system; its hours count.
        year: of the hosting limits and of what stands.
        projects: application, asset, region, capacity, electricity (MW of grid use at full output), hours.
        groups: group by the index of `projects`; "" keeps a firm connection and is left out.
        feed_in_factor: factor on the limits of feed-in.
    """
    net, weight = net_load(case, year), np.asarray(case.time.weight, dtype=float)
    limits = hosting_limits(case, year, feed_in_factor)
    shares = {}
    for region in sorted(set(projects["region"])):
        room = {}
        for direction, sign in (("feed_in", 1.0), ("offtake", -1.0)):
            limit = limits.get((region, direction), np.inf)
            room[direction] = np.maximum(0.0, limit + sign * net[region])
        here = projects[projects["region"] == region]
        feeding = here[groups.loc[here.index].isin(["solar_pv", "wind"])]
        if len(feeding):
            fed = _fed_in(case, feeding)
            total = fed.sum(axis=0)
            kept = np.divide(np.minimum(total, room["feed_in"]), total, out=np.ones_like(total), where=total > 0)
            for group in ("solar_pv", "wind"):
                own = fed[(groups.loc[feeding.index] == group).to_numpy()].sum(axis=0)
                if own.sum() > 0:
                    shares[region, group] = 1.0 - float((own * kept) @ weight / (own @ weight))
        boilers = here[groups.loc[here.index] == "e_boiler"]
        if len(boilers):
            wanted = float((boilers["electricity"] * boilers["hours"]).sum())
            most = float(np.minimum(boilers["electricity"].sum(), room["offtake"]) @ weight)
            shares[region, "e_boiler"] = max(0.0, 1.0 - most / wanted)
    share = pd.Series(shares, dtype=float)
    keys = list(zip(projects["region"], groups, strict=True))
    values = [shares.get(key, 0.0) for key in keys]
    return Lost(share, pd.Series(values, index=projects["application"].to_numpy()))


def _fed_in(case: Case, projects: pd.DataFrame) -> np.ndarray:
    """What projects feed in, MW over (project, hour): their weather, at most what their connection takes."""
    profiles = [str(case.assets.at[asset, "availability_profile"]) for asset in projects["asset"]]
    table = case.hourly["profile"].sel(profile=profiles).to_numpy()
    made = projects["capacity"].to_numpy(float)[:, None] * table
    return np.asarray(np.minimum(made, projects["electricity"].to_numpy(float)[:, None]), dtype=float)


def non_firm(
    ground: Ground,
    scheme: Scheme,
    seed: int = 1,
    scale: float = 1.0,
    prices: str = PRICES,
    reserving: bool = True,
    feed_in_factors: Sequence[float] = FEED_IN_FACTORS,
) -> Answer:
    """Hold the round with connections as in 2024, firm for all three groups, and non-firm for all three.

    Args:
        ground: case, round and tables.
        scheme: tables of payment.
        seed: of the candidates and the lottery.
        scale: factor on offers.
        prices: price scenario of the payments.
        reserving: whether an indication takes its MW from the room.
        feed_in_factors: factors on the limits of feed-in, which are estimates; the question is asked for each.

    Raises:
        InputError: a factor that is no number above 0, or none.
    """
    wrong = [value for value in feed_in_factors if not (np.isfinite(value) and value > 0)]
    if wrong or not feed_in_factors:
        shown = [f"{value:g}" for value in wrong] or [""]
        raise InputError([Problem("--feed-in", "", "", value, "factors above 0") for value in shown])
    found = ground.drawn(seed, scale, reserving)
    rows, parts, shares = {}, {}, {}
    for factor in sorted(set(feed_in_factors), reverse=True):
        room = headroom(ground.case, int(ground.round.round), factor)
        world = _World(ground, with_indications(found, room, reserving), scheme, prices, seed, scale, factor)
        for name in (TODAY, FIRM, NON_FIRM):
            key = (f"{factor:g}", name)
            rows[key], parts[key], share = world.hold(name)
        shares[f"{factor:g}"] = share
    by_group = pd.concat(parts, names=["feed_in_limit", "connection"])
    total = pd.DataFrame.from_dict(rows, orient="index")
    total.index = pd.MultiIndex.from_tuples(list(rows), names=["feed_in_limit", "connection"])
    lost_shares = pd.concat({key: 100 * share.unstack() for key, share in shares.items()})
    return Answer(
        "non-firm",
        "What would mandatory non-firm connections for PV, wind and electric boilers change?",
        tuple(sentence for key in shares for sentence in _said(key, total.loc[key], by_group.loc[key])),
        (
            *ground.tender(found, seed).assumptions,
            "In 2024 PV and wind need room on the grid; that boilers need it too (firm for all) is a variant, not law.",
            "Limits of feed-in are estimates for whole provinces, without queues and local lines: so they are also "
            "taken times a factor (feed_in_limit).",
            "Non-firm projects lose what the hosting limit of their region does not take in an hour of the scenario, "
            "alike for all of them, and ask more for it; nobody is paid for that loss.",
            f"Payments at prices `{prices}`, with the realisation and attrition that `sdepp cash` assumes.",
        ),
        {
            "total": total,
            "by_group": by_group,
            "lost_percent_by_region": lost_shares.rename_axis(["feed_in_limit", "region"]),
        },
    )


@dataclass(frozen=True)
class _World:
    """One level of the limits of feed-in, in which the three variants are held."""

    ground: Ground
    found: Candidates
    scheme: Scheme
    prices: str
    seed: int
    scale: float
    factor: float

    def hold(self, name: str) -> tuple[dict[str, float], pd.DataFrame, pd.Series]:
        """Hold one variant: its sums, the sums by group, and what is lost by region and group."""
        ground, found = self.ground, self.found
        categories, year = ground.categories, int(ground.round.round)
        loss, drawn = Lost(pd.Series(dtype=float), pd.Series(dtype=float)), found
        if name == NON_FIRM:
            applying = found.projects["phase"] > 0
            groups = groups_of(found.projects, categories)
            loss = lost(ground.case, year, found.projects[applying], groups[applying], self.factor)
            drawn = _dearer(ground, found, loss, self.seed, self.scale)
        outcome = ground.tender(drawn, self.seed, None if name == TODAY else ALL_GROUPS).held()
        if name == NON_FIRM:
            won = drawn.projects["application"].isin(outcome.awards["application"])
            loss = lost(ground.case, year, drawn.projects[won], groups_of(drawn.projects, categories)[won], self.factor)
        total, by_group = _sums(ground, outcome, drawn, loss, self.scheme, self.prices)
        return total, by_group, loss.share


def _dearer(ground: Ground, found: Candidates, loss: Lost, seed: int, scale: float) -> Candidates:
    """The same projects, asking for what the grid does not take; all three groups get their indication."""
    costs = found.costs.set_index(["category", "asset"])
    kept = 1.0 - loss.by_project

    def ask(projects: pd.DataFrame) -> np.ndarray:
        keys = pd.MultiIndex.from_frame(projects[["category", "asset"]])
        unit = np.where(projects["category"].map(ground.categories["unit"]) == "kWh", 1000.0, 1.0)
        running = costs.loc[keys, ["operation", "energy"]].sum(axis=1).to_numpy(float) / unit
        capital = projects["cost"].to_numpy(float) - running
        part = projects["application"].map(kept).fillna(1.0).to_numpy(float)
        return np.asarray(capital / np.maximum(part, 1e-9) + running, dtype=float)

    drawn = candidates(ground.case, ground.round, ground.categories, ground.tables, seed, scale=scale, ask=ask)
    groups = groups_of(drawn.projects, ground.categories)
    free = drawn.headroom.assign(room=np.inf)
    shown = indications(drawn.projects, free, reserving=False).where(
        groups != "", drawn.projects["transport_indication"]
    )
    projects = drawn.projects.assign(transport_indication=shown)
    by_name = projects.set_index("application")["transport_indication"]
    applications = drawn.applications.assign(
        transport_indication=drawn.applications["application"].map(by_name).astype(bool)
    )
    return replace(drawn, projects=projects, applications=applications)


def _sums(
    ground: Ground, outcome: Outcome, drawn: Candidates, loss: Lost, scheme: Scheme, prices: str
) -> tuple[dict[str, float], pd.DataFrame]:
    """Sums of one variant, in all and by group."""
    made = 1.0 - loss.by_project
    rows = outcome.applications
    rows = rows.assign(group=groups_of(rows, ground.categories).replace("", "others"))
    part = rows["application"].map(made).fillna(1.0)
    rows["co2_made"] = (rows["co2"] * part).where(rows["awarded"], 0.0)
    refused = rows["reason"] == "no_transport_indication"
    power = rows["application"].map(drawn.projects.set_index("application")["electricity"])
    grouped = rows.assign(
        no_room=refused,
        claim_won=rows["claim"].where(rows["awarded"], 0.0) / MILLION,
        won_mw=rows["capacity"].where(rows["awarded"], 0.0),
        grid_mw=power.where(rows["awarded"], 0.0),
        weighed=(1.0 - part) * rows["production"].where(rows["awarded"], 0.0),
        produced=rows["production"].where(rows["awarded"], 0.0),
    ).groupby("group")
    table = pd.DataFrame(
        {
            "applications": grouped.size(),
            "no_room": grouped["no_room"].sum(),
            "awards": grouped["awarded"].sum(),
            "awarded_million": grouped["claim_won"].sum(),
            "capacity": grouped["won_mw"].sum(),
            "grid_mw": grouped["grid_mw"].sum(),
            "lost_percent": 100 * grouped["weighed"].sum() / grouped["produced"].sum(),
        }
    )
    table = table.loc[[name for name in (*GROUPS, "others") if name in table.index]]
    total = told(outcome)
    total["no_room"] = float(refused.sum())
    total["co2_mt"] = float(rows["co2_made"].sum()) / MILLION
    total["paid_million"] = paid_million(paid(outcome, scheme, prices, made=made))  # refuses a round without awards
    total["eur_per_t"] = outcome.awarded / float(rows["co2_made"].sum())
    return total, table


def _said(factor: str, total: Any, by_group: Any) -> list[str]:
    """Sentences on what differs at one level of the limits of feed-in."""
    head = "With limits of feed-in as they are" if factor == "1" else f"With limits of feed-in times {factor}"
    refused = " and ".join(f"{total.at[name, 'no_room']:,.0f} ({name})" for name in (TODAY, FIRM))
    sentences = [f"{head}: applications that find no room: {refused}."]
    for group in GROUPS:
        if (NON_FIRM, group) not in by_group.index or (FIRM, group) not in by_group.index:
            continue
        after, before = by_group.loc[(NON_FIRM, group)], by_group.loc[(FIRM, group)]
        sentences.append(
            f"  {group}: non-firm instead of firm awards {after['capacity'] - before['capacity']:+,.0f} MW "
            f"({before['capacity']:,.0f} to {after['capacity']:,.0f}); {after['lost_percent']:.2f} % of the production "
            "does not fit."
        )
    change = total.at[NON_FIRM, "paid_million"] - total.at[TODAY, "paid_million"]
    sentences.append(f"  Against the rules of 2024, {change:+,.0f} million EUR are paid over all years.")
    return sentences
