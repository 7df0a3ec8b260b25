"""What a run was asked: its name and variant, how much of a year it saw, and what two runs were asked differently."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import xarray as xr
import yaml

from model.report.reading import group

OWN_KEYS = ("name", "title", "description", "variant")
"""Keys that name a scenario and change nothing in it."""
CAUSES = {
    "time settings": ("time.", "weather_years", "weather_weights"),
    "years": ("years", "last_year_span"),
    "discount rate or cost of capital": ("finance.",),
    "data": ("data", "tables"),
    "version of the model": ("version",),
}
"""What makes two runs hard to compare, by the keys that say so."""
FEW_DAYS = 5.0
"""Runs that see fewer days a year than this are as coarse as `quick` (four)."""
QUICK_GAP = "quick is 6.9 % too cheap against base, builds a third fewer reactors and twice the batteries"
OPEN_GAP = "from every hour of a year a dispatch tells: 2050 of base costs 0.6 % less, with next to nothing unserved"
"""The gap as docs/explanation/time.md states it; a test holds the two together."""
TIME_PAGE = "docs/explanation/time.md"


def scenario_of(cube: xr.DataTree) -> dict[str, Any]:
    """The scenario of a run as plain settings, defaults included."""
    return dict(yaml.safe_load(str(cube["run"].attrs["scenario_yaml"])))


def variant_of(cube: xr.DataTree) -> list[str]:
    """Overlays and single settings that were laid over the scenario file."""
    return [str(part) for part in scenario_of(cube).get("variant") or []]


def run_label(cube: xr.DataTree) -> str:
    """Name of the scenario and what was laid over it."""
    return " + ".join([str(cube["run"].attrs["scenario_name"]), *variant_of(cube)])


def variant_words(cube: xr.DataTree) -> str:
    """The variant as a reader wants it."""
    return ", ".join(variant_of(cube)) or "none: the scenario as its file says"


def days_seen(cube: xr.DataTree) -> dict[str, float]:
    """Days of a year that the run saw, by kind of period."""
    inputs = group(cube, "inputs")
    hours = pd.Series(inputs["period_hours"].values.astype(float), index=inputs["period_kind"].values.astype(str))
    years = len(scenario_of(cube).get("weather_years") or [1])
    found: dict[str, float] = {
        str(kind): float(sum_) / 24.0 / years for kind, sum_ in hours.groupby(level=0).sum().items()
    }
    return found


def time_words(cube: xr.DataTree) -> str:
    """How much of a year the run saw: all of it, or which days, in which steps."""
    settings = scenario_of(cube).get("time", {})
    step = f"steps of {settings.get('step_hours', 1)} h"
    weather = ", ".join(str(year) for year in scenario_of(cube).get("weather_years", []))
    if settings.get("mode") == "full":
        return f"every hour of a year, {step}; weather of {weather}"
    if settings.get("mode") == "snapshots":
        inputs = group(cube, "inputs")
        return f"{inputs.sizes['time']} snapshots of a network, {float(inputs['period_hours'].sum()):g} h long"
    seen = days_seen(cube)
    kinds = ", ".join(f"{days:g} {kind}" for kind, days in sorted(seen.items(), key=lambda pair: -pair[1]))
    periods = group(cube, "inputs").sizes["period"]
    return f"{sum(seen.values()):g} days stand for a year ({periods} periods: {kinds}), {step}; weather of {weather}"


def time_warnings(cube: xr.DataTree) -> list[str]:
    """What to know before quoting a figure: that few days stand for the year, and what that is known to cost."""
    if scenario_of(cube).get("time", {}).get("mode") in ("full", "snapshots"):
        return []
    mode = "sampled weeks" if scenario_of(cube)["time"].get("mode") == "sample" else "representative periods"
    found = [f"Not a whole year: {mode}. {time_words(cube)}. Such runs err to the cheap side ({TIME_PAGE})."]
    if sum(days_seen(cube).values()) < FEW_DAYS:
        found.append(f"The quick setting is for trying, not for quoting: {QUICK_GAP} ({TIME_PAGE}).")
    else:
        found.append(f"How far this is {OPEN_GAP} ({TIME_PAGE}).")
    return found


def flat(settings: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Settings by dotted key, as text."""
    found: dict[str, str] = {}
    for key, value in settings.items():
        if isinstance(value, dict) and value:
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = "-" if value in (None, [], {}, "") else str(value)
    return found


def asked(cube: xr.DataTree) -> dict[str, str]:
    """Everything that a run was asked, by dotted key, with the version of the model that answered."""
    found = {key: text for key, text in flat(scenario_of(cube)).items() if key not in OWN_KEYS}
    version = json.loads(str(cube["run"].attrs["versions"])).get("smr-grid-nl")
    return {**found, "version": str(version)} if version else found


def changed_tables(first: xr.DataTree, second: xr.DataTree) -> list[str]:
    """Input files that two runs did not read alike."""
    sums = [json.loads(str(cube["run"].attrs["checksums"])) for cube in (first, second)]
    return sorted(name for name in {*sums[0], *sums[1]} if sums[0].get(name) != sums[1].get(name))


def settings_difference(first: xr.DataTree, second: xr.DataTree, names: tuple[str, str]) -> pd.DataFrame:
    """Settings in which two runs differ, side by side; `tables` counts the input files that are not the same."""
    left, right = asked(first), asked(second)
    keys = [key for key in dict.fromkeys([*left, *right]) if left.get(key, "-") != right.get(key, "-")]
    table = pd.DataFrame(
        {names[0]: [left.get(key, "-") for key in keys], names[1]: [right.get(key, "-") for key in keys]},
        index=pd.Index(keys, name="setting", dtype=object),
    )
    tables = changed_tables(first, second)
    if tables:
        table.loc["tables"] = ["as read then", f"{len(tables)} files differ: {', '.join(tables[:5])}"]
    return table


def cause_warnings(difference: pd.DataFrame) -> list[str]:
    """Which differences in settings make differences in results hard to read, in plain words."""
    found = []
    keys = [str(key) for key in difference.index]
    for cause, starts in CAUSES.items():
        own = [
            key for key in keys if any(key == start or (start[-1] == "." and key.startswith(start)) for start in starts)
        ]
        if not own:
            continue
        rest = len(keys) - len(own)
        mixed = (
            f"what differs below mixes that with {rest} other setting{'s' if rest > 1 else ''}"
            if rest
            else "what differs below comes from that, not from a decision in the energy system"
        )
        found.append(f"The runs differ in {cause} ({', '.join(own)}): {mixed}.")
    return found


def gap_words(cube: xr.DataTree) -> str:
    """How far the plan of a run with whole modules may be above the least cost; nothing for a linear program."""
    quality = json.loads(str(cube["run"].attrs["quality"]))
    if "mip_gap" not in quality:
        return ""
    return f", whole modules: at most {100 * quality['mip_gap']:.2g} % above the least possible cost"


def is_network(cube: xr.DataTree) -> bool:
    """Whether a run is of a network given by snapshots, as imports are, and not of the country."""
    return bool(scenario_of(cube).get("time", {}).get("mode") == "snapshots")
