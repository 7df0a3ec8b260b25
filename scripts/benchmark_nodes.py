"""Builds and solves a meshed grid of many substations over one week: is the number of nodes data?

Writes a data folder from figures of the Dutch data set (weather, load shape, technologies, batteries) and a made-up
grid: substations strewn over the country, each with load, gas, wind, sun and a battery that may be built, and three
lines for every two substations, in Kirchhoff's cycles, all of which may be expanded.  The same seed gives the same
folder.

    python scripts/benchmark_nodes.py                       # 300 substations, one week by the hour, built only
    python scripts/benchmark_nodes.py --solve --json
    python scripts/benchmark_nodes.py --nodes 1000 --folder thousand    # keep the data set, to run it
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import yaml

from model.data.schemas import COMMON_COLUMNS, SCHEMAS
from model.job import BUILD, READ, build, solve
from model.memory import peak_memory
from model.scenario import load_scenario

INPUTS = Path(__file__).resolve().parent.parent / "inputs" / "nl"
YEAR, WEATHER_YEAR, WEEK = 2040, 2017, 3
MOST_SECONDS = 5.0
"""Longest that 300 substations over one week may take to build, s."""

DEMAND = 160.0
"""Electricity demand of the whole grid, TWh in a year: made up, of the size of the Netherlands."""
TECHNOLOGIES = ("wind_onshore", "solar_ground", "gas_ccgt", "gas_ocgt", "battery_energy", "battery_inverter")
CARRIERS = ("electricity", "natural_gas")
LOAD = "electricity_load"
OHM_PER_KM, COST_PER_MW_KM, DETOUR = 0.246, 680.0, 1.3
"""Of a 380 kV circuit, and road over beeline, as in corridors.csv of the Dutch data set (the detour is made up)."""


def main(arguments: list[str] | None = None) -> int:
    """Write the data set, build it and say how long that took; 1 where 300 substations take too long."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--nodes", type=int, default=300, help="substations, at least 4 (default 300)")
    parser.add_argument("--seed", type=int, default=0, help="of the grid (default 0)")
    parser.add_argument("--folder", type=Path, help="keep the data set there (default: a temporary folder)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings", help="change a key")
    parser.add_argument("--solve", action="store_true", help="solve it too")
    parser.add_argument("--json", action="store_true", help="print one object")
    options = parser.parse_args(arguments)
    if options.nodes < 4:
        parser.error("--nodes: expected at least 4")
    if options.folder and options.folder.exists():
        parser.error(f"--folder {options.folder} exists already")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary) / "grid"
        scenario = write_grid(folder, options.nodes, options.seed)
        found = measured(scenario, options.settings, options.solve)
    print(json.dumps(found, indent=2) if options.json else words(found))
    too_long = options.nodes == 300 and not options.settings and found["build_s"] > MOST_SECONDS
    if too_long:
        print(f"300 substations take {found['build_s']:.1f} s to build, more than {MOST_SECONDS:g}", file=sys.stderr)
    return 1 if too_long else 0


def measured(scenario: Path, settings: list[str], with_solution: bool) -> dict[str, Any]:
    """Build the scenario of a data set once for warmth and once by the clock, and solve it if asked.

    Returns:
        nodes, lines, rows, columns, nonzeros; read_s (tables and weather read and checked), program_s (sets, numbers,
        rules, matrix), build_s (both), peak_mb; with a solution solve_s, method and objective (EUR).
    """
    build(load_scenario(scenario, settings))
    begin = perf_counter()
    built = build(load_scenario(scenario, settings))
    seconds = perf_counter() - begin
    found: dict[str, Any] = {
        "nodes": len(built.case.nodes),
        "lines": len(built.case.corridors),
        **built.size,
        "read_s": round(built.seconds[READ], 2),
        "program_s": round(built.seconds[BUILD], 2),
        "build_s": round(seconds, 2),
        "peak_mb": round(peak_memory()),
    }
    if with_solution:
        solution = solve(built)
        found |= {"solve_s": round(solution.seconds, 1), "method": solution.method, "objective": solution.objective}
    return found


def words(found: dict[str, Any]) -> str:
    """What was measured, for people."""
    lines = [
        f"{found['nodes']} substations, {found['lines']} lines, 168 h",
        f"{found['rows']:,} rows, {found['columns']:,} columns, {found['nonzeros']:,} nonzeros",
        f"built in {found['build_s']:.2f} s: tables {found['read_s']:.2f} s, program {found['program_s']:.2f} s",
        f"peak memory {found['peak_mb']:,} MB",
    ]
    if "solve_s" in found:
        cost = f"{found['objective'] / 1e9:,.6f} billion EUR"
        lines.append(f"solved in {found['solve_s']:,.1f} s by {found['method']}: {cost}")
    return "\n".join(lines)


def write_grid(folder: Path, count: int, seed: int) -> Path:
    """Write a data set of so many substations; give its scenario.

    Args:
        folder: a new folder.
        count: substations.
        seed: of places, loads and lines.
    """
    draw = np.random.default_rng(seed)
    tables: dict[str, list[dict[str, Any]]] = {
        "regions": _rows("regions"),
        "carriers": [{**row, "balanced_as": ""} for row in _rows("carriers") if row["carrier"] in CARRIERS],
        "demand_profiles": [row for row in _rows("demand_profiles") if row["profile"] == LOAD],
        "fuel_prices": [row for row in _rows("fuel_prices") if row["carrier"] in CARRIERS],
        "stores": [row for row in _rows("stores") if row["store"] == "battery"],
    }
    for name in ("load_shapes", "temperature_normals"):
        tables[name] = [row for row in _rows(name) if row["profile"] == LOAD]
    for name in ("technologies", "technology_parameters", "technology_flows"):
        tables[name] = [row for row in _rows(name) if row["technology"] in TECHNOLOGIES]
    places = np.column_stack([draw.uniform(51.2, 53.4, count), draw.uniform(3.8, 7.0, count)])
    labels = [f"S{number:04d}" for number in range(count)]
    shares = draw.lognormal(0.0, 0.8, count)
    centres = np.array([[float(row["latitude"]), float(row["longitude"])] for row in tables["regions"]])
    nearest = np.argmin(((places[:, None] - centres) ** 2).sum(axis=2), axis=1)
    for number, label in enumerate(labels):
        latitude, longitude = places[number].round(5)
        region = tables["regions"][nearest[number]]["region"]
        _add(tables, "nodes", node=label, name=f"Substation {number}", kind="transmission", region=region,
             latitude=latitude, longitude=longitude)  # fmt: skip
        energy = round(float(DEMAND * shares[number] / shares.sum()), 6)
        _add(tables, "demand", node=label, carrier="electricity", sector="all", demand_scenario="reference", year=YEAR,
             value=energy, unit="TWh/year", profile=LOAD)  # fmt: skip
        for technology in TECHNOLOGIES:
            unit = next(row["capacity_unit"] for row in tables["technologies"] if row["technology"] == technology)
            limit = round(float(draw.uniform(50, 400)), 1) if technology in ("wind_onshore", "solar_ground") else ""
            _add(tables, "potentials", node=label, technology=technology, capacity_max=limit, unit=unit)
    for number, (one, other, km) in enumerate(_lines(places, draw)):
        length = round(DETOUR * km, 1)
        ohm = {"reactance": round(OHM_PER_KM * length / 2, 4), "resistance": round(0.03 * length / 2, 4)}
        _add(tables, "corridors", corridor=f"line {number:04d}", carrier="electricity", kind="ac", efficiency=1,
             from_node=labels[one], to_node=labels[other], voltage=380, circuits=2, length=length, security_factor=0.7,
             capacity=round(float(draw.uniform(300, 900))), expansion_cost=round(COST_PER_MW_KM * length),
             expansion_max=5266, **ohm)  # fmt: skip
        _add(tables, "contingencies", contingency=f"circuit of line {number:04d}", corridor=f"line {number:04d}")
    folder.mkdir(parents=True)
    for name, schema in SCHEMAS.items():
        if name in tables or schema.required:
            _write(folder, name, tables.get(name, []))
    (folder / "weather").mkdir()
    shutil.copy(INPUTS / "weather" / f"weather_{WEATHER_YEAR}.nc", folder / "weather")
    return _scenario(folder)


def _scenario(folder: Path) -> Path:
    settings = {
        "title": "Many substations, one week",
        "data": "..",
        "years": [YEAR],
        "weather_years": [WEATHER_YEAR],
        "time": {"mode": "sample", "weeks": [WEEK]},
        "carbon": {"cap": None},
        "reactors": {"enabled": False},
        "investment": {"build_rates": False},
    }
    path = folder / "scenarios" / "week.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    return path


def _lines(places: np.ndarray, draw: np.random.Generator) -> list[tuple[int, int, float]]:
    """Shortest lines that reach every substation, then the shortest of the rest: three for every two substations."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial import Delaunay

    flat = places * [111.2, 68.0]  # km per degree at 52 degrees north
    corners = Delaunay(flat).simplices
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    pairs = np.unique(np.sort(sides, axis=1), axis=0)
    length = np.hypot(*(flat[pairs[:, 0]] - flat[pairs[:, 1]]).T)
    graph = coo_matrix((length, (pairs[:, 0], pairs[:, 1])), shape=(len(places),) * 2)
    tree = minimum_spanning_tree(graph).tocoo()
    chosen = {(int(min(one, other)), int(max(one, other))) for one, other in zip(tree.row, tree.col, strict=True)}
    for order in np.argsort(length * draw.uniform(0.7, 1.4, len(length))):
        if len(chosen) >= 3 * len(places) // 2:
            break
        chosen.add((int(pairs[order, 0]), int(pairs[order, 1])))
    km = {(int(one), int(other)): float(size) for (one, other), size in zip(pairs, length, strict=True)}
    return [(one, other, km[one, other]) for one, other in sorted(chosen)]


def _rows(name: str) -> list[dict[str, Any]]:
    with (INPUTS / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _add(tables: dict[str, list[dict[str, Any]]], table: str, **cells: Any) -> None:
    made_up = {"source": "scripts/benchmark_nodes.py", "provenance": "assumption: made up for a benchmark"}
    tables.setdefault(table, []).append({**cells, **made_up})


def _write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    common = {column.name for column in COMMON_COLUMNS}
    given = {key for row in rows for key in row}
    columns = [c.name for c in SCHEMAS[name].all_columns if not c.optional or c.name in given or c.name in common]
    with (folder / SCHEMAS[name].file_names[0]).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([row.get(column, "") for column in columns] for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
