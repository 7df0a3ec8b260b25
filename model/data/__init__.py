"""Tables in, one validated and labelled `Case` out.

`build_case(scenario)` is what the other rooms call; `validate_folder(path)` lists the faults of a data set.
Names are resolved when first used, so that importing this package loads neither pandas nor xarray.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.data.build import build_case
    from model.data.case import Case, size_estimate
    from model.data.time_axis import TimeAxis
    from model.data.validation import validate_folder

_HOMES = {
    "build_case": "model.data.build",
    "Case": "model.data.case",
    "size_estimate": "model.data.case",
    "TimeAxis": "model.data.time_axis",
    "validate_folder": "model.data.validation",
}

__all__ = ["Case", "TimeAxis", "build_case", "size_estimate", "validate_folder"]


def __getattr__(name: str) -> Any:
    """Resolve a name of this package when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
