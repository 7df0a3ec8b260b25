"""Worlds with SDE++ awards: amounts, floors, hours and terms of the real categories, ceilings and offers by hand."""

from __future__ import annotations

from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np

from model.data import Case
from model.data.sdepp_tables import SERVICE_COLUMNS, TERM_COLUMNS, SdeppTables, chosen_rounds
from model.scenario.sdepp import Sdepp
from model.sdepp.attrition import load_attrition
from model.sdepp.categories import load_categories
from model.sdepp.prices import load_prices
from model.sdepp.reading import frame_of
from model.sdepp.rounds import Round, load_rounds
from model.sdepp.terms import load_boiler_hours
from tests.closed_form.world import World

BLANKS: dict[str, Any] = {"text": "", "number": np.nan, "flag": None, "words": ()}
OFF: dict[str, Any] = {"sdepp__attrition": False}


@cache
def law() -> dict[str, Any]:
    """The tables that ship, read once."""
    categories = load_categories()
    return {
        "rounds": load_rounds(),
        "categories": categories[categories["open"]],
        "boiler_hours": load_boiler_hours(),
        "attrition": load_attrition(),
        "prices": load_prices(),
    }


class Scheme(World):
    """A world with rounds; `serves` says which category serves which technology, and how much is offered."""

    def __init__(
        self, *arguments: Any, rounds: dict[int, float], reserves: dict[str, float] | None = None, **settings: Any
    ) -> None:
        """Open rounds with ceilings and reserves in million EUR; nothing falls away unless a test says so."""
        given = {"sdepp__mode": "cooptimise", "sdepp__rounds": rounds, **OFF}
        super().__init__(*arguments, **{**given, **settings})
        self.reserves = reserves or {}
        self.services: list[dict[str, Any]] = []
        self.award_terms: dict[str, dict[str, Any]] = {}

    def serves(self, category: str, technology: str, offered: float = np.nan, **cells: Any) -> Scheme:
        """A category serves a technology; `offered` per node in units of the award."""
        plain = {"role": "served", "paid_output": "electricity", "capacity_per_award": 1.0, "unit": "MW"}
        self.services.append({**plain, "category": category, "technology": technology, "offered_max": offered, **cells})
        self.award_terms.setdefault(category, {"category": category, "phase": 5.0, "build_without_award": False})
        return self

    def beside(self, category: str, technology: str, ratio: float) -> Scheme:
        """What must stand beside a unit of award."""
        return self.serves(category, technology, role="companion", paid_output="", capacity_per_award=ratio, unit="MWh")

    def asks(self, category: str, **cells: Any) -> Scheme:
        """Terms of a category."""
        self.award_terms[category].update(cells)
        return self

    def tables(self, settings: Sdepp) -> SdeppTables:
        """The scheme as the data room reads it."""
        known = law()
        by_hand: dict[str, Round] = {
            name: made.but(hekjes={key: 1e6 * value for key, value in self.reserves.items()})
            for name, made in known["rounds"].items()
            if made.categories
        }
        rounds = chosen_rounds(by_hand, settings)
        return SdeppTables(
            rounds=rounds,
            categories={name: known["categories"] for name in rounds},
            services=rows(self.services, SERVICE_COLUMNS),
            terms=rows(list(self.award_terms.values()), TERM_COLUMNS).set_index("category"),
            boiler_hours=known["boiler_hours"],
            attrition=known["attrition"],
            prices=known["prices"],
        )

    def case(self, **overrides: Any) -> Case:
        """The case with what is offered."""
        with patch("model.data.sdepp_tables.read_sdepp", lambda _, settings: (self.tables(settings), {})):
            return super().case(**overrides)


def rows(cells: list[dict[str, Any]], columns: Any) -> Any:
    """A table of the scheme from the cells that are not blank."""
    filled = [
        {**{c.name: BLANKS[c.kind] for c in columns}, **row, "_file": "by hand", "_row": place}
        for place, row in enumerate(cells, start=2)
    ]
    return frame_of(filled, columns)
