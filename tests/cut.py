"""Cut a data set down to some regions: their buses, sites, plants and demand stay as they are, all others go."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Collection
from pathlib import Path

from tests.helpers import write_lines

NODE_COLUMNS = ("node", "from_node", "to_node", "seller_node")


def cut_regions(source: Path, target: Path, regions: Collection[str]) -> Path:
    """Copy a data set with the nodes of some regions only.

    Regions themselves, weather and prices abroad stay, since series over all of them are made from these; rows that
    name a node, or a hosting limit of a region, go with it.

    Returns:
        The folder written.
    """
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("scenarios", "evidence", "*.md"))
    nodes = {row["node"] for row in _rows(target / "nodes.csv") if row["region"] in regions}
    for path in sorted(target.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as stream:
            header, *lines = list(csv.reader(stream))
        places = [header.index(name) for name in NODE_COLUMNS if name in header]
        by_region = [header.index("region")] if path.stem.startswith(("hosting", "nodes")) else []
        kept = [
            line
            for line in lines
            if all(line[place] in nodes for place in places) and all(line[place] in regions for place in by_region)
        ]
        write_lines(path, [header, *kept])
    groups = {row["group"] for name in ("", "reactor_") for row in _rows(target / f"{name}shared_potentials.csv")}
    for name in ("", "reactor_"):
        _keep(target / f"{name}shared_potential_limits.csv", "group", groups)
    of_lines = {row["corridor"] for row in _rows(target / "corridors.csv")}
    _keep(target / "contingencies.csv", "corridor", of_lines)
    connections = {row["connection"] for row in _rows(target / "connections.csv")}
    for name in ("connection_members", "connection_rights"):
        _keep(target / f"{name}.csv", "connection", connections)
    return target


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _keep(path: Path, column: str, values: Collection[str]) -> None:
    with path.open(newline="", encoding="utf-8") as stream:
        header, *lines = list(csv.reader(stream))
    place = header.index(column)
    write_lines(path, [header, *(line for line in lines if line[place] in values)])
