"""Why there is no optimum, in terms of families and labels.

Infeasible: a relaxation of ours gives every row a priced slack and shows which rows would have to give way and by how
much; HiGHS' irreducible infeasible subset (IIS) says, on demand, which few rows and bounds contradict one another.
Unbounded: a ray names the variables that can grow for ever at a gain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from model.engine.assemble import SparseRows
from model.engine.compiled import Compiled, Family, Ledger
from model.engine.presets import SolverSettings
from model.engine.program import Label
from model.engine.solver import Solution, solve

# HiGHS' bits: 2 starts from an elastic program, 4 drops bounds before rows, 8 goes on to an irreducible subset.
IIS_STRATEGY = 2 + 4 + 8
# HiGHS' codes of a bound in the subset; 1 (free) means that no bound of the column takes part.
IIS_BOUND_KINDS = {2: ("lower bound",), 3: ("upper bound",), 4: ("lower bound", "upper bound")}

SHOWN_FAMILIES = 6
SHOWN_PLACES = 4


@dataclass(frozen=True)
class Violation:
    """A limit that has to give way (elastic), or a member of a contradiction (IIS), or of a ray.

    Attributes:
        kind: `row`, `lower bound`, `upper bound` or `variable`.
        family: row family or variable.
        labels: flat labels.
        amount: how far it gives way, in the unit of the row or variable; for a ray the direction.
        limits: lower and upper limit as they stand.
    """

    kind: str
    family: str
    labels: tuple[Label, ...]
    amount: float
    limits: tuple[float, float]

    def __str__(self) -> str:
        """Write one place."""
        place = f"{self.family}[{', '.join(map(str, self.labels))}]" if self.labels else self.family
        kind = "" if self.kind in ("row", "variable") else f" ({self.kind})"
        return f"{place}{kind}"


@dataclass(frozen=True)
class Diagnosis:
    """What was found.

    Attributes:
        status: `infeasible`, `unbounded` or what the solver said.
        violations: limits that give way in the cheapest relaxation, or variables of a ray, largest first.
        contradiction: the members of an IIS (empty unless asked for).
        note: what the method says beyond that.
        opposing: limits that stand against what gives way, the weightiest first (infeasible programs).
    """

    status: str
    violations: tuple[Violation, ...] = ()
    contradiction: tuple[Violation, ...] = ()
    note: str = ""
    opposing: tuple[Violation, ...] = ()

    def families(self) -> list[str]:
        """Return the families concerned, the largest first."""
        return list(dict.fromkeys(violation.family for violation in self.violations))

    def __str__(self) -> str:
        """Write the report: the first lines say what to look at."""
        lines = [self._headline()]
        grouped: dict[tuple[str, str], list[Violation]] = {}
        for violation in self.violations:
            grouped.setdefault((violation.family, violation.kind), []).append(violation)
        for (family, kind), members in list(grouped.items())[:SHOWN_FAMILIES]:
            lines.append(f"  {_family_line(self.status, family, kind, members)}")
        hidden = len(grouped) - SHOWN_FAMILIES
        if hidden > 0:
            lines.append(f"  ... and {hidden} more families.")
        if self.opposing:
            lines.append("Limits that stand against it, the weightiest first:")
            lines += _by_family(self.opposing, SHOWN_FAMILIES)
        if self.contradiction:
            lines.append("These limits contradict one another; relaxing any one of them would do:")
            lines += _by_family(self.contradiction)
        if self.note:
            lines.append(self.note)
        return "\n".join(lines)

    def _headline(self) -> str:
        if not self.violations:
            return f"The solver ended with {self.status!r} and no place in the model could be named."
        first = self.violations[0]
        if self.status == "unbounded":
            return f"The cost has no lower end: {first} and what goes with it can grow for ever at a gain."
        return f"No solution meets all limits. The smallest change that helps begins with {_with_limits(first)}:"


def _by_family(members: tuple[Violation, ...], most: int | None = None) -> list[str]:
    """Write a few places of each family with their limits, at the most so many families."""
    grouped: dict[tuple[str, str], list[Violation]] = {}
    for member in members:
        if member.kind == "lower bound" and member.limits[0] == 0:
            continue  # that nothing is negative goes without saying
        grouped.setdefault((member.family, member.kind), []).append(member)
    lines: list[str] = []
    for places in list(grouped.values())[:most]:
        more = len(places) - SHOWN_PLACES
        lines += [f"  {_with_limits(place)}" for place in places[:SHOWN_PLACES]]
        lines += [f"  ... and {more} more of {places[0].family}"] if more > 0 else []
    return lines


def _family_line(status: str, family: str, kind: str, members: list[Violation]) -> str:
    places = "; ".join(
        f"{'[' + ', '.join(map(str, member.labels)) + '] ' if member.labels else ''}{member.amount:+.4g}"
        for member in members[:SHOWN_PLACES]
    )
    more = f"; {len(members) - SHOWN_PLACES} more" if len(members) > SHOWN_PLACES else ""
    if status == "unbounded":
        return f"{family}: {len(members)} of its variables move together: {places}{more}"
    total = sum(abs(member.amount) for member in members)
    what = "" if kind == "row" else f" {kind}"
    return f"{family}{what}: {len(members)} place{'s' if len(members) > 1 else ''}, {total:.4g} in all: {places}{more}"


def _with_limits(member: Violation) -> str:
    lower, upper = member.limits
    if member.kind == "lower bound":
        return f"{member} >= {lower:.6g}"
    if member.kind == "upper bound":
        return f"{member} <= {upper:.6g}"
    if lower == upper:
        return f"{member} = {lower:.6g}"
    limits = [f">= {lower:.6g}"] * bool(np.isfinite(lower)) + [f"<= {upper:.6g}"] * bool(np.isfinite(upper))
    return f"{member} {' and '.join(limits)}"


def diagnose(
    compiled: Compiled, settings: SolverSettings | None = None, status: str = "", contradiction: bool = False
) -> Diagnosis:
    """Find out why a program has no optimum.

    Args:
        compiled: the program.
        settings: solver settings for the relaxation (the method of the run is a good choice).
        status: what the solver said (`infeasible`, `unbounded`, ...); empty: unknown, both are tried.
        contradiction: also ask HiGHS for an irreducible infeasible subset (small programs: seconds; large: hours).
    """
    settings = settings or SolverSettings()
    if len(compiled.open_integers):
        fractions = diagnose(replace(compiled, integer=np.zeros(0, bool)), settings, status, contradiction)
        if fractions.violations:
            return fractions
        return Diagnosis(status, note="All limits can be met with parts of modules, and not with whole ones.")
    if status != "unbounded":
        # a vertex, so that few limits give way, and few rows have a dual
        relaxed = solve(elastic(compiled), replace(settings, crossover=True))
        if relaxed.status != "optimal":
            return Diagnosis(status or "unknown", note="The relaxation could not be solved either: the solver gave up.")
        violations = _violations(compiled, relaxed)
        if violations:
            found = _subset(compiled, relaxed, settings) if contradiction else ()
            note = "Each amount is how far that limit gives way, in its own unit; + is above, - is below the limit."
            return Diagnosis("infeasible", violations, found, note, _opposing(compiled, relaxed, violations))
        if status == "infeasible":
            note = "All limits can be met within the tolerance: the fault is numerical, look at the coefficient ranges."
            return Diagnosis(status, note=note)
    return _ray(compiled, settings, status)


# ---- infeasible ------------------------------------------------------------------------------------------------------


def elastic(compiled: Compiled) -> Compiled:
    """Return the elastic program: every row may be missed at a price.

    A unit of a row is priced by one over its largest coefficient, so that rows in MW and rows in TWh weigh alike; a
    little less for long rows, so that where the price ties a policy gives way (one long row) and not physics (many
    short ones).
    """
    count, columns = compiled.row_count, compiled.column_count
    sizes = np.ones(count)
    filled = np.flatnonzero(np.diff(compiled.pointer))
    if len(filled):
        sizes[filled] = np.maximum.reduceat(np.abs(compiled.values), compiled.pointer[filled])
    sizes *= 1 + 0.05 * np.log2(1 + np.diff(compiled.pointer))
    pointer, indices, values = compiled.pointer, compiled.indices, compiled.values
    lower, upper = compiled.row_lower, compiled.row_upper
    # two slack columns for every row: plus lifts its activity, minus lowers it
    counts = np.diff(pointer)
    wide = np.concatenate([[0], np.cumsum(counts + 2)])
    place = np.arange(len(indices)) + 2 * np.repeat(np.arange(count), counts)
    new_indices = np.empty(wide[-1], np.int32)
    new_values = np.empty(wide[-1])
    new_indices[place], new_values[place] = indices, values
    for offset, sign in ((2, 1.0), (1, -1.0)):
        new_indices[wide[1:] - offset] = columns + 2 * np.arange(count) + (2 - offset)
        new_values[wide[1:] - offset] = sign
    slack_upper = np.stack([np.where(np.isfinite(lower), np.inf, 0.0), np.where(np.isfinite(upper), np.inf, 0.0)], 1)
    empty = Ledger(SparseRows(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0)), np.zeros(0), ())
    return replace(
        compiled,
        pointer=wide.astype(np.int32),
        indices=new_indices,
        values=new_values,
        row_lower=lower,
        row_upper=upper,
        column_lower=np.concatenate([compiled.column_lower, np.zeros(2 * count)]),
        column_upper=np.concatenate([compiled.column_upper, slack_upper.ravel()]),
        cost=np.concatenate([np.zeros(columns), np.repeat(1 / sizes, 2)]),
        cost_offset=0.0,
        costs=empty,
        reported=empty,
        variables=(Family("column", (), (columns,), 0), Family("slack", (), (count, 2), columns)),
        rows=(Family("row", (), (count,), 0),),
    )


def _violations(compiled: Compiled, solution: Solution) -> tuple[Violation, ...]:
    slack = solution.values["slack"]
    missed = slack[:, 1] - slack[:, 0]  # above the upper limit is positive
    size = np.zeros(compiled.row_count)
    for limit in (compiled.row_lower, compiled.row_upper):
        size = np.maximum(size, np.where(np.isfinite(limit), np.abs(limit), 0))
    relevant = np.flatnonzero(np.abs(missed) > 1e-6 * (1 + size))
    order = relevant[np.argsort(-np.abs(missed[relevant]), kind="stable")]
    return tuple(_row_violation(compiled, int(number), float(missed[number])) for number in order)


def _opposing(compiled: Compiled, relaxed: Solution, violations: tuple[Violation, ...]) -> tuple[Violation, ...]:
    """Limits that hold what gives way back: those with a dual in the relaxation, by dual x limit."""
    given_way = {(violation.family, violation.labels) for violation in violations}
    found = []
    for number, weight in _weighty(relaxed.row_duals, compiled.row_lower, compiled.row_upper):
        member = _row_violation(compiled, number, weight)
        if (member.family, member.labels) not in given_way:
            found.append(member)
    reduced = np.asarray(relaxed.reduced_costs["column"])
    for number, weight in _weighty(reduced, compiled.column_lower, compiled.column_upper):
        kind = "lower bound" if reduced[number] > 0 else "upper bound"
        found.append(_column_violation(compiled, number, weight, kind))
    return tuple(sorted(found, key=lambda member: -member.amount))


def _weighty(prices: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> list[tuple[int, float]]:
    """Positions at which a limit has a price, with price x limit; limits of zero say nothing and are left out."""
    limits = np.where(prices > 0, lower, upper)
    weights = np.abs(prices * np.where(np.isfinite(limits), limits, 0.0))
    relevant = np.flatnonzero(weights > 1e-6 * weights.max(initial=0.0))
    return [(int(number), float(weights[number])) for number in relevant]


def _row_violation(compiled: Compiled, number: int, amount: float) -> Violation:
    family, labels = compiled.row_name(number)
    limits = float(compiled.row_lower[number]), float(compiled.row_upper[number])
    return Violation("row", family, labels, amount, limits)


def _column_violation(compiled: Compiled, number: int, amount: float, kind: str) -> Violation:
    family, labels = compiled.column_name(number)
    limits = float(compiled.column_lower[number]), float(compiled.column_upper[number])
    return Violation(kind, family, labels, amount, limits)


def _subset(compiled: Compiled, relaxed: Solution, settings: SolverSettings) -> tuple[Violation, ...]:
    """Ask HiGHS for an irreducible infeasible subset of rows and bounds.

    The rows with a dual in the relaxation contradict one another already (a certificate of infeasibility), so only
    these are handed over.
    """
    import highspy

    from model.engine.handover import checked, new_solver, pass_model
    from model.engine.scaling import scaling_of

    rows = np.flatnonzero(np.abs(relaxed.row_duals) > 1e-9)
    solver = new_solver({"threads": settings.threads, "time_limit": settings.time_limit, "solver": "simplex"}, None)
    part = _only_rows(compiled, rows)
    pass_model(solver, part, scaling_of(part))
    checked(solver.setOptionValue("iis_strategy", IIS_STRATEGY), "iis_strategy")
    checked(solver.run(), "run")
    status, subset = solver.getIis()
    if status == highspy.HighsStatus.kError or not subset.valid_:
        return ()
    found = [_row_violation(compiled, int(rows[number]), 0.0) for number in subset.row_index_]
    for number, bound in zip(subset.col_index_, subset.col_bound_, strict=True):
        for kind in IIS_BOUND_KINDS.get(int(bound), ()):
            found.append(_column_violation(compiled, int(number), 0.0, kind))
    return tuple(found)


def _only_rows(compiled: Compiled, rows: np.ndarray) -> Compiled:
    """Return the program with only some of its rows and without costs (its families no longer fit)."""
    kept = np.zeros(compiled.row_count, bool)
    kept[rows] = True
    counts = np.diff(compiled.pointer)
    entries = np.repeat(kept, counts)
    return replace(
        compiled,
        pointer=np.concatenate([[0], np.cumsum(counts[kept])]).astype(np.int32),
        indices=compiled.indices[entries],
        values=compiled.values[entries],
        row_lower=compiled.row_lower[kept],
        row_upper=compiled.row_upper[kept],
        cost=np.zeros(compiled.column_count),
    )


# ---- unbounded -------------------------------------------------------------------------------------------------------


def _ray(compiled: Compiled, settings: SolverSettings, status: str) -> Diagnosis:
    """Look for a direction that lowers cost and meets all rows for ever, as a small program of its own."""
    box = np.where(np.isfinite(compiled.column_upper), 0.0, 1.0)
    floor = np.where(np.isfinite(compiled.column_lower), 0.0, -1.0)
    direction = replace(
        compiled,
        column_lower=floor,
        column_upper=box,
        row_lower=np.where(np.isfinite(compiled.row_lower), 0.0, -np.inf),
        row_upper=np.where(np.isfinite(compiled.row_upper), 0.0, np.inf),
        cost_offset=0.0,
    )
    solution = solve(direction, settings)
    if solution.status != "optimal" or solution.objective >= -1e-9 * max(
        1.0, float(np.abs(compiled.cost).max(initial=0))
    ):
        return Diagnosis(status or "unknown", note="No limit is missed and no cost falls for ever: the solver gave up.")
    moving = np.flatnonzero(np.abs(solution.columns) > 1e-6)
    gain = compiled.cost * solution.columns
    order = moving[np.lexsort((-np.abs(solution.columns[moving]), gain[moving]))]
    found = tuple(
        _column_violation(compiled, int(number), float(solution.columns[number]), "variable") for number in order
    )
    note = "Variables that gain come first. Look for a missing limit or a price of the wrong sign."
    return Diagnosis("unbounded", found, (), note)
