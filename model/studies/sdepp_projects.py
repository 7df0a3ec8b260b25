"""What stands between the model's technologies and candidate projects of the SDE++ scheme: two tables.

`category_technologies.csv` says which technology stands for a category, where, and how much of it is offered;
`candidate_projects.csv` says how many and how large the projects are, what they cost against the model's technology,
and how much both vary.  The second holds assumptions only, row by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from model.data.sdepp_tables import CAPTURED, COMPANION, SERVED, SERVICE_COLUMNS
from model.errors import InputError, Problem
from model.sdepp.equivalents import named_as_in
from model.sdepp.reading import SOURCED, Column, nearest, read_table, records, sdepp_folder

SERVICES, PROJECTS, ASSUMPTIONS = "category_technologies.csv", "candidate_projects.csv", "question_assumptions.csv"

PROJECT_COLUMNS = (
    Column("category", meaning="category of the scheme"),
    Column("technology", blank=True, meaning="technology of the model; blank: all that serve the category"),
    Column("offered_factor", "number", minimum=0, meaning="part of the offer that is applied for in one round"),
    Column("cost_factor", "number", above=0, meaning="median capital and fixed cost over those of the technology"),
    Column("cost_sigma", "number", minimum=0, meaning="standard deviation of the logarithm of that factor"),
    Column("size_median", "number", above=0, meaning="median size of a project"),
    Column("size_sigma", "number", minimum=0, meaning="standard deviation of the logarithm of the size"),
    Column("size_min", "number", above=0, meaning="smallest project"),
    Column("size_max", "number", above=0, meaning="largest project"),
    Column("reference_technology", blank=True, meaning="what stands there without the project: its cost is taken off"),
    Column(
        "electricity_price_factor", "number", blank=True, minimum=0, meaning="price of its hours over the base price"
    ),
    Column("grid_cost", "number", blank=True, minimum=0, meaning="grid tariffs and levies, EUR/MWh of electricity"),
    Column("unit", allowed=("MW", "t/h"), meaning="unit of sizes"),
    *SOURCED,
)
ASSUMPTION_COLUMNS = (
    Column("name", allowed=("retail_price", "accepted_shortfall", "own_use_max"), meaning="what is assumed"),
    Column("value", "number", minimum=0, meaning="its value"),
    Column("unit", allowed=("EUR/kWh", "share"), meaning="its unit"),
    *SOURCED,
)
__all__ = [
    "ASSUMPTIONS",
    "CAPTURED",
    "COMPANION",
    "PROJECTS",
    "SERVED",
    "SERVICES",
    "ProjectTables",
    "load_assumptions",
    "load_project_tables",
]


@dataclass(frozen=True)
class ProjectTables:
    """The two tables.

    Attributes:
        services: rows of category_technologies.csv.
        projects: rows of candidate_projects.csv.
        shortfall: a project whose cost is above the highest amount by up to this share still applies at that amount.
    """

    services: pd.DataFrame
    projects: pd.DataFrame
    shortfall: float

    def of(self, category: str, technology: str) -> pd.Series | None:
        """Give the assumptions on projects of a category with a technology; None where there are none."""
        rows = self.projects[self.projects["category"] == category]
        for name in (technology, ""):
            found = rows[rows["technology"] == name]
            if len(found):
                return found.iloc[0]
        return None


def load_project_tables(categories: pd.DataFrame, folder: Path | None = None) -> ProjectTables:
    """Read both tables.

    Args:
        categories: of the round, as `load_categories` gives them.
        folder: folder of the scheme's tables; by default those that ship.

    Raises:
        InputError: every fault in them, at once.
    """
    place = folder or sdepp_folder()
    problems: list[Problem] = []
    services = read_table(place / SERVICES, SERVICE_COLUMNS, problems)
    projects = read_table(place / PROJECTS, PROJECT_COLUMNS, problems)
    if not problems:
        services, projects = (named_as_in(frame, categories, place) for frame in (services, projects))
        problems += _faults(services, projects, categories)
    assumed: dict[str, float] = {}
    try:
        assumed = load_assumptions(place)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return ProjectTables(services, projects, assumed["accepted_shortfall"])


def load_assumptions(folder: Path | None = None) -> dict[str, float]:
    """Read question_assumptions.csv: value by name, in the units of the table.

    Raises:
        InputError: every fault in it, at once, and names that are missing.
    """
    problems: list[Problem] = []
    table = read_table((folder or sdepp_folder()) / ASSUMPTIONS, ASSUMPTION_COLUMNS, problems)
    found: dict[str, float] = {}
    for row in records(table):
        if row.name in found:
            problems.append(Problem(row._file, str(row._row), "name", row.name, "every name once"))
        if row.unit == "share" and row.value > 1:
            problems.append(Problem(row._file, str(row._row), "value", f"{row.value:g}", "a share of at most 1"))
        found[row.name] = float(row.value)
    missing = [name for name in ASSUMPTION_COLUMNS[0].allowed if name not in found]
    if not problems:
        problems = [Problem(ASSUMPTIONS, "", "name", "", f"a row {name}") for name in missing]
    if problems:
        raise InputError(problems)
    return found


def _faults(services: pd.DataFrame, projects: pd.DataFrame, categories: pd.DataFrame) -> list[Problem]:
    """Find names that are not known, rows that stand twice, and sizes that cannot be drawn."""
    known = list(categories.index[categories["open"].astype(bool)])
    found = []

    def fault(row: object, column: str, expected: str) -> None:
        place = (str(getattr(row, "_file", "")), str(getattr(row, "_row", "")))
        found.append(Problem(*place, column, str(getattr(row, column)), expected))

    for frame in (services, projects):
        for row in records(frame[frame.duplicated(["category", "technology"])]):
            fault(row, "category", "every category and technology once")
        for row in records(frame[~frame["category"].isin(known)]):
            fault(row, "category", f"an open category of the round{nearest(row.category, known)}")
    served = services[services["role"] == SERVED]
    for row in records(projects):
        own = served[served["category"] == row.category]
        if row.technology and row.technology not in set(own["technology"]):
            fault(row, "technology", f"a technology that serves {row.category} in {SERVICES}")
        if own.empty:
            fault(row, "category", f"a category of {SERVICES}")
        if not row.size_min <= row.size_median <= row.size_max:
            fault(row, "size_median", f"a size from size_min {row.size_min:g} to size_max {row.size_max:g}")
    for row in records(served):
        if row.offered_share > 1:
            fault(row, "offered_share", "a share of at most 1")
    return found
