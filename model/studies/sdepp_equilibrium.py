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
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from model.errors import InputError, Problem
from model.job import Built, Progress, build
from model.scenario import Scenario
from model.sdepp.attrition import load_attrition
from model.sdepp.prices import Prices, load_prices
from model.sdepp.reading import nearest
from model.sdepp.rounds import Round, load_round
from model.sdepp.tender import categories_of
from model.studies.sdepp_equilibrium_cube import (
    APPLICATIONS,
    corrections_table,
    dataset_of,
    write_dataset,
    write_end,
)
from model.studies.sdepp_fixed_point import FixedPoint, Iterate, Rules
from model.studies.sdepp_loop import Choices, Market, equilibrium_of, stays
from model.studies.sdepp_market import model_market
from model.studies.sdepp_signal import Signal, load_imbalance

CUBE = "equilibrium.nc"
LOG = "equilibrium.log"
EMERGENCY_SHARE = 0.01
"""Part of the cost that unserved energy and CO2 beyond the cap may be before the outcome is doubted."""


@dataclass(frozen=True)
class Equilibrium:
    """What came of it.

    Attributes:
        point: outcome and all iterates.
        round: the round as it was held.
        iterations: one row per iterate, see `figures`.
        awards: over (category, region) in the last iterate: bids, claims, capacities, prices; of a cycle, one of its
            members.
        applications: every application of the last iterate with what became of it and its `share_built`.
        corrections: category x year at the prices of the last iterate, EUR per unit.
        files: what was written, by name.
        doubts: what makes the outcome doubtful, one sentence each.
    """

    point: FixedPoint
    round: Round
    iterations: pd.DataFrame
    awards: pd.DataFrame
    applications: pd.DataFrame
    corrections: pd.DataFrame
    files: Mapping[str, Path]
    doubts: tuple[str, ...] = ()


def equilibrium(
    scenario: Scenario,
    round_name: str = "2024",
    rules: Rules | None = None,
    choices: Choices | None = None,
    output: str | Path | None = None,
    changes: Mapping[str, Any] | None = None,
    scale: float = 1.0,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Equilibrium:
    """Look for the equilibrium of a round and a scenario with the model's own candidates.

    Args:
        scenario: any scenario; awards are built in its first milestone year.
        round_name: round of the tables.
        rules: damping and stopping rule.
        choices: what is assumed around the loop; without an imbalance of its own, that of imbalance.csv.
        output: folder for the cube, written after every iterate, the log and the tables of the end; none: nothing.
        changes: parts of the round that are changed, such as `{"ceiling": 8e9}`.
        scale: factor on the offers of all candidates.
        folder: folder of the scheme's tables; by default those that ship.
        progress: told what goes on.

    Raises:
        InputError: faults in scenario, tables or choices, all at once where they are known at once.
        NotOptimal: the scenario has no optimum, or none with what an iterate holds.
        CheckFailed: a solution contradicts the inputs.
    """
    held = load_round(round_name, folder).but(**dict(changes or {}))
    prices = load_prices(folder)
    chosen = _sound(choices or Choices(), prices, scenario)
    chosen = chosen if chosen.imbalance else replace(chosen, imbalance=load_imbalance(folder))
    categories = categories_of(held)
    attrition = load_attrition(folder, categories) if chosen.attrition != "none" else None
    built = build(scenario, None, progress)
    market = model_market(built.case, held, categories, prices, folder, scale)
    return look_for(built, market, prices, attrition, rules, chosen, output, progress)


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
    told = rows.assign(share_built=stays(rows, chosen, attrition) * rows["awarded"])
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
        files = write_end(point, tables, facts, target)
    return Equilibrium(point, market.round, iterations, awards, told, corrections, files, doubts_of(point))


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
