"""The result cube: arrays of the solution → labelled, unit-bearing NetCDF groups; the independent check; reading many.

Names are loaded when they are first used, so that nothing heavy comes in with `import model`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.core.checking import Finding
    from model.cube.assembly import assemble
    from model.cube.check import run_checks
    from model.cube.read import open_results, open_run
    from model.cube.write import write_cube

_HOMES = {
    "assemble": "model.cube.assembly",
    "Finding": "model.core.checking",
    "run_checks": "model.cube.check",
    "open_results": "model.cube.read",
    "open_run": "model.cube.read",
    "write_cube": "model.cube.write",
}

__all__ = ["Finding", "assemble", "open_results", "open_run", "run_checks", "write_cube"]


def __getattr__(name: str) -> Any:
    """Load a public name from its module at first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'model.cube' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
