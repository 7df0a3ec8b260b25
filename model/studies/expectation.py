"""What a solve will take, before it is started: time and memory from the size of the matrix.

The coefficients are measured on runs of the shipped scenarios with the preset `auto` on two cores; the time of an
interior-point solve depends on the structure too, so the figures are a guide (a factor of two either way).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from model.memory import machine_memory

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


def expectation(size: Mapping[str, int]) -> Expectation:
    """Estimate time and memory from rows, columns and nonzeros."""
    millions = size["nonzeros"] / 1e6
    solver = SOLVE_SECONDS_AT_ONE_MILLION_NONZEROS * millions**SOLVE_TIME_EXPONENT
    return Expectation(
        rows=size["rows"],
        columns=size["columns"],
        nonzeros=size["nonzeros"],
        seconds=solver + OTHER_SECONDS_FIXED + OTHER_SECONDS_PER_MILLION_NONZEROS * millions,
        memory_mb=MEMORY_FIXED_MB + MEMORY_MB_PER_MILLION_NONZEROS * millions,
    )


def duration(seconds: float) -> str:
    """Write a time as a person would say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
