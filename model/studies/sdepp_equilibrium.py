"""Equilibrium of a subsidy round with the system that it changes (formulation.md S4).

Prices of the linear program -> capture prices and corrections -> bids -> tender -> realised capacity (attrition) -> the
linear program with that capacity held, until the awards stand still.  `sdepp_fixed_point` holds damping, stopping rule
and cycles, `sdepp_loop` one round trip, `sdepp_market` the projects; docs/explanation/sdepp_equilibrium.md what is
assumed::

    found = equilibrium(load_scenario("quick", ["years=[2030]"]), output="results/sdepp/equilibrium_2024")
    print(found.point.words, found.awards)
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from model.errors import InputError, Problem
from model.job import Built, Progress, build
from model.scenario import Scenario
from model.sdepp.attrition import load_attrition
from model.sdepp.categories import load_categories
from model.sdepp.portfolios import load_cash_rounds
from model.sdepp.prices import Prices, load_prices
from model.sdepp.reading import nearest
from model.sdepp.rounds import Round, later, load_rounds
from model.sdepp.tender import categories_of
from model.studies.sdepp_equilibrium_cube import (
    APPLICATIONS,
    corrections_table,
    dataset_of,
    write_dataset,
    write_end,
)
from model.studies.sdepp_fixed_point import FixedPoint, Iterate, Rules
from model.studies.sdepp_loop import Choices, Market, equilibrium_of
from model.studies.sdepp_market import Rounds, model_market
from model.studies.sdepp_signal import Signal, load_imbalance
from model.studies.sdepp_sums import by_round

CUBE = "equilibrium.nc"
LOG = "equilibrium.log"
EMERGENCY_SHARE = 0.01
"""Part of the cost that unserved energy and CO2 beyond the cap may be before the outcome is doubted."""


@dataclass(frozen=True)
class Equilibrium:
    """What came of it.

    Attributes:
        point: outcome and all iterates.
        round: the round as it was held; of several the first.
        iterations: one row per iterate, see `figures`.
        awards: over (category, region) in the last iterate: bids, claims, capacities, prices; of a cycle, one of its
            members.
        applications: every application of the last iterate with what became of it and its `share_built`.
        corrections: category x year at the prices of the last iterate, EUR per unit.
        files: what was written, by name.
        doubts: what makes the outcome doubtful, one sentence each.
        rounds: sums of the last iterate by round, see `model.studies.sdepp_sums.by_round`.
    """

    point: FixedPoint
    round: Round
    iterations: pd.DataFrame
    awards: pd.DataFrame
    applications: pd.DataFrame
    corrections: pd.DataFrame
    files: Mapping[str, Path]
    doubts: tuple[str, ...] = ()
    rounds: pd.DataFrame = field(default_factory=pd.DataFrame)


def equilibrium(
    scenario: Scenario,
    round_name: str | Sequence[str] = "2024",
    rules: Rules | None = None,
    choices: Choices | None = None,
    output: str | Path | None = None,
    changes: Mapping[str, Any] | None = None,
    scale: float = 1.0,
    folder: Path | None = None,
    progress: Progress | None = None,
    own_use: float | None = None,
) -> Equilibrium:
    """Look for the equilibrium of a round and a scenario with the model's own candidates.

    Args:
        scenario: any scenario; awards are built in its first milestone year.
        round_name: round of the tables; or several, held one after another at the same prices, each as `2025` or
            `2025=8e9` (see `rounds_of`).
        rules: damping and stopping rule.
        choices: what is assumed around the loop; without an imbalance of its own, that of imbalance.csv.
        output: folder for the cube, written after every iterate, the log and the tables of the end; none: nothing.
        changes: parts of the round that are changed, such as `{"ceiling": 8e9}`; of several, in each.
        scale: factor on the offers of all candidates.
        folder: folder of the scheme's tables; by default those that ship.
        progress: told what goes on.
        own_use: part of what roofs produce that is used on site; by default that of operation.csv.

    Raises:
        InputError: faults in scenario, tables or choices, all at once where they are known at once.
        NotOptimal: the scenario has no optimum, or none with what an iterate holds.
        CheckFailed: a solution contradicts the inputs.
    """
    names = [round_name] if isinstance(round_name, str) else list(round_name)
    held = [one.but(**dict(changes or {})) for one in rounds_of(names, folder)]
    prices = load_prices(folder)
    chosen = _sound(choices or Choices(), prices, scenario)
    chosen = chosen if chosen.imbalance else replace(chosen, imbalance=load_imbalance(folder))
    tables = [load_categories(one.categories, folder) if one.categories else categories_of(one) for one in held]
    attrition = load_attrition(folder, tables[0]) if chosen.attrition != "none" else None
    built = build(scenario, None, progress)
    parts = [
        model_market(built.case, one, table, prices, folder, scale, own_use)
        for one, table in zip(held, tables, strict=True)
    ]
    market: Market = parts[0] if len(parts) == 1 else Rounds(tuple(parts))
    return look_for(built, market, prices, attrition, rules, chosen, output, progress)


def rounds_of(names: Sequence[str], folder: Path | None = None) -> list[Round]:
    """Give the rounds that are named, in order.

    Args:
        names: ids, such as `2025`, with a ceiling of their own where one is given, as `2025=8e9`.  A round that
            rounds.csv does not hold is like the last one before it, with windows as many years later, at its ceiling
            in cash_rounds.csv where none is given.
        folder: folder of the scheme's tables; by default those that ship.

    Raises:
        InputError: a round before all, without a ceiling, named twice, or no number.
    """
    known, expected = load_rounds(folder), load_cash_rounds(folder)["ceiling"].to_dict()
    problems: list[Problem] = []
    found: list[Round] = []
    ids = [text.partition("=")[0] for text in names]
    twice = [name for name in sorted(set(ids)) if ids.count(name) > 1]
    problems += [Problem("rounds", "", "", name, "every round once") for name in twice]
    for text in names:
        name, _, number = text.partition("=")
        before = [other for other in known if other.isdigit() and name.isdigit() and int(other) <= int(name)]
        if name not in known and not before:
            words = "one of " + ", ".join(known) + ", or a later year" + nearest(name, list(known))
            problems.append(Problem("rounds.csv", "", "round", name, words))
            continue
        like = known[name] if name in known else known[max(before, key=int)]
        try:
            ceiling = float(number) if number else like.ceiling if name in known else float(expected[name])
        except ValueError:
            problems.append(Problem("--rounds", "", "", text, "ID=EUR, such as 2025=8e9"))
            continue
        except KeyError:
            words = f"a ceiling, such as {name}=8e9: no table holds this round"
            problems.append(Problem("--rounds", "", "", text, words))
            continue
        try:
            found.append((like if name in known else later(like, name)).but(ceiling=ceiling))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def look_for(
    built: Built,
    market: Market,
    prices: Prices,
    attrition: pd.DataFrame | None,
    rules: Rules | None = None,
    choices: Choices | None = None,
    output: str | Path | None = None,
    progress: Progress | None = None,
) -> Equilibrium:
    """The same for a scenario that is built and any market; see `equilibrium`."""
    limits, chosen = rules or Rules(), choices or Choices()
    target = Path(output) if output is not None else None
    if target is not None and target.exists() and not target.is_dir():
        raise InputError([Problem(str(target), "", "", "", "a folder for the results, which this file is not")])
    facts = _facts(built, market, chosen)

    def keep(done: Sequence[Iterate]) -> None:
        if target is not None:
            write_dataset(dataset_of(done, facts), target / CUBE)

    if target is not None:
        target.mkdir(parents=True, exist_ok=True)
    log = target / LOG if target is not None else None
    point = equilibrium_of(built, market, limits, chosen, attrition, prices, keep, progress, log)
    rows = point.last.response.applications
    assert rows is not None and isinstance(point.last.response.prices, Signal)
    told = rows.assign(share_built=rows["stays"] * rows["awarded"])
    rounds = by_round(rows)
    parts = {name: told[told["round"] == name] for name in rounds.index}
    told = told[[name for name in APPLICATIONS if name in told]]
    corrections = corrections_table(point.last.response.prices, prices, market.categories, int(market.round.round))
    iterations = figures(point)
    awards = point.last.response.awards
    files: Mapping[str, Path] = {}
    if target is not None:
        tables = {
            "iterations": iterations,
            "awards": awards.reset_index(),
            "applications": told,
            "corrections": corrections,
        }
        if len(parts) > 1:
            tables["rounds"] = rounds.reset_index()
            tables |= {f"applications_{name}": part[list(told.columns)] for name, part in parts.items()}
        files = write_end(point, tables, facts, target)
    return Equilibrium(point, market.round, iterations, awards, told, corrections, files, doubts_of(point), rounds)


def doubts_of(point: FixedPoint) -> tuple[str, ...]:
    """What makes an outcome doubtful: the price of an emergency, and awards for which there is no room."""
    facts = point.last.response.facts
    found = []
    share = facts.get("emergency", 0.0) / facts["cost"] if facts.get("cost") else 0.0
    if share > EMERGENCY_SHARE:
        found.append(
            f"Unserved energy and CO2 beyond the cap are {share:.0%} of the cost of the system with this capacity: its "
            "prices are those of an emergency. One round alone carries too little where nothing else may be built "
            "(--unsubsidised, --scale)."
        )
    beyond = facts.get("beyond_potential", 0.0)
    if beyond > point.rules.capacity_tolerance:
        found.append(f"{beyond:,.0f} MW of awards found no room in the potentials and are not built.")
    return tuple(found)


def _sound(choices: Choices, prices: Prices, scenario: Scenario) -> Choices:
    """Refuse names that are not known and modes that would hold twice."""
    problems = []
    if choices.prices not in prices.scenarios:
        known = list(prices.scenarios)
        expected = "one of " + ", ".join(known) + nearest(choices.prices, known)
        problems.append(Problem("equilibrium", "", "prices", choices.prices, expected))
    mode = getattr(getattr(scenario, "sdepp", None), "mode", "off")
    if mode != "off":
        expected = "off: awards come from the tender here, and not from the program too"
        problems.append(Problem(scenario.name, "", "sdepp.mode", str(mode), expected))
    if scenario.dispatch.holds:
        expected = "a scenario that chooses its capacities: what awards build is held by the equilibrium"
        problems.append(Problem(scenario.name, "", "dispatch", "held capacities", expected))
    if scenario.foresight == "myopic":
        problems.append(Problem(scenario.name, "", "foresight", "myopic", "perfect"))
    if problems:
        raise InputError(problems)
    return choices


def _facts(built: Built, market: Market, choices: Choices) -> dict[str, Any]:
    """Where the figures come from, as attributes of the cube."""
    from model.cube.record import as_json, versions

    held = market.round
    parts = asdict(replace(choices, imbalance={}))
    return {
        "title": f"Equilibrium of round {held.round} with {built.scenario.run_name}",
        "scenario_name": built.scenario.run_name,
        "scenario_yaml": built.scenario.to_yaml(),
        "checksums": as_json(dict(built.case.checksums)),
        "versions": as_json(versions()),
        "round": held.round,
        "ceiling": held.ceiling,
        "hekjes": json.dumps(dict(held.hekjes)),
        "rounds": json.dumps({part.round.round: part.round.ceiling for part in getattr(market, "parts", (market,))}),
        "choices": as_json({**parts, "imbalance": dict(choices.imbalance)}),
    }


def figures(found: FixedPoint) -> pd.DataFrame:
    """One row per iterate: iteration, awarded (MW or t/h), claim (EUR), changes, gap, step, cost (EUR), seconds."""
    rows: list[dict[str, Any]] = []
    for made in found.iterates:
        awards = made.response.awards
        rows.append(
            {
                "iteration": made.number,
                "awarded_capacity": float(awards["capacity"].sum()),
                "awarded_claim": float(awards["claim"].sum()),
                "realised": float(made.response.realised.sum()),
                "held": float(made.held.sum()),
                "change_capacity": made.change_capacity,
                "change_claim": made.change_claim,
                "gap": made.gap,
                "step": made.step,
                "cost": made.response.facts.get("cost", math.nan),
                "seconds": made.seconds,
            }
        )
    return pd.DataFrame(rows)
