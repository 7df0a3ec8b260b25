"""Compares building and handing over one linear program: this model, linopy, PyPSA and plain Pyomo.

The program is the year 2050 of the Dutch data set, hour by hour, cut to a number of hours;
`benchmark_builders/measure.py` says what is left out.  Every builder runs in a process of its own.

    python scripts/benchmark.py --size 336
    python scripts/benchmark.py --size year --json
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmark_builders.measure import BUILDERS, WHOLE_YEAR, measure

DEFAULT_BUILDERS = ("model", "linopy", "pypsa", "pyomo")
SAME_SIZE = ("model", "linopy", "linopy_sparse", "pyomo")
"""PyPSA states the network in components and rows of its own, so its size may differ."""

SOLVED_UP_TO = 336
REPEATED_BELOW = 60.0
"""A builder that takes longer than this, s, is run once: a few seconds of noise do not change what it says."""

FIELDS = ("rows", "columns", "nonzeros", "prepare_s", "build_s", "handover_s", "peak_mb", "solve_s", "objective")


class BuilderFailed(RuntimeError):
    """A builder's process ended with an error."""


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; 1 where a builder fails or the sizes of the same program differ."""
    options = _parser().parse_args(arguments)
    if options.builder:
        print(json.dumps(measure(options.builder, options.size, options.solve).as_dict()))
        return 0
    names = options.builders or list(DEFAULT_BUILDERS)
    solve = options.solve or options.size <= SOLVED_UP_TO
    try:
        found = _best(names, options.size, options.repeat)
        if solve:
            _add_solutions(found, options.size)
    except BuilderFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    result = collected(options.size, found)
    print(json.dumps(result, indent=2) if options.json else table(result))
    differing = unequal(result)
    for line in differing:
        print(line, file=sys.stderr)
    return 1 if differing else 0


def _size(text: str) -> int:
    hours = WHOLE_YEAR if text in ("year", "full") else int(text)
    if not 2 <= hours <= WHOLE_YEAR:
        raise argparse.ArgumentTypeError(f"expected `year`, or 2 to {WHOLE_YEAR} hours")
    return hours


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--size", type=_size, default=336, help="hours: 336, 1344, or year (default 336)")
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    parser.add_argument("--solve", action="store_true", help=f"solve above {SOLVED_UP_TO} h too")
    parser.add_argument(
        "--repeat",
        type=int,
        default=3,
        help=f"rounds of one run per builder; the quickest counts, builders above {REPEATED_BELOW:.0f} s run once "
        "(default 3)",
    )
    parser.add_argument("--builders", nargs="+", choices=sorted(BUILDERS), help="builders to run (default: four)")
    parser.add_argument("--builder", choices=sorted(BUILDERS), help=argparse.SUPPRESS)
    return parser


def _best(names: list[str], hours: int, repeat: int) -> dict[str, dict[str, Any]]:
    """Of every builder the run with the shortest build and hand-over; nothing else runs meanwhile.

    The builders take turns, since the first process to touch memory which the machine had given back pays for all.
    """
    best: dict[str, dict[str, Any]] = {}
    for round_number in range(max(1, repeat)):
        for name in names:
            if round_number and _seconds(best[name]) > REPEATED_BELOW:
                continue
            run = _run(name, hours, False)
            if name not in best or _seconds(run) < _seconds(best[name]):
                best[name] = run
    return best


def _seconds(run: dict[str, Any]) -> float:
    return float(run["build_s"] + run["handover_s"])


def _add_solutions(found: dict[str, dict[str, Any]], hours: int) -> None:
    """Solve with every builder, two at a time, since the solver takes one core."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        solved = pool.map(lambda name: _run(name, hours, True), found)
        for measured, run in zip(found.values(), solved, strict=True):
            measured |= {"solve_s": run["solve_s"], "objective": run["objective"]}


def _run(name: str, hours: int, solve: bool) -> dict[str, Any]:
    command = [sys.executable, str(Path(__file__).resolve()), "--builder", name, "--size", str(hours)]
    ended = subprocess.run([*command, *(["--solve"] if solve else [])], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise BuilderFailed(f"builder {name} failed:\n{ended.stderr}")
    measured: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    return measured


def collected(hours: int, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Put measurements together: one object per field, keyed by builder."""
    result: dict[str, Any] = {"size": hours}
    result |= {field: {name: run[field] for name, run in found.items()} for field in FIELDS}
    smaller = {name: run["measured_hours"] for name, run in found.items() if run["measured_hours"]}
    if smaller:
        result["extrapolated"] = {
            name: f"times and memory measured at {at} h, times {hours / at:g}; rows, columns and nonzeros equal to the "
            "model's there, and given as the model's here"
            for name, at in smaller.items()
        }
    return result


def unequal(result: dict[str, Any]) -> list[str]:
    """What differs between builders that state the same program."""
    found = []
    for field in ("rows", "columns", "nonzeros"):
        counts = {name: count for name, count in result[field].items() if name in SAME_SIZE}
        if len(set(counts.values())) > 1:
            found.append(f"{field} differ: {', '.join(f'{name} {count}' for name, count in counts.items())}")
    return found


def table(result: dict[str, Any]) -> str:
    """Write the result for people, with times relative to linopy's."""
    names = list(result["rows"])
    total = {name: result["build_s"][name] + result["handover_s"][name] for name in names}
    lines = [f"{result['size']} h", f"{'':24}" + "".join(f"{name:>15}" for name in names)]

    def line(title: str, values: dict[str, Any], form: str) -> None:
        shown = ("-" if values[name] is None else format(values[name], form) for name in names)
        lines.append(f"{title:24}" + "".join(f"{value:>15}" for value in shown))

    for field in ("rows", "columns", "nonzeros"):
        line(field, result[field], ",d")
    line("prepare, s", result["prepare_s"], ".2f")
    line("build, s", result["build_s"], ".2f")
    line("hand-over, s", result["handover_s"], ".2f")
    line("build + hand-over, s", total, ".2f")
    if "linopy" in names:
        line("  over linopy", {name: total[name] / total["linopy"] for name in names}, ".2f")
    line("peak memory, MB", result["peak_mb"], ",.0f")
    if "linopy" in names:
        peaks = result["peak_mb"]
        line("  over linopy", {name: peaks[name] / peaks["linopy"] for name in names}, ".2f")
    line("solve, s", result["solve_s"], ".1f")
    line("objective, EUR", result["objective"], ".7e")
    lines += [f"{name}: {text}" for name, text in result.get("extrapolated", {}).items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
