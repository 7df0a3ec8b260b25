"""`sdepp categories` and `sdepp tender`: read, hold, write, and say what came of it."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import pandas as pd

from model.cli.plain import plain
from model.errors import InputError, Problem
from model.sdepp.applications import read_applications
from model.sdepp.attrition import drawn, expected, load_attrition, withdrawals
from model.sdepp.categories import PHASE_AMOUNTS, load_categories
from model.sdepp.eligibility import read_headroom, transport_indications
from model.sdepp.limits import load_limits
from model.sdepp.outcome import HekjeCost, Outcome, hekje_cost
from model.sdepp.reading import nearest
from model.sdepp.rounds import Round, load_round
from model.sdepp.switches import Switches
from model.sdepp.tender import categories_of, hold

MILLION = 1e6
WRITTEN = (
    "rank",
    "application",
    "category",
    "technique",
    "domain",
    "hekje",
    "region",
    "address",
    "capacity",
    "hours",
    "amount",
    "phase_amount",
    "phase",
    "day",
    "intensity",
    "claim",
    "co2",
    "awarded",
    "reason",
    "explanation",
    "free",
    "from_reserve",
    "from_general",
)
LISTED = (
    "category",
    "name",
    "technique",
    "hekjes",
    "unit",
    *PHASE_AMOUNTS,
    "base_amount",
    "floor",
    "full_load_hours",
    "term_years",
)


def list_categories(options: argparse.Namespace) -> tuple[str, Any]:
    """List categories with amounts by phase."""
    table = load_categories(options.year, _folder(options))
    if options.technique:
        known = list(table["technique"].unique())
        if options.technique not in known:
            expectation = f"a technique{nearest(options.technique, known)}: {', '.join(known)}"
            raise InputError([Problem("categories", "", "technique", options.technique, expectation)])
        table = table[table["technique"] == options.technique]
    table = table if options.all else table[table["open"].astype(bool)]
    shown = table[list(LISTED)].reset_index(drop=True)
    shown["hekjes"] = shown["hekjes"].map(" ".join)
    # Long names push the figures off the screen; --json has them whole.
    short = shown.assign(
        name=shown["name"].str.slice(0, 48), hekjes=shown["hekjes"].str.replace("_temperature_heat", "")
    )
    short = short.rename(columns={name: name.split("_")[1] for name in PHASE_AMOUNTS})
    text = short.to_string(index=False, na_rep="net P50", float_format=lambda number: f"{number:g}")
    note = "1 to 5: most that may be asked in each phase, EUR per unit; hours: net P50 is the project's own"
    return f"{text}\n\n{len(shown)} categories; {note}", plain({"status": "ok", "categories": shown})


def hold_tender(options: argparse.Namespace) -> tuple[str, Any]:
    """Hold a round over a file of applications and write what became of each."""
    folder = _folder(options)
    held = _round(options, folder)
    categories = load_categories(options.categories, folder) if options.categories else _own_categories(held, folder)
    applications = read_applications(Path(options.applications), held, categories)
    switches = Switches(options.straddle, options.not_fitting, options.double_hekje, options.seed)
    if options.headroom:
        room = read_headroom(Path(options.headroom))
        shown = transport_indications(applications, room, categories, reserving=options.reserving)
        applications = applications.assign(transport_indication=shown)
    attrition = None if options.attrition == "none" else load_attrition(folder, categories)
    if attrition is not None and options.attrition == "drawn":
        applications = withdrawals(applications, categories, attrition, options.seed)
    limits = load_limits(categories, folder) if options.limits == "all" else None
    outcome = hold(applications, held, categories, switches, _needs(options), limits)
    bare = hold(applications, held.but(hekjes={}), categories, switches, _needs(options), limits)
    cost = hekje_cost(outcome, bare)
    tables = {
        "applications": _written(outcome, attrition, options),
        "by_domain": outcome.by_domain(),
        "by_technique": outcome.by("technique"),
        "by_phase": outcome.by("phase"),
        "by_reason": outcome.by_reason(),
        "hekjes": outcome.hekjes(),
    }
    files = _write(tables, Path(options.output or Path("results") / "sdepp" / f"tender_{held.round}"))
    text = _told(outcome, cost, tables, options)
    data = {"status": "ok", "round": held.round, "totals": _totals(outcome, cost), "files": files, "tables": tables}
    return "\n".join([text, "", f"written: {files['applications'].parent}"]), plain(data)


def _folder(options: argparse.Namespace) -> Path | None:
    return Path(options.tables) if options.tables else None


def _round(options: argparse.Namespace, folder: Path | None) -> Round:
    held = load_round(options.round, folder)
    hekjes = dict(held.hekjes)
    if options.hekjes is not None:
        hekjes = dict.fromkeys(hekjes, options.hekjes) if options.hekjes != 0 else {}
    for text in options.single_hekjes:
        name, _, number = text.partition("=")
        try:
            hekjes[name] = float(number)
        except ValueError:
            raise InputError([Problem("--hekje", "", "", text, "DOMAIN=EUR, such as molecules=5e8")]) from None
    return held.but(ceiling=held.ceiling if options.ceiling is None else options.ceiling, hekjes=hekjes)


def _own_categories(held: Round, folder: Path | None) -> pd.DataFrame:
    return load_categories(held.categories, folder) if held.categories else categories_of(held)


def _needs(options: argparse.Namespace) -> tuple[str, ...] | None:
    if options.transport_indication is None:
        return None
    return tuple(word for word in options.transport_indication.split(",") if word not in ("", "none"))


def _written(outcome: Outcome, attrition: pd.DataFrame | None, options: argparse.Namespace) -> pd.DataFrame:
    table = outcome.applications[list(WRITTEN)]
    if attrition is None:
        return table
    won = outcome.awards
    if options.attrition == "drawn":
        lost = drawn(won["application"], won["technique"], attrition, "after_award", options.seed)
        stays = 1.0 - lost.astype(float)
    else:
        stays = expected(won, attrition, "after_award")["capacity"] / won["capacity"]
    return table.assign(share_built=stays.reindex(table.index).fillna(0.0))


def _write(tables: dict[str, pd.DataFrame], folder: Path) -> dict[str, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, table in tables.items():
        files[name] = folder / f"{name}.csv"
        beside = files[name].with_suffix(".part")
        table.to_csv(beside, index=any(table.index.names), lineterminator="\n", encoding="utf-8")
        beside.replace(files[name])
    return files


def _totals(outcome: Outcome, cost: HekjeCost) -> dict[str, Any]:
    return {
        "ceiling_eur": outcome.round.ceiling,
        "asked_eur": outcome.asked,
        "awarded_eur": outcome.awarded,
        "refused_eur": outcome.asked - outcome.awarded,
        "applications": len(outcome.applications),
        "awards": len(outcome.awards),
        "co2_t": float(outcome.awards["co2"].sum()),
        "intensity_eur_per_t": outcome.intensity,
        "hekje_loss": cost.loss,
        "hekje_loss_allowed": cost.allowed,
        "hekje_gained": cost.gained,
        "hekje_lost": cost.lost,
    }


def _told(outcome: Outcome, cost: HekjeCost, tables: dict[str, pd.DataFrame], options: argparse.Namespace) -> str:
    held, won = outcome.round, outcome.awards
    lines = [
        f"{held.name or held.round}: {len(outcome.applications):,} applications ask "
        f"{outcome.asked / MILLION:,.1f} million EUR; the ceiling is {held.ceiling / MILLION:,.1f}",
        f"awarded: {len(won):,} for {outcome.awarded / MILLION:,.1f} million EUR, {won['co2'].sum() / MILLION:,.3f} Mt "
        f"CO2 over the terms" + (f", {outcome.intensity:,.2f} EUR/t" if len(won) else ""),
    ]
    if options.attrition != "none":
        built = tables["applications"]["share_built"] * outcome.applications["claim"]
        lines.append(
            f"of which built, as assumed ({options.attrition}): {built.sum() / MILLION:,.1f} million EUR of claim"
        )
    domains = tables["by_domain"][["applications", "awards", "asked", "awarded", "co2", "intensity"]].copy()
    for name in ("asked", "awarded", "co2"):
        domains[name] /= MILLION
    lines += ["", "million EUR, Mt, EUR/t", _figures(domains)]
    reasons = tables["by_reason"].assign(claim=tables["by_reason"]["claim"] / MILLION)
    lines += ["", "every euro asked, million EUR", _figures(reasons)]
    if held.hekjes:
        lines += ["", "hekjes, million EUR", _figures(tables["hekjes"] / MILLION)]
        lines.append(_cost_told(cost))
    return "\n".join(lines)


def _figures(table: pd.DataFrame) -> str:
    return str(table.to_string(float_format=lambda number: f"{number:,.3f}", na_rep="-"))


def _cost_told(cost: HekjeCost) -> str:
    if not math.isfinite(cost.loss):
        return "nothing is awarded, so hekjes cost nothing"
    verdict = "within" if cost.within else "ABOVE"
    changed = f"{len(cost.gained)} win by them, {len(cost.lost)} lose by them"
    return f"hekjes change the cost per t CO2 by {cost.loss:+.1%}, {verdict} the {cost.allowed:.0%} allowed; {changed}"
