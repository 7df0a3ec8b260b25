"""Every shipped reactor design is usable by data: it may stand, is built, runs, gives the heat it can, and is sound."""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path

import pytest

from model.data import build_case
from model.scenario import load_scenario
from tests.closed_form.world import World

TABLES = Path(__file__).resolve().parents[2] / "inputs" / "nl"
DESIGNS = {
    "cls_lwr": ["bwrx300", "rrsmr", "voygr", "ap300", "nuward", "smart", "smr300"],
    "cls_htgr": ["xe100", "htrpm", "ubattery", "kpfhr"],
    "cls_ims": ["natrium", "thorizon", "newcleo", "imsr", "arc100", "evinci", "sealer"],
    "cls_large": ["epr", "ap1000", "apr1400", "borssele", "borssele_extension"],
}
"""The designs of the SMR fact base by class: 18 small ones, 3 large ones, Borssele and its extension."""
ALL = [*DESIGNS, *(design for designs in DESIGNS.values() for design in designs)]
CLASS = {design: name for name, designs in DESIGNS.items() for design in [name, *designs]}


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def number(text: str) -> float:
    return float(text) if text else math.nan


def test_the_table_holds_the_designs_of_the_fact_base_and_no_others():
    assert {row["design"] for row in rows("reactors")} == set(ALL)
    assert {row["design"]: row["design_class"] for row in rows("reactors")} == CLASS
    assert sum(len(DESIGNS[name]) for name in ("cls_lwr", "cls_htgr", "cls_ims")) == 18


def small_world(design: str) -> World:
    """Power and heat of three grades before one design with its shipped figures, dear alternatives beside it."""
    modes = ["flexible", "behind_the_meter", "coproduction"]
    world = World(4, years=[2050], reactors__designs=[design], reactors__modes=modes)
    world.change("carriers", "electricity", spill="priced", spill_cost=20.0)
    for row in rows("reactors"):
        if row["design"] in (design, CLASS[design]):
            names = ("design", "name", "design_class", "kind", "parameter")
            world.add("reactors", **{name: row[name] for name in names}, year=number(row["year"]),
                      value=number(row["value"]))  # fmt: skip
    for row in rows("reactor_extraction"):
        figures = {name: float(row[name]) for name in ("temperature", "power_loss")}
        world.add("reactor_extraction", design_class=row["design_class"], **figures)
    if design == "borssele":
        world.add("existing_capacity", node="N", technology=design, plant=design, capacity=1366.0)
    else:
        world.add("potentials", node="N", technology=design, capacity_max=math.nan)
    world.demand([100, 150, 120, 200])
    for grade, need in (("heat_100", 40.0), ("heat_250", 30.0), ("heat_500", 20.0)):
        world.demand(need, carrier=grade)
        world.technology(f"boiler_{grade}", gives=grade, existing=1e3, variable_om=400.0)
    return world.technology("gas", existing=1e3, variable_om=400.0)


@pytest.mark.parametrize("design", ALL)
def test_a_design_is_built_runs_and_passes_the_check(design):
    answer = small_world(design).solve()
    assert answer["capacity", f"{design}@N", 2050] > 100.0
    assert answer["reactor_power", f"{design}@N", 2050].min() > 50.0
    assert [str(finding) for finding in answer.findings()] == []
    reach = float(answer.case.reactors.at[design, "usable_temperature"])
    for grade, degrees in (("heat_100", 100), ("heat_250", 250), ("heat_500", 500)):
        boiler = answer["activity", f"boiler_{grade}@N", 2050].sum()
        if design == "borssele":
            assert boiler > 0  # an existing plant gives power only
        elif degrees <= reach:
            assert boiler == pytest.approx(0.0, abs=1e-6)
        else:
            assert boiler > 0


def test_gen_iii_and_gen_iv_differ_by_data():
    """Light-water steam reaches 250 degC, gas- and salt-cooled 500 degC; cost and first year differ with it."""
    water, gas = small_world("cls_lwr").solve(), small_world("cls_htgr").solve()
    assert water["activity", "boiler_heat_500@N", 2050].sum() > 0
    assert gas["activity", "boiler_heat_500@N", 2050].sum() == pytest.approx(0.0, abs=1e-6)


def test_natrium_brings_store_and_turbine():
    """500 MW_e on 345: 155 MW_e and 2075 MWh_th beside 840 MW_th, and the dear hour takes it."""
    answer = small_world("natrium").solve()
    reactor = answer["capacity", "natrium@N", 2050]
    assert answer["capacity", "natrium_store@N", 2050] == pytest.approx(2.47 * reactor)
    assert answer["capacity", "natrium_turbine@N", 2050] == pytest.approx(0.449 * 0.411 * reactor, rel=1e-3)
    assert answer["reactor_store_discharge", "natrium@N", 2050].max() > 1.0
    cost = answer.case.build_options.loc[("natrium_store@N", 2050), "overnight"]
    assert cost == pytest.approx(22_351 * (2073 / 916.2) ** (0.787 - 1))


def test_a_scenario_may_name_any_design():
    """On the shipped data each buildable design gets places, small ones at the sites of the shared limits too."""
    named = [design for design in ALL if design != "borssele"]
    case = build_case(load_scenario("quick", [f"reactors.designs=[{','.join(named)}]", "years=[2050]"]))
    standing = set(case.assets["technology"])
    assert set(named) <= standing
    assert {"natrium_store", "natrium_charger", "natrium_turbine"} <= standing
