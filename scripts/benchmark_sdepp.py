"""Times the replay of an SDE++ round over many invented applications.

python scripts/benchmark_sdepp.py
python scripts/benchmark_sdepp.py --applications 50000 --json
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.sdepp.applications import applications_from, read_applications
from model.sdepp.categories import load_categories
from model.sdepp.rounds import load_round
from model.sdepp.tender import hold


def invented(count: int, seed: int = 0) -> pd.DataFrame:
    """Invent applications over all open categories of 2024: the amounts may be asked, nine in ten see grid room."""
    draw = np.random.default_rng(seed)
    categories = load_categories()
    categories = categories[categories["open"].astype(bool)]
    phases = load_round("2024").phases
    chosen = categories.loc[draw.choice(categories.index, count)]
    phase = draw.integers(0, len(phases), count)
    most = chosen[[f"phase_{number}_amount" for number in range(1, 6)]].to_numpy(float)[np.arange(count), phase]
    floor = chosen["floor"].to_numpy(float)
    amount = np.maximum(np.round(floor + (most - floor) * draw.uniform(0.5, 1, count), 4), floor + 0.0001)
    opens = np.array([p.opens.to_datetime64() for p in phases])[phase]
    length = np.array([(p.closes - p.opens).total_seconds() for p in phases])[phase]
    received = opens + (length * draw.uniform(0, 1, count)).astype("timedelta64[s]")
    return pd.DataFrame(
        {
            "application": [f"a{number}" for number in range(count)],
            "category": chosen["category"].to_numpy(),
            "address": [f"place {number}" for number in draw.integers(0, 100 * count, count)],
            "capacity": draw.lognormal(-1, 1, count),
            "amount": np.minimum(amount, most),
            "received": received,
            "full_load_hours": np.where(chosen["hours_basis"] == "net_p50", 3000.0, np.nan),
            "transport_indication": draw.uniform(size=count) < 0.9,
        }
    )


def measure(count: int, repeat: int) -> dict[str, Any]:
    """Time reading a file of applications, and holding the round; the quickest of some repeats, in seconds."""
    held, categories = load_round("2024"), load_categories()
    rows = invented(count)
    words = {True: "yes", False: "no"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "applications.csv"
        written = rows.assign(transport_indication=rows["transport_indication"].map(words))
        written.to_csv(path, index=False, date_format="%Y-%m-%dT%H:%M:%S")
        read = min(_seconds(lambda: read_applications(path)) for _ in range(repeat))
    made = applications_from(rows)
    replay = min(_seconds(lambda: hold(made, held, categories)) for _ in range(repeat))
    outcome = hold(made, held, categories)
    return {
        "applications": count,
        "read_s": round(read, 3),
        "replay_s": round(replay, 3),
        "awards": len(outcome.awards),
        "asked_eur": outcome.asked,
        "awarded_eur": outcome.awarded,
    }


def _seconds(work: Any) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--applications", type=int, default=10_000, help="how many (default: 10000)")
    parser.add_argument("--repeat", type=int, default=3, help="the quickest of so many (default: 3)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    found = measure(options.applications, options.repeat)
    if options.json:
        print(json.dumps(found))
    else:
        print("\n".join(f"{name:<14}{value:>20,}" for name, value in found.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
