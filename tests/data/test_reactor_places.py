"""`reactors.sites: all` opens every industrial site, within the limits of its province (docs/data.md)."""

from __future__ import annotations

import pandas as pd
import pytest

from model.data.reactor_places import with_every_site
from model.data.validation import read_valid_tables
from model.errors import InputError
from model.scenario import data_folder, load_scenario

TABLES = ("potentials", "shared_potentials", "shared_potential_limits")


@pytest.fixture(scope="module")
def tables():
    return read_valid_tables(data_folder(load_scenario("quick")))[0]


def opened(tables, **reactors):
    overrides = [f"reactors.{key}={value}" for key, value in reactors.items()]
    return with_every_site(load_scenario("quick", overrides), tables)


def small_places(tables, region):
    nodes = tables["nodes"].set_index("node")
    sites = nodes.index[(nodes["kind"] == "site") & (nodes["region"] == region)]
    small = tables["reactors"].loc[tables["reactors"]["kind"] == "smr", "design"].unique()
    rows = tables["potentials"]
    rows = rows[rows["node"].isin(sites) & rows["technology"].isin(small)]
    return set(zip(rows["node"], rows["technology"], strict=True)), set(sites), set(small)


def test_named_places_are_as_the_tables_say(tables):
    assert opened(tables) is tables


@pytest.mark.parametrize("region", ["ZH", "DR"])
def test_every_site_may_have_every_small_design_once(tables, region):
    before, sites, small = small_places(tables, region)
    after, _, _ = small_places(opened(tables, sites="all"), region)
    assert after == {(site, design) for site in sites for design in small} > before
    assert not opened(tables, sites="all")["potentials"].duplicated(["node", "technology"]).any()


def test_a_new_site_shares_the_limit_of_its_province(tables):
    members = opened(tables, sites="all")["shared_potentials"].set_index(["group", "node", "technology"])["factor"]
    assert members["smr_ZH", "C6_ZH", "cls_htgr"] == members["smr_ZH", "RM_ZH", "cls_htgr"] == pytest.approx(0.4)
    assert members.index.is_unique
    assert "C6_DR" not in members.index.get_level_values("node")


def test_provinces_without_a_limit_get_the_one_of_the_scenario(tables):
    found = opened(tables, sites="all", new_site_max=470)
    limits = found["shared_potential_limits"].set_index("group")
    assert set(limits.index) - set(tables["shared_potential_limits"]["group"]) == {
        f"new_sites_{region}" for region in ("DR", "FL", "FR", "OV", "UT")
    }
    assert limits.at["new_sites_DR", "capacity_max"] == 470 and limits.at["new_sites_DR", "unit"] == "MW_e"
    members = found["shared_potentials"].set_index(["group", "node", "technology"])["factor"]
    assert members["new_sites_DR", "NN_DR", "cls_htgr"] == members["new_sites_DR", "C6_DR", "cls_htgr"] == 0.4


def test_what_the_tables_held_stays(tables):
    found = opened(tables, sites="all", new_site_max=470)
    for name in TABLES:
        pd.testing.assert_frame_equal(found[name].iloc[: len(tables[name])], tables[name], check_dtype=False)


def test_a_limit_for_sites_that_are_not_opened_is_refused():
    with pytest.raises(InputError, match="new_site_max"):
        load_scenario("quick", ["reactors.new_site_max=470"])
