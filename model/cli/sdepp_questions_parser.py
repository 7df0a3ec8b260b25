"""What the command line understands after `sdepp candidates` and the questions to a round."""

from __future__ import annotations

import argparse
from typing import Any

from model.studies.sdepp_names import (
    BRACKET,
    CEILINGS,
    CEILINGS_OF_HEKJES,
    FEED_IN_FACTORS,
    OVERLAYS,
    RESERVES,
    SCENARIO,
    SHARES,
)


def add_questions(questions: Any, make: Any) -> None:
    """Add `candidates`, the questions and `report`.

    Args:
        questions: where commands of `sdepp` are added.
        make: makes one command from its place, name, help and examples, with `--json` and `--quiet`.
    """
    _candidates(questions, make)
    _ceilings(questions, make)
    _hekjes(questions, make)
    _losers(questions, make)
    _non_firm(questions, make)
    _own_use(questions, make)
    _smr(questions, make)
    _outcomes(questions, make)
    _report(questions, make)


def _candidates(questions: Any, make: Any) -> None:
    command = make(
        questions,
        "candidates",
        "draw candidate projects from the model's potentials, technology costs and grid headroom",
        "  smr-grid-nl sdepp candidates -o candidates.csv --year 2024 --seed 1\n"
        "  smr-grid-nl sdepp candidates -o many.csv --scale 1.5 --set grid.hosting_factor=0.7\n"
        "  smr-grid-nl sdepp tender candidates.csv",
    )
    command.add_argument("-o", "--output", metavar="FILE.csv", default="results/sdepp/candidates.csv", help=OUT)
    _drawing(command)


def _ceilings(questions: Any, make: Any) -> None:
    command = make(
        questions,
        "ceilings",
        "who wins at each ceiling",
        "  smr-grid-nl sdepp ceilings\n  smr-grid-nl sdepp ceilings --ceilings 8e9 11.5e9 12e9 --applications mine.csv",
    )
    command.add_argument("--ceilings", nargs="+", type=float, default=list(CEILINGS), metavar="EUR", help=SUMS)
    _asking(command)


def _hekjes(questions: Any, make: Any) -> None:
    command = make(
        questions,
        "hekjes",
        "what hekjes of each size change, and what they cost in EUR per t CO2 against 15 %",
        "  smr-grid-nl sdepp hekjes\n  smr-grid-nl sdepp hekjes --reserves 0 750e6 1000e6 --ceilings 8e9 --json",
    )
    command.add_argument("--reserves", nargs="+", type=float, default=list(RESERVES), metavar="EUR", help=SUMS)
    command.add_argument(
        "--ceilings", nargs="+", type=float, default=list(CEILINGS_OF_HEKJES), metavar="EUR", help=SUMS
    )
    _asking(command)


def _losers(questions: Any, make: Any) -> None:
    command = make(
        questions,
        "losers",
        "which categories lose in a round, and why",
        "  smr-grid-nl sdepp losers\n  smr-grid-nl sdepp losers --ceiling 8e9 --applications mine.csv",
    )
    _asking(command, own_ceiling=True)


def _non_firm(questions: Any, make: Any) -> None:
    command = make(
        questions,
        "non-firm",
        "what mandatory non-firm connections for PV, wind and electric boilers would change",
        "  smr-grid-nl sdepp non-firm\n  smr-grid-nl sdepp non-firm --feed-in 1 0.6 0.3 --scale 2 -o results/non_firm",
    )
    factors = list(FEED_IN_FACTORS)
    text = "factors on the limits of feed-in, which are estimates (default: 1 0.4)"
    command.add_argument("--feed-in", nargs="+", type=float, default=factors, metavar="FACTOR", help=text)
    command.add_argument("--prices", default="long_term", metavar="NAME", help="price scenario (default: long_term)")
    _drawn_only(command)


def _own_use(questions: Any, make: Any) -> None:
    command = make(
        questions,
        "own-use",
        "what own use of PV on roofs changes against feeding in",
        "  smr-grid-nl sdepp own-use\n  smr-grid-nl sdepp own-use --shares 0 0.3 0.6 --retail-price 0.11 --json",
    )
    text = "parts of the production used on site (default: 0 0.2 0.5 0.8)"
    command.add_argument("--shares", nargs="+", type=float, default=list(SHARES), metavar="SHARE", help=text)
    text = "what a kWh of own use saves, EUR (default: of question_assumptions.csv)"
    command.add_argument("--retail-price", type=float, metavar="EUR", help=text)
    names, text = list(BRACKET), "price scenarios of the payments (default: long_term floor)"
    command.add_argument("--prices", nargs="+", default=names, metavar="NAME", help=text)
    _drawn_only(command)


def _smr(questions: Any, make: Any) -> None:
    command = make(
        questions,
        "smr",
        "what heat and power of small reactors change in the need for subsidy and in its cash: two runs side by side",
        "  smr-grid-nl run quick\n  smr-grid-nl run no_smr --with quick_time\n"
        "  smr-grid-nl sdepp smr results/quick/quick.nc results/no_smr/no_smr+quick_time.nc --milestone 2040",
    )
    command.add_argument("with_reactors", metavar="WITH.nc", help="run with small reactors")
    command.add_argument("without_reactors", metavar="WITHOUT.nc", help="run without")
    text = "year up to which is built (default: the first with small reactors)"
    command.add_argument("--milestone", type=int, metavar="YEAR", help=text)
    command.add_argument("--year", default="2024", metavar="ID", help="round whose rules hold (default: 2024)")
    command.add_argument("--seed", type=int, default=1, help="of the dispersion of costs (default: 1)")
    command.add_argument("--tables", metavar="DIR", help="folder of the scheme's tables (default: inputs/nl/sdepp)")
    command.add_argument("-o", "--output", metavar="DIR", help="folder for tables as CSV (default: none is written)")


def _outcomes(questions: Any, make: Any) -> None:
    command = make(
        questions,
        "outcomes",
        "simulated rounds beside those that were held: what was asked and awarded, in all and by group",
        "  smr-grid-nl sdepp outcomes\n  smr-grid-nl sdepp outcomes --rounds 2024 --scale 0.6 --seed 2 --json",
    )
    text = "rounds of realised_rounds.csv; those without categories are listed only (default: all)"
    command.add_argument("--rounds", nargs="+", default=[], metavar="ID", help=text)
    text = "what falls away before the decision: drawn by seed, or nothing (default: drawn)"
    command.add_argument("--attrition", choices=("drawn", "none"), default="drawn", help=text)
    command.add_argument("-o", "--output", metavar="DIR", help="folder for tables as CSV (default: none is written)")
    _drawing(command, of_one_round=False)


def _report(questions: Any, make: Any) -> None:
    command = make(
        questions,
        "report",
        "one page of pictures: merit order, budget, cash by year, awards on the map",
        "  smr-grid-nl sdepp report\n  smr-grid-nl sdepp report --ceiling 8e9 --prices long_term floor -o results/8",
    )
    names, text = list(BRACKET), "price scenarios; bars are those of the first (default: long_term floor)"
    command.add_argument("--prices", nargs="+", default=names, metavar="NAME", help=text)
    _drawn_only(command)


OUT = "table of applications; beside it <name>_projects.csv and <name>_headroom.csv (default: %(default)s)"
FOLDER = "folder for what is written (default: the page under results/sdepp; no tables of questions)"
SUMS = "sums in EUR, such as 8e9 (default: those of the letter)"


def _drawn_only(command: argparse.ArgumentParser) -> None:
    """Options of a question that needs drawn candidates."""
    command.add_argument("--ceiling", type=float, metavar="EUR", help="another ceiling, such as 8e9")
    command.add_argument("-o", "--output", metavar="DIR", help=FOLDER)
    _drawing(command)


def _asking(command: argparse.ArgumentParser, own_ceiling: bool = False) -> None:
    """Options of a question to one round."""
    command.add_argument("--applications", metavar="FILE.csv", help="your own table instead of drawn candidates")
    if own_ceiling:
        command.add_argument("--ceiling", type=float, metavar="EUR", help="another ceiling, such as 8e9")
    command.add_argument(
        "--transport-indication",
        metavar="LIST",
        help="techniques or categories that need one, with commas between, or none (default: the round's list)",
    )
    command.add_argument("-o", "--output", metavar="DIR", help="folder for tables as CSV (default: none is written)")
    _drawing(command)


def _drawing(command: argparse.ArgumentParser, of_one_round: bool = True) -> None:
    """Options of drawn candidates."""
    if of_one_round:
        command.add_argument("--year", default="2024", metavar="ID", help="round of the tables (default: 2024)")
        command.add_argument("--categories", metavar="YEAR", help="categories of this year instead of the round's own")
    command.add_argument("--seed", type=int, default=1, help="of all draws and the lottery (default: 1)")
    command.add_argument("--scale", type=float, default=1.0, help="factor on what is offered (default: 1)")
    command.add_argument(
        "--each-alone",
        action="store_true",
        help="a transport indication takes nothing from the room: each project is judged alone",
    )
    command.add_argument(
        "--scenario", default="", metavar="NAME", help=f"scenario (default: {SCENARIO} with {' '.join(OVERLAYS)})"
    )
    command.add_argument(
        "--set",
        dest="settings",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="set one key of the scenario; may be repeated",
    )
    command.add_argument(
        "--with",
        dest="overlays",
        metavar="OVERLAY",
        action="append",
        default=[],
        help="lay an overlay over the scenario; may be repeated, later wins",
    )
    command.add_argument("--tables", metavar="DIR", help="folder of the scheme's tables (default: inputs/nl/sdepp)")
