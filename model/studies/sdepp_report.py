"""One page with the pictures of a subsidy round: merit order, budget, cash by year, awards on the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.sdepp.outcome import hekje_cost
from model.studies.framework.page import Answer, Chapter, described, facts_of
from model.studies.sdepp_map import award_map
from model.studies.sdepp_paid import paid
from model.studies.sdepp_pictures import MILLION, cash_by_year, merit_order, waterfall
from model.studies.sdepp_questions import losers, named, told

if TYPE_CHECKING:
    import xarray as xr

    from model.sdepp.cash import CashOutflow, Scheme
    from model.sdepp.outcome import Outcome
    from model.studies.sdepp_candidates import Candidates
    from model.studies.sdepp_world import Ground

WRITTEN = [
    "rank", "application", "category", "technique", "domain", "hekje", "region", "capacity", "hours", "amount",
    "phase", "intensity", "claim", "co2", "awarded", "reason", "explanation", "from_reserve", "from_general",
]  # fmt: skip
UNITS = {
    "limit": ("MW", "Hosting limit in the year of the round"),
    "used": ("MW", "Largest exchange of what stands in that year, over the hours of the scenario"),
    "room": ("MW", "Hosting limit less what uses it"),
    "asked": ("MW", "Grid use of all applications"),
    "indicated": ("MW", "Grid use of applications with a transport indication"),
    "awarded": ("MW", "Grid use of the awards"),
    "payments": ("million EUR", "Expected payments on the awards"),
}


def round_page(ground: Ground, found: Candidates, scheme: Scheme, prices: Sequence[str], seed: int = 1) -> Answer:
    """Hold the round over candidates and draw it.

    Args:
        ground: case, round and tables.
        found: its candidates.
        scheme: tables of payment.
        prices: price scenarios; bars are those of the first.
        seed: of the lottery.

    Raises:
        InputError: nothing is awarded, or no such price scenario.
    """
    tender = ground.tender(found, seed)
    outcome = tender.held()
    bare = tender.held(outcome.round.but(hekjes={}))
    flows = {name: paid(outcome, scheme, name) for name in prices}
    grid = grid_use(outcome, found)
    rows = outcome.applications
    domains = dict(zip(rows["technique"], rows["domain"], strict=True))
    first = flows[prices[0]]
    totals = {name: flow.by_technique.sum() for name, flow in flows.items()}
    room = found.headroom.assign(awarded=grid.reindex(found.headroom.index).fillna(0.0))
    lost = losers(tender)
    sums = told(outcome)
    held, cost = outcome.round, hekje_cost(outcome, bare)
    chapters = [
        Chapter(
            _merit_title(outcome),
            [
                f"{sums['awards']:,.0f} of {sums['applications']:,.0f} applications win "
                f"{sums['awarded_million']:,.0f} of {sums['asked_million']:,.0f} million EUR asked, at "
                f"{sums['eur_per_t']:,.1f} EUR of claim per t CO2. Bars: width is the claim, height the subsidy "
                "intensity by which applications rank within a day; pale ones are refused. A refusal at low intensity "
                "came in late, or had no room on the grid. Strips by domain: paid from its reserve (dark), "
                "from the general pot, refused (faint).",
                f"Hekjes change the cost per t CO2 by {cost.loss:+.1%}; 15% is allowed.",
            ],
            [("Applications by subsidy intensity", merit_order(outcome))],
        ),
        Chapter(
            f"Budget: {outcome.awarded / MILLION:,.0f} of {held.ceiling / MILLION:,.0f} million EUR",
            ["Dark: paid from the reserve of the domain; light: from the general pot."],
            [("From the ceiling to what is left, by domain", waterfall(outcome))],
            outcome.by_domain()[["applications", "awards", "asked", "awarded"]]
            .assign(asked=lambda table: table["asked"] / MILLION, awarded=lambda table: table["awarded"] / MILLION)
            .rename(columns={"asked": "asked, million EUR", "awarded": "awarded, million EUR"}),
        ),
        Chapter(
            _cash_title(flows, prices),
            [
                f"Bars at prices {prices[0]}, by domain; lines the sums at each price scenario. Expected payments, net "
                "of excess profit, with the realisation, production and attrition that the command sdepp cash assumes.",
            ],
            [("Payments on the awards of this round by year", cash_by_year(first.by_technique, domains, totals))],
        ),
        Chapter(
            "Where awards land, and the room of the grid there",
            [
                "Feed-in needs a transport indication in this round; off-take does not, so it may be more than the "
                "room. Room: hosting limit less the largest exchange of what stands, an estimate for whole provinces.",
            ],
            [("Grid use of the awards against the room by province, MW", award_map(ground.case, room, grid))],
            room.round(0),
        ),
        Chapter("Who loses", list(lost.findings), table=lost.tables["by_category"].head(25), folded=True),
    ]
    return Answer(
        name="sdepp_report",
        title=f"SDE++ round {held.round}: {named(held.ceiling)} EUR, {sums['applications']:,.0f} candidates",
        subtitle=f"Round {held.round} held over candidates of scenario {ground.case.scenario.run_name}, seed {seed}",
        held_equal=tender.assumptions,
        chapters=chapters,
        table=rows[WRITTEN],
        dataset=_dataset(room, flows, facts_of(ground.case)),
        facts=facts_of(ground.case),
    )


def grid_use(outcome: Outcome, found: Candidates) -> pd.Series:
    """MW of grid use of the awards by region and direction."""
    projects = found.projects[found.projects["application"].isin(outcome.awards["application"])]
    return projects.groupby(["region", "direction"])["electricity"].sum()


def _merit_title(outcome: Outcome) -> str:
    won = outcome.awards
    if won.empty:
        return "Merit order: nobody wins"
    return f"Merit order: the dearest award costs {won['intensity'].max():,.0f} EUR per t CO2"


def _cash_title(flows: dict[str, CashOutflow], prices: Sequence[str]) -> str:
    told_sums = ", ".join(f"{flows[name].rounds['paid'].sum() / 1e3:,.1f} bn EUR ({name})" for name in prices)
    return f"Cash: {told_sums} over all years"


def _dataset(room: pd.DataFrame, flows: dict[str, CashOutflow], facts: dict[str, str]) -> xr.Dataset:
    import xarray as xr

    years = sorted({int(year) for flow in flows.values() for year in flow.by_technique.columns})
    techniques = sorted({str(name) for flow in flows.values() for name in flow.by_technique.index})
    payments = np.stack(
        [
            flow.by_technique.rename(columns=int).reindex(index=techniques, columns=years).fillna(0.0).to_numpy(float)
            for flow in flows.values()
        ]
    )
    grid = room.replace(np.inf, np.nan).astype(float).to_xarray()
    coordinates = {"prices": list(flows), "technique": techniques, "year": years}
    cash = xr.DataArray(payments, coordinates, ["prices", "technique", "year"])
    return described(grid.assign(payments=cash), UNITS, facts)
