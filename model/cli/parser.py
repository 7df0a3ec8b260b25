"""What the command line understands."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from model import __version__
from model.cli import queue, rights_studies
from model.cli.adequacy import EXAMPLES, HELP, add_adequacy
from model.cli.exchange_parser import add_exchange
from model.cli.grid import add_grid
from model.cli.grid_studies_parser import GRID_VALUE, REDISPATCH, add_grid_value, add_redispatch
from model.cli.sdepp_parser import add_sdepp

if TYPE_CHECKING:
    _Commands: TypeAlias = argparse._SubParsersAction["_Parser"]

EXIT_CODES = """exit codes:
  0  done
  1  something unexpected went wrong
  2  the inputs or the command hold faults; nothing was solved or written
  3  the solver found no optimum; the message says what conflicts; no result was written
  4  the solution failed the independent check; no result was written
  130  interrupted
"""


class UsageError(Exception):
    """The command line itself cannot be understood."""

    exit_code = 2

    def __init__(self, message: str, usage: str) -> None:
        """Keep the message and how the command is used."""
        super().__init__(message)
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    """Raises instead of leaving the process, so that `--json` can answer as JSON."""

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`."""
        raise UsageError(message, self.format_usage())


def make_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    parser = _Parser(
        prog="smr-grid-nl",
        description="Open linear model of the Dutch energy system: reactors, renewables, heat, hydrogen and the grid.",
        epilog="first steps:\n  smr-grid-nl run quick\n  smr-grid-nl report results/quick/quick.nc\n\n" + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"smr-grid-nl {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _run(commands)
    _validate(commands)
    _show(commands)
    _explain(commands)
    _compare(commands)
    _report(commands)
    _dispatch(commands)
    _study(commands)
    add_sdepp(commands, _command)
    add_exchange(commands, _command)
    add_grid(commands, _command, _scenario_options)
    _queue(commands)
    _schema(commands)
    return parser


def _command(commands: _Commands, name: str, help_text: str, examples: str) -> argparse.ArgumentParser:
    made = commands.add_parser(
        name,
        help=help_text.replace("%", "%%"),  # argparse formats this one, and the description not
        description=help_text[0].upper() + help_text[1:] + ".",
        epilog=f"examples:\n{examples}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    made.add_argument("--quiet", "-q", action="store_true", help="print nothing but errors")
    return made


def _scenario_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--set",
        dest="settings",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="set one key of the scenario, dotted (time.periods=4); may be repeated",
    )
    command.add_argument(
        "--with",
        dest="overlays",
        metavar="OVERLAY",
        action="append",
        default=[],
        help="lay an overlay (name or file) over the scenario; may be repeated, later wins",
    )


def _run(commands: _Commands) -> None:
    command = _command(
        commands,
        "run",
        "build, solve, check and write a scenario",
        "  smr-grid-nl run quick\n"
        "  smr-grid-nl run base -o results/today --set reactors.enabled=false\n"
        "  smr-grid-nl run behind_the_meter --with quick_time --json",
    )
    command.add_argument(
        "scenario",
        metavar="SCENARIO",
        help="name of a scenario that ships, path of a YAML file, or folder of a data set with one scenario in it",
    )
    command.add_argument("-o", "--output", metavar="DIR", help="folder for the result (default: results/<scenario>)")
    _scenario_options(command)


def _validate(commands: _Commands) -> None:
    command = _command(
        commands,
        "validate",
        "check a scenario and its tables, and say what solving it would take",
        "  smr-grid-nl validate base\n"
        "  smr-grid-nl validate my_scenario.yaml --set time.mode=full\n"
        "  smr-grid-nl validate inputs/nl      (all tables, and every scenario of the folder)",
    )
    command.add_argument(
        "subject", metavar="SCENARIO|FOLDER", help="name or path of a scenario, or the folder of a data set"
    )
    _scenario_options(command)


def _show(commands: _Commands) -> None:
    command = _command(
        commands,
        "show",
        "print a summary table of a result",
        "  smr-grid-nl show results/quick/quick.nc\n  smr-grid-nl show results/quick/quick.nc --themes --json",
    )
    command.add_argument("run_file", metavar="RUN.nc", help="result file")
    command.add_argument(
        "--sites",
        action="store_true",
        help="social and private cost of every site, and the difference item by item, million EUR a year",
    )
    command.add_argument(
        "--themes",
        action="store_true",
        help="reactors under the five themes of the SMR programme letter: place, energy, time, finance, value chain",
    )


def _explain(commands: _Commands) -> None:
    command = _command(
        commands,
        "explain",
        "say who supplies a node at a moment, what binds and what sets the price",
        "  smr-grid-nl explain results/quick/quick.nc --node RM_ZH --time 17\n"
        "  smr-grid-nl explain results/quick/quick.nc --node GR_regional --time peak --year 2040",
    )
    command.add_argument("run_file", metavar="RUN.nc", help="result file")
    command.add_argument("--node", required=True, help="bus or site, such as NH_regional or RM_ZH")
    command.add_argument("--time", required=True, help="time step: its number, its start (2017-01-23T18), or peak")
    command.add_argument("--year", type=int, help="milestone year (default: the last one)")


def _compare(commands: _Commands) -> None:
    command = _command(
        commands,
        "compare",
        "print what differs between two results",
        "  smr-grid-nl compare results/no_smr/no_smr.nc results/base/base.nc",
    )
    command.add_argument("first", metavar="A.nc", help="result file")
    command.add_argument("second", metavar="B.nc", help="result file to compare with the first")


def _report(commands: _Commands) -> None:
    command = _command(
        commands,
        "report",
        "write one self-contained HTML page with interactive pictures",
        "  smr-grid-nl report results/quick/quick.nc\n  smr-grid-nl report results/quick/quick.nc -o quick.html",
    )
    command.add_argument("run_file", metavar="RUN.nc", help="result file")
    command.add_argument("-o", "--output", metavar="page.html", help="the page (default: beside the result file)")


def _dispatch(commands: _Commands) -> None:
    command = _command(
        commands,
        "dispatch",
        "hold the capacities of a result and operate them over every hour, year by year",
        "  smr-grid-nl dispatch results/base/base.nc\n"
        "  smr-grid-nl dispatch results/base/base.nc --year 2050 --set time.step_hours=3\n"
        "  smr-grid-nl dispatch results/base/base.nc --set weather_years=[2012] -o results/other_weather",
    )
    command.add_argument("run_file", metavar="RUN.nc", help="result file of a run that chose its capacities")
    command.add_argument("-o", "--output", metavar="DIR", help="folder for the results (default: beside RUN.nc)")
    command.add_argument(
        "--year",
        dest="years",
        metavar="Y",
        type=int,
        nargs="+",
        action="extend",
        default=[],
        help="milestone years (default: all of the run)",
    )
    _scenario_options(command)


def _study(commands: _Commands) -> None:
    command = commands.add_parser(
        "study",
        help="answer a question that takes many solves, with tables and pictures",
        description="Answer a question that takes many solves, with tables and pictures (docs/explanation/studies.md).",
    )
    studies: _Commands = command.add_subparsers(dest="study", metavar="STUDY", required=True)
    modes = _one_study(
        studies,
        "modes",
        "compare base load, behind the meter, flexible use and co-production of the same reactors",
        "  smr-grid-nl study modes quick\n  smr-grid-nl study modes quick --site RM_ZH --power 600",
    )
    modes.add_argument("--site", metavar="NODE", help="site of the comparison (default: the one with most demand)")
    modes.add_argument("--power", metavar="MW", type=float, help="MW_e forced at the site (default: 300)")
    modes.add_argument("--national-power", metavar="MW", type=float, help="and in the country (default: 3000)")
    modes.add_argument(
        "--hydrogen-share",
        metavar="SHARE",
        type=float,
        help="share of what the electrolysers beside the reactors could make in a year that they make at least, above "
        "0 and at most 1 (default: 0.5)",
    )
    _one_study(
        studies,
        "smr-range",
        "how much small nuclear is near-optimal, and what a target of 0 to 10 GW costs",
        "  smr-grid-nl study smr-range quick\n  smr-grid-nl study smr-range base --year 2040",
    )

    add_adequacy(_command(studies, "adequacy", HELP, EXAMPLES))
    of_redispatch = "a market without limits inside the country, and its least-cost correction within the grid"
    add_redispatch(_grid_study(studies, "redispatch", of_redispatch, REDISPATCH))
    of_value = "what every limit of the grid is worth, and where one more small reactor relieves or worsens it"
    add_grid_value(_grid_study(studies, "grid-value", of_value, GRID_VALUE))

    add = _study_command(studies, "atr85", rights_studies.HELP, rights_studies.EXAMPLES)
    rights_studies.add_atr85(add)


def _one_study(studies: _Commands, name: str, help_text: str, examples: str) -> argparse.ArgumentParser:
    command = _study_command(studies, name, help_text, examples)
    command.add_argument("scenario", metavar="SCENARIO", help="name of a scenario that ships, or path of a YAML file")
    command.add_argument("--year", type=int, help="milestone year of the capacities (default: the last one)")
    return command


def _grid_study(studies: _Commands, name: str, help_text: str, examples: str) -> argparse.ArgumentParser:
    command = _study_command(studies, name, help_text, examples)
    command.add_argument(
        "scenario",
        metavar="SCENARIO|RUN.nc",
        help="name of a scenario that ships, path of a YAML file, or a result file, whose capacities then stand",
    )
    return command


def _study_command(studies: _Commands, name: str, help_text: str, examples: str) -> argparse.ArgumentParser:
    command = _command(studies, name, help_text, examples)
    command.add_argument(
        "-o", "--output", metavar="DIR", help="folder for the files (default: results/<scenario>/study_…)"
    )
    _scenario_options(command)
    return command


def _queue(commands: _Commands) -> None:
    command = _command(commands, "queue", queue.HELP, queue.EXAMPLES)
    queue.add_queue(command)
    _scenario_options(command)


def _schema(commands: _Commands) -> None:
    command = _command(
        commands,
        "schema",
        "print the JSON Schema of scenario files, for editors",
        "  smr-grid-nl schema -o scenario.schema.json",
    )
    command.add_argument("-o", "--output", metavar="FILE", help="write to this file instead of the screen")
