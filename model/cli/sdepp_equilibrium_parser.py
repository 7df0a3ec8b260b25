"""What the command line understands after `sdepp equilibrium`."""

from __future__ import annotations

from typing import Any


def add_equilibrium(questions: Any, make: Any) -> None:
    """Add the command `equilibrium`.

    Args:
        questions: where commands of `sdepp` are added.
        make: makes one command from its place, name, help and examples, with `--json` and `--quiet`.
    """
    command = make(
        questions,
        "equilibrium",
        "prices of a scenario, bids and the tender in turn, until the awards stand still",
        "  smr-grid-nl sdepp equilibrium quick --set 'years=[2030]' --round 2024\n"
        "  smr-grid-nl sdepp equilibrium quick --with carbon_price --set 'years=[2030]' --unsubsidised no\n"
        "  smr-grid-nl sdepp equilibrium base --ceiling 8e9 --hekjes 0 --damping 0.7 --start nothing -o results/eight\n"
        "  smr-grid-nl sdepp equilibrium quick --set 'years=[2030]' --rounds 2024 2025 2026 2027 -o results/four\n"
        "  smr-grid-nl sdepp cash --rounds 2024 --tender 2024=results/eight/applications.csv",
    )
    command.add_argument("scenario", metavar="SCENARIO", help="name or path of a scenario, such as quick")
    command.add_argument(
        "--with", dest="overlays", metavar="NAME", action="append", default=[], help="lay an overlay over it"
    )
    command.add_argument(
        "--set", dest="settings", metavar="KEY=VALUE", action="append", default=[], help="change one setting"
    )
    command.add_argument("--round", default="2024", metavar="ID", help="round of the tables (default: 2024)")
    command.add_argument(
        "--rounds",
        nargs="+",
        metavar="ID[=EUR]",
        help="several rounds instead, one after another at the same prices; those that the tables do not hold are like "
        "the last one before, at the ceiling of cash_rounds.csv or the one given",
    )
    command.add_argument("--ceiling", type=float, metavar="EUR", help="another ceiling, such as 8e9")
    command.add_argument(
        "--hekjes", type=float, metavar="EUR", help="this reserve for every domain with a hekje; 0: none"
    )
    command.add_argument(
        "--scale", type=float, default=1.0, metavar="FACTOR", help="factor on the offers of candidates (default: 1)"
    )
    command.add_argument(
        "--unsubsidised",
        choices=("no", "projects", "system"),
        default="system",
        help="what is built without an award of what the categories serve: nothing; candidates that the market pays; "
        "what the scenario finds worth its cost (default: system)",
    )
    command.add_argument(
        "--own-use",
        type=float,
        metavar="SHARE",
        help="part of what roofs produce that is used on site: not subsidised, saves the retail price (default: "
        "operation.csv)",
    )
    command.add_argument(
        "--attrition",
        choices=("expected", "drawn", "none"),
        default="expected",
        help="withdrawals are drawn by seed, what is never built is its expected share or drawn too; or none of both",
    )
    command.add_argument(
        "--start",
        choices=("optimum", "nothing"),
        default="optimum",
        help="capacity held first: what the scenario builds of it, or nothing (default: optimum)",
    )
    command.add_argument(
        "--damping", type=float, default=0.5, metavar="SHARE", help="share of held capacity a step keeps (default: 0.5)"
    )
    command.add_argument(
        "--tolerance", type=float, default=10.0, metavar="MW", help="awards may still move by so much (default: 10)"
    )
    command.add_argument(
        "--claim-tolerance", type=float, default=10e6, metavar="EUR", help="the same in EUR (default: 10e6)"
    )
    command.add_argument("--iterations", type=int, default=40, metavar="N", help="most iterations (default: 40)")
    command.add_argument("--seed", type=int, default=1, help="of candidates, lottery and attrition (default: 1)")
    command.add_argument(
        "--prices",
        default="tyndp_nt",
        metavar="NAME",
        help="price scenario of gas, CO2, motor fuel and guarantees (default: tyndp_nt)",
    )
    command.add_argument(
        "--carbon-shadow", action="store_true", help="CO2 at the price that the scenario pays or its cap implies"
    )
    command.add_argument(
        "--regional", action="store_true", help="projects earn the price of their own province, not of the country"
    )
    command.add_argument(
        "--straddle", choices=("draw_general", "general_only"), default="draw_general", help="as in sdepp tender"
    )
    command.add_argument("--not-fitting", choices=("skip", "stop"), default="skip", help="as in sdepp tender")
    command.add_argument("--double-hekje", choices=("first", "last"), default="first", help="as in sdepp tender")
    command.add_argument("-o", "--output", metavar="DIR", help="folder (default: results/sdepp/equilibrium_<round>)")
    command.add_argument("--tables", metavar="DIR", help="folder of the scheme's tables (default: inputs/nl/sdepp)")
