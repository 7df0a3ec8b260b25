"""A solved world, read by labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest

from model.core.features import load_features
from model.data import Case

YEAR = 2030


def near(value: Any) -> Any:
    """What a closed form must reach: a millionth of it (or of one)."""
    return pytest.approx(value, rel=1e-6, abs=1e-6)


@dataclass(frozen=True)
class Answer:
    """A solved world, read by labels."""

    case: Case
    program: Any
    compiled: Any
    solution: Any

    @property
    def objective(self) -> float:
        """Discounted cost, EUR."""
        return float(self.solution.objective)

    def __getitem__(self, labels: tuple[Any, ...]) -> Any:
        """Value of a variable: `answer["activity", "gas@N", 2030]` is an array over the steps, with a step a number."""
        name, *rest = labels
        return self._at(self._overs[name], self.solution.values[name], rest)

    def dual(self, *labels: Any) -> Any:
        """Dual of a row: d objective / d right-hand side."""
        name, *rest = labels
        return self._at(self._overs[name], self.solution.duals[name], rest)

    def price(self, node: str = "N", carrier: str = "electricity", year: int = YEAR) -> np.ndarray:
        """Price of a carrier at a node in each step, EUR/MWh."""
        weight = self.case.time.weight * float(self.case.discount_weight[year])
        return np.asarray(self.dual("carrier_balance", node, carrier, year)) / weight

    def yearly(self, *labels: Any) -> float:
        """Sum of an hourly variable over the year, MWh."""
        return float(self.case.time.weight @ self[labels])

    def cost(self, item: str) -> float:
        """All of a cost item, EUR."""
        families = [record.name for record in load_features().of_kind("cost") if record.item == item]
        return float(sum(self.solution.cost_values[name].sum() for name in families))

    def findings(self) -> list[Any]:
        """What the independent checks find wrong."""
        from model.cube import assemble, run_checks

        cube = assemble(self.case, self.program, load_features(), self.solution, self.compiled.statistics())
        return list(run_checks(self.case, cube))

    @cached_property
    def _overs(self) -> dict[str, tuple[str, ...]]:
        return {item.name: tuple(item.over) for item in (*self.program.variables, *self.program.rows)}

    @cached_property
    def _positions(self) -> dict[str, tuple[int, dict[Any, int]]]:
        return {item.name: (item.dimen, {m: i for i, m in enumerate(item.members)}) for item in self.program.sets}

    def _at(self, over: Iterable[str], values: np.ndarray, labels: list[Any]) -> Any:
        rest = list(labels)
        for name in over:
            if not rest:
                break
            size, positions = self._positions[name]
            key, rest = (rest[0] if size == 1 else tuple(rest[:size])), rest[size:]
            values = values[positions[key]]
        return values if np.ndim(values) else float(values)
