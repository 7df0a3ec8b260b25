"""Small reactors and the need for subsidy: two solved runs of the tiny system, one with and one without."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.cube import open_run
from model.errors import InputError
from model.job import run
from model.sdepp.cash import load_scheme
from model.sdepp.categories import load_categories
from model.sdepp.rounds import load_round
from model.studies.sdepp_reactors import CHANGE, WITH, WITHOUT, reactor_effect
from tests.helpers import TINY, tiny_scenario
from tests.studies.sdepp_tiny import tables_in

FEW = {"periods": 1, "spell_days": 1, "step_hours": 6}
YEARS = [2040]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """One with 200 MW_e of small reactors, forced; one without any."""
    folder = tmp_path_factory.mktemp("runs")
    plain = {"grid__kirchhoff": False, "grid__expansion": False, "grid__hosting_expansion": False}
    common = {
        **plain,
        "sites__contracts": False,
        "reactors__commitment": "none",
        "years": YEARS,
        "time": FEW,
        "solver": {"preset": "simplex"},
        "reactors__designs": ["cls_lwr"],
    }
    forced = tiny_scenario(name="forced", **common, reactors__target={2040: 200})
    none = tiny_scenario(name="none", **common, reactors__enabled=False)
    return [run(scenario, folder, folder=TINY).run_file for scenario in (forced, none)]


def effect(runs, folder, **options):
    tables, categories = tables_in(folder), load_categories()
    return reactor_effect(runs, load_round(), categories, tables, load_scheme(), data=TINY, **options)


def test_need_and_cash_are_those_of_what_each_run_builds(runs, tmp_path):
    answer = effect(runs, tmp_path)
    total, by_technique = answer.tables["total"], answer.tables["by_technique"]
    assert total.at["small_reactors_mw", WITH] == pytest.approx(200, rel=1e-3)
    assert total.at["small_reactors_mw", WITHOUT] == 0
    assert np.allclose(total[CHANGE], total[WITH] - total[WITHOUT])
    parts = total.loc[["needs_subsidy", "needs_none", "no_phase_pays"]].sum()
    assert np.allclose(
        parts[[WITH, WITHOUT]], total.loc["built_mw_and_t_per_h", [WITH, WITHOUT]].astype(float), rtol=1e-6
    )
    for name in (WITH, WITHOUT):
        assert by_technique[f"claim_million_{name}"].sum() == pytest.approx(total.at["claim_million", name])
        assert by_technique[f"paid_million_{name}"].sum() == pytest.approx(total.at["paid_million", name])
    built = {}
    for name, path in zip((WITH, WITHOUT), runs, strict=True):
        cube = open_run(path)
        capacity = cube["results"]["capacity"].to_series().dropna().xs(2040, level="year")
        new = capacity[[str(asset).startswith(("solar@", "wind_onshore@")) for asset in capacity.index]]
        built[name] = float(new.sum())
        assert total.at["base_price_eur_per_mwh", name] > 0
    # Of sun and wind on land nothing of 2023 stands in 2040 but what the table of plants says.
    stands = pd.read_csv(TINY / "existing_capacity.csv")
    left = stands[(stands["retirement_year"] > 2040) & stands["technology"].isin(["solar", "wind_onshore"])]
    for name in (WITH, WITHOUT):
        renewable = built[name] - left["capacity"].sum()
        assert total.at["built_mw_and_t_per_h", name] >= renewable * 0.98 - 1


def test_no_reactors_and_years_that_neither_has_are_told_at_once(runs, tmp_path):
    with pytest.raises(InputError) as caught:
        effect([runs[1], runs[0]], tmp_path, milestone=2035)
    assert sorted(problem.column for problem in caught.value.problems) == ["", "small reactors"]
    assert "2040" in str(caught.value)
