"""Faults planted in a sound cube, or in the tables that it must agree with, and how to plant them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.checks.worlds import failed, solved


class Faults:
    """The faults of one test module: each says which checks must fail, and no others may."""

    def __init__(self) -> None:
        """Start with none."""
        self._planted: dict[str, tuple[dict[str, Any], Callable[..., Any], set[str]]] = {}

    def fault(self, scenario: dict[str, Any], *expected: str) -> Callable[..., Any]:
        """Declare a fault: a function `(case, cube)` that spoils the cube, or returns a case with other tables."""

        def declare(function: Callable[..., Any]) -> Callable[..., Any]:
            self._planted[function.__name__] = (scenario, function, set(expected))
            return function

        return declare

    @property
    def names(self) -> list[str]:
        """Names of all faults."""
        return sorted(self._planted)

    def hold(self, name: str) -> None:
        """Plant a fault: the intended checks fail, and no others."""
        scenario, plant, expected = self._planted[name]
        case, cube = solved(**scenario)
        spoilt = cube.copy(deep=True)
        other = plant(case, spoilt)
        found = failed(case if other is None else other, spoilt)
        assert set(found) == expected, [str(finding) for finding in found.values()]


def change(cube, name, by, group="results", **labels):
    """Add a number to one cell (an absent cell counts as zero)."""
    array = cube[group][name]
    array.loc[labels] = np.nan_to_num(float(array.loc[labels])) + by


def where(cube, name, condition, **labels):
    """Labels of the first cell of a result that meets a condition."""
    array = cube["results"][name].sel(labels)
    with np.errstate(invalid="ignore"):
        positions = np.argwhere(condition(array.values))
    assert len(positions), f"no cell of {name} meets the condition"
    found = {str(dim): array[dim].values[place] for dim, place in zip(array.dims, positions[0], strict=True)}
    return {**found, **labels}


def scaled(table, column, by):
    """A copy of a table with one column multiplied."""
    return table.assign(**{column: table[column] * by})
