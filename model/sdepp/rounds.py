"""A round as data: ceiling, phases, hekjes, caps, receipt days.

Sources: art. 2 (ceiling), 3 and 4 (hekjes), 5 (cap on advanced fuels), 87(1) (phases) of the yearly Regeling
aanwijzing categorieën; Besluit SDE art. 58 (receipt days).  Tables: rounds.csv, round_phases.csv, round_hekjes.csv,
round_caps.csv.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import InputError, Problem
from model.sdepp.categories import HEKJES
from model.sdepp.reading import SOURCED, Column, nearest, read_table, records, sdepp_folder

CLOSING_HOUR = 17
"""What comes in at or after this hour counts as received on the next working day (Besluit SDE art. 58(3))."""
MEASURES = {"lifetime_production": "kWh", "claim": "EUR"}
"""What a cap may count, and its unit."""

ROUND_COLUMNS = (
    Column("round", meaning="id, the year"),
    Column("name", meaning="name of the round"),
    Column("categories", blank=True, meaning="categories_<this>.csv holds its categories; blank: not known"),
    Column("ceiling", "number", above=0, meaning="subsidieplafond, EUR"),
    Column("unit", allowed=("EUR",), meaning="EUR"),
    Column("non_working_days", "words", blank=True, meaning="public holidays in the window, such as 2024-05-09"),
    Column("transport_indication", "words", blank=True, meaning="techniques or categories that must show one"),
    *SOURCED,
)
PHASE_COLUMNS = (
    Column("round", meaning="id of the round"),
    Column("phase", "number", minimum=1, meaning="number of the phase"),
    Column("opens", "moment", meaning="first moment"),
    Column("closes", "moment", meaning="first moment after it"),
    Column("limit", "number", blank=True, above=0, meaning="EUR/t outside the hekjes; blank: not known"),
    Column("limit_hekjes", "number", blank=True, above=0, meaning="EUR/t in domains with a hekje; blank: not known"),
    Column("unit", allowed=("EUR/t",), meaning="EUR/t"),
    *SOURCED,
)
HEKJE_COLUMNS = (
    Column("round", meaning="id of the round"),
    Column("hekje", allowed=HEKJES, meaning="domain with a reserve"),
    Column("reserve", "number", minimum=0, meaning="EUR kept for the domain"),
    Column("unit", allowed=("EUR",), meaning="EUR"),
    *SOURCED,
)
CAP_COLUMNS = (
    Column("round", meaning="id of the round"),
    Column("cap", meaning="name of the cap"),
    Column("techniques", "words", meaning="techniques under it"),
    Column("measure", allowed=tuple(MEASURES), meaning="what it counts: kWh over the term, or EUR of claim"),
    Column("limit", "number", minimum=0, meaning="kWh or EUR"),
    Column("unit", allowed=tuple(MEASURES.values()), meaning="kWh of lifetime_production, or EUR of claim"),
    *SOURCED,
)


@dataclass(frozen=True)
class Phase:
    """A part of the window with its own limits: opening is inside, closing is not; limits in EUR/t (nan: not known)."""

    phase: int
    opens: pd.Timestamp
    closes: pd.Timestamp
    limit: float
    limit_hekjes: float


@dataclass(frozen=True)
class Cap:
    """A limit on what techniques together are awarded: `lifetime_production` in kWh or `claim` in EUR."""

    name: str
    techniques: tuple[str, ...]
    measure: str
    limit: float


@dataclass(frozen=True)
class Round:
    """One opening of the scheme.

    Args:
        round: id, the year.
        ceiling: EUR.
        phases: in order, without gaps.
        hekjes: reserve in EUR by domain; empty: no hekjes.
        caps: limits by technique.
        categories: name of the category table; empty where it is not known.
        non_working_days: public holidays, besides Saturdays and Sundays.
        transport_indication: techniques or categories that need a positive transport indication.
        name: for people.
    """

    round: str
    ceiling: float
    phases: tuple[Phase, ...]
    hekjes: Mapping[str, float] = field(default_factory=dict)
    caps: tuple[Cap, ...] = ()
    categories: str = ""
    non_working_days: tuple[str, ...] = ()
    transport_indication: tuple[str, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse a round that cannot be held; all faults at once."""
        problems = list(_faults(self))
        if problems:
            raise InputError(problems)

    def but(self, **changes: Any) -> Round:
        """Give the same round with some parts changed, such as `ceiling=8e9` or `hekjes={}`."""
        return dataclasses.replace(self, **changes)

    def phase_of(self, moments: pd.Series) -> NDArray[np.int64]:
        """Give the number of the phase in which each moment falls; 0 outside the window."""
        when = moments.to_numpy("datetime64[s]")
        found = np.zeros(len(when), dtype=np.int64)
        for phase in self.phases:
            inside = (when >= phase.opens.to_datetime64()) & (when < phase.closes.to_datetime64())
            found[inside] = phase.phase
        return found

    def limit_of(self, phases: NDArray[np.int64], in_hekje: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Give the limit in EUR/t of each phase number; nan outside the window or where it is not known."""
        limits = {phase.phase: (phase.limit, phase.limit_hekjes) for phase in self.phases}
        pairs = np.array([limits.get(int(number), (np.nan, np.nan)) for number in phases]).reshape(-1, 2)
        return np.where(in_hekje, pairs[:, 1], pairs[:, 0])

    def receipt_day(self, moments: pd.Series) -> NDArray[np.datetime64]:
        """Give the working day as which each moment counts (Besluit SDE art. 58(3)).

        A moment at or after 17:00, or on a day that is no working day, counts as the next working day.
        """
        when = moments.to_numpy("datetime64[s]")
        days = when.astype("datetime64[D]")
        late = when >= days + np.timedelta64(CLOSING_HOUR, "h")
        holidays = np.array(self.non_working_days, dtype="datetime64[D]")
        return np.busday_offset(days + late.astype("timedelta64[D]"), 0, roll="forward", holidays=holidays)


def _faults(made: Round) -> list[Problem]:
    place = f"round {made.round}"
    problems = []

    def fault(column: str, value: object, expected: str) -> None:
        problems.append(Problem(place, "", column, str(value), expected))

    if not (np.isfinite(made.ceiling) and made.ceiling > 0):
        fault("ceiling", made.ceiling, "a number above 0")
    for hekje, reserve in made.hekjes.items():
        if hekje not in HEKJES:
            fault("hekje", hekje, "one of " + ", ".join(HEKJES) + nearest(hekje, HEKJES))
        if not (np.isfinite(reserve) and reserve >= 0):
            fault(hekje, reserve, "a number of at least 0")
    if sum(made.hekjes.values()) > made.ceiling:
        fault("hekjes", f"{sum(made.hekjes.values()):,.0f}", f"reserves within the ceiling of {made.ceiling:,.0f} EUR")
    if not made.phases:
        fault("phases", "", "at least one phase")
    for phase in made.phases:
        if phase.closes <= phase.opens:
            fault(f"phase {phase.phase} closes", phase.closes, f"a moment after it opens at {phase.opens}")
    for before, after in zip(made.phases, made.phases[1:], strict=False):
        if after.opens != before.closes or after.phase != before.phase + 1:
            fault(f"phase {after.phase} opens", after.opens, f"phases in order, this one at {before.closes}")
    for cap in made.caps:
        if cap.measure not in MEASURES:
            fault(f"cap {cap.name}", cap.measure, "one of " + ", ".join(MEASURES))
    for day in made.non_working_days:
        try:
            np.datetime64(day, "D")
        except ValueError:
            fault("non_working_days", day, "a day such as 2024-05-09")
    return problems


def load_rounds(folder: Path | None = None) -> dict[str, Round]:
    """Read every round of the tables.

    Args:
        folder: folder of the scheme's tables; by default those that ship.

    Returns:
        Rounds by id.

    Raises:
        InputError: every fault in the tables, at once.
    """
    place = folder or sdepp_folder()
    problems: list[Problem] = []
    tables = {
        "rounds": read_table(place / "rounds.csv", ROUND_COLUMNS, problems),
        "phases": read_table(place / "round_phases.csv", PHASE_COLUMNS, problems),
        "hekjes": read_table(place / "round_hekjes.csv", HEKJE_COLUMNS, problems),
        "caps": read_table(place / "round_caps.csv", CAP_COLUMNS, problems),
    }
    known = list(tables["rounds"]["round"])
    keys = {"rounds": ["round"], "phases": ["round", "phase"], "hekjes": ["round", "hekje"], "caps": ["round", "cap"]}
    for name, table in tables.items():
        for row in records(table[table.duplicated(keys[name])]):
            problems.append(
                Problem(row._file, str(row._row), keys[name][-1], str(getattr(row, keys[name][-1])), "every key once")
            )
        for row in records(table[~table["round"].isin(known)]):
            problems.append(Problem(row._file, str(row._row), "round", row.round, "a round of rounds.csv"))
    for row in records(tables["caps"]):
        if row.unit != MEASURES[row.measure]:
            problems.append(Problem(row._file, str(row._row), "unit", row.unit, f"{MEASURES[row.measure]} here"))
    if problems:
        raise InputError(problems)
    rounds: dict[str, Round] = {}
    for row in records(tables["rounds"]):
        own = {name: table[table["round"] == row.round] for name, table in tables.items()}
        try:
            rounds[str(row.round)] = _round(row, own)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return rounds


def _round(row: Any, own: dict[str, pd.DataFrame]) -> Round:
    phases = own["phases"].sort_values("phase")
    return Round(
        round=row.round,
        name=row.name,
        ceiling=row.ceiling,
        categories=row.categories,
        non_working_days=row.non_working_days,
        transport_indication=row.transport_indication,
        phases=tuple(Phase(int(p.phase), p.opens, p.closes, p.limit, p.limit_hekjes) for p in records(phases)),
        hekjes={h.hekje: h.reserve for h in records(own["hekjes"])},
        caps=tuple(Cap(c.cap, c.techniques, c.measure, c.limit) for c in records(own["caps"])),
    )


def later(like: Round, name: str) -> Round:
    """Give a round of a later year that is like another, its windows as many years later.

    Args:
        like: a round whose id is a year.
        name: id of the new one, a year.
    """
    gap = pd.DateOffset(years=int(name) - int(like.round))
    phases = tuple(
        dataclasses.replace(phase, opens=phase.opens + gap, closes=phase.closes + gap) for phase in like.phases
    )
    return like.but(round=name, name=f"round {name}, like {like.round}", phases=phases, non_working_days=())


def load_round(name: str = "2024", folder: Path | None = None) -> Round:
    """Read one round by its id.

    Raises:
        InputError: faults in the tables, or no such round.
    """
    rounds = load_rounds(folder)
    if name not in rounds:
        expected = "one of " + ", ".join(rounds) + nearest(name, list(rounds))
        raise InputError([Problem("rounds.csv", "", "round", name, expected)])
    return rounds[name]
