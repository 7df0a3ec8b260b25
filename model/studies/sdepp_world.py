"""The usual ground of questions to a subsidy round: a scenario's case, the scheme's tables, candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from model.data.build import build_case
from model.scenario import load_scenario
from model.sdepp.applications import applications_from
from model.sdepp.rounds import Round, load_round
from model.sdepp.switches import Switches
from model.sdepp.tender import categories_of
from model.studies.sdepp_candidates import Candidates, candidates
from model.studies.sdepp_names import OVERLAYS, SCENARIO
from model.studies.sdepp_projects import ProjectTables, load_project_tables
from model.studies.sdepp_questions import Tender

if TYPE_CHECKING:
    from model.data.case import Case

ASSUMED = (
    "Projects are generated: how many, how large and how dear they are is assumed (candidate_projects.csv), around the "
    "model's own costs and potentials; seed {seed}.",
    "A project asks what it costs, in the first phase that covers it; real applicants also ask more.",
)


@dataclass(frozen=True)
class Ground:
    """What candidates rest on.

    Attributes:
        case: the energy system.
        round: the round.
        categories: its categories.
        tables: what serves which category.
    """

    case: Case
    round: Round
    categories: pd.DataFrame
    tables: ProjectTables

    def drawn(self, seed: int = 1, scale: float = 1.0, reserving: bool = True) -> Candidates:
        """Candidate projects of the round."""
        return candidates(self.case, self.round, self.categories, self.tables, seed, scale=scale, reserving=reserving)

    def of(self, held: Round, folder: Path | None = None) -> Ground:
        """The same energy system under another round with its own categories."""
        categories = _categories(held, folder)
        return replace(self, round=held, categories=categories, tables=load_project_tables(categories, folder))

    def tender(self, found: Candidates, seed: int = 1, transport: tuple[str, ...] | None = None) -> Tender:
        """A round over candidates."""
        return Tender(
            applications_from(found.applications),
            self.round,
            self.categories,
            Switches(seed=seed),
            transport,
            tuple(sentence.format(seed=seed) for sentence in ASSUMED),
        )


def ground(
    scenario: str = "",
    year: str = "2024",
    settings: Sequence[str] = (),
    overlays: Sequence[str] = (),
    folder: Path | None = None,
    held: Round | None = None,
) -> Ground:
    """Read scenario and scheme.

    Args:
        scenario: name or file; empty: the usual one, with its overlays.
        year: id of the round.
        settings: keys of the scenario.
        overlays: laid over the scenario; over the usual one, after its own.
        folder: folder of the scheme's tables; by default those that ship.
        held: the round, where it is not that of the tables.

    Raises:
        InputError: faults in any of them.
    """
    own = held or load_round(year, folder)
    categories = _categories(own, folder)
    tables = load_project_tables(categories, folder)
    laid = [*overlays] if scenario else [*OVERLAYS, *overlays]
    case = build_case(load_scenario(scenario or SCENARIO, list(settings), laid))
    return Ground(case, own, categories, tables)


def _categories(held: Round, folder: Path | None) -> pd.DataFrame:
    from model.sdepp.categories import load_categories

    return load_categories(held.categories, folder) if held.categories else categories_of(held)
