"""What the command line understands after `sdepp cash`."""

from __future__ import annotations

from typing import Any


def add_cash(questions: Any, make: Any) -> None:
    """Add the command `cash`.

    Args:
        questions: where commands of `sdepp` are added.
        make: makes one command from its place, name, help and examples, with `--json` and `--quiet`.
    """
    command = make(
        questions,
        "cash",
        "expected payments by year in the layout of the letter's table 1, next to its budget",
        "  smr-grid-nl sdepp cash\n"
        "  smr-grid-nl sdepp cash --rounds 2024 2025 --prices long_term low high -o results/cash\n"
        "  smr-grid-nl sdepp cash --rounds 2024 --tender 2024=results/sdepp/tender_2024/applications.csv\n"
        "  smr-grid-nl sdepp cash --grants my_grants.csv --earlier my_standing_grants.csv --json",
    )
    command.add_argument("--rounds", nargs="+", metavar="ID", default=[], help="rounds of cash_rounds.csv (all)")
    command.add_argument(
        "--prices",
        nargs="+",
        metavar="NAME",
        default=["long_term"],
        help="price scenarios of price_scenarios.csv, or all (default: long_term)",
    )
    command.add_argument("--grants", metavar="FILE", help="table of grants: in place of the assumed mix of its rounds")
    command.add_argument(
        "--tender",
        metavar="ID=FILE",
        action="append",
        default=[],
        help="applications.csv of `sdepp tender`: its awards in place of the assumed mix; may be repeated",
    )
    command.add_argument(
        "--earlier", metavar="FILE", help="table of year and value: payments on other grants, million EUR"
    )
    command.add_argument(
        "--inflation", type=float, default=0.0, metavar="SHARE", help="yearly rise of prices from 2025 on (default: 0)"
    )
    command.add_argument(
        "--negative-hours",
        choices=("all", "long_runs", "none"),
        default="all",
        help="hours without subsidy: all with negative prices, runs of more than 6, or none (default: all)",
    )
    command.add_argument(
        "--excess-profit",
        choices=("yearly", "end_of_term", "off"),
        default="yearly",
        help="when excess profit is settled (default: yearly)",
    )
    command.add_argument(
        "--over-production",
        choices=("balance", "yearly"),
        default="balance",
        help="the 25 %% bounds what is carried at any time, or what a year adds (default: balance)",
    )
    command.add_argument(
        "--advance-share", type=float, default=0.8, metavar="SHARE", help="most that is advanced (default: 0.8)"
    )
    command.add_argument(
        "--attrition",
        choices=("none", "expected"),
        default="expected",
        help="whether the part of awards that is never built is left out (default: expected)",
    )
    command.add_argument("-o", "--output", metavar="DIR", help="folder for the tables (default: none is written)")
    command.add_argument("--tables", metavar="DIR", help="folder of the scheme's tables (default: inputs/nl/sdepp)")
