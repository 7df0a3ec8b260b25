"""The four uses of small reactors in the SMR programme letter, compared with the same capacity (R3, R23 to R27).

Base load and flexible use stand at the grid, behind the meter and co-production at an industrial site; co-production is
asked twice, of heat and of hydrogen.  Every use is its own scenario (`reactors.modes`), and each is solved twice:

- *site*: so many MW_e at one place (the site, or the grid of its region), small reactors nowhere else;
- *national*: so many MW_e in the country, where they cost least.

Beside them stands a reference without small reactors, so that every figure can be read as what these reactors change.

The modes of a scenario decide which rows there are (a turbine that gives heat, a reactor that must run flat out), not
their limits: so uses with other modes are built anew; only the two kinds of co-production, which have the same modes,
share a program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.errors import InputError, NotOptimal, Problem
from model.job import ADVICE, Progress, build
from model.report.settings import time_warnings
from model.studies.framework.asked import refuse_unable, refuse_units, sound_amount
from model.studies.framework.points import Point, Points
from model.studies.framework.variants import Row, column_positions, with_bounds, with_limits, with_rows
from model.studies.modes_figures import figures_of
from model.studies.modes_hydrogen import HYDROGEN_SHARE, electrolysis_rows, with_electrolysis
from model.studies.smr_range import FREE, small_reactor_columns

if TYPE_CHECKING:
    from model.engine import Compiled
    from model.job import Built
    from model.scenario import Scenario

SITE, NATIONAL = LEVELS = ("site", "national")
REFERENCE = "no small reactors"
AMOUNT = "small_reactor_amount"
SITE_POWER, NATIONAL_POWER = 300.0, 3000.0
"""MW_e forced at the site (one light-water unit) and in the country (as in the scenario smr_target)."""


@dataclass(frozen=True)
class Use:
    """One way of using reactors.

    Attributes:
        name: name in tables and pictures.
        modes: what the scenario allows (`reactors.modes`).
        at_site: whether the reactors stand behind the meter of the site, or at the grid of its region.
        hydrogen: whether electrolysis of at least the reactors' electric power stands beside them and runs.
        words: what the reactors do, in a sentence.
    """

    name: str
    modes: tuple[str, ...]
    at_site: bool
    hydrogen: bool
    words: str


USES = (
    Use("base load", ("base_load",), False, False, "at the grid of the region, flat out, power only"),
    Use("behind the meter", ("behind_the_meter",), True, False, "at the site, following its load, power only"),
    Use("flexible", ("flexible",), False, False, "at the grid of the region, following load and price, power only"),
    Use(
        "co-production of heat",
        ("behind_the_meter", "coproduction"),
        True,
        False,
        "at the site, power and heat up to the temperature of the design",
    ),
    Use(
        "co-production of hydrogen",
        ("behind_the_meter", "coproduction"),
        True,
        True,
        "the same, with electrolysis of at least the reactors' electric power at the same site, which makes hydrogen",
    ),
)


@dataclass(frozen=True)
class Modes:
    """What the study found.

    Attributes:
        scenario: the scenario asked about.
        case: the case of the reference.
        site: node of the site; `region` its region.
        year: milestone year in which the capacity is forced.
        power: MW_e by level.
        hydrogen_share: share of what the electrolysers beside the reactors could make that they make at least.
        table: one row per level and use: level, use, status, seconds and the figures of `modes_figures.FIGURES`.
        findings: by point, what the check found where it failed.
    """

    scenario: Scenario
    case: Any
    site: str
    region: str
    year: int
    power: Mapping[str, float]
    hydrogen_share: float
    table: pd.DataFrame
    findings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    """What to know before quoting a figure: how few days stand for the year."""


def modes(
    scenario: Scenario,
    site: str | None = None,
    power: float | None = None,
    year: int | None = None,
    national_power: float | None = None,
    folder: str | Path | None = None,
    log_folder: Path | None = None,
    progress: Progress | None = None,
    uses: Sequence[Use] = USES,
    hydrogen_share: float | None = None,
) -> Modes:
    """Run the study.

    Args:
        scenario: any scenario; its own `reactors.modes` are replaced.
        site: node of the site; by default the one with the largest demand at which small reactors may stand.
        power: MW_e forced at the site; by default `SITE_POWER`.
        year: milestone year; by default the last.
        national_power: MW_e forced in the country; by default `NATIONAL_POWER`.
        folder: the data set; by default that of the scenario.
        log_folder: where the logs of HiGHS go.
        progress: told what goes on.
        uses: the uses to compare.
        hydrogen_share: share of what the electrolysers beside the reactors could make in a year that they make at
            least; by default `HYDROGEN_SHARE`.

    Raises:
        InputError: faults in scenario or tables; no such site, or none where small reactors may stand; a setting that
            the study cannot honour; a power or share that is no sound figure.
        NotOptimal: the reference itself has no optimum.
    """
    refuse_unable(scenario)
    year = scenario.years[-1] if year is None else year
    amounts = {
        SITE: sound_amount("--power", SITE_POWER if power is None else power),
        NATIONAL: sound_amount("--national-power", NATIONAL_POWER if national_power is None else national_power),
    }
    share = sound_amount("--hydrogen-share", HYDROGEN_SHARE if hydrogen_share is None else hydrogen_share, most=1.0)
    reference = build(_with_modes(scenario, sorted({mode for use in uses for mode in use.modes})), folder, progress)
    refuse_units(reference.case)
    columns = small_reactor_columns(reference, year)
    site = _site(reference, columns, site, year)
    region = str(reference.case.nodes.at[site, "region"])
    count = 1 + 2 * len(uses)
    points = Points(reference, count, _log(log_folder, "reference"), progress)
    nobody = points.solve(without_small_reactors(reference, reference.compiled, set()), REFERENCE, keep_cube=True)
    points.close()
    if nobody.cube is None:
        raise NotOptimal(nobody.status, "\n".join(nobody.findings) or ADVICE.get(nobody.status, ADVICE["other"]))
    without = figures_of(reference.case, nobody.cube, year, site, region)
    rows = [{"level": level, "use": REFERENCE, **_facts(nobody), **without} for level in LEVELS]
    findings: dict[str, tuple[str, ...]] = {}
    built = reference
    for number, use in enumerate(uses):
        if not number or use.modes != uses[number - 1].modes:
            built = build(_with_modes(scenario, use.modes), folder, progress)
        points = Points(built, count, _log(log_folder, use.name), progress)
        points.done = 1 + 2 * number
        study = _OneUse(built, use, year, site, region, share)
        for level in LEVELS:
            name = f"{use.name}, {level}"
            variant = study.variant(level, amounts[level])
            point = (
                points.skip(name, "not possible") if variant is None else points.solve(variant, name, keep_cube=True)
            )
            found = {} if point.cube is None else figures_of(built.case, point.cube, year, site, region)
            rows.append({"level": level, "use": use.name, **_facts(point), **found})
            if point.findings:
                findings[name] = point.findings
        points.close()
    table = pd.DataFrame(rows).sort_values("level", key=lambda levels: levels != SITE, kind="stable")
    return Modes(
        scenario,
        reference.case,
        site,
        region,
        year,
        amounts,
        share,
        table.reset_index(drop=True),
        findings,
        tuple(time_warnings(nobody.cube)),
    )


class _OneUse:
    """The variants of one use."""

    def __init__(self, built: Built, use: Use, year: int, site: str, region: str, share: float) -> None:
        self.built, self.use, self.region = built, use, region
        self.site = site
        try:
            self.columns = small_reactor_columns(built, year)
        except InputError:
            self.columns = pd.DataFrame(columns=["column", "asset", "node", "region", "gigawatt"])
        kinds = built.case.nodes["kind"]
        self.columns = self.columns[(self.columns["node"].map(kinds) == "site") == use.at_site]
        if use.hydrogen:
            self.columns = with_electrolysis(built, self.columns, year)
        rows = [Row(AMOUNT, self.columns["column"].to_numpy(dtype=int), self.columns["gigawatt"].to_numpy() * 1e3)]
        if use.hydrogen:
            rows += electrolysis_rows(built, self.columns, year, share)
        self.wide: Compiled = with_rows(built.compiled, rows) if len(self.columns) else built.compiled

    def variant(self, level: str, power: float) -> Compiled | None:
        """The program with so many MW_e, None where no reactor may stand there."""
        here = self._here() if level == SITE else self.columns
        if not len(here):
            return None
        forced = with_limits(self.wide, {AMOUNT: (power, power)})
        return without_small_reactors(self.built, forced, set(here["asset"]))

    def _here(self) -> pd.DataFrame:
        key, place = ("node", self.site) if self.use.at_site else ("region", self.region)
        return self.columns[self.columns[key] == place]


def without_small_reactors(built: Built, compiled: Compiled, kept: set[str]) -> Compiled:
    """No new small reactors but those named, in any year."""
    small = set(built.case.reactors.index[built.case.reactors["kind"] == "smr"])
    technology = built.case.assets["technology"]
    shut = [
        position
        for (asset, _), position in column_positions(compiled, "built").items()
        if technology[asset] in small and asset not in kept
    ]
    targets = {family.name: FREE for family in compiled.rows if family.name == "smr_target"}
    return with_bounds(with_limits(compiled, targets), np.array(shut, dtype=int), 0.0, 0.0)


def _with_modes(scenario: Scenario, chosen: Sequence[str]) -> Scenario:
    reactors = scenario.reactors.model_copy(update={"modes": list(chosen), "enabled": True})
    return scenario.model_copy(update={"reactors": reactors})


def _site(built: Built, columns: pd.DataFrame, site: str | None, year: int) -> str:
    """The site asked for, or the one with the largest demand where small reactors may stand."""
    case = built.case
    sites = [str(node) for node in case.nodes.index[case.nodes["kind"] == "site"]]
    able = sorted(set(columns["node"]) & set(sites))
    if site is not None and site not in able:
        expected = f"a site at which small reactors may stand in {year}: {', '.join(able) or 'there is none'}"
        raise InputError([Problem("command line", "", "--site", site, expected)])
    if not able:
        expected = f"a scenario in which small reactors may stand at a site in {year}"
        raise InputError([Problem(case.scenario.name, "", "reactors", "", expected)])
    demand = case.demand["annual"].groupby(["node", "year"]).sum()
    return site or max(able, key=lambda node: float(demand.get((node, year), 0.0)))


def _facts(point: Point) -> dict[str, Any]:
    return {"status": point.status, "seconds": point.seconds}


def _log(folder: Path | None, name: str) -> Path | None:
    return None if folder is None else folder / f"modes_{name.replace(' ', '_')}.log"
