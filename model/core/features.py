"""Finds the feature files: whatever stands in a feature room is part of the model, without a list."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from model.core.registry import REGISTRY, Registry

ROOMS = ("model.technologies", "model.sites", "model.grid", "model.policy")
CORE_FEATURES = (
    "model.core.time",
    "model.core.balances",
    "model.core.time_check",
    "model.core.balances_check",
    "model.core.costs_check",
)


@cache
def load_features() -> Registry:
    """Import the core's own features and every file of the feature rooms; return the filled registry."""
    for name in CORE_FEATURES:
        importlib.import_module(name)
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in sorted(found.name for found in pkgutil.iter_modules(package.__path__)):
            importlib.import_module(f"{room}.{module}")
    return REGISTRY
