"""What a solve will take, before it is started: time and memory from the size of the matrix.

The coefficients are measured on runs of the shipped scenarios with the preset `auto` on two cores; the time of an
interior-point solve depends on the structure too, so the figures are a guide (a factor of two either way).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from model.dispatch import design_scenario
from model.grid_rounds import first_case
from model.job import Progress, build
from model.memory import machine_memory
from model.scenario import Scenario

SOLVE_SECONDS_AT_ONE_MILLION_NONZEROS = 290.0
"""Time in HiGHS at 10^6 nonzeros, s (IPX without crossover: 212 s at 0.80 M on `base`)."""
SOLVE_TIME_EXPONENT = 1.6
"""Growth of that time with the nonzeros: seconds = a x (nonzeros / 10^6)^b."""
OTHER_SECONDS_FIXED = 4.0
"""Start-up, reading tables and time aggregation, s."""
OTHER_SECONDS_PER_MILLION_NONZEROS = 2.0
"""Building, hand-over, labelling, checking and writing, s per 10^6 nonzeros."""
MEMORY_FIXED_MB = 400.0
"""Python, the libraries and the input tables, MB."""
MEMORY_MB_PER_MILLION_NONZEROS = 850.0
"""Matrix, factor of the interior-point method and results, MB per 10^6 nonzeros."""

HELD_MEASURED_NONZEROS = 35.5e6
"""Size of the dispatch that the figures of held capacities are measured on: 2050 of `base`, 8760 steps, 10.3 M rows."""
HELD_MEASURED_SECONDS = 1090.0
"""Time in HiGHS of that dispatch, s, of which 75 s presolve."""
HELD_TIME_EXPONENT = 1.2
"""Growth of that time with the nonzeros: held capacities do not tie the hours together, so it is less steep."""
HELD_MEMORY_MB_PER_MILLION_NONZEROS = 330.0
"""As above with capacities held, MB per 10^6 nonzeros (12.3 GB at the size above)."""


@dataclass(frozen=True)
class Expectation:
    """Size of a program, and what its solve is expected to take."""

    rows: int
    columns: int
    nonzeros: int
    seconds: float
    """Time of the whole run, s."""
    memory_mb: float
    """Peak memory, MB."""

    @property
    def fits(self) -> bool:
        """Whether the machine has this much memory (true where it does not tell)."""
        available = machine_memory()
        return math.isnan(available) or self.memory_mb < available

    def __str__(self) -> str:
        """Say it in three lines."""
        lines = [
            f"{self.rows:,} rows, {self.columns:,} columns, {self.nonzeros:,} nonzeros",
            f"expect about {duration(self.seconds)} on two cores",
            f"and about {self.memory_mb / 1000:.1f} GB of memory",
        ]
        if not self.fits:
            lines.append(
                f"more than this machine's {machine_memory() / 1000:.1f} GB: choose fewer periods or longer steps"
            )
        return "\n".join(lines)


@dataclass(frozen=True)
class Plan:
    """What a scenario takes: one solve, or two where it chooses capacities before it holds them."""

    stages: dict[str, Expectation]
    """By name: `run`, or `design` and `dispatch`, or `dispatch` alone where another run has chosen."""

    @property
    def largest(self) -> Expectation:
        """The stage with most nonzeros."""
        return max(self.stages.values(), key=lambda stage: stage.nonzeros)

    @property
    def seconds(self) -> float:
        """Time of all stages, s."""
        return sum(stage.seconds for stage in self.stages.values())

    @property
    def memory_mb(self) -> float:
        """Peak memory over all stages, MB."""
        return max(stage.memory_mb for stage in self.stages.values())

    def as_data(self) -> dict[str, Any]:
        """Size of the largest stage, time and memory of all; the stages apart where there are several."""
        data = {**asdict(self.largest), "seconds": self.seconds, "memory_mb": self.memory_mb}
        if "dispatch" in self.stages:
            data["stages"] = {name: asdict(stage) for name, stage in self.stages.items()}
        return data

    def __str__(self) -> str:
        """Say it stage by stage."""
        if "dispatch" not in self.stages:
            return str(self.largest)
        words = {"design": "design, which chooses the capacities", "dispatch": "dispatch, which holds them"}
        lines = []
        for name, stage in self.stages.items():
            lines += [f"{words[name]}:", *(f"  {line}" for line in str(stage).splitlines())]
        if len(self.stages) > 1:
            lines.append(f"together about {duration(self.seconds)}; a design that is there already is used again")
        return "\n".join(lines)


def expect(scenario: Scenario, folder: str | Path | None = None, progress: Progress | None = None) -> Plan:
    """Build every stage of a scenario and estimate its solve.

    Args:
        scenario: the scenario.
        folder: the data set; by default the one that the scenario names.
        progress: told what goes on.

    Raises:
        InputError: faults in the scenario or the tables; a run to hold that is missing or does not fit.
    """
    dispatch = scenario.dispatch
    if dispatch.capacities_of is not None:
        from model.cube.read import open_run

        with open_run(dispatch.capacities_of) as capacities:
            return Plan(
                {"dispatch": expectation(build(scenario, folder, progress, capacities, first_case).size, held=True)}
            )
    whole = expectation(build(scenario, folder, progress, lay=first_case).size, held=dispatch.holds)
    if not dispatch.holds:
        return Plan({"run": whole})
    return Plan(
        {
            "design": expectation(build(design_scenario(scenario), folder, progress, lay=first_case).size),
            "dispatch": whole,
        }
    )


def expectation(size: Mapping[str, int], held: bool = False) -> Expectation:
    """Estimate time and memory from rows, columns and nonzeros; `held`: capacities are held, not chosen."""
    millions = size["nonzeros"] / 1e6
    if held:
        solver = HELD_MEASURED_SECONDS * (size["nonzeros"] / HELD_MEASURED_NONZEROS) ** HELD_TIME_EXPONENT
        memory = HELD_MEMORY_MB_PER_MILLION_NONZEROS
    else:
        solver = SOLVE_SECONDS_AT_ONE_MILLION_NONZEROS * millions**SOLVE_TIME_EXPONENT
        memory = MEMORY_MB_PER_MILLION_NONZEROS
    return Expectation(
        rows=size["rows"],
        columns=size["columns"],
        nonzeros=size["nonzeros"],
        seconds=solver + OTHER_SECONDS_FIXED + OTHER_SECONDS_PER_MILLION_NONZEROS * millions,
        memory_mb=MEMORY_FIXED_MB + memory * millions,
    )


def duration(seconds: float) -> str:
    """Write a time as a person would say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
