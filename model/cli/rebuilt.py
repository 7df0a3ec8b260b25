"""Builds the program of a finished run again, from the scenario in its file and the tables of today."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.job import Built


def rebuilt_program(cube: Any) -> tuple[Built | None, str]:
    """Build a run's program again; nothing is solved.

    Args:
        cube: an opened run.

    Returns:
        The program, or None with the reason: the scenario or the tables are no longer read as they were.
    """
    import yaml

    from model.errors import ModelError
    from model.grid_rounds import case_as_solved
    from model.job import build
    from model.scenario import Scenario

    try:
        scenario = Scenario.model_validate(yaml.safe_load(cube["run"].attrs["scenario_yaml"]))
        held = cube if scenario.dispatch.holds else None
        return build(scenario, capacities=held, lay=partial(case_as_solved, cube=cube)), ""
    except (ModelError, yaml.YAMLError, ValueError, LookupError, OSError) as error:
        return None, str(error).splitlines()[0].rstrip(":")
