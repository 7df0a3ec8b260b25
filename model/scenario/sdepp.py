"""The SDE++ scheme inside the program: which rounds compete, for how much, and what may be built without an award."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from model.scenario.section import Fault, Name, NotNegative, Positive, Section, Year


class Sdepp(Section):
    """Awards of the SDE++ scheme as decisions of the program (formulation.md S2); off unless a scenario asks for it."""

    mode: Literal["off", "cooptimise"] = "off"
    """off: the scheme adds no row; cooptimise: awards per category, region and round compete under ceiling and hekjes
    inside the system optimum, and what a category serves is built with an award."""
    rounds: dict[Year, Positive | None] = {2024: None}
    """Rounds by year with their ceiling, million EUR; null: that of the table rounds. A round that the tables do not
    know has hekjes, phases, caps and categories of the last one before it that they know."""
    hekje: NotNegative | None = None
    """Reserve of every domain with a hekje, million EUR; 0: no hekjes; null: as in the table round_hekjes."""
    double_hekje: Literal["first", "last"] = "first"
    """Domain of categories that stand in two (art. 63): the first, high-temperature heat, or the last."""
    build_without_award: Literal["table", "yes", "no"] = "table"
    """Whether what a category serves may be built without an award in the years of a round. table: as column
    build_without_award of sdepp/award_terms.csv says."""
    build_without_award_in: dict[Name, bool] = {}
    """The same for single categories, e.g. {23_1_a_1: false}; it goes before build_without_award."""
    attrition: bool = True
    """Take off what sdepp/attrition.csv assumes: of offers before the decision, of awards before they are built."""
    whole_projects: bool = False
    """Award whole projects of the size in sdepp/award_terms.csv only: a mixed-integer program, solved within
    solver.mip_gap. false: awards are divisible, and the gap is what docs/explanation/sdepp_in_the_model.md says."""
    prices: str = "long_term"
    """Scenario of sdepp/price_scenarios.csv that fixes the rates of payment, EUR per unit."""

    def faults(self) -> Iterator[Fault]:
        """Check that there is a round to award."""
        if self.mode == "cooptimise" and not self.rounds:
            yield ("rounds",), {}, "at least one round, or mode: off", (("mode",),)
