"""How the studies of the grid are asked on the command line."""

from __future__ import annotations

import argparse

REDISPATCH = (
    "  smr-grid-nl study redispatch quick\n"
    "  smr-grid-nl study redispatch results/quick/quick.nc --without results/no_smr/no_smr.nc\n"
    "  smr-grid-nl study redispatch quick --capacities results/quick/quick.nc --set time.step_hours=3\n"
    "  smr-grid-nl study redispatch quick --hold neighbours storage --area-limit NH+FL:feed_in=1500"
)
GRID_VALUE = (
    "  smr-grid-nl study grid-value quick\n"
    "  smr-grid-nl study grid-value results/quick/quick.nc --without results/no_smr/no_smr.nc\n"
    "  smr-grid-nl study grid-value quick --nodes ZE_transmission RM_ZH --power 300"
)


def add_redispatch(command: argparse.ArgumentParser) -> None:
    """Options of the study `redispatch`."""
    _add_runs(command)
    command.add_argument(
        "--spread",
        metavar="EUR",
        type=float,
        help="EUR/MWh between an upward and a downward bid of the same party, above 0 (default: 1)",
    )
    command.add_argument(
        "--hold",
        metavar="KIND",
        nargs="+",
        action="extend",
        default=[],
        help="kinds of parties that keep their market position: plants, demand, storage, neighbours, other",
    )
    command.add_argument(
        "--area-limit",
        metavar="AREA",
        action="append",
        default=[],
        help="limit of an area in the correction, such as NH+FL:feed_in=1500 or NB:offtake=900 (MW of the regional "
        "grids together); may be repeated",
    )


def add_grid_value(command: argparse.ArgumentParser) -> None:
    """Options of the study `grid-value`."""
    _add_runs(command)
    command.add_argument("--power", metavar="MW", type=float, help="MW_e of the reactor tried at a node (default: 300)")
    command.add_argument(
        "--nodes",
        metavar="NODE",
        nargs="+",
        action="extend",
        default=[],
        help="nodes at which it is tried by re-solve (default: all at which a small reactor may stand)",
    )
    command.add_argument("--year", type=int, help="milestone year of the reactor (default: the last one)")


def _add_runs(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--capacities", metavar="RUN.nc", help="run whose capacities stand (default: the scenario is solved for them)"
    )
    command.add_argument(
        "--without", metavar="RUN.nc", help="run without small reactors to compare with (default: solved here too)"
    )
