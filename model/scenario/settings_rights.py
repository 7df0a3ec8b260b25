"""Which transport rights the users of the grid may choose from, and how they count (formulation G3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from model.scenario.section import Fault, Name, NotNegative, Section, Share, distinct

Direction = Literal["offtake", "feed_in"]


class TransportRights(Section):
    """Rights of the connections of the table connections: how much, of which kind, in which direction."""

    enabled: bool = False
    """Hold the connections of the table connections to their rights; false: flows alone meet limits."""
    adequacy: bool = True
    """Hold the row on rights: what everybody takes, with every connection at what it may take, stays within the hosting
    limit and its reinforcement. Without it a restriction has no reason and every right is free."""
    classes: Annotated[list[Name], Field(min_length=1), AfterValidator(distinct)] = ["firm"]
    """Rights that may be chosen by capacity: firm, and names of the table contract_classes where connection_rights
    offers them."""
    fixed: dict[Name, dict[Direction, dict[Name, NotNegative]]] = {}
    """Rights that are given instead of chosen, MW per connection, direction and class, in all years, e.g.
    {ZH_solar: {feed_in: {firm: 0, nfa: 400}}}; firm is what comes beside today's contract."""
    cable_pooling: bool = False
    """Members of a connection that names another in the column pooled_with stand on that one: sun, wind and stores
    share one cable."""
    sites: bool = True
    """Count sites without a row in connections in the row on rights, by their contract; false: by what they take."""
    groups: bool = True
    """Connections with one label in the column contract_group share their rights (group agreement); false: each has its
    own."""
    withdrawal: bool = False
    """Use it or lose it: lower today's contracts that are little used to their highest use, before the solve; what is
    withdrawn is headroom for others."""
    tariffs: Literal["transfer", "cost"] = "transfer"
    """transfer: tariffs of connections move money and are reported only; cost: they are in the objective."""
    compensation: Literal["transfer", "cost"] = "transfer"
    """transfer: payments for capacity-limiting contracts move money and are reported only; cost: they stand for a loss
    outside the model and are in the objective."""
    limited_share: dict[Name, Share] = {}
    """Share of the firm rights of connections with a technology that stands under a capacity-limiting contract at
    least, e.g. {solar_ground: 0.5}."""
    nonfirm_share: dict[Name, Share] = {}
    """Share of the new rights of connections with a technology that is non-firm at least, e.g. {solar_ground: 0.5}."""
    feed_in_share: dict[Name, Share] = {}
    """Most that is fed in per MW of a technology on a connection, e.g. {solar_ground: 0.5}; other members of the
    connection count in full."""

    def faults(self) -> Iterator[Fault]:
        """Check that nothing is asked of rights that are off, and that what is given may be chosen."""
        asked = [name for name in ("fixed", "limited_share", "nonfirm_share", "feed_in_share") if getattr(self, name)]
        asked += [name for name in ("cable_pooling", "withdrawal") if getattr(self, name)]
        for name in asked if not self.enabled else []:
            yield (name,), getattr(self, name), "nothing where grid.rights.enabled is false", (("enabled",),)
        for connection, ways in self.fixed.items():
            for direction, classes in ways.items():
                for name, amount in classes.items():
                    if amount and name not in self.classes:
                        expected = f"a class that may be chosen: {', '.join(self.classes)}"
                        yield ("fixed", connection, direction, name), amount, expected, (("classes",),)
