"""The commands of `exchange`: networks of other models in, results out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from model.errors import InputError, Problem


def run_exchange(options: argparse.Namespace) -> tuple[str, Any]:
    """Do one exchange; give its text and its data."""
    kinds = {"import-matpower": _import_matpower, "import-pypsa": _import_pypsa, "export-pypsa": _export_pypsa}
    return kinds[options.exchange](options)


def _answer(scenario: Path, notes: list[str]) -> tuple[str, Any]:
    told = [f"data set: {scenario.parent.parent}", *notes, f"run it:   python -m model run {scenario.parent.parent}"]
    data = {"status": "ok", "folder": str(scenario.parent.parent), "scenario": str(scenario), "notes": notes}
    return "\n".join(told), data


def _folder(options: argparse.Namespace, source: str) -> Path:
    """Folder for a data set: the one asked for, or one by the name of the file."""
    path = Path(source)
    name = path.resolve().name if path.is_dir() else path.stem
    return Path(options.output) if options.output else Path("networks") / name


def _import_matpower(options: argparse.Namespace) -> tuple[str, Any]:
    from model.exchange.matpower_import import import_matpower

    if options.linearise is not None and options.linearise < 0:
        raise InputError([Problem("--linearise", "", "N", str(options.linearise), "a whole number of at least 0")])
    folder = _folder(options, options.case)
    scenario, notes = import_matpower(Path(options.case), folder, options.convention, options.linearise)
    return _answer(scenario, notes)


def _import_pypsa(options: argparse.Namespace) -> tuple[str, Any]:
    from model.exchange.pypsa_import import import_pypsa, read_network

    network = read_network(Path(options.network))
    scenario, notes = import_pypsa(network, _folder(options, options.network), Path(options.network).resolve().name)
    return _answer(scenario, notes)


def _export_pypsa(options: argparse.Namespace) -> tuple[str, Any]:
    from model.cube import open_run
    from model.data import build_case
    from model.exchange.pypsa_export import export_pypsa, write_network
    from model.exchange.pypsa_parts import quiet
    from model.scenario import Scenario

    if not Path(options.run_file).is_file():
        raise InputError([Problem(options.run_file, "", "", "", "a result file (made by `smr-grid-nl run`)")])
    import yaml

    with open_run(options.run_file) as opened:
        scenario = Scenario.model_validate(yaml.safe_load(opened["run"].attrs["scenario_yaml"]))
    with quiet():
        network = export_pypsa(build_case(scenario), rows_between_capacities=True)
        target = write_network(network, Path(options.output))
    return f"network: {target}", {"status": "ok", "network": str(target)}
