"""`python -m model dispatch`: operate the capacities of a run over every hour, and say what that changes."""

from __future__ import annotations

import argparse
import dataclasses
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from model.cli.plain import plain
from model.cli.progress import progress_bar
from model.errors import InputError, Problem


def run_dispatch(options: argparse.Namespace) -> tuple[str, Any]:
    """Dispatch a run; gives the comparison as text and as an object for `--json`."""
    if not Path(options.run_file).is_file():
        raise InputError([Problem(options.run_file, "", "", "", "a result file (made by `smr-grid-nl run`)")])
    from model.cube import open_run
    from model.report.dispatched import compare_dispatch, dispatch_report
    from model.studies.redispatch import redispatch

    with progress_bar(not options.quiet) as progress:
        # No result may be open meanwhile: NetCDF crashes where a file is opened twice and closed once.
        results = redispatch(
            options.run_file, options.output, options.years, options.settings, options.overlays, progress
        )
    with ExitStack() as opened:
        design = opened.enter_context(open_run(options.run_file))
        cubes = {year: opened.enter_context(open_run(result.run_file)) for year, result in results.items()}
        comparisons = compare_dispatch(design, cubes)
        report = dispatch_report(design, comparisons)
    years = {
        one.year: {
            "run_file": results[one.year].run_file,
            "seconds": results[one.year].seconds,
            "peak_mb": results[one.year].peak_mb,
            "difference_share": one.difference,
            "run": dataclasses.asdict(one.designed),
            "dispatched": dataclasses.asdict(one.dispatched),
        }
        for one in comparisons
    }
    files = "\n".join(f"result: {result.run_file}" for result in results.values())
    data = {"status": "ok", "run_file": options.run_file, "years": years}
    return f"{report}\n\n{files}", plain(data)
