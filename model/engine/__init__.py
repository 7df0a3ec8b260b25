"""From declarations through Pyomo's language to sparse arrays, HiGHS and back; knows nothing about energy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.engine.build import build_model
    from model.engine.compiled import Compiled, compile_program
    from model.engine.diagnosis import Diagnosis, diagnose
    from model.engine.held import hold
    from model.engine.presets import SolverSettings
    from model.engine.resolve import Resolver
    from model.engine.solver import Solution, solve

_HOMES = {
    "build_model": "build",
    "Compiled": "compiled",
    "compile_program": "compiled",
    "Diagnosis": "diagnosis",
    "diagnose": "diagnosis",
    "hold": "held",
    "Resolver": "resolve",
    "SolverSettings": "presets",
    "Solution": "solver",
    "solve": "solver",
}

__all__ = [
    "Compiled",
    "Diagnosis",
    "Resolver",
    "Solution",
    "SolverSettings",
    "build_model",
    "compile_program",
    "diagnose",
    "hold",
    "solve",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: Pyomo and HiGHS take a second to import."""
    if name not in _HOMES:
        raise AttributeError(f"module 'model.engine' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"model.engine.{_HOMES[name]}"), name)
