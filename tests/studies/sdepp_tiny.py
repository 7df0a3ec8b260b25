"""The tiny data set with projects of the scheme: two renewables, a boiler on electricity, capture at a boiler."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from model.data.case import Case
from model.sdepp.categories import load_categories
from model.sdepp.reading import sdepp_folder
from model.sdepp.rounds import load_round
from model.studies.sdepp_candidates import Candidates, candidates
from model.studies.sdepp_costs import EnergyPrices
from model.studies.sdepp_projects import ASSUMPTIONS, PROJECTS, SERVICES, ProjectTables, load_project_tables
from tests.helpers import tiny_case

SOURCE = "made up,assumption,"
SERVICE_ROWS = [
    "17_1_b_5,wind_onshore,served,A B C,electricity,1,0.1,,,,MW",
    "23_1_c_2,solar,served,,electricity,1,0.1,,,,MW",
    "71_1_b,e_boiler,served,,heat_150_250,1,,60,,,MW",
    "81_1_e_1,boiler_ccs,served,,captured_co2,1,,20,,,t/h",
]
PROJECT_ROWS = [
    "17_1_b_5,,1,0.7,0.1,12,0.5,3,40,,,,MW",
    "23_1_c_2,,1,0.9,0.1,8,0.5,1,19.9,,,,MW",
    "71_1_b,,1,1,0.1,10,0.3,2,30,,0.8,10,MW",
    "81_1_e_1,,1,1,0.1,5,0.1,2,9,gas_boiler,1,10,t/h",
]
SERVICE_HEADER = (
    "category,technology,role,places,paid_output,capacity_per_award,offered_share,offered_max,cop_min,cop_max,unit"
)
PROJECT_HEADER = (
    "category,technology,offered_factor,cost_factor,cost_sigma,size_median,size_sigma,size_min,size_max,"
    "reference_technology,electricity_price_factor,grid_cost,unit"
)
PRICES = EnergyPrices({"A": 80.0, "B": 80.0, "C": 80.0})


def write_tables(folder: Path, services: list[str] | None = None, projects: list[str] | None = None) -> Path:
    """Write the two tables into a folder."""
    for file, header, rows in (
        (SERVICES, SERVICE_HEADER, SERVICE_ROWS if services is None else services),
        (PROJECTS, PROJECT_HEADER, PROJECT_ROWS if projects is None else projects),
    ):
        lines = [f"{header},source,provenance,note", *(f"{row},{SOURCE}" for row in rows)]
        (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    shutil.copy(sdepp_folder() / ASSUMPTIONS, folder / ASSUMPTIONS)
    return folder


def tables_in(folder: Path, **rows: Any) -> ProjectTables:
    """The two tables as the code reads them."""
    return load_project_tables(load_categories(), write_tables(folder, **rows))


def world() -> Case:
    """The tiny system in 2030, with capture at boilers."""
    return tiny_case(years=[2030], detail__carbon_network=True)


def drawn(folder: Path, case: Case | None = None, **options: Any) -> Candidates:
    """Candidates of round 2024 in the tiny system."""
    options = {"prices": PRICES, **options}
    return candidates(case or world(), load_round(), load_categories(), tables_in(folder), **options)
