"""Every variable in the cube of the tiny case says its unit, and every one that may be negative what its sign means."""

from __future__ import annotations

import numpy as np
import pytest

from model.core.features import load_features
from model.core.registry import Meta, Registry
from model.cube import open_run, write_cube
from tests.checks.worlds import PRIVATE, SOCIAL, solved

MEASURED_FROM_A_POINT = ("degree_north", "degree_east", "degC")
KNOWN = {
    *("1", "text", "share", "share/hour", "1/h", "1/year", "s", "MB", "h", "h/year", "year", "km", "kV", "ohm"),
    *("mrad", "mrad/MW", "MW", "MW_e", "MW_th", "MWh", "GWh", "kt", "t/year", "t/MWh", "kt/MWh", "Mt/year"),
    *("TWh/year", "TWh_e/year", "TWh_th/year", "MWh/MWh", "MWh/GWh", "MW/MW", "MW_e/MW_th", "MW_th/MW_th"),
    *("EUR", "EUR/year", "EUR/MWh", "EUR/MWh_e", "EUR/MWh_th", "EUR/GWh", "EUR/t", "EUR/kt", "EUR/MW/year"),
    *("EUR/MW/week", "EUR/MW_th/year", "EUR/1/year", "EUR/MW_th", "EUR/MW_th day/year", "day", "day/year", "t/h"),
    *("capacity_unit(technology)/MW_th", "MWh_th"),
    *("EUR/MW_e/year", "EUR/MW/month", "EUR/MWh/year", "EUR/GWh/year", "EUR/(mrad h)", "degC"),
    *("degree_north", "degree_east", "m3/s", "ha", "m3/s/MW_th", "ha/MW_th", "EUR/m3/s/year", "EUR/ha/year"),
    *("capacity_unit(technology)", "EUR/capacity_unit(technology)", "EUR/capacity_unit(technology)/year"),
    *("million EUR", "million EUR/award_unit(category)", "EUR/million EUR", "1000 h", "award_unit(category)"),
    *("EUR/award_unit(category)", "EUR/award_unit(category)/year", "EUR/output_unit(category)"),
    "output_unit(category)",
    *("output_unit(category)/GWh", "EUR/output_unit(category)/year", "cap_unit(cap)", "EUR/cap_unit(cap)"),
    *("cap_unit(cap)/award_unit(category)", "capacity_unit(technology)/award_unit(category)"),
    *("MW_e/capacity_unit(technology)", "EUR/GWh/year"),
    *("limit_unit(limit)", "limit_unit(limit)/MW", "limit_unit(limit)/MWh", "EUR/limit_unit(limit)/year"),
    *("EUR/h", "EUR/MWh/h", "EUR/MW/h"),
    *("group_unit(group)", "group_unit(group)/capacity_unit(technology)", "EUR/group_unit(group)/year"),
}


def arrays(*scenarios):
    """Every variable of every group of tiny cubes, with its group and name."""
    for scenario in scenarios:
        for group in solved(**scenario)[1].children.values():
            for name, array in group.data_vars.items():
                yield group, f"{group.name}/{name}", array


def test_every_variable_has_a_unit_that_is_one():
    found = {f"{name}: {array.attrs.get('units')}" for _, name, array in arrays(SOCIAL, PRIVATE)
             if array.attrs.get("units") not in KNOWN}  # fmt: skip
    assert sorted(found) == []


def test_units_that_differ_are_coordinates_of_the_group_that_points_to_them():
    pointing = [
        (group, name, array.attrs["units"]) for group, name, array in arrays(SOCIAL) if "(" in array.attrs["units"]
    ]
    assert len(pointing) > 15
    for group, name, unit in pointing:
        for coordinate, dim in (("capacity_unit", "technology"), ("group_unit", "group")):
            if f"{coordinate}({dim})" in unit:
                assert group.coords[coordinate].dims == (dim,), name
                assert set(group.coords[coordinate].values) <= {"MW", "MW_e", "MW_th", "MWh", ""}, name
                assert set(group.coords[coordinate].values) > {"MW_e"} or dim == "group", name


def test_an_array_over_assets_carries_its_units_along(tmp_path):
    case, cube = solved(**SOCIAL)
    again = open_run(write_cube(cube, tmp_path / "tiny.nc"))
    for tree in (cube, again):
        units = tree["results"]["capacity"].coords["asset_capacity_unit"]
        for asset in ("wind_onshore@C_regional", "e_boiler@S_C", "cavern_energy@A_transmission"):
            assert str(units.sel(asset=asset).values) == case.assets.at[asset, "capacity_unit"]
    wanted = case.assets["capacity_unit"].reindex(units["asset"].values)
    np.testing.assert_array_equal(units.values, wanted.to_numpy())


def test_every_variable_that_may_be_negative_says_what_its_sign_means():
    registry = load_features()
    for _, name, array in arrays(SOCIAL, PRIVATE):
        if array.attrs["units"] in MEASURED_FROM_A_POINT or array.dtype.kind != "f" or array.size == 0:
            continue
        record = registry.meta.get(name.split("/")[1].removeprefix("annual_"))
        below = record is not None and _may_be_negative(registry, record)
        if below or np.fmin.reduce(array.values, axis=None) < -1e-3:
            assert array.attrs.get("sign", "").startswith(("positive: ", "negative: ")), name


def _may_be_negative(registry: Registry, record: Meta) -> bool:
    if record.kind == "variable":
        lower = registry.meta[record.lower].minimum if isinstance(record.lower, str) else record.lower
        return lower < 0.0
    return record.kind == "parameter" and record.minimum < 0.0


def test_signed_results_say_which_way():
    results = solved(**SOCIAL)[1]["results"]
    assert results["site_exchange"].attrs["sign"].startswith("positive: from the region to the site")
    for name in ("flow", "annual_flow", "hosting_exchange", "emission", "store_deviation", "store_lowest"):
        assert "sign" in results[name].attrs, name
    assert "sign" not in results["capacity"].attrs


def test_emissions_by_technology_add_up_to_those_of_the_node():
    """Fuel, capture and own emission (the tiny gas furnace has one) are counted in the ledger as in the program."""
    case, cube = solved(**SOCIAL)
    by_node = cube["results"]["emission"].to_series().dropna() / 1e3
    by_technology = cube["ledgers"]["emissions"].to_series().dropna()
    added = by_technology.groupby(level=["node", "year"]).sum().reindex(by_node.index).fillna(0.0)
    np.testing.assert_allclose(added, by_node, atol=1e-9)
    burnt = -cube["ledgers"]["annual_energy"].sel(carrier="natural_gas").to_series().dropna().xs(2030, level="year")
    furnace = by_technology.xs(2030, level="year").xs("gas_furnace", level="technology").sum()
    assert furnace > 0.203 * burnt[burnt.index.str.startswith("gas_furnace@")].sum() > 0.0


def test_a_variable_that_may_be_negative_cannot_be_declared_without_its_sign():
    record = Meta("swing", "variable", "A swing.", "file.py", lower=-1.0)
    with pytest.raises(ValueError, match="swing.*sign"):
        Registry().add(record)


def test_a_cost_item_of_several_families_says_all_of_them():
    sentences = solved(**SOCIAL)[1]["costs"]["cost_item_sentence"]
    text = str(sentences.sel(cost_item="variable_om").values)
    assert (
        "Variable operation and maintenance." in text and "what they charge" in text and "what they discharge" in text
    )
