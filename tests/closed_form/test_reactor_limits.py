"""Cooling water and land of a place, by hand (formulation R9, smr/README.md F10)."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

from model.core.build import build_program
from model.engine import compile_program
from model.technologies.reactor_limits import WATER_HEAT
from tests.closed_form.answer import near
from tests.closed_form.world import World

INPUTS = Path(__file__).resolve().parents[2] / "inputs" / "nl"
LOST = 1000.0
THIRD = 1.0 / 3.0


def place(site: dict[str, object] | None = None, node: str = "N", **figures: float) -> World:
    """Free reactors of efficiency 1/3 before 1,000 MW of demand; what is not served costs 1,000 EUR/MWh."""
    world = World(reactors__site_limits=True, reactors__modes=["flexible", "behind_the_meter"])
    world.change("carriers", "electricity", value_of_lost_load=LOST).demand(1000.0)
    world.reactor("cls_lwr", potential=math.inf, efficiency=THIRD, cooling_water_rise=10.0, tower_evaporation=1.2,
                  land_use=0.005, **figures)  # fmt: skip
    return world.add("reactor_sites", node=node, **site) if site else world


def test_once_through_cooling_water_bounds_what_is_built():
    """Two thirds of the heat leave at 10 K: (2/3) / 41.86 = 0.015926 m3/s per MW_th, so 2 m3/s are 125.58 MW_th."""
    answer = place({"cooling": "once_through", "cooling_water_max": 2.0}).solve()
    assert answer["capacity", "cls_lwr@N", 2030] == near(2.0 * 41.86 * 1.5)
    # one more m3/s is 62.79 MW_th, 20.93 MW_e, all year
    assert -answer.dual("reactor_cooling_water_limit", "N", 2030) == near(20.93 * 8760 * LOST)
    assert answer.findings() == []


def test_a_tower_evaporates_less_than_a_river_is_taken():
    """1.2 m3 per MWh of rejected heat: (2/3) * 1.2 / 3600 = 2.2222e-4 m3/s per MW_th, so 0.2 m3/s are 900 MW_th."""
    answer = place({"cooling": "tower", "cooling_water_max": 0.2}).solve()
    assert answer["capacity", "cls_lwr@N", 2030] == near(900.0)


def test_land_bounds_what_is_built():
    """9 ha at 0.005 ha/MW_th are 1,800 MW_th; one more hectare is 200 MW_th, 66.67 MW_e, all year."""
    answer = place({"cooling": "once_through", "land_max": 9.0}).solve()
    assert answer["capacity", "cls_lwr@N", 2030] == near(1800.0)
    assert -answer.dual("reactor_land_limit", "N", 2030) == near(200 * THIRD * 8760 * LOST)
    assert answer.findings() == []


def test_what_stands_is_never_against_the_limit():
    world = place({"cooling": "once_through", "land_max": 1.0}).reactor(
        "old", existing=600.0, kind="existing", design_class="cls_large", efficiency=THIRD, land_use=0.005
    )
    answer = world.solve()
    assert answer["capacity", "old@N", 2030] == near(600.0)
    assert answer["capacity", "cls_lwr@N", 2030] == near(0.0)
    assert answer.findings() == []


@pytest.mark.parametrize(
    ("site", "node", "figures", "on"),
    [
        (None, "N", {}, True),  # a place without a row in the table
        ({"cooling": "tower"}, "N", {}, True),  # a place with a row and blank limits
        ({"cooling": "tower", "cooling_water_max": 0.1, "land_max": 1.0}, "N", {}, False),  # the switch is off
        (
            {"cooling": "tower", "cooling_water_max": 0.1, "land_max": 1.0},
            "M",
            {},
            True,
        ),  # a limit where none may stand
    ],
)
def test_without_a_limit_there_is_no_row(site, node, figures, on):
    world = place(site, node, **figures).bus("M")
    program = build_program(world.case(reactors__site_limits=on))
    families = {"water_limited_place": 0, "land_limited_place": 0}
    assert {item.name: len(item.members) for item in program.sets if item.name in families} == families
    answer = world.solve(reactors__site_limits=on)
    assert answer["capacity", "cls_lwr@N", 2030] >= 3000.0 - 1e-6
    assert compile_program(program).statistics()["rows"] == answer.compiled.statistics()["rows"]


def test_the_switch_bites():
    site = {"cooling": "once_through", "cooling_water_max": 2.0}
    held, free = place(site).solve(), place(site).solve(reactors__site_limits=False)
    assert held.objective == near(8760 * LOST * (1000 - 2.0 * 41.86 / 2))
    assert free.objective == near(0.0)


def test_the_shipped_figures_give_the_cooling_water_of_the_evidence():
    """Rejected heat over 4.186 x rise is the m3/s per unit that stands in the evidence, design by design."""
    with (INPUTS / "evidence" / "reactor_evidence.csv").open(newline="", encoding="utf-8") as stream:
        evidence = list(csv.DictReader(stream))
    with (INPUTS / "reactors.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    figures = {(row["design"], row["parameter"]): float(row["value"]) for row in rows}
    compared = 0
    for row in evidence:
        through, tower = row["parameter"] == "cooling_once_through", row["parameter"] == "cooling_tower_evaporation"
        sizes = [figures.get((row["design"], f"unit_size_{part}")) for part in ("th", "e")]
        if not (through or tower) or None in sizes:
            continue
        rejected = sizes[0] - sizes[1]
        design_class = row["design_class"]
        water = rejected / (WATER_HEAT * figures[design_class, "cooling_water_rise"])
        evaporation = rejected * figures[design_class, "tower_evaporation"]
        compared += 1
        assert float(row["value"]) == pytest.approx(
            water if through else evaporation, rel=0.01, abs=0.5 if tower else 0.05
        )
    assert compared > 20
