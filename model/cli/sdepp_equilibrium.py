"""`sdepp equilibrium`: run to the fixed point, show how it goes, and say how it ended."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from model.cli.plain import plain
from model.cli.progress import progress_bar
from model.errors import InputError, Problem
from model.job import Progress
from model.scenario import load_scenario
from model.sdepp.switches import Switches
from model.studies.sdepp_equilibrium import Equilibrium, equilibrium, rounds_of
from model.studies.sdepp_fixed_point import Rules
from model.studies.sdepp_loop import ITERATE, Choices

MILLION = 1e6


def look_for_equilibrium(options: argparse.Namespace) -> tuple[str, Any]:
    """Look for the equilibrium; gives the text, and the object for `--json`."""
    problems: list[Problem] = []
    changes: dict[str, Any] = {}
    rules, folder = None, Path(options.tables) if options.tables else None
    try:
        rules = Rules(options.damping, options.tolerance, options.claim_tolerance, options.iterations)
    except InputError as error:
        problems += error.problems
    try:
        changes = _changes(options, folder)
    except InputError as error:
        problems += error.problems
    try:
        scenario = load_scenario(options.scenario, options.settings, options.overlays)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if problems:
        raise InputError(problems)
    choices = Choices(
        seed=options.seed,
        attrition=options.attrition,
        unsubsidised=options.unsubsidised,
        start=options.start,
        regional=options.regional,
        prices=options.prices,
        carbon_shadow=options.carbon_shadow,
        switches=Switches(options.straddle, options.not_fitting, options.double_hekje),
    )
    names = options.rounds or [options.round]
    named = "_".join(text.partition("=")[0] for text in names)
    target = Path(options.output or Path("results") / "sdepp" / f"equilibrium_{named}")
    with _shown(not options.quiet and not options.json) as tell:
        found = equilibrium(
            scenario, names, rules, choices, target, changes, options.scale, folder, tell, options.own_use
        )
    return f"{told(found)}\n\nwritten: {target}", as_data(found)


def _changes(options: argparse.Namespace, folder: Path | None) -> dict[str, Any]:
    """Parts of the rounds that the options change; checked against them."""
    rounds = rounds_of(options.rounds or [options.round], folder)
    changes: dict[str, Any] = {}
    if options.ceiling is not None and len(rounds) > 1:
        given = f"{options.ceiling:g}"
        raise InputError([Problem("--ceiling", "", "", given, "a ceiling per round of several, such as 2025=8e9")])
    if options.ceiling is not None:
        changes["ceiling"] = options.ceiling
    if options.hekjes is not None:
        changes["hekjes"] = dict.fromkeys(rounds[0].hekjes, options.hekjes) if options.hekjes != 0 else {}
    for held in rounds:
        held.but(**changes)
    return changes


@contextmanager
def _shown(show: bool) -> Iterator[Progress | None]:
    """A line on stderr for every iterate, and the bar of the solver where somebody is looking."""
    with progress_bar(show) as bar:

        def tell(stage: str, text: str) -> None:
            if stage == ITERATE:
                clear = "\r\x1b[K" if bar is not None else ""
                print(f"{clear}{text}", file=sys.stderr, flush=True)
            elif bar is not None:
                bar(stage, text)

        yield tell if show else None


def told(found: Equilibrium) -> str:
    """The end in words, one line per iterate, and what was awarded at the end."""
    rows = found.iterations
    million = rows[["awarded_claim", "change_claim", "cost"]] / MILLION
    shown = rows.assign(**million).set_index("iteration")
    summed = found.awards.groupby(level="category").sum()
    table = summed[["applications", "asked_capacity", "capacity", "realised"]].assign(
        asked=summed["asked"] / MILLION, awarded=summed["claim"] / MILLION
    )
    several = len(found.rounds) > 1
    who = f"rounds {', '.join(map(str, found.rounds.index))}" if several else found.round.name or found.round.round
    lines = [
        f"{who}: {found.point.words}",
        *found.doubts,
        "",
        "by iteration: MW and t/h, million EUR, s",
        _figures(shown),
        "",
        *(["at the end, by round: million EUR, MW and t/h", _figures(found.rounds), ""] if several else []),
        "at the end, by category: MW or t/h, million EUR",
        _figures(table),
    ]
    return "\n".join(lines)


def as_data(found: Equilibrium) -> Any:
    """The object for `--json`."""
    return plain(
        {
            "status": "ok",
            "outcome": found.point.outcome,
            "words": found.point.words,
            "cycle": list(found.point.cycle),
            "doubts": list(found.doubts),
            "round": found.round.round,
            "rounds": found.rounds.reset_index(),
            "iterations": found.iterations,
            "awards": found.awards.reset_index(),
            "files": dict(found.files),
        }
    )


def _figures(table: pd.DataFrame) -> str:
    return str(table.to_string(float_format=lambda number: f"{number:,.1f}", na_rep="-"))
