"""smr-grid-nl: an open linear model of the Dutch energy system, its reactors, its industry and its grid.

Everything a script needs stands here and is loaded when it is first used, so that `import model` stays quick::

    from model import load_scenario, run, open_results

    result = run(load_scenario("quick"))
    cube = open_results(result.run_file)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from model.errors import CheckFailed, InputError, ModelError, NotOptimal, Problem

if TYPE_CHECKING:
    from model.cube import open_results
    from model.job import RunResult, build, run, solve
    from model.scenario import Scenario, load_scenario

__version__ = "0.1.0"

_HOMES = {
    "Scenario": "model.scenario",
    "load_scenario": "model.scenario",
    "RunResult": "model.job",
    "build": "model.job",
    "solve": "model.job",
    "run": "model.job",
    "open_results": "model.cube",
}

__all__ = [
    "CheckFailed",
    "InputError",
    "ModelError",
    "NotOptimal",
    "Problem",
    "RunResult",
    "Scenario",
    "__version__",
    "build",
    "load_scenario",
    "open_results",
    "run",
    "solve",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module at first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'model' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(set(__all__) | set(globals()))
