"""`python -m model study adequacy`: outages drawn on the capacities of a run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.errors import InputError, Problem

if TYPE_CHECKING:
    from model.studies.framework.page import Answer

EXAMPLES = (
    "  smr-grid-nl study adequacy results/quick/quick.nc\n"
    "  smr-grid-nl study adequacy results/base/base.nc --year 2040 --weather-years 1996 2010 2012 --draws 200 --seed 7"
)
HELP = "hours and energy that are short when units fail, drawn over weather years on the capacities of a result"


def add_adequacy(command: argparse.ArgumentParser) -> None:
    """Arguments of the study `adequacy`."""
    command.add_argument("run_file", metavar="RUN.nc", help="result file of a run that chose its capacities")
    command.add_argument("-o", "--output", metavar="DIR", help="folder for the files (default: beside RUN.nc)")
    command.add_argument("--year", type=int, help="milestone year of the capacities (default: the last one)")
    command.add_argument(
        "--weather-years",
        metavar="Y",
        type=int,
        nargs="+",
        action="extend",
        default=[],
        help="weather years of the data set (default: those of the run)",
    )
    command.add_argument("--draws", metavar="N", type=int, default=100, help="draws of a weather year (default: 100)")
    command.add_argument("--seed", metavar="S", type=int, default=1, help="seed of all draws (default: 1)")
    command.add_argument(
        "--no-firm", action="store_true", help="leave out by how much firm power each technology could be replaced"
    )


def load(options: argparse.Namespace) -> Any:
    """The scenario of the run."""
    import yaml

    from model.cube import open_run
    from model.scenario import Scenario

    if not Path(options.run_file).is_file():
        raise InputError([Problem(options.run_file, "", "", "", "a result file (made by `smr-grid-nl run`)")])
    options.output = options.output or str(Path(options.run_file).parent / "study_adequacy")
    with open_run(options.run_file) as cube:
        return Scenario.model_validate(yaml.safe_load(cube["run"].attrs["scenario_yaml"]))


def study(options: argparse.Namespace, scenario: Any, folder: Path, progress: Any) -> Answer:
    """The study `adequacy`."""
    from model.studies.adequacy import adequacy
    from model.studies.adequacy_answer import answer_of

    found = adequacy(
        options.run_file,
        options.year,
        options.weather_years,
        options.draws,
        options.seed,
        firm=not options.no_firm,
        progress=progress,
    )
    return answer_of(found)
