"""What the command line understands of `exchange`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any


def add_exchange(commands: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands that bring networks in and out."""
    made = commands.add_parser(
        "exchange",
        help="bring a network of another model in, or a result out",
        description="Bring a network of another model in, or a result out (docs/explanation/exchange.md).",
    )
    kinds = made.add_subparsers(dest="exchange", metavar="COMMAND", required=True)
    _import_matpower(command(
        kinds,
        "import-matpower",
        "write a MATPOWER case as a data folder with a scenario that runs at once",
        "  smr-grid-nl exchange import-matpower pglib_opf_case5_pjm.m --convention powermodels -o networks/case5\n"
        "  smr-grid-nl run networks/case5",
    ))  # fmt: skip
    _import_pypsa(command(
        kinds,
        "import-pypsa",
        "write a PyPSA network as a data folder with a scenario that runs at once",
        "  smr-grid-nl exchange import-pypsa network.nc -o networks/mine\n"
        "  smr-grid-nl exchange import-pypsa folder_of_csv_files -o networks/mine\n"
        "  smr-grid-nl run networks/mine",
    ))  # fmt: skip
    _export_pypsa(command(
        kinds,
        "export-pypsa",
        "write the case of a result as a PyPSA network",
        "  smr-grid-nl exchange export-pypsa results/mine/mine.nc -o mine_pypsa.nc",
    ))  # fmt: skip


def _import_matpower(made: argparse.ArgumentParser) -> None:
    made.add_argument("case", metavar="CASE.m", help="MATPOWER case file, version 2")
    made.add_argument(
        "--convention",
        required=True,
        choices=("powermodels", "matpower"),
        help="form of the power flow: powermodels (b = x/(r2+x2), no tap, no shift) or matpower (b = 1/(x tap), shift)",
    )
    made.add_argument(
        "--linearise",
        metavar="N",
        type=int,
        default=None,
        help="replace every quadratic cost by N straight pieces; 0 refuses them (default: as many as keep the optimum "
        "within a millionth)",
    )
    _output(made)


def _import_pypsa(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "network",
        metavar="NETWORK",
        help="NetCDF file (.nc) or folder of CSV files; HDF5 (.h5) and Excel (.xlsx) where PyPSA can read them",
    )
    _output(made)


def _output(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "-o", "--output", metavar="FOLDER", help="folder for the data set (default: networks/<name of the file>)"
    )


def _export_pypsa(made: argparse.ArgumentParser) -> None:
    made.add_argument("run_file", metavar="RUN.nc", help="result file")
    made.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="network file (.nc), or folder of CSV files"
    )
