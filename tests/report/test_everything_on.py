"""Everything that a scenario can switch on, together, on the tiny data set: checked, shown, and made into a page."""

from __future__ import annotations

import pytest

from model.cube import run_checks
from model.report.page import page_html
from model.report.page_data import page_data
from model.report.site_ledgers import site_ledger_table, site_ledger_text
from model.report.summary import summary_table
from model.report.themes import themes_report
from tests.checks.worlds import solved

DETAIL = {
    name: True
    for name in ("heat_sources", "heat_networks", "gas_network", "carbon_network", "process_emissions")
}  # fmt: skip
EVERYTHING = {
    "detail": DETAIL,
    "reactors": {"commitment": "linear", "refuelling": "decided", "site_limits": True},
    "sites": {"objective": "private", "tariffs": "cost", "n_minus_1": True, "steam_contracts": True},
}


@pytest.fixture(scope="module")
def world():
    return solved(**EVERYTHING)


def test_the_check_holds(world):
    case, cube = world
    assert run_checks(case, cube.copy(deep=True)) == []


def test_what_emits_and_is_no_technology_has_a_name_on_the_page(world):
    cube = world[1]
    shown = {row["what"]: row["values"] for row in page_data(cube)["carbon"]["rows"]}
    assert "process" in cube["ledgers"]["emissions"]["technology"].values
    assert max(shown["Industrial processes"]) > 0
    assert "process" not in shown
    total = cube["ledgers"]["emissions"].sum(["node", "technology"]).squeeze().values
    assert [sum(values) for values in zip(*shown.values(), strict=True)] == pytest.approx(list(total), abs=0.02)
    assert len(page_html(page_data(cube))) > 10_000


def test_every_report_can_be_written(world):
    cube = world[1]
    assert str(summary_table(cube)) and str(themes_report(cube))
    assert "grid_tariff" in site_ledger_text(site_ledger_table(cube))
