"""`python -m model study …`: run a study, write its files, say what it found."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.cli import adequacy, grid_studies, rights_studies
from model.cli.plain import plain
from model.cli.progress import progress_bar
from model.scenario import load_scenario

if TYPE_CHECKING:
    from model.studies.framework.page import Answer as StudyAnswer


def run_study(options: argparse.Namespace) -> tuple[str, Any]:
    """Run the study that was asked for; gives its text and its object for `--json`."""
    from model.studies.framework.page import write_answer

    load = ASKED.get(options.study, _load)
    scenario = load(options)
    folder = Path(options.output or Path("results") / scenario.name / f"study_{options.study.replace('-', '_')}")
    with progress_bar(not options.quiet) as progress:
        answer = STUDIES[options.study](options, scenario, folder, progress)
    files = write_answer(answer, folder)
    report = answer.report()
    text = "\n".join([str(report), "", *(f"{kind + ':':<6}{path}" for kind, path in files.items())])
    tables = {section.title: section.table for section in report.sections}
    return text, plain({"status": "ok", "study": options.study, "files": files, "tables": tables})


def _load(options: argparse.Namespace) -> Any:
    return load_scenario(options.scenario, options.settings, options.overlays)


def _smr_range(options: argparse.Namespace, scenario: Any, folder: Path, progress: Any) -> StudyAnswer:
    from model.studies.smr_range import smr_range
    from model.studies.smr_range_answer import answer_of

    found = smr_range(scenario, options.year, log_file=folder / "smr_range.log", progress=progress)
    return answer_of(found)


def _modes(options: argparse.Namespace, scenario: Any, folder: Path, progress: Any) -> StudyAnswer:
    from model.studies.modes import modes
    from model.studies.modes_answer import answer_of

    found = modes(
        scenario,
        options.site,
        options.power,
        options.year,
        options.national_power,
        log_folder=folder,
        progress=progress,
        hydrogen_share=options.hydrogen_share,
    )
    return answer_of(found)


STUDIES: dict[str, Callable[[argparse.Namespace, Any, Path, Any], StudyAnswer]] = {
    "grid-value": grid_studies.grid_value,
    "adequacy": adequacy.study,
    "atr85": rights_studies.atr85,
    "modes": _modes,
    "redispatch": grid_studies.redispatch,
    "smr-range": _smr_range,
}
ASKED: dict[str, Callable[[argparse.Namespace], Any]] = {
    "adequacy": adequacy.load,
    "grid-value": grid_studies.load_asked,
    "redispatch": grid_studies.load_asked,
}
"""Studies that take a result file in place of a scenario."""
