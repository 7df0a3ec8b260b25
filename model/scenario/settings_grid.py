"""What the electricity grid may carry, and how exactly its physics is held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from model.scenario.section import Fault, NotNegative, Positive, Section, distinct
from model.scenario.settings_rights import TransportRights


class Grid(Section):
    """What the electricity grid may carry."""

    kirchhoff: bool = True
    """Hold Kirchhoff's voltage law in the AC grid; false: transport model."""
    convention: Literal["matpower", "powermodels"] = "matpower"
    """Form of the direct-current power flow.  matpower: flow = (angle difference - phase shift) / (x tap); powermodels:
    flow = angle difference x / (r2 + x2), without tap ratio and phase shift.  Where corridors have neither resistance,
    tap ratio nor phase shift, both are the same."""
    losses: Literal["share", "quadratic"] = "share"
    """share: corridors lose 1 - efficiency of what enters, and AC lines nothing; quadratic: AC lines with a resistance
    lose resistance x flow2 (per unit), by tangents from below."""
    loss_tangents: int = Field(default=3, ge=1, le=20)
    """Tangents to the loss of a line in either direction, evenly spread up to its limit (losses: quadratic)."""
    n_minus_1: Literal["none", "all", "lazy"] = "none"
    """Outages of the table contingencies.  none: the security factor of corridors stands for them; all: rows hold every
    AC line within its capacity after every outage, and the security factor of AC lines is 1; lazy: the same, with only
    the rows that a solution has broken, added until none is."""
    contingencies: Annotated[list[str], AfterValidator(distinct)] = []
    """Contingencies of the table that are held; an empty list means all of them."""
    reactance_rounds: int = Field(default=0, ge=0, le=50)
    """Times that reactance, resistance and circuits of AC corridors are set to what was built and the program is solved
    again (in `run`); 0: they are those of the table, whatever is built."""
    reactance_tolerance: float = Field(default=0.01, gt=0, le=1)
    """Largest change of a corridor's strength (circuits over those of the table) from one round to the next at which
    the rounds end, relative."""
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
    atr85_form: Literal["budget", "data"] = "budget"
    """How rights in 85 % of the hours (kind duration) of connections are restricted.  budget: by hour and part, at most
    15 % of the energy of a right; data: wholly, in the hours of highest load of the area, at most 15 % of the hours."""
    rights: TransportRights = TransportRights()
    interconnectors: bool = True
    """Allow trade with the neighbours."""
    net_import_max: NotNegative | None = None
    """Most electricity that the country may take from its neighbours net of what it gives, TWh/year; null: no limit."""
    reserve: Literal["none", "running", "largest"] = "none"
    """Operating reserve for the loss of one unit of the table units, in every hour.  none: not held; running: as much
    as one unit gives at that moment (size over the most that can stand at its place, times its power); largest: the
    size of the largest unit that stands or can be built, whether it runs or not."""
    reserve_hours: Positive = 1.0
    """Hours for which a store must be able to give the reserve that it holds, h."""
    reserve_missing_price: NotNegative = 1000.0
    """Price of reserve that nobody holds, EUR/MW/h (an assumption: high enough to be the last resort)."""

    def faults(self) -> Iterator[Fault]:
        """Check that what follows from Kirchhoff's law has it."""
        for key, asked in (("n_minus_1", self.n_minus_1 != "none"), ("reactance_rounds", self.reactance_rounds > 0)):
            if asked and not self.kirchhoff:
                expected = f"true where grid.{key} asks how flows share themselves out"
                yield ("kirchhoff",), False, expected, ((key,),)
        if self.contingencies and self.n_minus_1 == "none":
            expected = "no names, or grid.n_minus_1: all or lazy"
            yield ("contingencies",), self.contingencies, expected, (("n_minus_1",),)
