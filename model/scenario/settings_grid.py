"""What the electricity grid may carry, and how exactly its physics is held."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from model.scenario.section import NotNegative, Positive, Section


class Grid(Section):
    """What the electricity grid may carry."""

    kirchhoff: bool = True
    """Hold Kirchhoff's voltage law in the AC grid; false: transport model."""
    convention: Literal["matpower", "powermodels"] = "matpower"
    """Form of the direct-current power flow.  matpower: flow = (angle difference - phase shift) / (x tap); powermodels:
    flow = angle difference x / (r2 + x2), without tap ratio and phase shift.  Where corridors have neither resistance,
    tap ratio nor phase shift, both are the same."""
    loop_flow_factor: float = Field(default=0.9, gt=0, le=1)
    """Part of the secure corridor capacity that is left beside loop flows, share."""
    expansion: bool = True
    """Allow new corridor capacity where the table prices it."""
    hosting: bool = True
    """Hold the hosting limits between regional and transmission grid."""
    hosting_factor: Positive = 1.0
    """Factor on all hosting limits."""
    hosting_expansion: bool = True
    """Allow reinforcement of the hosting limits at their price."""
    interconnectors: bool = True
    """Allow trade with the neighbours."""
    net_import_max: NotNegative | None = None
    """Most electricity that the country may take from its neighbours net of what it gives, TWh/year; null: no limit."""
