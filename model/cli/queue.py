"""`python -m model queue REQUESTS.csv`: which requests for transport rights fit when, and under which right."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from model.cli.plain import plain
from model.cli.progress import progress_bar
from model.scenario import load_scenario

HELP = "say which requests for transport rights fit when, under which right and in which order"
EXAMPLE_FILE = "inputs/nl/queue/example_requests.csv"
EXAMPLES = (
    f"  smr-grid-nl queue {EXAMPLE_FILE}\n"
    f"  smr-grid-nl queue {EXAMPLE_FILE} --run results/quick/quick.nc --order priority\n"
    "  smr-grid-nl queue my_requests.csv --scenario base --set grid.hosting_factor=1.1 --json"
)


def add_queue(command: argparse.ArgumentParser) -> None:
    """Options of the command."""
    command.add_argument(
        "requests",
        metavar="REQUESTS.csv",
        help="requests: request, place, direction, right, power (MW), and technology, date, priority, first_year, note",
    )
    source = command.add_mutually_exclusive_group()
    source.add_argument("--scenario", metavar="SCENARIO", help="headroom from a scenario's tables (default: quick)")
    source.add_argument("--run", metavar="RUN.nc", help="headroom from a result: its exchange and reinforcement")
    command.add_argument("--order", choices=("first_come", "priority"), default="first_come", help="who goes first")
    command.add_argument(
        "--overtaking", action="store_true", help="let a request that fits pass one that waits before it"
    )
    command.add_argument("-o", "--output", metavar="DIR", help="folder for the files (default: results/queue)")


def hours_seen(case: Any) -> tuple[str, ...]:
    """What to know where few hours stand for the year: the fullest one may not be among them."""
    if case.scenario.time.mode in ("full", "snapshots"):
        return ()
    return (
        f"Not a whole year: headroom is that of {case.time.count:,} steps of {case.time.length.max():g} h. The fullest "
        "hour of a year may be fuller; take --set time.mode=full.",
    )


def run_queue(options: argparse.Namespace) -> tuple[str, Any]:
    """Serve the queue and write its page; gives its text and its object for `--json`."""
    from model.data import build_case
    from model.job import READ
    from model.report.settings import time_warnings
    from model.studies.framework.page import write_answer
    from model.studies.queue import queue_view
    from model.studies.queue_answer import answer_of, decision_table
    from model.studies.queue_requests import read_requests

    cube = None
    with progress_bar(not options.quiet) as progress:
        if progress is not None:
            progress(READ, "")
        if options.run is not None:
            from model.cube.read import open_run
            from model.studies.plan import scenario_of_run

            scenario = scenario_of_run(options.run)
            cube = open_run(options.run)
        else:
            scenario = load_scenario(options.scenario or "quick", options.settings, options.overlays)
        case = build_case(scenario)
        requests = read_requests(Path(options.requests), case)
        found = queue_view(case, requests, cube, options.order, options.overtaking)
        warnings = tuple(time_warnings(cube)) if cube is not None else hours_seen(case)
        if cube is not None:
            cube.close()
    from dataclasses import replace

    answer = answer_of(replace(found, warnings=warnings))
    files = write_answer(answer, Path(options.output or Path("results") / "queue"))
    report = answer.report()
    text = "\n".join([str(report), "", *(f"{kind + ':':<6}{path}" for kind, path in files.items())])
    data = {"status": "ok", "order": found.order, "files": files, "requests": decision_table(found)}
    return text, plain(data)
