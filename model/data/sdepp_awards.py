"""What the SDE++ scheme offers to the program: awards, what they cost of the ceiling, what may be built with them (S2).

An award counts in units of the scheme: MW of the output that is paid (of panels: of peak), or t CO2 per hour.  A round
is realised in the milestone year whose span holds the year of the round plus the realisation years of the category.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.data.cells import nearest
from model.data.sdepp_output import SUPPORT, Frame, cop, paid_per_activity, paid_terms
from model.data.sdepp_tables import CAPTURED, COMPANION, SERVED, SdeppTables
from model.errors import InputError, Problem
from model.sdepp.attrition import share_lost
from model.sdepp.categories import claim, lifetime_production, phase_amount
from model.sdepp.reading import records

if TYPE_CHECKING:
    from model.data.case import Case
    from model.sdepp.rounds import Round

OFFER = ["round", "category", "region"]
BOILERS = "e_boiler"
"""Techniques that begin so are electric boilers."""
SMALLEST = 1e-6
"""Offers below this are none."""


@dataclass(frozen=True)
class SdeppAwards:
    """The scheme as the program sees it; money is EUR, capacity of awards MW or t CO2 per hour.

    Attributes:
        rounds: index round; ceiling.
        reserves: over (round, hekje); law (reserve in the round), demand (claims offered), reserve (the smaller).
        offers: over (round, category, region); hekje (empty: none), technique, amount, floor (EUR/unit), hours, term,
            claim (EUR per unit of award), production (kWh or t over the term per unit of award), offered,
            realised_share, build_year, project_size (NaN: none).
        caps: over (round, cap, category, region); use (per unit of award) and limit, in unit (GWh or
            million EUR).
        supports: over (round, category, asset); region, build_year, capacity_per_award (capacity unit per unit of
            award), feed_in_share (of peak; 1: no limit), production_hours (most; inf: no limit), installations (most
            award at the node; inf), boiler (bool).
        terms: over (round, category, asset, year); hours (h per year of the milestone, in the term), rate (EUR per MWh
            or t), paid_per_activity (MWh or t per MWh of activity).
        companions: over (round, category, asset, companion); ratio (capacity unit per unit of award).
        needing: (asset, build_year) that are built with an award or not at all.
        refused: round, category, asset, reason.
        units: by category, award (MW, t/h) and output (GWh, kt).
    """

    rounds: Frame
    reserves: Frame
    offers: Frame
    caps: Frame
    supports: Frame
    terms: Frame
    companions: Frame
    needing: list[tuple[str, int]]
    refused: Frame
    units: Frame


def awards_of(case: Case, tables: SdeppTables) -> SdeppAwards:
    """Lay the scheme on a case.

    Raises:
        InputError: a technology, place or output that the case does not know, an amount above the phase amount, an
            offer without end, whole projects without a size, or a subsidy that would count twice.
    """
    problems = [*_names(case, tables), *_twice(case, tables)]
    if problems:
        raise InputError(problems)
    supports, companions, needing, refused = _supports(case, tables)
    offers = _offers(case, tables, supports)
    offered = [(name, category, region) in offers.index for (name, category, _), region in supports["region"].items()]
    supports = supports[np.array(offered, dtype=bool)]
    companions = companions[companions.index.droplevel("companion").isin(supports.index)]
    return SdeppAwards(
        rounds=pd.DataFrame({"ceiling": {name: made.ceiling for name, made in tables.rounds.items()}}),
        reserves=_reserves(tables, offers),
        offers=offers,
        caps=_caps(tables, offers),
        supports=supports.drop(columns=["offered", "paid_output"]),
        terms=paid_terms(case, tables, supports, offers),
        companions=companions,
        needing=needing,
        refused=refused,
        units=_units(tables),
    )


def _units(tables: SdeppTables) -> Frame:
    """Units of awards and of their output, by category."""
    units = pd.concat([table["unit"] for table in tables.categories.values()])
    units = units[~units.index.duplicated()]
    energy = (units == "kWh").to_numpy()
    return pd.DataFrame(
        {"award": np.where(energy, "MW", "t/h"), "output": np.where(energy, "GWh", "kt")}, index=units.index
    )


def _names(case: Case, tables: SdeppTables) -> list[Problem]:
    """Technologies, places and outputs that the case does not know."""
    technologies = sorted(set(case.tables["technologies"]["technology"]) | set(case.technologies.index))
    places = sorted({*case.nodes.index, *case.nodes["region"]})
    outputs = [CAPTURED, *map(str, case.carriers.index)]
    found = []
    for row in records(tables.services):
        asked = [("technology", row.technology, technologies), *(("places", place, places) for place in row.places)]
        asked += [("paid_output", row.paid_output, outputs)] if row.paid_output else []
        for column, value, known in asked:
            if value not in known:
                expected = f"a name that the data set knows{nearest(value, known)}"
                found.append(Problem(row._file, str(row._row), column, value, expected))
    for name in case.scenario.sdepp.build_without_award_in:
        if name not in tables.terms.index:
            expected = f"a category of award_terms.csv{nearest(name, list(tables.terms.index))}"
            found.append(Problem("scenario", "", "sdepp.build_without_award_in", name, expected))
    return found


def _twice(case: Case, tables: SdeppTables) -> list[Problem]:
    """Technologies that sites are paid for already."""
    served = set(tables.services.loc[tables.services["role"] == SERVED, "technology"])
    private = case.scenario.sites.objective == "private"
    expected = "no fixed subsidy on a technology that sdepp pays for"
    return [
        Problem("scenario", "", f"sites.subsidy.{name}", f"{rate:g}", expected)
        for name, rate in case.scenario.sites.subsidy.items()
        if private and name in served and rate > 0
    ]


def realised_in(case: Case, year: float) -> int:
    """Milestone year whose span holds a calendar year; the first one where it lies before."""
    earlier = [milestone for milestone in case.scenario.years if milestone <= year]
    return earlier[-1] if earlier else case.scenario.years[0]


def _supports(case: Case, tables: SdeppTables) -> tuple[Frame, Frame, list[tuple[str, int]], Frame]:
    """Which builds an award serves, what must stand beside them, and what may not be built without."""
    rows, beside, refused = [], [], []
    named: dict[tuple[str, int], list[bool]] = {}
    served = tables.services[tables.services["role"] == SERVED]
    for name in tables.rounds:
        for row in records(served):
            if row.category not in tables.categories[name].index:
                continue
            category = tables.categories[name].loc[row.category]
            build = realised_in(case, int(name) + float(category["realisation_years"]))
            for asset in _assets_of(case, row, build):
                named.setdefault((asset, build), []).append(_free(case, tables, row.category))
                reason, found = _one(case, tables, name, row, asset, build)
                reason = reason or _alone(case, tables, found)
                if reason:
                    refused.append({"round": name, "category": row.category, "asset": asset, "reason": reason})
                    continue
                rows.append(found)
                beside += _beside(case, tables, row.category, found)
    columns = [
        *SUPPORT, "region", "build_year", "capacity_per_award", "feed_in_share", "production_hours", "installations",
        "boiler", "offered", "paid_output",
    ]  # fmt: skip
    supports = pd.DataFrame(rows, columns=columns).set_index(SUPPORT).sort_index()
    companions = pd.DataFrame(beside, columns=[*SUPPORT, "companion", "ratio"]).set_index([*SUPPORT, "companion"])
    needing = sorted(key for key, free in named.items() if not any(free))
    return supports, companions, needing, pd.DataFrame(refused, columns=[*SUPPORT, "reason"])


def _assets_of(case: Case, row: Any, build: int) -> list[str]:
    """Assets of a technology that may be built in a year at the places of a row."""
    here = case.assets[case.assets["technology"] == row.technology]
    if row.places:
        here = here[here["region"].isin(row.places) | here["node"].isin(row.places)]
    return [str(asset) for asset in here.index if (asset, build) in case.build_options.index]


def _free(case: Case, tables: SdeppTables, category: str) -> bool:
    settings = case.scenario.sdepp
    if category in settings.build_without_award_in:
        return settings.build_without_award_in[category]
    if settings.build_without_award == "table":
        return bool(tables.terms.at[category, "build_without_award"])
    return settings.build_without_award == "yes"


def _one(case: Case, tables: SdeppTables, name: str, row: Any, asset: str, build: int) -> tuple[str, dict[str, Any]]:
    """One asset under one category: why not, or its figures."""
    output = paid_per_activity(case, asset, row.paid_output, build)
    if output <= 0.0:
        return f"gives no {row.paid_output}", {}
    performance = cop(case, asset, row.paid_output, build)
    if performance < np.nan_to_num(row.cop_min, nan=0.0) - 1e-9:
        return f"COP {performance:.2f} is below {row.cop_min:g}", {}
    if performance > np.nan_to_num(row.cop_max, nan=np.inf) + 1e-9:
        return f"COP {performance:.2f} is above {row.cop_max:g}", {}
    terms, category = tables.terms.loc[row.category], tables.categories[name].loc[row.category]
    per_award = row.capacity_per_award / output
    stock = float(case.existing.get((asset, build), 0.0))
    assets: Any = case.assets
    left = max(0.0, float(assets.at[asset, "potential"]) - stock) / per_award
    share = 1.0 if np.isnan(row.offered_share) else row.offered_share
    offered = share * left if share else 0.0
    most = np.nan_to_num(row.offered_max, nan=np.inf)
    places = np.inf
    if not np.isnan(terms["installation_max"]):
        places = float(terms["installation_max"] * terms["installations_per_node"])
    if not np.isfinite(min(offered, most, places)):
        expected = f"a number: {asset} has no potential that a share could be taken of"
        raise InputError([Problem(row._file, str(row._row), "offered_max", "", expected)])
    on_site = str(case.assets.at[asset, "node"]) in case.sites.index
    return "", {
        **dict(zip(SUPPORT, (name, row.category, asset), strict=True)),
        "region": str(case.assets.at[asset, "region"]),
        "build_year": build,
        "capacity_per_award": per_award,
        "feed_in_share": 1.0 if on_site else float(np.nan_to_num(category["feed_in_share"], nan=1.0)),
        "production_hours": float(np.nan_to_num(terms["production_hours_max"], nan=np.inf)),
        "installations": places,
        "boiler": str(category["technique"]).startswith(BOILERS),
        "offered": float(min(offered, most, places)),
        "paid_output": row.paid_output,
    }


def _beside(case: Case, tables: SdeppTables, category: str, found: dict[str, Any]) -> list[dict[str, Any]]:
    """What must stand at the node of a build that the category serves."""
    services = tables.services
    rows = services[(services["role"] == COMPANION) & (services["category"] == category)]
    assets: Any = case.assets
    node = assets.at[found["asset"], "node"]
    key = {name: found[name] for name in SUPPORT}
    return [{**key, "companion": f"{row.technology}@{node}", "ratio": row.capacity_per_award} for row in records(rows)]


def _alone(case: Case, tables: SdeppTables, found: dict[str, Any]) -> str:
    """Why a build cannot have beside it what its category asks for; empty where it can."""
    needed = [row["companion"] for row in _beside(case, tables, found["category"], found)]
    missing = [name for name in needed if (name, found["build_year"]) not in case.asset_years.index]
    return f"{missing[0]} cannot stand beside it" if missing else ""


def _offers(case: Case, tables: SdeppTables, supports: Frame) -> Frame:
    """Awards that may be given, by round, category and region, with their claim."""
    rows, problems = [], list[Problem]()
    settings = case.scenario.sdepp
    for key, part in supports.groupby(level="round", sort=False):
        name = str(key)
        categories, made = tables.categories[name], tables.rounds[name]
        techniques = categories["technique"]
        before, after = (
            share_lost(techniques, tables.attrition, stage) for stage in ("before_decision", "after_award")
        )
        for (category, region), here in part.groupby(["category", "region"]):
            row, terms = categories.loc[category], tables.terms.loc[category]
            hekje = hekje_of(row, made, settings.double_hekje)
            amount, most = amount_asked(row, terms, made, bool(row["hekjes"]))
            if amount > most + 1e-12:
                expected = f"at most the amount of phase {terms['phase']:g} in round {name}, {most:.4f}"
                place = (str(terms["_file"]), str(terms["_row"]), "amount_asked")
                problems.append(Problem(*place, f"{amount:g}", expected))
            if settings.whole_projects and np.isnan(terms["project_size"]):
                place = (str(terms["_file"]), str(terms["_row"]), "project_size")
                problems.append(Problem(*place, "", "a size, where sdepp.whole_projects is true"))
            hours = hours_of(case, row, here)
            figures = (hours, float(row["term_years"]), float(row["units_per_capacity"]))
            offered = float(here["offered"].sum()) * (1.0 - float(before[category]) * settings.attrition)
            if offered > SMALLEST:
                rows.append(
                    {
                        **dict(zip(OFFER, (name, category, region), strict=True)),
                        "hekje": hekje,
                        "technique": row["technique"],
                        "amount": amount,
                        "floor": float(row["floor"]),
                        "hours": hours,
                        "term": float(row["term_years"]),
                        "claim": float(claim(amount, row["floor"], 1.0, *figures)),
                        "production": float(lifetime_production(1.0, *figures)),
                        "offered": offered,
                        "realised_share": 1.0 - float(after[category]) * settings.attrition,
                        "build_year": int(here["build_year"].iloc[0]),
                        "project_size": float(terms["project_size"]),
                    }
                )
    if problems:
        raise InputError(sorted(set(problems)))
    columns = [
        *OFFER, "hekje", "technique", "amount", "floor", "hours", "term", "claim", "production", "offered",
        "realised_share", "build_year", "project_size",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).set_index(OFFER).sort_index()


def hekje_of(category: Any, made: Round, double: str) -> str:
    """Domain with a reserve that a category belongs to in a round; empty where it has none."""
    names = [name for name in category["hekjes"] if name in made.hekjes]
    return "" if not names else str(names[0] if double == "first" else names[-1])


def amount_asked(category: Any, terms: Any, made: Round, in_hekje: bool) -> tuple[float, float]:
    """Amount asked and the most that the phase allows, EUR per unit (art. 87)."""
    limit = made.limit_of(np.array([int(terms["phase"])]), np.array([in_hekje]))
    amounts = [category[name] for name in ("base_amount", "long_term_price", "co2_factor")]
    most = float(phase_amount(amounts[0], amounts[1], amounts[2], limit[0]))
    return (most if np.isnan(terms["amount_asked"]) else float(terms["amount_asked"])), most


def hours_of(case: Case, category: Any, supports: Frame) -> float:
    """Full-load hours of a year: the regulation's, or of the places' own profile where net P50 hours hold."""
    if category["hours_basis"] == "regulation":
        return float(category["full_load_hours"])
    weight = np.asarray(case.time.weight, dtype=float)
    found = []
    for (_, _, asset), build in supports["build_year"].items():
        name = str(case.assets.at[asset, "availability_profile"])
        values = case.hourly["profile"].sel(profile=name).to_numpy() if name else np.ones_like(weight)
        figures: Any = case.asset_years
        found.append(float(values @ weight) * float(figures.at[(asset, build), "availability"]))
    return float(np.mean(found))


def _reserves(tables: SdeppTables, offers: Frame) -> Frame:
    """Reserve of each domain in each round: no more than its claims (art. 3(4): the rest lapses to all)."""
    rows = []
    for name, made in tables.rounds.items():
        of_round = offers[offers.index.get_level_values("round") == name]
        for hekje, reserve in made.hekjes.items():
            part = of_round[of_round["hekje"] == hekje]
            demand = float((part["claim"] * part["offered"]).sum())
            rows.append((name, hekje, reserve, demand, min(reserve, demand)))
    frame = pd.DataFrame(rows, columns=["round", "hekje", "law", "demand", "reserve"])
    return frame.set_index(["round", "hekje"]).astype(float)


def _caps(tables: SdeppTables, offers: Frame) -> Frame:
    """Limits on techniques of a round: what a unit of each award uses of them, in millions of their unit."""
    rows = []
    for name, made in tables.rounds.items():
        for cap in made.caps:
            for key, offer in offers.iterrows():
                if key[0] == name and offer["technique"] in cap.techniques:
                    use = offer["production"] if cap.measure == "lifetime_production" else offer["claim"]
                    unit = "million EUR" if cap.measure == "claim" else "GWh"
                    rows.append((name, cap.name, key[1], key[2], use / 1e6, cap.limit / 1e6, unit))
    frame = pd.DataFrame(rows, columns=["round", "cap", "category", "region", "use", "limit", "unit"])
    return frame.set_index(["round", "cap", "category", "region"]).astype({"use": float, "limit": float})
