"""`python -m model study redispatch` and `study grid-value`: what the grid does to a plan, and what it is worth."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.studies.framework.page import Answer


def load_asked(options: argparse.Namespace) -> Any:
    """The scenario that is asked about; of a result file its own, whose capacities then stand."""
    from model.studies.plan import scenario_or_run

    scenario, run = scenario_or_run(options.scenario, options.settings, options.overlays, options.capacities)
    options.capacities = run
    return scenario


def redispatch(options: argparse.Namespace, scenario: Any, folder: Path, progress: Any) -> Answer:
    """The study `redispatch`."""
    from model.studies import grid_redispatch as study
    from model.studies.grid_redispatch_answer import answer_of

    spread = study.SPREAD if options.spread is None else options.spread
    areas = dict(study.area_limit(text) for text in options.area_limit)
    study.refuse_options(spread, options.hold)
    found = study.grid_redispatch(
        scenario,
        options.capacities,
        options.without,
        spread,
        options.hold,
        areas,
        log_folder=folder,
        progress=progress,
    )
    return answer_of(found)


def grid_value(options: argparse.Namespace, scenario: Any, folder: Path, progress: Any) -> Answer:
    """The study `grid-value`."""
    from model.studies import grid_value as study
    from model.studies.grid_value_answer import answer_of

    found = study.grid_value(
        scenario,
        options.capacities,
        options.without,
        options.power,
        options.nodes,
        options.year,
        log_folder=folder,
        progress=progress,
    )
    return answer_of(found)
