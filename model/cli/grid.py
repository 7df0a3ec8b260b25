"""The commands of `grid`: figures of the electricity grid that need no solution."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.errors import InputError, Problem

if TYPE_CHECKING:
    from model.data import Case


def add_grid(
    commands: Any,
    command: Callable[..., argparse.ArgumentParser],
    scenario_options: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Add the commands that reckon with the grid alone."""
    made = commands.add_parser(
        "grid",
        help="distribution factors of the AC grid",
        description="Figures of the AC grid that need no solution (docs/explanation/grid.md).",
    )
    kinds = made.add_subparsers(dest="grid", metavar="COMMAND", required=True)
    ptdf = command(
        kinds,
        "ptdf",
        "write PTDF and LODF of a scenario, or of a run with the reactances that it held",
        "  smr-grid-nl grid ptdf quick -o quick_factors.nc\n"
        "  smr-grid-nl grid ptdf quick --with n_minus_1 --slack ZH_transmission -o factors.nc\n"
        "  smr-grid-nl grid ptdf results/base/base.nc -o factors.nc",
    )
    ptdf.add_argument("source", metavar="SCENARIO|RUN.nc", help="name or path of a scenario, or a result file")
    ptdf.add_argument("-o", "--output", metavar="FILE.nc", required=True, help="file to write")
    ptdf.add_argument("--slack", metavar="NODE", help="node that takes what others give (default: all, in equal parts)")
    scenario_options(ptdf)


def run_grid(options: argparse.Namespace) -> tuple[str, Any]:
    """Do what `grid` was asked for; give its text and its data."""
    return {"ptdf": _ptdf}[options.grid](options)


def _ptdf(options: argparse.Namespace) -> tuple[str, Any]:
    from model.exchange.grid_factors import grid_factors, write_factors

    if Path(options.output).suffix != ".nc":
        raise InputError([Problem("-o", "", "FILE.nc", options.output, "a name that ends in .nc (NetCDF)")])
    factors = grid_factors(_case(options), options.slack)
    target = write_factors(factors, options.output)
    sizes = {name: int(size) for name, size in factors.sizes.items()}
    text = "\n".join(
        [
            f"{sizes['corridor']} AC corridors, {sizes['node']} nodes, {', '.join(map(str, factors['year'].values))}",
            f"taken: {'at ' if options.slack else ''}{factors.attrs['slack']}",
            f"factors: {target}",
        ]
    )
    return text, {"status": "ok", "factors": str(target), "sizes": sizes, "variables": sorted(map(str, factors))}


def _case(options: argparse.Namespace) -> Case:
    """The case of a scenario, or of a run as it was solved."""
    from model.data import build_case
    from model.grid_rounds import case_as_solved
    from model.scenario import Scenario, load_scenario

    if Path(options.source).suffix != ".nc":
        scenario = load_scenario(options.source, options.settings, options.overlays)
        return build_case(_with_law(scenario, options.source))
    if not Path(options.source).is_file():
        raise InputError([Problem(options.source, "", "", "", "a result file (made by `smr-grid-nl run`)")])
    if options.settings or options.overlays:
        found = ", ".join([*options.settings, *options.overlays])
        raise InputError([Problem("--set or --with", "", "", found, "neither for a run, which has its settings")])
    import yaml

    from model.cube import open_run

    with open_run(options.source) as cube:
        scenario = Scenario.model_validate(yaml.safe_load(cube["run"].attrs["scenario_yaml"]))
        return case_as_solved(build_case(_with_law(scenario, options.source)), cube)


def _with_law(scenario: Any, source: str) -> Any:
    if not scenario.grid.kirchhoff:
        expected = "true: without Kirchhoff's voltage law flows follow from no factors"
        raise InputError([Problem(source, "", "grid.kirchhoff", "false", expected)])
    return scenario
