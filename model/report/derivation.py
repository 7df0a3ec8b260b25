"""Finds the shortest way to derive a price from costs and limits, column by column.

Each running column that is free to move gives one equation between the duals of its rows.  An equation yields the dual
of one row once those of its other equations are known; limits and costs are known from the start.  The cheapest
derivation in such a graph is found as the shortest path is: rows are settled in the order of what it takes to derive
them (Knuth's generalisation of Dijkstra).  Read the other way, the columns used are what one more unit at the place
would set in motion.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

from model.report.stationarity import Conditions

MOST_ROWS = 20_000
"""Equations looked at around the prices that are explained; more take seconds."""
RUNNING_ABOVE = 0.01
"""A column counts as running, or as off its bound, by more than this, in its unit (MW mostly)."""
NOTABLE = 0.005
"""Parts of an equation below this share of its price, and below this in EUR/MWh, are dust."""
STEP, HAND_ON, LIMIT, EQUATION, BALANCE, IDLE = 1.0, 0.02, 2.0, 300.0, 3000.0, 10_000.0
"""What a derivation pays for a column; for one that only hands a stored amount on; for a limit; for taking the dual of
an equation, or of a balance, as given; for a column that does not run."""
CAPACITY_SHARE, FIXED_SHARE = 100.0, 150.0
"""What it pays on top for the share of the price that a limit of an hour carries: a supplier at its limit says less of
the price than one between its limits, and a limit that nobody can widen less than a capacity that earns its cost.
Limits of the year (CO2, fuels, trade) are as good as prices."""


@dataclass(frozen=True)
class Derivation:
    """How a dual follows from costs and limits.

    Attributes:
        columns: how far each column moves with one more unit on the right-hand side of the row, in the order met.
        rows: how often the dual of each limit (or of an equation that is taken as given) counts in it.
        bounds: columns of which the bound counts: those of `columns` with a reduced cost.
        through: equations passed on the way, with how often each counts.
    """

    columns: dict[int, float]
    rows: dict[int, float]
    bounds: dict[int, float]
    through: dict[int, float] = field(default_factory=dict)


class Derivations:
    """The shortest derivations of the duals around some rows."""

    def __init__(self, conditions: Conditions, starts: Sequence[int]) -> None:
        """Look around the rows and settle every dual that can be derived.

        Args:
            conditions: the run's optimality conditions.
            starts: rows whose duals are to be derived.
        """
        self._conditions = conditions
        self._starts = set(starts)
        self._effort: dict[int, float] = {}
        self._chosen: dict[int, int] = {}  # column by row; rows taken as given have none
        self._settle(self._around(starts))

    def of(self, start: int) -> Derivation | None:
        """Derivation of the dual of one of the rows; None where no column of it runs."""
        if start not in self._chosen:
            return None
        found = Derivation({}, {}, {})
        weight = {start: 1.0}
        waiting = [(-self._effort[start], start)]
        while waiting:  # dearest first: whatever counts on a row has been met before the row itself
            row = heapq.heappop(waiting)[1]
            if row not in self._chosen:
                found.rows[row] = weight[row]
                continue
            found.through[row] = weight[row]
            column = self._chosen[row]
            rows, values = self._conditions.rows_of(column)
            moved = weight[row] / float(values[rows == row][0])
            found.columns[column] = found.columns.get(column, 0.0) + moved
            if self._conditions.reduced_cost[column]:
                found.bounds[column] = found.bounds.get(column, 0.0) - moved
            for other, value in zip(rows.tolist(), values.tolist(), strict=True):
                if other == row:
                    continue
                if not self._conditions.equation[other] or other not in self._effort:
                    found.rows[other] = found.rows.get(other, 0.0) - moved * value
                    continue
                if other not in weight:
                    heapq.heappush(waiting, (-self._effort[other], other))
                weight[other] = weight.get(other, 0.0) - moved * value
        return found

    def _around(self, starts: Sequence[int]) -> dict[int, list[int]]:
        """Equations reached from the starts through running columns, nearest first, with those columns."""
        conditions = self._conditions
        found: dict[int, list[int]] = {}
        seen, queue = set(starts), list(starts)
        for row in queue:
            columns, _ = conditions.columns_of(row)
            found[row] = [column for column in columns.tolist() if self._usable(column, row)]
            if len(seen) >= MOST_ROWS:
                continue
            for column in found[row]:
                for other in conditions.rows_of(column)[0].tolist():
                    if other not in seen and conditions.equation[other]:
                        seen.add(other)
                        queue.append(other)
        return found

    def _usable(self, column: int, row: int) -> bool:
        """Whether a column runs, or is free in both directions, or stands where one more unit costs nothing extra."""
        conditions = self._conditions
        value, lower = conditions.value[column], conditions.compiled.column_lower[column]
        if lower != 0.0 or value > RUNNING_ABOVE:
            return True
        return self._share(row, column, conditions.reduced_cost[column]) < NOTABLE

    def _share(self, row: int, column: int, amount: float) -> float:
        """An amount of a column's equation as a share of the dual of a row; of at least a unit of money of it."""
        rows, values = self._conditions.rows_of(column)
        per_row = amount / float(values[rows == row][0])
        return float(abs(per_row) / max(abs(self._conditions.dual[row]), self._conditions.scale[row]))

    def _settle(self, around: dict[int, list[int]]) -> None:
        """Settle rows in the order of effort, each by the column that gets there first."""
        conditions = self._conditions
        needs = self._needs(around)
        users: dict[int, list[int]] = {}
        for column, rows in needs.items():
            for row in rows:
                users.setdefault(row, []).append(column)
        balance = conditions.family_of_rows("carrier_balance")
        waiting: list[tuple[float, int, int]] = []
        for row in around:
            if row not in self._starts:
                given = BALANCE if balance.start <= row < balance.stop else EQUATION
                waiting.append((given, row, -1))
        known = dict.fromkeys(needs, 0.0)
        for column, rows in needs.items():
            if len(rows) == 1:
                self._offer(waiting, next(iter(rows)), column, 0.0)
        heapq.heapify(waiting)
        while waiting:
            effort, row, column = heapq.heappop(waiting)
            if row in self._effort:
                continue
            self._effort[row] = effort
            if column >= 0:
                self._chosen[row] = column
            for user in users.get(row, ()):
                needs[user].discard(row)
                known[user] += effort
                if len(needs[user]) == 1:
                    self._offer(waiting, next(iter(needs[user])), user, known[user])

    def _needs(self, around: dict[int, list[int]]) -> dict[int, set[int]]:
        """For each usable column the equations whose duals it ties together."""
        conditions = self._conditions
        found: dict[int, set[int]] = {}
        for columns in around.values():
            for column in columns:
                if column not in found:
                    rows = conditions.rows_of(column)[0].tolist()
                    found[column] = {row for row in rows if row in around and conditions.equation[row]}
        return found

    def _offer(self, waiting: list[tuple[float, int, int]], row: int, column: int, known: float) -> None:
        heapq.heappush(waiting, (known + self._effort_of(column, row), row, column))

    def _effort_of(self, column: int, row: int) -> float:
        """What a column costs a derivation: more where limits of the hour or its own bound carry much of the price."""
        conditions = self._conditions
        rows, values = conditions.rows_of(column)
        equations = conditions.equation[rows]
        effort = HAND_ON if conditions.hands_on(column) else STEP
        for other, value in zip(rows[~equations].tolist(), values[~equations].tolist(), strict=True):
            share = self._share(row, column, value * conditions.dual[other])
            if share > NOTABLE:
                effort += LIMIT
                if conditions.is_hourly_row(other):
                    effort += min(1.0, share) * (CAPACITY_SHARE if conditions.sizes_of(other) else FIXED_SHARE)
        share = self._share(row, column, conditions.reduced_cost[column])
        effort += LIMIT + FIXED_SHARE * min(1.0, share) if share > NOTABLE else 0.0
        at_zero = conditions.compiled.column_lower[column] == 0.0 and conditions.value[column] <= RUNNING_ABOVE
        return effort + (IDLE if at_zero else 0.0)
