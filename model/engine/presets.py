"""Solver settings and what each preset means in HiGHS' own options.

The presets come from measurements on planning LPs of this kind (HiGHS 1.15, two cores; 50 k rows): dual simplex 132 s,
IPX 49 s, HiPO 9 s with `hipo_block_size=32` (12 s with the default 128), HiPDLP 5 s; at four times the size HiPO
54-83 s, HiPDLP 157 s.  On the shipped planning LPs HiPO's factors fill in as steps grow: at 0.37 M nonzeros it takes
43 s and IPX 60 s; at 0.8 M HiPO gives up after some 400 s and IPX is done in half of that; at 2.4 M HiPO makes two
iterations a minute.  So HiPO comes first below half a million nonzeros, IPX above, and every preset names the methods
to try after it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Preset = Literal["auto", "hipo", "ipx", "simplex", "pdlp", "hipdlp"]

# Below this many nonzeros dual simplex takes a second or two, and its duals belong to a vertex.
SIMPLEX_NONZEROS = 20_000

# Above this many nonzeros IPX, whose factors stay sparse, is quicker than HiPO.
IPX_NONZEROS = 500_000

# With fewer columns than this that tie many steps together (capacities that are chosen), HiPO's factors stay sparse at
# any size: a full year with held capacities, 35 M nonzeros, takes 21 min.
WIDE_COLUMNS = 100

FALL_BACKS: dict[str, tuple[str, ...]] = {
    "hipo": ("hipo", "ipx", "simplex"),
    "ipx": ("ipx", "hipo", "simplex"),
    "simplex": ("simplex", "ipx"),
    "pdlp": ("pdlp", "hipo", "ipx"),
    "hipdlp": ("hipdlp", "hipo", "ipx"),
}


@dataclass(frozen=True)
class SolverSettings:
    """How to solve.

    Attributes:
        preset: the method to try first; `auto` takes simplex for small, HiPO for middling and IPX for large programs.
        crossover: go on from an interior optimum to a vertex (needed for a cheap re-solve, and for duals of a vertex).
        threads: threads HiGHS may use.
        tolerance: feasibility and optimality tolerance of the scaled program.
        time_limit: seconds for all attempts together.
        fall_back: whether other methods are tried when the first ends without an answer.
        mip_gap: gap between cost and bound, relative, at which a program with whole numbers counts as solved.
    """

    preset: Preset = "auto"
    crossover: bool = False
    threads: int = 2
    tolerance: float = 1e-7
    time_limit: float = float("inf")
    fall_back: bool = True
    mip_gap: float = 1e-4

    def as_dict(self) -> dict[str, Any]:
        """Return the settings for a record of the run."""
        return asdict(self)


def methods(settings: SolverSettings, nonzeros: int, wide_columns: int) -> tuple[str, ...]:
    """Return the methods to try, in order.

    Args:
        settings: the preset, and whether to fall back.
        nonzeros: of the matrix.
        wide_columns: columns that are free to move and stand in many rows, see `Compiled.wide_columns`.
    """
    preset: str = settings.preset
    if preset == "auto":
        sparse = nonzeros < IPX_NONZEROS or wide_columns < WIDE_COLUMNS
        preset = "simplex" if nonzeros < SIMPLEX_NONZEROS else "hipo" if sparse else "ipx"
    if preset not in FALL_BACKS:
        raise ValueError(f"no solver preset {preset!r}; there are auto, {', '.join(FALL_BACKS)}")
    return FALL_BACKS[preset] if settings.fall_back else FALL_BACKS[preset][:1]


def mixed_options(settings: SolverSettings) -> dict[str, Any]:
    """Return HiGHS' options for a program with whole numbers."""
    return {
        "threads": settings.threads,
        "time_limit": max(settings.time_limit, 0.0),
        "mip_rel_gap": settings.mip_gap,
        "mip_abs_gap": 0.0,
        "primal_feasibility_tolerance": settings.tolerance,
        "mip_feasibility_tolerance": 1e-6,
        "random_seed": 0,
        "small_matrix_value": 1e-12,
    }


def options(method: str, settings: SolverSettings, time_left: float) -> dict[str, Any]:
    """Return HiGHS' options for one attempt."""
    chosen: dict[str, Any] = {
        "solver": method,
        "threads": settings.threads,
        "time_limit": max(time_left, 0.0),
        "kkt_tolerance": settings.tolerance,
        "random_seed": 0,
        "small_matrix_value": 1e-12,  # the smallest allowed: no coefficient may vanish unseen
    }
    if method in ("hipo", "ipx", "pdlp", "hipdlp"):
        chosen["run_crossover"] = "on" if settings.crossover else "off"
    if method in ("hipo", "ipx"):
        chosen["ipm_optimality_tolerance"] = max(settings.tolerance / 10, 1e-12)
    if method == "hipo":
        chosen["hipo_block_size"] = 32
    if method in ("pdlp", "hipdlp"):
        chosen["pdlp_optimality_tolerance"] = max(settings.tolerance, 1e-10)
    return chosen
