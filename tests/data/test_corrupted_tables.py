"""Every fault of a table gives one report that names file, row, column, value and what was expected."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from model.data import build_case, validate_folder
from model.errors import InputError
from tests.data.reports import lines_of, only, report
from tests.helpers import TINY, change_cell, find_row, tiny_scenario, write_lines


@dataclass(frozen=True)
class Fault:
    """One cell to spoil, where the report must point, and what it must say."""

    name: str
    file: str
    where: dict[str, str]
    column: str
    value: str
    expected: str


CELL_FAULTS = [
    Fault("efficiency of 200 %", "technology_flows.csv", {"technology": "gas_ccgt", "direction": "in"}, "value", "0.5",
          "energy taken of at least what gas_ccgt gives"),
    Fault("more electric than thermal power", "reactors.csv", {"design": "cls_lwr", "parameter": "unit_size_e"},
          "value", "300000", "less than unit_size_th, 900 MW_th"),
    Fault("reactance in milliohm", "corridors.csv", {"corridor": "A-B 380"}, "reactance", "14400", "to 160 ohm"),
    Fault("unknown region", "nodes.csv", {"node": "A_transmission"}, "region", "D", "a name from regions.region"),
    Fault("misspelt parent", "nodes.csv", {"node": "S_C"}, "parent", "C_regionl", "did you mean 'C_regional'?"),
    Fault("site without parent", "nodes.csv", {"node": "S_C"}, "parent", "", "a regional or substation bus above"),
    Fault("kind of node", "nodes.csv", {"node": "S_C"}, "kind", "sight", "one of transmission, regional"),
    Fault("unknown carrier", "demand.csv", {"node": "S_C"}, "carrier", "electrcity", "did you mean 'electricity'?"),
    Fault("unknown profile", "demand.csv", {"node": "A_regional"}, "profile", "electricity_lod",
          "did you mean 'electricity_load'?"),
    Fault("negative demand", "demand.csv", {"node": "A_regional", "year": "2030"}, "value", "-2", "from 0 to 200000"),
    Fault("NaN", "demand.csv", {"node": "B_regional", "year": "2050"}, "value", "nan", "a number in TWh/year"),
    Fault("demand unit", "demand.csv", {"node": "C_regional"}, "unit", "GWh/year", "TWh/year"),
    Fault("investment unit", "technology_parameters.csv", {"technology": "solar", "parameter": "investment"}, "unit",
          "EUR/kW", "EUR/MW"),
    Fault("vessel unit", "technology_parameters.csv", {"technology": "battery_energy", "parameter": "investment"},
          "unit", "EUR/MW", "EUR/MWh"),
    Fault("unknown parameter", "technology_parameters.csv", {"technology": "gas_ccgt", "parameter": "ramp"},
          "parameter", "rammp", "did you mean 'ramp'?"),
    Fault("share above one", "technology_parameters.csv", {"technology": "gas_ccgt", "parameter": "availability"},
          "value", "1.2", "availability in share of at least 0 and at most 1"),
    Fault("word for number", "technology_parameters.csv", {"technology": "solar", "parameter": "lifetime"}, "value",
          "long", "a number"),
    Fault("infinite number", "existing_capacity.csv", {"technology": "solar"}, "capacity", "inf", "and finite"),
    Fault("negative capacity", "existing_capacity.csv", {"plant": "River plant"}, "capacity", "-1000", "from 0 to 1e9"),
    Fault("capacity unit", "existing_capacity.csv", {"plant": "Steam house"}, "unit", "MW_e",
          "MW_th, the capacity unit of gas_boiler"),
    Fault("retires before it stands", "existing_capacity.csv", {"plant": "New farm"}, "retirement_year", "2020",
          "a year after commissioned, 2022"),
    Fault("half a year", "existing_capacity.csv", {"plant": "Kilns"}, "commissioned", "2005.5", "a whole number"),
    Fault("unknown technology", "potentials.csv", {"technology": "wind_onshore"}, "technology", "wind_onshor",
          "did you mean 'wind_onshore'?"),
    Fault("reactor potential in MW_e", "reactor_potentials.csv", {"technology": "hot"}, "unit", "MW_e",
          "MW_th, the capacity unit of hot"),
    Fault("wind at sea on land", "potentials.csv", {"node": "A_transmission", "technology": "wind_offshore"}, "node",
          "B_transmission", "a node in a region of offshore_zones.csv"),
    Fault("flow too large", "technology_flows.csv", {"technology": "electrolyser", "direction": "in"}, "value", "-1",
          "from 0 to 50"),
    Fault("unknown flow profile", "technology_flows.csv", {"technology": "heat_pump", "direction": "in"}, "profile",
          "inverse_cop_sea", "did you mean 'inverse_cop_air'?"),
    Fault("efficiency of a store", "stores.csv", {"store": "battery"}, "charge_efficiency", "1.2", "at most 1"),
    Fault("store of another kind", "stores.csv", {"store": "cavern"}, "energy_technology", "cavern_valve",
          "a technology of kind store_energy"),
    Fault("store durations", "stores.csv", {"store": "battery"}, "duration_max", "0.5", "at least duration_min, 1 h"),
    Fault("heat without temperature", "carriers.csv", {"carrier": "heat_150_250"}, "delivery_temperature", "",
          "this carrier is heat"),
    Fault("no price of lost load", "carriers.csv", {"carrier": "hydrogen"}, "value_of_lost_load", "",
          "this carrier is balanced"),
    Fault("corridor to itself", "corridors.csv", {"corridor": "A-B 380"}, "to_node", "A_transmission",
          "another node than from_node"),
    Fault("no reactance", "corridors.csv", {"corridor": "B-C 380"}, "reactance", "0", "above 0: the corridor is ac"),
    Fault("security factor", "corridors.csv", {"corridor": "A-C 380"}, "security_factor", "1.2", "from 0 to 1"),
    Fault("profile that changes", "demand.csv",
          {"node": "S_C", "carrier": "hydrogen", "demand_scenario": "reference", "year": "2050"}, "profile",
          "electricity_load", "the same in every row of S_C, hydrogen, industry, reference: flat"),
    Fault("cable that moves", "interconnectors.csv", {"year": "2050"}, "node", "B_transmission",
          "the same in every row of A-X: A_transmission"),
    Fault("design that changes class", "reactors.csv", {"design": "cls_lwr", "parameter": "ramp"}, "design_class",
          "cls_ims", "the same in every row of cls_lwr: cls_lwr"),
    Fault("unit of a shared limit", "shared_potential_limits.csv", {"year": "2030"}, "unit", "GW", "one of MW, MW_e"),
    Fault("hosting direction", "hosting.csv", {"region": "A", "direction": "offtake"}, "direction", "off-take",
          "did you mean 'offtake'?"),
    Fault("unknown zone", "interconnectors.csv", {"year": "2030"}, "zone", "Y", "a name from neighbours.zone"),
    Fault("price word", "neighbour_prices.csv", {"parameter": "gas_share", "year": "2030"}, "value", "1.4",
          "gas_share in share of at least 0 and at most 1"),
    Fault("reactor heat 0", "reactors.csv", {"design": "cls_lwr", "parameter": "usable_temperature"}, "value", "0",
          "usable_temperature in degC of at least 20"),
    Fault("reactor load 1.3", "reactors.csv", {"design": "cls_lwr", "parameter": "minimum_load"}, "value", "1.3",
          "minimum_load in share of at least 0 and at most 1"),
    Fault("reactor efficiency 4", "reactors.csv", {"design": "small_bwr", "parameter": "efficiency"}, "value", "4",
          "efficiency in MW_e/MW_th of at least 0 and at most 0.6"),
    Fault("reactor cost per MW", "reactors.csv", {"design": "hot", "parameter": "unit_size_th"}, "unit", "MW", "MW_th"),
    Fault("power loss above efficiency", "reactor_extraction.csv", {"design_class": "cls_lwr", "temperature": "250"},
          "power_loss", "0.4", "at most the efficiency of the class, 0.333"),
    Fault("provenance", "regions.csv", {"region": "B"}, "provenance", "guessed", "a first word of verified, recalled"),
    Fault("flag", "technologies.csv", {"technology": "electrolyser"}, "vintage_distinct", "maybe", "yes or no"),
    Fault("availability profile", "technologies.csv", {"technology": "solar"}, "availability_profile", "sun",
          "one of wind_onshore, wind_offshore, solar, solar_thermal"),
    Fault("contract below zero", "sites.csv", {"node": "S_C"}, "contract_import", "-5", "from 0 to 1e6"),
    Fault("bus as site", "sites.csv", {"node": "S_C"}, "node", "C_regional", "a node of kind site"),
    Fault("blank year beside dated ones", "fuel_prices.csv", {"price_scenario": "reference", "year": "2050"}, "year",
          "", "other rows of the same figure give one"),
    Fault("technology that eats what it makes", "technology_flows.csv",
          {"technology": "gas_ccgt", "carrier": "natural_gas", "direction": "in", "year": ""}, "carrier", "electricity",
          "less of electricity than gas_ccgt gives"),
    Fault("colour by name", "technologies.csv", {"technology": "solar"}, "colour", "yellow", "a colour as #rrggbb"),
    Fault("latitude beyond the pole", "regions.csv", {"region": "A"}, "latitude", "91", "from -90 to 90"),
    Fault("life of 0 years", "technology_parameters.csv", {"technology": "solar", "parameter": "lifetime"}, "value",
          "0", "lifetime in year above 0 and at most 200"),
    Fault("life of 1000 years", "technology_parameters.csv", {"technology": "solar", "parameter": "lifetime"},
          "value", "1000", "lifetime in year above 0 and at most 200"),
    Fault("store that keeps nothing", "stores.csv", {"store": "battery"}, "standing_loss", "1", "from 0 to 0.5"),
    Fault("gas at 10 000 times its price", "fuel_prices.csv", {"carrier": "natural_gas", "year": "2030"}, "value",
          "300000", "from -1000 to 10000"),
    Fault("carbon at 10 000 times its price", "carbon_prices.csv", {"year": "2030"}, "value", "1130000",
          "from 0 to 10000"),
    Fault("neighbour at 10 000 times its price", "neighbour_prices.csv", {"parameter": "mean", "year": "2030"},
          "value", "550000", "mean in EUR/MWh of at least -1000 and at most 10000"),
    Fault("investment in cents of cents", "technology_parameters.csv",
          {"technology": "solar", "parameter": "investment"}, "value", "5000000000", "at most 1e9"),
    Fault("demand of a million countries", "demand.csv", {"node": "A_regional", "year": "2030"}, "value", "2e6",
          "from 0 to 200000"),
    Fault("lost load for nothing", "carriers.csv", {"carrier": "electricity"}, "value_of_lost_load", "0", "above 0"),
    Fault("price of weather elsewhere", "neighbour_prices.csv", {"parameter": "weather:north"}, "parameter",
          "weather:nort", "did you mean 'north'?"),
    Fault("region without weather", "offshore_zones.csv", {"region": "A"}, "zone", "nort", "did you mean 'north'?"),
]  # fmt: skip


@pytest.mark.parametrize("fault", CELL_FAULTS, ids=lambda fault: fault.name.replace(" ", "_"))
def test_a_spoilt_cell_is_reported_where_it_stands(folder, fault):
    row = find_row(folder, fault.file, **fault.where)
    change_cell(folder, fault.file, row, fault.column, fault.value)
    only(report(folder), fault.file, row, fault.column, fault.value, fault.expected)


def test_the_tiny_data_set_has_no_fault():
    assert validate_folder(TINY) == []


def test_a_missing_column_is_named(folder):
    lines = lines_of(folder, "hosting.csv")
    write_lines(folder / "hosting.csv", [line[:3] + line[4:] for line in lines])
    only(report(folder), "hosting.csv", 1, "capacity", "", "the column capacity: a number in MW")


def test_a_misspelt_column_gives_the_nearest_name(folder):
    lines = lines_of(folder, "hosting.csv")
    lines[0][3] = "capacty"
    write_lines(folder / "hosting.csv", lines)
    found = [problem for problem in report(folder) if problem.column == "capacty"]
    assert len(found) == 1
    assert found[0].row == "1"
    assert "did you mean 'capacity'?" in found[0].expected


def test_a_duplicate_key_names_the_first_row(folder):
    lines = lines_of(folder, "corridors.csv")
    write_lines(folder / "corridors.csv", [*lines, lines[1]])
    only(report(folder), "corridors.csv", len(lines) + 1, "corridor", "A-B 380", "already in row 2")


def test_a_duplicate_key_over_two_files_of_a_table(folder):
    lines = lines_of(folder, "reactor_potentials.csv")
    write_lines(folder / "potentials.csv", [*lines_of(folder, "potentials.csv"), lines[1]])
    only(report(folder), "reactor_potentials.csv", 2, "node, technology", "S_C; cls_lwr", "a key that stands once")


def test_a_short_row_is_counted(folder):
    lines = lines_of(folder, "stores.csv")
    lines[1] = lines[1][:5]
    write_lines(folder / "stores.csv", lines)
    only(report(folder), "stores.csv", 2, "", "5 cells", "14 cells as in the header")


def test_a_missing_file_is_named(folder):
    (folder / "carriers.csv").unlink()
    problems = report(folder)
    assert [problem.file for problem in problems] == ["carriers.csv"]
    assert problems[0].expected == "this file in tiny"


def test_a_misspelt_file_is_not_passed_over(folder):
    (folder / "hosting.csv").rename(folder / "hostings.csv")
    assert any(p.file == "hostings.csv" and "did you mean 'hosting.csv'?" in p.expected for p in report(folder))


def test_a_buildable_technology_needs_a_life(folder):
    row = find_row(folder, "technology_parameters.csv", technology="solar", parameter="lifetime")
    lines = lines_of(folder, "technology_parameters.csv")
    write_lines(folder / "technology_parameters.csv", lines[: row - 1] + lines[row:])
    at = find_row(folder, "technologies.csv", technology="solar")
    only(report(folder), "technologies.csv", at, "technology", "solar", "a row lifetime in technology_parameters.csv")


def test_a_technology_needs_flows(folder):
    lines = [line for line in lines_of(folder, "technology_flows.csv") if line[0] != "gas_ccgt"]
    write_lines(folder / "technology_flows.csv", lines)
    at = find_row(folder, "technologies.csv", technology="gas_ccgt")
    only(report(folder), "technologies.csv", at, "technology", "gas_ccgt", "rows in technology_flows.csv")


def test_a_design_needs_what_its_class_does_not_give(folder):
    lines = [line for line in lines_of(folder, "reactors.csv") if line[4] != "fuel_cost"]
    write_lines(folder / "reactors.csv", lines)
    at = find_row(folder, "reactors.csv", design="hot")
    only(report(folder), "reactors.csv", at, "design", "hot", "a row fuel_cost, of the design or of cls_htgr")


def test_a_storyline_that_lacks_a_demand(folder):
    keep = [line for line in lines_of(folder, "demand.csv") if line[:2] != ["S_C", "hydrogen"] or line[3] != "low"]
    write_lines(folder / "demand.csv", keep)
    at = find_row(folder, "demand.csv", node="S_C", carrier="hydrogen", demand_scenario="reference")
    only(report(folder), "demand.csv", at, "demand_scenario", "reference", "rows of this node, carrier and sector for")


def test_hosting_rows_must_cover_every_region(folder):
    lines = [line for line in lines_of(folder, "hosting.csv") if line[:2] != ["B", "offtake"]]
    write_lines(folder / "hosting.csv", lines)
    only(report(folder), "regions.csv", 3, "region", "B", "a row offtake in hosting.csv")


def test_a_bus_that_no_corridor_reaches(folder):
    lines = [line for line in lines_of(folder, "corridors.csv") if "A_transmission" not in line[3:5]]
    write_lines(folder / "corridors.csv", lines)
    at = find_row(folder, "demand.csv", node="A_regional")
    only(report(folder), "demand.csv", at, "node", "A_regional", "connects with the rest of the grid")


def test_a_demand_that_nothing_can_serve(folder):
    keep = [line for line in lines_of(folder, "corridors.csv") if line[1] != "hydrogen"]
    write_lines(folder / "corridors.csv", keep)
    for file in ("potentials.csv", "existing_capacity.csv"):
        lines = [line for line in lines_of(folder, file) if line[:2] != ["S_C", "electrolyser"]]
        write_lines(folder / file, lines)
    at = find_row(folder, "demand.csv", node="S_C", carrier="hydrogen")
    only(report(folder), "demand.csv", at, "node", "S_C", "can supply hydrogen")


def test_a_bought_carrier_without_price(folder):
    lines = [line for line in lines_of(folder, "fuel_prices.csv") if line[1] != "high"]
    lines.append(["natural_gas", "low", "", "20", "EUR/MWh", "made up", "assumption", ""])
    write_lines(folder / "fuel_prices.csv", [line for line in lines if line[1] != "reference"] + [
        ["hydrogen", "reference", "", "90", "EUR/MWh", "made up", "assumption", ""]])  # fmt: skip
    at = find_row(folder, "carriers.csv", carrier="natural_gas")
    only(report(folder), "carriers.csv", at, "carrier", "natural_gas", "rows in fuel_prices.csv for reference")


def test_all_faults_stand_in_one_report(folder):
    change_cell(folder, "regions.csv", 2, "latitude", "north")
    change_cell(folder, "demand.csv", 3, "value", "-1")
    change_cell(folder, "corridors.csv", 2, "to_node", "A_transmission")
    change_cell(folder, "reactors.csv", 2, "unit", "kW")
    problems = report(folder)
    assert problems == validate_folder(folder)
    assert {problem.file for problem in problems} == {"regions.csv", "demand.csv", "corridors.csv", "reactors.csv"}
    assert len(problems) == 4
    text = str(InputError(problems))
    assert text.startswith("4 problems in the inputs:")
    assert "corridors.csv, row 2, to_node: found 'A_transmission', expected another node than from_node" in text


def test_a_weather_hour_that_is_not_a_number(folder):
    import numpy as np
    import xarray as xr

    file = folder / "weather" / "weather_2019.nc"
    weather = xr.load_dataset(file)
    weather["solar"][1, 100] = np.nan
    weather.to_netcdf(file, encoding={name: {} for name in weather.data_vars})
    problems = report(folder)
    assert [(problem.file, problem.row, problem.column) for problem in problems] == [("weather_2019.nc", "B", "solar")]


def test_no_weather_at_all(folder):
    (folder / "weather" / "weather_2019.nc").unlink()
    assert [problem.expected for problem in report(folder)] == ["a file weather_YYYY.nc in tiny/weather"]


def test_a_folder_that_is_not_there(tmp_path):
    (problem,) = validate_folder(tmp_path / "nowhere")
    assert problem.expected == "a folder with the tables of a data set"


@pytest.mark.parametrize(
    ("key", "value", "column", "found", "expected"),
    [
        ("technologies__exclude", ["solr"], "technologies.exclude", "solr", "did you mean 'solar'?"),
        ("technologies__cost_factor", {"wind": 2.0}, "technologies.cost_factor", "wind", "a name that the data set"),
        ("reactors__designs", ["cls_lvr"], "reactors.designs", "cls_lvr", "did you mean 'cls_lwr'?"),
        ("demand__factor", {"steam": 2.0}, "demand.factor", "steam", "a name that the data set knows"),
        ("demand__scenario", "middle", "demand.scenario", "middle", "(high, low, observed, reference)"),
        ("prices__fuel", "cheap", "prices.fuel", "cheap", "(high, reference)"),
        ("carbon__cap", "zero", "carbon.cap", "zero", "(net_zero_2050)"),
        ("weather_years", [2018], "weather_years", "2018", "(2019)"),
    ],
)
def test_names_of_a_scenario_that_the_tables_do_not_know(key, value, column, found, expected):
    with pytest.raises(InputError) as caught:
        build_case(tiny_scenario(**{key: value}), TINY)
    (problem,) = caught.value.problems
    assert (problem.file, problem.column, problem.value) == ("scenario tiny", column, found)
    assert expected in problem.expected
