"""Non-firm connections and own use: what is lost by hand, what is asked for it, and who then wins."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.errors import InputError
from model.sdepp.cash import load_scheme
from model.sdepp.categories import load_categories
from model.sdepp.rounds import load_round
from model.studies.sdepp_connection import FIRM, NON_FIRM, TODAY, groups_of, lost, non_firm
from model.studies.sdepp_headroom import net_load
from model.studies.sdepp_own_use import amount_needed, own_use
from model.studies.sdepp_world import Ground
from tests.studies.sdepp_tiny import PROJECT_ROWS, SERVICE_ROWS, tables_in, world

ROOFS = [row.replace("23_1_c_2", "23_1_a_2").replace("8,0.5,1,19.9", "3,0.4,1,9") for row in PROJECT_ROWS]
ROOF_SERVICES = [row.replace("23_1_c_2", "23_1_a_2") for row in SERVICE_ROWS]


def ground(folder, **rows):
    categories = load_categories()
    return Ground(world(), load_round(), categories, tables_in(folder, **rows))


def project(name, asset, region, category, capacity, electricity, hours=3300.0):
    return {
        "application": name,
        "asset": asset,
        "region": region,
        "category": category,
        "capacity": capacity,
        "electricity": electricity,
        "hours": hours,
    }


def test_what_does_not_fit_by_hand():
    """400 MW of sun on connections of 200 MW, and 1,500 MW of wind, in a region with 600 MW of limit."""
    case, year = world(), 2024
    rows = pd.DataFrame(
        [
            project("sun", "solar@A_regional", "A", "23_1_c_2", 400, 200),
            project("wind", "wind_onshore@A_regional", "A", "17_1_b_5", 1500, 1500),
        ]
    )
    found = lost(case, year, rows, groups_of(rows, load_categories()))
    profile = case.hourly["profile"]
    sun, wind = (
        profile.sel(profile=case.assets.at[asset, "availability_profile"]).to_numpy() for asset in rows["asset"]
    )
    fed = np.array([np.minimum(400 * sun, 200), 1500 * wind])
    room = np.maximum(0, 600 + net_load(case, year)["A"])
    total = fed.sum(axis=0)
    fits = np.where(total > room, room / np.where(total > 0, total, 1), 1.0)
    weight = case.time.weight
    for row, group in enumerate(("solar_pv", "wind")):
        expected = 1 - (fed[row] * fits * weight).sum() / (fed[row] * weight).sum()
        assert found.share["A", group] == pytest.approx(expected, abs=1e-12) and expected > 0
    assert found.by_project["sun"] == found.share["A", "solar_pv"]


def test_a_boiler_loses_only_what_fits_in_no_hour():
    case, categories = world(), load_categories()
    few = pd.DataFrame([project("a", "e_boiler@S_C", "C", "71_1_b", 10, 10)])
    groups = groups_of(few, categories)
    assert lost(case, 2024, few, groups).by_project["a"] == 0
    many = pd.DataFrame([project("a", "e_boiler@S_C", "C", "71_1_b", 5000, 5000, hours=8000.0)])
    room = np.maximum(0, 900 - net_load(case, 2024)["C"])
    made = (np.minimum(room, 5000) * case.time.weight).sum()
    assert lost(case, 2024, many, groups).by_project["a"] == pytest.approx(1 - made / (5000 * 8000))
    assert lost(case, 2024, many, pd.Series([""])).by_project["a"] == 0


def test_three_kinds_of_connection(tmp_path):
    answer = non_firm(ground(tmp_path), load_scheme(), feed_in_factors=(1.0, 0.02))
    total, by_group = answer.tables["total"], answer.tables["by_group"]
    assert list(total.index) == [(factor, name) for factor in ("1", "0.02") for name in (TODAY, FIRM, NON_FIRM)]
    assert (total.xs(NON_FIRM, level="connection")["no_room"] == 0).all()
    assert total.at[("0.02", TODAY), "no_room"] > total.at[("1", TODAY), "no_room"]
    assert total.at[("1", FIRM), "no_room"] >= total.at[("1", TODAY), "no_room"]
    tight = by_group.loc["0.02"]
    assert tight.at[(NON_FIRM, "wind"), "lost_percent"] > 0
    assert tight.at[(NON_FIRM, "solar_pv"), "awards"] >= tight.at[(FIRM, "solar_pv"), "awards"]
    assert np.isfinite(total["paid_million"]).all() and len(answer.findings) == 10
    with pytest.raises(InputError) as caught:
        non_firm(ground(tmp_path), load_scheme(), feed_in_factors=(0.0, -1.0))
    assert len(caught.value.problems) == 2


def test_own_use_lowers_what_a_roof_asks():
    # 0.0900 a kWh, half of it saves 0.1200: (0.09 - 0.06) / 0.5 = 0.06.
    assert amount_needed(0.09, 0.5, 0.12) == pytest.approx(0.06)
    assert amount_needed(0.09, 0.0, 0.12) == pytest.approx(0.09)


def test_own_use_in_a_round(tmp_path):
    here = ground(tmp_path, services=ROOF_SERVICES, projects=ROOFS)
    answer = own_use(here, load_scheme(), (0.0, 0.1, 0.9), retail=0.15)
    table = answer.tables["roofs"]
    assert table.at[0.1, "median_amount"] < table.at[0.0, "median_amount"]
    assert table.at[0.9, "applying"] == 0 and table.at[0.9, "cheap_without"] > 10
    assert 0 < table.at[0.1, "paid_floor_million"] < 0.9 * table.at[0.0, "paid_floor_million"]
    same = own_use(here, load_scheme(), (0.0, 0.1), retail=0.0, prices=("floor",)).tables["roofs"]
    assert same.at[0.1, "applying"] <= same.at[0.0, "applying"], "own use that saves nothing only takes subsidy away"
    with pytest.raises(InputError) as caught:
        own_use(here, load_scheme(), (1.0, -0.1), retail=-1)
    assert sorted(problem.file for problem in caught.value.problems) == ["--retail-price", "--shares", "--shares"]


def test_a_round_that_nobody_can_win_has_no_payments_to_compare(tmp_path):
    dear = ground(tmp_path, services=[SERVICE_ROWS[1]], projects=[PROJECT_ROWS[1].replace(",1,0.9,", ",1,90,")])
    with pytest.raises(InputError, match="at least one award"):
        non_firm(dear, load_scheme(), feed_in_factors=(1.0,))
    table = own_use(dear, load_scheme(), (0.0,)).tables["roofs"]
    assert table["applying"].tolist() == [0]
