"""The four uses of small reactors: what must hold between them whatever the figures, and what the study leaves."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.cli import main
from model.errors import InputError
from model.studies import modes as study
from model.studies.framework.page import write_answer
from model.studies.modes import NATIONAL, REFERENCE, SITE, USES, modes
from model.studies.modes_answer import _tied, answer_of
from model.studies.modes_figures import FIGURES
from model.studies.smr_range import smr_range
from tests.helpers import TINY, tiny_scenario

FEW = {"years": [2050], "time": {"periods": 1, "spell_days": 1, "step_hours": 6}}


@pytest.fixture(scope="module")
def cubes():
    """Case and cube of every point of `found`, in the order of the study."""
    return []


@pytest.fixture(scope="module")
def found(tmp_path_factory, cubes):
    """The tiny data set with room for reactors at the grid beside its site."""
    folder = tmp_path_factory.mktemp("data") / "tiny"
    shutil.copytree(TINY, folder)
    table = folder / "reactor_potentials.csv"
    table.write_text(table.read_text() + "C_transmission,cls_lwr,,MW_th,made up for tests,assumption,\n")
    read = study.figures_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            study, "figures_of", lambda case, cube, *more: cubes.append((case, cube)) or read(case, cube, *more)
        )
        return modes(tiny_scenario(**FEW), power=200.0, national_power=400.0, folder=folder)


def figures(found, level) -> pd.DataFrame:
    return found.table[found.table["level"] == level].set_index("use")


@pytest.mark.parametrize(("level", "power"), [(SITE, 200.0), (NATIONAL, 400.0)])
def test_every_use_has_the_same_capacity_and_the_reference_none(found, level, power):
    rows = figures(found, level)
    assert set(rows["status"]) == {"optimal"}
    assert rows.drop(index=REFERENCE)["reactor_power"].to_numpy() == pytest.approx(power, rel=1e-6)
    assert rows.at[REFERENCE, "reactor_power"] == pytest.approx(0, abs=1e-3)
    assert rows.at[REFERENCE, "reactor_electricity"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("level", [SITE, NATIONAL])
def test_more_freedom_costs_no_more(found, level):
    """The same place and more ways to run: each use that contains another is at most as dear."""
    cost = figures(found, level)["cost"]
    assert cost["flexible"] <= cost["base load"] + 1e-4
    assert cost["co-production of heat"] <= cost["behind the meter"] + 1e-4
    assert cost["co-production of heat"] <= cost["co-production of hydrogen"] + 1e-4


def test_uses_do_what_their_names_say(found):
    rows = figures(found, SITE)
    power_only = ["base load", "behind the meter", "flexible"]
    assert rows.loc[power_only, "reactor_heat"].to_numpy() == pytest.approx(0, abs=1e-6)
    assert rows.at["co-production of heat", "reactor_heat"] > 0.1
    # flat out: what is available, 0.9 of the capacity, in every hour
    assert rows.at["base load", "utilisation"] == pytest.approx(0.9, abs=1e-3)
    assert rows.at["base load", "reactor_electricity"] == pytest.approx(0.9 * 200 * 8760 / 1e6, rel=1e-3)
    # behind the meter the site takes less from the grid
    assert rows.at["behind the meter", "site_peak_import"] < rows.at["base load", "site_peak_import"] - 50


def test_co_production_of_hydrogen_makes_hydrogen(found, cubes):
    """Counted apart: activity of the electrolyser at the site times its efficiency, against half of what it could."""
    case, cube = cubes[1 + 2 * [use.name for use in USES].index("co-production of hydrogen")]  # site before country
    table = pd.read_csv(TINY / "technology_flows.csv")
    own = table[(table["technology"] == "electrolyser") & (table["carrier"] == "hydrogen") & (table["year"] == 2050)]
    efficiency = own["value"].item()
    makers = [asset for asset in case.assets.index if str(asset).startswith("electrolyser@S_C")]
    results = cube["results"].to_dataset()
    hours = results["activity"].sel(asset=makers, year=2050).fillna(0.0).sum("asset").to_numpy()
    capacity = float(results["capacity"].sel(asset=makers, year=2050).sum())
    made = float((hours * case.time.weight).sum()) * efficiency / 1e6
    row = figures(found, SITE).loc["co-production of hydrogen"]
    assert row["hydrogen_at_site"] == pytest.approx(made, rel=1e-6)
    assert row["electrolysis_at_site"] == pytest.approx(capacity, rel=1e-6)
    assert row["electrolysis_at_site"] >= row["reactor_power"] - 1e-3
    could = capacity * 8760 * efficiency / 1e6
    assert found.hydrogen_share == 0.5
    assert 0.5 * could * (1 - 1e-4) <= made < could
    # over the year the reactors give the power that becomes hydrogen
    assert row["reactor_electricity"] >= made / efficiency * (1 - 1e-4)
    # the force bites: nobody asked makes less
    assert figures(found, SITE).at["co-production of heat", "hydrogen_at_site"] < 0.9 * made
    national = figures(found, NATIONAL)["hydrogen"]
    assert national["co-production of hydrogen"] >= 0.5 * 400 * 8760 * efficiency / 1e6 * (1 - 1e-4)
    page = answer_of(found)
    assert [*page.warnings] and "Not a whole year" in page.warnings[0]
    assert any("50 % of what it could make" in line for line in page.held_equal)
    assert any("TWh of hydrogen" in words and "TWh of heat" in words for words in page.chapters[0].words)


def test_more_hydrogen_is_made_where_more_is_asked(found):
    uses = [use for use in USES if use.hydrogen]
    more = modes(tiny_scenario(**FEW), power=200.0, national_power=200.0, folder=TINY, uses=uses, hydrogen_share=0.8)
    row = figures(more, SITE).loc["co-production of hydrogen"]
    assert row["hydrogen_at_site"] >= 0.8 * row["electrolysis_at_site"] * 8760 * 0.71 / 1e6 * (1 - 1e-4)
    assert row["hydrogen_at_site"] > 1.05 * figures(found, SITE).at["co-production of hydrogen", "hydrogen_at_site"]


@pytest.mark.parametrize("option", ["power", "national_power", "hydrogen_share"])
@pytest.mark.parametrize("amount", [0.0, -100.0, float("nan"), float("inf")])
def test_a_power_or_share_that_is_no_sound_figure_is_refused(option, amount):
    with pytest.raises(InputError, match=f"--{option.replace('_', '-')}: .*a finite number above 0"):
        modes(tiny_scenario(**FEW), folder=TINY, **{option: amount})


def test_a_share_above_one_and_the_year_nought_are_refused():
    with pytest.raises(InputError, match="--hydrogen-share: .*at most 1"):
        modes(tiny_scenario(**FEW), folder=TINY, hydrogen_share=1.5)
    with pytest.raises(InputError, match="found '0', expected a milestone year of the scenario: 2050"):
        modes(tiny_scenario(**FEW), folder=TINY, year=0)


def test_settings_that_no_study_honours_are_refused_by_name():
    asked = {
        "foresight": ({"foresight": "myopic"}, "foresight.*'myopic'.*all years together"),
        "modules": ({"reactors__integer_modules": True}, "integer_modules.*no whole number of modules gives"),
        "off": ({"reactors__enabled": False}, "reactors.enabled.*asks about small reactors"),
        "held": ({"dispatch__capacities_of": "somewhere.nc"}, "dispatch.*chooses its capacities"),
        "units": ({"reactors__units": {"small_bwr": {2050: 1}}}, "reactors.units.*small_bwr.*large designs only"),
    }
    for name, (settings, words) in asked.items():
        scenario = tiny_scenario(**FEW, **settings)
        with pytest.raises(InputError, match=words):
            modes(scenario, folder=TINY)
        if name != "units":  # the range keeps given units: they are part of every point
            with pytest.raises(InputError, match=words):
                smr_range(scenario, folder=TINY)


def test_unknown_site_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="--site.*S_C"):
        modes(tiny_scenario(**FEW), site="A_regional", folder=TINY)


def test_a_use_without_a_place_is_said_and_stops_nothing():
    """At the grid of the site's region no reactor may stand in the data set as it is."""
    uses = [use for use in USES if use.name in ("flexible", "behind the meter")]
    found = modes(tiny_scenario(**FEW), power=200.0, national_power=5000.0, folder=TINY, uses=uses)
    assert figures(found, SITE)["status"].to_dict() == {
        REFERENCE: "optimal",
        "behind the meter": "optimal",
        "flexible": "not possible",
    }
    assert set(figures(found, NATIONAL).drop(index=REFERENCE)["status"]) <= {"infeasible", "unbounded_or_infeasible"}
    page = answer_of(found)
    assert any("flexible: not possible" in words for words in page.chapters[0].words)


def test_pictures_keep_a_colour_per_use_and_ties_are_said(found):
    page = answer_of(found)
    shades: dict[str, set[str]] = {}
    for chapter in page.chapters:
        for _, picture in chapter.pictures:
            for colour, name in re.findall(r'fill="(#\w+)"><title>([^:]+):', picture):
                shades.setdefault(name, set()).add(colour)
    assert set(shades) == {REFERENCE, *(use.name for use in USES)}
    assert all(len(colours) == 1 for colours in shades.values())
    assert len({min(colours) for colours in shades.values()}) == len(shades)
    captions = [caption for chapter in page.chapters for caption, _ in chapter.pictures]
    assert sum(caption.startswith("CO2 emitted at the site") for caption in captions) == 1
    assert sum(caption.startswith("CO2 emitted in the country") for caption in captions) == 2
    assert "Works at the coast (S_C)" in page.chapters[0].title
    same = replace(found, table=found.table.assign(cost=found.table["cost"].where(found.table["level"] != SITE, 1.0)))
    assert "All that were solved cost the system the same: 0 million EUR" in answer_of(same).chapters[0].words[0]
    assert _tied(pd.Series({"a": -150.2, "b": -149.9, "c": -400.0}), -150.2) == "a and b alike"


def test_emissions_of_the_site_are_counted_from_its_fuels_and_plants(found, cubes):
    """Carbon of the fuels that its plants burn, and what these let out themselves less what they catch."""
    points = [(SITE, REFERENCE), *((level, use.name) for use in USES for level in (SITE, NATIONAL))]
    for (level, use), (case, cube) in zip(points, cubes, strict=True):
        here = case.assets.index[case.assets["node"] == "S_C"]
        energy = cube["ledgers"]["annual_energy"].sel(year=2050, asset=here).to_series().dropna()
        carbon = energy.index.get_level_values("carrier").map(case.carriers["emission_factor"].fillna(0.0))
        activity = cube["results"]["annual_activity"].sel(year=2050).to_series().reindex(here).fillna(0.0)
        plants = case.asset_years.xs(2050, level="year").reindex(here)[["own_emission", "captured"]].fillna(0.0)
        total = -(energy * carbon).sum() + ((plants["own_emission"] - plants["captured"]) * activity).sum()
        assert figures(found, level).at[use, "emissions_at_site"] == pytest.approx(total, abs=1e-9)


def test_page_table_and_dataset_hold_every_figure(found, tmp_path):
    files = write_answer(answer_of(found), tmp_path)
    page = files["page"].read_text(encoding="utf-8")
    assert "exactly 200 MW_e" in page and "What is held equal" in page and page.count("<svg") >= 10
    assert page.index("Not a whole year") < page.index("What is held equal")
    assert "Not a whole year" in json.loads(files["json"].read_text())["warnings"][0]
    assert str(answer_of(found).report()).splitlines()[2].startswith("! Not a whole year")
    assert re.search(r"input files</td><td><details><summary>\d+ entries", page)  # checksums are folded
    with xr.open_dataset(files["nc"]) as opened:
        cell = opened["reactor_heat"].sel(level=SITE, use="co-production of heat")
        assert float(cell) == pytest.approx(figures(found, SITE).at["co-production of heat", "reactor_heat"])
        assert set(FIGURES) <= set(opened.data_vars)
        assert all(opened[name].attrs["units"] for name in FIGURES)
    points = json.loads(files["json"].read_text())["points"]
    assert len(points) == len(found.table) == len(pd.read_csv(files["csv"])) == 2 * (1 + len(USES))
    assert not np.isnan(found.table["cost"]).any()


def test_command_writes_and_says_where(tmp_path, capsys, monkeypatch, found):
    monkeypatch.setattr("model.studies.modes.modes", lambda *arguments, **options: found)
    assert main(["study", "modes", "quick", "-o", str(tmp_path), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "ok" and answer["study"] == "modes"
    assert (tmp_path / "modes.html").is_file() and answer["files"]["page"].endswith("modes.html")
    assert main(["study", "modes", "quick", "-o", str(tmp_path)]) == 0
    assert "held equal" in capsys.readouterr().out
    assert main(["study", "modes", "quick", "-o", str(tmp_path), "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_command_refuses_an_unknown_study(capsys):
    assert main(["study", "nothing", "quick"]) == 2
    assert "smr-range" in capsys.readouterr().err
