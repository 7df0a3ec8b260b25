"""What the independent checks share: findings, the tolerance, results by label, what features give and charge (O2, O4).

A check knows the physics from the case's fields and the result cube alone.  It never asks the matrix, nor the functions
that made it, so that a wrong row cannot pass for a right one.

The tolerance stands here, once.  A difference may be a millionth of the size of the quantity, and no quantity counts
as smaller than 1,000 of its unit: 1 kW in a balance or a limit, 1 kWh in a store.  Money and CO2 count as no less than
a million: 1 EUR, 1 t.  An interior point without crossover leaves some 1e-4 MW, a planted fault of 1 MW stands far out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from model.core.registry import REGISTRY, Meta

if TYPE_CHECKING:
    from model.data.case import Case

RELATIVE_TOLERANCE = 1e-6
SMALLEST = 1e3
"""Size below which no quantity counts when a difference is set against it, in its own unit (MW, MWh)."""
SMALLEST_SEASONAL = 1e5
"""The same for stores that are linked over the year (MWh): 0.1 MWh may be off, in vessels of which one holds 240,000.
Their chain of hundreds of days gathers the residuals of an interior point, also where a vessel is next to nothing."""
SMALLEST_SUM = 1e6
"""The same for sums over a year: money (EUR), CO2 (t), fuel (MWh)."""
CHUNK = 64
"""Rows of hours that are looked at together: 64 x 8760 numbers are 4.5 MB."""
BLOCK_CELLS = 2_000_000
"""Cells of a result that are laid out together, 8 bytes each."""

Function = TypeVar("Function", bound=Callable[..., Any])
Labels = Sequence[Any]


@dataclass(frozen=True)
class Finding:
    """How far one check is off at its worst place, next to what is allowed.

    A check yields one for each thing it looked at, passed or not: the table of findings says what was checked.
    """

    check: str
    place: str
    amount: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether the amount is within the tolerance (a NaN is not)."""
        return bool(self.amount <= self.tolerance)

    def __str__(self) -> str:
        """One line for a report."""
        verdict = "ok" if self.passed else "FAILED"
        place = f" at {self.place}" if self.place else ""
        return f"{self.check}{place}: off by {self.amount:.3g}, allowed {self.tolerance:.3g}: {verdict}"


class Tally:
    """Keeps the worst place of one check while it goes through years, carriers and chunks."""

    def __init__(self, check: str, tolerance: float = RELATIVE_TOLERANCE) -> None:
        """Start with nothing off."""
        self.check, self.tolerance = check, tolerance
        self._amount, self._place = 0.0, ""

    def look(self, excess: np.ndarray, *axes: Labels, where: Any = "") -> None:
        """Remember the largest of an array of relative excesses (zero where all is well), with its labels.

        Args:
            excess: how far each place is off, relative; a NaN counts as the worst.
            axes: labels (text or tuples) along each axis; a last axis without labels runs over the steps.
            where: what all places share, such as the year.
        """
        if excess.size == 0 or np.isnan(self._amount):
            return
        position = np.unravel_index(int(np.argmax(excess)), excess.shape)
        amount = float(excess[position])
        if amount <= self._amount:
            return
        names = [labels[int(index)] for labels, index in zip(axes, position, strict=False)]
        steps = [f"step {index}" for index in position[len(axes) :]]
        parts = [", ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in names]
        self._amount = amount
        self._place = ", ".join(part for part in (*parts, str(where), *steps) if part)

    @property
    def finding(self) -> Finding:
        """What was found."""
        return Finding(self.check, self._place, self._amount, self.tolerance)


def above(value: np.ndarray, limit: np.ndarray | float, smallest: float = SMALLEST) -> np.ndarray:
    """How far a value is above its limit, relative to it (or `smallest`); zero within it and where it is endless."""
    limits = np.broadcast_to(np.asarray(limit, dtype=float), np.broadcast_shapes(np.shape(value), np.shape(limit)))
    size = np.maximum(np.abs(np.where(np.isinf(limits), 0.0, limits)), smallest)
    return np.asarray(np.maximum(value - limits, 0.0) / size)


def below(value: np.ndarray, limit: np.ndarray | float, smallest: float = SMALLEST) -> np.ndarray:
    """How far a value is below its limit, relative to the limit (or `smallest`); zero where it is not."""
    return above(-np.asarray(value, dtype=float), -np.asarray(limit, dtype=float), smallest)


def apart(left: np.ndarray, right: np.ndarray | float, size: Any = 0.0, smallest: float = SMALLEST) -> np.ndarray:
    """How far two sides of an equation are apart, relative to the largest of both sides, `size` and `smallest`."""
    largest = np.maximum(np.maximum(np.abs(left), np.abs(right)), np.maximum(size, smallest))
    return np.asarray(np.abs(left - right) / largest)


def taken(cube: Any, name: str, group: str = "results", **labels: Any) -> np.ndarray:
    """A result at rows of labels: one row per label, the other dimensions after it in the cube's order.

    Labels are sequences of one length, or single labels that all rows share.  What the cube lacks or holds as NaN is
    zero: nothing is there, so it gives, takes and can do nothing.
    """
    # Variables, not arrays with coordinates: a tree of xarray makes those anew at every look, which takes longer.
    variables = cube[group].variables
    array = variables[name]
    rest = [dim for dim in array.dims if dim not in labels]
    positions = []
    for dim, wanted in labels.items():
        single = isinstance(wanted, str) or not hasattr(wanted, "__len__")
        index = variables[dim].to_index() if dim in variables else pd.RangeIndex(array.sizes[dim])
        positions.append(index.get_indexer(pd.Index([wanted] if single else list(wanted), dtype=index.dtype)))
    rows = np.broadcast_arrays(*positions)
    held = np.all([row >= 0 for row in rows], axis=0)
    found = np.zeros((len(held), *(array.sizes[dim] for dim in rest)))
    if held.any():
        # First the block that holds all rows (a large result is only laid out where it is read), then the rows in it.
        block, within = {}, []
        for dim, row in zip(labels, rows, strict=True):
            block[dim], place = np.unique(row[held], return_inverse=True)
            within.append(place)
        values = array.isel(block).transpose(*labels, *rest).values[tuple(within)]
        found[held] = np.where(np.isnan(values), 0.0, values)
    return found


def blocks(array: Any) -> Iterator[Any]:
    """Cut a result along its first dimension into parts of some megabytes."""
    if not array.dims:
        yield array
        return
    first = array.dims[0]
    step = max(1, BLOCK_CELLS // max(1, array.size // max(1, array.sizes[first])))
    for rows in chunks(array.sizes[first], step):
        yield array.isel({first: rows})


def present(cube: Any, name: str, year: int) -> dict[str, list[Any]]:
    """Labels, by dimension, of the cells of a result that hold a number in a year (in any step, if it has steps)."""
    array = cube["results"][name]
    at_year = pd.Index(array["year"].values).get_indexer(pd.Index([year]))
    array = array.isel(year=slice(int(at_year[0]), int(at_year[0]) + 1) if at_year[0] >= 0 else slice(0, 0))
    dims = [str(dim) for dim in array.dims if dim not in ("year", "time")]
    found: dict[str, list[Any]] = {dim: [] for dim in dims}
    if array.size == 0:
        return found
    for block in blocks(array):
        values = block.isel(year=0).transpose(*dims, ...).values
        held = ~np.isnan(np.fmax.reduce(values, axis=-1) if "time" in block.dims else values)
        for dim, positions in zip(dims, np.nonzero(held), strict=True):
            found[dim] += list(block[dim].values[positions])
    return found


def chunks(count: int, size: int = CHUNK) -> Iterator[slice]:
    """Cut so many rows into slices, so that hours of hundreds of assets are never held twice."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def of_year(table: Any, year: int) -> Any:
    """Rows of a table or series over (…, year) in one year, without the level `year`."""
    return table[table.index.get_level_values("year") == year].droplevel("year")


def profiles(case: Case, names: Iterable[str]) -> np.ndarray:
    """Hourly multipliers by name, one row each; an empty name is one in every step.

    Raises:
        KeyError: the case has no profile of a name.
    """
    wanted = [str(name) for name in names]
    held = case.hourly["profile"]
    positions = pd.Index(held["profile"].values).get_indexer(pd.Index(wanted, dtype=object))
    values = np.ones((len(wanted), case.time.count))
    for row, (name, position) in enumerate(zip(wanted, positions, strict=True)):
        if name and position < 0:
            raise KeyError(f"no profile {name!r}")
        if name:
            values[row] = held.values[position]
    return values


def step_before(case: Case) -> np.ndarray:
    """Position of the step before, the last of its period for the first of it: found from the periods alone."""
    period = np.asarray(case.time.period)
    before = np.arange(len(period)) - 1
    first = np.append(True, period[1:] != period[:-1])
    starts = np.flatnonzero(first)
    before[starts] = np.append(starts[1:], len(period)) - 1
    return before


def electricity(case: Case) -> str:
    """Name of the carrier electricity."""
    return str(case.carriers.index[case.carriers["kind"] == "electricity"][0])


def yearly_payment(rate: float, life: float) -> float:
    """Yearly payment per unit of money borrowed at a rate (share per year) over a life (years)."""
    powers = (1.0 + rate) ** -np.arange(1, int(life) + 1)
    whole = float(powers.sum())
    if life == int(life):
        return 1.0 / whole
    return rate / (1.0 - (1.0 + rate) ** -life) if rate else 1.0 / life


def bought_energy(case: Case, cube: Any, year: int) -> pd.Series:
    """Energy taken in a year of carriers that are bought at a price, MWh, over (asset, carrier)."""
    flows = of_year(case.flows, year)
    bought = case.carriers.index[case.carriers["balanced"] != "yes"]
    flows = flows[flows.index.get_level_values("carrier").isin(bought)]
    weight = np.asarray(case.time.weight, dtype=float)
    energy = np.zeros(len(flows))
    for rows in chunks(len(flows)):
        part = flows.iloc[rows]
        activity = taken(cube, "activity", asset=part.index.get_level_values("asset"), year=year)
        energy[rows] = -part["coefficient"].to_numpy() * ((activity * profiles(case, part["profile"])) @ weight)
    return pd.Series(energy, index=flows.index)


@dataclass(frozen=True)
class Supply:
    """What a feature gives to balances (negative: takes), MW: one row of steps per node and carrier."""

    nodes: Labels
    carriers: Labels
    values: np.ndarray


@dataclass(frozen=True)
class Charge:
    """What a feature costs in a year, EUR of that year, not discounted: one amount per node and technology."""

    item: str
    nodes: Labels
    technologies: Labels
    amounts: np.ndarray


def supplies(function: Function) -> Function:
    """Declare what a feature gives to balances, found anew: a function `(case, cube, year)` that yields `Supply`."""
    return _declared("checked_supply", function)


def charges(function: Function) -> Function:
    """Declare what a feature costs, found anew: a function `(case, cube, year)` that yields `Charge`."""
    return _declared("checked_charge", function)


def _declared(kind: str, function: Function) -> Function:
    file = function.__module__.replace(".", "/") + ".py"
    REGISTRY.add(Meta(f"{kind}:{function.__name__}", kind, (function.__doc__ or "").strip(), file, function=function))
    return function


def all_supplies(case: Case, cube: Any, year: int) -> Iterator[Supply]:
    """What all features give to balances in a year."""
    return _all("checked_supply", case, cube, year)


def all_charges(case: Case, cube: Any, year: int) -> Iterator[Charge]:
    """What all features cost in a year."""
    return _all("checked_charge", case, cube, year)


def _all(kind: str, case: Case, cube: Any, year: int) -> Iterator[Any]:
    for record in REGISTRY.of_kind(kind):
        if record.function is not None:
            yield from record.function(case, cube, year)
