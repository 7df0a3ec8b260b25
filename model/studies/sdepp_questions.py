"""Questions to a subsidy round, one function each: ceilings, hekjes, and who loses (issue 5, item 5).

Each takes applications (a user's or generated candidates), holds the round as often as the question needs, and gives
tables with a sentence on what was found and on what is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.outcome import MARGIN, Outcome, hekje_cost
from model.sdepp.rounds import Round
from model.sdepp.switches import DEFAULT, Switches
from model.sdepp.tender import hold
from model.studies.sdepp_names import CEILINGS, CEILINGS_OF_HEKJES, RESERVES

MILLION = 1e6


@dataclass(frozen=True)
class Answer:
    """An answer to one question.

    Attributes:
        name: of the question, as on the command line.
        question: in words.
        findings: what was found, a sentence each.
        assumptions: what of it is assumed, a sentence each.
        tables: by name, units in the names of columns or in the first line.
    """

    name: str
    question: str
    findings: tuple[str, ...]
    assumptions: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Tender:
    """Applications and a round: what every question starts from.

    Attributes:
        applications: as `applications_from` or `read_applications` give them.
        round: the round.
        categories: its categories.
        switches: open points of the text.
        transport: techniques or categories that need a transport indication; None: the round's list.
        assumptions: what is assumed in the applications.
        limits: technical limits of the categories that are held against them; None: none.
    """

    applications: pd.DataFrame
    round: Round
    categories: pd.DataFrame
    switches: Switches = DEFAULT
    transport: tuple[str, ...] | None = None
    assumptions: tuple[str, ...] = ()
    limits: pd.DataFrame | None = None

    def held(self, held: Round | None = None, applications: pd.DataFrame | None = None) -> Outcome:
        """Hold the round, or another one with the same applications."""
        asking = self.applications if applications is None else applications
        return hold(asking, held or self.round, self.categories, self.switches, self.transport, self.limits)


def named(euros: float) -> str:
    """Give a sum in the shortest words: `11.5 bn`, `750 M`, `none`."""
    if euros == 0:
        return "none"
    return f"{euros / 1e9:g} bn" if euros >= 2e9 else f"{euros / MILLION:g} M"


def told(outcome: Outcome) -> dict[str, float]:
    """Sums of a round: million EUR, Mt, EUR/t."""
    return {
        "asked_million": outcome.asked / MILLION,
        "awarded_million": outcome.awarded / MILLION,
        "applications": len(outcome.applications),
        "awards": len(outcome.awards),
        "co2_mt": float(outcome.awards["co2"].sum()) / MILLION,
        "eur_per_t": outcome.intensity,
    }


def sums(values: Sequence[float], least: int, name: str) -> list[float]:
    """Check sums of money given by the user; gives them in order, each once."""
    problems = [
        Problem(name, "", "", f"{value:g}", "a sum in EUR" + (" of at least 0" if least == 0 else " above 0"))
        for value in values
        if not (0 <= value < 1e13) or (least > 0 and value == 0)
    ]
    if not values:
        problems.append(Problem(name, "", "", "", "at least one sum in EUR"))
    if problems:
        raise InputError(problems)
    return sorted(set(values))


def ceilings(tender: Tender, values: Sequence[float] = CEILINGS) -> Answer:
    """Who wins at each ceiling: sums and awards by technique.

    Args:
        tender: applications and round.
        values: ceilings, EUR.

    Raises:
        InputError: a ceiling below the reserves, or none.
    """
    chosen = sums(values, 1, "--ceilings")
    outcomes = {value: tender.held(tender.round.but(ceiling=value)) for value in chosen}
    names = {value: named(value) for value in chosen}
    total = pd.DataFrame.from_dict({names[value]: told(outcome) for value, outcome in outcomes.items()}, orient="index")
    first = next(iter(outcomes.values()))
    parts = {"asked": first.by("technique")["asked"] / MILLION}
    parts |= {names[v]: outcome.by("technique")["awarded"] / MILLION for v, outcome in outcomes.items()}
    by_technique = pd.DataFrame(parts).fillna(0.0)
    findings = [
        f"At {names[value]} EUR {len(outcome.awards):,} of {len(outcome.applications):,} win, for "
        f"{outcome.awarded / MILLION:,.0f} of {outcome.asked / MILLION:,.0f} million EUR asked."
        for value, outcome in outcomes.items()
    ]
    for low, high in zip(chosen, chosen[1:], strict=False):
        gained = (by_technique[names[high]] - by_technique[names[low]]).sort_values(ascending=False)
        most = gained[gained > 0.5]
        if most.empty:
            findings.append(f"From {names[low]} to {names[high]} nobody gains: all that is valid wins already.")
        else:
            told_most = ", ".join(f"{name} {value:,.0f}" for name, value in most.head(4).items())
            findings.append(f"From {names[low]} to {names[high]} most goes to (million EUR): {told_most}.")
    question = f"Who wins at a ceiling of {', '.join(names.values())} EUR?"
    return Answer(
        "ceilings",
        question,
        tuple(findings),
        tender.assumptions,
        {"total": total.rename_axis("ceiling"), "by_technique_million_eur": by_technique},
    )


def hekjes(
    tender: Tender, values: Sequence[float] = RESERVES, ceiling_values: Sequence[float] = CEILINGS_OF_HEKJES
) -> Answer:
    """What hekjes of each size change, and what they cost in EUR per t CO2 against the 15 % that is allowed.

    Args:
        tender: applications and round; its domains with a hekje.
        values: reserves per domain, EUR; 0: none.
        ceiling_values: ceilings, EUR; the higher, the less hekjes change.

    Raises:
        InputError: reserves above a ceiling, or a round without hekjes.
    """
    chosen, tops = sums(values, 0, "--reserves"), sums(ceiling_values, 1, "--ceilings")
    if not tender.round.hekjes:
        place = f"round {tender.round.round}"
        raise InputError([Problem(place, "", "hekjes", "none", "a round with domains that have a hekje")])
    rows, parts, findings = {}, {}, []
    for top in tops:
        held = tender.round.but(ceiling=top, hekjes={})
        bare = tender.held(held)
        parts["asked"] = bare.by_domain()["asked"] / MILLION
        for value in chosen:
            outcome = tender.held(held.but(hekjes=dict.fromkeys(tender.round.hekjes, value))) if value else bare
            cost = hekje_cost(outcome, bare)
            name = (named(top), named(value))
            rows[name] = {
                **told(outcome),
                "loss_percent": 100 * cost.loss,
                "within_15_percent": cost.within,
                "win_by_hekjes": len(cost.gained),
                "lose_by_hekjes": len(cost.lost),
            }
            parts[f"{name[0]}, hekjes {name[1]}"] = outcome.by_domain()["awarded"] / MILLION
            findings += [_hekje_told(outcome, bare, name)] if value else []
    total = pd.DataFrame.from_dict(rows, orient="index")
    total.index = pd.MultiIndex.from_tuples(list(rows), names=["ceiling", "hekje"])
    return Answer(
        "hekjes",
        "What do hekjes change, and what do they cost in cost-effectiveness against 15 %?",
        tuple(findings),
        tender.assumptions,
        {"total": total, "by_domain_million_eur": pd.DataFrame(parts).fillna(0.0)},
    )


def _hekje_told(outcome: Outcome, bare: Outcome, name: tuple[str, str]) -> str:
    """Say what hekjes of one size do at one ceiling."""
    cost = hekje_cost(outcome, bare)
    head = f"At {name[0]} EUR hekjes of {name[1]} EUR"
    if not cost.gained and not cost.lost:
        return f"{head} change nothing: every domain gets as much without."
    inside = [float(one.awards["capacity"][one.awards["hekje"] != ""].sum()) for one in (outcome, bare)]
    losing = bare.awards[bare.awards["application"].isin(list(cost.lost))]
    lost = losing.groupby("technique")["claim"].sum().sort_values(ascending=False) / MILLION
    who = ", ".join(f"{technique!s} {claim:,.0f}" for technique, claim in lost.head(3).items())
    return (
        f"{head} change the cost per t CO2 by {cost.loss:+.1%}, {'inside' if cost.within else 'OUTSIDE'} the "
        f"{MARGIN:.0%} allowed: {inside[0] - inside[1]:+,.0f} MW in domains with a hekje"
        + (f"; pushed out (million EUR): {who}." if who else ".")
    )


def losers(tender: Tender) -> Answer:
    """Which categories lose in the round: asked, awarded and refused, by category and reason."""
    outcome = tender.held()
    rows = outcome.applications
    refused = rows[~rows["awarded"]]
    grouped = rows.groupby("category")
    table = outcome.by("category")[["applications", "awards", "asked", "awarded", "refused"]].copy()
    for name in ("asked", "awarded", "refused"):
        table[f"{name}_million"] = table.pop(name) / MILLION
    table.insert(0, "technique", grouped["technique"].first())
    table["refused_percent"] = 100 * table["refused_million"] / table["asked_million"].where(table["asked_million"] > 0)
    table["highest_won_eur_per_t"] = rows[rows["awarded"]].groupby("category")["intensity"].max()
    table["lowest_lost_eur_per_t"] = refused.groupby("category")["intensity"].min()
    table = table[table["refused_million"] > 0].sort_values("refused_million", ascending=False)
    reasons = outcome.by_reason()
    reasons = reasons.assign(claim=reasons["claim"] / MILLION).rename(columns={"claim": "claim_million"})
    findings = [
        f"{len(table)} of {rows['category'].nunique()} categories lose something; {len(refused):,} applications for "
        f"{refused['claim'].sum() / MILLION:,.0f} million EUR are refused."
    ]
    if len(table):
        lost = zip(map(str, table.index[:4]), table["refused_million"], strict=False)
        most = ", ".join(f"{name} ({million:,.0f})" for name, million in lost)
        findings.append(f"Most is lost by {most} million EUR.")
        short = rows[rows["reason"].isin(["budget", "budget_stopped"])]
        if len(short):
            first_day = pd.Timestamp(str(short["day"].min())).strftime("%d %B %Y")
            findings.append(f"The budget refuses from {first_day} on, phase {int(short['phase'].min())}.")
    else:
        findings.append("The ceiling does not bind: every valid project wins.")
    return Answer(
        "losers",
        f"Which categories lose in round {tender.round.round} at {named(tender.round.ceiling)} EUR?",
        tuple(findings),
        tender.assumptions,
        {"by_category": table, "by_reason": reasons},
    )
