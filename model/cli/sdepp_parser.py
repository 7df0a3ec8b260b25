"""What the command line understands after `sdepp`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from model.cli.sdepp_cash_parser import add_cash
from model.cli.sdepp_equilibrium_parser import add_equilibrium
from model.cli.sdepp_questions_parser import add_questions

MakeCommand = Callable[[Any, str, str, str], argparse.ArgumentParser]


def add_sdepp(commands: Any, make: MakeCommand) -> None:
    """Add `sdepp` and its commands.

    Args:
        commands: where commands are added.
        make: makes one command from its place, name, help and examples, with `--json` and `--quiet`.
    """
    command = commands.add_parser(
        "sdepp",
        help="the SDE++ subsidy scheme: its categories, who wins a round, and what is paid",
        description="The SDE++ subsidy scheme by the letter of the law (docs/explanation/sdepp.md).",
    )
    questions = command.add_subparsers(dest="question", metavar="QUESTION", required=True)
    _categories(questions, make)
    _tender(questions, make)
    add_cash(questions, make)
    add_equilibrium(questions, make)
    add_questions(questions, make)


def _categories(questions: Any, make: MakeCommand) -> None:
    command = make(
        questions,
        "categories",
        "list the categories with amounts per phase, floor, hours and term",
        "  smr-grid-nl sdepp categories\n  smr-grid-nl sdepp categories --technique e_boiler --json",
    )
    command.add_argument("--year", default="2024", help="year of the table (default: 2024)")
    command.add_argument("--technique", metavar="NAME", help="only this technique")
    command.add_argument("--all", action="store_true", help="also those that are not open")
    _tables_option(command)


def _tender(questions: Any, make: MakeCommand) -> None:
    command = make(
        questions,
        "tender",
        "hold a round over a table of applications: who wins, and why the others do not",
        "  smr-grid-nl sdepp tender inputs/nl/sdepp/example_applications.csv --round 2024\n"
        "  smr-grid-nl sdepp tender my_projects.csv --ceiling 8e9 --hekjes 750e6 -o results/eight_billion\n"
        "  smr-grid-nl sdepp tender my_projects.csv --hekjes 0 --not-fitting stop --seed 7 --json",
    )
    command.add_argument("applications", metavar="PROJECTS.csv", help="table of applications, one row each")
    command.add_argument("-o", "--output", metavar="DIR", help="folder (default: results/sdepp/tender_<round>)")
    command.add_argument("--round", default="2024", metavar="ID", help="round of the tables (default: 2024)")
    command.add_argument("--categories", metavar="YEAR", help="categories of this year instead of the round's own")
    command.add_argument("--ceiling", type=float, metavar="EUR", help="another ceiling, such as 8e9")
    command.add_argument(
        "--hekjes", type=float, metavar="EUR", help="this reserve for every domain with a hekje; 0: none"
    )
    command.add_argument(
        "--hekje",
        dest="single_hekjes",
        metavar="DOMAIN=EUR",
        action="append",
        default=[],
        help="another reserve for one domain, such as molecules=5e8; may be repeated",
    )
    command.add_argument(
        "--straddle",
        choices=("draw_general", "general_only"),
        default="draw_general",
        help="an application across the edge of its reserve: draws the rest from the general pot, or all of it",
    )
    command.add_argument(
        "--not-fitting",
        choices=("skip", "stop"),
        default="skip",
        help="an application that does not fit: the next is tried, or the general pot closes",
    )
    command.add_argument(
        "--double-hekje",
        choices=("first", "last"),
        default="first",
        help="a category in two domains belongs to high (first) or low (last) temperature heat",
    )
    command.add_argument("--seed", type=int, default=0, help="of the lottery and of drawn attrition (default: 0)")
    command.add_argument(
        "--transport-indication",
        metavar="LIST",
        help="techniques or categories that need one, with commas between, or none (default: the round's list)",
    )
    command.add_argument(
        "--headroom", metavar="FILE", help="table of region and feed_in (MW): gives the transport indications"
    )
    command.add_argument(
        "--reserving", action="store_true", help="an indication takes its MW from the headroom, in order of receipt"
    )
    command.add_argument(
        "--limits",
        choices=("all", "none"),
        default="all",
        help="technical limits of the categories (sizes, COP, stores, connections) are held against what rows tell",
    )
    command.add_argument(
        "--attrition",
        choices=("none", "drawn", "expected"),
        default="none",
        help="what falls away before the decision and after the award: drawn by seed, or (after it) as a share",
    )
    _tables_option(command)


def _tables_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--tables", metavar="DIR", help="folder of the scheme's tables (default: inputs/nl/sdepp)")
