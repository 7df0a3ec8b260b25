"""What each command does: call one function of the package, and put its answer into words and plain data."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.cli.plain import plain, table_text
from model.cli.progress import progress_bar
from model.errors import InputError, Problem
from model.scenario import Scenario, json_schema, load_scenario


@dataclass(frozen=True)
class Answer:
    """What a command has to say: as text, and as an object for `--json`."""

    text: str
    data: Any


def run(options: argparse.Namespace) -> Answer:
    """Solve a scenario and write its result."""
    from model.job import run as run_scenario
    from model.report.reading import money

    scenario = load_scenario(options.scenario, options.settings, options.overlays)
    with progress_bar(not options.quiet) as progress:
        result = run_scenario(scenario, options.output, progress)
    data = plain(dataclasses.asdict(result))
    text = "\n".join(
        [
            f"{result.status}: {money(result.objective, scenario.time.mode == 'snapshots')} (discounted system cost)",
            f"{result.rows:,} rows, {result.columns:,} columns, {result.nonzeros:,} nonzeros",
            f"{result.seconds:.1f} s, of which {result.seconds_solver:.1f} s in HiGHS; {result.peak_mb:,.0f} MB",
            f"result: {result.run_file}",
        ]
    )
    return Answer(text, data)


def validate(options: argparse.Namespace) -> Answer:
    """Check a scenario or a folder of tables; say what solving takes."""
    folder = Path(options.subject)
    if not (folder.is_dir() and any(folder.glob("*.csv"))):
        scenario = load_scenario(options.subject, options.settings, options.overlays)
        return _expected([scenario], None, options.quiet)
    scenarios, problems = [], []
    for path in sorted(folder.glob("scenarios/*.yaml")):
        try:
            scenarios.append(load_scenario(path, options.settings, options.overlays))
        except InputError as error:
            problems += error.problems
    if problems or not scenarios:
        return _tables(folder, problems)
    return _expected(scenarios, folder, options.quiet)


def _tables(folder: Path, problems: list[Problem]) -> Answer:
    """Check the tables alone, where no scenario stands by them or one of them cannot be read."""
    from model.data.validation import check_folder, warn_of

    checked = check_folder(folder)
    if problems or checked.problems:
        raise InputError([*problems, *checked.problems])
    warn_of(checked.doubts)
    count = sum(len(table) > 0 for table in checked.tables.values())
    text = f"{folder}: {count} tables ok; no scenario in {folder / 'scenarios'}, so the tables were checked alone"
    return Answer(text, {"status": "ok", "problems": [], "scenarios": {}})


def _expected(scenarios: list[Scenario], folder: Path | None, quiet: bool) -> Answer:
    """Build every scenario, all faults in one report, and estimate the solves."""
    from model.studies.expectation import expect

    texts, data, problems = [], {}, list[Problem]()
    for scenario in scenarios:
        with progress_bar(not quiet) as progress:
            try:
                expected = expect(scenario, folder, progress)
            except InputError as error:
                problems += error.problems
                continue
        texts.append(f"{scenario.run_name}: ok\n" + "\n".join(f"  {line}" for line in str(expected).splitlines()))
        data[scenario.run_name] = expected.as_data()
    if problems:
        raise InputError(problems)
    return Answer("\n".join(texts), {"status": "ok", "problems": [], "scenarios": plain(data)})


def show(options: argparse.Namespace) -> Answer:
    """Print the summary table of a result, or its figures under the five themes of the programme letter."""
    opened = _open(options.run_file)
    if options.sites:
        from model.report.site_ledgers import site_ledger_table, site_ledger_text

        ledgers = site_ledger_table(opened)
        return Answer(site_ledger_text(ledgers), plain(ledgers))
    if options.themes:
        from model.report.themes import themes_report

        report = themes_report(opened)
        return Answer(table_text(report), plain(report))
    from model.report.summary import summary_table

    table = summary_table(opened, options.run_file)
    return Answer(table_text(table), plain(table))


def explain(options: argparse.Namespace) -> Answer:
    """Say who supplies a node at a moment, and what sets the price."""
    opened = _open(options.run_file)
    from model.cli.rebuilt import rebuilt_program
    from model.report.explain import explain as explain_moment
    from model.report.explain import known_place

    moment = int(options.time) if options.time.isdigit() else options.time
    known_place(opened, options.node, moment, options.year)
    program, why_not = rebuilt_program(opened)
    answer = explain_moment(opened, options.node, moment, options.year, program, why_not)
    return Answer(table_text(answer), plain(answer))


def compare(options: argparse.Namespace) -> Answer:
    """Print what differs between two results."""
    opened = _open(options.first), _open(options.second)
    from model.report.compare import compare as compare_runs

    table = compare_runs(*opened)
    return Answer(table_text(table), plain(table))


def report(options: argparse.Namespace) -> Answer:
    """Write the page of a result."""
    opened = _open(options.run_file)
    from model.report.page import write_page

    page = Path(options.output or Path(options.run_file).with_suffix(".html"))
    write_page(opened, page, options.run_file)
    return Answer(f"page: {page}", {"status": "ok", "page": str(page)})


def dispatch(options: argparse.Namespace) -> Answer:
    """Operate the capacities of a run over every hour and compare."""
    from model.cli.dispatch import run_dispatch

    return Answer(*run_dispatch(options))


def study(options: argparse.Namespace) -> Answer:
    """Run a study and write its tables, pictures and page."""
    from model.cli.studies import run_study

    return Answer(*run_study(options))


def queue(options: argparse.Namespace) -> Answer:
    """Serve a queue of requests for transport rights."""
    from model.cli.queue import run_queue

    return Answer(*run_queue(options))


def sdepp(options: argparse.Namespace) -> Answer:
    """Answer a question on the subsidy scheme."""
    from model.cli.sdepp import run_sdepp

    return Answer(*run_sdepp(options))


def exchange(options: argparse.Namespace) -> Answer:
    """Bring a network of another model in, or a result out."""
    from model.cli.exchange import run_exchange

    return Answer(*run_exchange(options))


def grid(options: argparse.Namespace) -> Answer:
    """Reckon with the grid alone."""
    from model.cli.grid import run_grid

    return Answer(*run_grid(options))


def schema(options: argparse.Namespace) -> Answer:
    """Print or write the JSON Schema of scenario files."""
    text = json.dumps(json_schema(), indent=2)
    if not options.output:
        return Answer(text, json_schema())
    Path(options.output).write_text(text + "\n", encoding="utf-8")
    return Answer(f"schema: {options.output}", {"status": "ok", "schema": options.output})


def _open(name: str) -> Any:
    """Open a result file; what is none is said before anything heavy is loaded."""
    if not Path(name).is_file():
        raise InputError([Problem(name, "", "", "", "a result file (made by `smr-grid-nl run`)")])
    from model.cube import open_run

    return open_run(name)


COMMANDS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "run": run,
    "validate": validate,
    "show": show,
    "explain": explain,
    "compare": compare,
    "report": report,
    "dispatch": dispatch,
    "study": study,
    "sdepp": sdepp,
    "exchange": exchange,
    "grid": grid,
    "queue": queue,
    "schema": schema,
}
