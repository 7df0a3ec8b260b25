"""Where shipped reactors may stand: what the tables say of each place, and what N-1 takes from it."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from model.core.features import load_features
from model.core.sets import SetValues
from model.data import build_case
from model.scenario import load_scenario
from model.sites.n_minus_1 import lost_capacity_max

TABLES = Path(__file__).resolve().parents[2] / "inputs" / "nl"
FAST = ("years=[2050]", "time.periods=1", "time.spell_days=1", "time.step_hours=6")


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_n_minus_1_reckons_presence_from_the_shared_limit_of_every_site():
    """No design at any site has a limit of its own, so the most that may stand is the shared limit: 1,400 MW_e in
    Zuid-Holland are 4,204 MW_th of light water, of which a unit of 300 MW_e is a fifth."""
    designs = sorted({row["design"] for row in rows("reactors") if row["kind"] == "smr"})
    settings = (*FAST, "sites.n_minus_1=true", f"reactors.designs=[{','.join(designs)}]")
    case = build_case(load_scenario("quick", settings))
    sets = SetValues(load_features(), case)
    found = dict(zip(sets["relaxed_contingency"], lost_capacity_max(case, sets), strict=True))
    assert len({site for _, site, _ in found}) == 8 and len({design for design, _, _ in found}) > 15
    limits = {row["group"]: float(row["capacity_max"]) for row in rows("reactor_shared_potential_limits")}
    most = {
        (row["technology"], row["node"]): limits[row["group"]] / float(row["factor"])
        for row in rows("reactor_shared_potentials")
        if float(row["factor"]) > 0
    }
    module = case.reactors["unit_size_th"]
    for (design, site, _), limit in found.items():
        assert limit == pytest.approx(max(most[design, site], module[design])), (design, site)
    assert found["cls_lwr", "RM_ZH", 2050] == pytest.approx(1400 / 0.333)


def test_every_small_design_may_stand_at_every_site_that_the_page_of_data_lists():
    """And nowhere else: the page says for each of the twenty sites what holds there."""
    small = {row["design"] for row in rows("reactors") if row["kind"] == "smr"}
    sites = {row["node"]: row["region"] for row in rows("nodes") if row["kind"] == "site"}
    text = (TABLES.parents[1] / "docs" / "data.md").read_text(encoding="utf-8")
    lines = text.partition("## Where small reactors may stand")[2].partition("\n## ")[0].splitlines()
    table = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("|")][2:]
    everywhere, capped, nowhere = (cells[0].split(", ") for cells in table)
    assert sorted([*everywhere, *capped, *nowhere]) == sorted(sites)
    may = {(row["node"], row["technology"]) for row in rows("reactor_potentials") if row["capacity_max"] != "0"}
    assert {pair for pair in may if pair[0] in sites} == {(site, design) for site in everywhere for design in small}
    shared = {(row["node"], row["technology"]) for row in rows("reactor_shared_potentials")}
    assert {(site, design) for site in everywhere for design in small} <= shared
    with_cap = {row["group"].removeprefix("smr_") for row in rows("reactor_shared_potential_limits")}
    assert {sites[site] for site in [*everywhere, *capped]} <= with_cap
    assert not {sites[site] for site in nowhere} & with_cap
