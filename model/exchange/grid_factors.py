"""Distribution factors of the AC grid of a case: who loads which line, and where flows go when a line is lost."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.data.outages import outages_of
from model.data.power_flow import Network, ac_network
from model.errors import InputError, Problem

if TYPE_CHECKING:
    import xarray as xr

    from model.data.case import Case

EVENLY = "evenly over the nodes of its island"
MRAD_PER_DEGREE = 1000.0 * np.pi / 180.0
SOURCE = "model/data/power_flow.py"


def grid_factors(case: Case, slack: str | None = None) -> xr.Dataset:
    """Distribution factors of every year of a case, with the reactances that it holds.

    Args:
        case: with `grid.kirchhoff`.
        slack: node at which what is given elsewhere is taken; without it, and on other islands, it is taken in equal
            parts at all nodes of the island.

    Returns:
        Over year, corridor (AC lines in the cycles) and node: `ptdf` (MW/MW); over `outage` (a corridor): `lodf` (MW
        on a corridor per MW that the lost one carried; −1: itself; NaN: its loss cuts the grid in two);
        `susceptance` (MW/degree).  Where there are any: `shift_factor` over `shifter` (MW per degree of its shift),
        and `outage_factor` over contingency and `lost` (first, second … corridor that it hits, `lost_corridor`), with
        which `flow after = flow + sum of outage_factor × flow of lost_corridor`.

    Raises:
        InputError: there is no AC grid; the slack is not on it.
    """
    import xarray as xr

    networks = {year: ac_network(case, year) for year in case.years}
    nodes = sorted({node for network in networks.values() for node in network.nodes})
    if not nodes:
        raise InputError([Problem("corridors.csv", "", "kind", "", "a corridor of kind ac that stands in a year")])
    if slack is not None and slack not in nodes:
        few = ", ".join(nodes[:8]) + (" …" if len(nodes) > 8 else "")
        raise InputError([Problem("--slack", "", "NODE", slack, f"a node of the AC grid ({few})")])
    parts = [_of_year(case, network, slack, year).expand_dims(year=[year]) for year, network in networks.items()]
    found: xr.Dataset = xr.concat(parts, "year", data_vars="all", join="outer", combine_attrs="override")
    found.attrs = {
        "title": "Distribution factors of the AC grid",
        "scenario": case.scenario.run_name,
        "convention": case.scenario.grid.convention,
        "slack": slack or EVENLY,
        "declared_in": SOURCE,
    }
    return found


def _of_year(case: Case, network: Network, slack: str | None, year: int) -> xr.Dataset:
    import xarray as xr

    lines = network.lines
    found = {
        "ptdf": _described(
            ("corridor", "node"), network.transfer(slack), "MW/MW", "Flow on a corridor per MW given at a node"
        ),
        "lodf": _described(
            ("corridor", "outage"),
            _line_outages(network),
            "MW/MW",
            "Flow that a corridor takes over per MW that a corridor carried which is lost with all its circuits",
        ),
        "susceptance": _described(
            ("corridor",), network.susceptance * MRAD_PER_DEGREE, "MW/degree", "Flow of a corridor per voltage angle"
        ),
    }
    shifters = [
        number
        for number, line in enumerate(lines)
        if case.corridors.at[line, "shift_min"] != 0.0 or case.corridors.at[line, "shift_max"] != 0.0
    ]
    if shifters:
        turned = (network.between - np.eye(len(lines))) * network.susceptance * MRAD_PER_DEGREE
        told = "Flow on a corridor per degree by which a transformer delays its second node"
        found["shift_factor"] = _described(("corridor", "shifter"), turned[:, shifters], "MW/degree", told)
    coords: dict[str, Any] = {
        "corridor": lines,
        "node": network.nodes,
        "outage": lines,
        "shifter": [lines[number] for number in shifters],
    }
    outages = outages_of(case, network, year)
    if outages:
        most = max(map(len, outages.values()))
        factors = np.full((len(outages), most, len(lines)), np.nan)
        names = np.full((len(outages), most), "", dtype=object)
        for row, lost in enumerate(outages.values()):
            factors[row, : len(lost)] = network.after_outage(lost).T
            names[row, : len(lost)] = [lines[line] for line in lost]
        told = "Change of the flow on a corridor after a contingency per MW that a corridor carried which it hits"
        found["outage_factor"] = _described(("contingency", "lost", "corridor"), factors, "MW/MW", told)
        found["lost_corridor"] = _described(("contingency", "lost"), names, "text", "Corridor that a contingency hits")
        coords |= {"contingency": list(outages), "lost": list(range(1, most + 1))}
    used = {dim for array in found.values() for dim in array.dims}
    return xr.Dataset(found, coords={name: labels for name, labels in coords.items() if name in used})


def _described(dims: tuple[str, ...], values: np.ndarray, units: str, long_name: str) -> xr.Variable:
    import xarray as xr

    return xr.Variable(dims, values, {"units": units, "long_name": long_name, "declared_in": SOURCE})


def _line_outages(network: Network) -> np.ndarray:
    """LODF of every line with all its circuits; NaN where that cuts the grid in two."""
    pivot = 1.0 - np.diag(network.between)
    whole = pivot > 1e-9
    factors = network.between / np.where(whole, pivot, np.nan)
    np.fill_diagonal(factors, np.where(whole, -1.0, np.nan))
    return factors


def write_factors(factors: xr.Dataset, path: str | Path) -> Path:
    """Write factors as NetCDF-4, whole or not at all.

    Raises:
        InputError: the name does not end in .nc.
    """
    target = Path(path)
    if target.suffix != ".nc":
        raise InputError([Problem("-o", "", "FILE", str(path), "a name that ends in .nc (NetCDF)")])
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        factors.to_netcdf(str(temporary), engine="netcdf4", format="NETCDF4")
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return target
